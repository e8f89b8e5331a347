//! The file of what the listener made, as JSON: see `systems/EXPORT.md`.

use core::fmt;

use segue_components::history::Listen;
use segue_components::id::TrackId;
use segue_components::playlist::{PlaylistTimes, SmartQuery, Unmatched};
use segue_components::provider::ProviderKind;
use segue_components::track::PlayStats;

use crate::json::{Json, JsonError, Walk};

/// The version that this build writes, and the newest it reads.
pub const VERSION: u64 = 1;

/// What the field `format` says.
const FORMAT: &str = "segue-user-data";

/// What stands in a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UserData {
    /// When it was written, in milliseconds since 1970.
    pub exported: u64,
    /// Every track that something is said of.
    pub tracks: Vec<KnownTrack>,
    /// The playlists.
    pub playlists: Vec<List>,
    /// The place of a track in [`UserData::tracks`], and a listen of it. The id in the listen says nothing.
    pub history: Vec<(usize, Listen)>,
}

/// A track as another library may know it, and what the listener thinks of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownTrack {
    /// The provider of its file.
    pub provider: Option<ProviderKind>,
    /// The path of its file below the provider's root.
    pub path: String,
    /// The hash of its sound.
    pub audio_hash: Option<[u8; 16]>,
    /// Its recording at MusicBrainz.
    pub recording: String,
    /// The title.
    pub title: String,
    /// The artists as credited.
    pub artist: String,
    /// The title of its album.
    pub album: String,
    /// Its disc; zero for unknown.
    pub disc: u16,
    /// Its place on the disc; zero for unknown.
    pub track: u16,
    /// Its length in milliseconds; zero for unknown.
    pub duration: u32,
    /// One to five stars; zero for none.
    pub rating: u8,
    /// How often and when it was heard.
    pub stats: PlayStats,
}

/// A playlist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// Its name.
    pub name: String,
    /// When it was made and changed.
    pub times: PlaylistTimes,
    /// The query of a smart one.
    pub smart: Option<SmartQuery>,
    /// The entries of an ordinary one.
    pub items: Vec<Item>,
}

/// An entry of a playlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// The place of a track in [`UserData::tracks`].
    Track(usize),
    /// What no track was known for.
    Unmatched(Unmatched),
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileError {
    /// It is damaged, or no such file.
    Damaged(JsonError),
    /// It is some other JSON.
    Foreign,
    /// A newer version of Segue wrote it.
    Newer {
        /// Its version.
        found: u64,
    },
    /// Something in it refers to a track that is not in it.
    Dangling {
        /// The place of that track.
        place: u64,
    },
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(error) => write!(f, "the file is damaged: {error}"),
            Self::Foreign => f.write_str("this is not a file that `segue export` wrote"),
            Self::Newer { found } => write!(
                f,
                "the file has version {found}, and this version of Segue reads up to version {VERSION}"
            ),
            Self::Dangling { place } => write!(f, "the file is damaged: it has no track {place}"),
        }
    }
}

impl std::error::Error for FileError {}

impl From<JsonError> for FileError {
    fn from(error: JsonError) -> Self {
        Self::Damaged(error)
    }
}

/// Puts fields of an object, those with nothing to say left out.
struct Object<'a> {
    out: &'a mut String,
    is_first: bool,
}

impl<'a> Object<'a> {
    fn new(out: &'a mut String) -> Self {
        out.push('{');
        Self { out, is_first: true }
    }

    fn key(&mut self, key: &str) -> &mut String {
        if !core::mem::replace(&mut self.is_first, false) {
            self.out.push(',');
        }
        put_text(self.out, key);
        self.out.push(':');
        self.out
    }

    fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            put_text(self.key(key), text);
        }
    }

    fn number(&mut self, key: &str, number: u64) {
        if number > 0 {
            self.key(key).push_str(&number.to_string());
        }
    }

    fn end(self) {
        self.out.push('}');
    }
}

fn put_text(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\0'..' ' | '\u{7f}' => {
                out.push_str("\\u00");
                for shift in [4, 0] {
                    let digit = char::from_digit(u32::from(char) >> shift & 15, 16);
                    out.push(digit.expect("four bits are a digit"));
                }
            }
            _ => out.push(char),
        }
    }
    out.push('"');
}

/// Begins the next line of a list: one item a line, so that people and tools for text find their way.
fn next_line(out: &mut String, place: usize) {
    out.push_str(if place == 0 { "\n" } else { ",\n" });
}

/// Writes a file, so many lines at a time.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    /// What comes next, counted over tracks, playlists and listens.
    next: usize,
}

impl Writer {
    /// Writes so many lines at the most, of which a playlist is one for each of its entries. `true` when there are no more.
    pub(super) fn step(&mut self, data: &UserData, left: &mut usize) -> bool {
        let out = &mut self.out;
        let playlists = data.tracks.len();
        let history = playlists + data.playlists.len();
        let end = history + data.history.len();
        while *left > 0 && self.next <= end {
            if self.next == 0 {
                let mut object = Object::new(out);
                object.text("format", FORMAT);
                object.number("version", VERSION);
                object.number("exported", data.exported);
                object.key("tracks").push('[');
            }
            if self.next == playlists {
                out.push_str("],\"playlists\":[");
            }
            if self.next == history {
                out.push_str("],\"history\":[");
            }
            let mut rows = 1;
            if let Some(track) = data.tracks.get(self.next) {
                next_line(out, self.next);
                put_track(out, track);
            } else if let Some(list) = data.playlists.get(self.next - playlists) {
                next_line(out, self.next - playlists);
                put_playlist(out, list);
                rows += list.items.len();
            } else if let Some((place, listen)) = data.history.get(self.next - history) {
                next_line(out, self.next - history);
                put_listen(out, *place, listen);
            } else {
                out.push_str("]}\n");
            }
            *left = left.saturating_sub(rows);
            self.next += 1;
        }
        self.next > end
    }

    /// How many tracks, playlists and listens are written.
    pub(super) fn written(&self) -> u64 {
        self.next as u64
    }

    pub(super) fn into_text(self) -> String {
        self.out
    }
}

/// The file as text.
#[must_use]
pub fn write(data: &UserData) -> String {
    let mut writer = Writer::default();
    let mut all = usize::MAX;
    while !writer.step(data, &mut all) {}
    writer.into_text()
}

fn put_listen(out: &mut String, place: usize, listen: &Listen) {
    let numbers = [
        place as u64,
        listen.at,
        u64::from(listen.heard),
        u64::from(listen.counted),
    ];
    for (index, number) in numbers.into_iter().enumerate() {
        out.push(if index == 0 { '[' } else { ',' });
        out.push_str(&number.to_string());
    }
    out.push(']');
}

fn put_track(out: &mut String, track: &KnownTrack) {
    let mut object = Object::new(out);
    if let Some(provider) = &track.provider {
        let (kind, place) = match provider {
            ProviderKind::Folder { path } => ("folder", path),
            ProviderKind::Http { url } => ("http", url),
            ProviderKind::Handle { key } => ("handle", key),
        };
        object.text(kind, place);
    }
    object.text("path", &track.path);
    if let Some(hash) = track.audio_hash {
        let mut hex = String::with_capacity(32);
        for byte in hash {
            for half in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(half.into(), 16).expect("four bits are a digit"));
            }
        }
        object.text("audioHash", &hex);
    }
    object.text("recording", &track.recording);
    object.text("title", &track.title);
    object.text("artist", &track.artist);
    object.text("album", &track.album);
    object.number("disc", track.disc.into());
    object.number("track", track.track.into());
    object.number("durationMs", track.duration.into());
    object.number("rating", track.rating.into());
    object.number("plays", track.stats.plays.into());
    object.number("skips", track.stats.skips.into());
    object.number("lastPlayed", track.stats.last_played);
    object.end();
}

fn put_playlist(out: &mut String, list: &List) {
    let mut object = Object::new(out);
    object.text("name", &list.name);
    object.number("created", list.times.created);
    object.number("changed", list.times.changed);
    match &list.smart {
        Some(smart) => {
            // A query of nothing is one, too: everything.
            put_text(object.key("query"), &smart.query);
            object.number("limit", smart.limit.into());
        }
        None => {
            let out = object.key("entries");
            out.push('[');
            for (place, item) in list.items.iter().enumerate() {
                next_line(out, place);
                match item {
                    Item::Track(place) => out.push_str(&place.to_string()),
                    Item::Unmatched(unmatched) => {
                        let mut object = Object::new(out);
                        object.text("path", &unmatched.path);
                        object.text("title", &unmatched.title);
                        object.number("seconds", unmatched.seconds.into());
                        object.end();
                    }
                }
            }
            out.push(']');
        }
    }
    object.end();
}

/// Reads a file, so many lines at a time: all of it once to see that it is whole and of which version, and once more for
/// what stands in it.
#[derive(Debug, Default)]
pub(super) struct Reader {
    walk: Walk,
    format: String,
    version: u64,
    is_checked: bool,
    pub(super) data: UserData,
}

impl Reader {
    /// Reads so many lines at the most. `true` when all is in `data`.
    ///
    /// # Errors
    /// A [`FileError`]; of a file of another version, that, whatever else it holds.
    pub(super) fn step(&mut self, bytes: &[u8], left: &mut usize) -> Result<bool, FileError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if !self.is_checked {
            let (format, version) = (&mut self.format, &mut self.version);
            let is_over = self.walk.step(bytes, left, &mut |json, key| match key {
                "format" => json.string().map(|text| *format = text),
                "version" => json.whole().map(|number| *version = number),
                _ => json.skip(),
            })?;
            if !is_over {
                return Ok(false);
            }
            match self.version {
                _ if self.format != FORMAT => return Err(FileError::Foreign),
                0 => return Err(FileError::Foreign),
                1..=VERSION => {}
                found => return Err(FileError::Newer { found }),
            }
            self.is_checked = true;
            self.walk = Walk::default();
        }
        let data = &mut self.data;
        let mut entries = 0;
        let is_over = self.walk.step(bytes, left, &mut |json, key| match key {
            "exported" => json.whole().map(|time| data.exported = time),
            "tracks" => read_track(json).map(|track| data.tracks.push(track)),
            "playlists" => read_playlist(json).map(|list| {
                entries += list.items.len();
                data.playlists.push(list);
            }),
            "history" => read_listen(json).map(|listen| data.history.push(listen)),
            _ => json.skip(),
        })?;
        *left = left.saturating_sub(entries);
        if is_over {
            self.check_places()?;
        }
        Ok(is_over)
    }

    /// How many bytes were read, of both times.
    pub(super) fn passed(&self, bytes: &[u8]) -> usize {
        self.walk.passed() + if self.is_checked { bytes.len() } else { 0 }
    }

    /// Every reference leads to a track of the file.
    fn check_places(&self) -> Result<(), FileError> {
        let known = self.data.tracks.len();
        let listed = self.data.playlists.iter().flat_map(|list| &list.items);
        let listed = listed.filter_map(|item| match item {
            Item::Track(place) => Some(*place),
            Item::Unmatched(_) => None,
        });
        let heard = self.data.history.iter().map(|(place, _)| *place);
        match listed.chain(heard).find(|&place| place >= known) {
            Some(place) => Err(FileError::Dangling { place: place as u64 }),
            None => Ok(()),
        }
    }
}

/// Reads a file.
///
/// # Errors
/// A [`FileError`]; of a file of another version, that, whatever else it holds.
pub fn read(bytes: &[u8]) -> Result<UserData, FileError> {
    let mut reader = Reader::default();
    let mut all = usize::MAX;
    while !reader.step(bytes, &mut all)? {}
    Ok(reader.data)
}

fn number<T: TryFrom<u64>>(json: &mut Json<'_>, expected: &'static str) -> Result<T, JsonError> {
    let number = json.whole()?;
    T::try_from(number).map_err(|_| json.error(expected))
}

fn read_track(json: &mut Json<'_>) -> Result<KnownTrack, JsonError> {
    let mut track = KnownTrack::default();
    json.object(&mut |json, key| {
        match key {
            "folder" => track.provider = Some(ProviderKind::Folder { path: json.string()? }),
            "http" => track.provider = Some(ProviderKind::Http { url: json.string()? }),
            "handle" => track.provider = Some(ProviderKind::Handle { key: json.string()? }),
            "path" => track.path = json.string()?,
            "audioHash" => {
                let hex = json.string()?;
                track.audio_hash = Some(read_hash(&hex).ok_or_else(|| json.error("32 hexadecimal digits"))?);
            }
            "recording" => track.recording = json.string()?,
            "title" => track.title = json.string()?,
            "artist" => track.artist = json.string()?,
            "album" => track.album = json.string()?,
            "disc" => track.disc = number(json, "a number below 65536")?,
            "track" => track.track = number(json, "a number below 65536")?,
            "durationMs" => track.duration = number(json, "a number below 2^32")?,
            "rating" => {
                track.rating = number(json, "zero to five")?;
                if track.rating > 5 {
                    return Err(json.error("zero to five"));
                }
            }
            "plays" => track.stats.plays = number(json, "a number below 2^32")?,
            "skips" => track.stats.skips = number(json, "a number below 2^32")?,
            "lastPlayed" => track.stats.last_played = json.whole()?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(track)
}

fn read_hash(hex: &str) -> Option<[u8; 16]> {
    let mut hash = [0; 16];
    if hex.len() != 32 {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(hex.as_bytes().as_chunks::<2>().0) {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        *byte = u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok()?;
    }
    Some(hash)
}

fn read_playlist(json: &mut Json<'_>) -> Result<List, JsonError> {
    let mut list = List::default();
    let mut limit = 0;
    json.object(&mut |json, key| {
        match key {
            "name" => list.name = json.string()?,
            "created" => list.times.created = json.whole()?,
            "changed" => list.times.changed = json.whole()?,
            "query" => {
                let query = json.string()?;
                list.smart = Some(SmartQuery { query, limit: 0 });
            }
            "limit" => limit = number(json, "a number below 2^32")?,
            "entries" => json.array(&mut |json| {
                list.items.push(match json.is_object() {
                    true => Item::Unmatched(read_unmatched(json)?),
                    false => Item::Track(number(json, "the place of a track")?),
                });
                Ok(())
            })?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    if let Some(smart) = &mut list.smart {
        smart.limit = limit;
    }
    Ok(list)
}

fn read_unmatched(json: &mut Json<'_>) -> Result<Unmatched, JsonError> {
    let mut unmatched = Unmatched::default();
    json.object(&mut |json, key| {
        match key {
            "path" => unmatched.path = json.string()?,
            "title" => unmatched.title = json.string()?,
            "seconds" => unmatched.seconds = number(json, "a number below 2^32")?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(unmatched)
}

fn read_listen(json: &mut Json<'_>) -> Result<(usize, Listen), JsonError> {
    let mut numbers = [0; 4];
    let mut count = 0;
    json.array(&mut |json| {
        let number = json.whole()?;
        if let Some(place) = numbers.get_mut(count) {
            *place = number;
        }
        count += 1;
        Ok(())
    })?;
    let [place, at, heard, counted] = numbers;
    let place = usize::try_from(place).ok();
    let heard = u32::try_from(heard).ok();
    match (place, heard) {
        (Some(place), Some(heard)) if count >= 4 => Ok((
            place,
            Listen {
                at,
                track: TrackId(0),
                heard,
                counted: counted > 0,
            },
        )),
        _ => Err(json.error("a listen of four numbers")),
    }
}
