//! Which rows a query lets through.
//!
//! Every condition only narrows the rows that are still in question, and the cheap ones go first: words
//! come from postings, numbers from the rows, and text is read only to check that the words of a phrase
//! stand one after the other.

use bevy_ecs::world::World;
use segue_components::prelude::*;

use super::answer::Answer;
use super::ast::{self, Expr, IdField, NumberField, Term, TextField, TimeField, ValueField, What};
use super::bitmap::Bitmap;
use super::columns::Column;
use super::conditions;
use super::index::Index;
use super::search::{self, FEW, FORGIVEN};
use super::table::{self, Row};
use crate::sort;

const DAY: i64 = 86_400_000;

/// How much work a condition is: words, then numbers, then what reads text.
fn cost(expr: &Expr) -> u8 {
    match expr {
        Expr::Is(Term::Path(_) | Term::Folder(_) | Term::Pattern(..)) => 3,
        Expr::Is(Term::Whole(field, _)) if !conditions::value_is_of_tracks(*field) => 0,
        Expr::Is(Term::Anywhere(text) | Term::Text(_, text)) if text.is_phrase() => 2,
        Expr::Is(Term::Anywhere(_) | Term::Text(..)) => 0,
        Expr::Is(_) => 1,
        Expr::Not(part) => cost(part).max(1),
        Expr::All(parts) | Expr::Any(parts) => parts.iter().map(cost).max().unwrap_or(0),
    }
}

/// Whether an answer needs the postings.
pub(crate) fn reads_words(expr: &Expr) -> bool {
    any_term(expr, &|term| {
        matches!(
            term,
            Term::Anywhere(_) | Term::Text(..) | Term::Whole(..) | Term::Pattern(..) | Term::Playlist(_)
        )
    })
}

/// Whether a query says itself which tracks it wants by the state of their files.
pub(crate) fn asks_for_files(expr: &Expr) -> bool {
    any_term(expr, &|term| {
        matches!(term, Term::Has(What::File, _) | Term::File(_))
    })
}

/// Whether the answer depends on the time. What smart playlists ask for may.
pub(crate) fn is_timed(expr: &Expr) -> bool {
    any_term(expr, &|term| {
        matches!(
            term,
            Term::Time(_, ast::Time::Within(..) | ast::Time::Before(..)) | Term::Playlist(_)
        )
    })
}

/// Whether the answer depends on more than rows: on what stands in playlists, or on the names of providers.
pub(crate) fn reads_more_than_rows(expr: &Expr) -> bool {
    any_term(expr, &|term| {
        matches!(term, Term::Playlist(_) | Term::Provider(_))
    })
}

/// Whether typos can make a difference.
pub(crate) fn may_forgive(filter: &Expr) -> bool {
    !matches!(filter, Expr::Any(_)) && search::may_forgive(&search::pieces(conjunction(filter)))
}

/// Whether all that a filter lets through, typos aside, is let through by an earlier one.
pub(crate) fn refines(filter: &Expr, earlier: &Expr) -> bool {
    let (parts, others) = (conjunction(filter), conjunction(earlier));
    let is_word = |part: &Expr| matches!(part, Expr::Is(Term::Anywhere(_)));
    asks_for_files(filter) == asks_for_files(earlier)
        && others.iter().all(|part| is_word(part) || parts.contains(part))
        && search::refines(&search::pieces(parts), &search::pieces(others))
}

fn any_term(expr: &Expr, is: &impl Fn(&Term) -> bool) -> bool {
    match expr {
        Expr::Is(term) => is(term),
        Expr::Not(part) => any_term(part, is),
        Expr::All(parts) | Expr::Any(parts) => parts.iter().any(|part| any_term(part, is)),
    }
}

/// Whether only tracks can say; an album then counts if one of its tracks does.
fn is_of_tracks(term: &Term) -> bool {
    match term {
        Term::Anywhere(_) | Term::Compilation(_) => false,
        Term::Text(field, _) => *field == TextField::Genre,
        Term::Whole(field, _) | Term::Pattern(field, _) => conditions::value_is_of_tracks(*field),
        Term::Number(field, _) => !matches!(
            field,
            NumberField::Year
                | NumberField::Track
                | NumberField::Duration
                | NumberField::DurationMs
                | NumberField::Id
                | NumberField::AlbumId
                | NumberField::ArtworkId
        ),
        Term::Time(field, _) => *field != TimeField::Date,
        Term::Id(field, _) => !matches!(
            field,
            IdField::Release | IdField::ReleaseGroup | IdField::AlbumArtist
        ),
        Term::Level(..)
        | Term::Codec(_)
        | Term::Path(_)
        | Term::Folder(_)
        | Term::Provider(_)
        | Term::Playlist(_)
        | Term::File(_) => true,
        Term::Has(what, _) => !matches!(
            what,
            What::Artwork | What::Album | What::Artist | What::AlbumArtist | What::Year | What::Duration
        ),
    }
}

/// Whether typos are forgiven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forgive {
    /// If fewer than [`FEW`] of the candidates have the words as they were typed.
    IfFew,
    /// As they were for an answer to which single rows are added.
    As(bool),
}

/// One evaluation.
pub(crate) struct Eval<'a> {
    pub(crate) world: &'a World,
    /// Milliseconds since 1970.
    pub(crate) unix: u64,
    /// Whether this is of a playlist's query, inside of another query.
    pub(crate) is_within: bool,
}

impl Eval<'_> {
    /// Those of the candidates that a filter lets through, in tiers; in one, and a second for typos, where
    /// they are not wanted `ranked`. Without typos nothing is let through that is not among the `earlier` rows, where
    /// it is known.
    pub(crate) fn answer(
        &self,
        index: &mut Index,
        noun: Noun,
        filter: &Expr,
        ranked: bool,
        forgive: Forgive,
        earlier: Option<Bitmap>,
        candidates: Bitmap,
    ) -> Answer {
        let (mut tiers, forgiven) = match filter {
            Expr::Any(parts) => {
                // Each row is as good as the best side that lets it through.
                let mut tiers = search::no_tiers(&candidates);
                for part in parts {
                    let sides = self.ranked_expr(index, noun, part, &candidates);
                    for (tier, rows) in tiers.iter_mut().zip(sides) {
                        tier.or(&rows);
                    }
                }
                let mut seen = Bitmap::Few(Vec::new());
                for tier in &mut tiers {
                    tier.and_not(&seen);
                    seen.or(tier);
                }
                (tiers, None)
            }
            filter => {
                let firm = earlier.as_ref().unwrap_or(&candidates);
                let tiers = self.ranked_expr(index, noun, filter, firm);
                let forgiving = match forgive {
                    Forgive::IfFew => tiers.iter().map(Bitmap::count).sum::<u32>() < FEW,
                    Forgive::As(forgiving) => forgiving,
                };
                let forgiven = forgiving
                    .then(|| self.forgiven_expr(index, noun, filter, &tiers, candidates))
                    .flatten();
                (tiers, forgiven)
            }
        };
        if !ranked {
            let (first, rest) = tiers.split_first_mut().expect("there are tiers");
            for tier in rest {
                first.or(&core::mem::take(tier));
            }
        }
        let is_forgiving = forgiven.is_some();
        if let Some(forgiven) = forgiven {
            tiers[FORGIVEN] = forgiven;
        }
        Answer::new(tiers, is_forgiving)
    }

    /// Tiers of one side of a query. What has no bare words is all in the first.
    fn ranked_expr(&self, index: &mut Index, noun: Noun, expr: &Expr, candidates: &Bitmap) -> Vec<Bitmap> {
        let parts = conjunction(expr);
        let pieces = search::pieces(parts);
        if pieces.is_empty() {
            let mut tiers = search::no_tiers(candidates);
            tiers[0] = self.expr(index, noun, expr, candidates.clone());
            return tiers;
        }
        let mut tiers = self.ranked(index, noun, &pieces, candidates);
        if parts.len() > pieces.len() {
            let mut all = Bitmap::Few(Vec::new());
            tiers.iter().for_each(|tier| all.or(tier));
            let all = self.others(index, noun, parts, all);
            tiers.iter_mut().for_each(|tier| tier.and(&all));
        }
        tiers
    }

    /// What else there is where typos are forgiven; `None` if that can make no difference.
    fn forgiven_expr(
        &self,
        index: &mut Index,
        noun: Noun,
        expr: &Expr,
        tiers: &[Bitmap],
        mut candidates: Bitmap,
    ) -> Option<Bitmap> {
        let parts = conjunction(expr);
        let pieces = search::pieces(parts);
        if !search::may_forgive(&pieces) {
            return None;
        }
        tiers.iter().for_each(|tier| candidates.and_not(tier));
        let candidates = self.anywhere(index, noun, &pieces, true, candidates);
        Some(self.others(index, noun, parts, candidates))
    }

    /// Those of the candidates that all parts but the bare words let through.
    fn others(&self, index: &mut Index, noun: Noun, parts: &[Expr], mut candidates: Bitmap) -> Bitmap {
        let is_word = |part: &Expr| matches!(part, Expr::Is(Term::Anywhere(_)));
        let mut parts: Vec<_> = parts.iter().filter(|part| !is_word(part)).collect();
        sort::by_key(&mut parts, |part| cost(part));
        for part in parts {
            if candidates.is_empty() {
                break;
            }
            candidates = self.expr(index, noun, part, candidates);
        }
        candidates
    }

    /// Those of the candidates that the expression lets through.
    pub(crate) fn expr(&self, index: &mut Index, noun: Noun, expr: &Expr, mut candidates: Bitmap) -> Bitmap {
        match expr {
            Expr::Is(term) => self.term(index, noun, term, candidates),
            Expr::All(parts) => {
                let pieces = search::pieces(parts);
                if !pieces.is_empty() {
                    candidates = self.anywhere(index, noun, &pieces, false, candidates);
                }
                self.others(index, noun, parts, candidates)
            }
            Expr::Any(parts) => {
                let mut found = Bitmap::empty_like(&candidates);
                for part in parts {
                    found.or(&self.expr(index, noun, part, candidates.clone()));
                }
                found
            }
            Expr::Not(part) => {
                let found = self.expr(index, noun, part, candidates.clone());
                candidates.and_not(&found);
                candidates
            }
        }
    }

    fn term(&self, index: &mut Index, noun: Noun, term: &Term, mut candidates: Bitmap) -> Bitmap {
        if noun == Noun::Album && is_of_tracks(term) {
            let tracks = if candidates.is_few() {
                index.tracks_of(&candidates)
            } else {
                index.tracks.alive().clone()
            };
            let tracks = self.term(index, Noun::Track, term, tracks);
            let mut albums = Bitmap::empty_like(&candidates);
            for track in tracks.iter() {
                if let Some(album) = index.albums.number(index.tracks.row(track).album) {
                    albums.set(album);
                }
            }
            candidates.and(&albums);
            return candidates;
        }
        let table = index.table_mut(noun);
        match term {
            Term::Anywhere(_) => {
                let pieces = search::pieces([&Expr::Is(term.clone())]);
                if pieces.is_empty() {
                    return candidates;
                }
                self.anywhere(index, noun, &pieces, false, candidates)
            }
            Term::Text(field, text) => self.in_field(index, noun, *field, text, candidates),
            Term::Whole(field, whole) => self.whole(index, noun, *field, whole, candidates),
            Term::Pattern(field, pattern) => self.pattern(index, noun, *field, pattern, candidates),
            Term::Number(field, range) => {
                let (field, range) = (*field, *range);
                if let Some(column) = Column::of_number(field) {
                    let pass = |number| conditions::number(range, field == NumberField::Skips, number);
                    return self.column(index, noun, column, &pass, candidates);
                }
                candidates.retain(|row| number(table.row(row), field, range));
                candidates
            }
            Term::Level(field, range) => {
                let pass = |number| conditions::level(*field, *range, number);
                self.column(index, noun, Column::of_level(*field), &pass, candidates)
            }
            Term::Time(field, time) => {
                if let Some(column) = Column::of_time(*field) {
                    let pass = |number| conditions::time(*field, *time, self.unix, number);
                    return self.column(index, noun, column, &pass, candidates);
                }
                let (from, to) = span(*time, self.unix);
                candidates.retain(|row| (from..to).contains(&table.row(row).added));
                candidates
            }
            Term::Codec(codec) => {
                let key = table.keys.find(codec);
                candidates.retain(|row| Some(table.row(row).codec) == key);
                candidates
            }
            Term::Path(text) => self.contains(index, noun, ValueField::Path, text.text(), candidates),
            Term::Folder(text) => self.contains(index, noun, ValueField::Folder, text.text(), candidates),
            Term::Provider(text) => self.provider(index, noun, text.text(), candidates),
            Term::Playlist(text) => self.playlist(index, text.text(), candidates),
            Term::File(state) => self.file(table, *state, candidates),
            Term::Id(field, id) => self.id(index, noun, *field, id, candidates),
            Term::Compilation(yes) => {
                candidates.retain(|row| (table.row(row).flags & table::COMPILATION != 0) == *yes);
                candidates
            }
            Term::Has(what, yes) => {
                if candidates.is_empty() || has(table.row(0), *what).is_some() {
                    candidates.retain(|row| has(table.row(row), *what) == Some(*yes));
                    return candidates;
                }
                let found = self.has_component(index, noun, *what, candidates.clone());
                if *yes {
                    return found;
                }
                candidates.and_not(&found);
                candidates
            }
        }
    }
}

/// The parts that must all hold.
fn conjunction(expr: &Expr) -> &[Expr] {
    match expr {
        Expr::All(parts) => parts,
        other => core::slice::from_ref(other),
    }
}

fn number(row: &Row, field: NumberField, range: ast::Range) -> bool {
    let id = |id: u64| u32::try_from(id).unwrap_or(u32::MAX);
    match field {
        NumberField::Year => range.holds(row.year.into()),
        NumberField::Rating => range.holds(row.rating.into()),
        NumberField::Track => range.holds(row.track),
        NumberField::Disc => range.holds(row.disc.into()),
        NumberField::Id => range.holds(id(row.id)),
        NumberField::AlbumId => range.holds(id(row.album)),
        // Never heard is a number like any other.
        NumberField::Plays => {
            range.from.is_none_or(|from| row.plays >= from) && range.to.is_none_or(|to| row.plays <= to)
        }
        // Less than a second is not the same as unknown.
        NumberField::Duration if row.duration > 0 => {
            let seconds = row.duration / 1_000;
            range.from.is_none_or(|from| seconds >= from) && range.to.is_none_or(|to| seconds <= to)
        }
        NumberField::Duration => range.holds(0),
        NumberField::DurationMs => range.holds(row.duration),
        // These have columns.
        _ => false,
    }
}

/// Whether a row has something; `None` where the row does not say.
fn has(row: &Row, what: What) -> Option<bool> {
    Some(match what {
        What::Artwork => row.flags & table::ARTWORK != 0,
        What::Album => row.album != 0,
        What::Artist => row.artist != 0,
        What::Genre => row.flags & table::GENRE != 0,
        What::Year => row.year != 0,
        What::Track => row.track != 0,
        What::Disc => row.disc != 0,
        What::Rating => row.rating != 0,
        What::Duration => row.duration != 0,
        What::File => row.flags & table::PRESENT != 0,
        _ => return None,
    })
}

/// Days from 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant, `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The milliseconds since 1970 in which a date begins and ends.
pub(super) fn bounds(date: PartialDate) -> (u64, u64) {
    let (year, month, day) = (i64::from(date.year), i64::from(date.month), i64::from(date.day));
    let (from, to) = match (month, day) {
        (0, _) => (days(year, 1, 1), days(year + 1, 1, 1)),
        (12, 0) => (days(year, 12, 1), days(year + 1, 1, 1)),
        (_, 0) => (days(year, month, 1), days(year, month + 1, 1)),
        _ => (days(year, month, day), days(year, month, day) + 1),
    };
    let millis = |days: i64| u64::try_from(days * DAY).unwrap_or(0);
    (millis(from), millis(to))
}

/// The milliseconds since 1970 that a condition means, the end excluded. Zero is unknown and never in it.
pub(super) fn span(time: ast::Time, unix: u64) -> (u64, u64) {
    let ago =
        |count: u32, unit: ast::Unit| unix.saturating_sub(u64::from(count).saturating_mul(unit.millis()));
    match time {
        ast::Time::Within(count, unit) => (ago(count, unit).max(1), u64::MAX),
        ast::Time::Before(count, unit) => (1, ago(count, unit)),
        ast::Time::Dates { from, to } => (
            from.map_or(1, |date| bounds(date).0.max(1)),
            to.map_or(u64::MAX, |date| bounds(date).1),
        ),
        ast::Time::Never => (0, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_spans_of_time() {
        let date = |text| PartialDate::parse(text).unwrap();
        assert_eq!(bounds(date("1970")), (0, 365 * 86_400_000));
        assert_eq!(bounds(date("2024-02")), (1_706_745_600_000, 1_709_251_200_000));
        assert_eq!(bounds(date("2023-12")), (1_701_388_800_000, 1_704_067_200_000));
        assert_eq!(bounds(date("2024-02-29")), (1_709_164_800_000, 1_709_251_200_000));
        assert_eq!(bounds(date("1950")), (0, 0));
    }
}
