//! The host's side in one piece: what a page, a game or a command line asks, sees and hears.
//!
//! Nothing here waits or owns a channel: bytes come in through [`Client::receive`], bytes go out through
//! [`Client::take_outgoing`], and whoever drives it carries them.

mod shown;

use std::collections::{BTreeMap, BTreeSet};

use bevy_ecs::component::Component;
use bevy_ecs::resource::Resource;
use bevy_ecs::world::World;
use segue_components::prelude::*;
use segue_components::wire::codec::WireError;
use segue_components::wire::message::{ToHost, ToLibrary};
use segue_components::wire::version;

pub use self::shown::{JobView, PlayerView, PlaylistView, ProviderView, ViewState};
use super::receive::{Applied, Mirror};

/// How many frames may be under way to a host that does not say otherwise.
pub const CREDITS: u32 = 4;

/// What a host hears.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ClientEvent {
    /// A request was answered.
    Answer {
        /// The number that [`Remote::request`] gave it.
        id: u32,
        /// The answer.
        answer: Result<Response, RequestError>,
    },
    /// How far a request is that takes long, in thousandths.
    Progress {
        /// The number that [`Remote::request`] gave it.
        id: u32,
        /// So far.
        done: u16,
    },
    /// A view's window changed, or a row in it.
    View(u32),
    /// A job went on.
    SyncProgress(JobId),
    /// A job is done, failed or cancelled.
    SyncComplete(JobId),
    /// New tracks can be found.
    TracksAdded {
        /// Of which provider, if its job is still known.
        provider: Option<ProviderId>,
        /// Through which job.
        job: JobId,
        /// How many.
        count: u32,
    },
    /// Tracks that are shown changed.
    MetadataUpdated(Vec<TrackId>),
    /// The player's state, queue or volume changed.
    PlayerState,
    /// Whether the library can be written changed.
    StorageState(StorageState),
    /// A page of the store was damaged.
    PageQuarantined {
        /// Which table.
        table: String,
        /// How many rows it held at the most.
        rows: u32,
    },
    /// The store itself was damaged, and goes on with what could be saved of it.
    StoreRescued {
        /// What was saved and what to do, in words for the listener.
        detail: String,
    },
    /// The list of jobs changed, or one of them.
    Jobs,
    /// The list of providers changed, or one of them.
    Providers,
    /// The list of playlists changed, or one of them.
    Playlists,
    /// The library is of another build: the page has to be loaded again.
    Incompatible,
}

impl ClientEvent {
    /// What the event is called in JavaScript; `None` for what is not told there as an event.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        match self {
            Self::Answer { .. } | Self::Progress { .. } | Self::View(_) => None,
            Self::SyncProgress(_) => Some("Sync.Progress"),
            Self::SyncComplete(_) => Some("Sync.Complete"),
            Self::TracksAdded { .. } => Some("Sync.TracksAdded"),
            Self::MetadataUpdated(_) => Some("Metadata.Updated"),
            Self::PlayerState => Some("Player.State"),
            Self::StorageState(_) => Some("Storage.State"),
            Self::PageQuarantined { .. } | Self::StoreRescued { .. } | Self::Incompatible => Some("Error"),
            Self::Jobs => Some("Jobs"),
            Self::Providers => Some("Providers"),
            Self::Playlists => Some("Playlists"),
        }
    }
}

#[derive(Debug, Clone)]
struct Open {
    noun: Noun,
    query: String,
    offset: u32,
    limit: u32,
    followed: Option<u64>,
}

/// A host's end of a link, over a world that belongs to somebody else, such as a game's own.
#[derive(Resource, Debug)]
pub struct Remote {
    mirror: Mirror,
    outgoing: Vec<ToLibrary>,
    credits: u32,
    /// Credits to give back.
    due: u32,
    /// Frames passed over since a snapshot was asked for.
    ignored: u32,
    last_request: u32,
    /// Requests without an answer; `true` for those that this type made for itself.
    pending: BTreeMap<u32, bool>,
    views: BTreeMap<u32, Open>,
    last_view: u32,
    running: BTreeSet<JobId>,
    storage: StorageState,
}

impl Default for Remote {
    fn default() -> Self {
        Self::new(CREDITS)
    }
}

impl Remote {
    /// A host that takes so many frames at once. Its greeting waits in [`Remote::take_outgoing`].
    #[must_use]
    pub fn new(credits: u32) -> Self {
        let mut remote = Self {
            mirror: Mirror::default(),
            outgoing: Vec::new(),
            credits: credits.max(1),
            due: 0,
            ignored: 0,
            last_request: 0,
            pending: BTreeMap::new(),
            views: BTreeMap::new(),
            last_view: 0,
            running: BTreeSet::new(),
            storage: StorageState::default(),
        };
        remote.greet();
        remote
    }

    fn greet(&mut self) {
        self.outgoing.push(ToLibrary::Hello {
            protocol: version::protocol(),
            credits: self.credits,
        });
    }

    /// Begins anew after the library was started again behind the same link: greets it and opens the views
    /// again. Requests that were not answered never will be, and are told as failed.
    pub fn reconnect(&mut self) -> Vec<ClientEvent> {
        self.outgoing.clear();
        self.mirror.expect_snapshot();
        self.due = 0;
        self.ignored = 0;
        let lost = core::mem::take(&mut self.pending);
        self.greet();
        for (view, open) in self.views.clone() {
            self.ask_open(view, &open);
            if let Some(id) = open.followed {
                self.ask(Request::FollowRow { view, id: Some(id) }, true);
            }
        }
        lost.into_iter()
            .filter(|&(_, own)| !own)
            .map(|(id, _)| ClientEvent::Answer {
                id,
                answer: Err(RequestError::Failed {
                    reason: "the library was started again before it answered".into(),
                }),
            })
            .collect()
    }

    /// Asks something. The number comes back with the answer.
    pub fn request(&mut self, request: Request) -> u32 {
        self.ask(request, false)
    }

    fn ask(&mut self, request: Request, own: bool) -> u32 {
        self.last_request = self.last_request.wrapping_add(1);
        self.pending.insert(self.last_request, own);
        self.outgoing.push(ToLibrary::Request(self.last_request, request));
        self.last_request
    }

    fn ask_open(&mut self, view: u32, open: &Open) {
        let Open {
            noun,
            query,
            offset,
            limit,
            ..
        } = open.clone();
        self.ask(
            Request::OpenView {
                view,
                noun,
                query,
                offset,
                limit,
            },
            true,
        );
    }

    /// Opens a view of tracks or albums and gives its number. A window holds at most
    /// [`Request::MOST_ROWS`] rows.
    pub fn open_view(&mut self, noun: Noun, query: &str, offset: u32, limit: u32) -> u32 {
        self.last_view += 1;
        let view = self.last_view;
        let open = Open {
            noun,
            query: query.to_owned(),
            offset,
            limit: limit.min(Request::MOST_ROWS),
            followed: None,
        };
        self.mirror.open(view, noun);
        self.ask_open(view, &open);
        self.views.insert(view, open);
        view
    }

    /// Lets a view show another query. What it shows stays until the answer comes.
    pub fn set_query(&mut self, view: u32, query: &str) {
        if let Some(open) = self.views.get_mut(&view) {
            open.query = query.to_owned();
            let open = open.clone();
            self.ask_open(view, &open);
        }
    }

    /// Moves the window of a view. What it shows stays until the answer comes.
    pub fn set_window(&mut self, view: u32, offset: u32, limit: u32) {
        if let Some(open) = self.views.get_mut(&view) {
            let limit = limit.min(Request::MOST_ROWS);
            (open.offset, open.limit) = (offset, limit);
            self.ask(Request::MoveView { view, offset, limit }, true);
        }
    }

    /// Lets a view tell the place of a row whenever that changes ([`ViewState::followed`]): the number of a track, or
    /// of an album in a view of albums. `None` for no row any more.
    pub fn follow(&mut self, view: u32, id: Option<u64>) {
        if let Some(open) = self.views.get_mut(&view)
            && open.followed != id
        {
            open.followed = id;
            self.ask(Request::FollowRow { view, id }, true);
        }
    }

    /// Closes a view.
    pub fn close_view(&mut self, view: u32) {
        if self.views.remove(&view).is_some() {
            self.mirror.close(view);
            self.ask(Request::CloseView { view }, true);
        }
    }

    /// Says goodbye: the last message of this host.
    pub fn leave(&mut self) {
        self.outgoing.push(ToLibrary::Goodbye);
    }

    /// Takes what has to be carried to the library, in order.
    pub fn take_outgoing(&mut self) -> Vec<Vec<u8>> {
        if self.due > 0 {
            self.outgoing
                .push(ToLibrary::Credits(core::mem::take(&mut self.due)));
        }
        self.outgoing
            .drain(..)
            .map(|message| message.to_bytes())
            .collect()
    }

    /// Takes in what the library sent, and says what came of it.
    pub fn receive(&mut self, world: &mut World, bytes: &[u8]) -> Vec<ClientEvent> {
        match ToHost::read(bytes) {
            Ok(ToHost::Answer(id, answer)) => self.take_answer(world, id, answer),
            Ok(ToHost::Progress(id, done)) if self.pending.get(&id) == Some(&false) => {
                vec![ClientEvent::Progress { id, done }]
            }
            Ok(ToHost::Progress(..)) => Vec::new(),
            Ok(ToHost::Frame(frame)) => match self.mirror.apply(world, &frame) {
                Ok(applied) if applied.ignored => {
                    // More than were under way when the snapshot was asked for: it must have been lost.
                    self.due += 1;
                    self.ignored += 1;
                    if self.ignored > 2 * self.credits {
                        self.resync();
                    }
                    Vec::new()
                }
                Ok(applied) => {
                    self.ignored = 0;
                    self.due += 1;
                    self.events(world, applied)
                }
                Err(WireError::Protocol { .. }) => vec![ClientEvent::Incompatible],
                Err(_) => {
                    self.resync();
                    Vec::new()
                }
            },
            // Whatever it was, what it should have changed is missing now.
            Err(_) => {
                self.resync();
                Vec::new()
            }
        }
    }

    /// Asks for a snapshot.
    pub fn resync(&mut self) {
        self.mirror.expect_snapshot();
        self.ignored = 0;
        self.due = 0;
        self.outgoing.push(ToLibrary::Resync);
    }

    fn take_answer(
        &mut self,
        world: &World,
        id: u32,
        answer: Result<Response, RequestError>,
    ) -> Vec<ClientEvent> {
        if self.pending.remove(&id) != Some(false) {
            // A view tells itself what is wrong with its query; and a number not asked is nobody's.
            return Vec::new();
        }
        // Where no frame showed the job at work, because none could be sent, its end is told all the same.
        if let Ok(Response::Job(job)) = answer
            && !self.get::<JobState>(world, job).is_some_and(JobState::is_over)
        {
            self.running.insert(job);
        }
        vec![ClientEvent::Answer { id, answer }]
    }

    fn events(&mut self, world: &World, applied: Applied) -> Vec<ClientEvent> {
        let mut events: Vec<_> = applied.views.into_iter().map(ClientEvent::View).collect();
        for notice in applied.notices {
            events.push(match notice {
                Notice::Storage(state) => {
                    self.storage = state.clone();
                    ClientEvent::StorageState(state)
                }
                Notice::TracksAdded { job, count } => ClientEvent::TracksAdded {
                    provider: self.get::<SyncOf>(world, job).map(|of| of.0),
                    job,
                    count,
                },
                Notice::PageQuarantined { table, rows } => ClientEvent::PageQuarantined { table, rows },
                Notice::StoreRescued { detail } => ClientEvent::StoreRescued { detail },
                _ => continue,
            });
        }
        for job in applied.jobs {
            let over = self.get::<JobState>(world, job).is_some_and(JobState::is_over);
            if !over {
                self.running.insert(job);
                events.push(ClientEvent::SyncProgress(job));
            } else if self.running.remove(&job) {
                events.push(ClientEvent::SyncComplete(job));
            }
        }
        if !applied.tracks.is_empty() {
            events.push(ClientEvent::MetadataUpdated(applied.tracks));
        }
        let lists = [
            (applied.jobs_changed, ClientEvent::Jobs),
            (applied.providers_changed, ClientEvent::Providers),
            (applied.playlists_changed, ClientEvent::Playlists),
            (applied.player_changed, ClientEvent::PlayerState),
        ];
        events.extend(
            lists
                .into_iter()
                .filter(|(changed, _)| *changed)
                .map(|(_, event)| event),
        );
        events
    }
}

/// A host's end of a link with a world of its own.
#[derive(Debug, Default)]
pub struct Client {
    world: World,
    remote: Remote,
}

impl Client {
    /// A host that takes so many frames at once. Its greeting waits in [`Remote::take_outgoing`].
    #[must_use]
    pub fn new(credits: u32) -> Self {
        Self {
            world: World::new(),
            remote: Remote::new(credits),
        }
    }

    /// The mirrored world, to read.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The host's end of the link.
    #[must_use]
    pub fn remote(&self) -> &Remote {
        &self.remote
    }

    /// The host's end of the link, to ask.
    pub fn remote_mut(&mut self) -> &mut Remote {
        &mut self.remote
    }

    /// Asks something: [`Remote::request`].
    pub fn request(&mut self, request: Request) -> u32 {
        self.remote.request(request)
    }

    /// Takes in what the library sent: [`Remote::receive`].
    pub fn receive(&mut self, bytes: &[u8]) -> Vec<ClientEvent> {
        self.remote.receive(&mut self.world, bytes)
    }

    /// Takes what has to be carried to the library: [`Remote::take_outgoing`].
    pub fn take_outgoing(&mut self) -> Vec<Vec<u8>> {
        self.remote.take_outgoing()
    }

    /// What is seen of a view.
    #[must_use]
    pub fn view(&self, view: u32) -> Option<ViewState<'_>> {
        self.remote.view(view)
    }

    /// The rows of a view of tracks.
    #[must_use]
    pub fn view_tracks(&self, view: u32) -> Vec<TrackRow> {
        self.remote.view_tracks(&self.world, view)
    }

    /// The rows of a view of albums.
    #[must_use]
    pub fn view_albums(&self, view: u32) -> Vec<AlbumRow> {
        self.remote.view_albums(&self.world, view)
    }

    /// A track as one flat record, if the library shows it.
    #[must_use]
    pub fn track_row(&self, track: TrackId) -> Option<TrackRow> {
        self.remote.track_row(&self.world, track)
    }

    /// A component of the thing with this id, if the library shows it.
    #[must_use]
    pub fn get<C: Component>(&self, id: impl Id) -> Option<&C> {
        self.remote.get(&self.world, id)
    }

    /// Every job, oldest first.
    #[must_use]
    pub fn jobs(&self) -> Vec<JobView<'_>> {
        self.remote.jobs(&self.world)
    }

    /// Every provider, oldest first.
    #[must_use]
    pub fn providers(&self) -> Vec<ProviderView<'_>> {
        self.remote.providers(&self.world)
    }

    /// Every playlist, oldest first.
    #[must_use]
    pub fn playlists(&self) -> Vec<PlaylistView<'_>> {
        self.remote.playlists(&self.world)
    }

    /// The player, once there is one.
    #[must_use]
    pub fn player(&self) -> Option<PlayerView<'_>> {
        self.remote.player(&self.world)
    }
}
