//! What a host asks of the library.
//!
//! Every request carries an id that its answer repeats; see [`crate::wire`]. In JSON (from JavaScript)
//! a request is `{"startSync":{"provider":1}}`: the variant in camel case, then its fields.

use serde::{Deserialize, Serialize};

use crate::id::{ArtworkId, JobId, Noun, PlaylistId, ProviderId, TrackId};
use crate::playlist::SmartQuery;
use crate::provider::{Access, ProviderKind};

/// A request. Each is answered once, with a [`Response`](crate::report::Response) or a
/// [`RequestError`](crate::report::RequestError).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Request {
    /// Opens a live view; its rows come in frames.
    OpenView {
        /// The host's own number for it; opening one again replaces it.
        view: u32,
        /// Tracks or albums.
        noun: Noun,
        /// What to show, in the query language (`systems/QUERY.md`).
        query: String,
        /// The first row wanted.
        offset: u32,
        /// How many rows are wanted, at most [`Request::MOST_ROWS`].
        limit: u32,
    },
    /// Moves the window of a view.
    MoveView {
        /// Which view.
        view: u32,
        /// The first row wanted.
        offset: u32,
        /// How many rows are wanted, at most [`Request::MOST_ROWS`].
        limit: u32,
    },
    /// Closes a view.
    CloseView {
        /// Which view.
        view: u32,
    },
    /// Asks for the place of a row among all rows of a view, to scroll to it.
    Locate {
        /// Which view.
        view: u32,
        /// Which row: the number of a track, or of an album in a view of albums.
        id: u64,
    },
    /// Lets a view tell the place of a row whenever it changes.
    FollowRow {
        /// Which view.
        view: u32,
        /// Which row; `None` for none any more.
        id: Option<u64>,
    },
    /// Answers a query once.
    QueryTracks {
        /// In the query language.
        query: String,
        /// The first row wanted.
        offset: u32,
        /// How many rows are wanted, at most [`Request::MOST_ROWS`].
        limit: u32,
    },
    /// Counts the tracks that answer a query by the values of one field.
    Facets {
        /// In the query language.
        query: String,
        /// Of which field.
        field: FacetField,
        /// In which order.
        order: FacetOrder,
        /// The first value wanted.
        offset: u32,
        /// How many values are wanted, at most [`Request::MOST_ROWS`].
        limit: u32,
    },
    /// Looks one track up.
    GetTrack {
        /// Which.
        track: TrackId,
    },
    /// Adds a provider, or finds the one that is the same place.
    AddProvider {
        /// What and where.
        kind: ProviderKind,
        /// What to call it.
        name: String,
    },
    /// Forgets a provider and its files. Tracks that no file is left of go with it.
    RemoveProvider {
        /// Which.
        provider: ProviderId,
    },
    /// Says whether a provider's files can be read now.
    SetAccess {
        /// Which.
        provider: ProviderId,
        /// What the browser, or the listener, said.
        access: Access,
    },
    /// Starts a sync, or answers with the one that runs already.
    StartSync {
        /// Of which provider.
        provider: ProviderId,
    },
    /// Pauses a sync; what was read stays.
    PauseSync {
        /// Which.
        job: JobId,
    },
    /// Goes on with a paused sync.
    ResumeSync {
        /// Which.
        job: JobId,
    },
    /// Ends a sync; what was read stays.
    CancelSync {
        /// Which.
        job: JobId,
    },
    /// Rates a track.
    Rate {
        /// Which.
        track: TrackId,
        /// One to five stars; zero takes the rating away.
        stars: u8,
    },
    /// Fetches a picture.
    GetArtwork {
        /// Which.
        artwork: ArtworkId,
        /// The stored thumbnail, or the original from the file that embeds it.
        original: bool,
    },
    /// Tells the player something.
    Player(PlayerRequest),
    /// Tells about playlists.
    Playlist(PlaylistRequest),
    /// Looks into the log of what was heard, the newest first.
    History {
        /// The first listen wanted.
        offset: u32,
        /// How many are wanted, at most [`Request::MOST_ROWS`].
        limit: u32,
    },
    /// Writes everything that the listener made as one file (`systems/EXPORT.md`).
    ExportUserData,
    /// Merges such a file. What was merged when it is cancelled stays.
    ImportUserData {
        /// The file.
        bytes: Vec<u8>,
    },
    /// Looks for tracks that are the same recording.
    Duplicates {
        /// The first group wanted.
        offset: u32,
        /// How many are wanted, at most [`Request::MOST_ROWS`].
        limit: u32,
    },
    /// Ends a request of the same host that takes long: an export, an import, or a search for duplicates. That one is
    /// answered with [`Cancelled`](crate::report::RequestError::Cancelled), unless it was answered already.
    Cancel {
        /// The host's number for it.
        request: u32,
    },
    /// Counts what is in the library.
    Count,
    /// Writes everything that is not stored yet; answered when it is.
    Flush,
}

impl Request {
    /// How many rows one window or one answer may hold.
    pub const MOST_ROWS: u32 = 2_000;
}

/// A field whose distinct values can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FacetField {
    /// Each artist of a track.
    Artist,
    /// Each artist of its album.
    AlbumArtist,
    /// Its album.
    Album,
    /// Each genre.
    Genre,
    /// The ten years that its year lies in.
    Decade,
    /// Its year.
    Year,
    /// Its codec.
    Codec,
    /// The folder that its file lies in.
    Folder,
}

impl FacetField {
    /// Every field with the name that people type.
    pub const ALL: [(&str, Self); 8] = [
        ("artist", Self::Artist),
        ("albumartist", Self::AlbumArtist),
        ("album", Self::Album),
        ("genre", Self::Genre),
        ("decade", Self::Decade),
        ("year", Self::Year),
        ("codec", Self::Codec),
        ("folder", Self::Folder),
    ];
}

/// The order of distinct values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FacetOrder {
    /// What most tracks have comes first; then by name.
    #[default]
    Count,
    /// By name, or by the name to sort by where there is one.
    Name,
}

/// What a listener asks of the player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum PlayerRequest {
    /// Replaces the queue by the answer to a query and plays.
    PlayQuery {
        /// In the query language.
        query: String,
        /// The row to begin with.
        start: u32,
    },
    /// Replaces the queue by these tracks and plays.
    PlayTracks {
        /// In this order.
        tracks: Vec<TrackId>,
        /// Which of them to begin with.
        start: u32,
    },
    /// Replaces the queue by what a playlist holds and plays.
    PlayPlaylist {
        /// Which.
        playlist: PlaylistId,
        /// The place in it to begin with.
        start: u32,
    },
    /// Plays on, or plays the current track of the queue.
    Resume,
    /// Pauses.
    Pause,
    /// Stops and lets go of the file.
    Stop,
    /// Goes to a place in the current track.
    Seek {
        /// Milliseconds from its start.
        position: u64,
    },
    /// Goes to the next track.
    Next,
    /// Goes to the track before, or to the start of this one when more than three seconds of it were heard.
    Previous,
    /// Goes to an entry of the queue.
    JumpTo {
        /// Its index.
        index: u32,
    },
    /// Puts tracks into the queue.
    Insert {
        /// In this order.
        tracks: Vec<TrackId>,
        /// Before which entry; the length of the queue or more appends.
        at: u32,
    },
    /// Takes entries out of the queue.
    Remove {
        /// From this entry.
        at: u32,
        /// So many.
        count: u32,
    },
    /// Moves an entry of the queue.
    Move {
        /// Which.
        from: u32,
        /// To which place in the queue without it.
        to: u32,
    },
    /// Empties the queue, but for the track that plays.
    Clear,
    /// Sets the volume, in thousandths of full scale.
    SetVolume {
        /// 0 to 1000.
        volume: u16,
    },
}

/// What a listener asks of playlists. Entries are named by their ids, so that an edit means the same entry
/// whatever others did to the playlist meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum PlaylistRequest {
    /// Makes one.
    Create {
        /// What to call it.
        name: String,
        /// The query of a smart playlist; without one it is an ordinary playlist, and empty.
        #[serde(default)]
        smart: Option<SmartQuery>,
    },
    /// Gives it another name.
    Rename {
        /// Which.
        playlist: PlaylistId,
        /// What to call it.
        name: String,
    },
    /// Takes it away.
    Delete {
        /// Which.
        playlist: PlaylistId,
    },
    /// Gives a smart playlist another query.
    SetQuery {
        /// Which.
        playlist: PlaylistId,
        /// The query.
        smart: SmartQuery,
    },
    /// Puts tracks in.
    Insert {
        /// Where.
        playlist: PlaylistId,
        /// In this order.
        tracks: Vec<TrackId>,
        /// Before which entry; without one, at the end.
        #[serde(default)]
        before: Option<u32>,
    },
    /// Puts in what answers a query now.
    InsertQuery {
        /// Where.
        playlist: PlaylistId,
        /// In the query language.
        query: String,
        /// Before which entry; without one, at the end.
        #[serde(default)]
        before: Option<u32>,
    },
    /// Moves entries.
    Move {
        /// Where.
        playlist: PlaylistId,
        /// Which, in the order in which they are to stand.
        entries: Vec<u32>,
        /// Before which entry; without one, to the end.
        #[serde(default)]
        before: Option<u32>,
    },
    /// Takes entries out. What is not there any more does not matter.
    Remove {
        /// Where.
        playlist: PlaylistId,
        /// Which.
        entries: Vec<u32>,
    },
    /// Takes the last edit of a playlist back, also its making and its end; once more, makes it again.
    Undo {
        /// Which.
        playlist: PlaylistId,
    },
    /// Looks into one.
    Get {
        /// Which.
        playlist: PlaylistId,
        /// The first entry wanted.
        offset: u32,
        /// How many are wanted, at most [`Request::MOST_ROWS`].
        limit: u32,
    },
    /// Makes a playlist of an M3U or M3U8 file.
    Import {
        /// What to call it if the file does not say.
        name: String,
        /// The folder that its relative paths begin in, as an absolute path; empty if it is not known.
        folder: String,
        /// The file.
        bytes: Vec<u8>,
    },
    /// Writes one as an M3U8 file.
    Export {
        /// Which.
        playlist: PlaylistId,
        /// The folder in which the file will lie, as an absolute path; empty if it is not known.
        folder: String,
    },
}
