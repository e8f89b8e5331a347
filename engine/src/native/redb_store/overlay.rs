//! A file that is read and never written: what redb writes while it opens and repairs stays in memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

/// How many bytes are copied from the file when a part of them is written.
const BLOCK: u64 = 4_096;

#[derive(Debug)]
struct State {
    file: File,
    /// How long the file is.
    file_length: u64,
    /// How long redb thinks it is.
    length: u64,
    /// What was written, block by block.
    written: BTreeMap<u64, Vec<u8>>,
}

/// Reads a file, and keeps what is written over it to itself.
#[derive(Debug)]
pub(super) struct Overlay(Mutex<State>);

impl Overlay {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self(Mutex::new(State {
            file,
            file_length: length,
            length,
            written: BTreeMap::new(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The file's own bytes, and nothing beyond its end.
    fn read_file(&mut self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let there = self.file_length.saturating_sub(offset).min(out.len() as u64);
        let (there, beyond) = out.split_at_mut(in_memory(there));
        beyond.fill(0);
        if !there.is_empty() {
            self.file.seek(SeekFrom::Start(offset))?;
            self.file.read_exact(there)?;
        }
        Ok(())
    }
}

fn in_memory(number: u64) -> usize {
    usize::try_from(number).expect("no longer than what it is copied into")
}

/// The blocks that a range touches: the number of each, where it begins in the range, and which of its bytes.
fn blocks(offset: u64, length: usize) -> impl Iterator<Item = (u64, usize, core::ops::Range<usize>)> {
    let end = offset + length as u64;
    (offset / BLOCK..end.div_ceil(BLOCK)).map(move |block| {
        let (first, last) = (offset.max(block * BLOCK), end.min((block + 1) * BLOCK));
        let within = in_memory(first - block * BLOCK)..in_memory(last - block * BLOCK);
        (block, in_memory(first - offset), within)
    })
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        Ok(self.state().length)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut state = self.state();
        if offset
            .checked_add(out.len() as u64)
            .is_none_or(|end| end > state.length)
        {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        state.read_file(offset, out)?;
        for (block, start, within) in blocks(offset, out.len()) {
            if let Some(bytes) = state.written.get(&block) {
                let bytes = &bytes[within];
                out[start..start + bytes.len()].copy_from_slice(bytes);
            }
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut state = self.state();
        state.length = length;
        state.file_length = state.file_length.min(length);
        state.written.split_off(&length.div_ceil(BLOCK));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        for (block, start, within) in blocks(offset, data.len()) {
            if !state.written.contains_key(&block) {
                let mut bytes = vec![0; in_memory(BLOCK)];
                state.read_file(block * BLOCK, &mut bytes)?;
                state.written.insert(block, bytes);
            }
            let bytes = state.written.get_mut(&block).expect("it was put there");
            let length = within.len();
            bytes[within].copy_from_slice(&data[start..start + length]);
        }
        state.length = state.length.max(offset + data.len() as u64);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_the_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, vec![7; 10_000]).unwrap();
        let overlay = Overlay::open(&path).unwrap();
        overlay.write(4_090, &[1; 12]).unwrap();
        overlay.write(9_998, &[2; 5]).unwrap();
        assert_eq!(overlay.len().unwrap(), 10_003);
        let mut out = vec![0; 10_003];
        overlay.read(0, &mut out).unwrap();
        let mut expected = vec![7; 10_003];
        expected[4_090..4_102].fill(1);
        expected[9_998..].fill(2);
        assert!(out == expected);
        overlay.set_len(4_095).unwrap();
        overlay.set_len(9_000).unwrap();
        let mut out = [9; 10];
        overlay.read(8_990, &mut out).unwrap();
        assert_eq!(out, [0; 10], "what was cut off does not come back");
        assert!(overlay.read(8_995, &mut out).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), vec![7; 10_000]);
    }
}
