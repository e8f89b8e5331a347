//! A library over a store, run by hand, for the tests of every backend and for benchmarks.
//!
//! The store answers between two ticks and never later, so a test says exactly what happened when.

pub mod damage;
pub mod edits;
pub mod model;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::driver::{Driver, DriverLink, StoreAnswer, links};
use super::store::PageStore;
use super::{PersistPlugin, Storage};
use crate::catalog::{self, Catalog};
use crate::clock::Clock;
use crate::link::{Hosts, LinkPlugin};
use crate::plugin::Plugin;
use crate::schedule;
use bevy_ecs::world::World;
use crossbeam_channel::{Receiver, Sender};
use segue_components::prelude::*;
use segue_components::wire::message::{ToHost, ToLibrary};
use segue_components::wire::registry::{self, KINDS};

/// Runs a future that has nothing to wait for: natively, stores answer when they are asked.
///
/// # Panics
/// If it does wait.
pub fn wait<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("the store made its caller wait"),
    }
}

/// Every stored thing by noun and number, with its kinds and the bytes of their values.
pub type Snapshot = BTreeMap<(Noun, u64), Vec<(u8, Vec<u8>)>>;

/// A library, its one host, and the driver of its store.
#[derive(Debug)]
pub struct Library<S: PageStore> {
    /// The library's world.
    pub world: World,
    /// The driver.
    pub driver: Driver<S>,
    /// The time of the last tick.
    pub now: u64,
    /// How many batches the store has acknowledged.
    pub committed: u64,
    link: DriverLink,
    to_library: Sender<Vec<u8>>,
    from_library: Receiver<Vec<u8>>,
    asked: u32,
}

impl<S: PageStore> Library<S> {
    /// Opens a library over a store and loads it, unless it is refused.
    pub fn open(store: S) -> Self {
        let mut library = Self::begin(store);
        wait(library.load());
        library
    }

    /// Loads the library, unless it is refused.
    pub async fn load(&mut self) {
        for _ in 0..100_000 {
            self.answer_later().await;
            self.tick_alone(1);
            let storage = self.world.resource::<Storage>();
            if storage.state.loaded || storage.refused.is_some() {
                break;
            }
        }
    }

    /// Opens a library and runs no tick.
    pub fn begin(store: S) -> Self {
        Self::begin_as(store, &PersistPlugin::default(), |_| {})
    }

    /// The same with other settings, in a world where something was there before.
    pub fn begin_as(store: S, settings: &PersistPlugin, before: impl FnOnce(&mut World)) -> Self {
        let mut world = World::new();
        before(&mut world);
        schedule::setup(&mut world);
        LinkPlugin.build(&mut world);
        settings.build(&mut world);
        let (ours, link) = links();
        world.insert_resource(ours);
        let (to_library, inbox) = crossbeam_channel::unbounded();
        let (outbox, from_library) = crossbeam_channel::unbounded();
        world.resource_mut::<Hosts>().add(inbox, outbox);
        Self {
            world,
            driver: Driver::new(store),
            now: 0,
            committed: 0,
            link,
            to_library,
            from_library,
            asked: 0,
        }
    }

    /// Lets time pass and runs a tick; the store answers what it was asked before.
    pub fn tick(&mut self, milliseconds: u64) {
        self.answer();
        self.tick_alone(milliseconds);
    }

    /// Runs a tick while the store is busy.
    pub fn tick_alone(&mut self, milliseconds: u64) {
        self.now += milliseconds;
        let unix = 1_700_000_000_000 + self.now;
        schedule::run_tick(&mut self.world, Clock { now: self.now, unix });
    }

    /// The store does what it was asked; how many requests that were.
    pub fn answer(&mut self) -> usize {
        wait(self.answer_later())
    }

    /// The same with a store that makes its caller wait.
    pub async fn answer_later(&mut self) -> usize {
        let mut count = 0;
        while let Ok(request) = self.link.requests.try_recv() {
            let answer = self.driver.answer(request).await;
            self.committed += u64::from(matches!(answer, StoreAnswer::Committed(Ok(()))));
            if let Some(losses) = self.driver.store().take_losses() {
                let lost = StoreAnswer::Lost(losses);
                self.link.answers.send(lost).expect("the library lives");
            }
            self.link.answers.send(answer).expect("the library lives");
            count += 1;
        }
        count
    }

    /// How many requests wait for the store.
    pub fn requests(&self) -> usize {
        self.link.requests.len()
    }

    /// Asks something; its number.
    pub fn ask(&mut self, request: Request) -> u32 {
        self.asked += 1;
        self.to_library
            .send(ToLibrary::Request(self.asked, request).to_bytes())
            .expect("the library lives");
        self.asked
    }

    /// The answers that came, with their numbers.
    pub fn answers(&mut self) -> Vec<(u32, Result<Response, RequestError>)> {
        let messages = self.from_library.try_iter();
        messages
            .filter_map(|bytes| match ToHost::read(&bytes) {
                Ok(ToHost::Answer(id, answer)) => Some((id, answer)),
                _ => None,
            })
            .collect()
    }

    /// Writes everything.
    ///
    /// # Errors
    /// What the library answers.
    ///
    /// # Panics
    /// If it does not answer within ten ticks.
    pub fn flush(&mut self) -> Result<Response, RequestError> {
        wait(self.flush_later())
    }

    /// The same with a store that makes its caller wait.
    ///
    /// # Errors
    /// What the library answers.
    ///
    /// # Panics
    /// If it does not answer within ten ticks.
    pub async fn flush_later(&mut self) -> Result<Response, RequestError> {
        let id = self.ask(Request::Flush);
        for _ in 0..10 {
            self.answer_later().await;
            self.tick_alone(1);
            if let Some((_, answer)) = self.answers().into_iter().find(|(of, _)| *of == id) {
                return answer;
            }
        }
        panic!("a flush was not answered");
    }

    /// How the store is.
    #[must_use]
    pub fn storage(&self) -> &Storage {
        self.world.resource::<Storage>()
    }

    /// What is in the world.
    pub fn snapshot(&mut self) -> Snapshot {
        let mut snapshot = Snapshot::new();
        for noun in Noun::ALL {
            let all: Vec<_> = self.world.resource::<Catalog>().all(noun).collect();
            for (number, entity) in all {
                let entity = self.world.entity(entity);
                let mut kinds = Vec::new();
                for kind in KINDS.iter().filter(|kind| !kind.name.ends_with("Totals")) {
                    let mut bytes = Vec::new();
                    if kind.write(entity, &mut bytes) {
                        kinds.push((kind.number, bytes));
                    }
                }
                assert_eq!(registry::id_of(entity), Some((noun, number)));
                snapshot.insert((noun, number), kinds);
            }
        }
        snapshot
    }

    /// Adds so many tracks with all that belongs to them.
    pub fn fill(&mut self, tracks: u64) {
        fill(&mut self.world, tracks);
    }
}

fn fill(world: &mut World, tracks: u64) {
    let provider: ProviderId = Catalog::spawn(
        world,
        (
            ProviderKind::Folder {
                path: "/music".into(),
            },
            ProviderName("Music".into()),
            Access::Granted,
        ),
    );
    let job: JobId = Catalog::spawn(
        world,
        (
            SyncOf(provider),
            JobState::Queued,
            JobProgress::default(),
            JobFailures::default(),
        ),
    );
    catalog::set(world, job, JobState::Done);
    let genres: Arc<[Box<str>]> = Arc::new(["Rock".into(), "Art Pop".into()]);
    for number in 1..=tracks {
        let artist = Arc::new(Credit::of([format!("Artist {}", number / 40)]));
        if number % 12 == 1 {
            let artwork: ArtworkId = Catalog::spawn(
                world,
                (
                    ContentHash::of(&number.to_le_bytes()),
                    Picture {
                        mime: "image/jpeg".into(),
                        width: 500,
                        height: 500,
                        size: 40_000,
                        color: [1, 2, 3],
                        problem: None,
                    },
                ),
            );
            let _: AlbumId = Catalog::spawn(
                world,
                (
                    AlbumTitle(format!("Album {}", number / 12).into()),
                    AlbumArtist(Arc::clone(&artist)),
                    AlbumInfo::default(),
                    AlbumKey(format!("artist\u{1f}{number}").into()),
                    AlbumCover(artwork),
                    AlbumTotals {
                        tracks: 12,
                        duration: 1,
                    },
                ),
            );
        }
        let track: TrackId = Catalog::spawn(
            world,
            (
                Title(format!("Song {number}").into()),
                ArtistCredit(artist),
                OnAlbum(AlbumId(number.div_ceil(12))),
                Position {
                    disc: 1,
                    disc_total: 1,
                    track: u16::try_from(number % 12).expect("below 12"),
                    track_total: 12,
                },
                Duration(180_000 + u32::try_from(number).expect("few tracks")),
                AudioFormat {
                    codec: "flac".into(),
                    sample_rate: 44_100,
                    bitrate: 800_000,
                    channels: 2,
                    bits_per_sample: 16,
                },
                Added(1_700_000_000_000 + number),
            ),
        );
        let file: FileId = Catalog::spawn(
            world,
            (
                FileOf(track),
                Location {
                    provider,
                    path: format!("Artist {}/Album {}/{number}.flac", number / 40, number / 12).into(),
                },
                FileStamp {
                    size: 30_000_000 + number,
                    modified: 1_600_000_000_000 + number * 1_000,
                },
                AudioHash([u8::try_from(number % 251).expect("below 251"); 16]),
            ),
        );
        catalog::set(world, track, PlayedFrom(file));
        if number % 3 > 0 {
            catalog::set(world, track, Genres(Arc::clone(&genres)));
            catalog::set(world, track, Cover(ArtworkId(number.div_ceil(12))));
        }
        if number % 7 == 0 {
            catalog::set(world, track, Rating::new(4).expect("four stars"));
            let last_played = 1_700_000_000_000 + number;
            catalog::set(
                world,
                track,
                PlayStats {
                    plays: 3,
                    skips: 1,
                    last_played,
                },
            );
        }
        if number % 50 == 0 {
            catalog::set(world, file, Presence::MissingSince(1_700_000_000_000));
        }
    }
    let _: PlayerId = Catalog::spawn(
        world,
        (
            Queue {
                tracks: vec![TrackId(1), TrackId(2)],
                index: 1,
            },
            PlayerState::default(),
            Volume::default(),
        ),
    );
    // A file that nothing could be read of.
    let _: FileId = Catalog::spawn(
        world,
        (
            Location {
                provider,
                path: "cover.mp3".into(),
            },
            FileStamp { size: 3, modified: 4 },
            Unreadable("it is a picture".into()),
        ),
    );
}
