//! M3U and M3U8: lists of paths as every player writes them, each a little differently.
//!
//! There is no specification. What is read here: UTF-8 with and without a byte order mark, UTF-16 with one,
//! Windows-1252 for everything else; all three ends of lines; files with and without `#EXTM3U`; `#EXTINF` with
//! whole and broken seconds and with attributes; `#PLAYLIST`. What is written: UTF-8, `\n`, `/`.

use core::fmt;

use segue_components::playlist::Unmatched;

/// How long a file may be, in bytes.
pub const MOST_BYTES: usize = 32 << 20;

/// How long one path may be, in bytes; more than any system takes.
const LONGEST_PATH: usize = 16 << 10;

/// What stands in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct M3u {
    /// The name after `#PLAYLIST:`.
    pub name: Option<String>,
    /// The entries with their lines, counted from 1.
    pub entries: Vec<(u32, Unmatched)>,
}

/// Why a file is not taken for a playlist.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum M3uError {
    /// It lists the pieces of a stream (HTTP Live Streaming), not pieces of music.
    Hls {
        /// The line that says so, from 1.
        line: u32,
    },
    /// It has bytes that no text has.
    NotText {
        /// The line with the first of them, from 1.
        line: u32,
    },
    /// It is longer than [`MOST_BYTES`].
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
}

impl fmt::Display for M3uError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hls { line } => write!(
                f,
                "line {line}: this is the playlist of a stream (HLS), not a list of music files"
            ),
            Self::NotText { line } => write!(f, "line {line}: this is not a text file"),
            Self::TooLong { length } => {
                write!(f, "the file has {length} bytes, at most {MOST_BYTES} are read")
            }
        }
    }
}

impl std::error::Error for M3uError {}

/// Reads a file.
///
/// # Errors
/// A [`M3uError`].
pub fn parse(bytes: &[u8]) -> Result<M3u, M3uError> {
    if bytes.len() > MOST_BYTES {
        return Err(M3uError::TooLong { length: bytes.len() });
    }
    let text = decode(bytes);
    let mut found = M3u::default();
    let mut next = Unmatched::default();
    for (line, text) in (1..).zip(lines(&text)) {
        if text.contains('\0') {
            return Err(M3uError::NotText { line });
        }
        let text = text.trim();
        let Some(directive) = text.strip_prefix('#') else {
            if !text.is_empty() {
                let mut entry = core::mem::take(&mut next);
                text[..text.floor_char_boundary(LONGEST_PATH)].clone_into(&mut entry.path);
                found.entries.push((line, entry));
            }
            continue;
        };
        if directive.starts_with("EXT-X-") {
            return Err(M3uError::Hls { line });
        }
        if let Some(info) = after(directive, "EXTINF:") {
            (next.seconds, next.title) = read_info(info);
        } else if let Some(name) = after(directive, "PLAYLIST:") {
            let name = name.trim();
            found.name = (!name.is_empty()).then(|| name.to_owned());
        }
    }
    Ok(found)
}

/// What follows a word that may be written in any case.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(word.len())?;
    head.eq_ignore_ascii_case(word).then_some(rest)
}

/// Lines, whatever ends them.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest?;
        let end = text.find(['\r', '\n']);
        rest = end.map(|end| {
            let length = if text[end..].starts_with("\r\n") { 2 } else { 1 };
            &text[end + length..]
        });
        Some(&text[..end.unwrap_or(text.len())])
    })
}

/// Seconds and title of `#EXTINF:<seconds>[ name="value"…],<title>`.
fn read_info(info: &str) -> (u32, String) {
    let mut is_quoted = false;
    let comma = info.char_indices().find(|&(_, char)| {
        is_quoted ^= char == '"';
        char == ',' && !is_quoted
    });
    // A quote that is never closed hides no comma.
    let comma = comma.map(|(at, _)| at).or_else(|| info.find(','));
    let (head, title) = match comma {
        Some(at) => (&info[..at], info[at + 1..].trim()),
        None => (info, ""),
    };
    let head = head.trim_start();
    let end = head.find(|char: char| !char.is_ascii_digit());
    // `-1` and what is no number mean unknown.
    let seconds = head[..end.unwrap_or(head.len())].parse().unwrap_or(0);
    let title = &title[..title.floor_char_boundary(LONGEST_PATH)];
    (seconds, title.to_owned())
}

fn decode(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let (units, _) = bytes.as_chunks::<2>();
        let chars = char::decode_utf16(units.iter().map(|&unit| read(unit)));
        chars
            .map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => match core::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|&byte| windows_1252(byte)).collect(),
        },
    }
}

/// The character of a byte in Windows-1252, which is what "Latin-1" means on the machines that wrote these files.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// Writes a file. Paths are written as they are, with `/` between their parts.
#[must_use]
pub fn write(name: &str, entries: &[Unmatched]) -> String {
    let one_line = |text: &str| text.replace(['\r', '\n', '\0'], " ");
    let mut out = String::from("#EXTM3U\n#PLAYLIST:");
    out.push_str(&one_line(name));
    out.push('\n');
    for entry in entries {
        if entry.seconds > 0 || !entry.title.is_empty() {
            out.push_str("#EXTINF:");
            match entry.seconds {
                0 => out.push_str("-1"),
                seconds => out.push_str(&seconds.to_string()),
            }
            out.push(',');
            out.push_str(&one_line(&entry.title));
            out.push('\n');
        }
        // What begins with `#` would be a remark.
        if entry.path.starts_with('#') {
            out.push_str("./");
        }
        out.push_str(&one_line(&entry.path));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::persist::testing::model::Random;

    fn entry(path: &str, title: &str, seconds: u32) -> Unmatched {
        Unmatched {
            path: path.into(),
            title: title.into(),
            seconds,
        }
    }

    #[track_caller]
    fn check(bytes: &[u8], expected: &[(u32, Unmatched)]) {
        assert_eq!(parse(bytes).unwrap().entries, expected);
    }

    #[test]
    fn every_end_of_line_and_encoding_is_read() {
        let expected = [(1, entry("ä.mp3", "", 0)), (2, entry("b.mp3", "", 0))];
        check("ä.mp3\nb.mp3\n".as_bytes(), &expected);
        check("ä.mp3\r\nb.mp3".as_bytes(), &expected);
        check("ä.mp3\rb.mp3\r".as_bytes(), &expected);
        check("\u{feff}ä.mp3\n  b.mp3  \n\n".as_bytes(), &expected);
        check(b"\xe4.mp3\nb.mp3", &expected);
        let wide: Vec<u8> = "\u{feff}ä.mp3\r\nb.mp3"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        check(&wide, &expected);
        check(b"\x93x\x94.mp3", &[(1, entry("“x”.mp3", "", 0))]);
    }

    #[test]
    fn titles_and_seconds_belong_to_the_path_that_follows() {
        let text = "#EXTM3U\n#PLAYLIST: Läufe \n#EXTINF:123,A - B, C\n#EXTGRP:x\na\n#EXTINF:-1,Live\nb\n\
                    #EXTINF:12.9 tvg-id=\"1,2\",T\nc\n#extinf:7\nd\n#EXTINF:5 x=\"open,T\ne\nf\n";
        assert_eq!(parse(text.as_bytes()).unwrap().name.as_deref(), Some("Läufe"));
        check(
            text.as_bytes(),
            &[
                (5, entry("a", "A - B, C", 123)),
                (7, entry("b", "Live", 0)),
                (9, entry("c", "T", 12)),
                (11, entry("d", "", 7)),
                (13, entry("e", "T", 5)),
                (14, entry("f", "", 0)),
            ],
        );
    }

    #[test]
    fn a_stream_and_a_song_are_no_playlists() {
        let stream = b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:9.0,\nfirst.ts\n";
        assert_eq!(parse(stream), Err(M3uError::Hls { line: 2 }));
        assert_eq!(parse(b"a\nID3\x04\x00\x00"), Err(M3uError::NotText { line: 2 }));
        let long = vec![b'a'; MOST_BYTES + 1];
        assert!(matches!(parse(&long), Err(M3uError::TooLong { .. })));
        let line = vec![b'a'; 1 << 20];
        assert_eq!(parse(&line).unwrap().entries[0].1.path.len(), LONGEST_PATH);
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let random = &mut Random::new(7);
        for _ in 0..500 {
            let mut text = |most| -> String {
                let length = 1 + random.below(most);
                let letters = (0..length).map(|_| {
                    let letters = ['a', '#', '%', 'Ω', '夢', '/', '\\', ',', '"', '.', ':', '-'];
                    letters[usize::try_from(random.below(12)).unwrap()]
                });
                letters.collect()
            };
            let path = text(20);
            let title = text(9);
            let seconds = u32::try_from(random.below(400)).unwrap();
            let wanted = entry(&path, &title, seconds);
            let read = parse(write("n", core::slice::from_ref(&wanted)).as_bytes());
            if path.starts_with("#") {
                assert_eq!(read.unwrap().entries[0].1.path, format!("./{path}"));
            } else {
                assert_eq!(read.unwrap().entries[0].1, wanted);
            }
        }
    }

    #[test]
    fn random_bytes_never_panic() {
        let random = &mut Random::new(3);
        for _ in 0..3_000 {
            let length = random.below(200);
            let pieces: [&[u8]; 10] = [
                b"#EXTINF:",
                b"\r",
                b"\n",
                b"\xff\xfe",
                b"#EXT-",
                b",",
                b"\"",
                b"\xe4",
                b"-1",
                b"a/..\\%2",
            ];
            let mut bytes = Vec::new();
            for _ in 0..length {
                match random.below(3) {
                    0 => bytes.push(u8::try_from(random.below(256)).unwrap()),
                    _ => bytes.extend_from_slice(pieces[usize::try_from(random.below(10)).unwrap()]),
                }
            }
            drop(parse(&bytes));
        }
    }
}
