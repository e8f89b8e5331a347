//! The seam between the library and whatever keeps its bytes.
//!
//! A store maps a table and a page number to bytes, and a content hash to a blob. It knows nothing of
//! what stands inside. The same bytes go to every backend: memory here, redb in `segue`, IndexedDB in
//! `segue-web`.

use core::fmt;
use core::future::Future;
use core::ops::Range;

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageKey {
    /// The table.
    pub table: u16,
    /// The page of that table, from 0.
    pub page: u32,
}

impl PageKey {
    /// The key as one number below 2^48, in the order of tables and then pages: exact as a JavaScript number.
    #[must_use]
    pub fn number(self) -> u64 {
        u64::from(self.table) << 32 | u64::from(self.page)
    }
}

/// Names a blob: the hash of the bytes it was made from, and which of the things made from them it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobKey {
    /// XXH3-128 of the original.
    pub hash: [u8; 16],
    /// Which variant; 0 is the thumbnail.
    pub variant: u8,
}

impl BlobKey {
    /// The key as text, for backends that sort text: 32 hexadecimal digits, a dash, the variant.
    #[must_use]
    pub fn text(&self) -> String {
        use fmt::Write;
        let mut text = String::with_capacity(36);
        for byte in self.hash {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        let _ = write!(text, "-{}", self.variant);
        text
    }
}

/// How much a commit must survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// A killed process or tab: for what a rescan can rebuild.
    Relaxed,
    /// A power cut: for the listener's own edits, cursors, epochs and migrations.
    Strict,
}

/// What is written together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The epoch that the writer claimed. A store that was claimed by another since refuses the batch.
    pub epoch: u64,
    /// The library's own record of itself, opaque here: schema, last ids, generation.
    pub meta: Vec<u8>,
    /// Pages to put, or with `None` to take away.
    pub pages: Vec<(PageKey, Option<Vec<u8>>)>,
    /// Blobs to put, or with `None` to take away.
    pub blobs: Vec<(BlobKey, Option<Vec<u8>>)>,
    /// How much the commit must survive.
    pub durability: Durability,
}

/// What a claim found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The epoch that the claimer writes under from now on.
    pub epoch: u64,
    /// The meta record of the last batch; `None` in a new store.
    pub meta: Option<Vec<u8>>,
}

/// Why a store did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// No room: a full disk or an exceeded quota. What was stored before is still there.
    Full {
        /// In the words of the backend.
        detail: String,
    },
    /// Somebody else has it open.
    Held {
        /// Who, as far as it can be told.
        by: String,
    },
    /// Somebody else claimed it since.
    Fenced {
        /// Our epoch.
        ours: u64,
        /// Theirs.
        theirs: u64,
    },
    /// It may be read and not written: a folder without write permission, a read-only disk.
    ReadOnly {
        /// In the words of the backend.
        detail: String,
    },
    /// It is not a store of ours.
    NotAStore {
        /// In the words of the backend.
        detail: String,
    },
    /// It was closed under us: by the browser, or because a newer page wants to upgrade it.
    Closed,
    /// Anything else that went wrong outside.
    Io {
        /// In the words of the backend.
        detail: String,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full { detail } => write!(f, "there is no room left: {detail}"),
            Self::Held { by } => write!(f, "the library is open in {by}"),
            Self::Fenced { ours, theirs } => {
                write!(f, "the library was taken over (epoch {theirs}, ours was {ours})")
            }
            Self::ReadOnly { detail } => write!(f, "the library cannot be written: {detail}"),
            Self::NotAStore { detail } => write!(f, "this is not a Segue library: {detail}"),
            Self::Closed => f.write_str("the library was closed by the browser or by a newer page"),
            Self::Io { detail } => write!(f, "the store failed: {detail}"),
        }
    }
}

impl std::error::Error for StoreError {}

/// Keeps pages and blobs.
///
/// A store has one owner, who calls one method at a time and waits for it.
pub trait PageStore {
    /// What it is called in messages: `memory`, `redb`, `indexeddb`.
    fn backend(&self) -> &'static str;

    /// Reads the meta record without changing anything, so that a library of a newer schema stays as it is.
    ///
    /// # Errors
    /// Any [`StoreError`].
    fn meta(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>>;

    /// Raises the epoch by one, durably: every batch of an earlier epoch is refused from now on.
    ///
    /// # Errors
    /// Any [`StoreError`].
    fn claim(&mut self) -> impl Future<Output = Result<Claim, StoreError>>;

    /// Reads the pages of a table whose numbers lie in a range, ascending.
    ///
    /// # Errors
    /// Any [`StoreError`].
    fn load(
        &mut self,
        table: u16,
        pages: Range<u32>,
    ) -> impl Future<Output = Result<Vec<(u32, Vec<u8>)>, StoreError>>;

    /// Reads single pages: those of them that there are, in any order.
    ///
    /// # Errors
    /// Any [`StoreError`].
    fn pages(
        &mut self,
        keys: &[PageKey],
    ) -> impl Future<Output = Result<Vec<(PageKey, Vec<u8>)>, StoreError>> {
        async move {
            let mut found = Vec::with_capacity(keys.len());
            for &key in keys {
                let page = self.load(key.table, key.page..key.page + 1).await?;
                found.extend(page.into_iter().map(|(_, bytes)| (key, bytes)));
            }
            Ok(found)
        }
    }

    /// Reads a blob.
    ///
    /// # Errors
    /// Any [`StoreError`].
    fn blob(&mut self, key: BlobKey) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>>;

    /// Tells of every blob its key and how many bytes it has; `None` from a backend that is not checked.
    ///
    /// # Errors
    /// Any [`StoreError`].
    fn blobs(&mut self) -> impl Future<Output = Result<Option<Vec<(BlobKey, u64)>>, StoreError>> {
        async { Ok(None) }
    }

    /// Writes a batch: all of it or, on any error, none.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if the store was claimed since; any other [`StoreError`].
    fn commit(&mut self, batch: &Batch) -> impl Future<Output = Result<(), StoreError>>;

    /// What was lost since this was last asked, in words for the listener: a backend that finds its own
    /// structure damaged goes on with what it could save.
    fn take_losses(&mut self) -> Option<String> {
        None
    }

    /// Why nothing can be written, if that is known from the start, in words for the listener. Such a store may have
    /// another owner: [`PageStore::claim`] answers with the present epoch and raises nothing.
    fn read_only(&self) -> Option<String> {
        None
    }

    /// Lets go of everything. Nothing else is called after it.
    fn close(&mut self) -> impl Future<Output = ()>;
}
