//! Reads the tags of files on all cores, through `bevy_tasks`.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use bevy_tasks::{TaskPool, TaskPoolBuilder};
use crossbeam_channel::Receiver;
use segue_audio::tags::{self, ReadOptions, picture, thumbnail};
use segue_components::artwork::ContentHash;
use segue_components::provider::ProviderKind;
use segue_components::report::ArtworkBytes;
use segue_systems::scan::work::{ReadAnswer, ReadArtwork, ReadFile, ReadRequest, Want};

use super::path::unspell;
use crate::library::Inlet;

/// The longer edge of a thumbnail, in pixels: an album cell at twice the usual density.
const THUMBNAIL_EDGE: u32 = 320;

/// Serves reads until the library closes its end.
pub(crate) fn serve(requests: &Receiver<ReadRequest>, answers: &Inlet<ReadAnswer>, threads: usize) {
    let pool: TaskPool = TaskPoolBuilder::new()
        .num_threads(threads)
        .thread_name("segue pool".to_owned())
        .build();
    let thumbnails = Arc::new(Thumbnails::default());
    for request in requests {
        let answers = answers.clone();
        let thumbnails = Arc::clone(&thumbnails);
        pool.spawn(async move {
            let ticket = request.ticket;
            // A parser of ours that panics on one file must not take the others with it.
            let read = catch_unwind(AssertUnwindSafe(|| read(&request, &thumbnails)));
            let result =
                read.unwrap_or_else(|_| Err("the reader failed on this file; please report it".to_owned()));
            answers.send(ReadAnswer { ticket, result });
        })
        .detach();
    }
}

/// Pictures whose thumbnail this process has made, by hash.
#[derive(Debug, Default)]
struct Thumbnails(Mutex<HashSet<ContentHash>>);

impl Thumbnails {
    /// Whether the caller is the first to see a picture.
    fn is_new(&self, hash: ContentHash) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(hash)
    }
}

fn read(request: &ReadRequest, thumbnails: &Thumbnails) -> Result<Box<ReadFile>, String> {
    let ProviderKind::Folder { path: root } = &request.kind else {
        return Err("this provider can only be read in a browser".to_owned());
    };
    let (Some(root), Some(below)) = (unspell(root), unspell(&request.path)) else {
        return Err("this name cannot be opened on this machine".to_owned());
    };
    let file = File::open(root.join(below)).map_err(|error| error.to_string())?;
    let mut source = Counted {
        inner: BufReader::with_capacity(32 << 10, file),
        bytes: 0,
    };
    let options = ReadOptions {
        pictures: true,
        ..ReadOptions::default()
    };
    let mut tags = tags::read(&mut source, &request.path, &options).map_err(|error| error.to_string())?;
    let picture = tags.picture.as_mut().map(|picture| ArtworkBytes {
        mime: picture.mime.clone(),
        bytes: std::mem::take(&mut picture.bytes),
    });
    let picture = picture.filter(|picture| !picture.bytes.is_empty());
    if request.want == Want::Picture {
        return Ok(Box::new(ReadFile {
            original: picture,
            ..ReadFile::default()
        }));
    }
    let artwork = picture.map(|picture| read_artwork(&picture.bytes, &picture.mime, thumbnails));
    Ok(Box::new(ReadFile {
        tags,
        artwork,
        original: None,
        bytes: source.bytes,
    }))
}

fn read_artwork(bytes: &[u8], declared: &str, thumbnails: &Thumbnails) -> ReadArtwork {
    let hash = ContentHash::of(bytes);
    let sniffed = picture::sniff(bytes);
    let mut artwork = ReadArtwork {
        hash: hash.0,
        mime: sniffed
            .as_ref()
            .map_or_else(|| declared.to_owned(), |found| found.mime.to_owned()),
        width: sniffed.as_ref().map_or(0, |found| found.width),
        height: sniffed.as_ref().map_or(0, |found| found.height),
        size: bytes.len() as u64,
        ..ReadArtwork::default()
    };
    if thumbnails.is_new(hash) {
        match thumbnail::make(bytes, THUMBNAIL_EDGE) {
            Ok(made) => {
                artwork.color = made.dominant;
                artwork.thumbnail = Some(made.jpeg);
            }
            Err(error) => artwork.problem = Some(error.to_string()),
        }
    }
    artwork
}

/// Counts what is read through it.
struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
