//! Keystrokes one after the other, answered from what is kept, beside answers from scratch.

use bevy_ecs::world::{Mut, World};
use segue_components::prelude::*;

use super::index::Index;
use super::parser::parse;
use super::random::Random;
use super::search::Space;
use super::tests::{add, library, tick};
use super::words::Like;
use crate::catalog::{self, Catalog};

const WORDS: [&str; 16] = [
    "love",
    "lover",
    "loud",
    "the",
    "then",
    "theme",
    "rain",
    "rainbow",
    "パム",
    "パマム",
    "ムパ",
    "AC/DC",
    "& the",
    "90s",
    "Röyk",
    "รักแท้",
];

fn words(random: &mut Random, most: usize) -> String {
    let words: Vec<_> = (0..=random.below(most)).map(|_| random.pick(&WORDS)).collect();
    words.join([" ", " ", " - ", ""][random.below(4)])
}

fn track(random: &mut Random, tracks: u64) -> TrackId {
    TrackId(1 + random.below(usize::try_from(tracks).unwrap()) as u64)
}

fn edit(world: &mut World, random: &mut Random, tracks: u64, text: &str) {
    let track = track(random, tracks);
    if world.resource::<Catalog>().entity(track).is_none() {
        return;
    }
    match random.below(8) {
        0 => drop(Catalog::despawn(world, track)),
        1 => {
            let credit = Credit::of([words(random, 2)]);
            catalog::set(world, track, ArtistCredit(credit.into()));
        }
        2 => {
            let album = AlbumId(1 + random.below(20) as u64);
            catalog::set(world, album, AlbumTitle(words(random, 2).into()));
        }
        3 => {
            let album = AlbumId(1 + random.below(20) as u64);
            catalog::set(world, album, AlbumArtist(Credit::of([words(random, 2)]).into()));
        }
        4 => {
            let album = AlbumId(1 + random.below(20) as u64);
            catalog::set(world, track, OnAlbum(album));
        }
        // What was not there is there now, while somebody types it.
        5 => drop(catalog::set(world, track, Title(text.into()))),
        _ => drop(catalog::set(world, track, Title(words(random, 3).into()))),
    }
}

#[test]
fn keystrokes_and_edits_in_any_order_find_what_is_found_from_scratch() {
    let mut random = Random::new(77);
    let mut world = library();
    for _ in 0..500 {
        let row = format!(
            "{} | {} | {}",
            words(&mut random, 2),
            words(&mut random, 2),
            words(&mut random, 3)
        );
        add(&mut world, &row);
    }
    tick(&mut world);
    let (mut refined, mut hot) = (0, 0);
    for _ in 0..120 {
        let mut text = words(&mut random, 3).to_lowercase();
        let others = ["", "", "-rain ", "year:0 ", "sort:title ", "\"the\" "];
        let before = random.pick(&others);
        if random.below(3) == 0 {
            text = format!("{text} {}", words(&mut random, 2));
        }
        let mut typed = String::from(before);
        for char in text.chars() {
            typed.push(char);
            if random.below(6) == 0 {
                for _ in 0..=random.below(3) {
                    edit(&mut world, &mut random, 500, &text);
                }
                tick(&mut world);
            }
            let query = parse(&typed).unwrap();
            let noun = if random.below(8) == 0 {
                Noun::Album
            } else {
                Noun::Track
            };
            world.resource_scope(|world, mut index: Mut<Index>| {
                let holds = |filter: &_| index.holds(filter, 1_700_000_000_000);
                let earlier = index.table(noun).answers.refined(&query.filter, 16, holds);
                refined += u32::from(earlier.is_some());
                hot += index.tracks.hot.sets_mut().len();
                let near = index.find(world, noun, &query, 3, 20);
                let anew = index.find_anew(world, noun, &query, 0, u32::MAX);
                let ids: Vec<_> = anew.ids.iter().copied().skip(3).take(20).collect();
                assert_eq!((near.total, near.ids), (anew.total, ids), "{typed}");
                // Who asks again is answered from counts.
                assert_eq!(index.find(world, noun, &query, 0, u32::MAX), anew, "{typed}");
            });
        }
    }
    assert!(refined > 100 && hot > 1_000, "{refined} refined, {hot} hot");
}

#[test]
fn rows_of_common_words_follow_the_rows_until_too_many_changed() {
    let mut world = library();
    for number in 0..100 {
        add(&mut world, &format!("a | b | love {number}"));
    }
    tick(&mut world);
    let find = |world: &mut World, query: &str| super::tracks(world, query).unwrap().len();
    let is_kept = |world: &mut World| {
        let mut index = world.resource_mut::<Index>();
        index.tracks.hot.get(Space::Titles, "lov", Like::Begun).is_some()
    };
    assert_eq!((find(&mut world, "lov"), is_kept(&mut world)), (100, true));
    catalog::set(&mut world, TrackId(7), Title("hate".into()));
    add(&mut world, "a | b | lovely");
    Catalog::despawn(&mut world, TrackId(9));
    tick(&mut world);
    // Nobody asked this before.
    assert_eq!(find(&mut world, "a lov"), 99);
    assert!(is_kept(&mut world));
    for round in 0..1_100 {
        catalog::set(&mut world, TrackId(8), Title(format!("rain {round}").into()));
        tick(&mut world);
    }
    assert!(!is_kept(&mut world));
    assert_eq!(find(&mut world, "lov"), 98);
}

#[test]
fn characters_without_spaces_are_found_in_pairs_and_longer_runs_by_their_text() {
    let mut world = library();
    for title in ["パムパ", "ムパ", "マパムマ", "パ ム", "パaム", "パムマパ"] {
        add(&mut world, &format!("x | y | {title}"));
    }
    tick(&mut world);
    let mut check = |query: &str, expected: &[&str]| {
        let mut found = super::tests::titles(&mut world, query);
        found.sort();
        assert_eq!(found, expected, "{query}");
    };
    check("パム", &["パ ム", "パムパ", "パムマパ", "マパムマ"]);
    check("パムマ", &["パムマパ", "マパムマ"]);
    check("パムパ", &["パムパ"]);
    check("マパム", &["マパムマ"]);
    check("\"ムパ\"", &["パムパ", "ムパ"]);
}
