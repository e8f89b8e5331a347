//! How a language sorts: letters that it has of its own, as Swedish has `å ä ö` after `z`, and its own script first.
//!
//! What all languages share is in the sort key of folded text, where an accent decides nothing. The rules here are
//! those of CLDR as far as they say that a letter is not a variant of another; a test compares both. ICU itself
//! would bring 178 kB of data for what is common and 921 kB for all languages into a browser.

/// A language's letters: the languages, the rules, and the first and last characters of scripts that go before Latin.
///
/// In a rule `z<å<ä=æ` what follows is sorted after all that begins with `z`, and `=` says that two count alike.
struct Language {
    codes: &'static str,
    rules: &'static str,
    scripts: &'static [(char, char)],
}

const fn latin(codes: &'static str, rules: &'static str) -> Language {
    Language {
        codes,
        rules,
        scripts: &[],
    }
}

const fn other(codes: &'static str, rules: &'static str, scripts: &'static [(char, char)]) -> Language {
    Language {
        codes,
        rules,
        scripts,
    }
}

const CYRILLIC: &[(char, char)] = &[('\u{400}', '\u{52f}')];

const LANGUAGES: &[Language] = &[
    latin("sv fi", "z<å<ä=æ<ö=ø"),
    latin("da nb nn no", "z<æ=ä<ø=ö<å=aa"),
    latin("is", "a<á d<ð e<é i<í o<ó u<ú y<ý z<þ<æ=ä<ö=ø<å"),
    latin("es gl", "n<ñ"),
    latin("pl", "a<ą c<ć e<ę l<ł n<ń o<ó s<ś z<ź<ż"),
    latin("cs", "c<č h<ch r<ř s<š z<ž"),
    latin("sk", "a<ä c<č h<ch o<ô r<ř s<š z<ž"),
    latin("sl", "c<č<ć d<đ s<š z<ž"),
    latin("hr bs", "c<č<ć d<dž<đ l<lj n<nj s<š z<ž"),
    latin("hu", "c<cs d<dz<dzs g<gy l<ly n<ny o<ö=ő s<sz t<ty u<ü=ű z<zs"),
    latin("ro", "a<ă<â i<î s<ș=ş t<ț=ţ"),
    latin("tr", "c<ç g<ğ h<ı=I o<ö s<ş u<ü"),
    latin("az", "c<ç e<ə g<ğ h<x<ı=I k<q o<ö s<ş u<ü z<w"),
    latin("et", "s<š<z<ž w<õ<ä<ö<ü"),
    latin("lv", "c<č g<ģ i<y k<ķ l<ļ n<ņ r<ŗ s<š z<ž"),
    latin("lt", "c<č i=y s<š z<ž"),
    latin("sq", "c<ç d<dh e<ë g<gj l<ll n<nj r<rr s<sh t<th x<xh z<zh"),
    latin("eo", "c<ĉ g<ĝ h<ĥ j<ĵ s<ŝ u<ŭ"),
    latin(
        "vi",
        "a<ă=ắ=ằ=ẳ=ẵ=ặ<â=ấ=ầ=ẩ=ẫ=ậ d<đ e<ê=ế=ề=ể=ễ=ệ o<ô=ố=ồ=ổ=ỗ=ộ<ơ=ớ=ờ=ở=ỡ=ợ u<ư=ứ=ừ=ử=ữ=ự",
    ),
    other("ru bg", "", CYRILLIC),
    other("uk", "г<ґ<ғ и<і<ї<й<ј", CYRILLIC),
    other("be", "е<ё<є у<ў<ү<ұ", CYRILLIC),
    other("sr", "и=й<і=ї<ј", CYRILLIC),
    other("mk", "д<ђ<ѓ и=й<і=ї<ј т<ћ<ќ", CYRILLIC),
    other("kk", "е<ё<є и<й<ј у<ұ<ү ы<і=ї", CYRILLIC),
    other("el", "", &[('\u{370}', '\u{3ff}')]),
    other("hy", "", &[('\u{530}', '\u{58f}')]),
    other("he", "", &[('\u{590}', '\u{5ff}')]),
    other("ar fa ur ps ug", "", &[('\u{600}', '\u{6ff}')]),
    other("hi mr ne", "", &[('\u{900}', '\u{97f}')]),
    other("th", "", &[('\u{e00}', '\u{e7f}')]),
    other("lo", "", &[('\u{e80}', '\u{eff}')]),
    other("ka", "", &[('\u{10a0}', '\u{10ff}')]),
    other("km", "", &[('\u{1780}', '\u{17ff}')]),
    other("ko", "", &[('\u{1100}', '\u{11ff}'), ('\u{4e00}', '\u{9fff}')]),
    other("zh", "", &[('\u{4e00}', '\u{9fff}')]),
];

/// Letters of the rules, each with what it is where letters and marks are written apart, as in names of files.
const APART: &str = "áa\u{301} âa\u{302} äa\u{308} åa\u{30a} çc\u{327} ée\u{301} êe\u{302} ëe\u{308} íi\u{301} \
    îi\u{302} ñn\u{303} óo\u{301} ôo\u{302} õo\u{303} öo\u{308} úu\u{301} üu\u{308} ýy\u{301} \
    ăa\u{306} ąa\u{328} ćc\u{301} ĉc\u{302} čc\u{30c} ęe\u{328} ĝg\u{302} ğg\u{306} ģg\u{327} \
    ĥh\u{302} ĵj\u{302} ķk\u{327} ļl\u{327} ńn\u{301} ņn\u{327} őo\u{30b} ŗr\u{327} řr\u{30c} \
    śs\u{301} ŝs\u{302} şs\u{327} šs\u{30c} ţt\u{327} ŭu\u{306} űu\u{30b} źz\u{301} żz\u{307} \
    žz\u{30c} ơo\u{31b} ưu\u{31b} șs\u{326} țt\u{326} йи\u{306} ёе\u{308} ѓг\u{301} їі\u{308} \
    ќк\u{301} ўу\u{306} ấa\u{302}\u{301} ầa\u{302}\u{300} ẩa\u{302}\u{309} ẫa\u{302}\u{303} \
    ậa\u{323}\u{302} ắa\u{306}\u{301} ằa\u{306}\u{300} ẳa\u{306}\u{309} ẵa\u{306}\u{303} \
    ặa\u{323}\u{306} ếe\u{302}\u{301} ềe\u{302}\u{300} ểe\u{302}\u{309} ễe\u{302}\u{303} \
    ệe\u{323}\u{302} ốo\u{302}\u{301} ồo\u{302}\u{300} ổo\u{302}\u{309} ỗo\u{302}\u{303} \
    ộo\u{323}\u{302} ớo\u{31b}\u{301} ờo\u{31b}\u{300} ởo\u{31b}\u{309} ỡo\u{31b}\u{303} \
    ợo\u{31b}\u{323} ứu\u{31b}\u{301} ừu\u{31b}\u{300} ửu\u{31b}\u{309} ữu\u{31b}\u{303} \
    ựu\u{31b}\u{323}";

/// Letters that have a place of their own in every language that does not say otherwise.
const EVERYWHERE: &str = "а<ә г<ғ д<ђ е<є з<ѕ и<і=ї<й<ј к<қ л<љ н<ң<њ о<ө т<ћ у<ү<ұ х<һ ч<џ";

/// Comes before a character of the language's own script.
pub(crate) const OWN: char = '\u{f8cf}';
/// Where characters for private use begin; each stands for the place of a letter behind the one before it. They
/// sort behind those of all scripts.
const BEHIND: u32 = 0xf8d0;

/// Whether a character was put by a rule.
pub(crate) fn is_put(char: char) -> bool {
    (OWN..='\u{f8ff}').contains(&char)
}

/// How one language sorts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tailoring {
    /// Letters as they are written, in lower case, and what stands for them in a key. The longest come first.
    letters: Vec<(Box<[char]>, Box<str>)>,
    scripts: &'static [(char, char)],
    /// Whether some of the letters are in ASCII.
    in_ascii: bool,
    /// What the letters begin with, a bit for all that are alike in the lowest six: most characters begin none.
    heads: u64,
}

fn head(char: char) -> u64 {
    1 << (u32::from(char) & 63)
}

impl Tailoring {
    /// Of a locale such as `sv-SE` or `sv_SE.UTF-8`. One that nothing is known of sorts as all share.
    pub(crate) fn of(locale: &str) -> Self {
        let end = locale.find(|char: char| !char.is_ascii_alphabetic());
        let code = locale[..end.unwrap_or(locale.len())].to_ascii_lowercase();
        let language = LANGUAGES
            .iter()
            .find(|language| language.codes.split(' ').any(|known| known == code));
        let mut tailoring = Self {
            letters: Vec::new(),
            scripts: language.map_or(&[], |language| language.scripts),
            in_ascii: false,
            heads: 0,
        };
        // What is said first holds.
        if let Some(language) = language {
            tailoring.add(language.rules);
            if language.codes == "hu" {
                tailoring.double();
            }
        }
        tailoring.add(EVERYWHERE);
        crate::sort::by_key(&mut tailoring.letters, |(letters, _)| {
            core::cmp::Reverse(letters.len())
        });
        tailoring
    }

    fn add(&mut self, rules: &str) {
        for rule in rules.split_whitespace() {
            let base = &rule[..rule.find(['<', '=']).unwrap_or(rule.len())];
            for (place, letters) in rule.split('<').enumerate() {
                let behind = u32::try_from(place).expect("rules are short") + BEHIND;
                let behind = char::from_u32(behind).filter(|_| place > 0);
                for letters in letters.split('=').filter(|letters| *letters != base) {
                    let key: String = base.chars().chain(behind).collect();
                    self.put(letters, &key);
                    let apart = APART.split(' ').find_map(|apart| apart.strip_prefix(letters));
                    if let Some(apart) = apart {
                        self.put(apart, &key);
                    }
                }
            }
        }
    }

    /// Hungarian writes only the first of a letter twice that stands twice: `ccs` is `cs` and `cs`.
    fn double(&mut self) {
        for at in 0..self.letters.len() {
            let (letters, key) = &self.letters[at];
            if letters.len() > 1 && letters.iter().all(char::is_ascii) {
                let written: String = letters[..1].iter().chain(letters).collect();
                self.put(&written, &key.repeat(2));
            }
        }
    }

    fn put(&mut self, letters: &str, key: &str) {
        self.in_ascii |= letters.is_ascii();
        self.heads |= letters.chars().next().map_or(0, head);
        self.letters.push((letters.chars().collect(), key.into()));
    }

    /// Whether it changes nothing in a text.
    pub(crate) fn is_plain(&self, text: &str) -> bool {
        text.is_ascii() && !self.in_ascii
    }

    /// What stands in place of the letters that a text begins with, and how many bytes they take.
    pub(crate) fn find(&self, text: &str) -> Option<(&str, usize)> {
        let first = text.chars().next()?;
        if self.heads == 0 {
            return None;
        }
        let heads = head(first) | first.to_lowercase().next().map_or(0, head);
        if self.heads & heads == 0 {
            return None;
        }
        let same = |wanted: char, char: char| wanted == char || char.to_lowercase().eq([wanted]);
        self.letters.iter().find_map(|(letters, key)| {
            if !same(letters[0], first) {
                return None;
            }
            let mut rest = text.chars();
            let all = letters
                .iter()
                .all(|&wanted| rest.next().is_some_and(|char| same(wanted, char)));
            all.then(|| (&**key, text.len() - rest.as_str().len()))
        })
    }

    /// Whether a folded character is of the language's own script.
    pub(crate) fn is_own(&self, char: char) -> bool {
        let scripts = self.scripts.iter();
        scripts
            .into_iter()
            .any(|(first, last)| (first..=last).contains(&&char))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::fold;
    use crate::query::random::Random;
    use core::cmp::Ordering;
    use icu_collator::options::{CollatorOptions, Strength};
    use icu_collator::{Collator, CollatorBorrowed};
    use icu_locale_core::Locale;
    use unicode_normalization::UnicodeNormalization;

    const OWN_LETTERS: &[(&str, &str)] = &[
        ("el", "αβγδμω"),
        ("hy", "աբգդ"),
        ("he", "אבגת"),
        ("ar", "ابتسي"),
        ("hi", "कखगम"),
        ("th", "กขมย"),
        ("lo", "ກຂມ"),
        ("ka", "აბგდ"),
        ("km", "កខម"),
        ("ko", "가나다한"),
        ("zh", "中"),
    ];

    fn collator(code: &str) -> CollatorBorrowed<'static> {
        let mut options = CollatorOptions::default();
        options.strength = Some(Strength::Primary);
        let locale = Locale::try_from_str(code).unwrap();
        Collator::try_new(locale.into(), options).unwrap()
    }

    /// Two of a letter in a row can be another one: Danish `aå`.
    fn has_twice(word: &str) -> bool {
        let letters: Vec<_> = word
            .chars()
            .map(|char| char.to_lowercase().to_string().nfd().next())
            .collect();
        letters.windows(2).any(|pair| pair[0] == pair[1])
    }

    #[test]
    fn letters_and_marks_may_be_written_apart() {
        let swedish = Tailoring::of("sv_SE.UTF-8");
        let key = |text: &str| fold::sort_key(text, &swedish);
        assert_eq!(key("A\u{30a}"), key("å"));
        assert!(key("Zz") < key("Ångström") && key("ångström") < key("Ärlig") && key("Äz") < key("Ö"));
        assert_eq!(key("Ébène"), key("ebene"));
        let hungarian = Tailoring::of("hu");
        let key = |text: &str| fold::sort_key(text, &hungarian);
        assert_eq!(key("loccsan"), key("locscsan"));
        assert_eq!(key("eddzs"), key("edzsdzs"));
        assert_eq!(Tailoring::of("C"), Tailoring::of("xx-YY"));
        for letter in LANGUAGES.iter().flat_map(|language| language.rules.chars()) {
            let apart: String = letter.nfd().collect();
            let known = APART
                .split(' ')
                .any(|known| known.strip_prefix(letter) == Some(&apart));
            assert_eq!(known, apart != String::from(letter), "{letter}");
        }
    }

    #[test]
    fn every_language_sorts_as_icu_sorts_it() {
        let mut random = Random::new(4);
        let common: Vec<String> = "abcdefghijklmnopqrstuvwxyzабгдиклнуשלاบ한あア"
            .chars()
            .map(String::from)
            .collect();
        for language in LANGUAGES {
            let mut letters = common.clone();
            // Letters of its own more often than others.
            for rule in language.rules.split_whitespace().chain(EVERYWHERE.split(' ')) {
                for letter in rule.split(['<', '=']) {
                    letters.extend([letter.to_owned(), letter.to_uppercase(), letter.to_owned()]);
                }
            }
            if let Some((_, own)) = OWN_LETTERS
                .iter()
                .find(|(code, _)| language.codes.starts_with(code))
            {
                letters.extend(own.chars().map(String::from));
            }
            for code in language.codes.split(' ') {
                let (ours, icu) = (Tailoring::of(code), collator(code));
                for _ in 0..3_000 {
                    let mut word = || -> String {
                        let length = 1 + random.below(3);
                        (0..length)
                            .map(|_| letters[random.below(letters.len())].as_str())
                            .collect()
                    };
                    let (a, b) = (word(), word());
                    if code != "hu" && (has_twice(&a) || has_twice(&b)) {
                        continue;
                    }
                    // Where the rest of a language's rules would decide, the two are equal here.
                    let expected = icu.compare(&a, &b);
                    let found = fold::sort_key(&a, &ours).cmp(&fold::sort_key(&b, &ours));
                    assert!(
                        expected == found || expected == Ordering::Equal,
                        "{code}: {a} {b}: {found:?}"
                    );
                }
            }
        }
    }
}
