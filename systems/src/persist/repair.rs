//! Putting a loaded library right: references to what was lost with a damaged page, and work that was
//! under way when the library was last open.
//!
//! Batches are atomic, so references dangle only after a page was put aside. What a file's tags say is
//! read again: its stamp is cleared, and the next sync takes it for changed. What nobody else knows
//! (ratings, listens) stays with the track's number, which the file still names.

use bevy_ecs::component::Component;
use bevy_ecs::entity::Entity;
use bevy_ecs::world::World;
use bevy_platform::collections::HashSet;
use segue_components::album::AlbumCover;
use segue_components::artwork::EmbeddedIn;
use segue_components::erased;
use segue_components::file::{FileOf, FileStamp, Location, PlayedFrom, Presence};
use segue_components::id::{FileId, Noun, TrackId};
use segue_components::playback::{PlayerState, PlayerStatus, Queue};
use segue_components::sync_job::{JobState, PauseReason, SyncOf};
use segue_components::track::{Cover, OnAlbum, Title};

use crate::catalog::{self, Catalog};
use crate::clock::Clock;

/// Every entity that has a component, with its value.
fn all<C: Component + Clone>(world: &mut World) -> Vec<(Entity, C)> {
    let mut query = world.query::<(Entity, &C)>();
    query
        .iter(world)
        .map(|(entity, value)| (entity, value.clone()))
        .collect()
}

fn has(world: &World, noun: Noun, number: u64) -> bool {
    world.resource::<Catalog>().find(noun, number).is_some()
}

/// Removes a component whose reference leads nowhere, and says from which entities.
fn drop_dangling<C: Component + Clone>(
    world: &mut World,
    noun: Noun,
    number: impl Fn(&C) -> u64,
) -> Vec<Entity> {
    let mut found = Vec::new();
    for (entity, value) in all::<C>(world) {
        if !has(world, noun, number(&value)) {
            world.entity_mut(entity).remove::<C>();
            found.push(entity);
        }
    }
    found
}

/// Mends what refers to rows of a lost page.
pub(super) fn mend_references(world: &mut World) {
    // Tracks that lost something their tags say: their files are read again.
    let mut again: HashSet<FileId> = HashSet::default();
    drop_dangling::<PlayedFrom>(world, Noun::File, |of| of.0.0);
    drop_dangling::<EmbeddedIn>(world, Noun::File, |of| of.0.0);
    drop_dangling::<AlbumCover>(world, Noun::Artwork, |of| of.0.0);
    let mut lost = drop_dangling::<OnAlbum>(world, Noun::Album, |of| of.0.0);
    lost.extend(drop_dangling::<Cover>(world, Noun::Artwork, |of| of.0.0));
    again.extend(
        lost.into_iter()
            .filter_map(|track| world.get::<PlayedFrom>(track))
            .map(|from| from.0),
    );

    // A track of which only the file is left, or file and rating: it keeps its number.
    for (file, FileOf(track)) in all::<FileOf>(world) {
        let Some(&id) = world.get::<FileId>(file) else {
            continue;
        };
        let entity = Catalog::find_or_spawn(world, Noun::Track, track.0);
        if world.get::<Title>(entity).is_none() {
            if world.get::<PlayedFrom>(entity).is_none() {
                erased::insert(&mut world.entity_mut(entity), PlayedFrom(id));
            }
            again.insert(id);
        }
    }
    for file in again {
        // No file of this length and time exists, so it counts as changed.
        catalog::set(world, file, FileStamp::default());
    }

    let unix = world.resource::<Clock>().unix;
    for (file, location) in all::<Location>(world) {
        let gone = !has(world, Noun::Provider, location.provider.0);
        if gone && !matches!(world.get(file), Some(Presence::MissingSince(_))) {
            erased::insert(&mut world.entity_mut(file), Presence::MissingSince(unix));
        }
    }
    for (job, SyncOf(provider)) in all::<SyncOf>(world) {
        if !has(world, Noun::Provider, provider.0) {
            let error = "its source was lost with a damaged page; add it again".into();
            erased::insert(&mut world.entity_mut(job), JobState::Failed { error });
        }
    }
    for (player, queue) in all::<Queue>(world) {
        let known = |track: &TrackId| has(world, Noun::Track, track.0);
        let before = queue.tracks.iter().take(queue.index as usize);
        let lost_before = before.filter(|track| !known(track)).count();
        let tracks: Vec<TrackId> = queue.tracks.iter().copied().filter(known).collect();
        if tracks.len() < queue.tracks.len() {
            let index = queue.index - u32::try_from(lost_before).unwrap_or(queue.index);
            erased::insert(&mut world.entity_mut(player), Queue { tracks, index });
        }
    }
}

/// Nothing runs and nothing sounds yet.
pub(super) fn stop_what_ran(world: &mut World) {
    for (job, state) in all::<JobState>(world) {
        if state == JobState::Running {
            let paused = JobState::Paused(PauseReason::Interrupted);
            erased::insert(&mut world.entity_mut(job), paused);
        }
    }
    for (player, state) in all::<PlayerState>(world) {
        if matches!(state.status, PlayerStatus::Playing | PlayerStatus::Buffering) {
            let paused = PlayerState {
                status: PlayerStatus::Paused,
                ..state
            };
            erased::insert(&mut world.entity_mut(player), paused);
        }
    }
}
