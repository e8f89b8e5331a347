//! Playback: the queue and what sounds of it.
//!
//! The sound itself is made elsewhere, behind the channels of a [`PlaybackLink`]: this turns requests into
//! commands, and what the player reports as heard back into components.
//!
//! - [`queue`]: edits of the queue, as pure functions
//! - [`deck`]: which entries of the queue the player holds, and what it is told next
//! - `listen`: when a listen counts

pub mod deck;
mod listen;
pub mod queue;

use bevy_ecs::message::Messages;
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::common_conditions::on_message;
use bevy_ecs::schedule::{IntoScheduleConfigs, Schedules};
use bevy_ecs::world::World;
use crossbeam_channel::{Receiver, Sender};
use segue_audio::command::{AudioCommand, AudioReport};
use segue_components::prelude::*;

use crate::catalog::{self, Catalog};
use crate::link::Asked;
use crate::persist::Loaded;
use crate::playlist;
use crate::plugin::Plugin;
use crate::query;
use crate::schedule::{Tick, TickSystems};
use deck::Deck;

/// The channels to whatever makes sound.
#[derive(Resource, Debug)]
pub struct PlaybackLink {
    /// Commands to it.
    pub commands: Sender<AudioCommand>,
    /// What it reports.
    pub reports: Receiver<AudioReport>,
}

/// Plays the queue.
#[derive(Debug, Default)]
pub struct PlaybackPlugin;

impl Plugin for PlaybackPlugin {
    fn build(&self, world: &mut World) {
        world.init_resource::<Deck>();
        world.resource_mut::<Schedules>().add_systems(
            Tick,
            (
                rest_after_load.run_if(on_message::<Loaded>),
                deck::receive_reports,
                answer_requests,
                deck::follow_queue,
            )
                .chain()
                .in_set(TickSystems::Apply),
        );
    }
}

/// What sounded when the library was last open does not sound now: it waits where it was.
fn rest_after_load(world: &mut World) {
    let player = player(world);
    let state = catalog::get::<PlayerState>(world, player)
        .cloned()
        .unwrap_or_default();
    if matches!(state.status, PlayerStatus::Playing | PlayerStatus::Buffering) {
        let status = PlayerStatus::Paused;
        catalog::set(
            world,
            player,
            PlayerState {
                status,
                error: None,
                ..state
            },
        );
    }
}

/// The one player of a library, made when first needed.
pub fn player(world: &mut World) -> PlayerId {
    let known = world.query::<&PlayerId>().iter(world).min().copied();
    known.unwrap_or_else(|| {
        Catalog::spawn(
            world,
            (Queue::default(), PlayerState::default(), Volume::default()),
        )
    })
}

fn answer_requests(world: &mut World) {
    let asked: Vec<Asked> = world
        .resource_mut::<Messages<Asked>>()
        .iter_current_update_messages()
        .cloned()
        .collect();
    for asked in asked {
        let Request::Player(request) = &asked.request else {
            continue;
        };
        let answer = obey(world, request).map(|()| Response::Done);
        world.write_message(asked.answer(answer));
    }
}

fn obey(world: &mut World, request: &PlayerRequest) -> Result<(), RequestError> {
    let player = player(world);
    let queue = catalog::get::<Queue>(world, player).cloned().unwrap_or_default();
    match request {
        PlayerRequest::PlayQuery { query, start } => {
            let tracks = query::tracks(world, query)?;
            return play(world, player, tracks, *start);
        }
        PlayerRequest::PlayTracks { tracks, start } => return play(world, player, tracks.clone(), *start),
        PlayerRequest::PlayPlaylist { playlist, start } => {
            let (tracks, start) = playlist::tracks(world, *playlist, *start)?;
            return play(world, player, tracks, start);
        }
        PlayerRequest::Resume => deck::resume(world, player),
        PlayerRequest::Pause => deck::pause(world, player),
        PlayerRequest::Stop => deck::stop(world, player),
        PlayerRequest::Seek { position } => deck::seek(world, player, *position),
        PlayerRequest::Next => deck::skip(world, player),
        PlayerRequest::Previous => deck::previous(world, player),
        PlayerRequest::JumpTo { index } => {
            if *index as usize >= queue.tracks.len() {
                return Err(RequestError::NotFound {
                    what: format!("entry {index} of the queue"),
                });
            }
            deck::jump(world, player, *index);
        }
        PlayerRequest::Insert { tracks, at } => {
            let unknown = tracks
                .iter()
                .find(|&&track| world.resource::<Catalog>().entity(track).is_none());
            if let Some(track) = unknown {
                return Err(RequestError::NotFound {
                    what: format!("track {track}"),
                });
            }
            catalog::set(world, player, queue::insert(queue, tracks, *at));
        }
        PlayerRequest::Remove { at, count } => {
            let (edited, current_gone) = queue::remove(queue, *at, *count);
            catalog::set(world, player, edited);
            if current_gone {
                deck::replace_current(world, player);
            }
        }
        PlayerRequest::Move { from, to } => {
            catalog::set(world, player, queue::reorder(queue, *from, *to));
        }
        PlayerRequest::Clear => {
            let playing = world.resource::<Deck>().is_loaded();
            catalog::set(world, player, queue::clear(queue, playing));
        }
        PlayerRequest::SetVolume { volume } => {
            let volume = (*volume).min(1_000);
            catalog::set(world, player, Volume(volume));
            deck::tell(world, AudioCommand::SetVolume(volume));
        }
        _ => {
            return Err(RequestError::Invalid {
                reason: "this build does not know the request".to_owned(),
            });
        }
    }
    Ok(())
}

fn play(world: &mut World, player: PlayerId, tracks: Vec<TrackId>, start: u32) -> Result<(), RequestError> {
    if start as usize >= tracks.len() {
        let what = if tracks.is_empty() {
            "track to play".to_owned()
        } else {
            format!("row {start}")
        };
        return Err(RequestError::NotFound { what });
    }
    catalog::set(world, player, Queue { tracks, index: start });
    deck::jump(world, player, start);
    Ok(())
}
