//! APEv2 (and APEv1) tags: at the end of MP3, and where Monkey's Audio, Musepack and WavPack keep theirs.

use super::fields::{Found, FoundPicture, PictureBytes};
use super::source::{Source, from, le32};
use super::{ReadOptions, TagError, id3, text};

/// An item of text longer than this is skipped.
const MAX_ITEM: u64 = 4 << 20;

/// Reads the tag that ends at `end`; gives the offset where it starts, or `None` where none ends.
pub(super) fn read_ending_at(
    source: &mut Source<'_>,
    end: u64,
    found: &mut Found,
) -> Result<Option<u64>, TagError> {
    let Some(footer_at) = end.checked_sub(32) else {
        return Ok(None);
    };
    let footer = source.bytes(footer_at, 32)?;
    let Some((size, count, flags)) = header(&footer) else {
        return Ok(None);
    };
    // The size counts the items and the footer, not the header.
    let Some(items) = end.checked_sub(size) else {
        found.warn(format!("the APE tag claims {size} bytes and the file has fewer"));
        return Ok(None);
    };
    read_items(source, items, footer_at, count, found)?;
    Ok(Some(if flags & 1 << 31 != 0 {
        items.saturating_sub(32)
    } else {
        items
    }))
}

/// Reads a tag that starts at `start`; gives the offset after it.
pub(super) fn read_starting_at(
    source: &mut Source<'_>,
    start: u64,
    found: &mut Found,
) -> Result<Option<u64>, TagError> {
    let head = source.bytes(start, 32)?;
    let Some((size, count, _)) = header(&head) else {
        return Ok(None);
    };
    let end = start.saturating_add(32).saturating_add(size);
    read_items(source, start + 32, end.min(source.len()), count, found)?;
    Ok(Some(end))
}

fn header(bytes: &[u8]) -> Option<(u64, u32, u32)> {
    if !bytes.starts_with(b"APETAGEX") {
        return None;
    }
    Some((le32(bytes, 12)?.into(), le32(bytes, 16)?, le32(bytes, 20)?))
}

fn read_items(
    source: &mut Source<'_>,
    mut at: u64,
    end: u64,
    count: u32,
    found: &mut Found,
) -> Result<(), TagError> {
    for _ in 0..count.min(4096) {
        if at + 9 > end {
            break;
        }
        let head = source.bytes(at, (end - at).min(8 + 256))?;
        let (Some(size), Some(flags)) = (le32(&head, 0), le32(&head, 4)) else {
            break;
        };
        let key = from(&head, 8);
        let Some(key_end) = key.iter().position(|&byte| byte == 0) else {
            break;
        };
        let key = text::utf8(&key[..key_end]);
        let value_at = at + 8 + key_end as u64 + 1;
        let size = u64::from(size);
        at = value_at.saturating_add(size);
        if at > end {
            found.warn(format!("the APE item {key} ends after its tag"));
            break;
        }
        // Bits 1 and 2: 0 is text, 1 binary, 2 a link.
        match flags >> 1 & 3 {
            1 if key.to_ascii_lowercase().starts_with("cover art") => {
                picture(source, &key, value_at, size, found)?;
            }
            1 => {}
            _ if size > MAX_ITEM => found.warn(format!("the APE item {key} of {size} bytes is skipped")),
            _ => {
                let value = text::utf8(&source.bytes(value_at, size)?);
                for value in value.split('\0') {
                    add(&key, value, found);
                }
            }
        }
    }
    Ok(())
}

fn add(key: &str, value: &str, found: &mut Found) {
    match key.to_ascii_lowercase().as_str() {
        // APE names the year of the recording Year, with or without month and day.
        "year" => found.fields.add("date", value),
        "genre" => value
            .split(';')
            .for_each(|genre| found.fields.add("genre", genre)),
        _ => found.fields.add_named(key, value),
    }
}

fn picture(
    source: &mut Source<'_>,
    key: &str,
    at: u64,
    size: u64,
    found: &mut Found,
) -> Result<(), TagError> {
    // A file name, NUL, and the picture.
    let head = source.bytes(at, size.min(512))?;
    let name_end = head.iter().position(|&byte| byte == 0).map_or(0, |end| end + 1);
    let length = size.saturating_sub(name_end as u64);
    if length == 0 {
        return Ok(());
    }
    let kind = match key.to_ascii_lowercase().as_str() {
        "cover art (front)" => 3,
        "cover art (back)" => 4,
        "cover art (artist)" => 8,
        _ => 0,
    };
    found.pictures.push(FoundPicture {
        kind,
        mime: id3::mime_of("", from(&head, name_end)),
        bytes: PictureBytes::File {
            offset: at + name_end as u64,
            length,
        },
    });
    Ok(())
}

/// Reads what may stand at the end of a file of frames: ID3v1, Lyrics3, APE and an appended ID3v2 tag.
/// Gives the offset where the sound ends.
pub(super) fn read_tail(
    source: &mut Source<'_>,
    start: u64,
    options: &ReadOptions,
    found: &mut Found,
) -> Result<u64, TagError> {
    let mut end = source.len();
    let mut id3v1 = None;
    if let Some(fields) = super::id3v1::read(source, end)? {
        id3v1 = Some(fields);
        end -= super::id3v1::SIZE;
        end = super::id3v1::skip_lyrics3(source, end)?;
    }
    // What stands first in the file is trusted more; what is here fills the gaps.
    let mut tail = Found::default();
    if let Some(at) = read_ending_at(source, end, &mut tail)? {
        end = at;
    }
    if let Some(at) = id3::read_appended(source, end, options, &mut tail)? {
        end = at;
    }
    found.fields.fill_from(tail.fields);
    if found.pictures.is_empty() {
        found.pictures = tail.pictures;
    }
    for warning in tail.warnings {
        found.warn(warning);
    }
    if let Some(fields) = id3v1 {
        found.fields.fill_from(fields);
    }
    Ok(end.max(start))
}
