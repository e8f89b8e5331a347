//! The rows of words and beginnings that stand in many of them, kept as they were gathered once.
//!
//! `t` stands in half of all titles: to gather its postings takes longer than all that is done with them. What is kept
//! follows the rows: one that came or changed is looked at again by its own text. After a load the common beginnings
//! are gathered while there is nothing else to do, one a tick, so that the first keystroke finds them.

use std::collections::VecDeque;
use std::sync::Arc;

use super::bitmap::Bitmap;
use super::search::Space;
use super::words::Like;

/// How many are kept: a bit for each row of the table, 20 bytes a row for all.
const MOST_SETS: usize = 160;
/// More rows that changed than these are not looked at one by one; everything is gathered again when it is asked for.
const MOST_TOUCHED: usize = 1_024;
/// What stands in fewer rows is gathered at once. Tests have small libraries.
const FEWEST: u32 = if cfg!(test) { 16 } else { 4_096 };

/// The rows that have a word in a space.
#[derive(Debug)]
pub(crate) struct HotSet {
    pub(crate) space: Space,
    text: Box<str>,
    /// Whether the word may go on.
    is_begun: bool,
    rows: Arc<Bitmap>,
    used: u64,
}

impl HotSet {
    /// Whether a row belongs to it that has this word.
    pub(crate) fn fits(&self, word: &str) -> bool {
        if self.is_begun {
            word.starts_with(&*self.text)
        } else {
            *word == *self.text
        }
    }

    pub(crate) fn put(&mut self, row: u32, belongs: bool) {
        if self.rows.has(row) == belongs {
            return;
        }
        let rows = Arc::make_mut(&mut self.rows);
        if belongs {
            rows.set(row);
        } else {
            rows.clear(row);
        }
    }
}

/// What is kept of the tracks.
#[derive(Debug, Default)]
pub(crate) struct Hot {
    sets: Vec<HotSet>,
    /// Rows that came or changed since the sets were right.
    touched: Vec<u32>,
    /// Whether sets were given up because too many rows changed.
    is_lost: bool,
    /// Whether somebody wants the common beginnings looked for.
    is_wanted: bool,
    /// Beginnings that may be common, and have not been looked at.
    ahead: VecDeque<(Space, String)>,
    uses: u64,
}

impl Hot {
    /// In how many of the living rows something has to stand to be kept.
    pub(crate) fn least(living: u32) -> u32 {
        FEWEST.max(living / 32)
    }

    /// Notes that a row came, changed or died.
    pub(crate) fn touched(&mut self, row: u32) {
        if self.sets.is_empty() {
            return;
        }
        if self.touched.len() == MOST_TOUCHED {
            self.sets.clear();
            self.touched.clear();
            self.ahead.clear();
            self.is_lost = true;
            return;
        }
        self.touched.push(row);
    }

    /// The rows that have to be looked at again.
    pub(crate) fn take_touched(&mut self) -> Vec<u32> {
        core::mem::take(&mut self.touched)
    }

    pub(crate) fn sets_mut(&mut self) -> &mut [HotSet] {
        &mut self.sets
    }

    /// The rows of a word, if they are kept.
    pub(crate) fn get(&mut self, space: Space, text: &str, like: Like) -> Option<Arc<Bitmap>> {
        // While a sync changes many rows nothing is gathered that nobody asks for.
        self.is_wanted |= core::mem::take(&mut self.is_lost);
        let is_begun = like == Like::Begun;
        let known = |set: &&mut HotSet| set.space == space && set.is_begun == is_begun && *set.text == *text;
        let set = self.sets.iter_mut().find(known)?;
        self.uses += 1;
        set.used = self.uses;
        Some(Arc::clone(&set.rows))
    }

    /// Keeps the rows of a word, in place of those that were not used for longest if there are many.
    pub(crate) fn put(&mut self, space: Space, text: &str, like: Like, rows: &Arc<Bitmap>) {
        self.uses += 1;
        let set = HotSet {
            space,
            text: text.into(),
            is_begun: like == Like::Begun,
            rows: Arc::clone(rows),
            used: self.uses,
        };
        if self.sets.len() < MOST_SETS {
            self.sets.push(set);
            return;
        }
        let oldest = (0..self.sets.len()).min_by_key(|&place| self.sets[place].used);
        if let Some(oldest) = oldest {
            self.sets[oldest] = set;
        }
    }

    /// Has the common beginnings looked for.
    pub(crate) fn want(&mut self) {
        self.is_wanted = true;
    }

    /// Whether they have to be looked for from now on.
    pub(crate) fn take_wanted(&mut self) -> bool {
        core::mem::take(&mut self.is_wanted)
    }

    /// Notes a beginning that may be common.
    pub(crate) fn expect(&mut self, space: Space, beginning: String) {
        self.ahead.push_back((space, beginning));
    }

    /// The next beginning to look at, the short ones first. `None` if there are none, or no room for more.
    pub(crate) fn next(&mut self) -> Option<(Space, String)> {
        if self.sets.len() >= MOST_SETS {
            self.ahead.clear();
        }
        self.ahead.pop_front()
    }
}
