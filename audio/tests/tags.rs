//! Tags against the answers of other people's tests, hostile files, and the bytes that reading may cost.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
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
            assert!(exception.corpus != name || used > 0, "stale: {exception:?}");
        }
    }
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
