//! An order in the making: a step a tick, so that nobody waits for it who asks for something else.

use bevy_ecs::world::World;

use super::ast::SortBy;
use super::bitmap::Bitmap;
use super::chunks::Chunks;
use super::columns::Column;
use super::order;
use super::sorting::{Item, Sorting};
use super::table::Table;

/// How many values of a column, and how many places in a list, are found in the time of so many comparisons.
const COMPARED_A_VALUE: usize = 4;
const PLACES_A_COMPARISON: usize = 2;

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// An order that is not there yet.
///
/// Rows that change or die after they were looked at are left where they are, compare as if they came first, which
/// keeps all others in order among themselves, and are taken out at the end: then they go in as any row that moved.
/// So changes that stream in never make it begin again.
#[derive(Debug)]
pub(crate) struct Building {
    pub(crate) by: Vec<SortBy>,
    stage: Stage,
    spoiled: Spoiled,
}

#[derive(Debug)]
enum Stage {
    /// Columns that are to be made, the last first, and the one that is under way.
    Columns(Vec<Column>, Making),
    /// Sort keys with their first bytes, as far as they were looked at.
    KeyHeads(Vec<Item>),
    Keys(Sorting),
    /// Sorted keys, and the places of as many as were gone through.
    Ranks(Sorting, usize, Vec<u32>),
    RowHeads(RowHeads),
    /// Rows below a number.
    Rows(Sorting, u32),
    Cutting(Cutting),
}

/// Values of a column, as far as rows were looked at.
#[derive(Debug, Default)]
struct Making {
    values: Vec<u32>,
    /// Rows that changed since.
    stale: Vec<u32>,
}

/// Rows with what decides most comparisons.
#[derive(Debug)]
struct RowHeads {
    heads: Vec<Item>,
    /// How many rows were looked at, and how many will be: those that come later have a place of their own.
    next: u32,
    upto: u32,
    /// Which ranks of the sort keys the heads were made of.
    ranking: u32,
}

impl RowHeads {
    fn begin(table: &mut Table) -> Self {
        table.rank_keys();
        Self {
            heads: Vec::with_capacity(table.living() as usize),
            next: 0,
            upto: table.len(),
            ranking: table.ranking(),
        }
    }
}

/// Sorted rows on their way into pieces.
#[derive(Debug)]
struct Cutting {
    sorted: Sorting,
    next: usize,
    upto: u32,
    piece: Vec<u32>,
    chunks: Chunks,
}

/// Rows whose values are not what they were when they were looked at.
#[derive(Debug, Default)]
struct Spoiled {
    rows: Vec<u32>,
    set: Bitmap,
}

impl Spoiled {
    fn add(&mut self, row: u32) {
        if !self.set.has(row) {
            self.set.set(row);
            self.rows.push(row);
        }
    }

    fn has(&self, row: u32) -> bool {
        !self.rows.is_empty() && self.set.has(row)
    }
}

/// What became of an order.
#[derive(Debug)]
pub(crate) struct Built {
    /// The rows in order, but for those that moved.
    pub(crate) chunks: Chunks,
    /// Rows from this number on are not among them.
    pub(crate) upto: u32,
    pub(crate) moved: Vec<u32>,
}

impl Building {
    /// Begins with the columns that the order reads and that are not there.
    pub(crate) fn new(by: Vec<SortBy>, table: &Table) -> Self {
        let columns = by.iter().filter_map(|by| Column::of_sort(by.field));
        let columns = columns.filter(|&column| !table.columns.has(column)).collect();
        Self {
            by,
            stage: Stage::Columns(columns, Making::default()),
            spoiled: Spoiled::default(),
        }
    }

    /// Notes that the values of a row are not what they were, or that it died.
    pub(crate) fn spoil(&mut self, row: u32) {
        let is_late = match &self.stage {
            Stage::Columns(..) | Stage::KeyHeads(_) | Stage::Keys(_) | Stage::Ranks(..) => true,
            Stage::RowHeads(RowHeads { upto, .. }) | Stage::Rows(_, upto) => row >= *upto,
            Stage::Cutting(cutting) => row >= cutting.upto,
        };
        if !is_late {
            self.spoiled.add(row);
        }
    }

    /// Notes that what a row has beside its numbers may have changed.
    pub(crate) fn note_columns(&mut self, row: u32) {
        if let Stage::Columns(_, making) = &mut self.stage
            && (row as usize) < making.values.len()
        {
            making.stale.push(row);
        }
    }

    /// Goes on, for about so many comparisons: the order, once all is done.
    pub(crate) fn step(&mut self, world: &World, table: &mut Table, most: usize) -> Option<Built> {
        while self.go_on(world, table, most) {
            if let Stage::Cutting(cutting) = &mut self.stage
                && cutting.is_done()
            {
                return Some(cutting.end(core::mem::take(&mut self.spoiled).rows));
            }
            if most < usize::MAX {
                break;
            }
        }
        None
    }

    fn begin_rows(&mut self, table: &mut Table) -> Stage {
        self.spoiled = Spoiled::default();
        Stage::RowHeads(RowHeads::begin(table))
    }

    /// Goes on. `true` if that was the end of a stage.
    fn go_on(&mut self, world: &World, table: &mut Table, most: usize) -> bool {
        let places = most.saturating_mul(PLACES_A_COMPARISON);
        let Self { by, stage, spoiled } = self;
        let next = match stage {
            Stage::Columns(columns, making) => {
                if let Some(&column) = columns.last() {
                    if making.go_on(world, table, column, most / COMPARED_A_VALUE) {
                        table.columns.add(column, core::mem::take(&mut making.values));
                        columns.pop();
                    }
                    return false;
                }
                Stage::KeyHeads(Vec::new())
            }
            Stage::KeyHeads(_) if table.is_nearly_ranked() => self.begin_rows(table),
            Stage::KeyHeads(heads) => {
                if !table.add_key_heads(heads, most) {
                    return false;
                }
                Stage::Keys(Sorting::new(core::mem::take(heads)))
            }
            Stage::Keys(sorting) => {
                if !sorting.step(most, &|a, b| table.compare_keys(a, b)) {
                    return false;
                }
                let sorting = core::mem::take(sorting);
                let ranks = vec![0; sorting.sorted().len()];
                Stage::Ranks(sorting, 0, ranks)
            }
            Stage::Ranks(sorting, next, ranks) => {
                let keys = sorting.sorted();
                let end = keys.len().min(next.saturating_add(places));
                for (rank, &(_, _, key)) in (number(*next)..).zip(&keys[*next..end]) {
                    ranks[key as usize] = rank;
                }
                *next = end;
                if end < keys.len() {
                    return false;
                }
                table.set_ranks(core::mem::take(ranks));
                self.begin_rows(table)
            }
            // Ranks that were made anew in between do not go with those before.
            Stage::RowHeads(rows) if rows.ranking != table.ranking() => self.begin_rows(table),
            Stage::RowHeads(rows) => {
                let step = u32::try_from(most).unwrap_or(u32::MAX);
                let end = rows.upto.min(rows.next.saturating_add(step));
                let living = (rows.next..end).filter(|&row| table.alive().has(row) && !spoiled.has(row));
                rows.heads.extend(living.map(|row| order::item(table, by, row)));
                rows.next = end;
                if end < rows.upto {
                    return false;
                }
                Stage::Rows(Sorting::new(core::mem::take(&mut rows.heads)), rows.upto)
            }
            Stage::Rows(sorting, upto) => {
                let compare = |a: u32, b: u32| match (spoiled.has(a), spoiled.has(b)) {
                    (false, false) => order::compare(table, by, a, b),
                    (a_first, b_first) => b_first.cmp(&a_first).then(a.cmp(&b)),
                };
                if !sorting.step(most, &compare) {
                    return false;
                }
                Stage::Cutting(Cutting::new(core::mem::take(sorting), *upto))
            }
            Stage::Cutting(cutting) => return cutting.go_on(table, spoiled, places),
        };
        self.stage = next;
        true
    }
}

impl Making {
    /// Reads so many more rows. `true` once the column is made.
    fn go_on(&mut self, world: &World, table: &mut Table, column: Column, most: usize) -> bool {
        let known = number(self.values.len());
        let end = table.len().min(known.saturating_add(number(most)));
        self.values
            .extend((known..end).map(|row| table.column_value(world, column, row)));
        if end < table.len() {
            return false;
        }
        for row in core::mem::take(&mut self.stale) {
            self.values[row as usize] = table.column_value(world, column, row);
        }
        true
    }
}

impl Cutting {
    fn new(sorted: Sorting, upto: u32) -> Self {
        let chunks = Chunks::with_room(sorted.sorted().len(), upto);
        Self {
            sorted,
            next: 0,
            upto,
            piece: Vec::new(),
            chunks,
        }
    }

    /// Cuts so many more rows into pieces. `true` once these are all.
    fn go_on(&mut self, table: &Table, spoiled: &Spoiled, most: usize) -> bool {
        let sorted = self.sorted.sorted();
        let end = sorted.len().min(self.next.saturating_add(most));
        for &(_, _, row) in &sorted[self.next..end] {
            if table.alive().has(row) && !spoiled.has(row) {
                self.piece.push(row);
                if self.piece.len() == self.chunks.length_of_pieces() {
                    self.chunks.append(&self.piece);
                    self.piece.clear();
                }
            }
        }
        self.next = end;
        self.is_done()
    }

    fn is_done(&self) -> bool {
        self.next == self.sorted.sorted().len()
    }

    /// The pieces, without what changed since it went into one.
    fn end(&mut self, moved: Vec<u32>) -> Built {
        let mut chunks = core::mem::replace(&mut self.chunks, Chunks::with_room(0, 0));
        chunks.append(&self.piece);
        chunks.number();
        for &row in &moved {
            chunks.remove(row);
        }
        Built {
            chunks,
            upto: self.upto,
            moved,
        }
    }
}
