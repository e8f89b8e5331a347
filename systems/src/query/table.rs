//! One noun's rows as the queries see them: sort keys and numbers side by side, titles as words.
//!
//! A row whose title changes gets another number, as one that is new does, and its old one dies. A number that
//! died is given to others only after all lists of rows by word were swept for it (`words.rs`).

use core::cmp::Ordering;
use core::num::NonZeroU32;
use std::sync::Arc;

use bevy_ecs::entity::Entity;

use super::bitmap::Bitmap;
use super::building::Building;
use super::columns::Columns;
use super::groups::AllGroups;
use super::hot::Hot;
use super::kept::Answers;
use super::order::{self, Order};
use super::sorting::{Item, Sorting};
use super::strings::Keys;
use super::tailoring::Tailoring;
use super::words::Words;
use crate::by_id::ById;

/// The most rows that a table can number.
const MOST_ROWS: u32 = 1 << 27;

/// What is known of a row beside its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: u64,
    pub(crate) entity: Entity,
    pub(crate) added: u64,
    /// The album, zero for none; an album is its own.
    pub(crate) album: u64,
    /// Milliseconds.
    pub(crate) duration: u32,
    pub(crate) plays: u32,
    /// Numbers of sort keys in [`Table::keys`].
    pub(crate) title: u32,
    pub(crate) artist: u32,
    pub(crate) album_artist: u32,
    pub(crate) album_title: u32,
    pub(crate) codec: u32,
    /// Its own artists and genres, as numbers of texts that rows share; zero for none.
    pub(crate) credit: u32,
    pub(crate) genres: u32,
    /// The track number; of an album, how many tracks it has.
    pub(crate) track: u32,
    pub(crate) year: u16,
    pub(crate) disc: u16,
    pub(crate) rating: u8,
    pub(crate) flags: u8,
}

/// On a compilation.
pub(crate) const COMPILATION: u8 = 1;
/// Has a picture.
pub(crate) const ARTWORK: u8 = 2;
/// Has a file that was there when last looked for; of an album, some track has.
pub(crate) const PRESENT: u8 = 4;
/// Has a genre.
pub(crate) const GENRE: u8 = 8;

/// The rows of one noun.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Row>,
    alive: Bitmap,
    /// Those of the living with a file that is there.
    present: Bitmap,
    living: u32,
    /// How many of the living are of each year, as far as the last that any is of.
    years: Vec<u32>,
    /// By id, one more than the number.
    numbers: ById<NonZeroU32>,
    pub(crate) keys: Keys,
    /// The place of each sort key among all; those beyond its end came later.
    ranks: Vec<u32>,
    ranking: u32,
    words: Words,
    /// Rows below this number have their titles among the words, or wait beside it.
    worded: u32,
    waiting: Vec<u32>,
    /// Numbers that died and that no list holds any more.
    free: Vec<u32>,
    pub(crate) orders: Vec<Order>,
    /// An order that somebody waits for.
    pub(crate) building: Option<Building>,
    pub(crate) answers: Answers,
    pub(crate) hot: Hot,
    pub(crate) columns: Columns,
    pub(crate) groups: AllGroups,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            alive: Bitmap::default(),
            present: Bitmap::default(),
            living: 0,
            years: Vec::new(),
            numbers: ById::default(),
            keys: Keys::new(Arc::default(), 0),
            ranks: Vec::new(),
            ranking: 0,
            words: Words::default(),
            worded: 0,
            waiting: Vec::new(),
            free: Vec::new(),
            orders: Vec::new(),
            building: None,
            answers: Answers::default(),
            hot: Hot::default(),
            columns: Columns::default(),
            groups: AllGroups::default(),
        }
    }
}

impl Table {
    /// Empty, with room for so many rows.
    pub(crate) fn with_room(rows: usize, tailoring: &Arc<Tailoring>) -> Self {
        let mut table = Self {
            keys: Keys::new(Arc::clone(tailoring), rows),
            ..Self::default()
        };
        table.rows.reserve(rows);
        table
    }

    /// Bytes that its parts take.
    pub(crate) fn room(&self) -> [(&'static str, usize); 5] {
        let orders = self.orders.iter();
        [
            (
                "rows",
                self.rows.capacity() * size_of::<Row>() + self.numbers.room(),
            ),
            ("sort keys", self.keys.room() + self.ranks.capacity() * 4),
            ("orders", orders.map(|order| order.rows().room()).sum()),
            ("words", self.words.room()),
            ("columns", self.columns.room()),
        ]
    }

    pub(crate) fn alive(&self) -> &Bitmap {
        &self.alive
    }

    pub(crate) fn present(&self) -> &Bitmap {
        &self.present
    }

    /// How many rows live.
    pub(crate) fn living(&self) -> u32 {
        self.living
    }

    /// How many numbers were given out.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.rows.len()).expect("numbers of rows are below 2^27")
    }

    pub(crate) fn row(&self, number: u32) -> &Row {
        &self.rows[number as usize]
    }

    pub(crate) fn number(&self, id: u64) -> Option<u32> {
        self.numbers.get(id).map(|next| next.get() - 1)
    }

    /// Adds a row; one of the same id dies.
    pub(crate) fn push(&mut self, row: Row) -> u32 {
        self.kill(row.id);
        let number = match self.free.pop() {
            Some(number) => {
                self.rows[number as usize] = row;
                self.waiting.push(number);
                for order in &mut self.orders {
                    order.came(number);
                }
                if let Some(building) = &mut self.building {
                    building.spoil(number);
                }
                number
            }
            None => {
                let number = self.len();
                assert!(number < MOST_ROWS, "a table numbers at most {MOST_ROWS} rows");
                self.rows.push(row);
                number
            }
        };
        let next = NonZeroU32::MIN.saturating_add(number);
        self.numbers.insert(row.id, next);
        self.alive.set(number);
        self.note_presence(number);
        self.living += 1;
        self.note_year(row.year);
        self.touched(number);
        number
    }

    /// Replaces a row by one with the same title. Even if nothing differs, what is not kept here may.
    pub(crate) fn replace(&mut self, number: u32, row: Row) {
        let old = core::mem::replace(&mut self.rows[number as usize], row);
        self.years[usize::from(old.year)] -= 1;
        self.note_year(row.year);
        self.note_presence(number);
        for order in &mut self.orders {
            if order::differ(&order.by, &old, &row) {
                order.moved(number);
            }
        }
        if let Some(building) = &mut self.building
            && order::differ(&building.by, &old, &row)
        {
            building.spoil(number);
        }
        self.touched(number);
    }

    /// Notes that columns of a row changed, but not the row.
    pub(crate) fn note_move(&mut self, number: u32) {
        for order in &mut self.orders {
            if order::reads_columns(&order.by) {
                order.moved(number);
            }
        }
        if let Some(building) = &mut self.building
            && order::reads_columns(&building.by)
        {
            building.spoil(number);
        }
    }

    /// Lets a row die.
    pub(crate) fn kill(&mut self, id: u64) -> Option<u32> {
        let number = self.numbers.remove(id)?.get() - 1;
        self.alive.clear(number);
        self.present.clear(number);
        self.living -= 1;
        let year = usize::from(self.row(number).year);
        self.years[year] -= 1;
        self.groups.drop_row(number);
        self.words.bury(number);
        for order in &mut self.orders {
            order.dropped(number);
        }
        if let Some(building) = &mut self.building {
            building.spoil(number);
        }
        self.touched(number);
        Some(number)
    }

    fn note_year(&mut self, year: u16) {
        let year = usize::from(year);
        if year >= self.years.len() {
            self.years.resize(year + 1, 0);
        }
        self.years[year] += 1;
    }

    /// How many of the living rows are of each year.
    pub(crate) fn years(&self) -> &[u32] {
        &self.years
    }

    /// Notes that a row came, changed or died.
    fn touched(&mut self, number: u32) {
        self.answers.touched(number);
        self.hot.touched(number);
    }

    fn note_presence(&mut self, number: u32) {
        // As long as the set of the living, with which it is combined.
        self.present.set(number);
        if self.row(number).flags & PRESENT == 0 {
            self.present.clear(number);
        }
    }

    /// Whether so many sort keys are out of use that starting over is worth it: a row has five at most.
    pub(crate) fn is_stale(&self) -> bool {
        self.keys.len() > 65_536 && self.keys.len() / 8 > self.living
    }

    /// The number of a text's sort key.
    pub(crate) fn key(&mut self, text: &str) -> u32 {
        self.keys.of(text)
    }

    /// Whether so few sort keys came since their places were found that it is no work to put them in.
    pub(crate) fn is_nearly_ranked(&self) -> bool {
        self.keys.len() as usize - self.ranks.len() <= 4_096
    }

    /// Counts how often the places of the sort keys were found anew.
    pub(crate) fn ranking(&self) -> u32 {
        self.ranking
    }

    /// Adds so many sort keys to those that will be sorted, each with its first twelve bytes, which decide most
    /// comparisons without a look at the text. `true` once these are all.
    pub(crate) fn add_key_heads(&self, heads: &mut Vec<Item>, most: usize) -> bool {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let end = self.keys.len().min(number(heads.len().saturating_add(most)));
        heads.extend((number(heads.len())..end).map(|key| self.key_item(key)));
        end == self.keys.len()
    }

    fn key_item(&self, key: u32) -> Item {
        let text = self.keys.get(key);
        let (start, rest) = text.split_at(text.len().min(8));
        let rest = &rest[..rest.len().min(4)];
        let (mut first, mut second) = ([0; 8], [0; 4]);
        first[..start.len()].copy_from_slice(start);
        second[..rest.len()].copy_from_slice(rest);
        (u64::from_be_bytes(first), u32::from_be_bytes(second), key)
    }

    /// Sees to it that every sort key has its place among all.
    pub(crate) fn rank_keys(&mut self) {
        let known = self.ranks.len();
        if known == self.keys.len() as usize {
            return;
        }
        let first = u32::try_from(known).expect("as many as there are keys");
        let compare = |a: u32, b: u32| self.keys.get(a).cmp(self.keys.get(b));
        let fresh = (first..self.keys.len()).map(|key| self.key_item(key));
        let fresh = Sorting::of(fresh.collect(), &compare);
        let mut sorted = vec![0; known];
        for (key, &rank) in (0..).zip(&self.ranks) {
            sorted[rank as usize] = key;
        }
        let sorted = order::merge(&sorted, &fresh, compare);
        let mut ranks = vec![0; sorted.len()];
        for (rank, &key) in (0..).zip(&sorted) {
            ranks[key as usize] = rank;
        }
        self.set_ranks(ranks);
    }

    /// Takes the places of the sort keys; those that are not among them came later.
    pub(crate) fn set_ranks(&mut self, ranks: Vec<u32>) {
        self.ranking += 1;
        self.ranks = ranks;
    }

    /// The place of a sort key among all, as of the last [`Table::rank_keys`].
    pub(crate) fn rank(&self, key: u32) -> u32 {
        self.ranks[key as usize]
    }

    /// Compares two sort keys.
    pub(crate) fn compare_keys(&self, a: u32, b: u32) -> Ordering {
        match (self.ranks.get(a as usize), self.ranks.get(b as usize)) {
            (Some(a), Some(b)) => a.cmp(b),
            _ => self.keys.get(a).cmp(self.keys.get(b)),
        }
    }

    /// The next row whose title is not among the words yet, if there is one.
    pub(crate) fn next_unworded(&mut self) -> Option<u32> {
        if let Some(number) = self.waiting.pop() {
            return Some(number);
        }
        let number = self.worded;
        (number < self.len()).then(|| {
            self.worded += 1;
            number
        })
    }

    /// How many rows have their titles not among the words yet.
    pub(crate) fn backlog(&self) -> usize {
        self.waiting.len() + (self.len() - self.worded) as usize
    }

    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    pub(crate) fn words_mut(&mut self) -> &mut Words {
        &mut self.words
    }

    /// Goes on taking what died out of all lists, over so many of their numbers. Whether more is to be done.
    pub(crate) fn sweep(&mut self, most: usize) -> bool {
        if !self.waiting.is_empty() || self.worded < self.len() {
            return false;
        }
        let (free, more) = self.words.sweep(self.living, most);
        if !free.is_empty() {
            self.free.extend(free);
        }
        more
    }
}
