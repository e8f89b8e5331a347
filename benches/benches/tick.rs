//! A whole library that has nothing to do: what a tick costs however many tracks there are.

use segue::library::{Library, LibraryConfig, Services};
use segue_benches::library;
use segue_benches::measure::Bench;
use segue_systems::clock::Clock;
use segue_systems::inlet::Waker;
use segue_systems::persist::Driver;
use segue_systems::persist::memory::MemoryStore;
use segue_systems::persist::testing;

fn main() {
    let bench = Bench::from_args();
    for (tracks, name) in [(100_000, "tick_idle_100k"), (1_000_000, "tick_idle_1m")] {
        if bench.wants(name) {
            let mut idle = Idle::new(tracks);
            bench.time(name, 1_001, || (), |()| idle.tick());
        }
    }
}

/// A library that is loaded and at rest.
struct Idle {
    library: Library,
    services: Services,
    driver: Driver<MemoryStore>,
    now: u64,
}

impl Idle {
    fn new(tracks: u32) -> Self {
        let (library, services) = Library::new(&LibraryConfig::default(), Waker::new(|| {}));
        let mut idle = Self {
            library,
            services,
            driver: Driver::new(stored(tracks)),
            now: 0,
        };
        idle.tick();
        while idle.answer() || idle.library.due().is_some() {
            idle.tick();
        }
        idle
    }

    fn tick(&mut self) {
        self.now += 1;
        self.library.tick(Clock {
            now: self.now,
            unix: self.now,
        });
    }

    /// The store answers; `false` if it was not asked.
    fn answer(&mut self) -> bool {
        let mut asked = false;
        for request in self.services.store.requests.try_iter() {
            asked = true;
            let answer = testing::wait(self.driver.answer(request));
            self.services.store.answers.send(answer);
        }
        asked
    }
}

/// A store with a seeded library in it.
fn stored(tracks: u32) -> MemoryStore {
    let store = MemoryStore::default();
    let mut library = testing::Library::open(store.clone());
    library::fill(&mut library.world, tracks, 1);
    library.flush().expect("memory has room");
    MemoryStore::with(store.disk().clone())
}
