//! When a listen counts: at half of the track or four minutes, whichever comes first (ListenBrainz).

use segue_components::history::Listen;
use segue_components::id::TrackId;

/// How much of the current track was heard.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Listening {
    /// When it began, in milliseconds since 1970.
    began: u64,
    heard: u64,
    last: Option<u64>,
    counted: bool,
}

/// Two positions that are further apart have a seek between them.
const MOST_BETWEEN_REPORTS: u64 = 1_500;
const FOUR_MINUTES: u64 = 240_000;

impl Listening {
    /// Takes a reported position in, in milliseconds, at this time. `true` when the listen counts, once.
    pub(super) fn hear(&mut self, position: u64, duration: u64, unix: u64) -> bool {
        let step = self
            .last
            .and_then(|last| position.checked_sub(last))
            .filter(|&step| step <= MOST_BETWEEN_REPORTS);
        let step = step.unwrap_or(0);
        if self.heard == 0 {
            self.began = unix.saturating_sub(step);
        }
        self.heard += step;
        self.last = Some(position);
        let enough = duration > 0 && self.heard >= (duration / 2).min(FOUR_MINUTES);
        let counts = enough && !self.counted;
        self.counted |= enough;
        counts
    }

    /// What goes into the log of it, if anything was heard.
    pub(super) fn entry(self, track: TrackId) -> Option<Listen> {
        (self.heard > 0).then(|| Listen {
            at: self.began,
            track,
            heard: u32::try_from(self.heard).unwrap_or(u32::MAX),
            counted: self.counted,
        })
    }

    /// Whether it counted already.
    pub(super) fn counted(self) -> bool {
        self.counted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hears from one position to another in steps of a quarter of a second.
    fn hear(listen: &mut Listening, from: u64, to: u64, duration: u64) -> usize {
        (from..=to)
            .step_by(250)
            .filter(|&position| listen.hear(position, duration, 1_000_000 + position))
            .count()
    }

    #[test]
    fn half_of_a_track_counts_once() {
        let mut listen = Listening::default();
        assert_eq!(hear(&mut listen, 0, 99_750, 200_000), 0);
        assert_eq!(hear(&mut listen, 99_750, 200_000, 200_000), 1);
    }

    #[test]
    fn four_minutes_of_a_long_track_count() {
        let mut listen = Listening::default();
        assert_eq!(hear(&mut listen, 0, 239_750, 3_600_000), 0);
        assert_eq!(hear(&mut listen, 239_750, 241_000, 3_600_000), 1);
    }

    #[test]
    fn what_was_skipped_was_not_heard() {
        let mut listen = Listening::default();
        assert_eq!(hear(&mut listen, 0, 10_000, 200_000), 0);
        assert_eq!(hear(&mut listen, 150_000, 199_000, 200_000), 0);
        assert!(!listen.counted());
        let entry = listen.entry(TrackId(1)).expect("some was heard");
        assert_eq!((entry.at, entry.heard, entry.counted), (1_000_000, 59_000, false));
    }
}
