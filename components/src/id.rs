//! What identifies a thing outside its own world.
//!
//! Ids are handed out by the library, counted upwards, and never used twice. An `Entity` never
//! leaves its world; these do.

use core::fmt;

use bevy_ecs::component::Component;
use serde::{Deserialize, Serialize};

/// What an id identifies: the first half of every key, on the wire and in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub enum Noun {
    /// A recording as it stands on one release.
    Track = 1,
    /// A file that holds a track.
    File = 2,
    /// A release, or what stands in for one.
    Album = 3,
    /// A picture.
    Artwork = 4,
    /// A place where music comes from.
    Provider = 5,
    /// The work of bringing one provider up to date.
    SyncJob = 6,
    /// A player with its queue.
    Player = 7,
    /// A list of tracks that the listener made, or a query that they saved.
    Playlist = 8,
    /// What stands in a playlist, apart from it because it may be long.
    Entries = 9,
    /// A piece of the log of what was heard.
    History = 10,
}

impl Noun {
    /// Every noun, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Track,
        Self::File,
        Self::Album,
        Self::Artwork,
        Self::Provider,
        Self::SyncJob,
        Self::Player,
        Self::Playlist,
        Self::Entries,
        Self::History,
    ];

    /// The noun with this number, if there is one.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|&noun| noun as u8 == number)
    }
}

/// An id component of any noun, for code that treats them alike.
pub trait Id: Component + Copy + Eq {
    /// What this type of id identifies.
    const NOUN: Noun;

    /// The id with this number.
    fn from_number(number: u64) -> Self;

    /// The number of this id.
    fn number(self) -> u64;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident: $noun:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Component, Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[component(immutable, clone_behavior = Ignore)]
        pub struct $name(pub u64);

        impl Id for $name {
            const NOUN: Noun = Noun::$noun;

            fn from_number(number: u64) -> Self {
                Self(number)
            }

            fn number(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// Identifies a [`Noun::Track`].
    TrackId: Track;
    /// Identifies a [`Noun::File`].
    FileId: File;
    /// Identifies a [`Noun::Album`].
    AlbumId: Album;
    /// Identifies a [`Noun::Artwork`].
    ArtworkId: Artwork;
    /// Identifies a [`Noun::Provider`].
    ProviderId: Provider;
    /// Identifies a [`Noun::SyncJob`].
    JobId: SyncJob;
    /// Identifies a [`Noun::Player`].
    PlayerId: Player;
    /// Identifies a [`Noun::Playlist`].
    PlaylistId: Playlist;
    /// Identifies [`Noun::Entries`]; see [`EntriesId::of`].
    EntriesId: Entries;
    /// Identifies a piece of the [`Noun::History`]; see [`HistoryId::piece`].
    HistoryId: History;
}

/// How far the ids of things lie apart that are long, and so stand alone in their page of the store.
const ALONE: u64 = 256;

impl EntriesId {
    /// The entries of a playlist.
    #[must_use]
    pub fn of(playlist: PlaylistId) -> Self {
        Self(playlist.0.saturating_sub(1).saturating_mul(ALONE) + 1)
    }

    /// The playlist that these entries stand in.
    #[must_use]
    pub fn playlist(self) -> PlaylistId {
        PlaylistId(self.0 / ALONE + 1)
    }
}

impl HistoryId {
    /// A piece of the log, the first being piece 0.
    #[must_use]
    pub fn piece(index: u64) -> Self {
        Self(index.saturating_mul(ALONE) + 1)
    }

    /// Which piece it is.
    #[must_use]
    pub fn index(self) -> u64 {
        self.0 / ALONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_noun_is_found_by_its_number() {
        for noun in Noun::ALL {
            assert_eq!(Noun::from_number(noun as u8), Some(noun));
        }
        for number in [1, 2, 256, 257] {
            assert_eq!(EntriesId::of(PlaylistId(number)).playlist(), PlaylistId(number));
            assert_eq!(HistoryId::piece(number).index(), number);
        }
        assert_eq!(Noun::from_number(0), None);
        assert_eq!(Noun::from_number(200), None);
    }
}
