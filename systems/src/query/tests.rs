//! What queries find, over a small library and over random ones beside a plain reading of each row.

use std::collections::BTreeSet;

use bevy_ecs::world::{Mut, World};
use segue_components::prelude::*;

use super::ast::{Expr, NumberField, Query, Range, Term, Text, TextField, What};
use super::bitmap::Bitmap;
use super::eval::{Eval, Forgive};
use super::index::{self, Index};
use super::random::Random;
use super::search::FEW;
use super::{QueryPlugin, fold};
use crate::catalog::{self, Catalog};
use crate::clock::{Clock, Wake};
use crate::plugin::Plugin;
use crate::schedule;

const NOW: u64 = 1_700_000_000_000;

pub(super) fn library() -> World {
    let mut world = World::new();
    schedule::setup(&mut world);
    QueryPlugin.build(&mut world);
    world
}

pub(super) fn tick(world: &mut World) {
    schedule::run_tick(world, Clock { now: 1, unix: NOW });
}

/// Adds a track as `artist | album | title`, with a file.
pub(super) fn add(world: &mut World, text: &str) -> TrackId {
    let [artist, album, title] = text.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
        panic!("{text}: artist | album | title");
    };
    let known = world
        .resource::<Catalog>()
        .all(Noun::Album)
        .find_map(|(id, entity)| {
            let same = world.get::<AlbumTitle>(entity)?.0.as_ref() == album
                && world.get::<AlbumArtist>(entity)?.0.to_string() == artist;
            same.then_some(AlbumId(id))
        });
    let album = known.unwrap_or_else(|| {
        let credit = AlbumArtist(Credit::of([artist]).into());
        Catalog::spawn(world, (AlbumTitle(album.into()), credit, AlbumInfo::default()))
    });
    let number = world.resource::<Catalog>().count(Noun::Track) + 1;
    let track = Catalog::spawn(
        world,
        (
            Title(title.into()),
            ArtistCredit(Credit::of([artist]).into()),
            OnAlbum(album),
            Position {
                track: u16::try_from(number).unwrap(),
                ..Position::default()
            },
            Added(NOW - 1_000),
        ),
    );
    let path = format!("{artist}/{title}.mp3").into();
    let location = Location {
        provider: ProviderId(1),
        path,
    };
    let file: FileId = Catalog::spawn(world, (FileOf(track), location, Presence::Present));
    catalog::set(world, track, PlayedFrom(file));
    track
}

pub(super) fn titles(world: &mut World, query: &str) -> Vec<String> {
    let found = super::tracks(world, query).unwrap_or_else(|error| panic!("{query}: {error}"));
    found
        .into_iter()
        .map(|track| catalog::get::<Title>(world, track).unwrap().0.to_string())
        .collect()
}

#[track_caller]
pub(super) fn check(rows: &[&str], queries: &[(&str, &[&str])]) {
    let mut world = library();
    for row in rows {
        add(&mut world, row);
    }
    tick(&mut world);
    for (query, expected) in queries {
        assert_eq!(titles(&mut world, query), *expected, "{query}");
    }
}

#[test]
fn words_find_what_people_mean() {
    check(
        &[
            "Beatles, The | Help! | Yesterday",
            "Björk | Début | Vénus as a Boy",
            "AC/DC | Back in Black | Hells Bells",
            "Simon & Garfunkel | Bookends | America",
            "椎名林檎 | 無罪モラトリアム | 丸ノ内サディスティック",
            "Guns N’ Roses | Use Your Illusion | Don’t Cry",
            "!!! | Louden Up Now | Pardon My Freedom",
        ],
        &[
            ("the beatles", &["Yesterday"]),
            ("\"the beatles\"", &["Yesterday"]),
            ("artist:\"The Beatles\"", &["Yesterday"]),
            ("beat yest", &["Yesterday"]),
            ("bjork VENUS", &["Vénus as a Boy"]),
            ("acdc", &["Hells Bells"]),
            ("ac/d", &["Hells Bells"]),
            ("\"back black\"", &[]),
            ("\"back in black\"", &["Hells Bells"]),
            ("\"back in bla\"", &[]),
            ("simon and garf", &["America"]),
            ("simon & garf", &["America"]),
            ("林檎", &["丸ノ内サディスティック"]),
            ("檎林", &[]),
            ("dont", &["Don’t Cry"]),
            ("don't cry", &["Don’t Cry"]),
            ("!!!", &["Pardon My Freedom"]),
            ("title:black", &[]),
            ("album:black", &["Hells Bells"]),
            ("albumartist:ac", &["Hells Bells"]),
            ("bell -acdc | venus", &["Vénus as a Boy"]),
            ("path:\"bjork/\"", &["Vénus as a Boy"]),
            ("nothing at all", &[]),
        ],
    );
}

#[test]
fn the_default_order_is_by_album_and_reads_numbers_as_numbers() {
    check(
        &[
            "The Who | B | 1",
            "Abba | Vol. 10 | 2",
            "Abba | Vol. 9 | 3",
            "Beatles | A | 4",
            "The Abba | Vol. 9 | 5",
        ],
        &[
            ("", &["3", "5", "2", "4", "1"]),
            ("sort:-title", &["5", "4", "3", "2", "1"]),
            ("sort:-album", &["2", "3", "5", "1", "4"]),
            ("sort:-track", &["5", "4", "3", "2", "1"]),
        ],
    );
}

#[test]
fn what_is_unknown_comes_last_in_both_directions() {
    let mut world = library();
    for (row, year) in [("a | b | x", 1990), ("a | b | y", 0), ("a | b | z", 2000)] {
        let track = add(&mut world, row);
        if year > 0 {
            let released = PartialDate::parse(&year.to_string());
            catalog::set(
                &mut world,
                track,
                Dates {
                    released,
                    original: None,
                },
            );
        }
    }
    tick(&mut world);
    assert_eq!(titles(&mut world, "sort:year"), ["x", "z", "y"]);
    assert_eq!(titles(&mut world, "sort:-year"), ["z", "x", "y"]);
    assert_eq!(titles(&mut world, "year:<1995"), ["x"]);
    assert_eq!(titles(&mut world, "year:0"), ["y"]);
    assert_eq!(titles(&mut world, "missing:year"), ["y"]);
}

#[test]
fn what_vanished_is_shown_to_those_who_ask_for_it() {
    let mut world = library();
    let vanished = add(&mut world, "Queen | Jazz | Mustapha");
    add(&mut world, "Queen | Innuendo | The Show Must Go On");
    tick(&mut world);
    let file = catalog::get::<PlayedFrom>(&world, vanished).unwrap().0;
    assert_eq!(titles(&mut world, "queen mustapha"), ["Mustapha"]);
    catalog::set(&mut world, file, Presence::MissingSince(NOW));
    tick(&mut world);
    assert_eq!(titles(&mut world, "queen"), ["The Show Must Go On"]);
    assert_eq!(titles(&mut world, "queen -jazz"), ["The Show Must Go On"]);
    assert_eq!(titles(&mut world, "missing:file"), ["Mustapha"]);
    assert_eq!(titles(&mut world, "queen (has:file | missing:file)").len(), 2);
    let albums = |world: &mut World, query: &str| {
        let found = index::find(world, Noun::Album, query, 0, 10).unwrap();
        found.total
    };
    assert_eq!(
        (albums(&mut world, ""), albums(&mut world, "missing:file")),
        (1, 1)
    );
    catalog::set(&mut world, file, Presence::Present);
    tick(&mut world);
    assert_eq!(titles(&mut world, "queen").len(), 2);
    assert_eq!(albums(&mut world, ""), 2);
}

#[test]
fn albums_are_found_by_their_own_words_and_by_their_tracks() {
    let mut world = library();
    add(&mut world, "Queen | Jazz | Mustapha");
    let rated = add(&mut world, "Queen | Innuendo | The Show Must Go On");
    catalog::set(&mut world, rated, Rating::new(5).unwrap());
    catalog::set(&mut world, rated, Duration(260_000));
    catalog::set(&mut world, rated, Added(NOW - 2_000));
    tick(&mut world);
    let mut albums = |query: &str| -> Vec<String> {
        let found = index::find(&mut world, Noun::Album, query, 0, 10).unwrap();
        let name = |id| {
            catalog::get::<AlbumTitle>(&world, AlbumId(id))
                .unwrap()
                .0
                .to_string()
        };
        found.ids.into_iter().map(name).collect()
    };
    assert_eq!(albums("queen"), ["Innuendo", "Jazz"]);
    assert_eq!(albums("jaz"), ["Jazz"]);
    assert_eq!(albums("rating:5"), ["Innuendo"]);
    assert_eq!(albums("queen -rating:5"), ["Jazz"]);
    assert_eq!(albums("duration:4:20"), ["Innuendo"]);
    assert_eq!(albums("mustapha"), [""; 0]);
    assert_eq!(albums("sort:-added"), ["Jazz", "Innuendo"]);
    assert_eq!(albums("sort:added"), ["Innuendo", "Jazz"]);
    for field in [
        "rating",
        "plays",
        "skips",
        "lastplayed",
        "codec",
        "genre",
        "path",
        "folder",
        "filename",
        "provider",
        "samplerate",
        "channels",
        "bitspersample",
        "bitrate",
        "loudness",
        "trackgain",
        "trackpeak",
    ] {
        // What only tracks have is unknown of albums, and what is unknown comes last both ways.
        assert_eq!(albums(&format!("sort:{field}")), ["Innuendo", "Jazz"]);
        assert_eq!(albums(&format!("sort:-{field}")), ["Innuendo", "Jazz"]);
    }
}

#[test]
fn a_large_load_is_taken_in_over_several_ticks_and_a_query_does_not_wait() {
    let mut world = library();
    let file: FileId = Catalog::spawn(&mut world, Presence::Present);
    for number in 0..10_000 {
        let title = Title(format!("song {number}").into());
        let _: TrackId = Catalog::spawn(&mut world, (title, PlayedFrom(file)));
    }
    tick(&mut world);
    assert!(
        world.resource::<Wake>().due().is_some(),
        "the rest is due at once"
    );
    assert_eq!(titles(&mut world, "9999"), ["song 9999"]);
    tick(&mut world);
    assert!(world.resource::<Wake>().due().is_none());
}

#[test]
fn rows_that_died_are_dropped_in_time() {
    let mut world = library();
    let track = add(&mut world, "a | b | c");
    for round in 0..20_000 {
        catalog::set(&mut world, track, Title(format!("take {round}").into()));
        if round % 50 == 0 {
            tick(&mut world);
        }
    }
    for _ in 0..6_000 {
        let track = add(&mut world, "x | y | z");
        tick(&mut world);
        Catalog::despawn(&mut world, track);
    }
    tick(&mut world);
    let rows = world.resource::<Index>().tracks.len();
    assert!(rows < 5_000, "{rows} rows for one track");
    assert_eq!(titles(&mut world, "take"), ["take 19999"]);
}

/// One track, read without any index.
struct Plain {
    track: TrackId,
    texts: Vec<(TextField, String)>,
    year: u16,
    rating: u8,
    plays: u32,
}

impl Plain {
    fn of(world: &World, track: TrackId) -> Self {
        let row = crate::mirror::ask::track_row(world, track).expect("the track is there");
        let texts = vec![
            (TextField::Title, row.title),
            (TextField::Artist, row.artist),
            (TextField::Album, row.album),
            (TextField::AlbumArtist, row.album_artist),
        ];
        Self {
            track,
            texts,
            year: row.year,
            rating: row.rating,
            plays: row.plays,
        }
    }

    fn holds(&self, expr: &Expr) -> bool {
        match expr {
            Expr::All(parts) => {
                // Of bare words only the last may be unfinished.
                let words = parts.iter().filter_map(|part| match part {
                    Expr::Is(Term::Anywhere(text)) => Some(text),
                    _ => None,
                });
                let words: Vec<_> = words.collect();
                let has = |(place, text): (usize, &&Text)| {
                    let is_whole = place + 1 < words.len();
                    self.has_words(text, is_whole, |_| true)
                };
                words.iter().enumerate().all(has)
                    && parts
                        .iter()
                        .filter(|part| !matches!(part, Expr::Is(Term::Anywhere(_))))
                        .all(|part| self.holds(part))
            }
            Expr::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Expr::Not(part) => !self.holds(part),
            Expr::Is(Term::Anywhere(text)) => self.has_words(text, false, |_| true),
            Expr::Is(Term::Text(field, text)) => self.has_words(text, false, |of| of == *field),
            Expr::Is(Term::Number(NumberField::Year, range)) => range.holds(self.year.into()),
            Expr::Is(Term::Number(NumberField::Rating, range)) => range.holds(self.rating.into()),
            Expr::Is(Term::Has(What::Rating, yes)) => (self.rating > 0) == *yes,
            Expr::Is(Term::Number(NumberField::Plays, range)) => {
                range.from.is_none_or(|from| self.plays >= from) && range.to.is_none_or(|to| self.plays <= to)
            }
            Expr::Is(other) => panic!("{other} is not asked here"),
        }
    }

    fn has_words(&self, text: &Text, is_whole: bool, of: impl Fn(TextField) -> bool) -> bool {
        let wanted: Vec<String> = text.text().split(' ').map(fold::fold).collect();
        self.texts
            .iter()
            .filter(|(field, _)| of(*field))
            .any(|(_, text)| {
                let words: Vec<String> = text.split(' ').map(fold::fold).collect();
                words.windows(wanted.len()).any(|window| {
                    let mut pairs = window.iter().zip(&wanted);
                    let last = pairs.next_back().expect("a text has words");
                    let ends = if is_whole || text_is_phrase(&wanted) {
                        last.0 == last.1
                    } else {
                        last.0.starts_with(last.1)
                    };
                    ends && pairs.all(|(word, wanted)| word == wanted)
                })
            })
    }
}

/// Phrases here have two words, and words that are typed have one.
fn text_is_phrase(wanted: &[String]) -> bool {
    wanted.len() > 1
}

const POOL: [&str; 8] = [
    "Love",
    "Night",
    "Blue",
    "Ágætis",
    "Lover",
    "99",
    "Nightfall",
    "Straße",
];

fn name(random: &mut Random) -> String {
    let count = 1 + random.below(3);
    (0..count)
        .map(|_| random.pick(&POOL))
        .collect::<Vec<_>>()
        .join(" ")
}

fn expr(random: &mut Random, depth: usize) -> Expr {
    let text = |random: &mut Random| match random.below(3) {
        0 => Text::phrase(format!("{} {}", random.pick(&POOL), random.pick(&POOL))),
        _ => Text::word(random.pick(&["l", "love", "night", "nightf", "agae", "9", "stras", "x"])),
    };
    let range = |random: &mut Random| {
        let (a, b) = (random.small() % 6, random.small() % 6);
        Range {
            from: (random.below(3) > 0).then_some(a.min(b)),
            to: (random.below(3) > 0).then_some(a.max(b)),
        }
    };
    match random.below(if depth == 0 { 5 } else { 9 }) {
        0 | 1 => Expr::Is(Term::Anywhere(text(random))),
        2 => {
            let fields = [
                TextField::Title,
                TextField::Artist,
                TextField::Album,
                TextField::AlbumArtist,
            ];
            Expr::Is(Term::Text(random.pick(&fields), text(random)))
        }
        3 => {
            let fields = [NumberField::Rating, NumberField::Plays];
            Expr::Is(Term::Number(random.pick(&fields), range(random)))
        }
        4 => Expr::Is(Term::Has(What::Rating, random.below(2) == 0)),
        5 => Expr::Not(Box::new(expr(random, depth - 1))),
        6 => Expr::Any((0..2).map(|_| expr(random, depth - 1)).collect()),
        _ => Expr::All((0..3).map(|_| expr(random, depth - 1)).collect()),
    }
}

#[test]
fn random_queries_find_what_reading_every_row_finds() {
    let mut random = Random::new(11);
    let mut world = library();
    let mut tracks = Vec::new();
    for _ in 0..300 {
        let row = format!(
            "{} | {} | {}",
            name(&mut random),
            name(&mut random),
            name(&mut random)
        );
        tracks.push(add(&mut world, &row));
    }
    for round in 0..2_000 {
        let track = tracks[random.below(tracks.len())];
        match random.below(4) {
            0 => drop(catalog::set(&mut world, track, Title(name(&mut random).into()))),
            1 => {
                let stars = u8::try_from(1 + random.below(5)).unwrap();
                catalog::set(&mut world, track, Rating::new(stars).unwrap());
            }
            2 => {
                let album = *catalog::get::<OnAlbum>(&world, track).unwrap();
                catalog::set(&mut world, album.0, AlbumTitle(name(&mut random).into()));
            }
            _ => {
                let plays = random.small() % 6;
                let stats = PlayStats {
                    plays,
                    ..PlayStats::default()
                };
                catalog::set(&mut world, track, stats);
            }
        }
        if round % 5 > 0 {
            continue;
        }
        tick(&mut world);
        let query = Query {
            filter: expr(&mut random, 2),
            sort: Vec::new(),
        };
        let mut found = super::tracks(&mut world, &query.to_string()).unwrap();
        let plain = tracks.iter().map(|&track| Plain::of(&world, track));
        let expected: BTreeSet<_> = plain
            .filter(|plain| plain.holds(&query.filter))
            .map(|plain| plain.track)
            .collect();
        if expected.len() < usize::try_from(FEW).unwrap() {
            // What is forgiven comes last.
            found.truncate(expected.len());
        }
        let found: BTreeSet<_> = found.into_iter().collect();
        assert_eq!(found, expected, "{query}");
    }
}

#[test]
fn a_row_that_is_read_alone_stands_in_the_tier_that_all_rows_together_have_it_in() {
    let mut random = Random::new(12);
    let mut world = library();
    for _ in 0..200 {
        let mut name = || name(&mut random);
        let row = format!("{} | {} | {}", name(), name(), name());
        add(&mut world, &row);
    }
    tick(&mut world);
    let unix = NOW;
    let typed = [
        "Love", "Lvoe", "Nigth", "Night", "Strasse", "99", "Blue", "Nightfal",
    ];
    for round in 0..600 {
        let word = |random: &mut Random| {
            let text = random.pick(&typed);
            let end = text.floor_char_boundary(1 + random.below(text.len()));
            Expr::Is(Term::Anywhere(match random.below(4) {
                0 => Text::phrase(text),
                1 => Text::word(text),
                _ => Text::word(&text[..end]),
            }))
        };
        let filter = match random.below(4) {
            0 => word(&mut random),
            1 => Expr::Any(vec![
                word(&mut random),
                Expr::All(vec![word(&mut random), word(&mut random)]),
            ]),
            _ => Expr::All((0..=random.below(3)).map(|_| word(&mut random)).collect()),
        };
        let noun = [Noun::Track, Noun::Album][round % 2];
        world.resource_scope(|world, mut index: Mut<Index>| {
            let index = &mut *index;
            let eval = Eval {
                world,
                unix,
                is_within: false,
            };
            let alive = if noun == Noun::Album {
                index.albums.alive().clone()
            } else {
                index.tracks.alive().clone()
            };
            let answer = eval.answer(index, noun, &filter, true, Forgive::IfFew, None, alive.clone());
            let forgive = Forgive::As(answer.is_forgiving());
            let mut seen = Bitmap::default();
            for row in alive.iter() {
                let mut one = Bitmap::default();
                one.set(row);
                let one = eval.answer(index, noun, &filter, true, forgive, None, one);
                for (place, (all, one)) in answer.tiers().iter().zip(one.tiers()).enumerate() {
                    assert_eq!(
                        all.has(row),
                        one.has(row),
                        "{filter:?}: row {row} in tier {place}"
                    );
                    assert!(
                        !(all.has(row) && seen.has(row)),
                        "{filter:?}: row {row} stands in two"
                    );
                    if all.has(row) {
                        seen.set(row);
                    }
                }
            }
        });
    }
}
