//! Orders: row numbers sorted once, then kept sorted by merging what is new.

use core::cmp::Ordering;

use super::ast::{SortBy, SortField};
use super::bitmap::Bitmap;
use super::columns::Column;
use super::table::{self, Table};
use crate::sort;

/// Where unknown values go: behind everything, in both directions.
const LAST: u32 = u32::MAX;

/// A sorted permutation of a table's rows.
///
/// Between two uses it may hold dead rows, which every reader skips by the table's own set of the living.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) by: Vec<SortBy>,
    rows: Vec<u32>,
    added: Vec<u32>,
    moved: Vec<u32>,
    /// When it was last used, counted in uses of the table's orders.
    pub(crate) used: u64,
}

impl Order {
    /// Notes a new row.
    pub(crate) fn added(&mut self, row: u32) {
        self.added.push(row);
    }

    /// Notes that a row's values changed.
    pub(crate) fn moved(&mut self, row: u32) {
        self.moved.push(row);
    }

    /// The rows in order; some may be dead.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Sorts every living row.
    pub(crate) fn build(table: &Table, by: Vec<SortBy>) -> Self {
        let ranks = ranks(table, &by);
        let stride = by.len();
        let mut rows: Vec<u32> = table.alive().iter().collect();
        let mut columns: Vec<u32> = Vec::with_capacity(rows.len() * stride);
        for &row in &rows {
            columns.extend(by.iter().map(|&by| match value(table, row, by.field) {
                Value::Number(number) => directed(number, by.descending),
                Value::Key(0) => LAST,
                Value::Key(key) => directed(ranks[key as usize], by.descending),
            }));
        }
        let mut places: Vec<u32> = (0..u32::try_from(rows.len()).expect("rows are below 2^27")).collect();
        let of = |place: u32| &columns[place as usize * stride..(place as usize + 1) * stride];
        sort::numbers(&mut places, &mut |a, b| {
            of(a)
                .cmp(of(b))
                .then_with(|| by_id(table, rows[a as usize], rows[b as usize]))
        });
        rows = places.into_iter().map(|place| rows[place as usize]).collect();
        Self {
            by,
            rows,
            added: Vec::new(),
            moved: Vec::new(),
            used: 0,
        }
    }

    /// Takes every dead row out, so that their numbers can be given to others.
    pub(crate) fn drop_dead(&mut self, table: &Table) {
        self.rows.retain(|&row| table.alive().has(row));
        self.refresh(table);
    }

    /// Brings it up to date: drops the dead, merges what came and what moved.
    pub(crate) fn refresh(&mut self, table: &Table) {
        if self.added.is_empty() && self.moved.is_empty() {
            return;
        }
        let mut fresh = core::mem::take(&mut self.added);
        let mut moved = Bitmap::empty_like(table.alive());
        for row in core::mem::take(&mut self.moved) {
            moved.set(row);
        }
        // A row that was added since and then changed stands in both lists.
        for &row in &fresh {
            moved.clear(row);
        }
        fresh.extend(moved.iter());
        fresh.retain(|&row| table.alive().has(row));
        self.rows.retain(|&row| table.alive().has(row) && !moved.has(row));
        let compare = |a: u32, b: u32| compare(table, &self.by, a, b);
        sort::numbers(&mut fresh, &mut |a, b| compare(a, b));
        self.rows = merge(&self.rows, &fresh, compare);
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

enum Value {
    /// A number; unknown is [`LAST`].
    Number(u32),
    /// A sort key; the empty one is unknown.
    Key(u32),
}

fn known(number: u32) -> Value {
    Value::Number(if number == 0 { LAST } else { number.min(LAST - 1) })
}

fn value(table: &Table, number: u32, field: SortField) -> Value {
    let row = table.row(number);
    match field {
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
        _ => {
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
    }
}

fn directed(number: u32, descending: bool) -> u32 {
    if descending && number != LAST {
        LAST - 1 - number
    } else {
        number
    }
}

fn by_id(table: &Table, a: u32, b: u32) -> Ordering {
    table.row(a).id.cmp(&table.row(b).id)
}

/// Compares two rows as [`Order::build`] sorts them.
pub(crate) fn compare(table: &Table, by: &[SortBy], a: u32, b: u32) -> Ordering {
    for &SortBy { field, descending } in by {
        let ordering = match (value(table, a, field), value(table, b, field)) {
            (Value::Number(a), Value::Number(b)) => directed(a, descending).cmp(&directed(b, descending)),
            (Value::Key(a), Value::Key(b)) if a == b => Ordering::Equal,
            (Value::Key(0), _) => Ordering::Greater,
            (_, Value::Key(0)) => Ordering::Less,
            (Value::Key(a), Value::Key(b)) => {
                let ordering = table.keys.get(a).cmp(table.keys.get(b));
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

/// The place of each key among all keys; empty where the order needs none.
fn ranks(table: &Table, by: &[SortBy]) -> Vec<u32> {
    let texts = [
        SortField::Title,
        SortField::Artist,
        SortField::AlbumArtist,
        SortField::Album,
        SortField::Codec,
        SortField::Genre,
        SortField::Path,
        SortField::Folder,
        SortField::FileName,
    ];
    if !by.iter().any(|by| texts.contains(&by.field)) {
        return Vec::new();
    }
    // The first eight bytes decide most comparisons without a look at the text.
    let head = |key: u32| {
        let text = table.keys.get(key);
        let mut head = [0; 8];
        let length = text.len().min(8);
        head[..length].copy_from_slice(&text[..length]);
        u64::from_be_bytes(head)
    };
    let heads: Vec<u64> = (0..table.keys.len()).map(head).collect();
    let mut keys: Vec<u32> = (0..table.keys.len()).collect();
    sort::numbers(&mut keys, &mut |a, b| {
        heads[a as usize]
            .cmp(&heads[b as usize])
            .then_with(|| table.keys.get(a).cmp(table.keys.get(b)))
    });
    let mut ranks = vec![0; keys.len()];
    for (rank, &key) in (0..).zip(&keys) {
        ranks[key as usize] = rank;
    }
    ranks
}
