//! Finds what is looked for among very many, by a hash of what it is known by.

use bevy_platform::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Lists by key. A key is bytes and what they are. Two that share 64 bits of hash count as one: among a million of
/// them, the chance that any do is one in thirty millions.
///
/// One type of table for all keys, because each type of table is compiled anew.
#[derive(Debug)]
pub(crate) struct Wanted<T> {
    places: HashMap<u64, u32>,
    lists: Vec<Vec<T>>,
}

impl<T> Default for Wanted<T> {
    fn default() -> Self {
        Self {
            places: HashMap::default(),
            lists: Vec::new(),
        }
    }
}

impl<T> Wanted<T> {
    /// Whether nothing is looked for.
    pub(crate) fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// The list of a key, which is looked for from now on.
    pub(crate) fn list(&mut self, key: &[u8], what: u64) -> &mut Vec<T> {
        let next = u32::try_from(self.lists.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(xxh3_64_with_seed(key, what)).or_insert(next);
        if place == next {
            self.lists.push(Vec::new());
        }
        &mut self.lists[place as usize]
    }

    /// The list of a key, if it is looked for.
    pub(crate) fn get(&self, key: &[u8], what: u64) -> Option<&[T]> {
        let place = self.places.get(&xxh3_64_with_seed(key, what))?;
        Some(&self.lists[*place as usize])
    }

    /// Adds to the list of a key, if it is looked for.
    pub(crate) fn offer(&mut self, key: &[u8], what: u64, item: T) {
        if let Some(place) = self.places.get(&xxh3_64_with_seed(key, what)) {
            self.lists[*place as usize].push(item);
        }
    }
}
