//! Many lists of numbers, most of them short, in one piece of memory.

/// Where a list lies: a single number is kept in place of where, more in a block of two to some power.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    start: u32,
    /// Its length, and in the lowest five bits the power; zero where it has no block.
    shape: u32,
}

impl Place {
    fn new(start: u32, length: u32, power: u32) -> Self {
        let shape = length << 5 | power;
        Self { start, shape }
    }

    fn length(self) -> u32 {
        self.shape >> 5
    }

    fn power(self) -> u32 {
        self.shape & 31
    }
}

/// Lists of numbers under small numbers.
///
/// A vector each would cost 24 bytes and an allocation for every distinct word, and most words stand in few
/// titles.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    places: Vec<Place>,
    room: Vec<u32>,
    /// Where blocks of two to the power of each number are free.
    free: Vec<Vec<u32>>,
}

impl Lists {
    /// Bytes that they take.
    pub(crate) fn room(&self) -> usize {
        self.places.capacity() * size_of::<Place>() + self.room.capacity() * 4
    }

    /// How many lists there are.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.places.len()).expect("lists have numbers below 2^32")
    }

    /// Makes lists until there are so many.
    pub(crate) fn grow(&mut self, count: u32) {
        if count > self.len() {
            self.places.resize(count as usize, Place::default());
        }
    }

    pub(crate) fn get(&self, list: u32) -> &[u32] {
        let place = &self.places[list as usize];
        match (place.power(), place.length()) {
            (0, 0) => &[],
            (0, _) => core::slice::from_ref(&place.start),
            (_, length) => &self.room[place.start as usize..(place.start + length) as usize],
        }
    }

    fn items(&mut self, list: u32) -> &mut [u32] {
        let place = &mut self.places[list as usize];
        match (place.power(), place.length()) {
            (0, 0) => &mut [],
            (0, _) => core::slice::from_mut(&mut place.start),
            (_, length) => &mut self.room[place.start as usize..(place.start + length) as usize],
        }
    }

    pub(crate) fn last_mut(&mut self, list: u32) -> Option<&mut u32> {
        self.items(list).last_mut()
    }

    /// A block for two to this power numbers.
    fn block(&mut self, power: u32) -> u32 {
        if let Some(start) = self.free.get_mut(power as usize).and_then(Vec::pop) {
            return start;
        }
        let start = self.room.len();
        let wanted = 1 << power;
        if self.room.capacity() - start < wanted {
            // An eighth more each time: to double it would leave half of it empty.
            self.room.reserve_exact(wanted.max(start / 8));
        }
        self.room.resize(start + wanted, 0);
        u32::try_from(start).expect("the lists hold fewer than 2^32 numbers")
    }

    fn give_back(&mut self, start: u32, power: u32) {
        let power = power as usize;
        if self.free.len() <= power {
            self.free.resize_with(power + 1, Vec::new);
        }
        self.free[power].push(start);
    }

    /// Adds a number at the end of a list, which holds fewer than 2^27.
    pub(crate) fn push(&mut self, list: u32, item: u32) {
        let place = self.places[list as usize];
        let (length, power) = (place.length(), place.power());
        let place = if length == 0 && power == 0 {
            Place::new(item, 1, 0)
        } else if length < 1 << power {
            self.room[(place.start + length) as usize] = item;
            Place::new(place.start, length + 1, power)
        } else {
            let block = self.block(power + 1);
            let to = block as usize;
            if power == 0 {
                self.room[to] = place.start;
            } else {
                let from = place.start as usize;
                self.room.copy_within(from..from + length as usize, to);
                self.give_back(place.start, power);
            }
            self.room[to + length as usize] = item;
            Place::new(block, length + 1, power + 1)
        };
        self.places[list as usize] = place;
    }

    /// Takes one item out; the last one takes its place.
    pub(crate) fn remove(&mut self, list: u32, item: u32) {
        let items = self.items(list);
        // What came last goes first as a rule.
        if let Some(place) = items.iter().rposition(|&other| other == item) {
            let last = items.len() - 1;
            items.swap(place, last);
            self.shorten(list, last);
        }
    }

    /// Keeps the items that pass, in their order.
    pub(crate) fn retain(&mut self, list: u32, pass: impl Fn(u32) -> bool) {
        let items = self.items(list);
        let mut kept = 0;
        for place in 0..items.len() {
            if pass(items[place]) {
                items[kept] = items[place];
                kept += 1;
            }
        }
        self.shorten(list, kept);
    }

    /// Shortens a list. It keeps its block: what was long once is likely to be so again.
    fn shorten(&mut self, list: u32, length: usize) {
        let place = &mut self.places[list as usize];
        let length = u32::try_from(length).expect("it is shorter than it was");
        *place = Place::new(place.start, length, place.power());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::random::Random;

    #[test]
    fn lists_hold_what_vectors_hold() {
        let mut random = Random::new(3);
        let mut lists = Lists::default();
        let mut vectors: Vec<Vec<u32>> = vec![Vec::new(); 40];
        lists.grow(40);
        let mut most = [0; 40];
        for round in 0..60_000 {
            let list = random.below(40);
            let number = u32::try_from(list).unwrap();
            match random.below(40) {
                0 => {
                    let rest = random.small() % 3;
                    lists.retain(number, |item| item % 3 != rest);
                    vectors[list].retain(|item| item % 3 != rest);
                }
                1..12 => {
                    let item = vectors[list].first().copied().unwrap_or(7);
                    lists.remove(number, item);
                    if let Some(place) = vectors[list].iter().rposition(|&other| other == item) {
                        vectors[list].swap_remove(place);
                    }
                }
                _ => {
                    let item = random.small();
                    lists.push(number, item);
                    vectors[list].push(item);
                }
            }
            assert_eq!(lists.get(number), vectors[list], "round {round}");
            assert_eq!(lists.last_mut(number).copied(), vectors[list].last().copied());
            most[list] = most[list].max(vectors[list].len());
        }
        for (list, vector) in (0..).zip(&vectors) {
            assert_eq!(lists.get(list), vector);
        }
        let (room, most) = (lists.room.len(), most.iter().sum::<usize>());
        assert!(
            room < most * 4,
            "{room} for {most}: what became free is used again"
        );
    }
}
