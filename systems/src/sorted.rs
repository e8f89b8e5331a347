//! A map for dozens of things in order: a list, so that it is little code for each type it is of.

/// Keys and values, ascending by key. Inserting moves what comes after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorted<K, V>(Vec<(K, V)>);

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord + Copy, V> Sorted<K, V> {
    fn place(&self, key: K) -> Result<usize, usize> {
        self.0.binary_search_by(|(of, _)| of.cmp(&key))
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a key is there.
    #[must_use]
    pub fn has(&self, key: K) -> bool {
        self.place(key).is_ok()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: K) -> Option<&V> {
        self.place(key).ok().map(|place| &self.0[place].1)
    }

    /// The value of a key, to change.
    pub fn get_mut(&mut self, key: K) -> Option<&mut V> {
        self.place(key).ok().map(|place| &mut self.0[place].1)
    }

    /// Inserts or overwrites.
    pub fn insert(&mut self, key: K, value: V) {
        match self.place(key) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => self.0.insert(place, (key, value)),
        }
    }

    /// The value of a key, made where there was none.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let place = self.place(key).unwrap_or_else(|place| {
            self.0.insert(place, (key, make()));
            place
        });
        &mut self.0[place].1
    }

    /// Removes a key; its value, if it was there.
    pub fn remove(&mut self, key: K) -> Option<V> {
        let place = self.place(key).ok()?;
        Some(self.0.remove(place).1)
    }

    /// The keys, ascending.
    pub fn keys(&self) -> impl Iterator<Item = K> {
        self.0.iter().map(|&(key, _)| key)
    }

    /// The values, in the order of the keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// The values, in the order of the keys, to change.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// Keys and values, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        self.0.iter().map(|(key, value)| (*key, value))
    }

    /// Keys from the first on and before the end, and their values, ascending.
    pub fn range(&self, keys: core::ops::Range<K>) -> impl Iterator<Item = (K, &V)> {
        let place = |key| self.place(key).unwrap_or_else(|place| place);
        let (start, end) = (place(keys.start), place(keys.end));
        self.0[start..end.max(start)]
            .iter()
            .map(|(key, value)| (*key, value))
    }

    /// Keys and values, ascending, the values to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (K, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (*key, value))
    }
}

impl<K, V> IntoIterator for Sorted<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_ascend_and_are_there_once() {
        let mut map = Sorted::default();
        for key in [5, 1, 9, 5, 3] {
            *map.get_or_insert_with(key, || 0) += 1;
        }
        map.insert(9, 7);
        map.insert(2, 8);
        assert_eq!(map.remove(1), Some(1));
        assert_eq!(map.remove(1), None);
        assert!(map.has(3) && !map.has(1));
        assert_eq!((map.get(5), map.get(4)), (Some(&2), None));
        let all: Vec<_> = map.into_iter().collect();
        assert_eq!(all, [(2, 8), (3, 1), (5, 2), (9, 7)]);
    }
}
