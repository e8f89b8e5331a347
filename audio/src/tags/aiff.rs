//! AIFF and AIFF-C: the common chunk, the text chunks, and an ID3v2 chunk.

use super::fields::Found;
use super::source::{Source, be16, be32, from};
use super::{ReadOptions, TagError, id3, text};

/// Chunks that are looked at.
const MAX_CHUNKS: u32 = 1024;
/// Text chunks longer than this are cut.
const MAX_TEXT: u64 = 1 << 20;

/// Reads an AIFF file that starts at `start`.
pub(super) fn read(
    source: &mut Source<'_>,
    start: u64,
    options: &ReadOptions,
    found: &mut Found,
) -> Result<(), TagError> {
    found.format.container = "aiff".to_owned();
    let mut at = start + 12;
    let mut frame_count = None;
    let mut texts = Found::default();
    for _ in 0..MAX_CHUNKS {
        let head = source.bytes(at, 8)?;
        let (Some(id), Some(size)) = (head.get(..4), be32(&head, 4).map(u64::from)) else {
            break;
        };
        let body = at + 8;
        let present = size.min(source.len() - body);
        let key = match id {
            b"NAME" => Some("title"),
            b"AUTH" => Some("artist"),
            b"ANNO" => Some("comment"),
            b"(c) " => Some("copyright"),
            _ => None,
        };
        match id {
            _ if let Some(key) = key => {
                // AFsp keeps several values in one chunk, separated by NUL.
                for value in text::eight_bit(&source.bytes(body, present.min(MAX_TEXT))?).split('\0') {
                    texts.fields.add(key, value);
                }
            }
            b"COMM" => frame_count = common(&source.bytes(body, present.min(64))?, found),
            b"SSND" => {
                let header = present.min(8);
                found.format.audio_start = Some(body + header);
                found.format.audio_bytes = Some(present - header);
                if present < size {
                    found.warn(format!(
                        "truncated: {size} bytes of sound claimed, {present} there"
                    ));
                }
            }
            b"id3 " | b"ID3 " => {
                id3::read(source, body, options, found)?;
            }
            _ => {}
        }
        at = body.saturating_add(size).saturating_add(size & 1);
    }
    // ID3v2 has more fields, and is what taggers keep up to date; the text chunks fill its gaps.
    found.fields.fill_from(texts.fields);
    match frame_count {
        Some(frames) => found.format.set_frames(frames.into()),
        None if found.fields.is_empty() && found.format.audio_start.is_none() => {
            return Err(TagError::Truncated { length: source.len() });
        }
        None => found.warn("no common chunk"),
    }
    Ok(())
}

/// Reads the common chunk; gives the number of frames.
fn common(chunk: &[u8], found: &mut Found) -> Option<u32> {
    let (channels, frames, bits) = (be16(chunk, 0)?, be32(chunk, 2)?, be16(chunk, 6)?);
    let format = &mut found.format;
    format.channels = Some(channels).filter(|&channels| channels != 0);
    format.bits_per_sample = Some(bits).filter(|&bits| bits != 0);
    format.sample_rate = chunk.get(8..18).and_then(extended);
    let code = chunk.get(18..22).unwrap_or(b"NONE");
    format.codec = match code.to_ascii_lowercase().as_slice() {
        b"none" | b"twos" | b"sowt" | b"raw " | b"in24" | b"in32" => "pcm".to_owned(),
        b"fl32" | b"fl64" => "pcm-float".to_owned(),
        b"ulaw" => "ulaw".to_owned(),
        b"alaw" => "alaw".to_owned(),
        b"ima4" => "adpcm-ima".to_owned(),
        b"agsm" | b"gsm " => "gsm".to_owned(),
        other => text::trim(&text::eight_bit(other)).to_owned(),
    };
    if let (Some(rate), "pcm" | "pcm-float" | "ulaw" | "alaw") = (format.sample_rate, format.codec.as_str()) {
        let bits = u64::from(rate) * u64::from(channels) * u64::from(bits);
        format.bitrate = u32::try_from(bits).ok().filter(|&bits| bits != 0);
    }
    Some(frames)
}

/// A sample rate as an 80-bit float, or `None` where it is no sensible number.
fn extended(bytes: &[u8]) -> Option<u32> {
    let exponent = be16(bytes, 0)?;
    let mantissa = u64::from(be32(from(bytes, 2), 0)?) << 32 | u64::from(be32(from(bytes, 2), 4)?);
    // A value of 1 has the exponent 16383; below it are fractions, above 2^32 no sample rate is.
    let shift = 63 - i32::from(exponent) + 16383;
    let rate = match shift {
        32..=63 => mantissa >> shift,
        _ => 0,
    };
    u32::try_from(rate).ok().filter(|&rate| rate != 0)
}
