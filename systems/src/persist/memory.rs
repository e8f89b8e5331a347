//! A store in memory, whose disk fails on demand.
//!
//! It is the store of examples, tests and browsers without IndexedDB. Clones share one disk: a library
//! that is dropped and opened again over a clone finds what was committed, as after a crash.

use core::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::store::{Batch, BlobKey, Claim, PageKey, PageStore, StoreError};
use crate::sorted::Sorted;

/// What is on the disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disk {
    /// The epoch of the last claim.
    pub epoch: u64,
    /// The meta record.
    pub meta: Option<Vec<u8>>,
    /// The pages.
    pub pages: Sorted<PageKey, Vec<u8>>,
    /// The blobs.
    pub blobs: Sorted<BlobKey, Vec<u8>>,
}

impl Disk {
    /// The bytes of all pages, blobs and the meta record together.
    #[must_use]
    pub fn size(&self) -> usize {
        let pages: usize = self.pages.values().map(Vec::len).sum();
        let blobs: usize = self.blobs.values().map(Vec::len).sum();
        pages + blobs + self.meta.as_ref().map_or(0, Vec::len)
    }

    fn apply(&mut self, batch: &Batch) {
        self.meta = Some(batch.meta.clone());
        for (key, bytes) in &batch.pages {
            match bytes {
                Some(bytes) => self.pages.insert(*key, bytes.clone()),
                None => drop(self.pages.remove(*key)),
            }
        }
        for (key, bytes) in &batch.blobs {
            match bytes {
                Some(bytes) => self.blobs.insert(*key, bytes.clone()),
                None => drop(self.blobs.remove(*key)),
            }
        }
    }
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call with this number, counted from 0 since the fault was set, fails and does nothing.
    FailCall(u64),
    /// The commit with this number, counted alike among commits, is written in full and then not
    /// acknowledged: the error comes although everything is there.
    LoseAnswer(u64),
    /// No batch may make the disk larger than this many bytes.
    Quota(usize),
    /// Every byte of every page that is read has this bit mask applied to its middle byte.
    Damage(u8),
}

#[derive(Debug, Default)]
struct State {
    disk: Disk,
    fault: Option<Fault>,
    calls: u64,
    commits: u64,
}

/// A store in memory. Clones share their disk.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
}

impl MemoryStore {
    /// A store with this on its disk.
    #[must_use]
    pub fn with(disk: Disk) -> Self {
        let store = Self::default();
        store.state().disk = disk;
        store
    }

    /// What is on the disk now: all that would be left after a crash at this moment.
    #[must_use]
    pub fn disk(&self) -> Disk {
        self.state().disk.clone()
    }

    /// Changes what is on the disk, as damage does.
    pub fn tamper(&self, change: impl FnOnce(&mut Disk)) {
        change(&mut self.state().disk);
    }

    /// Sets what goes wrong from now on; `None` for nothing.
    pub fn set_fault(&self, fault: Option<Fault>) {
        let mut state = self.state();
        state.fault = fault;
        state.calls = 0;
        state.commits = 0;
    }

    /// How many calls there were since the fault was set.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic of another owner leaves whole batches, as a crash does.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let mut state = self.state();
        let call = state.calls;
        state.calls += 1;
        if state.fault == Some(Fault::FailCall(call)) {
            return Err(StoreError::Io {
                detail: format!("call {call} was told to fail"),
            });
        }
        Ok(state)
    }
}

impl PageStore for MemoryStore {
    fn backend(&self) -> &'static str {
        "memory"
    }

    async fn meta(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.begin()?.disk.meta.clone())
    }

    async fn claim(&mut self) -> Result<Claim, StoreError> {
        let disk = &mut self.begin()?.disk;
        disk.epoch += 1;
        Ok(Claim {
            epoch: disk.epoch,
            meta: disk.meta.clone(),
        })
    }

    async fn load(&mut self, table: u16, pages: Range<u32>) -> Result<Vec<(u32, Vec<u8>)>, StoreError> {
        let state = self.begin()?;
        let key = |page| PageKey { table, page };
        if pages.is_empty() {
            return Ok(Vec::new());
        }
        let found = state.disk.pages.range(key(pages.start)..key(pages.end));
        let mut found: Vec<_> = found.map(|(key, bytes)| (key.page, bytes.clone())).collect();
        if let Some(Fault::Damage(mask)) = state.fault {
            for (_, bytes) in &mut found {
                let middle = bytes.len() / 2;
                bytes[middle] ^= mask;
            }
        }
        Ok(found)
    }

    async fn blob(&mut self, key: BlobKey) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.begin()?.disk.blobs.get(key).cloned())
    }

    async fn blobs(&mut self) -> Result<Option<Vec<(BlobKey, u64)>>, StoreError> {
        let state = self.begin()?;
        let blobs = state.disk.blobs.iter();
        Ok(Some(
            blobs.map(|(key, bytes)| (key, bytes.len() as u64)).collect(),
        ))
    }

    async fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let mut state = self.begin()?;
        let commit = state.commits;
        state.commits += 1;
        if state.disk.epoch != batch.epoch {
            return Err(StoreError::Fenced {
                ours: batch.epoch,
                theirs: state.disk.epoch,
            });
        }
        if let Some(Fault::Quota(most)) = state.fault {
            let mut disk = state.disk.clone();
            disk.apply(batch);
            if disk.size() > most {
                return Err(StoreError::Full {
                    detail: format!("{} bytes where {most} are allowed", disk.size()),
                });
            }
        }
        state.disk.apply(batch);
        if state.fault == Some(Fault::LoseAnswer(commit)) {
            return Err(StoreError::Io {
                detail: format!("the answer to commit {commit} was told to get lost"),
            });
        }
        Ok(())
    }

    async fn close(&mut self) {}
}
