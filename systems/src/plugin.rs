//! A plugin puts one feature into a world: its resources, messages, observers and systems.

use bevy_ecs::world::World;

/// One feature of the library.
///
/// The same idea as `bevy_app::Plugin` over a bare [`World`]: with `bevy_app` the smallest browser
/// bundle more than doubles.
pub trait Plugin {
    /// Adds the feature to a world that [`schedule::setup`](crate::schedule::setup) has prepared.
    fn build(&self, world: &mut World);
}
