//! Everything a music library wants to know about one file, without decoding its sound.
//!
//! [`read`] looks at what the file is, not at its name, and fetches the smallest ranges that answer: the
//! bytes of pictures only if wanted, tables of samples and the sound itself never. Files that contradict
//! themselves give what can be read, and say in [`FileTags::warnings`] what was wrong.
//!
//! # Several values
//!
//! A field holds several values if it is repeated (Vorbis comments, APE, MP4 `data`), or if its values are
//! separated by NUL (ID3v2.4, in practice 2.3 too, APE). Of genres, `;` separates too. Nothing else does:
//! `AC/DC` and `Earth, Wind & Fire` are one name each.
//!
//! # Why these readers are our own
//!
//! Measured on the 215 files of tinytag's tests that are no WMA (title, artist, album and genre against the
//! expected values; pictures not wanted; 3.0 MB of files); time on beets' 47, which hardly any reader refuses;
//! wasm without any decoder, after `wasm-opt -O3`:
//!
//! | | values right | files refused | bytes fetched | time per file | wasm, raw / gzip |
//! | --- | --- | --- | --- | --- | --- |
//! | lofty 0.25.5 | 167 of 254 | 57, and a panic | 5.1 MB | 0.020 ms | 621 / 209 kB |
//! | symphonia 0.6.1 | 150 of 254 | 58 | 1.0 MB | 0.028 ms | 808 / 305 kB |
//! | this module | 245 of 253 | 18 | 1.2 MB | 0.013 ms | 245 / 116 kB |
//!
//! A panic ends a browser's worker. Of a cover of 1 MB that nobody wants, lofty fetches all but in FLAC and
//! symphonia all; we fetch 8 kB of such a FLAC, 12 of an M4A, 30 of an Opus and 41 of an MP3 file. Of our 18
//! refusals, six are empty, ten are cut before their first value and two are WMA; `tests/tags/exceptions.rs`
//! has the reason of each difference.

mod aiff;
mod ape;
mod fields;
mod flac;
mod genre;
mod id3;
mod id3v1;
mod mp4;
mod mpeg;
mod ogg;
pub mod picture;
mod riff;
mod source;
mod text;
#[cfg(feature = "thumbnails")]
pub mod thumbnail;
mod vorbis;

use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

use fields::{Found, PictureBytes};
pub use source::ReadSeek;
use source::Source;

/// What to read beyond text and numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    /// Read the bytes of the front cover.
    pub pictures: bool,
    /// Covers of more bytes are described but not read.
    pub max_picture: u64,
    /// Fill [`FileTags::other`].
    pub other: bool,
}

impl Default for ReadOptions {
    /// No picture bytes, covers up to 16 MiB if they are asked for, no other fields.
    fn default() -> Self {
        Self {
            pictures: false,
            max_picture: 16 << 20,
            other: false,
        }
    }
}

/// What one file says about itself. Unknown is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FileTags {
    /// Name of the track.
    pub title: Option<String>,
    /// The credit as tagged (`A feat. B`); several tagged names are joined by `; `.
    pub artist: Option<String>,
    /// Each artist: of a field that lists them (`ARTISTS`) if there is one, else of the credit.
    pub artists: Vec<String>,
    /// Name of the album.
    pub album: Option<String>,
    /// The album's credit as tagged.
    pub album_artist: Option<String>,
    /// Each artist of the album.
    pub album_artists: Vec<String>,
    /// The title to sort by.
    pub title_sort: Option<String>,
    /// The artist to sort by.
    pub artist_sort: Option<String>,
    /// The album to sort by.
    pub album_sort: Option<String>,
    /// The album's artist to sort by.
    pub album_artist_sort: Option<String>,
    /// Number of the track, from 1.
    pub track: Option<u32>,
    /// Tracks on the disc.
    pub track_total: Option<u32>,
    /// Number of the disc, from 1.
    pub disc: Option<u32>,
    /// Discs of the album.
    pub disc_total: Option<u32>,
    /// When this edition was released or recorded, as `YYYY[-MM[-DD]]`.
    pub date: Option<String>,
    /// When the work was first released, as `YYYY[-MM[-DD]]`.
    pub original_date: Option<String>,
    /// The year of `date`.
    pub year: Option<u16>,
    /// Genres, numbers resolved to names.
    pub genres: Vec<String>,
    /// Composers.
    pub composers: Vec<String>,
    /// The comment that has no description of its own.
    pub comment: Option<String>,
    /// The group of tracks this belongs to.
    pub grouping: Option<String>,
    /// The label or publisher.
    pub label: Option<String>,
    /// Beats per minute.
    pub bpm: Option<f32>,
    /// Part of an album of several artists.
    pub compilation: bool,
    /// Whether there are words, synchronised or not.
    pub has_lyrics: bool,
    /// International standard recording code.
    pub isrc: Option<String>,
    /// Identifiers of MusicBrainz.
    pub musicbrainz: MusicBrainz,
    /// Loudness as tagged.
    pub replaygain: ReplayGain,
    /// What the sound is stored as.
    pub format: Format,
    /// The front cover, or the picture most like one.
    pub picture: Option<Picture>,
    /// Pictures in the file, the chosen one included.
    pub picture_count: u32,
    /// Further fields by name, in the order of the file, and the second and later values of `title`, `album`,
    /// `comment`, `label`, `track` and `disc`, if [`ReadOptions::other`] asks for them.
    pub other: Vec<(String, String)>,
    /// What was wrong with the file, for people.
    pub warnings: Vec<String>,
}

/// Identifiers of MusicBrainz, as tagged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MusicBrainz {
    /// The recording (older taggers call it track).
    pub recording: Option<String>,
    /// The track of the release.
    pub track: Option<String>,
    /// The release (older taggers call it album).
    pub release: Option<String>,
    /// The release group.
    pub release_group: Option<String>,
    /// The artists of the track.
    pub artists: Vec<String>,
    /// The artists of the release.
    pub album_artists: Vec<String>,
}

/// Loudness as tagged; `R128_*` tags are converted to the same reference of -18 LUFS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ReplayGain {
    /// What to add to the track, in decibels.
    pub track_gain_db: Option<f32>,
    /// The loudest sample of the track; 1 is full scale.
    pub track_peak: Option<f32>,
    /// What to add to the album, in decibels.
    pub album_gain_db: Option<f32>,
    /// The loudest sample of the album; 1 is full scale.
    pub album_peak: Option<f32>,
}

/// What the sound is stored as.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// `mpeg`, `adts`, `flac`, `ogg`, `mp4`, `wav` or `aiff`.
    pub container: String,
    /// `mp1`, `mp2`, `mp3`, `aac`, `he-aac`, `alac`, `als`, `flac`, `vorbis`, `opus`, `speex`, `pcm`,
    /// `pcm-float`, `adpcm-ms`, `adpcm-ima`, `alaw`, `ulaw`, `gsm`, or the container's own code in lower case
    /// (`ac-3`, `0x0161`). Empty if the file does not say.
    pub codec: String,
    /// In hertz.
    pub sample_rate: Option<u32>,
    /// Number of channels.
    pub channels: Option<u16>,
    /// Bits of one sample, where the codec has such a thing.
    pub bits_per_sample: Option<u16>,
    /// In bits per second: as the file says, else the bytes of sound divided by its duration.
    pub bitrate: Option<u32>,
    /// Whether the bitrate varies, where known.
    pub vbr: Option<bool>,
    /// Without delay and padding.
    pub duration_ms: Option<u64>,
    /// Samples per channel without delay and padding, at `sample_rate`.
    pub frames: Option<u64>,
    /// Silent samples before the sound, as its encoder wrote it (LAME tag, `iTunSMPB`, edit list, pre-skip).
    pub delay: Option<u32>,
    /// Silent samples after the sound, as its encoder wrote it.
    pub padding: Option<u32>,
    /// The MD5 of the decoded sound that FLAC stores, in hexadecimal.
    pub audio_hash: Option<String>,
    /// Where the bytes of sound start, for a hash that new tags do not change.
    pub audio_start: Option<u64>,
    /// How many bytes of sound there are.
    pub audio_bytes: Option<u64>,
}

impl Format {
    /// Sets the number of frames and, if the sample rate is known, the duration.
    fn set_frames(&mut self, frames: u64) {
        self.frames = Some(frames);
        if let Some(rate) = self.sample_rate.filter(|&rate| rate != 0) {
            let milliseconds = (u128::from(frames) * 1000 + u128::from(rate) / 2) / u128::from(rate);
            self.duration_ms = u64::try_from(milliseconds).ok();
        }
    }
}

/// A picture in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The picture type of ID3v2 and FLAC: 3 is the front cover, 0 other.
    pub kind: u8,
    /// By its first bytes, else as declared; may be empty if the picture was not looked at.
    pub mime: String,
    /// Where the bytes stand in the file, if they stand there as they are: one range fetches them later.
    pub offset: Option<u64>,
    /// Number of bytes, also of those not read.
    pub length: u64,
    /// The picture itself, if asked for and within the limit.
    pub bytes: Vec<u8>,
}

/// Why a file gives no tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum TagError {
    /// The file has no bytes.
    Empty,
    /// The file is something else.
    NotAudio {
        /// What its first bytes look like, for people: `a JPEG picture`.
        looks_like: String,
    },
    /// The file ends before it says anything.
    Truncated {
        /// Bytes there are.
        length: u64,
    },
    /// Sound, but in a format that is not read.
    Unsupported(String),
    /// The file could not be read.
    Io(String),
}

impl TagError {
    fn io(error: &io::Error) -> Self {
        Self::Io(error.to_string())
    }
}

impl fmt::Display for TagError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty"),
            Self::NotAudio { looks_like } => write!(f, "not a sound file, but {looks_like}"),
            Self::Truncated { length } => write!(f, "truncated after {length} bytes"),
            Self::Unsupported(codec) => write!(f, "{codec} is not supported"),
            Self::Io(error) => write!(f, "cannot be read: {error}"),
        }
    }
}

impl std::error::Error for TagError {}

/// Reads the tags and properties of one file; `name` only helps where its content leaves a doubt.
///
/// Memory is bounded by `options.max_picture` and a few megabytes, whatever the file claims.
///
/// # Errors
///
/// [`TagError`] if the file is not one of sound, or cannot be read. Damage that leaves something to read is
/// no error: see [`FileTags::warnings`].
pub fn read(source: &mut dyn ReadSeek, name: &str, options: &ReadOptions) -> Result<FileTags, TagError> {
    let mut source = Source::new(source, options.max_picture.saturating_add(16 << 20))?;
    if source.len() == 0 {
        return Err(TagError::Empty);
    }
    let mut found = Found::default();
    read_format(&mut source, name, options, &mut found)?;
    finish(&mut source, options, found)
}

fn read_format(
    source: &mut Source<'_>,
    name: &str,
    options: &ReadOptions,
    found: &mut Found,
) -> Result<(), TagError> {
    let start = leading_tags(source, options, found)?;
    let head = source.bytes(start, 16)?;
    match head.as_slice() {
        [b'f', b'L', b'a', b'C', ..] => return flac::read(source, start, options, found),
        [b'O', b'g', b'g', b'S', ..] => return ogg::read(source, start, options, found),
        [
            b'R',
            b'I',
            b'F',
            b'F' | b'X',
            ..,
            b'W',
            b'A',
            b'V',
            b'E',
            _,
            _,
            _,
            _,
        ] => {
            return riff::read(source, start, options, found);
        }
        [b'R', b'F', b'6', b'4', ..] => return riff::read(source, start, options, found),
        [
            b'F',
            b'O',
            b'R',
            b'M',
            ..,
            b'A',
            b'I',
            b'F',
            b'F' | b'C',
            _,
            _,
            _,
            _,
        ] => {
            return aiff::read(source, start, options, found);
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] | [_, _, _, _, b'm', b'o', b'o', b'v', ..] => {
            return mp4::read(source, start, options, found);
        }
        // Chance finds two sync bits in any picture: what is plainly something else is not searched for them.
        _ => {
            let other = known_other(&head);
            if let Some(error) = other.filter(|error| start == 0 || matches!(error, TagError::Unsupported(_)))
            {
                return Err(error);
            }
        }
    }
    // Junk before the first frame is searched for longer in a file that its name says is MPEG audio.
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    let search = match extension.as_deref() {
        Some("mp3" | "mp2" | "mp1" | "mpga" | "aac") => 256 << 10,
        _ => 8 << 10,
    };
    mpeg::read(source, start, options, search, found)
}

/// Reads the ID3v2 and APE tags at the start of a file of any format; gives where they end.
fn leading_tags(source: &mut Source<'_>, options: &ReadOptions, found: &mut Found) -> Result<u64, TagError> {
    let mut start = 0;
    // Two tags happen, when a program did not see the first.
    for _ in 0..8 {
        let mut next = Found::default();
        let end = match id3::read(source, start, options, &mut next)? {
            Some(size) => start.saturating_add(size),
            None => match ape::read_starting_at(source, start, &mut next)? {
                Some(end) => end,
                None => break,
            },
        };
        found.fields.fill_from(next.fields);
        found.pictures.append(&mut next.pictures);
        next.warnings.into_iter().for_each(|warning| found.warn(warning));
        start = end.min(source.len());
    }
    Ok(start)
}

fn finish(source: &mut Source<'_>, options: &ReadOptions, mut found: Found) -> Result<FileTags, TagError> {
    let picture_count = u32::try_from(found.pictures.len()).unwrap_or(u32::MAX);
    let mut tags = FileTags {
        picture_count,
        ..FileTags::default()
    };
    if let Some(best) = found.best_picture() {
        let mut picture = Picture::described(&best);
        if options.pictures && picture.length > options.max_picture {
            found.warn(format!(
                "the picture of {} bytes is over the limit of {}",
                picture.length, options.max_picture
            ));
        } else if options.pictures {
            picture.bytes = match best.bytes {
                PictureBytes::File { offset, length } => source.bytes(offset, length)?,
                PictureBytes::Memory(bytes) => bytes,
                PictureBytes::Unread { .. } => Vec::new(),
            };
            if (picture.bytes.len() as u64) < picture.length {
                found.warn(format!(
                    "the picture is cut to {} of {} bytes",
                    picture.bytes.len(),
                    picture.length
                ));
            }
            if let Some(mime) = picture::mime(&picture.bytes) {
                picture.mime = mime.to_owned();
            }
        }
        tags.picture = Some(picture);
    }
    if source.is_exhausted() {
        found.warn("too entangled to be read to the end");
    }
    tags.format = found.format;
    tags.warnings = found.warnings;
    found.fields.finish(&mut tags, options.other);
    Ok(tags)
}

/// The error for bytes that no reader takes.
fn not_audio(head: &[u8], length: u64) -> TagError {
    if let Some(error) = known_other(head) {
        return error;
    }
    let looks_like = match head {
        _ if length < 16 => return TagError::Truncated { length },
        [b'#', b'E', b'X', b'T', b'M', b'3', b'U', ..] => "a playlist",
        _ if head.iter().all(|&byte| byte == 0) => "nothing but zeros",
        _ if is_text(head) => {
            let text = String::from_utf8_lossy(head);
            let text = text
                .trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t'])
                .to_lowercase();
            if text.starts_with("<!doctype html") || text.starts_with("<html") {
                "an HTML page"
            } else if text.starts_with('<') {
                "an XML document"
            } else {
                "text"
            }
        }
        _ => "unknown data",
    };
    TagError::NotAudio {
        looks_like: looks_like.to_owned(),
    }
}

/// The error for files that their first bytes say are not for us.
fn known_other(head: &[u8]) -> Option<TagError> {
    let unsupported = match head {
        [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, ..] => "WMA (ASF)",
        [b'M', b'A', b'C', b' ', ..] => "Monkey's Audio",
        [b'w', b'v', b'p', b'k', ..] => "WavPack",
        [b'M', b'P', b'+', ..] | [b'M', b'P', b'C', b'K', ..] => "Musepack",
        [b'D', b'S', b'D', b' ', ..] | [b'F', b'R', b'M', b'8', ..] => "DSD",
        [b'T', b'T', b'A', b'1' | b'2', ..] => "True Audio",
        [0x1A, 0x45, 0xDF, 0xA3, ..] => "Matroska",
        [b'c', b'a', b'f', b'f', ..] => "Core Audio",
        [b'M', b'T', b'h', b'd', ..] => "MIDI",
        _ => "",
    };
    if !unsupported.is_empty() {
        return Some(TagError::Unsupported(unsupported.to_owned()));
    }
    let looks_like = match head {
        [0xFF, 0xD8, 0xFF, ..] => "a JPEG picture",
        [0x89, b'P', b'N', b'G', ..] => "a PNG picture",
        [b'G', b'I', b'F', b'8', ..] => "a GIF picture",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "a WebP picture",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' ', ..] => "an AVI video",
        [b'F', b'O', b'R', b'M', _, _, _, _, b'I', b'L', b'B', b'M', ..] => "an ILBM picture",
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => "a TIFF picture",
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => "a BMP picture",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [b'P', b'K', 3, 4, ..] => "a ZIP archive",
        [0x1F, 0x8B, 8, ..] => "gzip data",
        [0x7F, b'E', b'L', b'F', ..] => "a program",
        _ => return None,
    };
    Some(TagError::NotAudio {
        looks_like: looks_like.to_owned(),
    })
}

fn is_text(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The last character may be cut.
        Err(error) => error.error_len().is_none(),
    };
    valid
        && !head
            .iter()
            .any(|&byte| byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x0C))
}
