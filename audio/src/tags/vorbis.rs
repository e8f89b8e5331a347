//! Vorbis comments (FLAC, Vorbis, Opus, Speex) and the FLAC picture block they may hold in base64.

use super::fields::{Found, FoundPicture, PictureBytes};
use super::source::{be32, from, le32};
use super::{ReadOptions, TagError, id3, text};

/// A comment longer than this is skipped, pictures aside.
const MAX_COMMENT: u64 = 4 << 20;
/// More comments than any honest file holds.
const MAX_COMMENTS: u32 = 8192;

/// Bytes one after another: a block of a FLAC file, or a packet spread over pages.
pub(super) trait Bytes {
    /// The next `count` bytes, fewer at the end.
    fn take(&mut self, count: u64) -> Result<Vec<u8>, TagError>;
    /// Passes over `count` bytes; how many there were.
    fn skip(&mut self, count: u64) -> Result<u64, TagError>;
}

/// Reads a comment header after its signature, into `found`.
pub(super) fn read(bytes: &mut dyn Bytes, options: &ReadOptions, found: &mut Found) -> Result<(), TagError> {
    let Some(vendor) = le32(&bytes.take(4)?, 0) else {
        found.warn("the comments are cut");
        return Ok(());
    };
    bytes.skip(vendor.into())?;
    let Some(count) = le32(&bytes.take(4)?, 0) else {
        found.warn("the comments are cut");
        return Ok(());
    };
    for index in 0..count.min(MAX_COMMENTS) {
        let Some(length) = le32(&bytes.take(4)?, 0).map(u64::from) else {
            found.warn(format!("{index} of {count} comments are there"));
            break;
        };
        // Enough for every name, so that pictures can be passed over.
        let mut comment = bytes.take(length.min(64))?;
        let rest = length - comment.len() as u64;
        let is_picture = comment
            .get(..23)
            .is_some_and(|name| name.eq_ignore_ascii_case(b"METADATA_BLOCK_PICTURE="))
            || comment
                .get(..9)
                .is_some_and(|name| name.eq_ignore_ascii_case(b"COVERART="));
        // In base64, four characters are three bytes.
        let limit = if is_picture {
            options.max_picture / 3 * 4 + 4096
        } else {
            MAX_COMMENT
        };
        if rest > 0 && ((is_picture && !options.pictures) || length > limit) {
            if is_picture {
                let bytes = PictureBytes::Unread {
                    length: length / 4 * 3,
                };
                found.pictures.push(FoundPicture {
                    kind: 0,
                    mime: String::new(),
                    bytes,
                });
            } else {
                found.warn(format!("a comment of {length} bytes is skipped"));
            }
            if bytes.skip(rest)? < rest {
                found.warn("the comments are cut");
                break;
            }
            continue;
        }
        comment.append(&mut bytes.take(rest)?);
        let cut = (comment.len() as u64) < length;
        add(&comment, found);
        if cut {
            found.warn("the comments are cut");
            break;
        }
    }
    // Old files declare the type of COVERART beside it.
    if let Some(mime) = found.fields.first("coverartmime").map(ToOwned::to_owned) {
        found
            .pictures
            .iter_mut()
            .filter(|picture| picture.mime.is_empty())
            .for_each(|picture| {
                picture.mime.clone_from(&mime);
            });
    }
    Ok(())
}

fn add(comment: &[u8], found: &mut Found) {
    let Some(equals) = comment.iter().position(|&byte| byte == b'=') else {
        return;
    };
    let name = text::utf8(&comment[..equals]);
    let value = from(comment, equals + 1);
    match name.to_ascii_uppercase().as_str() {
        "METADATA_BLOCK_PICTURE" => match text::base64(value).and_then(|block| picture(&block)) {
            Some(picture) => found.pictures.push(picture),
            None => found.warn("a picture cannot be read"),
        },
        "COVERART" => match text::base64(value) {
            Some(bytes) => found.pictures.push(FoundPicture {
                kind: 0,
                mime: id3::mime_of("", &bytes),
                bytes: PictureBytes::Memory(bytes),
            }),
            None => found.warn("a picture cannot be read"),
        },
        // Ogg programs of the first hour called the comment so.
        "DESCRIPTION" => found.fields.add("comment", &text::utf8(value)),
        "GENRE" => text::utf8(value)
            .split(';')
            .for_each(|genre| found.fields.add("genre", genre)),
        _ => found.fields.add_named(&name, &text::utf8(value)),
    }
}

/// Type, kind, and where the bytes are, of a FLAC picture block: `(picture, start of its bytes, their number)`.
pub(super) fn picture_head(block: &[u8]) -> Option<(FoundPicture, u64, u64)> {
    let kind = be32(block, 0)?;
    let mime_length = usize::try_from(be32(block, 4)?).ok()?;
    let mime_end = mime_length.checked_add(8)?;
    let mime = text::eight_bit(block.get(8..mime_end)?);
    let text_length = usize::try_from(be32(block, mime_end)?).ok()?;
    // Description, then width, height, depth and colours.
    let length_at = mime_end
        .checked_add(4)?
        .checked_add(text_length)?
        .checked_add(16)?;
    let length = be32(block, length_at)?;
    let start = length_at + 4;
    let mime = id3::mime_of(&mime, from(block, start));
    let kind = u8::try_from(kind).ok().filter(|&kind| kind <= 20).unwrap_or(0);
    let bytes = PictureBytes::Unread {
        length: length.into(),
    };
    Some((FoundPicture { kind, mime, bytes }, start as u64, length.into()))
}

fn picture(block: &[u8]) -> Option<FoundPicture> {
    let (mut picture, start, length) = picture_head(block)?;
    let bytes = from(block, usize::try_from(start).ok()?);
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(bytes.len());
    picture.bytes = PictureBytes::Memory(bytes[..length].to_vec());
    Some(picture)
}
