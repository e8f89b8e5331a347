//! What a listener put together: a list of entries in their order, or a query that they saved.

use std::sync::Arc;

use bevy_ecs::component::Component;
use serde::{Deserialize, Serialize};

use crate::id::TrackId;

/// What the listener calls a playlist.
#[derive(Component, Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct PlaylistName(pub Box<str>);

/// When a playlist was made, and when the listener last changed it, in milliseconds since 1970.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct PlaylistTimes {
    /// When it was made.
    pub created: u64,
    /// When it was last changed.
    pub changed: u64,
}

/// The query of a smart playlist: what it holds is what answers it at the time. An ordinary playlist has none.
#[derive(Component, Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[component(immutable, clone_behavior = Ignore)]
pub struct SmartQuery {
    /// In the query language (`systems/QUERY.md`), order included.
    pub query: String,
    /// No more than the first so many tracks; zero for all.
    #[serde(default)]
    pub limit: u32,
}

/// What a playlist comes to; counted anew whenever it changes, and not stored.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct PlaylistTotals {
    /// Another number whenever the entries are others: who shows them asks for them again.
    pub version: u32,
    /// How many entries it has, those without a track included.
    pub entries: u32,
    /// Entries for which the library has no track.
    pub unmatched: u32,
    /// How long its tracks sound, in milliseconds.
    pub duration: u64,
}

/// The entries of an ordinary playlist, in order.
#[derive(Component, Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct PlaylistEntries {
    /// The last id that an entry was given.
    pub last: u32,
    /// The entries.
    pub entries: Arc<Vec<Entry>>,
}

/// One place in a playlist. A track may stand in several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Names the entry within its playlist, wherever it moves: edits of two hosts at once mean what each meant.
    pub id: u32,
    /// What stands there.
    pub item: EntryItem,
}

/// What stands in a place of a playlist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryItem {
    /// A track of the library.
    Track(TrackId),
    /// Something that the library does not have, kept until it does.
    Unmatched(Box<Unmatched>),
}

/// What is known of an entry that no track was found for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmatched {
    /// Its path or address, as it was written.
    pub path: String,
    /// `Artist - Title`, as it was written; empty if it was not.
    pub title: String,
    /// Its length in seconds; zero for unknown.
    pub seconds: u32,
}

impl PlaylistEntries {
    /// Where an entry stands.
    #[must_use]
    pub fn position(&self, entry: u32) -> Option<usize> {
        self.entries.iter().position(|known| known.id == entry)
    }
}
