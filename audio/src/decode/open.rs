//! Opens the container that was found, and a decoder for its first track that can be played.

use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_MP3, CODEC_ID_OPUS, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatReader, Track};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};

#[cfg(feature = "mp3")]
use super::free_format::FreeFormatReader;
use super::sniff::Sniffed;
use super::{Codec, Container, DecodeError};
use crate::source::SharedSource;
use crate::trim::mp4;

/// Runs something of the decoding library and turns what it may do into a result.
///
/// It promises not to panic, and so did its earlier versions. Natively a panic ends here; in wasm it ends the
/// instance, and the supervisor starts another.
pub(super) fn guarded<T>(run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(Error::DecodeError("the decoder panicked")))
}

/// Opens the container. Reads its headers, not its audio.
pub(super) fn open_reader(
    source: &SharedSource,
    sniffed: &Sniffed,
) -> Result<Box<dyn FormatReader>, DecodeError> {
    let window = || source.window(sniffed.start, sniffed.end);
    source.refill_budget();
    // A cut MP4 opens and then gives no packet, unless it is read in order.
    if sniffed.container == Container::Mp4 && mp4::read(&mut window())?.cut {
        return open_window(source, window().forward_only(), sniffed);
    }
    let opened = open_window(source, window(), sniffed);
    let in_order = matches!(sniffed.container, Container::Wav | Container::Aiff);
    match opened {
        // These readers look at all that is behind the audio first, and give up where the file was cut.
        Err(DecodeError::Damaged { .. }) if in_order => open_window(source, window().forward_only(), sniffed),
        other => other,
    }
}

fn open_window(
    source: &SharedSource,
    window: SharedSource,
    sniffed: &Sniffed,
) -> Result<Box<dyn FormatReader>, DecodeError> {
    let stream = MediaSourceStream::new(Box::new(window), MediaSourceStreamOptions::default());
    let opened = guarded(|| reader_of(stream, sniffed));
    opened.map_err(|error| decode_error(source, sniffed.container, error, 0))
}

#[cfg(not(any(
    feature = "mp3",
    feature = "aac",
    feature = "alac",
    feature = "flac",
    feature = "vorbis",
    feature = "wav",
    feature = "aiff"
)))]
fn reader_of(_: MediaSourceStream<'static>, _: &Sniffed) -> Result<Box<dyn FormatReader>, Error> {
    Err(Error::Unsupported("built without any codec"))
}

#[cfg(any(
    feature = "mp3",
    feature = "aac",
    feature = "alac",
    feature = "flac",
    feature = "vorbis",
    feature = "wav",
    feature = "aiff"
))]
#[expect(
    clippy::allow_attributes,
    reason = "which of these are unused depends on the codecs that are built in"
)]
#[allow(unused_variables, unused_mut, unreachable_patterns, reason = "so does this")]
fn reader_of(
    mut stream: MediaSourceStream<'static>,
    sniffed: &Sniffed,
) -> Result<Box<dyn FormatReader>, Error> {
    use symphonia::default::formats;
    let options = symphonia::core::formats::FormatOptions::default();
    let reader: Box<dyn FormatReader> = match sniffed.container {
        #[cfg(feature = "mp3")]
        Container::Mp3 => match sniffed.free_format {
            Some(frame_len) => Box::new(FreeFormatReader::try_new(stream, frame_len)?),
            None => Box::new(formats::MpaReader::try_new(stream, options)?),
        },
        #[cfg(feature = "aac")]
        Container::Adts => Box::new(formats::AdtsReader::try_new(stream, options)?),
        #[cfg(any(feature = "aac", feature = "alac"))]
        Container::Mp4 => {
            // The reader expects to stand behind the four bytes of the first box's length.
            symphonia::core::io::ReadBytes::read_quad_bytes(&mut stream)?;
            Box::new(formats::IsoMp4Reader::try_new(stream, options)?)
        }
        #[cfg(feature = "flac")]
        Container::Flac => Box::new(formats::FlacReader::try_new(stream, options)?),
        #[cfg(any(feature = "vorbis", feature = "flac"))]
        Container::Ogg => Box::new(formats::OggReader::try_new(stream, options)?),
        #[cfg(feature = "wav")]
        Container::Wav => Box::new(formats::WavReader::try_new(stream, options)?),
        #[cfg(feature = "aiff")]
        Container::Aiff => Box::new(formats::AiffReader::try_new(stream, options)?),
        _ => return Err(Error::Unsupported("built without this format")),
    };
    Ok(reader)
}

/// The track to play and a decoder for it.
pub(super) fn open_track(
    source: &SharedSource,
    container: Container,
    reader: &dyn FormatReader,
) -> Result<(Track, Box<dyn AudioDecoder>), DecodeError> {
    let mut first_error = None;
    for track in reader.tracks() {
        let Some(params) = track.codec_params.as_ref().and_then(|params| params.audio()) else {
            continue;
        };
        // MPEG's own trimming trusts an estimated length and cuts whole minutes; ours does not.
        let options = AudioDecoderOptions::default().gapless(params.codec != CODEC_ID_MP3);
        match guarded(|| symphonia::default::get_codecs().make_audio_decoder(params, &options)) {
            Ok(decoder) => return Ok((track.clone(), decoder)),
            Err(error) => {
                first_error.get_or_insert_with(|| match error {
                    Error::Unsupported(what) => DecodeError::Unsupported {
                        what: unsupported_codec(params, what),
                    },
                    other => decode_error(source, container, other, 0),
                });
            }
        }
    }
    Err(first_error.unwrap_or(DecodeError::Unsupported {
        what: "a file without an audio track".into(),
    }))
}

/// What the user calls the codec that no decoder wants.
fn unsupported_codec(params: &AudioCodecParameters, what: &str) -> String {
    match params.codec {
        CODEC_ID_AAC => aac_profile(params).into(),
        CODEC_ID_OPUS => "Opus".into(),
        CODEC_ID_VORBIS | CODEC_ID_FLAC | CODEC_ID_ALAC | CODEC_ID_MP3 => {
            format!("this variant of the codec ({what})")
        }
        other => format!("the codec {other}"),
    }
}

/// Names the kind of AAC that its `AudioSpecificConfig` announces.
fn aac_profile(params: &AudioCodecParameters) -> &'static str {
    let config = params.extra_data.as_deref().unwrap_or_default();
    let bits = |at: usize, count: usize| {
        (at..at + count).fold(0_u32, |value, bit| {
            let byte = config.get(bit / 8).copied().unwrap_or(0);
            (value << 1) | u32::from((byte >> (7 - bit % 8)) & 1)
        })
    };
    let object_type = match bits(0, 5) {
        31 => 32 + bits(5, 6),
        other => other,
    };
    // Backward-compatible signalling: an AAC-LC config, followed by a sync word and object type 5.
    let extended = (0..config.len() * 8).any(|at| bits(at, 11) == 0x2b7 && bits(at + 11, 5) == 5);
    match object_type {
        5 | 29 => "HE-AAC",
        2 if extended => "HE-AAC",
        1 => "AAC Main",
        3 => "AAC-SSR",
        4 => "AAC-LTP",
        23 => "AAC-LD",
        39 => "AAC-ELD",
        42 => "xHE-AAC",
        _ => "AAC with more than two channels",
    }
}

/// The codec and its bits a sample, where it has any.
pub(super) fn codec_of(params: &AudioCodecParameters) -> (Codec, Option<u32>) {
    match params.codec {
        CODEC_ID_MP3 => (Codec::Mp3, None),
        CODEC_ID_AAC => (Codec::Aac, None),
        CODEC_ID_VORBIS => (Codec::Vorbis, None),
        CODEC_ID_OPUS => (Codec::Opus, None),
        CODEC_ID_FLAC => (Codec::Flac, params.bits_per_sample),
        // The sample entry always says 16; the codec's own configuration tells the truth in its sixth byte.
        CODEC_ID_ALAC => {
            let config = params
                .extra_data
                .as_deref()
                .and_then(|config| config.get(5))
                .map(|bits| u32::from(*bits));
            (
                Codec::Alac,
                config
                    .filter(|bits| (1..=32).contains(bits))
                    .or(params.bits_per_sample),
            )
        }
        _ => (
            Codec::Pcm,
            params.bits_per_sample.or(params.bits_per_coded_sample),
        ),
    }
}

/// How many logical streams an Ogg file opens at once, and what the first of them carries.
pub(super) fn ogg_streams(source: &SharedSource, sniffed: &Sniffed) -> Result<usize, DecodeError> {
    let head = source.window(sniffed.start, None).read_range(0, 256 * 1024)?;
    let mut at = 0;
    let mut streams = 0;
    let mut only_opus = true;
    while let Some(header) = head.get(at..at + 27) {
        // Capture pattern, and the flag of a first page.
        if !header.starts_with(b"OggS") || header[5] & 2 == 0 {
            break;
        }
        let segments = usize::from(header[26]);
        let body = at + 27 + segments;
        let len: usize = head
            .get(at + 27..body)
            .unwrap_or_default()
            .iter()
            .map(|len| usize::from(*len))
            .sum();
        let packet = head.get(body..body + len).unwrap_or_default();
        only_opus &= packet.starts_with(b"OpusHead") || packet.starts_with(b"Speex   ");
        streams += 1;
        at = body + len;
    }
    if streams > 0 && only_opus {
        return Err(DecodeError::Unsupported { what: "Opus".into() });
    }
    Ok(streams)
}

/// True if an Ogg file's last page belongs to another stream than `serial`: its length is not that of the file.
pub(super) fn ogg_is_chained(source: &SharedSource, serial: u32) -> Result<bool, DecodeError> {
    let Some(len) = source.len() else { return Ok(true) };
    // The greatest page is a little under 64 KiB.
    let tail = source
        .window(len.saturating_sub(64 << 10), None)
        .read_range(0, 64 << 10)?;
    let last = tail
        .windows(4)
        .rposition(|four| four == b"OggS")
        .and_then(|at| tail.get(at + 14..at + 18));
    Ok(last.is_some_and(|last| last != serial.to_le_bytes()))
}

/// Turns an error of the library into ours; the source's own failure comes first, since readers hide it.
pub(super) fn decode_error(
    source: &SharedSource,
    container: Container,
    error: Error,
    frames: u64,
) -> DecodeError {
    if let Some(first) = source.first_error() {
        return DecodeError::Io {
            kind: first.kind,
            message: first.message,
        };
    }
    let what = match error {
        Error::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            format!("the {container} file ends too early")
        }
        Error::IoError(error) => error.to_string(),
        Error::Unsupported(what) => {
            return DecodeError::Unsupported {
                what: format!("{container} of this kind ({what})"),
            };
        }
        Error::DecodeError(what) | Error::LimitError(what) => what.into(),
        other => other.to_string(),
    };
    DecodeError::Damaged { what, frames }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn he_aac_is_named_however_it_is_signalled() {
        let profile = |config: &[u8]| {
            let mut params = AudioCodecParameters::new();
            params.with_extra_data(config.into());
            aac_profile(&params)
        };
        // Object type 5 at 24 kHz, 29 at 24 kHz, and an AAC-LC config with the extension behind it.
        assert_eq!(profile(&[0b0010_1011, 0x11, 0x88, 0]), "HE-AAC");
        assert_eq!(profile(&[0b1110_1011, 0x11, 0x88, 0]), "HE-AAC");
        assert_eq!(profile(&[0x13, 0x10, 0x56, 0xe5, 0x98]), "HE-AAC");
        assert_eq!(profile(&[0x12, 0x30]), "AAC with more than two channels");
    }
}
