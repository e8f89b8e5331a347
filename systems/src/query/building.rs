//! An order in the making: a step a tick, so that nobody waits for it who asks for something else.

use super::ast::SortBy;
use super::order;
use super::sorting::Sorting;
use super::table::Table;

/// How often the making begins again because rows moved under it, before it is ended in one go.
const MOST_RESTARTS: u32 = 3;

/// An order that is not there yet.
#[derive(Debug)]
pub(crate) struct Building {
    pub(crate) by: Vec<SortBy>,
    stage: Stage,
    /// Whether a row changed that was looked at.
    is_spoiled: bool,
    restarts: u32,
}

#[derive(Debug)]
enum Stage {
    /// Sort keys with their first bytes, as far as they were looked at.
    KeyHeads(Vec<(u64, u32)>),
    Keys(Sorting),
    RowHeads(RowHeads),
    /// Rows below a number.
    Rows(Sorting, u32),
}

/// Rows with what decides most comparisons.
#[derive(Debug)]
struct RowHeads {
    heads: Vec<(u64, u32)>,
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

/// What became of an order.
#[derive(Debug)]
pub(crate) struct Built {
    /// The rows in order; some may have died.
    pub(crate) rows: Vec<u32>,
    /// Rows from this number on are not among them.
    pub(crate) upto: u32,
}

impl Building {
    pub(crate) fn new(by: Vec<SortBy>) -> Self {
        Self {
            by,
            stage: Stage::KeyHeads(Vec::new()),
            is_spoiled: false,
            restarts: 0,
        }
    }

    /// Notes that the values of a row are not what they were.
    pub(crate) fn spoil(&mut self) {
        self.is_spoiled = true;
    }

    /// Goes on, for about so many comparisons: the order, once all is done.
    pub(crate) fn step(&mut self, table: &mut Table, most: usize) -> Option<Built> {
        let looked_at_rows = matches!(self.stage, Stage::RowHeads(_) | Stage::Rows(..));
        if core::mem::take(&mut self.is_spoiled) && looked_at_rows {
            self.restarts += 1;
            self.stage = Stage::RowHeads(RowHeads::begin(table));
        }
        let most = if self.restarts > MOST_RESTARTS {
            usize::MAX
        } else {
            most
        };
        while self.stage.step(table, &self.by, most) {
            if let Stage::Rows(sorting, upto) = &mut self.stage
                && let Some(rows) = sorting.take_sorted()
            {
                return Some(Built { rows, upto: *upto });
            }
            if most < usize::MAX {
                break;
            }
        }
        None
    }
}

impl Stage {
    /// Goes on. `true` if that was the end of the stage.
    fn step(&mut self, table: &mut Table, by: &[SortBy], most: usize) -> bool {
        let next = match self {
            Self::KeyHeads(_) if table.is_nearly_ranked() => Self::RowHeads(RowHeads::begin(table)),
            Self::KeyHeads(heads) => {
                if !table.add_key_heads(heads, most) {
                    return false;
                }
                Self::Keys(Sorting::new(core::mem::take(heads)))
            }
            Self::Keys(sorting) => {
                if !sorting.step(most, &|a, b| table.compare_keys(a, b)) {
                    return false;
                }
                if let Some(keys) = sorting.take_sorted() {
                    table.set_ranks(&keys);
                }
                Self::RowHeads(RowHeads::begin(table))
            }
            // Ranks that were made anew in between do not go with those before.
            Self::RowHeads(rows) if rows.ranking != table.ranking() => Self::RowHeads(RowHeads::begin(table)),
            Self::RowHeads(rows) => {
                let step = u32::try_from(most).unwrap_or(u32::MAX);
                let end = rows.upto.min(rows.next.saturating_add(step));
                let living = (rows.next..end).filter(|&row| table.alive().has(row));
                rows.heads
                    .extend(living.map(|row| (order::head(table, by, row), row)));
                rows.next = end;
                if end < rows.upto {
                    return false;
                }
                Self::Rows(Sorting::new(core::mem::take(&mut rows.heads)), rows.upto)
            }
            Self::Rows(sorting, _) => {
                return sorting.step(most, &|a, b| order::compare(table, by, a, b));
            }
        };
        *self = next;
        true
    }
}
