//! Bytes to text the way people expect: the declared encoding, and repairs for the usual lies about it.

/// Text in no declared or an 8-bit encoding: UTF-8 where the bytes are valid UTF-8, else Windows-1252.
///
/// Taggers write UTF-8 into fields declared Latin-1 more often than anyone writes the Latin-1 text "Ã©".
/// Windows-1252 equals Latin-1 but for quotes and dashes where Latin-1 has control characters.
pub(super) fn eight_bit(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| windows_1252(byte)).collect(),
    }
}

/// UTF-8 with a replacement character for each invalid sequence.
pub(super) fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// UTF-16: a byte order mark decides (and is dropped, even twice), else `big_endian`.
pub(super) fn utf16(bytes: &[u8], big_endian: bool) -> String {
    let (mut big, mut rest) = (big_endian, bytes);
    loop {
        match rest {
            [0xFE, 0xFF, tail @ ..] => (big, rest) = (true, tail),
            [0xFF, 0xFE, tail @ ..] => (big, rest) = (false, tail),
            _ => break,
        }
    }
    let units = rest.as_chunks().0.iter().map(|&pair| {
        if big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        }
    });
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// Drops padding: surrounding white space, NULs and stray byte order marks.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}')
}

/// A date as ISO `YYYY[-MM[-DD]]`, or `None` where the text holds no year.
///
/// Takes `2001`, `2001-02-03`, `2001/02/03`, `2001.02.03`, `20010203`, with or without a time after it, and
/// of texts that end in a year (`3 May 2001`, `03/05/2001`) the year alone, because which number is the month
/// cannot be known. The year 0 is what programs write for "unknown".
pub(super) fn iso_date(text: &str) -> Option<String> {
    let text = trim(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u16>().ok());
    let (year, month, day) = match digits {
        8 => (number(0, 4)?, number(4, 6), number(6, 8)),
        4 => {
            let mut parts = text.get(4..)?.split(['-', '/', '.', ':']);
            parts.next();
            let mut part = || -> Option<u16> {
                let part = parts.next()?.trim_start();
                let digits = part.bytes().take_while(u8::is_ascii_digit).count();
                part.get(..digits)?.parse().ok()
            };
            let month = text
                .as_bytes()
                .get(4)
                .filter(|byte| b"-/.:".contains(byte))
                .and_then(|_| part());
            (number(0, 4)?, month, month.and_then(|_| part()))
        }
        _ => {
            let tail = text.len().checked_sub(4)?;
            let before = text.get(..tail)?.bytes().next_back()?;
            if !text.get(tail..)?.bytes().all(|byte| byte.is_ascii_digit()) || before.is_ascii_digit() {
                return None;
            }
            (number(tail, text.len())?, None, None)
        }
    };
    let month = month.filter(|month| (1..=12).contains(month));
    let day = day.filter(|day| (1..=31).contains(day));
    match (year, month, day) {
        (0, ..) => None,
        (year, Some(month), Some(day)) => Some(format!("{year:04}-{month:02}-{day:02}")),
        (year, Some(month), None) => Some(format!("{year:04}-{month:02}")),
        (year, None, _) => Some(format!("{year:04}")),
    }
}

/// The number a text begins with: `-8.08 dB` is -8.08.
pub(super) fn leading_number(text: &str) -> Option<f32> {
    let text = trim(text);
    let end = text
        .char_indices()
        .find(|&(at, c)| !(c.is_ascii_digit() || c == '.' || c == ',' || (at == 0 && (c == '-' || c == '+'))))
        .map_or(text.len(), |(at, _)| at);
    decimal(text.get(..end)?)
}

/// `-6.54` or `6,54`. The standard library rounds the last bit better, with tables of 10 kB in the browser's bundle.
fn decimal(text: &str) -> Option<f32> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = digits.splitn(2, ['.', ',']);
    let (whole, fraction) = (parts.next()?, parts.next().unwrap_or_default());
    if whole.len() + fraction.len() == 0 || fraction.contains(['.', ',']) {
        return None;
    }
    let of = |digits: &str| {
        digits
            .bytes()
            .fold(0.0, |number, digit| number * 10.0 + f64::from(digit - b'0'))
    };
    // More digits of a fraction than these are below what a float can tell apart.
    let fraction = &fraction[..fraction.len().min(15)];
    let places = i32::try_from(fraction.len()).ok()?;
    let size = of(whole) + of(fraction) / 10_f64.powi(places);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is too great is infinite, and refused"
    )]
    let number = size as f32;
    let number = if text.starts_with('-') { -number } else { number };
    number.is_finite().then_some(number)
}

/// `7`, `07`, `7/11`: the number and the total. Zero means unknown.
pub(super) fn number_of(text: &str) -> (Option<u32>, Option<u32>) {
    let text = trim(text);
    let mut parts = text.splitn(2, ['/', '\\']).map(trim);
    let mut number = || {
        let part = parts.next()?;
        part.parse::<u32>().ok().filter(|&number| number != 0)
    };
    (number(), number())
}

/// Bytes of a base64 text, or `None` where it is not base64.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for &c in text {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            b'\r' | b'\n' | b' ' | b'\t' => continue,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xFF).unwrap_or_default());
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_date(text: &str, expected: Option<&str>) {
        assert_eq!(iso_date(text).as_deref(), expected, "{text}");
    }

    #[test]
    fn dates_become_iso_and_what_is_no_date_becomes_none() {
        check_date("2001", Some("2001"));
        check_date(" 2001-2-3 ", Some("2001-02-03"));
        check_date("2005/06/05", Some("2005-06-05"));
        check_date("2008.05.25", Some("2008-05-25"));
        check_date("20110103", Some("2011-01-03"));
        check_date("1987-03-31T07:00:00Z", Some("1987-03-31"));
        check_date("2009-09-04 14:20", Some("2009-09-04"));
        check_date("2009-00-00", Some("2009"));
        check_date("3 May 2001", Some("2001"));
        check_date("0000", None);
        check_date("unknown", None);
        check_date("year zero", None);
        check_date("ü001", None);
        check_date("", None);
    }

    #[test]
    fn numbers_are_read_with_and_without_totals() {
        assert_eq!(number_of("7/11"), (Some(7), Some(11)));
        assert_eq!(number_of("07"), (Some(7), None));
        assert_eq!(number_of("0/0"), (None, None));
        assert_eq!(number_of("A1"), (None, None));
        assert_eq!(leading_number("-8.08 dB"), Some(-8.08));
        assert_eq!(leading_number("128.00 bpm"), Some(128.0));
        assert_eq!(leading_number("loud"), None);
        assert_eq!(leading_number("-"), None);
        assert_eq!(leading_number("1.2.3"), None);
        assert_eq!(leading_number(".5"), Some(0.5));
        assert_eq!(leading_number("+7, dB"), Some(7.0));
        assert_eq!(leading_number(&"9".repeat(40)), None);
    }

    #[test]
    fn a_number_is_the_float_that_the_standard_library_reads() {
        for thousandths in -30_000..30_000 {
            let text = format!("{:.3}", f64::from(thousandths) / 1_000.0);
            assert_eq!(leading_number(&text), text.parse().ok(), "{text}");
        }
        for text in ["0.988525", "1.000000", "0.00000123", "16777217.5", "-0"] {
            assert_eq!(leading_number(text), text.parse().ok(), "{text}");
        }
    }

    #[test]
    fn utf16_follows_its_mark_and_drops_a_second_one() {
        assert_eq!(utf16(b"\xff\xfea\0", true), "a");
        assert_eq!(utf16(b"\xff\xfe\xff\xfea\0", true), "a");
        assert_eq!(utf16(b"\0a\0", true), "a");
        assert_eq!(utf16(b"\xd8\x00\0a", true), "\u{fffd}a");
    }

    #[test]
    fn latin_1_that_is_utf_8_is_read_as_utf_8() {
        assert_eq!(eight_bit("Gran día".as_bytes()), "Gran día");
        assert_eq!(eight_bit(b"Bj\xf6rk \x93x\x94"), "Björk “x”");
    }

    #[test]
    fn base64_decodes_and_refuses_other_text() {
        assert_eq!(base64(b"Zm9v\nYg=="), Some(b"foob".to_vec()));
        assert_eq!(base64(b"Zm9?"), None);
    }
}
