//! What a character is made of, without its marks: `é` is `e`, `ﬁ` is `fi`, `Ｑ` is `Q`.
//!
//! That is Unicode's compatibility decomposition (NFKD) without combining marks, and all that folding needs
//! of it. The tables of a normalizer answer more, such as the order of marks, and made 103 kB of a bundle,
//! 55 of them after gzip; this one is 17 and 8. A test makes it from such tables.

use std::sync::LazyLock;

use segue_components::wire::codec::Reader;

/// What [`Bases::read`] reads.
static TABLE: &[u8] = include_bytes!("bases.bin");

static BASES: LazyLock<Bases> =
    LazyLock::new(|| Bases::read(TABLE).expect("a test has read and compared it"));

/// The characters that are not their own base, ascending, and what is.
struct Bases {
    chars: Vec<char>,
    /// How many of them stand before each 256 characters, so that one is looked for among few.
    pages: Vec<u16>,
    /// Where in the text the base of each ends. It begins where the one before ends.
    ends: Vec<u16>,
    text: String,
}

fn page(char: char) -> usize {
    char as usize >> 8
}

/// The gap that stands for a longer one, which follows.
const LONG_GAP: u8 = 7;

impl Bases {
    /// Reads a table: how many characters; for each a byte, whose upper three bits are how many were passed
    /// over since the last, and whose others how many characters its base has; then the bases, of each character how far it
    /// is from the one before it, of the first of a base how far from the last one's first. Forms of the alphabet
    /// stand in the order of the alphabet, so that most are one further.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let mut chars = Vec::new();
        let mut lengths = Vec::new();
        let mut next = 0;
        for _ in 0..reader.small().ok()? {
            let head = reader.byte().ok()?;
            next += match head >> 5 {
                LONG_GAP => reader.small().ok()?,
                gap => u32::from(gap),
            };
            chars.push(char::from_u32(next)?);
            lengths.push(head & 31);
            next += 1;
        }
        let mut text = String::new();
        let mut ends = Vec::new();
        let mut first = 0_u32;
        for length in lengths {
            let mut last = first;
            for place in 0..length {
                let step = reader.small().ok()?;
                last = match step & 1 {
                    0 => last.checked_add(step / 2)?,
                    _ => last.checked_sub(step / 2 + 1)?,
                };
                text.push(char::from_u32(last)?);
                if place == 0 {
                    first = last;
                }
            }
            ends.push(u16::try_from(text.len()).ok()?);
        }
        let mut pages = Vec::new();
        for (before, &char) in (0..).zip(&chars) {
            if pages.len() <= page(char) {
                pages.resize(page(char) + 1, before);
            }
        }
        pages.push(u16::try_from(chars.len()).ok()?);
        Some(Self {
            chars,
            pages,
            ends,
            text,
        })
    }

    fn find(&self, char: char) -> Option<&str> {
        let &[start, end] = self.pages.get(page(char)..page(char) + 2)? else {
            return None;
        };
        let among = &self.chars[usize::from(start)..usize::from(end)];
        let index = usize::from(start) + among.binary_search(&char).ok()?;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        Some(&self.text[usize::from(start)..usize::from(self.ends[index])])
    }
}

// The first Hangul syllable; how many there are, with one leading consonant, and with one vowel after it.
const HANGUL: u32 = 0xac00;
const SYLLABLES: u32 = 11_172;
const OF_LEAD: u32 = 588;
const OF_VOWEL: u32 = 28;

/// Gives out what a character is made of, without marks.
pub(super) fn each_base(char: char, mut each: impl FnMut(char)) {
    // Syllables are composed by arithmetic: The Unicode Standard, 3.12.
    let syllable = u32::from(char).wrapping_sub(HANGUL);
    if syllable < SYLLABLES {
        let tail = syllable % OF_VOWEL;
        let parts = [
            Some(0x1100 + syllable / OF_LEAD),
            Some(0x1161 + syllable % OF_LEAD / OF_VOWEL),
            (tail > 0).then(|| 0x11a7 + tail),
        ];
        parts
            .into_iter()
            .flatten()
            .filter_map(char::from_u32)
            .for_each(each);
    } else if let Some(base) = BASES.find(char) {
        base.chars().for_each(each);
    } else {
        each(char);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use segue_components::wire::codec::put_number;
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::canonical_combining_class;

    fn normalized(char: char) -> String {
        let parts = char.nfkd();
        parts
            .filter(|&part| canonical_combining_class(part) == 0)
            .collect()
    }

    fn table() -> Vec<u8> {
        let syllables = HANGUL..HANGUL + SYLLABLES;
        let mut heads = Vec::new();
        let mut text = Vec::new();
        let (mut count, mut next, mut first) = (0, 0, 0_u32);
        for char in ('\0'..=char::MAX).filter(|&char| !syllables.contains(&u32::from(char))) {
            let base = normalized(char);
            if base == String::from(char) {
                continue;
            }
            let length = u8::try_from(base.chars().count()).unwrap();
            assert!(length < 32);
            let gap = u32::from(char) - next;
            match u8::try_from(gap).ok().filter(|&gap| gap < LONG_GAP) {
                Some(gap) => heads.push(gap << 5 | length),
                None => {
                    heads.push(LONG_GAP << 5 | length);
                    put_number(&mut heads, gap.into());
                }
            }
            let mut last = first;
            for (place, part) in base.chars().map(u32::from).enumerate() {
                let step = match part.checked_sub(last) {
                    Some(up) => up * 2,
                    None => (last - part) * 2 - 1,
                };
                put_number(&mut text, step.into());
                last = part;
                if place == 0 {
                    first = part;
                }
            }
            count += 1;
            next = u32::from(char) + 1;
        }
        let mut table = Vec::new();
        put_number(&mut table, count);
        [table, heads, text].concat()
    }

    /// After an update of `unicode-normalization`: `UPDATE_BASES=1 cargo test -p segue-systems bases`.
    #[test]
    fn the_table_is_what_unicode_says() {
        let table = table();
        if std::env::var_os("UPDATE_BASES").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/query/bases.bin");
            std::fs::write(path, &table).unwrap();
        }
        assert!(table == TABLE, "bases.bin is of another version of Unicode");
        for char in '\0'..=char::MAX {
            let mut bases = String::new();
            each_base(char, |base| bases.push(base));
            assert_eq!(bases, normalized(char), "{char:?}");
        }
    }
}
