//! Blobs: bytes that are stored beside the rows and loaded one by one, such as thumbnails.

use core::mem;

use bevy_ecs::message::Messages;
use bevy_ecs::resource::Resource;
use bevy_ecs::world::World;
use segue_components::artwork::ContentHash;
use segue_components::intent::Request;
use segue_components::report::{ArtworkBytes, RequestError, Response};

use super::driver::{StoreLink, StoreRequest};
use super::store::{BlobKey, StoreError};
use crate::catalog::{self, Catalog};
use crate::link::{Answer, Asked};

/// Which variant of a picture is its thumbnail.
pub const THUMBNAIL: u8 = 0;

/// The key of a picture's thumbnail.
#[must_use]
pub fn thumbnail(hash: ContentHash) -> BlobKey {
    BlobKey {
        hash: hash.0,
        variant: THUMBNAIL,
    }
}

/// Blobs on their way into the store. They go with the next batch, so with the rows that name them.
#[derive(Resource, Debug, Default)]
pub struct Blobs {
    waiting: Vec<(BlobKey, Option<Vec<u8>>)>,
    flying: Vec<(BlobKey, Option<Vec<u8>>)>,
    bytes: usize,
}

impl Blobs {
    /// Stores bytes under a key, over what may be there.
    pub fn put(&mut self, key: BlobKey, bytes: Vec<u8>) {
        self.bytes += bytes.len();
        self.waiting.push((key, Some(bytes)));
    }

    /// Takes a blob out of the store.
    pub fn remove(&mut self, key: BlobKey) {
        self.waiting.push((key, None));
    }

    /// The bytes that wait or are under way.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether nothing waits. What is under way does not count.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// What a key will hold once everything is stored: `None` if the store alone knows.
    fn find(&self, key: BlobKey) -> Option<Option<&[u8]>> {
        let of_key = |(of, _): &&(BlobKey, Option<Vec<u8>>)| *of == key;
        let newest = self.waiting.iter().rfind(of_key);
        let (_, bytes) = newest.or_else(|| self.flying.iter().rfind(of_key))?;
        Some(bytes.as_deref())
    }

    /// Takes what waits for a batch.
    pub(super) fn depart(&mut self) -> Vec<(BlobKey, Option<Vec<u8>>)> {
        self.flying = mem::take(&mut self.waiting);
        self.flying.clone()
    }

    /// Notes how the batch ended.
    pub(super) fn arrive(&mut self, stored: bool) {
        let flying = mem::take(&mut self.flying);
        if stored {
            let gone: usize = flying
                .iter()
                .filter_map(|(_, bytes)| bytes.as_ref())
                .map(Vec::len)
                .sum();
            self.bytes -= gone;
        } else {
            self.waiting.splice(..0, flying);
        }
    }
}

/// The requests for thumbnails that the store has yet to answer.
#[derive(Debug, Default)]
pub(super) struct Reading(Vec<(BlobKey, Asked)>);

impl Reading {
    /// Answers a request for a thumbnail, or asks the store.
    pub(super) fn ask(&mut self, world: &mut World, asked: Asked) {
        let Request::GetArtwork { artwork, .. } = asked.request else {
            return;
        };
        let answer = if world.resource::<Catalog>().entity(artwork).is_none() {
            Some(Err(RequestError::NotFound {
                what: format!("artwork {artwork}"),
            }))
        } else if let Some(&hash) = catalog::get::<ContentHash>(world, artwork) {
            let key = thumbnail(hash);
            match world.resource::<Blobs>().find(key) {
                Some(bytes) => Some(Ok(picture(bytes.map(<[u8]>::to_vec)))),
                None if self.request(world, key) => {
                    self.0.push((key, asked.clone()));
                    None
                }
                None => Some(Ok(picture(None))),
            }
        } else {
            Some(Ok(picture(None)))
        };
        if let Some(answer) = answer {
            world
                .resource_mut::<Messages<Answer>>()
                .write(asked.answer(answer));
        }
    }

    /// Asks the store for a blob, once; `false` where there is no store.
    fn request(&self, world: &World, key: BlobKey) -> bool {
        if self.0.iter().any(|&(of, _)| of == key) {
            return true;
        }
        world
            .get_resource::<StoreLink>()
            .is_some_and(|link| link.requests.send(StoreRequest::Blob(key)).is_ok())
    }

    /// Passes on what the store answered.
    pub(super) fn answer(
        &mut self,
        world: &mut World,
        key: BlobKey,
        result: &Result<Option<Vec<u8>>, StoreError>,
    ) {
        let mut answers = world.resource_mut::<Messages<Answer>>();
        for (_, asked) in self.0.extract_if(.., |(of, _)| *of == key) {
            answers.write(asked.answer(match result {
                Ok(bytes) => Ok(picture(bytes.clone())),
                Err(error) => Err(RequestError::Failed {
                    reason: error.to_string(),
                }),
            }));
        }
    }
}

fn picture(bytes: Option<Vec<u8>>) -> Response {
    Response::Artwork(bytes.map(|bytes| ArtworkBytes {
        mime: media_type(&bytes).into(),
        bytes,
    }))
}

/// The media type of a picture by its first bytes.
pub(super) fn media_type(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'B', b'M', ..] => "image/bmp",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: BlobKey = BlobKey {
        hash: [1; 16],
        variant: THUMBNAIL,
    };

    #[test]
    fn a_blob_can_be_read_from_when_it_was_put() {
        let mut blobs = Blobs::default();
        assert_eq!(blobs.find(KEY), None);
        blobs.put(KEY, vec![1]);
        assert_eq!(blobs.depart(), [(KEY, Some(vec![1]))]);
        assert_eq!(blobs.find(KEY), Some(Some(&[1][..])));
        blobs.put(KEY, vec![2, 2]);
        assert_eq!(blobs.find(KEY), Some(Some(&[2, 2][..])), "the newest counts");
        blobs.arrive(false);
        assert_eq!(
            blobs.depart(),
            [(KEY, Some(vec![1])), (KEY, Some(vec![2, 2]))],
            "what was not stored goes again, in its order"
        );
        assert_eq!(blobs.bytes(), 3);
        blobs.arrive(true);
        assert_eq!((blobs.find(KEY), blobs.bytes()), (None, 0));
    }

    #[test]
    fn pictures_are_told_by_their_first_bytes() {
        assert_eq!(media_type(b"\xff\xd8\xff\xe0"), "image/jpeg");
        assert_eq!(media_type(b"RIFF\0\0\0\0WEBPVP8 "), "image/webp");
        assert_eq!(media_type(b""), "application/octet-stream");
    }
}
