//! A query, taken apart. Printing it gives text that parses to the same query again.

use core::fmt::{self, Display, Formatter, Write};

use segue_components::track::PartialDate;

/// What to show, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Which rows.
    pub filter: Expr,
    /// The order, most important first; what it leaves open is decided by the default order.
    pub sort: Vec<SortBy>,
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
    /// A number in a range.
    Number(NumberField, Range),
    /// When it came into the library.
    Added(Added),
    /// The codec, by its short name in lower case.
    Codec(String),
    /// A part of the path below the provider's root.
    Path(Text),
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
        let quoted =
            text.is_empty() || text.contains(|char: char| char.is_whitespace() || "\"()|".contains(char));
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

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$item])* $variant,)*
        }

        impl $name {
            /// Every one, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in a query.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            /// The one of this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

names! {
    /// A field of words.
    TextField {
        /// The title.
        Title "title",
        /// The artists of the track.
        Artist "artist",
        /// The artists of the album.
        AlbumArtist "albumartist",
        /// The title of the album.
        Album "album",
        /// The genres.
        Genre "genre",
    }
}

names! {
    /// A field of numbers. Zero means unknown except for plays: only a condition that names zero finds it.
    NumberField {
        /// The year of the release, or of the first release.
        Year "year",
        /// Stars.
        Rating "rating",
        /// Listens that counted.
        Plays "plays",
        /// The number of the track on its disc; of an album, how many tracks it has.
        Track "track",
        /// The number of the disc.
        Disc "disc",
        /// Seconds.
        Duration "duration",
        /// Our own number of the row.
        Id "id",
        /// Our own number of the album.
        AlbumId "albumid",
    }
}

names! {
    /// What may be there or missing.
    What {
        /// A picture.
        Artwork "artwork",
        /// An album.
        Album "album",
        /// An artist.
        Artist "artist",
        /// A genre.
        Genre "genre",
        /// A year.
        Year "year",
        /// A number on the disc.
        Track "track",
        /// A rating.
        Rating "rating",
        /// A known length.
        Duration "duration",
        /// A file that was there when last looked for.
        File "file",
    }
}

names! {
    /// What rows are sorted by.
    SortField {
        /// The title, or its sort title.
        Title "title",
        /// The artist, or its sort name.
        Artist "artist",
        /// The album artist, or its sort name; of a track without album, the artist.
        AlbumArtist "albumartist",
        /// The album's title, then its artist and number, so that albums of one name stay apart.
        Album "album",
        /// Our own number of the album.
        AlbumId "albumid",
        /// The year.
        Year "year",
        /// The disc.
        Disc "disc",
        /// The track number; of an album, how many tracks it has.
        Track "track",
        /// When it came into the library.
        Added "added",
        /// Stars.
        Rating "rating",
        /// Listens.
        Plays "plays",
        /// The length.
        Duration "duration",
        /// The codec.
        Codec "codec",
        /// Our own number.
        Id "id",
    }
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

/// When a row came into the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
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

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.filter.print_bare(f)?;
        if self.sort.is_empty() {
            return Ok(());
        }
        if !matches!(&self.filter, Expr::All(parts) if parts.is_empty()) {
            f.write_char(' ')?;
        }
        f.write_str("sort:")?;
        for (index, by) in self.sort.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let minus = if by.descending { "-" } else { "" };
            write!(f, "{comma}{minus}{}", by.field.name())?;
        }
        Ok(())
    }
}

fn separated(f: &mut Formatter<'_>, parts: &[Expr], between: &str, tightness: u8) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        part.print(f, tightness)?;
    }
    Ok(())
}

impl Expr {
    /// Prints it for a place that binds so tightly: 0 between `|`, 1 between words, 2 after `-`.
    fn print(&self, f: &mut Formatter<'_>, tightness: u8) -> fmt::Result {
        let own = match self {
            Self::Any(_) => 0,
            Self::All(_) => 1,
            Self::Not(_) | Self::Is(_) => 2,
        };
        // A list inside a list of its own kind keeps its parentheses, and so does an empty one.
        let bare = own == 2 || tightness < own;
        let empty = matches!(self, Self::All(parts) if parts.is_empty());
        if bare && !empty {
            return self.print_bare(f);
        }
        f.write_char('(')?;
        self.print_bare(f)?;
        f.write_char(')')
    }

    fn print_bare(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => separated(f, parts, " ", 1),
            Self::Any(parts) => separated(f, parts, " | ", 0),
            Self::Not(part) => {
                f.write_char('-')?;
                part.print(f, 2)
            }
            Self::Is(term) => term.fmt(f),
        }
    }
}

impl Display for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.quoted {
            return f.write_str(&self.text);
        }
        f.write_char('"')?;
        for char in self.text.chars() {
            if matches!(char, '"' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(char)?;
        }
        f.write_char('"')
    }
}

impl Display for Range {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from == to => write!(f, "{from}"),
            (Some(from), Some(to)) => write!(f, "{from}..{to}"),
            (Some(from), None) => write!(f, ">={from}"),
            (None, Some(to)) => write!(f, "<={to}"),
            (None, None) => f.write_str(".."),
        }
    }
}

impl Display for Added {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let letter = |unit: Unit| {
            Unit::ALL
                .into_iter()
                .find(|&(_, known)| known == unit)
                .map_or(' ', |(letter, _)| letter)
        };
        match *self {
            Self::Within(count, unit) => write!(f, "<{count}{}", letter(unit)),
            Self::Before(count, unit) => write!(f, ">{count}{}", letter(unit)),
            Self::Dates { from, to } => match (from, to) {
                (Some(from), Some(to)) if from == to => write!(f, "{from}"),
                (Some(from), Some(to)) => write!(f, "{from}..{to}"),
                (Some(from), None) => write!(f, ">={from}"),
                (None, Some(to)) => write!(f, "<={to}"),
                (None, None) => f.write_str(".."),
            },
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anywhere(text) => text.fmt(f),
            Self::Text(field, text) => write!(f, "{}:{text}", field.name()),
            Self::Number(field, range) => write!(f, "{}:{range}", field.name()),
            Self::Added(added) => write!(f, "added:{added}"),
            Self::Codec(codec) => write!(f, "codec:{}", Text::value(codec.as_str())),
            Self::Path(text) => write!(f, "path:{text}"),
            Self::Compilation(yes) => write!(f, "compilation:{}", if *yes { "yes" } else { "no" }),
            Self::Has(what, yes) => write!(f, "{}:{}", if *yes { "has" } else { "missing" }, what.name()),
        }
    }
}
