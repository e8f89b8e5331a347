//! What of a file comes into a library, and what of the library stays. Merging a file a second time changes nothing.

use bevy_ecs::world::World;
use segue_components::prelude::*;

use super::file::{Item, KnownTrack, List, UserData};
use super::identity;
use super::wanted::Wanted;
use crate::{catalog, history, playlist, sort};

/// How many tracks that were not found are named.
const MOST_NAMED: usize = 1_000;

pub(super) fn merge(world: &mut World, data: UserData) -> ImportReport {
    let mut report = ImportReport::default();
    let found = identity::find(world, &data.tracks);
    for (track, found) in data.tracks.iter().zip(&found) {
        match found {
            Some((_, rung)) => report.matched[*rung as usize] += 1,
            None => {
                report.unmatched += 1;
                if report.unmatched_names.len() < MOST_NAMED {
                    report.unmatched_names.push(name(track));
                }
            }
        }
    }
    let tracks: Vec<Option<TrackId>> = found
        .into_iter()
        .map(|found| found.map(|(track, _)| track))
        .collect();
    merge_history(world, &data.history, &tracks, &mut report);
    merge_state(world, &data.tracks, &tracks, &mut report);
    merge_playlists(world, data, &tracks, &mut report);
    report
}

fn name(track: &KnownTrack) -> String {
    match (track.artist.is_empty(), track.title.is_empty()) {
        (false, false) => format!("{} - {}", track.artist, track.title),
        (true, false) => track.title.clone(),
        _ => track.path.clone(),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn merge_history(
    world: &mut World,
    listens: &[(usize, Listen)],
    tracks: &[Option<TrackId>],
    report: &mut ImportReport,
) {
    let mut known = Vec::with_capacity(listens.len());
    for &(place, listen) in listens {
        match tracks[place] {
            Some(track) => known.push(Listen { track, ..listen }),
            None => report.listens_unmatched += 1,
        }
    }
    report.listens = count(history::merge(world, known));
}

/// A rating stays; where there is none, that of the file comes. Counts are the greater of both, and at least the
/// listens that are in the log: those of two machines add up there, and those of one file come once.
fn merge_state(
    world: &mut World,
    known: &[KnownTrack],
    tracks: &[Option<TrackId>],
    report: &mut ImportReport,
) {
    let mut counted: Vec<(u64, u64)> = history::all(world)
        .into_iter()
        .filter(|listen| listen.counted)
        .map(|listen| (listen.track.0, listen.at))
        .collect();
    sort::by_key(&mut counted, |&listen| listen);
    for (known, track) in known.iter().zip(tracks) {
        let Some(track) = *track else { continue };
        if let Some(rating) = Rating::new(known.rating) {
            match catalog::get::<Rating>(world, track) {
                None => {
                    catalog::set(world, track, rating);
                    report.ratings += 1;
                }
                Some(&own) => report.ratings_kept += u32::from(own != rating),
            }
        }
        let own = catalog::get::<PlayStats>(world, track)
            .copied()
            .unwrap_or_default();
        let start = counted.partition_point(|&(other, _)| other < track.0);
        let end = counted.partition_point(|&(other, _)| other <= track.0);
        let plays = count(end - start);
        let last = counted[start..end].last().map_or(0, |&(_, at)| at);
        let stats = PlayStats {
            plays: own.plays.max(known.stats.plays).max(plays),
            skips: own.skips.max(known.stats.skips),
            last_played: own.last_played.max(known.stats.last_played).max(last),
        };
        if stats != own {
            catalog::set(world, track, stats);
            report.stats += 1;
        }
    }
}

/// A playlist that the library has, made at the same time under the same name, gets the entries that it lacks; its
/// query and its name stay. Any other comes whole.
fn merge_playlists(world: &mut World, data: UserData, tracks: &[Option<TrackId>], report: &mut ImportReport) {
    let UserData {
        tracks: known,
        playlists,
        ..
    } = data;
    // Of several that are alike the first is the first, and so on.
    let mut used = Vec::new();
    for list in playlists {
        let items: Vec<EntryItem> = list
            .items
            .iter()
            .map(|item| match item {
                Item::Unmatched(unmatched) => EntryItem::Unmatched(Box::new(unmatched.clone())),
                Item::Track(place) => match tracks[*place] {
                    Some(track) => EntryItem::Track(track),
                    None => EntryItem::Unmatched(Box::new(unmatched(&known[*place]))),
                },
            })
            .collect();
        match same(world, &list, &mut used) {
            None => {
                let made = playlist::make(world, &list.name, list.smart, list.times, items);
                used.push(made);
                report.playlists += 1;
            }
            Some(own) if list.smart.is_none() => {
                report.playlists_changed += u32::from(add_missing(world, own, items));
            }
            Some(_) => {}
        }
    }
}

/// What a playlist keeps of a track that this library does not have.
fn unmatched(track: &KnownTrack) -> Unmatched {
    Unmatched {
        path: track.path.clone(),
        title: name(track),
        seconds: track.duration.saturating_add(500) / 1_000,
    }
}

fn same(world: &World, list: &List, used: &mut Vec<PlaylistId>) -> Option<PlaylistId> {
    let own = playlist::all(world).into_iter().find(|own| {
        !used.contains(own)
            && catalog::get::<PlaylistTimes>(world, *own)
                .is_some_and(|times| times.created == list.times.created)
            && catalog::get::<PlaylistName>(world, *own).is_some_and(|name| *name.0 == *list.name)
            && catalog::get::<SmartQuery>(world, *own).is_some() == list.smart.is_some()
    })?;
    used.push(own);
    Some(own)
}

/// Puts at the end what is not there as often as in the list.
fn add_missing(world: &mut World, own: PlaylistId, items: Vec<EntryItem>) -> bool {
    let before = playlist::entries(world, own);
    // By what stands in each entry, one mark for each time.
    let mut left: Wanted<()> = Wanted::default();
    for entry in before.entries.iter() {
        let (key, what) = key(&entry.item);
        left.list(key, what).push(());
    }
    let mut missing = Vec::new();
    for item in items {
        let (key, what) = key(&item);
        if left.list(key, what).pop().is_none() {
            missing.push(item);
        }
    }
    if missing.is_empty() {
        return false;
    }
    let after = playlist::edit::insert(&before, missing, before.entries.len());
    playlist::replace(world, own, after);
    true
}

fn key(item: &EntryItem) -> (&[u8], u64) {
    match item {
        EntryItem::Track(track) => (&[], track.0),
        EntryItem::Unmatched(unmatched) => (unmatched.path.as_bytes(), 0),
    }
}
