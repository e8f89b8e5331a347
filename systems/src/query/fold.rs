//! Folding: how text is made comparable, cut into tokens and turned into keys that sort by bytes.

use std::sync::LazyLock;

use super::bases::each_base;
use super::tailoring::{self, Tailoring};

/// The longest token in bytes; what stands beyond is not compared.
pub(crate) const LONGEST_TOKEN: usize = 64;
/// How many tokens of one text are looked at: tags can hold whole books.
const MOST_TOKENS: usize = 256;
/// How many bytes of a text its sort key is made of, beyond ASCII.
const LONGEST_SORTED: usize = 1_024;
/// The longest sort key in bytes; texts that differ only beyond it count as equal.
const LONGEST_KEY: usize = 96;

/// Takes case, diacritics, width and typographic variants away: `Ænima` becomes `aenima`, `Ｑueen`
/// becomes `queen`, `don’t` becomes `dont`.
///
/// Unicode NFKD without combining marks, in lower case, with the letters that NFKD leaves alone (ø ł ß æ
/// and kin) spelled in ASCII and apostrophes left out.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// The same in place of what `folded` holds.
pub(crate) fn fold_into(text: &str, folded: &mut String) {
    folded.clear();
    fold_onto(text, folded);
}

/// The same behind what `folded` holds.
pub(crate) fn fold_onto(text: &str, folded: &mut String) {
    if text.is_ascii() {
        for byte in text.bytes() {
            if !matches!(byte, b'\'' | b'`') {
                folded.push(char::from(byte.to_ascii_lowercase()));
            }
        }
        return;
    }
    for char in text.chars() {
        if char.is_ascii() {
            fold_base(char, folded);
        } else {
            each_base(char, |base| fold_base(base, folded));
        }
    }
}

fn fold_base(base: char, folded: &mut String) {
    match base {
        'a'..='z' | '0'..='9' | ' ' => folded.push(base),
        '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{02bc}' | '\u{00b4}' => {}
        'ß' | 'ẞ' => folded.push_str("ss"),
        'æ' | 'Æ' => folded.push_str("ae"),
        'œ' | 'Œ' => folded.push_str("oe"),
        'þ' | 'Þ' => folded.push_str("th"),
        'ø' | 'Ø' => folded.push('o'),
        'ł' | 'Ł' => folded.push('l'),
        'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('d'),
        'ħ' | 'Ħ' => folded.push('h'),
        'ı' => folded.push('i'),
        'ς' => folded.push('σ'),
        _ if is_unseen(base) => {}
        _ if base.is_ascii() => folded.push(base.to_ascii_lowercase()),
        _ if is_lower(base) => folded.push(base),
        _ => folded.extend(base.to_lowercase()),
    }
}

/// Whether each of these characters is a word of its own: scripts that put no spaces between words. They are
/// Thai, Lao, Myanmar, Khmer, and what Chinese and Japanese are written in.
pub(crate) fn stands_alone(char: char) -> bool {
    char >= '\u{e00}'
        && matches!(char, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{312f}' | '\u{31a0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a9e0}'..='\u{a9ff}'
        | '\u{aa60}'..='\u{aa7f}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The letters and digits below 2^16, and which of them are in lower case or have none: to look one up in the tables
/// of the standard library takes a search.
static LETTERS: LazyLock<Box<[[u64; 2]]>> = LazyLock::new(|| {
    let mut words: Box<[[u64; 2]]> = vec![[0; 2]; 1 << 10].into();
    for char in '\0'..='\u{ffff}' {
        let [letters, lower] = &mut words[char as usize >> 6];
        *letters |= u64::from(char.is_alphanumeric()) << (char as usize & 63);
        *lower |= u64::from(char.to_lowercase().eq([char])) << (char as usize & 63);
    }
    words
});

fn is_lower(char: char) -> bool {
    let word = LETTERS.get(char as usize >> 6);
    word.is_some_and(|word| word[1] >> (char as usize & 63) & 1 == 1)
}

/// Whether a character is a letter or a digit.
pub(crate) fn is_letter(char: char) -> bool {
    if char.is_ascii() {
        return char.is_ascii_alphanumeric();
    }
    let number = char as usize;
    match LETTERS.get(number >> 6) {
        Some(word) => word[0] >> (number & 63) & 1 == 1,
        None => char.is_alphanumeric(),
    }
}

/// Whether a character is not seen: joiners, marks of direction, soft hyphens, what picks a variant, and the
/// stroke that stretches Arabic words.
fn is_unseen(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{640}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// The character of a token that is one of a script without spaces.
pub(crate) fn lone(token: &str) -> Option<char> {
    token.chars().next().filter(|&char| stands_alone(char))
}

fn cut(token: &str) -> &str {
    &token[..token.floor_char_boundary(LONGEST_TOKEN)]
}

/// Gives out the pieces of one word of folded text: runs of letters and digits, and single characters of
/// scripts without spaces. Says how many there were.
fn pieces<'a>(word: &'a str, each: &mut impl FnMut(&'a str)) -> usize {
    let mut count = 0;
    let mut start = None;
    for (at, char) in word.char_indices() {
        let alone = stands_alone(char);
        if !alone && is_letter(char) {
            start.get_or_insert(at);
            continue;
        }
        if let Some(start) = start.take() {
            each(cut(&word[start..at]));
            count += 1;
        }
        if alone {
            each(&word[at..at + char.len_utf8()]);
            count += 1;
        }
    }
    if let Some(start) = start {
        each(cut(&word[start..]));
        count += 1;
    }
    count
}

/// What a word without letters and digits is searched by: `&` and `+` read "and", marks between words
/// are nothing, and whatever is left, such as the band `!!!`, is itself.
fn symbol(word: &str) -> Option<&str> {
    match word {
        "&" | "+" => Some("and"),
        _ if word.chars().all(|char| "-–—/\\|:;,.()[]{}\"“”«»".contains(char)) => None,
        _ => Some(cut(word)),
    }
}

/// The tokens of folded text in order: what a phrase is compared by.
pub(crate) fn tokens(folded: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for word in folded.split_whitespace() {
        if pieces(word, &mut |piece| tokens.push(piece)) == 0 {
            tokens.extend(symbol(word));
        }
        if tokens.len() >= MOST_TOKENS {
            tokens.truncate(MOST_TOKENS);
            break;
        }
    }
    tokens
}

/// Gives out everything that folded text can be found by: its tokens, and words with marks inside once more
/// without them, so that `acdc` finds `AC/DC`. Whether there may be more than were given out.
pub(crate) fn each_search_token(folded: &str, mut each: impl FnMut(&str)) -> bool {
    let mut given = 0;
    for word in folded.split_whitespace() {
        let count = pieces(word, &mut |piece| each(piece));
        given += count.max(1);
        if count == 0 {
            if let Some(symbol) = symbol(word) {
                each(symbol);
            }
        } else if count > 1 && !word.contains(stands_alone) {
            let joined: String = word.chars().filter(|&char| is_letter(char)).collect();
            each(cut(&joined));
        }
        if given >= MOST_TOKENS {
            return true;
        }
    }
    false
}

/// Whether a token is all that folded text says, but for an article and marks around it.
pub(crate) fn is_whole(token: &str, folded: &str) -> bool {
    // Most texts are longer than a token, an article and some marks.
    if folded.len() > token.len() + 16 {
        return false;
    }
    let rest = without_article(folded.trim_ascii());
    rest == token || rest.trim_matches(|char: char| !is_letter(char)) == token
}

/// The name without its article, and without the inversion that sort names use for it: `The Beatles` and
/// `Beatles, The` both give `Beatles`.
fn without_article(folded: &str) -> &str {
    for article in ["the", "a", "an"] {
        if let Some(rest) = folded.strip_prefix(article)
            && rest.starts_with(' ')
            && !rest.trim().is_empty()
        {
            return rest.trim_start();
        }
        if let Some(rest) = folded.strip_suffix(article)
            && let Some(rest) = rest.trim_end().strip_suffix(',')
        {
            return rest;
        }
    }
    folded
}

/// `beatles, the` as it is spoken: `the beatles`.
pub(crate) fn upright(folded: &str) -> Option<String> {
    let rest = without_article(folded);
    let article = folded.strip_prefix(rest)?.strip_prefix(',')?.trim();
    (!rest.is_empty()).then(|| format!("{article} {rest}"))
}

/// Folds a text but for the letters that a language tells apart.
fn fold_tailored(text: &str, tailoring: &Tailoring) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        if let Some((key, length)) = tailoring.find(rest) {
            for char in key.chars() {
                put_tailored(char, tailoring, &mut folded);
            }
            rest = &rest[length..];
            continue;
        }
        if char.is_ascii() {
            put_tailored(char, tailoring, &mut folded);
        } else {
            each_base(char, |base| put_tailored(base, tailoring, &mut folded));
        }
        rest = &rest[char.len_utf8()..];
    }
    folded
}

fn put_tailored(base: char, tailoring: &Tailoring, folded: &mut String) {
    if tailoring.is_own(base) {
        folded.push(tailoring::OWN);
    }
    fold_base(base, folded);
}

/// The bytes that a text sorts by: folded, without article, marks as spaces, numbers by value, Katakana as Hiragana.
/// An empty text has an empty key.
pub(crate) fn sort_key(text: &str, tailoring: &Tailoring) -> Vec<u8> {
    let folded = if tailoring.is_plain(text) {
        fold(text)
    } else {
        // A title of a megabyte is as good as its beginning.
        fold_tailored(&text[..text.floor_char_boundary(LONGEST_SORTED)], tailoring)
    };
    let name = without_article(folded.trim_ascii());
    let bytes = name.as_bytes();
    let mut key = Vec::with_capacity(name.len() + 4);
    let mut at = 0;
    let mut gap = false;
    while at < bytes.len() && key.len() <= LONGEST_KEY {
        let (start, byte) = (at, bytes[at]);
        let other = if byte.is_ascii() {
            None
        } else {
            name[at..].chars().next()
        };
        at += other.map_or(1, char::len_utf8);
        let is_word = match other {
            None => byte.is_ascii_alphanumeric(),
            Some(char) => is_letter(char) || tailoring::is_put(char),
        };
        if !is_word {
            gap = true;
            continue;
        }
        if core::mem::take(&mut gap) && !key.is_empty() {
            key.push(b' ');
        }
        if byte.is_ascii_digit() {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            put_digits(&bytes[start..at], &mut key);
        } else if other == Some(tailoring::OWN) {
            // Behind digits, before Latin letters.
            key.push(b'@');
        } else if let Some(hiragana) = other.and_then(hiragana) {
            key.extend_from_slice(hiragana.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            key.extend_from_slice(&bytes[start..at]);
        }
    }
    if key.is_empty() {
        // Nothing but marks: they sort as they are, before all letters.
        key.extend_from_slice(bytes);
    }
    key.truncate(LONGEST_KEY);
    key
}

/// The same sound in Hiragana.
fn hiragana(char: char) -> Option<char> {
    let is_katakana = ('\u{30a1}'..='\u{30f6}').contains(&char);
    is_katakana.then(|| char::from_u32(u32::from(char) - 0x60))?
}

/// Writes a number so that bytes sort as values: its length first, then its digits.
fn put_digits(digits: &[u8], key: &mut Vec<u8>) {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    let value = &digits[zeros.min(digits.len() - 1)..];
    key.push(b'0');
    key.push(u8::try_from(value.len()).unwrap_or(u8::MAX));
    key.extend(value.iter().take(LONGEST_KEY));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Vec<u8> {
        sort_key(text, &Tailoring::default())
    }

    #[track_caller]
    fn check_fold(text: &str, expected: &str) {
        assert_eq!(fold(text), expected);
    }

    #[track_caller]
    fn check_search(text: &str, expected: &[&str]) {
        let mut found = Vec::new();
        each_search_token(&fold(text), |token| found.push(token.to_owned()));
        assert_eq!(found, expected);
    }

    #[track_caller]
    fn check_order(ascending: &[&str]) {
        for pair in ascending.windows(2) {
            assert!(key(pair[0]) < key(pair[1]), "{} before {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn case_accents_and_width_do_not_matter() {
        check_fold("Björk", "bjork");
        check_fold("Sigur Rós", "sigur ros");
        check_fold("MØ & Łona", "mo & lona");
        check_fold("Straße", "strasse");
        check_fold("Ænima Œuvre Þór", "aenima oeuvre thor");
        check_fold("ＱＵＥＥＮ", "queen");
        check_fold("don’t DON'T", "dont dont");
        check_fold("İstanbul ılık", "istanbul ilik");
        check_fold("ΣΊΣΥΦΟΣ", "σισυφοσ");
        check_fold("ﬁn", "fin");
        check_fold("e\u{301}", "e");
    }

    #[test]
    fn marks_inside_a_word_may_be_left_out() {
        check_search("AC/DC", &["ac", "dc", "acdc"]);
        check_search("R.E.M.", &["r", "e", "m", "rem"]);
        check_search("rock 'n' roll", &["rock", "n", "roll"]);
        check_search("Love & Hate", &["love", "and", "hate"]);
        check_search("Simon - Garfunkel", &["simon", "garfunkel"]);
        check_search("!!!", &["!!!"]);
        check_search("音楽 Live", &["音", "楽", "live"]);
        check_search("", &[]);
    }

    #[test]
    fn a_book_in_a_tag_costs_a_page() {
        let book = "word ".repeat(100_000);
        assert_eq!(tokens(&book).len(), MOST_TOKENS);
        let long = "x".repeat(1_000_000);
        assert_eq!(tokens(&long)[0].len(), LONGEST_TOKEN);
        assert!(key(&long).len() <= LONGEST_KEY);
    }

    #[test]
    fn articles_are_passed_over() {
        assert_eq!(key("The Beatles"), key("Beatles, The"));
        assert_eq!(key("A Day in the Life"), key("day in the life"));
        assert_ne!(key("A-ha"), key("ha"));
        assert_eq!(key("The The"), key("the"));
        assert_eq!(key("The"), b"the");
        assert_eq!(upright("beatles, the").as_deref(), Some("the beatles"));
        assert_eq!(upright("the beatles"), None);
        assert_eq!(upright("breathe"), None);
    }

    #[test]
    fn numbers_sort_by_value() {
        check_order(&[
            "!!!",
            "2 Unlimited",
            "10cc",
            "100",
            "1000",
            "ABBA",
            "Ábba 2",
            "Abba 10",
            "Zoë",
            "音",
        ]);
        assert_eq!(key("Track 07"), key("track 7"));
        assert_eq!(key("000"), key("0"));
        assert_eq!(key("\"Heroes\""), key("heroes"));
    }
}
