//! A library that is opened again shows what was seen last before it is loaded, and never anything that is not so.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use bevy_ecs::world::World;
use crossbeam_channel::{Receiver, Sender};
use segue_components::prelude::*;
use segue_systems::catalog;
use segue_systems::clock::Clock;
use segue_systems::link::{Hosts, LinkPlugin};
use segue_systems::mirror::MirrorPlugin;
use segue_systems::mirror::client::{CREDITS, Client};
use segue_systems::persist::last_seen::LAST_SEEN;
use segue_systems::persist::memory::MemoryStore;
use segue_systems::persist::store::PageKey;
use segue_systems::persist::testing::{Library as Filler, wait};
use segue_systems::persist::{Driver, DriverLink, PersistPlugin, Storage, close, links};
use segue_systems::plugin::Plugin;
use segue_systems::query::QueryPlugin;
use segue_systems::schedule;

/// More than fit into the first pages, so that the library is far from loaded when those are.
const TRACKS: u64 = 20_000;

/// How many of them are shown: the files of the others have vanished.
const SHOWN: u32 = 19_600;

struct Library {
    world: World,
    now: u64,
    driver: Driver<MemoryStore>,
    link: DriverLink,
    client: Client,
    to_library: Sender<Vec<u8>>,
    from_library: Receiver<Vec<u8>>,
}

impl Library {
    fn open(store: MemoryStore) -> Self {
        let mut world = World::new();
        schedule::setup(&mut world);
        LinkPlugin.build(&mut world);
        PersistPlugin::default().build(&mut world);
        QueryPlugin.build(&mut world);
        MirrorPlugin.build(&mut world);
        let (ours, link) = links();
        world.insert_resource(ours);
        let (to_library, inbox) = crossbeam_channel::unbounded();
        let (outbox, from_library) = crossbeam_channel::unbounded();
        world.resource_mut::<Hosts>().add(inbox, outbox);
        Self {
            world,
            now: 0,
            driver: Driver::new(store),
            link,
            client: Client::new(CREDITS),
            to_library,
            from_library,
        }
    }

    fn tick(&mut self) {
        while let Ok(request) = self.link.requests.try_recv() {
            let answer = wait(self.driver.answer(request));
            self.link.answers.send(answer).unwrap();
        }
        for message in self.client.take_outgoing() {
            self.to_library.send(message).unwrap();
        }
        self.now += 50;
        let unix = 1_700_000_000_000 + self.now;
        schedule::run_tick(&mut self.world, Clock { now: self.now, unix });
        while let Ok(message) = self.from_library.try_recv() {
            self.client.receive(&message);
        }
    }

    fn is_loaded(&self) -> bool {
        self.world.resource::<Storage>().state.loaded
    }

    /// Total and titles of a view, once the library said something of it.
    fn seen(&self, view: u32) -> Option<(u32, Vec<String>)> {
        let state = self.client.view(view).filter(|state| state.ready)?;
        let rows = self.client.view_tracks(view);
        Some((state.total, rows.into_iter().map(|row| row.title).collect()))
    }

    /// What the first word of the library on a view is, and whether it was loaded by then.
    fn first_seen(&mut self, view: u32) -> (bool, (u32, Vec<String>)) {
        for _ in 0..1_000 {
            self.tick();
            if let Some(seen) = self.seen(view) {
                return (self.is_loaded(), seen);
            }
        }
        panic!("the view was never answered");
    }

    fn open_view(&mut self, query: &str) -> u32 {
        self.client.remote_mut().open_view(Noun::Track, query, 0, 50)
    }

    /// Lets everything come to rest and closes it.
    fn close(mut self) {
        for _ in 0..60 {
            self.tick();
        }
        close(&mut self.world);
        while !self.world.resource::<Storage>().closed {
            self.tick();
        }
    }
}

/// A store with a library in it of which these queries were seen.
fn seen(queries: &[&str]) -> MemoryStore {
    let store = MemoryStore::default();
    let mut filler = Filler::open(store.clone());
    filler.fill(TRACKS);
    filler.flush().unwrap();
    drop(filler);
    let mut library = Library::open(store.clone());
    let views: Vec<u32> = queries.iter().map(|query| library.open_view(query)).collect();
    for view in views {
        library.first_seen(view);
    }
    library.close();
    store
}

#[test]
fn what_was_seen_last_is_seen_before_everything_is_loaded() {
    let store = seen(&["sort:-added", ""]);
    let mut library = Library::open(store);
    let view = library.open_view("sort:-added");
    let (loaded, early) = library.first_seen(view);
    assert!(!loaded);
    assert_eq!((early.0, early.1.len()), (SHOWN, 50));
    let providers = library.client.providers().len();
    assert_eq!(providers, 1, "small things come with the first rows");
    while !library.is_loaded() {
        library.tick();
    }
    for _ in 0..40 {
        library.tick();
    }
    assert_eq!(library.seen(view), Some(early));
}

#[test]
fn a_view_that_nobody_saw_waits_for_the_whole_library() {
    let mut library = Library::open(seen(&[""]));
    let view = library.open_view("sort:title");
    let (loaded, (total, _)) = library.first_seen(view);
    assert!(loaded);
    assert_eq!(total, SHOWN);
}

#[test]
fn a_change_that_nobody_looked_at_is_seen_all_the_same() {
    let store = seen(&["sort:-rating"]);
    let mut library = Library::open(store.clone());
    while !library.is_loaded() {
        library.tick();
    }
    catalog::set(&mut library.world, TrackId(77), Rating::new(5).unwrap());
    library.close();
    let mut library = Library::open(store);
    let view = library.open_view("sort:-rating");
    let (_, (_, titles)) = library.first_seen(view);
    assert_eq!(titles[0], "Song 77");
}

#[test]
fn a_damaged_record_costs_time_and_nothing_else() {
    let store = seen(&[""]);
    store.tamper(|disk| disk.pages.get_mut(LAST_SEEN).unwrap()[20] ^= 1);
    let mut library = Library::open(store);
    let view = library.open_view("");
    let (loaded, (total, titles)) = library.first_seen(view);
    assert!(loaded);
    assert_eq!((total, titles.len()), (SHOWN, 50));
}

#[test]
fn what_was_lost_among_the_first_pages_is_put_right() {
    const PROVIDERS: PageKey = PageKey { table: 6, page: 0 };
    let store = seen(&[""]);
    store.tamper(|disk| assert!(disk.pages.remove(PROVIDERS).is_some()));
    let mut library = Library::open(store);
    let view = library.open_view("");
    while !library.is_loaded() {
        library.tick();
    }
    for _ in 0..40 {
        library.tick();
    }
    assert_eq!(
        library.seen(view).unwrap().0,
        0,
        "nothing is there without its provider"
    );
}
