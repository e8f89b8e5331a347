//! One noun's rows as the queries see them: sort keys and numbers side by side, text as postings.
//!
//! A row has a number that is never given to another row. A row whose text or names change gets a new
//! number and its old one dies, so postings are only ever appended to, and stay sorted; the dead are
//! dropped when the table is compacted.

use bevy_ecs::entity::Entity;
use bevy_platform::collections::HashMap;

use super::ast::TextField;
use super::bitmap::Bitmap;
use super::columns::Columns;
use super::fold;
use super::groups::AllGroups;
use super::order::Order;
use super::strings::Strings;
use crate::sort;

/// Bits of a posting that say in which fields the token stands; the rest is the row's number.
const FIELD_BITS: u32 = 5;
/// The most rows that a table can number.
const MOST_ROWS: u32 = 1 << (32 - FIELD_BITS);

/// Fields as bits.
pub(crate) type Fields = u32;

/// The bit of a field.
pub(crate) fn field_bit(field: TextField) -> Fields {
    match field {
        TextField::Title => 1,
        TextField::Artist => 2,
        TextField::AlbumArtist => 4,
        TextField::Album => 8,
        TextField::Genre => 16,
    }
}

/// The fields that a bare word searches.
pub(crate) const ANYWHERE: Fields = 1 | 2 | 4 | 8;

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
    numbers: HashMap<u64, u32>,
    /// Sort keys; number 0 is the empty one.
    pub(crate) keys: Strings,
    tokens: Strings,
    postings: Vec<Vec<u32>>,
    /// Tokens by their bytes; those that came later are merged in when somebody searches.
    sorted: Vec<u32>,
    /// Rows below this number have their text in the postings.
    worded: u32,
    pub(crate) orders: Vec<Order>,
    pub(crate) columns: Columns,
    pub(crate) groups: AllGroups,
}

impl Default for Table {
    fn default() -> Self {
        let mut keys = Strings::default();
        keys.intern(b"");
        Self {
            rows: Vec::new(),
            alive: Bitmap::default(),
            present: Bitmap::default(),
            living: 0,
            numbers: HashMap::default(),
            keys,
            tokens: Strings::default(),
            postings: Vec::new(),
            sorted: Vec::new(),
            worded: 0,
            orders: Vec::new(),
            columns: Columns::default(),
            groups: AllGroups::default(),
        }
    }
}

impl Table {
    /// Empty, with room for so many rows.
    pub(crate) fn with_room(rows: usize) -> Self {
        let mut table = Self::default();
        table.rows.reserve(rows);
        table.numbers.reserve(rows);
        table
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

    /// How many rows there were since the last compaction.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.rows.len()).expect("numbers of rows are below 2^27")
    }

    pub(crate) fn row(&self, number: u32) -> &Row {
        &self.rows[number as usize]
    }

    pub(crate) fn number(&self, id: u64) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    /// Adds a row; one of the same id dies.
    pub(crate) fn push(&mut self, row: Row) -> u32 {
        self.kill(row.id);
        let number = self.len();
        assert!(number < MOST_ROWS, "a table numbers at most {MOST_ROWS} rows");
        self.numbers.insert(row.id, number);
        self.rows.push(row);
        self.alive.set(number);
        self.note_presence(number);
        self.living += 1;
        for order in &mut self.orders {
            order.added(number);
        }
        number
    }

    /// Replaces a row by one with the same text.
    pub(crate) fn replace(&mut self, number: u32, row: Row) {
        self.rows[number as usize] = row;
        self.note_presence(number);
        for order in &mut self.orders {
            order.moved(number);
        }
    }

    /// Notes that what a row sorts by changed, but not the row.
    pub(crate) fn note_move(&mut self, number: u32) {
        for order in &mut self.orders {
            order.moved(number);
        }
    }

    /// Lets a row die.
    pub(crate) fn kill(&mut self, id: u64) -> Option<u32> {
        let number = self.numbers.remove(&id)?;
        self.alive.clear(number);
        self.present.clear(number);
        self.living -= 1;
        Some(number)
    }

    fn note_presence(&mut self, number: u32) {
        // As long as the set of the living, with which it is combined.
        self.present.set(number);
        if self.row(number).flags & PRESENT == 0 {
            self.present.clear(number);
        }
    }

    /// Whether so many rows are dead that starting over is worth it.
    pub(crate) fn is_stale(&self) -> bool {
        let dead = self.len() - self.living;
        dead > 4_096 && dead > self.len() / 3
    }

    /// The number of a text's sort key.
    pub(crate) fn key(&mut self, text: &str) -> u32 {
        self.keys.intern(&fold::sort_key(text))
    }

    /// The first row whose text is not in the postings yet, if there is one.
    pub(crate) fn unworded(&self) -> Option<u32> {
        (self.worded < self.len()).then_some(self.worded)
    }

    /// The number of a token.
    pub(crate) fn token(&mut self, token: &str) -> u32 {
        let number = self.tokens.intern(token.as_bytes());
        if number as usize == self.postings.len() {
            self.postings.push(Vec::new());
        }
        number
    }

    /// Puts the text of the next row into the postings, or passes a dead row over.
    pub(crate) fn put_words(&mut self, words: &[(u32, Fields)]) {
        let number = self.worded << FIELD_BITS;
        for &(token, fields) in words {
            let postings = &mut self.postings[token as usize];
            // A token that the row has twice has this row's posting last.
            match postings.last_mut() {
                Some(last) if *last >= number => *last |= fields,
                _ => postings.push(number | fields),
            }
        }
        self.worded += 1;
    }

    fn sort_tokens(&mut self) {
        let known = u32::try_from(self.sorted.len()).expect("as many as there are tokens");
        if known == self.tokens.len() {
            return;
        }
        let tokens = &self.tokens;
        let mut fresh: Vec<u32> = (known..tokens.len()).collect();
        sort::numbers(&mut fresh, &mut |a, b| tokens.get(a).cmp(tokens.get(b)));
        self.sorted = super::order::merge(&self.sorted, &fresh, |a, b| tokens.get(a).cmp(tokens.get(b)));
    }

    /// The rows with a token that begins so, in one of these fields.
    pub(crate) fn with_prefix(&mut self, prefix: &str, fields: Fields) -> Bitmap {
        self.sort_tokens();
        let mut rows = Bitmap::empty_like(&self.alive);
        let prefix = prefix.as_bytes();
        let first = self
            .sorted
            .partition_point(|&token| self.tokens.get(token) < prefix);
        for &token in &self.sorted[first..] {
            if !self.tokens.get(token).starts_with(prefix) {
                break;
            }
            self.add_postings(token, fields, &mut rows);
        }
        rows
    }

    /// The rows with exactly this token in one of these fields.
    pub(crate) fn with_token(&self, token: &str, fields: Fields) -> Bitmap {
        let mut rows = Bitmap::empty_like(&self.alive);
        if let Some(token) = self.tokens.find(token.as_bytes()) {
            self.add_postings(token, fields, &mut rows);
        }
        rows
    }

    fn add_postings(&self, token: u32, fields: Fields, rows: &mut Bitmap) {
        for &posting in &self.postings[token as usize] {
            if posting & fields != 0 {
                rows.set(posting >> FIELD_BITS);
            }
        }
    }
}
