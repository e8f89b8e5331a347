//! A library that a test steps by hand: its folders, files and sound are lists that the test holds.

pub mod fuzz;
pub mod random;

use bevy_ecs::world::World;
use crossbeam_channel::{Receiver, Sender};
use segue_audio::command::{AudioCommand, AudioReport};
use segue_audio::tags::FileTags;
use segue_components::prelude::*;
use segue_components::wire::message::{ToHost, ToLibrary};

use crate::catalog;
use crate::clock::Clock;
use crate::duplicates::DuplicatesPlugin;
use crate::history::HistoryPlugin;
use crate::inlet::{Inlet, Service, Waker};
use crate::link::{Hosts, LinkPlugin};
use crate::persist::PersistPlugin;
use crate::playback::{PlaybackLink, PlaybackPlugin};
use crate::playlist::PlaylistPlugin;
use crate::plugin::Plugin;
use crate::query::QueryPlugin;
use crate::scan::work::{ListRequest, ListedFile, Listing, ReadAnswer, ReadFile, ReadRequest};
use crate::scan::{ScanLink, ScanPlugin};
use crate::schedule;
use crate::user_data::UserDataPlugin;

/// A library whose outside is the test.
pub struct TestLibrary {
    /// The world under test.
    pub world: World,
    /// The time of the next tick.
    pub clock: Clock,
    /// What the library asks of the lister, and where listings go.
    pub lister: Service<ListRequest, Listing>,
    /// What the library asks of the pool, and where tags go.
    pub pool: Service<ReadRequest, ReadAnswer>,
    /// What the library tells the player, and where its reports go.
    pub audio: Service<AudioCommand, AudioReport>,
    to_library: Sender<Vec<u8>>,
    from_library: Receiver<Vec<u8>>,
    last_request: u32,
    heard: Vec<ToHost>,
}

impl Default for TestLibrary {
    fn default() -> Self {
        Self::new()
    }
}

impl TestLibrary {
    /// An empty library with one host, at the time 1000.
    #[must_use]
    pub fn new() -> Self {
        let waker = Waker::default();
        let mut world = World::new();
        schedule::setup(&mut world);
        let (lister, ask, listings) = Service::new(&waker);
        let (fetched, fetched_listings) = Inlet::new(&waker);
        let (pool, pool_ask, answers) = Service::new(&waker);
        let (audio, commands, reports) = Service::new(&waker);
        let listings = [listings, fetched_listings];
        world.insert_resource(ScanLink {
            lister: ask,
            listings,
            pool: pool_ask,
            answers,
            fetched,
            in_flight: 4,
        });
        world.insert_resource(PlaybackLink { commands, reports });
        LinkPlugin.build(&mut world);
        PersistPlugin::default().build(&mut world);
        QueryPlugin.build(&mut world);
        ScanPlugin.build(&mut world);
        PlaybackPlugin.build(&mut world);
        HistoryPlugin.build(&mut world);
        PlaylistPlugin.build(&mut world);
        UserDataPlugin.build(&mut world);
        DuplicatesPlugin.build(&mut world);
        let (to_library, inbox) = crossbeam_channel::unbounded();
        let (outbox, from_library) = crossbeam_channel::unbounded();
        world.resource_mut::<Hosts>().add(inbox, outbox);
        let clock = Clock {
            now: 1_000,
            unix: 1_700_000_000_000,
        };
        Self {
            world,
            clock,
            lister,
            pool,
            audio,
            to_library,
            from_library,
            last_request: 0,
            heard: Vec::new(),
        }
    }

    /// Runs a tick, a tenth of a second after the one before.
    pub fn tick(&mut self) {
        self.clock.now += 100;
        self.clock.unix += 100;
        schedule::run_tick(&mut self.world, self.clock);
    }

    /// Asks the library, runs a tick, and gives its answer.
    ///
    /// # Panics
    /// If it does not answer within the tick.
    pub fn ask(&mut self, request: Request) -> Result<Response, RequestError> {
        let id = self.send(request);
        self.tick();
        self.hear();
        let is_it = |message: &ToHost| matches!(message, ToHost::Answer(answered, _) if *answered == id);
        let place = self.heard.iter().position(is_it);
        match place.map(|place| self.heard.remove(place)) {
            Some(ToHost::Answer(_, answer)) => answer,
            _ => panic!("every request is answered within a tick"),
        }
    }

    fn hear(&mut self) {
        let messages = self.from_library.try_iter();
        let messages = messages.map(|bytes| ToHost::read(&bytes).expect("the library writes messages"));
        self.heard.extend(messages);
    }

    /// What the library said since this was last called, but for answers that [`TestLibrary::ask`] gave.
    ///
    /// # Panics
    /// If it is no message.
    pub fn take_heard(&mut self) -> Vec<ToHost> {
        self.hear();
        core::mem::take(&mut self.heard)
    }

    /// Asks the library, and gives the number of the request.
    ///
    /// # Panics
    /// If the library is gone.
    pub fn send(&mut self, request: Request) -> u32 {
        self.last_request += 1;
        let id = self.last_request;
        self.to_library
            .send(ToLibrary::Request(id, request).to_bytes())
            .expect("the library is there");
        id
    }

    /// Adds a folder provider.
    ///
    /// # Panics
    /// If the library refuses it.
    pub fn folder(&mut self, path: &str) -> ProviderId {
        let kind = ProviderKind::Folder {
            path: path.to_owned(),
        };
        match self.ask(Request::AddProvider {
            kind,
            name: path.to_owned(),
        }) {
            Ok(Response::Provider(provider)) => provider,
            other => panic!("a folder was not added: {other:?}"),
        }
    }

    /// Starts a sync and lets the test's lister show these files; nothing is read yet.
    ///
    /// # Panics
    /// If the library refuses it.
    pub fn start(&mut self, provider: ProviderId, files: &[(&str, u64)]) -> JobId {
        let job = match self.ask(Request::StartSync { provider }) {
            Ok(Response::Job(job)) => job,
            other => panic!("a sync did not start: {other:?}"),
        };
        let listed = |&(path, modified): &(&str, u64)| ListedFile {
            path: path.to_owned(),
            size: 1_000,
            modified,
        };
        let files = files.iter().map(listed).collect();
        self.lister.answers.send(Listing::Page {
            job,
            files,
            failures: Vec::new(),
        });
        self.lister.answers.send(Listing::Done { job });
        self.tick();
        job
    }

    /// Answers every read that the pool was asked for, until none comes any more. Gives the paths that were read.
    pub fn read_all(&mut self, read: impl Fn(&str) -> Result<FileTags, String>) -> Vec<String> {
        let mut paths = Vec::new();
        loop {
            let requests: Vec<ReadRequest> = self.pool.requests.try_iter().collect();
            if requests.is_empty() {
                return paths;
            }
            for request in requests {
                let result = read(&request.path).map(|tags| {
                    Box::new(ReadFile {
                        tags,
                        bytes: 100,
                        ..ReadFile::default()
                    })
                });
                self.pool.answers.send(ReadAnswer {
                    ticket: request.ticket,
                    result,
                });
                paths.push(request.path);
            }
            self.tick();
        }
    }

    /// Syncs these files, with these tags, to the end.
    pub fn sync(
        &mut self,
        provider: ProviderId,
        files: &[(&str, u64)],
        read: impl Fn(&str) -> Result<FileTags, String>,
    ) -> (JobId, Vec<String>) {
        let job = self.start(provider, files);
        let paths = self.read_all(read);
        (job, paths)
    }

    /// A component of the thing with this id, cloned.
    #[must_use]
    pub fn get<C: bevy_ecs::component::Component + Clone>(&self, id: impl Id) -> Option<C> {
        catalog::get::<C>(&self.world, id).cloned()
    }

    /// Titles of all tracks, sorted.
    #[must_use]
    pub fn titles(&mut self) -> Vec<String> {
        let mut titles: Vec<_> = self
            .world
            .query::<(&TrackId, &Title)>()
            .iter(&self.world)
            .map(|(_, title)| title.0.to_string())
            .collect();
        titles.sort();
        titles
    }
}

/// Tags of a track by its title, artist and album, where empty means absent.
#[must_use]
pub fn tags(title: &str, artist: &str, album: &str) -> FileTags {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    FileTags {
        title: some(title),
        artist: some(artist),
        artists: some(artist).into_iter().collect(),
        album: some(album),
        ..FileTags::default()
    }
}
