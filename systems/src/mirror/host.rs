//! One host: what it has, what it is owed, and the next frame for it.

use std::collections::VecDeque;

use bevy_ecs::world::World;
use bevy_platform::collections::{HashMap, HashSet};
use segue_components::prelude::*;
use segue_components::wire::registry::KindSet;

use super::WHOLE;
use super::frame::{Builder, Key};
use super::view::View;
use crate::catalog::Catalog;
use crate::link::Asked;
use crate::sort;
use crate::sorted::Sorted;

/// How many notices wait for one host; beyond, the oldest are dropped.
const MOST_NOTICES: usize = 256;
/// How much of the queue a host sees: so many entries before the current one, and so many from it on.
const QUEUE_BEFORE: usize = 50;
const QUEUE_FROM: usize = 500;

#[derive(Debug, Default)]
pub(super) struct Host {
    /// It speaks another protocol, was told so, and gets nothing more.
    pub(super) refused: bool,
    pub(super) window: u32,
    pub(super) credits: u32,
    pub(super) sequence: u32,
    /// Whether the next frame begins anew.
    pub(super) snapshot: bool,
    pub(super) views: Sorted<u32, View>,
    pub(super) has: HashSet<Key>,
    /// What changed of what it has.
    pub(super) dirty: HashMap<Key, KindSet>,
    /// Whether what it should have may differ from what it has.
    pub(super) unsettled: bool,
    pub(super) notices: Vec<Notice>,
    /// Searches that wait for their turn.
    pub(super) waiting: VecDeque<Asked>,
    /// Whether it waits for something it asked for.
    pub(super) urgent: bool,
    pub(super) last_frame: u64,
}

impl Host {
    /// Begins anew: everything it had is forgotten, and its views are told from the start.
    pub(super) fn restart(&mut self) {
        self.credits = self.window;
        self.snapshot = true;
    }

    pub(super) fn view(&mut self, number: u32) -> Result<&mut View, RequestError> {
        self.views.get_mut(number).ok_or_else(|| RequestError::NotFound {
            what: format!("view {number}"),
        })
    }

    pub(super) fn tell(&mut self, notice: &Notice) {
        if let Notice::TracksAdded { job, count } = notice {
            for known in &mut self.notices {
                if let Notice::TracksAdded { job: of, count: sum } = known
                    && of == job
                {
                    *sum = sum.saturating_add(*count);
                    return;
                }
            }
        }
        if matches!(notice, Notice::Storage(_)) {
            self.notices.retain(|known| !matches!(known, Notice::Storage(_)));
        }
        if self.notices.len() == MOST_NOTICES {
            self.notices.remove(0);
        }
        self.notices.push(notice.clone());
    }

    pub(super) fn is_owed(&self) -> bool {
        self.snapshot
            || self.unsettled
            || !self.dirty.is_empty()
            || !self.notices.is_empty()
            || self.views.values().any(View::is_untold)
    }

    /// The next frame; `None` if there is nothing to say.
    pub(super) fn next_frame(&mut self, world: &World) -> Option<Vec<u8>> {
        let mut builder = Builder::new(self.snapshot);
        if core::mem::take(&mut self.snapshot) {
            self.has.clear();
            self.dirty.clear();
            self.unsettled = true;
            for view in self.views.values_mut() {
                view.untell();
            }
        }
        let full = !self.fill(world, &mut builder);
        self.unsettled = full;
        let sequence = self.sequence.wrapping_add(1);
        let frame = builder.finish(sequence)?;
        self.sequence = sequence;
        Some(frame)
    }

    /// Fills a frame. `false` if something is left for the next one.
    fn fill(&mut self, world: &World, builder: &mut Builder) -> bool {
        let mut dirty: Vec<_> = self.dirty.iter().map(|(&key, &kinds)| (key, kinds)).collect();
        sort::by_key(&mut dirty, |&(key, _)| key);
        for (key, kinds) in dirty {
            if !builder.update(world, key, kinds) {
                return false;
            }
            self.dirty.remove(&key);
        }
        let mut sent = 0;
        for notice in &self.notices {
            let bytes = postcard::to_stdvec(notice).expect("notices are plain data");
            if !builder.notice(&bytes) {
                break;
            }
            sent += 1;
        }
        self.notices.drain(..sent);
        if !self.unsettled && !self.views.values().any(View::is_untold) {
            return true;
        }
        let mut wanted = HashSet::new();
        let catalog = world.resource::<Catalog>();
        for noun in WHOLE {
            let mut all: Vec<_> = catalog.all(noun).collect();
            sort::by_key(&mut all, |&(number, _)| number);
            for (number, entity) in all {
                if !self.want(world, builder, &mut wanted, (noun, number)) {
                    return false;
                }
                if let (Noun::Player, Some(queue)) = (noun, world.get::<Queue>(entity)) {
                    let index = queue.index as usize;
                    let near = queue.tracks.iter().skip(index.saturating_sub(QUEUE_BEFORE));
                    let playing = world.get::<PlayerState>(entity).and_then(|state| state.track);
                    for track in near.take(QUEUE_BEFORE + QUEUE_FROM).chain(&playing) {
                        if !self.want_row(world, builder, &mut wanted, (Noun::Track, track.0)) {
                            return false;
                        }
                    }
                }
            }
        }
        for number in self.views.keys().collect::<Vec<_>>() {
            let Some(view) = self.views.get(number) else {
                continue;
            };
            let noun = view.noun;
            for id in view.rows().to_vec() {
                if !self.want_row(world, builder, &mut wanted, (noun, id)) {
                    return false;
                }
            }
            let view = self.views.get_mut(number).expect("its number is a key");
            if view.is_untold() {
                if !builder.view(view.patch()) {
                    return false;
                }
                view.tell();
            }
        }
        let mut unwanted: Vec<_> = self
            .has
            .iter()
            .filter(|key| !wanted.contains(*key))
            .copied()
            .collect();
        sort::by_key(&mut unwanted, |&key| key);
        for key in unwanted {
            if !builder.despawn(key) {
                return false;
            }
            self.has.remove(&key);
            self.dirty.remove(&key);
        }
        true
    }

    /// Sees to it that the host has a thing.
    fn want(&mut self, world: &World, builder: &mut Builder, wanted: &mut HashSet<Key>, key: Key) -> bool {
        if world.resource::<Catalog>().find(key.0, key.1).is_none() {
            return true;
        }
        if !self.has.contains(&key) {
            match builder.spawn(world, key) {
                None => return true,
                Some(false) => return false,
                Some(true) => self.has.insert(key),
            };
        }
        wanted.insert(key);
        true
    }

    /// Sees to it that the host has a row and what is shown with it: album, file and picture.
    fn want_row(
        &mut self,
        world: &World,
        builder: &mut Builder,
        wanted: &mut HashSet<Key>,
        key: Key,
    ) -> bool {
        row_keys(world, key).all(|key| wanted.contains(&key) || self.want(world, builder, wanted, key))
    }
}

/// A row and what is shown with it: album, file and picture.
pub(super) fn row_keys(world: &World, key: Key) -> impl Iterator<Item = Key> {
    let catalog = world.resource::<Catalog>();
    let keys = catalog.find(key.0, key.1).map(|entity| {
        let album = world.get::<OnAlbum>(entity).map(|album| (Noun::Album, album.0.0));
        let file = world.get::<PlayedFrom>(entity).map(|file| (Noun::File, file.0.0));
        let cover = world.get::<Cover>(entity).map(|cover| (Noun::Artwork, cover.0.0));
        let holder = album.and_then(|(noun, number)| catalog.find(noun, number));
        let album_cover = world
            .get::<AlbumCover>(holder.unwrap_or(entity))
            .map(|cover| (Noun::Artwork, cover.0.0));
        [Some(key), album, file, cover, album_cover]
    });
    keys.into_iter().flatten().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_tracks_of_a_job_are_one_notice() {
        let mut host = Host::default();
        for count in 1..=3 {
            host.tell(&Notice::TracksAdded { job: JobId(1), count });
        }
        for _ in 0..2 {
            host.tell(&Notice::Storage(StorageState::default()));
        }
        assert_eq!(
            host.notices,
            [
                Notice::TracksAdded {
                    job: JobId(1),
                    count: 6
                },
                Notice::Storage(StorageState::default())
            ]
        );
    }
}
