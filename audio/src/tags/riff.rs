//! WAV (RIFF, RF64): the format, LIST INFO, and an ID3v2 chunk.

use super::fields::Found;
use super::source::{Source, from, le, le16, le32};
use super::{ReadOptions, TagError, genre, id3, mpeg, text};

/// Chunks that are looked at.
const MAX_CHUNKS: u32 = 1024;
/// INFO lists longer than this are cut.
const MAX_INFO: u64 = 4 << 20;

/// What the chunks before the data say about it.
#[derive(Default)]
struct Layout {
    described: bool,
    tag: u16,
    block_align: u16,
    bytes_per_second: u32,
    samples: Option<u64>,
    data: Option<(u64, u64)>,
    data_size_64: Option<u64>,
}

/// Reads a WAV file that starts at `start`.
pub(super) fn read(
    source: &mut Source<'_>,
    start: u64,
    options: &ReadOptions,
    found: &mut Found,
) -> Result<(), TagError> {
    found.format.container = "wav".to_owned();
    let mut layout = Layout::default();
    let mut at = start + 12;
    let mut list = Found::default();
    for _ in 0..MAX_CHUNKS {
        let head = source.bytes(at, 8)?;
        let (Some(id), Some(size)) = (head.get(..4), le32(&head, 4).map(u64::from)) else {
            break;
        };
        let body = at + 8;
        let present = size.min(source.len() - body);
        match id {
            b"fmt " => format(&source.bytes(body, present.min(64))?, &mut layout, found),
            b"ds64" => layout.data_size_64 = le::<8>(&source.bytes(body, 16)?, 8),
            b"fact" => layout.samples = le32(&source.bytes(body, present.min(4))?, 0).map(u64::from),
            b"data" if layout.data.is_none() => {
                let size = if size == 0xFFFF_FFFF {
                    layout.data_size_64.unwrap_or(present)
                } else {
                    size
                };
                layout.data = Some((body, size));
                if size > source.len() - body {
                    found.warn(format!(
                        "truncated: {size} bytes of sound claimed, {present} there"
                    ));
                }
                at = body.saturating_add(size).saturating_add(size & 1);
                continue;
            }
            b"LIST" => info(&source.bytes(body, present.min(MAX_INFO))?, &mut list),
            b"id3 " | b"ID3 " | b"iD3 " => {
                id3::read(source, body, options, found)?;
            }
            _ => {}
        }
        at = body.saturating_add(size).saturating_add(size & 1);
    }
    // ID3v2 has more fields, and is what taggers keep up to date; the list fills its gaps.
    found.fields.fill_from(list.fields);
    if !layout.described {
        if found.fields.is_empty() && layout.data.is_none() {
            return Err(TagError::Truncated { length: source.len() });
        }
        found.warn("no format chunk");
    }
    length(source, &layout, found)
}

fn format(chunk: &[u8], layout: &mut Layout, found: &mut Found) {
    let (Some(tag), Some(channels), Some(rate)) = (le16(chunk, 0), le16(chunk, 2), le32(chunk, 4)) else {
        found.warn("the format chunk is cut");
        return;
    };
    layout.described = true;
    let format = &mut found.format;
    format.channels = Some(channels).filter(|&channels| channels != 0);
    format.sample_rate = Some(rate).filter(|&rate| rate != 0);
    layout.bytes_per_second = le32(chunk, 8).unwrap_or(0);
    layout.block_align = le16(chunk, 12).unwrap_or(0);
    format.bits_per_sample = le16(chunk, 14).filter(|&bits| bits != 0);
    // WAVE_FORMAT_EXTENSIBLE keeps the code in the first two bytes of a GUID.
    layout.tag = if tag == 0xFFFE {
        le16(chunk, 24).unwrap_or(tag)
    } else {
        tag
    };
    format.codec = match layout.tag {
        1 => "pcm".to_owned(),
        2 => "adpcm-ms".to_owned(),
        3 => "pcm-float".to_owned(),
        6 => "alaw".to_owned(),
        7 => "ulaw".to_owned(),
        0x11 => "adpcm-ima".to_owned(),
        0x31 => "gsm".to_owned(),
        0x50 => "mp2".to_owned(),
        0x55 => "mp3".to_owned(),
        0xFF => "aac".to_owned(),
        0 => String::new(),
        other => format!("0x{other:04x}"),
    };
}

fn length(source: &mut Source<'_>, layout: &Layout, found: &mut Found) -> Result<(), TagError> {
    let (at, size) = layout.data.unwrap_or_default();
    if layout.data.is_none() {
        found.warn("no sound");
    }
    let present = size.min(source.len() - at.min(source.len()));
    if matches!(layout.tag, 0x50 | 0x55) && present > 0 {
        let (container, codec) = (found.format.container.clone(), found.format.codec.clone());
        mpeg::stream(source, at, at + present, 8 << 10, found)?;
        (found.format.container, found.format.codec) = (container, codec);
    }
    let format = &mut found.format;
    if layout.data.is_some() {
        (format.audio_start, format.audio_bytes) = (Some(at), Some(present));
    }
    let Some(rate) = format.sample_rate.map(u64::from) else {
        return Ok(());
    };
    let linear = matches!(layout.tag, 1 | 3 | 6 | 7);
    let bits = u64::from(format.bits_per_sample.unwrap_or(0));
    let frame_bytes = match (format.channels, bits) {
        (Some(channels), 1..) if linear => u64::from(channels) * bits.div_ceil(8),
        _ if linear => layout.block_align.into(),
        _ => 0,
    };
    if frame_bytes > 0 {
        format.bitrate = u32::try_from(frame_bytes * 8 * rate).ok();
        if layout.data.is_some() {
            format.set_frames(size / frame_bytes);
        }
        return Ok(());
    }
    // Compressed: the fact chunk counts the samples, else the average byte rate tells.
    let bytes_per_second = u64::from(layout.bytes_per_second);
    let counted = layout.samples.filter(|&samples| samples != 0);
    let by_rate = (size * rate).checked_div(bytes_per_second);
    if let Some(samples) = counted
        .or(format.frames)
        .or(by_rate)
        .filter(|_| layout.data.is_some())
    {
        format.set_frames(samples);
        format.bitrate = mpeg::bits_per_second(size, samples, rate);
    }
    Ok(())
}

/// Reads the INFO items of a LIST chunk.
fn info(chunk: &[u8], found: &mut Found) {
    if !chunk.starts_with(b"INFO") {
        return;
    }
    let mut at = 4;
    while let (Some(id), Some(size)) = (chunk.get(at..at + 4), le32(chunk, at + 4)) {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let value = from(chunk, at + 8);
        let value = &value[..size.min(value.len())];
        let end = value.iter().position(|&byte| byte == 0).unwrap_or(value.len());
        let value = text::eight_bit(&value[..end]);
        match name(id) {
            Some("genre") => genre::resolve(&value)
                .iter()
                .for_each(|genre| found.fields.add("genre", genre)),
            Some(name) => found.fields.add(name, &value),
            None => found.fields.add(&text::eight_bit(id).to_lowercase(), &value),
        }
        at = at.saturating_add(8).saturating_add(size).saturating_add(size & 1);
        // Some writers pad to four bytes, or forget to pad.
        while from(chunk, at).starts_with(&[0]) {
            at += 1;
        }
    }
}

fn name(id: &[u8]) -> Option<&'static str> {
    Some(match id.to_ascii_uppercase().as_slice() {
        b"INAM" | b"TITL" => "title",
        b"IART" => "artist",
        b"IPRD" | b"IALB" => "album",
        b"ICRD" | b"YEAR" => "date",
        b"IGNR" => "genre",
        b"ITRK" | b"IPRT" | b"TRCK" => "track",
        b"IFRM" => "track_total",
        b"ICMT" => "comment",
        b"IMUS" => "composer",
        b"IPUB" => "label",
        b"ISRC" => "isrc",
        b"IBPM" => "bpm",
        b"ICOP" => "copyright",
        b"ILNG" => "language",
        b"IBSU" => "url",
        b"IWRI" => "lyricist",
        b"IENC" => "encoded_by",
        b"IMED" => "media",
        _ => return None,
    })
}
