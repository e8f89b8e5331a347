//! Tells what a file is from its first kilobytes, and where its audio begins and ends.

use std::io;

use super::mpeg::{Layer, MpegHeader};
use super::{Container, DecodeError};
use crate::source::SharedSource;

/// How far into a file, after its tags, the first frame of MP3 or ADTS may be.
const SCAN_BYTES: usize = 256 * 1024;

/// How many frames in a row make a stream of MP3 or ADTS, where nothing else announces one.
const CHAIN: usize = 3;

/// What a file is and where its audio is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sniffed {
    pub(crate) container: Container,
    /// The byte at which the container's own structure begins.
    pub(crate) start: u64,
    /// The byte after the last one of audio, where trailing tags are known.
    pub(crate) end: Option<u64>,
    /// The frame length of an MP3 stream in free format.
    pub(crate) free_format: Option<usize>,
}

/// Looks at the head (and for MP3 and ADTS the tail) of a source.
pub(crate) fn sniff(source: &mut SharedSource) -> Result<Sniffed, DecodeError> {
    let start = after_id3v2(source)?;
    let head = source.read_range(start, 64 * 1024)?;
    if head.is_empty() {
        return Err(if start == 0 {
            DecodeError::Empty
        } else {
            DecodeError::NotAudio {
                found: Some("only tags"),
            }
        });
    }
    let found = |container, skipped: usize| Sniffed {
        container,
        start: start + skipped as u64,
        end: None,
        free_format: None,
    };
    if let Some(container) = container_of(&head) {
        return Ok(found(container, 0));
    }
    if let Some(error) = known_stranger(&head) {
        return Err(error);
    }
    // What is left has no signature: raw frames, perhaps after padding or rubbish.
    for len in [head.len(), SCAN_BYTES] {
        let window = if len == head.len() {
            head.clone()
        } else {
            source.read_range(start, len)?
        };
        let whole = window.len() < len || start + window.len() as u64 == source.len().unwrap_or(0);
        if let Some(frames) = find_frames(&window, whole) {
            let (container, skipped, free_format) = frames?;
            let end = before_trailing_tags(source)?;
            return Ok(Sniffed {
                container,
                start: start + skipped as u64,
                end,
                free_format,
            });
        }
        // A container after rubbish: some downloads begin with a server's words.
        if let Some((at, container)) = find_marker(&window) {
            return Ok(found(container, at));
        }
        if window.len() < len {
            break;
        }
    }
    Err(DecodeError::NotAudio { found: None })
}

/// The offset after all `ID3v2` tags at the start.
fn after_id3v2(source: &mut SharedSource) -> io::Result<u64> {
    let mut offset = 0;
    // Tags in a row happen; more than a few are an attempt to keep us busy.
    for _ in 0..8 {
        let header = source.read_range(offset, 10)?;
        let [b'I', b'D', b'3', major, _, flags, size @ ..] = header.as_slice() else {
            break;
        };
        if *major == 0xff || size.len() != 4 || size.iter().any(|byte| *byte > 0x7f) {
            break;
        }
        let size = size
            .iter()
            .fold(0_u64, |size, byte| (size << 7) | u64::from(*byte));
        let footer = if flags & 0x10 == 0 { 0 } else { 10 };
        let next = offset + 10 + size + footer;
        // A tag that claims more than the file holds: look for audio right after its header.
        if source.len().is_some_and(|len| next > len) {
            offset += 10;
            break;
        }
        offset = next;
    }
    Ok(offset)
}

/// The offset of the first trailing tag (`ID3v1`, `APEv2`, Lyrics3), or `None` if there is none.
///
/// A picture in such a tag would otherwise be searched for frames, and some would be found.
fn before_trailing_tags(source: &mut SharedSource) -> io::Result<Option<u64>> {
    let Some(len) = source.len() else { return Ok(None) };
    let mut end = len;
    if end >= 128 && source.read_range(end - 128, 3)? == b"TAG" {
        end -= 128;
    }
    if end >= 15 && source.read_range(end - 9, 9)? == b"LYRICS200" {
        let digits = source.read_range(end - 15, 6)?;
        if let Some(size) = std::str::from_utf8(&digits)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
        {
            end = end.saturating_sub(size + 15);
        }
    }
    if end >= 32 {
        let footer = source.read_range(end - 32, 32)?;
        if footer.starts_with(b"APETAGEX") {
            let size = u64::from(u32::from_le_bytes([
                footer[12], footer[13], footer[14], footer[15],
            ]));
            let header = if footer[23] & 0x80 == 0 { 0 } else { 32 };
            end = end.checked_sub(size + header).unwrap_or(end - 32);
        }
    }
    Ok((end < len).then_some(end))
}

fn container_of(head: &[u8]) -> Option<Container> {
    let form = head.get(8..12);
    match head.get(..4)? {
        b"fLaC" => Some(Container::Flac),
        b"OggS" => Some(Container::Ogg),
        b"RIFF" if form == Some(b"WAVE") => Some(Container::Wav),
        b"FORM" if form == Some(b"AIFF") || form == Some(b"AIFC") => Some(Container::Aiff),
        _ if head.get(4..8) == Some(b"ftyp") => Some(Container::Mp4),
        _ => None,
    }
}

fn find_marker(window: &[u8]) -> Option<(usize, Container)> {
    let at = window
        .windows(4)
        .position(|four| matches!(four, b"fLaC" | b"OggS"))?;
    container_of(&window[at..]).map(|container| (at, container))
}

/// Signatures of formats that people have in their music folders and that are not ours to play.
fn known_stranger(head: &[u8]) -> Option<DecodeError> {
    const AUDIO: &[(&[u8], &str)] = &[
        (b"RIFX", "big-endian WAV"),
        (b"RF64", "RF64 WAV"),
        (b"riff", "Wave64"),
        (b"wvpk", "WavPack"),
        (b"MAC ", "Monkey's Audio"),
        (b"MPCK", "Musepack"),
        (b"MP+", "Musepack"),
        (b"DSD ", "DSD"),
        (b"FRM8", "DSD"),
        (b"TTA1", "TTA"),
        (b"OFR ", "OptimFROG"),
        (b"caff", "CAF"),
        (b"#!AMR", "AMR"),
        (b".snd", "Sun audio"),
        (b".RMF", "RealAudio"),
        (b"ADIF", "AAC in ADIF"),
        (b"MThd", "MIDI"),
        (b"\x30\x26\xb2\x75", "Windows Media Audio"),
        (b"\x1a\x45\xdf\xa3", "Matroska or WebM"),
    ];
    const OTHER: &[(&[u8], &str)] = &[
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"\x89PNG", "a PNG picture"),
        (b"GIF8", "a GIF picture"),
        (b"RIFF", "a RIFF file without WAVE audio"),
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"Rar!", "a RAR archive"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"7z\xbc\xaf", "a 7z archive"),
        (b"<!DOC", "an HTML page"),
        (b"<!doc", "an HTML page"),
        (b"<html", "an HTML page"),
        (b"<HTML", "an HTML page"),
        (b"<?xml", "an XML document"),
        (b"#EXTM3U", "a playlist"),
        (b"[playlist]", "a playlist"),
        (b"\x7fELF", "a program"),
        (b"MZ\x90\x00", "a program"),
    ];
    if let Some((_, what)) = AUDIO.iter().find(|(signature, _)| head.starts_with(signature)) {
        return Some(DecodeError::Unsupported { what: (*what).into() });
    }
    OTHER
        .iter()
        .find(|(signature, _)| head.starts_with(signature))
        .map(|(_, what)| DecodeError::NotAudio { found: Some(what) })
}

type Frames = Result<(Container, usize, Option<usize>), DecodeError>;

/// Finds the first chain of MP3 or ADTS frames; `whole` says that the window reaches the end of the file.
fn find_frames(window: &[u8], whole: bool) -> Option<Frames> {
    let mut at = 0;
    while let Some(next) = window.get(at..)?.iter().position(|byte| *byte == 0xff) {
        at += next;
        if let Some(header) = MpegHeader::parse(&window[at..]) {
            if let Some(len) = header.frame_len() {
                if chain(&window[at..], whole, |bytes| {
                    MpegHeader::parse(bytes)
                        .filter(|other| header.similar(other))
                        .and_then(|h| h.frame_len())
                }) {
                    return Some(match header.layer {
                        Layer::Three => Ok((Container::Mp3, at, None)),
                        Layer::Two => Err(DecodeError::Unsupported {
                            what: "MPEG audio layer II".into(),
                        }),
                        Layer::One => Err(DecodeError::Unsupported {
                            what: "MPEG audio layer I".into(),
                        }),
                    });
                }
                debug_assert!(len > 0);
            } else if header.layer == Layer::Three
                && let Some(len) = free_format_len(&window[at..], header)
            {
                return Some(Ok((Container::Mp3, at, Some(len))));
            }
        } else if chain(&window[at..], whole, adts_len) {
            return Some(Ok((Container::Adts, at, None)));
        }
        at += 1;
    }
    None
}

/// True if [`CHAIN`] frames follow each other from the first byte, or fewer up to the end of the file.
fn chain(window: &[u8], whole: bool, frame_len: impl Fn(&[u8]) -> Option<usize>) -> bool {
    let mut at = 0;
    for count in 0..CHAIN {
        let Some(len) = frame_len(&window[at..]) else {
            return false;
        };
        at += len;
        if at >= window.len() {
            // Two frames at least, or one that ends with the file.
            return whole && (count > 0 || at == window.len());
        }
        if whole && count > 0 && window.len() - at < 4 {
            return true;
        }
        if whole && (window[at..].starts_with(b"TAG") || window[at..].starts_with(b"APETAGEX")) {
            return true;
        }
    }
    true
}

fn adts_len(bytes: &[u8]) -> Option<usize> {
    let [0xff, b1, b2, b3, b4, b5, ..] = bytes else {
        return None;
    };
    // Sync, layer 0, a sample rate that exists.
    if b1 & 0xf6 != 0xf0 || (b2 >> 2) & 0xf > 12 {
        return None;
    }
    let len = (usize::from(b3 & 3) << 11) | (usize::from(*b4) << 3) | usize::from(b5 >> 5);
    (len > 7).then_some(len)
}

/// The length of free-format frames, without padding: the distance at which two more headers follow.
fn free_format_len(window: &[u8], header: MpegHeader) -> Option<usize> {
    let header_at = |at: usize| {
        window
            .get(at..)
            .and_then(MpegHeader::parse)
            .filter(|other| other.bitrate == 0 && header.similar(other))
    };
    (24..4096).find_map(|distance| {
        let second = header_at(distance)?;
        let base = distance - usize::from(header.padding);
        let third = distance + base + usize::from(second.padding);
        let fourth = third + base + usize::from(header_at(third)?.padding);
        header_at(fourth).map(|_| base)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemorySource;

    #[track_caller]
    fn check_sniff(bytes: &[u8]) -> Result<Sniffed, DecodeError> {
        sniff(&mut SharedSource::new(Box::new(MemorySource::new(bytes))))
    }

    /// Frames of 128 kbit/s at 44.1 kHz, without content.
    fn mp3(frames: usize) -> Vec<u8> {
        let mut frame = vec![0xff, 0xfb, 0x90, 0xc0];
        frame.resize(417, 0);
        frame.repeat(frames)
    }

    #[test]
    fn frames_are_found_after_a_tag_and_padding() {
        let mut bytes = b"ID3\x03\x00\x00\x00\x00\x01\x00".to_vec();
        bytes.resize(10 + 128 + 1000, 0);
        bytes.extend(mp3(4));
        let sniffed = check_sniff(&bytes).unwrap();
        assert_eq!((sniffed.container, sniffed.start), (Container::Mp3, 1138));
    }

    #[test]
    fn trailing_tags_are_not_audio() {
        let mut bytes = mp3(4);
        let audio = bytes.len() as u64;
        let mut ape = b"APETAGEX\xd0\x07\x00\x00".to_vec();
        ape.extend(100_u32.to_le_bytes());
        ape.extend([0; 16]);
        bytes.extend([0xff; 68]);
        bytes.extend(ape);
        bytes.extend(b"TAG");
        bytes.extend([0; 125]);
        assert_eq!(check_sniff(&bytes).unwrap().end, Some(audio));
    }

    #[test]
    fn a_picture_named_mp3_is_not_audio() {
        let mut bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF".to_vec();
        bytes.extend(mp3(10));
        assert_eq!(
            check_sniff(&bytes),
            Err(DecodeError::NotAudio {
                found: Some("a JPEG picture")
            })
        );
    }

    #[test]
    fn random_bytes_are_not_audio() {
        let mut state = 1_u64;
        for _ in 0..20 {
            let bytes: Vec<u8> = (0..100_000)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    (state >> 56) as u8
                })
                .collect();
            assert_eq!(check_sniff(&bytes), Err(DecodeError::NotAudio { found: None }));
        }
    }

    #[test]
    fn nothing_is_said_to_be_empty() {
        assert_eq!(check_sniff(b""), Err(DecodeError::Empty));
    }
}
