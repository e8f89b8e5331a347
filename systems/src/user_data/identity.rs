//! The identity ladder: what a track is known by in another library, and which track of this one that is.

use bevy_ecs::world::World;
use segue_components::prelude::*;

use super::file::KnownTrack;
use super::wanted::Wanted;
use crate::catalog::{self, Catalog};
use crate::query::fold::fold;
use crate::scan::index::FileIndex;

/// How far the lengths of one recording may lie apart, in milliseconds.
pub const CLOSE: u32 = 2_000;

/// What a track is known by; `None` if it is gone.
#[must_use]
pub fn describe(world: &World, track: TrackId) -> Option<KnownTrack> {
    let title = catalog::get::<Title>(world, track)?;
    let file = catalog::get::<PlayedFrom>(world, track).map(|from| from.0);
    let location = file.and_then(|file| catalog::get::<Location>(world, file));
    let position = catalog::get::<Position>(world, track)
        .copied()
        .unwrap_or_default();
    Some(KnownTrack {
        provider: location
            .and_then(|location| catalog::get::<ProviderKind>(world, location.provider))
            .cloned(),
        path: location.map_or_else(String::new, |location| location.path.to_string()),
        audio_hash: file
            .and_then(|file| catalog::get::<AudioHash>(world, file))
            .map(|hash| hash.0),
        recording: recording(world, track).unwrap_or_default().to_owned(),
        title: title.0.to_string(),
        artist: artist(world, track),
        album: album(world, track).unwrap_or_default().to_owned(),
        disc: position.disc,
        track: position.track,
        duration: length(world, track),
        ..KnownTrack::default()
    })
}

pub(crate) fn recording(world: &World, track: TrackId) -> Option<&str> {
    catalog::get::<ExternalIds>(world, track)?.0.recording.as_deref()
}

pub(crate) fn artist(world: &World, track: TrackId) -> String {
    let credit = catalog::get::<ArtistCredit>(world, track);
    credit.map_or_else(String::new, |credit| credit.0.to_string())
}

fn album(world: &World, track: TrackId) -> Option<&str> {
    let album = catalog::get::<OnAlbum>(world, track)?.0;
    catalog::get::<AlbumTitle>(world, album).map(|title| &*title.0)
}

pub(crate) fn length(world: &World, track: TrackId) -> u32 {
    catalog::get::<Duration>(world, track).map_or(0, |length| length.0)
}

/// Title and artist so that they compare, in one.
pub(crate) fn name(title: &str, artist: &str) -> String {
    let mut name = fold(title);
    name.push('\u{1f}');
    name.push_str(&fold(artist));
    name
}

/// Finds each of these tracks, and says by which rung of the ladder.
pub fn find(world: &World, wanted: &[KnownTrack]) -> Vec<Option<(TrackId, Rung)>> {
    let mut found: Vec<Option<(TrackId, Rung)>> = by_path(world, wanted);
    let mut keys: Wanted<TrackId> = Wanted::default();
    for (track, found) in wanted.iter().zip(&found) {
        if found.is_none() {
            for (key, rung) in known_by(track) {
                keys.list(&key, rung as u64);
            }
        }
    }
    if keys.is_empty() {
        return found;
    }
    let catalog = world.resource::<Catalog>();
    let mut tracks: Vec<u64> = catalog.all(Noun::Track).map(|(number, _)| number).collect();
    crate::sort::plain(&mut tracks);
    for track in tracks.into_iter().map(TrackId) {
        if let Some(known) = describe(world, track) {
            for (key, rung) in known_by(&known) {
                keys.offer(&key, rung as u64, track);
            }
        }
    }
    for (track, found) in wanted.iter().zip(&mut found) {
        if found.is_some() {
            continue;
        }
        *found = known_by(track).into_iter().find_map(|(key, rung)| {
            let known = keys.get(&key, rung as u64)?;
            let is_like = |known: &&TrackId| rung != Rung::Tags || is_like(world, track, **known);
            let alike: Vec<TrackId> = known.iter().filter(is_like).copied().collect();
            best(world, track, &alike).map(|known| (known, rung))
        });
    }
    found
}

/// What a track is known by beside its path, the surest first.
fn known_by(track: &KnownTrack) -> Vec<(Vec<u8>, Rung)> {
    let mut keys = Vec::with_capacity(3);
    keys.extend(track.audio_hash.map(|hash| (hash.to_vec(), Rung::AudioHash)));
    if !track.recording.is_empty() {
        let id = track.recording.to_ascii_lowercase();
        keys.push((id.into_bytes(), Rung::Recording));
    }
    keys.push((name(&track.title, &track.artist).into_bytes(), Rung::Tags));
    keys
}

fn by_path(world: &World, wanted: &[KnownTrack]) -> Vec<Option<(TrackId, Rung)>> {
    let catalog = world.resource::<Catalog>();
    let mut providers: Vec<(u64, &ProviderKind)> = catalog
        .all(Noun::Provider)
        .filter_map(|(number, entity)| Some((number, world.get(entity)?)))
        .collect();
    crate::sort::by_key(&mut providers, |&(number, _)| number);
    let found = wanted.iter().map(|track| {
        let kind = track.provider.as_ref()?;
        let (provider, _) = providers.iter().find(|(_, known)| *known == kind)?;
        let file = FileIndex::find(world, ProviderId(*provider), &track.path)?;
        let found = catalog::get::<FileOf>(world, file)?.0;
        is_plausible(world, track, found).then_some((found, Rung::Path))
    });
    found.collect()
}

/// Whether a file in the same place may be the same track: another library may have another `01.mp3` there.
fn is_plausible(world: &World, wanted: &KnownTrack, found: TrackId) -> bool {
    let title = catalog::get::<Title>(world, found).map_or("", |title| &title.0);
    let is_close = length(world, found).abs_diff(wanted.duration) <= CLOSE;
    is_close || fold(title) == fold(&wanted.title)
}

/// Whether a track of the same title and artists has the same length, or where none is known, the same album.
fn is_like(world: &World, wanted: &KnownTrack, found: TrackId) -> bool {
    let length = length(world, found);
    if wanted.duration > 0 && length > 0 {
        return length.abs_diff(wanted.duration) <= CLOSE;
    }
    fold(album(world, found).unwrap_or_default()) == fold(&wanted.album)
}

/// Of several that would do, the one that is most like it.
fn best(world: &World, wanted: &KnownTrack, known: &[TrackId]) -> Option<TrackId> {
    known.iter().copied().min_by_key(|&track| {
        let file = catalog::get::<PlayedFrom>(world, track).map(|from| from.0);
        let location = file.and_then(|file| catalog::get::<Location>(world, file));
        let position = catalog::get::<Position>(world, track)
            .copied()
            .unwrap_or_default();
        (
            location.is_none_or(|location| *location.path != *wanted.path),
            fold(album(world, track).unwrap_or_default()) != fold(&wanted.album),
            (position.disc, position.track) != (wanted.disc, wanted.track),
            length(world, track).abs_diff(wanted.duration),
            track,
        )
    })
}
