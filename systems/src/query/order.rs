//! Orders: row numbers sorted once, then kept sorted row by row.

use core::cmp::Ordering;

use super::ast::{SortBy, SortField};
use super::building::Built;
use super::chunks::Chunks;
use super::columns::Column;
use super::sorting::Item;
use super::table::{self, Row, Table};
use crate::sort;

/// Where unknown values go: behind everything, in both directions.
const LAST: u32 = u32::MAX;
/// So many rows are never worth a walk over all.
const FEW: usize = 16;

/// The rows of a table, sorted.
///
/// A row that came or moved is taken in when somebody asks; one that died goes at once.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) by: Vec<SortBy>,
    rows: Chunks,
    /// Rows from this number on were not looked at yet.
    upto: u32,
    /// Rows that were taken out because their values changed, and have to be put back.
    moved: Vec<u32>,
    /// When it was last used, counted in uses of the index.
    pub(crate) used: u64,
}

impl Order {
    /// Notes that the values of a row are not what they were.
    pub(crate) fn moved(&mut self, number: u32) {
        if self.rows.remove(number) {
            self.moved.push(number);
        }
    }

    /// Notes a row with the number of one that died.
    pub(crate) fn came(&mut self, number: u32) {
        if number < self.upto {
            self.moved.push(number);
        }
    }

    /// Takes out a row that dies.
    pub(crate) fn dropped(&mut self, number: u32) {
        self.rows.remove(number);
    }

    /// The rows in order, as they were when they were last brought up to date.
    pub(crate) fn rows(&self) -> &Chunks {
        &self.rows
    }

    /// Of rows that were sorted. The stamps of its pieces begin behind this one.
    pub(crate) fn of(by: Vec<SortBy>, built: Built, stamp: u64) -> Self {
        let Built {
            mut chunks,
            upto,
            moved,
        } = built;
        chunks.begin_stamps(stamp);
        Self {
            by,
            rows: chunks,
            upto,
            moved,
            used: 0,
        }
    }

    /// Brings it up to date: takes in what came and what moved.
    pub(crate) fn refresh(&mut self, table: &Table) {
        if self.moved.is_empty() && self.upto == table.len() {
            return;
        }
        let mut fresh = core::mem::take(&mut self.moved);
        // One that moved may have died, and another have come with its number.
        sort::numbers(&mut fresh, &mut |a, b| a.cmp(&b));
        fresh.dedup();
        fresh.extend(self.upto..table.len());
        self.upto = table.len();
        fresh.retain(|&row| table.alive().has(row));
        let compare = |a: u32, b: u32| compare(table, &self.by, a, b);
        // Many rows are merged in a walk over all; a few are put each in its place.
        let known = table.living() as usize;
        if fresh.len() > FEW && fresh.len() > known / 256 {
            sort::numbers(&mut fresh, &mut |a, b| compare(a, b));
            let rows: Vec<u32> = self.rows.rows().collect();
            self.rows.replace(&merge(&rows, &fresh, compare));
        } else {
            for row in fresh {
                self.rows.insert(row, &compare);
            }
        }
    }
}

/// Merges two sorted lists. The second is expected to be the shorter one: its places are searched for, and
/// what lies between is copied.
pub(crate) fn merge(long: &[u32], short: &[u32], compare: impl Fn(u32, u32) -> Ordering) -> Vec<u32> {
    if short.is_empty() {
        return long.to_vec();
    }
    let mut merged = Vec::with_capacity(long.len() + short.len());
    let mut rest = long;
    for &item in short {
        let before = rest.partition_point(|&other| compare(other, item) == Ordering::Less);
        merged.extend_from_slice(&rest[..before]);
        merged.push(item);
        rest = &rest[before..];
    }
    merged.extend_from_slice(rest);
    merged
}

/// An order in full: what was asked for, then what decides between equals.
///
/// Sorting by album means the album and not its name alone: two of one name stay apart.
pub(crate) fn complete(asked: &[SortBy]) -> Vec<SortBy> {
    const DEFAULT: [SortField; 6] = [
        SortField::AlbumArtist,
        SortField::Album,
        SortField::AlbumId,
        SortField::Disc,
        SortField::Track,
        SortField::Title,
    ];
    let mut by: Vec<SortBy> = Vec::with_capacity(asked.len() + DEFAULT.len());
    let mut put = |field, descending| {
        if by.iter().all(|known: &SortBy| known.field != field) {
            by.push(SortBy { field, descending });
        }
    };
    for &SortBy { field, descending } in asked {
        if field == SortField::Relevance {
            // It divides the rows into tiers, each of which is in this order.
            continue;
        }
        put(field, descending);
        if field == SortField::Path {
            put(SortField::FileName, descending);
        }
        if field == SortField::Album {
            for field in [SortField::AlbumArtist, SortField::AlbumId] {
                if asked.iter().all(|asked| asked.field != field) {
                    put(field, false);
                }
            }
        }
    }
    for field in DEFAULT {
        put(field, false);
    }
    by
}

#[derive(PartialEq, Eq)]
enum Value {
    /// A number; unknown is [`LAST`].
    Number(u32),
    /// A sort key; the empty one is unknown.
    Key(u32),
}

fn known(number: u32) -> Value {
    Value::Number(if number == 0 { LAST } else { number.min(LAST - 1) })
}

/// What a row itself says; `None` where a column does.
fn value_of_row(row: &Row, field: SortField) -> Option<Value> {
    Some(match field {
        SortField::Title => Value::Key(row.title),
        SortField::Artist => Value::Key(row.artist),
        SortField::AlbumArtist => Value::Key(row.album_artist),
        SortField::Album => Value::Key(row.album_title),
        SortField::Codec => Value::Key(row.codec),
        SortField::Year => known(row.year.into()),
        SortField::Disc => Value::Number(row.disc.into()),
        SortField::Track => known(row.track),
        // Seconds since 1970 fit until 2106.
        SortField::Added => known(u32::try_from(row.added / 1_000).unwrap_or(LAST)),
        SortField::Rating => known(row.rating.into()),
        SortField::Plays => Value::Number(row.plays.min(LAST - 1)),
        SortField::Duration => known(row.duration),
        SortField::AlbumId => known(u32::try_from(row.album).unwrap_or(LAST - 1)),
        SortField::Id => Value::Number(u32::try_from(row.id).unwrap_or(LAST - 1)),
        SortField::Compilation => Value::Number(u32::from(row.flags & table::COMPILATION != 0)),
        _ => return None,
    })
}

fn value(table: &Table, number: u32, field: SortField) -> Value {
    if let Some(value) = value_of_row(table.row(number), field) {
        return value;
    }
    let column = Column::of_sort(field).expect("what is not in the row has a column");
    let value = table.columns.get(column)[number as usize];
    match field {
        _ if column.is_of_keys() => Value::Key(value),
        SortField::Skips => Value::Number(value.min(LAST - 1)),
        // The more a gain takes away, the louder it was.
        SortField::Loudness if value != 0 => Value::Number(LAST - 1 - value),
        _ => known(value),
    }
}

fn directed(number: u32, descending: bool) -> u32 {
    if descending && number != LAST {
        LAST - 1 - number
    } else {
        number
    }
}

/// Whether two states of a row may have different places.
pub(crate) fn differ(by: &[SortBy], old: &Row, new: &Row) -> bool {
    by.iter()
        .any(|by| value_of_row(old, by.field) != value_of_row(new, by.field))
}

/// Whether an order reads columns.
pub(crate) fn reads_columns(by: &[SortBy]) -> bool {
    by.iter().any(|by| Column::of_sort(by.field).is_some())
}

fn by_id(table: &Table, a: u32, b: u32) -> Ordering {
    table.row(a).id.cmp(&table.row(b).id)
}

/// Compares two rows.
pub(crate) fn compare(table: &Table, by: &[SortBy], a: u32, b: u32) -> Ordering {
    for &SortBy { field, descending } in by {
        let ordering = match (value(table, a, field), value(table, b, field)) {
            (Value::Number(a), Value::Number(b)) => directed(a, descending).cmp(&directed(b, descending)),
            (Value::Key(a), Value::Key(b)) if a == b => Ordering::Equal,
            (Value::Key(0), _) => Ordering::Greater,
            (_, Value::Key(0)) => Ordering::Less,
            (Value::Key(a), Value::Key(b)) => {
                let ordering = table.compare_keys(a, b);
                if descending { ordering.reverse() } else { ordering }
            }
            _ => unreachable!("a field is a number or a key, whatever the row"),
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
    by_id(table, a, b)
}

/// A row behind what decides most comparisons without a look at it: the first three steps of an order.
pub(crate) fn item(table: &Table, by: &[SortBy], row: u32) -> Item {
    let step = |place: usize| {
        let by = by.get(place)?;
        Some(match value(table, row, by.field) {
            Value::Number(number) => directed(number, by.descending),
            Value::Key(0) => LAST,
            Value::Key(key) => directed(table.rank(key), by.descending),
        })
    };
    let [first, second, third] = [0, 1, 2].map(|place| step(place).unwrap_or(0));
    (u64::from(first) << 32 | u64::from(second), third, row)
}
