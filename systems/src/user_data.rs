//! Everything the listener made as one file, and such a file merged into a library: `systems/EXPORT.md`.
//!
//! - [`mod@file`]: the file, written and read
//! - [`identity`]: which track of this library one of the file is
//! - `wanted`: finds much among very much
//! - `merge`: what of the file comes in, and what of the library stays

pub mod file;
pub mod identity;
mod merge;
pub(crate) mod wanted;

use bevy_ecs::schedule::{IntoScheduleConfigs, Schedules};
use bevy_ecs::world::World;
use bevy_platform::collections::HashMap;
use segue_components::prelude::*;

use self::file::{FileError, Item, KnownTrack, List, UserData};
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::link;
use crate::persist::refuse_writes;
use crate::plugin::Plugin;
use crate::schedule::{Tick, TickSystems};
use crate::{catalog, history, playlist, sort};

/// Writes and merges the file of what the listener made.
#[derive(Debug, Default)]
pub struct UserDataPlugin;

impl Plugin for UserDataPlugin {
    fn build(&self, world: &mut World) {
        let answer = answer_requests.in_set(TickSystems::Apply);
        world.resource_mut::<Schedules>().add_systems(Tick, answer);
    }
}

fn answer_requests(world: &mut World) {
    let is_ours =
        |request: &Request| matches!(request, Request::ExportUserData | Request::ImportUserData { .. });
    for asked in link::asked(world, is_ours) {
        let answer = match &asked.request {
            Request::ImportUserData { bytes } => match refuse_writes(world) {
                Some(reason) => Err(RequestError::ReadOnly { reason }),
                None => import(world, bytes)
                    .map(|report| Response::UserDataImported(Box::new(report)))
                    .map_err(|error| RequestError::Invalid {
                        reason: error.to_string(),
                    }),
            },
            _ => Ok(Response::Document(file::write(&gather(world)).into_bytes())),
        };
        world.write_message(asked.answer(answer));
    }
}

/// Merges a file into the library. On an error nothing changed.
///
/// # Errors
/// A [`FileError`].
pub fn import(world: &mut World, bytes: &[u8]) -> Result<ImportReport, FileError> {
    let data = file::read(bytes)?;
    Ok(merge::merge(world, data))
}

/// The tracks that are told of, each once.
#[derive(Default)]
struct Told {
    places: HashMap<u64, u32>,
    tracks: Vec<KnownTrack>,
}

impl Told {
    /// The place of a track among those told of; `None` if it is gone.
    fn place(&mut self, world: &World, track: TrackId) -> Option<usize> {
        if let Some(&place) = self.places.get(&track.0) {
            return Some(place as usize);
        }
        let known = identity::describe(world, track)?;
        let place = self.tracks.len();
        self.tracks.push(known);
        self.places.insert(track.0, u32::try_from(place).ok()?);
        Some(place)
    }
}

/// Everything the listener made.
pub fn gather(world: &World) -> UserData {
    let mut told = Told::default();
    let catalog = world.resource::<Catalog>();
    let stated = catalog.all(Noun::Track).filter(|&(_, entity)| {
        let stats = world.get::<PlayStats>(entity);
        world.get::<Rating>(entity).is_some() || stats.is_some_and(|stats| *stats != PlayStats::default())
    });
    let mut stated: Vec<u64> = stated.map(|(number, _)| number).collect();
    sort::plain(&mut stated);
    for track in stated.into_iter().map(TrackId) {
        if let Some(place) = told.place(world, track) {
            let known = &mut told.tracks[place];
            known.rating = catalog::get::<Rating>(world, track).map_or(0, |rating| rating.stars());
            known.stats = catalog::get::<PlayStats>(world, track)
                .copied()
                .unwrap_or_default();
        }
    }
    let mut lists = Vec::new();
    for id in playlist::all(world) {
        let Some(name) = catalog::get::<PlaylistName>(world, id) else {
            continue;
        };
        let name = name.0.to_string();
        let list = playlist::entries(world, id);
        let items = list.entries.iter().filter_map(|entry| match &entry.item {
            EntryItem::Track(track) => told.place(world, *track).map(Item::Track),
            EntryItem::Unmatched(unmatched) => Some(Item::Unmatched((**unmatched).clone())),
        });
        lists.push(List {
            name,
            items: items.collect(),
            times: catalog::get(world, id).copied().unwrap_or_default(),
            smart: catalog::get(world, id).cloned(),
        });
    }
    let mut listens = Vec::new();
    for listen in history::all(world) {
        // Of a track that is gone nothing is known by which another library could find it.
        if let Some(place) = told.place(world, listen.track) {
            listens.push((place, listen));
        }
    }
    UserData {
        exported: world.resource::<Clock>().unix,
        tracks: told.tracks,
        playlists: lists,
        history: listens,
    }
}
