//! The distinct values of texts that rows share: the artists of credits, single genres, folders and codecs.

use super::fold;
use super::lists::Lists;
use super::shared::Text;
use super::strings::{Keys, Strings};

/// Values under small numbers, and which of them each text has. What is equal when folded is one value.
///
/// Made of all texts when it is first asked for, and then of those that came since.
#[derive(Debug, Default)]
pub(crate) struct Distinct {
    folded: Strings,
    /// Where each was first met: a text, and the place among its values.
    met: Vec<(u32, u32)>,
    /// The numbers of their sort keys in the table that the rows are in.
    keys: Vec<u32>,
    /// Those of each text, by its number.
    of_text: Lists,
}

impl Distinct {
    /// Takes in the texts that came since.
    pub(super) fn take(&mut self, texts: &[Text], keys: &mut Keys) {
        let taken = self.of_text.len();
        let count = u32::try_from(texts.len()).expect("every text has a number below 2^32");
        self.of_text.grow(count);
        let mut folded = String::new();
        for (text, shared) in (taken..).zip(&texts[taken as usize..]) {
            for (place, value) in (0..).zip(shared.values()) {
                if value.is_empty() && !shared.may_be_empty() {
                    continue;
                }
                fold::fold_into(value, &mut folded);
                let number = self.folded.intern(folded.as_bytes());
                if number as usize == self.met.len() {
                    self.met.push((text, place));
                    self.keys.push(keys.of(value));
                }
                // A name to sort by is that of a single artist.
                if let Some(name) = shared.sort_name() {
                    self.keys[number as usize] = keys.of(name);
                }
                if !self.of_text.get(text).contains(&number) {
                    self.of_text.push(text, number);
                }
            }
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u32 {
        self.folded.len()
    }

    /// The numbers of the values of a text.
    pub(crate) fn of_text(&self, text: u32) -> &[u32] {
        self.of_text.get(text)
    }

    /// The text where a value was first met, and its place among the values of that.
    pub(super) fn met(&self, value: u32) -> (u32, u32) {
        self.met[value as usize]
    }

    /// The number of a value's sort key.
    pub(crate) fn key(&self, value: u32) -> u32 {
        self.keys[value as usize]
    }
}
