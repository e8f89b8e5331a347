//! Notices: what happened, told to every host once. Whoever has something to tell pushes it; the mirror
//! sends and empties the list at the end of the tick.

use bevy_ecs::resource::Resource;
use segue_components::report::Notice;

/// The notices that no host was told yet.
#[derive(Resource, Debug, Default)]
pub struct Notices(Vec<Notice>);

impl Notices {
    /// How many wait at most: without a mirror nobody takes them, and the oldest go.
    pub const MOST: usize = 1_000;

    /// Adds one.
    pub fn push(&mut self, notice: Notice) {
        if self.0.len() == Self::MOST {
            self.0.remove(0);
        }
        self.0.push(notice);
    }

    /// Takes them all, oldest first.
    pub fn take(&mut self) -> Vec<Notice> {
        core::mem::take(&mut self.0)
    }
}
