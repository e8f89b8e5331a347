//! What is made a slice a tick is what would be made at once, whatever happens in between.

use bevy_ecs::message::Messages;
use bevy_ecs::world::{Mut, World};
use segue_components::prelude::*;

use super::QueryPlugin;
use super::index::{self, Index};
use super::parser::parse;
use super::random::Random;
use super::search::Space;
use super::words::Like;
use crate::catalog::{self, Catalog};
use crate::changes::Changes;
use crate::clock::{Clock, Wake};
use crate::persist::Loaded;
use crate::plugin::Plugin;
use crate::schedule;

const TRACKS: usize = 17_000;

/// A library whose store was just loaded.
fn loaded(random: &mut Random) -> World {
    let mut world = World::new();
    schedule::setup(&mut world);
    QueryPlugin.build(&mut world);
    world.resource_mut::<Changes>().set_silent(true);
    for album in 0..500 {
        let title = AlbumTitle(format!("album {}", album % 90).into());
        let artist = AlbumArtist(Credit::of([format!("artist {}", album % 40)]).into());
        let _: AlbumId = Catalog::spawn(&mut world, (title, artist, AlbumInfo::default()));
    }
    for _ in 0..TRACKS {
        add(&mut world, random);
    }
    world.resource_mut::<Changes>().set_silent(false);
    world.resource_mut::<Messages<Loaded>>().write(Loaded);
    world
}

fn title(random: &mut Random) -> Title {
    Title(
        format!(
            "{} {}",
            random.pick(&["love", "night", "Blue", "rain"]),
            random.below(700)
        )
        .into(),
    )
}

fn add(world: &mut World, random: &mut Random) {
    let album = OnAlbum(AlbumId(1 + random.below(500) as u64));
    let track: TrackId = Catalog::spawn(world, (title(random), album, Duration(random.small() + 1)));
    let file: FileId = Catalog::spawn(world, (FileOf(track), Presence::Present));
    catalog::set(world, track, PlayedFrom(file));
}

fn edit(world: &mut World, random: &mut Random) {
    let track = TrackId(1 + random.below(TRACKS) as u64);
    if world.resource::<Catalog>().entity(track).is_none() {
        return;
    }
    match random.below(6) {
        5 => {
            let stats = PlayStats {
                skips: random.small() % 50,
                ..PlayStats::default()
            };
            catalog::set(world, track, stats);
        }
        0 => add(world, random),
        1 => drop(Catalog::despawn(world, track)),
        2 => drop(catalog::set(world, track, title(random))),
        3 => {
            let stars = 1 + u8::try_from(random.below(5)).unwrap();
            catalog::set(world, track, Rating::new(stars).unwrap());
        }
        _ => {
            if let Some(&PlayedFrom(file)) = catalog::get(world, track) {
                catalog::set(world, file, Presence::MissingSince(7));
            }
        }
    }
}

fn tick(world: &mut World) {
    let now = world.resource::<Clock>().now + 1;
    schedule::run_tick(world, Clock { now, unix: now });
}

/// Ticks until a query is prepared; before each, so many edits at the most are made.
fn prepare(world: &mut World, query: &str, random: &mut Random, edits: usize) -> u32 {
    let query = parse(query).unwrap();
    let mut ticks = 0;
    while !world.resource_mut::<Index>().prepare(Noun::Track, &query) {
        for _ in 0..random.below(edits + 1) {
            edit(world, random);
        }
        tick(world);
        ticks += 1;
    }
    ticks
}

const QUERIES: [&str; 4] = ["", "love 1", "missing:file", "sort:-rating,title"];

#[test]
fn a_library_that_is_indexed_in_slices_while_it_changes_is_the_one_indexed_at_once() {
    let mut random = Random::new(3);
    let mut world = loaded(&mut random);
    tick(&mut world);
    let mut ticks = 1;
    while !world.resource::<Index>().is_ready() {
        for _ in 0..random.below(40) {
            edit(&mut world, &mut random);
        }
        tick(&mut world);
        ticks += 1;
    }
    assert!(ticks > 5, "{ticks} ticks");
    let ask = |world: &mut World| {
        [Noun::Track, Noun::Album]
            .map(|noun| QUERIES.map(|query| index::find(world, noun, query, 0, u32::MAX).unwrap()))
    };
    let totals = |world: &World| {
        let albums = world.resource::<Catalog>().all(Noun::Album);
        albums
            .map(|(_, album)| world.get::<AlbumTotals>(album).copied())
            .collect::<Vec<_>>()
    };
    tick(&mut world);
    let before = (ask(&mut world), totals(&world));
    assert!(before.1.iter().all(Option::is_some));
    index::rebuild(&mut world);
    assert!(before == (ask(&mut world), totals(&world)));
}

#[test]
fn common_beginnings_are_gathered_after_a_load_while_there_is_nothing_else_to_do() {
    let mut random = Random::new(6);
    let mut world = loaded(&mut random);
    tick(&mut world);
    while world.resource::<Wake>().due().is_some() {
        tick(&mut world);
    }
    let kept = |world: &mut World, space: Space, text: &str| {
        let mut index = world.resource_mut::<Index>();
        let rows = index.tracks.hot.get(space, text, Like::Begun);
        rows.map(|rows| rows.count())
    };
    for (space, text, query) in [
        (Space::Titles, "l", "title:l"),
        (Space::Titles, "lov", "title:lov"),
        (Space::Albums, "a", "album:a"),
    ] {
        let found = index::find(&mut world, Noun::Track, query, 0, 1).unwrap();
        assert_eq!(kept(&mut world, space, text), Some(found.total), "{query}");
    }
    assert_eq!(kept(&mut world, Space::Titles, "7"), None);
}

#[test]
fn who_cannot_wait_gets_an_answer_from_everything() {
    let mut world = loaded(&mut Random::new(4));
    tick(&mut world);
    assert!(!world.resource::<Index>().is_ready());
    let found = index::find(&mut world, Noun::Track, "sort:title", 0, 5).unwrap();
    assert_eq!((found.total, found.ids.len()), (17_000, 5));
    assert!(world.resource::<Index>().is_ready());
}

#[test]
fn an_order_that_is_made_in_steps_while_rows_change_is_the_one_made_at_once() {
    let mut random = Random::new(5);
    let mut world = loaded(&mut random);
    tick(&mut world);
    index::rebuild(&mut world);
    for (text, edits) in [
        ("sort:title", 2),
        ("sort:-rating,-title", 300),
        ("sort:duration", 2),
        ("sort:-skips,title", 100),
        ("sort:album,-title", 1_000),
    ] {
        let ticks = prepare(&mut world, text, &mut random, edits);
        assert!(ticks > 2, "{ticks} ticks for {text}");
        let query = parse(text).unwrap();
        world.resource_scope(|world, mut index: Mut<Index>| {
            let found = index.find(world, Noun::Track, &query, 0, u32::MAX);
            assert!(
                found == index.find_anew(world, Noun::Track, &query, 0, u32::MAX),
                "{text}"
            );
            assert!(found.total > 12_000, "{}", found.total);
        });
    }
}

#[test]
fn changes_that_stream_in_make_no_order_begin_again() {
    let mut random = Random::new(6);
    let mut ticks = |edits| {
        let mut world = loaded(&mut random);
        tick(&mut world);
        index::rebuild(&mut world);
        ["sort:-rating,title", "sort:-skips"].map(|query| prepare(&mut world, query, &mut random, edits))
    };
    let (quiet, busy) = (ticks(0), ticks(200));
    for (quiet, busy) in quiet.into_iter().zip(busy) {
        assert!(busy <= quiet + 1, "{busy} ticks instead of {quiet}");
    }
}

#[test]
fn a_tick_indexes_so_much_and_no_more_wherever_the_numbers_lie() {
    let mut random = Random::new(7);
    let mut world = loaded(&mut random);
    // Most of what there was is gone, and the rest lies far apart.
    for track in (1..=TRACKS as u64).filter(|track| track % 8 != 0) {
        Catalog::despawn(&mut world, TrackId(track));
    }
    let mut known = 0;
    let mut ticks = 0;
    while !world.resource::<Index>().is_ready() || ticks == 0 {
        tick(&mut world);
        let now = world.resource::<Index>().count(Noun::Track);
        assert!(now - known <= 2_048, "{} at once", now - known);
        known = now;
        ticks += 1;
    }
    assert_eq!(known as usize, TRACKS / 8);
    assert!(ticks < 5, "{ticks} ticks for what is not there");
}
