//! Words, and what they stand in: rows by the words of their titles, or shared texts by theirs.
//!
//! A number is given to one text at a time. A text that changed gets another number and the old one is
//! buried: its postings stay until all lists were swept, some at a time, and only then is the number free
//! for others. So nothing has to be known of the old text, and nothing is ever made anew in one go.

use super::bitmap::{Bitmap, Marks};
use super::fold;
use super::lists::Lists;
use super::order;
use super::strings::Strings;
use super::typos::{Reading, Typos};
use crate::sort;

/// A posting is a number and, below it, whether the word is all of the text.
const WHOLE: u32 = 1;
/// Stands for what is behind the last word of a long text: no word is spelled so.
const REST: &str = "\0";
/// So many numbers have to be buried before lists are swept.
const SWEPT_FOR: usize = 1_024;

/// How a word may differ from the one that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Like {
    /// Not at all.
    Whole,
    /// It may go on.
    Begun,
    /// It goes on.
    Longer,
    /// It may go on, and have a typo or two.
    Forgiven,
}

/// Distinct words with the numbers of the texts that they stand in.
#[derive(Debug, Default)]
pub(crate) struct Words {
    tokens: Strings,
    postings: Lists,
    /// Tokens by their bytes.
    sorted: Vec<u32>,
    /// Numbers whose texts are gone, and whose postings are still there.
    buried: Vec<u32>,
    sweep: Option<Sweep>,
    /// All numbers are below this one.
    upto: u32,
    /// By token: a bit for each of its letters.
    letters: Vec<u32>,
}

/// A walk over all lists that takes out what is buried.
#[derive(Debug)]
struct Sweep {
    buried: Vec<u32>,
    numbers: Bitmap,
    /// The list that comes next.
    next: u32,
}

/// A number that a text has, and whether the word that it was found by is all of that text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Posting(pub(crate) u32);

impl Posting {
    pub(crate) fn number(self) -> u32 {
        self.0 / 2
    }

    pub(crate) fn is_whole(self) -> bool {
        self.0 & WHOLE != 0
    }
}

/// What two characters of a script without spaces are found by where they follow one another. No word begins with a
/// space, so that no beginning of a word is one of a pair.
pub(crate) fn pair(first: char, second: char) -> String {
    [' ', first, second].iter().collect()
}

/// Whether a part stands somewhere in a text.
pub(super) fn has_part(text: &[u8], part: &[u8]) -> bool {
    let Some((first, rest)) = part.split_first() else {
        return true;
    };
    let mut from = text;
    while let Some(at) = from.iter().position(|byte| byte == first) {
        from = &from[at + 1..];
        if from.starts_with(rest) {
            return true;
        }
    }
    false
}

/// A bit for each letter; some letters share one.
fn letters_of(chars: impl Iterator<Item = char>) -> u32 {
    chars.fold(0, |letters, char| letters | 1 << (u32::from(char) % 32))
}

/// How many pass, of a list where those that do come first. Most runs are short, and take a look or two.
fn run(list: &[u32], pass: impl Fn(&u32) -> bool) -> usize {
    let mut end = 1;
    while end <= list.len() && pass(&list[end - 1]) {
        end *= 2;
    }
    let (from, to) = (end / 2, (end - 1).min(list.len()));
    from + list[from..to].partition_point(pass)
}

impl Words {
    /// Bytes that they take.
    pub(crate) fn room(&self) -> usize {
        self.tokens.room() + self.postings.room() + self.sorted.capacity() * 4
    }

    /// Puts folded text under a number. Of a number's texts all are put before those of another.
    pub(crate) fn put(&mut self, number: u32, folded: &str) {
        self.upto = self.upto.max(number + 1);
        let Self {
            tokens,
            postings,
            letters,
            ..
        } = self;
        let mut note = |token: &str, whole: u32| {
            let posting = number * 2 + whole;
            let list = tokens.intern(token.as_bytes());
            if list == postings.len() {
                postings.grow(list + 1);
                letters.push(letters_of(token.chars()));
            }
            match postings.last_mut(list) {
                Some(last) if *last / 2 == number => *last |= posting,
                _ => postings.push(list, posting),
            }
        };
        let mut before = None;
        let is_cut = fold::each_search_token(folded, |token| {
            note(token, if fold::is_whole(token, folded) { WHOLE } else { 0 });
            let lone = fold::lone(token);
            if let (Some(first), Some(second)) = (before, lone) {
                note(&pair(first, second), 0);
            }
            before = lone;
        });
        if is_cut {
            note(REST, 0);
        }
    }

    /// The numbers with a word that has one of these in it, runs of ASCII letters and digits, and those whose texts
    /// or words are too long for that to be known.
    pub(crate) fn containing(&self, parts: &[String]) -> Bitmap {
        let mut numbers = Bitmap::default();
        for token in 0..self.tokens.len() {
            let word = self.tokens.get(token);
            let is_open = word == REST.as_bytes() || word.len() > fold::LONGEST_TOKEN - 4;
            if is_open || parts.iter().any(|part| has_part(word, part.as_bytes())) {
                for &posting in self.postings.get(token).iter().rev() {
                    numbers.set(Posting(posting).number());
                }
            }
        }
        numbers
    }

    /// Takes words that came since into the sorted ones. As long as more come soon, only where there are enough of
    /// them: it takes a walk over all.
    pub(crate) fn sort(&mut self, more_come: bool) {
        let known = u32::try_from(self.sorted.len()).expect("as many as there are tokens");
        let fresh = self.tokens.len() - known;
        if fresh == 0 || (more_come && fresh < known / 32) {
            return;
        }
        let tokens = &self.tokens;
        let compare = |a: u32, b: u32| tokens.get(a).cmp(tokens.get(b));
        let mut fresh: Vec<u32> = (known..tokens.len()).collect();
        sort::numbers(&mut fresh, &mut |a, b| compare(a, b));
        self.sorted = order::merge(&self.sorted, &fresh, compare);
    }

    fn token(&self, token: u32) -> &str {
        core::str::from_utf8(self.tokens.get(token)).expect("tokens are cut between characters")
    }

    /// The sorted tokens that begin so.
    fn beginning_with(&self, prefix: &str) -> &[u32] {
        let prefix = prefix.as_bytes();
        let from = |sorted: &[u32]| sorted.partition_point(|&token| self.tokens.get(token) < prefix);
        let rest = &self.sorted[from(&self.sorted)..];
        let end = rest.partition_point(|&token| self.tokens.get(token).starts_with(prefix));
        &rest[..end]
    }

    /// Gives out the lists of the words that are like this one. Words that came since the last
    /// [`sort`](Self::sort) are found whole only.
    pub(crate) fn each_list(&self, word: &str, like: Like, each: &mut dyn FnMut(&[u32]) -> bool) {
        let mut give = |token: u32| each(self.postings.get(token));
        let going = match like {
            Like::Whole => self.tokens.find(word.as_bytes()).is_none_or(&mut give),
            Like::Begun | Like::Longer | Like::Forgiven => {
                let mut begun = self.beginning_with(word);
                // The word itself is the first of those that begin so.
                let is_word = |token: u32| self.tokens.get(token).len() == word.len();
                if like == Like::Longer && begun.first().is_some_and(|&token| is_word(token)) {
                    begun = &begun[1..];
                }
                begun.iter().all(|&token| give(token))
            }
        };
        if going
            && like == Like::Forgiven
            && let Some(typos) = Typos::of(word)
        {
            self.each_alike(typos, &mut give);
        }
    }

    /// Whether nothing is forgiven in a word.
    pub(crate) fn is_strict(word: &str) -> bool {
        Typos::of(word).is_none()
    }

    /// All numbers are below this one.
    pub(crate) fn upto(&self) -> u32 {
        self.upto
    }

    /// How many postings the words have that begin so, or more than `most`.
    pub(crate) fn count_begun(&self, prefix: &str, most: usize) -> usize {
        let mut count = 0;
        self.each_list(prefix, Like::Begun, &mut |list| {
            count += list.len();
            count <= most
        });
        count
    }

    /// The letters that stand behind a beginning.
    pub(crate) fn letters_behind(&self, prefix: &str) -> Vec<char> {
        let mut letters = Vec::new();
        let mut rest = self.beginning_with(prefix);
        while let Some(&token) = rest.first() {
            let word = self.token(token);
            let letter = word[prefix.len()..].chars().next();
            let end = prefix.len() + letter.map_or(0, char::len_utf8);
            let begun = &word.as_bytes()[..end];
            let same = match letter {
                Some(_) => run(rest, |&other| self.tokens.get(other).starts_with(begun)),
                None => 1,
            };
            letters.extend(letter);
            rest = &rest[same..];
        }
        letters
    }

    /// Walks over the words as over a tree of their letters, and leaves out what cannot lead to one.
    fn each_alike(&self, mut typos: Typos, give: &mut impl FnMut(u32) -> bool) {
        let mut first = [0; 4];
        let mut rest = self.beginning_with(typos.first().encode_utf8(&mut first));
        let wanted = letters_of(typos.wanted());
        while let Some((&token, after)) = rest.split_first() {
            // Each letter that a word lacks takes a slip of its own.
            let missing = wanted & !self.letters[token as usize];
            if missing.count_ones() > typos.most() {
                rest = after;
                continue;
            }
            let word = self.token(token);
            let (reading, length) = typos.read(word, true);
            rest = after;
            if reading == Reading::Open || (reading == Reading::Alike && length == word.len()) {
                if reading == Reading::Alike && !give(token) {
                    return;
                }
                continue;
            }
            // All that begin with these letters end alike.
            let begins = |&other: &u32| self.tokens.get(other).starts_with(&word.as_bytes()[..length]);
            let same = run(after, begins);
            if reading == Reading::Alike && !(give(token) && after[..same].iter().all(|&token| give(token))) {
                return;
            }
            rest = &after[same..];
        }
    }

    /// The numbers with a word like this one.
    pub(crate) fn numbers(&self, word: &str, like: Like) -> Bitmap {
        let mut numbers = Marks::of(self.upto);
        self.each_list(word, like, &mut |list| {
            for &posting in list {
                numbers.set(Posting(posting).number());
            }
            true
        });
        numbers.into_bitmap()
    }

    /// Where one word stands, in no order.
    pub(crate) fn postings(&self, word: &str) -> impl Iterator<Item = Posting> {
        let token = self.tokens.find(word.as_bytes());
        let list = token.map_or(&[][..], |token| self.postings.get(token));
        list.iter().map(|&posting| Posting(posting))
    }

    /// Notes that a number's text is gone.
    pub(crate) fn bury(&mut self, number: u32) {
        self.buried.push(number);
    }

    /// Goes on taking out postings of what is buried, where there is enough of it: over at most so many
    /// postings, and one list more. Gives the numbers that became free, and whether more is to be done.
    pub(crate) fn sweep(&mut self, living: u32, most: usize) -> (Vec<u32>, bool) {
        if self.sweep.is_none() {
            if self.buried.len() < SWEPT_FOR.max(living as usize / 16) {
                return (Vec::new(), false);
            }
            let buried = core::mem::take(&mut self.buried);
            let mut numbers = Bitmap::default();
            buried.iter().for_each(|&number| numbers.set(number));
            self.sweep = Some(Sweep {
                buried,
                numbers,
                next: 0,
            });
        }
        let Some(sweep) = &mut self.sweep else {
            return (Vec::new(), false);
        };
        let mut left = most;
        while sweep.next < self.postings.len() {
            if left == 0 {
                return (Vec::new(), true);
            }
            let length = self.postings.get(sweep.next).len();
            let numbers = &sweep.numbers;
            self.postings
                .retain(sweep.next, |posting| !numbers.has(Posting(posting).number()));
            left = left.saturating_sub(length + 1);
            sweep.next += 1;
        }
        let free = self.sweep.take().map_or(Vec::new(), |sweep| sweep.buried);
        (free, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::random::Random;

    fn words(texts: &[&str]) -> Words {
        let mut words = Words::default();
        for (number, text) in (0..).zip(texts) {
            words.put(number, &fold::fold(text));
        }
        words.sort(false);
        words
    }

    #[track_caller]
    fn check(texts: &[&str], word: &str, like: Like, expected: &[u32]) {
        let found: Vec<_> = words(texts).numbers(word, like).iter().collect();
        assert_eq!(found, expected, "{word} {like:?}");
    }

    #[test]
    fn words_are_found_whole_begun_and_forgiven() {
        let texts = [
            "Love",
            "Lovers Rock",
            "Lvoely Day",
            "Glove",
            "Lonely",
            "Lovely Rita",
        ];
        check(&texts, "love", Like::Whole, &[0]);
        check(&texts, "love", Like::Begun, &[0, 1, 5]);
        check(&texts, "lovely", Like::Begun, &[5]);
        check(&texts, "lovely", Like::Forgiven, &[2, 4, 5]);
        check(&texts, "rokc", Like::Forgiven, &[1]);
        check(&texts, "zzzzzzz", Like::Forgiven, &[]);
    }

    #[test]
    fn a_word_knows_where_it_is_all_of_the_text() {
        let words = words(&["Help!", "The Help", "Help, The", "Help Me", "helphelp"]);
        let whole = words.postings("help").filter(|posting| posting.is_whole());
        let whole: Vec<_> = whole.map(Posting::number).collect();
        assert_eq!(whole, [0, 1, 2]);
    }

    #[test]
    fn the_walk_finds_what_reading_every_word_finds() {
        let mut random = Random::new(21);
        let word = |random: &mut Random| -> String {
            let length = 3 + random.below(8);
            (0..length)
                .map(|_| random.pick(&['a', 'b', 'n', 'o', 'ж']))
                .collect()
        };
        let texts: Vec<String> = (0..3_000).map(|_| word(&mut random)).collect();
        let words = words(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        for _ in 0..300 {
            let typed = word(&mut random);
            let found: Vec<_> = words.numbers(&typed, Like::Forgiven).iter().collect();
            let expected: Vec<u32> = (0..)
                .zip(&texts)
                .filter(|(_, text)| {
                    text.starts_with(&typed)
                        || Typos::of(&typed).is_some_and(|mut typos| typos.is_alike(text, true))
                })
                .map(|(number, _)| number)
                .collect();
            assert_eq!(found, expected, "{typed}");
        }
    }

    #[test]
    fn what_is_buried_is_swept_some_at_a_time_and_its_numbers_come_free() {
        let mut words = Words::default();
        for number in 0..4_000 {
            words.put(number, &format!("song {}", number % 1_000));
        }
        words.sort(false);
        for number in 0..2_000 {
            words.bury(number);
        }
        let mut rounds = 0;
        let free = loop {
            rounds += 1;
            match words.sweep(4_000, 100) {
                (free, false) => break free,
                (free, true) => assert!(free.is_empty(), "nothing is free before all lists were swept"),
            }
        };
        assert!(rounds > 20, "{rounds}");
        assert_eq!(free.len(), 2_000);
        assert_eq!(words.numbers("song", Like::Whole).count(), 2_000);
        assert!(words.sweep(4_000, 100).0.is_empty());
    }
}
