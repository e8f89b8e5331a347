//! Sorting, compiled once.
//!
//! `slice::sort` and its kin are compiled anew, some kilobytes each, for every type and every comparison: thirty
//! of them were a twentieth of the library worker's bundle. Here what is sorted are places, by one function.

use core::cmp::Ordering;

/// Sorts numbers, be they rows or places, by what they stand for.
pub fn numbers(numbers: &mut [u32], compare: &mut dyn FnMut(u32, u32) -> Ordering) {
    numbers.sort_unstable_by(|&a, &b| compare(a, b));
}

/// Sorts the first so many of the numbers, and drops the others: quicker than to sort them all.
pub fn first(numbers: &mut Vec<u32>, count: usize, compare: &mut dyn FnMut(u32, u32) -> Ordering) {
    let (mut from, mut to) = (0, numbers.len());
    // Between `from` and `to` the place is where those that come first end (quickselect; Hoare 1961).
    while count < to && to - from > 16 {
        // No number is equal to another, so the places tell no more about their order than chance does.
        let pivot = numbers[from + (to - from) / 2];
        let (mut low, mut high) = (from, to);
        loop {
            while compare(numbers[low], pivot).is_lt() {
                low += 1;
            }
            high -= 1;
            while compare(pivot, numbers[high]).is_lt() {
                high -= 1;
            }
            if low >= high {
                break;
            }
            numbers.swap(low, high);
            low += 1;
        }
        // Below `low` none comes after the pivot, and from there on none before.
        if count < low {
            to = low;
        } else {
            from = low;
        }
    }
    numbers.truncate(to);
    self::numbers(numbers, compare);
    numbers.truncate(count);
}

/// Sorts plain numbers.
pub fn plain(numbers: &mut [u64]) {
    numbers.sort_unstable();
}

/// Sorts by a key, and leaves equal ones in their order.
pub fn by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts, and leaves equal ones in their order.
pub fn by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let count = u32::try_from(items.len()).expect("fewer than 2^32 things are sorted at once");
    let mut from: Vec<u32> = (0..count).collect();
    numbers(&mut from, &mut |a, b| {
        compare(&items[a as usize], &items[b as usize]).then(a.cmp(&b))
    });
    arrange(&mut from, &mut |a, b| items.swap(a, b));
}

/// Swaps until at every place stands what stood at `from[place]`.
fn arrange(from: &mut [u32], swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..from.len() {
        // Along the circle of places that give to one another; a place that is done gives to itself.
        let mut place = start;
        loop {
            let next =
                core::mem::replace(&mut from[place], u32::try_from(place).expect("it is a `u32`")) as usize;
            if next == start {
                break;
            }
            swap(place, next);
            place = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_sorted_as_the_standard_library_sorts_them() {
        let mut state = 1_u32;
        for length in 0..200 {
            let mut items: Vec<(u32, String)> = (0..length)
                .map(|number| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    ((state >> 16) % 23, format!("{number}"))
                })
                .collect();
            let mut expected = items.clone();
            expected.sort_by_key(|&(key, _)| key);
            by_key(&mut items, |&(key, _)| key);
            assert_eq!(items, expected, "{length}");
        }
    }

    #[test]
    fn the_first_of_many_numbers_are_those_of_all_sorted() {
        let mut state = 7_u32;
        for length in 0..150 {
            for few in [1, 3, 50_000] {
                let mut draw = || {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 16) % few
                };
                let keys: Vec<u32> = (0..length).map(|_| draw()).collect();
                let mut compare = |a: u32, b: u32| keys[a as usize].cmp(&keys[b as usize]).then(a.cmp(&b));
                let mut all: Vec<u32> = (0..length).collect();
                numbers(&mut all, &mut compare);
                for count in [0, 1, 17, 60, 149, 150] {
                    let mut some: Vec<u32> = (0..length).rev().collect();
                    first(&mut some, count, &mut compare);
                    assert_eq!(some, all[..count.min(all.len())], "{count} of {length}");
                }
            }
        }
    }

    #[test]
    fn numbers_are_sorted_by_what_they_stand_for() {
        let names = ["c", "a", "d", "b"];
        let mut places = [0, 1, 2, 3];
        numbers(&mut places, &mut |a, b| names[a as usize].cmp(names[b as usize]));
        assert_eq!(places, [1, 3, 0, 2]);
    }
}
