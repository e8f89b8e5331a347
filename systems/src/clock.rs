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
