//! Bringing the index up to date with the log of changes.

use bevy_ecs::entity::Entity;
use bevy_ecs::world::World;
use bevy_platform::collections::HashSet;
use segue_components::prelude::*;
use segue_components::wire::registry::KindSet;

use super::Index;
use super::rows::Recent;
use crate::catalog::Catalog;
use crate::changes::Changes;
use crate::sort;

impl Index {
    pub(super) fn update(&mut self, world: &mut World) {
        let mut touched = Touched::default();
        for change in world.resource::<Changes>().settled() {
            touched.note(self, world, change);
        }
        if touched.beside {
            self.beside += 1;
            self.version += 1;
        }
        if touched.is_empty() {
            return;
        }
        self.version += 1;
        for &(id, entity, text) in &touched.albums {
            match world.get_entity(entity) {
                Ok(album) => self.put_album(world, id, album, text),
                Err(_) => self.drop_album(id),
            }
        }
        let mut changed = HashSet::new();
        let mut tracks = touched.tracks;
        // The entries of one track stand together, and text wins.
        sort::by_key(&mut tracks, |&(id, _, text)| (id, !text));
        tracks.dedup_by_key(|&mut (id, _, _)| id);
        let mut recent = Recent::default();
        for (id, entity, text) in tracks {
            let album = |index: &Self| {
                index
                    .tracks
                    .number(id)
                    .map(|number| index.tracks.row(number).album)
            };
            changed.extend(album(self));
            match entity.and_then(|entity| world.get_entity(entity).ok()) {
                Some(track) => self.put_track(world, id, track, text, &mut recent),
                None => self.drop_track(id),
            }
            changed.extend(album(self));
        }
        changed.extend(touched.albums.iter().map(|&(id, _, _)| id));
        changed.remove(&0);
        let mut changed: Vec<_> = changed.into_iter().collect();
        sort::plain(&mut changed);
        self.put_totals(world, changed);
        if self.is_ready() && (self.tracks.is_stale() || self.albums.is_stale()) {
            let generation = self.generation;
            self.begin(world);
            self.fill(world, usize::MAX);
            // What hosts were told still holds.
            self.generation = generation;
        }
    }
}

/// What of the log the index has to look at.
#[derive(Default)]
struct Touched {
    /// Id, entity, and whether text changed.
    albums: Vec<(u64, Entity, bool)>,
    /// The same; without an entity the track is gone.
    tracks: Vec<(u64, Option<Entity>, bool)>,
    /// Whether something changed that is in no row, but that answers depend on.
    beside: bool,
}

impl Touched {
    fn is_empty(&self) -> bool {
        self.albums.is_empty() && self.tracks.is_empty()
    }

    fn note(&mut self, index: &Index, world: &World, change: &crate::changes::Change) {
        let kinds = change.kinds;
        match change.noun {
            Noun::Track => {
                let entity = (!change.gone).then_some(change.entity);
                let new = index.tracks.number(change.number).is_none();
                if change.gone || new || kinds.meets(track_text() | track_numbers()) {
                    self.tracks
                        .push((change.number, entity, kinds.meets(track_text())));
                }
            }
            Noun::Album => {
                let text = change.gone || kinds.meets(album_text());
                let other = KindSet::of::<AlbumCover>() | KindSet::of::<AlbumArtist>();
                if !text && !kinds.meets(other) {
                    return;
                }
                self.albums.push((change.number, change.entity, text));
                for &row in index.on_albums.tracks(change.number) {
                    let row = index.tracks.row(row);
                    self.tracks.push((row.id, Some(row.entity), false));
                }
            }
            Noun::File => {
                let kinds_of_file = KindSet::of::<Presence>()
                    | KindSet::of::<FileOf>()
                    | KindSet::of::<Location>()
                    | KindSet::of::<Unreadable>();
                let track = world
                    .get::<FileOf>(change.entity)
                    .filter(|_| kinds.meets(kinds_of_file));
                if let Some(FileOf(track)) = track
                    && let Some(entity) = world.resource::<Catalog>().entity(*track)
                {
                    self.tracks.push((track.0, Some(entity), false));
                }
            }
            Noun::Provider => self.beside |= change.gone || kinds.meets(KindSet::of::<ProviderName>()),
            _ => {}
        }
    }
}

/// A change of these gives a track's row a new number.
fn track_text() -> KindSet {
    KindSet::of::<Title>() | KindSet::of::<SortTitle>()
}

fn track_numbers() -> KindSet {
    KindSet::of::<Position>()
        | KindSet::of::<ArtistCredit>()
        | KindSet::of::<OnAlbum>()
        | KindSet::of::<Genres>()
        | KindSet::of::<Duration>()
        | KindSet::of::<Dates>()
        | KindSet::of::<AudioFormat>()
        | KindSet::of::<Cover>()
        | KindSet::of::<Rating>()
        | KindSet::of::<PlayStats>()
        | KindSet::of::<Added>()
        | KindSet::of::<Loudness>()
        | KindSet::of::<ExternalIds>()
        | KindSet::of::<PlayedFrom>()
}

fn album_text() -> KindSet {
    KindSet::of::<AlbumTitle>() | KindSet::of::<AlbumInfo>()
}
