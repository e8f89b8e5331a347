//! MP3 in free format, which the library's own reader and decoder refuse.
//!
//! In free format the header does not say the bit rate, so the frame's length has to be found (see `sniff`). The
//! decoder wants a header with a bit rate and a packet of exactly the length that follows from it. So each frame is
//! made over into one that says nothing new: a bit rate that leaves room, the main data with what it borrows from
//! the frames before it put in front, and zeros behind. Borrowing is then zero, and the samples are the same.

use std::io::{Seek, SeekFrom};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia::core::errors::{Error, Result, SeekErrorKind};
use symphonia::core::formats::well_known::FORMAT_ID_MP3;
use symphonia::core::formats::{FormatInfo, FormatReader, MediaInfo, SeekMode, SeekTo, SeekedTo, Track};
use symphonia::core::io::{MediaSourceStream, ReadBytes};
use symphonia::core::meta::{Metadata, MetadataLog};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, TimeBase, Timestamp};

use super::mpeg::MpegHeader;

const INFO: FormatInfo = FormatInfo {
    format: FORMAT_ID_MP3,
    short_name: "mp3",
    long_name: "MPEG Audio Layer 3 in free format",
};

/// How far back main data may begin, in bytes.
const MAX_BORROWED: usize = 511;

/// Reads free-format frames and gives out frames with a bit rate.
pub(super) struct FreeFormatReader {
    stream: MediaSourceStream<'static>,
    tracks: Vec<Track>,
    media_info: MediaInfo,
    metadata: MetadataLog,
    first: MpegHeader,
    frame_len: usize,
    next: i64,
    // The last bytes of main data, from which later frames may borrow.
    main_data: Vec<u8>,
}

impl FreeFormatReader {
    /// The stream stands at the first frame; frames are `frame_len` bytes long, without padding.
    pub(super) fn try_new(mut stream: MediaSourceStream<'static>, frame_len: usize) -> Result<Self> {
        let start = stream.pos();
        let header = stream.read_quad_bytes()?;
        let first = MpegHeader::parse(&header).ok_or(Error::DecodeError("mp3: no free-format header"))?;
        stream.seek(SeekFrom::Start(start))?;
        let mut params = AudioCodecParameters::new();
        params
            .for_codec(CODEC_ID_MP3)
            .with_sample_rate(first.sample_rate)
            .with_channels(if first.mono {
                symphonia::core::audio::layouts::CHANNEL_LAYOUT_MONO
            } else {
                symphonia::core::audio::layouts::CHANNEL_LAYOUT_STEREO
            });
        let mut track = Track::new(0);
        track.with_codec_params(CodecParameters::Audio(params));
        if let Some(rate) = std::num::NonZero::new(first.sample_rate) {
            track.with_time_base(TimeBase::from_recip(rate));
        }
        let media_info = MediaInfo::from_track(&track);
        let metadata = MetadataLog::default();
        Ok(Self {
            stream,
            tracks: vec![track],
            media_info,
            metadata,
            first,
            frame_len,
            next: 0,
            main_data: Vec::new(),
        })
    }

    /// The next frame as it stands in the file.
    fn read_frame(&mut self) -> Result<Option<(MpegHeader, Vec<u8>)>> {
        let mut head = [0_u8; 4];
        let mut filled = 0;
        loop {
            while filled < 4 {
                match self.stream.read_u8() {
                    Ok(byte) => head[filled] = byte,
                    Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
                    Err(error) => return Err(error.into()),
                }
                filled += 1;
            }
            if let Some(header) =
                MpegHeader::parse(&head).filter(|h| h.bitrate == 0 && h.similar(&self.first))
            {
                let mut frame = vec![0; self.frame_len + usize::from(header.padding)];
                frame[..4].copy_from_slice(&head);
                return match self.stream.read_buf_exact(&mut frame[4..]) {
                    Ok(()) => Ok(Some((header, frame))),
                    Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
                    Err(error) => Err(error.into()),
                };
            }
            head.rotate_left(1);
            filled = 3;
        }
    }

    /// A frame with a bit rate, and with its main data complete.
    fn make_over(&mut self, header: MpegHeader, frame: &[u8]) -> Option<Vec<u8>> {
        let side_start = if header.crc { 6 } else { 4 };
        let main_start = side_start + header.side_info_len();
        let side = frame.get(side_start..main_start)?;
        let main = &frame[main_start..];
        let borrowed = if header.mpeg1 {
            (usize::from(side[0]) << 1) | usize::from(side[1] >> 7)
        } else {
            usize::from(side[0])
        };
        let lent = self.main_data.len().saturating_sub(borrowed);
        // Less is there than is asked for, after a cut: zeros decode to something short and harmless.
        let missing = borrowed.saturating_sub(self.main_data.len());
        let mut out = frame[..main_start].to_vec();
        out[side_start] = 0;
        if header.mpeg1 {
            out[side_start + 1] &= 0x7f;
        }
        out.resize(main_start + missing, 0);
        out.extend_from_slice(&self.main_data[lent..]);
        out.extend_from_slice(main);
        self.main_data.extend_from_slice(main);
        let surplus = self.main_data.len().saturating_sub(MAX_BORROWED);
        self.main_data.drain(..surplus);
        (1..15_u8)
            .find_map(|index| {
                out[2] = (out[2] & 0x0f) | (index << 4);
                let len = MpegHeader::parse(&out)?.frame_len()?;
                (len >= out.len() || index == 14).then_some(len)
            })
            .map(|len| {
                out.resize(len, 0);
                out
            })
    }
}

impl FormatReader for FreeFormatReader {
    fn format_info(&self) -> &FormatInfo {
        &INFO
    }

    fn media_info(&self) -> &MediaInfo {
        &self.media_info
    }

    fn metadata(&mut self) -> Metadata<'_> {
        self.metadata.metadata()
    }

    fn seek(&mut self, _mode: SeekMode, _to: SeekTo) -> Result<SeekedTo> {
        Err(Error::SeekError(SeekErrorKind::Unseekable))
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    fn next_packet(&mut self) -> Result<Option<Packet>> {
        let Some((header, frame)) = self.read_frame()? else {
            return Ok(None);
        };
        let samples = header.samples();
        let pts = Timestamp::new(self.next);
        self.next += i64::try_from(samples).unwrap_or(0);
        let data = self
            .make_over(header, &frame)
            .ok_or(Error::DecodeError("mp3: short free-format frame"))?;
        Ok(Some(Packet::new(0, pts, Duration::from(samples), data)))
    }

    fn into_inner<'s>(self: Box<Self>) -> MediaSourceStream<'s>
    where
        Self: 's,
    {
        self.stream
    }
}
