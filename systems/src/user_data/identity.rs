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

/// The steps of a [`Search`], in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Step {
    #[default]
    Paths,
    Keys,
    Tracks,
    Best,
    Done,
}

/// Finds each of some tracks, and says by which rung of the ladder, so many at a time.
#[derive(Debug, Default)]
pub(super) struct Search {
    step: Step,
    next: usize,
    total: usize,
    /// What is looked for in the library, and what of it is there.
    keys: Wanted<TrackId>,
    pub(super) found: Vec<Option<(TrackId, Rung)>>,
}

impl Search {
    /// Looks at so many tracks at the most. `true` when all that can be found is.
    pub(super) fn step(&mut self, world: &World, wanted: &[KnownTrack], left: &mut usize) -> bool {
        let providers = providers(world);
        while *left > 0 {
            let tracks = world.resource::<Catalog>().last(Noun::Track);
            self.total = match self.step {
                // Numbers begin with one.
                Step::Tracks => usize::try_from(tracks).unwrap_or(usize::MAX).saturating_add(1),
                _ => wanted.len(),
            };
            if self.next >= self.total {
                self.next = 0;
                self.step = match self.step {
                    Step::Paths => Step::Keys,
                    // Everything lies where it lay.
                    Step::Keys if self.keys.is_empty() => Step::Done,
                    Step::Keys => Step::Tracks,
                    Step::Tracks => Step::Best,
                    Step::Best | Step::Done => Step::Done,
                };
                if self.step == Step::Done {
                    return true;
                }
                continue;
            }
            let next = self.next;
            match self.step {
                Step::Paths => self.found.push(by_path(world, &providers, &wanted[next])),
                Step::Keys if self.found[next].is_none() => {
                    for (key, rung) in known_by(&wanted[next]) {
                        self.keys.list(&key, rung as u64);
                    }
                }
                Step::Tracks => {
                    let track = TrackId(next as u64);
                    if let Some(known) = describe(world, track) {
                        for (key, rung) in known_by(&known) {
                            self.keys.offer(&key, rung as u64, track);
                        }
                    }
                }
                Step::Best if self.found[next].is_none() => {
                    self.found[next] = self.best_of(world, &wanted[next]);
                }
                _ => {}
            }
            self.next += 1;
            *left -= 1;
        }
        self.step == Step::Done
    }

    /// How far the step is and of how much, and which of four it is.
    pub(super) fn progress(&self) -> (usize, u64, u64) {
        (self.step as usize, self.next as u64, self.total as u64)
    }

    fn best_of(&self, world: &World, wanted: &KnownTrack) -> Option<(TrackId, Rung)> {
        known_by(wanted).into_iter().find_map(|(key, rung)| {
            let known = self.keys.get(&key, rung as u64)?;
            let is_like = |known: &&TrackId| rung != Rung::Tags || is_like(world, wanted, **known);
            let alike: Vec<TrackId> = known.iter().filter(is_like).copied().collect();
            best(world, wanted, &alike).map(|known| (known, rung))
        })
    }
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

/// The providers by number.
fn providers(world: &World) -> Vec<(u64, &ProviderKind)> {
    let catalog = world.resource::<Catalog>();
    let mut providers: Vec<(u64, &ProviderKind)> = catalog
        .all(Noun::Provider)
        .filter_map(|(number, entity)| Some((number, world.get(entity)?)))
        .collect();
    crate::sort::by_key(&mut providers, |&(number, _)| number);
    providers
}

fn by_path(
    world: &World,
    providers: &[(u64, &ProviderKind)],
    wanted: &KnownTrack,
) -> Option<(TrackId, Rung)> {
    let kind = wanted.provider.as_ref()?;
    let (provider, _) = providers.iter().find(|(_, known)| *known == kind)?;
    let file = FileIndex::find(world, ProviderId(*provider), &wanted.path)?;
    let found = catalog::get::<FileOf>(world, file)?.0;
    is_plausible(world, wanted, found).then_some((found, Rung::Path))
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
