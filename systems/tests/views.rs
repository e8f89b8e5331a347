//! Answers that are kept and changed row by row are the answers that would be found anew, whatever happens to rows,
//! queries, windows and time.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use bevy_ecs::world::{Mut, World};
use segue_components::prelude::*;
use segue_systems::catalog::{self, Catalog};
use segue_systems::clock::Clock;
use segue_systems::plugin::Plugin;
use segue_systems::query::QueryPlugin;
use segue_systems::query::ast::Query;
use segue_systems::query::index::{Found, Index};
use segue_systems::query::parser::parse;
use segue_systems::schedule;
use segue_systems::testing::random::Random;

const DAY: u64 = 86_400_000;
const START: u64 = 1_700_000_000_000;

fn name(random: &mut Random) -> String {
    let words = 1 + random.place(3);
    (0..words)
        .map(|_| random.pick(&WORDS))
        .collect::<Vec<_>>()
        .join(" ")
}

fn id_of(random: &mut Random, world: &World, noun: Noun) -> Option<u64> {
    let last = world.resource::<Catalog>().last(noun);
    // Some of them are gone; one that is found is as good as any.
    (0..20).find_map(|_| {
        let id = 1 + random.below(last.max(1));
        world.resource::<Catalog>().find(noun, id).map(|_| id)
    })
}

const WORDS: [&str; 16] = [
    "love", "lovely", "Night", "Ágætis", "byrjun", "99", "The", "Blue", "AC/DC", "音楽", "音", "Straße",
    "rain", "&", "lave", "glove",
];

const QUERIES: [&str; 42] = [
    "",
    "l",
    "lo",
    "lov",
    "love",
    "love r",
    "love ra",
    "lovely",
    "night blue",
    "blue sort:title",
    "\"the blue\"",
    "\"love\"",
    "音",
    "ac/d",
    "-love night",
    "rating:>=3",
    "-rating:>=1 year:1980..1999",
    "album:n sort:-year,album,disc,track",
    "artist:love | title:rain",
    "genre:blue",
    "sort:title",
    "sort:-rating,title",
    "sort:-added",
    "added:<30d",
    "added:>30d love sort:-added",
    "added:<12h",
    "path:bl",
    "missing:artwork sort:-plays",
    "missing:file",
    "(has:file | missing:file) sort:plays",
    "nihgt",
    "byrjn sort:title",
    "strase rian",
    "ágætis byrjn blue",
    "lovly rating:>=3",
    "love | byrjn",
    "\"the blue\" rian",
    "sort:genre,-title",
    "sort:path",
    "sort:-filename,skips",
    "skips:>0 love",
    "genre:=blue title:=love",
];

struct Library {
    world: World,
    clock: Clock,
}

impl Library {
    fn new() -> Self {
        let mut world = World::new();
        schedule::setup(&mut world);
        QueryPlugin.build(&mut world);
        let clock = Clock { now: 0, unix: START };
        Self { world, clock }
    }

    fn tick(&mut self, after: u64) {
        self.clock.now += after;
        self.clock.unix += after;
        schedule::run_tick(&mut self.world, self.clock);
    }

    fn add(&mut self, random: &mut Random) {
        let age = random.place(60) as u64 * DAY / 2 + random.place(1_000_000) as u64;
        let world = &mut self.world;
        let track: TrackId = Catalog::spawn(
            world,
            (
                Title(name(random).into()),
                ArtistCredit(Credit::of([name(random)]).into()),
                Genres([random.pick(&WORDS).into()].into()),
                Duration(1_000 + random.number(300_000)),
                Added(self.clock.unix - age),
            ),
        );
        let location = Location {
            provider: ProviderId(1),
            path: format!("{}/{track}.flac", name(random)).into(),
        };
        let file: FileId = Catalog::spawn(world, (FileOf(track), location, Presence::Present));
        catalog::set(world, track, PlayedFrom(file));
        self.put_on_album(random, track);
    }

    fn put_on_album(&mut self, random: &mut Random, track: TrackId) {
        let world = &mut self.world;
        let known = id_of(random, world, Noun::Album).filter(|_| random.place(5) > 0);
        let album = known.map(AlbumId).unwrap_or_else(|| {
            let artist = AlbumArtist(Credit::of([name(random)]).into());
            let title = AlbumTitle(name(random).into());
            Catalog::spawn(world, (title, artist, AlbumInfo::default()))
        });
        catalog::set(world, track, OnAlbum(album));
    }

    fn edit(&mut self, random: &mut Random) {
        let world = &mut self.world;
        let track = id_of(random, world, Noun::Track).map(TrackId);
        let album = id_of(random, world, Noun::Album).map(AlbumId);
        let (Some(track), Some(album)) = (track, album) else {
            return self.add(random);
        };
        match random.place(14) {
            0..3 => self.add(random),
            3 => drop(Catalog::despawn(world, track)),
            4 => drop(catalog::set(world, track, Title(name(random).into()))),
            5 => {
                let artist = Credit::of([name(random)]);
                catalog::set(world, track, ArtistCredit(artist.into()));
            }
            6 => self.put_on_album(random, track),
            7 => drop(catalog::set(world, album, AlbumTitle(name(random).into()))),
            8 => drop(catalog::set(world, track, Added(self.clock.unix))),
            9 => {
                let rating = Rating::new(1 + u8::try_from(random.place(5)).unwrap()).unwrap();
                catalog::set(world, track, rating);
            }
            10 => {
                let released = PartialDate::parse(&(1970 + random.place(50)).to_string());
                let original = None;
                catalog::set(world, track, Dates { released, original });
            }
            11 => {
                let plays = random.number(9);
                let stats = PlayStats {
                    plays,
                    skips: random.number(3),
                    ..PlayStats::default()
                };
                catalog::set(world, track, stats);
            }
            12 => {
                let Some(&PlayedFrom(file)) = catalog::get(world, track) else {
                    return;
                };
                let is_there = random.place(3) > 0;
                let there = if is_there {
                    Presence::Present
                } else {
                    Presence::MissingSince(5)
                };
                catalog::set(world, file, there);
            }
            _ => {
                let Some(&PlayedFrom(file)) = catalog::get(world, track) else {
                    return;
                };
                let provider = ProviderId(1);
                let path = format!("{}/{track}.ogg", name(random)).into();
                catalog::set(world, file, Location { provider, path });
            }
        }
    }

    fn ask<R>(&mut self, ask: impl FnOnce(&mut Index, &World) -> R) -> R {
        self.world
            .resource_scope(|world, mut index: Mut<Index>| ask(&mut index, world))
    }

    fn find(&mut self, noun: Noun, query: &Query, offset: u32, limit: u32) -> Found {
        self.ask(|index, world| index.find(world, noun, query, offset, limit))
    }

    fn find_anew(&mut self, noun: Noun, query: &Query, offset: u32, limit: u32) -> Found {
        self.ask(|index, world| index.find_anew(world, noun, query, offset, limit))
    }

    /// Asks something at random of what is kept and of nothing that is kept.
    #[track_caller]
    fn check(&mut self, random: &mut Random, text: &str) {
        let query = parse(text).unwrap();
        let noun = if random.place(3) == 0 {
            Noun::Album
        } else {
            Noun::Track
        };
        let (offset, limit) = match random.place(8) {
            0 => (random.number(10_000), 7),
            1 => (0, u32::MAX),
            2 => (u32::MAX, u32::MAX),
            _ => (random.number(100), random.number(60)),
        };
        let found = self.find(noun, &query, offset, limit);
        assert_eq!(
            found,
            self.find_anew(noun, &query, offset, limit),
            "{noun:?} {text:?} from {offset}, {limit} rows"
        );
        if let Some(at) = found.ids.len().checked_sub(1).map(|last| random.place(last + 1)) {
            let id = found.ids[at];
            let position = self.ask(|index, world| index.position(world, noun, &query, id));
            assert_eq!(position, Some(offset + u32::try_from(at).unwrap()), "{text:?}");
        }
        let nobody = self.ask(|index, world| index.position(world, noun, &query, u64::MAX));
        assert_eq!(nobody, None);
    }
}

#[test]
fn an_answer_that_is_kept_is_the_answer_from_scratch_at_every_step() {
    for seed in 1..=6 {
        let mut random = Random::new(seed * 0x9e37_79b9);
        let mut library = Library::new();
        for _ in 0..random.place(400) {
            library.add(&mut random);
        }
        // A few queries are asked again and again, as views are; now and then another takes the place of one.
        let mut asked: Vec<&str> = (0..5).map(|_| random.pick(&QUERIES)).collect();
        for step in 0..250 {
            for _ in 0..random.place(4) {
                library.edit(&mut random);
            }
            let time = match random.place(6) {
                0 => 13 * 60_000,
                1 => DAY,
                _ => random.place(30_000) as u64,
            };
            library.tick(time);
            if step % 20 == 19 {
                for _ in 0..random.place(700) {
                    library.edit(&mut random);
                }
                library.tick(1);
            }
            if random.place(4) == 0 {
                let at = random.place(asked.len());
                asked[at] = random.pick(&QUERIES);
            }
            for text in asked.clone() {
                library.check(&mut random, text);
            }
        }
    }
}

#[test]
fn a_number_that_died_and_is_given_to_another_row_stands_where_that_row_belongs() {
    let mut random = Random::new(0x9e37_79b9);
    let mut library = Library::new();
    for _ in 0..200 {
        library.add(&mut random);
    }
    // So many titles change that what died is swept out of the words several times.
    for _ in 0..60 {
        for _ in 0..60 {
            if let Some(track) = id_of(&mut random, &library.world, Noun::Track).map(TrackId) {
                catalog::set(&mut library.world, track, Title(name(&mut random).into()));
            }
        }
        for _ in 0..random.place(4) {
            library.edit(&mut random);
        }
        library.tick(1_000);
        for text in ["", "love", "nihgt", "sort:title", "sort:genre,-title"] {
            library.check(&mut random, text);
        }
    }
}
