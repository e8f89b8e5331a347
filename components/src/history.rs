//! The log of what was heard, in pieces: a listen is put at the end of the last piece, and no other is touched.

use bevy_ecs::component::Component;
use serde::{Deserialize, Serialize};

use crate::id::TrackId;
use crate::wire::codec::{Reader, WireError, put_number};

/// One time that a track was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Listen {
    /// When it began, in milliseconds since 1970.
    pub at: u64,
    /// Which track; it may be gone by now.
    pub track: TrackId,
    /// How much of it was heard, in milliseconds.
    pub heard: u32,
    /// Whether it counted as a play.
    pub counted: bool,
}

/// A piece of the log, packed: some ten bytes a listen, so that a million of them can stay in memory.
#[derive(Component, Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Listens {
    count: u16,
    /// When the last of them began.
    last: u64,
    /// Each as its distance in time from the one before (zigzag), its track, and twice what was heard plus
    /// one if it counted.
    packed: Vec<u8>,
}

impl Listens {
    /// How many listens a piece holds.
    pub const MOST: usize = 256;

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::from(self.count)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether it holds all that it can.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.len() >= Self::MOST
    }

    /// Puts one at the end.
    pub fn push(&mut self, listen: Listen) {
        let step = listen.at.wrapping_sub(self.last).cast_signed();
        put_number(
            &mut self.packed,
            (step.cast_unsigned() << 1) ^ (step >> 63).cast_unsigned(),
        );
        put_number(&mut self.packed, listen.track.0);
        put_number(
            &mut self.packed,
            u64::from(listen.heard) << 1 | u64::from(listen.counted),
        );
        self.last = listen.at;
        self.count += 1;
    }

    /// The listens, in the order of the log.
    pub fn iter(&self) -> impl Iterator<Item = Listen> + '_ {
        let mut reader = Reader::new(&self.packed);
        let mut last = 0;
        // What was pushed or read reads again.
        (0..self.count).map_while(move |_| take(&mut reader, &mut last).ok())
    }

    /// The bytes that stand in the store.
    #[must_use]
    pub fn packed(&self) -> &[u8] {
        &self.packed
    }

    /// Takes those bytes back.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if they are not so many listens, or more than a piece holds.
    pub fn unpack(count: u16, packed: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(packed);
        let mut last = 0;
        if usize::from(count) > Self::MOST {
            return Err(reader.malformed());
        }
        for _ in 0..count {
            take(&mut reader, &mut last)?;
        }
        if !reader.is_done() {
            return Err(reader.malformed());
        }
        Ok(Self {
            count,
            last,
            packed: packed.to_vec(),
        })
    }
}

impl FromIterator<Listen> for Listens {
    fn from_iter<I: IntoIterator<Item = Listen>>(listens: I) -> Self {
        let mut piece = Self::default();
        for listen in listens {
            piece.push(listen);
        }
        piece
    }
}

fn take(reader: &mut Reader<'_>, last: &mut u64) -> Result<Listen, WireError> {
    let step = reader.number()?;
    let step = (step >> 1).cast_signed() ^ -(step & 1).cast_signed();
    *last = last.wrapping_add(step.cast_unsigned());
    let track = TrackId(reader.number()?);
    let heard = reader.number()?;
    Ok(Listen {
        at: *last,
        track,
        heard: u32::try_from(heard >> 1).map_err(|_| reader.malformed())?,
        counted: heard & 1 == 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listen(at: u64, track: u64, heard: u32, counted: bool) -> Listen {
        Listen {
            at,
            track: TrackId(track),
            heard,
            counted,
        }
    }

    #[test]
    fn listens_come_back_as_pushed_also_after_a_clock_went_back() {
        let all = [
            listen(1_700_000_000_000, 7, 120_000, true),
            listen(1_699_999_999_000, u64::MAX, u32::MAX, false),
            listen(0, 0, 0, true),
            listen(u64::MAX, 1, 1, false),
        ];
        let piece: Listens = all.into_iter().collect();
        assert_eq!(piece.iter().collect::<Vec<_>>(), all);
        let again = Listens::unpack(4, piece.packed()).unwrap();
        assert_eq!(again, piece);
        for cut in 0..piece.packed().len() {
            assert!(Listens::unpack(4, &piece.packed()[..cut]).is_err());
        }
        assert!(Listens::unpack(3, piece.packed()).is_err());
        assert!(Listens::unpack(257, &[0; 771]).is_err());
    }

    #[test]
    fn a_listen_takes_some_ten_bytes() {
        let days =
            (0..256).map(|at| listen(1_700_000_000_000 + at * 240_000, 900_000 + at * 37, 230_000, true));
        let piece: Listens = days.collect();
        assert!(piece.packed().len() <= 256 * 10, "{}", piece.packed().len());
        assert!(piece.is_full());
    }
}
