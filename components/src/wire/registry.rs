//! Which components the library stores and mirrors, and the number of each.
//!
//! A number is a [`Kind`]'s name on the wire and in a stored page. It is never given to another
//! component: a retired kind leaves its number unused.

use core::fmt;

use bevy_ecs::component::{Component, ComponentId};
use bevy_ecs::world::{EntityRef, EntityWorldMut, World};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::{Reader, WireError};
use crate::album::{AlbumArtist, AlbumCover, AlbumInfo, AlbumKey, AlbumTags, AlbumTitle, AlbumTotals};
use crate::artwork::{ContentHash, EmbeddedIn, Picture};
use crate::erased;
use crate::file::{AudioHash, FileOf, FileStamp, Location, PlayedFrom, Presence, Unreadable};
use crate::history::Listens;
use crate::id::{
    AlbumId, ArtworkId, EntriesId, FileId, HistoryId, Id, JobId, Noun, PlayerId, PlaylistId, ProviderId,
    TrackId,
};
use crate::playback::{PlayerState, Queue, Volume};
use crate::playlist::{PlaylistEntries, PlaylistName, PlaylistTimes, PlaylistTotals, SmartQuery};
use crate::provider::{Access, ProviderKind, ProviderName};
use crate::sync_job::{JobFailures, JobProgress, JobState, SyncOf};
use crate::track::{
    Added, ArtistCredit, AudioFormat, Cover, Dates, Duration, ExternalIds, Genres, Loudness, OnAlbum,
    PlayStats, Position, Rating, SortTitle, Title,
};

/// A component that has a number.
pub trait Numbered: Component {
    /// Its number, below 64.
    const KIND: u8;
}

/// A numbered component, for code that treats them alike.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Its number, below 64.
    pub number: u8,
    /// Its name in code.
    pub name: &'static str,
    /// What carries it.
    pub noun: Noun,
    register: fn(&mut World) -> ComponentId,
}

type Write = fn(EntityRef<'_>, &mut Vec<u8>) -> bool;

#[derive(Clone, Copy)]
struct Read {
    insert: fn(&mut EntityWorldMut<'_>, &mut Reader<'_>) -> Result<(), WireError>,
    skip: fn(&mut Reader<'_>) -> Result<(), WireError>,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({} {:?}::{})", self.number, self.noun, self.name)
    }
}

impl Kind {
    /// The bit of this kind in a [`KindSet`].
    #[must_use]
    pub fn bit(&self) -> KindSet {
        KindSet(1 << self.number)
    }

    /// Appends the value that an entity has of this kind; `false` where it has none.
    pub fn write(&self, entity: EntityRef<'_>, out: &mut Vec<u8>) -> bool {
        let write = WRITE[usize::from(self.number)].expect("every kind has one");
        write(entity, out)
    }

    /// Reads a value and inserts it.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if the bytes are no such value.
    pub fn insert(&self, entity: &mut EntityWorldMut<'_>, reader: &mut Reader<'_>) -> Result<(), WireError> {
        (self.read().insert)(entity, reader)
    }

    /// Reads a value and drops it.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if the bytes are no such value.
    pub fn skip(&self, reader: &mut Reader<'_>) -> Result<(), WireError> {
        (self.read().skip)(reader)
    }

    fn read(&self) -> Read {
        READ[usize::from(self.number)].expect("every kind has one")
    }

    /// Removes the component of this kind.
    pub fn remove(&self, entity: &mut EntityWorldMut<'_>) {
        erased::remove_registered(entity, self.register);
    }

    /// The component of this kind in a world, registered if it was not.
    pub fn component(&self, world: &mut World) -> ComponentId {
        (self.register)(world)
    }
}

/// A set of kinds, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KindSet(pub u64);

impl KindSet {
    /// No kind.
    pub const NONE: Self = Self(0);

    /// The set of one component's kind.
    #[must_use]
    pub fn of<C: Numbered>() -> Self {
        Self(1 << C::KIND)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this kind is in it.
    #[must_use]
    pub fn has(self, kind: &Kind) -> bool {
        self.0 & kind.bit().0 != 0
    }

    /// Whether the two share a kind.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl core::ops::BitOr for KindSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl core::ops::BitOrAssign for KindSet {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

fn write<C: Component + Serialize>(entity: EntityRef<'_>, out: &mut Vec<u8>) -> bool {
    let Some(value) = entity.get::<C>() else {
        return false;
    };
    // Appending to a vector cannot fail, and no component holds a type that postcard refuses:
    // `every_kind_crosses_as_it_is` writes one of each.
    *out = postcard::to_extend(value, core::mem::take(out)).expect("components are plain data");
    true
}

fn read<C: DeserializeOwned>(reader: &mut Reader<'_>) -> Result<C, WireError> {
    let (value, rest) = postcard::take_from_bytes::<C>(reader.rest()).map_err(|_| reader.malformed())?;
    let length = reader.rest().len() - rest.len();
    reader.take(length)?;
    Ok(value)
}

fn insert<C: Component + DeserializeOwned>(
    entity: &mut EntityWorldMut<'_>,
    reader: &mut Reader<'_>,
) -> Result<(), WireError> {
    erased::insert(entity, read::<C>(reader)?);
    Ok(())
}

macro_rules! kinds {
    ($($number:literal $noun:ident $component:ident;)*) => {
        $(impl Numbered for $component {
            const KIND: u8 = $number;
        })*

        /// Every kind, by ascending number.
        pub static KINDS: &[Kind] = &[$(Kind {
            number: $number,
            name: stringify!($component),
            noun: Noun::$noun,
            register: World::register_component::<$component>,
        },)*];

        // By number, and apart from `KINDS`: the library only writes and hosts only read, so that each leaves
        // the half out that it never names.
        static WRITE: [Option<Write>; 64] = {
            let mut all: [Option<Write>; 64] = [None; 64];
            $(all[$number] = Some(write::<$component>);)*
            all
        };

        static READ: [Option<Read>; 64] = {
            let mut all = [None; 64];
            $(all[$number] = Some(Read {
                insert: insert::<$component>,
                skip: |reader| read::<$component>(reader).map(drop),
            });)*
            all
        };
    };
}

kinds! {
    1 Track Title;
    2 Track ArtistCredit;
    3 Track OnAlbum;
    4 Track Position;
    5 Track Duration;
    6 Track Dates;
    7 Track Genres;
    8 Track AudioFormat;
    9 Track Loudness;
    10 Track ExternalIds;
    11 Track SortTitle;
    12 Track Cover;
    13 Track Rating;
    14 Track PlayStats;
    15 Track Added;
    16 Track PlayedFrom;
    17 Track AlbumTags;
    20 File FileOf;
    21 File Location;
    22 File FileStamp;
    23 File AudioHash;
    24 File Presence;
    25 File Unreadable;
    30 Album AlbumTitle;
    31 Album AlbumArtist;
    32 Album AlbumInfo;
    33 Album AlbumTotals;
    34 Album AlbumCover;
    35 Album AlbumKey;
    40 Artwork ContentHash;
    41 Artwork Picture;
    42 Artwork EmbeddedIn;
    45 Provider ProviderKind;
    46 Provider ProviderName;
    47 Provider Access;
    48 History Listens;
    50 SyncJob SyncOf;
    51 SyncJob JobState;
    52 SyncJob JobProgress;
    53 SyncJob JobFailures;
    55 Player Queue;
    56 Player PlayerState;
    57 Player Volume;
    58 Playlist PlaylistName;
    59 Playlist PlaylistTimes;
    60 Playlist SmartQuery;
    61 Playlist PlaylistTotals;
    62 Entries PlaylistEntries;
}

/// The kind with this number, if this build knows it.
#[must_use]
pub fn kind(number: u8) -> Option<&'static Kind> {
    KINDS
        .binary_search_by_key(&number, |kind| kind.number)
        .ok()
        .map(|index| &KINDS[index])
}

/// The kinds that a noun can carry.
pub fn kinds_of(noun: Noun) -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().filter(move |kind| kind.noun == noun)
}

/// Spawns an entity that carries an id and nothing else yet.
pub fn spawn(world: &mut World, noun: Noun, number: u64) -> EntityWorldMut<'_> {
    let entity = match noun {
        Noun::Track => erased::spawn(world, TrackId::from_number(number)),
        Noun::File => erased::spawn(world, FileId::from_number(number)),
        Noun::Album => erased::spawn(world, AlbumId::from_number(number)),
        Noun::Artwork => erased::spawn(world, ArtworkId::from_number(number)),
        Noun::Provider => erased::spawn(world, ProviderId::from_number(number)),
        Noun::SyncJob => erased::spawn(world, JobId::from_number(number)),
        Noun::Player => erased::spawn(world, PlayerId::from_number(number)),
        Noun::Playlist => erased::spawn(world, PlaylistId::from_number(number)),
        Noun::Entries => erased::spawn(world, EntriesId::from_number(number)),
        Noun::History => erased::spawn(world, HistoryId::from_number(number)),
    };
    world.entity_mut(entity)
}

/// The id that an entity carries, whatever its noun.
#[must_use]
pub fn id_of(entity: EntityRef<'_>) -> Option<(Noun, u64)> {
    fn of<I: Id>(entity: EntityRef<'_>) -> Option<(Noun, u64)> {
        entity.get::<I>().map(|id| (I::NOUN, id.number()))
    }
    of::<TrackId>(entity)
        .or_else(|| of::<FileId>(entity))
        .or_else(|| of::<AlbumId>(entity))
        .or_else(|| of::<ArtworkId>(entity))
        .or_else(|| of::<ProviderId>(entity))
        .or_else(|| of::<JobId>(entity))
        .or_else(|| of::<PlayerId>(entity))
        .or_else(|| of::<PlaylistId>(entity))
        .or_else(|| of::<EntriesId>(entity))
        .or_else(|| of::<HistoryId>(entity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_and_fit_a_set() {
        assert!(KINDS.is_sorted_by(|a, b| a.number < b.number));
        assert!(KINDS.iter().all(|kind| kind.number < 64));
        assert!(
            KINDS
                .iter()
                .all(|known| kind(known.number).is_some_and(|found| found.name == known.name))
        );
        assert!(kind(0).is_none() && kind(63).is_none());
    }

    #[test]
    fn a_value_crosses_as_it_is() {
        let mut world = World::new();
        let title = Title("Naïve Ω 音".into());
        let from = world.spawn((TrackId(7), title.clone())).id();
        let kind = kind(Title::KIND).expect("titles are numbered");
        let mut bytes = Vec::new();
        assert!(kind.write(world.entity(from), &mut bytes));
        let mut to = spawn(&mut world, Noun::Track, 7);
        kind.insert(&mut to, &mut Reader::new(&bytes))
            .expect("the bytes are good");
        assert_eq!(to.get::<Title>(), Some(&title));
        kind.remove(&mut to);
        assert!(to.get::<Title>().is_none());
    }

    #[test]
    fn a_cut_value_is_malformed() {
        let mut world = World::new();
        let mut entity = spawn(&mut world, Noun::Track, 1);
        let kind = kind(Title::KIND).expect("titles are numbered");
        assert_eq!(
            kind.insert(&mut entity, &mut Reader::new(&[9, b'a'])),
            Err(WireError::Malformed { offset: 0 })
        );
    }
}
