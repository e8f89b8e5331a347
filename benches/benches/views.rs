//! Live views over a seeded library: one change until the host sees it, windows far down, the place of a row, another
//! order; and the longest tick while a library is loaded and indexed.

use bevy_ecs::world::{Mut, World};
use crossbeam_channel::{Receiver, Sender};
use segue_benches::library::{self, Random};
use segue_benches::measure::{Bench, now};
use segue_components::prelude::*;
use segue_systems::catalog::{self, Catalog};
use segue_systems::changes::Changes;
use segue_systems::clock::{Clock, Wake};
use segue_systems::link::{Hosts, LinkPlugin};
use segue_systems::mirror::MirrorPlugin;
use segue_systems::mirror::client::Client;
use segue_systems::persist::memory::MemoryStore;
use segue_systems::persist::testing::{Library as Stored, wait};
use segue_systems::persist::{Driver, DriverLink, PersistPlugin, Storage, links};
use segue_systems::plugin::Plugin;
use segue_systems::query::QueryPlugin;
use segue_systems::query::index::{self, Found, Index};
use segue_systems::query::parser::parse;
use segue_systems::schedule;

/// What is on the screen.
const WINDOW: u32 = 60;

struct Side {
    world: World,
    client: Client,
    to_library: Sender<Vec<u8>>,
    from_library: Receiver<Vec<u8>>,
    store: Option<(Driver<MemoryStore>, DriverLink)>,
}

impl Side {
    fn new(store: Option<MemoryStore>) -> Self {
        let mut world = World::new();
        schedule::setup(&mut world);
        LinkPlugin.build(&mut world);
        let store = store.map(|store| {
            PersistPlugin::default().build(&mut world);
            let (ours, link) = links();
            world.insert_resource(ours);
            (Driver::new(store), link)
        });
        QueryPlugin.build(&mut world);
        MirrorPlugin.build(&mut world);
        let (to_library, inbox) = crossbeam_channel::unbounded();
        let (outbox, from_library) = crossbeam_channel::unbounded();
        world.resource_mut::<Hosts>().add(inbox, outbox);
        Self {
            world,
            client: Client::default(),
            to_library,
            from_library,
            store,
        }
    }

    /// One tick, as long after the last as a view waits while changes stream in. Its own time of the processor,
    /// without the host's and the store's, in milliseconds.
    fn tick(&mut self) -> f64 {
        if let Some((driver, link)) = &mut self.store {
            while let Ok(request) = link.requests.try_recv() {
                let answer = wait(driver.answer(request));
                link.answers.send(answer).expect("the library listens");
            }
        }
        for bytes in self.client.take_outgoing() {
            self.to_library.send(bytes).expect("the library listens");
        }
        let Clock { now: last, unix } = *self.world.resource::<Clock>();
        let clock = Clock {
            now: last + 100,
            unix: unix + 100,
        };
        let start = processor_time();
        schedule::run_tick(&mut self.world, clock);
        let time = processor_time() - start;
        for bytes in self.from_library.try_iter() {
            drop(self.client.receive(&bytes));
        }
        time
    }

    fn settle(&mut self) {
        for _ in 0..3 {
            self.tick();
        }
        while self.world.resource::<Wake>().due().is_some() {
            self.tick();
        }
    }

    fn ask<R>(&mut self, ask: impl FnOnce(&mut Index, &World) -> R) -> R {
        self.world
            .resource_scope(|world, mut index: Mut<Index>| ask(&mut index, world))
    }

    fn find(&mut self, query: &str, offset: u32) -> Found {
        let query = parse(query).expect("it is right");
        self.ask(|index, world| index.find(world, Noun::Track, &query, offset, WINDOW))
    }
}

fn main() {
    let bench = Bench::from_args();
    for (tracks, name) in [(10_000, "10k"), (100_000, "100k"), (1_000_000, "1m")] {
        let wanted = ["change", "retitle", "deep", "locate", "switch", "refine"];
        if wanted
            .iter()
            .any(|what| bench.wants(&format!("views_{what}_{name}")))
        {
            run(&bench, tracks, name);
        }
        if bench.wants(&format!("views_load_{name}")) {
            load(&bench, tracks, name);
        }
    }
}

fn run(bench: &Bench, tracks: u32, name: &str) {
    let mut side = Side::new(None);
    side.world.resource_mut::<Changes>().set_silent(true);
    library::fill(&mut side.world, tracks, 1);
    side.world.resource_mut::<Changes>().set_silent(false);
    index::rebuild(&mut side.world);
    side.settle();
    let start = now();
    side.find("sort:title", 0);
    bench.print(
        &format!("views_switch_{name}"),
        start.elapsed().as_secs_f64() * 1e3,
        "ms, first time",
    );
    let view = side
        .client
        .remote_mut()
        .open_view(Noun::Track, "sort:-rating,title", tracks / 2, WINDOW);
    let other = side.client.remote_mut().open_view(Noun::Track, "love", 0, WINDOW);
    side.settle();
    let mut random = Random::new(7);
    let mut changes = |title: bool| {
        let mut times: Vec<f64> = (0..200)
            .map(|step| {
                let track = TrackId(1 + u64::from(random.below(tracks)));
                if title {
                    let title = Title(format!("Love {step}").into());
                    catalog::set(&mut side.world, track, title);
                } else {
                    let stars = 1 + u8::try_from(random.below(5)).expect("few");
                    let rating = Rating::new(stars).expect("one to five");
                    catalog::set(&mut side.world, track, rating);
                }
                let before = side.client.view(view).map(|view| view.rows.to_vec());
                let time = side.tick();
                drop(before);
                time
            })
            .collect();
        times.sort_by(f64::total_cmp);
        times
    };
    for (title, what) in [(false, "change"), (true, "retitle")] {
        let times = changes(title);
        for (suffix, place) in [("p50", 100), ("p95", 190)] {
            let name = format!("views_{what}_{name}_{suffix}");
            bench.print(&name, times[place] * 1e3, "µs a tick, two views");
        }
    }
    assert!(side.client.view(other).is_some_and(|view| view.ready));
    let offsets: Vec<u32> = (0..200).map(|_| random.below(tracks)).collect();
    bench.percentiles(&format!("views_deep_{name}"), &offsets, |&offset| {
        side.find("", offset)
    });
    let query = parse("sort:title").expect("it is right");
    bench.percentiles(&format!("views_locate_{name}"), &offsets, |&id| {
        side.ask(|index, world| index.position(world, Noun::Track, &query, u64::from(id) + 1))
    });
    // A search as it is typed, each letter and each word once.
    let mut typed = Vec::new();
    for text in [
        "golden night",
        "velvet stone",
        "love ocean",
        "björk queen",
        "moon river",
    ] {
        let ends = text.char_indices().map(|(at, char)| at + char.len_utf8());
        typed.extend(ends.map(|end| text[..end].to_owned()));
    }
    bench.percentiles(&format!("views_refine_{name}"), &typed, |text| side.find(text, 0));
}

/// Milliseconds of the processor that this thread has had: what else runs on the machine does not lengthen them.
fn processor_time() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = std::time::Duration::new(
        u64::try_from(time.tv_sec).expect("time goes forward"),
        u32::try_from(time.tv_nsec).expect("below a second"),
    );
    seconds.as_secs_f64() * 1e3
}

/// What a load does at the moment.
fn phase(world: &World) -> usize {
    if !world.resource::<Storage>().state.loaded {
        0
    } else if !world.resource::<Index>().is_ready() {
        1
    } else {
        2
    }
}

/// The longest tick from the opening of a store to a library in which everything is found.
fn load(bench: &Bench, tracks: u32, name: &str) {
    let store = MemoryStore::default();
    let mut library = Stored::open(store.clone());
    library::fill(&mut library.world, tracks, 1);
    library.tick(1);
    library.flush().expect("memory has room");
    drop(library);
    let mut side = Side::new(Some(MemoryStore::with(store.disk().clone())));
    let view = side.client.remote_mut().open_view(Noun::Track, "", 0, WINDOW);
    let mut times = Vec::new();
    let mut first = None;
    let mut total = 0.0;
    let mut phases = [(0.0, 0.0_f64); 3];
    while times.len() < 5 || side.world.resource::<Wake>().due().is_some() || first.is_none() {
        let phase = phase(&side.world);
        let time = side.tick();
        total += time;
        phases[phase].0 += time;
        phases[phase].1 = phases[phase].1.max(time);
        times.push(time);
        let ready = side
            .client
            .view(view)
            .is_some_and(|view| view.ready && !view.rows.is_empty());
        if ready && first.is_none() {
            first = Some(total);
        }
    }
    for (what, (sum, longest)) in ["pages", "rows", "orders"].iter().zip(phases) {
        bench.print(&format!("views_load_{name}_{what}"), sum, "ms of ticks");
        bench.print(&format!("views_load_{name}_{what}_longest"), longest, "ms a tick");
    }
    let found = side.world.resource::<Catalog>().count(Noun::Track);
    assert_eq!(found, tracks as usize);
    times.sort_by(f64::total_cmp);
    let last = times.len() - 1;
    for (suffix, value) in [
        ("longest", times[last]),
        ("second", times[last - 1]),
        ("third", times[last - 2]),
        ("p99", times[last * 99 / 100]),
    ] {
        bench.print(&format!("views_load_{name}_{suffix}"), value, "ms a tick");
    }
    bench.print(
        &format!("views_load_{name}_first"),
        first.unwrap_or(total),
        "ms of ticks",
    );
    bench.print(&format!("views_load_{name}_all"), total, "ms of ticks");
}
