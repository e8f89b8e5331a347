//! `segue playlists` and `segue playlist …`

use std::collections::HashMap;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use segue::Engine;
use segue::components::id::{PlaylistId, TrackId};
use segue::components::intent::{PlaylistRequest, Request};
use segue::components::playlist::{EntryItem, SmartQuery};
use segue::components::report::{EntryRow, Response};
use segue::systems::mirror::client::PlaylistView;
use serde_json::json;

use super::{Failure, LibraryArguments, Outcome, say, show_duration, show_track};

/// Lists playlists.
#[derive(Debug, clap::Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    library: LibraryArguments,
    /// Print one JSON object a playlist.
    #[arg(long)]
    json: bool,
}

/// Makes, shows, changes, reads and writes playlists.
///
/// A playlist is named by its name, or by its number if no other has that for a name.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    library: LibraryArguments,
    /// Print JSON instead of words.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Makes one.
    Create {
        /// What to call it.
        name: String,
        /// Make it a smart one, which holds what this query finds.
        #[arg(long, value_name = "QUERY")]
        smart: Option<String>,
        /// Hold no more than the first so many.
        #[arg(long, value_name = "N", requires = "smart", default_value_t = 0)]
        limit: u32,
    },
    /// Shows what is in it.
    Show {
        /// Which.
        playlist: String,
        /// Print no more than so many entries.
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// Leave out so many first.
        #[arg(long, value_name = "N", default_value_t = 0)]
        offset: u32,
    },
    /// Puts in what a query finds.
    Add {
        /// Where.
        playlist: String,
        /// What, as for `segue ls`.
        #[arg(required_unless_present = "track")]
        query: Vec<String>,
        /// Or the track with this number; may be given several times.
        #[arg(long, value_name = "ID", conflicts_with = "query")]
        track: Vec<u64>,
        /// Before which place, from 1; without it, at the end.
        #[arg(long, value_name = "PLACE")]
        at: Option<u32>,
    },
    /// Takes entries out.
    Remove {
        /// Where.
        playlist: String,
        /// Their places, from 1.
        #[arg(required = true)]
        places: Vec<u32>,
    },
    /// Moves an entry.
    Move {
        /// Where.
        playlist: String,
        /// Its place, from 1.
        from: u32,
        /// The place where it is to stand.
        to: u32,
    },
    /// Gives it another name.
    Rename {
        /// Which.
        playlist: String,
        /// What to call it.
        name: String,
    },
    /// Gives a smart playlist another query.
    Query {
        /// Which.
        playlist: String,
        /// What it is to hold.
        query: String,
        /// No more than the first so many.
        #[arg(long, value_name = "N", default_value_t = 0)]
        limit: u32,
    },
    /// Takes it away.
    Delete {
        /// Which.
        playlist: String,
    },
    /// Makes one of an M3U or M3U8 file.
    ///
    /// Entries that mean no track of the library are kept as they are, told, and looked for again after every scan.
    Import {
        /// The file.
        file: PathBuf,
        /// What to call it if the file does not say.
        #[arg(long)]
        name: Option<String>,
    },
    /// Writes one as an M3U8 file, with paths relative to it.
    Export {
        /// Which.
        playlist: String,
        /// The file.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

pub(super) fn list(arguments: &ListArguments) -> Outcome {
    let mut engine = arguments.library.open(false)?;
    // What smart ones find may have changed since it was last counted.
    let is_smart = |view: &PlaylistView<'_>| view.smart.is_some().then_some(view.id);
    let smart: Vec<PlaylistId> = engine.client().playlists().iter().filter_map(is_smart).collect();
    let mut counts = HashMap::new();
    for playlist in smart {
        counts.insert(playlist, entries(&mut engine, playlist, 0, 0)?.0);
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    for mut view in engine.client().playlists() {
        view.totals.entries = counts.get(&view.id).copied().unwrap_or(view.totals.entries);
        if arguments.json {
            writeln!(out, "{}", value(&view))?;
        } else {
            writeln!(out, "{}", line(&view))?;
        }
    }
    out.flush()?;
    engine.close()?;
    Ok(ExitCode::SUCCESS)
}

fn value(view: &PlaylistView<'_>) -> serde_json::Value {
    let mut value = json!({
        "id": view.id.0,
        "name": view.name,
        "kind": if view.smart.is_some() { "smart" } else { "ordinary" },
        "entries": view.totals.entries,
        "created": view.times.created,
        "changed": view.times.changed,
    });
    match view.smart {
        Some(smart) => {
            value["query"] = json!(smart.query);
            if smart.limit > 0 {
                value["limit"] = json!(smart.limit);
            }
        }
        None => {
            value["unmatched"] = json!(view.totals.unmatched);
            value["durationMs"] = json!(view.totals.duration);
        }
    }
    value
}

fn line(view: &PlaylistView<'_>) -> String {
    let head = format!("{:>4}  {}  {} tracks", view.id, view.name, view.totals.entries);
    match view.smart {
        Some(smart) if smart.limit > 0 => format!("{head}, the first {} of: {}", smart.limit, smart.query),
        Some(smart) => format!("{head} of: {}", smart.query),
        None if view.totals.unmatched > 0 => format!(
            "{head}  {}, {} not in the library",
            show_duration(view.totals.duration),
            view.totals.unmatched
        ),
        None => format!("{head}  {}", show_duration(view.totals.duration)),
    }
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let mut engine = arguments.library.open(false)?;
    act(&mut engine, arguments)?;
    engine.close()?;
    Ok(ExitCode::SUCCESS)
}

fn act(engine: &mut Engine, arguments: &Arguments) -> Result<(), Failure> {
    let json = arguments.json;
    let find = |engine: &Engine, name: &str| find(engine, name);
    let request = match &arguments.action {
        Action::Create { name, smart, limit } => {
            let smart = smart.clone().map(|query| SmartQuery { query, limit: *limit });
            let request = PlaylistRequest::Create {
                name: name.clone(),
                smart,
            };
            let playlist = made(engine, request)?;
            return said(json, playlist, &format!("made playlist {playlist}"));
        }
        Action::Show {
            playlist,
            limit,
            offset,
        } => {
            let playlist = find(engine, playlist)?;
            return show(engine, playlist, *offset, *limit, json);
        }
        Action::Import { file, name } => return import(engine, file, name.as_deref(), json),
        Action::Export { playlist, out } => {
            let playlist = find(engine, playlist)?;
            return export(engine, playlist, out, json);
        }
        Action::Add {
            playlist,
            query,
            track,
            at,
        } => {
            let playlist = find(engine, playlist)?;
            let before = match at {
                Some(at) => entry_at(engine, playlist, *at)?,
                None => None,
            };
            if track.is_empty() {
                let query = query.join(" ");
                PlaylistRequest::InsertQuery {
                    playlist,
                    query,
                    before,
                }
            } else {
                PlaylistRequest::Insert {
                    playlist,
                    tracks: track.iter().copied().map(TrackId).collect(),
                    before,
                }
            }
        }
        Action::Remove { playlist, places } => {
            let playlist = find(engine, playlist)?;
            let mut entries = Vec::new();
            for &place in places {
                entries.push(known_entry(engine, playlist, place)?);
            }
            PlaylistRequest::Remove { playlist, entries }
        }
        Action::Move { playlist, from, to } => {
            let playlist = find(engine, playlist)?;
            let entry = known_entry(engine, playlist, *from)?;
            // Where it stands counts as free: further down, that is before the entry after.
            let to = if to > from { to.saturating_add(1) } else { *to };
            let before = entry_at(engine, playlist, to)?;
            PlaylistRequest::Move {
                playlist,
                entries: vec![entry],
                before,
            }
        }
        Action::Rename { playlist, name } => PlaylistRequest::Rename {
            playlist: find(engine, playlist)?,
            name: name.clone(),
        },
        Action::Query {
            playlist,
            query,
            limit,
        } => PlaylistRequest::SetQuery {
            playlist: find(engine, playlist)?,
            smart: SmartQuery {
                query: query.clone(),
                limit: *limit,
            },
        },
        Action::Delete { playlist } => PlaylistRequest::Delete {
            playlist: find(engine, playlist)?,
        },
    };
    engine.ask(Request::Playlist(request))?;
    if json { say("{}") } else { Ok(()) }
}

fn said(json: bool, playlist: PlaylistId, words: &str) -> Result<(), Failure> {
    if json {
        say(&json!({ "playlist": playlist.0 }).to_string())
    } else {
        say(words)
    }
}

/// The playlist with this name, or else with this number.
fn find(engine: &Engine, name: &str) -> Result<PlaylistId, Failure> {
    let all = engine.client().playlists();
    let named: Vec<PlaylistId> = all
        .iter()
        .filter(|view| view.name == name)
        .map(|view| view.id)
        .collect();
    match named[..] {
        [one] => return Ok(one),
        [] => {}
        _ => {
            return Err(Failure(format!(
                "{} playlists are called {name}; say which by its number",
                named.len()
            )));
        }
    }
    let number = name.parse().map(PlaylistId).ok();
    let known = all.iter().map(|view| view.id).find(|&id| Some(id) == number);
    known.ok_or_else(|| Failure(format!("there is no playlist {name}")))
}

fn unexpected() -> Failure {
    Failure("the library gave another answer than was asked for".to_owned())
}

fn made(engine: &mut Engine, request: PlaylistRequest) -> Result<PlaylistId, Failure> {
    match engine.ask(Request::Playlist(request))? {
        Response::Playlist(playlist) => Ok(playlist),
        _ => Err(unexpected()),
    }
}

fn entries(
    engine: &mut Engine,
    playlist: PlaylistId,
    offset: u32,
    limit: u32,
) -> Result<(u32, Vec<EntryRow>), Failure> {
    let request = PlaylistRequest::Get {
        playlist,
        offset,
        limit,
    };
    match engine.ask(Request::Playlist(request))? {
        Response::Entries { total, rows, .. } => Ok((total, rows)),
        _ => Err(unexpected()),
    }
}

/// The entry at a place, from 1; none behind the last.
fn entry_at(engine: &mut Engine, playlist: PlaylistId, place: u32) -> Result<Option<u32>, Failure> {
    let (_, rows) = entries(engine, playlist, place.saturating_sub(1), 1)?;
    Ok(rows.first().map(|row| row.entry))
}

fn known_entry(engine: &mut Engine, playlist: PlaylistId, place: u32) -> Result<u32, Failure> {
    let entry = if place == 0 {
        None
    } else {
        entry_at(engine, playlist, place)?
    };
    entry.ok_or_else(|| Failure(format!("the playlist has no place {place}")))
}

fn show(
    engine: &mut Engine,
    playlist: PlaylistId,
    mut offset: u32,
    limit: Option<u32>,
    json: bool,
) -> Result<(), Failure> {
    let end = limit.map_or(u32::MAX, |limit| offset.saturating_add(limit));
    let mut out = BufWriter::new(std::io::stdout().lock());
    while offset < end {
        let (_, rows) = entries(engine, playlist, offset, (end - offset).min(Request::MOST_ROWS))?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            offset += 1;
            if json {
                writeln!(out, "{}", entry_value(offset, &row))?;
            } else {
                writeln!(out, "{offset:>5}  {}", entry_line(&row))?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn entry_value(place: u32, row: &EntryRow) -> serde_json::Value {
    let mut value = json!({ "place": place, "entry": row.entry });
    match &row.item {
        EntryItem::Track(track) => {
            value["track"] = json!(track.0);
            value["row"] = json!(row.row.as_ref().map(|row| row.json()));
        }
        EntryItem::Unmatched(unmatched) => value["unmatched"] = json!(unmatched),
    }
    value
}

fn entry_line(row: &EntryRow) -> String {
    match (&row.row, &row.item) {
        (Some(row), _) => show_track(row),
        (None, EntryItem::Track(track)) => format!("track {track}, which is gone"),
        (None, EntryItem::Unmatched(unmatched)) => format!("not in the library: {}", unmatched.path),
    }
}

/// The folder of a file, as an absolute path.
fn folder(file: &Path) -> Result<String, Failure> {
    let file = std::path::absolute(file)?;
    let parent = file.parent().unwrap_or(&file);
    // Folders are known by where they really are.
    let parent = parent.canonicalize().unwrap_or_else(|_| parent.to_path_buf());
    Ok(parent.to_string_lossy().into_owned())
}

fn import(engine: &mut Engine, file: &Path, name: Option<&str>, json: bool) -> Result<(), Failure> {
    let named = |error: &dyn std::fmt::Display| Failure(format!("{}: {error}", file.display()));
    let bytes = fs::read(file).map_err(|error| named(&error))?;
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let request = PlaylistRequest::Import {
        name: name.map(str::to_owned).or(stem).unwrap_or_default(),
        folder: folder(file)?,
        bytes,
    };
    let answer = engine
        .ask(Request::Playlist(request))
        .map_err(|error| named(&error))?;
    let Response::Imported {
        playlist,
        matched,
        unmatched,
    } = answer
    else {
        return Err(unexpected());
    };
    if let Some(name) = name {
        let name = name.to_owned();
        engine.ask(Request::Playlist(PlaylistRequest::Rename { playlist, name }))?;
    }
    if json {
        let unmatched: Vec<_> = unmatched
            .iter()
            .map(|(line, path)| json!({ "line": line, "path": path }))
            .collect();
        let value = json!({ "playlist": playlist.0, "matched": matched, "unmatched": unmatched });
        return say(&value.to_string());
    }
    for (line, path) in &unmatched {
        say(&format!("line {line}: not in the library: {path}"))?;
    }
    say(&format!(
        "playlist {playlist}: {matched} found, {} not in the library",
        unmatched.len()
    ))
}

fn export(engine: &mut Engine, playlist: PlaylistId, out: &Path, json: bool) -> Result<(), Failure> {
    let folder = folder(out)?;
    let request = PlaylistRequest::Export { playlist, folder };
    let Response::Document(bytes) = engine.ask(Request::Playlist(request))? else {
        return Err(unexpected());
    };
    fs::write(out, bytes).map_err(|error| Failure(format!("{}: {error}", out.display())))?;
    said(
        json,
        playlist,
        &format!("wrote playlist {playlist} to {}", out.display()),
    )
}
