//! What columns are made of: numbers, differences, texts, and values that repeat.
//!
//! A page has at most 256 values of a kind, so an index into what repeats is one byte.

use core::hash::Hash;

use bevy_platform::collections::HashMap;
use segue_components::wire::codec::{Reader, WireError, put_number};

/// Maps differences around zero to small numbers: 0, -1, 1, -2, …
fn zigzag(difference: i64) -> u64 {
    (difference.cast_unsigned() << 1) ^ (difference >> 63).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Appends numbers, each as its distance from the one before. Any numbers in any order; neighbours cost a byte.
pub(super) fn put_steps(out: &mut Vec<u8>, numbers: impl Iterator<Item = u64>) {
    let mut last = 0u64;
    for number in numbers {
        put_number(out, zigzag(number.wrapping_sub(last).cast_signed()));
        last = number;
    }
}

/// Takes so many numbers that [`put_steps`] wrote.
pub(super) fn take_steps(
    reader: &mut Reader<'_>,
    count: usize,
    mut each: impl FnMut(u64),
) -> Result<(), WireError> {
    let mut last = 0u64;
    for _ in 0..count {
        last = last.wrapping_add(unzigzag(reader.number()?).cast_unsigned());
        each(last);
    }
    Ok(())
}

/// Appends texts: all lengths in bytes, then all bytes.
pub(super) fn put_texts<'a>(out: &mut Vec<u8>, texts: impl Iterator<Item = &'a str> + Clone) {
    for text in texts.clone() {
        put_number(out, text.len() as u64);
    }
    for text in texts {
        out.extend_from_slice(text.as_bytes());
    }
}

/// Takes so many texts that [`put_texts`] wrote.
pub(super) fn take_texts(
    reader: &mut Reader<'_>,
    count: usize,
    mut each: impl FnMut(&str),
) -> Result<(), WireError> {
    let mut lengths = reader.clone();
    let mut total = 0u64;
    for _ in 0..count {
        total = total
            .checked_add(reader.number()?)
            .ok_or_else(|| reader.malformed())?;
    }
    let total = usize::try_from(total).map_err(|_| reader.malformed())?;
    let malformed = reader.malformed();
    // Once for all of them: the check costs more for many short texts than for a long one.
    let text = core::str::from_utf8(reader.take(total)?).map_err(|_| malformed.clone())?;
    let mut rest = text;
    for _ in 0..count {
        let length = usize::try_from(lengths.number()?).map_err(|_| malformed.clone())?;
        let (one, after) = rest.split_at_checked(length).ok_or_else(|| malformed.clone())?;
        each(one);
        rest = after;
    }
    Ok(())
}

/// Appends texts of which each begins as the one before did, such as paths in a folder: how many bytes
/// are the same, how many follow, and these.
pub(super) fn put_paths<'a>(out: &mut Vec<u8>, paths: impl Iterator<Item = &'a str>) {
    let mut last = "";
    for path in paths {
        let mut same = last.bytes().zip(path.bytes()).take_while(|(a, b)| a == b).count();
        while !path.is_char_boundary(same) {
            same -= 1;
        }
        put_number(out, same as u64);
        put_number(out, (path.len() - same) as u64);
        out.extend_from_slice(&path.as_bytes()[same..]);
        last = path;
    }
}

/// Takes so many texts that [`put_paths`] wrote.
///
/// A page of lies could repeat one long path 256 times; that is the most it can make of its bytes.
pub(super) fn take_paths(
    reader: &mut Reader<'_>,
    count: usize,
    mut each: impl FnMut(&str),
) -> Result<(), WireError> {
    let mut path = String::new();
    for _ in 0..count {
        let same = usize::try_from(reader.number()?).map_err(|_| reader.malformed())?;
        if !path.is_char_boundary(same) {
            return Err(reader.malformed());
        }
        let malformed = reader.malformed();
        let rest = core::str::from_utf8(reader.bytes()?).map_err(|_| malformed)?;
        path.truncate(same);
        path.push_str(rest);
        each(&path);
    }
    Ok(())
}

/// Appends values of which many are equal: how many differ, those, and for each value which it is,
/// in one byte, unless all are equal.
pub(super) fn put_repeated<T: Eq + Hash + Clone>(
    out: &mut Vec<u8>,
    values: impl Iterator<Item = T>,
    mut put: impl FnMut(&mut Vec<u8>, &T),
) {
    let mut seen: HashMap<T, u8> = HashMap::default();
    let mut indices = Vec::with_capacity(super::super::page::ROWS);
    let mut distinct = Vec::new();
    let mut last = None;
    for value in values {
        // Neighbours are of one album: to compare costs less than to hash.
        if let Some((of, index)) = &last
            && *of == value
        {
            indices.push(*index);
            continue;
        }
        let next = seen.len();
        let index = *seen.entry(value.clone()).or_insert_with_key(|value| {
            put(&mut distinct, value);
            u8::try_from(next).expect("a page has at most 256 values of a kind")
        });
        indices.push(index);
        last = Some((value, index));
    }
    put_number(out, seen.len() as u64);
    out.extend_from_slice(&distinct);
    if seen.len() > 1 {
        out.extend_from_slice(&indices);
    }
}

/// Takes so many values that [`put_repeated`] wrote.
pub(super) fn take_repeated<T>(
    reader: &mut Reader<'_>,
    count: usize,
    mut take: impl FnMut(&mut Reader<'_>) -> Result<T, WireError>,
    mut each: impl FnMut(&T),
) -> Result<(), WireError> {
    let distinct = usize::try_from(reader.number()?).map_err(|_| reader.malformed())?;
    if distinct > count || (distinct == 0) != (count == 0) {
        return Err(reader.malformed());
    }
    let mut values = Vec::with_capacity(distinct);
    for _ in 0..distinct {
        values.push(take(reader)?);
    }
    for _ in 0..count {
        let index = if distinct == 1 { 0 } else { reader.byte()? };
        each(values.get(usize::from(index)).ok_or_else(|| reader.malformed())?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_back_as_written() {
        let numbers = [5, 6, 7, 0, u64::MAX, 1 << 63, 3];
        let mut out = Vec::new();
        put_steps(&mut out, numbers.into_iter());
        let mut found = Vec::new();
        take_steps(&mut Reader::new(&out), numbers.len(), |number| found.push(number)).unwrap();
        assert_eq!(found, numbers);
        out.clear();
        put_steps(&mut out, 1_000_000..1_000_100);
        assert!(out.len() < 104, "neighbours cost a byte: {}", out.len());
    }

    #[test]
    fn texts_and_paths_come_back_as_written() {
        let texts = ["", "abc", "Ω/ü", "Ω/ö", "Ω/öx", ""];
        let mut out = Vec::new();
        put_texts(&mut out, texts.into_iter());
        let mut found: Vec<Box<str>> = Vec::new();
        take_texts(&mut Reader::new(&out), texts.len(), |text| {
            found.push(text.into())
        })
        .unwrap();
        assert_eq!(*found, texts.map(Into::into));
        out.clear();
        put_paths(&mut out, texts.into_iter());
        found.clear();
        take_paths(&mut Reader::new(&out), texts.len(), |text| {
            found.push(text.into())
        })
        .unwrap();
        assert_eq!(*found, texts.map(Into::into));
    }

    #[test]
    fn a_text_cut_inside_a_character_is_malformed() {
        // Two texts of one byte each over the two bytes of one character.
        let bytes = [1, 1, 0xc3, 0xa9];
        assert!(take_texts(&mut Reader::new(&bytes), 2, |_| ()).is_err());
        // A path that keeps one byte of it.
        let bytes = [0, 2, 0xc3, 0xa9, 1, 0];
        assert!(take_paths(&mut Reader::new(&bytes), 2, |_| ()).is_err());
    }

    #[test]
    fn a_length_beyond_the_bytes_is_malformed() {
        let mut bytes = Vec::new();
        put_number(&mut bytes, u64::MAX);
        put_number(&mut bytes, u64::MAX);
        assert!(take_texts(&mut Reader::new(&bytes), 2, |_| ()).is_err());
        assert!(take_paths(&mut Reader::new(&bytes), 1, |_| ()).is_err());
        assert!(take_repeated(&mut Reader::new(&bytes), 2, |reader| reader.byte(), |_| ()).is_err());
    }

    #[test]
    fn repeated_values_stand_once() {
        let mut out = Vec::new();
        let put = |out: &mut Vec<u8>, value: &u64| put_number(out, *value);
        put_repeated(&mut out, [9; 200].into_iter(), put);
        assert_eq!(out, [1, 9]);
        out.clear();
        put_repeated(&mut out, (0..256).rev(), put);
        let mut found = Vec::new();
        take_repeated(
            &mut Reader::new(&out),
            256,
            |reader| reader.number(),
            |&value| found.push(value),
        )
        .unwrap();
        assert!(found.into_iter().eq((0..256).rev()));
    }
}
