//! A page: the rows of 256 neighbouring ids in one table, column by column.
//!
//! The layout is written by hand and stands byte by byte in `STORAGE.md`. A reader accepts what a
//! writer of this format makes and nothing else; what it does not know of kinds it hands back as it is.

use core::fmt;

use xxhash_rust::xxh3::xxh3_64;

use super::store::PageKey;
use crate::sort;

/// The first four bytes of a page.
pub const MAGIC: [u8; 4] = *b"SGPG";

/// The format that this build writes.
pub const FORMAT: u16 = 1;

/// How many ids share a page.
pub const ROWS: usize = 256;

/// Bytes before the directory of sections.
const HEADER: usize = 64;

/// Bytes of one entry of that directory.
const ENTRY: usize = 12;

/// Bytes after the payload.
const CHECKSUM: usize = 8;

/// Which of the 256 slots of a page are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Slots([u64; ROWS / 64]);

impl Slots {
    /// Adds a slot.
    pub fn insert(&mut self, slot: u8) {
        self.0[usize::from(slot >> 6)] |= 1 << (slot & 63);
    }

    /// Whether a slot is in it.
    #[must_use]
    pub fn contains(&self, slot: u8) -> bool {
        self.0[usize::from(slot >> 6)] >> (slot & 63) & 1 == 1
    }

    /// How many there are, up to 256.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Those of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(core::array::from_fn(|index| self.0[index] | other.0[index]))
    }

    /// Each slot, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=u8::MAX).filter(|&slot| self.contains(slot))
    }

    /// The 32 bytes that stand in a page.
    #[must_use]
    pub fn to_bytes(self) -> [u8; ROWS / 8] {
        let mut bytes = [0; ROWS / 8];
        for (chunk, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.0) {
            *chunk = word.to_le_bytes();
        }
        bytes
    }

    /// The slots of those 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; ROWS / 8]) -> Self {
        let mut words = [0; ROWS / 64];
        for (word, chunk) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_le_bytes(*chunk);
        }
        Self(words)
    }
}

/// Why bytes are not a page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageError {
    /// The bytes end before the page does.
    Cut {
        /// How many there are.
        length: usize,
        /// How many there would have to be, at least.
        needed: usize,
    },
    /// The bytes do not begin as a page does.
    Magic,
    /// The bytes are not those that were written.
    Checksum {
        /// The sum that stands in the page.
        stored: u64,
        /// The sum of its bytes.
        computed: u64,
    },
    /// The page has a format that this build does not know.
    Format {
        /// Its format.
        found: u16,
    },
    /// The page belongs elsewhere.
    Misplaced {
        /// Where it was found.
        expected: PageKey,
        /// Where it says it belongs.
        found: PageKey,
    },
    /// The directory of the page contradicts itself.
    Directory {
        /// Which entry of it, from 0.
        entry: usize,
    },
    /// The values of a kind are not what its version says.
    Section {
        /// The kind.
        kind: u16,
        /// Its version.
        version: u16,
        /// Where in the section reading stopped.
        offset: usize,
    },
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut { length, needed } => write!(f, "page of {length} bytes where {needed} are needed"),
            Self::Magic => f.write_str("not a page: its first bytes are others"),
            Self::Checksum { stored, computed } => {
                write!(
                    f,
                    "page checksum is {computed:016x} where {stored:016x} was stored"
                )
            }
            Self::Format { found } => write!(f, "page format {found} where this build knows {FORMAT}"),
            Self::Misplaced { expected, found } => write!(
                f,
                "page {} of table {} stands at page {} of table {}",
                found.page, found.table, expected.page, expected.table
            ),
            Self::Directory { entry } => write!(f, "entry {entry} of the page's directory is impossible"),
            Self::Section {
                kind,
                version,
                offset,
            } => write!(
                f,
                "kind {kind} version {version} is malformed at byte {offset} of its section"
            ),
        }
    }
}

impl std::error::Error for PageError {}

/// The values of one kind in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section<'a> {
    /// The kind, a number of [`KINDS`](segue_components::wire::registry::KINDS) or of a newer build.
    pub kind: u16,
    /// The version of its encoding.
    pub version: u16,
    /// Which slots have a value, and the values.
    pub bytes: &'a [u8],
}

/// A section of a kind or version that this build does not know, kept for the builds that do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSection {
    /// The kind.
    pub kind: u16,
    /// The version of its encoding.
    pub version: u16,
    /// Its bytes.
    pub bytes: Box<[u8]>,
}

/// A page whose checksum and directory were found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<'a> {
    /// Where it belongs.
    pub key: PageKey,
    /// The epoch of its writer.
    pub epoch: u64,
    /// The batch that wrote it.
    pub generation: u64,
    /// The slots that are rows.
    pub rows: Slots,
    /// Its sections, ascending by kind and version.
    pub sections: Vec<Section<'a>>,
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("the range is N long")
}

impl<'a> Page<'a> {
    /// Reads a page that was found at this key.
    ///
    /// # Errors
    /// A [`PageError`] that names what is wrong; it is never [`PageError::Section`].
    pub fn read(expected: PageKey, bytes: &'a [u8]) -> Result<Self, PageError> {
        let cut = |needed| PageError::Cut {
            length: bytes.len(),
            needed,
        };
        if bytes.len() < HEADER + CHECKSUM {
            return Err(cut(HEADER + CHECKSUM));
        }
        if bytes[..4] != MAGIC {
            return Err(PageError::Magic);
        }
        let end = bytes.len() - CHECKSUM;
        let stored = u64::from_le_bytes(number(bytes, end));
        let computed = xxh3_64(&bytes[..end]);
        if stored != computed {
            return Err(PageError::Checksum { stored, computed });
        }
        let format = u16::from_le_bytes(number(bytes, 4));
        if format != FORMAT {
            return Err(PageError::Format { found: format });
        }
        let key = PageKey {
            table: u16::from_le_bytes(number(bytes, 6)),
            page: u32::from_le_bytes(number(bytes, 8)),
        };
        if key != expected {
            return Err(PageError::Misplaced { expected, found: key });
        }
        let count = usize::from(u16::from_le_bytes(number(bytes, 12)));
        let row_count = usize::from(u16::from_le_bytes(number(bytes, 14)));
        let rows = Slots::from_bytes(number(bytes, 32));
        let payload = HEADER + count * ENTRY;
        if payload > end {
            return Err(cut(payload + CHECKSUM));
        }
        if rows.count() != row_count {
            return Err(PageError::Directory { entry: 0 });
        }
        let mut sections: Vec<Section<'a>> = Vec::with_capacity(count);
        let mut at = payload;
        for entry in 0..count {
            let from = HEADER + entry * ENTRY;
            let kind = u16::from_le_bytes(number(bytes, from));
            let version = u16::from_le_bytes(number(bytes, from + 2));
            let offset = u32::from_le_bytes(number(bytes, from + 4)) as usize;
            let length = u32::from_le_bytes(number(bytes, from + 8)) as usize;
            let ascends = sections
                .last()
                .is_none_or(|last| (last.kind, last.version) < (kind, version));
            if offset != at || length > end - at || !ascends {
                return Err(PageError::Directory { entry });
            }
            at += length;
            sections.push(Section {
                kind,
                version,
                bytes: &bytes[offset..at],
            });
        }
        if at != end {
            return Err(PageError::Directory { entry: count });
        }
        Ok(Self {
            key,
            epoch: u64::from_le_bytes(number(bytes, 16)),
            generation: u64::from_le_bytes(number(bytes, 24)),
            rows,
            sections,
        })
    }
}

/// Writes one page.
#[derive(Debug, Default)]
pub struct PageWriter {
    payload: Vec<u8>,
    sections: Vec<(u16, u16, core::ops::Range<usize>)>,
}

impl PageWriter {
    /// Adds a section; in which order makes no difference.
    pub fn section(&mut self, kind: u16, version: u16, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.payload.len();
        write(&mut self.payload);
        self.sections.push((kind, version, start..self.payload.len()));
    }

    /// Whether no section was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    /// The bytes of the page. The writer is empty afterwards, and its memory serves the next page.
    pub fn finish(&mut self, key: PageKey, epoch: u64, generation: u64, rows: &Slots) -> Vec<u8> {
        sort::by_key(&mut self.sections, |&(kind, version, _)| (kind, version));
        let payload = HEADER + self.sections.len() * ENTRY;
        let mut out = Vec::with_capacity(payload + self.payload.len() + CHECKSUM);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&FORMAT.to_le_bytes());
        out.extend_from_slice(&key.table.to_le_bytes());
        out.extend_from_slice(&key.page.to_le_bytes());
        out.extend_from_slice(&small(self.sections.len()).to_le_bytes());
        out.extend_from_slice(&small(rows.count()).to_le_bytes());
        out.extend_from_slice(&epoch.to_le_bytes());
        out.extend_from_slice(&generation.to_le_bytes());
        out.extend_from_slice(&rows.to_bytes());
        let mut at = payload;
        for (kind, version, range) in &self.sections {
            out.extend_from_slice(&kind.to_le_bytes());
            out.extend_from_slice(&version.to_le_bytes());
            out.extend_from_slice(&large(at).to_le_bytes());
            out.extend_from_slice(&large(range.len()).to_le_bytes());
            at += range.len();
        }
        for (_, _, range) in &self.sections {
            out.extend_from_slice(&self.payload[range.clone()]);
        }
        let sum = xxh3_64(&out);
        out.extend_from_slice(&sum.to_le_bytes());
        self.payload.clear();
        self.sections.clear();
        out
    }
}

fn small(count: usize) -> u16 {
    u16::try_from(count).expect("a page has at most 256 rows, and a section per kind and version")
}

fn large(offset: usize) -> u32 {
    u32::try_from(offset).expect("256 rows, each from one file's tags, stay far below 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: PageKey = PageKey {
        table: 3,
        page: 70_000,
    };

    fn sample() -> Vec<u8> {
        let mut rows = Slots::default();
        for slot in [0, 63, 64, 255] {
            rows.insert(slot);
        }
        let mut writer = PageWriter::default();
        writer.section(900, 7, |out| out.extend_from_slice(b"from the future"));
        writer.section(2, 1, |out| out.extend_from_slice(b"abc"));
        writer.section(2, 2, |_| {});
        writer.finish(KEY, 5, 77, &rows)
    }

    #[test]
    fn a_page_comes_back_as_written() {
        let bytes = sample();
        let page = Page::read(KEY, &bytes).unwrap();
        assert_eq!((page.key, page.epoch, page.generation), (KEY, 5, 77));
        assert_eq!(page.rows.iter().collect::<Vec<_>>(), [0, 63, 64, 255]);
        let sections: Vec<_> = page
            .sections
            .iter()
            .map(|section| (section.kind, section.version, section.bytes))
            .collect();
        assert_eq!(
            sections,
            [(2, 1, &b"abc"[..]), (2, 2, b""), (900, 7, b"from the future")]
        );
    }

    #[test]
    fn a_flipped_bit_anywhere_is_an_error() {
        let bytes = sample();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                assert!(Page::read(KEY, &flipped).is_err(), "bit {bit} of byte {at}");
            }
        }
    }

    #[test]
    fn a_cut_page_is_an_error() {
        let bytes = sample();
        for length in 0..bytes.len() {
            assert!(Page::read(KEY, &bytes[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_forged_directory_is_an_error_and_no_panic() {
        let bytes = sample();
        let end = bytes.len() - CHECKSUM;
        for at in 4..end {
            for value in [0, 1, 0x7f, 0xff] {
                let mut forged = bytes[..end].to_vec();
                forged[at] = value;
                let sum = xxh3_64(&forged);
                forged.extend_from_slice(&sum.to_le_bytes());
                if let Ok(page) = Page::read(KEY, &forged) {
                    assert!(page.sections.iter().map(|s| s.bytes.len()).sum::<usize>() < bytes.len());
                }
            }
        }
    }

    #[test]
    fn a_page_from_elsewhere_is_an_error() {
        let elsewhere = PageKey { table: 3, page: 1 };
        assert_eq!(
            Page::read(elsewhere, &sample()),
            Err(PageError::Misplaced {
                expected: elsewhere,
                found: KEY
            })
        );
    }

    /// Bytes as `STORAGE.md` shows them: sixteen a line, with their place.
    fn dump(bytes: &[u8]) -> String {
        use core::fmt::Write;
        let mut out = String::new();
        for (line, chunk) in bytes.chunks(16).enumerate() {
            write!(out, "{:04x} ", line * 16).unwrap();
            for byte in chunk {
                write!(out, " {byte:02x}").unwrap();
            }
            out.push('\n');
        }
        out
    }

    #[test]
    fn the_example_in_storage_md_is_what_is_written() {
        use crate::persist::record::Gathered;
        use segue_components::provider::ProviderName;
        let name = ProviderName("Music".into());
        let mut gathered = Gathered::default();
        gathered.push(1, Some(&name));
        let mut writer = PageWriter::default();
        gathered.write(&mut writer);
        let mut rows = Slots::default();
        rows.insert(1);
        let bytes = writer.finish(PageKey { table: 6, page: 0 }, 2, 5, &rows);
        let example = dump(&bytes);
        assert!(include_str!("../../STORAGE.md").contains(&example), "\n{example}");
    }

    #[test]
    fn slots_come_back_from_their_bytes() {
        let mut slots = Slots::default();
        slots.insert(9);
        slots.insert(200);
        assert_eq!(slots.to_bytes()[1], 2, "slot 9 is bit 1 of byte 1");
        assert_eq!(Slots::from_bytes(slots.to_bytes()), slots);
    }
}
