//! Indexing everything anew, after a load: some of it a tick.

use bevy_ecs::entity::Entity;
use bevy_ecs::message::{MessageCursor, Messages};
use bevy_ecs::system::Local;
use bevy_ecs::world::{Mut, World};
use segue_components::prelude::*;

use super::rows::Recent;
use super::{Index, WORDED_PER_TICK};
use crate::catalog::Catalog;
use crate::changes;
use crate::clock::{Clock, Wake};
use crate::persist::Loaded;
use crate::query::on_albums::OnAlbums;
use crate::query::shared::Shared;
use crate::query::table::Table;

/// How many things a tick indexes after a load: no more than 8 ms in a browser.
const FILLED_PER_TICK: usize = 2_048;

/// How many tracks are indexed in the time that an album takes.
const ALBUM: usize = 3;
/// How many places of the catalog a tick looks at, where few of them are in use.
const WALKED_PER_TICK: usize = 65_536;

/// Indexing everything anew, as far as it got.
#[derive(Debug)]
pub(super) struct Filling {
    noun: Noun,
    /// The number that comes next. Those who came since the load may stand behind it: they are here already, because
    /// the log told of them.
    next: u64,
    recent: Recent,
}

impl Index {
    /// Begins to index everything anew.
    pub(super) fn begin(&mut self, world: &World) {
        let catalog = world.resource::<Catalog>();
        self.tracks = Table::with_room(catalog.count(Noun::Track), self.tracks.keys.tailoring());
        self.albums = Table::with_room(catalog.count(Noun::Album), self.albums.keys.tailoring());
        self.credits = Shared::default();
        self.genres = Shared::default();
        self.album_credits = Shared::default();
        self.on_albums = OnAlbums::default();
        self.expects_load = false;
        self.version += 1;
        self.filling = Some(Filling {
            noun: Noun::Track,
            next: 0,
            recent: Recent::default(),
        });
    }

    /// Indexes so many more things. `false` if some are left.
    pub(super) fn fill(&mut self, world: &mut World, most: usize) -> bool {
        let Some(mut filling) = self.filling.take() else {
            return true;
        };
        let (mut left, mut places) = (most, most.max(WALKED_PER_TICK));
        let mut found = Vec::new();
        while left > 0 && places > 0 {
            // An album is a row, written twice, and its totals.
            let (cost, step) = match filling.noun {
                Noun::Track => (1, left),
                _ => (ALBUM, left.div_ceil(ALBUM)),
            };
            let step = step.min(places).min(WALKED_PER_TICK);
            found.clear();
            let catalog = world.resource::<Catalog>();
            let next = catalog.walk(filling.noun, filling.next, step, |id, entity| {
                found.push((id, entity));
            });
            places -= step;
            left -= (found.len() * cost).min(left);
            match filling.noun {
                Noun::Track => self.fill_tracks(world, &found, &mut filling.recent),
                _ => self.fill_albums(world, &found),
            }
            match (next, filling.noun) {
                (Some(next), _) => filling.next = next,
                (None, Noun::Track) => (filling.noun, filling.next) = (Noun::Album, 0),
                (None, _) => {
                    self.generation += 1;
                    self.version += 1;
                    self.tracks.hot.want();
                    return true;
                }
            }
        }
        self.filling = Some(filling);
        false
    }

    fn fill_tracks(&mut self, world: &World, tracks: &[(u64, Entity)], recent: &mut Recent) {
        for &(id, track) in tracks {
            // It may be here already because it changed.
            if let Ok(track) = world.get_entity(track)
                && self.tracks.number(id).is_none()
            {
                self.put_track(world, id, track, true, recent);
            }
        }
    }

    fn fill_albums(&mut self, world: &mut World, albums: &[(u64, Entity)]) {
        for &(id, album) in albums {
            if let Ok(album) = world.get_entity(album)
                && self.albums.number(id).is_none()
            {
                self.put_album(world, id, album, true);
            }
        }
        if !albums.is_empty() {
            // Totals that are counted anew are news to nobody: every host gets a snapshot.
            changes::stop_observing(world);
            self.put_totals(world, albums.iter().map(|&(id, _)| id));
            changes::observe(world);
        }
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
            && index.build_orders(world)
            && index.take_words(world, WORDED_PER_TICK)
            && index.sweep()
            && index.warm(world);
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
