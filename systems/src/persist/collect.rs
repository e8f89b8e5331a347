//! From changes to dirty pages.

use core::ops::RangeInclusive;

use bevy_ecs::resource::Resource;
use bevy_ecs::world::World;
use segue_components::wire::registry::KindSet;

use super::store::PageKey;
use super::table::{TABLES, lazy_kinds, place, strict_kinds};
use crate::changes::Change;
use crate::sorted::Sorted;

/// How far the store is behind. Producers of rows look at it before they make more.
#[derive(Resource, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Pages that wait for a batch.
    pub pages: usize,
    /// Bytes of blobs that wait or are under way.
    pub blob_bytes: usize,
    /// Whether a batch is under way.
    pub in_flight: bool,
}

impl Backlog {
    /// From how many waiting pages on producers should wait while a batch is under way.
    pub const MOST_PAGES: usize = 192;

    /// The same for the bytes of blobs.
    pub const MOST_BLOB_BYTES: usize = 16 << 20;

    /// Whether to make no more rows or blobs for now.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.in_flight && (self.pages >= Self::MOST_PAGES || self.blob_bytes >= Self::MOST_BLOB_BYTES)
    }
}

/// The pages that are not as stored.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    pub(super) pages: Sorted<PageKey, ()>,
    /// When the first of the waiting changes came, and the last; lazy ones apart.
    pub(super) since: Option<(u64, u64)>,
    /// When the first of the waiting lazy changes came.
    pub(super) lazy_since: Option<u64>,
    /// Whether one of them must survive a power cut.
    pub(super) strict: bool,
}

impl Dirty {
    pub(super) fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Marks what these changes touch.
    pub(super) fn mark(&mut self, changes: &[Change], now: u64) {
        let (strict, lazy) = (strict_kinds(), lazy_kinds());
        let mut tables: Vec<_> = TABLES.iter().map(|table| (table, table.kinds(), None)).collect();
        for change in changes {
            let Some((page, _)) = place(change.number) else {
                tracing::error!(noun = ?change.noun, number = change.number, "a number beyond what is stored");
                continue;
            };
            let mut marked = KindSet::NONE;
            for (table, kinds, last) in &mut tables {
                if table.noun == change.noun && (change.gone || change.kinds.meets(*kinds)) {
                    marked |= *kinds;
                    // Neighbours share a page.
                    if last.replace(page) != Some(page) {
                        let table = table.number;
                        self.pages.insert(PageKey { table, page }, ());
                    }
                }
            }
            if change.gone || change.kinds.meets(KindSet(marked.0 & !lazy.0)) {
                self.touch(now);
            } else if !marked.is_empty() {
                self.lazy_since.get_or_insert(now);
            }
            self.strict |= change.gone || change.kinds.meets(strict);
        }
    }

    /// Marks one page that is not worth a write of its own.
    pub(super) fn mark_lazily(&mut self, key: PageKey, now: u64) {
        self.pages.insert(key, ());
        self.lazy_since.get_or_insert(now);
    }

    /// Marks one page.
    pub(super) fn mark_page(&mut self, key: PageKey, now: u64) {
        self.pages.insert(key, ());
        self.touch(now);
    }

    /// Marks pages of a table.
    pub(super) fn mark_pages(&mut self, table: u16, pages: RangeInclusive<u32>, now: u64) {
        for page in pages {
            self.pages.insert(PageKey { table, page }, ());
        }
        self.touch(now);
    }

    /// Notes that something waits which is not lazy.
    pub(super) fn touch(&mut self, now: u64) {
        self.since = Some((self.since.map_or(now, |(first, _)| first), now));
    }

    /// Puts back what was taken and not stored.
    pub(super) fn put_back(&mut self, taken: Self) {
        for key in taken.pages.keys() {
            self.pages.insert(key, ());
        }
        self.strict |= taken.strict;
        self.since = match (taken.since, self.since) {
            (Some((first, _)), Some((_, last))) => Some((first, last)),
            (either, None) | (None, either) => either,
        };
        self.lazy_since = taken.lazy_since.or(self.lazy_since);
    }
}

/// Tells the producers how far the store is behind.
pub(super) fn set_backlog(world: &mut World, backlog: Backlog) {
    let mut current = world.resource_mut::<Backlog>();
    if *current != backlog {
        *current = backlog;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bevy_ecs::entity::Entity;
    use segue_components::prelude::*;

    fn change(noun: Noun, number: u64, kinds: KindSet, gone: bool) -> Change {
        Change {
            noun,
            number,
            entity: Entity::PLACEHOLDER,
            kinds,
            gone,
        }
    }

    #[track_caller]
    fn check(changes: &[Change], pages: &[(u16, u32)], strict: bool, lazy: bool) {
        let mut dirty = Dirty::default();
        dirty.mark(changes, 5);
        let found: Vec<_> = dirty.pages.keys().map(|key| (key.table, key.page)).collect();
        assert_eq!(found, pages);
        assert_eq!(dirty.strict, strict);
        assert_eq!(dirty.lazy_since.is_some(), lazy);
        assert_eq!(dirty.since.is_some(), !pages.is_empty() && !lazy);
    }

    #[test]
    fn a_rating_does_not_rewrite_a_page_of_titles() {
        let rating = change(Noun::Track, 600, KindSet::of::<Rating>(), false);
        check(&[rating], &[(2, 2)], true, false);
        let title = change(Noun::Track, 255, KindSet::of::<Title>(), false);
        check(&[title, rating], &[(1, 0), (2, 2)], true, false);
        check(&[title], &[(1, 0)], false, false);
    }

    #[test]
    fn a_thing_that_is_gone_leaves_every_table() {
        let gone = change(Noun::Track, 256, KindSet::NONE, true);
        check(&[gone], &[(1, 1), (2, 1)], true, false);
    }

    #[test]
    fn what_is_counted_anew_is_not_stored() {
        check(
            &[change(Noun::Album, 1, KindSet::of::<AlbumTotals>(), false)],
            &[],
            false,
            false,
        );
    }

    #[test]
    fn the_place_in_a_track_is_not_worth_a_write_of_its_own() {
        check(
            &[change(Noun::Player, 1, KindSet::of::<PlayerState>(), false)],
            &[(8, 0)],
            false,
            true,
        );
    }
}
