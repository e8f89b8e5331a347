//! Reads the values of fields: numbers, lengths, decimals, ages and dates, and ranges of them.

use segue_components::track::PartialDate;

use super::ast::{LevelRange, Range, Time, Unit};

/// A whole number.
pub(super) fn number(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// A whole number, or thousands as in `320k` and `44.1k`.
pub(super) fn thousands(text: &str) -> Option<u32> {
    match text.strip_suffix(['k', 'K']) {
        Some(text) => u32::try_from(decimal(text, 3)?).ok(),
        None => number(text),
    }
}

/// `180`, `3:00` or `1:02:03` in seconds.
pub(super) fn seconds(text: &str) -> Option<u32> {
    let mut parts = text.split(':');
    let mut total = number(parts.next()?)?;
    let mut rest = 0;
    for part in parts {
        rest += 1;
        let part = Some(part).filter(|part| part.len() == 2).and_then(number)?;
        total = total
            .checked_mul(60)?
            .checked_add(Some(part).filter(|&part| part < 60)?)?;
    }
    (rest <= 2).then_some(total)
}

/// A decimal number in units of so many places.
fn decimal(text: &str, places: u32) -> Option<i32> {
    let size = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = size.split_once('.').unwrap_or((size, "0"));
    if whole.is_empty() || part.is_empty() || part.len() > places as usize {
        return None;
    }
    let missing = places - u32::try_from(part.len()).ok()?;
    let part = number(part)?.checked_mul(10_u32.pow(missing))?;
    let number = number(whole)?
        .checked_mul(10_u32.pow(places))?
        .checked_add(part)?;
    let number = i32::try_from(number).ok()?;
    Some(if size.len() < text.len() { -number } else { number })
}

/// The two ends of a range, either of which may be open; `step` goes so far from a number that is excluded.
fn ends(
    text: &str,
    read: &dyn Fn(&str) -> Option<i64>,
    step: &dyn Fn(i64, i64) -> Option<i64>,
) -> Option<(Option<i64>, Option<i64>)> {
    if let Some(rest) = text.strip_prefix(">=") {
        return Some((Some(read(rest)?), None));
    }
    if let Some(rest) = text.strip_prefix("<=") {
        return Some((None, Some(read(rest)?)));
    }
    if let Some(rest) = text.strip_prefix('>') {
        return Some((Some(step(read(rest)?, 1)?), None));
    }
    if let Some(rest) = text.strip_prefix('<') {
        return Some((None, Some(step(read(rest)?, -1)?)));
    }
    let Some((from, to)) = text.split_once("..") else {
        let exact = read(text)?;
        return Some((Some(exact), Some(exact)));
    };
    let bound = |text: &str| match text {
        "" => Some(None),
        _ => read(text).map(Some),
    };
    let (from, to) = (bound(from)?, bound(to)?);
    let ascending = from.is_none_or(|from| to.is_none_or(|to| from <= to));
    ascending.then_some((from, to))
}

/// A range of numbers, each read so.
pub(super) fn range(text: &str, read: impl Fn(&str) -> Option<u32>) -> Option<Range> {
    let within = |number: i64| u32::try_from(number).ok();
    let (from, to) = ends(text, &|text| read(text).map(i64::from), &|number, step| {
        within(number + step).map(i64::from)
    })?;
    Some(Range {
        from: from.and_then(within),
        to: to.and_then(within),
    })
}

/// A range of decimal numbers in units of so many places.
pub(super) fn levels(text: &str, places: u32) -> Option<LevelRange> {
    let within = |number: i64| i32::try_from(number).ok();
    let (from, to) = ends(
        text,
        &|text| decimal(text, places).map(i64::from),
        &|number, step| within(number + step).map(i64::from),
    )?;
    Some(LevelRange {
        from: from.and_then(within),
        to: to.and_then(within),
    })
}

fn age(text: &str) -> Option<(u32, Unit)> {
    let letter = text.chars().last()?;
    let (_, unit) = Unit::ALL.into_iter().find(|&(known, _)| known == letter)?;
    let digits = &text[..text.len() - letter.len_utf8()];
    (!digits.is_empty()).then(|| number(digits).map(|count| (count, unit)))?
}

fn date(text: &str) -> Option<PartialDate> {
    PartialDate::parse(text).filter(|date| date.to_string() == text)
}

/// An age, a date, or a range of dates.
pub(super) fn time(text: &str) -> Option<Time> {
    let bare = text.trim_start_matches(['<', '>', '=']);
    let sign = &text[..text.len() - bare.len()];
    if let Some((count, unit)) = age(bare) {
        return match sign {
            "" | "<" | "<=" => Some(Time::Within(count, unit)),
            ">" | ">=" => Some(Time::Before(count, unit)),
            _ => None,
        };
    }
    if let Some((from, to)) = bare.split_once("..") {
        let bound = |text: &str| match text {
            "" => Some(None),
            _ => date(text).map(Some),
        };
        let (from, to) = (bound(from)?, bound(to)?);
        let ascending = from.is_none_or(|from| to.is_none_or(|to| from <= to));
        return (sign.is_empty() && ascending).then_some(Time::Dates { from, to });
    }
    let date = date(bare)?;
    let (from, to) = match sign {
        "" => (Some(date), Some(date)),
        ">=" => (Some(date), None),
        "<=" => (None, Some(date)),
        _ => return None,
    };
    Some(Time::Dates { from, to })
}
