//! What leaves the world to be done outside, and what comes back.

use segue_audio::tags::FileTags;
use segue_components::id::JobId;
use segue_components::provider::ProviderKind;
use segue_components::report::ArtworkBytes;
use segue_components::sync_job::FileFailure;
use serde::{Deserialize, Serialize};

/// Asks the lister.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListRequest {
    /// List all audio files of a provider, in pages.
    Start {
        /// For this job.
        job: JobId,
        /// Where.
        kind: ProviderKind,
    },
    /// Nobody wants the rest of a listing.
    Cancel {
        /// Of this job.
        job: JobId,
    },
}

/// What the lister answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Listing {
    /// Some files, each once.
    Page {
        /// For this job.
        job: JobId,
        /// The files.
        files: Vec<ListedFile>,
        /// Folders that could not be read, by path. Files known below one are not taken for missing.
        failures: Vec<FileFailure>,
    },
    /// Nothing follows.
    Done {
        /// For this job.
        job: JobId,
    },
    /// The listener has to allow it first.
    AccessNeeded {
        /// For this job.
        job: JobId,
    },
    /// The root itself cannot be listed; nothing follows.
    Failed {
        /// For this job.
        job: JobId,
        /// Why, in words for the listener.
        error: String,
    },
}

/// A file as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    /// Its path below the root, as [`Location::path`](segue_components::file::Location::path).
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// The time of its last change, in milliseconds since 1970; zero if unknown.
    pub modified: u64,
}

/// What the pool is to read of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Want {
    /// Its tags, and what a library keeps of its picture.
    Tags,
    /// Its picture as it stands there, and nothing else.
    Picture,
}

/// Asks the pool for the tags of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRequest {
    /// Repeated in the answer.
    pub ticket: u64,
    /// Whose file.
    pub kind: ProviderKind,
    /// Its path below the root.
    pub path: String,
    /// Its length as listed.
    pub size: u64,
    /// What of it.
    pub want: Want,
}

/// What the pool answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadAnswer {
    /// That of the request.
    pub ticket: u64,
    /// What the file says, or why it could not be read, in words for the listener.
    pub result: Result<Box<ReadFile>, String>,
}

/// What was read of a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReadFile {
    /// Its tags, without the bytes of pictures.
    pub tags: FileTags,
    /// Its picture.
    pub artwork: Option<ReadArtwork>,
    /// The picture itself, where it was [`Want::Picture`].
    pub original: Option<ArtworkBytes>,
    /// How many bytes were read for it.
    pub bytes: u64,
}

/// A picture that was found in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadArtwork {
    /// XXH3-128 of its encoded bytes.
    pub hash: [u8; 16],
    /// Its media type.
    pub mime: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Its length in bytes.
    pub size: u64,
    /// Its dominant colour: red, green, blue.
    pub color: [u8; 3],
    /// The encoded thumbnail. `None` without a `problem` means that this pool made it before.
    pub thumbnail: Option<Vec<u8>>,
    /// Why there is no thumbnail.
    pub problem: Option<String>,
}
