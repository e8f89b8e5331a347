//! What a change of the library does to playlists: their totals follow, tracks that go leave their names behind,
//! and a scan may find what was missing.

use std::sync::Arc;

use bevy_ecs::resource::Resource;
use bevy_ecs::world::{Mut, World};
use segue_components::prelude::*;
use segue_components::wire::registry::KindSet;

use super::{all, entries, find, replace, resolve};
use crate::catalog::{self, Catalog};
use crate::changes::Changes;
use crate::clock::{Clock, Wake};
use crate::persist::Storage;
use crate::query::index::Index;
use crate::sort;

/// How often playlists are counted anew because the library changed, at most, in milliseconds.
const COUNT_EVERY: u64 = 1_000;

/// What changed since playlists were last counted.
#[derive(Resource, Debug, Default)]
pub(super) struct Stale {
    tracks: Vec<u64>,
    /// The version of the index at the time.
    version: u64,
    counted_at: u64,
    /// Whether smart playlists were counted since the library was loaded.
    begun: bool,
    /// Smart playlists that are still to be counted: one a tick.
    smart: Vec<PlaylistId>,
}

/// Counts what a playlist comes to.
pub(super) fn count(world: &mut World, playlist: PlaylistId) {
    let before = catalog::get::<PlaylistTotals>(world, playlist).copied();
    let version = before.map_or(1, |totals| totals.version.wrapping_add(1));
    let mut totals = PlaylistTotals {
        version,
        ..PlaylistTotals::default()
    };
    if let Some(smart) = catalog::get::<SmartQuery>(world, playlist).cloned() {
        // Its length would take a look at every track that it finds.
        totals.entries = find(world, &smart, 0, 0).map_or(0, |(total, _)| total);
    } else {
        let list = entries(world, playlist);
        totals.entries = u32::try_from(list.entries.len()).unwrap_or(u32::MAX);
        for entry in list.entries.iter() {
            let duration = match &entry.item {
                EntryItem::Track(track) => catalog::get::<Duration>(world, *track).copied(),
                EntryItem::Unmatched(_) => None,
            };
            totals.unmatched += u32::from(matches!(entry.item, EntryItem::Unmatched(_)));
            totals.duration += duration.map_or(0, |duration| u64::from(duration.0));
        }
    }
    catalog::set(world, playlist, totals);
}

/// Counts all of them, once the library is loaded. Smart ones follow, when the index is there.
pub(super) fn count_all(world: &mut World) {
    recover(world);
    for playlist in all(world) {
        if catalog::get::<SmartQuery>(world, playlist).is_none() {
            count(world, playlist);
        }
    }
}

/// Names anew what lost its playlist with a damaged page.
fn recover(world: &mut World) {
    let catalog = world.resource::<Catalog>();
    let lists = catalog.all(Noun::Entries).map(|(number, _)| EntriesId(number));
    let lost: Vec<EntriesId> = lists
        .filter(|list| catalog.entity(list.playlist()).is_none())
        .collect();
    for list in lost {
        let playlist = list.playlist();
        let entries = entries(world, playlist);
        if entries.entries.is_empty() {
            // That of a smart one, whose query is lost.
            Catalog::despawn(world, list);
        } else {
            let name = format!("Playlist {playlist}");
            super::recover(world, playlist, &name, entries);
        }
    }
}

/// Sees to it that totals stay true, and that a scan that found files is asked for what is missing.
pub(super) fn follow_library(world: &mut World) {
    let is_loaded = world
        .get_resource::<Storage>()
        .is_none_or(|storage| storage.state.loaded);
    if !is_loaded || world.resource::<Catalog>().count(Noun::Playlist) == 0 {
        return;
    }
    if scan_ended(world) {
        match_again(world);
    }
    world.resource_scope(|world, mut stale: Mut<Stale>| stale.follow(world));
}

impl Stale {
    fn follow(&mut self, world: &mut World) {
        let shown = KindSet::of::<Title>()
            | KindSet::of::<ArtistCredit>()
            | KindSet::of::<Duration>()
            | KindSet::of::<PlayedFrom>();
        for change in world.resource::<Changes>().settled() {
            if change.noun == Noun::Track && (change.gone || change.kinds.meets(shown)) {
                self.tracks.push(change.number);
            }
        }
        let now = world.resource::<Clock>().now;
        let version = world.resource::<Index>().version();
        if !core::mem::replace(&mut self.begun, true) {
            self.version = version;
            for playlist in all(world) {
                count_if_other(world, playlist);
            }
        }
        if let Some(playlist) = self.smart.pop() {
            count_if_other(world, playlist);
        }
        if self.version != version || !self.tracks.is_empty() {
            let due = self.counted_at + COUNT_EVERY;
            if now < due {
                world.resource_mut::<Wake>().at(due);
            } else {
                self.counted_at = now;
                self.version = version;
                self.count(world);
            }
        }
        if !self.smart.is_empty() {
            world.resource_mut::<Wake>().at(0);
        }
    }

    fn count(&mut self, world: &mut World) {
        let mut changed = core::mem::take(&mut self.tracks);
        sort::plain(&mut changed);
        self.smart.clear();
        for playlist in all(world) {
            if catalog::get::<SmartQuery>(world, playlist).is_some() {
                self.smart.push(playlist);
                continue;
            }
            let list = entries(world, playlist);
            let is_touched = |entry: &Entry| match entry.item {
                EntryItem::Track(track) => changed.binary_search(&track.0).is_ok(),
                EntryItem::Unmatched(_) => false,
            };
            if !changed.is_empty() && list.entries.iter().any(is_touched) {
                count(world, playlist);
            }
        }
    }
}

/// Counts a smart playlist, and tells of it only if it found another number: its rows are a view's to follow.
fn count_if_other(world: &mut World, playlist: PlaylistId) {
    let Some(smart) = catalog::get::<SmartQuery>(world, playlist).cloned() else {
        return;
    };
    let entries = find(world, &smart, 0, 0).map_or(0, |(total, _)| total);
    let known = catalog::get::<PlaylistTotals>(world, playlist);
    if known.is_none_or(|known| known.entries != entries) {
        count(world, playlist);
    }
}

fn scan_ended(world: &World) -> bool {
    world.resource::<Changes>().settled().iter().any(|change| {
        change.noun == Noun::SyncJob
            && change.kinds.meets(KindSet::of::<JobState>())
            && world.get::<JobState>(change.entity) == Some(&JobState::Done)
    })
}

/// Looks once more for what entries without a track mean.
fn match_again(world: &mut World) {
    let mut wanted = Vec::new();
    for playlist in all(world) {
        for (place, entry) in entries(world, playlist).entries.iter().enumerate() {
            if let EntryItem::Unmatched(unmatched) = &entry.item {
                wanted.push((playlist, place, (**unmatched).clone()));
            }
        }
    }
    if wanted.is_empty() {
        return;
    }
    let texts: Vec<&Unmatched> = wanted.iter().map(|(_, _, text)| text).collect();
    let found = resolve::tracks(world, &texts, "");
    let mut edited: Vec<(PlaylistId, PlaylistEntries)> = Vec::new();
    for ((playlist, place, _), track) in wanted.iter().zip(found) {
        let Some(track) = track else { continue };
        if edited.last().is_none_or(|(last, _)| last != playlist) {
            edited.push((*playlist, entries(world, *playlist)));
        }
        if let Some((_, list)) = edited.last_mut() {
            Arc::make_mut(&mut list.entries)[*place].item = EntryItem::Track(track);
        }
    }
    for (playlist, list) in edited {
        replace(world, playlist, list);
    }
}

/// Lets the entries of tracks that are about to go keep what is known of them, so that they are found again.
pub fn release(world: &mut World, mut tracks: Vec<u64>) {
    sort::plain(&mut tracks);
    for playlist in all(world) {
        let mut list = entries(world, playlist);
        let is_gone = |entry: &Entry| match entry.item {
            EntryItem::Track(track) => tracks.binary_search(&track.0).is_ok(),
            EntryItem::Unmatched(_) => false,
        };
        if !list.entries.iter().any(is_gone) {
            continue;
        }
        for entry in Arc::make_mut(&mut list.entries) {
            if let EntryItem::Track(track) = entry.item
                && is_gone(entry)
            {
                entry.item = EntryItem::Unmatched(Box::new(resolve::line(world, track, "")));
            }
        }
        replace(world, playlist, list);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playlist::make;
    use crate::schedule;

    #[test]
    fn entries_whose_playlist_was_lost_are_one_again() {
        let mut world = World::new();
        schedule::setup(&mut world);
        let times = PlaylistTimes::default();
        let items = vec![EntryItem::Track(TrackId(4))];
        let lost = make(&mut world, "Lost", None, times, items.clone());
        let kept = make(&mut world, "Kept", None, times, items);
        let empty = make(&mut world, "Empty", None, times, Vec::new());
        for playlist in [lost, empty] {
            Catalog::despawn(&mut world, playlist);
        }
        count_all(&mut world);
        let name = |playlist| catalog::get::<PlaylistName>(&world, playlist).map(|name| &*name.0);
        assert_eq!(all(&world), [lost, kept]);
        assert_eq!((name(lost), name(kept)), (Some("Playlist 1"), Some("Kept")));
        assert_eq!(entries(&world, lost).entries.len(), 1);
    }
}
