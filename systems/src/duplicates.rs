//! Tracks that are the same recording, found by the identity ladder: the same sound, the same recording at
//! MusicBrainz, or the same title and artists at the same length.
//!
//! Looking at a million tracks takes seconds, so it is done a thousand a tick, and what they are known by is
//! compared in heaps that a tick can take.

use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::{IntoScheduleConfigs, Schedules};
use bevy_ecs::world::{Mut, World};
use segue_components::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use crate::catalog::{self, Catalog};
use crate::clock::Wake;
use crate::link::{self, Asked};
use crate::mirror::ask::{check_limit, track_row};
use crate::plugin::Plugin;
use crate::schedule::{Tick, TickSystems};
use crate::sort;
use crate::user_data::identity::{CLOSE, artist, length, name, recording};

/// How many tracks are looked at in one tick.
const TRACKS_PER_TICK: usize = 1_000;

/// How many keys are compared in one tick, but for a heap that has more.
const KEYS_PER_TICK: usize = 10_000;

/// Into how many heaps the keys of a rung are sorted: equal ones into the same.
const HEAPS: usize = 256;

/// Answers [`Request::Duplicates`].
#[derive(Debug, Default)]
pub struct DuplicatesPlugin;

impl Plugin for DuplicatesPlugin {
    fn build(&self, world: &mut World) {
        world.init_resource::<Search>();
        let search = search.in_set(TickSystems::Apply);
        world.resource_mut::<Schedules>().add_systems(Tick, search);
    }
}

/// A search under way, and who waits for it.
#[derive(Resource, Debug, Default)]
struct Search {
    waiting: Vec<Asked>,
    tracks: Vec<TrackId>,
    /// How many of them were looked at.
    done: usize,
    keys: Keys,
    groups: Groups,
}

/// What the tracks are known by: the heaps of the first rung, then those of the next.
#[derive(Debug, Default)]
struct Keys {
    heaps: Vec<Vec<Key>>,
    /// How many heaps were compared.
    done: usize,
}

/// Which tracks belong together.
#[derive(Debug, Default)]
struct Groups {
    /// By the place of a track: another of its group, or itself for the first.
    parents: Vec<u32>,
    /// By the place of the first of a group: what was needed to bring it together.
    rungs: Vec<Rung>,
    /// The places that are in some group, some more than once.
    members: Vec<u32>,
}

/// What a track is known by, in 64 bits, and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    hash: u64,
    length: u32,
    place: u32,
}

/// The rungs that say that two files hold one recording, the surest first.
const RUNGS: [Rung; 3] = [Rung::AudioHash, Rung::Recording, Rung::Tags];

fn search(world: &mut World) {
    let asked = link::asked(world, |request| matches!(request, Request::Duplicates { .. }));
    let cancels = link::asked(world, |request| matches!(request, Request::Cancel { .. }));
    world.resource_scope(|world, mut search: Mut<Search>| {
        for cancel in &cancels {
            // Whoever reads user data answers these.
            let ended = |asked: &Asked| {
                asked.host == cancel.host
                    && matches!(cancel.request, Request::Cancel { request } if request == asked.id)
            };
            if let Some(place) = search.waiting.iter().position(ended) {
                let asked = search.waiting.swap_remove(place);
                world.write_message(asked.answer(Err(RequestError::Cancelled)));
            }
        }
        if !asked.is_empty() && search.waiting.is_empty() {
            let catalog = world.resource::<Catalog>();
            let mut tracks: Vec<u64> = catalog.all(Noun::Track).map(|(number, _)| number).collect();
            sort::plain(&mut tracks);
            *search = Search::new(tracks.into_iter().map(TrackId).collect());
        }
        // Whoever asks while a search is under way gets its answer.
        search.waiting.extend(asked);
        if search.waiting.is_empty() {
            if !cancels.is_empty() {
                *search = Search::default();
            }
            return;
        }
        if search.done < search.tracks.len() {
            search.look(world);
        }
        if search.done == search.tracks.len() {
            search.compare();
        }
        if !search.is_done() {
            world.resource_mut::<Wake>().at(0);
            return;
        }
        let Search {
            waiting,
            tracks,
            groups,
            ..
        } = core::mem::take(&mut *search);
        let groups = groups.list(&tracks);
        for asked in waiting {
            let answer = answer(world, &asked.request, &groups);
            world.write_message(asked.answer(answer));
        }
    });
}

impl Search {
    fn new(tracks: Vec<TrackId>) -> Self {
        Self {
            groups: Groups::new(tracks.len()),
            tracks,
            ..Self::default()
        }
    }

    fn is_done(&self) -> bool {
        self.done == self.tracks.len() && self.keys.done == self.keys.heaps.len()
    }

    /// Compares the next heaps.
    fn compare(&mut self) {
        let mut left = KEYS_PER_TICK;
        while let Some(heap) = self.keys.heaps.get_mut(self.keys.done) {
            let heap = core::mem::take(heap);
            if heap.len() > left && left < KEYS_PER_TICK {
                self.keys.heaps[self.keys.done] = heap;
                return;
            }
            left = left.saturating_sub(heap.len());
            self.groups.join(RUNGS[self.keys.done / HEAPS], heap);
            self.keys.done += 1;
        }
    }

    fn look(&mut self, world: &World) {
        let end = self.tracks.len().min(self.done + TRACKS_PER_TICK);
        for place in self.done..end {
            let track = self.tracks[place];
            let Some(file) = catalog::get::<PlayedFrom>(world, track).map(|from| from.0) else {
                continue;
            };
            if catalog::get::<Presence>(world, file).is_some_and(|presence| *presence != Presence::Present) {
                continue;
            }
            let artist = artist(world, track);
            let title = catalog::get::<Title>(world, track).filter(|_| !artist.is_empty());
            // An encoder that counts no sum writes zeros.
            let sound = catalog::get::<AudioHash>(world, file).filter(|hash| hash.0 != [0; 16]);
            let hashes = [
                sound.map(|hash| xxh3_64(&hash.0)),
                recording(world, track).map(|id| xxh3_64(id.to_ascii_lowercase().as_bytes())),
                title.map(|title| xxh3_64(name(&title.0, &artist).as_bytes())),
            ];
            for (rung, hash) in hashes.into_iter().enumerate() {
                if let Some(hash) = hash {
                    self.keys.put(
                        rung,
                        Key {
                            hash,
                            length: length(world, track),
                            place: u32::try_from(place).unwrap_or(u32::MAX),
                        },
                    );
                }
            }
        }
        self.done = end;
    }
}

impl Keys {
    fn put(&mut self, rung: usize, key: Key) {
        if self.heaps.is_empty() {
            self.heaps.resize_with(RUNGS.len() * HEAPS, Vec::new);
        }
        let [heap, ..] = key.hash.to_le_bytes();
        self.heaps[rung * HEAPS + usize::from(heap)].push(key);
    }
}

impl Groups {
    fn new(tracks: usize) -> Self {
        Self {
            parents: (0..u32::try_from(tracks).unwrap_or(u32::MAX)).collect(),
            rungs: vec![RUNGS[0]; tracks],
            members: Vec::new(),
        }
    }

    /// Brings together what has equal keys.
    fn join(&mut self, rung: Rung, mut keys: Vec<Key>) {
        sort::by_key(&mut keys, |&key| key);
        let mut first: Option<Key> = None;
        for key in keys {
            // Songs of one name and other lengths are other versions: live, edited, remixed.
            let is_same = first.filter(|first| {
                first.hash == key.hash && (rung != Rung::Tags || key.length - first.length <= CLOSE)
            });
            let Some(same) = is_same else {
                first = Some(key);
                continue;
            };
            let (a, b) = (self.first(same.place), self.first(key.place));
            if a != b {
                let (low, high) = (a.min(b), a.max(b));
                self.parents[high as usize] = low;
                self.rungs[low as usize] = rung;
                self.members.extend([same.place, key.place]);
            }
        }
    }

    /// The first of a track's group.
    fn first(&mut self, mut place: u32) -> u32 {
        let parents = &mut self.parents;
        while parents[place as usize] != place {
            let above = parents[parents[place as usize] as usize];
            parents[place as usize] = above;
            place = above;
        }
        place
    }

    /// Each group with the least sure rung that was needed, and its tracks by number.
    fn list(mut self, tracks: &[TrackId]) -> Vec<(Rung, Vec<TrackId>)> {
        let members = core::mem::take(&mut self.members);
        let mut members: Vec<(u32, u32)> = members
            .into_iter()
            .map(|place| (self.first(place), place))
            .collect();
        sort::by_key(&mut members, |&member| member);
        members.dedup();
        let groups = members.chunk_by(|a, b| a.0 == b.0);
        groups
            .map(|group| {
                let members = group.iter().map(|&(_, place)| tracks[place as usize]);
                (self.rungs[group[0].0 as usize], members.collect())
            })
            .collect()
    }
}

fn answer(
    world: &World,
    request: &Request,
    groups: &[(Rung, Vec<TrackId>)],
) -> Result<Response, RequestError> {
    let Request::Duplicates { offset, limit } = *request else {
        return Ok(Response::Done);
    };
    check_limit(limit)?;
    let window = groups.iter().skip(offset as usize).take(limit as usize);
    let groups_of = window.map(|(rung, tracks)| DuplicateGroup {
        rung: *rung,
        tracks: tracks
            .iter()
            .filter_map(|&track| track_row(world, track))
            .collect(),
    });
    Ok(Response::Duplicates {
        total: u32::try_from(groups.len()).unwrap_or(u32::MAX),
        groups: groups_of.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(hash: u64, length: u32, place: u32) -> Key {
        Key { hash, length, place }
    }

    #[test]
    fn a_group_is_named_for_the_least_sure_rung_that_it_needs() {
        let tracks: Vec<TrackId> = (10..20).map(TrackId).collect();
        let sounds = vec![key(1, 0, 0), key(1, 0, 5), key(2, 0, 1), key(2, 0, 6)];
        let recordings = vec![key(7, 9, 6), key(7, 90_000, 7)];
        let names = vec![
            key(3, 1_000, 2),
            key(3, 3_000, 3),
            key(3, 3_500, 4),
            key(4, 5, 0),
            key(4, 6, 5),
        ];
        let mut groups = Groups::new(tracks.len());
        for (rung, keys) in RUNGS.into_iter().zip([sounds, recordings, names]) {
            groups.join(rung, keys);
        }
        let found = groups.list(&tracks);
        let ids = |places: &[u64]| places.iter().map(|place| TrackId(10 + place)).collect::<Vec<_>>();
        assert_eq!(
            found,
            [
                (Rung::AudioHash, ids(&[0, 5])),
                (Rung::Recording, ids(&[1, 6, 7])),
                (Rung::Tags, ids(&[2, 3])),
            ]
        );
    }
}
