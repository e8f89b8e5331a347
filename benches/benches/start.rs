//! A library in a file to the first window of its host, and to everything: loaded, indexed, sorted.

use std::path::Path;

use segue::library::{HostLink, Library, LibraryConfig, Services};
use segue::native::clock::NativeClock;
use segue::native::redb_store::RedbStore;
use segue_benches::library;
use segue_benches::measure::{Bench, now};
use segue_components::prelude::*;
use segue_systems::inlet::Waker;
use segue_systems::mirror::client::{Client, ClientEvent};
use segue_systems::persist::Driver;
use segue_systems::persist::testing;

/// What is on the screen.
const WINDOW: u32 = 60;

fn main() {
    let bench = Bench::from_args();
    for (tracks, size, runs) in [(10_000, "10k", 5), (100_000, "100k", 5), (1_000_000, "1m", 3)] {
        let names = ["first", "all"].map(|what| format!("start_{what}_{size}"));
        if !names.iter().any(|name| bench.wants(name)) {
            continue;
        }
        let folder = tempfile::tempdir().expect("a folder for the library");
        let path = folder.path().join("library");
        store(&path, tracks);
        // What this visit shows is what the next one begins with.
        visit(&path, tracks);
        let mut times: Vec<_> = (0..runs).map(|_| visit(&path, tracks)).collect();
        for (place, name) in names.iter().enumerate() {
            times.sort_by(|a, b| a[place].total_cmp(&b[place]));
            if bench.wants(name) {
                bench.print(name, times[times.len() / 2][place], "ms");
            }
        }
    }
}

/// Makes a library in a file.
fn store(path: &Path, tracks: u32) {
    let store = RedbStore::open(path).expect("a new file");
    let mut library = testing::Library::open(store);
    library::fill(&mut library.world, tracks, 1);
    library.flush().expect("the disk has room");
}

/// Opens it; answers the milliseconds until the first window was there, and until everything was.
fn visit(path: &Path, tracks: u32) -> [f64; 2] {
    let clock = NativeClock::start();
    let start = now();
    let mut driver = Driver::new(RedbStore::open(path).expect("a library"));
    let (mut library, services) = Library::new(&LibraryConfig::default(), Waker::new(|| {}));
    let link = library.connect();
    let mut client = Client::default();
    let view = client.remote_mut().open_view(Noun::Track, "", 0, WINDOW);
    let everything = client.request(Request::QueryTracks {
        query: String::new(),
        offset: 0,
        limit: WINDOW,
    });
    let (mut first, mut all) = (None, None);
    while all.is_none() || first.is_none() {
        let events = turn(&mut library, &services, &mut driver, &link, &mut client, &clock);
        let seen = client.view(view);
        if seen.is_some_and(|view| view.total == tracks && view.rows.len() == WINDOW as usize) {
            first.get_or_insert_with(|| start.elapsed());
        }
        for event in events {
            if let ClientEvent::Answer { id, answer } = event
                && id == everything
            {
                answer.expect("the empty query is right");
                all = Some(start.elapsed());
            }
        }
    }
    library.close();
    while !library.is_closed() {
        turn(&mut library, &services, &mut driver, &link, &mut client, &clock);
    }
    [first, all].map(|time| time.map_or(0.0, |time| time.as_secs_f64() * 1e3))
}

/// A tick, and everybody around the library does as asked.
fn turn(
    library: &mut Library,
    services: &Services,
    driver: &mut Driver<RedbStore>,
    link: &HostLink,
    client: &mut Client,
    clock: &NativeClock,
) -> Vec<ClientEvent> {
    for bytes in client.take_outgoing() {
        link.to_library.send(bytes);
    }
    library.tick(clock.now());
    for request in services.store.requests.try_iter() {
        let answer = testing::wait(driver.answer(request));
        services.store.answers.send(answer);
    }
    let messages: Vec<_> = link.from_library.try_iter().collect();
    messages.iter().flat_map(|bytes| client.receive(bytes)).collect()
}
