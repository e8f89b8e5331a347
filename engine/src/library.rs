//! The library: the world that owns everything, put together from plugins, with a channel for each thing
//! that has to be done outside of it.
//!
//! It runs wherever somebody calls [`Library::tick`]: on a thread natively, in a worker in a browser. It
//! never waits; what waits takes a request out of [`Services`] and puts the answer back.

use bevy_ecs::world::World;
use crossbeam_channel::{Receiver, unbounded};
use segue_audio::command::{AudioCommand, AudioReport};
use segue_systems::clock::{Clock, Wake};
pub use segue_systems::inlet::{Inlet, Service, Waker};
use segue_systems::link::{HostId, Hosts};
use segue_systems::persist::Storage;
use segue_systems::persist::driver::{StoreAnswer, StoreLink, StoreRequest};
use segue_systems::persist::owner;
use segue_systems::playback::PlaybackLink;
use segue_systems::query::index::Index;
use segue_systems::scan::ScanLink;
use segue_systems::scan::work::{ListRequest, Listing, ReadAnswer, ReadRequest};
use segue_systems::schedule;

use crate::plugins;

/// How a library is set up.
#[derive(Debug, Clone)]
pub struct LibraryConfig {
    /// How many files may be read at once.
    pub files_in_flight: usize,
    /// The listener's locale, `sv-SE` or `sv_SE.UTF-8` for instance: it says how names sort. Without one they sort
    /// as most languages have it.
    pub locale: Option<String>,
}

impl Default for LibraryConfig {
    fn default() -> Self {
        Self {
            files_in_flight: 64,
            locale: None,
        }
    }
}

/// Everything that a library needs done outside.
#[derive(Debug)]
pub struct Services {
    /// Keeping pages: see [`segue_systems::persist`].
    pub store: Service<StoreRequest, StoreAnswer>,
    /// Listing folders.
    pub lister: Service<ListRequest, Listing>,
    /// Reading the tags of files.
    pub pool: Service<ReadRequest, ReadAnswer>,
    /// Making sound.
    pub audio: Service<AudioCommand, AudioReport>,
}

/// A host's end of its link to the library.
#[derive(Debug)]
pub struct HostLink {
    /// Messages of [`segue_components::wire::message::ToLibrary`], as bytes.
    pub to_library: Inlet<Vec<u8>>,
    /// Messages of [`segue_components::wire::message::ToHost`], as bytes.
    pub from_library: Receiver<Vec<u8>>,
    /// The library's number for this host.
    pub host: HostId,
}

/// The world that owns everything.
#[derive(Debug)]
pub struct Library {
    world: World,
    waker: Waker,
}

impl Library {
    /// Puts a library together. It is empty until its store has answered.
    #[must_use]
    pub fn new(config: &LibraryConfig, waker: Waker) -> (Self, Services) {
        let mut world = World::new();
        schedule::setup(&mut world);
        let (store, store_ask, store_answers) = Service::new(&waker);
        let (lister, lister_ask, listings) = Service::new(&waker);
        let (pool, pool_ask, pool_answers) = Service::new(&waker);
        let (audio, audio_ask, audio_reports) = Service::new(&waker);
        let (fetched, fetched_listings) = Inlet::new(&waker);
        world.insert_resource(StoreLink {
            requests: store_ask,
            answers: store_answers,
        });
        world.insert_resource(ScanLink {
            lister: lister_ask,
            listings: [listings, fetched_listings],
            pool: pool_ask,
            answers: pool_answers,
            fetched,
            in_flight: config.files_in_flight,
        });
        world.insert_resource(PlaybackLink {
            commands: audio_ask,
            reports: audio_reports,
        });
        plugins::build(&mut world);
        if let Some(locale) = &config.locale {
            world.resource_mut::<Index>().set_locale(locale);
        }
        (
            Self { world, waker },
            Services {
                store,
                lister,
                pool,
                audio,
            },
        )
    }

    /// Adds a host.
    pub fn connect(&mut self) -> HostLink {
        let (to_library, inbox) = Inlet::new(&self.waker);
        let (outbox, from_library) = unbounded();
        let host = self.world.resource_mut::<Hosts>().add(inbox, outbox);
        HostLink {
            to_library,
            from_library,
            host,
        }
    }

    /// Runs one tick at this time.
    pub fn tick(&mut self, clock: Clock) {
        schedule::run_tick(&mut self.world, clock);
    }

    /// When the next tick is due if nothing comes in before, in milliseconds of [`Clock::now`].
    #[must_use]
    pub fn due(&self) -> Option<u64> {
        self.world.resource::<Wake>().due()
    }

    /// Begins to write what is not stored yet and to let go of the store; see [`Library::is_closed`].
    pub fn close(&mut self) {
        owner::close(&mut self.world);
    }

    /// Whether the store was let go of, or never opened.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.world.resource::<Storage>().closed
    }

    /// The world, for tests and for systems of a host that lives beside it.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The world, to be changed between ticks.
    pub fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }
}
