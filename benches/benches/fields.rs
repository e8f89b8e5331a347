//! Conditions on every kind of field, patterns and facets, over a seeded library that was asked before.

use std::cell::RefCell;
use std::hint::black_box;

use bevy_ecs::world::World;
use segue_benches::library;
use segue_benches::measure::Bench;
use segue_components::prelude::*;
use segue_systems::changes::Changes;
use segue_systems::plugin::Plugin;
use segue_systems::query::QueryPlugin;
use segue_systems::query::facets::{self, Wanted};
use segue_systems::query::index::{find, rebuild};
use segue_systems::schedule;

/// What is on the screen.
const WINDOW: u32 = 60;

const CONDITIONS: [(&str, &str); 13] = [
    ("whole_artist", "artist:=\"Nina King\""),
    ("pattern_title", "title:~/^lo+ve\\b.*(rain|night)/"),
    ("pattern_artist", "artist:~/^(nina|miles) [k-s]/"),
    ("pattern_album", "album:~/\\blive\\b/"),
    ("pattern_path", "path:~/12.*flac$/"),
    ("path", "path:moon"),
    ("folder", "folder:moon"),
    ("bitrate", "bitrate:>=1000k"),
    ("last_played", "lastplayed:never"),
    ("loudness", "loudness:>-14"),
    ("mbid", "mbid:6b9a2e0c-0000-4000-8000-000000000001"),
    ("provider", "provider:1"),
    ("unreadable", "file:unreadable"),
];

fn main() {
    let bench = Bench::from_args();
    for (tracks, name) in [(100_000, "100k"), (1_000_000, "1m")] {
        let conditions = CONDITIONS.iter().map(|(what, _)| format!("field_{what}_{name}"));
        let facets = FacetField::ALL
            .iter()
            .map(|(what, _)| format!("facet_{what}_{name}"));
        if conditions.chain(facets).any(|wanted| bench.wants(&wanted)) {
            run(&bench, tracks, name);
        }
    }
}

fn run(bench: &Bench, tracks: u32, name: &str) {
    let mut world = World::new();
    schedule::setup(&mut world);
    QueryPlugin.build(&mut world);
    world.resource_mut::<Changes>().set_silent(true);
    library::fill(&mut world, tracks, 1);
    world.resource_mut::<Changes>().set_silent(false);
    rebuild(&mut world);
    for query in ["", "warm"] {
        find(&mut world, Noun::Track, query, 0, WINDOW).expect("it is right");
    }
    let world = RefCell::new(world);
    // So many others are asked before it is asked again that its answer is not kept.
    let forget = || {
        for id in 0..20 {
            find(&mut world.borrow_mut(), Noun::Track, &format!("id:{id}"), 0, 0).expect("it is right");
        }
    };
    for (what, query) in CONDITIONS {
        let ask =
            || black_box(find(&mut world.borrow_mut(), Noun::Track, query, 0, WINDOW)).expect("it is right");
        // The first makes a column, or groups.
        bench.time(&format!("field_{what}_first_{name}"), 1, || (), |()| ask());
        bench.time(&format!("field_{what}_{name}"), 9, forget, |()| ask());
    }
    let mut world = world.into_inner();
    for (what, field) in FacetField::ALL {
        for (suffix, query) in [("", ""), ("_narrow", "artist:queen year:1975..1980")] {
            let mut count = |order| {
                let wanted = Wanted {
                    field,
                    order,
                    offset: 0,
                    limit: 100,
                };
                black_box(facets::count(&mut world, query, wanted)).expect("it is right")
            };
            if suffix.is_empty() {
                let name = format!("facet_{what}_first_{name}");
                bench.time(&name, 1, || (), |()| count(FacetOrder::Count));
            }
            let name = format!("{what}{suffix}_{name}");
            bench.time(&format!("facet_{name}"), 9, || (), |()| count(FacetOrder::Count));
            bench.time(
                &format!("facet_by_name_{name}"),
                9,
                || (),
                |()| count(FacetOrder::Name),
            );
        }
    }
}
