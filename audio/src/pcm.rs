//! Whole files as integers: to a WAV file, or to the MD5 that lossless formats are compared by.

use std::fmt;
use std::io::{self, Seek, SeekFrom, Write};

use md5::{Digest, Md5};

use crate::decode::{Damage, DecodeError, Decoder, OpenOptions};
use crate::source::Source;

/// A decoded file in four numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PcmSummary {
    /// Frames decoded.
    pub frames: u64,
    /// Frames a second.
    pub sample_rate: u32,
    /// Samples a frame.
    pub channels: usize,
    /// Bits a sample: the source's own, and 16 for lossy formats.
    pub bits_per_sample: u32,
    /// MD5 of the interleaved little-endian samples, as FLAC's STREAMINFO counts it: each sample sign-extended to
    /// whole bytes, not shifted. For lossy formats, of samples rounded to 16 bits.
    pub md5: [u8; 16],
    /// What was left out because it could not be read.
    pub damage: Damage,
}

impl PcmSummary {
    /// The MD5 as 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn md5_hex(&self) -> String {
        use std::fmt::Write as _;
        self.md5.iter().fold(String::with_capacity(32), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// Why a file did not become PCM.
#[derive(Debug)]
#[non_exhaustive]
pub enum PcmError {
    /// The source does not decode.
    Decode(DecodeError),
    /// The result could not be written.
    Write(io::Error),
}

impl fmt::Display for PcmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(error) => error.fmt(f),
            Self::Write(error) => write!(f, "writing failed: {error}"),
        }
    }
}

impl std::error::Error for PcmError {}

impl From<DecodeError> for PcmError {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

impl From<io::Error> for PcmError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// Decodes a whole source and says how long it is and what its samples hash to.
///
/// # Errors
///
/// Nothing of it decodes, or the source fails.
pub fn decode_md5(source: Box<dyn Source>) -> Result<PcmSummary, DecodeError> {
    match decode_into(source, |_| Ok(())) {
        Ok(summary) => Ok(summary),
        Err(PcmError::Decode(error)) => Err(error),
        Err(PcmError::Write(error)) => Err(error.into()),
    }
}

/// Decodes a whole source into a WAV file at the source's bit depth, in whole bytes, and hashes it on the way.
///
/// Bit depths between whole bytes are written in the upper bits, with `wValidBitsPerSample` saying so.
///
/// # Errors
///
/// Nothing of the source decodes, the source fails, or writing does.
pub fn decode_to_wav(
    source: Box<dyn Source>,
    writer: &mut (impl Write + Seek),
) -> Result<PcmSummary, PcmError> {
    let start = writer.stream_position()?;
    let mut layout = None;
    let mut data_len = 0_u64;
    let mut shifted = Vec::new();
    let mut summary = decode_into(source, |chunk| {
        if layout.is_none() {
            // Sizes are filled in at the end.
            writer.write_all(&wav_header(chunk.layout, u64::from(u32::MAX)))?;
            layout = Some(chunk.layout);
        }
        data_len += chunk.bytes.len() as u64;
        chunk.layout.to_wav(chunk.bytes, &mut shifted);
        writer.write_all(&shifted)
    })?;
    let layout = layout.unwrap_or(PcmLayout::new(&summary));
    if !data_len.is_multiple_of(2) {
        writer.write_all(&[0])?;
    }
    let end = writer.stream_position()?;
    writer.seek(SeekFrom::Start(start))?;
    writer.write_all(&wav_header(layout, data_len))?;
    writer.seek(SeekFrom::Start(
        end.max(start + wav_header(layout, 0).len() as u64),
    ))?;
    writer.flush()?;
    summary.bits_per_sample = layout.bits;
    Ok(summary)
}

/// A WAV file of 32-bit float samples, one plane a channel; for tests and tools.
#[must_use]
pub fn wav_bytes<P: AsRef<[f32]>>(sample_rate: u32, planes: &[P]) -> Vec<u8> {
    let frames = planes.first().map_or(0, |plane| plane.as_ref().len());
    let channels = u16::try_from(planes.len()).unwrap_or(u16::MAX);
    let mut bytes = float_wav_header(sample_rate, channels, (frames * planes.len() * 4) as u64);
    for frame in 0..frames {
        for plane in planes {
            bytes.extend(plane.as_ref().get(frame).copied().unwrap_or(0.0).to_le_bytes());
        }
    }
    bytes
}

/// The header of a WAV file of 32-bit float samples, `data_len` bytes of them.
pub(crate) fn float_wav_header(sample_rate: u32, channels: u16, data_len: u64) -> Vec<u8> {
    header(3, sample_rate, channels, 32, 32, data_len)
}

/// How samples lie in memory.
#[derive(Debug, Clone, Copy)]
struct PcmLayout {
    sample_rate: u32,
    channels: usize,
    bits: u32,
}

impl PcmLayout {
    fn new(summary: &PcmSummary) -> Self {
        Self {
            sample_rate: summary.sample_rate,
            channels: summary.channels,
            bits: summary.bits_per_sample,
        }
    }

    fn bytes(self) -> usize {
        self.bits.div_ceil(8) as usize
    }

    /// From the form that is hashed to the form that WAV holds: in the upper bits, and 8 bits unsigned.
    fn to_wav(self, bytes: &[u8], out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(bytes);
        let width = self.bytes();
        let shift = u32::try_from(width * 8).unwrap_or(self.bits) - self.bits;
        if shift > 0 {
            for sample in out.chunks_exact_mut(width) {
                let mut wide = [0; 4];
                wide[..width].copy_from_slice(sample);
                let shifted = (u32::from_le_bytes(wide) << shift).to_le_bytes();
                sample.copy_from_slice(&shifted[..width]);
            }
        }
        if width == 1 {
            for byte in out {
                *byte ^= 0x80;
            }
        }
    }
}

struct Chunk<'a> {
    layout: PcmLayout,
    bytes: &'a [u8],
}

fn decode_into(
    source: Box<dyn Source>,
    mut write: impl FnMut(Chunk<'_>) -> io::Result<()>,
) -> Result<PcmSummary, PcmError> {
    let mut decoder = Decoder::open(source, &OpenOptions::default())?;
    let (sample_rate, channels) = (decoder.info().sample_rate, decoder.info().channels);
    let layout = PcmLayout {
        sample_rate,
        channels,
        bits: decoder.pcm_bits(),
    };
    let mut hash = Md5::new();
    let mut frames = 0_u64;
    let mut planes = Vec::new();
    let mut bytes = Vec::new();
    loop {
        let count = decoder.next_block_int(&mut planes)?;
        if count == 0 {
            break;
        }
        frames += count as u64;
        interleave(&planes, layout.bytes(), &mut bytes);
        hash.update(&bytes);
        write(Chunk {
            layout,
            bytes: &bytes,
        })?;
    }
    Ok(PcmSummary {
        frames,
        sample_rate,
        channels,
        bits_per_sample: layout.bits,
        md5: hash.finalize().into(),
        damage: decoder.damage(),
    })
}

fn interleave(planes: &[Vec<i32>], width: usize, bytes: &mut Vec<u8>) {
    let frames = planes.first().map_or(0, Vec::len);
    let stride = planes.len() * width;
    bytes.clear();
    bytes.resize(frames * stride, 0);
    for (channel, plane) in planes.iter().enumerate() {
        for (frame, sample) in bytes.chunks_exact_mut(stride).zip(plane) {
            frame[channel * width..][..width].copy_from_slice(&sample.to_le_bytes()[..width]);
        }
    }
}

fn wav_header(layout: PcmLayout, data_len: u64) -> Vec<u8> {
    let bits = u16::try_from(layout.bytes() * 8).unwrap_or(32);
    let valid = u16::try_from(layout.bits).unwrap_or(bits);
    header(
        1,
        layout.sample_rate,
        u16::try_from(layout.channels).unwrap_or(u16::MAX),
        bits,
        valid,
        data_len,
    )
}

fn header(format: u16, sample_rate: u32, channels: u16, bits: u16, valid: u16, data_len: u64) -> Vec<u8> {
    // Files past 4 GiB keep the greatest length that a WAV header can say; readers go on to the end.
    let data_len = u32::try_from(data_len).unwrap_or(u32::MAX);
    let frame = channels.saturating_mul(bits / 8);
    let extensible = valid != bits || (channels > 2 && format == 1);
    let fmt_len: u32 = if extensible { 40 } else { 16 };
    let mut out = Vec::with_capacity(68);
    out.extend(b"RIFF");
    out.extend(
        data_len
            .saturating_add(data_len & 1)
            .saturating_add(20 + fmt_len)
            .to_le_bytes(),
    );
    out.extend(b"WAVEfmt ");
    out.extend(fmt_len.to_le_bytes());
    out.extend(if extensible { 0xfffe_u16 } else { format }.to_le_bytes());
    out.extend(channels.to_le_bytes());
    out.extend(sample_rate.to_le_bytes());
    out.extend(sample_rate.saturating_mul(u32::from(frame)).to_le_bytes());
    out.extend(frame.to_le_bytes());
    out.extend(bits.to_le_bytes());
    if extensible {
        // 3.0 to 7.1 in the order in which decoders give them.
        let mask: u32 = match channels {
            3 => 0x7,
            4 => 0x33,
            5 => 0x37,
            6 => 0x3f,
            7 => 0x70f,
            8 => 0x63f,
            _ => 0,
        };
        out.extend(22_u16.to_le_bytes());
        out.extend(valid.to_le_bytes());
        out.extend(mask.to_le_bytes());
        out.extend(format.to_le_bytes());
        out.extend(b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71");
    }
    out.extend(b"data");
    out.extend(data_len.to_le_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemorySource;

    #[test]
    fn wav_of_wav_is_the_same_wav() {
        for bits in [8_u32, 12, 16, 20, 24, 32] {
            let layout = PcmLayout {
                sample_rate: 48_000,
                channels: 2,
                bits,
            };
            let samples: Vec<i32> = (0..1000)
                .map(|i: i32| i.wrapping_mul(7_654_321_i32.wrapping_mul(i)) >> (32 - bits))
                .collect();
            let mut bytes = Vec::new();
            interleave(&[samples.clone(), samples.clone()], layout.bytes(), &mut bytes);
            let mut wav = wav_header(layout, bytes.len() as u64);
            let mut body = Vec::new();
            layout.to_wav(&bytes, &mut body);
            wav.extend(&body);
            let mut copy = io::Cursor::new(Vec::new());
            let summary = decode_to_wav(Box::new(MemorySource::new(wav.clone())), &mut copy).unwrap();
            assert_eq!((summary.frames, summary.bits_per_sample), (1000, bits));
            assert_eq!(summary.md5, <[u8; 16]>::from(Md5::digest(&bytes)), "{bits} bits");
            assert!(copy.into_inner() == wav, "{bits} bits");
        }
    }
}
