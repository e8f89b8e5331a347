//! MPEG audio (MP1, MP2, MP3) and ADTS AAC: frame headers, Xing, LAME and VBRI, and the length of a stream.

use super::fields::Found;
use super::source::{Source, be32, from};
use super::{ReadOptions, TagError, ape};

/// Up to here, all frames are counted; longer streams without a header are sampled.
const COUNT_ALL: u64 = 256 << 10;
/// One sample of a long stream.
const SAMPLE: u64 = 16 << 10;

/// A frame of MPEG audio or ADTS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Frame {
    adts: bool,
    /// 1, 2 or 3; the AAC object type in ADTS.
    layer: u8,
    /// MPEG 1, against 2 and 2.5.
    first_version: bool,
    sample_rate: u32,
    channels: u16,
    /// Samples per channel.
    samples: u32,
    /// In bytes, with the header. Zero: free format.
    length: u64,
    /// In kbit/s; zero in ADTS, which does not say.
    bitrate: u32,
    mono: bool,
}

impl Frame {
    /// Frames of one stream agree in this.
    fn same_stream(&self, other: &Self) -> bool {
        (self.adts, self.layer, self.sample_rate) == (other.adts, other.layer, other.sample_rate)
    }

    fn codec(&self) -> &'static str {
        match (self.adts, self.layer) {
            (true, _) => "aac",
            (_, 1) => "mp1",
            (_, 2) => "mp2",
            _ => "mp3",
        }
    }
}

fn parse(head: &[u8]) -> Option<Frame> {
    let &[0xFF, b1, b2, b3] = head.get(..4)? else {
        return None;
    };
    if b1 & 0xF6 == 0xF0 {
        return adts(head);
    }
    if b1 & 0xE0 != 0xE0 {
        return None;
    }
    let (version, layer_bits, rate_index) = (b1 >> 3 & 3, b1 >> 1 & 3, usize::from(b2 >> 2 & 3));
    if version == 1 || layer_bits == 0 || rate_index == 3 {
        return None;
    }
    let layer = 4 - layer_bits;
    let first_version = version == 3;
    let divisor = match version {
        3 => 1,
        2 => 2,
        _ => 4,
    };
    let sample_rate = [44_100, 48_000, 32_000][rate_index] / divisor;
    let bitrate = bitrate(first_version, layer, b2 >> 4)?;
    let samples = match (layer, first_version) {
        (1, _) => 384,
        (3, false) => 576,
        _ => 1152,
    };
    let padding = u32::from(b2 >> 1 & 1);
    let length = match layer {
        1 => (12_000 * bitrate / sample_rate + padding) * 4,
        _ => samples / 8 * 1000 * bitrate / sample_rate + padding,
    };
    let mono = b3 >> 6 == 3;
    Some(Frame {
        adts: false,
        layer,
        first_version,
        sample_rate,
        channels: if mono { 1 } else { 2 },
        samples,
        length: if bitrate == 0 { 0 } else { length.into() },
        bitrate,
        mono,
    })
}

/// In kbit/s; 0 is free format, `None` the forbidden index.
fn bitrate(first_version: bool, layer: u8, index: u8) -> Option<u32> {
    const V1L1: [u32; 15] = [
        0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
    ];
    const V1L2: [u32; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
    const V1L3: [u32; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const V2L1: [u32; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
    const V2: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let table = match (first_version, layer) {
        (true, 1) => &V1L1,
        (true, 2) => &V1L2,
        (true, _) => &V1L3,
        (false, 1) => &V2L1,
        (false, _) => &V2,
    };
    table.get(usize::from(index)).copied()
}

fn adts(head: &[u8]) -> Option<Frame> {
    let head = head.get(..7)?;
    let sample_rate = *AAC_RATES.get(usize::from(head[2] >> 2 & 15))?;
    let channels = u16::from(head[2] & 1) << 2 | u16::from(head[3] >> 6);
    let length = u64::from(head[3] & 3) << 11 | u64::from(head[4]) << 3 | u64::from(head[5] >> 5);
    let blocks = u32::from(head[6] & 3) + 1;
    (length >= 7).then_some(Frame {
        adts: true,
        layer: head[2] >> 6,
        first_version: head[1] & 8 == 0,
        sample_rate,
        channels: if channels == 7 { 8 } else { channels },
        samples: 1024 * blocks,
        length,
        bitrate: 0,
        mono: channels == 1,
    })
}

/// The sample rates of AAC by index.
pub(super) const AAC_RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];

/// Reads a file of bare frames, whose tags before `start` are in `found` already.
///
/// `search` is how many bytes of junk may stand before the first frame.
pub(super) fn read(
    source: &mut Source<'_>,
    start: u64,
    options: &ReadOptions,
    search: u64,
    found: &mut Found,
) -> Result<(), TagError> {
    let end = ape::read_tail(source, start, options, found)?;
    let tagged = start > 0 || !found.fields.is_empty() || !found.pictures.is_empty();
    match stream(source, start, end, search, found)? {
        true => Ok(()),
        false if tagged => {
            found.format.container = "mpeg".to_owned();
            found.warn("tags, but no sound after them");
            Ok(())
        }
        false => Err(super::not_audio(&source.bytes(start, 512)?, source.len())),
    }
}

/// Reads the properties of the frames between `start` and `end`; whether there are any.
pub(super) fn stream(
    source: &mut Source<'_>,
    start: u64,
    end: u64,
    search: u64,
    found: &mut Found,
) -> Result<bool, TagError> {
    let Some((first_at, first)) = first_frame(source, start, end, search)? else {
        return Ok(false);
    };
    if first_at > start {
        let junk = source.bytes(start, (first_at - start).min(4096))?;
        if junk.iter().any(|&byte| byte != 0) {
            found.warn(format!(
                "{} bytes of junk before the first frame",
                first_at - start
            ));
        }
    }
    let format = &mut found.format;
    format.container = if first.adts { "adts" } else { "mpeg" }.to_owned();
    format.codec = first.codec().to_owned();
    format.sample_rate = Some(first.sample_rate);
    format.channels = Some(first.channels).filter(|&channels| channels != 0);
    let head = source.bytes(first_at, first.length.clamp(4, 4096).min(end - first_at))?;
    let lead = if first.adts {
        None
    } else {
        info_header(&head, &first)
    };
    let sound_at = if lead.is_some() {
        first_at + first.length
    } else {
        first_at
    };
    format.audio_start = Some(sound_at);
    format.audio_bytes = Some(end.saturating_sub(sound_at));
    let present = end - first_at;
    let rate = u64::from(first.sample_rate);
    if let Some(lead) = lead {
        format.vbr = Some(lead.vbr);
        (format.delay, format.padding) = (lead.delay, lead.padding);
        if let Some(frames) = lead.frames {
            let samples = u64::from(frames) * u64::from(first.samples);
            let bytes = lead.bytes.map_or(present, u64::from);
            // The bytes count the frame of information, the frames do not.
            format.bitrate = bits_per_second(bytes.saturating_sub(first.length), samples, rate);
            let trimmed = u64::from(lead.delay.unwrap_or(0)) + u64::from(lead.padding.unwrap_or(0));
            format.set_frames(samples.saturating_sub(trimmed));
            // A few kilobytes of difference are tags that writers counted or did not.
            if bytes > present.saturating_add(64 << 10) {
                found.warn(format!(
                    "truncated: the stream should have {bytes} bytes and has {present}"
                ));
            }
            return Ok(true);
        }
    }
    let count = count(source, sound_at, end, &first)?;
    if count.frames == 0 {
        format.set_frames(0);
        return Ok(true);
    }
    let whole = end.saturating_sub(sound_at);
    let samples = if count.complete {
        count.samples
    } else {
        // What part of the stream was sampled stands for all of it.
        u64::try_from(u128::from(count.samples) * u128::from(whole) / u128::from(count.bytes.max(1)))
            .unwrap_or(0)
    };
    format.set_frames(samples);
    format.vbr = Some(format.vbr.unwrap_or(count.varies));
    format.bitrate = if count.bitrates > 0 {
        u32::try_from(count.bitrates * 1000 / count.frames).ok()
    } else {
        bits_per_second(count.bytes, count.samples, rate)
    };
    Ok(true)
}

pub(super) fn bits_per_second(bytes: u64, samples: u64, rate: u64) -> Option<u32> {
    let bits = u128::from(bytes) * 8 * u128::from(rate);
    u32::try_from(bits.checked_div(u128::from(samples))?).ok()
}

/// The first frame that another frame, or the end, follows.
fn first_frame(
    source: &mut Source<'_>,
    start: u64,
    end: u64,
    search: u64,
) -> Result<Option<(u64, Frame)>, TagError> {
    let mut at = start;
    let last = start.saturating_add(search).min(end);
    let mut count = 4096;
    while at < last {
        // A little more than is searched, so that a header at the end of a chunk is whole.
        let chunk = source.bytes(at, (count + 8).min(end - at))?;
        let fresh = chunk.len().saturating_sub(8).max(1);
        for offset in 0..fresh {
            if chunk.get(offset) != Some(&0xFF) {
                continue;
            }
            let here = at + offset as u64;
            if here < last
                && let Some(frame) = parse(from(&chunk, offset))
                && confirmed(source, here, end, &frame, here == start)?
            {
                return Ok(Some((here, frame)));
            }
        }
        at += fresh as u64;
        count = 16 << 10;
    }
    Ok(None)
}

/// Whether what follows a frame agrees with it: two sync bits of chance are in every kilobyte of a picture.
///
/// A frame that fills the rest of the file is believed only where one must start.
fn confirmed(
    source: &mut Source<'_>,
    at: u64,
    end: u64,
    frame: &Frame,
    expected: bool,
) -> Result<bool, TagError> {
    if frame.length == 0 {
        // Free format: the length is the distance to the next header with the same first bits.
        let body = source.exact(at, 4096.min(end - at))?;
        let Some(first) = body.get(..4) else {
            return Ok(false);
        };
        return Ok((24..body.len().saturating_sub(3)).any(|next| {
            body[next] == first[0] && body[next + 1] == first[1] && body[next + 2] & 0xFC == first[2] & 0xFC
        }));
    }
    let (mut at, mut frame) = (at, *frame);
    for round in 0..2 {
        let next = at + frame.length;
        // A file cut in its first frame, or one that ends with it, is still a file of frames.
        if next + 4 > end {
            return Ok(expected || round > 0);
        }
        match parse(&source.exact(next, 8.min(end - next))?) {
            Some(following) if following.same_stream(&frame) => (at, frame) = (next, following),
            _ => return Ok(false),
        }
        if frame.length == 0 {
            return Ok(true);
        }
    }
    Ok(true)
}

/// What the first, silent frame says about the stream.
struct Lead {
    frames: Option<u32>,
    bytes: Option<u32>,
    vbr: bool,
    delay: Option<u32>,
    padding: Option<u32>,
}

fn info_header(frame: &[u8], first: &Frame) -> Option<Lead> {
    let side = match (first.first_version, first.mono) {
        (true, false) => 32,
        (true, true) | (false, false) => 17,
        (false, true) => 9,
    };
    if from(frame, 36).starts_with(b"VBRI") {
        let frames = be32(frame, 36 + 14).filter(|&frames| frames != 0);
        return Some(Lead {
            frames,
            bytes: be32(frame, 36 + 10),
            vbr: true,
            delay: None,
            padding: None,
        });
    }
    // The header stands after the side information, and after a checksum in a few files.
    let at = [side + 4, side + 6].into_iter().find(|&at| {
        let mark = from(frame, at);
        mark.starts_with(b"Xing") || mark.starts_with(b"Info")
    })?;
    let vbr = from(frame, at).starts_with(b"Xing");
    let flags = be32(frame, at + 4)?;
    let mut at = at + 8;
    let mut field = |bit: u32, size: usize| {
        let here = at;
        (flags & bit != 0).then(|| {
            at += size;
            here
        })
    };
    let frames = field(1, 4)
        .and_then(|at| be32(frame, at))
        .filter(|&frames| frames != 0);
    let bytes = field(2, 4)
        .and_then(|at| be32(frame, at))
        .filter(|&bytes| bytes != 0);
    field(4, 100);
    field(8, 4);
    let encoder = from(frame, at);
    let known = [&b"LAME"[..], b"Lavf", b"Lavc", b"L3.9"]
        .iter()
        .any(|mark| encoder.starts_with(mark));
    let gap = known.then(|| super::source::be::<3>(encoder, 21)).flatten();
    let part = |gap: u64| u32::try_from(gap & 0xFFF).ok();
    Some(Lead {
        frames,
        bytes,
        vbr,
        delay: gap.and_then(|gap| part(gap >> 12)),
        padding: gap.and_then(part),
    })
}

#[derive(Default)]
struct Count {
    frames: u64,
    samples: u64,
    bytes: u64,
    /// Sum of kbit/s.
    bitrates: u64,
    varies: bool,
    complete: bool,
}

/// Counts all frames of a short stream, those of the first part of a constant one, samples of another.
fn count(source: &mut Source<'_>, start: u64, end: u64, first: &Frame) -> Result<Count, TagError> {
    let mut count = Count::default();
    if end.saturating_sub(start) <= COUNT_ALL {
        count_between(source, start, end, first, &mut count)?;
        count.complete = true;
        return Ok(count);
    }
    count_between(source, start, start + SAMPLE, first, &mut count)?;
    if count.varies || first.adts {
        for part in 1..8 {
            let at = start + (end - start) / 8 * part;
            if let Some((at, _)) = first_frame(source, at, end, SAMPLE)? {
                count_between(source, at, at + SAMPLE, first, &mut count)?;
            }
        }
    }
    Ok(count)
}

fn count_between(
    source: &mut Source<'_>,
    start: u64,
    end: u64,
    first: &Frame,
    count: &mut Count,
) -> Result<(), TagError> {
    let bytes = source.bytes(start, end.saturating_sub(start))?;
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| rest.len() >= 4) {
        match parse(rest).filter(|frame| frame.same_stream(first) && frame.length != 0) {
            Some(frame) => {
                count.frames += 1;
                count.samples += u64::from(frame.samples);
                count.bytes += frame.length;
                count.bitrates += u64::from(frame.bitrate);
                count.varies |= frame.bitrate != first.bitrate;
                at += usize::try_from(frame.length).unwrap_or(usize::MAX);
            }
            // Free format, or damage: on to the next sync.
            None => at += 1,
        }
    }
    Ok(())
}
