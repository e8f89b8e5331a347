//! The page's end of its link to the library: bytes in and out on one side, JSON on the other.
//!
//! Field names and values are those of `js/segue.d.ts`; `js/segue.js` adds promises, events and sound.

mod listener;

use segue_components::prelude::*;
use segue_components::wire::version;
use segue_systems::mirror::client::{CREDITS, Client, ClientEvent, JobView, ProviderView};
use segue_systems::persist::meta;
use serde::Serialize;

/// The newest schema that this build can open.
pub const SCHEMA: u16 = meta::SCHEMA;

/// The wire that this build speaks, as text: numbers of 64 bits are none in JavaScript.
#[must_use]
pub fn protocol() -> String {
    format!("{:016x}", version::protocol())
}

/// The page's copy of what it shows.
#[derive(Debug)]
pub struct Page {
    client: Client,
    /// Pictures and files that arrived and are not fetched yet: bytes are no JSON.
    files: Vec<(u32, Vec<u8>)>,
}

impl Default for Page {
    fn default() -> Self {
        Self {
            client: Client::new(CREDITS),
            files: Vec::new(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Event<'a> {
    Answer(Answer<'a>),
    Progress { id: u32, done: u16 },
    View(u32),
    SyncProgress(Job<'a>),
    SyncComplete(Job<'a>),
    TracksAdded { provider: Option<u64>, count: u32 },
    MetadataUpdated { tracks: Vec<u64> },
    PlayerState,
    StorageState(Storage<'a>),
    Error { code: &'static str, message: String },
    Jobs,
    Providers,
    Playlists,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value<'a>>,
}

#[derive(Serialize)]
struct Error<'a> {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Value<'a> {
    Provider(u64),
    Job(u64),
    Track(Option<TrackJson<'a>>),
    Tracks {
        total: u32,
        tracks: Vec<TrackJson<'a>>,
    },
    History {
        total: u32,
        listens: Vec<listener::Listened<'a>>,
    },
    Playlist(u64),
    Entries {
        version: u32,
        total: u32,
        entries: Vec<listener::Entry<'a>>,
    },
    Imported {
        playlist: u64,
        matched: u32,
        unmatched: Vec<listener::Line<'a>>,
    },
    Report(listener::Report<'a>),
    Duplicates {
        total: u32,
        groups: Vec<listener::Group<'a>>,
    },
    Facets {
        total: u32,
        rows: Vec<Facet<'a>>,
    },
    /// The media type of a picture; [`Page::take_artwork`] has its bytes.
    Artwork(Option<&'a str>),
    Position(Option<u32>),
}

#[derive(Serialize)]
struct Facet<'a> {
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    albums: Option<u32>,
}

impl<'a> Facet<'a> {
    fn of(row: &'a FacetRow) -> Self {
        Self {
            value: &row.value,
            id: Some(row.id).filter(|&id| id != 0),
            count: row.tracks,
            albums: Some(row.albums).filter(|&albums| albums != 0),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Storage<'a> {
    kind: &'a str,
    read_only: bool,
    loaded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Job<'a> {
    id: u64,
    provider: u64,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    listed: u64,
    read: u64,
    added: u64,
    changed: u64,
    missing: u64,
    failed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    bytes: u64,
    failures: &'a [FileFailure],
    #[serde(skip_serializing_if = "Option::is_none")]
    eta_ms: Option<u64>,
}

impl<'a> Job<'a> {
    /// A job as it stands at this time, in milliseconds since 1970.
    fn of(job: &JobView<'a>, now: u64) -> Self {
        let (state, reason) = match job.state {
            JobState::Queued => ("queued", None),
            JobState::Running => ("running", None),
            JobState::Paused(reason) => ("paused", Some(pause_reason(*reason))),
            JobState::Done => ("done", None),
            JobState::Cancelled => ("cancelled", None),
            JobState::Failed { error } => ("failed", Some(error.as_str())),
        };
        let progress = job.progress;
        let left = progress.to_read.saturating_sub(progress.read);
        let took = now.saturating_sub(progress.started);
        let knows = state == "running" && progress.listing_done && progress.read > 0;
        Self {
            id: job.id.0,
            provider: job.provider.0,
            state,
            reason,
            listed: progress.listed,
            read: progress.read,
            added: progress.added,
            changed: progress.changed,
            missing: progress.missing,
            failed: progress.failed,
            total: progress.listing_done.then_some(progress.to_read),
            bytes: progress.bytes,
            failures: job.failures,
            eta_ms: knows.then(|| took.saturating_mul(left) / progress.read),
        }
    }
}

fn pause_reason(reason: PauseReason) -> &'static str {
    match reason {
        PauseReason::Asked => "paused",
        PauseReason::AccessNeeded => "the browser has to be allowed to read the folder again",
        PauseReason::Interrupted => "the page was closed before it was done",
        _ => "waiting",
    }
}

#[derive(Serialize)]
struct Provider<'a> {
    id: u64,
    kind: &'static str,
    /// The name of its handle, for the page's own table.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    name: &'a str,
    access: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<u64>,
}

/// How keys of lists of files begin, which no browser keeps beyond the page.
const FILES: &str = "files:";

impl<'a> Provider<'a> {
    fn of(provider: &ProviderView<'a>) -> Self {
        let (kind, key) = match provider.kind {
            ProviderKind::Http { .. } => ("http", None),
            ProviderKind::Handle { key } if key.starts_with(FILES) => ("files", Some(key.as_str())),
            ProviderKind::Handle { key } => ("folder", Some(key.as_str())),
            ProviderKind::Folder { .. } => ("folder", None),
        };
        Self {
            id: provider.id.0,
            kind,
            key,
            name: provider.name,
            access: match provider.access {
                Access::Granted => "granted",
                Access::Ask => "prompt",
                Access::Denied => "denied",
            },
            job: provider.job.map(|job| job.0),
        }
    }
}

#[derive(Serialize)]
struct View<'a> {
    ready: bool,
    total: u32,
    offset: u32,
    query: &'a str,
    rows: Vec<Row<'a>>,
    /// Of albums: the colour of each, as in CSS, empty where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    colors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error<'a>>,
    /// The place of the row that is followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    followed: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Player<'a> {
    state: &'static str,
    track_id: Option<u64>,
    position_ms: u64,
    duration_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    /// Changes whenever the queue's tracks do.
    queue_stamp: u32,
    /// -1 in an empty queue.
    index: i64,
    volume: u16,
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data has a form in JSON")
}

impl Page {
    /// What has to be carried to the library, in order.
    pub fn take_outgoing(&mut self) -> Vec<Vec<u8>> {
        self.client.take_outgoing()
    }

    /// Asks something, given as [`Request`] in JSON, and gives its number.
    ///
    /// # Errors
    /// It is no request, in words for whoever wrote the script.
    pub fn request(&mut self, request: &str) -> Result<u32, String> {
        let request: Request = serde_json::from_str(request).map_err(|error| error.to_string())?;
        Ok(self.client.request(request))
    }

    /// Asks something that brings a file; `request` is as for [`Page::request`], with `"bytes":[]` where they belong.
    ///
    /// # Errors
    /// It is no request that takes a file, in words for whoever wrote the script.
    pub fn request_file(&mut self, request: &str, file: Vec<u8>) -> Result<u32, String> {
        let mut request: Request = serde_json::from_str(request).map_err(|error| error.to_string())?;
        match &mut request {
            Request::ImportUserData { bytes } | Request::Playlist(PlaylistRequest::Import { bytes, .. }) => {
                *bytes = file;
            }
            _ => return Err("this request takes no file".to_owned()),
        }
        Ok(self.client.request(request))
    }

    /// Takes in what the library sent; what came of it, as a JSON array.
    pub fn receive(&mut self, bytes: &[u8], now: u64) -> String {
        let events = self.client.receive(bytes);
        self.events(events, now)
    }

    /// Begins anew with a library that was started again; requests that it never answered fail.
    pub fn reconnect(&mut self, now: u64) -> String {
        let events = self.client.remote_mut().reconnect();
        self.events(events, now)
    }

    fn events(&mut self, events: Vec<ClientEvent>, now: u64) -> String {
        for event in &events {
            let ClientEvent::Answer {
                id,
                answer: Ok(answer),
            } = event
            else {
                continue;
            };
            match answer {
                Response::Artwork(Some(artwork)) => self.files.push((*id, artwork.bytes.clone())),
                Response::Document(bytes) => self.files.push((*id, bytes.clone())),
                _ => {}
            }
        }
        let told: Vec<Event<'_>> = events.iter().filter_map(|event| self.tell(event, now)).collect();
        json(&told)
    }

    fn tell<'a>(&'a self, event: &'a ClientEvent, now: u64) -> Option<Event<'a>> {
        let job = |id: JobId| self.client.remote().job(self.client.world(), id);
        Some(match event {
            ClientEvent::Answer { id, answer } => {
                let (value, error) = match answer {
                    Ok(response) => (value(response), None),
                    Err(error) => (None, Some(request_error(error))),
                };
                Event::Answer(Answer {
                    id: *id,
                    error,
                    value,
                })
            }
            ClientEvent::Progress { id, done } => Event::Progress { id: *id, done: *done },
            ClientEvent::View(view) => Event::View(*view),
            ClientEvent::SyncProgress(id) => Event::SyncProgress(Job::of(&job(*id)?, now)),
            ClientEvent::SyncComplete(id) => Event::SyncComplete(Job::of(&job(*id)?, now)),
            ClientEvent::TracksAdded { provider, count, .. } => Event::TracksAdded {
                provider: provider.map(|provider| provider.0),
                count: *count,
            },
            ClientEvent::MetadataUpdated(tracks) => Event::MetadataUpdated {
                tracks: tracks.iter().map(|track| track.0).collect(),
            },
            ClientEvent::PlayerState => Event::PlayerState,
            ClientEvent::StorageState(state) => Event::StorageState(Storage {
                kind: &state.backend,
                read_only: state.read_only.is_some(),
                loaded: state.loaded,
                message: state.read_only.as_deref(),
            }),
            ClientEvent::PageQuarantined { table, rows } => Event::Error {
                code: "damaged",
                message: format!(
                    "A damaged part of the library was set aside ({table}, up to {rows} entries). \
                     It is read again from its files at the next sync."
                ),
            },
            ClientEvent::StoreRescued { detail } => Event::Error {
                code: "damaged",
                message: detail.clone(),
            },
            ClientEvent::Incompatible => Event::Error {
                code: "incompatible",
                message: "The page and its library are of different versions: reload the page.".to_owned(),
            },
            ClientEvent::Jobs => Event::Jobs,
            ClientEvent::Providers => Event::Providers,
            ClientEvent::Playlists => Event::Playlists,
            _ => return None,
        })
    }

    /// The bytes of the picture or file that answered a request, once.
    pub fn take_artwork(&mut self, id: u32) -> Option<Vec<u8>> {
        let at = self.files.iter().position(|(of, _)| *of == id)?;
        Some(self.files.swap_remove(at).1)
    }

    /// Opens a view of tracks, or of albums, and gives its number.
    pub fn open_view(&mut self, albums: bool, query: &str, offset: u32, limit: u32) -> u32 {
        let noun = if albums { Noun::Album } else { Noun::Track };
        self.client.remote_mut().open_view(noun, query, offset, limit)
    }

    /// Lets a view show another query.
    pub fn set_query(&mut self, view: u32, query: &str) {
        self.client.remote_mut().set_query(view, query);
    }

    /// Moves the window of a view.
    pub fn set_window(&mut self, view: u32, offset: u32, limit: u32) {
        self.client.remote_mut().set_window(view, offset, limit);
    }

    /// Lets a view tell the place of a row from now on; of none if there is no number.
    pub fn follow(&mut self, view: u32, row: Option<u64>) {
        self.client.remote_mut().follow(view, row);
    }

    /// Closes a view.
    pub fn close_view(&mut self, view: u32) {
        self.client.remote_mut().close_view(view);
    }

    /// Says goodbye.
    pub fn leave(&mut self) {
        self.client.remote_mut().leave();
    }

    /// What a view shows.
    #[must_use]
    pub fn view(&self, view: u32, albums: bool) -> Option<String> {
        let state = self.client.view(view)?;
        let error = state.error.map(|error| Error {
            code: "query",
            message: format!("found {}, expected {}", error.found, error.expected),
            column: Some(error.column),
            expected: Some(&error.expected),
        });
        let tracks = if albums {
            Vec::new()
        } else {
            self.client.view_tracks(view)
        };
        let album_rows = if albums {
            self.client.view_albums(view)
        } else {
            Vec::new()
        };
        let tracks = tracks.iter().map(|track| Row::Track(track.json()));
        let albums = album_rows.iter().map(|album| Row::Album(album.json()));
        let view = View {
            ready: state.ready,
            total: state.total,
            offset: state.offset,
            query: state.query,
            rows: tracks.chain(albums).collect(),
            colors: album_rows.iter().map(|album| self.color(album)).collect(),
            error,
            followed: state.followed,
        };
        Some(json(&view))
    }

    fn color(&self, album: &AlbumRow) -> String {
        let picture = self.client.get::<Picture>(ArtworkId(album.artwork_id));
        picture.map_or_else(String::new, |picture| {
            let [red, green, blue] = picture.color;
            format!("#{red:02x}{green:02x}{blue:02x}")
        })
    }

    /// A track, if it is shown or in the queue.
    #[must_use]
    pub fn track(&self, id: u64) -> Option<String> {
        let row = self.client.track_row(TrackId(id))?;
        Some(json(&row.json()))
    }

    /// Every job, oldest first.
    #[must_use]
    pub fn jobs(&self, now: u64) -> String {
        let jobs = self.client.jobs();
        json(&jobs.iter().map(|job| Job::of(job, now)).collect::<Vec<_>>())
    }

    /// Every provider, oldest first.
    #[must_use]
    pub fn providers(&self) -> String {
        let providers = self.client.providers();
        json(&providers.iter().map(Provider::of).collect::<Vec<_>>())
    }

    /// Every playlist, oldest first.
    #[must_use]
    pub fn playlists(&self) -> String {
        let playlists = self.client.playlists();
        json(&playlists.iter().map(listener::Playlist::of).collect::<Vec<_>>())
    }

    /// The player, once there is one.
    #[must_use]
    pub fn player(&self) -> Option<String> {
        let player = self.client.player()?;
        let queue = player.queue;
        let index = if queue.tracks.is_empty() {
            -1
        } else {
            i64::from(queue.index)
        };
        Some(json(&Player {
            state: match player.state.status {
                PlayerStatus::Stopped => "stopped",
                PlayerStatus::Playing => "playing",
                PlayerStatus::Paused => "paused",
                PlayerStatus::Buffering => "buffering",
            },
            track_id: player.state.track.map(|track| track.0),
            position_ms: player.state.position,
            duration_ms: player.state.duration,
            error: player.state.error.as_deref(),
            queue_stamp: stamp(&queue.tracks),
            index,
            volume: player.volume.0,
        }))
    }

    /// The tracks of the queue.
    #[must_use]
    pub fn queue(&self) -> Vec<u64> {
        let queue = self.client.player().map(|player| player.queue);
        queue
            .iter()
            .flat_map(|queue| &queue.tracks)
            .map(|track| track.0)
            .collect()
    }
}

/// FNV-1a over a list of tracks: a queue of many thousands is not copied to see whether it changed.
fn stamp(tracks: &[TrackId]) -> u32 {
    tracks.iter().fold(0x811c_9dc5, |hash, track| {
        let folded = track.0 ^ track.0 >> 32;
        folded.to_le_bytes()[..4].iter().fold(hash, |hash: u32, &byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
    })
}

#[derive(Serialize)]
#[serde(untagged)]
enum Row<'a> {
    Track(TrackJson<'a>),
    Album(AlbumJson<'a>),
}

fn value(response: &Response) -> Option<Value<'_>> {
    Some(match response {
        Response::Provider(provider) => Value::Provider(provider.0),
        Response::Job(job) => Value::Job(job.0),
        Response::Track(track) => Value::Track(track.as_ref().map(|track| track.json())),
        Response::Tracks { total, rows } => Value::Tracks {
            total: *total,
            tracks: rows.iter().map(TrackRow::json).collect(),
        },
        Response::History { total, rows } => Value::History {
            total: *total,
            listens: rows.iter().map(listener::Listened::of).collect(),
        },
        Response::Playlist(playlist) => Value::Playlist(playlist.0),
        Response::Entries { version, total, rows } => Value::Entries {
            version: *version,
            total: *total,
            entries: rows.iter().map(listener::Entry::of).collect(),
        },
        Response::Imported {
            playlist,
            matched,
            unmatched,
        } => Value::Imported {
            playlist: playlist.0,
            matched: *matched,
            unmatched: unmatched.iter().map(listener::Line::of).collect(),
        },
        Response::UserDataImported(report) => Value::Report(listener::Report::of(report)),
        Response::Duplicates { total, groups } => Value::Duplicates {
            total: *total,
            groups: groups.iter().map(listener::Group::of).collect(),
        },
        Response::Facets { total, rows } => Value::Facets {
            total: *total,
            rows: rows.iter().map(Facet::of).collect(),
        },
        Response::Artwork(artwork) => Value::Artwork(artwork.as_ref().map(|artwork| artwork.mime.as_str())),
        Response::Position(position) => Value::Position(*position),
        _ => return None,
    })
}

fn request_error(error: &RequestError) -> Error<'_> {
    let (column, expected) = match error {
        RequestError::Query { column, expected, .. } => (Some(*column), Some(expected.as_str())),
        _ => (None, None),
    };
    Error {
        code: error.code(),
        message: error.to_string(),
        column,
        expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_written_as_json_and_what_is_none_is_named() {
        let mut page = Page::default();
        assert_eq!(page.request(r#"{"startSync":{"provider":1}}"#), Ok(1));
        assert_eq!(page.request(r#"{"player":{"seek":{"position":5}}}"#), Ok(2));
        assert_eq!(page.request(r#""flush""#), Ok(3));
        let import = r#"{"playlist":{"import":{"name":"a","folder":"","bytes":[]}}}"#;
        assert_eq!(page.request_file(import, vec![7]), Ok(4));
        assert_eq!(
            page.request(r#"{"playlist":{"insert":{"playlist":1,"tracks":[2]}}}"#),
            Ok(5)
        );
        assert!(page.request_file(r#""flush""#, vec![7]).is_err());
        let error = page.request(r#"{"startSink":{}}"#).unwrap_err();
        assert!(error.contains("startSink"), "{error}");
        assert_eq!(page.take_outgoing().len(), 6);
    }

    #[test]
    fn before_anything_is_known_everything_is_empty() {
        let mut page = Page::default();
        assert_eq!(page.jobs(0), "[]");
        assert_eq!(page.providers(), "[]");
        assert_eq!(page.playlists(), "[]");
        assert_eq!(page.player(), None);
        let view = page.open_view(false, "queen", 0, 10);
        let expected = r#"{"ready":false,"total":0,"offset":0,"query":"queen","rows":[]}"#;
        assert_eq!(page.view(view, false).as_deref(), Some(expected));
        assert_eq!(page.view(99, false), None);
        // Bytes that are no message ask for everything anew.
        assert_eq!(page.receive(&[9, 9], 0), "[]");
    }
}
