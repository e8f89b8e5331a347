//! The model test of a backend: a library that is edited, flushed, crashed and opened again at random is
//! always one that was committed.

use std::sync::Arc;

use bevy_ecs::component::Component;
use segue_components::prelude::*;

use super::{Library, Snapshot};
use crate::catalog::{self, Catalog};
use crate::persist::store::PageStore;

/// A small generator of numbers (SplitMix64; Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Numbers of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below this one, which is not zero.
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % most
    }

    fn text(&mut self) -> Box<str> {
        let length = self.below(30);
        (0..length)
            .map(|_| ['a', 'e', 'ü', 'Ω', '夢', '/'][usize::from(self.small(6))])
            .collect()
    }

    fn small(&mut self, most: u16) -> u16 {
        u16::try_from(self.below(u64::from(most))).expect("below a u16")
    }
}

/// A disk that outlives its libraries, and fails on demand.
pub trait Disk {
    /// A store of this disk.
    type Store: PageStore;

    /// Opens it once more; what was not committed is gone.
    fn open(&mut self) -> Self::Store;

    /// Lets the call with this number, counted from now, fail; `None` for no call.
    fn fail(&mut self, call: Option<u64>);
}

/// Runs one history of random edits, ticks, flushes, failures and crashes.
///
/// # Panics
/// If a library comes back as it never was, loses what was acknowledged, or does not recover.
pub fn check<D: Disk>(disk: &mut D, seed: u64, steps: u32) {
    let random = &mut Random::new(seed);
    disk.fail(None);
    let mut library = Library::open(disk.open());
    // What is surely stored, and what may be: batches that went out and were not acknowledged.
    let mut stored = Snapshot::new();
    let mut maybe: Vec<Snapshot> = Vec::new();
    for step in 0..steps {
        match random.below(100) {
            0..60 => edit(&mut library, random),
            60..85 => {
                let wait = random.below(1_200);
                advance(&mut library, random, wait, &mut stored, &mut maybe);
            }
            85..90 => disk.fail(Some(random.below(4))),
            90..94 => {
                disk.fail(None);
                // After a failure the library waits for its next attempt; asked to, it tries at once.
                settle(&mut library, &mut stored, &mut maybe);
                library
                    .flush()
                    .unwrap_or_else(|error| panic!("seed {seed}, step {step}: {error}"));
                stored = library.snapshot();
                maybe.clear();
            }
            _ => {
                // A crash: the store may still do what it was asked before, or some of it.
                if random.below(2) == 0 {
                    library.answer();
                }
                drop(library);
                library = Library::open(disk.open());
                if library.storage().refused.is_some() {
                    drop(library);
                    disk.fail(None);
                    library = Library::open(disk.open());
                }
                assert!(
                    library.storage().state.loaded,
                    "seed {seed}, step {step}: not loaded"
                );
                let found = library.snapshot();
                let known = found == stored || maybe.contains(&found);
                assert!(known, "seed {seed}, step {step}: a state that never was");
                stored = found;
                maybe.clear();
            }
        }
    }
}

/// Lets time pass; the store answers before the tick, or is too busy to.
fn advance<S: PageStore>(
    library: &mut Library<S>,
    random: &mut Random,
    wait: u64,
    stored: &mut Snapshot,
    maybe: &mut Vec<Snapshot>,
) {
    if random.below(4) > 0 {
        settle(library, stored, maybe);
    }
    let waiting = library.requests();
    library.tick_alone(wait);
    if library.requests() > waiting {
        maybe.push(library.snapshot());
    }
}

/// Lets the store do what it was asked. If it says that all is well, the last batch is what is stored.
fn settle<S: PageStore>(library: &mut Library<S>, stored: &mut Snapshot, maybe: &mut Vec<Snapshot>) {
    if library.answer() > 0 {
        library.tick_alone(0);
        if library.storage().state.read_only.is_none()
            && let Some(last) = maybe.pop()
        {
            *stored = last;
            maybe.clear();
        }
        // That tick may have sent the next batch.
        if library.requests() > 0 {
            maybe.push(library.snapshot());
        }
    }
}

fn any(library: &Library<impl PageStore>, random: &mut Random, noun: Noun) -> Option<u64> {
    let catalog = library.world.resource::<Catalog>();
    let last = catalog.last(noun);
    let number = 1 + random.below(last.max(1));
    catalog.find(noun, number).map(|_| number)
}

fn put<C: Component + PartialEq>(
    library: &mut Library<impl PageStore>,
    id: impl Id,
    random: &mut Random,
    value: C,
) {
    if random.below(8) == 0 {
        let entity = library
            .world
            .resource::<Catalog>()
            .entity(id)
            .expect("it was just found");
        library.world.entity_mut(entity).remove::<C>();
    } else {
        catalog::set(&mut library.world, id, value);
    }
}

fn edit(library: &mut Library<impl PageStore>, random: &mut Random) {
    match random.below(9) {
        0 => {
            // Far apart at times, so that there are many pages, and holes.
            let last = library.world.resource::<Catalog>().last(Noun::Track);
            let mut catalog = library.world.resource_mut::<Catalog>();
            catalog.reserve(Noun::Track, last + random.below(200));
            let title = random.text();
            let _: TrackId = Catalog::spawn(&mut library.world, (Title(title), Added(random.below(1 << 41))));
        }
        1 => {
            let path = random.text();
            let provider = ProviderId(random.below(3));
            let _: FileId = Catalog::spawn(&mut library.world, Location { provider, path });
        }
        2 => {
            let name = random.text();
            let _: AlbumId = Catalog::spawn(&mut library.world, AlbumTitle(name));
        }
        3 => {
            let noun = [Noun::Track, Noun::File, Noun::Album][usize::from(random.small(3))];
            if let Some(number) = any(library, random, noun) {
                Catalog::despawn_number(&mut library.world, noun, number);
            }
        }
        4 => {
            if let Some(number) = any(library, random, Noun::File) {
                let modified = random.below(u64::MAX);
                let stamp = FileStamp {
                    size: random.below(1 << 40),
                    modified,
                };
                put(library, FileId(number), random, stamp);
            }
        }
        5 => {
            let world = &mut library.world;
            let player = PlayerId(1);
            Catalog::find_or_spawn(world, Noun::Player, 1);
            let tracks = (0..random.below(5)).map(TrackId).collect();
            catalog::set(world, player, Queue { tracks, index: 0 });
            let position = random.below(1_000_000);
            catalog::set(
                world,
                player,
                PlayerState {
                    position,
                    ..PlayerState::default()
                },
            );
        }
        _ => {
            let Some(number) = any(library, random, Noun::Track) else {
                return;
            };
            let track = TrackId(number);
            match random.below(6) {
                0 => {
                    let title = Title(random.text());
                    put(library, track, random, title);
                }
                1 => {
                    let stars = 1 + u8::try_from(random.below(5)).expect("below 5");
                    put(library, track, random, Rating::new(stars).expect("one to five"));
                }
                2 => {
                    let genres = (0..random.below(3)).map(|_| random.text()).collect();
                    put(library, track, random, Genres(genres));
                }
                3 => {
                    let credit = Credit {
                        sort: Some(random.text()),
                        ..Credit::of([random.text()])
                    };
                    put(library, track, random, ArtistCredit(Arc::new(credit)));
                }
                4 => {
                    let plays = u32::from(random.small(9));
                    let stats = PlayStats {
                        plays,
                        skips: 1,
                        last_played: random.below(1 << 41),
                    };
                    put(library, track, random, stats);
                }
                _ => {
                    let position = Position {
                        disc: 1,
                        track: random.small(300),
                        ..Position::default()
                    };
                    put(library, track, random, position);
                }
            }
        }
    }
}
