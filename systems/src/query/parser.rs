//! Reads a query. `systems/QUERY.md` tells the grammar in prose.

use core::fmt;

use segue_components::report::RequestError;

use super::ast::{
    Expr, FileState, IdField, LevelField, NumberField, Pattern, Query, SortBy, SortField, Term, Text,
    TextField, Time, TimeField, ValueField, What, Whole,
};
use super::fields::canonical;
use super::lexer::{self, Placed, Token};
use super::values;

/// The longest query in characters.
pub const LONGEST: usize = 4_096;
/// How many conditions one query may hold.
pub const MOST_TERMS: usize = 64;
/// How deep parentheses and signs may nest.
pub const DEEPEST: usize = 32;

/// How many characters an error repeats of what stood there.
const LONGEST_FOUND: usize = 60;

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

/// The error of a query with a pattern that takes more steps than an answer may.
pub(crate) fn too_costly(query: &str) -> QueryError {
    let tilde = query.chars().position(|char| char == '~').unwrap_or_default();
    QueryError {
        column: u32::try_from(tilde).unwrap_or(u32::MAX),
        found: "a regular expression that takes too many steps".into(),
        expected: "one with fewer repetitions, or other conditions beside it".into(),
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
        .chain(LevelField::ALL.iter().map(|field| field.name()))
        .chain(TimeField::ALL.iter().map(|field| field.name()))
        .chain(IdField::ALL.iter().map(|field| field.name()))
        .chain([
            "codec",
            "path",
            "folder",
            "provider",
            "playlist",
            "file",
            "compilation",
        ])
        .chain(["has", "missing", "sort"])
        .collect();
    format!("a field ({}), or quotes around it", names.join(", "))
}

impl Parser {
    fn column(&self) -> u32 {
        self.tokens.get(self.at).map_or(self.end, |&(column, _)| column)
    }

    /// The error that names the current token.
    fn wrong(&self, expected: &str) -> QueryError {
        let quote = |text: &str| match text.char_indices().nth(LONGEST_FOUND) {
            Some((end, _)) => format!("`{}…`", &text[..end]),
            None => format!("`{text}`"),
        };
        let found = match self.tokens.get(self.at) {
            None => "the end".to_owned(),
            Some((_, Token::Word(text))) => quote(text),
            Some((_, Token::Quoted(text))) => quote(&format!("\"{text}\"")),
            Some((_, Token::Field(name))) => quote(&format!("{name}:")),
            Some((_, Token::Pattern(text))) => quote(&format!("/{text}/")),
            Some((_, Token::Equal)) => "`=`".to_owned(),
            Some((_, Token::Same)) => "`==`".to_owned(),
            Some((_, Token::Tilde)) => "`~`".to_owned(),
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
            _ => return Err(self.wrong("a word")),
        };
        Ok(Expr::Is(term))
    }

    /// Takes the value of a field: what stands right behind its colon, or behind the sign there.
    fn value(&mut self, expected: &str) -> Result<Text, QueryError> {
        let (column, length) = match self.tokens.get(self.at) {
            Some((column, Token::Field(name))) => (*column, name.chars().count() + 1),
            Some((column, Token::Same)) => (*column, 2),
            Some((column, Token::Equal | Token::Tilde)) => (*column, 1),
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

    /// Reads what is asked of a whole value, if a sign says that it is.
    fn whole_or_pattern(&mut self, name: &str) -> Result<Option<Term>, QueryError> {
        let sign = match self.tokens.get(self.at + 1) {
            Some((_, sign @ (Token::Equal | Token::Same | Token::Tilde))) => sign.clone(),
            _ => return Ok(None),
        };
        let Some(field) = ValueField::from_name(name) else {
            self.at += 1;
            // Numbers and names are compared as a whole anyway.
            return match sign {
                Token::Equal => Ok(None),
                _ => Err(self.wrong("a value without a sign before it")),
            };
        };
        self.at += 1;
        if sign != Token::Tilde {
            return Ok(Some(Term::Whole(
                field,
                Whole {
                    text: self
                        .value("the whole value, in quotes if there are spaces in it")?
                        .text()
                        .to_owned(),
                    to_the_letter: sign == Token::Same,
                },
            )));
        }
        const EXPECTED: &str = "a regular expression between slashes, such as `/^lo+ve$/`";
        let source = if let Some((_, Token::Pattern(source))) = self.tokens.get(self.at + 1) {
            let source = source.clone();
            self.at += 2;
            source
        } else {
            self.value(EXPECTED)?.text().to_owned()
        };
        match Pattern::new(source) {
            Ok(pattern) => Ok(Some(Term::Pattern(field, pattern))),
            Err(error) => {
                self.at -= 1;
                let mut wrong = self.wrong(&format!(
                    "{} at character {} of the regular expression",
                    error.expected,
                    error.column + 1
                ));
                // Behind the slash or the quote, if there is one.
                let opened = !matches!(self.tokens[self.at].1, Token::Word(_));
                wrong.column += error.column + u32::from(opened);
                Err(wrong)
            }
        }
    }

    fn field(&mut self, name: &str) -> Result<Term, QueryError> {
        let name = canonical(name);
        if let Some(term) = self.whole_or_pattern(&name)? {
            return Ok(term);
        }
        if let Some(field) = TextField::from_name(&name) {
            return Ok(Term::Text(field, self.value("a word or a quoted phrase")?));
        }
        if let Some(field) = NumberField::from_name(&name) {
            let (expected, read): (_, fn(&str) -> Option<u32>) = match field {
                NumberField::Duration => (
                    "a length such as `180`, `3:00`, `>5:00` or `2:00..4:00`",
                    values::seconds,
                ),
                NumberField::Bitrate | NumberField::SampleRate => (
                    "a number such as `44100`, `>=320k` or `44.1k..96k`",
                    values::thousands,
                ),
                _ => ("a number such as `7`, `>=3` or `1975..1980`", values::number),
            };
            return self
                .read(expected, |text| values::range(text, read))
                .map(|range| Term::Number(field, range));
        }
        if let Some(field) = LevelField::from_name(&name) {
            let expected = match field.places() {
                2 => "a number such as `-6.5`, `<-14` or `-9..-3`, with at most two places",
                _ => "a number such as `0.5`, `>=1` or `0.9..1`, with at most four places",
            };
            return self
                .read(expected, |text| values::levels(text, field.places()))
                .map(|range| Term::Level(field, range));
        }
        if let Some(field) = TimeField::from_name(&name) {
            return self.time(field);
        }
        if let Some(field) = IdField::from_name(&name) {
            let text = self.value("an id")?;
            return Ok(Term::Id(field, text.text().to_ascii_lowercase()));
        }
        match name.as_str() {
            "codec" => {
                let text = self.value("a codec such as `flac` or `mp3`")?;
                Ok(Term::Codec(text.text().to_lowercase()))
            }
            "path" => Ok(Term::Path(self.value("a part of a path")?)),
            "folder" => Ok(Term::Folder(self.value("a part of a folder's path")?)),
            "provider" => Ok(Term::Provider(
                self.value("a provider's number, or a part of its name")?,
            )),
            "playlist" => Ok(Term::Playlist(self.value("a playlist's number or name")?)),
            "file" => {
                let expected = format!("one of {}", names(FileState::ALL, FileState::name));
                self.read(&expected, |text| FileState::from_name(&text.to_ascii_lowercase()))
                    .map(Term::File)
            }
            "compilation" => self
                .read("`yes` or `no`", |text| match text.to_ascii_lowercase().as_str() {
                    "yes" | "true" | "1" => Some(true),
                    "no" | "false" | "0" => Some(false),
                    _ => None,
                })
                .map(Term::Compilation),
            "has" | "missing" => {
                let expected = format!("one of {}", names(What::ALL, What::name));
                self.read(&expected, |text| What::from_name(&canonical(text)))
                    .map(|what| Term::Has(what, name == "has"))
            }
            _ => Err(self.wrong(&fields())),
        }
    }

    fn time(&mut self, field: TimeField) -> Result<Term, QueryError> {
        let played = field == TimeField::LastPlayed;
        let expected = if played {
            "`never`, an age such as `<30d` (h d w m y), or a date such as `2024-05` or `2023..2024`"
        } else {
            "an age such as `<30d` (h d w m y), or a date such as `2024-05` or `2023..2024`"
        };
        self.read(expected, |text| {
            if played && text.eq_ignore_ascii_case("never") {
                return Some(Time::Never);
            }
            values::time(text)
        })
        .map(|time| Term::Time(field, time))
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
                    SortField::from_name(&canonical(name)).map(|field| SortBy {
                        field,
                        descending: name.len() < step.len(),
                    })
                })
                .collect::<Option<Vec<_>>>()
        })?;
        for step in steps {
            if step.field == SortField::Relevance
                && (step.descending
                    || self
                        .sort
                        .first()
                        .is_some_and(|first| first.field != SortField::Relevance))
            {
                self.at -= 1;
                return Err(self.wrong("`relevance` before all other fields and without `-`"));
            }
            // A field sorts once; repeating it can change nothing.
            if self.sort.iter().all(|known| known.field != step.field) {
                self.sort.push(step);
            }
        }
        Ok(())
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
        check("a sort:Relevance", "a sort:relevance");
        check("sort:relevance,-year a sort:relevance", "a sort:relevance,-year");
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
        check(
            "title:=Love artist:=\"Hard Rock\"",
            "title:=Love artist:=\"Hard Rock\"",
        );
        check("TITLE:==Love path:=a/b.mp3", "title:==Love path:=a/b.mp3");
        check("title:===x title:=~x", "title:==\"=x\" title:=\"~x\"");
        check("title:~/^lo+ve$/ a", "title:~/^lo+ve$/ a");
        check("title:~^lo+ve$", "title:~/^lo+ve$/");
        check(
            "title:~\"a b\" -artist:~/(x|y) z/",
            "title:~/a b/ -artist:~/(x|y) z/",
        );
        check(r"path:~/a\/b\.mp3/", r"path:~/a\/b\.mp3/");
        check("year:=1999", "year:1999");
        check(
            "bitrate:>=320k sampleRate:44.1k..96k BitDepth:24",
            "bitrate:>=320000 samplerate:44100..96000 bitspersample:24",
        );
        check(
            "trackGainDb:<-6 albumgain:-8.5..-3 loudness:>-14 trackpeak:>=1 albumpeak:0.05",
            "trackgain:<=-6.01 albumgain:-8.5..-3 loudness:>=-13.99 trackpeak:>=1 albumpeak:0.05",
        );
        check(
            "lastPlayed:never lastplayed:<30d date:1999-05 originalDate:<=1980",
            "lastplayed:never lastplayed:<30d date:1999-05 originaldate:<=1980",
        );
        check(
            "playlist:7 -playlist:\"long runs\"",
            "playlist:7 -playlist:\"long runs\"",
        );
        check(
            "file:unreadable provider:nas provider:\"my music\" folder:Live missing:lyrics",
            "file:unreadable provider:nas provider:\"my music\" folder:Live missing:lyrics",
        );
        check(
            "musicbrainz.releaseGroup:ABC isrc:USQX91501001 mbid:x",
            "releasegroupmbid:abc isrc:usqx91501001 mbid:x",
        );
        check(
            "genres:rock durationMs:>=1000 sort:-lastPlayed,path",
            "genre:rock durationms:>=1000 sort:-lastplayed,path",
        );
    }

    /// The texts of `web-host/tests/query.test.js`.
    #[test]
    fn what_the_builder_in_javascript_writes_is_read() {
        check(
            "love sort:relevance,-year,album",
            "love sort:relevance,-year,album",
        );
        check(
            "artist:queen year:1975..1980 -(title:live) sort:-year,album",
            "artist:queen year:1975..1980 -title:live sort:-year,album",
        );
        let quoted =
            r#"albumartist:="Sim \"x\"" title:=="~x" path:~/^a\/b[\/]/ title:"=x" "-x" "2:30" "a b""#;
        check(quoted, quoted);
        check(
            "year:3.. year:..1980 rating:>=4 plays:0 loudness:-14.5..-9",
            "year:>=3 year:<=1980 rating:>=4 plays:0 loudness:-14.5..-9",
        );
        let sides = "(has:lyrics added:<30d | lastplayed:never)";
        assert_eq!(
            parse(sides).map(|query| query.to_string()).as_deref(),
            Ok(&sides[1..sides.len() - 1])
        );
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
        check_error("sort:loud", 5, "`loud`", "relevance, title");
        check_error("a sort:-relevance", 7, "`-relevance`", "without `-`");
        check_error(
            "a sort:year,relevance",
            7,
            "`year,relevance`",
            "before all other fields",
        );
        check_error(
            "sort:year a sort:relevance",
            17,
            "`relevance`",
            "before all other fields",
        );
        check_error("(sort:year)", 1, "`sort:`", "outside");
        check_error("-sort:year", 1, "`sort:`", "sort:-year");
        check_error("añ 音 year:x", 10, "`x`", "a number");
        check_error("added:<30x", 6, "`<30x`", "an age");
        check_error("duration:1:99", 9, "`1:99`", "a length");
        check_error("year:9999999999..", 5, "`9999999999..`", "a number");
        check_error("year:1999\0", 5, "`1999\0`", "a number");
        check_error("title:=", 7, "the end", "the whole value");
        check_error("title:= x", 7, "a space", "the whole value");
        check_error("title:~/a", 7, "an opening slash", "a closing slash");
        check_error("title:~/a[/ b", 10, "`/a[/`", "`]`");
        check_error("title:~a[", 9, "`a[`", "`]`");
        check_error("title:~//", 8, "`//`", "a regular expression");
        check_error("year:~/19/", 5, "`~`", "without a sign");
        check_error("added:==2024", 6, "`==`", "without a sign");
        check_error("added:never", 6, "`never`", "an age");
        check_error("trackgain:-6.123", 10, "`-6.123`", "two places");
        check_error("loudness:loud", 9, "`loud`", "a number");
        check_error("file:gone", 5, "`gone`", "unreadable");
        check_error("provider:", 9, "the end", "a provider");
        check_error("bitrate:320kb", 8, "`320kb`", "a number");
    }

    #[test]
    fn no_query_is_too_deep_or_too_long_to_be_refused() {
        assert!(parse(&"(".repeat(4_000)).is_err());
        assert!(parse(&"-".repeat(4_000)).is_err());
        assert!(parse(&"a ".repeat(2_000)).is_err());
        check_error(&"a".repeat(10_000), 4_096, "more characters", "4096");
        check_error(&"x".repeat(100_000), 4_096, "more characters", "4096");
        check_error(&"(".repeat(10_000), 4_096, "more characters", "4096");
        let deep = format!("title:~/{}/", "(".repeat(400));
        check_error(&deep, 41, &format!("`/{}…`", "(".repeat(59)), "parentheses");
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
                "a",
                " ",
                "(",
                ")",
                "|",
                "-",
                "\"",
                "year:",
                "sort:",
                "1..2",
                ":",
                "\\",
                "é",
                "<",
                "artist:",
                "=",
                "~",
                "/",
                "title:",
                "[",
                "*",
                "\0",
                "\u{202e}",
                "\u{200d}",
                "loudness:",
                "0.5",
                "mbid:",
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
