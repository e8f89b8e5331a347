//! Builds queries in code: the second door to what [`parser`](super::parser) reads.
//!
//! ```
//! use segue_systems::query::ast::{NumberField, Query, SortField, TextField, What};
//!
//! let query = Query::new()
//!     .artist("queen")
//!     .year(1975..=1980)
//!     .not(|query| query.title("live"))
//!     .either([Query::new().has(What::Artwork), Query::new().rating(4..)])
//!     .sort_descending(SortField::Year)
//!     .sort(SortField::Album);
//! assert_eq!(
//!     query.to_string(),
//!     "artist:queen year:1975..1980 -title:live (has:artwork | rating:>=4) sort:-year,album"
//! );
//! ```

use core::ops::{Bound, RangeBounds};

use super::ast::{
    Expr, FileState, LevelField, LevelRange, NumberField, Pattern, Query, Range, SortBy, SortField, Term,
    Text, TextField, Time, TimeField, Unit, ValueField, What, Whole,
};

impl Query {
    /// Everything, in the default order.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets through only what this expression lets through as well.
    #[must_use]
    pub fn and(mut self, expr: Expr) -> Self {
        self.filter = match self.filter {
            Expr::All(parts) if parts.is_empty() => expr,
            Expr::All(mut parts) => {
                parts.push(expr);
                Expr::All(parts)
            }
            other => Expr::All(vec![other, expr]),
        };
        self
    }

    fn term(self, term: Term) -> Self {
        self.and(Expr::Is(term))
    }

    /// A word as somebody types it, in the title, the artists or the album; several words are a phrase.
    #[must_use]
    pub fn word(self, text: &str) -> Self {
        self.term(Term::Anywhere(Text::word(text)))
    }

    /// Whole words, one after the other, in the title, the artists or the album.
    #[must_use]
    pub fn phrase(self, text: &str) -> Self {
        self.term(Term::Anywhere(Text::phrase(text)))
    }

    /// A word of a field as somebody types it; several words are a phrase.
    #[must_use]
    pub fn text(self, field: TextField, text: &str) -> Self {
        self.term(Term::Text(field, Text::value(text)))
    }

    /// [`Query::text`] of the title.
    #[must_use]
    pub fn title(self, text: &str) -> Self {
        self.text(TextField::Title, text)
    }

    /// [`Query::text`] of the artists.
    #[must_use]
    pub fn artist(self, text: &str) -> Self {
        self.text(TextField::Artist, text)
    }

    /// [`Query::text`] of the artists of the album.
    #[must_use]
    pub fn album_artist(self, text: &str) -> Self {
        self.text(TextField::AlbumArtist, text)
    }

    /// [`Query::text`] of the album.
    #[must_use]
    pub fn album(self, text: &str) -> Self {
        self.text(TextField::Album, text)
    }

    /// [`Query::text`] of the genres.
    #[must_use]
    pub fn genre(self, text: &str) -> Self {
        self.text(TextField::Genre, text)
    }

    /// The whole value of a field, whatever its case and diacritics.
    #[must_use]
    pub fn is(self, field: ValueField, text: &str) -> Self {
        self.term(Term::Whole(
            field,
            Whole {
                text: text.into(),
                to_the_letter: false,
            },
        ))
    }

    /// The whole value of a field, to the letter.
    #[must_use]
    pub fn is_exactly(self, field: ValueField, text: &str) -> Self {
        self.term(Term::Whole(
            field,
            Whole {
                text: text.into(),
                to_the_letter: true,
            },
        ))
    }

    /// A regular expression that a field matches.
    #[must_use]
    pub fn matches(self, field: ValueField, pattern: Pattern) -> Self {
        self.term(Term::Pattern(field, pattern))
    }

    /// Numbers in a range.
    #[must_use]
    pub fn number(self, field: NumberField, range: impl RangeBounds<u32>) -> Self {
        let range = Range {
            from: match range.start_bound() {
                Bound::Included(&from) => Some(from),
                Bound::Excluded(&from) => Some(from.saturating_add(1)),
                Bound::Unbounded => None,
            },
            to: match range.end_bound() {
                Bound::Included(&to) => Some(to),
                Bound::Excluded(&to) => Some(to.saturating_sub(1)),
                Bound::Unbounded => None,
            },
        };
        self.term(Term::Number(field, range))
    }

    /// [`Query::number`] of the year.
    #[must_use]
    pub fn year(self, range: impl RangeBounds<u32>) -> Self {
        self.number(NumberField::Year, range)
    }

    /// [`Query::number`] of the stars.
    #[must_use]
    pub fn rating(self, range: impl RangeBounds<u32>) -> Self {
        self.number(NumberField::Rating, range)
    }

    /// [`Query::number`] of the listens.
    #[must_use]
    pub fn plays(self, range: impl RangeBounds<u32>) -> Self {
        self.number(NumberField::Plays, range)
    }

    /// [`Query::number`] of the length in seconds.
    #[must_use]
    pub fn duration(self, seconds: impl RangeBounds<u32>) -> Self {
        self.number(NumberField::Duration, seconds)
    }

    /// Decimal numbers in a range, in units of the last place that the field has.
    #[must_use]
    pub fn level(self, field: LevelField, range: LevelRange) -> Self {
        self.term(Term::Level(field, range))
    }

    /// When something happened.
    #[must_use]
    pub fn time(self, field: TimeField, time: Time) -> Self {
        self.term(Term::Time(field, time))
    }

    /// What came into the library less than so long ago.
    #[must_use]
    pub fn added_within(self, count: u32, unit: Unit) -> Self {
        self.time(TimeField::Added, Time::Within(count, unit))
    }

    /// What was heard less than so long ago.
    #[must_use]
    pub fn played_within(self, count: u32, unit: Unit) -> Self {
        self.time(TimeField::LastPlayed, Time::Within(count, unit))
    }

    /// A codec by its short name.
    #[must_use]
    pub fn codec(self, name: &str) -> Self {
        self.term(Term::Codec(name.to_lowercase()))
    }

    /// A part of the path.
    #[must_use]
    pub fn path(self, part: &str) -> Self {
        self.term(Term::Path(Text::value(part)))
    }

    /// What is known of the file.
    #[must_use]
    pub fn file(self, state: FileState) -> Self {
        self.term(Term::File(state))
    }

    /// Something that is there.
    #[must_use]
    pub fn has(self, what: What) -> Self {
        self.term(Term::Has(what, true))
    }

    /// Something that is not there.
    #[must_use]
    pub fn missing(self, what: What) -> Self {
        self.term(Term::Has(what, false))
    }

    /// What the conditions that `build` adds to an empty query do not let through.
    #[must_use]
    pub fn not(self, build: impl FnOnce(Self) -> Self) -> Self {
        let inner = build(Self::new()).filter;
        self.and(Expr::Not(Box::new(inner)))
    }

    /// What at least one of these lets through; their orders do not matter.
    #[must_use]
    pub fn either(self, sides: impl IntoIterator<Item = Self>) -> Self {
        let mut sides: Vec<Expr> = sides.into_iter().map(|side| side.filter).collect();
        let everything = |side: &Expr| matches!(side, Expr::All(parts) if parts.is_empty());
        match sides.len() {
            _ if sides.iter().any(everything) => self,
            0 => self,
            1 => self.and(sides.remove(0)),
            _ => self.and(Expr::Any(sides)),
        }
    }

    /// Sorts by a field, behind what it is sorted by already; by relevance, before it.
    #[must_use]
    pub fn sort(self, field: SortField) -> Self {
        self.sort_by(SortBy {
            field,
            descending: false,
        })
    }

    /// Sorts by a field from the highest down, behind what it is sorted by already.
    #[must_use]
    pub fn sort_descending(self, field: SortField) -> Self {
        self.sort_by(SortBy {
            field,
            descending: true,
        })
    }

    fn sort_by(mut self, by: SortBy) -> Self {
        if self.sort.iter().any(|known| known.field == by.field) {
            return self;
        }
        if by.field == SortField::Relevance {
            let best_first = SortBy {
                descending: false,
                ..by
            };
            self.sort.insert(0, best_first);
        } else {
            self.sort.push(by);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parser::parse;

    #[track_caller]
    fn check(query: &Query, expected: &str) {
        assert_eq!(query.to_string(), expected);
        assert_eq!(parse(expected).as_ref(), Ok(query), "printed and read");
    }

    #[test]
    fn what_is_built_reads_as_what_is_typed() {
        check(&Query::new(), "");
        check(&Query::new().word("love").phrase("me do"), "love \"me do\"");
        check(
            &Query::new().artist("hard rock").year(..1980),
            "artist:\"hard rock\" year:<=1979",
        );
        check(&Query::new().is(ValueField::Title, "=x"), "title:=\"=x\"");
        check(
            &Query::new()
                .matches(ValueField::Path, Pattern::new("a/b").unwrap())
                .missing(What::File),
            r"path:~/a\/b/ missing:file",
        );
        check(
            &Query::new()
                .added_within(30, Unit::Days)
                .not(|query| query.codec("MP3").word("x")),
            "added:<30d -(codec:mp3 x)",
        );
        check(
            &Query::new()
                .either([Query::new().title("a").title("b"), Query::new().album("c")])
                .word("d"),
            "(title:a title:b | album:c) d",
        );
        check(
            &Query::new()
                .either([])
                .either([Query::new(), Query::new().word("a")]),
            "",
        );
        check(&Query::new().not(|query| query), "-()");
        check(
            &Query::new()
                .sort_descending(SortField::Year)
                .sort(SortField::Year)
                .sort(SortField::Path),
            "sort:-year,path",
        );
        check(
            &Query::new()
                .word("love")
                .sort(SortField::Year)
                .sort_descending(SortField::Relevance),
            "love sort:relevance,year",
        );
    }
}
