//! Edits of a list of entries. An entry keeps its id wherever it moves, and no id is given twice.

use std::sync::Arc;

use segue_components::playlist::{Entry, EntryItem, PlaylistEntries};

/// Puts items before a place; at the length or beyond, they are appended.
#[must_use]
pub fn insert(list: &PlaylistEntries, items: Vec<EntryItem>, at: usize) -> PlaylistEntries {
    let mut last = list.last;
    let mut entries = Vec::with_capacity(list.entries.len() + items.len());
    let (before, after) = list.entries.split_at(at.min(list.entries.len()));
    entries.extend_from_slice(before);
    for item in items {
        last += 1;
        entries.push(Entry { id: last, item });
    }
    entries.extend_from_slice(after);
    PlaylistEntries {
        last,
        entries: Arc::new(entries),
    }
}

/// Takes entries out. What is not there, because somebody else took it out before, does not matter.
#[must_use]
pub fn remove(list: &PlaylistEntries, ids: &[u32]) -> PlaylistEntries {
    let gone = sorted(ids);
    let kept = list
        .entries
        .iter()
        .filter(|entry| gone.binary_search(&entry.id).is_err());
    PlaylistEntries {
        last: list.last,
        entries: Arc::new(kept.cloned().collect()),
    }
}

/// Moves entries, in the order in which they are named, to before what stands at a place; at the length, to the
/// end. Entries that are not there do not matter.
#[must_use]
pub fn reorder(list: &PlaylistEntries, ids: &[u32], at: usize) -> PlaylistEntries {
    let moved = sorted(ids);
    let mut entries: Vec<Entry> = Vec::with_capacity(list.entries.len());
    let mut place = 0;
    let mut taken: Vec<&Entry> = Vec::with_capacity(moved.len());
    for (index, entry) in list.entries.iter().enumerate() {
        if index == at {
            place = entries.len();
        }
        if moved.binary_search(&entry.id).is_ok() {
            taken.push(entry);
        } else {
            entries.push(entry.clone());
        }
    }
    if at >= list.entries.len() {
        place = entries.len();
    }
    crate::sort::by_key(&mut taken, |entry| entry.id);
    let mut in_order = Vec::with_capacity(taken.len());
    let mut left: Vec<Option<Entry>> = taken.iter().map(|&entry| Some(entry.clone())).collect();
    for id in ids {
        if let Ok(index) = taken.binary_search_by_key(id, |entry| entry.id) {
            in_order.extend(left[index].take());
        }
    }
    entries.splice(place..place, in_order);
    PlaylistEntries {
        last: list.last,
        entries: Arc::new(entries),
    }
}

fn sorted(ids: &[u32]) -> Vec<u32> {
    let mut sorted = ids.to_vec();
    crate::sort::by_key(&mut sorted, |&id| id);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::persist::testing::model::Random;
    use segue_components::id::TrackId;

    fn items(tracks: &[u64]) -> Vec<EntryItem> {
        tracks
            .iter()
            .map(|&track| EntryItem::Track(TrackId(track)))
            .collect()
    }

    fn ids(list: &PlaylistEntries) -> Vec<u32> {
        list.entries.iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn ids_stay_and_are_not_given_twice() {
        let list = insert(&PlaylistEntries::default(), items(&[7, 7, 8]), 99);
        assert_eq!(ids(&list), [1, 2, 3]);
        let list = remove(&list, &[3, 3, 77]);
        let list = insert(&list, items(&[9]), 1);
        assert_eq!(ids(&list), [1, 4, 2]);
        assert_eq!(ids(&reorder(&list, &[2, 1, 2, 50], 1)), [2, 1, 4]);
        assert_eq!(ids(&reorder(&list, &[1], 3)), [4, 2, 1]);
        assert_eq!(ids(&reorder(&list, &[1], 0)), [1, 4, 2], "before itself");
        assert_eq!(ids(&reorder(&list, &[], 2)), [1, 4, 2]);
    }

    #[test]
    fn a_move_keeps_all_entries_and_the_order_of_the_others() {
        let random = &mut Random::new(11);
        for _ in 0..2_000 {
            let length = random.below(12);
            let tracks: Vec<u64> = (0..length).collect();
            let list = insert(&PlaylistEntries::default(), items(&tracks), 0);
            let mut moved: Vec<u32> = Vec::new();
            for _ in 0..random.below(5) {
                let id = u32::try_from(random.below(14)).unwrap();
                if !moved.contains(&id) {
                    moved.push(id);
                }
            }
            let at = usize::try_from(random.below(length + 2)).unwrap();
            let after = reorder(&list, &moved, at);
            let mut sorted = ids(&after);
            sorted.sort_unstable();
            assert_eq!(sorted, ids(&list));
            let rest = |list: &PlaylistEntries| -> Vec<u32> {
                ids(list).into_iter().filter(|id| !moved.contains(id)).collect()
            };
            assert_eq!(rest(&after), rest(&list));
            let there: Vec<u32> = moved
                .iter()
                .copied()
                .filter(|&id| list.position(id).is_some())
                .collect();
            if let (Some(first), Some(before)) = (there.first(), list.entries.get(at))
                && !moved.contains(&before.id)
            {
                let place = after.position(*first).unwrap();
                assert_eq!(ids(&after)[place..place + there.len()], there);
                assert_eq!(ids(&after)[place + there.len()], before.id);
            }
        }
    }
}
