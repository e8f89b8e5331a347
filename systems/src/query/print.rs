//! Prints a query as text that parses to the same query again.

use core::fmt::{self, Display, Formatter, Write};

use super::ast::{Expr, LevelRange, Query, Range, Term, Text, Time, Unit};

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
        if !self.is_phrase() {
            return f.write_str(self.text());
        }
        f.write_char('"')?;
        for char in self.text().chars() {
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

impl Display for Time {
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
            Self::Never => f.write_str("never"),
        }
    }
}

/// Prints a whole number as a decimal one with so many places, without needless zeros.
fn decimal(f: &mut Formatter<'_>, number: i32, places: u32) -> fmt::Result {
    let unit = 10_u32.pow(places);
    let size = number.unsigned_abs();
    let sign = if number < 0 { "-" } else { "" };
    write!(f, "{sign}{}", size / unit)?;
    let (mut rest, mut left) = (size % unit, places as usize);
    if rest == 0 {
        return Ok(());
    }
    while rest.is_multiple_of(10) {
        rest /= 10;
        left -= 1;
    }
    write!(f, ".{rest:0left$}")
}

fn levels(f: &mut Formatter<'_>, range: LevelRange, places: u32) -> fmt::Result {
    match (range.from, range.to) {
        (Some(from), Some(to)) if from == to => decimal(f, from, places),
        (None, None) => f.write_str(".."),
        (from, to) => {
            let sign = match (from, to) {
                (_, None) => ">=",
                (None, _) => "<=",
                _ => "",
            };
            f.write_str(sign)?;
            if let Some(from) = from {
                decimal(f, from, places)?;
            }
            if sign.is_empty() {
                f.write_str("..")?;
            }
            match to {
                Some(to) => decimal(f, to, places),
                None => Ok(()),
            }
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anywhere(text) => text.fmt(f),
            Self::Text(field, text) => write!(f, "{}:{text}", field.name()),
            Self::Number(field, range) => write!(f, "{}:{range}", field.name()),
            Self::Whole(field, whole) => {
                let sign = if whole.to_the_letter { "==" } else { "=" };
                write!(f, "{}:{sign}{}", field.name(), Text::value(whole.text.as_str()))
            }
            Self::Pattern(field, pattern) => write!(f, "{}:~{pattern}", field.name()),
            Self::Level(field, range) => {
                write!(f, "{}:", field.name())?;
                levels(f, *range, field.places())
            }
            Self::Time(field, time) => write!(f, "{}:{time}", field.name()),
            Self::Codec(codec) => write!(f, "codec:{}", Text::value(codec.as_str())),
            Self::Path(text) => write!(f, "path:{text}"),
            Self::Folder(text) => write!(f, "folder:{text}"),
            Self::Provider(text) => write!(f, "provider:{text}"),
            Self::Playlist(text) => write!(f, "playlist:{text}"),
            Self::File(state) => write!(f, "file:{}", state.name()),
            Self::Id(field, id) => write!(f, "{}:{}", field.name(), Text::value(id.as_str())),
            Self::Compilation(yes) => write!(f, "compilation:{}", if *yes { "yes" } else { "no" }),
            Self::Has(what, yes) => write!(f, "{}:{}", if *yes { "has" } else { "missing" }, what.name()),
        }
    }
}
