//! Hosts that behave as they should not, or not at all, and one that watches time go by.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use bevy_ecs::world::World;
use crossbeam_channel::{Receiver, Sender};
use segue_components::prelude::*;
use segue_components::wire::message::{ToHost, ToLibrary};
use segue_systems::catalog::{self, Catalog};
use segue_systems::clock::{Clock, Wake};
use segue_systems::link::{Hosts, LinkPlugin};
use segue_systems::mirror::MirrorPlugin;
use segue_systems::mirror::client::{CREDITS, Client};
use segue_systems::plugin::Plugin;
use segue_systems::query::QueryPlugin;
use segue_systems::schedule;

const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;

/// A library without a store: it is loaded from the start.
struct Library {
    world: World,
    clock: Clock,
}

impl Library {
    /// A tick, a tenth of a second after the one before.
    fn tick(&mut self) {
        self.clock.now += 100;
        self.clock.unix += 100;
        schedule::run_tick(&mut self.world, self.clock);
    }
}

fn library(tracks: u64) -> Library {
    let mut world = World::new();
    schedule::setup(&mut world);
    LinkPlugin.build(&mut world);
    QueryPlugin.build(&mut world);
    MirrorPlugin.build(&mut world);
    let clock = Clock {
        now: 1_000,
        unix: 1_700_000_000_000,
    };
    let mut library = Library { world, clock };
    for number in 1..=tracks {
        let title = Title(format!("Title {number:06}").into());
        let track: TrackId = Catalog::spawn(&mut library.world, (title, Duration(1_000)));
        let location = Location {
            provider: ProviderId(1),
            path: format!("{track}.flac").as_str().into(),
        };
        let file: FileId = Catalog::spawn(&mut library.world, (FileOf(track), location, Presence::Present));
        catalog::set(&mut library.world, track, PlayedFrom(file));
    }
    library
}

/// A host and the two ends of its link.
struct Host {
    client: Client,
    to_library: Sender<Vec<u8>>,
    from_library: Receiver<Vec<u8>>,
}

impl Host {
    fn join(library: &mut Library) -> Self {
        let (to_library, inbox) = crossbeam_channel::unbounded();
        let (outbox, from_library) = crossbeam_channel::unbounded();
        library.world.resource_mut::<Hosts>().add(inbox, outbox);
        Self {
            client: Client::new(CREDITS),
            to_library,
            from_library,
        }
    }

    fn ask(&self, id: u32, request: Request) {
        let message = ToLibrary::Request(id, request);
        self.to_library.send(message.to_bytes()).unwrap();
    }

    /// How many tracks it holds.
    fn rows(&self) -> usize {
        let world = self.client.world();
        let tracks = world.try_query::<&TrackId>();
        tracks.map_or(0, |mut tracks| tracks.iter(world).count())
    }

    /// Carries what waits on both ends.
    fn carry(&mut self) {
        while let Ok(bytes) = self.from_library.try_recv() {
            self.client.receive(&bytes);
        }
        for bytes in self.client.take_outgoing() {
            self.to_library.send(bytes).unwrap();
        }
    }

    /// Lets the library answer until it has nothing more to say.
    fn settle(&mut self, library: &mut Library) {
        for _ in 0..20 {
            self.carry();
            library.tick();
        }
        self.carry();
    }

    fn answers(&self) -> Vec<(u32, Result<Response, RequestError>)> {
        let messages = self.from_library.try_iter();
        let answers = messages.filter_map(|bytes| match ToHost::read(&bytes).unwrap() {
            ToHost::Answer(id, answer) => Some((id, answer)),
            _ => None,
        });
        answers.collect()
    }
}

#[test]
fn what_is_new_for_thirty_days_leaves_a_view_when_they_are_over() {
    let mut library = library(3);
    let now = library.clock.unix;
    for (track, age) in [(1, 30 * DAY - 5 * MINUTE), (2, 29 * DAY), (3, 90 * DAY)] {
        catalog::set(&mut library.world, TrackId(track), Added(now - age));
    }
    let mut host = Host::join(&mut library);
    let young = host
        .client
        .remote_mut()
        .open_view(Noun::Track, "added:<30d", 0, 10);
    let old = host
        .client
        .remote_mut()
        .open_view(Noun::Track, "added:>30d", 0, 10);
    host.settle(&mut library);
    let shown = |host: &Host, view| host.client.view(view).unwrap().rows.to_vec();
    assert_eq!((shown(&host, young), shown(&host, old)), (vec![1, 2], vec![3]));
    // Nothing happens but time: the library says itself when it wants to look at the clock again.
    let mut waits = 0;
    let mut woken = 0;
    while library.clock.unix < now + 10 * MINUTE {
        let due = library.world.resource::<Wake>().due().expect("ages are watched");
        let wait = due.saturating_sub(library.clock.now).max(1);
        assert!(wait <= MINUTE, "{wait} ms");
        library.clock.now += wait;
        library.clock.unix += wait;
        waits += wait;
        woken += 1;
        library.tick();
        host.carry();
    }
    assert!(woken <= 40, "woken {woken} times in {waits} ms");
    host.settle(&mut library);
    assert_eq!((shown(&host, young), shown(&host, old)), (vec![2], vec![1, 3]));
}

#[test]
fn a_host_that_floods_keeps_no_other_waiting() {
    let mut library = library(300);
    let flood = Host::join(&mut library);
    let other = Host::join(&mut library);
    let request = |id: u32| Request::GetTrack {
        track: TrackId(u64::from(id % 300)),
    };
    for id in 0..100_000 {
        flood.ask(id, request(id));
    }
    let mut answered = 0;
    let mut ticks = 0;
    while answered < 100_000 {
        other.ask(ticks, request(7));
        library.tick();
        let mine = other.answers();
        assert_eq!(mine.len(), 1, "answered in the very tick");
        assert_eq!(mine[0].0, ticks);
        let flooded = flood.answers().len();
        assert!(flooded <= 256, "{flooded} in a tick");
        answered += flooded;
        ticks += 1;
        assert!(ticks < 1_000, "it comes to an end");
    }
    assert!(ticks >= 100_000 / 256, "{ticks} ticks");
}

#[test]
fn a_host_that_never_reads_is_owed_a_few_frames_and_no_more() {
    let mut library = library(500);
    let mut silent = Host::join(&mut library);
    silent.client.remote_mut().open_view(Noun::Track, "", 0, 100);
    for bytes in silent.client.take_outgoing() {
        silent.to_library.send(bytes).unwrap();
    }
    let mut other = Host::join(&mut library);
    let view = other
        .client
        .remote_mut()
        .open_view(Noun::Track, "rating:>0", 0, 10);
    other.settle(&mut library);
    for round in 0..2_000 {
        let stars = Rating::new(1 + u8::try_from(round % 5).unwrap()).unwrap();
        catalog::set(&mut library.world, TrackId(1 + round % 90), stars);
        library.tick();
        other.carry();
    }
    other.settle(&mut library);
    assert_eq!(other.client.view(view).unwrap().total, 90, "the other goes on");
    // Frames within its credits, and the answer to its one request.
    let owed = silent.from_library.len();
    assert!(owed <= CREDITS as usize + 1, "{owed} messages wait");
    let bytes: usize = silent.from_library.try_iter().map(|message| message.len()).sum();
    assert!(bytes < 100_000, "{bytes} bytes");
}

#[test]
fn a_view_may_be_closed_twice_and_one_that_never_was() {
    let mut library = library(20);
    let mut host = Host::join(&mut library);
    let kept = host.client.remote_mut().open_view(Noun::Track, "", 0, 5);
    let closed = host.client.remote_mut().open_view(Noun::Track, "", 5, 5);
    host.settle(&mut library);
    host.client.remote_mut().close_view(closed);
    host.client.remote_mut().close_view(closed);
    host.client.remote_mut().close_view(4_711);
    host.settle(&mut library);
    for (id, view) in [(900, closed), (901, closed), (902, u32::MAX)] {
        host.ask(id, Request::CloseView { view });
    }
    library.tick();
    let answers = host.answers();
    assert_eq!(answers.len(), 3, "each is answered: {answers:?}");
    catalog::set(&mut library.world, TrackId(2), Title("Zzz".into()));
    host.settle(&mut library);
    assert_eq!(
        host.client.view(kept).unwrap().rows.len(),
        5,
        "others are as they were"
    );
}

#[test]
fn a_host_frees_the_rows_that_it_scrolled_past() {
    let mut library = library(4_000);
    let mut host = Host::join(&mut library);
    let view = host
        .client
        .remote_mut()
        .open_view(Noun::Track, "sort:title", 0, 50);
    host.settle(&mut library);
    let mut most = 0;
    for offset in (0..3_950).step_by(25) {
        host.client.remote_mut().set_window(view, offset, 50);
        host.carry();
        library.tick();
        host.carry();
        let rows = host.rows();
        most = most.max(rows);
    }
    host.settle(&mut library);
    assert_eq!(host.client.view(view).unwrap().rows.len(), 50);
    assert!(most <= 200, "{most} rows at once of 4,000");
    host.client.remote_mut().close_view(view);
    host.settle(&mut library);
    let left = host.rows();
    assert_eq!(left, 0, "of a view that is closed nothing stays");
}
