//! The one source of time.
//!
//! Whoever runs the ticks writes the time first; systems read it and nothing else. So a test steps
//! time by hand, and a recorded run replays.

use bevy_ecs::resource::Resource;

/// The time of the current tick.
#[derive(Resource, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clock {
    /// Milliseconds that only ever grow, from an arbitrary start.
    pub now: u64,
    /// Milliseconds since 1970, as the machine believes.
    pub unix: u64,
}

/// When the next tick is due if nothing comes in before.
///
/// Emptied before each tick; whatever waits for a time says so again.
#[derive(Resource, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wake(Option<u64>);

impl Wake {
    /// Asks for a tick at this time of [`Clock::now`], or earlier.
    pub fn at(&mut self, time: u64) {
        self.0 = Some(self.0.map_or(time, |due| due.min(time)));
    }

    /// The time that was asked for, in milliseconds of [`Clock::now`].
    #[must_use]
    pub fn due(self) -> Option<u64> {
        self.0
    }
}
