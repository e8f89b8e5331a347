//! An album: what its tracks share.

use std::sync::Arc;

use bevy_ecs::component::Component;
use serde::{Deserialize, Serialize};

use crate::id::ArtworkId;
use crate::track::{Credit, PartialDate};

/// The name of an album.
#[derive(Component, Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct AlbumTitle(pub Box<str>);

/// Who an album is by: its album artist, or the artist that all its tracks share.
#[derive(Component, Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct AlbumArtist(pub Arc<Credit>);

/// What is known of an album beside its name and artist.
#[derive(Component, Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct AlbumInfo {
    /// Whether its tracks are by various artists.
    pub compilation: bool,
    /// When it came out: the earliest date among its tracks.
    pub released: Option<PartialDate>,
    /// What it sorts under, where its tags say so.
    pub sort_title: Option<Box<str>>,
    /// MusicBrainz release.
    pub release: Option<Box<str>>,
    /// MusicBrainz release group.
    pub release_group: Option<Box<str>>,
    /// MusicBrainz artists of the release.
    pub artists: Vec<Box<str>>,
}

/// What the file of one track says of the album: an album is made from those of all its tracks.
///
/// Shared between the tracks that say the same.
#[derive(Component, Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct AlbumTags(pub Arc<AlbumTagged>);

/// The tags inside [`AlbumTags`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AlbumTagged {
    /// The name of the album.
    pub title: Box<str>,
    /// The album artist, where one is tagged.
    pub artist: Option<Arc<Credit>>,
    /// The compilation flag.
    pub compilation: bool,
    /// What the album sorts under.
    pub sort_title: Option<Box<str>>,
    /// MusicBrainz release.
    pub release: Option<Box<str>>,
    /// MusicBrainz release group.
    pub release_group: Option<Box<str>>,
    /// MusicBrainz artists of the release.
    pub artists: Vec<Box<str>>,
}

/// How much is on an album: counted by the library, not stored.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct AlbumTotals {
    /// Tracks that are present.
    pub tracks: u32,
    /// Their length together, in milliseconds.
    pub duration: u64,
}

/// The picture of an album: that of its first track with one.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct AlbumCover(pub ArtworkId);

/// What makes two tracks share an album: built from tags and folder, the same for the same input.
///
/// See `segue_systems::scan::group` for the rule.
#[derive(Component, Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct AlbumKey(pub Box<str>);
