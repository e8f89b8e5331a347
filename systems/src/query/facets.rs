//! Facets: the distinct values of a field among the tracks that answer a query, with how many have each.
//!
//! Tracks are counted by what they share, an album or a group of artists, one step a track; only then the counts
//! of what they share are added up by value. So a track with three artists costs no more than one with one, and
//! counts once for each.

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
    let by = match wanted.field {
        FacetField::Artist => GroupBy::Artist,
        FacetField::Genre => GroupBy::Genre,
        FacetField::Codec => GroupBy::Codec,
        FacetField::Folder => GroupBy::Folder,
        FacetField::Year => return by_year(&index.tracks, rows, 1, wanted),
        FacetField::Decade => return by_year(&index.tracks, rows, 10, wanted),
        FacetField::Album => return by_album(index, world, rows, wanted),
        FacetField::AlbumArtist => return by_album_artist(index, world, rows, wanted),
    };
    index.tracks.make_groups(world, by);
    let ranks = index.tracks.groups.get_mut(by).take_ranks();
    let groups = index.tracks.groups.get(by);
    let mut of_groups = vec![0_u32; groups.len() as usize];
    for row in rows.iter() {
        of_groups[groups.of_row[row as usize] as usize] += 1;
    }
    let mut counts = vec![0; groups.value_count() as usize];
    for (group, &count) in (0..).zip(&of_groups) {
        for &value in groups.members(group) {
            counts[value as usize] += count;
        }
    }
    let values = window(&counts, wanted, &|a, b| ranks[a as usize].cmp(&ranks[b as usize]));
    let mut found = Facets {
        total: distinct(&counts),
        rows: Vec::new(),
    };
    for &value in &values {
        found.rows.push(FacetRow {
            value: groups.shown(value).to_owned(),
            id: 0,
            tracks: counts[value as usize],
            albums: 0,
        });
    }
    if wanted.field == FacetField::Artist {
        for (row, albums) in found.rows.iter_mut().zip(albums_of(index, rows, &values)) {
            row.albums = albums;
        }
    }
    index.tracks.groups.get_mut(by).give_ranks(ranks);
    found
}

/// How many values have a count.
fn distinct(counts: &[u32]) -> u32 {
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
    let end = (wanted.offset.saturating_add(wanted.limit)) as usize;
    if end < values.len() {
        values.select_nth_unstable_by(end, |&a, &b| compare(a, b));
        values.truncate(end);
    }
    sort::numbers(&mut values, &mut compare);
    values.drain(..values.len().min(wanted.offset as usize));
    values
}

fn by_year(table: &Table, rows: &Bitmap, span: u16, wanted: Wanted) -> Facets {
    let mut counts = vec![0; usize::from(u16::MAX / span) + 1];
    for row in rows.iter() {
        counts[usize::from(table.row(row).year / span)] += 1;
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
        total: distinct(&counts),
        rows: rows.collect(),
    }
}

/// Gives out each row with the number of its album, if it has one.
fn each_album(index: &Index, rows: &Bitmap, each: &mut dyn FnMut(u32, u32)) {
    let mut last = (0, None);
    for row in rows.iter() {
        let album = index.tracks.row(row).album;
        // Neighbours tend to share it.
        if album != last.0 {
            last = (album, index.albums.number(album));
        }
        if let Some(number) = last.1 {
            each(row, number);
        }
    }
}

fn count_albums(index: &Index, rows: &Bitmap) -> Vec<u32> {
    let mut counts = vec![0; index.albums.len() as usize];
    each_album(index, rows, &mut |_, album| counts[album as usize] += 1);
    counts
}

fn by_album(index: &Index, world: &World, rows: &Bitmap, wanted: Wanted) -> Facets {
    let counts = count_albums(index, rows);
    let table = &index.albums;
    let values = window(&counts, wanted, &|a, b| {
        let (row_a, row_b) = (table.row(a), table.row(b));
        let titles = table.keys.get(row_a.title).cmp(table.keys.get(row_b.title));
        titles
            .then_with(|| table.keys.get(row_a.artist).cmp(table.keys.get(row_b.artist)))
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
        total: distinct(&counts),
        rows: rows.collect(),
    }
}

fn by_album_artist(index: &mut Index, world: &World, rows: &Bitmap, wanted: Wanted) -> Facets {
    let tracks = count_albums(index, rows);
    let table = &mut index.albums;
    table.make_groups(world, GroupBy::Artist);
    let ranks = table.groups.get_mut(GroupBy::Artist).take_ranks();
    let groups = table.groups.get(GroupBy::Artist);
    let mut counts = vec![0; groups.value_count() as usize];
    let mut albums = vec![0; groups.value_count() as usize];
    for (&group, &count) in groups.of_row.iter().zip(&tracks) {
        if count > 0 {
            for &value in groups.members(group) {
                counts[value as usize] += count;
                albums[value as usize] += 1;
            }
        }
    }
    let values = window(&counts, wanted, &|a, b| ranks[a as usize].cmp(&ranks[b as usize]));
    let rows = values.iter().map(|&value| FacetRow {
        value: groups.shown(value).to_owned(),
        id: 0,
        tracks: counts[value as usize],
        albums: albums[value as usize],
    });
    let found = Facets {
        total: distinct(&counts),
        rows: rows.collect(),
    };
    table.groups.get_mut(GroupBy::Artist).give_ranks(ranks);
    found
}

/// On how many albums each of these artists is.
fn albums_of(index: &Index, rows: &Bitmap, artists: &[u32]) -> Vec<u32> {
    let groups = index.tracks.groups.get(GroupBy::Artist);
    let mut places: Vec<Option<u32>> = vec![None; groups.value_count() as usize];
    for (place, &artist) in (0..).zip(artists) {
        places[artist as usize] = Some(place);
    }
    let is_wanted = |&value: &u32| places[value as usize].is_some();
    let wanted: Vec<bool> = (0..groups.len())
        .map(|group| groups.members(group).iter().any(is_wanted))
        .collect();
    // A group and an album each, most of them many times in a row.
    let mut pairs: Vec<u64> = Vec::new();
    let mut rows = rows.clone();
    rows.retain(|row| wanted[groups.of_row[row as usize] as usize]);
    each_album(index, &rows, &mut |row, album| {
        let group = groups.of_row[row as usize];
        let pair = u64::from(group) << 32 | u64::from(album);
        if pairs.last() != Some(&pair) {
            pairs.push(pair);
        }
    });
    // An artist and an album each: two groups may have an artist in common.
    let mut each: Vec<u64> = Vec::new();
    for pair in pairs {
        let group = u32::try_from(pair >> 32).expect("half of it");
        let places = groups
            .members(group)
            .iter()
            .filter_map(|&value| places[value as usize]);
        each.extend(places.map(|place| u64::from(place) << 32 | pair & u64::from(u32::MAX)));
    }
    sort::plain(&mut each);
    each.dedup();
    let mut albums = vec![0; artists.len()];
    for pair in each {
        albums[usize::try_from(pair >> 32).expect("half of it")] += 1;
    }
    albums
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
