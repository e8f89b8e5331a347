//! The plugins of a library, in order.

use bevy_ecs::world::World;
use segue_systems::count::CountPlugin;
use segue_systems::duplicates::DuplicatesPlugin;
use segue_systems::history::HistoryPlugin;
use segue_systems::link::LinkPlugin;
use segue_systems::mirror::MirrorPlugin;
use segue_systems::persist::PersistPlugin;
use segue_systems::playback::PlaybackPlugin;
use segue_systems::playlist::PlaylistPlugin;
use segue_systems::plugin::Plugin;
use segue_systems::query::QueryPlugin;
use segue_systems::scan::ScanPlugin;
use segue_systems::user_data::UserDataPlugin;

/// Adds every plugin of a library to a world that [`segue_systems::schedule::setup`] has prepared.
pub fn build(world: &mut World) {
    LinkPlugin.build(world);
    // A tab may be closed at any moment, and nobody wants to look for the place again.
    PersistPlugin {
        lazy: 1_000,
        ..PersistPlugin::default()
    }
    .build(world);
    ScanPlugin.build(world);
    PlaybackPlugin.build(world);
    HistoryPlugin.build(world);
    PlaylistPlugin.build(world);
    UserDataPlugin.build(world);
    DuplicatesPlugin.build(world);
    CountPlugin.build(world);
    QueryPlugin.build(world);
    MirrorPlugin.build(world);
}
