//! Numbers as LEB128 varints (as postcard writes them), ids as ascending differences, and a reader for
//! bytes that may be anything.

use core::fmt;

/// Why bytes are not what this build writes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WireError {
    /// The bytes end too early, or a value is out of its range.
    Malformed {
        /// The byte where reading stopped.
        offset: usize,
    },
    /// The other end is another build.
    Protocol {
        /// The hash that came.
        theirs: u64,
        /// The hash of this build.
        ours: u64,
    },
    /// A frame is missing before this one.
    Gap {
        /// The sequence number that was due.
        expected: u32,
        /// The one that came.
        found: u32,
    },
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { offset } => write!(f, "malformed message at byte {offset}"),
            Self::Protocol { theirs, ours } => {
                write!(
                    f,
                    "the other end speaks protocol {theirs:016x}, this one {ours:016x}"
                )
            }
            Self::Gap { expected, found } => write!(f, "frame {found} came where {expected} was due"),
        }
    }
}

impl std::error::Error for WireError {}

/// Appends a number, seven bits a byte, lowest first.
pub fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Appends how many ids there are, then each as its distance from the one before.
///
/// The ids must ascend; equal neighbours are allowed.
pub fn put_ids(out: &mut Vec<u8>, ids: &[u64]) {
    put_number(out, ids.len() as u64);
    let mut last = 0;
    for &id in ids {
        debug_assert!(id >= last, "ids are written in ascending order");
        put_number(out, id.wrapping_sub(last));
        last = id;
    }
}

/// Appends a length and that many bytes.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Reads what the functions above wrote. Every error names the byte, nothing panics, and nothing is
/// allocated that the bytes at hand could not fill.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Reads these bytes from their start.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The error that names the current byte.
    #[must_use]
    pub fn malformed(&self) -> WireError {
        WireError::Malformed { offset: self.at }
    }

    /// The bytes not read yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// Takes one byte.
    ///
    /// # Errors
    /// [`WireError::Malformed`] at the end.
    pub fn byte(&mut self) -> Result<u8, WireError> {
        let byte = *self.bytes.get(self.at).ok_or_else(|| self.malformed())?;
        self.at += 1;
        Ok(byte)
    }

    /// Takes a number.
    ///
    /// # Errors
    /// [`WireError::Malformed`] at the end, or where more than 64 bits stand.
    pub fn number(&mut self) -> Result<u64, WireError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return Err(self.malformed());
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.malformed())
    }

    /// Takes a number that fits 32 bits.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if it does not, or as [`Reader::number`].
    pub fn small(&mut self) -> Result<u32, WireError> {
        u32::try_from(self.number()?).map_err(|_| self.malformed())
    }

    /// Takes a count of things of which each takes at least one byte.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if so many cannot follow.
    pub fn count(&mut self) -> Result<usize, WireError> {
        let count = self.number()?;
        usize::try_from(count)
            .ok()
            .filter(|&count| count <= self.rest().len())
            .ok_or_else(|| self.malformed())
    }

    /// Takes ids that [`put_ids`] wrote.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if they are not.
    pub fn ids(&mut self) -> Result<Vec<u64>, WireError> {
        let count = self.count()?;
        let mut ids = Vec::with_capacity(count);
        let mut last = 0u64;
        for _ in 0..count {
            last = last.checked_add(self.number()?).ok_or_else(|| self.malformed())?;
            ids.push(last);
        }
        Ok(ids)
    }

    /// Takes so many bytes.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if fewer are left.
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], WireError> {
        let taken = self.rest().get(..length).ok_or_else(|| self.malformed())?;
        self.at += length;
        Ok(taken)
    }

    /// Takes a length and that many bytes.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if fewer are left.
    pub fn bytes(&mut self) -> Result<&'a [u8], WireError> {
        let length = self.count()?;
        self.take(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ids_come_back_as_written() {
        let mut out = Vec::new();
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            out.clear();
            put_number(&mut out, number);
            let mut reader = Reader::new(&out);
            assert_eq!(reader.number(), Ok(number));
            assert!(reader.is_done());
        }
        out.clear();
        put_ids(&mut out, &[3, 3, 900, u64::MAX]);
        assert_eq!(Reader::new(&out).ids(), Ok(vec![3, 3, 900, u64::MAX]));
    }

    #[test]
    fn a_count_beyond_the_bytes_is_refused_before_anything_is_allocated() {
        let mut out = Vec::new();
        put_number(&mut out, u64::MAX);
        assert_eq!(
            Reader::new(&out).ids(),
            Err(WireError::Malformed { offset: out.len() })
        );
        assert_eq!(
            Reader::new(&out).bytes(),
            Err(WireError::Malformed { offset: out.len() })
        );
    }

    #[test]
    fn a_number_of_more_than_64_bits_is_refused() {
        assert!(Reader::new(&[0xff; 11]).number().is_err());
        assert!(
            Reader::new(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02])
                .number()
                .is_err()
        );
    }
}
