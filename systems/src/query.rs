//! Queries: what a listener types, and which rows stand in the answer. `systems/QUERY.md` tells the language.
//!
//! - [`fold`]: how text is made comparable
//! - [`ast`], [`parser`]: the language
//! - [`index`]: rows, orders and words, kept up to date; answers queries

use bevy_ecs::schedule::{IntoScheduleConfigs, Schedules};
use bevy_ecs::world::World;

use crate::plugin::Plugin;
use crate::schedule::{Tick, TickSystems};

pub mod ast;
mod bitmap;
mod eval;
pub mod fold;
pub mod index;
mod lexer;
mod order;
pub mod parser;
#[cfg(test)]
mod random;
mod strings;
mod table;

/// Keeps the index up to date.
#[derive(Debug, Default)]
pub struct QueryPlugin;

impl Plugin for QueryPlugin {
    fn build(&self, world: &mut World) {
        world.init_resource::<index::Index>();
        world
            .resource_mut::<Schedules>()
            .add_systems(Tick, index::update_index.in_set(TickSystems::Index));
    }
}
