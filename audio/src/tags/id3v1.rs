//! ID3v1 and 1.1: the last 128 bytes of old MP3 files.

use super::fields::Fields;
use super::source::{Source, from};
use super::{TagError, genre, text};

/// Bytes an ID3v1 tag takes at the end of a file.
pub(super) const SIZE: u64 = 128;

/// The tag that ends at `end`, if there is one.
pub(super) fn read(source: &mut Source<'_>, end: u64) -> Result<Option<Fields>, TagError> {
    let Some(start) = end.checked_sub(SIZE) else {
        return Ok(None);
    };
    let Some(tag) = source.array::<128>(start)?.filter(|tag| tag.starts_with(b"TAG")) else {
        return Ok(None);
    };
    let mut fields = Fields::default();
    let mut add = |key: &str, range: std::ops::Range<usize>| {
        let bytes = &tag[range];
        let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
        fields.add(key, &text::eight_bit(&bytes[..end]));
    };
    add("title", 3..33);
    add("artist", 33..63);
    add("album", 63..93);
    add("year", 93..97);
    add("comment", if tag[125] == 0 { 97..125 } else { 97..127 });
    if tag[125] == 0 && tag[126] != 0 {
        fields.add("track", &tag[126].to_string());
    }
    if let Some(genre) = genre::name(tag[127]) {
        fields.add("genre", genre);
    }
    Ok(Some(fields))
}

/// Where a Lyrics3 v2 block before the ID3v1 tag at `end` starts, or `end`.
pub(super) fn skip_lyrics3(source: &mut Source<'_>, end: u64) -> Result<u64, TagError> {
    let Some(foot) = end.checked_sub(15) else {
        return Ok(end);
    };
    let bytes = source.bytes(foot, 15)?;
    if from(&bytes, 6) != b"LYRICS200" {
        return Ok(end);
    }
    let size: u64 = text::utf8(&bytes[..6]).parse().unwrap_or(0);
    Ok(foot.checked_sub(size).unwrap_or(end))
}
