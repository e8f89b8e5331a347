//! The log of what was heard: put at its end, read from there, and never forgotten when a track is.

use bevy_ecs::schedule::{IntoScheduleConfigs, Schedules};
use bevy_ecs::world::World;
use segue_components::prelude::*;

use crate::catalog::{self, Catalog};
use crate::link;
use crate::mirror::ask::{check_limit, track_row};
use crate::plugin::Plugin;
use crate::schedule::{Tick, TickSystems};
use crate::sort;

/// Answers [`Request::History`].
#[derive(Debug, Default)]
pub struct HistoryPlugin;

impl Plugin for HistoryPlugin {
    fn build(&self, world: &mut World) {
        let answer = answer_requests.in_set(TickSystems::Apply);
        world.resource_mut::<Schedules>().add_systems(Tick, answer);
    }
}

fn answer_requests(world: &mut World) {
    for asked in link::asked(world, |request| matches!(request, Request::History { .. })) {
        let Request::History { offset, limit } = asked.request else {
            continue;
        };
        let answer = check_limit(limit).map(|()| {
            let (total, listens) = window(world, offset, limit);
            let row = |listen: Listen| ListenRow {
                listen,
                row: track_row(world, listen.track).map(Box::new),
            };
            Response::History {
                total,
                rows: listens.into_iter().map(row).collect(),
            }
        });
        world.write_message(asked.answer(answer));
    }
}

/// The pieces that there are, oldest first.
fn pieces(world: &World) -> Vec<&Listens> {
    let mut all: Vec<_> = world.resource::<Catalog>().all(Noun::History).collect();
    sort::by_key(&mut all, |&(number, _)| number);
    let pieces = all.into_iter();
    pieces
        .filter_map(|(_, entity)| world.get::<Listens>(entity))
        .collect()
}

/// How many listens there are, and some of them, the newest first.
#[must_use]
pub fn window(world: &World, offset: u32, limit: u32) -> (u32, Vec<Listen>) {
    let pieces = pieces(world);
    let total: usize = pieces.iter().map(|piece| piece.len()).sum();
    let mut skip = offset as usize;
    let mut found = Vec::new();
    for piece in pieces.into_iter().rev() {
        if skip >= piece.len() {
            skip -= piece.len();
            continue;
        }
        let left = limit as usize - found.len();
        if left == 0 {
            break;
        }
        let listens: Vec<Listen> = piece.iter().collect();
        found.extend(listens.into_iter().rev().skip(skip).take(left));
        skip = 0;
    }
    (u32::try_from(total).unwrap_or(u32::MAX), found)
}

/// Every listen, oldest first.
#[must_use]
pub fn all(world: &World) -> Vec<Listen> {
    pieces(world).into_iter().flat_map(Listens::iter).collect()
}

/// Puts a listen at the end. If it is the one that stands there, as far as it was heard then, it takes its place.
pub fn log(world: &mut World, listen: Listen) {
    let last = HistoryId(world.resource::<Catalog>().last(Noun::History));
    let known = catalog::get::<Listens>(world, last);
    let is_same = |other: &Listen| (other.at, other.track) == (listen.at, listen.track);
    let (id, piece) = match known {
        Some(piece) if piece.iter().last().as_ref().is_some_and(is_same) => {
            let before = piece.iter().take(piece.len() - 1);
            (last, before.chain([listen]).collect())
        }
        Some(piece) if !piece.is_full() => {
            let mut piece = piece.clone();
            piece.push(listen);
            (last, piece)
        }
        // The first of all, or of a new piece; or the last one was lost with a damaged page.
        _ if last.0 == 0 => (HistoryId::piece(0), Listens::from_iter([listen])),
        _ => (HistoryId::piece(last.index() + 1), Listens::from_iter([listen])),
    };
    Catalog::find_or_spawn(world, Noun::History, id.0);
    catalog::set(world, id, piece);
}

/// How often a merge begins anew because something was heard meanwhile. Then it does the rest at once.
const MOST_TRIES: u32 = 3;

/// Puts listens among those of the log, so many at a time: the log changes once, when all of it is made.
#[derive(Debug, Default)]
pub(crate) struct Merging {
    /// By time, and none of them in the log.
    fresh: Vec<Listen>,
    placed: usize,
    /// The last piece as it was when this began: what is heard meanwhile changes it.
    last: (u64, Option<Listens>),
    /// The index of the next piece to read.
    next: u64,
    /// What was read of the one before, and how much of it was placed.
    piece: Vec<Listen>,
    at: usize,
    open: Listens,
    made: Vec<Listens>,
    tries: u32,
}

impl Merging {
    pub(crate) fn new(fresh: Vec<Listen>) -> Self {
        Self {
            fresh,
            ..Self::default()
        }
    }

    /// How many of them are placed, and of how many.
    pub(crate) fn progress(&self) -> (usize, usize) {
        (self.placed, self.fresh.len())
    }

    fn last(world: &World) -> (u64, Option<Listens>) {
        let last = HistoryId(world.resource::<Catalog>().last(Noun::History));
        (last.0, catalog::get::<Listens>(world, last).cloned())
    }

    /// Places so many listens at the most. `true` when the log has them all.
    pub(crate) fn step(&mut self, world: &mut World, left: &mut usize) -> bool {
        if self.next == 0 {
            self.last = Self::last(world);
        }
        while *left > 0 {
            if self.at == self.piece.len() && self.last.0 > 0 && self.next <= HistoryId(self.last.0).index() {
                let piece = catalog::get::<Listens>(world, HistoryId::piece(self.next));
                self.piece = piece.map(|piece| piece.iter().collect()).unwrap_or_default();
                (self.at, self.next) = (0, self.next + 1);
                continue;
            }
            let listen = match (self.piece.get(self.at), self.fresh.get(self.placed)) {
                (None, None) => break,
                (Some(known), fresh) if fresh.is_none_or(|fresh| fresh.at >= known.at) => {
                    self.at += 1;
                    *known
                }
                (_, fresh) => {
                    self.placed += 1;
                    *fresh.expect("one of the two is there")
                }
            };
            self.open.push(listen);
            if self.open.is_full() {
                self.made.push(core::mem::take(&mut self.open));
            }
            *left -= 1;
        }
        if *left == 0 {
            return false;
        }
        if self.last != Self::last(world) {
            let fresh = core::mem::take(&mut self.fresh);
            let tries = self.tries + 1;
            *self = Self {
                tries,
                ..Self::new(fresh)
            };
            let mut all = usize::MAX;
            return tries >= MOST_TRIES && self.step(world, &mut all);
        }
        let open = core::mem::take(&mut self.open);
        let made = core::mem::take(&mut self.made);
        let open = (!open.is_empty()).then_some(open);
        for (index, piece) in (0..).zip(made.into_iter().chain(open)) {
            let id = HistoryId::piece(index);
            Catalog::find_or_spawn(world, Noun::History, id.0);
            catalog::set(world, id, piece);
        }
        true
    }
}

/// Puts listens among those that there are, in the order of time, and leaves out what is there already. Says how
/// many came in.
pub fn merge(world: &mut World, mut listens: Vec<Listen>) -> usize {
    let mut known: Vec<(u64, TrackId)> = all(world)
        .iter()
        .map(|listen| (listen.at, listen.track))
        .collect();
    sort::by_key(&mut known, |&key| key);
    sort::by_key(&mut listens, |&listen| listen);
    listens.dedup_by_key(|listen| (listen.at, listen.track));
    listens.retain(|listen| known.binary_search(&(listen.at, listen.track)).is_err());
    let count = listens.len();
    let mut merging = Merging::new(listens);
    let mut all = usize::MAX;
    while !merging.step(world, &mut all) {}
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule;

    fn listen(at: u64, heard: u32) -> Listen {
        Listen {
            at,
            track: TrackId(1 + at % 7),
            heard,
            counted: heard > 100,
        }
    }

    fn world(listens: u64) -> World {
        let mut world = World::new();
        schedule::setup(&mut world);
        for at in 0..listens {
            log(&mut world, listen(at, 200));
        }
        world
    }

    #[test]
    fn the_newest_come_first_and_a_window_past_the_end_is_empty() {
        let world = world(600);
        for (offset, limit) in [
            (0, 3),
            (80, 10),
            (88, 2),
            (344, 300),
            (599, 5),
            (600, 5),
            (u32::MAX, 1),
        ] {
            let (total, found) = window(&world, offset, limit);
            let expected: Vec<Listen> = (0..600)
                .rev()
                .skip(offset as usize)
                .take(limit as usize)
                .map(|at| listen(at, 200))
                .collect();
            assert_eq!((total, found), (600, expected), "{offset} {limit}");
        }
    }

    #[test]
    fn a_listen_that_goes_on_stays_one() {
        let mut world = world(256);
        log(&mut world, listen(255, 90_000));
        assert_eq!(window(&world, 0, 1), (256, vec![listen(255, 90_000)]));
        log(&mut world, listen(256, 5));
        log(&mut world, listen(256, 6));
        assert_eq!(
            window(&world, 0, 2),
            (257, vec![listen(256, 6), listen(255, 90_000)])
        );
    }

    #[test]
    fn what_is_merged_stands_where_its_time_is_and_once() {
        let mut world = world(300);
        let other: Vec<Listen> = (250..700).map(|at| listen(at * 2, 7)).collect();
        let new = other.iter().filter(|listen| listen.at >= 300).count();
        assert_eq!(merge(&mut world, other.clone()), new);
        assert_eq!(merge(&mut world, other), 0);
        let all = all(&world);
        assert_eq!(all.len(), 300 + new);
        assert!(all.is_sorted_by_key(|listen| listen.at));
        assert!(merge(&mut world, vec![listen(5, 1), listen(1_501, 1), listen(1_501, 1)]) == 1);
    }
}
