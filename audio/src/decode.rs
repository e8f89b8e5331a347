//! Encoded bytes to frames of samples: exact in length, exact in position, whatever the file.

use std::fmt;
use std::ops::Range;

use symphonia::core::audio::{AudioSpec, Channels, GenericAudioBufferRef};
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatReader, SeekMode, SeekTo, Track};
use symphonia::core::packet::Packet;
use symphonia::core::units::Timestamp;

mod error;
#[cfg(feature = "mp3")]
mod free_format;
mod mpeg;
mod open;
mod sniff;

pub use error::DecodeError;

use crate::mix::Speakers;
use crate::source::{SharedSource, Source};
use crate::trim::mp4::{self, PacketGrid};
use crate::trim::{MP3_DECODER_DELAY, Trim, itunes};
use open::guarded;
use sniff::Sniffed;

/// How many packets in a row may be damaged before the file counts as ended there.
const MAX_DAMAGED_IN_A_ROW: u32 = 64;

/// The largest file that a 32-bit build opens: the reader's positions within it must fit into an `isize`.
const MAX_LEN_32_BIT: u64 = (1 << 31) - (64 << 10);

/// How samples are wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Container {
    /// A stream of MPEG audio frames.
    Mp3,
    /// A stream of AAC frames.
    Adts,
    /// MP4, M4A, M4B, MOV.
    Mp4,
    /// Native FLAC.
    Flac,
    /// Ogg.
    Ogg,
    /// RIFF WAVE.
    Wav,
    /// AIFF and AIFF-C.
    Aiff,
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mp3 => "MP3",
            Self::Adts => "AAC",
            Self::Mp4 => "MP4",
            Self::Flac => "FLAC",
            Self::Ogg => "Ogg",
            Self::Wav => "WAV",
            Self::Aiff => "AIFF",
        })
    }
}

/// How samples are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Codec {
    /// MPEG-1, -2 or -2.5 layer III.
    Mp3,
    /// AAC-LC.
    Aac,
    /// Apple Lossless.
    Alac,
    /// FLAC.
    Flac,
    /// Vorbis.
    Vorbis,
    /// Opus.
    Opus,
    /// Uncompressed samples, A-law and µ-law among them.
    Pcm,
}

impl Codec {
    /// True if the samples are the ones that went into the encoder.
    #[must_use]
    pub fn is_lossless(self) -> bool {
        matches!(self, Self::Alac | Self::Flac | Self::Pcm)
    }

    /// True if a block's samples depend on the blocks before it.
    fn overlaps(self) -> bool {
        !self.is_lossless()
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mp3 => "MP3",
            Self::Aac => "AAC",
            Self::Alac => "ALAC",
            Self::Flac => "FLAC",
            Self::Vorbis => "Vorbis",
            Self::Opus => "Opus",
            Self::Pcm => "PCM",
        })
    }
}

/// What a decoder gives out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamInfo {
    /// How samples are wrapped.
    pub container: Container,
    /// How samples are encoded.
    pub codec: Codec,
    /// Frames a second.
    pub sample_rate: u32,
    /// Samples a frame.
    pub channels: usize,
    /// Which loudspeaker each channel is for, in order.
    pub speakers: Speakers,
    /// Bits a sample, where the codec has such a thing.
    pub bits_per_sample: Option<u32>,
    /// The recording's length in frames, as the container gives it.
    pub frames: Option<u64>,
    /// False if `frames` is a guess from the bit rate.
    pub frames_exact: bool,
}

/// How to open a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenOptions {
    /// Leave out the encoder's delay and padding (default). Without, MP3 and MP4 give all that the codec puts out.
    pub gapless: bool,
}

impl OpenOptions {
    /// The same with `gapless` set.
    #[must_use]
    pub fn gapless(mut self, gapless: bool) -> Self {
        self.gapless = gapless;
        self
    }
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { gapless: true }
    }
}

/// What was wrong with a file that was nevertheless decoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damage {
    /// Packets that could not be decoded and were left out.
    pub skipped_packets: u64,
    /// Frames that the container counts and that no readable packet holds.
    pub lost_frames: u64,
    /// The file ended, or became unreadable, before the end of its stream.
    pub truncated: bool,
}

impl Damage {
    /// Whether anything was wrong.
    #[must_use]
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.skipped_packets > 0 {
            parts.push(format!("{} packets left out", self.skipped_packets));
        }
        if self.lost_frames > 0 {
            parts.push(format!("{} frames missing", self.lost_frames));
        }
        if self.truncated {
            parts.push("it ends too early".to_owned());
        }
        f.write_str(&parts.join(", "))
    }
}

/// A file being decoded.
///
/// ```
/// use segue_audio::{decode::{Decoder, OpenOptions}, pcm, source::MemorySource};
///
/// let wav = pcm::wav_bytes(44_100, &[[0.25; 100], [-0.25; 100]]);
/// let mut decoder = Decoder::open(Box::new(MemorySource::new(wav)), &OpenOptions::default())?;
/// let mut planes = Vec::new();
/// assert_eq!(decoder.next_block(&mut planes)?, 100);
/// assert_eq!(planes[1][99], -0.25);
/// assert_eq!(decoder.next_block(&mut planes)?, 0);
/// # Ok::<(), segue_audio::decode::DecodeError>(())
/// ```
pub struct Decoder {
    source: SharedSource,
    sniffed: Sniffed,
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: Track,
    info: StreamInfo,
    trim: Trim,
    // Where an MP4's packets are, if their times do not say it.
    grid: Option<PacketGrid>,
    // Where the codec's output stands: the next frame it puts out, if packets follow each other.
    at: i64,
    // What has to be added to a packet's time: the lengths of the Ogg streams before this one.
    link_start: i64,
    // After a seek, frames before this one are dropped.
    drop_before: i64,
    // A seek whose outcome the next packet shows.
    seeking: bool,
    seekable: bool,
    ended: bool,
    delivered: u64,
    damaged_in_a_row: u32,
    damage: Damage,
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("info", &self.info)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl Decoder {
    /// Finds out what the source holds and prepares to decode it. Reads headers only.
    ///
    /// # Errors
    ///
    /// The source holds no audio, audio that is not supported, or headers that are too damaged; or it failed.
    pub fn open(source: Box<dyn Source>, options: &OpenOptions) -> Result<Self, DecodeError> {
        let mut source = SharedSource::new(source);
        let len = source.len().unwrap_or(0);
        if cfg!(target_pointer_width = "32") && len > MAX_LEN_32_BIT {
            return Err(DecodeError::TooLarge {
                len,
                limit: MAX_LEN_32_BIT,
            });
        }
        source.refill_budget();
        let sniffed = sniff::sniff(&mut source)?;
        // A file with several streams at once sends the reader's own seek into a loop without end.
        let multiplexed = sniffed.container == Container::Ogg && open::ogg_streams(&source, &sniffed)? > 1;
        let reader = open::open_reader(&source, &sniffed)?;
        let (track, decoder) = open::open_track(&source, sniffed.container, reader.as_ref())?;
        let (info, trim, grid) = describe(&mut source, &sniffed, &track, decoder.as_ref(), options)?;
        let mut opened = Self {
            seekable: !multiplexed && sniffed.free_format.is_none(),
            source,
            sniffed,
            reader,
            decoder,
            track,
            info,
            trim,
            grid,
            at: 0,
            link_start: 0,
            drop_before: i64::MIN,
            seeking: false,
            ended: false,
            delivered: 0,
            damaged_in_a_row: 0,
            damage: Damage::default(),
        };
        opened.at = opened.first_time();
        Ok(opened)
    }

    /// What comes out.
    #[must_use]
    pub fn info(&self) -> &StreamInfo {
        &self.info
    }

    /// What was left out so far because it could not be read.
    #[must_use]
    pub fn damage(&self) -> Damage {
        self.damage
    }

    /// The recording's frame that the next block begins with.
    #[must_use]
    pub fn position(&self) -> u64 {
        u64::try_from(self.at.max(self.drop_before).saturating_sub(self.trim.start)).unwrap_or(0)
    }

    /// Decodes the next block into one plane a channel, full scale ±1, and returns its frames; 0 at the end.
    ///
    /// Lossy codecs may go above full scale.
    ///
    /// # Errors
    ///
    /// The source failed, or nothing at all could be decoded. A file that becomes unreadable later ends there, and
    /// [`Decoder::damage`] says so.
    pub fn next_block(&mut self, planes: &mut Vec<Vec<f32>>) -> Result<usize, DecodeError> {
        let Some(keep) = self.advance()? else { return Ok(0) };
        let frames = keep.len();
        self.decoder
            .last_decoded()
            .slice(keep)
            .copy_to_vecs_planar(planes);
        Ok(frames)
    }

    /// Decodes the next block into integers of [`Decoder::pcm_bits`] bits and returns its frames; 0 at the end.
    ///
    /// # Errors
    ///
    /// As [`Decoder::next_block`].
    pub fn next_block_int(&mut self, planes: &mut Vec<Vec<i32>>) -> Result<usize, DecodeError> {
        let bits = self.pcm_bits();
        let Some(keep) = self.advance()? else { return Ok(0) };
        let frames = keep.len();
        let decoded = self.decoder.last_decoded();
        if matches!(
            decoded,
            GenericAudioBufferRef::F32(_) | GenericAudioBufferRef::F64(_)
        ) {
            let mut wide: Vec<Vec<f64>> = Vec::new();
            decoded.slice(keep).copy_to_vecs_planar(&mut wide);
            let scale = f64::from(1_u32 << (bits - 1));
            planes.resize_with(wide.len(), Vec::new);
            for (plane, wide) in planes.iter_mut().zip(&wide) {
                plane.clear();
                plane.extend(wide.iter().map(|sample| {
                    let scaled = (sample * scale).round().clamp(-scale, scale - 1.0);
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "clamped to the range of the integer"
                    )]
                    let scaled = scaled as i32;
                    scaled
                }));
            }
        } else {
            decoded.slice(keep).copy_to_vecs_planar(planes);
            for sample in planes.iter_mut().flatten() {
                // Whatever the width, samples come out in the upper bits.
                *sample >>= 32 - bits;
            }
        }
        Ok(frames)
    }

    /// The bits of the integers that [`Decoder::next_block_int`] gives: the source's own, and 16 for lossy codecs.
    #[must_use]
    pub fn pcm_bits(&self) -> u32 {
        if self.info.codec.is_lossless() {
            self.info.bits_per_sample.unwrap_or(16).clamp(1, 32)
        } else {
            16
        }
    }

    /// Goes to a frame of the recording: the next block begins with it, exactly as a decode from the start would.
    ///
    /// A frame at or past the end is the end.
    ///
    /// # Errors
    ///
    /// The source failed, or its headers became unreadable.
    pub fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        let target = i64::try_from(frame)
            .unwrap_or(i64::MAX)
            .saturating_add(self.trim.start);
        let known = self.info.frames.filter(|_| self.info.frames_exact);
        if known.is_some_and(|frames| frame >= frames) {
            self.drop_before = target;
            self.ended = true;
            return Ok(());
        }
        self.source.refill_budget();
        // Some readers cannot go back once they have seen the end, and say so only at the next packet.
        if self.ended || self.link_start != 0 {
            self.reopen()?;
        }
        self.drop_before = target;
        self.damaged_in_a_row = 0;
        if self.seekable && self.try_reader_seek(target) {
            self.seeking = true;
        } else if target < self.at || self.seeking {
            self.reopen()?;
        }
        Ok(())
    }

    /// The first time that the reader can go to, in frames.
    fn first_time(&self) -> i64 {
        match self.info.codec {
            Codec::Mp3 => -i64::from(self.track.delay.unwrap_or(0)),
            _ => 0,
        }
    }

    fn try_reader_seek(&mut self, target: i64) -> bool {
        let preroll = if self.info.codec.overlaps() {
            i64::from(self.info.sample_rate / 20)
        } else {
            0
        };
        let wanted = target.saturating_sub(preroll).max(self.first_time());
        let Some(ts) = self.timestamp(wanted) else {
            return false;
        };
        let (reader, track_id) = (&mut self.reader, self.track.id);
        let sought = guarded(|| reader.seek(SeekMode::Accurate, SeekTo::Timestamp { ts, track_id }));
        match sought {
            Ok(to) if to.actual_ts <= to.required_ts => {
                self.decoder.reset();
                true
            }
            // Where the reader stands now is anyone's guess.
            _ => {
                self.seeking = true;
                false
            }
        }
    }

    /// Starts over at the first byte.
    fn reopen(&mut self) -> Result<(), DecodeError> {
        self.reader = open::open_reader(&self.source, &self.sniffed)?;
        let (track, decoder) = open::open_track(&self.source, self.sniffed.container, self.reader.as_ref())?;
        self.track = track;
        self.decoder = decoder;
        self.at = self.first_time();
        self.link_start = 0;
        self.seeking = false;
        self.ended = false;
        Ok(())
    }

    /// Decodes packets until one holds frames of the recording; which ones, or `None` at the end.
    fn advance(&mut self) -> Result<Option<Range<usize>>, DecodeError> {
        while !self.ended {
            let reader = &mut self.reader;
            let packet = match guarded(|| reader.next_packet()) {
                Ok(Some(packet)) => packet,
                Ok(None) => {
                    self.end(None)?;
                    break;
                }
                Err(Error::ResetRequired) => {
                    self.next_link()?;
                    continue;
                }
                Err(error) => {
                    self.end(Some(error))?;
                    break;
                }
            };
            if packet.track_id != self.track.id {
                continue;
            }
            let Some(frames) = self.decode(&packet)? else {
                continue;
            };
            let at = self.time_of(&packet, frames);
            let sought = std::mem::take(&mut self.seeking);
            if sought && at > self.drop_before {
                // The reader went too far, which only the packet's own time shows.
                self.reopen()?;
                continue;
            }
            if at > self.at && !sought && self.ticks_are_frames() {
                self.damage.lost_frames += at.abs_diff(self.at);
            }
            self.at = at.saturating_add(i64::try_from(frames).unwrap_or(0));
            let mut keep = self.trim.keep(at, frames);
            let dropped = usize::try_from(self.drop_before.saturating_sub(at)).unwrap_or(0);
            keep.start = keep.start.max(dropped).min(keep.end);
            if self.trim.end.is_some_and(|end| self.at >= end) {
                self.ended = true;
            }
            if !keep.is_empty() {
                self.delivered += keep.len() as u64;
                return Ok(Some(keep));
            }
        }
        Ok(None)
    }

    /// Decodes one packet and returns its frames, or `None` if it was damaged.
    fn decode(&mut self, packet: &Packet) -> Result<Option<usize>, DecodeError> {
        let decoded = if self.channels_change(packet) {
            Err(Error::DecodeError("the number of channels changes"))
        } else {
            let decoder = &mut self.decoder;
            guarded(|| {
                decoder
                    .decode(packet)
                    .map(|buffer| (buffer.frames(), same_shape(buffer.spec(), &self.info)))
            })
        };
        match decoded {
            Ok((frames, true)) => {
                self.damaged_in_a_row = 0;
                Ok(Some(if self.is_short_last(packet, frames) {
                    usize::try_from(packet.dur.get()).unwrap_or(frames)
                } else {
                    frames
                }))
            }
            Ok((_, false)) => self.skip(Error::DecodeError(
                "the sample rate or the number of channels changes",
            )),
            Err(error) => self.skip(error),
        }
    }

    fn skip(&mut self, error: Error) -> Result<Option<usize>, DecodeError> {
        self.damage.skipped_packets += 1;
        self.damaged_in_a_row += 1;
        // A codec's feature that is not there will not come back with the next packet.
        if self.delivered == 0 && matches!(error, Error::Unsupported(_)) {
            return Err(open::decode_error(&self.source, self.sniffed.container, error, 0));
        }
        if self.damaged_in_a_row >= MAX_DAMAGED_IN_A_ROW {
            self.end(Some(error))?;
        }
        Ok(None)
    }

    /// Ends the stream: an error only if the source failed or if nothing was heard of it.
    fn end(&mut self, error: Option<Error>) -> Result<(), DecodeError> {
        self.ended = true;
        let missing =
            self.info.frames_exact && self.info.frames.is_some_and(|frames| self.position() < frames);
        self.damage.truncated |= error.is_some() || missing;
        let error = error.unwrap_or(Error::DecodeError("no packet could be decoded"));
        let silent = self.delivered == 0 && (self.damage.truncated || self.damage.skipped_packets > 0);
        if silent || self.source.first_error().is_some() {
            return Err(open::decode_error(
                &self.source,
                self.sniffed.container,
                error,
                self.delivered,
            ));
        }
        Ok(())
    }

    /// Goes on with the next stream of a chained Ogg file.
    fn next_link(&mut self) -> Result<(), DecodeError> {
        let opened = open::open_track(&self.source, self.sniffed.container, self.reader.as_ref());
        match opened {
            Ok((track, decoder)) if same_params(decoder.as_ref(), &self.info) => {
                self.track = track;
                self.decoder = decoder;
                self.link_start = self.at;
                Ok(())
            }
            _ => self.end(Some(Error::DecodeError("the format changes in mid-file"))),
        }
    }

    /// Where the decoded frames of a packet stand in the codec's output.
    fn time_of(&self, packet: &Packet, frames: usize) -> i64 {
        let trimmed = if self.info.codec == Codec::Mp3 {
            0
        } else {
            packet.trim_start.get()
        };
        let time = self
            .frame(packet.pts.saturating_add(trimmed.into()))
            .map_or(self.at, |time| time.saturating_add(self.link_start));
        // In coarse units two packets' times can differ from their lengths by less than a unit: not a gap.
        let jitter = i64::try_from(frames).unwrap_or(0) / 2;
        let exact = self.grid.is_some() || self.ticks_are_frames();
        if !exact && !self.seeking && (time - self.at).abs() <= jitter {
            self.at
        } else {
            time
        }
    }

    fn ticks_are_frames(&self) -> bool {
        self.track
            .time_base
            .is_none_or(|base| base.numer.get() == 1 && base.denom.get() == self.info.sample_rate)
    }

    /// A time of the container in frames.
    fn frame(&self, ts: Timestamp) -> Option<i64> {
        if let Some(grid) = &self.grid {
            return grid.frame(ts.get());
        }
        let Some(base) = self.track.time_base.filter(|_| !self.ticks_are_frames()) else {
            return Some(ts.get());
        };
        let units = i128::from(ts.get()) * i128::from(base.numer.get()) * i128::from(self.info.sample_rate);
        let denom = i128::from(base.denom.get());
        i64::try_from((units + denom / 2).div_euclid(denom)).ok()
    }

    /// The last time of the container that is not after a frame.
    fn timestamp(&self, frame: i64) -> Option<Timestamp> {
        if let Some(grid) = &self.grid {
            return grid.time(frame).map(Timestamp::new);
        }
        let Some(base) = self.track.time_base.filter(|_| !self.ticks_are_frames()) else {
            return Some(Timestamp::new(frame));
        };
        let units = i128::from(frame) * i128::from(base.denom.get());
        let rate = i128::from(base.numer.get()) * i128::from(self.info.sample_rate);
        i64::try_from(units.div_euclid(rate)).ok().map(Timestamp::new)
    }

    /// True for the last block of a fragmented MP4, whose length stands nowhere but in the packet.
    fn is_short_last(&self, packet: &Packet, frames: usize) -> bool {
        let dur = packet.dur.get();
        self.sniffed.container == Container::Mp4
            && self.trim.end.is_none()
            && self.ticks_are_frames()
            && (1..frames as u64).contains(&dur)
    }

    /// FLAC may change its channels from frame to frame; its decoder would leave the missing ones as they were.
    fn channels_change(&self, packet: &Packet) -> bool {
        if self.info.codec != Codec::Flac {
            return false;
        }
        let channels = match packet.data.get(3).map_or(0xf, |byte| byte >> 4) {
            independent @ 0..=7 => usize::from(independent) + 1,
            8..=10 => 2,
            _ => return false,
        };
        channels != self.info.channels
    }
}

fn same_shape(spec: &AudioSpec, info: &StreamInfo) -> bool {
    spec.rate() == info.sample_rate && spec.channels().count() == info.channels
}

fn same_params(decoder: &dyn AudioDecoder, info: &StreamInfo) -> bool {
    let params = decoder.codec_params();
    params.sample_rate == Some(info.sample_rate)
        && params.channels.as_ref().map(Channels::count) == Some(info.channels)
}

/// What the headers say about the stream, and which part of it is the recording.
fn describe(
    source: &mut SharedSource,
    sniffed: &Sniffed,
    track: &Track,
    decoder: &dyn AudioDecoder,
    options: &OpenOptions,
) -> Result<(StreamInfo, Trim, Option<PacketGrid>), DecodeError> {
    let params = decoder.codec_params();
    let damaged = |what: &str| DecodeError::Damaged {
        what: what.into(),
        frames: 0,
    };
    let sample_rate = params
        .sample_rate
        .filter(|rate| *rate > 0)
        .ok_or_else(|| damaged("no sample rate"))?;
    let layout = params.channels.clone().ok_or_else(|| damaged("no channels"))?;
    let channels = layout.count();
    if channels == 0 {
        return Err(damaged("no channels"));
    }
    let (codec, bits_per_sample) = open::codec_of(params);
    // A fragmented MP4 says zero and means that it does not know.
    let mut frames = track
        .num_frames
        .filter(|frames| *frames > 0 || sniffed.container != Container::Mp4);
    let mut frames_exact = frames.is_some();
    let mut grid = None;
    let mut trim = match (sniffed.container, codec) {
        (_, Codec::Mp3) => match (track.delay, track.num_frames) {
            // Times before zero are the delay.
            (Some(_), Some(frames)) => Trim {
                start: 0,
                end: i64::try_from(frames).ok(),
            },
            (Some(_), None) => Trim::default(),
            (None, _) => {
                let smpb = itunes::in_id3v2(source)?;
                frames_exact = smpb.is_some();
                smpb.map_or_else(Trim::default, |smpb| smpb.trim(MP3_DECODER_DELAY))
            }
        },
        (Container::Mp4, _) => {
            let movie = mp4::read(&mut source.window(sniffed.start, None))?;
            grid = movie.grid(track.id, sample_rate).filter(|_| codec == Codec::Aac);
            movie.trim(track.id, sample_rate)
        }

        (Container::Adts, _) => {
            frames_exact = false;
            Trim::default()
        }
        (Container::Ogg, _) if open::ogg_is_chained(source, track.id)? => {
            (frames, frames_exact) = (None, false);
            Trim::default()
        }
        _ => Trim::default(),
    };
    if !options.gapless {
        let start = if codec == Codec::Mp3 {
            -i64::from(track.delay.unwrap_or(0))
        } else {
            0
        };
        trim = Trim { start, end: None };
    } else if let Some(exact) = trim.frames() {
        frames = Some(exact);
        frames_exact = true;
    }
    let speakers = Speakers::from_channels(&layout);
    let container = sniffed.container;
    let info = StreamInfo {
        container,
        codec,
        sample_rate,
        channels,
        speakers,
        bits_per_sample,
        frames,
        frames_exact,
    };
    Ok((info, trim, grid))
}
