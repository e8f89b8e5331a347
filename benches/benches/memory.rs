//! A whole library in memory, loaded, indexed and sorted: bytes a track, and which part of it they are.

use bevy_ecs::world::World;
use segue::library::{Library, LibraryConfig, Services};
use segue_benches::counting::Counting;
use segue_benches::library;
use segue_benches::measure::Bench;
use segue_components::prelude::*;
use segue_components::wire::registry::KINDS;
use segue_systems::catalog::Catalog;
use segue_systems::clock::Clock;
use segue_systems::inlet::Waker;
use segue_systems::persist::memory::MemoryStore;
use segue_systems::persist::{Driver, Storage, testing};
use segue_systems::query::index::{Index, find};

#[global_allocator]
static MEMORY: Counting = Counting::new();

/// What the world notes of each entity: which of its number it is, where it is, and since when.
const ENTITY: usize = 4 + 16 + 4;
/// What the lists of an archetype and its table note of it.
const PLACES: usize = 12 + 8;
/// What it notes of each component: when it was added and when changed.
const TICKS: usize = 8;

fn main() {
    let bench = Bench::from_args();
    for (tracks, name) in [(10_000, "10k"), (100_000, "100k"), (1_000_000, "1m")] {
        if bench.wants(&format!("memory_{name}")) {
            weigh(&bench, tracks, name);
        }
    }
}

fn weigh(bench: &Bench, tracks: u32, size: &str) {
    let store = stored(tracks);
    let before = MEMORY.live();
    let (mut library, services) = Library::new(&LibraryConfig::default(), Waker::new(|| {}));
    let mut driver = Driver::new(store);
    let mut loaded = None;
    let mut now = 0;
    loop {
        let asked = answer(&services, &mut driver);
        now += 1;
        library.tick(Clock { now, unix: now });
        if library.world().resource::<Storage>().state.loaded {
            loaded.get_or_insert_with(|| MEMORY.live());
        }
        if !asked && loaded.is_some() && library.due().is_none_or(|due| due > now + 1) {
            break;
        }
    }
    let world = library.world_mut();
    // Whatever waits for the first question.
    for query in ["", "warm"] {
        find(world, Noun::Track, query, 0, 60).expect("it is right");
    }
    #[expect(clippy::cast_precision_loss, reason = "bytes of one machine's memory")]
    let print = |part: &str, bytes: usize| {
        let name = format!("memory_{size}_{part}").replace(' ', "_");
        bench.print(&name, bytes as f64 / f64::from(tracks), "bytes a track");
    };
    print("all", MEMORY.live() - before);
    print("loaded, not indexed", loaded.unwrap_or(before) - before);
    let world = library.world();
    let mut unused = 0;
    let tables = world.storages().tables.iter();
    let places: usize = tables.map(|table| table.capacity() * PLACES).sum();
    print(
        "world: entities",
        world.entities().len() as usize * ENTITY + places,
    );
    print("world: ids to entities", world.resource::<Catalog>().room());
    let mut all = 0;
    for (name, used, room) in columns(library.world_mut()) {
        print(&format!("column: {name}"), used);
        all += used;
        unused += room - used;
    }
    print("columns: used", all);
    print("columns: not used", unused);
    for (name, bytes) in texts(library.world_mut()) {
        print(&format!("text: {name}"), bytes);
    }
    for (name, bytes) in library.world().resource::<Index>().room() {
        print(&format!("index: {name}"), bytes);
    }
}

/// Bytes of each component's columns that are in use, and that are taken.
fn columns(world: &mut World) -> Vec<(&'static str, usize, usize)> {
    let mut components: Vec<_> = KINDS
        .iter()
        .map(|kind| (kind.name, kind.component(world)))
        .collect();
    components.push(("TrackId", world.register_component::<TrackId>()));
    components.push(("FileId", world.register_component::<FileId>()));
    let tables = &world.storages().tables;
    let all = components.into_iter().filter_map(|(name, id)| {
        let info = world.components().get_info(id)?;
        let size = info.layout().size() + TICKS;
        let tables = tables.iter().filter(|table| table.has_column(id));
        let (mut used, mut room) = (0, 0);
        for table in tables {
            used += table.entity_count() as usize * size;
            room += table.capacity() * size;
        }
        Some((name, used, room))
    });
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|&(_, _, room)| core::cmp::Reverse(room));
    all.retain(|&(_, _, room)| room > 0);
    all
}

/// Bytes of what components point at; what several share is not among it.
fn texts(world: &mut World) -> [(&'static str, usize); 5] {
    let titles = world
        .query::<&Title>()
        .iter(world)
        .map(|title| title.0.len())
        .sum();
    let paths = world.query::<&Location>();
    let paths = { paths }.iter(world).map(|location| location.path.len()).sum();
    let ids = { world.query::<&ExternalIds>() }.iter(world).map(ids).sum();
    let albums = { world.query::<(&AlbumTitle, &AlbumKey)>() }
        .iter(world)
        .map(|(title, key)| title.0.len() + key.0.len())
        .sum();
    let pictures = { world.query::<&Picture>() }
        .iter(world)
        .map(|picture| picture.mime.len())
        .sum();
    [
        ("titles", titles),
        ("paths", paths),
        ("ids of other services", ids),
        ("albums", albums),
        ("pictures", pictures),
    ]
}

fn ids(ids: &ExternalIds) -> usize {
    let TrackMbids {
        recording,
        track,
        artists,
        isrc,
    } = &*ids.0;
    let texts = [recording, track, isrc].into_iter().flatten();
    let artists: usize = artists
        .iter()
        .map(|artist| size_of_val(artist) + artist.len())
        .sum();
    size_of::<TrackMbids>() + texts.map(|text| text.len()).sum::<usize>() + artists
}

/// The store answers; `false` if it was not asked.
fn answer(services: &Services, driver: &mut Driver<MemoryStore>) -> bool {
    let mut asked = false;
    for request in services.store.requests.try_iter() {
        asked = true;
        let answer = testing::wait(driver.answer(request));
        services.store.answers.send(answer);
    }
    asked
}

/// A store with a seeded library in it.
fn stored(tracks: u32) -> MemoryStore {
    let store = MemoryStore::default();
    let mut library = testing::Library::open(store.clone());
    library::fill(&mut library.world, tracks, 1);
    library.flush().expect("memory has room");
    MemoryStore::with(store.disk().clone())
}
