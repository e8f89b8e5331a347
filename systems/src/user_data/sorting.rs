//! Sorts listens by time, so many at a time.

use std::collections::VecDeque;

use segue_components::history::Listen;

use crate::sort;

/// How many are sorted at once before they are merged.
const RUN: usize = 4_096;

/// Listens that are being sorted. Those that come in order, as those of a log do, cost nothing more.
#[derive(Debug, Default)]
pub(super) struct Sorting {
    /// Each of them sorted, but for the last one until [`Sorting::step`].
    runs: VecDeque<Vec<Listen>>,
    /// How many of the last run are in order behind one another, and may stay where they are.
    sorted: usize,
    /// What the first two runs are merged into, and how much of each is in there.
    merged: Vec<Listen>,
    placed: [usize; 2],
}

impl Sorting {
    pub(super) fn push(&mut self, listen: Listen) {
        let Some(run) = self.runs.back_mut() else {
            self.runs.push_back(vec![listen]);
            self.sorted = 1;
            return;
        };
        if self.sorted == run.len() && run[run.len() - 1].at <= listen.at {
            self.sorted += 1;
        } else if run.len() - self.sorted >= RUN || self.sorted >= RUN {
            self.end_run();
            self.runs.push_back(vec![listen]);
            self.sorted = 1;
            return;
        }
        run.push(listen);
    }

    fn end_run(&mut self) {
        if let Some(run) = self.runs.back_mut()
            && self.sorted < run.len()
        {
            sort::by_key(run, |&listen| listen);
            self.sorted = run.len();
        }
    }

    /// Moves so many at the most. `true` when they are sorted.
    pub(super) fn step(&mut self, left: &mut usize) -> bool {
        self.end_run();
        while let [Some(first), Some(second)] = [self.runs.front(), self.runs.get(1)] {
            if *left == 0 {
                return false;
            }
            *left -= 1;
            let [a, b] = self.placed;
            match (first.get(a), second.get(b)) {
                (Some(x), y) if y.is_none_or(|y| x.at <= y.at) => {
                    self.merged.push(*x);
                    self.placed[0] += 1;
                }
                (_, Some(y)) => {
                    self.merged.push(*y);
                    self.placed[1] += 1;
                }
                _ => {
                    self.runs.drain(..2);
                    self.runs.push_back(core::mem::take(&mut self.merged));
                    self.placed = [0, 0];
                }
            }
        }
        true
    }

    pub(super) fn into_sorted(mut self) -> Vec<Listen> {
        self.runs.pop_front().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use segue_components::id::TrackId;

    fn check(times: impl Iterator<Item = u64>) {
        let mut sorting = Sorting::default();
        let mut expected: Vec<u64> = Vec::new();
        for at in times {
            expected.push(at);
            sorting.push(Listen {
                at,
                track: TrackId(1),
                heard: 0,
                counted: false,
            });
        }
        expected.sort_unstable();
        let mut steps = 0;
        while !sorting.step(&mut 100) {
            steps += 1;
            assert!(steps < expected.len(), "it comes to an end");
        }
        let sorted: Vec<u64> = sorting.into_sorted().iter().map(|listen| listen.at).collect();
        assert_eq!(sorted, expected);
    }

    #[test]
    fn whatever_comes_is_sorted() {
        check(0..0);
        check(0..20_000);
        check((0..20_000).rev());
        check((0..20_000).map(|at| at * 7_919 % 20_011));
        check((0..5_000).chain(0..5_000).chain([3]));
    }

    #[test]
    fn what_comes_in_order_is_not_moved() {
        let mut sorting = Sorting::default();
        for at in 0..20_000 {
            sorting.push(Listen {
                at,
                track: TrackId(1),
                heard: 0,
                counted: false,
            });
        }
        let mut left = 1;
        assert!(sorting.step(&mut left) && left == 1);
    }
}
