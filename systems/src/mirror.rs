//! The mirror: each host holds a small copy of what it shows, and the library keeps it true.
//! `components/WIRE.md` tells what crosses between the two.
//!
//! - [`ask`]: the library's side: what hosts ask of views and queries
//! - [`send`]: what changed for each host, and when it hears of it; `host` is one of them
//! - [`view`]: windows over the answers to queries, kept up to date
//! - [`receive`]: the host's side: frames into a world
//! - [`client`]: the host's side in one piece: requests, views and events over [`receive`]

use bevy_ecs::schedule::{IntoScheduleConfigs, Schedules};
use bevy_ecs::world::World;
use segue_components::album::{AlbumKey, AlbumTags};
use segue_components::artwork::EmbeddedIn;
use segue_components::file::{AudioHash, FileStamp};
use segue_components::id::Noun;
use segue_components::wire::registry::{Kind, KindSet};

use crate::changes;
use crate::notices::Notices;
use crate::plugin::Plugin;
use crate::query::index::{Index, update_index};
use crate::schedule::{Tick, TickSystems};

pub mod ask;
pub mod client;
mod diff;
mod frame;
mod host;
pub mod receive;
pub mod send;
pub mod view;

/// The nouns that every host has whole; of the others it has what its windows show.
pub const WHOLE: [Noun; 4] = [Noun::Provider, Noun::SyncJob, Noun::Player, Noun::Playlist];

/// Whether hosts get values of this kind. What only scans and grouping need stays in the library.
#[must_use]
pub fn is_mirrored(kind: &Kind) -> bool {
    let kept = KindSet::of::<AlbumKey>()
        | KindSet::of::<AlbumTags>()
        | KindSet::of::<AudioHash>()
        | KindSet::of::<FileStamp>()
        | KindSet::of::<EmbeddedIn>();
    !kept.has(kind)
}

/// Answers views and queries, and sends frames. Needs [`QueryPlugin`](crate::query::QueryPlugin) and
/// [`LinkPlugin`](crate::link::LinkPlugin).
#[derive(Debug, Default)]
pub struct MirrorPlugin;

impl Plugin for MirrorPlugin {
    fn build(&self, world: &mut World) {
        world.init_resource::<Index>();
        world.init_resource::<Notices>();
        world.init_resource::<send::Mirrors>();
        world.resource_mut::<Schedules>().add_systems(
            Tick,
            (
                // Totals of albums change while indexing, and are to be mirrored in the same tick.
                changes::settle
                    .after(TickSystems::Index)
                    .before(TickSystems::Persist),
                (ask::hear_hosts, send::refresh_views, send::remember_views)
                    .chain()
                    .in_set(TickSystems::Index)
                    .after(update_index),
                (send::note_changes, send::send_frames)
                    .chain()
                    .in_set(TickSystems::Mirror),
            ),
        );
    }
}
