//! The library's record of itself: written with every batch, read before anything else.

use core::fmt;

use segue_components::id::Noun;
use xxhash_rust::xxh3::xxh3_64;

use super::store::PageKey;
use crate::sort;

/// The schema that this build writes, and the newest it reads.
pub const SCHEMA: u16 = 1;

const MAGIC: [u8; 4] = *b"SGMT";

/// Where a second copy stands, for the day the first cannot be read: page 0 of table 0.
pub const COPY: PageKey = PageKey { table: 0, page: 0 };

/// What the library knows of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// The schema of the stored library.
    pub schema: u16,
    /// How many batches were written.
    pub generation: u64,
    /// When the library was made, in milliseconds since 1970.
    pub created: u64,
    /// How many pages were ever put aside as damaged.
    pub quarantined: u32,
    /// The last number that each noun was given: the noun's own number, then that. Nouns of newer builds are kept.
    pub last: Vec<(u8, u64)>,
}

/// Why a meta record cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetaError {
    /// The bytes are not a meta record, or not as they were written.
    Damaged,
    /// A newer build wrote the library.
    Newer {
        /// Its schema.
        found: u16,
    },
}

impl fmt::Display for MetaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged => f.write_str("the library's record of itself is damaged"),
            Self::Newer { found } => write!(
                f,
                "the library has schema {found}, and this version of Segue reads up to schema {SCHEMA}"
            ),
        }
    }
}

impl std::error::Error for MetaError {}

impl Meta {
    /// That of a new library.
    #[must_use]
    pub fn new(created: u64) -> Self {
        Self {
            schema: SCHEMA,
            generation: 0,
            created,
            quarantined: 0,
            last: Vec::new(),
        }
    }

    /// The last number of a noun.
    #[must_use]
    pub fn last(&self, noun: Noun) -> u64 {
        self.last
            .iter()
            .find(|&&(of, _)| of == noun as u8)
            .map_or(0, |&(_, last)| last)
    }

    /// Notes the last number of a noun.
    pub fn set_last(&mut self, noun: Noun, last: u64) {
        match self.last.iter_mut().find(|(of, _)| *of == noun as u8) {
            Some((_, found)) => *found = last,
            None => self.last.push((noun as u8, last)),
        }
        sort::by_key(&mut self.last, |&(noun, _)| noun);
    }

    /// The bytes that stand in the store.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&self.schema.to_le_bytes());
        out.extend_from_slice(&self.generation.to_le_bytes());
        out.extend_from_slice(&self.created.to_le_bytes());
        out.extend_from_slice(&self.quarantined.to_le_bytes());
        for (noun, last) in &self.last {
            out.push(*noun);
            out.extend_from_slice(&last.to_le_bytes());
        }
        let sum = xxh3_64(&out);
        out.extend_from_slice(&sum.to_le_bytes());
        out
    }

    /// Reads those bytes. The magic, the schema and the checksum at the end stand where they are in every
    /// schema, so that an older build can say how new a library is.
    ///
    /// # Errors
    /// A [`MetaError`].
    pub fn read(bytes: &[u8]) -> Result<Self, MetaError> {
        const FIXED: usize = 26;
        const ENTRY: usize = 9;
        let (body, sum) = bytes.split_last_chunk::<8>().ok_or(MetaError::Damaged)?;
        if body.len() < 6 || body[..4] != MAGIC || u64::from_le_bytes(*sum) != xxh3_64(body) {
            return Err(MetaError::Damaged);
        }
        let schema = u16::from_le_bytes([body[4], body[5]]);
        if schema > SCHEMA {
            return Err(MetaError::Newer { found: schema });
        }
        let (entries, rest) = body.get(FIXED..).ok_or(MetaError::Damaged)?.as_chunks::<ENTRY>();
        if !rest.is_empty() {
            return Err(MetaError::Damaged);
        }
        let long = |at: usize| u64::from_le_bytes(body[at..at + 8].try_into().expect("eight bytes"));
        let last: Vec<_> = entries
            .iter()
            .map(|&[noun, ref last @ ..]| (noun, u64::from_le_bytes(*last)))
            .collect();
        // More pages of a table than a page number counts: nobody wrote that.
        if last.iter().any(|&(_, last)| super::table::place(last).is_none()) {
            return Err(MetaError::Damaged);
        }
        Ok(Self {
            schema,
            generation: long(6),
            created: long(14),
            quarantined: u32::from_le_bytes(body[22..26].try_into().expect("four bytes")),
            last,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Meta {
        let mut meta = Meta::new(1_700_000_000_000);
        meta.generation = 12;
        meta.quarantined = 3;
        meta.set_last(Noun::Track, 100_000);
        meta.set_last(Noun::File, 7);
        meta.last.push((99, 5));
        meta
    }

    #[test]
    fn a_record_comes_back_as_written() {
        let meta = sample();
        assert_eq!(Meta::read(&meta.to_bytes()), Ok(meta.clone()));
        assert_eq!((meta.last(Noun::Track), meta.last(Noun::Album)), (100_000, 0));
    }

    #[test]
    fn damage_is_noticed() {
        let bytes = sample().to_bytes();
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 4;
            assert_eq!(Meta::read(&flipped), Err(MetaError::Damaged));
            assert_eq!(Meta::read(&bytes[..at]), Err(MetaError::Damaged));
        }
    }

    #[test]
    fn a_newer_schema_is_told_from_damage() {
        let newer = Meta {
            schema: SCHEMA + 1,
            ..sample()
        };
        assert_eq!(
            Meta::read(&newer.to_bytes()),
            Err(MetaError::Newer { found: SCHEMA + 1 })
        );
    }
}
