//! The time of this machine, read in one place.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use segue_systems::clock::Clock;

/// Counts from when it was made.
#[derive(Debug, Clone, Copy)]
pub struct NativeClock {
    start: Instant,
}

impl NativeClock {
    /// Starts to count.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where the native hosts take the time from"
    )]
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    /// The time now.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where the native hosts take the time from"
    )]
    pub fn now(&self) -> Clock {
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Clock {
            now: millis(self.start.elapsed()),
            unix: millis(unix),
        }
    }
}
