//! Tags against the answers of other people's tests, hostile files, and the bytes that reading may cost.
#![expect(
    clippy::unwrap_used,
    reason = "a test's own files and answers are there and whole"
)]
#![expect(clippy::print_stdout, reason = "the counts are what these tests are read for")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Cursor, SeekFrom};
use std::path::{Path, PathBuf};

use segue_audio::tags::{self, FileTags, ReadOptions, TagError};
use serde_json::Value;

#[path = "tags/exceptions.rs"]
mod exceptions;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tags")
}

/// The whole corpus, where there is one.
fn corpus(folder: &str) -> Option<PathBuf> {
    Some(
        PathBuf::from(std::env::var_os("SEGUE_CORPUS")?)
            .join("tags")
            .join(folder),
    )
}

fn options() -> ReadOptions {
    ReadOptions {
        pictures: true,
        other: true,
        ..ReadOptions::default()
    }
}

fn read(path: &Path) -> Result<FileTags, TagError> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    tags::read(&mut Cursor::new(fs::read(path).unwrap()), &name, &options())
}

/// Names compared without case, spaces and underscores.
fn squeeze(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn list<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

/// All values of a field under the name that the corpora give it.
fn actual(tags: &FileTags, name: &str) -> Vec<String> {
    let name = squeeze(name);
    let mut values = match name.as_str() {
        "title" => list(&tags.title),
        "artist" => tags.artists.clone(),
        "album" => list(&tags.album),
        "albumartist" => tags.album_artists.clone(),
        "artistsort" | "tsop" => list(&tags.artist_sort),
        "tso2" => list(&tags.album_artist_sort),
        "track" => list(tags.track),
        "tracktotal" => list(tags.track_total),
        "disc" => list(tags.disc),
        "disctotal" => list(tags.disc_total),
        "year" | "date" => list(&tags.date),
        "originalyear" | "tory" => list(&tags.original_date),
        "genre" => tags.genres.clone(),
        "composer" => tags.composers.clone(),
        "comment" => list(&tags.comment),
        "grouping" => list(&tags.grouping),
        "label" | "publisher" => list(&tags.label),
        "bpm" => list(tags.bpm),
        "compilation" | "cpil" => list([u8::from(tags.compilation)]),
        "isrc" => list(&tags.isrc),
        "ufid" => list(
            tags.musicbrainz
                .recording
                .iter()
                .map(|id| format!("http://musicbrainz.org\0{id}")),
        ),
        "musicbrainzrecordingid" | "musicbrainztrackid" => list(&tags.musicbrainz.recording),
        "musicbrainzreleasetrackid" => list(&tags.musicbrainz.track),
        "musicbrainzreleaseid" | "musicbrainzalbumid" => list(&tags.musicbrainz.release),
        "musicbrainzreleasegroupid" => list(&tags.musicbrainz.release_group),
        "musicbrainzartistid" => tags.musicbrainz.artists.clone(),
        "musicbrainzalbumartistid" => tags.musicbrainz.album_artists.clone(),
        "replaygaintrackgain" => list(tags.replaygain.track_gain_db),
        "replaygaintrackpeak" => list(tags.replaygain.track_peak),
        "replaygainalbumgain" => list(tags.replaygain.album_gain_db),
        "replaygainalbumpeak" => list(tags.replaygain.album_peak),
        _ => Vec::new(),
    };
    values.extend(
        tags.other
            .iter()
            .filter(|(key, _)| squeeze(key) == name)
            .map(|(_, value)| value.clone()),
    );
    values
}

/// A value as text for comparison: trimmed; numbers without decoration; dates as ISO.
fn plain(name: &str, value: &str) -> String {
    let value = value.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}');
    let name = squeeze(name);
    let digits = value.trim_end_matches("dB").trim();
    match name.as_str() {
        "year" | "date" => value.replace(['.', '/'], "-"),
        _ if name.starts_with("replaygain") || name == "bpm" => digits
            .parse::<f32>()
            .map_or(value.to_owned(), |number| number.to_string()),
        _ => value.replace("\r\n", "\n"),
    }
}

/// What a row expects and a file gives differently.
#[derive(Debug)]
struct Difference {
    file: String,
    field: String,
    expected: String,
    actual: String,
}

struct Check<'a> {
    file: &'a str,
    differences: &'a mut Vec<Difference>,
    fields: &'a mut usize,
}

impl Check<'_> {
    fn that(&mut self, right: bool, field: &str, expected: impl ToString, actual: impl ToString) {
        *self.fields += 1;
        if !right {
            self.differences.push(Difference {
                file: self.file.to_owned(),
                field: field.to_owned(),
                expected: expected.to_string(),
                actual: actual.to_string(),
            });
        }
    }

    /// Blank and zero mean unknown on both sides.
    fn values(&mut self, field: &str, expected: &[String], tags: &FileTags) {
        let tidy = |values: &[String]| -> Vec<String> {
            let mut all = Vec::new();
            for value in values {
                let value = plain(field, value);
                if !value.is_empty() && value != "0" && !all.contains(&value) {
                    all.push(value);
                }
            }
            all
        };
        let (expected, actual) = (tidy(expected), tidy(&actual(tags, field)));
        self.that(
            expected == actual,
            field,
            format!("{expected:?}"),
            format!("{actual:?}"),
        );
    }

    /// What is no number or date may stand in `other` as it was found, but not where numbers are.
    fn absent(&mut self, field: &str, tags: &FileTags) {
        self.values(
            field,
            &[],
            &FileTags {
                other: Vec::new(),
                ..tags.clone()
            },
        );
    }

    /// Durations agree to 2 ms, because ours are whole milliseconds; or after the encoder's delay and padding
    /// are added, which some readers count as sound; or but for the frame of information that starts an MP3,
    /// which some readers count too.
    fn duration(&mut self, expected: f64, tags: &FileTags) {
        let format = &tags.format;
        let seconds = format
            .duration_ms
            .map(|duration| f64::from(u32::try_from(duration).unwrap()) / 1000.0);
        let rate = f64::from(format.sample_rate.unwrap_or(1));
        let gap = f64::from(format.delay.unwrap_or(0) + format.padding.unwrap_or(0)) / rate;
        let frame = match format.codec.as_str() {
            "mp3" if rate < 32_000.0 => 576.0 / rate,
            "mp3" => 1152.0 / rate,
            _ => 0.0,
        };
        let near = |offset: f64| (seconds.unwrap_or(0.0) + offset - expected).abs() <= 0.002;
        let right = near(0.0) || near(gap) || near(frame) || near(gap + frame);
        self.that(right, "duration", expected, format!("{seconds:?}"));
    }

    /// Bitrates agree to 1 %. A reader that divides the whole file by its duration counts the tags too.
    fn bitrate(&mut self, expected: f64, size: u64, tags: &FileTags) {
        let actual = f64::from(tags.format.bitrate.unwrap_or(0)) / 1000.0;
        let near = |actual: f64| (actual - expected).abs() <= expected.abs() * 0.01 + 0.001;
        let seconds = tags.format.duration_ms.map_or(1.0, |duration| {
            f64::from(u32::try_from(duration).unwrap()) / 1000.0
        });
        let whole = f64::from(u32::try_from(size).unwrap()) * 8.0 / 1000.0 / seconds;
        let lossless = tags.format.codec == "flac";
        self.that(
            near(actual) || lossless && near(whole),
            "bitrate",
            expected,
            actual,
        );
    }
}

/// The type of a file as tinytag writes it.
fn mime_type(tags: &FileTags) -> String {
    let codec = tags.format.codec.as_str();
    let (base, code) = match tags.format.container.as_str() {
        "mpeg" => ("audio/mpeg", ""),
        "flac" => ("audio/flac", ""),
        "ogg" => ("audio/ogg", codec),
        "wav" => (
            "audio/wav",
            match codec {
                "pcm" => "1",
                "adpcm-ms" => "2",
                "pcm-float" => "3",
                "gsm" => "31",
                "mp3" => "55",
                other => other,
            },
        ),
        "aiff" => ("audio/aiff", if codec == "pcm" { "NONE" } else { codec }),
        "mp4" => (
            "audio/mp4",
            match codec {
                "aac" => "mp4a.40.2",
                "he-aac" => "mp4a.40.5",
                "als" => "mp4a.40.36",
                "mp3" => "mp4a.6B",
                other => other,
            },
        ),
        other => (other, codec),
    };
    if code.is_empty() {
        base.to_owned()
    } else {
        format!("{base}; codecs=\"{code}\"")
    }
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(strings).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null => Vec::new(),
        Value::Bool(flag) => vec![u8::from(*flag).to_string()],
        other => vec![other.to_string()],
    }
}

fn check_tinytag_row(check: &mut Check<'_>, path: &Path, row: &Value) {
    let result = read(path);
    if row["must"] == "refuse" {
        check.that(result.is_err(), "must", "refuse", format!("{result:?}"));
        return;
    }
    let expected = &row["expected"];
    let tags = match result {
        Ok(tags) => tags,
        Err(error) => {
            // No statement is made about these rows but that they end.
            check.that(
                expected.is_null() && row["images"].is_null(),
                "error",
                "tags",
                error,
            );
            return;
        }
    };
    let size = fs::metadata(path).unwrap().len();
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (field, value) in expected.as_object().into_iter().flatten() {
        let format = &tags.format;
        match field.as_str() {
            "filesize" => check.that(value == size, field, value, size),
            "mime_type" => check.that(*value == mime_type(&tags), field, value, mime_type(&tags)),
            "is_lossless" => {
                let lossless = ["pcm", "pcm-float", "flac", "alac", "als"].contains(&format.codec.as_str());
                check.that(value.as_bool() == Some(lossless), field, value, lossless);
            }
            "samplerate" => check.that(
                value.as_u64().unwrap_or(0) == u64::from(format.sample_rate.unwrap_or(0)),
                field,
                value,
                format!("{:?}", format.sample_rate),
            ),
            "channels" => check.that(
                value.as_u64().unwrap_or(0) == u64::from(format.channels.unwrap_or(0)),
                field,
                value,
                format!("{:?}", format.channels),
            ),
            "bitdepth" => check.that(
                value.as_u64().unwrap_or(0) == u64::from(format.bits_per_sample.unwrap_or(0)),
                field,
                value,
                format!("{:?}", format.bits_per_sample),
            ),
            "duration" => check.duration(value.as_f64().unwrap(), &tags),
            "bitrate" => check.bitrate(value.as_f64().unwrap(), size, &tags),
            "other" => {
                for (field, value) in value.as_object().unwrap() {
                    fields.entry(field.clone()).or_default().extend(strings(value));
                }
            }
            _ => {
                let first = strings(value);
                let values = fields.entry(field.clone()).or_default();
                values.splice(0..0, first);
            }
        }
    }
    for (field, values) in &fields {
        match field.as_str() {
            "lyrics" => check.that(tags.has_lyrics, field, "lyrics", "none"),
            _ => check.values(field, values, &tags),
        }
    }
    for field in [
        "title",
        "artist",
        "album",
        "albumartist",
        "genre",
        "composer",
        "track",
        "track_total",
        "disc",
        "disc_total",
    ] {
        if expected.is_object() && !fields.contains_key(field) {
            check.absent(field, &tags);
        }
    }
    check_tinytag_images(check, &row["images"], &tags);
}

fn check_tinytag_images(check: &mut Check<'_>, images: &Value, tags: &FileTags) {
    let Some(images) = images.as_object() else { return };
    let others = images["other"].as_object().unwrap();
    // A picture of no bytes is none.
    let all = others
        .values()
        .flat_map(|list| list.as_array().unwrap())
        .chain(images.get("front_cover"));
    let count = all.filter(|image| image["size"] != 0).count();
    check.that(
        tags.picture_count == u32::try_from(count).unwrap(),
        "images",
        count,
        tags.picture_count,
    );
    let generic = others.get("generic").and_then(|list| list.get(0));
    let first = images
        .get("front_cover")
        .or(generic)
        .or_else(|| others.values().next()?.get(0))
        .unwrap();
    let picture = tags.picture.as_ref();
    let actual = picture.map(|picture| (picture.mime.as_str(), picture.bytes.len()));
    let expected = (
        first["mime_type"].as_str().unwrap(),
        usize::try_from(first["size"].as_u64().unwrap()).unwrap(),
    );
    check.that(
        actual == Some(expected),
        "picture",
        format!("{expected:?}"),
        format!("{actual:?}"),
    );
    let start: String = picture
        .into_iter()
        .flat_map(|picture| &picture.bytes)
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let expected = first["data_starts_hex"].as_str().unwrap();
    let length = start.len().min(expected.len());
    check.that(
        length > 0 && start[..length] == expected[..length],
        "picture start",
        expected,
        &start,
    );
}

fn check_mediafile_row(check: &mut Check<'_>, path: &Path, row: &Value) {
    let result = read(path);
    let expected = &row["expected"];
    let tags = match result {
        Ok(tags) => tags,
        Err(error) => {
            check.that(expected.is_null(), "error", "tags", error);
            return;
        }
    };
    let other = [".jpg", ".png", ".tiff", ".xml", ".m3u", ".m3u8", "not_music"];
    check.that(
        !other.iter().any(|end| check.file.ends_with(end)),
        "refusal",
        "an error",
        "tags",
    );
    if expected.is_null() {
        return;
    }
    let properties = &row["properties"];
    check.duration(properties["duration"].as_f64().unwrap(), &tags);
    for (field, actual) in [
        ("sample_rate", tags.format.sample_rate),
        ("channels", tags.format.channels.map(u32::from)),
        ("bits", tags.format.bits_per_sample.map(u32::from)),
    ] {
        if let Some(value) = properties[field].as_u64() {
            check.that(
                actual.map(u64::from) == Some(value),
                field,
                value,
                format!("{actual:?}"),
            );
        }
    }
    for (field, value) in expected.as_object().unwrap() {
        match field.as_str() {
            "lyrics" => check.that(tags.has_lyrics, field, value, "none"),
            "year" => check.that(
                tags.year.map(u64::from) == value.as_u64(),
                field,
                value,
                format!("{:?}", tags.year),
            ),
            "images" => check_mediafile_images(check, value, &tags),
            "date" => {
                // This reader writes an unknown month and day as the first.
                let date = tags.date.clone().unwrap_or_default();
                let full = format!("{date}{}", &"-01-01"[6 - (10 - date.len().clamp(4, 10))..]);
                check.that(*value == full, field, value, full);
            }
            _ => check.values(field, &strings(value), &tags),
        }
    }
    for field in [
        "title",
        "artist",
        "album",
        "album_artist",
        "genre",
        "composer",
        "track",
        "track_total",
        "disc",
        "disc_total",
        "date",
    ] {
        if expected[field].is_null() {
            check.absent(field, &tags);
        }
    }
}

fn check_mediafile_images(check: &mut Check<'_>, images: &Value, tags: &FileTags) {
    // A picture of no bytes is none.
    let images: Vec<&Value> = images
        .as_array()
        .unwrap()
        .iter()
        .filter(|image| image["size"] != 0)
        .collect();
    check.that(
        images.len() == usize::try_from(tags.picture_count).unwrap(),
        "images",
        images.len(),
        tags.picture_count,
    );
    let Some(best) = images
        .iter()
        .find(|image| image["type"] == "front")
        .or(images.first())
    else {
        return;
    };
    let actual = tags
        .picture
        .as_ref()
        .map(|picture| (picture.mime.as_str(), picture.bytes.len() as u64));
    let expected = best["mime"].as_str().zip(best["size"].as_u64());
    check.that(
        actual == expected,
        "picture",
        format!("{expected:?}"),
        format!("{actual:?}"),
    );
}

/// Checks all rows of a folder; what differs must be what the exceptions say, no more and no less.
fn check_folder(folder: &Path, name: &str, row_check: fn(&mut Check<'_>, &Path, &Value), whole: bool) {
    let answers: Value = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let rows = answers["files"].as_array().unwrap();
    let (mut differences, mut fields) = (Vec::new(), 0);
    for row in rows {
        let file = row["file"].as_str().unwrap();
        let mut check = Check {
            file,
            differences: &mut differences,
            fields: &mut fields,
        };
        row_check(&mut check, &folder.join(file), row);
    }
    let mut used = vec![0; exceptions::ALL.len()];
    let mut wrong = Vec::new();
    let mut rows_excepted: Vec<&str> = Vec::new();
    for difference in &differences {
        let found = exceptions::ALL
            .iter()
            .position(|exception| exception.covers(name, &difference.file, &difference.field));
        match found {
            Some(at) => {
                used[at] += 1;
                rows_excepted.push(&difference.file);
            }
            None => wrong.push(difference),
        }
    }
    rows_excepted.sort_unstable();
    rows_excepted.dedup();
    let excepted: usize = used.iter().sum();
    println!(
        "{name}: {} rows, {} match, {} under an exception; {fields} values, {} match, {excepted} under an exception; {} wrong",
        rows.len(),
        rows.len() - rows_excepted.len(),
        rows_excepted.len(),
        fields - differences.len(),
        wrong.len()
    );
    for wrong in &wrong {
        println!(
            "{name}: {} {}: expected {}, got {}",
            wrong.file, wrong.field, wrong.expected, wrong.actual
        );
    }
    assert!(wrong.is_empty(), "{} values differ", wrong.len());
    if whole {
        for (exception, used) in exceptions::ALL.iter().zip(used) {
            if exception.corpus == name {
                println!("{name}: {used} x {}", exception.reason);
            }
            assert!(exception.corpus != name || used > 0, "stale: {exception:?}");
        }
    }
}

/// What two other readers say: tags by the one that reads them, properties where both agree.
fn check_peers_row(check: &mut Check<'_>, path: &Path, row: &Value) {
    let result = read(path);
    let (reading, probe) = (&row["mutagen_reading"], &row["ffprobe"]);
    if reading.is_null() {
        // Refused by one reader, or hostile: it is enough that reading ends.
        return;
    }
    let tags = match result {
        Ok(tags) => tags,
        Err(error) => {
            check.that(
                reading["tags"].as_object().is_none_or(|tags| tags.is_empty()),
                "error",
                "tags",
                error,
            );
            return;
        }
    };
    for (field, actual) in [
        ("sample_rate", tags.format.sample_rate),
        ("channels", tags.format.channels.map(u32::from)),
    ] {
        let (one, other) = (reading["info"][field].as_u64(), probe[field].as_u64());
        if one.is_some() && one == other && one != Some(0) {
            check.that(
                actual.map(u64::from) == one,
                field,
                format!("{one:?}"),
                format!("{actual:?}"),
            );
        }
    }
    let (one, other) = (reading["info"]["length"].as_f64(), probe["duration"].as_f64());
    if let (Some(one), Some(other)) = (one, other)
        && (one - other).abs() <= 0.002
    {
        check.duration(one, &tags);
    }
    for (field, names) in [
        ("title", ["TIT2", "title", "©nam", "TITLE"]),
        ("artist", ["TPE1", "artist", "©ART", "ARTIST"]),
        ("album", ["TALB", "album", "©alb", "ALBUM"]),
        ("album_artist", ["TPE2", "albumartist", "aART", "ALBUMARTIST"]),
        ("genre", ["TCON", "genre", "©gen", "GENRE"]),
        ("composer", ["TCOM", "composer", "©wrt", "COMPOSER"]),
        ("date", ["TDRC", "date", "©day", "YEAR"]),
        ("bpm", ["TBPM", "bpm", "tmpo", "BPM"]),
        ("isrc", ["TSRC", "isrc", "----:com.apple.iTunes:isrc", "ISRC"]),
    ] {
        let Some(expected) = names.iter().find_map(|&name| reading["tags"].get(name)) else {
            continue;
        };
        if field == "bpm" && expected.is_object() {
            continue;
        }
        check.values(field, &strings(expected), &tags);
    }
    for (field, total, names) in [
        ("track", "track_total", ["TRCK", "tracknumber", "trkn", "TRACK"]),
        ("disc", "disc_total", ["TPOS", "discnumber", "disk", "DISC"]),
    ] {
        let Some(expected) = names.iter().find_map(|&name| reading["tags"].get(name)) else {
            continue;
        };
        let numbers: Vec<String> = strings(expected)
            .iter()
            .flat_map(|text| text.split('/').map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let number = |at: usize| -> Vec<String> {
            numbers
                .get(at)
                .and_then(|text| text.parse::<u32>().ok())
                .iter()
                .map(ToString::to_string)
                .collect()
        };
        let own = FileTags {
            other: Vec::new(),
            ..tags.clone()
        };
        check.values(field, &number(0), &own);
        check.values(total, &number(1), &own);
    }
}

#[test]
fn what_two_other_readers_agree_on_is_read_so() {
    for name in ["lofty", "rust-id3", "mp4ameta"] {
        if let Some(folder) = corpus(name) {
            check_folder(&folder, name, check_peers_row, true);
        }
    }
}

#[test]
fn a_copied_part_of_the_rows_matches_without_the_corpus() {
    check_folder(&data().join("tinytag"), "tinytag", check_tinytag_row, false);
    check_folder(&data().join("mediafile"), "mediafile", check_mediafile_row, false);
}

/// A file of given parts and zeros between them, which counts what is fetched.
struct Sparse {
    parts: Vec<(u64, Vec<u8>)>,
    length: u64,
    at: u64,
    fetched: u64,
}

impl Sparse {
    fn new(parts: Vec<(u64, Vec<u8>)>, length: u64) -> Self {
        Self {
            parts,
            length,
            at: 0,
            fetched: 0,
        }
    }
}

impl io::Read for Sparse {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = into
            .len()
            .min(usize::try_from(self.length.saturating_sub(self.at)).unwrap());
        for (offset, byte) in into[..count].iter_mut().enumerate() {
            let at = self.at + offset as u64;
            let part = self
                .parts
                .iter()
                .find(|(start, part)| (*start..*start + part.len() as u64).contains(&at));
            *byte = part.map_or(0, |(start, part)| part[usize::try_from(at - start).unwrap()]);
        }
        self.at += count as u64;
        self.fetched += count as u64;
        Ok(count)
    }
}

impl io::Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(back) => self.length.checked_add_signed(back).unwrap(),
            SeekFrom::Current(by) => self.at.checked_add_signed(by).unwrap(),
        };
        Ok(self.at)
    }
}

const COVER: usize = 1 << 20;
const SOUND: u64 = 30 << 20;

/// A megabyte that begins like a JPEG picture.
fn cover() -> Vec<u8> {
    let mut bytes = vec![0x55; COVER];
    bytes[..4].copy_from_slice(&[0xFF, 0xD8, 0xFF, 0xE0]);
    bytes
}

fn be32(value: usize) -> [u8; 4] {
    u32::try_from(value).unwrap().to_be_bytes()
}

fn le32(value: usize) -> [u8; 4] {
    u32::try_from(value).unwrap().to_le_bytes()
}

fn flac_picture() -> Vec<u8> {
    let head = [
        &be32(3)[..],
        &be32(10),
        b"image/jpeg",
        &be32(0),
        &[0; 16],
        &be32(COVER),
    ]
    .concat();
    [head, cover()].concat()
}

fn comments(list: &[&[u8]]) -> Vec<u8> {
    let mut bytes = [&le32(4)[..], b"test", &le32(list.len())].concat();
    for comment in list {
        bytes.extend(le32(comment.len()));
        bytes.extend(*comment);
    }
    bytes
}

fn flac_block(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &be32(body.len())[1..], body].concat()
}

fn flac_head() -> Vec<u8> {
    let mut info = vec![0; 34];
    // 44.1 kHz, two channels, 16 bits, 7,938,000 frames: three minutes.
    info[10..18].copy_from_slice(&(44_100_u64 << 44 | 1 << 41 | 15 << 36 | 7_938_000).to_be_bytes());
    [
        b"fLaC".to_vec(),
        flac_block(0, &info),
        flac_block(6, &flac_picture()),
        flac_block(4 | 0x80, &comments(&[b"TITLE=after the cover"])),
    ]
    .concat()
}

fn id3_frame(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = be32(
        (body.len() & 0x7F)
            | (body.len() & 0x3F80) << 1
            | (body.len() & 0x1F_C000) << 2
            | (body.len() >> 21) << 24,
    );
    [&id[..], &size, &[0, 0], body].concat()
}

fn mp3_head() -> Vec<u8> {
    let picture = [&b"\0image/jpeg\0\x03\0"[..], &cover()].concat();
    let frames = [
        id3_frame(b"APIC", &picture),
        id3_frame(b"TIT2", b"\x03after the cover"),
    ]
    .concat();
    let tag = id3_frame(b"ID3\x04", &frames);
    // The header of a tag is that of a frame, but for the places of version, flags and size.
    let mut bytes = [b"ID3\x04\0\0", &tag[4..8], &frames].concat();
    // 64 KiB of frames of 128 kbit/s at 44.1 kHz: 417 bytes each.
    for _ in 0..157 {
        bytes.extend([0xFF, 0xFB, 0x90, 0x00]);
        bytes.extend([0; 413]);
    }
    bytes
}

fn mp4_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&be32(body.len() + 8)[..], kind, body].concat()
}

fn m4a_tail() -> Vec<u8> {
    let item = |kind: &[u8; 4], format: usize, value: &[u8]| {
        mp4_box(
            kind,
            &mp4_box(b"data", &[&be32(format)[..], &be32(0), value].concat()),
        )
    };
    let list = [
        item(b"covr", 13, &cover()),
        item(b"\xa9nam", 1, b"after the cover"),
    ]
    .concat();
    let meta = mp4_box(b"meta", &[&be32(0)[..], &mp4_box(b"ilst", &list)].concat());
    let head = [&[0; 12][..], &be32(44_100), &be32(7_938_000), &[0; 4]].concat();
    let entry = mp4_box(
        b"mp4a",
        &[&[0; 16][..], &[0, 2, 0, 16, 0, 0, 0, 0, 0xAC, 0x44, 0, 0]].concat(),
    );
    let stsd = mp4_box(b"stsd", &[&be32(0)[..], &be32(1), &entry].concat());
    let sizes = mp4_box(b"stsz", &vec![0; 300 << 10]);
    let table = mp4_box(b"minf", &mp4_box(b"stbl", &[sizes, stsd].concat()));
    let handler = mp4_box(b"hdlr", b"\0\0\0\0\0\0\0\0soun");
    let media = mp4_box(b"mdia", &[mp4_box(b"mdhd", &head), handler, table].concat());
    mp4_box(
        b"moov",
        &[mp4_box(b"trak", &media), mp4_box(b"udta", &meta)].concat(),
    )
}

fn ogg_pages(packets: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut page = |flags: u8, granule: u64, laces: &[u8], body: &[u8]| {
        bytes.extend(b"OggS\0");
        bytes.push(flags);
        bytes.extend(granule.to_le_bytes());
        bytes.extend([
            7,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            u8::try_from(laces.len()).unwrap(),
        ]);
        bytes.extend(laces);
        bytes.extend(body);
    };
    for (index, packet) in packets.iter().enumerate() {
        let mut flags = if index == 0 { 2 } else { 0 };
        let mut rest = *packet;
        loop {
            let here = rest.len().min(255 * 255);
            let mut laces = vec![255; here / 255];
            let ends = here == rest.len() && laces.len() < 255;
            if ends {
                laces.push(u8::try_from(here % 255).unwrap());
            }
            page(
                flags,
                if index < 2 { 0 } else { 8_640_312 },
                &laces,
                &rest[..here],
            );
            rest = &rest[here..];
            flags = 1;
            if ends {
                break;
            }
        }
    }
    bytes
}

fn opus_file() -> Vec<(u64, Vec<u8>)> {
    let mut picture = b"METADATA_BLOCK_PICTURE=".to_vec();
    for block in flac_picture().chunks(3) {
        let bits = block
            .iter()
            .fold(0_usize, |bits, &byte| bits << 8 | usize::from(byte))
            << (8 * (3 - block.len()));
        for at in 0..=block.len() {
            let table = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            picture.push(table[bits >> (18 - 6 * at) & 63]);
        }
        picture.extend(vec![b'='; 3 - block.len()]);
    }
    let tags = [&b"OpusTags"[..], &comments(&[&picture, b"TITLE=after the cover"])].concat();
    let head = ogg_pages(&[b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0", &tags]);
    let last = ogg_pages(&[b"", b"", &[1; 100]]);
    let at = head.len() as u64 + SOUND;
    vec![(0, head), (at, last)]
}

/// Reads with and without the picture; both must find the title, and fetch little.
#[track_caller]
fn check_ranges(name: &str, parts: Vec<(u64, Vec<u8>)>, duration: u64) {
    let end = parts
        .iter()
        .map(|(at, part)| at + part.len() as u64)
        .max()
        .unwrap()
        .max(SOUND);
    let mut file = Sparse::new(parts, end);
    let tags = tags::read(&mut file, name, &ReadOptions::default()).unwrap();
    let without = file.fetched;
    assert_eq!(
        tags.title.as_deref(),
        Some("after the cover"),
        "{:?}",
        tags.warnings
    );
    assert_eq!(tags.picture_count, 1);
    assert_eq!(tags.format.duration_ms, Some(duration));
    assert!(without < 96 << 10, "{name}: {without} bytes without the picture");
    file.fetched = 0;
    let tags = tags::read(
        &mut file,
        name,
        &ReadOptions {
            pictures: true,
            ..ReadOptions::default()
        },
    )
    .unwrap();
    let picture = tags.picture.unwrap();
    assert_eq!(
        (picture.kind, picture.mime.as_str(), picture.bytes.len()),
        (3, "image/jpeg", COVER)
    );
    assert!(picture.bytes == cover());
    // In Ogg a picture is written in base64: four bytes for three.
    let allowed = if name.ends_with(".opus") {
        COVER / 3 * 4
    } else {
        COVER
    } + (96 << 10);
    assert!(
        file.fetched < allowed as u64,
        "{name}: {} bytes with the picture",
        file.fetched
    );
    println!(
        "{name}: of {end} bytes {without} are read without the cover, {} with it",
        file.fetched
    );
}

#[test]
fn only_the_ranges_that_hold_tags_are_read() {
    check_ranges("a.flac", vec![(0, flac_head())], 180_000);
    let ftyp = mp4_box(b"ftyp", b"M4A \0\0\0\0");
    let mdat = [&be32(usize::try_from(SOUND).unwrap())[..], b"mdat"].concat();
    let at = ftyp.len() as u64;
    check_ranges(
        "a.m4a",
        vec![(0, ftyp), (at, mdat), (at + SOUND, m4a_tail())],
        180_000,
    );
    check_ranges("a.opus", opus_file(), 180_000);
    let head = mp3_head();
    let sound = SOUND - (head.len() as u64 - 157 * 417);
    check_ranges(
        "a.mp3",
        vec![(0, head)],
        (sound * 1152 * 1000 / 417 + 22_050) / 44_100,
    );
}

/// Reads a file that claims far more than it has, in a length of four gigabytes.
#[track_caller]
fn check_claim(name: &str, head: Vec<u8>) {
    for length in [head.len() as u64, 4 << 30] {
        let mut file = Sparse::new(vec![(0, head.clone())], length);
        let result = tags::read(&mut file, name, &options());
        assert!(
            file.fetched < 40 << 20,
            "{name}: {} bytes were fetched: {result:?}",
            file.fetched
        );
    }
}

#[test]
fn claims_of_gigabytes_cost_no_memory() {
    check_claim(
        "a.mp3",
        b"ID3\x04\0\0\x7f\x7f\x7f\x7fTIT2\x7f\x7f\x7f\x7f\0\0".to_vec(),
    );
    check_claim(
        "b.mp3",
        b"ID3\x03\0\x80\x7f\x7f\x7f\x7fAPIC\xff\xff\xff\xff\0\0\0image/png\0\x03\0".to_vec(),
    );
    check_claim(
        "c.mp3",
        b"ID3\x03\0\0\x7f\x7f\x7f\x7fAPIC\xff\xff\xff\xff\0\0\0image/png\0\x03\0".to_vec(),
    );
    check_claim(
        "d.flac",
        [&b"fLaC\x84\xff\xff\xff"[..], &le32(4), b"test", &[0xFF; 8]].concat(),
    );
    check_claim(
        "e.flac",
        [&b"fLaC\x06\xff\xff\xff"[..], &be32(3), &[0xFF; 40]].concat(),
    );
    check_claim(
        "f.flac",
        [
            &b"fLaC\x06\xff\xff\xff"[..],
            &be32(3),
            &be32(0),
            &be32(0),
            &[0; 16],
            &[0xFF; 40],
        ]
        .concat(),
    );
    check_claim(
        "g.m4a",
        b"\0\0\0\x08ftyp\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
    );
    check_claim(
        "h.m4a",
        b"\0\0\0\x08ftyp\0\0\0\x01moov\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfeudta".to_vec(),
    );
    check_claim(
        "i.wav",
        b"RIFF\xff\xff\xff\xffWAVELIST\xff\xff\xff\xffINFOINAM\xff\xff\xff\xff".to_vec(),
    );
    check_claim("j.aiff", b"FORM\xff\xff\xff\xffAIFFNAME\xff\xff\xff\xff".to_vec());
    check_claim(
        "k.opus",
        ogg_pages(&[
            b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0",
            &[&b"OpusTags"[..], &[0xFF; 64]].concat(),
        ]),
    );
    check_claim(
        "l.mp3",
        [
            &b"APETAGEX\xd0\x07\0\0"[..],
            &[0xFF; 20],
            b"\xff\xff\xff\xff\0\0\0\0Title\0",
        ]
        .concat(),
    );
    let bomb = miniz_like_bomb();
    check_claim("m.mp3", bomb);
}

/// A compressed frame of four zero kilobytes that claims to be four gigabytes.
fn miniz_like_bomb() -> Vec<u8> {
    let mut frame = be32(usize::try_from(u32::MAX).unwrap()).to_vec();
    frame.extend(b"\x78\x9c\x63\x60\x18\x05\xa3\x60\x14\x0c\x77\0\0");
    let mut tag = b"ID3\x03\0\0\0\0\0\x40TIT2".to_vec();
    tag.extend(be32(frame.len()));
    tag.extend([0, 0x80]);
    tag.extend(frame);
    tag
}

#[test]
fn files_that_are_not_sound_say_what_they_look_like() {
    let read = |name: &str, bytes: &[u8]| tags::read(&mut Cursor::new(bytes.to_vec()), name, &options());
    let not = |looks_like: &str| {
        Err(TagError::NotAudio {
            looks_like: looks_like.to_owned(),
        })
    };
    assert_eq!(read("a.mp3", b""), Err(TagError::Empty));
    assert_eq!(read("a.mp3", &cover()), not("a JPEG picture"));
    assert_eq!(
        read("a.flac", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0"),
        not("a PNG picture")
    );
    assert_eq!(
        read("a.mp3", b"<!DOCTYPE html><title>404</title>"),
        not("an HTML page")
    );
    assert_eq!(read("a.ogg", b"just some words, and more"), not("text"));
    assert_eq!(read("a.mp3", &[0; 5000]), not("nothing but zeros"));
    assert_eq!(
        read("a.wma", b"0&\xb2u\x8ef\xcf\x11\xa6\xd9\0\xaa"),
        Err(TagError::Unsupported("WMA (ASF)".to_owned()))
    );
    assert_eq!(read("a.mp3", b"ID3"), Err(TagError::Truncated { length: 3 }));
    assert_eq!(
        TagError::Truncated { length: 3 }.to_string(),
        "truncated after 3 bytes"
    );
}

/// Every file of the folder and below.
fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files)
        } else {
            files.push(path)
        }
    }
}

#[test]
fn inputs_that_crashed_another_reader_end_here() {
    let Some(folder) = corpus("lofty") else { return };
    let mut files = Vec::new();
    files_below(&folder.join("malformed"), &mut files);
    let refused = files.iter().filter(|file| read(file).is_err()).count();
    println!(
        "crash inputs: {}, refused {refused}, read in part {}",
        files.len(),
        files.len() - refused
    );
    assert_eq!(files.len(), 55);
}

#[test]
fn no_cut_and_no_changed_byte_makes_reading_panic() {
    let mut files = Vec::new();
    files_below(&data(), &mut files);
    for name in ["tinytag", "mediafile", "lofty", "rust-id3", "mp4ameta"] {
        if let Some(folder) = corpus(name) {
            files_below(&folder, &mut files);
        }
    }
    // A fixed sequence, so that a failure can be repeated.
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below.max(1)
    };
    let mut runs = 0;
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let whole = fs::read(file).unwrap();
        for round in 0..24 {
            let mut bytes = whole.clone();
            if round % 3 == 0 {
                bytes.truncate(random(bytes.len()));
            }
            for _ in 0..round {
                // Most of what matters stands in the first kilobyte or in the last.
                let reach = bytes.len().min(if round % 2 == 0 { 1024 } else { usize::MAX });
                let at = random(reach);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = [0, 0xFF, 0x7F, 0x80, u8::try_from(random(256)).unwrap()][random(5)];
                }
            }
            let _ = tags::read(&mut Cursor::new(bytes), &name, &options());
            runs += 1;
        }
    }
    println!("{runs} damaged files read");
}

#[test]
fn tags_cross_a_port_unchanged() {
    let mut file = Cursor::new(flac_head());
    let tags = tags::read(&mut file, "a.flac", &options()).unwrap();
    let bytes = postcard::to_stdvec(&tags).unwrap();
    assert_eq!(postcard::from_bytes::<FileTags>(&bytes).unwrap(), tags);
}

#[test]
fn every_row_of_tinytag_matches_or_is_excepted() {
    if let Some(folder) = corpus("tinytag") {
        check_folder(&folder, "tinytag", check_tinytag_row, true);
    }
}

#[test]
fn every_row_of_mediafile_matches_or_is_excepted() {
    if let Some(folder) = corpus("mediafile") {
        check_folder(&folder, "mediafile", check_mediafile_row, true);
    }
}
