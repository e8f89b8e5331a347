//! Which entries of the queue the player holds, and what it is told next.
//!
//! The player knows entries by keys, which are never used twice: a report about an entry that was replaced
//! in the meantime finds no key here and changes nothing.

use bevy_ecs::resource::Resource;
use bevy_ecs::world::World;
use segue_audio::command::{AudioCommand, AudioReport, AudioStatus, Item, SourceAddress};
use segue_components::prelude::*;

use super::listen::Listening;
use super::{PlaybackLink, player};
use crate::catalog;
use crate::clock::Clock;
use crate::history;

/// What the player holds.
#[derive(Resource, Debug, Default)]
pub struct Deck {
    last_key: u64,
    current: Option<Entry>,
    next: Option<Entry>,
    /// Entries after the current one that could not be played, so that they are not offered again.
    unplayable: Vec<TrackId>,
    listen: Listening,
    /// When the position was last written down.
    written: u64,
}

impl Deck {
    /// Whether the player holds a track.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.current.is_some()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    key: u64,
    index: u32,
    track: TrackId,
}

/// How often the position is written while a track plays, in milliseconds. Hosts read the exact position
/// from the audio clock; this one is for the next start.
const POSITION_EVERY: u64 = 1_000;
/// `Previous` goes to the start of the track once so much of it was heard, in milliseconds.
const PREVIOUS_RESTARTS: u64 = 3_000;

/// Sends a command. Without a player, as in a library that only scans, it is dropped.
pub(super) fn tell(world: &World, command: AudioCommand) {
    if let Some(link) = world.get_resource::<PlaybackLink>() {
        drop(link.commands.send(command));
    }
}

fn queue(world: &World, player: PlayerId) -> Queue {
    catalog::get::<Queue>(world, player).cloned().unwrap_or_default()
}

fn state(world: &World, player: PlayerId) -> PlayerState {
    catalog::get::<PlayerState>(world, player)
        .cloned()
        .unwrap_or_default()
}

/// Where the bytes of a track are, or why there are none.
fn address(world: &World, track: TrackId) -> Result<SourceAddress, String> {
    let file = catalog::get::<PlayedFrom>(world, track)
        .ok_or("this track has no file")?
        .0;
    let location =
        catalog::get::<Location>(world, file).ok_or("the file of this track is not in the library")?;
    let kind =
        catalog::get::<ProviderKind>(world, location.provider).ok_or("the folder of this track is gone")?;
    let path = &location.path;
    Ok(match kind {
        ProviderKind::Folder { path: root } => {
            SourceAddress::Path(format!("{}/{path}", root.trim_end_matches('/')))
        }
        ProviderKind::Http { url } => SourceAddress::Url {
            url: crate::http::join(url, path),
            length: catalog::get::<FileStamp>(world, file).map_or(0, |stamp| stamp.size),
        },
        ProviderKind::Handle { key } => SourceAddress::Handle {
            key: key.clone(),
            path: path.to_string(),
        },
    })
}

fn item(world: &World, entry: Entry, start: u64) -> Result<Item, String> {
    let gain = catalog::get::<Loudness>(world, entry.track).and_then(|loudness| loudness.track_gain);
    Ok(Item {
        key: entry.key,
        address: address(world, entry.track)?,
        start,
        gain: gain.map_or(0.0, |gain| f32::from(gain) / 100.0),
    })
}

fn entry(world: &mut World, index: u32, track: TrackId) -> Entry {
    let mut deck = world.resource_mut::<Deck>();
    deck.last_key += 1;
    Entry {
        key: deck.last_key,
        index,
        track,
    }
}

/// Loads the current entry of the queue, or the first after it that can be played.
fn load(world: &mut World, player: PlayerId, start: u64, play: bool) {
    end_listen(world);
    let queue = queue(world, player);
    let mut start = start;
    let mut error = None;
    for index in queue.index..u32::try_from(queue.tracks.len()).unwrap_or(u32::MAX) {
        let track = queue.tracks[index as usize];
        let entry = entry(world, index, track);
        match item(world, entry, start) {
            Ok(item) => {
                catalog::set(world, player, Queue { index, ..queue });
                let deck = &mut *world.resource_mut::<Deck>();
                deck.current = Some(entry);
                deck.next = None;
                deck.unplayable.clear();
                deck.listen = Listening::default();
                tell(world, AudioCommand::Load { item, play });
                let status = if play {
                    PlayerStatus::Buffering
                } else {
                    PlayerStatus::Paused
                };
                let duration =
                    catalog::get::<Duration>(world, track).map_or(0, |duration| u64::from(duration.0));
                let state = PlayerState {
                    status,
                    track: Some(track),
                    position: start,
                    duration,
                    error,
                };
                catalog::set(world, player, state);
                return;
            }
            Err(reason) => error = Some(reason),
        }
        start = 0;
    }
    finish(world, player, error);
}

/// The queue came to its end.
fn finish(world: &mut World, player: PlayerId, error: Option<String>) {
    end_listen(world);
    let mut queue = queue(world, player);
    queue.index = u32::try_from(queue.tracks.len()).unwrap_or(u32::MAX);
    catalog::set(world, player, queue);
    let deck = &mut *world.resource_mut::<Deck>();
    deck.current = None;
    deck.next = None;
    tell(world, AudioCommand::Stop);
    catalog::set(
        world,
        player,
        PlayerState {
            error,
            ..PlayerState::default()
        },
    );
}

/// Goes to an entry of the queue and plays it.
pub(super) fn jump(world: &mut World, player: PlayerId, index: u32) {
    note_skip(world);
    let queue = queue(world, player);
    catalog::set(world, player, Queue { index, ..queue });
    load(world, player, 0, true);
}

/// Plays on; after a restart, from where it was; after the end of the queue, from its beginning.
pub(super) fn resume(world: &mut World, player: PlayerId) {
    if world.resource::<Deck>().current.is_some() {
        tell(world, AudioCommand::Play);
        return;
    }
    let mut queue = queue(world, player);
    let state = state(world, player);
    if queue.current().is_none() {
        queue.index = 0;
        catalog::set(world, player, queue);
        load(world, player, 0, true);
        return;
    }
    let start = if state.track == queue.current() {
        state.position
    } else {
        0
    };
    load(world, player, start, true);
}

pub(super) fn pause(world: &mut World, player: PlayerId) {
    tell(world, AudioCommand::Pause);
    let state = state(world, player);
    if matches!(state.status, PlayerStatus::Playing | PlayerStatus::Buffering) {
        catalog::set(
            world,
            player,
            PlayerState {
                status: PlayerStatus::Paused,
                ..state
            },
        );
    }
}

pub(super) fn stop(world: &mut World, player: PlayerId) {
    note_skip(world);
    end_listen(world);
    let deck = &mut *world.resource_mut::<Deck>();
    deck.current = None;
    deck.next = None;
    tell(world, AudioCommand::Stop);
    catalog::set(world, player, PlayerState::default());
}

/// Goes to a place in the current track. Before anything is loaded, it is where playing will begin.
pub(super) fn seek(world: &mut World, player: PlayerId, position: u64) {
    let current = state(world, player);
    let position = if current.duration > 0 {
        position.min(current.duration)
    } else {
        position
    };
    if world.resource::<Deck>().current.is_some() {
        tell(world, AudioCommand::Seek(position));
    }
    let track = current.track.or_else(|| queue(world, player).current());
    catalog::set(
        world,
        player,
        PlayerState {
            position,
            track,
            ..current
        },
    );
}

/// Goes to the next entry.
pub(super) fn skip(world: &mut World, player: PlayerId) {
    let queue = queue(world, player);
    match queue.following() {
        Some(_) => jump(world, player, queue.index + 1),
        None => {
            note_skip(world);
            finish(world, player, None);
        }
    }
}

/// Goes to the start of the track, or from there to the entry before.
pub(super) fn previous(world: &mut World, player: PlayerId) {
    let queue = queue(world, player);
    if state(world, player).position > PREVIOUS_RESTARTS || queue.index == 0 {
        seek(world, player, 0);
    } else {
        jump(world, player, queue.index - 1);
    }
}

/// The current entry was taken out of the queue: what moved up into its place plays, if anything played.
pub(super) fn replace_current(world: &mut World, player: PlayerId) {
    let status = state(world, player).status;
    note_skip(world);
    match status {
        PlayerStatus::Stopped => {}
        _ if queue(world, player).current().is_some() => {
            load(world, player, 0, status != PlayerStatus::Paused)
        }
        _ => finish(world, player, None),
    }
}

/// Tells the player what follows, whenever that is another than it knows.
pub(super) fn follow_queue(world: &mut World) {
    let Some(current) = world.resource::<Deck>().current else {
        return;
    };
    let player = player(world);
    let queue = queue(world, player);
    let deck = &mut *world.resource_mut::<Deck>();
    // An edit of the queue moves the current entry.
    deck.current = Some(Entry {
        index: queue.index,
        ..current
    });
    let after = queue.tracks.iter().enumerate().skip(queue.index as usize + 1);
    let following = after
        .map(|(index, &track)| (index, track))
        .find(|(_, track)| !deck.unplayable.contains(track));
    let Some((index, track)) = following else {
        if deck.next.take().is_some() {
            tell(world, AudioCommand::SetNext(None));
        }
        return;
    };
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    if let Some(next) = deck.next.as_mut().filter(|next| next.track == track) {
        next.index = index;
        return;
    }
    let next = entry(world, index, track);
    match item(world, next, 0) {
        Ok(item) => {
            world.resource_mut::<Deck>().next = Some(next);
            tell(world, AudioCommand::SetNext(Some(item)));
        }
        Err(_) => world.resource_mut::<Deck>().unplayable.push(track),
    }
}

/// Takes in what the player reports.
pub(super) fn receive_reports(world: &mut World) {
    while let Some(Ok(report)) = world
        .get_resource::<PlaybackLink>()
        .map(|link| link.reports.try_recv())
    {
        let player = player(world);
        match report {
            AudioReport::State {
                status,
                key,
                position,
            } => hear(world, player, status, key, position),
            AudioReport::Started { key, duration, .. } => started(world, player, key, duration),
            AudioReport::Ended { key } => ended(world, player, key),
            AudioReport::Failed { key, error } => failed(world, player, key, error),
            AudioReport::OutputFailed { error } => {
                // The player was dropped with its output: playing on loads the track anew.
                end_listen(world);
                let deck = &mut *world.resource_mut::<Deck>();
                deck.current = None;
                deck.next = None;
                let state = state(world, player);
                let status = PlayerStatus::Paused;
                catalog::set(
                    world,
                    player,
                    PlayerState {
                        status,
                        error: Some(error),
                        ..state
                    },
                );
            }
            // Who wants these asks the player's host for them.
            _ => {}
        }
    }
}

fn hear(world: &mut World, player: PlayerId, status: AudioStatus, key: Option<u64>, position: u64) {
    let Some(current) = world
        .resource::<Deck>()
        .current
        .filter(|current| Some(current.key) == key)
    else {
        return;
    };
    let status = match status {
        AudioStatus::Playing => PlayerStatus::Playing,
        AudioStatus::Paused => PlayerStatus::Paused,
        AudioStatus::Buffering => PlayerStatus::Buffering,
        AudioStatus::Stopped => return,
    };
    let before = state(world, player);
    let clock = *world.resource::<Clock>();
    let mut deck = world.resource_mut::<Deck>();
    if deck.listen.hear(position, before.duration, clock.unix) {
        // Logged now, and once more when it ends: a library that is killed in between knows as much.
        let entry = deck.listen.entry(current.track);
        count_listen(world, current.track, clock.unix);
        if let Some(entry) = entry {
            history::log(world, entry);
        }
        deck = world.resource_mut::<Deck>();
    }
    if status != before.status || clock.now >= deck.written + POSITION_EVERY {
        deck.written = clock.now;
        let error = if status == PlayerStatus::Playing {
            None
        } else {
            before.error.clone()
        };
        catalog::set(
            world,
            player,
            PlayerState {
                status,
                position,
                error,
                ..before
            },
        );
    }
}

fn count_listen(world: &mut World, track: TrackId, unix: u64) {
    let stats = catalog::get::<PlayStats>(world, track)
        .copied()
        .unwrap_or_default();
    catalog::set(
        world,
        track,
        PlayStats {
            plays: stats.plays + 1,
            last_played: unix,
            ..stats
        },
    );
}

/// Another track follows, or none: what was heard of this one goes into the log.
fn end_listen(world: &mut World) {
    let deck = &mut *world.resource_mut::<Deck>();
    let listening = core::mem::take(&mut deck.listen);
    let entry = deck.current.and_then(|current| listening.entry(current.track));
    if let Some(entry) = entry {
        history::log(world, entry);
    }
}

/// The listener leaves the current track: a skip, unless the listen counted.
fn note_skip(world: &mut World) {
    let deck = world.resource::<Deck>();
    let Some(current) = deck.current.filter(|_| !deck.listen.counted()) else {
        return;
    };
    let stats = catalog::get::<PlayStats>(world, current.track)
        .copied()
        .unwrap_or_default();
    catalog::set(
        world,
        current.track,
        PlayStats {
            skips: stats.skips + 1,
            ..stats
        },
    );
}

fn started(world: &mut World, player: PlayerId, key: u64, duration: u64) {
    let follows = |next: &Entry| next.key == key;
    if world.resource::<Deck>().next.as_ref().is_some_and(follows) {
        end_listen(world);
    }
    let deck = &mut *world.resource_mut::<Deck>();
    if let Some(next) = deck.next.take_if(|next| follows(next)) {
        deck.current = Some(next);
        deck.unplayable.clear();
        deck.listen = Listening::default();
        let queue = queue(world, player);
        catalog::set(
            world,
            player,
            Queue {
                index: next.index,
                ..queue
            },
        );
        let status = PlayerStatus::Playing;
        let state = PlayerState {
            status,
            track: Some(next.track),
            position: 0,
            duration,
            error: None,
        };
        catalog::set(world, player, state);
    } else if deck.current.is_some_and(|current| current.key == key) && duration > 0 {
        let state = state(world, player);
        catalog::set(world, player, PlayerState { duration, ..state });
    }
}

fn ended(world: &mut World, player: PlayerId, key: u64) {
    let deck = world.resource::<Deck>();
    let was_current = deck.current.is_some_and(|current| current.key == key);
    if was_current && deck.next.is_none() {
        finish(world, player, None);
    }
}

fn failed(world: &mut World, player: PlayerId, key: u64, error: String) {
    let deck = &mut *world.resource_mut::<Deck>();
    if let Some(next) = deck.next.take_if(|next| next.key == key) {
        deck.unplayable.push(next.track);
        return;
    }
    let Some(current) = deck.current.filter(|current| current.key == key) else {
        return;
    };
    let mut queue = queue(world, player);
    queue.index = current.index + 1;
    catalog::set(world, player, queue);
    load(world, player, 0, true);
    let state = state(world, player);
    catalog::set(
        world,
        player,
        PlayerState {
            error: Some(error),
            ..state
        },
    );
}
