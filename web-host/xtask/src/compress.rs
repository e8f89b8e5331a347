//! Compresses what a release build serves, once, so that the server never does.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::failure::Failure;

/// Kinds of files that shrink; audio and images are compressed already.
const TEXTUAL: [&str; 6] = ["wasm", "js", "css", "html", "svg", "json"];

/// Below this a compressed answer saves no packet.
const WORTHWHILE: u64 = 1_000;

/// How many bytes `data` has as gzip at its best level.
///
/// # Errors
///
/// Never in practice: nothing is written anywhere.
pub fn gzip_size(data: &[u8]) -> io::Result<u64> {
    let mut encoder = GzEncoder::new(Count(0), Compression::best());
    encoder.write_all(data)?;
    Ok(encoder.finish()?.0)
}

/// Writes `.br` and `.gz` beside each of `files` that gains from it, unless they are there already.
///
/// # Errors
///
/// A file cannot be read or written.
pub fn compress_all(files: &[PathBuf]) -> Result<(), Failure> {
    let work: Vec<_> = files.iter().filter(|file| is_worthwhile(file)).collect();
    thread::scope(|scope| {
        // The biggest file takes most of the time, so one thread a file is fair enough.
        let threads: Vec<_> = work
            .into_iter()
            .map(|file| scope.spawn(|| compress(file)))
            .collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().expect("compressing does not panic"))
    })
}

/// The compressed sibling of `path`: `segue.js` → `segue.js.br`.
pub fn sibling(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

fn is_worthwhile(file: &Path) -> bool {
    let textual = file
        .extension()
        .and_then(|e| e.to_str())
        .is_some_and(|e| TEXTUAL.contains(&e));
    textual && fs::metadata(file).is_ok_and(|m| m.len() >= WORTHWHILE)
}

fn compress(file: &Path) -> Result<(), Failure> {
    let (br, gz) = (sibling(file, "br"), sibling(file, "gz"));
    let is_fresh = |made: &Path| {
        let time = |path: &Path| fs::metadata(path).and_then(|m| m.modified()).ok();
        matches!((time(made), time(file)), (Some(made), Some(source)) if made >= source)
    };
    if is_fresh(&br) && is_fresh(&gz) {
        return Ok(());
    }
    let data = fs::read(file).map_err(Failure::at("cannot read", file))?;
    write_brotli(&br, &data).map_err(Failure::at("cannot write", &br))?;
    write_gzip(&gz, &data).map_err(Failure::at("cannot write", &gz))
}

fn write_brotli(path: &Path, data: &[u8]) -> io::Result<()> {
    let mut encoder = brotli::CompressorWriter::new(File::create(path)?, 1 << 16, 11, 22);
    encoder.write_all(data)?;
    encoder.flush()?;
    drop(encoder); // ends the stream; `flush` alone leaves it open
    Ok(())
}

fn write_gzip(path: &Path, data: &[u8]) -> io::Result<()> {
    let mut encoder = GzEncoder::new(File::create(path)?, Compression::best());
    encoder.write_all(data)?;
    encoder.finish()?.flush()
}

struct Count(u64);

impl Write for Count {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.0 += data.len() as u64;
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn both_forms_unpack_to_the_source() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("page.js");
        let source = b"export const answer = 42;\n".repeat(200);
        fs::write(&file, &source).unwrap();
        compress_all(std::slice::from_ref(&file)).unwrap();

        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(File::open(sibling(&file, "gz")).unwrap())
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, source);

        unpacked.clear();
        brotli::Decompressor::new(File::open(sibling(&file, "br")).unwrap(), 4096)
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, source);
    }

    #[test]
    fn sounds_and_tiny_files_stay_as_they_are() {
        let dir = tempfile::tempdir().unwrap();
        let (sound, tiny) = (dir.path().join("a.ogg"), dir.path().join("b.js"));
        fs::write(&sound, vec![0; 5_000]).unwrap();
        fs::write(&tiny, b"1").unwrap();
        compress_all(&[sound.clone(), tiny.clone()]).unwrap();
        assert!(!sibling(&sound, "gz").exists() && !sibling(&tiny, "br").exists());
    }
}
