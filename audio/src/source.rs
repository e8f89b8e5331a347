//! Where encoded bytes come from: files, memory, or blocks fetched by a browser.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use symphonia::core::io::MediaSource;

/// Encoded bytes that a decoder reads, from the first to the last and back.
///
/// Reading blocks: a source answers with bytes that are there, or with an error. `WouldBlock` counts as an
/// error, because a decoder that is told to come back later loses the packet it was reading.
pub trait Source: Read + Seek + Send + Sync {
    /// The length in bytes, or `None` for a stream without a known end.
    fn byte_len(&self) -> Option<u64>;
}

/// Why an address did not become a source.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceError {
    /// Nothing is there (any more).
    NotFound,
    /// It is there, but may not be read.
    Forbidden,
    /// This host cannot open addresses of this kind, such as a path in a browser.
    UnsupportedAddress,
    /// Any other failure, in the words of the system or the server.
    Failed {
        /// What the system or the server said.
        message: String,
    },
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => write!(f, "the file is not there"),
            Self::Forbidden => write!(f, "no permission to read the file"),
            Self::UnsupportedAddress => write!(f, "this kind of address cannot be opened here"),
            Self::Failed { message } => write!(f, "cannot open: {message}"),
        }
    }
}

impl std::error::Error for SourceError {}

impl From<io::Error> for SourceError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            _ => Self::Failed {
                message: error.to_string(),
            },
        }
    }
}

/// A file of the operating system.
#[derive(Debug)]
pub struct FileSource {
    file: File,
    len: u64,
}

impl FileSource {
    /// Opens the file at `path`.
    ///
    /// # Errors
    ///
    /// The file is missing, may not be read, or is not a regular file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SourceError> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        // A directory opens on Unix and fails at the first read, a pipe would block for ever.
        if !metadata.is_file() {
            return Err(SourceError::Failed {
                message: "not a regular file".into(),
            });
        }
        Ok(Self {
            file,
            len: metadata.len(),
        })
    }
}

impl Read for FileSource {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.file.read(buf)
    }
}

impl Seek for FileSource {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Source for FileSource {
    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }
}

/// Bytes in memory, shared and not copied.
#[derive(Debug, Clone)]
pub struct MemorySource {
    cursor: io::Cursor<Arc<[u8]>>,
}

impl MemorySource {
    /// A source over `bytes`.
    #[must_use]
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self {
            cursor: io::Cursor::new(bytes.into()),
        }
    }
}

impl Read for MemorySource {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.cursor.read(buf)
    }
}

impl Seek for MemorySource {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.cursor.seek(to)
    }
}

impl Source for MemorySource {
    fn byte_len(&self) -> Option<u64> {
        Some(self.cursor.get_ref().len() as u64)
    }
}

/// Random access to bytes that are costly to ask for: a `Blob` through `FileReaderSync`, a server's ranges.
pub trait ReadAt: Send + Sync {
    /// The length in bytes.
    fn len(&self) -> u64;

    /// True if there are no bytes.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads at `offset` and returns how many bytes came; fewer than asked for only at the end.
    ///
    /// # Errors
    ///
    /// What the browser or the server reported.
    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;
}

/// The size of one block of a [`BlockSource`] in bytes.
pub const BLOCK_BYTES: usize = 256 * 1024;

/// How many bytes of blocks a [`BlockSource`] keeps unless told otherwise.
pub const BLOCK_BUDGET: usize = 24 * 1024 * 1024;

/// A source that asks a [`ReadAt`] for whole blocks and keeps the most recently used ones.
///
/// A decoder reads 32 KiB at a time and comes back to headers and indexes; a call across the browser's process
/// boundary costs about a millisecond whatever its size. So bytes are fetched in blocks of [`BLOCK_BYTES`].
#[derive(Debug)]
pub struct BlockSource<R> {
    inner: R,
    len: u64,
    position: u64,
    // Most recently used first. A few dozen at most, so a scan is cheaper than a map.
    blocks: VecDeque<(u64, Box<[u8]>)>,
    capacity: usize,
}

impl<R: ReadAt> BlockSource<R> {
    /// Keeps up to [`BLOCK_BUDGET`] bytes of `inner`.
    pub fn new(inner: R) -> Self {
        Self::with_budget(inner, BLOCK_BUDGET)
    }

    /// Keeps up to `budget` bytes of `inner`, and at least one block.
    pub fn with_budget(inner: R, budget: usize) -> Self {
        let len = inner.len();
        Self {
            inner,
            len,
            position: 0,
            blocks: VecDeque::new(),
            capacity: (budget / BLOCK_BYTES).max(1),
        }
    }

    /// How many bytes are kept at the moment.
    #[must_use]
    pub fn resident_bytes(&self) -> usize {
        self.blocks.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    fn block(&mut self, index: u64) -> io::Result<&[u8]> {
        if let Some(at) = self.blocks.iter().position(|(i, _)| *i == index) {
            if at > 0
                && let Some(block) = self.blocks.remove(at)
            {
                self.blocks.push_front(block);
            }
        } else {
            let start = index * BLOCK_BYTES as u64;
            let want = usize::try_from((self.len - start).min(BLOCK_BYTES as u64)).unwrap_or(BLOCK_BYTES);
            let mut bytes = vec![0; want].into_boxed_slice();
            let mut filled = 0;
            while filled < want {
                match self.inner.read_at(start + filled as u64, &mut bytes[filled..])? {
                    0 => {
                        return Err(io::Error::new(
                            io::ErrorKind::UnexpectedEof,
                            "shorter than its length said",
                        ));
                    }
                    n => filled += n.min(want - filled),
                }
            }
            self.blocks.truncate(self.capacity - 1);
            self.blocks.push_front((index, bytes));
        }
        Ok(self.blocks.front().map_or(&[], |(_, bytes)| bytes))
    }
}

impl<R: ReadAt> Read for BlockSource<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.len || buf.is_empty() {
            return Ok(0);
        }
        let within = usize::try_from(self.position % BLOCK_BYTES as u64).unwrap_or(0);
        let block = self.block(self.position / BLOCK_BYTES as u64)?;
        let n = buf.len().min(block.len() - within);
        buf[..n].copy_from_slice(&block[within..within + n]);
        self.position += n as u64;
        Ok(n)
    }
}

impl<R: ReadAt> Seek for BlockSource<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = resolve(to, self.position, Some(self.len))?;
        Ok(self.position)
    }
}

impl<R: ReadAt> Source for BlockSource<R> {
    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }
}

/// The first failure of a source, kept because readers of containers swallow it and report something else.
#[derive(Debug, Clone)]
pub(crate) struct FirstError {
    pub(crate) kind: io::ErrorKind,
    pub(crate) message: String,
}

struct Shared {
    source: Box<dyn Source>,
    first_error: Option<FirstError>,
    // Bytes that the current operation may still read; a loop in a reader ends in an error here.
    budget: u64,
}

/// A handle on a source that outlives the container reader, so that the file can be opened again.
///
/// Each handle has its own position. One of them is in use at a time, so the lock is never waited for.
pub(crate) struct SharedSource {
    shared: Arc<Mutex<Shared>>,
    // What this handle calls byte 0.
    base: u64,
    position: u64,
    end: Option<u64>,
    seekable: bool,
}

impl SharedSource {
    pub(crate) fn new(source: Box<dyn Source>) -> Self {
        let end = source.byte_len();
        let shared = Shared {
            source,
            first_error: None,
            budget: u64::MAX,
        };
        Self {
            shared: Arc::new(Mutex::new(shared)),
            base: 0,
            position: 0,
            end,
            seekable: end.is_some(),
        }
    }

    /// Another handle, whose first byte is our byte `start` and which sees no byte at or after our `end`.
    pub(crate) fn window(&self, start: u64, end: Option<u64>) -> Self {
        let end = match (self.end, end) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self {
            shared: Arc::clone(&self.shared),
            base: self.base + start,
            position: 0,
            end: end.map(|end| end.saturating_sub(start)),
            seekable: self.seekable,
        }
    }

    /// The same handle, which tells readers that they cannot seek: they then take what comes, in order.
    pub(crate) fn forward_only(mut self) -> Self {
        self.seekable = false;
        self
    }

    pub(crate) fn len(&self) -> Option<u64> {
        self.end
    }

    /// Allows the operation that comes next to read the file twice over and 64 MiB more.
    pub(crate) fn refill_budget(&self) {
        let budget = self.end.unwrap_or(0).saturating_mul(2).saturating_add(64 << 20);
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).budget = budget;
    }

    /// The first failure of the source itself, if there was one.
    pub(crate) fn first_error(&self) -> Option<FirstError> {
        self.shared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .first_error
            .clone()
    }

    /// Reads up to `len` bytes at `offset`; fewer at the end of the file.
    pub(crate) fn read_range(&mut self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.position = offset;
        let mut bytes = Vec::new();
        // `take` bounds the allocation by what is really there.
        self.by_ref().take(len as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Read for SharedSource {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let room = self.end.map_or(u64::MAX, |end| end.saturating_sub(self.position));
        let n = buf.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        if n == 0 {
            return Ok(0);
        }
        let mut guard = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = &mut *guard;
        if shared.budget == 0 {
            return Err(io::Error::other("read far more than the file holds"));
        }
        let position = self.base.saturating_add(self.position);
        let result = shared.source.seek(SeekFrom::Start(position)).and_then(|_| {
            loop {
                match shared.source.read(&mut buf[..n]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => return other,
                }
            }
        });
        match result {
            Ok(read) => {
                shared.budget = shared.budget.saturating_sub(read as u64);
                self.position += read as u64;
                Ok(read)
            }
            Err(error) => {
                let kind = error.kind();
                shared.first_error.get_or_insert_with(|| FirstError {
                    kind,
                    message: error.to_string(),
                });
                Err(error)
            }
        }
    }
}

impl Seek for SharedSource {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = resolve(to, self.position, self.end)?;
        Ok(self.position)
    }
}

impl MediaSource for SharedSource {
    fn is_seekable(&self) -> bool {
        self.seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.end.filter(|_| self.seekable)
    }
}

fn resolve(to: SeekFrom, position: u64, len: Option<u64>) -> io::Result<u64> {
    let target = match to {
        SeekFrom::Start(offset) => Some(offset),
        SeekFrom::Current(delta) => position.checked_add_signed(delta),
        SeekFrom::End(delta) => len.and_then(|len| len.checked_add_signed(delta)),
    };
    target.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "seek outside the source"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting {
        bytes: Vec<u8>,
        reads: usize,
    }

    impl ReadAt for Counting {
        fn len(&self) -> u64 {
            self.bytes.len() as u64
        }

        fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
            self.reads += 1;
            let offset = usize::try_from(offset).unwrap();
            let n = buf.len().min(self.bytes.len() - offset);
            buf[..n].copy_from_slice(&self.bytes[offset..offset + n]);
            Ok(n)
        }
    }

    fn pattern(len: usize) -> Vec<u8> {
        (0..len)
            .map(|i| u8::try_from((i * 31 + i / 251) % 256).unwrap())
            .collect()
    }

    #[test]
    fn block_source_reads_what_is_there_with_one_fetch_a_block() {
        let bytes = pattern(BLOCK_BYTES * 2 + 1000);
        let mut source = BlockSource::new(Counting {
            bytes: bytes.clone(),
            reads: 0,
        });
        let mut read = Vec::new();
        source.read_to_end(&mut read).unwrap();
        assert!(read == bytes);
        source.seek(SeekFrom::End(-10)).unwrap();
        let mut tail = [0; 16];
        assert_eq!(source.read(&mut tail).unwrap(), 10);
        assert_eq!(tail[..10], bytes[bytes.len() - 10..]);
        assert_eq!(source.inner.reads, 3);
    }

    #[test]
    fn block_source_keeps_no_more_than_its_budget() {
        let mut source = BlockSource::with_budget(
            Counting {
                bytes: pattern(BLOCK_BYTES * 8),
                reads: 0,
            },
            BLOCK_BYTES * 3,
        );
        io::copy(&mut source, &mut io::sink()).unwrap();
        assert_eq!(source.resident_bytes(), BLOCK_BYTES * 3);
        // The three last blocks are there, the first is not.
        let reads = source.inner.reads;
        source.seek(SeekFrom::Start(BLOCK_BYTES as u64 * 6)).unwrap();
        source.read_exact(&mut [0; 8]).unwrap();
        assert_eq!(source.inner.reads, reads);
        source.seek(SeekFrom::Start(0)).unwrap();
        source.read_exact(&mut [0; 8]).unwrap();
        assert_eq!(source.inner.reads, reads + 1);
    }

    #[test]
    fn a_loop_that_reads_for_ever_runs_out_of_budget() {
        let mut source = SharedSource::new(Box::new(MemorySource::new(vec![7; 1 << 20])));
        source.refill_budget();
        let mut buf = vec![0; 1 << 20];
        let error = (0..1000)
            .find_map(|_| {
                source.seek(SeekFrom::Start(0)).unwrap();
                source.read(&mut buf).err()
            })
            .unwrap();
        assert_eq!(error.to_string(), "read far more than the file holds");
    }

    #[test]
    fn a_window_hides_what_is_after_its_end() {
        let source = SharedSource::new(Box::new(MemorySource::new(pattern(100))));
        let mut window = source.window(10, Some(30));
        let mut read = Vec::new();
        window.read_to_end(&mut read).unwrap();
        assert_eq!(read, pattern(100)[10..30]);
    }
}
