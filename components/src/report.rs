//! What the library tells a host.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::history::Listen;
use crate::id::{JobId, ProviderId};
use crate::row::TrackRow;

/// The good answer to a [`Request`](crate::intent::Request).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Response {
    /// It is done.
    Done,
    /// The provider that was added or found.
    Provider(ProviderId),
    /// The job that was started or found.
    Job(JobId),
    /// The track, if there is one of that id.
    Track(Option<Box<TrackRow>>),
    /// A window of the answer to a query.
    Tracks {
        /// How many tracks match.
        total: u32,
        /// Those of the window.
        rows: Vec<TrackRow>,
    },
    /// A picture, if there is one.
    Artwork(Option<ArtworkBytes>),
    /// What is in the library.
    Counts(LibraryCounts),
    /// A window of the log of what was heard, the newest first.
    History {
        /// How many listens there are.
        total: u32,
        /// Those of the window.
        rows: Vec<ListenRow>,
    },
}

/// One time that a track was heard, with the track if it is still there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListenRow {
    /// What was heard, and when.
    pub listen: Listen,
    /// The track.
    pub row: Option<Box<TrackRow>>,
}

/// What is in a library, not counting what is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryCounts {
    /// Tracks.
    pub tracks: u32,
    /// Albums that any of them is on.
    pub albums: u32,
    /// Names that any of them, or its album, is credited to.
    pub artists: u32,
}

/// An encoded picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtworkBytes {
    /// Its media type.
    pub mime: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a request was not granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum RequestError {
    /// Nothing has that id.
    NotFound {
        /// What was asked for, such as `track 17`.
        what: String,
    },
    /// The query does not follow the grammar.
    Query {
        /// The character where it went wrong, from 0.
        column: u32,
        /// What stood there.
        found: String,
        /// What could have stood there.
        expected: String,
    },
    /// The request does not make sense as it is.
    Invalid {
        /// Why.
        reason: String,
    },
    /// The store cannot be written: full, or opened read-only.
    ReadOnly {
        /// Why.
        reason: String,
    },
    /// Something outside failed: a file, a server, the store.
    Failed {
        /// What and why.
        reason: String,
    },
}

impl RequestError {
    /// A short word for programs: `notFound`, `query`, `invalid`, `readOnly`, `failed`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "notFound",
            Self::Query { .. } => "query",
            Self::Invalid { .. } => "invalid",
            Self::ReadOnly { .. } => "readOnly",
            Self::Failed { .. } => "failed",
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { what } => write!(f, "there is no {what}"),
            Self::Query {
                column,
                found,
                expected,
            } => {
                write!(
                    f,
                    "query, column {}: found {found}, expected {expected}",
                    column + 1
                )
            }
            Self::Invalid { reason } | Self::Failed { reason } => f.write_str(reason),
            Self::ReadOnly { reason } => write!(f, "the library is read-only: {reason}"),
        }
    }
}

impl std::error::Error for RequestError {}

/// What happened, told once and not repeated after a reload: everything lasting is mirrored instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Notice {
    /// Whether the library can be written, and if not, why.
    Storage(StorageState),
    /// Tracks came in through this job since the last such notice.
    TracksAdded {
        /// Through which job.
        job: JobId,
        /// How many.
        count: u32,
    },
    /// A page of the store was damaged; its rows are read again from their files at the next sync.
    PageQuarantined {
        /// Which table.
        table: String,
        /// How many rows it held at the most.
        rows: u32,
    },
    /// The store itself was damaged, and goes on with what could be saved of it.
    StoreRescued {
        /// What was saved and what to do, in words for the listener.
        detail: String,
    },
}

/// Whether and where the library is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageState {
    /// Where: `memory`, `redb`, `indexeddb`.
    pub backend: String,
    /// Why nothing more is written, if that is so.
    pub read_only: Option<String>,
    /// Whether all that was stored is in the world.
    pub loaded: bool,
}
