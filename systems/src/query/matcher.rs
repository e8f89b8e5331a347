//! Runs a pattern over texts: an automaton whose states are made when a text first leads there.
//!
//! Every character costs one look into a table, or at the worst one walk over the program. How many such
//! walks one answer may take is bounded; see [`Matcher::gave_up`].

use bevy_platform::collections::HashMap;

use super::pattern::{MOST_INSTRUCTIONS, Pattern, Place, Program, Step, is_word, lower};

/// Classes of characters that have a place in the table; others are walked.
const CLASSES: usize = 64;
/// States that are kept; beyond, all are forgotten.
const MOST_STATES: usize = 512;
/// Walks over the program that one answer may take: about a third of a second of a pattern at its worst.
const MOST_WALKS: u32 = if cfg!(test) { 20_000 } else { 200_000 };

// What stands in the table beside states.
const UNKNOWN: u16 = u16::MAX;
const MATCHED: u16 = u16::MAX - 1;
const NO_MATCH: u16 = u16::MAX - 2;
/// The state before a text.
const START: u16 = 0;
/// The class of the end of a text.
const END: u32 = 0;

/// What stands before a place.
const AT_START: u16 = 0;
const AFTER_WORD: u16 = 1;
const AFTER_OTHER: u16 = 2;

/// The characters that a program cannot tell apart.
#[derive(Debug)]
struct Class {
    /// For each set of the program, whether they are in it.
    sets: Box<[bool]>,
    is_word: bool,
}

/// A pattern at work.
#[derive(Debug)]
pub(crate) struct Matcher {
    program: Program,
    classes: Vec<Class>,
    ascii: [u32; 128],
    others: HashMap<char, u32>,
    /// What stands before, then the steps where the program is, ascending.
    states: Vec<Box<[u16]>>,
    numbers: HashMap<Box<[u16]>, u16>,
    table: Vec<[u16; CLASSES]>,
    /// How often all states were forgotten.
    forgotten: u32,
    walks: u32,
    /// The folder that was read last, where reading it led to, and how often states were forgotten by then.
    folder: String,
    behind_folder: Option<(u16, u32)>,
}

impl Matcher {
    pub(crate) fn new(pattern: &Pattern) -> Self {
        let mut matcher = Self {
            program: pattern.program(),
            classes: vec![Class {
                sets: Box::default(),
                is_word: false,
            }],
            ascii: [END; 128],
            others: HashMap::default(),
            states: Vec::new(),
            numbers: HashMap::default(),
            table: Vec::new(),
            forgotten: 0,
            walks: 0,
            folder: String::new(),
            behind_folder: None,
        };
        matcher.keep([AT_START, 0].into());
        for byte in 0..128_u8 {
            matcher.ascii[usize::from(byte)] = matcher.classify(byte.into());
        }
        matcher
    }

    /// Whether so many walks were taken that texts were passed over as if they did not match.
    pub(crate) fn gave_up(&self) -> bool {
        self.walks >= MOST_WALKS
    }

    /// Whether the pattern matches somewhere in a text.
    pub(crate) fn matches(&mut self, text: &str) -> bool {
        let state = self.read(START, text);
        self.ends_well(state)
    }

    /// The same of a path, whose folder, with the slash behind it, is read once for the files that follow each other
    /// in it.
    pub(crate) fn matches_path(&mut self, folder: &str, name: &str) -> bool {
        let known = self.behind_folder;
        let known = known.filter(|&(_, forgotten)| forgotten == self.forgotten && self.folder == folder);
        let state = match known {
            Some((state, _)) => state,
            None => {
                folder.clone_into(&mut self.folder);
                let state = self.read(START, folder);
                self.behind_folder = Some((state, self.forgotten));
                state
            }
        };
        let state = self.read(state, name);
        self.ends_well(state)
    }

    /// Goes on through a text, as far as it takes to know of a match.
    fn read(&mut self, mut state: u16, text: &str) -> u16 {
        for char in text.chars() {
            if state == MATCHED || self.gave_up() {
                break;
            }
            let class = self.class(char);
            state = self.next(state, class);
        }
        state
    }

    fn ends_well(&mut self, state: u16) -> bool {
        state == MATCHED || !self.gave_up() && self.next(state, END) == MATCHED
    }

    fn class(&mut self, char: char) -> u32 {
        if let Some(&class) = self.ascii.get(char as usize) {
            return class;
        }
        if let Some(&class) = self.others.get(&char) {
            return class;
        }
        let class = self.classify(char);
        self.others.insert(char, class);
        class
    }

    fn classify(&mut self, char: char) -> u32 {
        self.walks += 1;
        let char = lower(char);
        let is_word = is_word(char);
        let sets: Box<[bool]> = self.program.sets.iter().map(|set| set.has(char)).collect();
        let same = |class: &Class| class.is_word == is_word && class.sets == sets;
        // The first is the end, which is no character.
        let known = self.classes.iter().skip(1).position(same).map(|place| place + 1);
        let place = known.unwrap_or_else(|| {
            self.classes.push(Class { sets, is_word });
            self.classes.len() - 1
        });
        u32::try_from(place).expect("there are fewer classes than characters")
    }

    /// The number of a state, new if it was not there.
    fn intern(&mut self, state: Box<[u16]>) -> u16 {
        if let Some(&number) = self.numbers.get(&state) {
            return number;
        }
        if self.states.len() >= MOST_STATES {
            self.states.clear();
            self.numbers.clear();
            self.table.clear();
            self.forgotten += 1;
            self.keep([AT_START, 0].into());
        }
        self.keep(state)
    }

    fn keep(&mut self, state: Box<[u16]>) -> u16 {
        let number = u16::try_from(self.states.len()).expect("few states are kept");
        self.numbers.insert(state.clone(), number);
        self.states.push(state);
        self.table.push([UNKNOWN; CLASSES]);
        number
    }

    fn next(&mut self, state: u16, class: u32) -> u16 {
        let known = self.table[usize::from(state)].get(class as usize);
        if let Some(&next) = known.filter(|&&next| next != UNKNOWN) {
            return next;
        }
        let forgotten = self.forgotten;
        let next = self.walk(state, class);
        // If making the new state forgot the old one, its number is another's by now.
        if self.forgotten == forgotten
            && let Some(place) = self.table[usize::from(state)].get_mut(class as usize)
        {
            *place = next;
        }
        next
    }

    /// Where a character of this class leads: a state, or a match before it.
    fn walk(&mut self, state: u16, class: u32) -> u16 {
        self.walks += 1;
        let state = self.states[usize::from(state)].clone();
        let before = state[0];
        let Class { sets, is_word } = &self.classes[class as usize];
        let holds = |place: Place| match place {
            Place::Start => before == AT_START,
            Place::End => class == END,
            Place::Edge => (before == AFTER_WORD) != *is_word,
            Place::Inside => (before == AFTER_WORD) == *is_word,
        };
        let mut seen = [false; MOST_INSTRUCTIONS + 1];
        let mut reached = [false; MOST_INSTRUCTIONS + 1];
        // A match may begin anywhere.
        reached[0] = true;
        let mut waiting: Vec<usize> = state[1..].iter().map(|&step| usize::from(step)).collect();
        while let Some(at) = waiting.pop() {
            if core::mem::replace(&mut seen[at], true) {
                continue;
            }
            match self.program.steps[at] {
                Step::Take(set) => {
                    if class != END && sets[set] {
                        reached[at + 1] = true;
                    }
                }
                Step::At(place) => {
                    if holds(place) {
                        waiting.push(at + 1);
                    }
                }
                Step::Split(a, b) => waiting.extend([a, b]),
                Step::Jump(to) => waiting.push(to),
                Step::Match => return MATCHED,
            }
        }
        if class == END {
            return NO_MATCH;
        }
        let after = if *is_word { AFTER_WORD } else { AFTER_OTHER };
        let steps = (0..).zip(reached).filter(|&(_, reached)| reached);
        let next: Vec<u16> = core::iter::once(after)
            .chain(steps.map(|(step, _)| step))
            .collect();
        self.intern(next.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, matching: &[&str], others: &[&str]) {
        let mut matcher = Matcher::new(&Pattern::new(pattern).unwrap());
        // Twice, so that a state that was made before is used again.
        for text in matching.iter().chain(matching) {
            assert!(matcher.matches(text), "{pattern} matches {text:?}");
        }
        for text in others.iter().chain(others) {
            assert!(!matcher.matches(text), "{pattern} does not match {text:?}");
        }
        assert!(!matcher.gave_up());
    }

    #[test]
    fn patterns_match_what_regular_expressions_mean() {
        check("^lo+ve$", &["love", "Loooove"], &["lve", "glove", "loves"]);
        check("a|bc|", &["", "x"], &[]);
        check("^(a|bc)+$", &["a", "abcbca"], &["", "ab", "abcx"]);
        check("^a{2,3}$", &["aa", "aaa"], &["a", "aaaa"]);
        check("^a{2}$", &["aa"], &["a", "aaa"]);
        check("^a{2,}$", &["aa", "aaaaaa"], &["a"]);
        check("^(a*)*$", &["", "aaa"], &["b"]);
        check("[0-9]+ ?(st|nd)", &["21st", "2 nd"], &["st", "3rd"]);
        check("[^a-c]", &["d", "ad", "音"], &["", "abc", "ABC"]);
        check("[]a]x", &["]x", "ax"], &["x"]);
        check("[a-]x", &["-x", "ax"], &["bx"]);
        check(
            r"\blive\b",
            &["Live", "(live)", "so live!"],
            &["alive", "lives", "live_"],
        );
        check(r"\Bx", &["ax"], &["x", "a x"]);
        check(r"^\d+\s\w+$", &["12 años"], &["12", "a b"]);
        check(r"[\D]", &["a"], &["12"]);
        check(r"a\.b", &["a.b"], &["axb"]);
        check("a.b", &["axb", "a音b"], &["ab"]);
        check("ÄÖ", &["äö", "ÄÖ"], &["ao"]);
        check("[А-Я]+$", &["мир", "МИР"], &["mir"]);
        check("$^", &[""], &["a"]);
        check("(?:ab)??c", &["c", "abc"], &["b"]);
    }

    /// Beside a plain matcher that tries everything, over random patterns of few letters.
    #[test]
    fn the_automaton_agrees_with_trying_everything() {
        let mut random = crate::query::random::Random::new(3);
        for _ in 0..3_000 {
            let mut source = String::new();
            for _ in 0..1 + random.below(8) {
                source += random.pick(&[
                    "a", "b", "(a|b)", "(ab|)", "a*", "b+", ".", "[^a]", "^", "$", r"\b", "|", "(b|a*)?",
                    "a{1,2}",
                ]);
            }
            let Ok(pattern) = Pattern::new(source.as_str()) else {
                continue;
            };
            let mut matcher = Matcher::new(&pattern);
            for _ in 0..20 {
                let text: String = (0..random.below(6))
                    .map(|_| random.pick(&['a', 'b', ' ']))
                    .collect();
                assert_eq!(
                    matcher.matches(&text),
                    tries(&pattern, &text),
                    "{source} over {text:?}"
                );
            }
        }
    }

    fn tries(pattern: &Pattern, text: &str) -> bool {
        let program = pattern.program();
        let chars: Vec<char> = text.chars().collect();
        (0..=chars.len()).any(|start| {
            let mut seen = std::collections::BTreeSet::new();
            let mut waiting = vec![(0, start)];
            while let Some((at, place)) = waiting.pop() {
                if !seen.insert((at, place)) {
                    continue;
                }
                let word = |place: usize| chars.get(place).is_some_and(|&char| is_word(char));
                let edge = (place > 0 && word(place - 1)) != word(place);
                match program.steps[at] {
                    Step::Match => return true,
                    Step::Jump(to) => waiting.push((to, place)),
                    Step::Split(a, b) => waiting.extend([(a, place), (b, place)]),
                    Step::At(what) => {
                        let holds = match what {
                            Place::Start => place == 0,
                            Place::End => place == chars.len(),
                            Place::Edge => edge,
                            Place::Inside => !edge,
                        };
                        if holds {
                            waiting.push((at + 1, place));
                        }
                    }
                    Step::Take(set) => {
                        if chars
                            .get(place)
                            .is_some_and(|&char| program.sets[set].has(lower(char)))
                        {
                            waiting.push((at + 1, place + 1));
                        }
                    }
                }
            }
            false
        })
    }

    #[test]
    fn a_pattern_that_would_take_forever_is_given_up_in_bounded_time() {
        let text = "ab".repeat(50_000);
        // Exponential where a matcher goes back; here every character is one step.
        let mut matcher = Matcher::new(&Pattern::new("^(a*)*(b*)*((a|b)*)*c$").unwrap());
        assert!(!matcher.matches(&text) && !matcher.gave_up());
        assert!(matcher.walks < 1_000);
        // As many states as there are texts of 64 letters: none of them is met again.
        let mut random = crate::query::random::Random::new(5);
        let text: String = (0..100_000).map(|_| random.pick(&['a', 'b'])).collect();
        let mut matcher = Matcher::new(&Pattern::new("a(a|b){64}c").unwrap());
        assert!(!matcher.matches(&text) && matcher.gave_up());
        assert_eq!(matcher.walks, MOST_WALKS);
    }
}
