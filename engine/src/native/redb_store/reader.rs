//! A library that another process may be writing, as it was at one moment.
//!
//! redb lets other processes read beside its one writer: a read transaction sees one commit to its end, whatever is
//! committed meanwhile, because the writer leaves alone what readers hold. So nothing is copied and nobody waits.

use core::fmt;
use core::ops::Range;
use std::path::Path;

use redb::{ReadOnlyDatabase, ReadTransaction, ReadableDatabase};
use segue_systems::persist::store::{Batch, BlobKey, Claim, PageStore, StoreError};

use super::rescue::guarded;
use super::{
    FILE_NAME, Failure, builder, list_blobs, not_a_store, read_blob, read_epoch, read_marked, read_meta,
    read_pages, store_error,
};

/// A store that is only read.
pub struct RedbReader {
    // Dropped before the database that it reads.
    transaction: Option<ReadTransaction>,
    database: Option<ReadOnlyDatabase>,
}

impl fmt::Debug for RedbReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbReader")
            .field("open", &self.database.is_some())
            .finish_non_exhaustive()
    }
}

impl RedbReader {
    /// Opens the library at this path as it is now. Its file is not changed, and its lock is not asked for.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] if the file is something else, [`StoreError::Held`] if a process of an older version
    /// has it for itself, and any other [`StoreError`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let file = if path.is_dir() {
            path.join(FILE_NAME)
        } else {
            path.to_path_buf()
        };
        let opened = guarded(|| {
            let database = builder().open_read_only(&file)?;
            let transaction = database.begin_read()?;
            read_marked(&transaction)?;
            Ok::<_, Failure>((database, transaction))
        });
        match opened {
            Ok(Ok((database, transaction))) => Ok(Self {
                transaction: Some(transaction),
                database: Some(database),
            }),
            Ok(Err(Failure::Store(error))) => Err(error),
            Ok(Err(Failure::Redb(redb::Error::RepairAborted))) => Err(StoreError::ReadOnly {
                detail: "whoever wrote it last was interrupted; open it once for writing".into(),
            }),
            Ok(Err(Failure::Redb(error))) => Err(not_a_store(store_error(&error))),
            Err(panic) => Err(damaged(&panic)),
        }
    }

    fn read<T>(&self, run: impl Fn(&ReadTransaction) -> Result<T, Failure>) -> Result<T, StoreError> {
        let transaction = self.transaction.as_ref().ok_or(StoreError::Closed)?;
        match guarded(|| run(transaction)) {
            Ok(done) => done.map_err(Failure::into_store),
            Err(panic) => Err(damaged(&panic)),
        }
    }
}

fn damaged(detail: &str) -> StoreError {
    StoreError::Io {
        detail: format!("the file is damaged; opened for writing it is mended ({detail})"),
    }
}

impl PageStore for RedbReader {
    fn backend(&self) -> &'static str {
        "redb"
    }

    fn read_only(&self) -> Option<String> {
        Some("the library was opened to be read only".into())
    }

    async fn meta(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(read_meta)
    }

    async fn claim(&mut self) -> Result<Claim, StoreError> {
        self.read(|transaction| {
            Ok(Claim {
                epoch: read_epoch(transaction)?,
                meta: read_meta(transaction)?,
            })
        })
    }

    async fn load(&mut self, table: u16, pages: Range<u32>) -> Result<Vec<(u32, Vec<u8>)>, StoreError> {
        self.read(|transaction| read_pages(transaction, table, pages.clone()))
    }

    async fn blob(&mut self, key: BlobKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|transaction| read_blob(transaction, key))
    }

    async fn blobs(&mut self) -> Result<Option<Vec<(BlobKey, u64)>>, StoreError> {
        self.read(list_blobs).map(Some)
    }

    async fn commit(&mut self, _: &Batch) -> Result<(), StoreError> {
        Err(StoreError::ReadOnly {
            detail: "it was opened to be read only".into(),
        })
    }

    async fn close(&mut self) {
        self.transaction = None;
        self.database = None;
    }
}
