//! Sorting a million things without holding up a tick: in steps, as long as somebody has time.

use core::cmp::Ordering;

use super::chunks::Compare;

/// How many things are sorted at once before they are merged.
const RUN: usize = 4_096;

/// A number behind what decides most comparisons of it: sixteen bytes.
pub(crate) type Item = (u64, u32, u32);

/// Numbers with what decides most comparisons of them, being sorted.
#[derive(Debug, Default)]
pub(crate) struct Sorting {
    items: Vec<Item>,
    /// Where runs of `items` are merged to; the two change places after each pass.
    merged: Vec<Item>,
    /// How long the sorted runs of `items` are; before the first pass, how many items are in sorted runs.
    width: usize,
    is_merging: bool,
    is_sorted: bool,
    /// What of the two runs under way was not merged yet.
    left: (usize, usize),
    right: (usize, usize),
}

impl Sorting {
    /// Numbers with their heads: a number with a lower head goes first.
    pub(crate) fn new(items: Vec<Item>) -> Self {
        Self {
            items,
            merged: Vec::new(),
            width: 0,
            is_merging: false,
            is_sorted: false,
            left: (0, 0),
            right: (0, 0),
        }
    }

    /// All in one go: the numbers in order. Those of equal heads are compared.
    pub(crate) fn of(items: Vec<Item>, compare: Compare<'_>) -> Vec<u32> {
        let mut sorting = Self::new(items);
        while !sorting.step(usize::MAX, compare) {}
        sorting.take_sorted().expect("it was sorted to its end")
    }

    /// Goes on, for about so many comparisons. `true` once all is sorted.
    pub(crate) fn step(&mut self, most: usize, compare: Compare<'_>) -> bool {
        let mut left = most;
        while left > 0 && !self.is_sorted {
            self.is_sorted = if self.is_merging {
                self.merge(&mut left, compare)
            } else {
                self.sort_run(&mut left, compare)
            };
        }
        self.is_sorted
    }

    /// The numbers, once all is sorted.
    pub(crate) fn take_sorted(&mut self) -> Option<Vec<u32>> {
        let items = self.is_sorted.then(|| core::mem::take(&mut self.items))?;
        Some(items.into_iter().map(|(_, _, number)| number).collect())
    }

    /// The numbers with their heads, once all is sorted.
    pub(crate) fn sorted(&self) -> &[Item] {
        &self.items
    }

    fn sort_run(&mut self, left: &mut usize, compare: Compare<'_>) -> bool {
        let end = self.items.len().min(self.width + RUN);
        let run = &mut self.items[self.width..end];
        run.sort_unstable_by(|a, b| order(a, b, compare));
        // A run takes about as many comparisons a thing as the length of a run has bits.
        *left = left.saturating_sub(run.len() * 12 + 1);
        self.width = end;
        if end < self.items.len() {
            return false;
        }
        self.is_merging = true;
        self.width = RUN;
        self.merged = Vec::with_capacity(self.items.len());
        self.next_runs(0);
        self.items.len() <= RUN
    }

    /// Takes up the two runs that begin here.
    fn next_runs(&mut self, at: usize) {
        let end = |from: usize| self.items.len().min(from.saturating_add(self.width));
        let middle = end(at);
        (self.left, self.right) = ((at, middle), (middle, end(middle)));
    }

    /// Merges the two runs that are under way, as far as it may.
    fn merge(&mut self, most: &mut usize, compare: Compare<'_>) -> bool {
        let items = &self.items;
        let (left, right) = (&mut self.left, &mut self.right);
        while *most > 0 && left.0 < left.1 && right.0 < right.1 {
            let (a, b) = (&items[left.0], &items[right.0]);
            let from = if order(a, b, compare) == Ordering::Greater {
                &mut right.0
            } else {
                &mut left.0
            };
            self.merged.push(items[*from]);
            *from += 1;
            *most -= 1;
        }
        if left.0 < left.1 && right.0 < right.1 {
            return false;
        }
        // One run is at its end: the rest of the other follows as it is.
        self.merged.extend_from_slice(&items[left.0..left.1]);
        self.merged.extend_from_slice(&items[right.0..right.1]);
        *most = most.saturating_sub((left.1 - left.0 + right.1 - right.0) / 8 + 1);
        let end = right.1;
        if end < self.items.len() {
            self.next_runs(end);
            return false;
        }
        core::mem::swap(&mut self.items, &mut self.merged);
        self.merged.clear();
        self.width *= 2;
        self.next_runs(0);
        let is_sorted = self.width >= self.items.len();
        if is_sorted {
            self.merged = Vec::new();
        }
        is_sorted
    }
}

fn order(a: &Item, b: &Item, compare: Compare<'_>) -> Ordering {
    (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| compare(a.2, b.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sorted_in_steps_is_sorted() {
        for length in [0_u32, 1, 2, 4_095, 4_096, 4_097, 20_000, 50_001] {
            // Heads leave much open.
            let key = |number: u32| number.wrapping_mul(0x9e37_79b1);
            let items: Vec<_> = (0..length)
                .map(|number| (u64::from(key(number) >> 25), key(number) >> 23 & 3, number))
                .collect();
            let mut expected: Vec<u32> = (0..length).collect();
            expected.sort_unstable_by_key(|&number| key(number));
            let compare = |a: u32, b: u32| key(a).cmp(&key(b));
            assert_eq!(Sorting::of(items.clone(), &compare), expected, "{length}");
            let mut sorting = Sorting::new(items);
            let mut steps = 1;
            while !sorting.step(5_000, &compare) {
                steps += 1;
            }
            assert!(steps > length / 5_000, "{steps} steps for {length}");
            assert_eq!(sorting.take_sorted(), Some(expected), "{length}");
        }
    }
}
