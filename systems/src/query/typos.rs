//! Small typos: which words are almost the one that was typed.
//!
//! One slip in words of four to seven letters, two in longer ones: a letter too many, too few, another one,
//! or two neighbours the wrong way round (optimal string alignment). The first letter must be right, and
//! numbers are never taken for others.

use super::fold::{self, LONGEST_TOKEN};

/// More than any distance that is asked for.
const FAR: u8 = u8::MAX / 2;

/// Looks for what is almost one word, letter by letter.
#[derive(Debug)]
pub(crate) struct Typos {
    wanted: Vec<char>,
    /// How many slips are forgiven.
    most: u8,
    /// The letters that were read.
    read: Vec<char>,
    /// For each count of letters read, the distance to each beginning of the word.
    rows: Vec<[u8; LONGEST_TOKEN + 1]>,
}

/// What the letters that were read so far come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// They are almost the word.
    Alike,
    /// With more letters they may be.
    Open,
    /// No word that begins with them is.
    Lost,
}

impl Typos {
    /// Of a folded word; `None` if nothing is forgiven in it.
    pub(crate) fn of(word: &str) -> Option<Self> {
        let wanted: Vec<char> = word.chars().collect();
        let most = match wanted.len() {
            0..4 => return None,
            4..8 => 1,
            _ => 2,
        };
        let is_name = |&char: &char| char.is_alphabetic() && !fold::stands_alone(char);
        if !wanted.iter().all(is_name) || wanted.len() > LONGEST_TOKEN {
            return None;
        }
        let mut first = [FAR; LONGEST_TOKEN + 1];
        for (cell, place) in first.iter_mut().zip(0..=most) {
            *cell = place;
        }
        Some(Self {
            wanted,
            most,
            read: Vec::new(),
            rows: vec![first],
        })
    }

    /// The letter that every such word begins with.
    pub(crate) fn first(&self) -> char {
        self.wanted[0]
    }

    /// The letters that are looked for.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = char> {
        self.wanted.iter().copied()
    }

    /// How many slips are forgiven.
    pub(crate) fn most(&self) -> u32 {
        self.most.into()
    }

    /// Forgets all letters but so many.
    fn back_to(&mut self, letters: usize) {
        self.read.truncate(letters);
        self.rows.truncate(letters + 1);
    }

    /// Reads one more letter.
    fn push(&mut self, letter: char) -> Reading {
        let length = self.wanted.len();
        let most = usize::from(self.most);
        let depth = self.read.len() + 1;
        if depth > length + most {
            self.read.push(letter);
            self.rows.push([FAR; LONGEST_TOKEN + 1]);
            return Reading::Lost;
        }
        let before = &self.rows[depth - 1];
        let mut row = [FAR; LONGEST_TOKEN + 1];
        let mut least = FAR;
        // Further from the diagonal the distance is too large whatever the letters.
        for place in depth.saturating_sub(most)..=length.min(depth + most) {
            row[place] = if place == 0 {
                u8::try_from(depth).unwrap_or(FAR)
            } else {
                let same = self.wanted[place - 1] == letter;
                let mut cell = before[place - 1] + u8::from(!same);
                cell = cell.min(before[place] + 1).min(row[place - 1] + 1);
                let swapped = depth > 1
                    && place > 1
                    && letter == self.wanted[place - 2]
                    && self.read[depth - 2] == self.wanted[place - 1];
                if swapped {
                    cell = cell.min(self.rows[depth - 2][place - 2] + 1);
                }
                cell
            };
            least = least.min(row[place]);
        }
        // Two letters the wrong way round may still mend what is one too far here.
        let mended = before
            .iter()
            .take(length + 1)
            .min()
            .is_some_and(|&cell| cell < self.most);
        self.read.push(letter);
        self.rows.push(row);
        if row[length] <= self.most {
            Reading::Alike
        } else if least <= self.most || mended {
            Reading::Open
        } else {
            Reading::Lost
        }
    }

    /// Reads a word, going on from the letters that it shares with the last one. Gives how it ended and
    /// after how many bytes: an open beginning (`begun`) is enough if the word may be unfinished, and a lost
    /// one says that no word with that beginning will do.
    pub(crate) fn read(&mut self, word: &str, begun: bool) -> (Reading, usize) {
        match word.chars().next() {
            Some(first) if first == self.wanted[0] => {}
            first => return (Reading::Lost, first.map_or(0, char::len_utf8)),
        }
        let mut chars = word.char_indices();
        let mut shared = 0;
        for known in &self.read {
            let mut ahead = chars.clone();
            if ahead.next().is_none_or(|(_, char)| char != *known) {
                break;
            }
            chars = ahead;
            shared += 1;
        }
        self.back_to(shared);
        let mut reading = Reading::Open;
        if shared > 0 && self.rows[shared][self.wanted.len()] <= self.most {
            reading = Reading::Alike;
        }
        for (at, char) in chars {
            if begun && reading == Reading::Alike {
                return (reading, at);
            }
            reading = self.push(char);
            if reading == Reading::Lost {
                return (reading, at + char.len_utf8());
            }
        }
        (reading, word.len())
    }

    /// Whether a word is almost the wanted one, or begins almost like it.
    pub(crate) fn is_alike(&mut self, word: &str, begun: bool) -> bool {
        self.back_to(0);
        self.read(word, begun).0 == Reading::Alike
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::random::Random;

    /// The whole table, as textbooks have it.
    fn distance(a: &str, b: &str) -> usize {
        let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = if i.min(j) == 0 {
                    i.max(j)
                } else {
                    let mut cell = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    cell = cell.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        cell = cell.min(table[i - 2][j - 2] + 1);
                    }
                    cell
                };
            }
        }
        table[a.len()][b.len()]
    }

    #[track_caller]
    fn check(typed: &str, word: &str, expected: bool) {
        let alike = Typos::of(typed).is_some_and(|mut typos| typos.is_alike(word, false));
        assert_eq!(alike, expected, "{typed} {word}");
    }

    #[test]
    fn slips_are_forgiven_by_length() {
        check("beatels", "beatles", true);
        check("beatels", "beetels", true);
        check("beatels", "beetles", false);
        check("metalica", "metallica", true);
        check("metlalica", "metallica", true);
        check("metlica", "metallica", false);
        check("qeen", "queen", true);
        check("lov", "love", false);
        check("ebatles", "beatles", false);
        check("1975", "1976", false);
        check("björk", "björck", true);
        check("сплни", "сплин", true);
    }

    #[test]
    fn reading_on_gives_what_the_whole_table_gives() {
        let mut random = Random::new(9);
        let word = |random: &mut Random| -> String {
            let length = 4 + random.below(6);
            (0..length).map(|_| random.pick(&['a', 'b', 'c', 'é'])).collect()
        };
        for _ in 0..300 {
            let typed = word(&mut random);
            let most = if typed.chars().count() < 8 { 1 } else { 2 };
            let mut typos = Typos::of(&typed).unwrap();
            let mut words: Vec<String> = (0..100).map(|_| word(&mut random)).collect();
            words.sort();
            let mut lost = String::from("-");
            for word in words {
                let alike = word.chars().next() == typed.chars().next() && distance(&typed, &word) <= most;
                if word.starts_with(&lost) {
                    assert!(!alike, "{typed} {word}: {lost} was given up");
                }
                let (reading, at) = typos.read(&word, false);
                assert_eq!(reading == Reading::Alike, alike, "{typed} {word}");
                if reading == Reading::Lost {
                    word[..at].clone_into(&mut lost);
                }
                let begins = (0..=word.len())
                    .filter(|&end| word.is_char_boundary(end))
                    .any(|end| distance(&typed, &word[..end]) <= most)
                    && word.chars().next() == typed.chars().next();
                assert_eq!(typos.is_alike(&word, true), begins, "{typed} {word}…");
            }
        }
    }
}
