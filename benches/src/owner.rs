//! A seeded library and a host beside it in one thread: what a question costs when no port and no other thread is
//! between who asks and who answers.

use bevy_ecs::message::Messages;
use bevy_ecs::world::World;
use crossbeam_channel::{Receiver, Sender, unbounded};
use segue_components::prelude::*;
use segue_components::row::TrackRow;
use segue_systems::catalog;
use segue_systems::changes::Changes;
use segue_systems::clock::{Clock, Wake};
use segue_systems::link::{Hosts, LinkPlugin};
use segue_systems::mirror::MirrorPlugin;
use segue_systems::mirror::ask::track_row;
use segue_systems::mirror::client::{Client, ClientEvent};
use segue_systems::persist::Loaded;
use segue_systems::plugin::Plugin;
use segue_systems::query::QueryPlugin;
use segue_systems::query::facets::{self, Wanted};
use segue_systems::query::index::find;
use segue_systems::schedule;

use crate::library;

/// How many rows a screen shows.
pub const WINDOW: u32 = 60;

/// How many values a list of facets shows.
pub const FACETS: u32 = 100;

/// How many ticks an answer may take.
const MOST_TICKS: u32 = 1_000;

/// How far the clock goes on with each tick, in milliseconds: further than any view waits.
const STEP: u64 = 200;

/// A library in memory that answers queries and tells a host.
#[derive(Debug)]
pub struct Owner {
    /// Everything there is.
    pub world: World,
    /// The host.
    pub client: Client,
    to_library: Sender<Vec<u8>>,
    from_library: Receiver<Vec<u8>>,
    /// How many messages came to the host.
    heard: u64,
}

impl Owner {
    /// So many tracks, not indexed yet.
    #[must_use]
    pub fn new(tracks: u32, seed: u64) -> Self {
        let mut world = World::new();
        schedule::setup(&mut world);
        LinkPlugin.build(&mut world);
        QueryPlugin.build(&mut world);
        MirrorPlugin.build(&mut world);
        world.resource_mut::<Changes>().set_silent(true);
        library::fill(&mut world, tracks, seed);
        world.resource_mut::<Changes>().set_silent(false);
        let (to_library, inbox) = unbounded();
        let (outbox, from_library) = unbounded();
        world.resource_mut::<Hosts>().add(inbox, outbox);
        Self {
            world,
            client: Client::default(),
            to_library,
            from_library,
            heard: 0,
        }
    }

    /// Indexes everything, as after a load: rows, the default order, words.
    pub fn index(&mut self) {
        self.world.resource_mut::<Messages<Loaded>>().write(Loaded);
        self.settle();
        // Whatever waits for the first question.
        self.find("");
        self.find("warm");
    }

    /// A tick of the library, and the host hears of it. `false` if there was nothing to hear.
    pub fn tick(&mut self) -> bool {
        let heard = self.heard;
        drop(self.run_tick());
        self.heard > heard
    }

    /// A tick; answers what the host was told.
    fn run_tick(&mut self) -> Vec<ClientEvent> {
        for bytes in self.client.take_outgoing() {
            self.to_library.send(bytes).expect("the library listens");
        }
        let now = self.world.resource::<Clock>().now + STEP;
        schedule::run_tick(&mut self.world, Clock { now, unix: now });
        let mut events = Vec::new();
        for bytes in self.from_library.try_iter() {
            self.heard += 1;
            events.extend(self.client.receive(&bytes));
        }
        events
    }

    /// How many tracks match, and the ids of those in the first window.
    ///
    /// # Panics
    /// The query is wrong.
    pub fn find(&mut self, query: &str) -> (u32, Vec<u64>) {
        let found = find(&mut self.world, Noun::Track, query, 0, WINDOW).expect("a query that is right");
        (found.total, found.ids)
    }

    /// How many distinct values of a field, by its name, the tracks have that match, the hundred with the most tracks
    /// among them counted and named.
    ///
    /// # Panics
    /// There is no such field, or the query is wrong.
    pub fn facets(&mut self, field: &str, query: &str) -> u32 {
        let field = FacetField::ALL.iter().find(|(name, _)| *name == field);
        let wanted = Wanted {
            field: field.expect("a field that has facets").1,
            order: FacetOrder::Count,
            offset: 0,
            limit: FACETS,
        };
        let found = facets::count(&mut self.world, query, wanted);
        found.expect("a query that is right").total
    }

    /// The ids of so many tracks in the default order.
    ///
    /// # Panics
    /// The empty query is wrong.
    pub fn order(&mut self, tracks: u32) -> Vec<u64> {
        let found = find(&mut self.world, Noun::Track, "", 0, tracks).expect("the empty query is right");
        found.ids
    }

    /// A track as one flat row.
    #[must_use]
    pub fn row(&self, track: u64) -> Option<TrackRow> {
        track_row(&self.world, TrackId(track))
    }

    /// Opens a view of the first window of all tracks, and waits until the host shows it.
    pub fn open_view(&mut self) -> u32 {
        let view = self.client.remote_mut().open_view(Noun::Track, "", 0, WINDOW);
        self.settle();
        view
    }

    /// Gives a track another title, and ticks until the host has heard of it.
    pub fn retitle(&mut self, track: u64, title: &str) {
        catalog::set(&mut self.world, TrackId(track), Title(title.into()));
        self.settle();
    }

    /// Asks something as the host and waits for the answer.
    ///
    /// # Errors
    /// What the library has against it; [`RequestError::Failed`] if it does not answer.
    pub fn ask(&mut self, request: Request) -> Result<Response, RequestError> {
        let wanted = self.client.request(request);
        for _ in 0..MOST_TICKS {
            for event in self.run_tick() {
                if let ClientEvent::Answer { id, answer } = event
                    && id == wanted
                {
                    return answer;
                }
            }
        }
        Err(RequestError::Failed {
            reason: "the library does not answer".to_owned(),
        })
    }

    /// Ticks until there is nothing to do, and the host has heard everything.
    pub fn settle(&mut self) {
        loop {
            let heard = self.tick();
            let now = self.world.resource::<Clock>().now;
            let due = self.world.resource::<Wake>().due();
            // What waits for a later time is not waited for.
            if !heard && due.is_none_or(|due| due > now + STEP) {
                break;
            }
        }
    }
}
