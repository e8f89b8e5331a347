//! Edits of the queue. The current entry stays current wherever it moves.

use segue_components::id::TrackId;
use segue_components::playback::Queue;

/// Puts tracks before an entry; at the length or beyond, they are appended.
#[must_use]
pub fn insert(mut queue: Queue, tracks: &[TrackId], at: u32) -> Queue {
    let at = (at as usize).min(queue.tracks.len());
    let playing = (queue.index as usize) < queue.tracks.len();
    queue.tracks.splice(at..at, tracks.iter().copied());
    if playing && at <= queue.index as usize {
        queue.index += count(tracks.len());
    }
    queue
}

/// Takes entries out. The second half says whether the current one was among them; then the one that
/// moved up into its place is current.
#[must_use]
pub fn remove(mut queue: Queue, at: u32, number: u32) -> (Queue, bool) {
    let start = (at as usize).min(queue.tracks.len());
    let end = start.saturating_add(number as usize).min(queue.tracks.len());
    let current = queue.index as usize;
    let current_gone = (start..end).contains(&current);
    queue.tracks.drain(start..end);
    if current_gone {
        queue.index = count(start);
    } else if current >= end {
        queue.index -= count(end - start);
    }
    (queue, current_gone)
}

/// Moves an entry to a place in the queue without it.
#[must_use]
pub fn reorder(mut queue: Queue, from: u32, to: u32) -> Queue {
    let (from, current) = (from as usize, queue.index as usize);
    if from >= queue.tracks.len() {
        return queue;
    }
    let track = queue.tracks.remove(from);
    let to = (to as usize).min(queue.tracks.len());
    queue.tracks.insert(to, track);
    queue.index = count(if current == from {
        to
    } else {
        let without = if current > from { current - 1 } else { current };
        if without >= to && current < queue.tracks.len() {
            without + 1
        } else {
            without
        }
    });
    queue
}

/// Empties the queue, but for an entry that plays.
#[must_use]
pub fn clear(queue: Queue, playing: bool) -> Queue {
    let kept = queue.current().filter(|_| playing);
    Queue {
        tracks: kept.into_iter().collect(),
        index: 0,
    }
}

/// A number of queue entries as the queue counts them.
fn count(entries: usize) -> u32 {
    u32::try_from(entries).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(tracks: &[u64], index: u32) -> Queue {
        Queue {
            tracks: tracks.iter().copied().map(TrackId).collect(),
            index,
        }
    }

    #[test]
    fn what_is_inserted_before_the_current_entry_moves_it() {
        assert_eq!(
            insert(queue(&[1, 2, 3], 1), &[TrackId(9)], 0),
            queue(&[9, 1, 2, 3], 2)
        );
        assert_eq!(
            insert(queue(&[1, 2, 3], 1), &[TrackId(9)], 2),
            queue(&[1, 2, 9, 3], 1)
        );
        assert_eq!(
            insert(queue(&[1, 2, 3], 1), &[TrackId(9)], 99),
            queue(&[1, 2, 3, 9], 1)
        );
        assert_eq!(
            insert(queue(&[1], 1), &[TrackId(9)], 99),
            queue(&[1, 9], 1),
            "the end was reached: go on there"
        );
    }

    #[test]
    fn removing_the_current_entry_makes_the_following_one_current() {
        assert_eq!(remove(queue(&[1, 2, 3], 1), 1, 1), (queue(&[1, 3], 1), true));
        assert_eq!(remove(queue(&[1, 2, 3], 2), 0, 2), (queue(&[3], 0), false));
        assert_eq!(remove(queue(&[1, 2, 3], 0), 1, 99), (queue(&[1], 0), false));
        assert_eq!(remove(queue(&[1, 2, 3], 2), 2, 1), (queue(&[1, 2], 2), true));
        assert_eq!(
            remove(queue(&[1, 2], 0), u32::MAX, u32::MAX),
            (queue(&[1, 2], 0), false)
        );
    }

    #[test]
    fn clearing_keeps_what_plays() {
        assert_eq!(clear(queue(&[1, 2, 3], 1), true), queue(&[2], 0));
        assert_eq!(clear(queue(&[1, 2, 3], 1), false), queue(&[], 0));
        assert_eq!(clear(queue(&[1], 1), true), queue(&[], 0));
    }

    #[test]
    fn the_current_entry_stays_current_wherever_it_moves() {
        for from in 0..5 {
            for to in 0..5 {
                for current in 0..5 {
                    let before = queue(&[10, 11, 12, 13, 14], current);
                    let playing = before.current();
                    let after = reorder(before, from, to);
                    assert_eq!(after.current(), playing, "{current}: {from} to {to}");
                    assert_eq!(after.tracks[to as usize].0, 10 + u64::from(from));
                }
            }
        }
    }
}
