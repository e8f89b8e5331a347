//! The life of a sync job: an entity, so that it is stored, mirrored, paused and shown like any other.

use bevy_ecs::component::Component;
use serde::{Deserialize, Serialize};

use crate::id::ProviderId;

/// The provider that a job brings up to date.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct SyncOf(pub ProviderId);

/// Where a job stands.
#[derive(Component, Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub enum JobState {
    /// It waits for its turn.
    #[default]
    Queued,
    /// It lists, or reads files.
    Running,
    /// It waits for the listener.
    Paused(PauseReason),
    /// It finished; single files may still have failed.
    Done,
    /// The listener stopped it. What was read stays.
    Cancelled,
    /// It could not go on.
    Failed {
        /// Why, in words for the listener.
        error: String,
    },
}

impl JobState {
    /// Whether nothing more will happen by itself or on request.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Failed { .. })
    }
}

/// Why a job waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PauseReason {
    /// The listener asked for it.
    Asked,
    /// The provider's files need a permission that only the listener can give.
    AccessNeeded,
    /// The engine stopped in the middle.
    Interrupted,
}

/// What a job has done so far, in files unless said otherwise.
#[derive(Component, Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct JobProgress {
    /// Seen in the listing.
    pub listed: u64,
    /// Whether the listing is complete, so that `listed` is a total.
    pub listing_done: bool,
    /// To be read, as far as known: new or changed.
    pub to_read: u64,
    /// Read, well or badly.
    pub read: u64,
    /// Tracks that are new.
    pub added: u64,
    /// Tracks whose file changed.
    pub changed: u64,
    /// Known before and not in this listing.
    pub missing: u64,
    /// Unreadable; the first of them stand in [`JobFailures`].
    pub failed: u64,
    /// Bytes of the files read.
    pub bytes: u64,
    /// When the job started, in milliseconds since 1970.
    pub started: u64,
    /// When it ended, in milliseconds since 1970; zero before.
    pub ended: u64,
}

/// The files that a job could not read. At most [`JobFailures::MOST`] are kept.
#[derive(Component, Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct JobFailures(pub Vec<FileFailure>);

impl JobFailures {
    /// How many failures a job keeps by name; the rest are only counted.
    pub const MOST: usize = 1_000;
}

/// One file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFailure {
    /// Its path below the provider's root.
    pub path: String,
    /// Why, in words for the listener.
    pub error: String,
}
