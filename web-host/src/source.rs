//! The bytes of a file that the visitor chose, and of one on a server: read while the worker waits.
//!
//! Readers of containers want their bytes at once, so both are synchronous, which browsers allow in workers only:
//! a slice of a `File` through `FileReaderSync`, a range of an address through a synchronous `XMLHttpRequest`.

use std::io::{self, Read, Seek, SeekFrom};

use js_sys::{ArrayBuffer, Uint8Array};
use segue_audio::source::{ReadAt, SourceError};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, FileReaderSync, XmlHttpRequest, XmlHttpRequestResponseType};

use crate::exception;

/// A whole file is kept if a server answers no ranges, up to this many bytes.
const MOST_WITHOUT_RANGES: u32 = 64 << 20;

/// A `File` or `Blob`.
#[derive(Debug)]
pub struct BlobBytes {
    // Neither leaves this worker: without shared memory there is nowhere to go.
    inner: SendWrapper<(Blob, FileReaderSync)>,
    len: u64,
}

impl BlobBytes {
    /// Reads this blob.
    ///
    /// # Errors
    /// [`SourceError::UnsupportedAddress`] outside of a worker.
    pub fn new(blob: Blob) -> Result<Self, SourceError> {
        let reader = FileReaderSync::new().map_err(|_| SourceError::UnsupportedAddress)?;
        let len = length(blob.size());
        Ok(Self {
            inner: SendWrapper::new((blob, reader)),
            len,
        })
    }
}

impl ReadAt for BlobBytes {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let (blob, reader) = &*self.inner;
        let end = (offset + buf.len() as u64).min(self.len);
        let slice = blob.slice_with_f64_and_f64(number(offset), number(end));
        let read = slice.and_then(|slice| reader.read_as_array_buffer(&slice));
        copy(&read.map_err(|thrown| io_error(&thrown))?, 0, buf)
    }
}

/// A file on a web server.
#[derive(Debug)]
pub struct UrlBytes {
    url: String,
    len: u64,
    // What a server that knows no ranges sent instead of one.
    whole: Option<SendWrapper<ArrayBuffer>>,
}

impl UrlBytes {
    /// Reads this address, of which it is known that so many bytes are there; zero if that is not known.
    ///
    /// # Errors
    /// The length is not known and the server does not tell.
    pub fn new(url: &str, len: u64) -> Result<Self, SourceError> {
        let len = if len > 0 { len } else { ask_length(url)? };
        Ok(Self {
            url: url.to_owned(),
            len,
            whole: None,
        })
    }
}

impl ReadAt for UrlBytes {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(whole) = &self.whole {
            return copy(whole, offset, buf);
        }
        let end = (offset + buf.len() as u64).min(self.len);
        if end <= offset {
            return Ok(0);
        }
        let request =
            send("GET", &self.url, Some(&format!("bytes={offset}-{}", end - 1))).map_err(|thrown| {
                io::Error::other(format!(
                    "the server cannot be reached: {}",
                    exception::text(&thrown)
                ))
            })?;
        let body = || {
            let body = request.response().map_err(|thrown| io_error(&thrown))?;
            body.dyn_into::<ArrayBuffer>()
                .map_err(|_| io::Error::new(io::ErrorKind::UnexpectedEof, "the server sent no bytes"))
        };
        match request.status().unwrap_or(0) {
            206 => copy(&body()?, 0, buf),
            200 => {
                let body = body()?;
                if u64::from(body.byte_length()) != self.len {
                    return Err(io::Error::other("the file on the server has changed"));
                }
                if body.byte_length() > MOST_WITHOUT_RANGES {
                    return Err(io::Error::other(
                        "the server sends whole files only, and this one is too long",
                    ));
                }
                let read = copy(&body, offset, buf)?;
                self.whole = Some(SendWrapper::new(body));
                Ok(read)
            }
            416 => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file on the server is shorter than listed",
            )),
            status => Err(status_error(status)),
        }
    }
}

fn send(method: &str, url: &str, range: Option<&str>) -> Result<XmlHttpRequest, JsValue> {
    let request = XmlHttpRequest::new()?;
    request.open_with_async(method, url, false)?;
    request.set_response_type(XmlHttpRequestResponseType::Arraybuffer);
    if let Some(range) = range {
        request.set_request_header("Range", range)?;
    }
    request.send()?;
    Ok(request)
}

fn ask_length(url: &str) -> Result<u64, SourceError> {
    let request = send("HEAD", url, None).map_err(|thrown| SourceError::Failed {
        message: format!("the server cannot be reached: {}", exception::text(&thrown)),
    })?;
    match request.status().unwrap_or(0) {
        200 => {
            let length = request.get_response_header("Content-Length").ok().flatten();
            let length = length.and_then(|length| length.parse().ok());
            length.ok_or_else(|| SourceError::Failed {
                message: "the server does not say how long the file is".into(),
            })
        }
        status => Err(status_error(status).into()),
    }
}

fn status_error(status: u16) -> io::Error {
    match status {
        401 | 403 => io::Error::new(io::ErrorKind::PermissionDenied, "the server does not allow it"),
        404 | 410 => io::Error::new(io::ErrorKind::NotFound, "the server does not have the file"),
        status => io::Error::other(format!("the server answered {status}")),
    }
}

/// What the browser threw while it read a file, for people.
fn io_error(thrown: &JsValue) -> io::Error {
    match exception::name(thrown).as_str() {
        "NotFoundError" => io::Error::new(io::ErrorKind::NotFound, "the file is gone"),
        "NotReadableError" => io::Error::other("the file changed since it was listed, or may not be read"),
        "NotAllowedError" | "SecurityError" => {
            io::Error::new(io::ErrorKind::PermissionDenied, "the browser does not allow it")
        }
        _ => io::Error::other(exception::text(thrown)),
    }
}

fn copy(from: &ArrayBuffer, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    let len = u64::from(from.byte_length());
    let count = len.saturating_sub(offset).min(buf.len() as u64);
    let (Ok(start), Ok(count)) = (u32::try_from(offset.min(len)), u32::try_from(count)) else {
        return Err(io::Error::other("a buffer of more than 4 GB"));
    };
    let bytes = Uint8Array::new_with_byte_offset_and_length(from, start, count);
    let count = count as usize;
    bytes.copy_to(&mut buf[..count]);
    Ok(count)
}

#[expect(clippy::cast_precision_loss, reason = "no file is 2^53 bytes long")]
fn number(value: u64) -> f64 {
    value as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a blob's size is a whole number below 2^53"
)]
fn length(size: f64) -> u64 {
    size as u64
}

/// How much is fetched at least: a call costs about a millisecond whatever its size.
const LEAST: usize = 32 << 10;
/// How many ranges are kept.
const KEPT: usize = 8;

/// Reads small ranges here and there, as tags lie in a file: fetches little, keeps the last few ranges and counts.
#[derive(Debug)]
pub struct Ranges<R> {
    inner: R,
    position: u64,
    // The most recently fetched last.
    kept: Vec<(u64, Vec<u8>)>,
    fetched: u64,
}

impl<R: ReadAt> Ranges<R> {
    /// Reads from `inner`.
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            position: 0,
            kept: Vec::new(),
            fetched: 0,
        }
    }

    /// How many bytes were fetched.
    #[must_use]
    pub fn fetched(&self) -> u64 {
        self.fetched
    }
}

impl<R: ReadAt> Read for Ranges<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.inner.len() || buf.is_empty() {
            return Ok(0);
        }
        for (start, bytes) in &self.kept {
            let within = usize::try_from(self.position.wrapping_sub(*start)).unwrap_or(usize::MAX);
            if let Some(found) = bytes.get(within..).filter(|found| !found.is_empty()) {
                let count = found.len().min(buf.len());
                buf[..count].copy_from_slice(&found[..count]);
                self.position += count as u64;
                return Ok(count);
            }
        }
        // A picture goes where it is wanted; headers bring their neighbourhood along.
        if buf.len() >= LEAST {
            let count = self.inner.read_at(self.position, buf)?;
            self.fetched += count as u64;
            self.position += count as u64;
            return Ok(count);
        }
        let mut bytes = vec![0; LEAST];
        let count = self.inner.read_at(self.position, &mut bytes)?;
        bytes.truncate(count);
        self.fetched += count as u64;
        if count == 0 {
            return Ok(0);
        }
        if self.kept.len() == KEPT {
            self.kept.remove(0);
        }
        self.kept.push((self.position, bytes));
        self.read(buf)
    }
}

impl<R: ReadAt> Seek for Ranges<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
            SeekFrom::End(delta) => self.inner.len().checked_add_signed(delta),
        };
        self.position =
            target.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "seek outside the file"))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Memory(Vec<u8>);

    impl ReadAt for Memory {
        fn len(&self) -> u64 {
            self.0.len() as u64
        }

        fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
            let rest = &self.0[usize::try_from(offset).unwrap()..];
            let count = rest.len().min(buf.len());
            buf[..count].copy_from_slice(&rest[..count]);
            Ok(count)
        }
    }

    #[test]
    fn ranges_give_every_byte_and_fetch_few() {
        let bytes: Vec<u8> = (0..400_000_u32)
            .map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1])
            .collect();
        let mut ranges = Ranges::new(Memory(bytes.clone()));
        let mut head = [0; 10];
        ranges.read_exact(&mut head).unwrap();
        assert_eq!(head, bytes[..10]);
        ranges.seek(SeekFrom::End(-10)).unwrap();
        let mut tail = Vec::new();
        ranges.read_to_end(&mut tail).unwrap();
        assert_eq!(tail, bytes[399_990..]);
        ranges.seek(SeekFrom::Start(5_000)).unwrap();
        ranges.read_exact(&mut head).unwrap();
        assert_eq!(head, bytes[5_000..5_010]);
        assert_eq!(ranges.fetched(), 32_768 + 10);
        ranges.seek(SeekFrom::Start(30_000)).unwrap();
        let mut long = vec![0; 100_000];
        ranges.read_exact(&mut long).unwrap();
        assert!(long == bytes[30_000..130_000]);
        assert_eq!(ranges.fetched(), 32_768 + 10 + 97_232);
        ranges.seek(SeekFrom::Start(0)).unwrap();
        let mut all = Vec::new();
        ranges.read_to_end(&mut all).unwrap();
        assert!(all == bytes);
    }
}
