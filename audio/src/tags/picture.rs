//! What a picture is, from its first bytes: type, width, height; and the name of its content.

use xxhash_rust::xxh3::xxh3_128;

use super::source::{be16, be32, from, le, le16};

/// A picture's type and size in pixels as its header says; nothing is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sniffed {
    /// `image/jpeg`, `image/png`, `image/gif`, `image/webp` or `image/bmp`.
    pub mime: &'static str,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

/// The type by magic number alone, for headers cut short.
pub fn mime(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some("image/bmp"),
        _ => None,
    }
}

/// Type and size of a JPEG, PNG, GIF, WebP or BMP picture, or `None` for anything else and for headers cut
/// before the size.
pub fn sniff(bytes: &[u8]) -> Option<Sniffed> {
    let mime = mime(bytes)?;
    let (width, height) = match mime {
        "image/png" => (be32(bytes, 16)?, be32(bytes, 20)?),
        "image/gif" => (le16(bytes, 6)?.into(), le16(bytes, 8)?.into()),
        "image/bmp" => bmp_size(bytes)?,
        "image/webp" => webp_size(bytes)?,
        _ => jpeg_size(bytes)?,
    };
    (width != 0 && height != 0).then_some(Sniffed { mime, width, height })
}

/// The content hash of a picture: 32 hexadecimal digits of XXH3-128.
pub fn content_hash(bytes: &[u8]) -> String {
    format!("{:032x}", xxh3_128(bytes))
}

fn bmp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    match le::<4>(bytes, 14)? {
        12 => Some((le16(bytes, 18)?.into(), le16(bytes, 20)?.into())),
        _ => {
            // A negative height means rows from top to bottom.
            let signed =
                |at| Some(i32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?).unsigned_abs());
            Some((signed(18)?, signed(22)?))
        }
    }
}

fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let size = |at| le::<3>(bytes, at).and_then(|value| u32::try_from(value + 1).ok());
    match bytes.get(12..16)? {
        b"VP8X" => Some((size(24)?, size(27)?)),
        b"VP8L" => {
            let bits = u32::try_from(le::<4>(bytes, 21)?).ok()?;
            Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        }
        b"VP8 " => Some((
            u32::from(le16(bytes, 26)? & 0x3FFF),
            u32::from(le16(bytes, 28)? & 0x3FFF),
        )),
        _ => None,
    }
}

fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        // Any number of fill bytes may stand before a marker.
        while *bytes.get(at)? == 0xFF && *bytes.get(at + 1)? == 0xFF {
            at += 1;
        }
        let (mark, marker) = (*bytes.get(at)?, *bytes.get(at + 1)?);
        if mark != 0xFF {
            return None;
        }
        match marker {
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                return Some((be16(bytes, at + 7)?.into(), be16(bytes, at + 5)?.into()));
            }
            0xD9 | 0xDA => return None,
            0x01 | 0xD0..=0xD8 => at += 2,
            _ => at += 2 + usize::from(be16(bytes, at + 2)?.max(2)),
        }
    }
}

/// Where the picture starts in bytes that should be one: a stray NUL or two before it are common.
pub(super) fn start(bytes: &[u8]) -> usize {
    (0..4)
        .find(|&skip| mime(from(bytes, skip)).is_some())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: Option<(&str, u32, u32)>) {
        assert_eq!(
            sniff(bytes).map(|found| (found.mime, found.width, found.height)),
            expected
        );
    }

    #[test]
    fn headers_of_all_five_types_give_their_size() {
        check(
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\xf4\0\0\0\x02",
            Some(("image/png", 500, 2)),
        );
        check(b"GIF87a\x1e\0\x1f\0", Some(("image/gif", 30, 31)));
        let mut bmp = *b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x07\0\0\0\xf8\xff\xff\xff";
        check(&bmp, Some(("image/bmp", 7, 8)));
        bmp[18] = 0;
        check(&bmp, None);
        check(
            b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x09\0\0\x04\0\0",
            Some(("image/webp", 10, 5)),
        );
        check(
            b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x11\x08\0\x03\0\x02",
            Some(("image/jpeg", 2, 3)),
        );
    }

    #[test]
    fn cut_headers_and_other_files_are_refused() {
        check(b"\xff\xd8\xff", None);
        check(b"\xff\xd8\xff\xe0\xff\xff", None);
        check(b"\x89PNG\r\n\x1a\n\0\0", None);
        check(b"", None);
        check(b"ID3\x03", None);
    }

    #[test]
    fn a_hash_is_32_digits_and_depends_on_the_content() {
        assert_eq!(content_hash(b"").len(), 32);
        assert_ne!(content_hash(b"a"), content_hash(b"b"));
    }
}
