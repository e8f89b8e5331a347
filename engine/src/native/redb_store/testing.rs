//! A disk in memory beneath redb, for tests: it fails on demand, and when the power goes it keeps what a real one
//! might.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::{Builder, StorageBackend};
use segue_systems::persist::meta::Meta;
use segue_systems::persist::store::{Batch, Durability, PageKey, PageStore, StoreError};
use segue_systems::persist::testing::model::{Disk, Random, Trouble};
use segue_systems::persist::testing::wait;

use super::RedbStore;

/// What a disk was told, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// To write these bytes from this one on.
    Write(u64, Vec<u8>),
    /// To be so long.
    Length(u64),
    /// To keep what it was told.
    Sync,
}

impl Told {
    /// Does it.
    fn apply(&self, image: &mut Vec<u8>) {
        match self {
            Self::Write(offset, bytes) => {
                let start = place(*offset);
                if image.len() < start + bytes.len() {
                    image.resize(start + bytes.len(), 0);
                }
                image[start..start + bytes.len()].copy_from_slice(bytes);
            }
            Self::Length(length) => image.resize(place(*length), 0),
            Self::Sync => {}
        }
    }
}

fn place(number: u64) -> usize {
    usize::try_from(number).expect("a disk that fits into memory")
}

/// What may be torn: a disk writes sectors of this many bytes whole or not at all.
const SECTORS: [usize; 2] = [512, 4_096];

/// What a disk may hold after the power went: what it was told before the last sync, and of what came later any
/// part, in any order, torn into sectors.
#[must_use]
pub fn after_power_cut(base: &[u8], log: &[Told], random: &mut Random) -> Vec<u8> {
    let synced = log
        .iter()
        .rposition(|told| *told == Told::Sync)
        .map_or(0, |at| at + 1);
    let mut image = base.to_vec();
    for told in &log[..synced] {
        told.apply(&mut image);
    }
    let mut late: Vec<&Told> = log[synced..].iter().collect();
    // A third of the disks keep the order, and lose only the end.
    if random.below(3) == 0 {
        late.truncate(random.place(late.len() + 1));
        for told in late {
            told.apply(&mut image);
        }
        return image;
    }
    // Growing is a matter of the file system's journal, which keeps its order, and ahead of the data.
    for told in &late {
        if let Told::Length(length) = told {
            image.resize(place(*length), 0);
        }
    }
    late.retain(|told| matches!(told, Told::Write(..)));
    if random.below(2) == 0 {
        for last in (1..late.len()).rev() {
            late.swap(last, random.place(last + 1));
        }
    }
    let sector = SECTORS[random.place(2)];
    for told in late {
        let Told::Write(offset, bytes) = told else {
            continue;
        };
        match random.below(3) {
            0 => {}
            1 => told.apply(&mut image),
            _ => {
                for (index, bytes) in bytes.chunks(sector).enumerate() {
                    if random.below(2) == 0 {
                        let offset = offset + (index * sector) as u64;
                        Told::Write(offset, bytes.to_vec()).apply(&mut image);
                    }
                }
            }
        }
    }
    image
}

#[derive(Debug, Default)]
struct State {
    image: Vec<u8>,
    /// What the image was when the log began.
    base: Vec<u8>,
    log: Vec<Told>,
    /// Whether the log goes back to when it was last taken, and not only to the last sync.
    records: bool,
    trouble: Option<Trouble>,
    calls: u64,
    /// The most that the image may grow to.
    room: Option<usize>,
    /// Who opened it before this one writes nothing any more: that process is dead.
    session: u64,
}

/// A disk in memory. Its clones are the same disk.
#[derive(Debug, Clone, Default)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

/// What redb holds of the disk: one opening of it.
#[derive(Debug)]
struct Opened {
    disk: SimulatedDisk,
    session: u64,
}

impl SimulatedDisk {
    /// A disk with this on it.
    #[must_use]
    pub fn of(image: Vec<u8>) -> Self {
        let disk = Self::default();
        disk.state().base.clone_from(&image);
        disk.state().image = image;
        disk
    }

    /// What is on it, as whoever reads it sees it.
    #[must_use]
    pub fn image(&self) -> Vec<u8> {
        self.state().image.clone()
    }

    /// What it held when it was last asked this, and what it was told since. The first time it is the last sync
    /// that counts.
    #[must_use]
    pub fn take_log(&self) -> (Vec<u8>, Vec<Told>) {
        let mut state = self.state();
        state.records = true;
        let image = state.image.clone();
        let base = std::mem::replace(&mut state.base, image);
        (base, std::mem::take(&mut state.log))
    }

    /// A store over it. Whoever had it open before is dead.
    #[must_use]
    pub fn store(&self) -> RedbStore {
        let session = {
            let mut state = self.state();
            state.session += 1;
            state.session
        };
        let disk = self.clone();
        RedbStore::over(move || {
            let opened = Opened {
                disk: disk.clone(),
                session,
            };
            Ok(Builder::new().create_with_backend(opened)?)
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Opened {
    /// Whether the call may be made; the one whose turn it is to fail fails.
    fn begin(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.disk.state();
        if state.session != self.session {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let call = state.calls;
        state.calls += 1;
        match state.trouble {
            Some(Trouble::Fail(turn)) if call == turn => Err(io::Error::other("its turn to fail")),
            // Once closed it fails until it is opened again, which redb is after each error.
            Some(Trouble::Close(turn)) if call == turn => Err(ErrorKind::NotConnected.into()),
            _ => Ok(state),
        }
    }

    /// Does what a disk is told, whole or, if it fails at this one, the first half.
    fn tell(&self, told: Told) -> io::Result<()> {
        let mut state = match self.begin() {
            Ok(state) => state,
            Err(error) => {
                if let Told::Write(offset, bytes) = told
                    && error.kind() == ErrorKind::Other
                {
                    let half = bytes[..bytes.len() / 2].to_vec();
                    self.disk.state().tell(Told::Write(offset, half));
                }
                return Err(error);
            }
        };
        let end = match &told {
            Told::Write(offset, bytes) => place(*offset) + bytes.len(),
            Told::Length(length) => place(*length),
            Told::Sync => 0,
        };
        if state
            .room
            .is_some_and(|room| end > room && end > state.image.len())
        {
            return Err(ErrorKind::StorageFull.into());
        }
        let is_lost = state.trouble == Some(Trouble::LoseAnswer(state.calls - 1));
        state.tell(told);
        if is_lost {
            return Err(io::Error::other("its turn to fail when all is done"));
        }
        Ok(())
    }
}

impl State {
    fn tell(&mut self, told: Told) {
        told.apply(&mut self.image);
        let is_sync = told == Told::Sync;
        self.log.push(told);
        if is_sync && !self.records {
            for told in self.log.drain(..) {
                told.apply(&mut self.base);
            }
        }
    }
}

impl StorageBackend for Opened {
    fn len(&self) -> io::Result<u64> {
        Ok(self.begin()?.image.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.begin()?;
        let start = place(offset);
        let bytes = state.image.get(start..start + out.len());
        out.copy_from_slice(bytes.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.tell(Told::Length(length))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.tell(Told::Sync)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.tell(Told::Write(offset, data.to_vec()))
    }
}

impl Disk for SimulatedDisk {
    type Store = RedbStore;

    const CALLS: u64 = 30;

    async fn open(&mut self) -> Result<RedbStore, StoreError> {
        Ok(self.store())
    }

    fn crash(&mut self, random: &mut Random) {
        let mut state = self.state();
        let log = std::mem::take(&mut state.log);
        let image = after_power_cut(&state.base, &log, random);
        // Whoever had it open is dead with the machine.
        state.session += 1;
        state.base.clone_from(&image);
        state.image = image;
    }

    fn set_trouble(&mut self, trouble: Option<Trouble>) {
        let mut state = self.state();
        state.calls = 0;
        state.trouble = trouble;
        state.room = match trouble {
            Some(Trouble::Full(room)) => Some(state.image.len() + place(room)),
            _ => None,
        };
    }

    fn calls(&self) -> u64 {
        self.state().calls
    }
}

/// How many images of a short history are tried at each step, and of a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Images {
    /// Every subset of the writes that were not synced, as long as these are few, and chance beyond.
    All,
    /// So many, by chance.
    Some(u32),
}

/// Up to so many writes between two syncs every subset of them is tried.
const FEW: usize = 7;

/// Commits so many batches and cuts the power after each step that the disk was told. Every image opens, with the
/// batch whole or absent, and whole once it was acknowledged. How many images those were.
///
/// # Panics
/// If one does not.
pub fn check_power_cuts(seed: u64, batches: u32, images: Images) -> u64 {
    let random = &mut Random::new(seed);
    let disk = SimulatedDisk::default();
    let mut store = disk.store();
    let epoch = wait(store.claim()).expect("a sound disk").epoch;
    let mut pages = BTreeMap::new();
    let mut count = 0;
    let mut check = |image: Vec<u8>, allowed: &[&Pages], what: &dyn Fn() -> String| {
        let mut crashed = SimulatedDisk::of(image).store();
        let claim = wait(crashed.claim()).unwrap_or_else(|error| panic!("{}: {error}", what()));
        assert_eq!(claim.epoch, epoch + 1, "{}: the epoch went back", what());
        let found: Pages = wait(crashed.load(1, 0..u32::MAX))
            .unwrap_or_else(|error| panic!("{}: {error}", what()))
            .into_iter()
            .collect();
        assert!(allowed.contains(&&found), "{}: a torn or a lost batch", what());
        count += 1;
    };
    drop(disk.take_log());
    for number in 0..batches {
        let batch = any_batch(epoch, random);
        let mut next = pages.clone();
        for (key, bytes) in &batch.pages {
            match bytes {
                Some(bytes) => next.insert(key.page, bytes.clone()),
                None => next.remove(&key.page),
            };
        }
        wait(store.commit(&batch)).expect("a sound disk");
        let (base, log) = disk.take_log();
        for steps in 0..=log.len() {
            let what = || format!("seed {seed}, batch {number}, step {steps} of {}", log.len());
            // Once it is acknowledged it is there.
            let allowed: &[&Pages] = if steps == log.len() {
                &[&next]
            } else {
                &[&pages, &next]
            };
            let log = &log[..steps];
            let synced = log
                .iter()
                .rposition(|told| *told == Told::Sync)
                .map_or(0, |at| at + 1);
            let late = log.len() - synced;
            let some = match images {
                Images::All if late <= FEW => {
                    for subset in 0..1u32 << late {
                        let mut image = base.clone();
                        for (place, told) in log.iter().enumerate() {
                            if place < synced || subset >> (place - synced) & 1 == 1 {
                                told.apply(&mut image);
                            }
                        }
                        check(image, allowed, &what);
                    }
                    4
                }
                Images::All => 1 << FEW,
                Images::Some(count) => count,
            };
            for _ in 0..some {
                check(after_power_cut(&base, log, random), allowed, &what);
            }
        }
        pages = next;
    }
    count
}

/// Pages by number, all of one table.
type Pages = BTreeMap<u32, Vec<u8>>;

fn any_batch(epoch: u64, random: &mut Random) -> Batch {
    let mut pages = BTreeMap::new();
    for _ in 0..1 + random.below(12) {
        let page = u32::try_from(random.below(40)).expect("below 40");
        let bytes = vec![random.byte(); random.place(9_000)];
        pages.insert(PageKey { table: 1, page }, (!bytes.is_empty()).then_some(bytes));
    }
    Batch {
        epoch,
        meta: Meta::new(1).to_bytes(),
        pages: pages.into_iter().collect(),
        blobs: Vec::new(),
        durability: Durability::Strict,
    }
}
