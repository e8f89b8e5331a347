//! Threads and files in place of workers and IndexedDB.
//!
//! - [`path`]: paths of this machine as the library spells them
//! - [`clock`]: its time
//! - [`lister`], `pool`: folders listed, files read
//! - [`redb_store`]: pages in one file
//! - [`sound`]: the player and its outputs

pub mod clock;
pub mod lister;
pub mod path;
pub(crate) mod pool;
pub mod redb_store;
pub mod sound;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use segue_systems::persist::driver::{Driver, StoreAnswer, StoreRequest};
use segue_systems::persist::memory::MemoryStore;
use segue_systems::persist::store::PageStore;

use crate::library::{HostLink, Inlet, Library, LibraryConfig, Service, Waker};
use clock::NativeClock;
use redb_store::RedbStore;
use redb_store::reader::RedbReader;
use sound::SoundOutput;

/// Where pages are kept.
#[derive(Debug)]
pub(crate) enum Store {
    /// In memory, for as long as the process lives.
    Memory,
    /// In a file.
    Redb(RedbStore),
    /// In a file that others may be writing.
    Reader(RedbReader),
}

/// The threads of a library.
#[derive(Debug)]
pub(crate) struct Threads {
    stop: Arc<AtomicBool>,
    waker: Waker,
    threads: Vec<JoinHandle<()>>,
}

/// The locale of the process, as far as it says how names sort.
fn locale() -> Option<String> {
    let names = ["LC_ALL", "LC_COLLATE", "LANG"];
    let set = names.iter().filter_map(|name| std::env::var(name).ok());
    set.into_iter().find(|locale| !locale.is_empty())
}

impl Threads {
    /// Starts a library and everything around it. The link is that of its first host.
    pub(crate) fn start(
        store: Store,
        output: SoundOutput,
        locale: Option<String>,
    ) -> std::io::Result<(Self, HostLink)> {
        let clock = NativeClock::start();
        let (wake, woken) = bounded(1);
        let waker = Waker::new(move || {
            // A full channel means that somebody has woken it already.
            let _ = wake.try_send(());
        });
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let config = LibraryConfig {
            files_in_flight: cores * 32,
            locale: locale.or_else(self::locale),
        };
        let (mut library, services) = Library::new(&config, waker.clone());
        let link = library.connect();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let threads = vec![
            spawn("library", move || run(library, clock, &woken, &stopped))?,
            spawn("store", move || match store {
                Store::Memory => serve_store(MemoryStore::default(), &services.store),
                Store::Redb(store) => serve_store(store, &services.store),
                Store::Reader(store) => serve_store(store, &services.store),
            })?,
            spawn("lister", move || {
                lister::serve(&services.lister.requests, &services.lister.answers)
            })?,
            spawn("reader", move || {
                pool::serve(&services.pool.requests, &services.pool.answers, cores)
            })?,
            spawn("sound", move || {
                sound::serve(&services.audio.requests, &services.audio.answers, &output, clock)
            })?,
        ];
        Ok((Self { stop, waker, threads }, link))
    }

    /// Whether a thread ended that was not told to: nothing more is to be expected of the library.
    pub(crate) fn have_failed(&self) -> bool {
        !self.stop.load(Ordering::Acquire) && self.threads.iter().any(JoinHandle::is_finished)
    }

    /// Writes what is not stored yet, and waits until every thread has ended.
    pub(crate) fn stop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.waker.wake();
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so on standard error; there is nothing left to wait for.
            drop(thread.join());
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    Builder::new().name(format!("segue {name}")).spawn(run)
}

/// Runs ticks until it is told to stop and everything is stored.
fn run(mut library: Library, clock: NativeClock, woken: &Receiver<()>, stop: &AtomicBool) {
    let mut closing = false;
    loop {
        library.tick(clock.now());
        if stop.load(Ordering::Acquire) && !closing {
            library.close();
            closing = true;
            continue;
        }
        if closing && library.is_closed() {
            return;
        }
        let wait = library.due().map(|due| due.saturating_sub(clock.now().now));
        let ended = match wait {
            Some(0) => false,
            Some(wait) => {
                let timeout = std::time::Duration::from_millis(wait);
                matches!(woken.recv_timeout(timeout), Err(RecvTimeoutError::Disconnected))
            }
            None => woken.recv().is_err(),
        };
        if ended {
            return;
        }
    }
}

/// Tells the library that its store is gone, whatever ended the store's thread: it does not wait for ever.
struct LastWord<'a>(&'a Inlet<StoreAnswer>);

impl Drop for LastWord<'_> {
    fn drop(&mut self) {
        self.0.send(StoreAnswer::Closed);
    }
}

fn serve_store<S: PageStore>(store: S, service: &Service<StoreRequest, StoreAnswer>) {
    let _last_word = LastWord(&service.answers);
    let mut driver = Driver::new(store);
    for request in &service.requests {
        let answer = bevy_tasks::block_on(driver.answer(request));
        if let Some(losses) = driver.store().take_losses() {
            service.answers.send(StoreAnswer::Lost(losses));
        }
        service.answers.send(answer);
    }
}
