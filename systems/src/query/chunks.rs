//! A sorted list of row numbers in short pieces, so that one row goes in or out at the cost of a piece and not of
//! the list, and the place of a row and the row at a place are found without a walk.

use core::cmp::Ordering;

/// How many rows a piece has at most, in a list of fewer than 2^24 rows.
const LONGEST: usize = 1_024;
/// Of a row that is not in the list.
const NOWHERE: u16 = u16::MAX;
/// The most pieces: slots are below [`NOWHERE`].
const MOST_CHUNKS: usize = NOWHERE as usize;

/// Compares two rows. A list of another comparison is the same code.
pub(crate) type Compare<'a> = &'a dyn Fn(u32, u32) -> Ordering;

/// A piece of the list.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// Its number, which stays while pieces before it come and go, and is given again when it is gone.
    pub(crate) slot: u16,
    /// Changes with every change of its rows, and never comes again.
    pub(crate) stamp: u64,
    pub(crate) rows: Vec<u32>,
}

/// The list.
#[derive(Debug)]
pub(crate) struct Chunks {
    chunks: Vec<Chunk>,
    /// By row: the slot of its piece.
    slots: Vec<u16>,
    /// By slot: which piece of the list it is now.
    places: Vec<u16>,
    free: Vec<u16>,
    longest: usize,
    stamp: u64,
}

fn short(number: usize) -> u16 {
    u16::try_from(number).expect("there are fewer than 2^16 pieces")
}

impl Chunks {
    /// Empty, for so many rows with numbers below `upto`. They come by [`Chunks::append`], and then
    /// [`Chunks::number`].
    pub(crate) fn with_room(rows: usize, upto: u32) -> Self {
        Self {
            chunks: Vec::new(),
            slots: vec![NOWHERE; upto as usize],
            places: Vec::new(),
            free: Vec::new(),
            // Half of the slots are left for pieces that will be split.
            longest: LONGEST.max(rows / (MOST_CHUNKS / 4) + 1),
            stamp: 0,
        }
    }

    /// How many rows a piece has at first: a full one would be split by the first row that comes.
    pub(crate) fn length_of_pieces(&self) -> usize {
        self.longest * 3 / 4
    }

    /// Adds a piece behind all others.
    pub(crate) fn append(&mut self, rows: &[u32]) {
        if rows.is_empty() {
            return;
        }
        let slot = short(self.chunks.len());
        for &row in rows {
            self.slots[row as usize] = slot;
        }
        self.stamp += 1;
        let stamp = self.stamp;
        let mut own = Vec::with_capacity(self.longest);
        own.extend_from_slice(rows);
        self.chunks.push(Chunk {
            slot,
            stamp,
            rows: own,
        });
    }

    /// Lets stamps begin behind this one.
    pub(crate) fn begin_stamps(&mut self, stamp: u64) {
        self.stamp += stamp;
        for chunk in &mut self.chunks {
            chunk.stamp += stamp;
        }
    }

    /// Puts another sorted list in its place.
    pub(crate) fn replace(&mut self, rows: &[u32]) {
        let upto = rows.iter().copied().max().map_or(0, |row| row + 1);
        let mut list = Self::with_room(rows.len(), upto);
        list.stamp = self.stamp;
        for piece in rows.chunks(list.length_of_pieces()) {
            list.append(piece);
        }
        list.number();
        *self = list;
    }

    /// Notes which piece stands where, after pieces came or went.
    pub(crate) fn number(&mut self) {
        self.places.resize(self.chunks.len() + self.free.len(), 0);
        for (place, chunk) in self.chunks.iter().enumerate() {
            self.places[chunk.slot as usize] = short(place);
        }
    }

    /// Bytes that they take.
    pub(crate) fn room(&self) -> usize {
        let chunks = self.chunks.iter();
        let rows: usize = chunks.map(|chunk| chunk.rows.capacity()).sum();
        rows * 4 + self.slots.capacity() * 2 + self.chunks.capacity() * size_of::<Chunk>()
    }

    /// The pieces, in order. None is empty.
    pub(crate) fn list(&self) -> &[Chunk] {
        &self.chunks
    }

    /// How many slots there are: every piece's is below.
    pub(crate) fn slots(&self) -> usize {
        self.places.len()
    }

    /// Every row, in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = u32> {
        self.chunks.iter().flat_map(|chunk| chunk.rows.iter().copied())
    }

    /// The slot of the piece that a row stands in, if it is in the list.
    pub(crate) fn slot_of(&self, row: u32) -> Option<u16> {
        let slot = self.slots.get(row as usize).copied();
        slot.filter(|&slot| slot != NOWHERE)
    }

    /// Which piece a row stands in.
    pub(crate) fn piece_of(&self, row: u32) -> Option<u16> {
        Some(self.places[self.slot_of(row)? as usize])
    }

    /// Which piece a row stands in, and where in it.
    pub(crate) fn place(&self, row: u32) -> Option<(usize, usize)> {
        let place = self.places[self.slot_of(row)? as usize] as usize;
        let within = self.chunks[place].rows.iter().position(|&other| other == row)?;
        Some((place, within))
    }

    /// Where a row stands, as a number that grows along the list.
    pub(crate) fn key(&self, row: u32) -> Option<u64> {
        let (place, within) = self.place(row)?;
        Some((place as u64) << 32 | within as u64)
    }

    /// The row that stands where a [`key`](Self::key) says.
    pub(crate) fn at(&self, key: u64) -> Option<u32> {
        let chunk = self.chunks.get(usize::try_from(key >> 32).ok()?)?;
        let within = usize::try_from(key & u64::from(u32::MAX)).ok()?;
        chunk.rows.get(within).copied()
    }

    /// About how many rows stand in it: below which number they all are.
    pub(crate) fn upto(&self) -> usize {
        self.slots.len()
    }

    fn touch(&mut self, place: usize) {
        self.stamp += 1;
        self.chunks[place].stamp = self.stamp;
    }

    /// Puts a row where it belongs. One that is there stays where it is.
    pub(crate) fn insert(&mut self, row: u32, compare: Compare<'_>) {
        if self.slot_of(row).is_some() {
            return;
        }
        if self.slots.len() <= row as usize {
            self.slots.resize(row as usize + 1, NOWHERE);
        }
        if self.chunks.is_empty() {
            self.replace(&[row]);
            return;
        }
        let is_before = |other: u32| compare(other, row) == Ordering::Less;
        let behind = self.chunks.partition_point(|chunk| is_before(chunk.rows[0]));
        let place = behind.saturating_sub(1);
        let chunk = &mut self.chunks[place];
        let within = chunk.rows.partition_point(|&other| is_before(other));
        chunk.rows.insert(within, row);
        self.slots[row as usize] = chunk.slot;
        self.touch(place);
        if self.chunks[place].rows.len() > self.longest {
            self.split(place);
        }
    }

    /// Makes two pieces of one.
    fn split(&mut self, place: usize) {
        let slot = match self.free.pop() {
            Some(slot) => slot,
            // Without a slot the piece stays long: slower, and right.
            None if self.chunks.len() == MOST_CHUNKS => return,
            None => short(self.chunks.len()),
        };
        let chunk = &mut self.chunks[place];
        let mut rows = Vec::with_capacity(self.longest);
        rows.extend(chunk.rows.drain(chunk.rows.len() / 2..));
        for &row in &rows {
            self.slots[row as usize] = slot;
        }
        self.stamp += 1;
        let stamp = self.stamp;
        self.chunks.insert(place + 1, Chunk { slot, stamp, rows });
        self.touch(place);
        self.number();
    }

    /// Takes a row out. `false` if it is not in the list.
    pub(crate) fn remove(&mut self, row: u32) -> bool {
        let Some((place, within)) = self.place(row) else {
            return false;
        };
        self.slots[row as usize] = NOWHERE;
        let rows = &mut self.chunks[place].rows;
        rows.remove(within);
        let left = rows.len();
        self.touch(place);
        let room = self.longest / 2;
        if left == 0 {
            self.free.push(self.chunks.remove(place).slot);
            self.number();
        } else if left < self.longest / 8 && place + 1 < self.chunks.len() {
            // Pieces that wear away are put together, so that there are never many more than rows need.
            if self.chunks[place + 1].rows.len() <= room {
                self.join(place);
            }
        }
        true
    }

    /// Puts a piece and the one behind it together.
    fn join(&mut self, place: usize) {
        let Chunk { slot, rows, .. } = self.chunks.remove(place + 1);
        let into = &mut self.chunks[place];
        for &row in &rows {
            self.slots[row as usize] = into.slot;
        }
        into.rows.extend(rows);
        self.free.push(slot);
        self.touch(place);
        self.number();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(rows: &[u32]) -> Chunks {
        let mut list = Chunks::with_room(0, 0);
        list.replace(rows);
        list
    }
    use crate::query::random::Random;

    fn check(list: &Chunks, expected: &[u32]) {
        assert_eq!(list.rows().collect::<Vec<_>>(), expected);
        let mut slots = Vec::new();
        for (place, chunk) in list.list().iter().enumerate() {
            assert!(!chunk.rows.is_empty());
            assert_eq!(list.places[chunk.slot as usize] as usize, place);
            assert!((chunk.slot as usize) < list.slots());
            slots.push(chunk.slot);
            for (within, &row) in chunk.rows.iter().enumerate() {
                assert_eq!(list.place(row), Some((place, within)));
            }
        }
        slots.extend(&list.free);
        slots.sort_unstable();
        assert!(slots.iter().copied().eq(0..short(slots.len())), "each slot once");
    }

    #[test]
    fn a_list_in_pieces_is_the_sorted_list() {
        let mut random = Random::new(5);
        // Rows are sorted by something else than their number, and that differs for any two.
        let key = |row: u32| row.wrapping_mul(0x9e37_79b1);
        let compare = |a: u32, b: u32| key(a).cmp(&key(b));
        let mut expected: Vec<u32> = (0..3_000).collect();
        expected.sort_unstable_by_key(|&row| key(row));
        let mut list = cut(&expected);
        list.longest = 64;
        check(&list, &expected);
        for step in 0..30_000_u32 {
            // It grows, then wears away to nothing, then grows again.
            let grows = !(8_000..=24_000).contains(&step);
            let row = u32::try_from(random.below(6_000)).unwrap();
            if grows == (random.below(4) > 0) {
                list.insert(row, &compare);
                let place = expected.partition_point(|&other| key(other) < key(row));
                if expected.get(place) != Some(&row) {
                    expected.insert(place, row);
                }
            } else {
                let place = expected.iter().position(|&other| other == row);
                assert_eq!(list.remove(row), place.is_some());
                if let Some(place) = place {
                    expected.remove(place);
                }
            }
            if step % 997 == 0 {
                check(&list, &expected);
            }
        }
        for row in expected.split_off(0) {
            assert!(list.remove(row));
        }
        check(&list, &[]);
        list.insert(7, &compare);
        check(&list, &[7]);
    }

    #[test]
    fn a_change_leaves_its_stamp_on_the_piece_and_on_no_other() {
        let compare = |a: u32, b: u32| a.cmp(&b);
        let mut list = cut(&(0..10_000).map(|row| row * 2).collect::<Vec<_>>());
        let stamps = |list: &Chunks| list.list().iter().map(|chunk| chunk.stamp).collect::<Vec<_>>();
        let before = stamps(&list);
        list.insert(5_001, &compare);
        let after = stamps(&list);
        let place = list.place(5_001).unwrap().0;
        for (at, (before, after)) in before.iter().zip(&after).enumerate() {
            assert_eq!(before != after, at == place);
        }
        assert!(list.remove(5_001) && !list.remove(5_001) && !list.remove(1_000_000));
        assert!(stamps(&list)[place] > after[place]);
    }
}
