//! Indexing everything anew, after a load: some of it a tick.

use bevy_ecs::entity::Entity;
use bevy_ecs::message::{MessageCursor, Messages};
use bevy_ecs::query::With;
use bevy_ecs::system::Local;
use bevy_ecs::world::{Mut, World};
use segue_components::prelude::*;

use super::rows::Recent;
use super::{Index, WORDED_PER_TICK};
use crate::catalog::Catalog;
use crate::changes;
use crate::clock::{Clock, Wake};
use crate::persist::Loaded;
use crate::query::shared::Shared;
use crate::query::table::Table;

/// How many things a tick indexes after a load: no more than 8 ms in a browser.
const FILLED_PER_TICK: usize = 2_048;

/// Indexing everything anew, as far as it got.
#[derive(Debug)]
pub(super) struct Filling {
    /// In the order in which they lie in memory, which takes half the time that the order of ids does.
    tracks: Vec<Entity>,
    albums: Vec<Entity>,
    /// How many of both were looked at.
    next: usize,
    recent: Recent,
}

impl Index {
    /// Begins to index everything anew.
    pub(super) fn begin(&mut self, world: &mut World) {
        let catalog = world.resource::<Catalog>();
        self.tracks = Table::with_room(catalog.count(Noun::Track), self.tracks.keys.tailoring());
        self.albums = Table::with_room(catalog.count(Noun::Album), self.albums.keys.tailoring());
        self.credits = Shared::default();
        self.genres = Shared::default();
        self.album_credits = Shared::default();
        self.sums.clear();
        self.expects_load = false;
        self.version += 1;
        let mut files = world.query::<(&FileId, &Presence)>();
        let files = files
            .iter(world)
            .filter(|(_, presence)| **presence != Presence::Present);
        let missing = files.map(|(&file, _)| file).collect();
        let mut tracks = world.query_filtered::<Entity, With<TrackId>>();
        let tracks = tracks.iter(world).collect();
        let mut albums = world.query_filtered::<Entity, With<AlbumId>>();
        let albums = albums.iter(world).collect();
        self.filling = Some(Filling {
            tracks,
            albums,
            next: 0,
            recent: Recent::knowing(missing),
        });
    }

    /// Indexes so many more things. `false` if some are left.
    pub(super) fn fill(&mut self, world: &mut World, most: usize) -> bool {
        let Some(mut filling) = self.filling.take() else {
            return true;
        };
        let from = filling.next;
        let end = from.saturating_add(most);
        let known = filling.tracks.len();
        for &track in &filling.tracks[from.min(known)..end.min(known)] {
            // It may be gone, or be here already because it changed.
            let track = world.get_entity(track).ok();
            let id = track.and_then(|track| Some((track, track.get::<TrackId>()?.0)));
            if let Some((track, id)) = id.filter(|&(_, id)| self.tracks.number(id).is_none()) {
                self.put_track(world, id, track, true, &mut filling.recent);
            }
        }
        let place = |at: usize| at.saturating_sub(known).min(filling.albums.len());
        let mut ids = Vec::new();
        for &album in &filling.albums[place(from)..place(end)] {
            let album = world.get_entity(album).ok();
            if let Some((album, id)) = album.and_then(|album| Some((album, album.get::<AlbumId>()?.0))) {
                if self.albums.number(id).is_none() {
                    self.put_album(world, id, album, true);
                }
                ids.push(id);
            }
        }
        if !ids.is_empty() {
            // Totals that are counted anew are news to nobody: every host gets a snapshot.
            changes::stop_observing(world);
            self.put_totals(world, ids);
            changes::observe(world);
        }
        filling.next = end;
        if end < known + filling.albums.len() {
            self.filling = Some(filling);
            return false;
        }
        self.generation += 1;
        self.version += 1;
        true
    }
}

/// Brings the index up to date with the log. After a load it is made anew, some of it a tick.
pub(crate) fn update_index(world: &mut World, mut loaded: Local<MessageCursor<Loaded>>) {
    let loaded = loaded.read(world.resource::<Messages<Loaded>>()).count() > 0;
    world.resource_scope(|world, mut index: Mut<Index>| {
        if loaded {
            index.begin(world);
        }
        index.update(world);
        let done = index.fill(world, FILLED_PER_TICK)
            && index.build_orders()
            && index.take_words(world, WORDED_PER_TICK)
            && index.sweep();
        if !done {
            let now = world.resource::<Clock>().now;
            world.resource_mut::<Wake>().at(now);
        }
    });
}

/// Indexes everything anew: after the store was loaded into the world, which the log does not tell of.
pub fn rebuild(world: &mut World) {
    world.init_resource::<Index>();
    world.resource_scope(|world, mut index: Mut<Index>| {
        index.begin(world);
        index.fill(world, usize::MAX);
    });
}

/// Ends indexing that is under way.
pub(crate) fn finish(world: &mut World) {
    world.resource_scope(|world, mut index: Mut<Index>| {
        index.fill(world, usize::MAX);
    });
}
