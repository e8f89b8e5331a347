//! The library worker: runs the ticks of a [`Library`], and carries its requests to the store, the pool, the audio
//! worker and the folders, and its frames to the page.
//!
//! A tick runs when something came in or is due, never by itself.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

use js_sys::{Array, Function};
use segue::library::{HostLink, Library, LibraryConfig, Services, Waker};
use segue_audio::command::{AudioCommand, AudioReport, AudioStatus};
use segue_components::id::JobId;
use segue_components::provider::ProviderKind;
use segue_components::sync_job::FileFailure;
use segue_components::wire::message::ToLibrary;
use segue_systems::persist::driver::{Driver, OpenError, StoreAnswer};
use segue_systems::persist::flush_now;
use segue_systems::persist::memory::MemoryStore;
use segue_systems::persist::meta::MetaError;
use segue_systems::persist::store::{PageStore, StoreError};
use segue_systems::scan::work::{ListRequest, ListedFile, Listing};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MessageChannel, MessageEvent, MessagePort, WorkerGlobalScope};

use crate::folders::Folders;
use crate::indexed_db::IndexedDb;
use crate::pool_link::PoolLink;
use crate::port::{self, Bell};
use crate::{clock, exception};

/// Files under way in the pool at once, waiting ones included: enough that no worker of it ever waits for us.
const FILES_IN_FLIGHT: usize = 48;

thread_local! {
    // The waker has to be `Send`, and what it wakes is not: there is one library in a worker.
    static WAKE: RefCell<Option<Rc<State>>> = const { RefCell::new(None) };
}

/// How a library was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// `indexeddb` or `memory`.
    pub backend: &'static str,
    /// Why it is in memory though it was not asked to be, for programs: `unavailable` or `quota`.
    pub reason: Option<&'static str>,
    /// The same for the listener.
    pub message: Option<String>,
}

/// Why a library was not opened. What is stored is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// For programs: `newer`, `notALibrary` or `damaged`.
    pub code: &'static str,
    /// For the listener.
    pub message: String,
}

/// The library worker.
#[derive(Debug, Clone)]
pub struct LibraryWorker(Rc<State>);

/// A host and the way to it.
#[derive(Debug)]
struct Host {
    link: HostLink,
    port: MessagePort,
    /// What the port calls.
    receive: Closure<dyn FnMut(MessageEvent)>,
}

#[derive(Debug)]
struct State {
    library: RefCell<Library>,
    services: Services,
    hosts: RefCell<Vec<Host>>,
    pool: PoolLink,
    audio: RefCell<Option<MessagePort>>,
    // The key of the item that the audio worker was told to load last, until it stops.
    playing: Cell<Option<u64>>,
    folders: Folders,
    cancelled: RefCell<HashSet<JobId>>,
    store_bell: RefCell<Bell>,
    closed_bell: RefCell<Bell>,
    // How the store was opened, once it is known.
    opened: RefCell<Option<Result<(), OpenError>>>,
    opened_bell: RefCell<Bell>,
    // Posting here runs a turn after everything that waits already.
    turn: MessagePort,
    scheduled: Cell<bool>,
    timer: Cell<Option<i32>>,
    run_turn: RefCell<Option<Function>>,
}

impl LibraryWorker {
    /// Opens the library in the IndexedDB of this name, or one in memory, and serves the page behind this port.
    /// Whoever calls holds the lock of this name (`js/library-worker.js`). Names sort as this locale has it.
    ///
    /// # Errors
    /// [`Refused`] if the library is of a newer version, or not one.
    pub async fn open(
        name: Option<&str>,
        locale: String,
        page: MessagePort,
        folders: Folders,
    ) -> Result<(Self, Opened), Refused> {
        let memory = |reason, message| Opened {
            backend: "memory",
            reason,
            message,
        };
        let unavailable = |detail: String| {
            let message = format!(
                "This browser keeps nothing for this page, so the library is gone on reload ({detail})"
            );
            memory(Some("unavailable"), Some(message))
        };
        let (store, opened) = match name {
            None => (None, memory(None, None)),
            Some(_) if !IndexedDb::is_available() => (None, unavailable("it has no IndexedDB".to_owned())),
            Some(name) => match IndexedDb::open(name).await {
                Ok(store) => {
                    let opened = Opened {
                        backend: "indexeddb",
                        reason: None,
                        message: None,
                    };
                    (Some(store), opened)
                }
                Err(StoreError::Full { detail }) => {
                    let message =
                        format!("There is no room left, so the library is gone on reload ({detail})");
                    (None, memory(Some("quota"), Some(message)))
                }
                Err(StoreError::Io { detail }) => (None, unavailable(detail)),
                Err(error) => return Err(refused(&OpenError::Store(error))),
            },
        };
        let worker = Self::start(locale, page, folders);
        match store {
            Some(store) => spawn_local(serve_store(Rc::clone(&worker.0), Driver::new(store))),
            None => spawn_local(serve_store(
                Rc::clone(&worker.0),
                Driver::new(MemoryStore::default()),
            )),
        }
        worker.0.schedule();
        loop {
            let result = worker.0.opened.borrow_mut().take();
            if let Some(result) = result {
                return match result {
                    Ok(()) => Ok((worker, opened)),
                    Err(error) => Err(refused(&error)),
                };
            }
            let opened = worker.0.opened_bell.borrow_mut().promise();
            port::wait(opened).await;
        }
    }

    fn start(locale: String, page: MessagePort, folders: Folders) -> Self {
        let waker = Waker::new(|| {
            WAKE.with_borrow(|state| {
                if let Some(state) = state {
                    state.schedule();
                }
            });
        });
        let config = LibraryConfig {
            files_in_flight: FILES_IN_FLIGHT,
            locale: Some(locale),
        };
        let (library, services) = Library::new(&config, waker);
        let channel = MessageChannel::new().expect("every browser with workers has channels");
        let pool = PoolLink::new(services.pool.answers.clone());
        let state = Rc::new(State {
            library: RefCell::new(library),
            services,
            hosts: RefCell::default(),
            pool,
            audio: RefCell::new(None),
            playing: Cell::new(None),
            folders,
            cancelled: RefCell::default(),
            store_bell: RefCell::default(),
            closed_bell: RefCell::default(),
            opened: RefCell::new(None),
            opened_bell: RefCell::default(),
            turn: channel.port1(),
            scheduled: Cell::new(false),
            timer: Cell::new(None),
            run_turn: RefCell::new(None),
        });
        WAKE.set(Some(Rc::clone(&state)));
        let turning = Rc::clone(&state);
        port::listen(&channel.port2(), move |_| turning.turn());
        let due = Rc::clone(&state);
        let due = Closure::<dyn FnMut()>::new(move || {
            due.timer.set(None);
            due.schedule();
        });
        state.run_turn.replace(Some(due.into_js_value().unchecked_into()));
        let worker = Self(state);
        worker.add_host(page);
        worker
    }

    /// Serves another host behind this port from now on, beside those that are there. Whatever has a port's
    /// `postMessage` and `onmessage` will do. The number names it in [`LibraryWorker::remove_host`].
    pub fn add_host(&self, port: MessagePort) -> u32 {
        let link = self.0.library.borrow_mut().connect();
        let host = link.host.0;
        let to_library = link.to_library.clone();
        let receive = port::listen_for(&port, move |message| {
            if let Some(bytes) = port::bytes(&message) {
                to_library.send(bytes);
            }
        });
        self.0.hosts.borrow_mut().push(Host { link, port, receive });
        host
    }

    /// Forgets a host and what it was owed.
    pub fn remove_host(&self, host: u32) {
        let hosts = &mut *self.0.hosts.borrow_mut();
        if let Some(at) = hosts.iter().position(|known| known.link.host.0 == host) {
            let Host { link, port, receive } = hosts.swap_remove(at);
            port.set_onmessage(None);
            drop(receive);
            link.to_library.send(ToLibrary::Goodbye.to_bytes());
        }
    }

    /// Reads files through the worker behind this port from now on. The number names it in
    /// [`LibraryWorker::replace_pool`].
    pub fn add_pool(&self, worker: MessagePort) -> usize {
        self.0.pool.add(worker)
    }

    /// A worker of the pool crashed: goes on with the one behind this port, or without it.
    pub fn replace_pool(&self, number: usize, worker: Option<MessagePort>) {
        self.0.pool.replace(number, worker);
    }

    /// Plays through the audio worker behind this port from now on. If there was one before, it crashed.
    pub fn set_audio(&self, worker: MessagePort) {
        let state = Rc::clone(&self.0);
        port::listen(&worker, move |message| {
            let report =
                port::bytes(&message).and_then(|bytes| postcard::from_bytes::<AudioReport>(&bytes).ok());
            let Some(report) = report else {
                return;
            };
            if let AudioReport::State {
                status: AudioStatus::Stopped,
                ..
            } = report
            {
                state.playing.set(None);
            }
            state.services.audio.answers.send(report);
        });
        let crashed = self.0.audio.replace(Some(worker)).is_some();
        if crashed && let Some(key) = self.0.playing.take() {
            // Most likely this very file did it: the queue goes on with the next one.
            let error = "the player crashed on this file and was started again".to_owned();
            self.0
                .services
                .audio
                .answers
                .send(AudioReport::Failed { key, error });
        }
    }

    /// Tells the library that sound cannot come out, and why.
    pub fn output_failed(&self, error: String) {
        self.0
            .services
            .audio
            .answers
            .send(AudioReport::OutputFailed { error });
    }

    /// Writes what is not stored yet without waiting for more: the page was hidden.
    pub fn flush(&self) {
        flush_now(self.0.library.borrow_mut().world_mut());
        self.0.schedule();
    }

    /// Writes what is not stored yet and lets go of the store.
    pub async fn close(&self) {
        self.0.library.borrow_mut().close();
        self.0.schedule();
        while !self.0.library.borrow().is_closed() {
            let closed = self.0.closed_bell.borrow_mut().promise();
            port::wait(closed).await;
        }
    }
}

/// Why a store was not opened, as programs and listeners are told.
fn refused(error: &OpenError) -> Refused {
    let (code, message) = match error {
        OpenError::Store(StoreError::Closed) => (
            "newer",
            "the library belongs to a newer version of this page; reload it".to_owned(),
        ),
        OpenError::Meta(MetaError::Newer { .. }) => ("newer", error.to_string()),
        OpenError::Meta(_) => ("damaged", error.to_string()),
        _ => ("notALibrary", error.to_string()),
    };
    Refused { code, message }
}

impl State {
    /// Asks for a turn, after what waits already.
    fn schedule(&self) {
        if !self.scheduled.replace(true)
            && let Err(thrown) = self.turn.post_message(&JsValue::NULL)
        {
            web_sys::console::error_1(&exception::text(&thrown).into());
        }
    }

    fn turn(self: &Rc<Self>) {
        self.scheduled.set(false);
        let (due, closed) = {
            let mut library = self.library.borrow_mut();
            library.tick(clock::read());
            (library.due(), library.is_closed())
        };
        for host in &*self.hosts.borrow() {
            while let Ok(bytes) = host.link.from_library.try_recv() {
                port::post(&host.port, &bytes);
            }
        }
        if !self.services.store.requests.is_empty() {
            self.store_bell.borrow_mut().ring();
        }
        while let Ok(request) = self.services.pool.requests.try_recv() {
            self.pool.read(request);
        }
        while let Ok(request) = self.services.lister.requests.try_recv() {
            self.list(request);
        }
        while let Ok(command) = self.services.audio.requests.try_recv() {
            self.play(&command);
        }
        if closed {
            self.closed_bell.borrow_mut().ring();
        }
        self.set_timer(due);
    }

    /// Sees to it that a turn comes when one is due.
    fn set_timer(&self, due: Option<u64>) {
        let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
        if let Some(timer) = self.timer.take() {
            scope.clear_timeout_with_handle(timer);
        }
        let Some(due) = due else {
            return;
        };
        let wait = due.saturating_sub(clock::read().now);
        if wait == 0 {
            self.schedule();
            return;
        }
        let wait = i32::try_from(wait).unwrap_or(i32::MAX);
        let run = self.run_turn.borrow();
        let run = run.as_ref().expect("set before the first turn");
        match scope.set_timeout_with_callback_and_timeout_and_arguments_0(run, wait) {
            Ok(timer) => self.timer.set(Some(timer)),
            Err(_) => self.schedule(),
        }
    }

    fn play(&self, command: &AudioCommand) {
        match command {
            AudioCommand::Load { item, .. } => self.playing.set(Some(item.key)),
            AudioCommand::Stop => self.playing.set(None),
            _ => {}
        }
        let bytes = postcard::to_stdvec(command).expect("commands are plain data");
        if let Some(audio) = &*self.audio.borrow() {
            port::post(audio, &bytes);
        }
    }

    fn list(self: &Rc<Self>, request: ListRequest) {
        match request {
            ListRequest::Cancel { job } => {
                self.cancelled.borrow_mut().insert(job);
            }
            ListRequest::Start { job, kind } => {
                self.cancelled.borrow_mut().remove(&job);
                match kind {
                    ProviderKind::Handle { key } if self.folders.has(&key) => {
                        let state = Rc::clone(self);
                        spawn_local(async move {
                            let end = state.list_folder(job, &key).await;
                            state.services.lister.answers.send(end);
                        });
                    }
                    ProviderKind::Handle { .. } => {
                        self.services.lister.answers.send(Listing::AccessNeeded { job });
                    }
                    _ => {
                        let error = "a folder of the machine cannot be listed in a browser".to_owned();
                        self.services.lister.answers.send(Listing::Failed { job, error });
                    }
                }
            }
        }
    }

    async fn list_folder(self: &Rc<Self>, job: JobId, key: &str) -> Listing {
        let state = Rc::clone(self);
        let page = Closure::<dyn FnMut(Array, Array) -> bool>::new(move |files: Array, failures: Array| {
            let files = files.iter().filter_map(|file| listed(&file)).collect();
            let failures = failures.iter().filter_map(|failure| unlisted(&failure)).collect();
            state
                .services
                .lister
                .answers
                .send(Listing::Page { job, files, failures });
            !state.cancelled.borrow().contains(&job)
        });
        let listing = self.folders.list(key, page.as_ref().unchecked_ref());
        match JsFuture::from(listing).await {
            Ok(_) => Listing::Done { job },
            Err(thrown) => match exception::name(&thrown).as_str() {
                "NotAllowedError" | "SecurityError" => Listing::AccessNeeded { job },
                _ => Listing::Failed {
                    job,
                    error: exception::message(&thrown),
                },
            },
        }
    }
}

/// A listed file: `[path, size, modified]`.
fn listed(file: &JsValue) -> Option<ListedFile> {
    let file: &Array = file.dyn_ref()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes and times are whole, and what is below zero becomes zero"
    )]
    let number = |at: u32| file.get(at).as_f64().unwrap_or(0.0) as u64;
    Some(ListedFile {
        path: file.get(0).as_string()?,
        size: number(1),
        modified: number(2),
    })
}

/// What could not be listed: `[path, error]`.
fn unlisted(failure: &JsValue) -> Option<FileFailure> {
    let failure: &Array = failure.dyn_ref()?;
    Some(FileFailure {
        path: failure.get(0).as_string()?,
        error: failure.get(1).as_string()?,
    })
}

/// Owns the store: answers one request after the other.
async fn serve_store<S: PageStore>(state: Rc<State>, mut driver: Driver<S>) {
    loop {
        while let Ok(request) = state.services.store.requests.try_recv() {
            let answer = driver.answer(request).await;
            if let StoreAnswer::Opened(result) = &answer {
                let result = result.as_ref().map(drop).map_err(Clone::clone);
                state.opened.replace(Some(result));
                state.opened_bell.borrow_mut().ring();
            }
            let over = matches!(answer, StoreAnswer::Closed);
            state.services.store.answers.send(answer);
            if over {
                return;
            }
        }
        let asked = state.store_bell.borrow_mut().promise();
        port::wait(asked).await;
    }
}
