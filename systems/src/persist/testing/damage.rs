//! Damage in stored pages: it is noticed, put aside, and costs nothing but what stood in the page.

use std::collections::BTreeMap;

use segue_components::prelude::*;
use segue_components::wire::registry::KindSet;

use super::edits::Random;
use super::{Library, Snapshot};
use crate::notices::Notices;
use crate::persist::last_seen::LAST_SEEN;
use crate::persist::memory::Disk;
use crate::persist::meta::COPY;
use crate::persist::store::{PageKey, PageStore};
use crate::persist::table::{Table, place};

/// The kinds that refer to something else, or that a library puts right when something else was lost.
fn mended() -> KindSet {
    KindSet::of::<OnAlbum>()
        | KindSet::of::<Cover>()
        | KindSet::of::<PlayedFrom>()
        | KindSet::of::<EmbeddedIn>()
        | KindSet::of::<AlbumCover>()
        | KindSet::of::<FileStamp>()
        | KindSet::of::<Presence>()
        | KindSet::of::<JobState>()
        | KindSet::of::<Queue>()
}

/// A library, opened once as it was and then again and again with a page damaged.
#[derive(Debug)]
pub struct Damaged<F> {
    disk: Disk,
    before: Snapshot,
    open: F,
}

impl<F> Damaged<F> {
    /// The library on this disk, opened by this from a damaged copy.
    pub fn new<S: PageStore>(disk: Disk, mut open: F) -> Self
    where
        F: FnMut(Disk) -> S,
    {
        let before = Library::open(open(disk.clone())).snapshot();
        Self { disk, before, open }
    }

    /// The pages, and how many bytes each has.
    pub fn pages(&self) -> impl Iterator<Item = (PageKey, usize)> {
        self.disk.pages.iter().map(|(key, bytes)| (key, bytes.len()))
    }

    /// Flips one bit of every byte of every page, one after the other, which one by chance. How many those are.
    ///
    /// # Panics
    /// As [`Damaged::check`] does.
    pub fn check_every_byte<S: PageStore>(&mut self, random: &mut Random) -> u64
    where
        F: FnMut(Disk) -> S,
    {
        let pages: Vec<_> = self.pages().collect();
        let mut count = 0;
        for (key, length) in pages {
            for at in 0..length {
                let bit = 1 << random.below(8);
                self.check(key, |page| page[at] ^= bit);
                count += 1;
            }
        }
        count
    }

    /// Damages one page and opens the library.
    ///
    /// # Panics
    /// If it does not open, says nothing of the damage, holds a value that nobody stored, or lost one that stood
    /// elsewhere.
    pub fn check<S: PageStore>(&mut self, key: PageKey, damage: impl FnOnce(&mut Vec<u8>))
    where
        F: FnMut(Disk) -> S,
    {
        let mut disk = self.disk.clone();
        damage(disk.pages.get_mut(key).expect("the page is there"));
        let mut library = Library::open((self.open)(disk));
        assert!(library.storage().state.loaded, "{key:?}: not loaded");
        let told = library.world.resource_mut::<Notices>().take();
        let told = told
            .iter()
            .any(|notice| matches!(notice, Notice::PageQuarantined { .. }));
        // Those two are copies of what stands elsewhere.
        let harmless = key == COPY || key == LAST_SEEN;
        assert!(told != harmless, "{key:?}: told {told}");
        let after = library.snapshot();
        if harmless {
            assert!(after == self.before, "{key:?} cost something");
            return;
        }
        let table = Table::find(key.table).expect("a table of ours");
        for (id, row) in &self.before {
            let here = id.0 == table.noun && place(id.1).is_some_and(|(page, _)| page == key.page);
            let Some(found) = after.get(id) else {
                assert!(
                    here && table.primary,
                    "{key:?} cost {id:?}, which stood elsewhere"
                );
                continue;
            };
            let found: BTreeMap<_, _> = found.iter().map(|(kind, bytes)| (*kind, bytes)).collect();
            for (kind, bytes) in row {
                let set = KindSet(1 << kind);
                let may_go = mended().meets(set) || (here && table.kinds().meets(set));
                match found.get(kind) {
                    Some(&found) => assert!(
                        found == bytes || mended().meets(set),
                        "{key:?}: {id:?} has another value of kind {kind}"
                    ),
                    None => assert!(
                        may_go,
                        "{key:?} cost kind {kind} of {id:?}, which stood elsewhere"
                    ),
                }
            }
        }
        for (id, row) in &after {
            let before = self.before.get(id);
            assert!(before.is_some(), "{key:?}: nobody stored {id:?}");
            let is_new = |(kind, _): &&(u8, Vec<u8>)| {
                !mended().meets(KindSet(1 << kind))
                    && !before.is_some_and(|before| before.iter().any(|(of, _)| of == kind))
            };
            assert_eq!(
                row.iter().find(is_new),
                None,
                "{key:?}: nobody stored this of {id:?}"
            );
        }
    }
}
