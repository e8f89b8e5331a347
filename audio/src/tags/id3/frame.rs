//! The content of ID3v2 frames: encodings, several values, and which frame means what.

use crate::tags::fields::Found;
use crate::tags::source::{be16, be32, from};
use crate::tags::{genre, text};

/// A NUL-terminated text in `encoding`: the text and the offset after its terminator.
pub(super) fn split_text(encoding: u8, bytes: &[u8]) -> Option<(String, usize)> {
    if matches!(encoding, 1 | 2) {
        let end = bytes.as_chunks::<2>().0.iter().position(|pair| pair == &[0, 0])? * 2;
        return Some((decode(encoding, &bytes[..end]), end + 2));
    }
    let end = bytes.iter().position(|&byte| byte == 0)?;
    Some((decode(encoding, &bytes[..end]), end + 1))
}

fn decode(encoding: u8, bytes: &[u8]) -> String {
    match encoding {
        1 => text::utf16(bytes, false),
        2 => text::utf16(bytes, true),
        3 => text::utf8(bytes),
        _ => text::eight_bit(bytes),
    }
}

/// The values of a text frame: separated by NUL in version 2.4, and in practice in 2.3 too.
fn values(content: &[u8]) -> Vec<String> {
    let Some((&encoding, bytes)) = content.split_first() else {
        return Vec::new();
    };
    // Text that does not start with an encoding: a few programs wrote none.
    let (encoding, bytes) = if encoding > 3 {
        (0, content)
    } else {
        (encoding, bytes)
    };
    let mut values = Vec::new();
    let mut rest = bytes;
    // The first value's byte order mark holds for the others, which often have none.
    let encoding = if encoding == 1 && bytes.starts_with(b"\xfe\xff") {
        2
    } else {
        encoding
    };
    while !rest.is_empty() {
        match split_text(encoding, rest) {
            Some((value, after)) => {
                values.push(value);
                rest = from(rest, after);
            }
            None => {
                values.push(decode(encoding, rest));
                break;
            }
        }
    }
    values
}

/// Reads a frame of text, or of text with a description, into the fields.
pub(super) fn text_frame(id: &str, content: &[u8], found: &mut Found) {
    let fields = &mut found.fields;
    match id {
        "TXXX" | "TXX" => {
            let mut values = values(content).into_iter();
            let name = values.next().unwrap_or_default();
            for value in values {
                fields.add_named(&name, &value);
            }
        }
        "COMM" | "COM" => {
            let (name, value) = described(content);
            let name = text::trim(&name);
            if name.is_empty() {
                fields.add("comment", &value);
            } else {
                fields.add_named(name, &value);
            }
        }
        "USLT" | "ULT" => fields.add("lyrics", &described(content).1),
        "SYLT" | "SLT" => {
            // Encoding, language, unit, type, description; then text, NUL, time, again and again.
            let encoding = content.first().copied().unwrap_or_default();
            let lyrics = from(content, 6);
            let after = split_text(encoding, lyrics).map_or(0, |(_, after)| after);
            let words = decode(encoding, from(lyrics, after));
            if words.chars().any(char::is_alphanumeric) {
                fields.add("synced_lyrics", &words);
            }
        }
        "UFID" | "UFI" => {
            if let Some((owner, after)) = split_text(0, content) {
                let id = text::eight_bit(from(content, after));
                if owner == "http://musicbrainz.org" {
                    fields.add("mb_recording", &id);
                } else {
                    fields.add("ufid", &format!("{owner}\0{id}"));
                }
            }
        }
        "RVA2" => relative_volume(content, found),
        _ if id.starts_with('W') => {
            let url = if matches!(id, "WXXX" | "WXX") {
                described_from(content, 1).1
            } else {
                text::eight_bit(content)
            };
            fields.add(
                if matches!(id, "WOAR" | "WAR") {
                    "url"
                } else {
                    "link"
                },
                url.split('\0').next().unwrap_or_default(),
            );
        }
        "TCON" | "TCO" => {
            for value in values(content) {
                for genre in value.split(';').flat_map(genre::resolve) {
                    fields.add("genre", &genre);
                }
            }
        }
        "IPLS" | "IPL" | "TIPL" | "TMCL" | "XSOP" | "USER" => {
            fields.add(
                text_name(id).unwrap_or(&id.to_lowercase()),
                &values(content).join("\0"),
            );
        }
        _ if id.starts_with('T') || matches!(id, "GRP1" | "GP1" | "MVNM" | "MVIN") => {
            let values = values(content);
            let name = text_name(id);
            for value in &values {
                if id == "TDAT" || id == "TDA" {
                    day_and_month(value, fields);
                }
                // `1/12`: apart, so that another tag of the file can give a total that this one lacks.
                let total = match name {
                    Some("track") => "track_total",
                    Some("disc") => "disc_total",
                    Some("movement") => "movement_total",
                    _ => "",
                };
                match (text::number_of(value), total) {
                    ((Some(number), of), "track_total" | "disc_total" | "movement_total") => {
                        fields.add(name.unwrap_or_default(), &number.to_string());
                        if let Some(of) = of {
                            fields.add(total, &of.to_string());
                        }
                    }
                    _ => fields.add(name.unwrap_or(&id.to_lowercase()), value),
                }
            }
        }
        _ => {}
    }
}

/// `DDMM` beside the year of version 2.3, kept until the year is known.
fn day_and_month(value: &str, fields: &mut crate::tags::fields::Fields) {
    let (Some(day), Some(month)) = (value.get(..2), value.get(2..4)) else {
        return;
    };
    fields.add("month_and_day", &format!("{month}-{day}"));
}

fn text_name(id: &str) -> Option<&'static str> {
    Some(match id {
        "TIT2" | "TT2" => "title",
        "TPE1" | "TP1" => "artist",
        "TALB" | "TAL" => "album",
        "TPE2" | "TP2" => "album_artist",
        "TSOT" | "TST" => "title_sort",
        "TSOP" | "TSP" | "XSOP" => "artist_sort",
        "TSOA" | "TSA" => "album_sort",
        "TSO2" | "TS2" => "album_artist_sort",
        "TRCK" | "TRK" => "track",
        "TPOS" | "TPA" => "disc",
        "TDRC" => "date",
        "TYER" | "TYE" => "year",
        "TDRL" => "release_date",
        "TDOR" => "original_date",
        "TORY" | "TOR" => "original_year",
        "TCOM" | "TCM" => "composer",
        "TPUB" | "TPB" => "label",
        "TBPM" | "TBP" => "bpm",
        "TCMP" | "TCP" => "compilation",
        "TSRC" | "TRC" => "isrc",
        "GRP1" | "GP1" => "modern_grouping",
        "TIT1" | "TT1" => "grouping",
        "TCOP" | "TCR" => "copyright",
        "TENC" | "TEN" => "encoded_by",
        "TSSE" | "TSS" => "encoder_settings",
        "TMED" | "TMT" => "media",
        "TLAN" | "TLA" => "language",
        "TKEY" | "TKE" => "initial_key",
        "TPE3" | "TP3" => "conductor",
        "TEXT" | "TXT" => "lyricist",
        "TSST" => "set_subtitle",
        "MVNM" => "movement_name",
        "MVIN" => "movement",
        _ => return None,
    })
}

/// Encoding, language, description, text.
fn described(content: &[u8]) -> (String, String) {
    described_from(content, 4)
}

fn described_from(content: &[u8], start: usize) -> (String, String) {
    let encoding = content.first().copied().unwrap_or_default();
    let rest = from(content, start);
    match split_text(encoding, rest) {
        Some((description, after)) if after < rest.len() => {
            let value = values_text(encoding, from(rest, after), rest);
            (description, value)
        }
        // No terminator, or nothing after it: then what there is is the text.
        _ => (String::new(), decode(encoding, rest)),
    }
}

/// The text after a description, whose byte order mark holds for it if it has none.
fn values_text(encoding: u8, bytes: &[u8], whole: &[u8]) -> String {
    let encoding = if encoding == 1 && whole.starts_with(b"\xfe\xff") {
        2
    } else {
        encoding
    };
    decode(encoding, bytes)
}

/// The gain of the channel "master" of an RVA2 frame named `track` or `album`.
fn relative_volume(content: &[u8], found: &mut Found) {
    let Some((name, mut at)) = split_text(0, content) else {
        return;
    };
    let (gain_key, peak_key) = match name.to_ascii_lowercase().as_str() {
        "track" => ("replaygain_track_gain", "replaygain_track_peak"),
        "album" => ("replaygain_album_gain", "replaygain_album_peak"),
        _ => return,
    };
    while let (Some(&channel), Some(gain), Some(&bits)) =
        (content.get(at), be16(content, at + 1), content.get(at + 3))
    {
        let peak_bytes = usize::from(bits).div_ceil(8);
        if channel == 1 {
            let gain = f64::from(i16::from_be_bytes(gain.to_be_bytes())) / 512.0;
            found.fields.add(gain_key, &format!("{gain:.2} dB"));
            if peak_bytes == 2
                && let Some(peak) = be16(content, at + 4)
            {
                found
                    .fields
                    .add(peak_key, &format!("{:.6}", f64::from(peak) / 32768.0));
            } else if peak_bytes == 4
                && let Some(peak) = be32(content, at + 4)
            {
                found
                    .fields
                    .add(peak_key, &format!("{:.6}", f64::from(peak) / 2_147_483_648.0));
            }
        }
        at += 4 + peak_bytes;
    }
}
