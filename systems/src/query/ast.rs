//! A query, taken apart. Printing it gives text that parses to the same query again.

use segue_components::track::PartialDate;

pub use super::fields::{
    FileState, IdField, LevelField, NumberField, SortField, TextField, TimeField, ValueField, What,
};
pub use super::pattern::Pattern;

/// What to show, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Which rows.
    pub filter: Expr,
    /// The order, most important first; what it leaves open is decided by the default order.
    pub sort: Vec<SortBy>,
}

impl Query {
    /// Whether what fits its words best comes first: where that is asked for, and where no order is.
    #[must_use]
    pub fn is_ranked(&self) -> bool {
        self.sort
            .first()
            .is_none_or(|first| first.field == SortField::Relevance)
    }
}

impl Default for Query {
    fn default() -> Self {
        Self {
            filter: Expr::All(Vec::new()),
            sort: Vec::new(),
        }
    }
}

/// Which rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// Those that every part lets through; without parts, all.
    All(Vec<Self>),
    /// Those that some part lets through.
    Any(Vec<Self>),
    /// Those that the part does not let through.
    Not(Box<Self>),
    /// Those that a single condition holds for.
    Is(Term),
}

/// A single condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// Words of the title, the artists, the album artists or the album.
    Anywhere(Text),
    /// Words of one field.
    Text(TextField, Text),
    /// The whole value of one field.
    Whole(ValueField, Whole),
    /// A pattern that one field matches.
    Pattern(ValueField, Pattern),
    /// A number in a range.
    Number(NumberField, Range),
    /// A decimal number in a range.
    Level(LevelField, LevelRange),
    /// When something happened.
    Time(TimeField, Time),
    /// The codec, by its short name in lower case.
    Codec(String),
    /// A part of the path below the provider's root.
    Path(Text),
    /// A part of the folder.
    Folder(Text),
    /// The provider, by its number or by a part of its name.
    Provider(Text),
    /// A playlist that it stands in, by its number or name.
    Playlist(Text),
    /// What is known of the file.
    File(FileState),
    /// What another catalogue calls it, in lower case.
    Id(IdField, String),
    /// Whether it is on a compilation.
    Compilation(bool),
    /// Whether something is known or there.
    Has(What, bool),
}

/// Words to find: as they are typed, where the last may be unfinished, or quoted, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    text: String,
    quoted: bool,
}

impl Text {
    /// One word as it is typed. Text that cannot stand without quotes is quoted.
    #[must_use]
    pub fn word(text: impl Into<String>) -> Self {
        let text = text.into();
        let quoted = text.is_empty()
            || text.starts_with('-')
            || text.contains(|char: char| char.is_whitespace() || "\"()|:".contains(char));
        Self { text, quoted }
    }

    /// The value of a field as it is typed: as [`Text::word`], but colons may stand in it.
    #[must_use]
    pub fn value(text: impl Into<String>) -> Self {
        let text = text.into();
        let quoted = text.is_empty()
            || text.starts_with(['=', '~'])
            || text.contains(|char: char| char.is_whitespace() || "\"()|".contains(char));
        Self { text, quoted }
    }

    /// A phrase.
    #[must_use]
    pub fn phrase(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            quoted: true,
        }
    }

    /// The text without quotes.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is a phrase of whole words.
    #[must_use]
    pub fn is_phrase(&self) -> bool {
        self.quoted
    }
}

/// The whole value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// The value.
    pub text: String,
    /// Whether every character counts, or only what is left after [folding](super::fold::fold).
    pub to_the_letter: bool,
}

/// One step of an order. What is unknown comes last, whichever way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SortBy {
    /// By what.
    pub field: SortField,
    /// From the highest down.
    pub descending: bool,
}

/// Numbers from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The lowest, if there is one.
    pub from: Option<u32>,
    /// The highest, if there is one.
    pub to: Option<u32>,
}

impl Range {
    /// Whether a number lies in it. Zero, the unknown, only does where the range names it.
    #[must_use]
    pub fn holds(self, number: u32) -> bool {
        if number == 0 {
            return self.from == Some(0);
        }
        self.from.is_none_or(|from| number >= from) && self.to.is_none_or(|to| number <= to)
    }
}

/// Decimal numbers from one to another, both included, in units of the field's last place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelRange {
    /// The lowest, if there is one.
    pub from: Option<i32>,
    /// The highest, if there is one.
    pub to: Option<i32>,
}

/// When something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// Less than so long ago.
    Within(u32, Unit),
    /// Longer ago.
    Before(u32, Unit),
    /// From one date to another in UTC, both included as far as they are known: `2024` is a whole year.
    Dates {
        /// The first, if there is one.
        from: Option<PartialDate>,
        /// The last, if there is one.
        to: Option<PartialDate>,
    },
    /// It did not.
    Never,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 60 minutes.
    Hours,
    /// 24 hours.
    Days,
    /// 7 days.
    Weeks,
    /// 30 days.
    Months,
    /// 365 days.
    Years,
}

impl Unit {
    /// Every unit with its letter.
    pub const ALL: [(char, Self); 5] = [
        ('h', Self::Hours),
        ('d', Self::Days),
        ('w', Self::Weeks),
        ('m', Self::Months),
        ('y', Self::Years),
    ];

    /// Its length in milliseconds.
    #[must_use]
    pub fn millis(self) -> u64 {
        let hours = match self {
            Self::Hours => 1,
            Self::Days => 24,
            Self::Weeks => 7 * 24,
            Self::Months => 30 * 24,
            Self::Years => 365 * 24,
        };
        hours * 3_600_000
    }
}
