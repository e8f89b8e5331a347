//! A set of row numbers: one bit each, or a list where only a few rows are in question.

use crate::sort;

/// Which rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bitmap {
    /// One bit a row.
    Bits(Vec<u64>),
    /// The rows themselves, ascending. What is narrowed down from a few rows costs what they cost, and not
    /// what the table does.
    Few(Vec<u32>),
}

impl Default for Bitmap {
    fn default() -> Self {
        Self::Bits(Vec::new())
    }
}

fn place(row: u32) -> (usize, u64) {
    (row as usize / 64, 1 << (row % 64))
}

fn bit_of(words: &[u64], row: u32) -> bool {
    let (word, bit) = place(row);
    words.get(word).is_some_and(|word| word & bit != 0)
}

fn set_bit(words: &mut Vec<u64>, row: u32) {
    let (word, bit) = place(row);
    if word >= words.len() {
        words.resize(word + 1, 0);
    }
    words[word] |= bit;
}

impl Bitmap {
    /// These rows, as a list.
    pub(crate) fn few(mut rows: Vec<u32>) -> Self {
        sort::numbers(&mut rows, &mut |a, b| a.cmp(&b));
        rows.dedup();
        Self::Few(rows)
    }

    /// Empty, of the same form as another.
    pub(crate) fn empty_like(other: &Self) -> Self {
        match other {
            Self::Bits(words) => Self::Bits(vec![0; words.len()]),
            Self::Few(_) => Self::Few(Vec::new()),
        }
    }

    /// Empty, of the same form as another, and without room.
    pub(crate) fn none_like(other: &Self) -> Self {
        match other {
            Self::Bits(_) => Self::default(),
            Self::Few(_) => Self::Few(Vec::new()),
        }
    }

    /// Whether it is a list of a few rows: then it is cheaper to look at each than to find all that there are.
    pub(crate) fn is_few(&self) -> bool {
        matches!(self, Self::Few(_))
    }

    /// The same rows as bits.
    pub(crate) fn into_bits(self) -> Self {
        match self {
            Self::Bits(_) => self,
            Self::Few(rows) => {
                let mut words = Vec::new();
                // From the last, so that room is made once.
                for &row in rows.iter().rev() {
                    set_bit(&mut words, row);
                }
                Self::Bits(words)
            }
        }
    }

    pub(crate) fn set(&mut self, row: u32) {
        match self {
            Self::Bits(words) => set_bit(words, row),
            Self::Few(rows) => {
                if let Err(place) = rows.binary_search(&row) {
                    rows.insert(place, row);
                }
            }
        }
    }

    /// The same, where a list that is longer than this becomes bits.
    pub(crate) fn add(&mut self, row: u32, longest: usize) {
        if let Self::Few(rows) = self
            && rows.len() >= longest
        {
            *self = core::mem::take(self).into_bits();
        }
        self.set(row);
    }

    pub(crate) fn clear(&mut self, row: u32) {
        match self {
            Self::Bits(words) => {
                let (word, bit) = place(row);
                if let Some(word) = words.get_mut(word) {
                    *word &= !bit;
                }
            }
            Self::Few(rows) => {
                if let Ok(place) = rows.binary_search(&row) {
                    rows.remove(place);
                }
            }
        }
    }

    pub(crate) fn has(&self, row: u32) -> bool {
        match self {
            Self::Bits(words) => bit_of(words, row),
            Self::Few(rows) => rows.binary_search(&row).is_ok(),
        }
    }

    pub(crate) fn count(&self) -> u32 {
        match self {
            Self::Bits(words) => words.iter().map(|word| word.count_ones()).sum(),
            Self::Few(rows) => u32::try_from(rows.len()).expect("rows are below 2^27"),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Bits(words) => words.iter().all(|&word| word == 0),
            Self::Few(rows) => rows.is_empty(),
        }
    }

    /// Keeps what the other has too.
    pub(crate) fn and(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Bits(words), Self::Bits(others)) => {
                words.truncate(others.len());
                for (word, other) in words.iter_mut().zip(others) {
                    *word &= other;
                }
            }
            (Self::Few(rows), _) => rows.retain(|&row| other.has(row)),
            (Self::Bits(words), Self::Few(others)) => {
                let both = others.iter().copied().filter(|&row| bit_of(words, row));
                *self = Self::Few(both.collect());
            }
        }
    }

    /// Takes away what the other has.
    pub(crate) fn and_not(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Bits(words), Self::Bits(others)) => {
                for (word, other) in words.iter_mut().zip(others) {
                    *word &= !other;
                }
            }
            (Self::Few(rows), _) => rows.retain(|&row| !other.has(row)),
            (Self::Bits(_), Self::Few(others)) => {
                for &row in others {
                    self.clear(row);
                }
            }
        }
    }

    /// Takes away what the other has, and gives it.
    pub(crate) fn take(&mut self, other: &Self) -> Self {
        match (&mut *self, other) {
            (Self::Bits(words), Self::Bits(others)) => {
                let mut taken = vec![0; words.len().min(others.len())];
                for ((word, other), taken) in words.iter_mut().zip(others).zip(&mut taken) {
                    *taken = *word & other;
                    *word &= !other;
                }
                Self::Bits(taken)
            }
            _ => {
                let mut taken = other.clone();
                taken.and(self);
                self.and_not(&taken);
                taken
            }
        }
    }

    /// Adds what the other has.
    pub(crate) fn or(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Bits(words), Self::Bits(others)) => {
                if words.len() < others.len() {
                    words.resize(others.len(), 0);
                }
                for (word, other) in words.iter_mut().zip(others) {
                    *word |= other;
                }
            }
            (_, Self::Few(others)) => {
                for &row in others {
                    self.set(row);
                }
            }
            (Self::Few(_), Self::Bits(_)) => {
                let few = core::mem::replace(self, other.clone());
                self.or(&few);
            }
        }
    }

    /// Keeps the rows that pass.
    pub(crate) fn retain(&mut self, mut pass: impl FnMut(u32) -> bool) {
        let words = match self {
            Self::Bits(words) => words,
            Self::Few(rows) => return rows.retain(|&row| pass(row)),
        };
        let mut base = 0;
        for word in words {
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

    /// Gives out the rows, ascending, faster than [`iter`](Self::iter).
    pub(crate) fn each(&self, mut each: impl FnMut(u32)) {
        match self {
            Self::Bits(words) => {
                for (base, &word) in (0..).step_by(64).zip(words) {
                    let mut left = word;
                    while left != 0 {
                        each(base + left.trailing_zeros());
                        left &= left - 1;
                    }
                }
            }
            Self::Few(rows) => rows.iter().copied().for_each(each),
        }
    }

    /// Whether there are so many rows, judged by one word in sixteen.
    pub(crate) fn seems_to_have(&self, count: u32) -> bool {
        match self {
            Self::Bits(words) => {
                let sample = words.iter().step_by(16).map(|word| word.count_ones());
                sample.sum::<u32>() >= count / 16
            }
            Self::Few(rows) => rows.len() >= count as usize,
        }
    }

    /// The rows, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        let (words, rows) = match self {
            Self::Bits(words) => (&words[..], &[][..]),
            Self::Few(rows) => (&[][..], &rows[..]),
        };
        let bits = (0u32..).step_by(64).zip(words).flat_map(|(base, &word)| {
            let mut left = word;
            core::iter::from_fn(move || {
                (left != 0).then(|| {
                    let bit = left.trailing_zeros();
                    left &= left - 1;
                    base + bit
                })
            })
        });
        bits.chain(rows.iter().copied())
    }
}

/// Bits for the rows below a number, which are set one by one without a look at their form.
pub(crate) struct Marks(Vec<u64>);

impl Marks {
    /// None of so many rows.
    pub(crate) fn of(rows: u32) -> Self {
        Self(vec![0; rows.div_ceil(64) as usize])
    }

    #[inline]
    pub(crate) fn set(&mut self, row: u32) {
        let (word, bit) = place(row);
        self.0[word] |= bit;
    }

    pub(crate) fn into_bitmap(self) -> Bitmap {
        Bitmap::Bits(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_behave_as_sets() {
        let forms: [fn(&[u32]) -> Bitmap; 2] = [
            |rows| Bitmap::few(rows.to_vec()),
            |rows| Bitmap::few(rows.to_vec()).into_bits(),
        ];
        for (of_a, of_b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let a = forms[of_a](&[200, 3, 64, 3]);
            let b = forms[of_b](&[64, 7]);
            let mut both = a.clone();
            both.and(&b);
            assert_eq!(both.iter().collect::<Vec<_>>(), [64]);
            let mut rest = a.clone();
            let taken = rest.take(&b);
            assert_eq!(taken.iter().collect::<Vec<_>>(), [64]);
            assert_eq!(rest.iter().collect::<Vec<_>>(), [3, 200]);
            let mut each = Vec::new();
            rest.each(|row| each.push(row));
            assert_eq!(each, [3, 200]);
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
            assert!(!a.is_empty() && Bitmap::empty_like(&a).is_empty());
        }
    }
}
