//! A track or an album as one flat record: what `segue ls --json` and the JavaScript API give out.

use bevy_ecs::world::EntityRef;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde::{Deserialize, Serialize as DeriveSerialize};

use crate::album::{AlbumArtist, AlbumCover, AlbumInfo, AlbumTitle, AlbumTotals};
use crate::file::Location;
use crate::id::{AlbumId, TrackId};
use crate::track::{
    Added, ArtistCredit, AudioFormat, Cover, Dates, Duration, ExternalIds, Genres, Loudness, OnAlbum,
    PlayStats, Position, Rating, Title,
};

/// One track, flat. Zero, empty and `None` mean unknown, and are left out of [`TrackRow::json`].
#[derive(Debug, Clone, Default, PartialEq, DeriveSerialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the names are those of the JSON fields, which components explain"
)]
pub struct TrackRow {
    pub id: u64,
    pub title: String,
    pub artists: Vec<String>,
    pub artist: String,
    pub album: String,
    pub album_id: u64,
    pub album_artists: Vec<String>,
    pub album_artist: String,
    pub track: u16,
    pub track_total: u16,
    pub disc: u16,
    pub disc_total: u16,
    pub date: String,
    pub original_date: String,
    pub year: u16,
    pub genres: Vec<String>,
    pub duration_ms: u32,
    pub codec: String,
    pub sample_rate: u32,
    pub channels: u16,
    pub bits_per_sample: u16,
    pub bitrate: u32,
    pub path: String,
    pub provider: u64,
    pub rating: u8,
    pub plays: u32,
    pub skips: u32,
    pub last_played: u64,
    pub added: u64,
    pub compilation: bool,
    pub artwork_id: u64,
    pub track_gain: Option<i16>,
    pub album_gain: Option<i16>,
    pub recording_mbid: String,
    pub track_mbid: String,
    pub release_mbid: String,
    pub release_group_mbid: String,
    pub artist_mbids: Vec<String>,
    pub album_artist_mbids: Vec<String>,
    pub isrc: String,
}

fn strings(names: &[Box<str>]) -> Vec<String> {
    names.iter().map(|name| name.to_string()).collect()
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

impl TrackRow {
    /// Flattens a track with the album it is on and the file it is played from.
    #[must_use]
    pub fn of(track: EntityRef<'_>, album: Option<EntityRef<'_>>, file: Option<EntityRef<'_>>) -> Self {
        let mut row = Self {
            id: track.get::<TrackId>().map_or(0, |id| id.0),
            ..Self::default()
        };
        if let Some(title) = track.get::<Title>() {
            row.title = title.0.to_string();
        }
        if let Some(credit) = track.get::<ArtistCredit>() {
            row.artists = strings(&credit.0.names);
            row.artist = credit.0.to_string();
        }
        if let Some(position) = track.get::<Position>() {
            row.track = position.track;
            row.track_total = position.track_total;
            row.disc = position.disc;
            row.disc_total = position.disc_total;
        }
        if let Some(dates) = track.get::<Dates>() {
            row.date = dates.released.map(|date| date.to_string()).unwrap_or_default();
            row.original_date = dates.original.map(|date| date.to_string()).unwrap_or_default();
            row.year = dates.released.or(dates.original).map_or(0, |date| date.year);
        }
        if let Some(genres) = track.get::<Genres>() {
            row.genres = strings(&genres.0);
        }
        if let Some(format) = track.get::<AudioFormat>() {
            row.codec = format.codec.to_string();
            row.sample_rate = format.sample_rate;
            row.channels = format.channels;
            row.bits_per_sample = format.bits_per_sample;
            row.bitrate = format.bitrate;
        }
        if let Some(loudness) = track.get::<Loudness>() {
            row.track_gain = loudness.track_gain;
            row.album_gain = loudness.album_gain;
        }
        if let Some(ExternalIds(ids)) = track.get::<ExternalIds>() {
            row.recording_mbid = text(ids.recording.as_deref());
            row.track_mbid = text(ids.track.as_deref());
            row.artist_mbids = strings(&ids.artists);
            row.isrc = text(ids.isrc.as_deref());
        }
        row.album_id = track.get::<OnAlbum>().map_or(0, |album| album.0.0);
        row.artwork_id = track.get::<Cover>().map_or(0, |cover| cover.0.0);
        row.duration_ms = track.get::<Duration>().map_or(0, |duration| duration.0);
        row.rating = track.get::<Rating>().map_or(0, |rating| rating.stars());
        let stats = track.get::<PlayStats>().copied().unwrap_or_default();
        (row.plays, row.skips, row.last_played) = (stats.plays, stats.skips, stats.last_played);
        row.added = track.get::<Added>().map_or(0, |added| added.0);
        if let Some(album) = album {
            row.add_album(album);
        }
        if let Some(location) = file.and_then(|file| file.get::<Location>()) {
            row.path = location.path.to_string();
            row.provider = location.provider.0;
        }
        row
    }

    fn add_album(&mut self, album: EntityRef<'_>) {
        if let Some(title) = album.get::<AlbumTitle>() {
            self.album = title.0.to_string();
        }
        if let Some(artist) = album.get::<AlbumArtist>() {
            self.album_artists = strings(&artist.0.names);
            self.album_artist = artist.0.to_string();
        }
        if let Some(info) = album.get::<AlbumInfo>() {
            self.compilation = info.compilation;
            self.release_mbid = text(info.release.as_deref());
            self.release_group_mbid = text(info.release_group.as_deref());
            self.album_artist_mbids = strings(&info.artists);
        }
        if self.artwork_id == 0 {
            self.artwork_id = album.get::<AlbumCover>().map_or(0, |cover| cover.0.0);
        }
    }

    /// This row as a JSON object with the field names of the public interface, unknown fields left out.
    #[must_use]
    pub fn json(&self) -> TrackJson<'_> {
        TrackJson(self)
    }
}

/// One album, flat.
#[derive(Debug, Clone, Default, PartialEq, DeriveSerialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the names are those of the JSON fields, which components explain"
)]
pub struct AlbumRow {
    pub id: u64,
    pub title: String,
    pub album_artist: String,
    pub year: u16,
    pub track_count: u32,
    pub duration_ms: u64,
    pub artwork_id: u64,
    pub compilation: bool,
}

impl AlbumRow {
    /// Flattens an album.
    #[must_use]
    pub fn of(album: EntityRef<'_>) -> Self {
        let totals = album.get::<AlbumTotals>().copied().unwrap_or_default();
        let info = album.get::<AlbumInfo>();
        Self {
            id: album.get::<AlbumId>().map_or(0, |id| id.0),
            title: album
                .get::<AlbumTitle>()
                .map(|title| title.0.to_string())
                .unwrap_or_default(),
            album_artist: album
                .get::<AlbumArtist>()
                .map(|artist| artist.0.to_string())
                .unwrap_or_default(),
            year: info.and_then(|info| info.released).map_or(0, |date| date.year),
            track_count: totals.tracks,
            duration_ms: totals.duration,
            artwork_id: album.get::<AlbumCover>().map_or(0, |cover| cover.0.0),
            compilation: info.is_some_and(|info| info.compilation),
        }
    }

    /// This row as a JSON object, unknown fields left out.
    #[must_use]
    pub fn json(&self) -> AlbumJson<'_> {
        AlbumJson(self)
    }
}

/// Serialises a [`TrackRow`] for people and programs outside.
#[derive(Debug)]
pub struct TrackJson<'a>(&'a TrackRow);

/// Serialises an [`AlbumRow`] for people and programs outside.
#[derive(Debug)]
pub struct AlbumJson<'a>(&'a AlbumRow);

trait Known {
    fn known(&self) -> bool;
}

macro_rules! known_numbers {
    ($($number:ty),*) => {$(
        impl Known for $number {
            fn known(&self) -> bool {
                *self != 0
            }
        }
    )*};
}

known_numbers!(u8, u16, u32, u64);

impl Known for bool {
    fn known(&self) -> bool {
        *self
    }
}

impl Known for String {
    fn known(&self) -> bool {
        !self.is_empty()
    }
}

impl Known for Vec<String> {
    fn known(&self) -> bool {
        !self.is_empty()
    }
}

fn put<M: SerializeMap, T: Known + Serialize>(
    map: &mut M,
    key: &'static str,
    value: &T,
) -> Result<(), M::Error> {
    if value.known() {
        map.serialize_entry(key, value)
    } else {
        Ok(())
    }
}

impl Serialize for TrackJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = self.0;
        let mut map = serializer.serialize_map(None)?;
        put(&mut map, "id", &row.id)?;
        put(&mut map, "title", &row.title)?;
        put(&mut map, "artists", &row.artists)?;
        put(&mut map, "artist", &row.artist)?;
        put(&mut map, "album", &row.album)?;
        put(&mut map, "albumId", &row.album_id)?;
        put(&mut map, "albumArtists", &row.album_artists)?;
        put(&mut map, "albumArtist", &row.album_artist)?;
        put(&mut map, "track", &row.track)?;
        put(&mut map, "trackTotal", &row.track_total)?;
        put(&mut map, "disc", &row.disc)?;
        put(&mut map, "discTotal", &row.disc_total)?;
        put(&mut map, "date", &row.date)?;
        put(&mut map, "originalDate", &row.original_date)?;
        put(&mut map, "year", &row.year)?;
        put(&mut map, "genres", &row.genres)?;
        put(&mut map, "durationMs", &row.duration_ms)?;
        put(&mut map, "codec", &row.codec)?;
        put(&mut map, "sampleRate", &row.sample_rate)?;
        put(&mut map, "channels", &row.channels)?;
        put(&mut map, "bitsPerSample", &row.bits_per_sample)?;
        put(&mut map, "bitrate", &row.bitrate)?;
        put(&mut map, "path", &row.path)?;
        put(&mut map, "provider", &row.provider)?;
        put(&mut map, "rating", &row.rating)?;
        map.serialize_entry("plays", &row.plays)?;
        put(&mut map, "skips", &row.skips)?;
        put(&mut map, "lastPlayed", &row.last_played)?;
        put(&mut map, "added", &row.added)?;
        map.serialize_entry("compilation", &row.compilation)?;
        put(&mut map, "artworkId", &row.artwork_id)?;
        for (key, gain) in [("trackGainDb", row.track_gain), ("albumGainDb", row.album_gain)] {
            if let Some(gain) = gain {
                map.serialize_entry(key, &(f64::from(gain) / 100.0))?;
            }
        }
        put(&mut map, "isrc", &row.isrc)?;
        let ids = MbidsJson(row);
        if ids.any() {
            map.serialize_entry("musicbrainz", &ids)?;
        }
        map.end()
    }
}

struct MbidsJson<'a>(&'a TrackRow);

impl MbidsJson<'_> {
    fn any(&self) -> bool {
        let row = self.0;
        row.recording_mbid.known()
            || row.track_mbid.known()
            || row.release_mbid.known()
            || row.release_group_mbid.known()
            || row.artist_mbids.known()
            || row.album_artist_mbids.known()
    }
}

impl Serialize for MbidsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = self.0;
        let mut map = serializer.serialize_map(None)?;
        put(&mut map, "recording", &row.recording_mbid)?;
        put(&mut map, "track", &row.track_mbid)?;
        put(&mut map, "release", &row.release_mbid)?;
        put(&mut map, "releaseGroup", &row.release_group_mbid)?;
        put(&mut map, "artists", &row.artist_mbids)?;
        put(&mut map, "albumArtists", &row.album_artist_mbids)?;
        map.end()
    }
}

impl Serialize for AlbumJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = self.0;
        let mut map = serializer.serialize_map(None)?;
        put(&mut map, "id", &row.id)?;
        put(&mut map, "title", &row.title)?;
        put(&mut map, "albumArtist", &row.album_artist)?;
        put(&mut map, "year", &row.year)?;
        map.serialize_entry("trackCount", &row.track_count)?;
        map.serialize_entry("durationMs", &row.duration_ms)?;
        put(&mut map, "artworkId", &row.artwork_id)?;
        map.serialize_entry("compilation", &row.compilation)?;
        map.end()
    }
}
