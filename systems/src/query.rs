//! Queries: what a listener types, and which rows stand in the answer. `systems/QUERY.md` tells the language.
//!
//! - [`fold`]: how text is made comparable
//! - [`ast`], [`fields`], [`parser`], [`pattern`]: the language; [`build`] is its door for code
//! - [`index`]: rows, orders and words, kept up to date; answers queries
//! - [`facets`]: the distinct values of a field, counted

use bevy_ecs::message::Messages;
use bevy_ecs::schedule::{IntoScheduleConfigs, Schedules};
use bevy_ecs::world::World;
use segue_components::id::{Noun, TrackId};
use segue_components::report::RequestError;

use crate::link::{Answer, Asked};
use crate::persist::Loaded;
use crate::plugin::Plugin;
use crate::schedule::{Tick, TickSystems};

mod answer;
pub mod ast;
mod bases;
mod bitmap;
pub mod build;
mod building;
mod chunks;
mod columns;
mod conditions;
mod distinct;
pub(crate) mod eval;
#[cfg(test)]
mod facet_tests;
pub mod facets;
#[cfg(test)]
mod field_tests;
pub mod fields;
pub mod fold;
mod gather;
mod groups;
mod hot;
pub mod index;
mod kept;
#[cfg(test)]
mod keystroke_tests;
mod lexer;
mod listed;
mod lists;
mod matcher;
mod on_albums;
mod order;
pub mod parser;
pub mod pattern;
#[cfg(test)]
mod pattern_tests;
mod print;
#[cfg(test)]
pub(crate) mod random;
mod reading;
mod search;
#[cfg(test)]
mod search_tests;
mod shared;
#[cfg(test)]
mod sliced;
mod sorting;
mod strings;
mod table;
mod tailoring;
#[cfg(test)]
mod tests;
mod typos;
mod values;
mod words;

/// All tracks that answer a query, in its order.
///
/// # Errors
/// [`RequestError::Query`] if it does not follow the grammar.
pub fn tracks(world: &mut World, query: &str) -> Result<Vec<TrackId>, RequestError> {
    let found = index::find(world, Noun::Track, query, 0, u32::MAX)?;
    Ok(found.ids.into_iter().map(TrackId).collect())
}

/// Keeps the index up to date.
#[derive(Debug, Default)]
pub struct QueryPlugin;

impl Plugin for QueryPlugin {
    fn build(&self, world: &mut World) {
        world.init_resource::<index::Index>();
        // Whoever loads registers it as a message; without a store nobody does, and none is ever written.
        world.init_resource::<Messages<Loaded>>();
        // And whoever links hosts registers what they ask.
        world.init_resource::<Messages<Asked>>();
        world.init_resource::<Messages<Answer>>();
        world.resource_mut::<Schedules>().add_systems(
            Tick,
            (
                index::update_index.in_set(TickSystems::Index),
                facets::answer_requests.in_set(TickSystems::Mirror),
            ),
        );
    }
}
