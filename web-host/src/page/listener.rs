//! What the listener made, as JSON for scripts.

use segue_components::playlist::EntryItem;
use segue_components::report::{DuplicateGroup, EntryRow, ImportReport, ListenRow, Rung};
use segue_components::row::TrackJson;
use segue_systems::mirror::client::PlaylistView;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listened<'a> {
    at: u64,
    track: u64,
    heard_ms: u32,
    counted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<TrackJson<'a>>,
}

impl<'a> Listened<'a> {
    pub(super) fn of(row: &'a ListenRow) -> Self {
        Self {
            at: row.listen.at,
            track: row.listen.track.0,
            heard_ms: row.listen.heard,
            counted: row.listen.counted,
            row: row.row.as_ref().map(|row| row.json()),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Playlist<'a> {
    id: u64,
    name: &'a str,
    kind: &'static str,
    /// Changes whenever the entries do.
    version: u32,
    entries: u32,
    unmatched: u32,
    duration_ms: u64,
    created: u64,
    changed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u32>,
}

impl<'a> Playlist<'a> {
    pub(super) fn of(view: &PlaylistView<'a>) -> Self {
        Self {
            id: view.id.0,
            name: view.name,
            kind: if view.smart.is_some() { "smart" } else { "ordinary" },
            version: view.totals.version,
            entries: view.totals.entries,
            unmatched: view.totals.unmatched,
            duration_ms: view.totals.duration,
            created: view.times.created,
            changed: view.times.changed,
            query: view.smart.map(|smart| &*smart.query),
            limit: view.smart.map(|smart| smart.limit).filter(|&limit| limit > 0),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry<'a> {
    /// Zero in a smart playlist.
    entry: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    track: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<TrackJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
}

impl<'a> Entry<'a> {
    pub(super) fn of(row: &'a EntryRow) -> Self {
        let (track, unmatched) = match &row.item {
            EntryItem::Track(track) => (Some(track.0), None),
            EntryItem::Unmatched(unmatched) => (None, Some(unmatched)),
        };
        Self {
            entry: row.entry,
            track,
            row: row.row.as_ref().map(|row| row.json()),
            path: unmatched.map(|unmatched| &*unmatched.path),
            title: unmatched.map(|unmatched| &*unmatched.title),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Line<'a> {
    line: u32,
    path: &'a str,
}

impl<'a> Line<'a> {
    pub(super) fn of((line, path): &'a (u32, String)) -> Self {
        Self { line: *line, path }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Matched {
    path: u32,
    audio_hash: u32,
    recording: u32,
    tags: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report<'a> {
    matched: Matched,
    unmatched: u32,
    unmatched_names: &'a [String],
    ratings: u32,
    ratings_kept: u32,
    stats: u32,
    playlists: u32,
    playlists_changed: u32,
    listens: u32,
    listens_unmatched: u32,
}

impl<'a> Report<'a> {
    pub(super) fn of(report: &'a ImportReport) -> Self {
        let [path, audio_hash, recording, tags] = report.matched;
        Self {
            matched: Matched {
                path,
                audio_hash,
                recording,
                tags,
            },
            unmatched: report.unmatched,
            unmatched_names: &report.unmatched_names,
            ratings: report.ratings,
            ratings_kept: report.ratings_kept,
            stats: report.stats,
            playlists: report.playlists,
            playlists_changed: report.playlists_changed,
            listens: report.listens,
            listens_unmatched: report.listens_unmatched,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Group<'a> {
    rung: Rung,
    tracks: Vec<TrackJson<'a>>,
}

impl<'a> Group<'a> {
    pub(super) fn of(group: &'a DuplicateGroup) -> Self {
        Self {
            rung: group.rung,
            tracks: group.tracks.iter().map(|row| row.json()).collect(),
        }
    }
}
