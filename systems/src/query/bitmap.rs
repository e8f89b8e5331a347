//! A set of row numbers, one bit each.

/// Which rows of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bitmap {
    words: Vec<u64>,
}

fn place(row: u32) -> (usize, u64) {
    (row as usize / 64, 1 << (row % 64))
}

impl Bitmap {
    /// Of the same length as another, and empty.
    pub(crate) fn empty_like(other: &Self) -> Self {
        Self {
            words: vec![0; other.words.len()],
        }
    }

    pub(crate) fn set(&mut self, row: u32) {
        let (word, bit) = place(row);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= bit;
    }

    pub(crate) fn clear(&mut self, row: u32) {
        let (word, bit) = place(row);
        if let Some(word) = self.words.get_mut(word) {
            *word &= !bit;
        }
    }

    pub(crate) fn has(&self, row: u32) -> bool {
        let (word, bit) = place(row);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    pub(crate) fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Keeps what the other has too.
    pub(crate) fn and(&mut self, other: &Self) {
        for (index, word) in self.words.iter_mut().enumerate() {
            *word &= other.words.get(index).copied().unwrap_or(0);
        }
    }

    /// Takes away what the other has.
    pub(crate) fn and_not(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    /// Adds what the other has.
    pub(crate) fn or(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// Keeps the rows that pass.
    pub(crate) fn retain(&mut self, mut pass: impl FnMut(u32) -> bool) {
        let mut base = 0;
        for word in &mut self.words {
            let mut left = *word;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                if !pass(base + bit) {
                    *word &= !(1 << bit);
                }
            }
            base += 64;
        }
    }

    /// The rows, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        (0u32..).step_by(64).zip(&self.words).flat_map(|(base, &word)| {
            let mut left = word;
            core::iter::from_fn(move || {
                (left != 0).then(|| {
                    let bit = left.trailing_zeros();
                    left &= left - 1;
                    base + bit
                })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_behave_as_sets() {
        let mut a = Bitmap::default();
        for row in [3, 64, 200] {
            a.set(row);
        }
        let mut b = Bitmap::default();
        b.set(64);
        b.set(7);
        let mut both = a.clone();
        both.and(&b);
        assert_eq!(both.iter().collect::<Vec<_>>(), [64]);
        let mut either = b.clone();
        either.or(&a);
        assert_eq!(either.iter().collect::<Vec<_>>(), [3, 7, 64, 200]);
        either.and_not(&b);
        assert_eq!(either.iter().collect::<Vec<_>>(), [3, 200]);
        either.retain(|row| row == 200);
        assert_eq!((either.count(), either.has(200), either.has(3)), (1, true, false));
        either.clear(200);
        either.clear(100_000);
        assert!(either.is_empty() && !either.has(100_000));
    }
}
