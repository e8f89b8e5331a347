//! Bringing a provider up to date: list its files, read the tags of those that are new or changed, and
//! apply what they say.
//!
//! Nothing here waits. A listing and the reading of tags happen outside of the world, behind the channels
//! of a [`ScanLink`]: threads natively, workers in a browser.
//!
//! - [`work`]: what crosses those channels
//! - [`job`]: the life of a sync job, and the requests that start, pause and end it
//! - [`apply`]: one read file becomes a track, a file, an album, a picture
//! - [`group`]: which tracks make an album
//! - [`http_folder`]: the listing of a folder on a web server
//! - [`originals`]: pictures as they stand in their files
//! - [`index`]: what is found by path, by key and by hash

pub mod apply;
pub mod group;
pub mod http_folder;
pub mod index;
pub mod job;
pub mod originals;
mod provider;
pub mod work;

use bevy_ecs::message::Messages;
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::{IntoScheduleConfigs, Schedules};
use bevy_ecs::world::World;
use crossbeam_channel::{Receiver, Sender};

use crate::inlet::Inlet;
use crate::persist::Loaded;
use crate::plugin::Plugin;
use crate::schedule::{Tick, TickSystems};
use work::{ListRequest, Listing, ReadAnswer, ReadRequest};

/// The channels to whatever lists folders and reads files.
#[derive(Resource, Debug)]
pub struct ScanLink {
    /// Asks for listings.
    pub lister: Sender<ListRequest>,
    /// Pages of listings, from the lister and from [`ScanLink::fetched`].
    pub listings: [Receiver<Listing>; 2],
    /// Asks for the tags of files.
    pub pool: Sender<ReadRequest>,
    /// What they say.
    pub answers: Receiver<ReadAnswer>,
    /// Where listings that the library fetches itself come in: those of web servers.
    pub fetched: Inlet<Listing>,
    /// How many files may be in the pool at once.
    pub in_flight: usize,
}

/// Scans providers.
#[derive(Debug, Default)]
pub struct ScanPlugin;

impl Plugin for ScanPlugin {
    fn build(&self, world: &mut World) {
        world.init_resource::<index::FileIndex>();
        world.init_resource::<index::AlbumIndex>();
        world.init_resource::<index::ArtworkIndex>();
        world.init_resource::<index::Orphans>();
        world.init_resource::<index::Filling>();
        world.init_resource::<Messages<Loaded>>();
        world.init_resource::<job::Scans>();
        world.init_resource::<originals::Originals>();
        world.resource_mut::<Schedules>().add_systems(
            Tick,
            (
                index::fill_some,
                provider::answer_requests,
                job::answer_requests,
                originals::answer_requests,
                job::receive_listings,
                job::receive_tags,
                job::advance,
            )
                .chain()
                .in_set(TickSystems::Apply),
        );
    }
}
