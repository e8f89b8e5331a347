//! Providers come and go, and ratings are given: the requests that change the library by hand.

use bevy_ecs::message::Messages;
use bevy_ecs::world::World;
use segue_components::prelude::*;

use super::apply::{leave_album, refresh_albums};
use super::index::FileIndex;
use super::job;
use crate::catalog::{self, Catalog};
use crate::link::Asked;
use crate::persist::refuse_writes;
use crate::playlist;

pub(super) fn answer_requests(world: &mut World) {
    let asked: Vec<Asked> = world
        .resource_mut::<Messages<Asked>>()
        .iter_current_update_messages()
        .cloned()
        .collect();
    for asked in asked {
        let writes = |world: &World| match refuse_writes(world) {
            Some(reason) => Err(RequestError::ReadOnly { reason }),
            None => Ok(()),
        };
        let answer = match &asked.request {
            Request::AddProvider { kind, name } => {
                writes(world).map(|()| Response::Provider(add(world, kind.clone(), name)))
            }
            Request::RemoveProvider { provider } => writes(world).and_then(|()| remove(world, *provider)),
            Request::SetAccess { provider, access } => set_access(world, *provider, *access),
            Request::Rate { track, stars } => writes(world).and_then(|()| rate(world, *track, *stars)),
            _ => continue,
        };
        world.write_message(asked.answer(answer));
    }
}

/// Adds a provider, or finds the one that is the same place.
fn add(world: &mut World, kind: ProviderKind, name: &str) -> ProviderId {
    let known = world
        .query::<(&ProviderId, &ProviderKind)>()
        .iter(world)
        .find(|(_, known)| **known == kind);
    if let Some((&provider, _)) = known {
        return provider;
    }
    let values = (kind, ProviderName(name.into()), Access::Granted);
    match lost_provider(world) {
        Some(lost) => {
            let entity = Catalog::find_or_spawn(world, Noun::Provider, lost.0);
            world.entity_mut(entity).insert(values);
            lost
        }
        None => Catalog::spawn(world, values),
    }
}

/// A provider that was lost with a damaged page while its files were not. The next that is added takes its
/// number, and with it the tracks, ratings and listens of the files that it finds in their places; should it be
/// another folder, they stay missing as they are.
fn lost_provider(world: &mut World) -> Option<ProviderId> {
    let mut files = world.query::<&Location>();
    let catalog = world.resource::<Catalog>();
    let mut providers = files.iter(world).map(|location| location.provider);
    providers.find(|&provider| catalog.entity(provider).is_none())
}

fn no_provider(provider: ProviderId) -> RequestError {
    RequestError::NotFound {
        what: format!("provider {provider}"),
    }
}

fn remove(world: &mut World, provider: ProviderId) -> Result<Response, RequestError> {
    if world.resource::<Catalog>().entity(provider).is_none() {
        return Err(no_provider(provider));
    }
    job::abandon(world, provider);
    let files: Vec<(FileId, Location, Option<TrackId>)> = world
        .query::<(&FileId, &Location, Option<&FileOf>)>()
        .iter(world)
        .filter(|(_, location, _)| location.provider == provider)
        .map(|(&file, location, of)| (file, location.clone(), of.map(|of| of.0)))
        .collect();
    let tracks = files
        .iter()
        .filter_map(|(_, _, track)| Some(track.as_ref()?.0))
        .collect();
    playlist::release(world, tracks);
    for (file, location, track) in files {
        world.resource_mut::<FileIndex>().remove(&location, file);
        Catalog::despawn(world, file);
        if let Some(track) = track {
            forget_track(world, track);
        }
    }
    refresh_albums(world);
    Catalog::despawn(world, provider);
    Ok(Response::Done)
}

fn forget_track(world: &mut World, track: TrackId) {
    let Some(entity) = world.resource::<Catalog>().entity(track) else {
        return;
    };
    leave_album(world, track, entity, None);
    Catalog::despawn(world, track);
}

fn set_access(world: &mut World, provider: ProviderId, access: Access) -> Result<Response, RequestError> {
    if catalog::set(world, provider, access) {
        Ok(Response::Done)
    } else {
        Err(no_provider(provider))
    }
}

fn rate(world: &mut World, track: TrackId, stars: u8) -> Result<Response, RequestError> {
    let Some(entity) = world.resource::<Catalog>().entity(track) else {
        return Err(RequestError::NotFound {
            what: format!("track {track}"),
        });
    };
    match (stars, Rating::new(stars)) {
        (0, _) => {
            world.entity_mut(entity).remove::<Rating>();
        }
        (_, Some(rating)) => {
            catalog::set(world, track, rating);
        }
        (_, None) => {
            return Err(RequestError::Invalid {
                reason: format!("a rating has 0 to 5 stars, not {stars}"),
            });
        }
    }
    Ok(Response::Done)
}
