//! The owner of a store: takes requests one at a time, answers each once.
//!
//! The library's systems never wait. They put a [`StoreRequest`] into a channel; whoever runs the
//! [`Driver`] (a thread natively, a task in a browser) takes it out, waits for the store, and puts the
//! [`StoreAnswer`] into another.

use core::fmt;
use core::ops::Range;

use bevy_ecs::resource::Resource;
use crossbeam_channel::{Receiver, Sender};

use super::meta::{COPY, Meta, MetaError};
use super::store::{Batch, BlobKey, PageKey, PageStore, StoreError};

/// What the library wants of its store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreRequest {
    /// Look whether this build can read it, and claim it.
    Open,
    /// Read pages of a table.
    Load {
        /// Which table.
        table: u16,
        /// Which pages.
        pages: Range<u32>,
    },
    /// Read single pages.
    Pages(Vec<PageKey>),
    /// Write a batch.
    Commit(Box<Batch>),
    /// Read a blob.
    Blob(BlobKey),
    /// Let go of it. The last request.
    Close,
}

/// The answer to a [`StoreRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreAnswer {
    /// To [`StoreRequest::Open`].
    Opened(Result<Opened, OpenError>),
    /// To [`StoreRequest::Load`].
    Loaded {
        /// Of which table.
        table: u16,
        /// Which pages were asked for.
        pages: Range<u32>,
        /// Those of them that there are, ascending.
        result: Result<Vec<(u32, Vec<u8>)>, StoreError>,
    },
    /// To [`StoreRequest::Pages`]: those that there are.
    Pages(Result<Vec<(PageKey, Vec<u8>)>, StoreError>),
    /// To [`StoreRequest::Commit`].
    Committed(Result<(), StoreError>),
    /// To [`StoreRequest::Blob`].
    Blob(BlobKey, Result<Option<Vec<u8>>, StoreError>),
    /// To [`StoreRequest::Close`].
    Closed,
    /// To nothing: it goes ahead of an answer. Parts of the store were damaged and are gone; in these words.
    Lost(String),
}

/// A store that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// What kind of store it is.
    pub backend: &'static str,
    /// The epoch to write under.
    pub epoch: u64,
    /// What the library knew of itself; `None` if it is new.
    pub meta: Option<Meta>,
    /// Why nothing is to be written, if so.
    pub read_only: Option<String>,
}

/// Why a library was not opened. Its store is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// The store could not be opened.
    Store(StoreError),
    /// The library in it could not be read.
    Meta(MetaError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Meta(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<MetaError> for OpenError {
    fn from(error: MetaError) -> Self {
        Self::Meta(error)
    }
}

/// The library's end of the channels to its driver.
#[derive(Resource, Debug)]
pub struct StoreLink {
    /// Requests to the driver.
    pub requests: Sender<StoreRequest>,
    /// Its answers.
    pub answers: Receiver<StoreAnswer>,
}

/// The driver's end of the channels.
#[derive(Debug)]
pub struct DriverLink {
    /// Requests of the library.
    pub requests: Receiver<StoreRequest>,
    /// The answers to them.
    pub answers: Sender<StoreAnswer>,
}

/// Makes the channels between a library and the driver of its store. At most a handful of requests are
/// ever under way, so the channels need no bound.
#[must_use]
pub fn links() -> (StoreLink, DriverLink) {
    let (ask, requests) = crossbeam_channel::unbounded();
    let (answer, answers) = crossbeam_channel::unbounded();
    (
        StoreLink {
            requests: ask,
            answers,
        },
        DriverLink {
            requests,
            answers: answer,
        },
    )
}

/// Owns a store and does what the library asks of it.
#[derive(Debug)]
pub struct Driver<S> {
    store: S,
}

impl<S: PageStore> Driver<S> {
    /// A driver of this store.
    pub fn new(store: S) -> Self {
        Self { store }
    }

    /// The store.
    pub fn store(&mut self) -> &mut S {
        &mut self.store
    }

    /// Gives the store back.
    pub fn into_store(self) -> S {
        self.store
    }

    /// Does what a request says. Call it with one request after the other, in their order.
    pub async fn answer(&mut self, request: StoreRequest) -> StoreAnswer {
        match request {
            StoreRequest::Open => StoreAnswer::Opened(self.open().await),
            StoreRequest::Load { table, pages } => {
                let result = self.store.load(table, pages.clone()).await;
                StoreAnswer::Loaded { table, pages, result }
            }
            StoreRequest::Pages(keys) => StoreAnswer::Pages(self.store.pages(&keys).await),
            StoreRequest::Commit(batch) => StoreAnswer::Committed(self.store.commit(&batch).await),
            StoreRequest::Blob(key) => StoreAnswer::Blob(key, self.store.blob(key).await),
            StoreRequest::Close => {
                self.store.close().await;
                StoreAnswer::Closed
            }
        }
    }

    /// Reads the meta record before it claims anything: what this build cannot read it leaves as it is.
    async fn open(&mut self) -> Result<Opened, OpenError> {
        let before = self.store.meta().await?;
        self.read_meta(before.as_deref()).await?;
        let claim = self.store.claim().await?;
        // Read again: until the claim another owner could still write.
        let meta = self.read_meta(claim.meta.as_deref()).await?;
        Ok(Opened {
            backend: self.store.backend(),
            epoch: claim.epoch,
            meta,
            read_only: self.store.read_only(),
        })
    }

    async fn read_meta(&mut self, bytes: Option<&[u8]>) -> Result<Option<Meta>, OpenError> {
        match bytes.map(Meta::read).transpose() {
            Err(MetaError::Damaged) => self.read_copy().await.map(Some),
            other => Ok(other?),
        }
    }

    async fn read_copy(&mut self) -> Result<Meta, OpenError> {
        let pages = self.store.load(COPY.table, COPY.page..COPY.page + 1).await?;
        let (_, bytes) = pages.first().ok_or(MetaError::Damaged)?;
        Ok(Meta::read(bytes)?)
    }
}
