//! The shortest way from one window to the next: what stays in order stays, the rest goes out and in.

use bevy_platform::collections::HashMap;
use segue_components::wire::frame::Splice;

fn row(index: usize) -> u32 {
    u32::try_from(index).expect("windows are short")
}

/// The edits that turn one window into another.
pub(crate) fn splices(old: &[u64], new: &[u64]) -> Vec<Splice> {
    let places: HashMap<u64, usize> = new.iter().enumerate().map(|(place, &id)| (id, place)).collect();
    let kept = longest_ascending(
        old.iter()
            .map(|id| places.get(id).copied())
            .collect::<Vec<_>>()
            .as_slice(),
    );
    let mut splices = Vec::new();
    let (mut from, mut to) = (0, 0);
    for (old_end, new_end) in kept.into_iter().chain([(old.len(), new.len())]) {
        if old_end > from || new_end > to {
            splices.push(Splice {
                at: row(to),
                removed: row(old_end - from),
                inserted: new[to..new_end].to_vec(),
            });
        }
        (from, to) = (old_end + 1, new_end + 1);
    }
    splices
}

/// The longest run of pairs (old place, new place) in which both ascend, by patience sorting.
fn longest_ascending(places: &[Option<usize>]) -> Vec<(usize, usize)> {
    // For each length, the old place of the run's end with the lowest new place.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; places.len()];
    for (old, &place) in places.iter().enumerate() {
        let Some(new) = place else { continue };
        let length = ends.partition_point(|&end| places[end].is_some_and(|end| end < new));
        before[old] = length.checked_sub(1).map(|length| ends[length]);
        if length == ends.len() {
            ends.push(old);
        } else {
            ends[length] = old;
        }
    }
    let mut run = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(old) = next {
        run.extend(places[old].map(|new| (old, new)));
        next = before[old];
    }
    run.reverse();
    run
}

#[cfg(test)]
mod tests {
    use super::*;
    use segue_components::wire::frame::ViewPatch;

    #[track_caller]
    fn check(old: &[u64], new: &[u64], edits: usize) {
        let patch = ViewPatch {
            splices: splices(old, new),
            ..ViewPatch::default()
        };
        let mut window = old.to_vec();
        assert!(patch.apply(&mut window));
        assert_eq!(window, new);
        assert_eq!(patch.splices.len(), edits, "{:?}", patch.splices);
    }

    #[test]
    fn what_stays_is_not_sent() {
        check(&[], &[], 0);
        check(&[1, 2, 3], &[1, 2, 3], 0);
        check(&[1, 2, 3], &[2, 3, 4], 2);
        check(&[1, 2, 3, 4, 5], &[1, 9, 3, 4, 5], 1);
        check(&[1, 2, 3, 4, 5], &[5, 1, 2, 3, 4], 2);
        check(&[], &[1, 2], 1);
        check(&[1, 2], &[], 1);
        check(&[1, 2, 3], &[4, 5, 6], 1);
        check(&[1, 2, 3], &[3, 2, 1], 2);
    }
}
