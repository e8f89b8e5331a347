//! Counts what is in the library, for whoever asks.

use bevy_ecs::message::Messages;
use bevy_ecs::schedule::{IntoScheduleConfigs, Schedules};
use bevy_ecs::world::World;
use bevy_platform::collections::HashSet;
use segue_components::prelude::*;

use crate::catalog;
use crate::link::Asked;
use crate::plugin::Plugin;
use crate::schedule::{Tick, TickSystems};

/// Answers [`Request::Count`].
#[derive(Debug, Default)]
pub struct CountPlugin;

impl Plugin for CountPlugin {
    fn build(&self, world: &mut World) {
        let count = answer_requests.in_set(TickSystems::Apply);
        world.resource_mut::<Schedules>().add_systems(Tick, count);
    }
}

fn answer_requests(world: &mut World) {
    let asked: Vec<Asked> = world
        .resource_mut::<Messages<Asked>>()
        .iter_current_update_messages()
        .cloned()
        .collect();
    for asked in asked.into_iter().filter(|asked| asked.request == Request::Count) {
        let counts = count(world);
        world.write_message(asked.answer(Ok(Response::Counts(counts))));
    }
}

/// Looks at every track: for reports at the end of a scan, not for every frame.
pub fn count(world: &mut World) -> LibraryCounts {
    let mut tracks = 0;
    let mut albums = HashSet::new();
    let mut artists: HashSet<&str> = HashSet::new();
    let mut query = world.query::<(&TrackId, &PlayedFrom, Option<&OnAlbum>, Option<&ArtistCredit>)>();
    for (_, from, album, credit) in query.iter(world) {
        if catalog::get::<Presence>(world, from.0) != Some(&Presence::Present) {
            continue;
        }
        tracks += 1;
        artists.extend(
            credit
                .into_iter()
                .flat_map(|credit| &credit.0.names)
                .map(AsRef::as_ref),
        );
        if let Some(&OnAlbum(album)) = album
            && albums.insert(album)
            && let Some(artist) = catalog::get::<AlbumArtist>(world, album)
        {
            artists.extend(artist.0.names.iter().map(AsRef::as_ref));
        }
    }
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    LibraryCounts {
        tracks,
        albums: number(albums.len()),
        artists: number(artists.len()),
    }
}
