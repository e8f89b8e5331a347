//! Storing and loading a seeded library: natively, over the memory store, so that what is measured is our own work.

use segue_benches::library;
use segue_benches::measure::Bench;
use segue_systems::persist::memory::MemoryStore;
use segue_systems::persist::page::Page;
use segue_systems::persist::record::Shared;
use segue_systems::persist::table::Rows;
use segue_systems::persist::testing::Library;

fn main() {
    let bench = Bench::from_args();
    for (tracks, name, runs) in [(100_000, "100k", 7), (1_000_000, "1m", 3)] {
        if ["flush", "decode", "load", "bytes"]
            .iter()
            .any(|what| bench.wants(&format!("persist_{what}_{name}")))
        {
            run(&bench, tracks, name, runs);
        }
    }
}

fn run(bench: &Bench, tracks: u32, name: &str, runs: usize) {
    let store = MemoryStore::default();
    let mut library = Library::open(store.clone());
    library::fill(&mut library.world, tracks, 1);
    bench.time(
        &format!("persist_flush_{name}"),
        1,
        || (),
        |()| {
            library.tick(1);
            library.flush().expect("memory has room")
        },
    );
    let disk = store.disk();
    let bytes = disk.size() as f64 / f64::from(tracks);
    bench.print(
        &format!("persist_bytes_{name}"),
        bytes,
        "bytes a track, all tables",
    );
    let tracks_only: usize = disk
        .pages
        .iter()
        .filter(|(key, _)| key.table == 1)
        .map(|(_, page)| page.len())
        .sum();
    bench.print(
        &format!("persist_bytes_tracks_{name}"),
        tracks_only as f64 / f64::from(tracks),
        "bytes a track, table of tracks",
    );
    bench.time(
        &format!("persist_decode_{name}"),
        runs,
        || (),
        |()| {
            let mut shared = Shared::default();
            let mut unknown = Vec::new();
            let mut rows = Rows::default();
            for (key, bytes) in disk.pages.iter().filter(|(key, _)| key.table > 0) {
                let page = Page::read(key, bytes).expect("it was just written");
                rows.read(&page, &mut shared, &mut unknown)
                    .expect("it was just written");
            }
        },
    );
    bench.time(
        &format!("persist_load_{name}"),
        runs,
        || Library::begin(MemoryStore::with(disk.clone())),
        |library| {
            while !library.storage().state.loaded {
                library.tick(1);
            }
        },
    );
}
