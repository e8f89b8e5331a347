//! Reads a query. `systems/QUERY.md` tells the grammar in prose.

use core::fmt;

use segue_components::report::RequestError;
use segue_components::track::PartialDate;

use super::ast::{
    Added, Expr, NumberField, Query, Range, SortBy, SortField, Term, Text, TextField, Unit, What,
};
use super::lexer::{self, Placed, Token};

/// The longest query in characters.
pub const LONGEST: usize = 4_096;
/// How many conditions one query may hold.
pub const MOST_TERMS: usize = 64;
/// How deep parentheses and signs may nest.
pub const DEEPEST: usize = 32;

/// Where a query does not follow the grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// The character where it went wrong, from 0.
    pub column: u32,
    /// What stood there.
    pub found: String,
    /// What could have stood there.
    pub expected: String,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        RequestError::from(self.clone()).fmt(f)
    }
}

impl core::error::Error for QueryError {}

impl From<QueryError> for RequestError {
    fn from(error: QueryError) -> Self {
        Self::Query {
            column: error.column,
            found: error.found,
            expected: error.expected,
        }
    }
}

/// Reads a query.
///
/// # Errors
/// [`QueryError`] where it does not follow the grammar, or is longer or deeper than anybody types.
pub fn parse(query: &str) -> Result<Query, QueryError> {
    if let Some((column, _)) = query.chars().enumerate().nth(LONGEST) {
        return Err(QueryError {
            column: u32::try_from(column).unwrap_or(u32::MAX),
            found: "more characters".into(),
            expected: format!("at most {LONGEST}"),
        });
    }
    let mut parser = Parser {
        tokens: lexer::cut(query)?,
        at: 0,
        end: u32::try_from(query.chars().count()).unwrap_or(u32::MAX),
        sort: Vec::new(),
        terms: 0,
    };
    let filter = parser.any(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(Query {
            filter,
            sort: parser.sort,
        }),
        Some(_) => Err(parser.wrong("a word or the end")),
    }
}

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
    end: u32,
    sort: Vec<SortBy>,
    terms: usize,
}

fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> String {
    all.iter().map(|&one| name(one)).collect::<Vec<_>>().join(", ")
}

fn fields() -> String {
    let names: Vec<_> = TextField::ALL
        .iter()
        .map(|field| field.name())
        .chain(NumberField::ALL.iter().map(|field| field.name()))
        .chain(["added", "codec", "path", "compilation", "has", "missing", "sort"])
        .collect();
    format!("a field ({}), or quotes around it", names.join(", "))
}

impl Parser {
    fn column(&self) -> u32 {
        self.tokens.get(self.at).map_or(self.end, |&(column, _)| column)
    }

    /// The error that names the current token.
    fn wrong(&self, expected: &str) -> QueryError {
        let found = match self.tokens.get(self.at) {
            None => "the end".to_owned(),
            Some((_, Token::Word(text))) => format!("`{text}`"),
            Some((_, Token::Quoted(text))) => format!("`\"{text}\"`"),
            Some((_, Token::Field(name))) => format!("`{name}:`"),
            Some((_, Token::Minus)) => "`-`".to_owned(),
            Some((_, Token::Bar)) => "`|`".to_owned(),
            Some((_, Token::Open)) => "`(`".to_owned(),
            Some((_, Token::Close)) => "`)`".to_owned(),
        };
        QueryError {
            column: self.column(),
            found,
            expected: expected.to_owned(),
        }
    }

    fn eat(&mut self, token: &Token) -> bool {
        let found = matches!(self.tokens.get(self.at), Some((_, next)) if next == token);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self, depth: usize) -> Result<Expr, QueryError> {
        let mut parts = Vec::new();
        loop {
            let part = self.all(depth)?;
            let more = matches!(self.tokens.get(self.at), Some((_, Token::Bar)));
            if part == Expr::All(Vec::new()) && (more || !parts.is_empty()) {
                // An empty side would let everything through, and somebody is still typing it.
                let side = if parts.is_empty() { "before" } else { "after" };
                return Err(self.wrong(&format!("a word {side} `|`")));
            }
            parts.push(part);
            if !self.eat(&Token::Bar) {
                break;
            }
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Expr::Any(parts)
        })
    }

    fn all(&mut self, depth: usize) -> Result<Expr, QueryError> {
        let mut parts = Vec::new();
        while let Some((_, token)) = self.tokens.get(self.at) {
            match token {
                Token::Bar | Token::Close => break,
                Token::Field(name) if name.eq_ignore_ascii_case("sort") => self.sort(depth)?,
                _ => parts.push(self.one(depth)?),
            }
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Expr::All(parts)
        })
    }

    fn one(&mut self, depth: usize) -> Result<Expr, QueryError> {
        if depth >= DEEPEST {
            return Err(self.wrong("fewer signs and parentheses inside each other"));
        }
        if self.eat(&Token::Minus) {
            if matches!(self.tokens.get(self.at), Some((_, Token::Field(name))) if name.eq_ignore_ascii_case("sort"))
            {
                return Err(self.wrong("a condition: `-` goes inside, as in `sort:-year`"));
            }
            if matches!(
                self.tokens.get(self.at),
                None | Some((_, Token::Bar | Token::Close))
            ) {
                return Err(self.wrong("a word after `-`"));
            }
            return Ok(Expr::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.eat(&Token::Open) {
            let inner = self.any(depth + 1)?;
            if !self.eat(&Token::Close) {
                return Err(self.wrong("`)`"));
            }
            return Ok(inner);
        }
        self.terms += 1;
        if self.terms > MOST_TERMS {
            return Err(self.wrong(&format!("at most {MOST_TERMS} conditions")));
        }
        let Some((_, token)) = self.tokens.get(self.at) else {
            return Err(self.wrong("a word"));
        };
        let term = match token.clone() {
            Token::Word(text) => {
                self.at += 1;
                Term::Anywhere(Text::word(text))
            }
            Token::Quoted(text) => {
                self.at += 1;
                Term::Anywhere(Text::phrase(text))
            }
            Token::Field(name) => self.field(&name)?,
            Token::Minus | Token::Bar | Token::Open | Token::Close => return Err(self.wrong("a word")),
        };
        Ok(Expr::Is(term))
    }

    /// Takes the value of a field: what stands right behind its colon.
    fn value(&mut self, expected: &str) -> Result<Text, QueryError> {
        let (column, length) = match self.tokens.get(self.at) {
            Some((column, Token::Field(name))) => (*column, name.chars().count() + 1),
            _ => (self.column(), 0),
        };
        let behind = column + u32::try_from(length).unwrap_or(u32::MAX);
        self.at += 1;
        let text = match self.tokens.get(self.at) {
            Some((column, Token::Word(text))) if *column == behind => Text::value(text.clone()),
            Some((column, Token::Quoted(text))) if *column == behind => Text::phrase(text.clone()),
            _ => {
                let mut error = self.wrong(expected);
                if error.column != behind {
                    error.column = behind;
                    error.found = if behind >= self.end { "the end" } else { "a space" }.to_owned();
                }
                return Err(error);
            }
        };
        self.at += 1;
        Ok(text)
    }

    fn field(&mut self, name: &str) -> Result<Term, QueryError> {
        let name = name.to_ascii_lowercase();
        if let Some(field) = TextField::from_name(&name) {
            return Ok(Term::Text(field, self.value("a word or a quoted phrase")?));
        }
        if let Some(field) = NumberField::from_name(&name) {
            let expected = match field {
                NumberField::Duration => "a length such as `180`, `3:00`, `>5:00` or `2:00..4:00`",
                _ => "a number such as `7`, `>=3` or `1975..1980`",
            };
            let read = if field == NumberField::Duration {
                seconds
            } else {
                number
            };
            return self
                .read(expected, |text| range(text, read))
                .map(|range| Term::Number(field, range));
        }
        match name.as_str() {
            "added" => self
                .read(
                    "an age such as `<30d` (h d w m y), or a date such as `2024-05` or `2023..2024`",
                    added,
                )
                .map(Term::Added),
            "codec" => {
                let text = self.value("a codec such as `flac` or `mp3`")?;
                Ok(Term::Codec(text.text().to_lowercase()))
            }
            "path" => Ok(Term::Path(self.value("a part of a path")?)),
            "compilation" => self
                .read("`yes` or `no`", |text| match text.to_ascii_lowercase().as_str() {
                    "yes" | "true" | "1" => Some(true),
                    "no" | "false" | "0" => Some(false),
                    _ => None,
                })
                .map(Term::Compilation),
            "has" | "missing" => {
                let expected = format!("one of {}", names(What::ALL, What::name));
                self.read(&expected, |text| What::from_name(&text.to_ascii_lowercase()))
                    .map(|what| Term::Has(what, name == "has"))
            }
            _ => Err(self.wrong(&fields())),
        }
    }

    /// Takes the value of a field and reads it; an error names the value.
    fn read<T>(&mut self, expected: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, QueryError> {
        let text = self.value(expected)?;
        if let Some(value) = read(text.text()) {
            return Ok(value);
        }
        self.at -= 1;
        Err(self.wrong(expected))
    }

    fn sort(&mut self, depth: usize) -> Result<(), QueryError> {
        if depth > 0 {
            return Err(self.wrong("`sort:` outside of parentheses"));
        }
        let expected = format!("one or more of {}", names(SortField::ALL, SortField::name));
        let steps = self.read(&expected, |text| {
            text.split(',')
                .map(|step| {
                    let name = step.strip_prefix('-').unwrap_or(step);
                    SortField::from_name(&name.to_ascii_lowercase()).map(|field| SortBy {
                        field,
                        descending: name.len() < step.len(),
                    })
                })
                .collect::<Option<Vec<_>>>()
        })?;
        for step in steps {
            // A field sorts once; repeating it can change nothing.
            if self.sort.iter().all(|known| known.field != step.field) {
                self.sort.push(step);
            }
        }
        Ok(())
    }
}

fn number(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// `180`, `3:00` or `1:02:03` in seconds.
fn seconds(text: &str) -> Option<u32> {
    let mut parts = text.split(':');
    let mut total = number(parts.next()?)?;
    let mut rest = 0;
    for part in parts {
        rest += 1;
        let part = Some(part).filter(|part| part.len() == 2).and_then(number)?;
        total = total
            .checked_mul(60)?
            .checked_add(Some(part).filter(|&part| part < 60)?)?;
    }
    (rest <= 2).then_some(total)
}

fn range(text: &str, read: impl Fn(&str) -> Option<u32>) -> Option<Range> {
    let at_least = |from: Option<u32>| {
        Some(Range {
            from: Some(from?),
            to: None,
        })
    };
    let at_most = |to: Option<u32>| {
        Some(Range {
            from: None,
            to: Some(to?),
        })
    };
    if let Some(rest) = text.strip_prefix(">=") {
        return at_least(read(rest));
    }
    if let Some(rest) = text.strip_prefix("<=") {
        return at_most(read(rest));
    }
    if let Some(rest) = text.strip_prefix('>') {
        return at_least(read(rest)?.checked_add(1));
    }
    if let Some(rest) = text.strip_prefix('<') {
        return at_most(read(rest)?.checked_sub(1));
    }
    if let Some((from, to)) = text.split_once("..") {
        let bound = |text: &str| match text {
            "" => Some(None),
            _ => read(text).map(Some),
        };
        let range = Range {
            from: bound(from)?,
            to: bound(to)?,
        };
        let ascending = range.from.is_none_or(|from| range.to.is_none_or(|to| from <= to));
        return ascending.then_some(range);
    }
    let exact = read(text)?;
    Some(Range {
        from: Some(exact),
        to: Some(exact),
    })
}

fn age(text: &str) -> Option<(u32, Unit)> {
    let letter = text.chars().last()?;
    let (_, unit) = Unit::ALL.into_iter().find(|&(known, _)| known == letter)?;
    let digits = &text[..text.len() - letter.len_utf8()];
    (!digits.is_empty()).then(|| number(digits).map(|count| (count, unit)))?
}

fn date(text: &str) -> Option<PartialDate> {
    PartialDate::parse(text).filter(|date| date.to_string() == text)
}

fn added(text: &str) -> Option<Added> {
    let bare = text.trim_start_matches(['<', '>', '=']);
    let sign = &text[..text.len() - bare.len()];
    if let Some((count, unit)) = age(bare) {
        return match sign {
            "" | "<" | "<=" => Some(Added::Within(count, unit)),
            ">" | ">=" => Some(Added::Before(count, unit)),
            _ => None,
        };
    }
    if let Some((from, to)) = bare.split_once("..") {
        let bound = |text: &str| match text {
            "" => Some(None),
            _ => date(text).map(Some),
        };
        let (from, to) = (bound(from)?, bound(to)?);
        let ascending = from.is_none_or(|from| to.is_none_or(|to| from <= to));
        return (sign.is_empty() && ascending).then_some(Added::Dates { from, to });
    }
    let date = date(bare)?;
    match sign {
        "" => Some(Added::Dates {
            from: Some(date),
            to: Some(date),
        }),
        ">=" => Some(Added::Dates {
            from: Some(date),
            to: None,
        }),
        "<=" => Some(Added::Dates {
            from: None,
            to: Some(date),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A query and what it is read as, printed.
    #[track_caller]
    fn check(query: &str, expected: &str) {
        let parsed = parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
        assert_eq!(parsed.to_string(), expected);
        assert_eq!(parse(expected).as_ref(), Ok(&parsed), "printed and read again");
    }

    #[track_caller]
    fn check_error(query: &str, column: u32, found: &str, expected: &str) {
        let error = parse(query).expect_err(query);
        assert_eq!((error.column, error.found.as_str()), (column, found), "{query}");
        assert!(error.expected.contains(expected), "{query}: {}", error.expected);
    }

    #[test]
    fn what_people_type_is_read_as_they_mean_it() {
        check("", "");
        check("  the   Beatles ", "the Beatles");
        check(
            "artist:queen year:1975..1980 -live",
            "artist:queen year:1975..1980 -live",
        );
        check(
            "genre:\"hard rock\" added:<30d rating:>=4",
            "genre:\"hard rock\" added:<30d rating:>=4",
        );
        check("sort:-year,album,disc,track", "sort:-year,album,disc,track");
        check("a sort:year b sort:-title,year", "a b sort:year,-title");
        check("YEAR:>1990 Artist:X", "year:>=1991 artist:X");
        check(
            "duration:>5:00 duration:2:30..1:00:00",
            "duration:>=301 duration:150..3600",
        );
        check("(a | b) c", "(a | b) c");
        check("a | b c", "a | b c");
        check("-(a b)", "-(a b)");
        check("--a", "--a");
        check("((a))", "a");
        check("Simon - Garfunkel", "Simon Garfunkel");
        check("\"say \\\"hi\\\"\"", "\"say \\\"hi\\\"\"");
        check("\"2:30\" jay-z AC/DC", "\"2:30\" jay-z AC/DC");
        check(
            "has:artwork missing:year compilation:TRUE",
            "has:artwork missing:year compilation:yes",
        );
        check(
            "added:2024 added:>=2024-05 added:2023..2024-02",
            "added:2024 added:>=2024-05 added:2023..2024-02",
        );
        check(
            "codec:FLAC path:Live/1977 path:\"a b\"",
            "codec:flac path:Live/1977 path:\"a b\"",
        );
        check("album:2:30", "album:2:30");
        check("title:-x", "title:-x");
    }

    #[test]
    fn an_error_names_the_column_and_what_was_expected() {
        check_error("queen foo:bar", 6, "`foo:`", "title, artist");
        check_error("artist:", 7, "the end", "a word");
        check_error("artist: queen", 7, "a space", "a word");
        check_error("artist:(a)", 7, "`(`", "a word");
        check_error("year:abc", 5, "`abc`", "a number");
        check_error("year:1980..1975", 5, "`1980..1975`", "a number");
        check_error("plays:<0", 6, "`<0`", "a number");
        check_error("say \"hello", 4, "an opening quote", "a closing quote");
        check_error("(a b", 4, "the end", "`)`");
        check_error("a b)", 3, "`)`", "the end");
        check_error("a |", 3, "the end", "a word after");
        check_error("| a", 0, "`|`", "a word");
        check_error("-(", 2, "the end", "`)`");
        check_error("x -|", 3, "`|`", "a word after `-`");
        check_error("sort:loud", 5, "`loud`", "albumartist");
        check_error("(sort:year)", 1, "`sort:`", "outside");
        check_error("-sort:year", 1, "`sort:`", "sort:-year");
        check_error("añ 音 year:x", 10, "`x`", "a number");
        check_error("added:<30x", 6, "`<30x`", "an age");
        check_error("duration:1:99", 9, "`1:99`", "a length");
    }

    #[test]
    fn no_query_is_too_deep_or_too_long_to_be_refused() {
        assert!(parse(&"(".repeat(4_000)).is_err());
        assert!(parse(&"-".repeat(4_000)).is_err());
        assert!(parse(&"a ".repeat(2_000)).is_err());
        check_error(&"a".repeat(10_000), 4_096, "more characters", "4096");
    }

    /// Random queries, printed and read again, are the same; random text is read or refused.
    #[test]
    fn a_printed_query_reads_as_itself() {
        let mut random = crate::query::random::Random::new(7);
        for _ in 0..20_000 {
            let query = random.query();
            let printed = query.to_string();
            let read = parse(&printed);
            assert_eq!(read.as_ref(), Ok(&query), "{printed}");
        }
        for _ in 0..20_000 {
            let pieces = [
                "a", " ", "(", ")", "|", "-", "\"", "year:", "sort:", "1..2", ":", "\\", "é", "<", "artist:",
            ];
            let text: String = (0..random.below(9))
                .map(|_| pieces[random.below(pieces.len())])
                .collect();
            if let Ok(query) = parse(&text) {
                assert_eq!(parse(&query.to_string()), Ok(query), "{text}");
            }
        }
    }
}
