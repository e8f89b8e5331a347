//! Texts that many rows share: credits, lists of genres, folders and codecs. Each is kept and cut into words once.

use core::hash::{BuildHasher, Hash};
use std::sync::Arc;

use bevy_platform::collections::HashTable;
use bevy_platform::hash::FixedHasher;
use segue_components::prelude::Credit;

use super::bitmap::Bitmap;
use super::distinct::Distinct;
use super::fold;
use super::lists::Lists;
use super::strings::Keys;
use super::words::Words;

/// A text that rows share.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Text {
    /// Who made it.
    Credit(Arc<Credit>),
    /// Genres, in tag order.
    Genres(Arc<[Box<str>]>),
    /// A folder or a codec.
    Name(Box<str>),
}

impl Text {
    /// Whether it is the very same, which neighbours tend to share.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Credit(a), Self::Credit(b)) => Arc::ptr_eq(a, b),
            (Self::Genres(a), Self::Genres(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// The names, or whatever it is made of.
    pub(crate) fn values(&self) -> &[Box<str>] {
        match self {
            Self::Credit(credit) => &credit.names,
            Self::Genres(genres) => genres,
            Self::Name(name) => core::slice::from_ref(name),
        }
    }

    /// Whether a value without a letter is one: that of the folder which is the root.
    pub(super) fn may_be_empty(&self) -> bool {
        matches!(self, Self::Name(_))
    }

    /// What a single artist sorts by.
    pub(super) fn sort_name(&self) -> Option<&str> {
        match self {
            Self::Credit(credit) if credit.names.len() == 1 => {
                credit.sort.as_deref().filter(|name| !name.is_empty())
            }
            _ => None,
        }
    }

    /// Whether a value passes, or the way in which a credit is printed.
    pub(crate) fn any(&self, pass: &mut dyn FnMut(&str) -> bool) -> bool {
        self.values().iter().any(|value| pass(value))
            || match self {
                Self::Credit(credit) => match &credit.phrase {
                    Some(phrase) => pass(phrase),
                    None => credit.names.len() > 1 && pass(&credit.to_string()),
                },
                Self::Genres(_) | Self::Name(_) => false,
            }
    }

    /// Gives out everything that it can be found by.
    pub(crate) fn each(&self, each: &mut dyn FnMut(&str)) {
        match self {
            Self::Credit(credit) => {
                credit.phrase.as_deref().into_iter().for_each(&mut *each);
                credit.names.iter().for_each(|name| each(name));
                credit.sort.as_deref().into_iter().for_each(each);
            }
            Self::Genres(_) | Self::Name(_) => self.values().iter().for_each(|value| each(value)),
        }
    }
}

/// Distinct texts, the rows that have each, and the words that they are found by.
///
/// Number 0 is that of no text. A text that no row has any more is kept: the next scan may well bring it back.
#[derive(Debug)]
pub(crate) struct Shared {
    texts: Vec<Text>,
    /// Numbers of sort keys in the table that the rows are in.
    keys: Vec<u32>,
    numbers: HashTable<u32>,
    /// To hash all texts anew as they become more would hold up a tick.
    hashes: Vec<u64>,
    rows: Lists,
    words: Words,
    /// Texts below this number have their words in.
    worded: u32,
    last: u32,
    distinct: Distinct,
}

impl Default for Shared {
    fn default() -> Self {
        let mut rows = Lists::default();
        rows.grow(1);
        Self {
            texts: vec![Text::Genres(Arc::default())],
            keys: vec![0],
            hashes: vec![0],
            numbers: HashTable::default(),
            rows,
            words: Words::default(),
            worded: 1,
            last: 0,
            distinct: Distinct::default(),
        }
    }
}

fn hash_of(text: &Text) -> u64 {
    FixedHasher.hash_one(text)
}

impl Shared {
    /// Bytes that they take, the texts themselves left out.
    pub(crate) fn room(&self) -> usize {
        self.texts.capacity() * size_of::<Text>()
            + self.keys.capacity() * 4
            + self.hashes.capacity() * 8
            + self.numbers.allocation_size()
            + self.rows.room()
            + self.words.room()
    }

    /// The number of a text; `key` gives a new one its sort key.
    pub(crate) fn number(&mut self, text: Text, key: impl FnOnce() -> u32) -> u32 {
        let Self {
            texts,
            numbers,
            hashes,
            ..
        } = self;
        if self.last > 0 && texts[self.last as usize].is_same(&text) {
            return self.last;
        }
        let hash = hash_of(&text);
        let known = numbers.find(hash, |&number| {
            hashes[number as usize] == hash && texts[number as usize] == text
        });
        self.last = known.copied().unwrap_or_else(|| {
            let number = self.rows.len();
            self.keys.push(key());
            texts.push(text);
            hashes.push(hash);
            numbers.insert_unique(hash, number, |&number| hashes[number as usize]);
            self.rows.grow(number + 1);
            number
        });
        self.last
    }

    /// The text that was asked for last, and its number.
    pub(crate) fn last(&self) -> (u32, &Text) {
        (self.last, self.text(self.last))
    }

    /// How many texts there are, with that of no text.
    pub(crate) fn len(&self) -> u32 {
        self.rows.len()
    }

    pub(crate) fn text(&self, number: u32) -> &Text {
        &self.texts[number as usize]
    }

    /// The number of a text's sort key.
    pub(crate) fn key(&self, number: u32) -> u32 {
        self.keys[number as usize]
    }

    /// The rows that have a text, in no order.
    pub(crate) fn rows(&self, number: u32) -> &[u32] {
        self.rows.get(number)
    }

    pub(crate) fn link(&mut self, number: u32, row: u32) {
        if number > 0 {
            self.rows.push(number, row);
        }
    }

    pub(crate) fn unlink(&mut self, number: u32, row: u32) {
        if number > 0 {
            self.rows.remove(number, row);
        }
    }

    /// The rows with a text that passes.
    pub(crate) fn rows_where(&self, pass: &mut dyn FnMut(&Text) -> bool) -> Bitmap {
        let mut found = Bitmap::default();
        for (number, text) in (1..).zip(&self.texts[1..]) {
            let rows = self.rows.get(number);
            if !rows.is_empty() && pass(text) {
                rows.iter().rev().for_each(|&row| found.set(row));
            }
        }
        found
    }

    /// Brings the distinct values up to date; `keys` takes what they sort by.
    pub(crate) fn take_values(&mut self, keys: &mut Keys) {
        self.distinct.take(&self.texts, keys);
    }

    /// The distinct values, as of the last [`take_values`](Self::take_values).
    pub(crate) fn distinct(&self) -> &Distinct {
        &self.distinct
    }

    /// How a value is written where it was first met.
    pub(crate) fn shown(&self, value: u32) -> &str {
        let (text, place) = self.distinct.met(value);
        &self.texts[text as usize].values()[place as usize]
    }

    /// The words of the texts. Those that came since [`take_words`](Self::take_words) are not among them.
    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    /// How many texts are not among the words yet.
    pub(crate) fn backlog(&self) -> usize {
        (self.rows.len() - self.worded) as usize
    }

    /// Cuts at most so many of the texts that came since into words, and counts `left` down.
    pub(crate) fn take_words(&mut self, left: &mut usize) {
        let Self { texts, words, .. } = self;
        while *left > 0 && self.worded < self.rows.len() {
            let number = self.worded;
            texts[number as usize].each(&mut |text| words.put(number, &fold::fold(text)));
            self.worded += 1;
            *left -= 1;
        }
        self.words.sort(self.worded < self.rows.len());
    }
}
