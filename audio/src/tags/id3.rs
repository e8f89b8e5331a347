//! ID3v2.2, 2.3 and 2.4: frames wherever the tag stands (start or end of a file, a chunk of WAV or AIFF).

mod frame;

use super::fields::{Found, FoundPicture, PictureBytes};
use super::source::{Source, be, be16, from};
use super::{ReadOptions, TagError, picture, text};
use frame::{split_text, text_frame};

/// A frame of text longer than this is skipped: the longest lyrics are a hundredth of it.
const MAX_FRAME: u64 = 4 << 20;
/// Frames of a tag that are looked at.
const MAX_FRAMES: u32 = 4096;

/// The part of a tag's header that frames depend on.
struct Header {
    major: u8,
    flags: u8,
    /// Bytes from the first byte of the tag to the first after it.
    total: u64,
}

/// The bytes of a tag: as they are in the file, or in memory after unsynchronisation was undone.
enum Body {
    File { offset: u64, length: u64 },
    Memory(Vec<u8>),
}

impl Body {
    fn len(&self) -> u64 {
        match self {
            Self::File { length, .. } => *length,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    fn bytes(&self, source: &mut Source<'_>, at: u64, count: u64) -> Result<Vec<u8>, TagError> {
        let count = count.min(self.len().saturating_sub(at));
        match self {
            Self::File { offset, .. } => source.bytes(offset.saturating_add(at), count),
            Self::Memory(bytes) => {
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                Ok(bytes
                    .iter()
                    .skip(at)
                    .take(usize::try_from(count).unwrap_or(usize::MAX))
                    .copied()
                    .collect())
            }
        }
    }
}

/// One frame, its flags in the terms of all versions.
struct Frame {
    id: String,
    at: u64,
    size: u64,
    compressed: bool,
    encrypted: bool,
    unsynchronised: bool,
    /// Bytes between the frame's header and its content.
    prefix: u64,
}

/// Reads the tag that starts at `offset`; gives the number of bytes it takes, or `None` where none starts.
pub(super) fn read(
    source: &mut Source<'_>,
    offset: u64,
    options: &ReadOptions,
    found: &mut Found,
) -> Result<Option<u64>, TagError> {
    let Some(header) = source.array::<10>(offset)?.and_then(|bytes| header(&bytes)) else {
        return Ok(None);
    };
    let available = source.len().saturating_sub(offset + 10);
    let size = header.total
        - 10
        - if header.flags & 0x10 != 0 && header.major == 4 {
            10
        } else {
            0
        };
    if size > available {
        found.warn(format!(
            "the ID3v2 tag claims {size} bytes and {available} are there"
        ));
    }
    let size = size.min(available);
    if !(2..=4).contains(&header.major) {
        found.warn(format!("ID3v2.{} is not a known version", header.major));
        return Ok(Some(header.total));
    }
    if header.major == 2 && header.flags & 0x40 != 0 {
        found.warn("a compressed ID3v2.2 tag has no defined meaning");
        return Ok(Some(header.total));
    }
    let body = if header.flags & 0x80 != 0 && header.major < 4 {
        // Unsynchronisation hides the frames' sizes: the whole tag is read, up to a cover and some text.
        let limit = options.max_picture.saturating_add(MAX_FRAME);
        if size > limit {
            found.warn(format!(
                "an unsynchronised ID3v2 tag of {size} bytes is read to {limit}"
            ));
        }
        Body::Memory(undo_unsynchronisation(
            &source.bytes(offset + 10, size.min(limit))?,
        ))
    } else {
        Body::File {
            offset: offset + 10,
            length: size,
        }
    };
    frames(source, &header, &body, options, found)?;
    Ok(Some(header.total))
}

/// Reads a tag that ends at `end`, found by its footer; gives the offset where it starts.
pub(super) fn read_appended(
    source: &mut Source<'_>,
    end: u64,
    options: &ReadOptions,
    found: &mut Found,
) -> Result<Option<u64>, TagError> {
    let Some(at) = end.checked_sub(10) else {
        return Ok(None);
    };
    let Some(mut footer) = source.array::<10>(at)?.filter(|bytes| bytes.starts_with(b"3DI")) else {
        return Ok(None);
    };
    footer[..3].copy_from_slice(b"ID3");
    let Some(start) = header(&footer).and_then(|header| end.checked_sub(header.total)) else {
        return Ok(None);
    };
    Ok(read(source, start, options, found)?.map(|_| start))
}

fn header(bytes: &[u8; 10]) -> Option<Header> {
    if !bytes.starts_with(b"ID3") || bytes[3] == 0xFF {
        return None;
    }
    let (major, flags) = (bytes[3], bytes[5]);
    let size = synchsafe(&bytes[6..10]);
    let footer = if flags & 0x10 != 0 && major == 4 { 10 } else { 0 };
    Some(Header {
        major,
        flags,
        total: 10 + size + footer,
    })
}

fn synchsafe(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |value, &byte| value << 7 | u64::from(byte & 0x7F))
}

fn undo_unsynchronisation(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut last = 0;
    for &byte in bytes {
        if !(last == 0xFF && byte == 0) {
            plain.push(byte);
        }
        last = byte;
    }
    plain
}

fn frames(
    source: &mut Source<'_>,
    tag: &Header,
    body: &Body,
    options: &ReadOptions,
    found: &mut Found,
) -> Result<(), TagError> {
    let mut at = 0;
    if tag.flags & 0x40 != 0 && tag.major > 2 {
        let head = body.bytes(source, 0, 4)?;
        at = match tag.major {
            // Version 2.3 does not count the size field itself, 2.4 does.
            3 => be::<4>(&head, 0).unwrap_or(0) + 4,
            _ => synchsafe(&head).max(4),
        };
        // Writers exist that set the flag and write no extended header.
        if head.iter().all(u8::is_ascii_alphanumeric) {
            at = 0;
        }
    }
    for _ in 0..MAX_FRAMES {
        let Some(frame) = next_frame(source, tag.major, body, at)? else {
            break;
        };
        at = frame.at + frame.size;
        if at > body.len() {
            found.warn(format!("the ID3v2 frame {} ends after its tag", frame.id));
            if frame.id.starts_with("APIC") || frame.id.starts_with("PIC") || frame.at >= body.len() {
                break;
            }
        }
        read_frame(source, tag, body, &frame, options, found)?;
    }
    Ok(())
}

fn next_frame(source: &mut Source<'_>, major: u8, body: &Body, at: u64) -> Result<Option<Frame>, TagError> {
    let long = major > 2;
    let head = body.bytes(source, at, if long { 10 } else { 6 })?;
    let id = match frame_id(&head, long) {
        Some(id) => id,
        // A letter of the name is damaged: if a frame stands after it, only this one is lost.
        None => match be::<4>(&head, 4) {
            Some(size)
                if size > 0 && head[0].is_ascii_uppercase() && follows(source, body, at + 10 + size)? =>
            {
                String::new()
            }
            _ => return Ok(None),
        },
    };
    if !long {
        let Some(size) = be::<3>(&head, 3) else {
            return Ok(None);
        };
        let (compressed, encrypted, unsynchronised) = (false, false, false);
        return Ok(Some(Frame {
            id,
            at: at + 6,
            size,
            compressed,
            encrypted,
            unsynchronised,
            prefix: 0,
        }));
    }
    let (Some(plain), Some(flags)) = (be::<4>(&head, 4), be16(&head, 8)) else {
        return Ok(None);
    };
    let at = at + 10;
    if major == 3 {
        let (compressed, encrypted) = (flags & 0x80 != 0, flags & 0x40 != 0);
        let prefix = if compressed { 4 } else { 0 } + u64::from(encrypted) + u64::from(flags & 0x20 != 0);
        return Ok(Some(Frame {
            id,
            at,
            size: plain,
            compressed,
            encrypted,
            unsynchronised: false,
            prefix,
        }));
    }
    let mut size = synchsafe(&head[4..8]);
    if size != plain && !follows(source, body, at + size)? && follows(source, body, at + plain)? {
        // iTunes wrote plain sizes into version 2.4.
        size = plain;
    }
    let prefix =
        if flags & 0x01 != 0 { 4 } else { 0 } + u64::from(flags & 0x04 != 0) + u64::from(flags & 0x40 != 0);
    let (compressed, encrypted, unsynchronised) = (flags & 0x08 != 0, flags & 0x04 != 0, flags & 0x02 != 0);
    Ok(Some(Frame {
        id,
        at,
        size,
        compressed,
        encrypted,
        unsynchronised,
        prefix,
    }))
}

/// Whether a frame, padding or the end of the tag stands at `at`.
fn follows(source: &mut Source<'_>, body: &Body, at: u64) -> Result<bool, TagError> {
    if at >= body.len() {
        return Ok(at == body.len());
    }
    let head = body.bytes(source, at, 10)?;
    Ok(frame_id(&head, true).is_some() || head.iter().all(|&byte| byte == 0))
}

fn frame_id(head: &[u8], long: bool) -> Option<String> {
    let id = head.get(..if long { 4 } else { 3 })?;
    // A program of 2003 kept the three letters of version 2.2 in frames of 2.3.
    let id = if long && id[3] == 0 { &id[..3] } else { id };
    let letters = id
        .iter()
        .all(|&byte| byte.is_ascii_alphanumeric() || byte == b' ');
    (letters && id[0].is_ascii_alphabetic()).then(|| {
        id.iter()
            .map(|&byte| char::from(byte.to_ascii_uppercase()))
            .collect()
    })
}

fn read_frame(
    source: &mut Source<'_>,
    tag: &Header,
    body: &Body,
    frame: &Frame,
    options: &ReadOptions,
    found: &mut Found,
) -> Result<(), TagError> {
    if frame.encrypted {
        found.warn(format!("the ID3v2 frame {} is encrypted", frame.id));
        return Ok(());
    }
    let unsynchronised = frame.unsynchronised && tag.major == 4;
    let (at, size) = (frame.at + frame.prefix, frame.size.saturating_sub(frame.prefix));
    if matches!(frame.id.as_str(), "APIC" | "PIC") {
        return if frame.compressed || unsynchronised {
            let limit = options.max_picture.saturating_add(1024);
            if !options.pictures || size > limit {
                found.pictures.push(FoundPicture {
                    kind: 0,
                    mime: String::new(),
                    bytes: PictureBytes::Unread { length: size },
                });
                return Ok(());
            }
            let Some(content) = content(source, body, frame, unsynchronised, limit)? else {
                return Ok(());
            };
            if let Some((mut picture, start)) = picture_head(frame.id == "PIC", &content) {
                picture.bytes = PictureBytes::Memory(from(&content, start).to_vec());
                found.pictures.push(picture);
            }
            Ok(())
        } else {
            read_picture(source, body, frame.id == "PIC", at, size, found)
        };
    }
    if ignored(&frame.id) {
        return Ok(());
    }
    if size > MAX_FRAME {
        found.warn(format!("the ID3v2 frame {} of {size} bytes is skipped", frame.id));
        return Ok(());
    }
    match content(source, body, frame, unsynchronised, MAX_FRAME)? {
        Some(content) => text_frame(&frame.id, &content, found),
        None => found.warn(format!("the ID3v2 frame {} cannot be decompressed", frame.id)),
    }
    Ok(())
}

/// Frames that hold no text for a library.
fn ignored(id: &str) -> bool {
    matches!(
        id,
        "AENC"
            | "ASPI"
            | "ATXT"
            | "CHAP"
            | "COMR"
            | "CTOC"
            | "ENCR"
            | "EQU2"
            | "EQUA"
            | "ETCO"
            | "GEOB"
            | "GRID"
            | "LINK"
            | "MCDI"
            | "MLLT"
            | "PCNT"
            | "POPM"
            | "POSS"
            | "PRIV"
            | "RBUF"
            | "RGAD"
            | "RVAD"
            | "RVRB"
            | "SEEK"
            | "SIGN"
            | "SYTC"
            | "NCON"
            | "CRA"
            | "CRM"
            | "EQU"
            | "ETC"
            | "GEO"
            | "LNK"
            | "MCI"
            | "MLL"
            | "CNT"
            | "POP"
            | "BUF"
            | "RVA"
            | "REV"
            | "STC"
    )
}

fn content(
    source: &mut Source<'_>,
    body: &Body,
    frame: &Frame,
    unsynchronised: bool,
    limit: u64,
) -> Result<Option<Vec<u8>>, TagError> {
    let (at, size) = (frame.at + frame.prefix, frame.size.saturating_sub(frame.prefix));
    let mut bytes = body.bytes(source, at, size)?;
    if unsynchronised {
        bytes = undo_unsynchronisation(&bytes);
    }
    if frame.compressed {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        return Ok(miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&bytes, limit).ok());
    }
    Ok(Some(bytes))
}

fn read_picture(
    source: &mut Source<'_>,
    body: &Body,
    short: bool,
    at: u64,
    size: u64,
    found: &mut Found,
) -> Result<(), TagError> {
    let head = body.bytes(source, at, size.min(512))?;
    let Some((mut picture, start)) = picture_head(short, &head) else {
        found.warn("an ID3v2 picture frame cannot be read");
        return Ok(());
    };
    let length = size.saturating_sub(start as u64);
    if length == 0 {
        return Ok(());
    }
    picture.bytes = match body {
        Body::File { offset, .. } => PictureBytes::File {
            offset: offset + at + start as u64,
            length,
        },
        Body::Memory(_) => PictureBytes::Memory(body.bytes(source, at + start as u64, length)?),
    };
    found.pictures.push(picture);
    Ok(())
}

/// Type and kind of a picture frame, and where its bytes start.
fn picture_head(short: bool, head: &[u8]) -> Option<(FoundPicture, usize)> {
    let encoding = *head.first()?;
    let (declared, after) = if short {
        (text::eight_bit(head.get(1..4)?), 4)
    } else {
        let end = 1 + from(head, 1).iter().position(|&byte| byte == 0)?;
        (text::eight_bit(head.get(1..end)?), end + 1)
    };
    // A link instead of a picture.
    if declared.starts_with("-->") {
        return None;
    }
    let kind = *head.get(after)?;
    let (_, start) = split_text(encoding, from(head, after + 1))?;
    let mut start = after + 1 + start;
    start += picture::start(from(head, start));
    let mime = mime_of(&declared, from(head, start));
    let bytes = PictureBytes::Unread { length: 0 };
    Some((
        FoundPicture {
            kind: if kind > 20 { 0 } else { kind },
            mime,
            bytes,
        },
        start,
    ))
}

/// The picture's own type if its first bytes tell, else what was declared, in the usual spelling.
pub(super) fn mime_of(declared: &str, head: &[u8]) -> String {
    if let Some(mime) = picture::mime(head) {
        return mime.to_owned();
    }
    let declared = text::trim(declared).to_ascii_lowercase();
    match declared.as_str() {
        "" => String::new(),
        "jpg" | "jpeg" | "image/jpg" => "image/jpeg".to_owned(),
        _ if declared.contains('/') => declared,
        _ => format!("image/{declared}"),
    }
}
