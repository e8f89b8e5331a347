//! What is made a slice a tick is what would be made at once, whatever happens in between.

use bevy_ecs::message::Messages;
use bevy_ecs::world::{Mut, World};
use segue_components::prelude::*;

use super::QueryPlugin;
use super::index::{self, Index};
use super::parser::parse;
use super::random::Random;
use crate::catalog::{self, Catalog};
use crate::changes::Changes;
use crate::clock::Clock;
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
    match random.below(5) {
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
    for text in ["sort:title", "sort:-rating,-title", "sort:duration"] {
        let query = parse(text).unwrap();
        let mut steps = 0;
        let prepare = |world: &mut World| {
            world.resource_scope(|world, mut index: Mut<Index>| index.prepare(world, Noun::Track, &query))
        };
        while !prepare(&mut world) {
            // Changes that stream in without an end do not keep it from an end.
            for _ in 0..random.below(3) {
                edit(&mut world, &mut random);
            }
            tick(&mut world);
            steps += 1;
        }
        assert!(steps > 2, "{steps} steps");
        world.resource_scope(|world, mut index: Mut<Index>| {
            let found = index.find(world, Noun::Track, &query, 0, u32::MAX);
            assert!(
                found == index.find_anew(world, Noun::Track, &query, 0, u32::MAX),
                "{text}"
            );
            assert!(found.total > 16_000);
        });
    }
}
