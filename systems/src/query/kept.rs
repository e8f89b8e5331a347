//! Answers that are kept: which rows match a query, and how many of them stand in each piece of an order.
//!
//! Every view of the same query and order reads the same answer. A row that changed is looked at again by itself;
//! what remains of the work is a glance at each piece of the order, about one for every thousand rows.

use core::ops::Range;

use super::answer::Answer;
use super::ast::{Expr, Query, SortBy};
use super::bitmap::Bitmap;
use super::chunks::Chunks;
use super::eval;
use super::search::FORGIVEN;
use crate::sort;

/// How many answers a table keeps: a bit for each row and tier, and some kilobytes for each order.
const MOST_ANSWERS: usize = 16;
/// How many orders are counted for one answer.
const MOST_COUNTS: usize = 4;
/// Places before this one are found without a count of what stands in each piece of the order, the first time.
const NEAR: u32 = 1_024;
/// A longer list of rows is kept as bits.
const LONGEST_LIST: usize = 2_048;
/// How many changes are kept; an answer that missed more is found anew.
const MOST_TOUCHED: usize = 65_536;

/// The answers of a table, and which of its rows changed since each was found.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    list: Vec<Kept>,
    /// Rows that came, changed or died, oldest first.
    touched: Vec<u32>,
    /// How many were forgotten before the first of them.
    forgotten: u64,
    uses: u64,
}

/// Which rows match.
#[derive(Debug)]
struct Kept {
    filter: Expr,
    /// Whether the query leaves the order open, so that the best matches come first.
    is_ranked: bool,
    /// Disjoint sets of rows, best first.
    tiers: Vec<Bitmap>,
    totals: Vec<u32>,
    is_forgiving: bool,
    /// `None` if it is not to be trusted.
    holds: Option<Holds>,
    /// How many changes there had been.
    seen: u64,
    counts: Vec<Counts>,
    /// Whether somebody read it before: whoever asks again is likely to ask often.
    is_read: bool,
    used: u64,
}

/// How long an answer holds, whatever happens to rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holds {
    /// The minute, if it depends on the time.
    pub(crate) minute: Option<u64>,
    /// How often what is in no row had changed, if it depends on that.
    pub(crate) beside: Option<u64>,
}

/// How many rows of each tier stand in each piece of an order.
#[derive(Debug)]
struct Counts {
    by: Vec<SortBy>,
    /// How many tiers were counted.
    width: usize,
    /// By slot: the stamp of the piece that was counted.
    stamps: Vec<u64>,
    /// By slot and tier.
    counts: Vec<u32>,
}

/// What an answer needs to be up to date.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing, the answer is at this place.
    Nothing(usize),
    /// That these rows are looked at again.
    Rows(usize, Vec<u32>),
    /// That every row is looked at.
    All,
}

impl Answers {
    /// Notes that a row came, changed or died.
    pub(crate) fn touched(&mut self, row: u32) {
        if self.list.is_empty() {
            return;
        }
        if self.touched.len() == MOST_TOUCHED {
            self.forgotten += MOST_TOUCHED as u64;
            self.touched.clear();
        }
        self.touched.push(row);
    }

    fn now(&self) -> u64 {
        self.forgotten + self.touched.len() as u64
    }

    /// Looks for the answer to a query that holds now. More rows than `most` are not worth a look at each.
    pub(crate) fn due(&mut self, query: &Query, holds: Holds, most: usize) -> Due {
        self.uses += 1;
        let place = self.list.iter().position(|kept| kept.answers(query));
        let Some((place, answer)) = place.map(|place| (place, &mut self.list[place])) else {
            return Due::All;
        };
        answer.used = self.uses;
        let Some(seen) = answer.seen.checked_sub(self.forgotten) else {
            return Due::All;
        };
        let seen = usize::try_from(seen).expect("an answer has seen no more than there was");
        match &self.touched[seen..] {
            _ if answer.holds != Some(holds) => Due::All,
            [] => Due::Nothing(place),
            rows if rows.len() <= most => Due::Rows(place, rows.to_vec()),
            _ => Due::All,
        }
    }

    /// The rows of an answer that is up to date, if they are no more than `most` and a query lets no others through, typos aside.
    pub(crate) fn refined(
        &self,
        filter: &Expr,
        most: usize,
        holds: impl Fn(&Expr) -> Holds,
    ) -> Option<Bitmap> {
        let now = self.now();
        let fits = |&place: &usize| {
            let kept = &self.list[place];
            kept.seen == now
                && self.count_firm(place) as usize <= most
                && kept.holds.is_some_and(|known| known == holds(&kept.filter))
                && eval::refines(filter, &kept.filter)
        };
        let places = (0..self.list.len()).filter(fits);
        let place = places.min_by_key(|&place| self.count_firm(place))?;
        let mut rows = Vec::new();
        for tier in self.firm(place) {
            tier.each(|row| rows.push(row));
        }
        Some(Bitmap::few(rows))
    }

    /// Keeps an answer and says where.
    pub(crate) fn put(&mut self, query: &Query, holds: Holds, answer: Answer) -> usize {
        let is_forgiving = answer.is_forgiving();
        let mut tiers = answer.into_tiers();
        // A tier without rows needs no room, and those behind the last one with rows no counts.
        while tiers.pop_if(|tier| tier.is_empty()).is_some() {}
        let empty = tiers.iter_mut().filter(|tier| tier.is_empty());
        empty.for_each(|tier| *tier = Bitmap::default());
        let totals = tiers.iter().map(Bitmap::count).collect();
        let (seen, used) = (self.now(), self.uses);
        let fresh = Kept {
            filter: query.filter.clone(),
            is_ranked: query.is_ranked(),
            tiers,
            totals,
            is_forgiving,
            holds: Some(holds),
            seen,
            counts: Vec::new(),
            is_read: false,
            used,
        };
        let same = self.list.iter().position(|kept| kept.answers(query));
        let full = self.list.len() >= MOST_ANSWERS;
        let oldest = || (0..self.list.len()).min_by_key(|&place| self.list[place].used);
        let place = match same.or_else(|| if full { oldest() } else { None }) {
            Some(place) => {
                self.list[place] = fresh;
                place
            }
            None => {
                self.list.push(fresh);
                self.list.len() - 1
            }
        };
        self.forget_what_all_know();
        place
    }

    /// Takes in what a look at some rows found: those of them that match, by tier.
    pub(crate) fn amend(
        &mut self,
        place: usize,
        rows: &[u32],
        found: &Answer,
        orders: &[(&[SortBy], &Chunks)],
    ) {
        let now = self.now();
        let answer = &mut self.list[place];
        answer.seen = now;
        for &row in rows {
            let before = answer.tiers.iter().position(|tier| tier.has(row));
            let after = found.tiers().iter().position(|tier| tier.has(row));
            if before == after {
                continue;
            }
            if let Some(tier) = before {
                answer.tiers[tier].clear(row);
                answer.totals[tier] -= 1;
            }
            if let Some(tier) = after {
                while answer.tiers.len() <= tier {
                    answer.tiers.push(Bitmap::default());
                    answer.totals.push(0);
                }
                answer.tiers[tier].add(row, LONGEST_LIST);
                answer.totals[tier] += 1;
            }
            for counts in &mut answer.counts {
                let order = orders.iter().find(|(by, _)| *by == counts.by);
                let slot = order.and_then(|(_, rows)| rows.slot_of(row));
                // A row that is in no piece now changes the stamp of one when it is put in.
                if let Some(stamp) = slot.and_then(|slot| counts.stamps.get_mut(slot as usize)) {
                    *stamp = 0;
                }
            }
        }
        self.forget_what_all_know();
    }

    /// Whether typos were forgiven.
    pub(crate) fn is_forgiving(&self, place: usize) -> bool {
        self.list[place].is_forgiving
    }

    /// How many rows match without a typo.
    pub(crate) fn count_firm(&self, place: usize) -> u32 {
        let tiers = self.firm(place).len();
        self.list[place].totals[..tiers].iter().sum()
    }

    /// The tiers of those.
    fn firm(&self, place: usize) -> &[Bitmap] {
        let answer = &self.list[place];
        let firm = if answer.is_forgiving { FORGIVEN } else { usize::MAX };
        &answer.tiers[..answer.tiers.len().min(firm)]
    }

    /// Has an answer found anew when it is asked for again.
    pub(crate) fn distrust(&mut self, place: usize) {
        self.list[place].holds = None;
    }

    /// The rows of an answer, in tiers.
    pub(crate) fn tiers(&self, place: usize) -> &[Bitmap] {
        &self.list[place].tiers
    }

    fn forget_what_all_know(&mut self) {
        let now = self.now();
        if self.list.iter().all(|answer| answer.seen == now) {
            self.touched.clear();
            self.forgotten = now;
        }
    }

    /// The answer at a place, in an order that is up to date.
    pub(crate) fn counted<'a>(&'a mut self, place: usize, by: &'a [SortBy], rows: &'a Chunks) -> Counted<'a> {
        Counted {
            kept: &mut self.list[place],
            by,
            rows,
        }
    }
}

impl Kept {
    fn answers(&self, query: &Query) -> bool {
        self.is_ranked == query.is_ranked() && self.filter == query.filter
    }

    /// Counts the answer for an order; the count stands first.
    fn count(&mut self, by: &[SortBy], rows: &Chunks) {
        let known = self.counts.iter().position(|counts| counts.by == by);
        let mut own = match known {
            Some(known) => self.counts.remove(known),
            None => Counts {
                by: by.to_vec(),
                width: 0,
                stamps: Vec::new(),
                counts: Vec::new(),
            },
        };
        self.counts.truncate(MOST_COUNTS - 1);
        own.sync(rows, &self.tiers);
        // The one that was used last stands first.
        self.counts.insert(0, own);
    }
}

impl Counts {
    fn sync(&mut self, rows: &Chunks, tiers: &[Bitmap]) {
        let width = tiers.len();
        if core::mem::replace(&mut self.width, width) != width {
            self.stamps.clear();
        }
        self.stamps.resize(rows.slots(), 0);
        self.counts.resize(rows.slots() * width, 0);
        let list = rows.list();
        let stamps = list
            .iter()
            .map(|chunk| (self.stamps[chunk.slot as usize], chunk.stamp));
        let stale = stamps.filter(|(known, stamp)| known != stamp).count();
        if stale == 0 {
            return;
        }
        let all = stale > list.len() / 4;
        if all {
            // Every row that matches says where it stands: what nothing matches in costs nothing.
            self.counts.fill(0);
            for (tier, set) in tiers.iter().enumerate() {
                set.each(|row| {
                    if let Some(slot) = rows.slot_of(row) {
                        self.counts[slot as usize * width + tier] += 1;
                    }
                });
            }
        }
        for chunk in list {
            let slot = chunk.slot as usize;
            if !all && self.stamps[slot] != chunk.stamp {
                for (tier, set) in tiers.iter().enumerate() {
                    let count = chunk.rows.iter().filter(|&&row| set.has(row)).count();
                    self.counts[slot * width + tier] =
                        u32::try_from(count).expect("rows are numbered by 27 bits");
                }
            }
            self.stamps[slot] = chunk.stamp;
        }
    }
}

/// An answer with its order.
#[derive(Debug)]
pub(crate) struct Counted<'a> {
    kept: &'a mut Kept,
    by: &'a [SortBy],
    rows: &'a Chunks,
}

impl Counted<'_> {
    /// How many rows match.
    pub(crate) fn total(&self) -> u32 {
        self.kept.totals.iter().sum()
    }

    /// The rows at these places of the answer, as far as there are any.
    pub(crate) fn window(&mut self, window: Range<u32>) -> Vec<u32> {
        let Range { start: mut skip, end } = window;
        let is_read = core::mem::replace(&mut self.kept.is_read, true);
        if !is_read && end <= NEAR {
            return self.beginning(skip as usize, end as usize);
        }
        self.kept.count(self.by, self.rows);
        let Kept {
            tiers,
            totals,
            counts,
            ..
        } = &*self.kept;
        let counts = &counts[0].counts;
        let mut left = end.saturating_sub(skip).min(self.total()) as usize;
        let mut found = Vec::with_capacity(left);
        for (tier, (set, &total)) in tiers.iter().zip(totals).enumerate() {
            if skip >= total {
                skip -= total;
                continue;
            }
            for chunk in self.rows.list() {
                let count = counts[chunk.slot as usize * tiers.len() + tier];
                if count <= skip {
                    skip -= count;
                    continue;
                }
                let rows = chunk.rows.iter().filter(|&&row| set.has(row));
                let before = found.len();
                found.extend(rows.skip(skip as usize).take(left));
                left -= found.len() - before;
                skip = 0;
                if left == 0 {
                    return found;
                }
            }
            skip = 0;
        }
        found
    }

    /// The rows at places near the beginning, without a count of all.
    fn beginning(&self, start: usize, end: usize) -> Vec<u32> {
        let mut found = Vec::new();
        for (set, &total) in self.kept.tiers.iter().zip(&self.kept.totals) {
            let most = end.saturating_sub(found.len()).min(total as usize);
            if most == 0 {
                continue;
            }
            // Where rows are frequent the first ones come soon. If they turn out to stand at the end, it was in vain.
            let total = total as usize;
            let is_dense = total > most && total / 16 > 16 * self.rows.upto() / total;
            let first = is_dense.then(|| walk(self.rows, set, most, total)).flatten();
            found.extend(first.unwrap_or_else(|| gather(self.rows, set, most)));
        }
        found.drain(..start.min(found.len()));
        found
    }

    /// The place of a row in the answer, if it matches.
    pub(crate) fn position(&mut self, row: u32) -> Option<u32> {
        let tier = self.kept.tiers.iter().position(|tier| tier.has(row))?;
        let (place, within) = self.rows.place(row)?;
        self.kept.count(self.by, self.rows);
        let Kept {
            tiers,
            totals,
            counts,
            ..
        } = &*self.kept;
        let width = tiers.len();
        let counts = &counts[0].counts;
        let list = self.rows.list();
        let better: u32 = totals[..tier].iter().sum();
        let before = list[..place]
            .iter()
            .map(|chunk| counts[chunk.slot as usize * width + tier]);
        let beside = list[place].rows[..within].iter();
        let beside = beside.filter(|&&row| tiers[tier].has(row)).count();
        let beside = u32::try_from(beside).expect("rows are numbered by 27 bits");
        Some(better + before.sum::<u32>() + beside)
    }
}

/// The first rows of a set in order, found on a walk over the order. `None` if it would take more than `steps`.
fn walk(rows: &Chunks, set: &Bitmap, most: usize, mut steps: usize) -> Option<Vec<u32>> {
    let mut found = Vec::with_capacity(most);
    for chunk in rows.list() {
        found.extend(chunk.rows.iter().filter(|&&row| set.has(row)));
        if found.len() >= most {
            found.truncate(most);
            return Some(found);
        }
        steps = steps.checked_sub(chunk.rows.len())?;
    }
    Some(found)
}

/// The first rows of a set in order, found by where each of its rows stands.
fn gather(rows: &Chunks, set: &Bitmap, most: usize) -> Vec<u32> {
    let mut counts = vec![0_usize; rows.list().len()];
    set.each(|row| {
        if let Some(piece) = rows.piece_of(row) {
            counts[usize::from(piece)] += 1;
        }
    });
    let mut found = Vec::with_capacity(most);
    let mut upto = counts.len();
    let mut count = 0;
    for (piece, &own) in counts.iter().enumerate() {
        count += own;
        if count >= most {
            upto = piece + 1;
            break;
        }
    }
    if let Bitmap::Few(few) = set {
        let stands_before = |&row: &u32| rows.piece_of(row).is_some_and(|piece| usize::from(piece) < upto);
        let places = few.iter().copied().filter(stands_before);
        let mut places: Vec<u64> = places.filter_map(|row| rows.key(row)).collect();
        sort::plain(&mut places);
        found.extend(places.into_iter().take(most).filter_map(|key| rows.at(key)));
        return found;
    }
    for (chunk, _) in rows.list()[..upto]
        .iter()
        .zip(&counts)
        .filter(|&(_, &own)| own > 0)
    {
        found.extend(chunk.rows.iter().filter(|&&row| set.has(row)));
    }
    found.truncate(most);
    found
}
