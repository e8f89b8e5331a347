//! A worker of the pool: reads the tags of files and makes thumbnails. It keeps nothing but what it was told of
//! folders, so that it can be ended and begun again at any time.

use std::cell::{Cell, RefCell};
use std::collections::{HashSet, VecDeque};
use std::rc::Rc;

use segue_audio::source::ReadAt;
use segue_audio::tags::{self, FileTags, ReadOptions, picture};
use segue_components::artwork::ContentHash;
use segue_components::provider::ProviderKind;
use segue_components::report::ArtworkBytes;
use segue_systems::http;
use segue_systems::scan::work::{ReadAnswer, ReadArtwork, ReadFile, ReadRequest, Want};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, MessagePort};

use crate::folders::Folders;
use crate::source::{BlobBytes, Ranges, UrlBytes};
use crate::{exception, port, thumbnail};

/// How many files are under way at once: while one is opened, another is read.
const AT_ONCE: usize = 4;

/// A worker of the pool.
#[derive(Debug, Clone)]
pub struct PoolWorker(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    library: MessagePort,
    folders: Folders,
    waiting: RefCell<VecDeque<ReadRequest>>,
    under_way: Cell<usize>,
    // Pictures whose thumbnail this worker has made, or tried to.
    seen: RefCell<HashSet<ContentHash>>,
}

impl PoolWorker {
    /// Serves the library behind this port.
    #[must_use]
    pub fn new(library: MessagePort, folders: Folders) -> Self {
        let worker = Self(Rc::new(Inner {
            library: library.clone(),
            folders,
            waiting: RefCell::default(),
            under_way: Cell::new(0),
            seen: RefCell::default(),
        }));
        let receiver = worker.clone();
        port::listen(&library, move |message| {
            match port::bytes(&message).map(|bytes| postcard::from_bytes::<ReadRequest>(&bytes)) {
                Some(Ok(request)) => {
                    receiver.0.waiting.borrow_mut().push_back(request);
                    receiver.go_on();
                }
                _ => web_sys::console::error_1(&"a message to the pool that is no request".into()),
            }
        });
        worker
    }

    fn go_on(&self) {
        while self.0.under_way.get() < AT_ONCE {
            let Some(request) = self.0.waiting.borrow_mut().pop_front() else {
                return;
            };
            self.0.under_way.set(self.0.under_way.get() + 1);
            let worker = self.clone();
            spawn_local(async move {
                let answer = worker.answer(&request).await;
                let bytes = postcard::to_stdvec(&answer).expect("answers are plain data");
                port::post(&worker.0.library, &bytes);
                worker.0.under_way.set(worker.0.under_way.get() - 1);
                worker.go_on();
            });
        }
    }

    async fn answer(&self, request: &ReadRequest) -> ReadAnswer {
        let result = match (self.tags(request).await, request.want) {
            (Ok((_, original, _)), Want::Picture) => Ok(Box::new(ReadFile {
                original,
                ..ReadFile::default()
            })),
            (Ok((tags, picture, bytes)), Want::Tags) => Ok(Box::new(ReadFile {
                tags,
                artwork: match picture {
                    Some(picture) => Some(self.read_artwork(&picture).await),
                    None => None,
                },
                original: None,
                bytes,
            })),
            (Err(error), _) => Err(error),
        };
        ReadAnswer {
            ticket: request.ticket,
            result,
        }
    }

    async fn tags(&self, request: &ReadRequest) -> Result<Tags, String> {
        match &request.kind {
            ProviderKind::Http { url } => {
                let bytes = UrlBytes::new(&http::join(url, &request.path), request.size);
                read_tags(bytes.map_err(|error| error.to_string())?, &request.path)
            }
            ProviderKind::Handle { key } => {
                let file = self.0.folders.file(key, &request.path).await;
                let file: Blob = file
                    .map_err(|thrown| exception::message(&thrown))?
                    .unchecked_into();
                let bytes = BlobBytes::new(file);
                read_tags(bytes.map_err(|error| error.to_string())?, &request.path)
            }
            ProviderKind::Folder { .. } => {
                Err("a folder of the machine cannot be read in a browser".to_owned())
            }
        }
    }

    async fn read_artwork(&self, picture: &ArtworkBytes) -> ReadArtwork {
        let bytes = &picture.bytes;
        let hash = ContentHash::of(bytes);
        let sniffed = picture::sniff(bytes);
        let mut artwork = ReadArtwork {
            hash: hash.0,
            mime: sniffed
                .as_ref()
                .map_or_else(|| picture.mime.clone(), |found| found.mime.to_owned()),
            width: sniffed.as_ref().map_or(0, |found| found.width),
            height: sniffed.as_ref().map_or(0, |found| found.height),
            size: bytes.len() as u64,
            ..ReadArtwork::default()
        };
        if self.0.seen.borrow_mut().insert(hash) {
            match thumbnail::make(bytes, &artwork.mime, (artwork.width, artwork.height)).await {
                Ok(made) => {
                    (artwork.width, artwork.height) = (made.width, made.height);
                    artwork.color = made.color;
                    artwork.thumbnail = Some(made.jpeg);
                }
                Err(problem) => artwork.problem = Some(problem),
            }
        }
        artwork
    }
}

/// What a file says of itself, its picture, and how many bytes were read for both.
type Tags = (FileTags, Option<ArtworkBytes>, u64);

fn read_tags(bytes: impl ReadAt, path: &str) -> Result<Tags, String> {
    let mut ranges = Ranges::new(bytes);
    let options = ReadOptions {
        pictures: true,
        ..ReadOptions::default()
    };
    let mut tags = tags::read(&mut ranges, path, &options).map_err(|error| error.to_string())?;
    let picture = tags.picture.as_mut().map(|picture| ArtworkBytes {
        mime: picture.mime.clone(),
        bytes: std::mem::take(&mut picture.bytes),
    });
    let picture = picture.filter(|picture| !picture.bytes.is_empty());
    Ok((tags, picture, ranges.fetched()))
}
