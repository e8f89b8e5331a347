//! What a scan has to find: a file by its path, an album by its key, a picture by its hash.

use bevy_ecs::query::Without;
use bevy_ecs::resource::Resource;
use bevy_ecs::world::World;
use bevy_platform::collections::{HashMap, HashSet};
use segue_components::prelude::*;

use crate::catalog::Catalog;

/// Files by provider and path.
///
/// Holds a 128-bit hash of the path and not the path, which the file's component holds already.
#[derive(Resource, Debug, Default)]
pub struct FileIndex {
    by_path: HashMap<u128, FileId>,
}

fn path_hash(provider: ProviderId, path: &str) -> u128 {
    xxhash_rust::xxh3::xxh3_128_with_seed(path.as_bytes(), provider.0)
}

impl FileIndex {
    /// The file at a path.
    #[must_use]
    pub fn find(&self, provider: ProviderId, path: &str) -> Option<FileId> {
        self.by_path.get(&path_hash(provider, path)).copied()
    }

    pub(super) fn insert(&mut self, location: &Location, file: FileId) {
        self.by_path
            .insert(path_hash(location.provider, &location.path), file);
    }

    pub(super) fn remove(&mut self, location: &Location) {
        self.by_path.remove(&path_hash(location.provider, &location.path));
    }
}

/// Albums by key, and the tracks of each.
#[derive(Resource, Debug, Default)]
pub struct AlbumIndex {
    pub(super) by_key: HashMap<Box<str>, AlbumId>,
    pub(super) tracks: HashMap<AlbumId, HashSet<TrackId>>,
    /// Albums whose tracks changed and that [`super::apply::refresh_albums`] has not seen yet.
    pub(super) touched: HashSet<AlbumId>,
}

/// Tracks that lost their file with a damaged page. A file that is read and fits one of them is its file.
#[derive(Resource, Debug, Default)]
pub struct Orphans {
    tracks: HashMap<Likeness, Vec<TrackId>>,
}

/// What has to be equal for a file to be taken for that of a track that lost its own.
type Likeness = (Title, Position, Duration, ArtistCredit);

impl Orphans {
    /// Takes a track that is like this out of them.
    pub(super) fn adopt(&mut self, likeness: &Likeness) -> Option<TrackId> {
        self.tracks.get_mut(likeness)?.pop()
    }
}

/// Pictures by hash.
#[derive(Resource, Debug, Default)]
pub struct ArtworkIndex {
    pub(super) by_hash: HashMap<ContentHash, ArtworkId>,
}

/// Builds all of them anew from a world that was loaded.
pub fn rebuild(world: &mut World) {
    let mut files = FileIndex::default();
    let mut albums = AlbumIndex::default();
    let mut artworks = ArtworkIndex::default();
    for (&file, location) in world.query::<(&FileId, &Location)>().iter(world) {
        files.insert(location, file);
    }
    for (&album, key) in world.query::<(&AlbumId, &AlbumKey)>().iter(world) {
        albums.by_key.insert(key.0.clone(), album);
    }
    for (&track, album) in world.query::<(&TrackId, &OnAlbum)>().iter(world) {
        albums.tracks.entry(album.0).or_default().insert(track);
    }
    for (&artwork, &hash) in world.query::<(&ArtworkId, &ContentHash)>().iter(world) {
        artworks.by_hash.insert(hash, artwork);
    }
    let mut orphans = Orphans::default();
    let mut lost = world
        .query_filtered::<(&TrackId, &Title, &Position, &Duration, &ArtistCredit), Without<PlayedFrom>>();
    for (&track, title, position, duration, credit) in lost.iter(world) {
        let likeness = (title.clone(), *position, *duration, credit.clone());
        orphans.tracks.entry(likeness).or_default().push(track);
    }
    let catalog = world.resource::<Catalog>();
    // An album whose page was damaged is made again by the next scan of its files; one without tracks
    // is swept now.
    let empty = albums
        .by_key
        .values()
        .filter(|album| !albums.tracks.contains_key(*album))
        .copied();
    albums.touched = empty.filter(|&album| catalog.entity(album).is_some()).collect();
    world.insert_resource(orphans);
    world.insert_resource(files);
    world.insert_resource(albums);
    world.insert_resource(artworks);
}
