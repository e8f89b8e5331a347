//! The handle that a program holds: a library on threads of its own, asked and heard over a link.

use core::fmt;
use core::ops::Range;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use segue_components::prelude::*;
use segue_systems::mirror::client::{CREDITS, Client, ClientEvent};
use segue_systems::persist::store::StoreError;
use segue_systems::query::facets::Facets;

use crate::library::{HostLink, Inlet};
use crate::native::path::spell;
use crate::native::redb_store::RedbStore;
use crate::native::redb_store::reader::RedbReader;
use crate::native::sound::SoundOutput;
use crate::native::{Store, Threads};

/// Where sound goes.
pub type Output = SoundOutput;

/// What an [`Engine`] tells: see [`Engine::next_event`].
pub type Event = ClientEvent;

/// Why an engine did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EngineError {
    /// The library could not be opened; its file is as it was.
    Open {
        /// Why, in words for the listener.
        reason: String,
    },
    /// Another process has the library open.
    Held {
        /// Which, as far as it says so: `process 4711 (segue scan)`.
        by: String,
    },
    /// A request was not granted.
    Request(RequestError),
    /// A path cannot be used.
    Path {
        /// Which.
        path: PathBuf,
        /// Why, in words for the listener.
        reason: String,
    },
    /// The library has stopped.
    Stopped,
}

impl EngineError {
    /// The character of a query where it went wrong, from 0.
    #[must_use]
    pub fn query_column(&self) -> Option<u32> {
        match self {
            Self::Request(RequestError::Query { column, .. }) => Some(*column),
            _ => None,
        }
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { reason } => f.write_str(reason),
            Self::Held { by } => write!(f, "the library is open in {by}"),
            Self::Request(error) => error.fmt(f),
            Self::Path { path, reason } => write!(f, "{}: {reason}", path.display()),
            Self::Stopped => f.write_str("the library has stopped"),
        }
    }
}

impl std::error::Error for EngineError {}

impl From<RequestError> for EngineError {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Held { by } => Self::Held { by },
            other => Self::Open {
                reason: other.to_string(),
            },
        }
    }
}

/// Says how an [`Engine`] is set up.
#[derive(Debug, Clone)]
pub struct EngineBuilder {
    library: Option<PathBuf>,
    read_only: bool,
    output: Output,
    locale: Option<String>,
}

impl EngineBuilder {
    /// Keeps the library in this file, made when it is not there. Without it the library lives in memory
    /// and ends with the engine.
    #[must_use]
    pub fn library(mut self, path: impl AsRef<Path>) -> Self {
        self.library = Some(path.as_ref().to_path_buf());
        self
    }

    /// Reads the library as it is now and changes nothing, also while another process has it open. What asks for a change
    /// is refused with [`RequestError::ReadOnly`]; [`Engine::refresh`] shows what was stored meanwhile.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Sends sound there. Without it, to the machine's own device, which is opened when something plays.
    #[must_use]
    pub fn output(mut self, output: Output) -> Self {
        self.output = output;
        self
    }

    /// Sorts names as the language of this locale does, `sv-SE` or `sv_SE.UTF-8` for instance. Without it, of what
    /// `LC_ALL`, `LC_COLLATE` or `LANG` name; languages without rules of their own sort as most do.
    #[must_use]
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = Some(locale.into());
        self
    }

    /// Opens the library and waits until it is loaded.
    ///
    /// # Errors
    /// [`EngineError::Held`] if another process has the library; [`EngineError::Open`] if a newer version wrote it, or if
    /// the file is something else or cannot be read. The file is not changed then.
    pub fn open(self) -> Result<Engine, EngineError> {
        let (threads, link) = self.start()?;
        let mut engine = Engine::new(link, threads, self);
        engine.wait_until_loaded()?;
        Ok(engine)
    }

    /// Opens the store and starts the threads, and does not wait until the library is loaded.
    pub(crate) fn start(&self) -> Result<(Threads, HostLink), EngineError> {
        let store = match &self.library {
            None => Store::Memory,
            Some(path) if self.read_only => Store::Reader(RedbReader::open(path)?),
            Some(path) => Store::Redb(RedbStore::open(path)?),
        };
        let started = Threads::start(store, self.output.clone(), self.locale.clone());
        started.map_err(|error| EngineError::Open {
            reason: error.to_string(),
        })
    }
}

/// A library that runs on threads of its own.
///
/// Its methods ask and wait for the answer, which takes a tick of the library, and never for a scan or for
/// sound. What happens meanwhile is mirrored here: see [`Engine::client`] and [`Engine::next_event`].
#[derive(Debug)]
pub struct Engine {
    client: Client,
    to_library: Inlet<Vec<u8>>,
    from_library: Receiver<Vec<u8>>,
    events: VecDeque<Event>,
    threads: Threads,
    builder: EngineBuilder,
}

/// A window of the answer to a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueryAnswer {
    /// How many tracks match.
    pub total: u32,
    /// Those of the window.
    pub rows: Vec<TrackRow>,
}

/// How a sync ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncOutcome {
    /// Its last state.
    pub state: JobState,
    /// What it did.
    pub progress: JobProgress,
    /// The files that it could not read, the first of them.
    pub failures: Vec<FileFailure>,
}

/// How long to wait for a message before looking again whether the library's threads are alive.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many ratings are on their way at once: one at a time would take a tick each.
const RATED_AT_ONCE: usize = 256;

impl Engine {
    /// Begins to set an engine up.
    #[must_use]
    pub fn builder() -> EngineBuilder {
        EngineBuilder {
            library: None,
            read_only: false,
            output: Output::Device,
            locale: None,
        }
    }

    fn new(link: HostLink, threads: Threads, builder: EngineBuilder) -> Self {
        let mut engine = Self {
            client: Client::new(CREDITS),
            to_library: link.to_library,
            from_library: link.from_library,
            events: VecDeque::new(),
            threads,
            builder,
        };
        engine.send();
        engine
    }

    /// Shows what another process has stored since a library was opened with [`EngineBuilder::read_only`]: it is read
    /// anew, and open views with it. Any other library is always as it should be, and is left alone.
    ///
    /// # Errors
    /// As [`EngineBuilder::open`]; the library then stays as it was.
    pub fn refresh(&mut self) -> Result<(), EngineError> {
        if !self.builder.read_only {
            return Ok(());
        }
        let (threads, link) = self.builder.start()?;
        self.threads = threads;
        self.to_library = link.to_library;
        self.from_library = link.from_library;
        let lost = self.client.remote_mut().reconnect();
        self.events.extend(lost);
        self.send();
        self.wait_until_loaded()
    }

    fn send(&mut self) {
        for bytes in self.client.take_outgoing() {
            self.to_library.send(bytes);
        }
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.events.extend(self.client.receive(bytes));
        self.send();
    }

    /// Waits for a message, for so long at the most. `false` when none came.
    fn wait(&mut self, patience: Duration) -> Result<bool, EngineError> {
        match self.from_library.recv_timeout(patience) {
            Ok(bytes) => {
                self.receive(&bytes);
                Ok(true)
            }
            Err(RecvTimeoutError::Timeout) if self.threads.have_failed() => Err(EngineError::Stopped),
            Err(RecvTimeoutError::Timeout) => Ok(false),
            Err(RecvTimeoutError::Disconnected) => Err(EngineError::Stopped),
        }
    }

    fn wait_until_loaded(&mut self) -> Result<(), EngineError> {
        while !self.client.remote().storage().loaded {
            if let Some(reason) = self.client.remote().storage().read_only.clone() {
                return Err(EngineError::Open { reason });
            }
            self.wait(PATIENCE)?;
        }
        Ok(())
    }

    /// Asks the library and waits for its answer.
    ///
    /// # Errors
    /// [`EngineError::Request`] if it is not granted, [`EngineError::Stopped`] if the library has stopped.
    pub fn ask(&mut self, request: Request) -> Result<Response, EngineError> {
        let asked = self.client.request(request);
        self.send();
        self.answer(asked, &mut drop)?.map_err(EngineError::from)
    }

    /// The same with a request that takes long: `progress` is told how far it is, in thousandths.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn ask_and_watch(
        &mut self,
        request: Request,
        mut progress: impl FnMut(u16),
    ) -> Result<Response, EngineError> {
        let asked = self.client.request(request);
        self.send();
        self.answer(asked, &mut progress)?.map_err(EngineError::from)
    }

    /// Waits for the answer to a request.
    fn answer(
        &mut self,
        asked: u32,
        progress: &mut dyn FnMut(u16),
    ) -> Result<Result<Response, RequestError>, EngineError> {
        loop {
            self.events.retain(|event| match event {
                Event::Progress { id, done } if *id == asked => {
                    progress(*done);
                    false
                }
                _ => true,
            });
            let is_answer = |event: &Event| matches!(event, Event::Answer { id, .. } if *id == asked);
            if let Some(place) = self.events.iter().position(is_answer)
                && let Some(Event::Answer { answer, .. }) = self.events.remove(place)
            {
                return Ok(answer);
            }
            self.wait(PATIENCE)?;
        }
    }

    /// Takes in what the library has sent meanwhile, and gives the next thing that happened, if any.
    ///
    /// # Errors
    /// [`EngineError::Stopped`] if the library has stopped.
    pub fn next_event(&mut self, patience: Duration) -> Result<Option<Event>, EngineError> {
        // What was asked through the mirror since: views that were opened, moved or closed.
        self.send();
        while let Ok(bytes) = self.from_library.try_recv() {
            self.receive(&bytes);
        }
        if self.events.is_empty() {
            self.wait(patience)?;
        }
        Ok(self.events.pop_front())
    }

    /// The mirror: views, jobs, providers and the player as they were last heard of.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The mirror, to open and to move views.
    pub fn client_mut(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Adds a folder of this machine, or finds it among those that are known.
    ///
    /// # Errors
    /// [`EngineError::Path`] if it is no folder; as [`Engine::ask`].
    pub fn add_folder(&mut self, folder: impl AsRef<Path>) -> Result<ProviderId, EngineError> {
        let given = folder.as_ref();
        let bad = |reason: String| EngineError::Path {
            path: given.to_path_buf(),
            reason,
        };
        // However a folder is reached, it is the same place.
        let path = given.canonicalize().map_err(|error| bad(error.to_string()))?;
        if !path.is_dir() {
            return Err(bad("this is not a folder".to_owned()));
        }
        let name = path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned();
        match self.ask(Request::AddProvider {
            kind: ProviderKind::Folder { path: spell(&path) },
            name,
        })? {
            Response::Provider(provider) => Ok(provider),
            other => Err(unexpected(&other)),
        }
    }

    /// Starts to bring a provider up to date, or finds the job that does it already.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn start_sync(&mut self, provider: ProviderId) -> Result<JobId, EngineError> {
        match self.ask(Request::StartSync { provider })? {
            Response::Job(job) => Ok(job),
            other => Err(unexpected(&other)),
        }
    }

    /// Waits until a sync is over, or pauses for want of something that only the listener can give.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn wait_for_sync(
        &mut self,
        job: JobId,
        mut progress: impl FnMut(&JobProgress),
    ) -> Result<SyncOutcome, EngineError> {
        loop {
            if let Some(view) = self.client.jobs().into_iter().find(|view| view.id == job) {
                progress(view.progress);
                if view.state.is_over() || matches!(view.state, JobState::Paused(_)) {
                    return Ok(SyncOutcome {
                        state: view.state.clone(),
                        progress: view.progress.clone(),
                        failures: view.failures.to_vec(),
                    });
                }
            }
            self.wait(PATIENCE)?;
        }
    }

    /// Answers a query (`systems/QUERY.md`) with a window of its tracks.
    ///
    /// # Errors
    /// [`EngineError::Request`] if the query does not follow the grammar.
    pub fn query(&mut self, query: &str, window: Range<u32>) -> Result<QueryAnswer, EngineError> {
        let limit = window.end.saturating_sub(window.start);
        let request = Request::QueryTracks {
            query: query.to_owned(),
            offset: window.start,
            limit,
        };
        match self.ask(request)? {
            Response::Tracks { total, rows } => Ok(QueryAnswer { total, rows }),
            other => Err(unexpected(&other)),
        }
    }

    /// Counts the tracks that answer a query by the values of a field: a window of those values.
    ///
    /// Of artists and album artists each value says on how many albums its tracks are as well.
    ///
    /// # Errors
    /// [`EngineError::Request`] if the query does not follow the grammar.
    pub fn facets(
        &mut self,
        query: &str,
        field: FacetField,
        order: FacetOrder,
        window: Range<u32>,
    ) -> Result<Facets, EngineError> {
        let request = Request::Facets {
            query: query.to_owned(),
            field,
            order,
            offset: window.start,
            limit: window.end.saturating_sub(window.start),
        };
        match self.ask(request)? {
            Response::Facets { total, rows } => Ok(Facets { total, rows }),
            other => Err(unexpected(&other)),
        }
    }

    /// The artists of the tracks that answer a query, by name, each with how many tracks and albums.
    ///
    /// The albums of one are what `albumartist:="…"` finds in a view of albums.
    ///
    /// # Errors
    /// [`EngineError::Request`] if the query does not follow the grammar.
    pub fn artists(&mut self, query: &str, window: Range<u32>) -> Result<Facets, EngineError> {
        self.facets(query, FacetField::Artist, FacetOrder::Name, window)
    }

    /// Rates tracks: one to five stars, or zero to take their ratings away.
    ///
    /// # Errors
    /// [`EngineError::Request`] for the first that was not rated, because there is no such track or the library cannot be
    /// written; what stands before it and some behind it are rated then.
    pub fn rate(&mut self, tracks: &[TrackId], stars: u8) -> Result<(), EngineError> {
        for tracks in tracks.chunks(RATED_AT_ONCE) {
            let request = |&track: &TrackId| self.client.request(Request::Rate { track, stars });
            let asked: Vec<u32> = tracks.iter().map(request).collect();
            self.send();
            let mut first = Ok(());
            for asked in asked {
                first = first.and(self.answer(asked, &mut drop)?.map(drop));
            }
            first?;
        }
        Ok(())
    }

    /// Counts what is in the library.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn totals(&mut self) -> Result<LibraryCounts, EngineError> {
        match self.ask(Request::Count)? {
            Response::Counts(counts) => Ok(counts),
            other => Err(unexpected(&other)),
        }
    }

    /// Replaces the queue by the answer to a query and plays.
    ///
    /// # Errors
    /// [`EngineError::Request`] if the query does not follow the grammar, or nothing matches it.
    pub fn play(&mut self, query: &str) -> Result<(), EngineError> {
        self.player(PlayerRequest::PlayQuery {
            query: query.to_owned(),
            start: 0,
        })
    }

    /// Tells the player something.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn player(&mut self, request: PlayerRequest) -> Result<(), EngineError> {
        self.ask(Request::Player(request)).map(drop)
    }

    /// Writes what is not stored yet and ends the library's threads. Dropping an engine does the same, and
    /// cannot say whether it went well.
    ///
    /// # Errors
    /// [`EngineError::Request`] if not everything could be written.
    pub fn close(mut self) -> Result<(), EngineError> {
        if !self.builder.read_only {
            self.ask(Request::Flush)?;
        }
        self.threads.stop();
        Ok(())
    }
}

fn unexpected(response: &Response) -> EngineError {
    let reason = format!("the library gave another answer than was asked for: {response:?}");
    EngineError::Request(RequestError::Failed { reason })
}
