//! Tables: the groups of kinds that change together, how their rows are gathered and how they come back.

use core::mem::take;

use bevy_ecs::bundle::{Bundle, BundleScratch, NoBundleEffect};
use bevy_ecs::entity::Entity;
use bevy_ecs::world::World;
use segue_components::album::{
    AlbumArtist, AlbumCover, AlbumInfo, AlbumKey, AlbumTags, AlbumTitle, AlbumTotals,
};
use segue_components::artwork::{ContentHash, EmbeddedIn, Picture};
use segue_components::erased::{self, Reader, Row};
use segue_components::file::{AudioHash, FileOf, FileStamp, Location, PlayedFrom, Presence, Unreadable};
use segue_components::history::Listens;
use segue_components::id::{
    AlbumId, ArtworkId, EntriesId, FileId, HistoryId, Id, JobId, Noun, PlayerId, PlaylistId, ProviderId,
    TrackId,
};
use segue_components::playback::{PlayerState, Queue, Volume};
use segue_components::playlist::{PlaylistEntries, PlaylistName, PlaylistTimes, SmartQuery};
use segue_components::provider::{Access, ProviderKind, ProviderName};
use segue_components::sync_job::{JobFailures, JobProgress, JobState, SyncOf};
use segue_components::track::{
    Added, ArtistCredit, AudioFormat, Cover, Dates, Duration, ExternalIds, Genres, Loudness, OnAlbum,
    PlayStats, Position, Rating, SortTitle, Title,
};
use segue_components::wire::registry::{KindSet, Numbered};

use super::page::{Page, PageError, PageWriter, ROWS, Slots, UnknownSection};
use super::record::{Column, Gathered, Shared, Stored};
use crate::catalog::Catalog;

/// A table of the store.
#[derive(Debug)]
pub struct Table {
    /// Its number in the store, never given to another.
    pub number: u16,
    /// Its name in messages.
    pub name: &'static str,
    /// What its rows are.
    pub noun: Noun,
    /// Whether it says which things there are. A noun has one such table; rows of the others only add to it.
    pub primary: bool,
    kinds: fn() -> KindSet,
}

impl Table {
    /// The kinds in it.
    #[must_use]
    pub fn kinds(&self) -> KindSet {
        (self.kinds)()
    }

    /// The table with this number.
    #[must_use]
    pub fn find(number: u16) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.number == number)
    }
}

/// Added to the number of a table where its damaged pages are kept.
pub const QUARANTINE: u16 = 0x8000;

/// The kinds whose changes must survive a power cut, because nobody but the listener knows them.
#[must_use]
pub fn strict_kinds() -> KindSet {
    KindSet::of::<Rating>()
        | KindSet::of::<PlayStats>()
        | KindSet::of::<ProviderKind>()
        | KindSet::of::<ProviderName>()
        | KindSet::of::<Access>()
        | KindSet::of::<SyncOf>()
        | KindSet::of::<JobState>()
        | KindSet::of::<Queue>()
        | KindSet::of::<Volume>()
        | KindSet::of::<PlaylistName>()
        | KindSet::of::<PlaylistTimes>()
        | KindSet::of::<SmartQuery>()
        | KindSet::of::<PlaylistEntries>()
        | KindSet::of::<Listens>()
}

/// The kinds that change all the time while music plays, and are not worth a write of their own.
#[must_use]
pub fn lazy_kinds() -> KindSet {
    KindSet::of::<PlayerState>()
}

/// The first id of a page.
fn first(page: u32) -> u64 {
    u64::from(page) * ROWS as u64
}

/// Which page and slot an id has; `None` beyond 2^40 ids.
#[must_use]
pub fn place(number: u64) -> Option<(u32, u8)> {
    let [slot, ..] = number.to_le_bytes();
    u32::try_from(number / ROWS as u64).ok().map(|page| (page, slot))
}

fn spawn_all<B: Bundle<Effect: NoBundleEffect>>(
    world: &mut World,
    slots: &[u8],
    entities: &mut [Option<Entity>; ROWS],
    make: impl FnMut(u8) -> B,
) {
    let spawned = world.spawn_batch(slots.iter().copied().map(make));
    for (&slot, entity) in slots.iter().zip(spawned) {
        entities[usize::from(slot)] = Some(entity);
    }
}

/// Spawns with one more component for each optional column that the group has: every combination of
/// them is a bundle type of its own, so no row moves from archetype to archetype.
macro_rules! choose {
    ($world:ident, $slots:ident, $entities:ident, $has:expr, $make:expr;) => {
        spawn_all($world, &$slots, &mut $entities, $make)
    };
    ($world:ident, $slots:ident, $entities:ident, $has:expr, $make:expr; $column:ident $($rest:ident)*) => {
        if $has & 1 == 1 {
            choose!($world, $slots, $entities, $has >> 1, {
                let mut make = $make;
                let column = &mut *$column;
                move |slot| (make(slot), column.take(slot).expect("the group has it"))
            }; $($rest)*)
        } else {
            choose!($world, $slots, $entities, $has >> 1, $make; $($rest)*)
        }
    };
}

macro_rules! tables {
    ($(
        $number:literal $name:literal $noun:ident $primary:literal $module:ident {
            $($column:ident: $component:ident,)*
        }
    )*) => {
        /// Every table, by ascending number.
        pub static TABLES: &[Table] = &[$(Table {
            number: $number,
            name: $name,
            noun: Noun::$noun,
            primary: $primary,
            kinds: || {
                let mut kinds = KindSet::NONE;
                $(kinds |= KindSet::of::<$component>();)*
                kinds
            },
        },)*];

        $(mod $module {
            use super::*;

            #[derive(Default)]
            struct Page<'w> {
                $($column: Gathered<'w, $component>,)*
            }

            /// Gathers one page.
            pub(super) fn write(
                world: &World,
                entities: &[(u8, Entity)],
                writer: &mut PageWriter,
            ) -> Slots {
                let mut rows = Slots::default();
                let mut page = Page::default();
                let reader = Reader::new(world);
                $(let $column = reader.component::<$component>();)*
                for &(slot, entity) in entities {
                    let Some(row) = reader.row(entity) else {
                        continue;
                    };
                    let has = [$(page.$column.push(slot, row.get(&$column)),)*];
                    if $primary || has.contains(&true) {
                        rows.insert(slot);
                    }
                }
                $(page.$column.write(writer);)*
                rows
            }

            /// The rows of one page.
            #[derive(Default)]
            pub(super) struct Rows {
                pub(super) rows: Slots,
                $(pub(super) $column: Column<$component>,)*
            }

            impl Rows {
                pub(super) fn read(
                    &mut self,
                    page: &super::Page<'_>,
                    shared: &mut Shared,
                    unknown: &mut Vec<UnknownSection>,
                ) -> Result<(), PageError> {
                    self.rows = page.rows;
                    // Of two versions of one kind the older one was written later: by a build that did
                    // not know the newer. Descending, it comes last and stays.
                    for section in page.sections.iter().rev() {
                        match (section.kind, section.version) {
                            $((kind, <$component as Stored>::VERSION)
                                if kind == u16::from(<$component as Numbered>::KIND) =>
                            {
                                self.$column.read(section, &page.rows, shared)?;
                            })*
                            (kind, version) => unknown.push(UnknownSection {
                                kind,
                                version,
                                bytes: section.bytes.into(),
                            }),
                        }
                    }
                    Ok(())
                }
            }
        })*

        /// Adds the sections of one page of a table and says which slots are rows. The slots must ascend.
        pub fn write(world: &World, table: u16, entities: &[(u8, Entity)], writer: &mut PageWriter) -> Slots {
            match table {
                $($number => $module::write(world, entities, writer),)*
                _ => Slots::default(),
            }
        }
    };
}

tables! {
    1 "tracks" Track true tracks {
        title: Title,
        credit: ArtistCredit,
        album: OnAlbum,
        position: Position,
        duration: Duration,
        dates: Dates,
        genres: Genres,
        format: AudioFormat,
        loudness: Loudness,
        external: ExternalIds,
        sort_title: SortTitle,
        cover: Cover,
        played_from: PlayedFrom,
        album_tags: AlbumTags,
    }
    2 "track state" Track false track_state {
        rating: Rating,
        stats: PlayStats,
        added: Added,
    }
    3 "files" File true files {
        track: FileOf,
        location: Location,
        stamp: FileStamp,
        sound: AudioHash,
        presence: Presence,
        unreadable: Unreadable,
    }
    4 "albums" Album true albums {
        title: AlbumTitle,
        artist: AlbumArtist,
        info: AlbumInfo,
        cover: AlbumCover,
        key: AlbumKey,
    }
    5 "artwork" Artwork true artworks {
        hash: ContentHash,
        picture: Picture,
        embedded: EmbeddedIn,
    }
    6 "providers" Provider true providers {
        kind: ProviderKind,
        name: ProviderName,
        access: Access,
    }
    7 "jobs" SyncJob true jobs {
        of: SyncOf,
        state: JobState,
        progress: JobProgress,
        failures: JobFailures,
    }
    8 "players" Player true players {
        queue: Queue,
        state: PlayerState,
        volume: Volume,
    }
    9 "playlists" Playlist true playlists {
        name: PlaylistName,
        times: PlaylistTimes,
        smart: SmartQuery,
    }
    10 "playlist entries" Entries true entries {
        entries: PlaylistEntries,
    }
    11 "history" History true history {
        listens: Listens,
    }
}

/// The rows of one page number in every table, between reading and spawning. Its memory serves page after page.
#[derive(Default)]
pub struct Rows {
    tracks: tracks::Rows,
    track_state: track_state::Rows,
    files: files::Rows,
    albums: albums::Rows,
    artworks: artworks::Rows,
    providers: providers::Rows,
    jobs: jobs::Rows,
    players: players::Rows,
    playlists: playlists::Rows,
    entries: entries::Rows,
    history: history::Rows,
}

impl core::fmt::Debug for Rows {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Rows").finish_non_exhaustive()
    }
}

/// Spawns one row with the columns that it has.
macro_rules! spawn_row {
    ($world:ident, $scratch:ident, $id:expr, $slot:ident; $($column:ident)*) => {{
        let mut row = Row::new($world, &mut $scratch);
        row.push($id);
        $(if let Some(value) = $column.take($slot) {
            row.push(value);
        })*
        row.spawn()
    }};
}

/// Spawns the rows of a page. Of tracks and files, of which there are many, those in which the `core` columns
/// are complete come in batches of one archetype each, at half the cost, and the `rest`, which few of them
/// have, is inserted afterwards. All others come one by one, through code that they share.
macro_rules! spawn_rows {
    ($world:ident, $page:ident, $id:ident, $slots:expr; $($column:ident)+) => {
        spawn_rows!($world, $page, $id, rows = $slots, id, entities, {
            let mut scratch = BundleScratch::default();
            for slot in rows.iter() {
                let entity = spawn_row!($world, scratch, id(slot), slot; $($column)+);
                entities[usize::from(slot)] = Some(entity);
            }
        })
    };
    (
        $world:ident, $page:ident, $id:ident, $slots:expr,
        core: $($core:ident)+; optional: $($optional:ident)+; rest: $($rest:ident)*;
    ) => {
        spawn_rows!($world, $page, $id, rows = $slots, id, entities, {
            let mut groups: Vec<(u32, Vec<u8>)> = Vec::new();
            for slot in rows.iter() {
                let mut group = u32::MAX;
                if [$($core.has(slot)),+].iter().all(|&has| has) {
                    group = 0;
                    let optional: &[bool] = &[$($optional.has(slot)),+];
                    for (bit, &has) in optional.iter().enumerate() {
                        group |= u32::from(has) << bit;
                    }
                }
                match groups.iter_mut().find(|(of, _)| *of == group) {
                    Some((_, slots)) => slots.push(slot),
                    None => groups.push((group, vec![slot])),
                }
            }
            let mut scratch = BundleScratch::default();
            for (group, slots) in groups {
                if group == u32::MAX {
                    for slot in slots {
                        let entity =
                            spawn_row!($world, scratch, id(slot), slot; $($core)+ $($optional)+ $($rest)*);
                        entities[usize::from(slot)] = Some(entity);
                    }
                } else {
                    choose!($world, slots, entities, group, |slot: u8| (
                        id(slot),
                        $($core.take(slot).expect("the group has it"),)+
                    ); $($optional)+);
                }
            }
            $(for slot in rows.iter() {
                if let (Some(value), Some(entity)) = ($rest.take(slot), entities[usize::from(slot)]) {
                    erased::insert(&mut $world.entity_mut(entity), value);
                }
            })*
        })
    };
    (
        $world:ident, $page:ident, $id:ident, $rows:ident = $slots:expr, $id_of:ident, $entities:ident, $spawn:block
    ) => {{
        let $rows: Slots = $slots;
        if $rows == Slots::default() {
            return 0;
        }
        let base = first($page);
        let $id_of = |slot: u8| $id::from_number(base + u64::from(slot));
        let mut $entities = [None; ROWS];
        $spawn
        let mut catalog = $world.resource_mut::<Catalog>();
        for slot in $rows.iter() {
            if let Some(entity) = $entities[usize::from(slot)] {
                catalog.insert($id::NOUN, base + u64::from(slot), entity);
            }
        }
        $rows.count()
    }};
}

/// A column that has the same value for every row.
struct Always<C>(C);

impl<C: Copy> Always<C> {
    fn take(&mut self, _slot: u8) -> Option<C> {
        Some(self.0)
    }
}

impl Rows {
    /// Reads all values of a page, and keeps aside what this build does not know. Nothing is spawned yet, so
    /// that a page is taken in whole or not at all.
    ///
    /// # Errors
    /// [`PageError::Section`] if a section is not what its version says; then no row of the page is there.
    pub fn read(
        &mut self,
        page: &Page<'_>,
        shared: &mut Shared,
        unknown: &mut Vec<UnknownSection>,
    ) -> Result<(), PageError> {
        macro_rules! read {
            ($($number:literal $module:ident)*) => {
                match page.key.table {
                    $($number => {
                        let result = self.$module.read(page, shared, unknown);
                        if result.is_err() {
                            self.$module = Default::default();
                        }
                        result
                    })*
                    _ => Ok(()),
                }
            };
        }
        read!(1 tracks 2 track_state 3 files 4 albums 5 artworks 6 providers 7 jobs 8 players 9 playlists
            10 entries 11 history)
    }

    /// Spawns what was read, which is of one page number. Rows that only a table beside the primary one has
    /// are spawned too, because somebody wrote them. Says how many rows there were.
    pub fn spawn(&mut self, world: &mut World, page: u32) -> usize {
        self.spawn_tracks(world, page)
            + self.spawn_files(world, page)
            + self.spawn_albums(world, page)
            + self.spawn_artworks(world, page)
            + self.spawn_providers(world, page)
            + self.spawn_jobs(world, page)
            + self.spawn_players(world, page)
            + self.spawn_playlists(world, page)
            + self.spawn_entries(world, page)
            + self.spawn_history(world, page)
    }

    fn spawn_tracks(&mut self, world: &mut World, page: u32) -> usize {
        let tracks::Rows {
            rows,
            title,
            credit,
            album,
            position,
            duration,
            dates,
            genres,
            format,
            loudness,
            external,
            sort_title,
            cover,
            played_from,
            album_tags,
        } = &mut self.tracks;
        let track_state::Rows {
            rows: state,
            rating,
            stats,
            added,
        } = &mut self.track_state;
        let rows = take(rows).union(&take(state));
        spawn_rows!(
            world, page, TrackId, rows,
            core: title credit album position duration dates genres format played_from added album_tags;
            optional: cover external;
            rest: loudness sort_title rating stats;
        )
    }

    fn spawn_files(&mut self, world: &mut World, page: u32) -> usize {
        let files::Rows {
            rows,
            track,
            location,
            stamp,
            sound,
            presence,
            unreadable,
        } = &mut self.files;
        spawn_rows!(
            world, page, FileId, take(rows),
            core: track location stamp presence;
            optional: sound;
            rest: unreadable;
        )
    }

    fn spawn_albums(&mut self, world: &mut World, page: u32) -> usize {
        let albums::Rows {
            rows,
            title,
            artist,
            info,
            cover,
            key,
        } = &mut self.albums;
        // They are counted anew. To add them then would move each album to where those with totals are.
        let totals = &mut Always(AlbumTotals::default());
        spawn_rows!(world, page, AlbumId, take(rows); title info key artist cover totals)
    }

    fn spawn_artworks(&mut self, world: &mut World, page: u32) -> usize {
        let artworks::Rows {
            rows,
            hash,
            picture,
            embedded,
        } = &mut self.artworks;
        spawn_rows!(world, page, ArtworkId, take(rows); hash picture embedded)
    }

    fn spawn_providers(&mut self, world: &mut World, page: u32) -> usize {
        let providers::Rows {
            rows,
            kind,
            name,
            access,
        } = &mut self.providers;
        spawn_rows!(world, page, ProviderId, take(rows); kind name access)
    }

    fn spawn_jobs(&mut self, world: &mut World, page: u32) -> usize {
        let jobs::Rows {
            rows,
            of,
            state,
            progress,
            failures,
        } = &mut self.jobs;
        spawn_rows!(world, page, JobId, take(rows); of state progress failures)
    }

    fn spawn_players(&mut self, world: &mut World, page: u32) -> usize {
        let players::Rows {
            rows,
            queue,
            state,
            volume,
        } = &mut self.players;
        spawn_rows!(world, page, PlayerId, take(rows); queue state volume)
    }

    fn spawn_playlists(&mut self, world: &mut World, page: u32) -> usize {
        let playlists::Rows {
            rows,
            name,
            times,
            smart,
        } = &mut self.playlists;
        spawn_rows!(world, page, PlaylistId, take(rows); name times smart)
    }

    fn spawn_entries(&mut self, world: &mut World, page: u32) -> usize {
        let entries::Rows { rows, entries } = &mut self.entries;
        spawn_rows!(world, page, EntriesId, take(rows); entries)
    }

    fn spawn_history(&mut self, world: &mut World, page: u32) -> usize {
        let history::Rows { rows, listens } = &mut self.history;
        spawn_rows!(world, page, HistoryId, take(rows); listens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use segue_components::playlist::PlaylistTotals;
    use segue_components::wire::registry::KINDS;

    #[test]
    fn every_kind_has_one_table_or_a_reason_not_to() {
        for kind in KINDS {
            let tables = TABLES.iter().filter(|table| table.kinds().has(kind));
            let nouns: Vec<_> = tables.map(|table| table.noun).collect();
            // Totals are counted anew.
            let expected: &[Noun] = if [AlbumTotals::KIND, PlaylistTotals::KIND].contains(&kind.number) {
                &[]
            } else {
                &[kind.noun]
            };
            assert_eq!(nouns, expected, "{kind:?}");
        }
    }

    #[test]
    fn an_id_has_a_page_and_a_slot() {
        assert_eq!(place(0), Some((0, 0)));
        assert_eq!(place(255), Some((0, 255)));
        assert_eq!(place(256), Some((1, 0)));
        assert_eq!(place((1 << 40) - 1), Some((u32::MAX, 255)));
        assert_eq!(place(1 << 40), None);
    }
}
