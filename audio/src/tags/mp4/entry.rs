//! What the sample entry of an MP4 track says about its codec: `esds`, `alac`, `dfLa`.

use crate::tags::fields::Found;
use crate::tags::source::{be16, be32, from};
use crate::tags::{Format, flac, mpeg, text};

/// Reads the first sample entry of `stsd` into the track's format.
pub(super) fn sample_entry(bytes: &[u8], format: &mut Format) {
    let entry = from(bytes, 8);
    let Some(kind) = entry.get(4..8) else { return };
    // Codes of pictures and text stand here too, in tracks of other kinds.
    format.codec = match kind {
        b"mp4a" => "aac".to_owned(),
        b"alac" => "alac".to_owned(),
        b"fLaC" => "flac".to_owned(),
        b"Opus" => "opus".to_owned(),
        b".mp3" | b"mp3 " => "mp3".to_owned(),
        b"sowt" | b"twos" | b"lpcm" | b"ipcm" | b"raw " => "pcm".to_owned(),
        _ => text::trim(&text::eight_bit(kind)).to_lowercase(),
    };
    format.channels = be16(entry, 24).filter(|&channels| channels != 0);
    format.sample_rate = be16(entry, 32).map(u32::from).filter(|&rate| rate != 0);
    if format.codec == "pcm" || format.codec == "flac" {
        format.bits_per_sample = be16(entry, 26).filter(|&bits| bits != 0);
    }
    // QuickTime's versions 1 and 2 have more fields before the boxes.
    let mut at = match be16(entry, 16) {
        Some(1) => 52,
        Some(2) => 72,
        _ => 36,
    };
    while let (Some(size), Some(kind)) = (be32(entry, at), entry.get(at + 4..at + 8)) {
        let body = from(entry, at + 8);
        match kind {
            b"esds" => descriptors(from(body, 4), format),
            b"wave" => {
                if let Some(inside) =
                    (0..body.len().saturating_sub(8)).find(|&at| from(body, at).starts_with(b"esds"))
                {
                    descriptors(from(body, inside + 8), format);
                }
            }
            b"alac" => {
                // Frame length, version, depth, three parameters, channels, run, two maxima, rates.
                let cookie = from(body, 4);
                format.bits_per_sample = cookie.get(5).map(|&bits| bits.into()).filter(|&bits| bits != 0);
                format.channels = cookie
                    .get(9)
                    .map(|&count| count.into())
                    .filter(|&count| count != 0);
                format.bitrate = be32(cookie, 16).filter(|&rate| rate != 0);
                format.sample_rate = be32(cookie, 20).filter(|&rate| rate != 0);
            }
            b"dfLa" => {
                let mut inside = Found::default();
                if flac::stream_info(from(body, 8), &mut inside) {
                    format.sample_rate = inside.format.sample_rate;
                    format.channels = inside.format.channels;
                    format.bits_per_sample = inside.format.bits_per_sample;
                    format.audio_hash = inside.format.audio_hash;
                }
            }
            b"dOps" => format.sample_rate = Some(48_000),
            _ => {}
        }
        at = match usize::try_from(size) {
            Ok(size) if size >= 8 => at.saturating_add(size),
            _ => break,
        };
    }
}

/// Reads the decoder's configuration out of an `esds` box.
fn descriptors(bytes: &[u8], format: &mut Format) {
    let mut at = 0;
    while let Some(&tag) = bytes.get(at) {
        at += 1;
        let mut size = 0_usize;
        for _ in 0..4 {
            let Some(&byte) = bytes.get(at) else { return };
            at += 1;
            size = size << 7 | usize::from(byte & 0x7F);
            if byte & 0x80 == 0 {
                break;
            }
        }
        match tag {
            // An elementary stream: its number, flags, and more descriptors.
            3 => {
                let Some(&flags) = bytes.get(at + 2) else { return };
                at += 3 + usize::from(flags & 0x80 != 0) * 2 + usize::from(flags & 0x20 != 0) * 2;
                if flags & 0x40 != 0 {
                    at += 1 + bytes.get(at).map_or(0, |&length| usize::from(length));
                }
            }
            4 => {
                match bytes.get(at) {
                    Some(0x69 | 0x6B) => "mp3".clone_into(&mut format.codec),
                    Some(0xA5) => "ac-3".clone_into(&mut format.codec),
                    Some(0xA9 | 0xAC) => "dts".clone_into(&mut format.codec),
                    Some(0xDD) => "vorbis".clone_into(&mut format.codec),
                    _ => {}
                }
                format.bitrate = be32(bytes, at + 9).filter(|&rate| rate != 0);
                at += 13;
            }
            5 => {
                audio_specific(&bytes[at..bytes.len().min(at.saturating_add(size))], format);
                return;
            }
            _ => at = at.saturating_add(size),
        }
    }
}

/// Reads the AudioSpecificConfig of MPEG-4: object type, rate, channels.
fn audio_specific(config: &[u8], format: &mut Format) {
    let mut bits = Bits { bytes: config, at: 0 };
    let Some(object) = bits.object() else { return };
    let Some(rate) = bits.rate() else { return };
    let Some(channels) = bits.take(4) else { return };
    match object {
        5 => "he-aac".clone_into(&mut format.codec),
        29 => "he-aac-v2".clone_into(&mut format.codec),
        32 => "mp1".clone_into(&mut format.codec),
        33 => "mp2".clone_into(&mut format.codec),
        34 => "mp3".clone_into(&mut format.codec),
        36 => "als".clone_into(&mut format.codec),
        39 => "aac-eld".clone_into(&mut format.codec),
        42 => "xhe-aac".clone_into(&mut format.codec),
        _ => {}
    }
    // Spectral band replication doubles the rate that is heard.
    let rate = if matches!(object, 5 | 29) {
        bits.rate().unwrap_or(rate)
    } else {
        rate
    };
    if object < 32 && rate != 0 {
        format.sample_rate = Some(rate);
        match channels {
            1..=6 => format.channels = u16::try_from(channels).ok(),
            7 => format.channels = Some(8),
            _ => {}
        }
        if object == 29 {
            format.channels = Some(2);
        }
    }
}

/// Bits from the most significant down.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    fn object(&mut self) -> Option<u32> {
        match self.take(5)? {
            31 => Some(32 + self.take(6)?),
            object => Some(object),
        }
    }

    fn rate(&mut self) -> Option<u32> {
        match self.take(4)? {
            15 => self.take(24),
            index => Some(
                mpeg::AAC_RATES
                    .get(usize::try_from(index).ok()?)
                    .copied()
                    .unwrap_or(0),
            ),
        }
    }
}
