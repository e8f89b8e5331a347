//! Playlists: lists that the listener puts together, and queries that they save.
//!
//! - [`edit`]: edits of a list of entries, as pure functions
//! - [`m3u`]: the files in which players exchange them
//! - [`resolve`]: which track a path from elsewhere means
//! - `follow`: what a change of the library does to them

pub mod edit;
mod follow;
pub mod m3u;
pub mod resolve;

use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::common_conditions::on_message;
use bevy_ecs::schedule::{IntoScheduleConfigs, Schedules};
use bevy_ecs::world::World;
use segue_components::erased;
use segue_components::prelude::*;

use crate::catalog::{self, Catalog};
use crate::clock::Clock;
use crate::link;
use crate::mirror::ask::{check_limit, track_row};
use crate::persist::{Loaded, refuse_writes};
use crate::plugin::Plugin;
use crate::query::index::{Index, update_index};
use crate::query::{self, parser};
use crate::schedule::{Tick, TickSystems};

pub use self::follow::release;

/// How many entries a playlist may have.
pub const MOST_ENTRIES: usize = 500_000;

/// How long a name may be, in bytes.
const LONGEST_NAME: usize = 1_000;

/// Of how many playlists the last edit can be taken back.
const MOST_UNDONE: usize = 32;

/// Keeps playlists.
#[derive(Debug, Default)]
pub struct PlaylistPlugin;

impl Plugin for PlaylistPlugin {
    fn build(&self, world: &mut World) {
        world.init_resource::<Undo>();
        world.init_resource::<follow::Stale>();
        world.resource_mut::<Schedules>().add_systems(
            Tick,
            (
                (follow::count_all.run_if(on_message::<Loaded>), answer_requests)
                    .chain()
                    .in_set(TickSystems::Apply),
                follow::follow_library
                    .in_set(TickSystems::Index)
                    .after(update_index),
            ),
        );
    }
}

/// What playlists were before their last edit. It ends with the process: what was kept is what the listener wanted.
#[derive(Resource, Debug, Default)]
struct Undo(Vec<(PlaylistId, Option<State>)>);

/// Everything that a playlist is.
#[derive(Debug, Clone)]
struct State {
    name: PlaylistName,
    times: PlaylistTimes,
    smart: Option<SmartQuery>,
    entries: PlaylistEntries,
}

fn state(world: &World, playlist: PlaylistId) -> Option<State> {
    Some(State {
        name: catalog::get::<PlaylistName>(world, playlist)?.clone(),
        times: catalog::get(world, playlist).copied().unwrap_or_default(),
        smart: catalog::get(world, playlist).cloned(),
        entries: entries(world, playlist),
    })
}

/// The entries of an ordinary playlist; of a smart one, none.
#[must_use]
pub fn entries(world: &World, playlist: PlaylistId) -> PlaylistEntries {
    catalog::get(world, EntriesId::of(playlist))
        .cloned()
        .unwrap_or_default()
}

/// Every playlist, in the order in which they were made.
#[must_use]
pub fn all(world: &World) -> Vec<PlaylistId> {
    let numbers = world.resource::<Catalog>().all(Noun::Playlist);
    let mut all: Vec<u64> = numbers.map(|(number, _)| number).collect();
    crate::sort::plain(&mut all);
    all.into_iter().map(PlaylistId).collect()
}

/// Makes a playlist with all that is in it.
pub fn make(
    world: &mut World,
    name: &str,
    smart: Option<SmartQuery>,
    times: PlaylistTimes,
    items: Vec<EntryItem>,
) -> PlaylistId {
    let playlist = PlaylistId(world.resource_mut::<Catalog>().next(Noun::Playlist));
    let entries = edit::insert(&PlaylistEntries::default(), items, 0);
    let name = PlaylistName(name.into());
    put(
        world,
        playlist,
        State {
            name,
            times,
            smart,
            entries,
        },
    );
    playlist
}

/// Makes a playlist what it is to be.
fn put(world: &mut World, playlist: PlaylistId, state: State) {
    let entity = Catalog::find_or_spawn(world, Noun::Playlist, playlist.0);
    let id = EntriesId::of(playlist);
    Catalog::find_or_spawn(world, Noun::Entries, id.0);
    catalog::set(world, playlist, state.name);
    catalog::set(world, playlist, state.times);
    match state.smart {
        Some(smart) => drop(catalog::set(world, playlist, smart)),
        None => erased::remove::<SmartQuery>(&mut world.entity_mut(entity)),
    }
    catalog::set(world, id, state.entries);
    index_again(world);
    follow::count(world, playlist);
}

/// What queries found in playlists is found anew.
fn index_again(world: &mut World) {
    if let Some(mut index) = world.get_resource_mut::<Index>() {
        index.playlists_changed();
    }
}

/// Makes a playlist of entries that are left of one.
fn recover(world: &mut World, playlist: PlaylistId, name: &str, entries: PlaylistEntries) {
    let state = State {
        name: PlaylistName(name.into()),
        times: made_now(world),
        smart: None,
        entries,
    };
    put(world, playlist, state);
}

fn remove(world: &mut World, playlist: PlaylistId) {
    Catalog::despawn(world, playlist);
    Catalog::despawn(world, EntriesId::of(playlist));
    index_again(world);
}

fn answer_requests(world: &mut World) {
    for asked in link::asked(world, |request| matches!(request, Request::Playlist(_))) {
        let Request::Playlist(request) = &asked.request else {
            continue;
        };
        let is_question = matches!(
            request,
            PlaylistRequest::Get { .. } | PlaylistRequest::Export { .. }
        );
        let answer = match refuse_writes(world) {
            Some(reason) if !is_question => Err(RequestError::ReadOnly { reason }),
            _ => answer(world, request),
        };
        world.write_message(asked.answer(answer));
    }
}

fn answer(world: &mut World, request: &PlaylistRequest) -> Result<Response, RequestError> {
    match request {
        PlaylistRequest::Create { name, smart } => {
            let name = check_name(name)?;
            if let Some(smart) = smart {
                parser::parse(&smart.query)?;
            }
            let playlist = make(world, name, smart.clone(), made_now(world), Vec::new());
            remember(world, playlist, None);
            Ok(Response::Playlist(playlist))
        }
        PlaylistRequest::Delete { playlist } => {
            let before = known(world, *playlist)?;
            remove(world, *playlist);
            remember(world, *playlist, Some(before));
            Ok(Response::Done)
        }
        PlaylistRequest::Undo { playlist } => undo(world, *playlist),
        PlaylistRequest::Get {
            playlist,
            offset,
            limit,
        } => {
            check_limit(*limit)?;
            window(world, *playlist, *offset, *limit)
        }
        PlaylistRequest::Import { name, folder, bytes } => import(world, name, folder, bytes),
        PlaylistRequest::Export { playlist, folder } => {
            let state = known(world, *playlist)?;
            let items = items(world, *playlist)?;
            let text = m3u::write(&state.name.0, &resolve::lines(world, &items, folder));
            Ok(Response::Document(text.into_bytes()))
        }
        _ => change(world, request),
    }
}

/// An edit of one playlist that is there.
fn change(world: &mut World, request: &PlaylistRequest) -> Result<Response, RequestError> {
    let (PlaylistRequest::Rename { playlist, .. }
    | PlaylistRequest::SetQuery { playlist, .. }
    | PlaylistRequest::Insert { playlist, .. }
    | PlaylistRequest::InsertQuery { playlist, .. }
    | PlaylistRequest::Move { playlist, .. }
    | PlaylistRequest::Remove { playlist, .. }) = request
    else {
        return Err(invalid("this build does not know the request"));
    };
    let before = known(world, *playlist)?;
    let mut after = before.clone();
    let list = &before.entries;
    match request {
        PlaylistRequest::Rename { name, .. } => after.name = PlaylistName(check_name(name)?.into()),
        PlaylistRequest::SetQuery { smart, .. } => {
            if before.smart.is_none() {
                return Err(invalid("only a smart playlist has a query"));
            }
            parser::parse(&smart.query)?;
            after.smart = Some(smart.clone());
        }
        _ if before.smart.is_some() => {
            return Err(invalid("a smart playlist holds what its query finds"));
        }
        PlaylistRequest::Insert { tracks, before, .. } => {
            let catalog = world.resource::<Catalog>();
            if let Some(track) = tracks.iter().find(|&&track| catalog.entity(track).is_none()) {
                return Err(RequestError::NotFound {
                    what: format!("track {track}"),
                });
            }
            after.entries = insert(list, tracks, *before)?;
        }
        PlaylistRequest::InsertQuery { query, before, .. } => {
            after.entries = insert(list, &query::tracks(world, query)?, *before)?;
        }
        PlaylistRequest::Move { entries, before, .. } => {
            let at = place(list, *before)?;
            after.entries = edit::reorder(list, entries, at);
        }
        PlaylistRequest::Remove { entries, .. } => after.entries = edit::remove(list, entries),
        _ => {}
    }
    after.times.changed = world.resource::<Clock>().unix;
    put(world, *playlist, after);
    remember(world, *playlist, Some(before));
    Ok(Response::Done)
}

fn insert(
    list: &PlaylistEntries,
    tracks: &[TrackId],
    before: Option<u32>,
) -> Result<PlaylistEntries, RequestError> {
    let at = place(list, before)?;
    if list.entries.len().saturating_add(tracks.len()) > MOST_ENTRIES {
        return Err(invalid("a playlist has at most 500000 entries"));
    }
    let items = tracks.iter().copied().map(EntryItem::Track).collect();
    Ok(edit::insert(list, items, at))
}

/// Where an entry stands; without one, the end.
fn place(list: &PlaylistEntries, before: Option<u32>) -> Result<usize, RequestError> {
    let Some(entry) = before else {
        return Ok(list.entries.len());
    };
    list.position(entry).ok_or_else(|| RequestError::NotFound {
        what: format!("entry {entry} in the playlist"),
    })
}

fn invalid(reason: &str) -> RequestError {
    RequestError::Invalid {
        reason: reason.to_owned(),
    }
}

fn check_name(name: &str) -> Result<&str, RequestError> {
    let name = name.trim();
    if name.is_empty() || name.len() > LONGEST_NAME {
        return Err(invalid("a playlist's name has 1 to 1000 bytes"));
    }
    Ok(name)
}

fn made_now(world: &World) -> PlaylistTimes {
    let unix = world.resource::<Clock>().unix;
    PlaylistTimes {
        created: unix,
        changed: unix,
    }
}

fn known(world: &World, playlist: PlaylistId) -> Result<State, RequestError> {
    state(world, playlist).ok_or_else(|| RequestError::NotFound {
        what: format!("playlist {playlist}"),
    })
}

fn remember(world: &mut World, playlist: PlaylistId, before: Option<State>) {
    let undo = &mut world.resource_mut::<Undo>().0;
    undo.retain(|(of, _)| *of != playlist);
    undo.push((playlist, before));
    if undo.len() > MOST_UNDONE {
        undo.remove(0);
    }
}

/// Takes the last edit back. Asked once more, it is made again.
fn undo(world: &mut World, playlist: PlaylistId) -> Result<Response, RequestError> {
    let undo = &mut world.resource_mut::<Undo>().0;
    let Some(at) = undo.iter().position(|(of, _)| *of == playlist) else {
        return Err(RequestError::NotFound {
            what: format!("edit of playlist {playlist} to take back"),
        });
    };
    let (_, before) = undo.remove(at);
    let now = state(world, playlist);
    match before {
        Some(mut before) => {
            // The ids of entries that were there meanwhile are not given out again.
            let last = now.as_ref().map_or(0, |now| now.entries.last);
            before.entries.last = before.entries.last.max(last);
            put(world, playlist, before);
        }
        None => remove(world, playlist),
    }
    remember(world, playlist, now);
    Ok(Response::Done)
}

/// What a playlist holds now, in order: entries, or what a smart one's query finds.
fn items(world: &mut World, playlist: PlaylistId) -> Result<Vec<EntryItem>, RequestError> {
    let state = known(world, playlist)?;
    Ok(match state.smart {
        None => state
            .entries
            .entries
            .iter()
            .map(|entry| entry.item.clone())
            .collect(),
        Some(smart) => {
            let (_, found) = find(world, &smart, 0, u32::MAX)?;
            found.into_iter().map(EntryItem::Track).collect()
        }
    })
}

/// The tracks of a playlist to be played, and which of them to begin with if `start` is an entry's place.
///
/// # Errors
/// There is no such playlist, or its query is wrong.
pub fn tracks(
    world: &mut World,
    playlist: PlaylistId,
    start: u32,
) -> Result<(Vec<TrackId>, u32), RequestError> {
    let mut tracks = Vec::new();
    let mut first = 0;
    for (place, item) in items(world, playlist)?.into_iter().enumerate() {
        if place == start as usize {
            first = tracks.len();
        }
        if let EntryItem::Track(track) = item
            && world.resource::<Catalog>().entity(track).is_some()
        {
            tracks.push(track);
        }
    }
    Ok((tracks, u32::try_from(first).unwrap_or(0)))
}

/// A window of what a smart playlist finds, and how many tracks it finds.
fn find(
    world: &mut World,
    smart: &SmartQuery,
    offset: u32,
    limit: u32,
) -> Result<(u32, Vec<TrackId>), RequestError> {
    let most = if smart.limit == 0 { u32::MAX } else { smart.limit };
    let limit = limit.min(most.saturating_sub(offset));
    let found = query::index::find(world, Noun::Track, &smart.query, offset, limit)?;
    Ok((
        found.total.min(most),
        found.ids.into_iter().map(TrackId).collect(),
    ))
}

fn window(
    world: &mut World,
    playlist: PlaylistId,
    offset: u32,
    limit: u32,
) -> Result<Response, RequestError> {
    let state = known(world, playlist)?;
    let version = catalog::get::<PlaylistTotals>(world, playlist).map_or(0, |totals| totals.version);
    let mut rows = Vec::new();
    let total = if let Some(smart) = &state.smart {
        let (total, tracks) = find(world, smart, offset, limit)?;
        rows.extend(
            tracks
                .into_iter()
                .map(|track| entry_row(world, 0, &EntryItem::Track(track))),
        );
        total
    } else {
        let entries = &state.entries.entries;
        let window = entries.iter().skip(offset as usize).take(limit as usize);
        rows.extend(window.map(|entry| entry_row(world, entry.id, &entry.item)));
        u32::try_from(entries.len()).unwrap_or(u32::MAX)
    };
    Ok(Response::Entries { version, total, rows })
}

fn entry_row(world: &World, entry: u32, item: &EntryItem) -> EntryRow {
    let row = match item {
        EntryItem::Track(track) => track_row(world, *track).map(Box::new),
        EntryItem::Unmatched(_) => None,
    };
    EntryRow {
        entry,
        item: item.clone(),
        row,
    }
}

fn import(world: &mut World, name: &str, folder: &str, bytes: &[u8]) -> Result<Response, RequestError> {
    let read = m3u::parse(bytes).map_err(|error| invalid(&error.to_string()))?;
    if read.entries.len() > MOST_ENTRIES {
        return Err(invalid("a playlist has at most 500000 entries"));
    }
    let name = read.name.as_deref().unwrap_or(name);
    let name = check_name(&name[..name.floor_char_boundary(LONGEST_NAME)])?.to_owned();
    let wanted: Vec<&Unmatched> = read.entries.iter().map(|(_, entry)| entry).collect();
    let found = resolve::tracks(world, &wanted, folder);
    let mut unmatched = Vec::new();
    let mut items = Vec::new();
    for ((line, entry), track) in read.entries.into_iter().zip(found) {
        items.push(match track {
            Some(track) => EntryItem::Track(track),
            None => {
                unmatched.push((line, entry.path.clone()));
                EntryItem::Unmatched(Box::new(entry))
            }
        });
    }
    let matched = u32::try_from(items.len() - unmatched.len()).unwrap_or(u32::MAX);
    let playlist = make(world, &name, None, made_now(world), items);
    remember(world, playlist, None);
    Ok(Response::Imported {
        playlist,
        matched,
        unmatched,
    })
}

/// Puts other entries in the place of those that a playlist has. No edit of the listener's, so nothing to take back.
pub(crate) fn replace(world: &mut World, playlist: PlaylistId, list: PlaylistEntries) {
    if list != entries(world, playlist) {
        catalog::set(world, EntriesId::of(playlist), list);
        index_again(world);
        follow::count(world, playlist);
    }
}
