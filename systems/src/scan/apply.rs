//! One read file becomes a track, a file, an album and a picture.

use std::sync::Arc;

use bevy_ecs::bundle::Bundle;
use bevy_ecs::component::Component;
use bevy_ecs::entity::Entity;
use bevy_ecs::world::World;
use segue_audio::tags::FileTags;
use segue_components::erased;
use segue_components::prelude::*;
use segue_components::track::{Credit, TrackMbids};

use super::group::album_key;
use super::index::{AlbumIndex, ArtworkIndex, FileIndex, Orphans};
use super::work::{ListedFile, ReadArtwork, ReadFile};
use crate::catalog::{self, Catalog};
use crate::clock::Clock;
use crate::persist::blobs::{self, Blobs};
use crate::sort;

/// What applying a file did to the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// A track is new.
    Added,
    /// A track's file changed.
    Changed,
    /// The file holds no track.
    Failed,
}

/// Applies what was read of a file. Albums that it touches are brought up to date by [`refresh_albums`].
pub fn apply_file(
    world: &mut World,
    provider: ProviderId,
    listed: &ListedFile,
    read: Result<Box<ReadFile>, String>,
) -> Applied {
    let known = FileIndex::find(world, provider, &listed.path);
    let stamp = FileStamp {
        size: listed.size,
        modified: listed.modified,
    };
    let file = known.unwrap_or_else(|| {
        let location = Location {
            provider,
            path: listed.path.as_str().into(),
        };
        let file = Catalog::spawn(world, (location.clone(), stamp, Presence::Present));
        world.resource_mut::<FileIndex>().insert(&location, file);
        file
    });
    catalog::set(world, file, stamp);
    catalog::set(world, file, Presence::Present);
    let Ok(entity) = entity_of(world, file) else {
        return Applied::Failed;
    };
    match read {
        Err(error) => {
            catalog::set(world, file, Unreadable(error.into()));
            Applied::Failed
        }
        Ok(read) => {
            erased::remove::<Unreadable>(&mut world.entity_mut(entity));
            let hash = read
                .tags
                .format
                .audio_hash
                .as_deref()
                .and_then(parse_md5)
                .map(AudioHash);
            put(world, entity, hash);
            apply_track(world, file, &listed.path, &read)
        }
    }
}

fn entity_of(world: &World, id: impl Id) -> Result<Entity, ()> {
    world.resource::<Catalog>().entity(id).ok_or(())
}

fn apply_track(world: &mut World, file: FileId, path: &str, read: &ReadFile) -> Applied {
    let tags = &read.tags;
    let artwork = read
        .artwork
        .as_ref()
        .map(|artwork| apply_artwork(world, file, artwork));
    let known = catalog::get::<FileOf>(world, file).map(|of| of.0);
    let known = known
        .filter(|&track| entity_of(world, track).is_ok())
        .or_else(|| adopt(world, file, tags, path));
    let (track, applied) = match known {
        Some(track) => (track, Applied::Changed),
        None => {
            let added = Added(world.resource::<Clock>().unix);
            let track: TrackId = Catalog::spawn(world, (added, PlayedFrom(file), file_owned(tags, path)));
            catalog::set(world, file, FileOf(track));
            (track, Applied::Added)
        }
    };
    let Ok(entity) = entity_of(world, track) else {
        return Applied::Failed;
    };
    if applied == Applied::Changed {
        let (title, credit, position, duration, dates, genres, format) = file_owned(tags, path);
        put(world, entity, Some(title));
        put(world, entity, Some(credit));
        put(world, entity, Some(position));
        put(world, entity, Some(duration));
        put(world, entity, Some(dates));
        put(world, entity, Some(genres));
        put(world, entity, Some(format));
    }
    put(world, entity, loudness(tags));
    put(world, entity, external_ids(tags));
    put(
        world,
        entity,
        tags.title_sort.as_deref().map(|sort| SortTitle(sort.into())),
    );
    put(world, entity, artwork.map(Cover));
    apply_album(world, track, entity, tags, path);
    applied
}

/// Finds the track that lost this file with a damaged page, and gives it back.
fn adopt(world: &mut World, file: FileId, tags: &FileTags, path: &str) -> Option<TrackId> {
    let (title, credit, position, duration, ..) = file_owned(tags, path);
    let track = world
        .resource_mut::<Orphans>()
        .adopt(&(title, position, duration, credit))?;
    catalog::set(world, track, PlayedFrom(file));
    catalog::set(world, file, FileOf(track));
    Some(track)
}

/// Inserts a value unless it is there already, or removes what should not be there.
fn put<C: Component + PartialEq>(world: &mut World, entity: Entity, value: Option<C>) {
    let current = world.get::<C>(entity);
    if current == value.as_ref() {
        return;
    }
    match value {
        Some(value) => erased::insert(&mut world.entity_mut(entity), value),
        None => erased::remove::<C>(&mut world.entity_mut(entity)),
    }
}

type FileOwned = (
    Title,
    ArtistCredit,
    Position,
    Duration,
    Dates,
    Genres,
    AudioFormat,
);

/// What every track has, unknown parts left empty: one bundle, so that most tracks share an archetype.
fn file_owned(tags: &FileTags, path: &str) -> FileOwned
where
    FileOwned: Bundle,
{
    let title = tags
        .title
        .as_deref()
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| file_stem(path));
    let small = |number: Option<u32>| number.and_then(|number| u16::try_from(number).ok()).unwrap_or(0);
    let format = &tags.format;
    (
        Title(title.into()),
        ArtistCredit(credit(
            &tags.artists,
            tags.artist.as_deref(),
            tags.artist_sort.as_deref(),
        )),
        Position {
            disc: small(tags.disc),
            disc_total: small(tags.disc_total),
            track: small(tags.track),
            track_total: small(tags.track_total),
        },
        Duration(
            format
                .duration_ms
                .map_or(0, |duration| u32::try_from(duration).unwrap_or(u32::MAX)),
        ),
        Dates {
            released: tags.date.as_deref().and_then(PartialDate::parse),
            original: tags.original_date.as_deref().and_then(PartialDate::parse),
        },
        Genres(tags.genres.iter().map(|genre| genre.as_str().into()).collect()),
        AudioFormat {
            codec: format.codec.as_str().into(),
            sample_rate: format.sample_rate.unwrap_or(0),
            bitrate: format.bitrate.unwrap_or(0),
            channels: format.channels.unwrap_or(0),
            bits_per_sample: format.bits_per_sample.unwrap_or(0),
        },
    )
}

/// The name of a file without folder and extension.
fn file_stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.')
        .map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
}

fn credit(names: &[String], phrase: Option<&str>, sort: Option<&str>) -> Arc<Credit> {
    let mut credit = Credit::of(names.iter().map(String::as_str));
    if credit.names.is_empty() {
        credit.names.extend(phrase.map(Into::into));
    }
    // A phrase that only joins the names says nothing that the names do not.
    let says_more = |phrase: &&str| *phrase != credit.to_string() && *phrase != names.join("; ");
    credit.phrase = phrase.filter(says_more).map(Into::into);
    credit.sort = sort.map(Into::into);
    Arc::new(credit)
}

fn loudness(tags: &FileTags) -> Option<Loudness> {
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range first")]
    let gain = |gain: f32| (gain * 100.0).round().clamp(-32_768.0, 32_767.0) as i16;
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range first")]
    let peak = |peak: f32| (f64::from(peak) * 65_536.0).round().clamp(0.0, 4_294_967_295.0) as u32;
    let tagged = &tags.replaygain;
    let loudness = Loudness {
        track_gain: tagged.track_gain_db.map(gain),
        track_peak: tagged.track_peak.map(peak),
        album_gain: tagged.album_gain_db.map(gain),
        album_peak: tagged.album_peak.map(peak),
    };
    (loudness != Loudness::default()).then_some(loudness)
}

fn boxed(text: Option<&String>) -> Option<Box<str>> {
    text.map(|text| text.as_str().into())
}

fn boxes(texts: &[String]) -> Vec<Box<str>> {
    texts.iter().map(|text| text.as_str().into()).collect()
}

fn external_ids(tags: &FileTags) -> Option<ExternalIds> {
    let ids = TrackMbids {
        recording: boxed(tags.musicbrainz.recording.as_ref()),
        track: boxed(tags.musicbrainz.track.as_ref()),
        artists: boxes(&tags.musicbrainz.artists).into(),
        isrc: boxed(tags.isrc.as_ref()),
    };
    (ids != TrackMbids::default()).then(|| ExternalIds(Box::new(ids)))
}

fn parse_md5(text: &str) -> Option<[u8; 16]> {
    let mut md5 = [0; 16];
    for (index, byte) in md5.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    // All zero means that the encoder did not know it (RFC 9639, 8.2).
    (md5 != [0; 16]).then_some(md5)
}

fn apply_artwork(world: &mut World, file: FileId, read: &ReadArtwork) -> ArtworkId {
    let hash = ContentHash(read.hash);
    if let Some(thumbnail) = &read.thumbnail {
        world
            .resource_mut::<Blobs>()
            .put(blobs::thumbnail(hash), thumbnail.clone());
    }
    let known = ArtworkIndex::find(world, hash);
    if let Some(artwork) = known.filter(|&artwork| entity_of(world, artwork).is_ok()) {
        // The file that held the original may be the one that just lost it.
        catalog::set(world, artwork, EmbeddedIn(file));
        return artwork;
    }
    let picture = Picture {
        mime: read.mime.as_str().into(),
        width: read.width,
        height: read.height,
        size: read.size,
        color: read.color,
        problem: boxed(read.problem.as_ref()),
    };
    let artwork = Catalog::spawn(world, (hash, picture, EmbeddedIn(file)));
    world.resource_mut::<ArtworkIndex>().insert(hash, artwork);
    artwork
}

fn apply_album(world: &mut World, track: TrackId, entity: Entity, tags: &FileTags, path: &str) {
    let key = album_key(tags, path);
    let album = key.map(|key| {
        let known = AlbumIndex::find(world, &key);
        known
            .filter(|&album| entity_of(world, album).is_ok())
            .unwrap_or_else(|| {
                let album = Catalog::spawn(world, AlbumKey(key.clone()));
                world.resource_mut::<AlbumIndex>().insert(&key, album);
                album
            })
    });
    leave_album(world, track, entity, album);
    put(world, entity, album.map(OnAlbum));
    put(world, entity, album_tags(tags));
    let Some(album) = album else {
        return;
    };
    let mut index = world.resource_mut::<AlbumIndex>();
    index.put_track(album, track);
    index.touched.insert(album);
}

fn album_tags(tags: &FileTags) -> Option<AlbumTags> {
    let title = tags
        .album
        .as_deref()
        .map(str::trim)
        .filter(|title| !title.is_empty())?;
    let artist = tags
        .album_artist
        .as_deref()
        .filter(|artist| !artist.trim().is_empty());
    Some(AlbumTags(Arc::new(AlbumTagged {
        title: title.into(),
        artist: artist.map(|artist| {
            credit(
                &tags.album_artists,
                Some(artist),
                tags.album_artist_sort.as_deref(),
            )
        }),
        compilation: tags.compilation,
        sort_title: boxed(tags.album_sort.as_ref()),
        release: boxed(tags.musicbrainz.release.as_ref()),
        release_group: boxed(tags.musicbrainz.release_group.as_ref()),
        artists: boxes(&tags.musicbrainz.album_artists),
    })))
}

/// Takes a track off the album it is on, unless that is the one it will be on.
pub(super) fn leave_album(world: &mut World, track: TrackId, entity: Entity, next: Option<AlbumId>) {
    let Some(&OnAlbum(album)) = world.get::<OnAlbum>(entity) else {
        return;
    };
    if Some(album) == next {
        return;
    }
    let mut index = world.resource_mut::<AlbumIndex>();
    index.take_track(album, track);
    index.touched.insert(album);
}

/// Makes the albums whose tracks changed anew from what their tracks say, in the order of discs, tracks
/// and paths: the same files make the same albums, whenever each of them was read.
pub fn refresh_albums(world: &mut World) {
    let touched: Vec<AlbumId> = world.resource_mut::<AlbumIndex>().touched.drain().collect();
    for album in touched {
        let index = world.resource::<AlbumIndex>();
        let tracks = index.tracks.get(&album).into_iter().flatten();
        let mut tracks: Vec<_> = tracks.map(|&track| (place(world, track), track)).collect();
        if tracks.is_empty() {
            forget_album(world, album);
            continue;
        }
        sort::by(&mut tracks, |(a, _), (b, _)| a.cmp(b));
        let tracks: Vec<TrackId> = tracks.into_iter().map(|(_, track)| track).collect();
        let Ok(entity) = entity_of(world, album) else {
            continue;
        };
        let (title, artist, info, cover) = describe(world, &tracks);
        put(world, entity, title);
        put(world, entity, Some(AlbumArtist(artist)));
        put(world, entity, Some(info));
        put(world, entity, cover);
    }
}

/// Where a track stands among those of its album.
fn place(world: &World, track: TrackId) -> (u16, u16, Option<Box<str>>) {
    let position = catalog::get::<Position>(world, track)
        .copied()
        .unwrap_or_default();
    let file = catalog::get::<PlayedFrom>(world, track).map(|from| from.0);
    let path = file
        .and_then(|file| catalog::get::<Location>(world, file))
        .map(|location| location.path.clone());
    (position.disc, position.track, path)
}

fn describe(
    world: &World,
    tracks: &[TrackId],
) -> (Option<AlbumTitle>, Arc<Credit>, AlbumInfo, Option<AlbumCover>) {
    let mut info = AlbumInfo::default();
    let mut title = None;
    let mut tagged = None;
    let mut cover = None;
    for &track in tracks {
        let released = catalog::get::<Dates>(world, track).and_then(|dates| dates.released);
        info.released = match (info.released, released) {
            (Some(known), Some(released)) => Some(known.min(released)),
            (known, released) => known.or(released),
        };
        cover = cover.or_else(|| catalog::get::<Cover>(world, track).map(|cover| AlbumCover(cover.0)));
        let Some(AlbumTags(tags)) = catalog::get::<AlbumTags>(world, track) else {
            continue;
        };
        title = title.or_else(|| Some(AlbumTitle(tags.title.clone())));
        tagged = tagged.or_else(|| tags.artist.clone());
        info.compilation |= tags.compilation;
        info.sort_title = info.sort_title.or_else(|| tags.sort_title.clone());
        info.release = info.release.or_else(|| tags.release.clone());
        info.release_group = info.release_group.or_else(|| tags.release_group.clone());
        if info.artists.is_empty() {
            info.artists.clone_from(&tags.artists);
        }
    }
    let artist = tagged.unwrap_or_else(|| shared_artist(world, info.compilation, tracks));
    (title, artist, info, cover)
}

fn forget_album(world: &mut World, album: AlbumId) {
    let key = catalog::get::<AlbumKey>(world, album).cloned();
    let mut index = world.resource_mut::<AlbumIndex>();
    index.tracks.remove(&album);
    if let Some(key) = key {
        index.remove(&key.0, album);
    }
    Catalog::despawn(world, album);
}

/// The artist that all tracks of an album share, by their first name; else various artists.
fn shared_artist(world: &World, compilation: bool, tracks: &[TrackId]) -> Arc<Credit> {
    let mut credits = tracks
        .iter()
        .filter_map(|&track| catalog::get::<ArtistCredit>(world, track));
    let first = credits
        .next()
        .map(|credit| Arc::clone(&credit.0))
        .unwrap_or_default();
    let name = first.names.first();
    let mut same_credit = true;
    let shared = credits.all(|credit| {
        same_credit &= credit.0 == first;
        credit.0.names.first() == name
    });
    match (shared && !compilation, same_credit, name) {
        (true, true, _) => first,
        (true, false, Some(name)) => Arc::new(Credit::of([name.clone()])),
        _ => Arc::new(Credit::of([VARIOUS_ARTISTS])),
    }
}

/// What an album is by when its tracks do not agree: the name that MusicBrainz gives to it.
pub const VARIOUS_ARTISTS: &str = "Various Artists";
