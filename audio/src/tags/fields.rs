//! What the readers of all formats collect: named values, and the picture that stands for the album.

use super::{FileTags, MusicBrainz, Picture, ReplayGain, text};

/// Values are cut after so many bytes, lyrics aside: whole pages were put into comments.
const MAX_VALUE: usize = 16 << 10;
/// More values than any honest file holds; the rest is dropped.
const MAX_VALUES: usize = 4096;

/// Values by format-neutral name, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Fields {
    values: Vec<(String, String)>,
}

impl Fields {
    /// Adds a value unless it is blank.
    pub(super) fn add(&mut self, key: &str, value: &str) {
        let mut value = text::trim(value);
        if value.len() > MAX_VALUE && !key.ends_with("lyrics") {
            value = &value[..value.floor_char_boundary(MAX_VALUE)];
        }
        if !value.is_empty() && self.values.len() < MAX_VALUES {
            self.values.push((key.to_owned(), value.to_owned()));
        }
    }

    /// Adds a value under a name that a person or a program chose freely (Vorbis, APE, TXXX, `----`).
    pub(super) fn add_named(&mut self, name: &str, value: &str) {
        match canonical(name) {
            Some(key) => self.add(key, value),
            None => self.add(&name.trim().to_lowercase(), value),
        }
    }

    /// Whether there is a value of that name.
    pub(super) fn has(&self, key: &str) -> bool {
        self.first(key).is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The first value of that name.
    pub(super) fn first(&self, key: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// Takes from a less trusted tag of the same file what this one does not have.
    pub(super) fn fill_from(&mut self, other: Self) {
        let own = self.values.len();
        for (key, value) in other.values {
            // A second spelling of the same fact must not add to it.
            let known = |name: &str| self.values[..own].iter().any(|(key, _)| key == name);
            if !known(&key) && !(key == "year" && known("date")) && self.values.len() < MAX_VALUES {
                self.values.push((key, value));
            }
        }
    }

    fn all(&self, keys: &[&str]) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for (key, value) in &self.values {
            if keys.contains(&key.as_str()) && !all.contains(value) {
                all.push(value.clone());
            }
        }
        all
    }

    fn text(&self, key: &str) -> Option<String> {
        self.first(key).map(ToOwned::to_owned)
    }

    fn date(&self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| {
            self.values
                .iter()
                .filter(|(name, _)| name == key)
                .find_map(|(_, value)| text::iso_date(value))
        })
    }

    /// Names and their credit: the list (`artists`) if tagged, and the values of `credit` as written.
    fn people(&self, credit: &str, list: &str) -> (Option<String>, Vec<String>) {
        let credits = self.all(&[credit]);
        let mut names = self.all(&[list]);
        // Some programs repeat a list under the name of the credit: then the longer one is the list.
        if names.len() < credits.len() || names.is_empty() {
            let listed = std::mem::replace(&mut names, credits.clone());
            names.extend(listed.into_iter().filter(|name| !credits.contains(name)));
        }
        let credit = if credits.is_empty() {
            names.join("; ")
        } else {
            credits.join("; ")
        };
        ((!credit.is_empty()).then_some(credit), names)
    }

    fn ids(&self, key: &str) -> Vec<String> {
        let mut ids = Vec::new();
        for value in self.all(&[key]) {
            for id in value.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
                if !id.is_empty() && !ids.iter().any(|known| known == id) {
                    ids.push(id.to_owned());
                }
            }
        }
        ids
    }

    /// Joins what ID3v2 spreads over several frames.
    fn settle(&mut self) {
        // Version 2.3 keeps day and month apart from the year.
        if !self.has("date")
            && let (Some(year), Some(day)) = (
                self.first("year").and_then(text::iso_date),
                self.first("month_and_day"),
            )
            && year.len() == 4
        {
            let date = format!("{year}-{day}");
            self.values.insert(0, ("date".to_owned(), date));
        }
        self.values.retain(|(key, _)| key != "month_and_day");
        // iTunes moved the grouping to a frame of its own and the work into the old one.
        if self.has("modern_grouping") {
            for (key, _) in &mut self.values {
                match key.as_str() {
                    "grouping" => "work".clone_into(key),
                    "modern_grouping" => "grouping".clone_into(key),
                    _ => {}
                }
            }
        }
    }

    /// Moves what is known into `tags`; the rest goes to `tags.other` if `other`.
    pub(super) fn finish(mut self, tags: &mut FileTags, other: bool) {
        self.settle();
        tags.title = self.text("title");
        (tags.artist, tags.artists) = self.people("artist", "artists");
        tags.album = self.text("album");
        (tags.album_artist, tags.album_artists) = self.people("album_artist", "album_artists");
        tags.title_sort = self.text("title_sort");
        tags.artist_sort = self.text("artist_sort");
        tags.album_sort = self.text("album_sort");
        tags.album_artist_sort = self.text("album_artist_sort");

        let number = |key: &str, total: &str| {
            let (number, of) = self.first(key).map_or((None, None), text::number_of);
            (
                number,
                self.first(total).and_then(|text| text::number_of(text).0).or(of),
            )
        };
        (tags.track, tags.track_total) = number("track", "track_total");
        (tags.disc, tags.disc_total) = number("disc", "disc_total");

        tags.date = self.date(&["date", "release_date", "year"]);
        tags.original_date = self.date(&["original_date", "original_year"]);
        tags.year = tags.date.as_deref().and_then(|date| date.get(..4)?.parse().ok());
        tags.genres = self.all(&["genre"]);
        tags.composers = self.all(&["composer"]);
        tags.comment = self.text("comment");
        tags.grouping = self.text("grouping");
        tags.label = self.text("label");
        tags.bpm = self
            .first("bpm")
            .and_then(text::leading_number)
            .filter(|&bpm| bpm > 0.0);
        tags.compilation = self
            .first("compilation")
            .is_some_and(|flag| !matches!(flag, "0" | "false" | "False" | "no"));
        tags.has_lyrics = self.has("lyrics") || self.has("synced_lyrics");
        tags.isrc = self.text("isrc");
        tags.musicbrainz = MusicBrainz {
            recording: self.text("mb_recording"),
            track: self.text("mb_track"),
            release: self.text("mb_release"),
            release_group: self.text("mb_release_group"),
            artists: self.ids("mb_artist"),
            album_artists: self.ids("mb_album_artist"),
        };
        let number = |key: &str| self.first(key).and_then(text::leading_number);
        // R128 tags count 1/256 dB towards -23 LUFS; ReplayGain aims at -18 LUFS, 5 dB louder.
        let r128 = |key: &str| number(key).map(|gain| gain / 256.0 + 5.0);
        tags.replaygain = ReplayGain {
            track_gain_db: number("replaygain_track_gain").or_else(|| r128("r128_track_gain")),
            track_peak: number("replaygain_track_peak"),
            album_gain_db: number("replaygain_album_gain").or_else(|| r128("r128_album_gain")),
            album_peak: number("replaygain_album_peak"),
        };
        if other {
            let mut seen: Vec<String> = Vec::new();
            for (key, value) in self.values {
                if TAKEN.contains(&key.as_str()) {
                    continue;
                }
                // A number that is none stays visible: `A1` is a track of a record.
                let number = ["track", "track_total", "disc", "disc_total"].contains(&key.as_str());
                let lost = number && value.contains(char::is_alphabetic);
                if TAKEN_FIRST.contains(&key.as_str()) && !seen.contains(&key) && !lost {
                    seen.push(key);
                    continue;
                }
                tags.other.push((key, value));
            }
        }
    }
}

/// Names whose every value has a place of its own in [`FileTags`].
const TAKEN: [&str; 27] = [
    "title_sort",
    "artist",
    "artists",
    "album_artist",
    "album_artists",
    "artist_sort",
    "album_sort",
    "album_artist_sort",
    "genre",
    "composer",
    "compilation",
    "isrc",
    "bpm",
    "mb_recording",
    "mb_track",
    "mb_release",
    "mb_release_group",
    "mb_artist",
    "mb_album_artist",
    "replaygain_track_gain",
    "replaygain_track_peak",
    "replaygain_album_gain",
    "replaygain_album_peak",
    "r128_track_gain",
    "r128_album_gain",
    "date",
    "year",
];

/// Names whose first value has a place of its own.
const TAKEN_FIRST: [&str; 9] = [
    "title",
    "album",
    "comment",
    "grouping",
    "label",
    "track",
    "track_total",
    "disc",
    "disc_total",
];

/// The format-neutral name of a freely chosen one, compared without case, spaces, `_`, `-`, `.` and `/`.
pub(super) fn canonical(name: &str) -> Option<&'static str> {
    let squeezed: String = name
        .chars()
        .filter(|c| !matches!(c, ' ' | '_' | '-' | '.' | '/' | '\0'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    Some(match squeezed.as_str() {
        "TITLE" => "title",
        "ARTIST" | "AUTHOR" => "artist",
        "ARTISTS" => "artists",
        "ALBUM" => "album",
        "ALBUMARTIST" => "album_artist",
        "ALBUMARTISTS" => "album_artists",
        "TITLESORT" | "TITLESORTORDER" => "title_sort",
        "ARTISTSORT" | "ARTISTSORTORDER" => "artist_sort",
        "ALBUMSORT" | "ALBUMSORTORDER" => "album_sort",
        "ALBUMARTISTSORT" | "ALBUMARTISTSORTORDER" => "album_artist_sort",
        "TRACK" | "TRACKNUMBER" | "TRACKNUM" => "track",
        "TRACKTOTAL" | "TOTALTRACKS" | "TRACKC" => "track_total",
        "DISC" | "DISCNUMBER" | "DISK" | "DISKNUMBER" => "disc",
        "DISCTOTAL" | "TOTALDISCS" | "DISCC" => "disc_total",
        "DATE" => "date",
        "YEAR" => "year",
        "RELEASEDATE" => "release_date",
        "ORIGINALDATE" | "ORIGINALRELEASEDATE" => "original_date",
        "ORIGINALYEAR" => "original_year",
        "GENRE" => "genre",
        "COMPOSER" => "composer",
        "COMMENT" | "COMMENTS" => "comment",
        "LABEL" | "PUBLISHER" => "label",
        "BPM" | "TEMPO" => "bpm",
        "COMPILATION" | "ITUNESCOMPILATION" => "compilation",
        "LYRICS" | "UNSYNCEDLYRICS" | "UNSYNCLYRICS" => "lyrics",
        "SYNCEDLYRICS" => "synced_lyrics",
        "GROUPING" | "CONTENTGROUP" => "grouping",
        "ISRC" => "isrc",
        "WEBSITE" => "url",
        "MUSICBRAINZTRACKID" | "MUSICBRAINZRECORDINGID" => "mb_recording",
        "MUSICBRAINZRELEASETRACKID" => "mb_track",
        "MUSICBRAINZALBUMID" | "MUSICBRAINZRELEASEID" => "mb_release",
        "MUSICBRAINZRELEASEGROUPID" => "mb_release_group",
        "MUSICBRAINZARTISTID" => "mb_artist",
        "MUSICBRAINZALBUMARTISTID" => "mb_album_artist",
        "REPLAYGAINTRACKGAIN" => "replaygain_track_gain",
        "REPLAYGAINTRACKPEAK" => "replaygain_track_peak",
        "REPLAYGAINALBUMGAIN" => "replaygain_album_gain",
        "REPLAYGAINALBUMPEAK" => "replaygain_album_peak",
        "R128TRACKGAIN" => "r128_track_gain",
        "R128ALBUMGAIN" => "r128_album_gain",
        _ => return None,
    })
}

/// Where a picture's bytes are.
#[derive(Debug)]
pub(super) enum PictureBytes {
    /// As they are in the file.
    File { offset: u64, length: u64 },
    /// Decoded from something else (base64, unsynchronised ID3v2).
    Memory(Vec<u8>),
    /// Encoded, and not decoded because nobody wants it.
    Unread { length: u64 },
}

/// A picture seen on the way.
#[derive(Debug)]
pub(super) struct FoundPicture {
    /// The ID3v2 picture type: 3 is the front cover.
    pub(super) kind: u8,
    pub(super) mime: String,
    pub(super) bytes: PictureBytes,
}

impl FoundPicture {
    pub(super) fn length(&self) -> u64 {
        match &self.bytes {
            PictureBytes::File { length, .. } | PictureBytes::Unread { length } => *length,
            PictureBytes::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Lower is better as a cover: front, then untyped, then any, then the 32-pixel icons.
    fn rank(&self) -> u8 {
        match self.kind {
            3 => 0,
            0 => 1,
            1 | 2 => 3,
            _ => 2,
        }
    }
}

/// Everything one reader found, before it becomes [`FileTags`].
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) fields: Fields,
    pub(super) pictures: Vec<FoundPicture>,
    pub(super) format: super::Format,
    pub(super) warnings: Vec<String>,
}

impl Found {
    /// Notes what was wrong; a hostile file cannot make the list long.
    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        let warning = warning.into();
        if self.warnings.len() < 32 && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// The best cover, without its bytes read.
    pub(super) fn best_picture(&mut self) -> Option<FoundPicture> {
        let best = (0..self.pictures.len()).min_by_key(|&at| self.pictures[at].rank())?;
        Some(self.pictures.swap_remove(best))
    }
}

impl Picture {
    pub(super) fn described(found: &FoundPicture) -> Self {
        let offset = match found.bytes {
            PictureBytes::File { offset, .. } => Some(offset),
            _ => None,
        };
        Self {
            kind: found.kind,
            mime: found.mime.clone(),
            offset,
            length: found.length(),
            bytes: Vec::new(),
        }
    }
}
