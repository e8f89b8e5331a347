//! Distinct strings under small numbers, their bytes in one piece.

use core::hash::BuildHasher;
use std::sync::Arc;

use bevy_platform::collections::HashTable;
use bevy_platform::hash::FixedHasher;

use super::fold;
use super::tailoring::Tailoring;

/// Every string once. Numbers count up from 0 and last as long as the whole set.
#[derive(Debug, Default)]
pub(crate) struct Strings {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    table: HashTable<u32>,
}

fn text_of<'a>(bytes: &'a [u8], ends: &[u32], number: u32) -> &'a [u8] {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before] as usize);
    &bytes[start..ends[number] as usize]
}

impl Strings {
    /// Makes room for so many more: to make it bit by bit is to look at every string again and again.
    pub(crate) fn reserve(&mut self, more: usize) {
        let Self { bytes, ends, table } = self;
        ends.reserve(more);
        table.reserve(more, |&number| FixedHasher.hash_one(text_of(bytes, ends, number)));
    }

    /// Bytes that it keeps.
    pub(crate) fn room(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 4 + self.table.allocation_size()
    }

    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.ends.len()).expect("every string has a number below 2^32")
    }

    pub(crate) fn get(&self, number: u32) -> &[u8] {
        text_of(&self.bytes, &self.ends, number)
    }

    pub(crate) fn find(&self, text: &[u8]) -> Option<u32> {
        let hash = FixedHasher.hash_one(text);
        self.table.find(hash, |&number| self.get(number) == text).copied()
    }

    /// The number of a string, new if it was not there.
    pub(crate) fn intern(&mut self, text: &[u8]) -> u32 {
        let hash = FixedHasher.hash_one(text);
        let Self { bytes, ends, table } = self;
        if let Some(&number) = table.find(hash, |&number| text_of(bytes, ends, number) == text) {
            return number;
        }
        let number = u32::try_from(ends.len()).expect("there is less text than 4 GiB");
        if bytes.capacity() - bytes.len() < text.len() {
            // A quarter more each time: to double it would leave up to half of it empty.
            bytes.reserve_exact(text.len().max(bytes.len() / 4));
        }
        bytes.extend_from_slice(text);
        ends.push(u32::try_from(bytes.len()).expect("there is less text than 4 GiB"));
        table.insert_unique(hash, number, |&number| {
            FixedHasher.hash_one(text_of(bytes, ends, number))
        });
        number
    }
}

/// Sort keys, each once. Number 0 is that of no text.
#[derive(Debug)]
pub(crate) struct Keys {
    strings: Strings,
    tailoring: Arc<Tailoring>,
}

impl Keys {
    /// None yet, of a language, with room for so many.
    pub(crate) fn new(tailoring: Arc<Tailoring>, room: usize) -> Self {
        let mut strings = Strings::default();
        strings.reserve(room);
        strings.intern(b"");
        Self { strings, tailoring }
    }

    /// Bytes that they take.
    pub(crate) fn room(&self) -> usize {
        self.strings.room()
    }

    pub(crate) fn tailoring(&self) -> &Arc<Tailoring> {
        &self.tailoring
    }

    pub(crate) fn len(&self) -> u32 {
        self.strings.len()
    }

    pub(crate) fn get(&self, number: u32) -> &[u8] {
        self.strings.get(number)
    }

    /// The number of the key that a text sorts by, if some text has it.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.strings.find(&fold::sort_key(text, &self.tailoring))
    }

    /// The number of the key that a text sorts by.
    pub(crate) fn of(&mut self, text: &str) -> u32 {
        self.strings.intern(&fold::sort_key(text, &self.tailoring))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_keeps_its_number() {
        let mut strings = Strings::default();
        for round in 0..2 {
            for number in 0..1_000u32 {
                assert_eq!(
                    strings.intern(format!("s{number}").as_bytes()),
                    number,
                    "round {round}"
                );
            }
        }
        assert_eq!(strings.get(0), b"s0");
        assert_eq!(strings.get(999), b"s999");
        assert_eq!(strings.find(b"s500"), Some(500));
        assert_eq!(strings.find(b""), None);
        assert_eq!(strings.len(), 1_000);
    }
}
