//! Columns: what is seldom asked of rows, one number for each, made when a query first names it.
//!
//! A row of the table holds what most queries and orders need; a field that nobody uses costs nothing. One that
//! somebody did use costs four bytes a row from then on, and a look into the world whenever a row changes.

use bevy_ecs::world::{EntityRef, World};
use segue_components::prelude::*;

use super::ast::{LevelField, NumberField, SortField, TimeField};
use super::groups::folder;
use super::strings::Keys;
use super::table::Table;
use crate::catalog::Catalog;

/// What a column holds. Zero is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Skips,
    /// Seconds since 1970.
    LastPlayed,
    TrackTotal,
    DiscTotal,
    SampleRate,
    Channels,
    BitsPerSample,
    Bitrate,
    Artwork,
    /// See [`packed`].
    Date,
    OriginalDate,
    /// Hundredths of a decibel, and [`ZERO_GAIN`] more.
    TrackGain,
    AlbumGain,
    /// As [`Loudness`] has it, and one more.
    TrackPeak,
    AlbumPeak,
    Provider,
    /// A sort key of the table, as the three that follow.
    Genre,
    Folder,
    FileName,
}

/// What no gain is in a column.
pub(crate) const ZERO_GAIN: i32 = 32_769;
/// Hundredths of a decibel between a gain and the loudness that it was made from: ReplayGain 2.0 plays at
/// -18 LUFS.
pub(crate) const REFERENCE: i32 = -1_800;

/// A date as a number that sorts as dates do, the unknown parts first.
fn packed(date: Option<PartialDate>) -> u32 {
    date.map_or(0, |date| {
        u32::from(date.year) << 9 | u32::from(date.month) << 5 | u32::from(date.day)
    })
}

/// The date that was made a number.
pub(crate) fn unpacked(number: u32) -> PartialDate {
    let part = |shift: u32, mask: u32| u8::try_from(number >> shift & mask).expect("the mask is below 256");
    PartialDate {
        year: u16::try_from(number >> 9).unwrap_or(u16::MAX),
        month: part(5, 15),
        day: part(0, 31),
    }
}

impl Column {
    pub(crate) fn of_number(field: NumberField) -> Option<Self> {
        Some(match field {
            NumberField::Skips => Self::Skips,
            NumberField::TrackTotal => Self::TrackTotal,
            NumberField::DiscTotal => Self::DiscTotal,
            NumberField::SampleRate => Self::SampleRate,
            NumberField::Channels => Self::Channels,
            NumberField::BitsPerSample => Self::BitsPerSample,
            NumberField::Bitrate => Self::Bitrate,
            NumberField::ArtworkId => Self::Artwork,
            _ => return None,
        })
    }

    pub(crate) fn of_time(field: TimeField) -> Option<Self> {
        Some(match field {
            TimeField::Added => return None,
            TimeField::LastPlayed => Self::LastPlayed,
            TimeField::Date => Self::Date,
            TimeField::OriginalDate => Self::OriginalDate,
        })
    }

    pub(crate) fn of_level(field: LevelField) -> Self {
        match field {
            LevelField::Loudness | LevelField::TrackGain => Self::TrackGain,
            LevelField::AlbumGain => Self::AlbumGain,
            LevelField::TrackPeak => Self::TrackPeak,
            LevelField::AlbumPeak => Self::AlbumPeak,
        }
    }

    pub(crate) fn of_sort(field: SortField) -> Option<Self> {
        Some(match field {
            SortField::Genre => Self::Genre,
            SortField::Folder | SortField::Path => Self::Folder,
            SortField::FileName => Self::FileName,
            SortField::Provider => Self::Provider,
            SortField::Date => Self::Date,
            SortField::OriginalDate => Self::OriginalDate,
            SortField::Skips => Self::Skips,
            SortField::LastPlayed => Self::LastPlayed,
            SortField::TrackTotal => Self::TrackTotal,
            SortField::DiscTotal => Self::DiscTotal,
            SortField::SampleRate => Self::SampleRate,
            SortField::Channels => Self::Channels,
            SortField::BitsPerSample => Self::BitsPerSample,
            SortField::Bitrate => Self::Bitrate,
            SortField::Loudness | SortField::TrackGain => Self::TrackGain,
            SortField::AlbumGain => Self::AlbumGain,
            SortField::TrackPeak => Self::TrackPeak,
            SortField::AlbumPeak => Self::AlbumPeak,
            _ => return None,
        })
    }

    /// Whether its numbers are those of sort keys.
    pub(crate) fn is_of_keys(self) -> bool {
        matches!(self, Self::Genre | Self::Folder | Self::FileName)
    }

    /// What it holds of a row; `keys` takes the texts that rows sort by.
    fn value(self, world: &World, row: EntityRef<'_>, keys: &mut Keys) -> u32 {
        let format = row.get::<AudioFormat>();
        let position = row.get::<Position>();
        let dates = row.get::<Dates>();
        let loudness = row.get::<Loudness>();
        let gain = |gain: Option<i16>| {
            gain.map_or(0, |gain| u32::try_from(i32::from(gain) + ZERO_GAIN).unwrap_or(0))
        };
        let peak = |peak: Option<u32>| peak.map_or(0, |peak| peak.saturating_add(1));
        let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let mut key = |text: &str| keys.of(text);
        match self {
            Self::Skips => row.get::<PlayStats>().map_or(0, |stats| stats.skips),
            Self::LastPlayed => row
                .get::<PlayStats>()
                .map_or(0, |stats| number(stats.last_played / 1_000)),
            Self::TrackTotal => position.map_or(0, |position| position.track_total.into()),
            Self::DiscTotal => position.map_or(0, |position| position.disc_total.into()),
            Self::SampleRate => format.map_or(0, |format| format.sample_rate),
            Self::Channels => format.map_or(0, |format| format.channels.into()),
            Self::BitsPerSample => format.map_or(0, |format| format.bits_per_sample.into()),
            Self::Bitrate => format.map_or(0, |format| format.bitrate),
            Self::Artwork => match (row.get::<Cover>(), row.get::<AlbumCover>()) {
                (Some(Cover(picture)), _) | (None, Some(AlbumCover(picture))) => number(picture.0),
                (None, None) => {
                    of_album::<AlbumCover>(world, row).map_or(0, |AlbumCover(picture)| number(picture.0))
                }
            },
            Self::Date => packed(match row.get::<AlbumInfo>() {
                Some(info) => info.released,
                None => dates.and_then(|dates| dates.released),
            }),
            Self::OriginalDate => packed(dates.and_then(|dates| dates.original)),
            Self::TrackGain => gain(loudness.and_then(|loudness| loudness.track_gain)),
            Self::AlbumGain => gain(loudness.and_then(|loudness| loudness.album_gain)),
            Self::TrackPeak => peak(loudness.and_then(|loudness| loudness.track_peak)),
            Self::AlbumPeak => peak(loudness.and_then(|loudness| loudness.album_peak)),
            Self::Provider => location(world, row).map_or(0, |location| number(location.provider.0)),
            Self::Genre => match row.get::<Genres>() {
                Some(Genres(genres)) if !genres.is_empty() => key(&genres.join(" ")),
                _ => 0,
            },
            Self::Folder => location(world, row).map_or(0, |location| key(folder(&location.path))),
            Self::FileName => location(world, row).map_or(0, |location| {
                let folder = folder(&location.path).len();
                key(location.path[folder..].trim_start_matches('/'))
            }),
        }
    }
}

fn of_album<'a, C: bevy_ecs::component::Component>(world: &'a World, track: EntityRef<'_>) -> Option<&'a C> {
    let album = track.get::<OnAlbum>()?.0;
    world.get(world.resource::<Catalog>().entity(album)?)
}

/// Where the file lies that a track is played from.
pub(crate) fn location<'a>(world: &'a World, track: EntityRef<'_>) -> Option<&'a Location> {
    let file = track.get::<PlayedFrom>()?.0;
    world.get(world.resource::<Catalog>().entity(file)?)
}

/// The columns of a table that were made.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    made: Vec<(Column, Vec<u32>)>,
}

impl Columns {
    /// Bytes that they take.
    pub(crate) fn room(&self) -> usize {
        self.made.iter().map(|(_, values)| values.capacity() * 4).sum()
    }

    /// Whether a column was made.
    pub(crate) fn has(&self, column: Column) -> bool {
        self.made.iter().any(|&(made, _)| made == column)
    }

    /// Takes a column with the values of all rows.
    pub(crate) fn add(&mut self, column: Column, values: Vec<u32>) {
        self.made.push((column, values));
    }

    /// The numbers of a column that was made.
    pub(crate) fn get(&self, column: Column) -> &[u32] {
        let made = self.made.iter().find(|(made, _)| *made == column);
        &made.expect("columns are made before they are read").1
    }

    /// Takes a row in. `true` if that changed something.
    fn put(&mut self, world: &World, number: u32, row: EntityRef<'_>, keys: &mut Keys) -> bool {
        let mut changed = false;
        for (column, numbers) in &mut self.made {
            let value = column.value(world, row, keys);
            if numbers.len() <= number as usize {
                numbers.resize(number as usize + 1, 0);
            }
            changed = changed || numbers[number as usize] != value;
            numbers[number as usize] = value;
        }
        changed
    }
}

impl Table {
    /// What a column holds of a row: nothing of one that died.
    pub(crate) fn column_value(&mut self, world: &World, column: Column, number: u32) -> u32 {
        let row = world.get_entity(self.row(number).entity).ok();
        let row = row.filter(|_| self.alive().has(number));
        row.map_or(0, |row| column.value(world, row, &mut self.keys))
    }

    /// Makes a column, if it was not made before.
    pub(crate) fn make_column(&mut self, world: &World, column: Column) {
        if self.columns.has(column) {
            return;
        }
        let numbers = 0..self.len();
        let numbers = numbers.map(|number| self.column_value(world, column, number));
        let numbers = numbers.collect();
        self.columns.add(column, numbers);
    }

    /// Takes a row into the columns, and the groups, that were made.
    pub(crate) fn put_columns(&mut self, world: &World, number: u32, row: EntityRef<'_>) {
        if self.columns.put(world, number, row, &mut self.keys) {
            self.note_move(number);
        }
        if let Some(building) = &mut self.building {
            building.note_columns(number);
        }
        self.groups.put(world, number, row);
    }
}
