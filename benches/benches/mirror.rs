//! A host beside a seeded library: the first window, scrolling, and a sync that streams in.

use bevy_ecs::world::World;
use crossbeam_channel::{Receiver, Sender};
use segue_benches::library;
use segue_benches::measure::Bench;
use segue_components::prelude::*;
use segue_systems::catalog::{self, Catalog};
use segue_systems::changes::Changes;
use segue_systems::clock::Clock;
use segue_systems::link::{Hosts, LinkPlugin};
use segue_systems::mirror::MirrorPlugin;
use segue_systems::mirror::client::Client;
use segue_systems::plugin::Plugin;
use segue_systems::query::QueryPlugin;
use segue_systems::query::index;
use segue_systems::schedule;

const TRACKS: u32 = 100_000;
const WINDOW: u32 = 100;

struct Side {
    world: World,
    client: Client,
    to_library: Sender<Vec<u8>>,
    from_library: Receiver<Vec<u8>>,
    bytes: usize,
}

impl Side {
    fn new() -> Self {
        let mut world = World::new();
        schedule::setup(&mut world);
        LinkPlugin.build(&mut world);
        QueryPlugin.build(&mut world);
        MirrorPlugin.build(&mut world);
        world.resource_mut::<Changes>().set_silent(true);
        library::fill(&mut world, TRACKS, 1);
        world.resource_mut::<Changes>().set_silent(false);
        index::rebuild(&mut world);
        let (to_library, inbox) = crossbeam_channel::unbounded();
        let (outbox, from_library) = crossbeam_channel::unbounded();
        world.resource_mut::<Hosts>().add(inbox, outbox);
        Self {
            world,
            client: Client::default(),
            to_library,
            from_library,
            bytes: 0,
        }
    }

    fn tick(&mut self) {
        for bytes in self.client.take_outgoing() {
            self.to_library.send(bytes).expect("the library listens");
        }
        let now = self.world.resource::<Clock>().now + 200;
        schedule::run_tick(&mut self.world, Clock { now, unix: now });
        for bytes in self.from_library.try_iter() {
            self.bytes += bytes.len();
            drop(self.client.receive(&bytes));
        }
    }
}

fn main() {
    let bench = Bench::from_args();
    if !["open", "scroll", "idle", "edits", "apply"]
        .iter()
        .any(|what| bench.wants(&format!("mirror_{what}")))
    {
        return;
    }
    let mut side = Side::new();
    while side
        .world
        .resource::<segue_systems::clock::Wake>()
        .due()
        .is_some()
    {
        side.tick();
    }
    side.tick();
    let view = side.client.remote_mut().open_view(Noun::Track, "", 0, WINDOW);
    let before = side.bytes;
    bench.time("mirror_open_100_rows", 1, || (), |()| side.tick());
    bench.print(
        "mirror_open_100_rows_bytes",
        (side.bytes - before) as f64,
        "bytes",
    );

    let mut offset = 0;
    let before = side.bytes;
    bench.time(
        "mirror_scroll_20_rows",
        200,
        || (),
        |()| {
            offset += 20;
            side.client.remote_mut().set_window(view, offset, WINDOW);
            side.tick();
        },
    );
    bench.print(
        "mirror_scroll_20_rows_bytes",
        (side.bytes - before) as f64 / 200.0,
        "bytes",
    );

    bench.time("mirror_idle_tick", 1_000, || (), |()| side.tick());

    let mut stars = 0;
    bench.time(
        "mirror_1000_ratings",
        50,
        || (),
        |()| {
            stars = stars % 5 + 1;
            for id in 1..=1_000 {
                let rating = Rating::new(stars).expect("one to five");
                catalog::set(&mut side.world, TrackId(id), rating);
            }
            side.tick();
        },
    );
    bench.time(
        "mirror_512_new_tracks",
        50,
        || (),
        |()| {
            for number in 0..512u32 {
                let values = (Title("New".into()), Duration(number), PlayedFrom(FileId(1)));
                let _: TrackId = Catalog::spawn(&mut side.world, values);
            }
            side.tick();
        },
    );
}
