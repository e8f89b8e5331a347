//! `iTunSMPB`: the comment in which iTunes writes delay, padding and length.

use std::io;

use super::Trim;
use crate::source::SharedSource;

/// The three numbers of an `iTunSMPB` comment, in frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ItunSmpb {
    /// Frames that the encoder put in front.
    pub(crate) delay: u64,
    /// Frames that the encoder put behind.
    pub(crate) padding: u64,
    /// The recording's own frames.
    pub(crate) total: u64,
}

impl ItunSmpb {
    /// Reads ` 00000000 00000840 000001C0 0000000000046E00 …`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut fields = text
            .split_ascii_whitespace()
            .map(|field| u64::from_str_radix(field, 16).ok());
        let _reserved = fields.next()??;
        let (delay, padding, total) = (fields.next()??, fields.next()??, fields.next()??);
        // A total of zero, or a delay of a minute, is a tag that some tool left behind.
        (total > 0 && total < 1 << 48 && delay < 1 << 16 && padding < 1 << 20).then_some(Self {
            delay,
            padding,
            total,
        })
    }

    /// The recording, where the decoder adds `decoder_delay` frames of its own.
    pub(crate) fn trim(&self, decoder_delay: i64) -> Trim {
        let start = i64::try_from(self.delay).unwrap_or(0) + decoder_delay;
        Trim {
            start,
            end: Some(start.saturating_add(i64::try_from(self.total).unwrap_or(i64::MAX))),
        }
    }
}

/// Looks for the comment in an `ID3v2` tag at the start of an MP3 file.
pub(crate) fn in_id3v2(source: &mut SharedSource) -> io::Result<Option<ItunSmpb>> {
    let header = source.read_range(0, 10)?;
    let [b'I', b'D', b'3', ..] = header.as_slice() else {
        return Ok(None);
    };
    let size = header[6..10]
        .iter()
        .fold(0_usize, |size, byte| (size << 7) | usize::from(byte & 0x7f));
    // iTunes writes its comments before the pictures. The text is searched for as it stands, in Latin-1 or
    // UTF-16: frames of all three versions, with and without unsynchronisation, give the same letters.
    let tag = source.read_range(10, size.min(256 * 1024))?;
    let letters: Vec<u8> = tag.into_iter().filter(|byte| *byte != 0).collect();
    let Some(at) = letters.windows(8).position(|eight| eight == b"iTunSMPB") else {
        return Ok(None);
    };
    let text: String = letters[at + 8..]
        .iter()
        .map(|byte| char::from(*byte))
        .skip_while(|letter| !letter.is_ascii_hexdigit() && *letter != ' ')
        .take_while(|letter| letter.is_ascii_hexdigit() || *letter == ' ')
        .collect();
    Ok(ItunSmpb::parse(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemorySource;

    #[test]
    fn hexadecimal_fields_are_read() {
        let smpb = ItunSmpb::parse(" 00000000 00000840 000001C0 0000000000046E00 00000000 00000000");
        assert_eq!(
            smpb,
            Some(ItunSmpb {
                delay: 2112,
                padding: 448,
                total: 290_304
            })
        );
    }

    #[test]
    fn nonsense_is_ignored() {
        for text in ["", "0 0 0 0", "zz", "00000000 00000840", "0 FFFFFFFF 0 10"] {
            assert_eq!(ItunSmpb::parse(text), None);
        }
    }

    #[test]
    fn the_comment_is_found_in_both_encodings() {
        let value = " 00000000 00000210 00000726 000000000020B5CA 00000000";
        let latin = format!("COMM\0\0\0\0\0\0\0eng\niTunSMPB\0{value}\0").into_bytes();
        let mut wide = b"COMM\0\0\0\0\0\0\x01eng\xff\xfe".to_vec();
        for letter in format!("iTunSMPB\0\u{feff}{value}").encode_utf16() {
            wide.extend(letter.to_le_bytes());
        }
        for body in [latin, wide] {
            let mut tag = b"ID3\x03\0\0\0\0\x01\x7f".to_vec();
            tag.extend(body);
            tag.resize(300, 0);
            let mut source = SharedSource::new(Box::new(MemorySource::new(tag)));
            let smpb = in_id3v2(&mut source).unwrap();
            assert_eq!(
                smpb,
                Some(ItunSmpb {
                    delay: 528,
                    padding: 1830,
                    total: 2_143_690
                })
            );
        }
    }
}
