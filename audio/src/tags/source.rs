//! Reads small ranges of a file: a window for headers, and exact ranges for the rest.

use std::io::{self, Read, Seek, SeekFrom};

use super::TagError;

/// What tags are read from: a file, a blob, a range cache.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek + ?Sized> ReadSeek for T {}

/// One header read fetches this much, so that neighbouring headers cost nothing more.
const WINDOW: u64 = 4096;

/// Random access to the file with the last small range kept.
pub(super) struct Source<'a> {
    inner: &'a mut dyn ReadSeek,
    len: u64,
    window: Vec<u8>,
    window_start: u64,
    /// Bytes that may still be fetched.
    budget: u64,
}

impl<'a> Source<'a> {
    /// `budget` is the number of bytes after which the file counts as ended, so that no arrangement of claims
    /// makes reading endless.
    pub(super) fn new(inner: &'a mut dyn ReadSeek, budget: u64) -> Result<Self, TagError> {
        let len = inner
            .seek(SeekFrom::End(0))
            .map_err(|error| TagError::io(&error))?;
        Ok(Self {
            inner,
            len,
            window: Vec::new(),
            window_start: 0,
            budget,
        })
    }

    /// Length of the file in bytes.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// `count` bytes at `offset`, fewer where the file ends. Never allocates more than the file is long.
    pub(super) fn bytes(&mut self, offset: u64, count: u64) -> Result<Vec<u8>, TagError> {
        let end = offset.saturating_add(count).min(self.len);
        if end <= offset {
            return Ok(Vec::new());
        }
        if !self.in_window(offset, end) {
            if end - offset > WINDOW {
                return self.fetch(offset, end);
            }
            self.window = self.fetch(offset, (offset + WINDOW).min(self.len))?;
            self.window_start = offset;
        }
        Ok(self.kept(offset, end))
    }

    /// The same without a look at what follows: for headers far from each other.
    pub(super) fn exact(&mut self, offset: u64, count: u64) -> Result<Vec<u8>, TagError> {
        let end = offset.saturating_add(count).min(self.len);
        if end <= offset {
            return Ok(Vec::new());
        }
        if self.in_window(offset, end) {
            Ok(self.kept(offset, end))
        } else {
            self.fetch(offset, end)
        }
    }

    /// Whether the file was too entangled to be read to the end.
    pub(super) fn is_exhausted(&self) -> bool {
        self.budget == 0
    }

    fn in_window(&self, offset: u64, end: u64) -> bool {
        offset >= self.window_start && end <= self.window_start + self.window.len() as u64
    }

    fn kept(&self, offset: u64, end: u64) -> Vec<u8> {
        let from = usize::try_from(offset - self.window_start).unwrap_or(usize::MAX);
        let to = usize::try_from(end - self.window_start)
            .unwrap_or(usize::MAX)
            .min(self.window.len());
        self.window.get(from..to).unwrap_or_default().to_vec()
    }

    /// Exactly `N` bytes at `offset`, or `None` where the file ends before.
    pub(super) fn array<const N: usize>(&mut self, offset: u64) -> Result<Option<[u8; N]>, TagError> {
        Ok(self.bytes(offset, N as u64)?.try_into().ok())
    }

    fn fetch(&mut self, start: u64, end: u64) -> Result<Vec<u8>, TagError> {
        self.inner
            .seek(SeekFrom::Start(start))
            .map_err(|error| TagError::io(&error))?;
        let mut bytes = Vec::new();
        let count = (end - start).min(self.budget);
        self.budget -= count;
        // A file that claims to be long and then is not must not cost its claim in memory: grow as bytes come.
        match Read::take(&mut *self.inner, count).read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(bytes),
            Err(error) => Err(TagError::io(&error)),
        }
    }
}

/// Big-endian unsigned number of `N` bytes at `at`, or `None` past the end.
pub(super) fn be<const N: usize>(data: &[u8], at: usize) -> Option<u64> {
    let bytes = data.get(at..at.checked_add(N)?)?;
    Some(bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte)))
}

/// Little-endian unsigned number of `N` bytes at `at`, or `None` past the end.
pub(super) fn le<const N: usize>(data: &[u8], at: usize) -> Option<u64> {
    let bytes = data.get(at..at.checked_add(N)?)?;
    Some(
        bytes
            .iter()
            .rev()
            .fold(0, |value, &byte| value << 8 | u64::from(byte)),
    )
}

/// A big-endian `u32` at `at`.
pub(super) fn be32(data: &[u8], at: usize) -> Option<u32> {
    be::<4>(data, at).and_then(|value| u32::try_from(value).ok())
}

/// A big-endian `u16` at `at`.
pub(super) fn be16(data: &[u8], at: usize) -> Option<u16> {
    be::<2>(data, at).and_then(|value| u16::try_from(value).ok())
}

/// A little-endian `u32` at `at`.
pub(super) fn le32(data: &[u8], at: usize) -> Option<u32> {
    le::<4>(data, at).and_then(|value| u32::try_from(value).ok())
}

/// A little-endian `u16` at `at`.
pub(super) fn le16(data: &[u8], at: usize) -> Option<u16> {
    le::<2>(data, at).and_then(|value| u16::try_from(value).ok())
}

/// `data[from..]`, empty past the end.
pub(super) fn from(data: &[u8], from: usize) -> &[u8] {
    data.get(from..).unwrap_or_default()
}
