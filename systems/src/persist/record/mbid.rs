//! Ids of MusicBrainz entities: 16 bytes where they are spelled as a UUID usually is, in lower case with
//! dashes, and otherwise the text that they are.

use segue_components::wire::codec::{Reader, WireError, put_bytes, put_number};

use super::field::Field;

pub(super) fn put(text: &str, out: &mut Vec<u8>) {
    if let Some(bytes) = uuid(text) {
        out.push(1);
        out.extend_from_slice(&bytes);
    } else {
        out.push(0);
        put_bytes(out, text.as_bytes());
    }
}

pub(super) fn put_all(texts: &[Box<str>], out: &mut Vec<u8>) {
    put_number(out, texts.len() as u64);
    for text in texts {
        put(text, out);
    }
}

pub(super) fn put_option(text: Option<&str>, out: &mut Vec<u8>) {
    text.is_some().put(out);
    if let Some(text) = text {
        put(text, out);
    }
}

pub(super) fn take(reader: &mut Reader<'_>) -> Result<Box<str>, WireError> {
    let malformed = reader.malformed();
    match reader.byte()? {
        0 => Box::<str>::take(reader),
        1 => Ok(spelled(<[u8; 16]>::take(reader)?)),
        _ => Err(malformed),
    }
}

pub(super) fn take_all(reader: &mut Reader<'_>) -> Result<Vec<Box<str>>, WireError> {
    (0..reader.count()?).map(|_| take(reader)).collect()
}

pub(super) fn take_option(reader: &mut Reader<'_>) -> Result<Option<Box<str>>, WireError> {
    bool::take(reader)?.then(|| take(reader)).transpose()
}

/// The bytes of a UUID in its usual spelling (RFC 9562 §4), `None` for any other spelling.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0u8; 16];
    let mut digits = 0;
    for (at, &character) in text.iter().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if character != b'-' {
                return None;
            }
            continue;
        }
        let digit = match character {
            b'0'..=b'9' => character - b'0',
            b'a'..=b'f' => character - b'a' + 10,
            _ => return None,
        };
        bytes[digits / 2] |= if digits % 2 == 0 { digit << 4 } else { digit };
        digits += 1;
    }
    Some(bytes)
}

fn spelled(bytes: [u8; 16]) -> Box<str> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_mbid(text: &str, length: usize) {
        let mut out = Vec::new();
        put(text, &mut out);
        assert_eq!(out.len(), length);
        assert_eq!(&*take(&mut Reader::new(&out)).unwrap(), text);
    }

    #[test]
    fn a_musicbrainz_id_costs_its_16_bytes_and_keeps_its_spelling() {
        check_mbid("b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d", 17);
        check_mbid("B10BBBFC-CF9E-42E0-BE17-E2C3E1D2600D", 38);
        check_mbid("b10bbbfc_cf9e-42e0-be17-e2c3e1d2600d", 38);
        check_mbid("b10bbbfc-cf9e-42e0-be17", 25);
        check_mbid("", 2);
    }
}
