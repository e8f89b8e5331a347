//! FLAC: the metadata blocks before the first frame.

use super::fields::{Found, PictureBytes};
use super::source::{Source, be, be16, be32, from};
use super::vorbis::{self, Bytes};
use super::{ReadOptions, TagError, ape};

/// Metadata blocks that are looked at; files in the wild have fewer than twenty.
const MAX_BLOCKS: u32 = 1024;

/// A part of the file, read in order.
pub(super) struct Block<'a, 'b> {
    pub(super) source: &'a mut Source<'b>,
    pub(super) at: u64,
    pub(super) end: u64,
}

impl Bytes for Block<'_, '_> {
    fn take(&mut self, count: u64) -> Result<Vec<u8>, TagError> {
        let bytes = self
            .source
            .bytes(self.at, count.min(self.end.saturating_sub(self.at)))?;
        self.at += bytes.len() as u64;
        Ok(bytes)
    }

    fn skip(&mut self, count: u64) -> Result<u64, TagError> {
        let skipped = count.min(self.end.saturating_sub(self.at));
        self.at += skipped;
        Ok(skipped)
    }
}

/// Reads a FLAC stream whose signature stands at `start`.
pub(super) fn read(
    source: &mut Source<'_>,
    start: u64,
    options: &ReadOptions,
    found: &mut Found,
) -> Result<(), TagError> {
    found.format.container = "flac".to_owned();
    found.format.codec = "flac".to_owned();
    // Tags of the format itself are trusted more than an ID3v2 tag that somebody put before it.
    let mut before = std::mem::take(&mut found.fields);
    let mut at = start + 4;
    let mut comments = false;
    let mut described = false;
    for _ in 0..MAX_BLOCKS {
        let head = source.bytes(at, 4)?;
        let (Some(&first), Some(size)) = (head.first(), be::<3>(&head, 1)) else {
            found.warn("truncated in the metadata blocks");
            break;
        };
        let (body, mut next) = (at + 4, at + 4 + size);
        // A frame where a block should be: the flag of the last block was not set.
        if first == 0xFF {
            break;
        }
        if next > source.len() {
            found.warn(format!(
                "a FLAC block of {size} bytes is cut to {}",
                source.len() - body.min(source.len())
            ));
        }
        match first & 0x7F {
            0 if found.format.sample_rate.is_none() => {
                described = true;
                let info = source.bytes(body, size.min(34))?;
                if !stream_info(&info, found) {
                    found.warn("the stream information is damaged");
                }
            }
            4 if !comments => {
                comments = true;
                // A size too small for any comments is wrong: then the comments' own lengths tell.
                let end = if size < 8 {
                    source.len()
                } else {
                    next.min(source.len())
                };
                let mut block = Block {
                    source,
                    at: body,
                    end,
                };
                vorbis::read(&mut block, options, found)?;
                if size < 8 {
                    next = block.at;
                    found.warn("a block of comments has the wrong size");
                }
            }
            6 => next = picture(source, body, next, found)?,
            _ => {}
        }
        at = next;
        if first & 0x80 != 0 || at >= source.len() {
            break;
        }
    }
    at = at.min(source.len());
    std::mem::swap(&mut found.fields, &mut before);
    let own = before;
    let id3 = std::mem::replace(&mut found.fields, own);
    found.fields.fill_from(id3);
    if !described && found.fields.is_empty() {
        return Err(TagError::Truncated { length: source.len() });
    }
    let end = ape::read_tail(source, at, options, found)?;
    let format = &mut found.format;
    format.audio_start = Some(at);
    format.audio_bytes = Some(end - at);
    if let (Some(frames), Some(rate)) = (format.frames, format.sample_rate) {
        format.bitrate =
            super::mpeg::bits_per_second(end - at, frames, rate.into()).filter(|&rate| rate != 0);
    }
    Ok(())
}

/// Reads a STREAMINFO block; whether it is whole.
pub(super) fn stream_info(info: &[u8], found: &mut Found) -> bool {
    let Some(packed) = be::<8>(info, 10) else {
        return false;
    };
    let format = &mut found.format;
    format.sample_rate = u32::try_from(packed >> 44).ok().filter(|&rate| rate != 0);
    format.channels = u16::try_from((packed >> 41 & 7) + 1).ok();
    format.bits_per_sample = u16::try_from((packed >> 36 & 31) + 1).ok();
    let frames = packed & 0xF_FFFF_FFFF;
    if frames != 0 {
        format.set_frames(frames);
    }
    if let Some(hash) = info.get(18..34)
        && hash.iter().any(|&byte| byte != 0)
    {
        format.audio_hash = Some(hash.iter().map(|byte| format!("{byte:02x}")).collect());
    }
    info.len() >= 34
}

/// Notes a picture block; gives where the next block starts.
///
/// A picture of 16 MiB or more does not fit the size of its block: its own length then counts.
fn picture(source: &mut Source<'_>, body: u64, next: u64, found: &mut Found) -> Result<u64, TagError> {
    let head = source.bytes(body, 1024)?;
    let Some((mut picture, start, length)) = vorbis::picture_head(&head) else {
        found.warn("a picture block cannot be read");
        return Ok(next);
    };
    if length == 0 {
        return Ok(next);
    }
    let (offset, mut after) = (body + start, next);
    let mut length = length;
    if offset + length > next {
        let claimed = offset + length;
        let fits = claimed <= source.len() && block_or_frame(&source.bytes(claimed, 4)?);
        if fits && (offset > next || !block_or_frame(&source.bytes(next, 4)?)) {
            after = claimed;
        } else {
            found.warn("a picture is longer than its block");
            length = next.saturating_sub(offset);
        }
    }
    picture.bytes = PictureBytes::File { offset, length };
    if length > 0 {
        found.pictures.push(picture);
    }
    Ok(after)
}

fn block_or_frame(head: &[u8]) -> bool {
    let frame = be16(head, 0).is_some_and(|sync| sync & 0xFFFE == 0xFFF8);
    frame || head.first().is_some_and(|&kind| kind & 0x7F <= 6) && be32(head, 0) != Some(0)
}

/// Reads the packets of FLAC in Ogg: the first is the signature and STREAMINFO.
pub(super) fn ogg_head(packet: &[u8], found: &mut Found) -> bool {
    stream_info(from(packet, 17), found)
}
