//! ID3v2.2, 2.3 and 2.4: frames wherever the tag stands (start or end of a file, a chunk of WAV or AIFF).

use super::fields::{Found, FoundPicture, PictureBytes};
use super::source::{Source, be, be16, be32, from};
use super::{ReadOptions, TagError, genre, picture, text};

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

/// A NUL-terminated text in `encoding`: the text and the offset after its terminator.
fn split_text(encoding: u8, bytes: &[u8]) -> Option<(String, usize)> {
    if matches!(encoding, 1 | 2) {
        let end = bytes.chunks_exact(2).position(|pair| pair == [0, 0])? * 2;
        return Some((decode(encoding, &bytes[..end]), end + 2));
    }
    let end = bytes.iter().position(|&byte| byte == 0)?;
    Some((decode(encoding, &bytes[..end]), end + 1))
}

fn decode(encoding: u8, bytes: &[u8]) -> String {
    match encoding {
        1 => text::utf16(bytes, false),
        2 => text::utf16(bytes, true),
        3 => text::utf8(bytes),
        _ => text::eight_bit(bytes),
    }
}

/// The values of a text frame: separated by NUL in version 2.4, and in practice in 2.3 too.
fn values(content: &[u8]) -> Vec<String> {
    let Some((&encoding, bytes)) = content.split_first() else {
        return Vec::new();
    };
    // Text that does not start with an encoding: a few programs wrote none.
    let (encoding, bytes) = if encoding > 3 {
        (0, content)
    } else {
        (encoding, bytes)
    };
    let mut values = Vec::new();
    let mut rest = bytes;
    // The first value's byte order mark holds for the others, which often have none.
    let encoding = if encoding == 1 && bytes.starts_with(b"\xfe\xff") {
        2
    } else {
        encoding
    };
    while !rest.is_empty() {
        match split_text(encoding, rest) {
            Some((value, after)) => {
                values.push(value);
                rest = from(rest, after);
            }
            None => {
                values.push(decode(encoding, rest));
                break;
            }
        }
    }
    values
}

fn text_frame(id: &str, content: &[u8], found: &mut Found) {
    let fields = &mut found.fields;
    match id {
        "TXXX" | "TXX" => {
            let mut values = values(content).into_iter();
            let name = values.next().unwrap_or_default();
            for value in values {
                fields.add_named(&name, &value);
            }
        }
        "COMM" | "COM" => {
            let (name, value) = described(content);
            let name = text::trim(&name);
            if name.is_empty() {
                fields.add("comment", &value);
            } else {
                fields.add_named(name, &value);
            }
        }
        "USLT" | "ULT" => fields.add("lyrics", &described(content).1),
        "SYLT" | "SLT" => {
            // Encoding, language, unit, type, description; then text, NUL, time, again and again.
            let encoding = content.first().copied().unwrap_or_default();
            let lyrics = from(content, 6);
            let after = split_text(encoding, lyrics).map_or(0, |(_, after)| after);
            let words = decode(encoding, from(lyrics, after));
            if words.chars().any(char::is_alphanumeric) {
                fields.add("synced_lyrics", &words);
            }
        }
        "UFID" | "UFI" => {
            if let Some((owner, after)) = split_text(0, content) {
                let id = text::eight_bit(from(content, after));
                if owner == "http://musicbrainz.org" {
                    fields.add("mb_recording", &id);
                } else {
                    fields.add("ufid", &format!("{owner}\0{id}"));
                }
            }
        }
        "RVA2" => relative_volume(content, found),
        _ if id.starts_with('W') => {
            let url = if matches!(id, "WXXX" | "WXX") {
                described_from(content, 1).1
            } else {
                text::eight_bit(content)
            };
            fields.add(
                if matches!(id, "WOAR" | "WAR") {
                    "url"
                } else {
                    "link"
                },
                url.split('\0').next().unwrap_or_default(),
            );
        }
        "TCON" | "TCO" => {
            for value in values(content) {
                for genre in value.split(';').flat_map(genre::resolve) {
                    fields.add("genre", &genre);
                }
            }
        }
        "IPLS" | "IPL" | "TIPL" | "TMCL" | "XSOP" | "USER" => {
            fields.add(
                text_name(id).unwrap_or(&id.to_lowercase()),
                &values(content).join("\0"),
            );
        }
        _ if id.starts_with('T') || matches!(id, "GRP1" | "GP1" | "MVNM" | "MVIN") => {
            let values = values(content);
            let name = text_name(id);
            for value in &values {
                if id == "TDAT" || id == "TDA" {
                    day_and_month(value, fields);
                }
                // `1/12`: apart, so that another tag of the file can give a total that this one lacks.
                let total = match name {
                    Some("track") => "track_total",
                    Some("disc") => "disc_total",
                    Some("movement") => "movement_total",
                    _ => "",
                };
                match (text::number_of(value), total) {
                    ((Some(number), of), "track_total" | "disc_total" | "movement_total") => {
                        fields.add(name.unwrap_or_default(), &number.to_string());
                        if let Some(of) = of {
                            fields.add(total, &of.to_string());
                        }
                    }
                    _ => fields.add(name.unwrap_or(&id.to_lowercase()), value),
                }
            }
        }
        _ => {}
    }
}

/// `DDMM` beside the year of version 2.3, kept until the year is known.
fn day_and_month(value: &str, fields: &mut super::fields::Fields) {
    let (Some(day), Some(month)) = (value.get(..2), value.get(2..4)) else {
        return;
    };
    fields.add("month_and_day", &format!("{month}-{day}"));
}

fn text_name(id: &str) -> Option<&'static str> {
    Some(match id {
        "TIT2" | "TT2" => "title",
        "TPE1" | "TP1" => "artist",
        "TALB" | "TAL" => "album",
        "TPE2" | "TP2" => "album_artist",
        "TSOT" | "TST" => "title_sort",
        "TSOP" | "TSP" | "XSOP" => "artist_sort",
        "TSOA" | "TSA" => "album_sort",
        "TSO2" | "TS2" => "album_artist_sort",
        "TRCK" | "TRK" => "track",
        "TPOS" | "TPA" => "disc",
        "TDRC" => "date",
        "TYER" | "TYE" => "year",
        "TDRL" => "release_date",
        "TDOR" => "original_date",
        "TORY" | "TOR" => "original_year",
        "TCOM" | "TCM" => "composer",
        "TPUB" | "TPB" => "label",
        "TBPM" | "TBP" => "bpm",
        "TCMP" | "TCP" => "compilation",
        "TSRC" | "TRC" => "isrc",
        "GRP1" | "GP1" => "modern_grouping",
        "TIT1" | "TT1" => "grouping",
        "TCOP" | "TCR" => "copyright",
        "TENC" | "TEN" => "encoded_by",
        "TSSE" | "TSS" => "encoder_settings",
        "TMED" | "TMT" => "media",
        "TLAN" | "TLA" => "language",
        "TKEY" | "TKE" => "initial_key",
        "TPE3" | "TP3" => "conductor",
        "TEXT" | "TXT" => "lyricist",
        "TSST" => "set_subtitle",
        "MVNM" => "movement_name",
        "MVIN" => "movement",
        _ => return None,
    })
}

/// Encoding, language, description, text.
fn described(content: &[u8]) -> (String, String) {
    described_from(content, 4)
}

fn described_from(content: &[u8], start: usize) -> (String, String) {
    let encoding = content.first().copied().unwrap_or_default();
    let rest = from(content, start);
    match split_text(encoding, rest) {
        Some((description, after)) if after < rest.len() => {
            let value = values_text(encoding, from(rest, after), rest);
            (description, value)
        }
        // No terminator, or nothing after it: then what there is is the text.
        _ => (String::new(), decode(encoding, rest)),
    }
}

/// The text after a description, whose byte order mark holds for it if it has none.
fn values_text(encoding: u8, bytes: &[u8], whole: &[u8]) -> String {
    let encoding = if encoding == 1 && whole.starts_with(b"\xfe\xff") {
        2
    } else {
        encoding
    };
    decode(encoding, bytes)
}

/// The gain of the channel "master" of an RVA2 frame named `track` or `album`.
fn relative_volume(content: &[u8], found: &mut Found) {
    let Some((name, mut at)) = split_text(0, content) else {
        return;
    };
    let (gain_key, peak_key) = match name.to_ascii_lowercase().as_str() {
        "track" => ("replaygain_track_gain", "replaygain_track_peak"),
        "album" => ("replaygain_album_gain", "replaygain_album_peak"),
        _ => return,
    };
    while let (Some(&channel), Some(gain), Some(&bits)) =
        (content.get(at), be16(content, at + 1), content.get(at + 3))
    {
        let peak_bytes = usize::from(bits).div_ceil(8);
        if channel == 1 {
            let gain = f64::from(i16::from_be_bytes(gain.to_be_bytes())) / 512.0;
            found.fields.add(gain_key, &format!("{gain:.2} dB"));
            if peak_bytes == 2
                && let Some(peak) = be16(content, at + 4)
            {
                found
                    .fields
                    .add(peak_key, &format!("{:.6}", f64::from(peak) / 32768.0));
            } else if peak_bytes == 4
                && let Some(peak) = be32(content, at + 4)
            {
                found
                    .fields
                    .add(peak_key, &format!("{:.6}", f64::from(peak) / 2_147_483_648.0));
            }
        }
        at += 4 + peak_bytes;
    }
}
