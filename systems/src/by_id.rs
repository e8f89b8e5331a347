//! A map from ids, which are handed out counting upwards: a list with a place for each, as long as most are in use.

/// How many places a thing may cost before its id is kept beside the list, which costs as much as two or three.
const THIN: u64 = 3;
/// So many places are never too many.
const FEW: u64 = 256;

/// Values by id. Of a million ids that were given one after the other each costs its value and nothing more, and is
/// found without a hash; ids that lie far apart are kept sorted beside that.
#[derive(Debug)]
pub(crate) struct ById<T> {
    near: Vec<Option<T>>,
    /// Those beyond the list, ascending.
    far: Vec<(u64, T)>,
    count: usize,
}

impl<T> Default for ById<T> {
    fn default() -> Self {
        Self {
            near: Vec::new(),
            far: Vec::new(),
            count: 0,
        }
    }
}

fn slot(id: u64) -> usize {
    usize::try_from(id).unwrap_or(usize::MAX)
}

impl<T: Copy> ById<T> {
    /// Bytes that they take.
    pub(crate) fn room(&self) -> usize {
        self.near.capacity() * size_of::<Option<T>>() + self.far.capacity() * size_of::<(u64, T)>()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The value of an id.
    pub(crate) fn get(&self, id: u64) -> Option<T> {
        match self.near.get(slot(id)) {
            Some(&value) => value,
            None => self.far(id).ok().map(|place| self.far[place].1),
        }
    }

    fn far(&self, id: u64) -> Result<usize, usize> {
        // Ids come ascending as a rule.
        match self.far.last() {
            Some(&(last, _)) if last >= id => self.far.binary_search_by(|(of, _)| of.cmp(&id)),
            _ => Err(self.far.len()),
        }
    }

    /// Inserts or overwrites.
    pub(crate) fn insert(&mut self, id: u64, value: T) {
        if slot(id) >= self.near.len() && id / THIN <= self.count as u64 + FEW {
            self.widen(slot(id) + 1);
        }
        let old = match self.near.get_mut(slot(id)) {
            Some(place) => place.replace(value).is_some(),
            None => match self.far(id) {
                Ok(place) => {
                    self.far[place].1 = value;
                    true
                }
                Err(place) => {
                    self.far.insert(place, (id, value));
                    false
                }
            },
        };
        self.count += usize::from(!old);
    }

    /// Makes the list so long, and moves what belongs there into it.
    fn widen(&mut self, length: usize) {
        if length > self.near.capacity() {
            // A quarter more each time: to double it would leave half of it empty.
            self.near.reserve_exact(length - self.near.len() + length / 4);
        }
        self.near.resize(length, None);
        let end = self.far.partition_point(|&(id, _)| slot(id) < length);
        for (id, value) in self.far.drain(..end) {
            self.near[slot(id)] = Some(value);
        }
    }

    /// Removes an id; its value, if it was there.
    pub(crate) fn remove(&mut self, id: u64) -> Option<T> {
        let value = match self.near.get_mut(slot(id)) {
            Some(place) => place.take(),
            None => self.far(id).ok().map(|place| self.far.remove(place).1),
        };
        self.count -= usize::from(value.is_some());
        value
    }

    /// Ids and values, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, T)> {
        let near = (0..).zip(&self.near);
        let near = near.filter_map(|(id, value)| value.map(|value| (id, value)));
        near.chain(self.far.iter().copied())
    }

    /// A walk over all, some at a time, while things come and go: looks at so many places from this one on, gives out
    /// what is there and answers the place that comes next, `None` at the end.
    pub(crate) fn walk(&self, from: u64, most: usize, mut each: impl FnMut(u64, T)) -> Option<u64> {
        let start = slot(from).min(self.near.len());
        let end = self.near.len().min(start.saturating_add(most));
        for (id, value) in (start as u64..).zip(&self.near[start..end]) {
            if let &Some(value) = value {
                each(id, value);
            }
        }
        if end < self.near.len() {
            return Some(end as u64);
        }
        let start_far = self.far.partition_point(|&(id, _)| id < from);
        let left = most - (end - start);
        let end_far = self.far.len().min(start_far.saturating_add(left));
        for &(id, value) in &self.far[start_far..end_far] {
            each(id, value);
        }
        self.far.get(end_far).map(|&(id, _)| id)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::query::random::Random;

    #[track_caller]
    fn check(map: &ById<u32>, expected: &BTreeMap<u64, u32>) {
        assert_eq!(map.len(), expected.len());
        assert!(map.iter().eq(expected.iter().map(|(&id, &value)| (id, value))));
        let mut walked = Vec::new();
        let mut next = Some(0);
        while let Some(from) = next {
            let before = walked.len();
            next = map.walk(from, 7, |id, value| walked.push((id, value)));
            assert!(walked.len() - before <= 7);
        }
        assert!(walked.into_iter().eq(map.iter()));
    }

    #[test]
    fn ids_near_and_far_hold_what_a_map_holds() {
        let mut random = Random::new(11);
        for spread in [1, 2, 5, 300] {
            let mut map = ById::default();
            let mut expected = BTreeMap::new();
            for step in 0..6_000_u32 {
                let id = match random.below(20) {
                    0 => u64::from(random.small()) << 20,
                    _ => random.below(3_000) as u64 * spread,
                };
                if random.below(4) == 0 {
                    assert_eq!(map.remove(id), expected.remove(&id));
                } else {
                    map.insert(id, step);
                    expected.insert(id, step);
                }
                assert_eq!(map.get(id), expected.get(&id).copied());
                if step % 499 == 0 {
                    check(&map, &expected);
                }
            }
            check(&map, &expected);
            for id in expected.into_keys() {
                assert!(map.remove(id).is_some());
            }
            assert_eq!((map.len(), map.iter().count()), (0, 0));
        }
    }

    #[test]
    fn ids_that_lie_far_apart_make_no_long_list() {
        let mut map = ById::default();
        for step in 1..=10_000_u64 {
            map.insert(step << 30, step);
        }
        assert!(map.near.len() < 1_000);
        assert_eq!(map.get(7 << 30), Some(7));
        assert_eq!(map.get(u64::MAX), None);
        map.insert(u64::MAX, 1);
        assert_eq!((map.get(u64::MAX), map.len()), (Some(1), 10_001));
        let counted: ById<u64> = (1..=10_000).fold(ById::default(), |mut map, id| {
            map.insert(id, id);
            map
        });
        assert_eq!((counted.near.len(), counted.far.len()), (10_001, 0));
        assert!(counted.near.capacity() < 13_000);
    }
}
