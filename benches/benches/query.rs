//! Indexing a seeded library and asking it: from the first row to a full index, and each keystroke after.

use bevy_ecs::message::Messages;
use bevy_ecs::world::World;
use segue_benches::library::{self, Random};
use segue_benches::measure::Bench;
use segue_components::prelude::*;
use segue_systems::catalog::{self, Catalog};
use segue_systems::changes::Changes;
use segue_systems::clock::{Clock, Wake};
use segue_systems::persist::Loaded;
use segue_systems::plugin::Plugin;
use segue_systems::query::QueryPlugin;
use segue_systems::query::index::find;
use segue_systems::schedule;

/// What is on the screen.
const WINDOW: u32 = 60;

fn main() {
    let bench = Bench::from_args();
    for (tracks, name, runs) in [(100_000, "100k", 5), (1_000_000, "1m", 1)] {
        if ["first", "index", "key", "retitle", "merge", "sort"]
            .iter()
            .any(|what| bench.wants(&format!("query_{what}_{name}")))
        {
            run(&bench, tracks, name, runs);
        }
    }
}

fn library(tracks: u32) -> World {
    let mut world = World::new();
    schedule::setup(&mut world);
    QueryPlugin.build(&mut world);
    world.resource_mut::<Changes>().set_silent(true);
    library::fill(&mut world, tracks, 1);
    world.resource_mut::<Changes>().set_silent(false);
    world
}

fn tick(world: &mut World) {
    let now = world.resource::<Clock>().now + 1;
    schedule::run_tick(world, Clock { now, unix: now });
}

fn run(bench: &Bench, tracks: u32, name: &str, runs: usize) {
    let loaded = || {
        let mut world = library(tracks);
        world.resource_mut::<Messages<Loaded>>().write(Loaded);
        world
    };
    bench.time(&format!("query_first_{name}"), runs, loaded, |world| {
        tick(world);
        find(world, Noun::Track, "", 0, WINDOW)
    });
    bench.time(&format!("query_index_{name}"), runs, loaded, |world| {
        tick(world);
        while world.resource::<Wake>().due().is_some() {
            tick(world);
        }
    });
    let mut world = loaded();
    find(&mut world, Noun::Track, "", 0, WINDOW).expect("the empty query is right");
    tick(&mut world);
    find(&mut world, Noun::Track, "warm", 0, WINDOW).expect("a word is right");
    let mut queries = Vec::new();
    let mut random = Random::new(5);
    for _ in 0..500 {
        let word = *random.pick(&[
            "love", "night", "golden", "queen", "björk", "velvet", "stone", "ocean",
        ]);
        let length = 1 + random.below(4) as usize;
        queries.push(word.chars().take(length).collect::<String>());
    }
    bench.percentiles(&format!("query_key_{name}"), &queries, |query| {
        find(&mut world, Noun::Track, query, 0, WINDOW).expect("words are right")
    });
    let queries: Vec<_> = [
        "love ni",
        "golden -live",
        "rating:>=4 lo",
        "\"blue moon\"",
        "year:1990..2000 st",
    ]
    .iter()
    .map(ToString::to_string)
    .collect();
    bench.percentiles(&format!("query_key_several_{name}"), &queries, |query| {
        find(&mut world, Noun::Track, query, 0, WINDOW).expect("these are right")
    });
    // Nothing has these words as they are typed: the walk over all that are almost like them, and its rows.
    let queries: Vec<_> = ["nihgt", "goldne", "velevt", "electirc", "midnihgt", "shadwo lov"]
        .iter()
        .map(ToString::to_string)
        .collect();
    bench.percentiles(&format!("query_key_typo_{name}"), &queries, |query| {
        find(&mut world, Noun::Track, query, 0, WINDOW).expect("words are right")
    });
    let ids: Vec<_> = world.resource::<Catalog>().all(Noun::Track).take(200).collect();
    bench.percentiles(&format!("query_retitle_{name}"), &ids, |&(id, _)| {
        catalog::set(&mut world, TrackId(id), Title(format!("Another {id}").into()));
        tick(&mut world);
    });
    bench.time(
        &format!("query_merge_1000_{name}"),
        5,
        || (),
        |()| {
            for number in 0..1_000u32 {
                let _: TrackId = Catalog::spawn(
                    &mut world,
                    (Title(format!("new {number}").into()), Duration(number)),
                );
            }
            tick(&mut world);
            find(&mut world, Noun::Track, "", 0, WINDOW)
        },
    );
    bench.time(
        &format!("query_sort_title_{name}"),
        1,
        || (),
        |()| find(&mut world, Noun::Track, "sort:title", 0, WINDOW),
    );
}
