//! The model test of a backend: a library that is edited, flushed, crashed and opened again at random, over a
//! disk that fails, is always one that was committed, and never older than what was acknowledged.
//!
//! The same seeds run over every backend, in memory, in redb and in a browser. What the library should hold is
//! kept beside it in ordered maps ([`Expected`]).

use core::fmt;
use core::ops::AddAssign;
use core::task::Poll;

use bevy_ecs::world::World;
use segue_components::wire::registry::KINDS;

pub use super::edits::Random;
use super::edits::{Expected, edit};
use super::{Library, wait};
use crate::persist::PersistPlugin;
use crate::persist::memory::{Fault, MemoryStore};
use crate::persist::store::{PageStore, StoreError};

/// What goes wrong with a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The call with this number, counted from now, fails, wholly undone or torn, as the backend has it.
    Fail(u64),
    /// The call with this number is done, and then fails all the same.
    LoseAnswer(u64),
    /// There is room for so many bytes beside what is there now.
    Full(u64),
    /// Whoever has it open loses it at the call with this number, and has to open it again.
    Close(u64),
}

impl Trouble {
    /// One of them, that strikes within so many calls.
    fn any(random: &mut Random, calls: u64) -> Self {
        match random.below(4) {
            0 => Self::LoseAnswer(random.below(calls)),
            1 => Self::Full(random.below(20_000)),
            2 => Self::Close(random.below(calls)),
            _ => Self::Fail(random.below(calls)),
        }
    }
}

/// A disk that outlives its libraries, and fails on demand. What a call is, the backend says: one of the
/// library's, or one of many that these are made of.
pub trait Disk {
    /// A store of this disk.
    type Store: PageStore;

    /// How many calls a commit takes, about.
    const CALLS: u64;

    /// Opens it once more; what was not committed may be gone.
    fn open(&mut self) -> impl Future<Output = Result<Self::Store, StoreError>>;

    /// Whoever had it open is gone, and said nothing.
    fn abandon(&mut self, store: Self::Store) -> impl Future<Output = ()> {
        drop(store);
        core::future::ready(())
    }

    /// The machine dies. What the disk was not told to keep may be gone, or half there.
    fn crash(&mut self, random: &mut Random);

    /// Sets what goes wrong from now on; `None` for nothing.
    fn set_trouble(&mut self, trouble: Option<Trouble>);

    /// How many calls there were since then.
    fn calls(&self) -> u64;
}

impl Disk for MemoryStore {
    type Store = Self;

    const CALLS: u64 = 1;

    async fn open(&mut self) -> Result<Self, StoreError> {
        Ok(self.clone())
    }

    /// It keeps what it acknowledged, and nothing else: batches are whole or absent.
    fn crash(&mut self, _: &mut Random) {}

    fn set_trouble(&mut self, trouble: Option<Trouble>) {
        self.set_fault(trouble.map(|trouble| match trouble {
            Trouble::Fail(call) | Trouble::Close(call) => Fault::FailCall(call),
            Trouble::LoseAnswer(call) => Fault::LoseAnswer(call),
            Trouble::Full(room) => {
                let room = usize::try_from(room).expect("a few thousand");
                Fault::Quota(self.disk().size() + room)
            }
        }));
    }

    fn calls(&self) -> u64 {
        Self::calls(self)
    }
}

/// What was done, for those who count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Edits, ticks, flushes, failures, crashes.
    pub operations: u64,
    /// Batches that were acknowledged.
    pub commits: u64,
    /// Failures that were set.
    pub troubles: u64,
    /// Crashes, each with a library that was opened again and compared.
    pub crashes: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.operations += other.operations;
        self.commits += other.commits;
        self.troubles += other.troubles;
        self.crashes += other.crashes;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} operations, {} commits, {} failures, {} crashes",
            self.operations, self.commits, self.troubles, self.crashes
        )
    }
}

/// A library with what it should hold, and what its store may hold.
struct Run<'a, D: Disk> {
    disk: &'a mut D,
    /// There but while it is opened again.
    open: Option<Library<D::Store>>,
    random: Random,
    now: Expected,
    /// What is surely stored.
    stored: Expected,
    /// What may be: batches that went out and were not acknowledged.
    maybe: Vec<Expected>,
    troubled: bool,
    count: Count,
}

/// Runs one history of random edits, ticks, flushes, failures and crashes.
///
/// # Panics
/// If a library comes back as it never was, loses what was acknowledged, or does not recover.
pub fn check<D: Disk>(disk: &mut D, seed: u64, steps: u32) -> Count {
    wait(check_later(disk, seed, steps))
}

/// The same with a store that makes its caller wait.
///
/// # Panics
/// As [`check`] does.
pub async fn check_later<D: Disk>(disk: &mut D, seed: u64, steps: u32) -> Count {
    let mut run = Run::new(disk, seed).await;
    for step in 0..steps {
        run.step()
            .await
            .unwrap_or_else(|problem| panic!("seed {seed}, step {step}: {problem}"));
    }
    run.reopen(false)
        .await
        .unwrap_or_else(|problem| panic!("seed {seed}, at the end: {problem}"));
    run.abandon().await;
    run.count
}

/// Runs one short history again and again, each time with another call that fails, in each way in which a call
/// can: from the first call to the last, or every so manieth.
///
/// # Panics
/// As [`check_call`] does.
pub fn check_every_call<D: Disk>(disk: impl Fn() -> D, seed: u64, stride: u64) -> Count {
    let mut count = Count::default();
    for trouble in [Trouble::Fail, Trouble::LoseAnswer, Trouble::Close] {
        let mut call = seed % stride;
        loop {
            let (round, calls) = wait(check_call(&mut disk(), seed, trouble(call)));
            count += round;
            if calls <= call {
                break;
            }
            call += stride;
        }
    }
    count
}

/// Runs one short history on a disk with this trouble, and then goes on without. What was done, and how many calls
/// there were while there was trouble.
///
/// # Panics
/// As [`check`] does, and if the library cannot store everything once the disk works again.
pub async fn check_call<D: Disk>(disk: &mut D, seed: u64, trouble: Trouble) -> (Count, u64) {
    let mut run = Run::new(disk, seed).await;
    let result = run.with_trouble(trouble).await;
    let calls = result.unwrap_or_else(|problem| panic!("seed {seed}, {trouble:?}: {problem}"));
    run.abandon().await;
    (run.count, calls)
}

impl<'a, D: Disk> Run<'a, D> {
    async fn new(disk: &'a mut D, seed: u64) -> Self {
        disk.set_trouble(None);
        let mut random = Random::new(seed);
        let store = disk.open().await.expect("a disk without trouble opens");
        let open = Some(open(store, &mut random).await);
        Self {
            disk,
            open,
            random,
            now: Expected::default(),
            stored: Expected::default(),
            maybe: Vec::new(),
            troubled: false,
            count: Count::default(),
        }
    }

    fn set_trouble(&mut self, trouble: Option<Trouble>) {
        self.count.troubles += u64::from(trouble.is_some());
        self.troubled = trouble.is_some();
        self.disk.set_trouble(trouble);
    }

    fn library(&mut self) -> &mut Library<D::Store> {
        self.open.as_mut().expect("a library is open")
    }

    async fn abandon(&mut self) {
        if let Some(library) = self.open.take() {
            self.disk.abandon(library.driver.into_store()).await;
        }
    }

    fn edit(&mut self) {
        let library = self.open.as_mut().expect("a library is open");
        edit(library, &mut self.now, &mut self.random);
    }

    async fn step(&mut self) -> Result<(), String> {
        self.count.operations += 1;
        match self.random.below(100) {
            0..64 => self.edit(),
            64..86 => {
                let wait = self.random.below(1_200);
                self.advance(wait).await;
            }
            86..91 => {
                let trouble = Trouble::any(&mut self.random, 2 * D::CALLS);
                self.set_trouble(Some(trouble));
            }
            91..95 => self.recover().await?,
            95..97 => self.reopen(false).await?,
            _ => self.reopen(true).await?,
        }
        Ok(())
    }

    async fn with_trouble(&mut self, trouble: Trouble) -> Result<u64, String> {
        // The first start of all is with a sound disk, the second is not.
        self.fill().await;
        self.set_trouble(Some(trouble));
        self.reopen(false).await?;
        self.fill().await;
        let calls = self.disk.calls();
        self.recover().await?;
        self.reopen(false).await?;
        Ok(calls)
    }

    /// A few edits, with ticks between them that make batches.
    async fn fill(&mut self) {
        for _ in 0..6 {
            for _ in 0..8 {
                self.edit();
            }
            self.advance(1_000).await;
            self.advance(200).await;
            self.count.operations += 10;
        }
    }

    /// Lets time pass; the store answers before the tick, or is too busy to.
    async fn advance(&mut self, wait: u64) {
        if self.random.below(4) > 0 {
            self.answer().await;
        }
        self.tick(wait);
    }

    fn tick(&mut self, wait: u64) {
        let library = self.library();
        let waiting = library.requests();
        library.tick_alone(wait);
        if library.requests() > waiting {
            self.maybe.push(self.now.clone());
        }
    }

    /// Lets the store do what it was asked. What it acknowledges is stored, whatever comes.
    async fn answer(&mut self) {
        let library = self.library();
        let before = library.committed;
        library.answer_later().await;
        self.note_commit(before);
    }

    fn note_commit(&mut self, before: u64) {
        if self.library().committed > before {
            self.count.commits += 1;
            self.stored = self.maybe.pop().expect("a batch was sent and noted");
            self.maybe.clear();
        }
    }

    /// The disk works again: asked to, the library stores everything at once, without waiting for its next attempt.
    async fn recover(&mut self) -> Result<(), String> {
        self.set_trouble(None);
        self.answer().await;
        self.tick(0);
        self.answer().await;
        let flushed = self.library().flush_later().await;
        flushed.map_err(|error| format!("the disk works, and nothing is stored: {error}"))?;
        self.stored = self.now.clone();
        self.maybe.clear();
        Ok(())
    }

    /// The library's process dies, or with it the machine, and it is opened again.
    async fn reopen(&mut self, crash: bool) -> Result<(), String> {
        self.count.crashes += 1;
        // The store may still do what it was asked before, or some of it.
        match self.random.below(3) {
            0 => {}
            // A store that opens itself again must not be left in the middle of that.
            1 => self.answer().await,
            _ if self.troubled => self.answer().await,
            _ => {
                let polls = 1 + self.random.below(6);
                let library = self.library();
                let before = library.committed;
                cut_short(library.answer_later(), polls).await;
                self.note_commit(before);
            }
        }
        if crash {
            self.disk.crash(&mut self.random);
        }
        // Before the next is opened: one owner at a time.
        self.abandon().await;
        if let Ok(store) = self.disk.open().await {
            self.open = Some(open(store, &mut self.random).await);
        }
        if self
            .open
            .as_ref()
            .is_none_or(|library| library.storage().refused.is_some())
        {
            self.abandon().await;
            self.set_trouble(None);
            let store = self.disk.open().await.map_err(|error| error.to_string())?;
            self.open = Some(open(store, &mut self.random).await);
        }
        let storage = self.library().storage();
        if let Some(error) = &storage.refused {
            return Err(format!("refused: {error}"));
        }
        if !storage.state.loaded {
            return Err("not loaded".into());
        }
        self.compare().await
    }

    /// Finds out which of the states that may be stored came back.
    async fn compare(&mut self) -> Result<(), String> {
        let mut candidates = core::mem::take(&mut self.maybe);
        candidates.push(self.stored.clone());
        let mut differs = String::new();
        for state in candidates {
            match self.differs(&state).await? {
                Some(problem) => differs = problem,
                None => {
                    self.now.clone_from(&state);
                    self.stored = state;
                    return Ok(());
                }
            }
        }
        Err(format!(
            "a state that never was, or one older than what was acknowledged: {differs}"
        ))
    }

    async fn differs(&mut self, state: &Expected) -> Result<Option<String>, String> {
        if let Some(problem) = state.differs(self.library()) {
            return Ok(Some(problem));
        }
        for (&key, bytes) in &state.blobs {
            let mut found = self.library().driver.store().blob(key).await;
            if found.is_err() {
                // It was this call's turn to fail.
                self.set_trouble(None);
                found = self.library().driver.store().blob(key).await;
            }
            let found = found.map_err(|error| error.to_string())?;
            if found.as_ref() != Some(bytes) {
                let length = found.map(|found| found.len());
                return Ok(Some(format!(
                    "blob {key:?} has {length:?} bytes, not {}",
                    bytes.len()
                )));
            }
        }
        Ok(None)
    }
}

/// Lets a future go on so many times, and then drops it.
async fn cut_short(future: impl Future, mut polls: u64) {
    let mut future = core::pin::pin!(future);
    core::future::poll_fn(|context| {
        polls -= 1;
        match future.as_mut().poll(context) {
            Poll::Pending if polls > 0 => Poll::Pending,
            _ => Poll::Ready(()),
        }
    })
    .await;
}

/// Opens a library with settings and in a world that no two openings share: batches of other sizes at other times,
/// components registered in another order, other entities.
async fn open<S: PageStore>(store: S, random: &mut Random) -> Library<S> {
    let idle = random.below(300);
    let settings = PersistPlugin {
        idle,
        longest: idle + random.below(1_000),
        lazy: random.below(6_000),
        most_pages: 1 + random.place(64),
        pages_per_tick: 1 + random.place(64),
    };
    let mut library = Library::begin_as(store, &settings, |world: &mut World| {
        let mut kinds: Vec<_> = KINDS.iter().collect();
        while !kinds.is_empty() {
            kinds.swap_remove(random.place(kinds.len())).component(world);
        }
        for _ in 0..random.below(20) {
            world.spawn_empty();
        }
    });
    library.load().await;
    library
}
