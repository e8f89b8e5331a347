//! A file that holds a track: where it lies, and how a later scan knows whether it changed.

use bevy_ecs::component::Component;
use serde::{Deserialize, Serialize};

use crate::id::{ProviderId, TrackId};

/// The track that a file holds. A file whose tags were not read yet, or cannot be, has none.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct FileOf(pub TrackId);

/// The file that a track is played from: the track's side of [`FileOf`].
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct PlayedFrom(pub crate::id::FileId);

/// Where a file lies: its provider, and the path below the provider's root with `/` between parts.
#[derive(Component, Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Location {
    /// Whose file it is.
    pub provider: ProviderId,
    /// The path. Bytes that are not UTF-8 are escaped as `\xNN`, and `\` as `\\`, so that every name
    /// has exactly one spelling and opens the same file again.
    pub path: Box<str>,
}

/// What a listing says of a file without opening it. Equal stamps mean an unchanged file.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct FileStamp {
    /// The length in bytes.
    pub size: u64,
    /// The time of the last change, in milliseconds since 1970; zero where the provider does not say.
    pub modified: u64,
}

/// A hash of the sound alone, which survives retagging: FLAC's STREAMINFO MD5 where there is one.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct AudioHash(pub [u8; 16]);

/// Whether a file was there when last looked for. Files vanish for many reasons; history is kept until
/// the listener says otherwise.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub enum Presence {
    /// It was there.
    #[default]
    Present,
    /// It was not, for the first time at this time in milliseconds since 1970.
    MissingSince(u64),
}

/// Why a file could not be read, in words for the listener. Kept so that an unchanged bad file is not
/// opened again at every scan.
#[derive(Component, Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Unreadable(pub Box<str>);
