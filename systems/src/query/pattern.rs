//! Regular expressions: how a pattern is read and made into a program. `matcher.rs` runs it.
//!
//! Small on purpose: no captures and no look-around, so that a match takes time in proportion to the text,
//! and a fortieth of the code of a general library.

use core::fmt::{self, Display, Formatter, Write};

/// The longest pattern in characters.
const LONGEST: usize = 512;
/// The most instructions that a pattern may come to.
pub(crate) const MOST_INSTRUCTIONS: usize = 512;
/// The most nodes that are looked at on the way there: `((a?){200}){200}` has few instructions to no end.
const MOST_WORK: usize = 4 * MOST_INSTRUCTIONS;
/// The highest count in braces.
const MOST_REPEATS: u32 = 200;
/// From so many runs of which a text needs one, no more are gathered.
const MOST_NEEDED: usize = 16;
/// How deep parentheses may nest.
const DEEPEST: usize = 32;

/// A regular expression that was found to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

/// Why text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// The character of the pattern where it went wrong, from 0.
    pub column: u32,
    /// What could have stood there.
    pub expected: &'static str,
}

impl Display for PatternError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "pattern, column {}: expected {}",
            self.column + 1,
            self.expected
        )
    }
}

impl core::error::Error for PatternError {}

impl Pattern {
    /// Reads a pattern as it is written between slashes, but with plain slashes in it.
    ///
    /// # Errors
    /// [`PatternError`] if it is none, or comes to more than a program of 512 instructions.
    pub fn new(source: impl Into<String>) -> Result<Self, PatternError> {
        let source = source.into();
        Program::compile(&source)?;
        Ok(Self(source))
    }

    /// The pattern, without slashes around it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0
    }

    /// Runs of ASCII letters and digits, in lower case, of which one stands in every text that matches; none where
    /// nothing is known of these texts.
    pub(crate) fn needed(&self) -> Vec<String> {
        self.program().needed
    }

    pub(crate) fn program(&self) -> Program {
        Program::compile(&self.0).expect("it was compiled when it was made")
    }
}

/// Between slashes, and with a backslash before each slash in it.
impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('/')?;
        let mut escaped = false;
        for char in self.0.chars() {
            if char == '/' && !escaped {
                f.write_char('\\')?;
            }
            escaped = char == '\\' && !escaped;
            f.write_char(char)?;
        }
        f.write_char('/')
    }
}

/// A kind of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digit,
    Word,
    Space,
}

/// Which characters may stand somewhere, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Set {
    ranges: Vec<(char, char)>,
    /// Kinds, and whether all but those.
    kinds: Vec<(Kind, bool)>,
    /// All but these.
    negated: bool,
}

/// Whether a character belongs to a word: a letter, a digit, or `_`.
pub(crate) fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// A character in lower case, where that is a single one.
pub(crate) fn lower(char: char) -> char {
    if char.is_ascii() {
        return char.to_ascii_lowercase();
    }
    let mut lower = char.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => char,
    }
}

impl Set {
    fn of(char: char) -> Self {
        let mut set = Self::default();
        set.put(char, char);
        set
    }

    fn any() -> Self {
        Self {
            negated: true,
            ..Self::default()
        }
    }

    /// Adds a range, and the lower case of what is in it.
    fn put(&mut self, from: char, to: char) {
        self.ranges.push((from, to));
        // Alphabets with case are short; what is longer is no alphabet.
        for char in (from..=to).take(1_024) {
            let lower = lower(char);
            if !(from..=to).contains(&lower) {
                self.ranges.push((lower, lower));
            }
        }
    }

    /// The only ASCII letter or digit that it takes, if it takes one character.
    fn only(&self) -> Option<char> {
        let mut chars = self.ranges.iter().filter(|&&(char, _)| lower(char) == char);
        let &(char, to) = chars.next()?;
        let is_one = char == to && chars.all(|&other| other == (char, char));
        (is_one && !self.negated && self.kinds.is_empty() && char.is_ascii_alphanumeric()).then_some(char)
    }

    /// Whether a character in lower case stands in it.
    pub(crate) fn has(&self, char: char) -> bool {
        let in_range = self.ranges.iter().any(|&(from, to)| (from..=to).contains(&char));
        let found = in_range
            || self.kinds.iter().any(|&(kind, negated)| {
                negated
                    != match kind {
                        Kind::Digit => char.is_ascii_digit(),
                        Kind::Word => is_word(char),
                        Kind::Space => char.is_whitespace(),
                    }
            });
        found != self.negated
    }
}

/// A place in a text without a character of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Start,
    End,
    /// Where a word begins or ends.
    Edge,
    /// Where none does.
    Inside,
}

#[derive(Debug, Clone)]
enum Node {
    Set(usize),
    Place(Place),
    All(Vec<Self>),
    Any(Vec<Self>),
    Repeat(Box<Self>, u32, Option<u32>),
}

/// One step of a program. Numbers are places in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Takes a character of this set, and goes on behind itself.
    Take(usize),
    /// Goes on behind itself if the text stands so.
    At(Place),
    /// Goes on in both places.
    Split(usize, usize),
    /// Goes on there.
    Jump(usize),
    /// The text matches.
    Match,
}

/// A pattern as steps.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) steps: Vec<Step>,
    pub(crate) sets: Vec<Set>,
    /// See [`Pattern::needed`].
    needed: Vec<String>,
}

/// What every text that matches has in it, as far as a pattern was read.
#[derive(Default)]
struct Needed {
    /// One of these.
    best: Vec<String>,
    /// And what the text goes on with at this place.
    run: String,
}

impl Needed {
    fn read(&mut self, node: &Node, sets: &[Set]) {
        match node {
            Node::Set(set) => match sets[*set].only() {
                Some(char) => self.run.push(char),
                None => self.end_run(),
            },
            // It takes no character.
            Node::Place(_) => {}
            Node::All(parts) => parts.iter().for_each(|part| self.read(part, sets)),
            Node::Any(sides) => {
                self.end_run();
                let mut all = Vec::new();
                for side in sides {
                    let mut of_side = Self::default();
                    of_side.read(side, sets);
                    of_side.end_run();
                    if of_side.best.is_empty() || all.len() > MOST_NEEDED {
                        return;
                    }
                    all.append(&mut of_side.best);
                }
                self.put(all);
            }
            Node::Repeat(part, least, most) => {
                if *least > 0 {
                    self.read(part, sets);
                }
                if (*least, *most) != (1, Some(1)) {
                    self.end_run();
                }
                // However often it stood there, what follows stands behind the last of them.
                if let Node::Set(set) = **part
                    && *least > 0
                    && let Some(char) = sets[set].only()
                {
                    self.run = char.into();
                }
            }
        }
    }

    fn end_run(&mut self) {
        let run = core::mem::take(&mut self.run);
        self.put(vec![run]);
    }

    /// Keeps what says more: the shortest run decides, and one of a single letter says too little.
    fn put(&mut self, other: Vec<String>) {
        let shortest = |runs: &[String]| runs.iter().map(String::len).min().unwrap_or(1);
        if shortest(&other) > shortest(&self.best) {
            self.best = other;
        }
    }
}

impl Program {
    fn compile(source: &str) -> Result<Self, PatternError> {
        let mut reader = Reader {
            chars: source.chars().collect(),
            at: 0,
            sets: Vec::new(),
        };
        if reader.chars.is_empty() {
            return Err(reader.error("a regular expression"));
        }
        if reader.chars.len() > LONGEST {
            reader.at = LONGEST;
            return Err(reader.error("at most 512 characters"));
        }
        let node = reader.any(0)?;
        if reader.at < reader.chars.len() {
            return Err(reader.error("`(` before `)`"));
        }
        let mut program = Self {
            steps: Vec::new(),
            sets: Vec::new(),
            needed: Vec::new(),
        };
        let mut work = 0;
        if !program.put(&node, &mut work) || program.steps.len() >= MOST_INSTRUCTIONS {
            reader.at = 0;
            return Err(reader.error("a pattern that comes to less: repeat less of it"));
        }
        program.steps.push(Step::Match);
        let mut needed = Needed::default();
        needed.read(&node, &reader.sets);
        needed.end_run();
        program.needed = needed.best;
        program.sets = reader.sets;
        Ok(program)
    }

    /// Appends the steps of a node. `false` if that is too many.
    fn put(&mut self, node: &Node, work: &mut usize) -> bool {
        *work += 1;
        if *work > MOST_WORK || self.steps.len() > MOST_INSTRUCTIONS {
            return false;
        }
        match node {
            Node::Set(set) => self.steps.push(Step::Take(*set)),
            Node::Place(place) => self.steps.push(Step::At(*place)),
            Node::All(parts) => return parts.iter().all(|part| self.put(part, work)),
            Node::Any(parts) => {
                let mut ends = Vec::new();
                let (last, before) = parts.split_last().expect("there is at least one side");
                for part in before {
                    let split = self.steps.len();
                    self.steps.push(Step::Split(split + 1, 0));
                    if !self.put(part, work) {
                        return false;
                    }
                    ends.push(self.steps.len());
                    self.steps.push(Step::Jump(0));
                    self.steps[split] = Step::Split(split + 1, self.steps.len());
                }
                if !self.put(last, work) {
                    return false;
                }
                let end = self.steps.len();
                for jump in ends {
                    self.steps[jump] = Step::Jump(end);
                }
            }
            Node::Repeat(part, least, most) => return self.put_repeat(part, *least, *most, work),
        }
        true
    }

    fn put_repeat(&mut self, part: &Node, least: u32, most: Option<u32>, work: &mut usize) -> bool {
        for _ in 0..least {
            if !self.put(part, work) {
                return false;
            }
        }
        let Some(most) = most else {
            let split = self.steps.len();
            self.steps.push(Step::Split(split + 1, 0));
            if !self.put(part, work) {
                return false;
            }
            self.steps.push(Step::Jump(split));
            self.steps[split] = Step::Split(split + 1, self.steps.len());
            return true;
        };
        let mut splits = Vec::new();
        for _ in least..most {
            splits.push(self.steps.len());
            self.steps.push(Step::Split(0, 0));
            if !self.put(part, work) {
                return false;
            }
        }
        let end = self.steps.len();
        for split in splits {
            self.steps[split] = Step::Split(split + 1, end);
        }
        true
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    sets: Vec<Set>,
}

impl Reader {
    fn error(&self, expected: &'static str) -> PatternError {
        PatternError {
            column: u32::try_from(self.at).unwrap_or(u32::MAX),
            expected,
        }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn eat(&mut self, char: char) -> bool {
        let found = self.peek() == Some(char);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self, depth: usize) -> Result<Node, PatternError> {
        if depth > DEEPEST {
            return Err(self.error("fewer parentheses inside each other"));
        }
        let mut sides = vec![self.all(depth)?];
        while self.eat('|') {
            sides.push(self.all(depth)?);
        }
        Ok(if sides.len() == 1 {
            sides.remove(0)
        } else {
            Node::Any(sides)
        })
    }

    fn all(&mut self, depth: usize) -> Result<Node, PatternError> {
        let mut parts = Vec::new();
        while let Some(char) = self.peek() {
            if matches!(char, '|' | ')') {
                break;
            }
            let part = self.one(depth)?;
            parts.push(self.repeats(part)?);
        }
        Ok(Node::All(parts))
    }

    fn one(&mut self, depth: usize) -> Result<Node, PatternError> {
        let Some(char) = self.peek() else {
            return Err(self.error("a character"));
        };
        if matches!(char, '*' | '+' | '?' | '{') {
            return Err(self.error("something to repeat, or a backslash before it"));
        }
        self.at += 1;
        Ok(match char {
            '(' => {
                if self.eat('?') && !self.eat(':') {
                    return Err(self.error("`:`, for a group is all that there is"));
                }
                let inner = self.any(depth + 1)?;
                if !self.eat(')') {
                    return Err(self.error("`)`"));
                }
                inner
            }
            '[' => {
                let set = self.set()?;
                self.put(set)
            }
            '.' => self.put(Set::any()),
            '^' => Node::Place(Place::Start),
            '$' => Node::Place(Place::End),
            '\\' => match self.peek() {
                Some('b') => {
                    self.at += 1;
                    Node::Place(Place::Edge)
                }
                Some('B') => {
                    self.at += 1;
                    Node::Place(Place::Inside)
                }
                _ => {
                    let mut set = Set::default();
                    if let Some(char) = self.escape(&mut set)? {
                        set = Set::of(char);
                    }
                    self.put(set)
                }
            },
            char => self.put(Set::of(char)),
        })
    }

    fn put(&mut self, set: Set) -> Node {
        let known = self.sets.iter().position(|known| *known == set);
        Node::Set(known.unwrap_or_else(|| {
            self.sets.push(set);
            self.sets.len() - 1
        }))
    }

    /// Reads what stands behind a backslash: a character, or a kind, which goes into the set.
    fn escape(&mut self, set: &mut Set) -> Result<Option<char>, PatternError> {
        let Some(char) = self.peek() else {
            return Err(self.error("a character behind the backslash"));
        };
        let kind = match char.to_ascii_lowercase() {
            'd' => Kind::Digit,
            'w' => Kind::Word,
            's' => Kind::Space,
            _ => {
                let literal = match char {
                    't' => '\t',
                    'n' => '\n',
                    _ if char.is_ascii_alphanumeric() => {
                        return Err(self.error("one of `d D w W s S b B t n`, or a mark"));
                    }
                    _ => char,
                };
                self.at += 1;
                return Ok(Some(literal));
            }
        };
        self.at += 1;
        set.kinds.push((kind, char.is_ascii_uppercase()));
        Ok(None)
    }

    /// Reads a set behind its opening bracket.
    fn set(&mut self) -> Result<Set, PatternError> {
        let mut set = Set {
            negated: self.eat('^'),
            ..Set::default()
        };
        let mut first = true;
        loop {
            let Some(char) = self.peek() else {
                return Err(self.error("`]`"));
            };
            self.at += 1;
            let from = match char {
                ']' if !first => return Ok(set),
                '\\' => self.escape(&mut set)?,
                char => Some(char),
            };
            first = false;
            let Some(from) = from else { continue };
            let is_range = self.peek() == Some('-') && self.chars.get(self.at + 1) != Some(&']');
            if !is_range {
                set.put(from, from);
                continue;
            }
            self.at += 1;
            let start = self.at;
            let to = match self.peek() {
                Some('\\') => {
                    self.at += 1;
                    self.escape(&mut set)?
                }
                Some(char) => {
                    self.at += 1;
                    Some(char)
                }
                None => None,
            };
            match to.filter(|&to| from <= to) {
                Some(to) => set.put(from, to),
                None => {
                    self.at = start;
                    return Err(self.error("the end of a range, not before its beginning"));
                }
            }
        }
    }

    fn repeats(&mut self, mut part: Node) -> Result<Node, PatternError> {
        for _ in 0..DEEPEST {
            let (least, most) = match self.peek() {
                Some('*') => (0, None),
                Some('+') => (1, None),
                Some('?') => (0, Some(1)),
                Some('{') => {
                    let bounds = self.braces()?;
                    self.eat('?');
                    part = Node::Repeat(Box::new(part), bounds.0, bounds.1);
                    continue;
                }
                _ => return Ok(part),
            };
            self.at += 1;
            // Whether it takes little or much makes no difference to whether there is a match.
            self.eat('?');
            part = Node::Repeat(Box::new(part), least, most);
        }
        Err(self.error("fewer repetitions of repetitions"))
    }

    /// Reads `{2}`, `{2,}` or `{2,5}`.
    fn braces(&mut self) -> Result<(u32, Option<u32>), PatternError> {
        self.at += 1;
        let least = self.count()?;
        let most = if self.eat(',') {
            match self.peek() {
                Some('}') => None,
                _ => Some(self.count()?),
            }
        } else {
            Some(least)
        };
        if !self.eat('}') || most.is_some_and(|most| most < least) {
            return Err(self.error("`{2}`, `{2,}` or `{2,5}`"));
        }
        Ok((least, most))
    }

    fn count(&mut self) -> Result<u32, PatternError> {
        let mut count = None;
        while let Some(digit) = self.peek().and_then(|char| char.to_digit(10)) {
            let longer = count.unwrap_or(0) * 10 + digit;
            if longer > MOST_REPEATS {
                return Err(self.error("a count of at most 200"));
            }
            count = Some(longer);
            self.at += 1;
        }
        count.ok_or_else(|| self.error("a count"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_error(source: &str, column: u32, expected: &str) {
        let error = Pattern::new(source).expect_err(source);
        assert_eq!(error.column, column, "{source}: {error}");
        assert!(error.expected.contains(expected), "{source}: {error}");
    }

    #[test]
    fn what_is_no_pattern_is_an_error_that_says_where() {
        check_error("", 0, "a regular expression");
        check_error("a(b", 3, "`)`");
        check_error("a)b", 1, "`(` before");
        check_error("*a", 0, "something to repeat");
        check_error("a|+", 2, "something to repeat");
        check_error("[a", 2, "`]`");
        check_error("[z-a]", 3, "the end of a range");
        check_error("\\", 1, "behind the backslash");
        check_error("\\p", 1, "one of");
        check_error("(?=a)", 2, "`:`");
        check_error("a{3,2}", 6, "{2,5}");
        check_error("a{1000}", 5, "at most 200");
        check_error("a{x}", 2, "a count");
    }

    #[test]
    fn no_pattern_is_too_large_to_be_refused() {
        check_error(&"a".repeat(513), 512, "at most 512");
        check_error(&"(".repeat(400), 33, "parentheses");
        check_error(&format!("a{}", "*".repeat(300)), 33, "repetitions");
        check_error("(a{200}){200}", 0, "comes to less");
        check_error("((((){200}){200}){200}){200}", 0, "comes to less");
        check_error("((a{0,200}){0,200}){0,200}", 0, "comes to less");
        assert!(Pattern::new("a{1,200}").is_ok());
    }

    #[track_caller]
    fn check_needed(source: &str, expected: &[&str]) {
        assert_eq!(Pattern::new(source).unwrap().needed(), expected, "{source}");
    }

    #[test]
    fn what_every_matching_text_has_in_it_is_known() {
        check_needed("Love", &["love"]);
        check_needed("^ro+ck$", &["ock"]);
        check_needed("(rain|Night)s?", &["rain", "night"]);
        check_needed("(rain|.)", &[]);
        check_needed("a?bcd[e-g]hi", &["bcd"]);
        check_needed("(ab){2}cd*", &["ab"]);
        check_needed("(abc)?", &[]);
        check_needed("é.b", &[]);
        check_needed(r"abc\d|[^x]yz", &["abc", "yz"]);
        check_needed(r"\bli\b[Vv]e", &["live"]);
    }

    #[test]
    fn a_printed_pattern_has_its_slashes_escaped() {
        for (source, printed) in [
            ("a/b", r"/a\/b/"),
            (r"\\/", r"/\\\//"),
            (r"a\/b", r"/a\/b/"),
            ("a", "/a/"),
        ] {
            assert_eq!(Pattern::new(source).unwrap().to_string(), printed);
        }
    }
}
