//! A view as the library keeps it: a query, a window, what the window shows now and what the host was
//! told that it shows.

use segue_components::id::Noun;
use segue_components::wire::frame::ViewPatch;

use super::diff;
use crate::clock::Clock;
use crate::persist::LastSeen;
use crate::query::ast::Query;
use crate::query::eval;
use crate::query::index::{Found, MINUTE};
use crate::query::parser::{self, QueryError};

/// How often a view is answered anew at most while changes stream in, in milliseconds.
pub const REFRESH_EVERY: u64 = 100;

/// What a host sees of a view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Shown {
    offset: u32,
    found: Found,
    followed: Option<u32>,
    error: Option<QueryError>,
    /// Whether rows are missing because a pattern took too many steps.
    too_costly: bool,
}

/// What a view was answered from.
#[derive(Debug, Clone, Copy)]
struct Answered {
    /// The version of the index.
    version: u64,
    at: Clock,
}

/// A view of one host.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) number: u32,
    pub(crate) noun: Noun,
    /// The last query that was right, as it was written and as it was read.
    text: String,
    query: Query,
    offset: u32,
    limit: u32,
    /// The row whose place the host wants to know.
    followed: Option<u64>,
    shown: Shown,
    /// `None` before the host was told anything, and after a snapshot.
    told: Option<Shown>,
    /// Whether the host waits for an answer.
    asked: bool,
    /// Whether the first query was right.
    answerable: bool,
    /// Whether time alone changes the answer.
    is_timed: bool,
    answered: Option<Answered>,
}

impl View {
    pub(crate) fn new(number: u32, noun: Noun) -> Self {
        Self {
            number,
            noun,
            text: String::new(),
            query: Query::default(),
            offset: 0,
            limit: 0,
            followed: None,
            shown: Shown::default(),
            told: None,
            asked: true,
            answerable: false,
            is_timed: false,
            answered: None,
        }
    }

    /// Shows another query. A wrong one leaves rows and total as they are.
    ///
    /// # Errors
    /// [`QueryError`] if it does not follow the grammar; the view tells the host as well.
    pub(crate) fn set_query(&mut self, query: &str) -> Result<(), QueryError> {
        let parsed = parser::parse(query);
        self.asked = true;
        self.shown.error = parsed.as_ref().err().cloned();
        self.query = parsed?;
        self.is_timed = eval::is_timed(&self.query.filter);
        query.clone_into(&mut self.text);
        self.shown.too_costly = false;
        self.answerable = true;
        Ok(())
    }

    pub(crate) fn set_window(&mut self, offset: u32, limit: u32) {
        self.asked = true;
        self.offset = offset;
        self.limit = limit;
    }

    /// Tells the place of a row from now on.
    pub(crate) fn follow(&mut self, row: Option<u64>) {
        self.asked = true;
        self.followed = row;
    }

    /// When it should be answered from the index of this version; `None` if it is already.
    pub(crate) fn due(&self, version: u64, clock: Clock) -> Option<u64> {
        if !self.answerable {
            return None;
        }
        let Some(answered) = self.answered.filter(|_| !self.asked) else {
            return Some(0);
        };
        let changed = (answered.version != version).then_some(answered.at.now + REFRESH_EVERY);
        // Ages are counted in whole minutes.
        let aged = self.is_timed.then(|| {
            if answered.at.unix / MINUTE == clock.unix / MINUTE {
                clock.now + MINUTE - clock.unix % MINUTE
            } else {
                0
            }
        });
        changed.into_iter().chain(aged).min()
    }

    /// What has to be found: the query, the window, and the row whose place is wanted.
    pub(crate) fn wanted(&self) -> (&Query, u32, u32, Option<u64>) {
        (&self.query, self.offset, self.limit, self.followed)
    }

    /// Shows what was found of what was wanted.
    pub(crate) fn answer(&mut self, version: u64, at: Clock, found: Found, followed: Option<u32>) {
        self.shown.found = found;
        self.shown.followed = followed;
        self.shown.offset = self.offset;
        self.asked = false;
        self.answered = Some(Answered { version, at });
    }

    /// Says whether a pattern took more steps than an answer may, so that rows are missing.
    pub(crate) fn note_cost(&mut self, too_costly: bool) {
        self.shown.too_costly = too_costly;
    }

    /// Answers it with what was seen before the library was closed.
    pub(crate) fn answer_early(&mut self, version: u64, at: Clock, seen: &LastSeen) {
        if !self.is_asked() {
            return;
        }
        let found = seen.find(self.noun, &self.text, self.offset, self.limit);
        if let Some((total, ids)) = found {
            self.answer(version, at, Found { total, ids }, None);
        }
    }

    /// Its query, as it was written and as it was read; `None` if it never was right.
    pub(crate) fn query(&self) -> Option<(&str, &Query)> {
        self.answerable.then_some((&*self.text, &self.query))
    }

    /// Whether an answer must not wait for others.
    pub(crate) fn is_asked(&self) -> bool {
        self.asked && self.answerable
    }

    /// Takes rows that are no more out of the window at once; the next answer fills the gap.
    pub(crate) fn forget(&mut self, gone: impl Fn(u64) -> bool) -> bool {
        let before = self.shown.found.ids.len();
        self.shown.found.ids.retain(|&id| !gone(id));
        let removed = before - self.shown.found.ids.len();
        self.shown.found.total = self
            .shown
            .found
            .total
            .saturating_sub(u32::try_from(removed).unwrap_or(u32::MAX));
        removed > 0
    }

    /// The ids in the window.
    pub(crate) fn rows(&self) -> &[u64] {
        &self.shown.found.ids
    }

    /// Whether the host does not know yet what it shows.
    pub(crate) fn is_untold(&self) -> bool {
        let ready = self.answered.is_some() || self.shown.error.is_some();
        ready && self.told.as_ref() != Some(&self.shown)
    }

    /// What the host must be told.
    pub(crate) fn patch(&self) -> ViewPatch {
        let told = self.told.as_ref().map_or(&[][..], |told| &told.found.ids);
        let cost = || self.shown.too_costly.then(|| parser::too_costly(&self.text));
        let error = self.shown.error.clone().or_else(cost);
        ViewPatch {
            view: self.number,
            total: self.shown.found.total,
            offset: self.shown.offset,
            reset: self.told.is_none(),
            error: error.map(|error| (error.column, error.found, error.expected)),
            splices: diff::splices(told, &self.shown.found.ids),
            closed: false,
            followed: self.shown.followed,
        }
    }

    /// Notes that the host was told.
    pub(crate) fn tell(&mut self) {
        self.told = Some(self.shown.clone());
    }

    /// Notes that the host forgot everything.
    pub(crate) fn untell(&mut self) {
        self.told = None;
    }
}
