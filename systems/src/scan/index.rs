//! What a scan has to find: a file by its path, an album by its key, a picture by its hash.

use bevy_ecs::entity::Entity;
use bevy_ecs::message::{MessageCursor, Messages};
use bevy_ecs::resource::Resource;
use bevy_ecs::system::Local;
use bevy_ecs::world::{Mut, World};
use bevy_platform::collections::{HashMap, HashSet, HashTable};
use segue_components::prelude::*;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::catalog::{self, Catalog};
use crate::clock::{Clock, Wake};
use crate::persist::Loaded;

/// How many things a tick takes in after a load: a millisecond or two.
const FILLED_PER_TICK: usize = 4_096;

/// Numbers of things under the hash of what they are found by: nine bytes each, because what they are found by is
/// not kept but looked at in the thing.
#[derive(Debug, Default)]
struct Hashed(HashTable<u64>);

/// The part of an entry that is the number: ids beyond have no place in a store.
const NUMBER: u64 = (1 << 40) - 1;

/// The hash of which an entry's upper part is the upper part, as far as it is known.
fn spread(entry: u64) -> u64 {
    let high = entry >> 40;
    high | high << 40
}

impl Hashed {
    fn find(&self, hash: u64, is: impl Fn(u64) -> bool) -> Option<u64> {
        let same = |&entry: &u64| (entry ^ hash) & !NUMBER == 0 && is(entry & NUMBER);
        self.0.find(spread(hash), same).map(|entry| entry & NUMBER)
    }

    fn insert(&mut self, hash: u64, number: u64) {
        if number <= NUMBER {
            let entry = hash & !NUMBER | number;
            self.0.insert_unique(spread(hash), entry, |&entry| spread(entry));
        }
    }

    fn remove(&mut self, hash: u64, number: u64) {
        let entry = hash & !NUMBER | number;
        if let Ok(found) = self.0.find_entry(spread(hash), |&other| other == entry) {
            found.remove();
        }
    }

    fn reserve(&mut self, count: usize) {
        self.0.reserve(count, |&entry| spread(entry));
    }
}

/// Files by provider and path.
#[derive(Resource, Debug, Default)]
pub struct FileIndex {
    by_path: Hashed,
}

fn path_hash(provider: ProviderId, path: &str) -> u64 {
    xxh3_64_with_seed(path.as_bytes(), provider.0)
}

impl FileIndex {
    /// The file at a path.
    #[must_use]
    pub fn find(world: &World, provider: ProviderId, path: &str) -> Option<FileId> {
        let index = world.get_resource::<Self>()?;
        let is = |file| {
            catalog::get::<Location>(world, FileId(file))
                .is_some_and(|location| location.provider == provider && *location.path == *path)
        };
        index.by_path.find(path_hash(provider, path), is).map(FileId)
    }

    pub(super) fn insert(&mut self, location: &Location, file: FileId) {
        self.by_path
            .insert(path_hash(location.provider, &location.path), file.0);
    }

    pub(super) fn remove(&mut self, location: &Location, file: FileId) {
        self.by_path
            .remove(path_hash(location.provider, &location.path), file.0);
    }
}

/// Albums by key, and the tracks of each.
#[derive(Resource, Debug, Default)]
pub struct AlbumIndex {
    by_key: Hashed,
    /// Ascending.
    pub(super) tracks: HashMap<AlbumId, Vec<TrackId>>,
    /// Albums whose tracks changed and that [`super::apply::refresh_albums`] has not seen yet.
    pub(super) touched: HashSet<AlbumId>,
}

impl AlbumIndex {
    pub(super) fn find(world: &World, key: &str) -> Option<AlbumId> {
        let is = |album| catalog::get::<AlbumKey>(world, AlbumId(album)).is_some_and(|of| *of.0 == *key);
        let index = world.resource::<Self>();
        index.by_key.find(xxh3_64(key.as_bytes()), is).map(AlbumId)
    }

    pub(super) fn insert(&mut self, key: &str, album: AlbumId) {
        self.by_key.insert(xxh3_64(key.as_bytes()), album.0);
    }

    pub(super) fn remove(&mut self, key: &str, album: AlbumId) {
        self.by_key.remove(xxh3_64(key.as_bytes()), album.0);
    }

    /// Puts a track on an album, which may have it already.
    pub(super) fn put_track(&mut self, album: AlbumId, track: TrackId) {
        let tracks = self.tracks.entry(album).or_default();
        if let Err(place) = tracks.binary_search_by(|known| known.cmp(&track)) {
            tracks.insert(place, track);
        }
    }

    pub(super) fn take_track(&mut self, album: AlbumId, track: TrackId) {
        if let Some(tracks) = self.tracks.get_mut(&album)
            && let Ok(place) = tracks.binary_search_by(|known| known.cmp(&track))
        {
            tracks.remove(place);
        }
    }
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
    by_hash: Hashed,
}

/// The beginning of what is a hash already.
fn picture_hash(hash: ContentHash) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = hash.0;
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

impl ArtworkIndex {
    pub(super) fn find(world: &World, hash: ContentHash) -> Option<ArtworkId> {
        let is = |artwork| catalog::get::<ContentHash>(world, ArtworkId(artwork)) == Some(&hash);
        let index = world.resource::<Self>();
        index.by_hash.find(picture_hash(hash), is).map(ArtworkId)
    }

    pub(super) fn insert(&mut self, hash: ContentHash, artwork: ArtworkId) {
        self.by_hash.insert(picture_hash(hash), artwork.0);
    }
}

/// What of a library that was loaded is in none of the indexes yet: a noun and the number that comes next.
#[derive(Resource, Debug, Default)]
pub struct Filling(Option<(Noun, u64)>);

impl Filling {
    /// Whether everything that was loaded can be found.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.0.is_none()
    }

    /// Notes that a library was loaded. If it is a small one, all of it will be found in this tick.
    pub(crate) fn expect(&mut self, catalog: &Catalog) {
        let things: usize = FILLED.iter().map(|&noun| catalog.count(noun)).sum();
        self.0 = (things > FILLED_PER_TICK).then_some((FILLED[0], 0));
    }
}

/// What is found by something, in the order in which it is taken in: an album looks at whether it has tracks.
const FILLED: [Noun; 4] = [Noun::File, Noun::Track, Noun::Album, Noun::Artwork];

/// After a load, takes in what there is, some of it a tick.
pub(super) fn fill_some(world: &mut World, mut loaded: Local<MessageCursor<Loaded>>) {
    if loaded.read(world.resource::<Messages<Loaded>>()).count() > 0 {
        clear(world);
    }
    if !world.resource::<Filling>().is_done() && !fill(world, FILLED_PER_TICK) {
        let now = world.resource::<Clock>().now;
        world.resource_mut::<Wake>().at(now);
    }
}

/// Builds all of them anew from a world that was loaded.
pub fn rebuild(world: &mut World) {
    clear(world);
    fill(world, usize::MAX);
}

fn clear(world: &mut World) {
    let catalog = world.resource::<Catalog>();
    let [files, albums, artworks] = [Noun::File, Noun::Album, Noun::Artwork].map(|noun| catalog.count(noun));
    let mut file_index = FileIndex::default();
    file_index.by_path.reserve(files);
    let mut album_index = AlbumIndex::default();
    album_index.by_key.reserve(albums);
    album_index.tracks.reserve(albums);
    let mut artwork_index = ArtworkIndex::default();
    artwork_index.by_hash.reserve(artworks);
    world.insert_resource(file_index);
    world.insert_resource(album_index);
    world.insert_resource(artwork_index);
    world.insert_resource(Orphans::default());
    world.insert_resource(Filling(Some((FILLED[0], 0))));
}

/// Takes in what stands in so many more places of the catalog. `true` once that was all.
fn fill(world: &mut World, places: usize) -> bool {
    let mut left = places;
    while let Some((noun, from)) = world.resource::<Filling>().0 {
        if left == 0 {
            return false;
        }
        let step = left.min(FILLED_PER_TICK);
        let mut found = Vec::new();
        let catalog = world.resource::<Catalog>();
        let next = catalog.walk(noun, from, step, |number, entity| found.push((number, entity)));
        left -= if next.is_some() {
            step
        } else {
            found.len().min(step)
        };
        take_in(world, noun, found);
        let place = FILLED.iter().position(|&of| of == noun);
        let following = place.and_then(|place| FILLED.get(place + 1));
        let next = next.map(|next| (noun, next));
        world.resource_mut::<Filling>().0 = next.or_else(|| following.map(|&noun| (noun, 0)));
    }
    true
}

fn take_in(world: &mut World, noun: Noun, found: Vec<(u64, Entity)>) {
    for (number, entity) in found {
        match noun {
            Noun::File => {
                world.resource_scope(|world, mut files: Mut<FileIndex>| {
                    if let Some(location) = world.get::<Location>(entity) {
                        files.insert(location, FileId(number));
                    }
                });
            }
            Noun::Track => take_in_track(world, TrackId(number), entity),
            Noun::Album => {
                world.resource_scope(|world, mut albums: Mut<AlbumIndex>| {
                    if let Some(AlbumKey(key)) = world.get(entity) {
                        albums.insert(key, AlbumId(number));
                        // An album whose page was damaged is made again by the next scan of its files; one
                        // without tracks is swept by it.
                        if !albums.tracks.contains_key(&AlbumId(number)) {
                            albums.touched.insert(AlbumId(number));
                        }
                    }
                });
            }
            _ => {
                if let Some(&hash) = world.get::<ContentHash>(entity) {
                    let mut artworks = world.resource_mut::<ArtworkIndex>();
                    artworks.insert(hash, ArtworkId(number));
                }
            }
        }
    }
}

fn take_in_track(world: &mut World, track: TrackId, entity: Entity) {
    let Ok(found) = world.get_entity(entity) else {
        return;
    };
    let album = found.get::<OnAlbum>().copied();
    let likeness = match found.get_components::<(&Title, &Position, &Duration, &ArtistCredit)>() {
        Ok((title, &position, &duration, credit)) if !found.contains::<PlayedFrom>() => {
            Some((title.clone(), position, duration, credit.clone()))
        }
        _ => None,
    };
    if let Some(likeness) = likeness {
        let mut orphans = world.resource_mut::<Orphans>();
        orphans.tracks.entry(likeness).or_default().push(track);
    }
    if let Some(OnAlbum(album)) = album {
        let mut albums = world.resource_mut::<AlbumIndex>();
        albums.tracks.entry(album).or_default().push(track);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule;

    const FILES: u64 = 9_000;

    fn path(file: u64) -> String {
        format!("{}/{file}.mp3", file / 12)
    }

    fn loaded() -> World {
        let mut world = World::new();
        schedule::setup(&mut world);
        world.init_resource::<Messages<Loaded>>();
        world.init_resource::<Filling>();
        for number in 1..=FILES {
            let location = Location {
                provider: ProviderId(1),
                path: path(number).into(),
            };
            let _: FileId = Catalog::spawn(&mut world, location);
            let album = AlbumId(1 + number / 12);
            let _: TrackId = Catalog::spawn(&mut world, (OnAlbum(album), Title("a".into())));
        }
        for number in 1..=FILES / 12 + 2 {
            let _: AlbumId = Catalog::spawn(&mut world, AlbumKey(number.to_string().into()));
        }
        world
    }

    #[track_caller]
    fn check(world: &World) {
        for number in 1..=FILES {
            let found = FileIndex::find(world, ProviderId(1), &path(number));
            assert_eq!(found, Some(FileId(number)));
        }
        assert_eq!(FileIndex::find(world, ProviderId(2), &path(1)), None);
        assert_eq!(AlbumIndex::find(world, "7"), Some(AlbumId(7)));
        let albums = world.resource::<AlbumIndex>();
        assert_eq!(albums.tracks[&AlbumId(1)].len(), 11);
        let without: Vec<_> = albums.touched.iter().collect();
        assert_eq!(without, [&AlbumId(FILES / 12 + 2)]);
    }

    #[test]
    fn what_was_loaded_is_taken_in_a_slice_a_tick() {
        let mut world = loaded();
        world.resource_mut::<Messages<Loaded>>().write(Loaded);
        let mut ticks = 0;
        while ticks == 0 || !world.resource::<Filling>().is_done() {
            world.run_system_cached(fill_some).unwrap();
            ticks += 1;
        }
        assert_eq!(ticks, 5, "18,752 things");
        check(&world);
        rebuild(&mut world);
        check(&world);
    }

    #[test]
    fn things_of_one_hash_are_told_apart() {
        let mut hashed = Hashed::default();
        for number in 1..=50 {
            hashed.insert(u64::MAX, number);
        }
        assert_eq!(hashed.find(u64::MAX, |number| number == 20), Some(20));
        assert_eq!(hashed.find(0, |_| true), None);
        hashed.remove(u64::MAX, 20);
        hashed.remove(u64::MAX, 70);
        assert_eq!(hashed.find(u64::MAX, |number| number == 20), None);
        assert_eq!(hashed.find(u64::MAX, |number| number == 50), Some(50));
        hashed.insert(5, u64::MAX);
        assert_eq!(hashed.find(5, |_| true), None, "no such id is ever given");
    }
}
