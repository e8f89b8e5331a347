//! What the library tells a host.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::history::Listen;
use crate::id::{JobId, PlaylistId, ProviderId};
use crate::playlist::EntryItem;
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
    /// Distinct values of a field.
    Facets {
        /// How many there are.
        total: u32,
        /// Those of the window.
        rows: Vec<FacetRow>,
    },
    /// A picture, if there is one.
    Artwork(Option<ArtworkBytes>),
    /// What is in the library.
    Counts(LibraryCounts),
    /// The playlist that was made.
    Playlist(PlaylistId),
    /// A window of what a playlist holds.
    Entries {
        /// The version of the playlist that this is of.
        version: u32,
        /// How many entries there are.
        total: u32,
        /// Those of the window.
        rows: Vec<EntryRow>,
    },
    /// What came of a playlist file.
    Imported {
        /// The playlist that was made of it.
        playlist: PlaylistId,
        /// How many of its entries mean a track.
        matched: u32,
        /// Line and text of the others, which are kept in the playlist.
        unmatched: Vec<(u32, String)>,
    },
    /// A file for the listener.
    Document(Vec<u8>),
    /// What came of a file of what the listener made.
    UserDataImported(Box<ImportReport>),
    /// Tracks that are the same recording.
    Duplicates {
        /// How many groups there are.
        total: u32,
        /// Those of the window.
        groups: Vec<DuplicateGroup>,
    },
    /// A window of the log of what was heard, the newest first.
    History {
        /// How many listens there are.
        total: u32,
        /// Those of the window.
        rows: Vec<ListenRow>,
    },
    /// The place of a row in a view, from 0, if it is one of its rows.
    Position(Option<u32>),
}

/// What says that two tracks are the same: the rungs of the identity ladder, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rung {
    /// The same provider and path.
    Path = 0,
    /// The same sound.
    AudioHash = 1,
    /// The same recording at MusicBrainz.
    Recording = 2,
    /// The same title and artists, and the same length or album.
    Tags = 3,
}

/// What came of merging a file of what the listener made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// How many of its tracks were found, by each [`Rung`].
    pub matched: [u32; 4],
    /// How many were not.
    pub unmatched: u32,
    /// The first of these, by artist and title.
    pub unmatched_names: Vec<String>,
    /// Ratings that came in.
    pub ratings: u32,
    /// Ratings that stayed, though the file has others.
    pub ratings_kept: u32,
    /// Tracks whose counts or time of the last play are others now.
    pub stats: u32,
    /// Playlists that came in.
    pub playlists: u32,
    /// Playlists that got entries.
    pub playlists_changed: u32,
    /// Listens that came into the history.
    pub listens: u32,
    /// Listens of tracks that were not found.
    pub listens_unmatched: u32,
}

/// Tracks that are the same recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DuplicateGroup {
    /// The least sure rung that was needed to bring them together.
    pub rung: Rung,
    /// The tracks.
    pub tracks: Vec<TrackRow>,
}

/// One place in a playlist, with its track if there is one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryRow {
    /// Its id; zero in a smart playlist, whose order is not the listener's to change.
    pub entry: u32,
    /// What stands there.
    pub item: EntryItem,
    /// The track.
    pub row: Option<Box<TrackRow>>,
}

/// One time that a track was heard, with the track if it is still there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListenRow {
    /// What was heard, and when.
    pub listen: Listen,
    /// The track.
    pub row: Option<Box<TrackRow>>,
}

/// A distinct value of a field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetRow {
    /// The value, as it was first met: spellings that fold to the same count as one. Of a decade `1970s`.
    pub value: String,
    /// Of an album its id, and else zero.
    pub id: u64,
    /// How many tracks have it.
    pub tracks: u32,
    /// Of an artist or album artist, on how many albums those tracks are; of an album one, and else zero.
    pub albums: u32,
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
    /// The host asked for its end.
    Cancelled,
}

impl RequestError {
    /// A short word for programs: `notFound`, `query`, `invalid`, `readOnly`, `failed`, `cancelled`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "notFound",
            Self::Query { .. } => "query",
            Self::Invalid { .. } => "invalid",
            Self::ReadOnly { .. } => "readOnly",
            Self::Failed { .. } => "failed",
            Self::Cancelled => "cancelled",
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
            Self::Cancelled => f.write_str("this was cancelled"),
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
