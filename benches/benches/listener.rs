//! What the listener makes, at scale: a million listens, a playlist of 50,000 entries, files in and out, duplicates.

use bevy_ecs::world::World;
use crossbeam_channel::{Receiver, Sender, unbounded};
use segue_benches::library;
use segue_benches::measure::Bench;
use segue_components::prelude::*;
use segue_components::wire::message::{ToHost, ToLibrary};
use segue_systems::catalog::{self, Catalog};
use segue_systems::clock::{Clock, Wake};
use segue_systems::duplicates::DuplicatesPlugin;
use segue_systems::link::{Hosts, LinkPlugin};
use segue_systems::persist::memory::MemoryStore;
use segue_systems::persist::testing::Library;
use segue_systems::playlist::{self, PlaylistPlugin, resolve};
use segue_systems::plugin::Plugin;
use segue_systems::query::QueryPlugin;
use segue_systems::{history, schedule, user_data};

fn main() {
    let bench = Bench::from_args();
    if bench.wants("listener_history") {
        measure_history(&bench);
    }
    if bench.wants("listener_written") {
        measure_writes(&bench);
    }
    for (tracks, name) in [(100_000, "100k"), (1_000_000, "1m")] {
        let names = ["export", "import", "m3u", "duplicates"].map(|what| format!("listener_{what}_{name}"));
        if names.iter().any(|name| bench.wants(name)) {
            measure_library(&bench, tracks, name);
        }
    }
}

fn listen(at: u64) -> Listen {
    Listen {
        at: 1_600_000_000_000 + at * 230_000 + at % 977 * 31,
        track: TrackId(1 + at.wrapping_mul(0x9e37_79b9) % 1_000_000),
        heard: 150_000 + u32::try_from(at % 90_000).unwrap_or(0),
        counted: !at.is_multiple_of(5),
    }
}

fn megabytes(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1e6
}

fn measure_history(bench: &Bench) {
    let mut world = World::new();
    schedule::setup(&mut world);
    history::merge(&mut world, (0..1_000_000).map(listen).collect());
    let all: Vec<_> = world.resource::<Catalog>().all(Noun::History).collect();
    let packed = all.iter().filter_map(|&(_, entity)| world.get::<Listens>(entity));
    let bytes = packed
        .map(|piece| piece.packed().len() + size_of::<Listens>())
        .sum();
    bench.print("listener_history_memory_1m", megabytes(bytes), "MB");
    let next: Vec<u64> = (1_000_000..1_001_000).collect();
    bench.percentiles("listener_history_log_1m", &next, |&at| {
        history::log(&mut world, listen(at))
    });
    bench.percentiles(
        "listener_history_window_1m",
        &[0, 1_000, 500_000, 999_900],
        |&offset| history::window(&world, offset, 100),
    );
}

/// Bytes that reach the store, the meta record aside.
fn measure_writes(bench: &Bench) {
    let store = MemoryStore::default();
    let mut library = Library::open(store.clone());
    library.fill(1_000);
    let items = (0..50_000).map(|entry| EntryItem::Track(TrackId(1 + entry * 7 % 1_000)));
    let times = PlaylistTimes::default();
    let list = playlist::make(&mut library.world, "Long", None, times, items.collect());
    let short = (0..50).map(|entry| EntryItem::Track(TrackId(1 + entry)));
    let other = playlist::make(&mut library.world, "Short", None, times, short.collect());
    let mut written = |name: &str, edit: &mut dyn FnMut(&mut World)| {
        library.flush().expect("memory takes it");
        let before = store.disk();
        edit(&mut library.world);
        library.flush().expect("memory takes it");
        let after = store.disk();
        let pages = after.pages.iter().filter(|(key, _)| key.table > 0);
        let changed = pages.filter(|(key, bytes)| before.pages.get(*key) != Some(*bytes));
        let bytes: usize = changed.map(|(_, bytes)| bytes.len()).sum();
        bench.print(name, megabytes(bytes) * 1e6, "bytes");
    };
    let remove = |world: &mut World, list: PlaylistId| {
        let entries = playlist::edit::remove(&playlist::entries(world, list), &[9]);
        catalog::set(world, EntriesId::of(list), entries);
    };
    written("listener_written_entry_of_50", &mut |world| remove(world, other));
    written("listener_written_entry_of_50k", &mut |world| remove(world, list));
    written("listener_written_listen", &mut |world| {
        history::log(world, listen(0))
    });
}

/// A library with one host.
struct Asked {
    world: World,
    to_library: Sender<Vec<u8>>,
    from_library: Receiver<Vec<u8>>,
}

impl Asked {
    fn new(tracks: u32) -> Self {
        let mut world = World::new();
        schedule::setup(&mut world);
        LinkPlugin.build(&mut world);
        QueryPlugin.build(&mut world);
        PlaylistPlugin.build(&mut world);
        DuplicatesPlugin.build(&mut world);
        library::fill(&mut world, tracks, 1);
        let (to_library, inbox) = unbounded();
        let (outbox, from_library) = unbounded();
        world.resource_mut::<Hosts>().add(inbox, outbox);
        let mut asked = Self {
            world,
            to_library,
            from_library,
        };
        while asked.tick() {}
        asked
    }

    /// Runs a tick, and says whether another is due at once.
    fn tick(&mut self) -> bool {
        let now = self.world.resource::<Clock>().now + 1;
        schedule::run_tick(&mut self.world, Clock { now, unix: now });
        self.world.resource::<Wake>().due().is_some_and(|due| due <= now)
    }

    /// Asks and runs ticks until the answer comes; the longest of them in milliseconds.
    fn ask(&mut self, request: Request) -> f64 {
        let bytes = ToLibrary::Request(1, request).to_bytes();
        self.to_library.send(bytes).expect("the library is there");
        let mut longest = 0.0_f64;
        loop {
            let start = segue_benches::measure::now();
            self.tick();
            longest = longest.max(start.elapsed().as_secs_f64() * 1e3);
            let answers = self.from_library.try_iter();
            if answers
                .filter_map(|bytes| ToHost::read(&bytes).ok())
                .next()
                .is_some()
            {
                return longest;
            }
        }
    }
}

fn measure_library(bench: &Bench, tracks: u32, name: &str) {
    let mut asked = Asked::new(tracks);
    let start = segue_benches::measure::now();
    let request = Request::Duplicates { offset: 0, limit: 10 };
    let longest = asked.ask(request);
    let total = start.elapsed().as_secs_f64() * 1e3;
    bench.print(&format!("listener_duplicates_{name}"), total, "ms");
    bench.print(&format!("listener_duplicates_{name}_tick"), longest, "ms");
    let world = &mut asked.world;
    let lines: Vec<Unmatched> = (0..1_000)
        .map(|line| resolve::line(world, TrackId(1 + line * u64::from(tracks) / 1_000), ""))
        .collect();
    let lines: Vec<&Unmatched> = lines.iter().collect();
    bench.time(
        &format!("listener_m3u_{name}"),
        3,
        || (),
        |()| resolve::tracks(world, &lines, ""),
    );
    // A tenth of all tracks rated, as many listens as there are tracks.
    for track in 0..u64::from(tracks) / 10 {
        catalog::set(
            world,
            TrackId(1 + track * 10),
            Rating::new(4).expect("four stars"),
        );
    }
    let listens = (0..u64::from(tracks)).map(|at| {
        let listen = listen(at);
        let track = TrackId(1 + listen.track.0 % u64::from(tracks));
        Listen { track, ..listen }
    });
    history::merge(world, listens.collect());
    let mut text = String::new();
    bench.time(
        &format!("listener_export_{name}"),
        3,
        || (),
        |()| {
            text = user_data::file::write(&user_data::gather(world));
        },
    );
    bench.print(
        &format!("listener_export_{name}_size"),
        megabytes(text.len()),
        "MB",
    );
    bench.time(
        &format!("listener_import_{name}"),
        3,
        || (),
        |()| user_data::import(world, text.as_bytes()).map(drop),
    );
}
