//! The tick: the one schedule, its stages, and how it is run.

use bevy_ecs::message::{MessageRegistry, message_update_system};
use bevy_ecs::schedule::{IntoScheduleConfigs, Schedule, ScheduleLabel, Schedules, SystemSet};
use bevy_ecs::world::World;

use crate::catalog::Catalog;
use crate::changes::{self, Changes};
use crate::clock::{Clock, Wake};

/// One step of the library, run whenever something came in or is due.
#[derive(ScheduleLabel, Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tick;

/// The stages of a [`Tick`], in order.
#[derive(SystemSet, Debug, Clone, PartialEq, Eq, Hash)]
pub enum TickSystems {
    /// Drain the channels: requests, pages of listings, tags, answers of the store, reports of sound.
    Receive,
    /// Change the world accordingly.
    Apply,
    /// Bring everything derived up to date: totals, text, orders, views.
    Index,
    /// Collect what changed and hand batches to the store.
    Persist,
    /// Collect what the hosts see of it.
    Mirror,
    /// Put frames, answers, jobs and commands into the channels.
    Send,
}

/// Prepares an empty world: the clock, the catalog, the change log and the stages.
///
/// Systems of one stage that touch the same data are ordered by the plugins that add them; the order
/// of the stages is fixed here.
pub fn setup(world: &mut World) {
    world.init_resource::<Clock>();
    world.init_resource::<Wake>();
    world.init_resource::<Catalog>();
    world.init_resource::<Changes>();
    world.init_resource::<MessageRegistry>();
    world.init_resource::<Schedules>();
    changes::observe(world);
    let mut schedule = Schedule::new(Tick);
    schedule.configure_sets(
        (
            TickSystems::Receive,
            TickSystems::Apply,
            TickSystems::Index,
            TickSystems::Persist,
            TickSystems::Mirror,
            TickSystems::Send,
        )
            .chain(),
    );
    schedule.add_systems((
        message_update_system.before(TickSystems::Receive),
        changes::settle
            .after(TickSystems::Apply)
            .before(TickSystems::Index),
        changes::clear.after(TickSystems::Send),
    ));
    world.resource_mut::<Schedules>().insert(schedule);
}

/// Runs one tick at this time.
pub fn run_tick(world: &mut World, clock: Clock) {
    *world.resource_mut::<Clock>() = clock;
    *world.resource_mut::<Wake>() = Wake::default();
    world.run_schedule(Tick);
    // Without `bevy_app` nobody else does this, and removals and messages would never age.
    world.clear_trackers();
}
