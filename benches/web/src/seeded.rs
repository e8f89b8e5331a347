//! A seeded library over IndexedDB, with nothing around it but what stores it.

use bevy_ecs::world::World;
use segue_benches::library;
use segue_components::id::{Noun, TrackId};
use segue_components::row::TrackRow;
use segue_systems::catalog::Catalog;
use segue_systems::link::LinkPlugin;
use segue_systems::mirror::ask::track_row;
use segue_systems::persist::driver::StoreAnswer;
use segue_systems::persist::{Driver, DriverLink, Persist, PersistPlugin, Storage, close, flush_now, links};
use segue_systems::plugin::Plugin;
use segue_systems::schedule;
use segue_web::clock;
use segue_web::indexed_db::IndexedDb;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// What the numbers are drawn from: the same for us and for the peer.
pub(crate) const SEED: u64 = 1;

/// Milliseconds after which nothing goes out by itself.
const NEVER: u64 = 1 << 40;

/// A library that was made and not stored yet.
#[wasm_bindgen]
#[derive(Debug)]
pub struct SeededLibrary {
    world: World,
    link: DriverLink,
    driver: Driver<IndexedDb>,
    waited: f64,
}

#[wasm_bindgen]
impl SeededLibrary {
    /// Opens an empty database and makes so many tracks, in memory only.
    ///
    /// # Errors
    /// The browser gives no database, or it is not empty.
    pub async fn open(database: String, tracks: u32) -> Result<Self, JsError> {
        let store = IndexedDb::open(&database).await?;
        let mut world = World::new();
        schedule::setup(&mut world);
        LinkPlugin.build(&mut world);
        PersistPlugin {
            idle: NEVER,
            longest: NEVER,
            most_pages: usize::MAX,
            ..PersistPlugin::default()
        }
        .build(&mut world);
        let (ours, link) = links();
        world.insert_resource(ours);
        let mut library = Self {
            world,
            link,
            driver: Driver::new(store),
            waited: 0.0,
        };
        while !library.storage().state.loaded {
            library.turn().await?;
        }
        if library.world.resource::<Catalog>().count(Noun::Track) > 0 {
            return Err(JsError::new("there is a library in this database already"));
        }
        // The folder was added before it was read, and must survive a power cut; what a rescan brings back need not.
        let provider = library::add_provider(&mut library.world);
        library.store().await?;
        library::fill_from(&mut library.world, provider, tracks, SEED);
        library::forget_listening(&mut library.world);
        // Pages are marked as changes come in, long before they are written.
        library.turn().await?;
        Ok(library)
    }

    /// Stores everything: makes pages of what changed and commits them. Answers milliseconds.
    ///
    /// # Errors
    /// The browser does not store it.
    pub async fn store(&mut self) -> Result<f64, JsError> {
        let start = clock::now();
        self.waited = 0.0;
        flush_now(&mut self.world);
        self.turn().await?;
        while !self.world.resource::<Persist>().is_settled() {
            self.turn().await?;
        }
        Ok(clock::now() - start)
    }

    /// How many milliseconds of that the browser took to write and commit.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn waited(&self) -> f64 {
        self.waited
    }

    /// Lets go of the database.
    ///
    /// # Errors
    /// The browser does not store what is left.
    pub async fn close(mut self) -> Result<(), JsError> {
        close(&mut self.world);
        while !self.storage().closed {
            self.turn().await?;
        }
        Ok(())
    }

    fn storage(&self) -> &Storage {
        self.world.resource::<Storage>()
    }

    /// Runs a tick, and has the store do what it was asked.
    async fn turn(&mut self) -> Result<(), JsError> {
        schedule::run_tick(&mut self.world, clock::read());
        while let Ok(request) = self.link.requests.try_recv() {
            let start = clock::now();
            let answer = self.driver.answer(request).await;
            self.waited += clock::now() - start;
            if let StoreAnswer::Committed(Err(error)) = &answer {
                return Err(JsError::new(&error.to_string()));
            }
            // The other end is a resource of our own world.
            let _ = self.link.answers.send(answer);
        }
        match &self.storage().refused {
            Some(error) => Err(JsError::new(&error.to_string())),
            None => Ok(()),
        }
    }
}

/// The rows of the same library as the page gets them, in pieces.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Rows(World);

#[wasm_bindgen]
impl Rows {
    /// Makes so many tracks.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(tracks: u32) -> Self {
        let mut world = World::new();
        schedule::setup(&mut world);
        library::fill(&mut world, tracks, SEED);
        library::forget_listening(&mut world);
        Self(world)
    }

    /// A JSON array of the rows with these ids, the last one left out.
    ///
    /// # Errors
    /// There is no JSON of a row, which cannot be.
    pub fn json(&self, first: u32, end: u32) -> Result<String, JsError> {
        let ids = (first..end).map(|id| TrackId(id.into()));
        let rows: Vec<TrackRow> = ids.filter_map(|id| track_row(&self.0, id)).collect();
        let rows: Vec<_> = rows.iter().map(TrackRow::json).collect();
        Ok(serde_json::to_string(&rows)?)
    }
}
