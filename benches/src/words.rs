//! Words, names and titles drawn as they occur: few words often, many words seldom, in the scripts of the world.
//!
//! Word number *r* of a vocabulary comes up about in proportion to 1/*r* (Zipf 1949). Numbers are drawn by octaves
//! with whole numbers only: which octave is even, and so is which word of it. So every machine draws the same.
//! The first words of Latin are real ones; what comes after is made of syllables, the same for the same number.

use super::library::Random;

/// How text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// English and its like: ASCII.
    Latin,
    /// Latin letters with diacritics, and those that no decomposition knows: ø ł ß æ.
    Accented,
    /// Russian and its like.
    Cyrillic,
    /// Modern Greek.
    Greek,
    /// Kana and kanji, without spaces.
    Japanese,
    /// Chinese, without spaces.
    Chinese,
    /// Hangul.
    Korean,
    /// Thai, without spaces.
    Thai,
    /// Arabic, from right to left.
    Arabic,
    /// Hebrew, from right to left.
    Hebrew,
    /// Hindi and its like.
    Devanagari,
}

/// How many of a hundred artists write so.
const SHARES: [(Script, u32); 11] = [
    (Script::Latin, 70),
    (Script::Accented, 13),
    (Script::Japanese, 5),
    (Script::Cyrillic, 4),
    (Script::Korean, 2),
    (Script::Chinese, 1),
    (Script::Greek, 1),
    (Script::Thai, 1),
    (Script::Arabic, 1),
    (Script::Hebrew, 1),
    (Script::Devanagari, 1),
];

/// Octaves of the vocabulary of titles: 131,072 words a script.
const WORD_OCTAVES: u32 = 17;
/// Octaves of the vocabulary of names: 32,768 a script.
const NAME_OCTAVES: u32 = 15;

/// The words that titles hold most, by how often.
const COMMON: &[&str] = &[
    "The",
    "of",
    "in",
    "You",
    "Love",
    "and",
    "to",
    "My",
    "a",
    "Me",
    "I",
    "No",
    "Night",
    "Blue",
    "Time",
    "on",
    "Dream",
    "Fire",
    "Moon",
    "River",
    "Heart",
    "Summer",
    "Rain",
    "Ghost",
    "Golden",
    "for",
    "Life",
    "World",
    "Silent",
    "City",
    "Dance",
    "Light",
    "Shadow",
    "Winter",
    "Ocean",
    "Star",
    "Broken",
    "Wild",
    "Sweet",
    "Electric",
    "Lonely",
    "Midnight",
    "Paper",
    "Velvet",
    "Stone",
    "Mirror",
    "Don't",
    "It's",
    "One",
    "Home",
    "Down",
    "Day",
    "Baby",
    "Sun",
    "Way",
    "Song",
    "Blues",
    "Black",
    "Red",
    "White",
    "Girl",
    "Boy",
    "Girls",
    "Rock",
    "Soul",
    "Back",
    "Good",
    "Never",
    "Only",
    "Little",
    "Queen",
    "King",
    "Angel",
    "Devil",
    "Sky",
    "Road",
    "Train",
    "Money",
    "Sunday",
    "Forever",
    "Tonight",
    "Tomorrow",
    "Yesterday",
    "Remember",
    "Lost",
    "Stay",
    "Waiting",
    "Falling",
    "Running",
    "Beautiful",
    "Crazy",
    "Magic",
    "Heaven",
    "Hell",
    "Blood",
    "Eyes",
    "Hands",
    "Water",
    "Wind",
    "Earth",
    "Desert",
    "Mountain",
    "Street",
    "House",
    "Window",
    "Door",
    "Diamond",
    "Silver",
    "Rose",
    "Flower",
    "Bird",
    "Wolf",
    "Horse",
    "Machine",
    "Radio",
    "Rhapsody",
    "Bohemian",
    "Symphony",
    "Concerto",
    "Sonata",
    "Prelude",
    "Nocturne",
    "Waltz",
    "Overture",
];

/// The names that artists have most.
const FAMILIAR: &[&str] = &[
    "The",
    "John",
    "King",
    "Black",
    "Band",
    "Anna",
    "Miles",
    "Nina",
    "Queen",
    "Sun",
    "Young",
    "Arctic",
    "Nick",
    "Stone",
    "Bell",
    "Ella",
    "Radio",
    "Santana",
    "Davis",
    "Smith",
    "Johnson",
    "Orchestra",
    "Quartet",
    "Trio",
    "Brothers",
    "Sisters",
    "Beatles",
    "Simone",
    "Cave",
    "Evans",
    "Monk",
    "Parker",
];

const ONSETS: &[&str] = &[
    "b", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl",
    "qu", "r", "s", "sh", "sl", "st", "t", "th", "tr", "v", "w", "y", "z",
];
const VOWELS: &[&str] = &["a", "e", "i", "o", "u", "ai", "ea", "ee", "ou", "ie"];
const CODAS: &[&str] = &["", "", "", "n", "r", "s", "l", "t", "m", "nd", "rk", "ng"];
const ACCENTED_VOWELS: &[&str] = &[
    "é", "è", "ü", "ö", "ä", "ó", "í", "ø", "å", "ã", "ê", "ő", "ệ", "æ",
];
const ACCENTED_CODAS: &[&str] = &["", "n", "ñ", "ß", "ł", "š", "č", "ç", "r", "s"];
const CYRILLIC: [&[&str]; 3] = [
    &[
        "б", "в", "г", "д", "ж", "з", "к", "л", "м", "н", "п", "р", "с", "т", "ч", "ш",
    ],
    &["а", "е", "и", "о", "у", "я", "ё", "ы"],
    &["", "", "й", "н", "т", "ть", "р"],
];
const GREEK: [&[&str]; 3] = [
    &[
        "β", "γ", "δ", "θ", "κ", "λ", "μ", "ν", "π", "ρ", "σ", "τ", "φ", "χ",
    ],
    &["α", "ε", "ι", "ο", "ή", "ά", "ό", "ου"],
    &["", "", "ν", "ρ", "ς"],
];

/// Draws a script by how many artists write so.
pub fn script(random: &mut Random) -> Script {
    let mut at = random.below(SHARES.iter().map(|(_, share)| share).sum());
    for (script, share) in SHARES {
        if at < share {
            return script;
        }
        at -= share;
    }
    Script::Latin
}

/// Appends word number `rank` of a script: the same for the same number.
fn push_word(text: &mut String, script: Script, rank: u32) {
    // Each script has words of its own.
    let random = &mut Random::new(u64::from(rank) << 8 | script as u64);
    // Words that come up often are short ones.
    let length = 1 + rank.max(1).ilog2() / 7 + random.below(2);
    match script {
        Script::Latin => push_syllables(text, random, length, [ONSETS, VOWELS, CODAS]),
        Script::Accented if random.below(3) > 0 => {
            push_syllables(text, random, 1, [ONSETS, ACCENTED_VOWELS, ACCENTED_CODAS]);
            push_lower_syllables(text, random, length - 1, [ONSETS, VOWELS, CODAS]);
        }
        Script::Accented => push_syllables(text, random, length, [ONSETS, VOWELS, CODAS]),
        Script::Cyrillic => push_syllables(text, random, length, CYRILLIC),
        Script::Greek => push_syllables(text, random, length, GREEK),
        Script::Japanese if random.below(2) == 0 => push_letters(text, random, length + 1, '\u{30a2}', 80),
        Script::Japanese if random.below(3) == 0 => push_letters(text, random, length + 1, '\u{3042}', 80),
        // As many as are in use, and not those next to each other.
        Script::Japanese => push_letters(text, random, length, '\u{4e00}', 2_200),
        Script::Chinese => push_letters(text, random, length, '\u{5200}', 3_500),
        Script::Korean => push_letters(text, random, length + 1, '\u{ac00}', 11_172),
        Script::Thai => {
            for _ in 0..=length {
                push_letters(text, random, 1, '\u{0e01}', 46);
                push_letters(text, random, 1, '\u{0e30}', 10);
            }
        }
        Script::Arabic => push_letters(text, random, length + 2, '\u{0627}', 20),
        Script::Hebrew => push_letters(text, random, length + 2, '\u{05d0}', 27),
        Script::Devanagari => {
            for _ in 0..length {
                push_letters(text, random, 1, '\u{0915}', 37);
                push_letters(text, random, 1, '\u{093e}', 8);
            }
        }
    }
}

/// So many letters of a block.
fn push_letters(text: &mut String, random: &mut Random, count: u32, first: char, of: u32) {
    for _ in 0..count {
        let letter = u32::from(first) + random.below(of);
        text.push(char::from_u32(letter).expect("these blocks have no gaps of surrogates"));
    }
}

/// A capitalised word of so many syllables.
fn push_syllables(text: &mut String, random: &mut Random, count: u32, of: [&[&str]; 3]) {
    let start = text.len();
    push_lower_syllables(text, random, count, of);
    let first = text[start..].chars().next().expect("a syllable has letters");
    let upper: String = first.to_uppercase().collect();
    text.replace_range(start..start + first.len_utf8(), &upper);
}

fn push_lower_syllables(text: &mut String, random: &mut Random, count: u32, of: [&[&str]; 3]) {
    for _ in 0..count {
        for part in of {
            text.push_str(random.pick(part));
        }
    }
}

/// Appends a word of a title.
fn push_title_word(text: &mut String, random: &mut Random, script: Script) {
    let rank = random.low(WORD_OCTAVES);
    match COMMON.get(rank as usize) {
        Some(word) if script == Script::Latin => text.push_str(word),
        _ => push_word(text, script, rank),
    }
}

/// Whether words stand apart.
fn has_spaces(script: Script) -> bool {
    !matches!(script, Script::Japanese | Script::Chinese | Script::Thai)
}

/// The title of a track or an album by an artist who writes so: one to seven words, two or three mostly.
///
/// One in five of what is not English is English all the same.
pub fn title(random: &mut Random, script: Script) -> String {
    let script = if random.below(5) == 0 {
        Script::Latin
    } else {
        script
    };
    let count = match random.below(16) {
        0..=2 => 1,
        3..=7 => 2,
        8..=11 => 3,
        12..=13 => 4,
        14 => 5,
        _ => 7,
    };
    let mut text = String::new();
    for number in 0..count {
        if number > 0 && has_spaces(script) {
            text.push(' ');
        }
        push_title_word(&mut text, random, script);
    }
    text
}

/// What a title of a track has behind it, mostly nothing.
pub fn suffix(random: &mut Random) -> &'static str {
    match random.below(60) {
        0 | 1 => " (Live)",
        2 | 3 => " (Remastered 2009)",
        4 => " - Remix",
        5 => " (Acoustic)",
        6 => " [Demo]",
        7 => " (Instrumental)",
        8 => ", Pt. 2",
        _ => "",
    }
}

/// The name of an artist who writes so: `The Velvets`, `Nina Simone`, one word, or three.
pub fn name(random: &mut Random, script: Script) -> String {
    let count = match random.below(10) {
        0..=2 => 1,
        3..=7 => 2,
        _ => 3,
    };
    let mut text = String::new();
    if script == Script::Latin && random.below(8) == 0 {
        text.push_str("The ");
    }
    for number in 0..count {
        if number > 0 && has_spaces(script) {
            text.push(' ');
        }
        let rank = random.low(NAME_OCTAVES);
        match FAMILIAR.get(rank as usize) {
            Some(name) if script == Script::Latin && (rank > 0 || number == 0) => text.push_str(name),
            // Not the words of titles.
            _ => push_word(&mut text, script, rank + (1 << WORD_OCTAVES)),
        }
    }
    text
}

/// What somebody types into a search box: the first one to six letters of words, as often as words are, one in five
/// behind a whole word before it.
#[must_use]
pub fn keystrokes(count: usize, seed: u64) -> Vec<String> {
    let random = &mut Random::new(seed);
    (0..count)
        .map(|_| {
            let script = script(random);
            let mut text = String::new();
            if random.below(5) == 0 && has_spaces(script) {
                push_title_word(&mut text, random, script);
                text.push(' ');
            }
            let mut word = String::new();
            push_title_word(&mut word, random, script);
            let length = 1 + random.below(6) as usize;
            text.extend(word.chars().take(length));
            text.to_lowercase()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_drawn_as_often_as_zipf_says() {
        let random = &mut Random::new(1);
        let mut first = 0;
        let mut high = 0;
        for _ in 0..17_000 {
            match random.low(WORD_OCTAVES) {
                0 => first += 1,
                65_535.. => high += 1,
                _ => {}
            }
        }
        assert!((900..1_100).contains(&first), "{first}");
        assert!((900..1_100).contains(&high), "{high}");
    }

    #[test]
    fn a_word_is_the_same_whenever_its_number_is() {
        for (script, _) in SHARES {
            let (mut a, mut b) = (String::new(), String::new());
            push_word(&mut a, script, 4_711);
            push_word(&mut b, script, 4_711);
            assert!(!a.is_empty());
            assert_eq!(a, b);
        }
    }
}
