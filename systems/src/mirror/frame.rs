//! Fills one frame with what fits.

use core::ops::Range;

use bevy_ecs::world::{EntityRef, World};
use segue_components::id::Noun;
use segue_components::wire::frame::{Column, Frame, ViewPatch};
use segue_components::wire::registry::{KindSet, kinds_of};
use segue_components::wire::version;

use super::is_mirrored;
use crate::catalog::Catalog;
use crate::sort;

/// The length of a frame that another row must not exceed, in bytes. A frame is at most 100 KiB long, but
/// for a single row that is longer alone.
const BUDGET: usize = 100 * 1024;
/// What a frame's own fields and the heads of its lists take at most.
const HEADS: usize = 1_024;

/// A thing by noun and number.
pub(crate) type Key = (Noun, u64);

/// A frame in the making.
#[derive(Debug)]
pub(crate) struct Builder {
    pub(crate) frame: Frame,
    size: usize,
    bytes: Vec<u8>,
    values: Vec<(u8, u64, Range<usize>)>,
    removed: Vec<(u8, u64)>,
    spawned: Vec<Key>,
    despawned: Vec<Key>,
}

/// How many bytes a number takes at most, and an id no more than that as a distance.
fn length(number: u64) -> usize {
    let bits = usize::try_from(64 - number.leading_zeros()).expect("at most 64");
    bits.div_ceil(7).max(1)
}

impl Builder {
    pub(crate) fn new(snapshot: bool) -> Self {
        Self {
            frame: Frame {
                protocol: version::protocol(),
                snapshot,
                ..Frame::default()
            },
            size: HEADS,
            bytes: Vec::new(),
            values: Vec::new(),
            removed: Vec::new(),
            spawned: Vec::new(),
            despawned: Vec::new(),
        }
    }

    fn is_bare(&self) -> bool {
        self.size == HEADS
    }

    fn grow(&mut self, size: usize) -> bool {
        if self.size + size > BUDGET && !self.is_bare() {
            return false;
        }
        self.size += size;
        true
    }

    /// Adds a thing with all that hosts see of it. `Some(false)` if it must wait for another frame, `None`
    /// if there is no such thing.
    pub(crate) fn spawn(&mut self, world: &World, key: Key) -> Option<bool> {
        let entity = find(world, key)?;
        let fits = self.put(entity, key, None);
        if fits {
            self.spawned.push(key);
        }
        Some(fits)
    }

    /// Adds new values of a thing that the host has. `false` if they must wait for another frame.
    pub(crate) fn update(&mut self, world: &World, key: Key, kinds: KindSet) -> bool {
        // What is gone is despawned by whoever looks at what the host should have.
        find(world, key).is_none_or(|entity| self.put(entity, key, Some(kinds)))
    }

    fn put(&mut self, entity: EntityRef<'_>, key: Key, only: Option<KindSet>) -> bool {
        let (noun, id) = key;
        let (bytes, values, removed) = (self.bytes.len(), self.values.len(), self.removed.len());
        let mut size = length(id);
        for kind in kinds_of(noun).filter(|kind| is_mirrored(kind) && only.is_none_or(|only| only.has(kind)))
        {
            let start = self.bytes.len();
            if kind.write(entity, &mut self.bytes) {
                size += self.bytes.len() - start + length(id);
                self.values.push((kind.number, id, start..self.bytes.len()));
            } else if only.is_some() {
                size += length(id);
                self.removed.push((kind.number, id));
            }
        }
        let fits = self.grow(size);
        if !fits {
            self.bytes.truncate(bytes);
            self.values.truncate(values);
            self.removed.truncate(removed);
        }
        fits
    }

    /// Adds that a thing is gone, or no longer shown.
    pub(crate) fn despawn(&mut self, key: Key) -> bool {
        let fits = self.grow(length(key.1));
        if fits {
            self.despawned.push(key);
        }
        fits
    }

    /// Adds a view's edits.
    pub(crate) fn view(&mut self, patch: ViewPatch) -> bool {
        let edits: usize = patch
            .splices
            .iter()
            .map(|splice| 15 + splice.inserted.iter().map(|&id| length(id)).sum::<usize>())
            .sum();
        let error = patch
            .error
            .as_ref()
            .map_or(0, |(_, found, expected)| found.len() + expected.len() + 15);
        let fits = self.grow(32 + edits + error);
        if fits {
            self.frame.views.push(patch);
        }
        fits
    }

    /// Adds a notice as bytes.
    pub(crate) fn notice(&mut self, notice: &[u8]) -> bool {
        let fits = self.grow(notice.len() + 5);
        if fits {
            self.frame.notices.push(notice.to_vec());
        }
        fits
    }

    /// The frame's bytes, or nothing if it says nothing.
    pub(crate) fn finish(mut self, sequence: u32) -> Option<Vec<u8>> {
        self.frame.sequence = sequence;
        self.frame.spawned = by_head(self.spawned);
        self.frame.despawned = by_head(self.despawned);
        self.frame.removed = by_head(self.removed);
        sort::by_key(&mut self.values, |&(kind, id, _)| (kind, id));
        for (kind, id, range) in self.values {
            if self.frame.columns.last().is_none_or(|column| column.kind != kind) {
                self.frame.columns.push(Column {
                    kind,
                    ..Column::default()
                });
            }
            let column = self.frame.columns.last_mut().expect("pushed above");
            column.ids.push(id);
            column.values.extend_from_slice(&self.bytes[range]);
        }
        if self.frame.is_empty() {
            return None;
        }
        let mut bytes = Vec::with_capacity(self.size);
        self.frame.write(&mut bytes);
        Some(bytes)
    }
}

fn find(world: &World, (noun, number): Key) -> Option<EntityRef<'_>> {
    let entity = world.resource::<Catalog>().find(noun, number)?;
    world.get_entity(entity).ok()
}

/// Groups by the first half of the pairs.
fn by_head<H: Ord + Copy>(mut pairs: Vec<(H, u64)>) -> Vec<(H, Vec<u64>)> {
    sort::by_key(&mut pairs, |&pair| pair);
    let mut groups: Vec<(H, Vec<u64>)> = Vec::new();
    for (head, id) in pairs {
        match groups.last_mut() {
            Some((last, ids)) if *last == head => ids.push(id),
            _ => groups.push((head, vec![id])),
        }
    }
    groups
}
