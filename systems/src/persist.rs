//! Keeping the library: what changed becomes pages, pages become batches, batches become durable.
//!
//! - [`store`]: the seam below; [`memory`] is one of its backends
//! - [`driver`]: who owns a store and answers for it
//! - [`page`], [`record`], [`table`], [`meta`]: the bytes, see `STORAGE.md`
//! - [`collect`], [`blobs`]: from changes to dirty pages and waiting blobs
//! - [`last_seen`]: what hosts saw last, and see first when the library is opened again
//! - [`owner`]: opening, loading, flushing and closing, a tick at a time
//! - [`check`]: reading a whole library and saying what is wrong with it
//! - [`testing`]: a library over a store, run by hand
//!
//! A world is opened by giving it a [`StoreLink`] before its first tick. Until
//! [`Loaded`] is told, nothing may spawn things of the library; requests that hosts make meanwhile wait,
//! except those about views: one that was seen when the library was last open shows that at once.

pub mod blobs;
pub mod check;
pub mod collect;
pub mod driver;
pub mod last_seen;
mod load;
pub mod memory;
pub mod meta;
pub mod owner;
pub mod page;
pub mod record;
mod repair;
pub mod store;
pub mod table;
pub mod testing;

use bevy_ecs::message::{Message, MessageRegistry};
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::{IntoScheduleConfigs, Schedules};
use bevy_ecs::world::World;
use segue_components::report::StorageState;

pub use self::blobs::Blobs;
pub use self::collect::Backlog;
pub use self::driver::{Driver, DriverLink, OpenError, StoreAnswer, StoreLink, StoreRequest, links};
pub use self::last_seen::LastSeen;
pub use self::owner::{Persist, close, flush_now};
use crate::changes;
use crate::notices::Notices;
use crate::plugin::Plugin;
use crate::schedule::{Tick, TickSystems};

/// Loads the library and keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersistPlugin {
    /// A batch goes out when nothing changed for this many milliseconds.
    pub idle: u64,
    /// It goes out at the latest so many milliseconds after the first change in it.
    pub longest: u64,
    /// The same for changes that are not worth a write of their own: the place in the current track.
    pub lazy: u64,
    /// It goes out at once when so many pages wait.
    pub most_pages: usize,
    /// How many pages are loaded in one tick. One takes about 0.15 ms natively, and more in a browser.
    pub pages_per_tick: usize,
}

impl Default for PersistPlugin {
    fn default() -> Self {
        Self {
            idle: 150,
            longest: 1_000,
            lazy: 5_000,
            most_pages: 64,
            pages_per_tick: 8,
        }
    }
}

impl Plugin for PersistPlugin {
    fn build(&self, world: &mut World) {
        world.init_resource::<Storage>();
        world.init_resource::<Backlog>();
        world.init_resource::<Blobs>();
        world.init_resource::<Notices>();
        world.init_resource::<LastSeen>();
        let persist = Persist::new(self.clone());
        world.insert_resource(persist);
        MessageRegistry::register_message::<Loaded>(world);
        world.resource_mut::<Schedules>().add_systems(
            Tick,
            (
                owner::receive_answers.in_set(TickSystems::Receive),
                owner::hold_requests
                    .after(TickSystems::Receive)
                    .before(TickSystems::Apply),
                owner::answer_requests.in_set(TickSystems::Apply),
                // What the index stage changed is stored too.
                changes::settle
                    .after(TickSystems::Index)
                    .before(TickSystems::Persist),
                (owner::collect_changes, owner::flush)
                    .chain()
                    .in_set(TickSystems::Persist),
            ),
        );
    }
}

/// Everything that was stored is in the world: time to build what is derived from it. Told once.
#[derive(Message, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded;

/// Where the library is stored and how that goes.
#[derive(Resource, Debug, Clone, Default, PartialEq, Eq)]
pub struct Storage {
    /// What hosts are told.
    pub state: StorageState,
    /// Whether hosts can be shown something: everything is loaded, or all small things and what they saw last.
    pub begun: bool,
    /// How much of it is loaded.
    pub progress: Progress,
    /// Why the library could not be opened, if that is so. Its store is as it was.
    pub refused: Option<OpenError>,
    /// Whether everything was written and the store let go of, after [`owner::close`].
    pub closed: bool,
}

/// How much of a library is loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Pages that were loaded.
    pub done: u64,
    /// Pages that may have to be, at most.
    pub total: u64,
}

/// Why a request that would change the library is refused at this time, if it is. Whoever gets a reason
/// answers [`RequestError::ReadOnly`](segue_components::report::RequestError::ReadOnly) with it.
///
/// Without [`PersistPlugin`] nothing is refused.
#[must_use]
pub fn refuse_writes(world: &World) -> Option<String> {
    world.get_resource::<Storage>()?.state.read_only.clone()
}
