//! Facets: the distinct values of a field among the tracks that answer a query, with how many have each.
//!
//! Tracks are counted by what they share, an album or a credit, one step a track; only then the counts of what they
//! share are added up by value. So a track with three artists costs no more than one with one, and counts once for
//! each. Of what most tracks answer the others are counted, and taken from how many there are in all: each shared
//! text knows that.

use core::cmp::Ordering;

use bevy_ecs::message::{MessageCursor, Messages};
use bevy_ecs::system::Local;
use bevy_ecs::world::{Mut, World};
use segue_components::prelude::*;

use super::ast::Query;
use super::bitmap::Bitmap;
use super::groups::GroupBy;
use super::index::{self, Index};
use super::parser;
use super::shared::Shared;
use super::table::Table;
use crate::link::Asked;
use crate::sort;

/// Some of the distinct values of a field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// How many distinct values there are.
    pub total: u32,
    /// Those of the window.
    pub rows: Vec<FacetRow>,
}

/// How many requests wait until everything is indexed.
const MOST_WAITING: usize = 64;

/// Which values are wanted, in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Of which field.
    pub field: FacetField,
    /// In which order.
    pub order: FacetOrder,
    /// The first wanted.
    pub offset: u32,
    /// How many are wanted.
    pub limit: u32,
}

/// Counts the tracks that answer a query by the values of a field.
///
/// # Errors
/// [`RequestError::Query`] if the query does not follow the grammar.
pub fn count(world: &mut World, query: &str, wanted: Wanted) -> Result<Facets, RequestError> {
    let parsed = parser::parse(query)?;
    index::finish(world);
    world.resource_scope(|world, mut index: Mut<Index>| {
        index.gave_up = false;
        let rows = index.matching(world, Noun::Track, &parsed);
        if index.gave_up {
            return Err(parser::too_costly(query).into());
        }
        Ok(count_rows(&mut index, world, &rows, wanted))
    })
}

fn count_rows(index: &mut Index, world: &World, rows: &Bitmap, wanted: Wanted) -> Facets {
    let Index {
        tracks,
        albums,
        credits,
        genres,
        album_credits,
        ..
    } = index;
    let by = match wanted.field {
        FacetField::Year => return by_year(tracks, rows, 1, wanted),
        FacetField::Decade => return by_year(tracks, rows, 10, wanted),
        FacetField::Album => return by_album(index, world, rows, wanted),
        FacetField::AlbumArtist => {
            take_values(album_credits, albums);
            return by_album_artist(index, rows, wanted);
        }
        FacetField::Artist => {
            take_values(credits, tracks);
            let counts = count_texts(tracks, credits, rows, &|row| tracks.row(row).credit);
            let (values, mut found) = by_value(tracks, credits, &counts, wanted);
            let albums = albums_of(index, rows, &values);
            for (row, albums) in found.rows.iter_mut().zip(albums) {
                row.albums = albums;
            }
            return found;
        }
        FacetField::Genre => {
            take_values(genres, tracks);
            let counts = count_texts(tracks, genres, rows, &|row| tracks.row(row).genres);
            return by_value(tracks, genres, &counts, wanted).1;
        }
        FacetField::Folder => GroupBy::Folder,
        FacetField::Codec => GroupBy::Codec,
    };
    tracks.make_groups(world, by);
    let Table { groups, keys, .. } = tracks;
    groups.get_mut(by).names.take_values(keys);
    rank_keys(tracks);
    let groups = tracks.groups.get(by);
    let counts = count_texts(tracks, &groups.names, rows, &|row| groups.of_row(row));
    by_value(tracks, &groups.names, &counts, wanted).1
}

fn take_values(shared: &mut Shared, table: &mut Table) {
    shared.take_values(&mut table.keys);
    rank_keys(table);
}

/// Finds the places of the sort keys that came with the values, where comparing them would take longer.
fn rank_keys(table: &mut Table) {
    if !table.is_nearly_ranked() {
        table.rank_keys();
    }
}

/// How many of the rows have each of so many numbers, of which `all` tells how many of the living rows have it.
fn counted(
    table: &Table,
    rows: &Bitmap,
    numbers: u32,
    all: &dyn Fn(u32) -> u32,
    of_row: &mut dyn FnMut(u32) -> u32,
) -> Vec<u32> {
    let mut others = table.alive().clone();
    others.and_not(rows);
    if others.count() < rows.count() {
        let mut counts: Vec<u32> = (0..numbers).map(all).collect();
        for row in others.iter() {
            if let Some(count) = counts.get_mut(of_row(row) as usize) {
                *count = count.wrapping_sub(1);
            }
        }
        return counts;
    }
    let mut counts = vec![0; numbers as usize];
    for row in rows.iter() {
        if let Some(count) = counts.get_mut(of_row(row) as usize) {
            *count += 1;
        }
    }
    counts
}

/// How many of the rows have each text.
fn count_texts(table: &Table, shared: &Shared, rows: &Bitmap, of_row: &dyn Fn(u32) -> u32) -> Vec<u32> {
    let all = |text: u32| u32::try_from(shared.rows(text).len()).expect("rows are below 2^27");
    let mut counts = counted(table, rows, shared.len(), &all, &mut |row| of_row(row));
    // That of no text.
    counts[0] = 0;
    counts
}

/// The values in the window, by their numbers and as they are told, from how many rows have each text.
fn by_value(table: &Table, shared: &Shared, of_texts: &[u32], wanted: Wanted) -> (Vec<u32>, Facets) {
    let distinct = shared.distinct();
    let mut counts = vec![0; distinct.len() as usize];
    for (text, &count) in (0..).zip(of_texts) {
        if count > 0 {
            for &value in distinct.of_text(text) {
                counts[value as usize] += count;
            }
        }
    }
    let values = window(&counts, wanted, &|a, b| compare_values(table, shared, a, b));
    let rows = values.iter().map(|&value| FacetRow {
        value: shared.shown(value).to_owned(),
        id: 0,
        tracks: counts[value as usize],
        albums: 0,
    });
    let rows = rows.collect();
    let total = count_distinct(&counts);
    (values, Facets { total, rows })
}

fn compare_values(table: &Table, shared: &Shared, a: u32, b: u32) -> Ordering {
    let key = |value| shared.distinct().key(value);
    table.compare_keys(key(a), key(b)).then(a.cmp(&b))
}

/// How many values have a count.
fn count_distinct(counts: &[u32]) -> u32 {
    let distinct = counts.iter().filter(|&&count| count > 0).count();
    u32::try_from(distinct).expect("as many as there are numbers of values")
}

/// Those of the values with a count that stand in the window.
fn window(counts: &[u32], wanted: Wanted, by_name: &dyn Fn(u32, u32) -> Ordering) -> Vec<u32> {
    let mut values: Vec<u32> = (0..)
        .zip(counts)
        .filter(|(_, count)| **count > 0)
        .map(|(value, _)| value)
        .collect();
    let by_count = wanted.order == FacetOrder::Count;
    let mut compare = |a: u32, b: u32| {
        let counted = counts[b as usize].cmp(&counts[a as usize]);
        let counted = if by_count { counted } else { Ordering::Equal };
        counted.then_with(|| by_name(a, b))
    };
    // Only what stands in the window or before it is sorted.
    let end = wanted.offset.saturating_add(wanted.limit) as usize;
    sort::first(&mut values, end, &mut compare);
    values.drain(..values.len().min(wanted.offset as usize));
    values
}

fn by_year(table: &Table, rows: &Bitmap, span: u16, wanted: Wanted) -> Facets {
    let years = table.years();
    let numbers = u32::try_from(years.len()).expect("years are below 2^16");
    let years = counted(table, rows, numbers, &|year| years[year as usize], &mut |row| {
        table.row(row).year.into()
    });
    let mut counts = vec![0; years.len() / usize::from(span) + 1];
    for (year, count) in years.iter().enumerate() {
        counts[year / usize::from(span)] += count;
    }
    // What has no year has no decade either, and nobody dated music before the year 10.
    counts[0] = 0;
    let values = window(&counts, wanted, &|a, b| a.cmp(&b));
    let rows = values.iter().map(|&value| FacetRow {
        value: match span {
            1 => value.to_string(),
            _ => format!("{}s", value * u32::from(span)),
        },
        id: 0,
        tracks: counts[value as usize],
        albums: 0,
    });
    Facets {
        total: count_distinct(&counts),
        rows: rows.collect(),
    }
}

/// Tells the number of a track's album; `u32::MAX` where it has none.
fn album_of(index: &Index) -> impl FnMut(u32) -> u32 {
    let mut last = (0, u32::MAX);
    move |row| {
        let album = index.tracks.row(row).album;
        // Neighbours tend to share it.
        if album != last.0 {
            last = (album, index.albums.number(album).unwrap_or(u32::MAX));
        }
        last.1
    }
}

fn count_albums(index: &Index, rows: &Bitmap) -> Vec<u32> {
    let all = |album: u32| {
        if !index.albums.alive().has(album) {
            return 0;
        }
        let rows = index.on_albums.tracks_of_row(album);
        u32::try_from(rows.len()).expect("rows are below 2^27")
    };
    let numbers = index.albums.len();
    counted(&index.tracks, rows, numbers, &all, &mut album_of(index))
}

fn by_album(index: &Index, world: &World, rows: &Bitmap, wanted: Wanted) -> Facets {
    let counts = count_albums(index, rows);
    let table = &index.albums;
    let values = window(&counts, wanted, &|a, b| {
        let (row_a, row_b) = (table.row(a), table.row(b));
        let titles = table.compare_keys(row_a.title, row_b.title);
        titles
            .then_with(|| table.compare_keys(row_a.artist, row_b.artist))
            .then_with(|| row_a.id.cmp(&row_b.id))
    });
    let rows = values.iter().map(|&album| {
        let title = world.get::<AlbumTitle>(table.row(album).entity);
        FacetRow {
            value: title.map(|title| title.0.to_string()).unwrap_or_default(),
            id: table.row(album).id,
            tracks: counts[album as usize],
            albums: 1,
        }
    });
    Facets {
        total: count_distinct(&counts),
        rows: rows.collect(),
    }
}

fn by_album_artist(index: &Index, rows: &Bitmap, wanted: Wanted) -> Facets {
    let (table, shared) = (&index.albums, &index.album_credits);
    let mut tracks = vec![0; shared.len() as usize];
    let mut albums = vec![0; shared.distinct().len() as usize];
    for (album, &count) in (0..).zip(&count_albums(index, rows)) {
        if count > 0 {
            let credit = table.row(album).credit;
            tracks[credit as usize] += count;
            for &value in shared.distinct().of_text(credit) {
                albums[value as usize] += 1;
            }
        }
    }
    let (values, mut found) = by_value(table, shared, &tracks, wanted);
    for (row, value) in found.rows.iter_mut().zip(values) {
        row.albums = albums[value as usize];
    }
    found
}

/// On how many albums each of these artists is.
fn albums_of(index: &Index, rows: &Bitmap, artists: &[u32]) -> Vec<u32> {
    let shared = &index.credits;
    let distinct = shared.distinct();
    let mut places: Vec<Option<usize>> = vec![None; distinct.len() as usize];
    for (place, &artist) in artists.iter().enumerate() {
        places[artist as usize] = Some(place);
    }
    let mut credits: Vec<Vec<u32>> = vec![Vec::new(); artists.len()];
    for credit in 1..shared.len() {
        for &value in distinct.of_text(credit) {
            if let Some(place) = places[value as usize] {
                credits[place].push(credit);
            }
        }
    }
    let mut album_of = album_of(index);
    // For whom each album was counted last.
    let mut counted_for = vec![usize::MAX; index.albums.len() as usize];
    let count = |(place, credits): (usize, &Vec<u32>)| {
        let mut albums = 0;
        for &row in credits.iter().flat_map(|&credit| shared.rows(credit)) {
            if rows.has(row)
                && let Some(last) = counted_for.get_mut(album_of(row) as usize)
                && core::mem::replace(last, place) != place
            {
                albums += 1;
            }
        }
        albums
    };
    credits.iter().enumerate().map(count).collect()
}

impl Index {
    /// All rows that answer a query.
    fn matching(&mut self, world: &World, noun: Noun, query: &Query) -> Bitmap {
        let mut all = Bitmap::empty_like(self.tracks.alive());
        for tier in self.answer(world, noun, query) {
            all.or(tier);
        }
        all
    }
}

/// Answers [`Request::Facets`], once all that was loaded is indexed.
pub(crate) fn answer_requests(
    world: &mut World,
    mut asked: Local<MessageCursor<Asked>>,
    mut waiting: Local<Vec<Asked>>,
) {
    let fresh = asked.read(world.resource::<Messages<Asked>>());
    let fresh = fresh.filter(|asked| matches!(asked.request, Request::Facets { .. }));
    waiting.extend(fresh.cloned());
    let keep = if world.resource::<Index>().is_ready() {
        0
    } else {
        waiting.len().min(MOST_WAITING)
    };
    // Those beyond are not kept waiting: indexing is ended for them.
    for asked in waiting.split_off(keep) {
        if let Request::Facets {
            query,
            field,
            order,
            offset,
            limit,
        } = &asked.request
        {
            let wanted = Wanted {
                field: *field,
                order: *order,
                offset: *offset,
                limit: *limit,
            };
            let answer = if *limit > Request::MOST_ROWS {
                Err(RequestError::Invalid {
                    reason: format!("at most {} values are given at once", Request::MOST_ROWS),
                })
            } else {
                count(world, query, wanted).map(|found| Response::Facets {
                    total: found.total,
                    rows: found.rows,
                })
            };
            world.write_message(asked.answer(answer));
        }
    }
}
