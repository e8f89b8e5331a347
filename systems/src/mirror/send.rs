//! The library's side: per host, what it has, what changed of that, and what its windows show.
//!
//! What a host is owed is a set and not a queue: while it returns no credits, changes of one row fall
//! together, and memory stays bounded by what it holds. Nothing here compares change ticks, so there is no
//! age at which they wrap.

use std::collections::VecDeque;

use bevy_ecs::message::{MessageCursor, Messages};
use bevy_ecs::resource::Resource;
use bevy_ecs::system::Local;
use bevy_ecs::world::{Mut, World};
use bevy_platform::collections::{HashMap, HashSet};
use segue_components::prelude::*;
use segue_components::wire::message::ToHost;
use segue_components::wire::registry::KindSet;
use segue_components::wire::version;

use super::WHOLE;
use super::frame::{Builder, Key};
use super::view::View;
use crate::catalog::Catalog;
use crate::changes::Changes;
use crate::clock::{Clock, Wake};
use crate::link::{Asked, HostId, HostSaid, Hosts};
use crate::notices::Notices;
use crate::persist::Storage;
use crate::persist::last_seen::{self, LastSeen, Window};
use crate::query::index::{self, Index};
use crate::query::{eval, parser};
use crate::sort;
use crate::sorted::Sorted;

/// The least time between two frames that nobody asked for, in milliseconds.
const FRAME_EVERY: u64 = 30;
/// How many frames may be under way to one host, whatever it offers.
const MOST_CREDITS: u32 = 64;
/// How many views one host may open.
const MOST_VIEWS: usize = 64;
/// How many notices wait for one host; beyond, the oldest are dropped.
const MOST_NOTICES: usize = 256;
/// How often what the views show is kept for the next start, at most, in milliseconds.
const REMEMBER_EVERY: u64 = 250;
/// How many views are answered anew in one tick because of changes, and how many because somebody asked.
const REFRESHED_PER_TICK: usize = 4;
const ASKED_PER_TICK: usize = 16;
/// How many searches of one host are answered in one tick, and how many may wait.
const SEARCHES_PER_TICK: usize = 8;
const MOST_WAITING: usize = 1_024;
/// How much of the queue a host sees: so many entries before the current one, and so many from it on.
const QUEUE_BEFORE: usize = 50;
const QUEUE_FROM: usize = 500;

/// What every host has.
#[derive(Resource, Debug, Default)]
pub struct Mirrors {
    hosts: Sorted<HostId, Host>,
    /// The last word on storage, for hosts that come later.
    storage: Option<Notice>,
    generation: u64,
    /// The version of the index and the views that are kept for the next start, and since when.
    remembered: (u64, Vec<(Noun, String)>),
    remembered_at: u64,
}

#[derive(Debug, Default)]
struct Host {
    /// It speaks another protocol, was told so, and gets nothing more.
    refused: bool,
    window: u32,
    credits: u32,
    sequence: u32,
    /// Whether the next frame begins anew.
    snapshot: bool,
    views: Sorted<u32, View>,
    has: HashSet<Key>,
    /// What changed of what it has.
    dirty: HashMap<Key, KindSet>,
    /// Whether what it should have may differ from what it has.
    unsettled: bool,
    notices: Vec<Notice>,
    /// Searches that wait for their turn.
    waiting: VecDeque<Asked>,
    /// Whether it waits for something it asked for.
    urgent: bool,
    last_frame: u64,
}

impl Mirrors {
    /// How many changes wait for a host: never more than it has rows.
    #[must_use]
    pub fn backlog(&self, host: HostId) -> usize {
        self.hosts.get(host).map_or(0, |host| host.dirty.len())
    }

    /// How many things a host has.
    #[must_use]
    pub fn held(&self, host: HostId) -> usize {
        self.hosts.get(host).map_or(0, |host| host.has.len())
    }
}

/// Takes in what hosts say of their links, and answers what they ask of views and queries.
pub(crate) fn hear_hosts(
    world: &mut World,
    mut said: Local<MessageCursor<HostSaid>>,
    mut asked: Local<MessageCursor<Asked>>,
) {
    let said: Vec<_> = said
        .read(world.resource::<Messages<HostSaid>>())
        .copied()
        .collect();
    let mut askers = Vec::new();
    let asked: Vec<_> = asked
        .read(world.resource::<Messages<Asked>>())
        .inspect(|asked| askers.push(asked.host))
        .filter(|asked| {
            matches!(
                asked.request,
                Request::OpenView { .. }
                    | Request::MoveView { .. }
                    | Request::CloseView { .. }
                    | Request::FollowRow { .. }
                    | Request::Locate { .. }
                    | Request::QueryTracks { .. }
                    | Request::GetTrack { .. }
            )
        })
        .cloned()
        .collect();
    if said.is_empty() && askers.is_empty() && !world.resource::<Mirrors>().has_waiting() {
        return;
    }
    world.resource_scope(|world, mut mirrors: Mut<Mirrors>| {
        for said in said {
            mirrors.hear(world, said);
        }
        // What came of a request is seen before its answer arrives: frames go out before answers.
        for host in askers {
            if let Some(host) = mirrors.hosts.get_mut(host) {
                host.urgent = true;
            }
        }
        for asked in asked {
            let Some(asked) = mirrors.put_off(world, asked) else {
                continue;
            };
            let answer = mirrors.answer(world, &asked);
            world.write_message(asked.answer(answer));
        }
        mirrors.answer_waiting(world);
    });
}

/// Whether a request is answered by searching, and so waits for the index and its turn.
fn is_search(request: &Request) -> bool {
    matches!(request, Request::QueryTracks { .. } | Request::Locate { .. })
}

impl Mirrors {
    fn hear(&mut self, world: &World, said: HostSaid) {
        match said {
            HostSaid::Hello(host, protocol, credits) => {
                let mut state = Host {
                    window: credits.clamp(1, MOST_CREDITS),
                    refused: protocol != version::protocol(),
                    ..Host::default()
                };
                if state.refused {
                    // Its code is of another build: it reads our protocol's hash and nothing else.
                    if let Some(bytes) = Builder::new(true).finish(0) {
                        world
                            .resource::<Hosts>()
                            .send(host, ToHost::Frame(bytes).to_bytes());
                    }
                }
                state.restart();
                state.notices.extend(self.storage.clone());
                self.hosts.insert(host, state);
            }
            HostSaid::Credits(host, credits) => {
                if let Some(host) = self.hosts.get_mut(host) {
                    host.credits = host.credits.saturating_add(credits).min(host.window);
                }
            }
            HostSaid::Resync(host) => {
                if let Some(host) = self.hosts.get_mut(host) {
                    host.restart();
                }
            }
            HostSaid::Goodbye(host) => drop(self.hosts.remove(host)),
        }
    }

    fn has_waiting(&self) -> bool {
        self.hosts.values().any(|host| !host.waiting.is_empty())
    }

    /// Puts a search where it waits, and gives back what is answered at once. A host that asks faster than it can be
    /// answered is told so.
    fn put_off(&mut self, world: &mut World, asked: Asked) -> Option<Asked> {
        let host = self
            .hosts
            .get_mut(asked.host)
            .filter(|_| is_search(&asked.request));
        let Some(host) = host else { return Some(asked) };
        if host.waiting.len() < MOST_WAITING {
            host.waiting.push_back(asked);
        } else {
            let reason = format!("{MOST_WAITING} searches of this host wait already");
            world.write_message(asked.answer(Err(RequestError::Failed { reason })));
        }
        None
    }

    /// Answers the searches whose turn it is: a few of each host, so that none of them holds up a tick.
    fn answer_waiting(&mut self, world: &mut World) {
        if !is_indexed(world) {
            return;
        }
        let mut turn = Vec::new();
        world.resource_scope(|world, mut index: Mut<Index>| {
            for host in self.hosts.values_mut() {
                for _ in 0..SEARCHES_PER_TICK {
                    let is_due = host.waiting.front().is_some_and(|asked| match &asked.request {
                        // What is wrong is said at once.
                        Request::QueryTracks { query, .. } => parser::parse(query)
                            .map_or(true, |query| index.prepare(world, Noun::Track, &query)),
                        _ => true,
                    });
                    if !is_due {
                        break;
                    }
                    turn.extend(host.waiting.pop_front());
                }
            }
        });
        for asked in turn {
            let answer = self.answer(world, &asked);
            world.write_message(asked.answer(answer));
        }
        if self.has_waiting() {
            let now = world.resource::<Clock>().now;
            world.resource_mut::<Wake>().at(now);
        }
    }

    fn answer(&mut self, world: &mut World, asked: &Asked) -> Result<Response, RequestError> {
        match &asked.request {
            Request::OpenView {
                view,
                noun,
                query,
                offset,
                limit,
            } => {
                check_limit(*limit)?;
                if !matches!(noun, Noun::Track | Noun::Album) {
                    return Err(invalid(format!("a view shows tracks or albums, not {noun:?}")));
                }
                let host = self.host(asked.host)?;
                if host.views.len() >= MOST_VIEWS && !host.views.has(*view) {
                    return Err(invalid(format!("{MOST_VIEWS} views are open already")));
                }
                let open = host.views.get_or_insert_with(*view, || View::new(*view, *noun));
                if open.noun != *noun {
                    *open = View::new(*view, *noun);
                }
                open.set_window(*offset, *limit);
                host.urgent = true;
                open.set_query(query)?;
                Ok(Response::Done)
            }
            Request::MoveView { view, offset, limit } => {
                check_limit(*limit)?;
                let host = self.host(asked.host)?;
                host.view(*view)?.set_window(*offset, *limit);
                host.urgent = true;
                Ok(Response::Done)
            }
            Request::FollowRow { view, id } => {
                let host = self.host(asked.host)?;
                host.view(*view)?.follow(*id);
                host.urgent = true;
                Ok(Response::Done)
            }
            Request::Locate { view, id } => {
                let view = self.host(asked.host)?.view(*view)?;
                let noun = view.noun;
                let position = view.query().and_then(|(_, query)| {
                    world.resource_scope(|world, mut index: Mut<Index>| {
                        index.position(world, noun, query, *id)
                    })
                });
                Ok(Response::Position(position))
            }
            Request::CloseView { view } => {
                let host = self.host(asked.host)?;
                host.unsettled |= host.views.remove(*view).is_some();
                Ok(Response::Done)
            }
            Request::QueryTracks { query, offset, limit } => {
                check_limit(*limit)?;
                let found = index::find(world, Noun::Track, query, *offset, *limit)?;
                let rows = found
                    .ids
                    .iter()
                    .filter_map(|&id| track_row(world, TrackId(id)))
                    .collect();
                Ok(Response::Tracks {
                    total: found.total,
                    rows,
                })
            }
            Request::GetTrack { track } => Ok(Response::Track(track_row(world, *track).map(Box::new))),
            _ => unreachable!("other requests were filtered out"),
        }
    }

    /// The views that a next start shows at once. Words are indexed last, so what needs them is not among them.
    fn views_to_remember(&self) -> Vec<(Noun, String)> {
        let mut kept = Vec::new();
        for view in self.hosts.values().flat_map(|host| host.views.values()) {
            let Some((text, query)) = view.query() else {
                continue;
            };
            let known = kept
                .iter()
                .any(|(noun, of): &(Noun, String)| *noun == view.noun && of == text);
            if !known && !eval::reads_words(&query.filter) && kept.len() < last_seen::MOST_WINDOWS {
                kept.push((view.noun, text.to_owned()));
            }
        }
        kept
    }

    fn host(&mut self, host: HostId) -> Result<&mut Host, RequestError> {
        self.hosts
            .get_mut(host)
            .filter(|host| !host.refused)
            .ok_or_else(|| invalid("a host says hello first".into()))
    }
}

fn invalid(reason: String) -> RequestError {
    RequestError::Invalid { reason }
}

pub(crate) fn check_limit(limit: u32) -> Result<(), RequestError> {
    if limit <= Request::MOST_ROWS {
        Ok(())
    } else {
        Err(invalid(format!(
            "{limit} rows were asked for, at most {} are given at once",
            Request::MOST_ROWS
        )))
    }
}

/// A track as one flat record, with what its album and its file add.
#[must_use]
pub fn track_row(world: &World, track: TrackId) -> Option<TrackRow> {
    let catalog = world.resource::<Catalog>();
    let track = world.get_entity(catalog.entity(track)?).ok()?;
    let album = track.get::<OnAlbum>().and_then(|album| catalog.entity(album.0));
    let file = track.get::<PlayedFrom>().and_then(|file| catalog.entity(file.0));
    Some(TrackRow::of(
        track,
        album.and_then(|album| world.get_entity(album).ok()),
        file.and_then(|file| world.get_entity(file).ok()),
    ))
}

/// Whether the library is loaded, and if not, whether there is something to show.
fn is_loaded(world: &World) -> (bool, bool) {
    // Without a store nothing is loaded, and all is there.
    let storage = world.get_resource::<Storage>();
    storage.map_or((true, true), |storage| {
        let over = storage.state.loaded || storage.refused.is_some();
        (over, storage.begun)
    })
}

/// Whether everything that was loaded can be found.
fn is_indexed(world: &World) -> bool {
    is_loaded(world).0 && world.resource::<Index>().is_ready()
}

/// Answers the views whose time has come.
pub(crate) fn refresh_views(world: &mut World) {
    let clock = *world.resource::<Clock>();
    if !is_indexed(world) {
        if is_loaded(world).1 {
            show_early(world, clock);
        }
        return;
    }
    world.resource_scope(|world, mut mirrors: Mut<Mirrors>| {
        world.resource_scope(|world, mut index: Mut<Index>| {
            let mut left = [REFRESHED_PER_TICK, ASKED_PER_TICK];
            let mut wake = None::<u64>;
            for host in mirrors.hosts.values_mut().filter(|host| !host.refused) {
                for view in host.views.values_mut() {
                    let Some(due) = view.due(index.version(), clock) else {
                        continue;
                    };
                    let left = &mut left[usize::from(view.is_asked())];
                    let noun = view.noun;
                    let (query, offset, limit, followed) = view.wanted();
                    // While words or an order are still in the making, a view keeps what it shows.
                    let may = due <= clock.now && *left > 0 && index.prepare(world, noun, query);
                    if !may {
                        let due = due.max(clock.now);
                        wake = Some(wake.map_or(due, |wake| wake.min(due)));
                        continue;
                    }
                    *left -= 1;
                    let found = index.find(world, noun, query, offset, limit);
                    let followed = followed.and_then(|id| index.position(world, noun, query, id));
                    view.answer(index.version(), clock, found, followed);
                    host.unsettled = true;
                }
            }
            if let Some(wake) = wake {
                world.resource_mut::<Wake>().at(wake);
            }
        });
    });
}

/// Answers views with what hosts saw when the library was last open. The others wait: an answer from half a library
/// would be wrong.
fn show_early(world: &mut World, clock: Clock) {
    if !world.contains_resource::<LastSeen>() {
        return;
    }
    let version = world.resource::<Index>().version();
    world.resource_scope(|world, mut mirrors: Mut<Mirrors>| {
        let shown = world.resource::<LastSeen>();
        for host in mirrors.hosts.values_mut().filter(|host| !host.refused) {
            for view in host.views.values_mut() {
                view.answer_early(version, clock, shown);
            }
            host.unsettled = true;
        }
    });
}

/// Keeps what the views show at their beginning for the next start of the library.
pub(crate) fn remember_views(world: &mut World) {
    if !is_indexed(world) || !world.contains_resource::<LastSeen>() {
        return;
    }
    let now = world.resource::<Clock>().now;
    world.resource_scope(|world, mut mirrors: Mut<Mirrors>| {
        let mut views = mirrors.views_to_remember();
        if views.is_empty() {
            // Nobody looks: what was seen last stays, but as it is now.
            let seen = world.resource::<LastSeen>().windows().iter();
            views.extend(seen.map(|window| (window.noun, window.query.clone())));
        }
        let version = world.resource::<Index>().version();
        let same = mirrors.remembered.1 == views;
        if views.is_empty() || (same && mirrors.remembered.0 == version) {
            return;
        }
        let due = mirrors.remembered_at + REMEMBER_EVERY;
        if same && now < due {
            world.resource_mut::<Wake>().at(due);
            return;
        }
        let is_prepared = world.resource_scope(|world, mut index: Mut<Index>| {
            let mut queries = views
                .iter()
                .filter_map(|(noun, text)| Some((*noun, parser::parse(text).ok()?)));
            queries.all(|(noun, query)| index.prepare(world, noun, &query))
        });
        if !is_prepared {
            world.resource_mut::<Wake>().at(now);
            return;
        }
        let windows = world.resource_scope(|world, mut index: Mut<Index>| {
            let windows = views.iter().filter_map(|(noun, text)| {
                let query = parser::parse(text).ok()?;
                let found = index.find(world, *noun, &query, 0, last_seen::MOST_ROWS);
                let things = found.ids.iter().flat_map(|&id| row_keys(world, (*noun, id)));
                let mut things: Vec<Key> = things.collect();
                sort::by_key(&mut things, |&key| key);
                things.dedup();
                Some(Window {
                    noun: *noun,
                    query: text.clone(),
                    total: found.total,
                    things,
                    ids: found.ids,
                })
            });
            windows.collect()
        });
        world.resource_mut::<LastSeen>().set(windows);
        mirrors.remembered = (version, views);
        mirrors.remembered_at = now;
    });
}

/// Notes per host what of its rows changed.
pub(crate) fn note_changes(world: &mut World) {
    let told = world.resource_mut::<Notices>().take();
    world.resource_scope(|world, mut mirrors: Mut<Mirrors>| {
        let mirrors = &mut *mirrors;
        for notice in &told {
            if matches!(notice, Notice::Storage(_)) {
                mirrors.storage = Some(notice.clone());
            }
        }
        let generation = world.resource::<Index>().generation();
        let loaded = core::mem::replace(&mut mirrors.generation, generation) != generation;
        let changes = world.resource::<Changes>().settled();
        let gone: HashSet<Key> = changes
            .iter()
            .filter(|change| change.gone)
            .map(|change| (change.noun, change.number))
            .collect();
        for host in mirrors.hosts.values_mut().filter(|host| !host.refused) {
            for notice in &told {
                host.tell(notice);
            }
            if loaded {
                host.snapshot = true;
            }
            for change in changes {
                let key = (change.noun, change.number);
                if host.has.contains(&key) {
                    *host.dirty.entry(key).or_default() |= change.kinds;
                    host.unsettled |= change.gone || change.kinds.meets(relations());
                } else if WHOLE.contains(&change.noun) {
                    host.unsettled = true;
                }
            }
            if !gone.is_empty() {
                for view in host.views.values_mut() {
                    let noun = view.noun;
                    host.unsettled |= view.forget(|id| gone.contains(&(noun, id)));
                }
            }
        }
    });
}

/// A change of these changes what else a host should have.
fn relations() -> KindSet {
    KindSet::of::<OnAlbum>()
        | KindSet::of::<PlayedFrom>()
        | KindSet::of::<Cover>()
        | KindSet::of::<AlbumCover>()
        | KindSet::of::<Queue>()
        | KindSet::of::<PlayerState>()
}

/// Sends every host as many frames as it has credits for.
pub(crate) fn send_frames(world: &mut World) {
    // The first frame has all small things in it, so that a host that got one knows them.
    if !is_loaded(world).1 {
        return;
    }
    let now = world.resource::<Clock>().now;
    let mut wake = None::<u64>;
    world.resource_scope(|world, mut mirrors: Mut<Mirrors>| {
        for (id, host) in mirrors.hosts.iter_mut().filter(|(_, host)| !host.refused) {
            if !host.is_owed() || host.credits == 0 {
                continue;
            }
            let due = host.last_frame + FRAME_EVERY;
            if !host.urgent && !host.snapshot && now < due {
                wake = Some(wake.map_or(due, |wake| wake.min(due)));
                continue;
            }
            while host.credits > 0 {
                let Some(bytes) = host.next_frame(world) else {
                    host.urgent = false;
                    break;
                };
                host.credits -= 1;
                host.last_frame = now;
                world
                    .resource::<Hosts>()
                    .send(id, ToHost::Frame(bytes).to_bytes());
            }
        }
    });
    if let Some(wake) = wake {
        world.resource_mut::<Wake>().at(wake);
    }
}

impl Host {
    /// Begins anew: everything it had is forgotten, and its views are told from the start.
    fn restart(&mut self) {
        self.credits = self.window;
        self.snapshot = true;
    }

    fn view(&mut self, number: u32) -> Result<&mut View, RequestError> {
        self.views.get_mut(number).ok_or_else(|| RequestError::NotFound {
            what: format!("view {number}"),
        })
    }

    fn tell(&mut self, notice: &Notice) {
        if let Notice::TracksAdded { job, count } = notice {
            for known in &mut self.notices {
                if let Notice::TracksAdded { job: of, count: sum } = known
                    && of == job
                {
                    *sum = sum.saturating_add(*count);
                    return;
                }
            }
        }
        if matches!(notice, Notice::Storage(_)) {
            self.notices.retain(|known| !matches!(known, Notice::Storage(_)));
        }
        if self.notices.len() == MOST_NOTICES {
            self.notices.remove(0);
        }
        self.notices.push(notice.clone());
    }

    fn is_owed(&self) -> bool {
        self.snapshot
            || self.unsettled
            || !self.dirty.is_empty()
            || !self.notices.is_empty()
            || self.views.values().any(View::is_untold)
    }

    /// The next frame; `None` if there is nothing to say.
    fn next_frame(&mut self, world: &World) -> Option<Vec<u8>> {
        let mut builder = Builder::new(self.snapshot);
        if core::mem::take(&mut self.snapshot) {
            self.has.clear();
            self.dirty.clear();
            self.unsettled = true;
            for view in self.views.values_mut() {
                view.untell();
            }
        }
        let full = !self.fill(world, &mut builder);
        self.unsettled = full;
        let sequence = self.sequence.wrapping_add(1);
        let frame = builder.finish(sequence)?;
        self.sequence = sequence;
        Some(frame)
    }

    /// Fills a frame. `false` if something is left for the next one.
    fn fill(&mut self, world: &World, builder: &mut Builder) -> bool {
        let mut dirty: Vec<_> = self.dirty.iter().map(|(&key, &kinds)| (key, kinds)).collect();
        sort::by_key(&mut dirty, |&(key, _)| key);
        for (key, kinds) in dirty {
            if !builder.update(world, key, kinds) {
                return false;
            }
            self.dirty.remove(&key);
        }
        let mut sent = 0;
        for notice in &self.notices {
            let bytes = postcard::to_stdvec(notice).expect("notices are plain data");
            if !builder.notice(&bytes) {
                break;
            }
            sent += 1;
        }
        self.notices.drain(..sent);
        if !self.unsettled && !self.views.values().any(View::is_untold) {
            return true;
        }
        let mut wanted = HashSet::new();
        let catalog = world.resource::<Catalog>();
        for noun in WHOLE {
            let mut all: Vec<_> = catalog.all(noun).collect();
            sort::by_key(&mut all, |&(number, _)| number);
            for (number, entity) in all {
                if !self.want(world, builder, &mut wanted, (noun, number)) {
                    return false;
                }
                if let (Noun::Player, Some(queue)) = (noun, world.get::<Queue>(entity)) {
                    let index = queue.index as usize;
                    let near = queue.tracks.iter().skip(index.saturating_sub(QUEUE_BEFORE));
                    let playing = world.get::<PlayerState>(entity).and_then(|state| state.track);
                    for track in near.take(QUEUE_BEFORE + QUEUE_FROM).chain(&playing) {
                        if !self.want_row(world, builder, &mut wanted, (Noun::Track, track.0)) {
                            return false;
                        }
                    }
                }
            }
        }
        for number in self.views.keys().collect::<Vec<_>>() {
            let Some(view) = self.views.get(number) else {
                continue;
            };
            let noun = view.noun;
            for id in view.rows().to_vec() {
                if !self.want_row(world, builder, &mut wanted, (noun, id)) {
                    return false;
                }
            }
            let view = self.views.get_mut(number).expect("its number is a key");
            if view.is_untold() {
                if !builder.view(view.patch()) {
                    return false;
                }
                view.tell();
            }
        }
        let mut unwanted: Vec<_> = self
            .has
            .iter()
            .filter(|key| !wanted.contains(*key))
            .copied()
            .collect();
        sort::by_key(&mut unwanted, |&key| key);
        for key in unwanted {
            if !builder.despawn(key) {
                return false;
            }
            self.has.remove(&key);
            self.dirty.remove(&key);
        }
        true
    }

    /// Sees to it that the host has a thing.
    fn want(&mut self, world: &World, builder: &mut Builder, wanted: &mut HashSet<Key>, key: Key) -> bool {
        if world.resource::<Catalog>().find(key.0, key.1).is_none() {
            return true;
        }
        if !self.has.contains(&key) {
            match builder.spawn(world, key) {
                None => return true,
                Some(false) => return false,
                Some(true) => self.has.insert(key),
            };
        }
        wanted.insert(key);
        true
    }

    /// Sees to it that the host has a row and what is shown with it: album, file and picture.
    fn want_row(
        &mut self,
        world: &World,
        builder: &mut Builder,
        wanted: &mut HashSet<Key>,
        key: Key,
    ) -> bool {
        row_keys(world, key).all(|key| wanted.contains(&key) || self.want(world, builder, wanted, key))
    }
}

/// A row and what is shown with it: album, file and picture.
fn row_keys(world: &World, key: Key) -> impl Iterator<Item = Key> {
    let catalog = world.resource::<Catalog>();
    let keys = catalog.find(key.0, key.1).map(|entity| {
        let album = world.get::<OnAlbum>(entity).map(|album| (Noun::Album, album.0.0));
        let file = world.get::<PlayedFrom>(entity).map(|file| (Noun::File, file.0.0));
        let cover = world.get::<Cover>(entity).map(|cover| (Noun::Artwork, cover.0.0));
        let holder = album.and_then(|(noun, number)| catalog.find(noun, number));
        let album_cover = world
            .get::<AlbumCover>(holder.unwrap_or(entity))
            .map(|cover| (Noun::Artwork, cover.0.0));
        [Some(key), album, file, cover, album_cover]
    });
    keys.into_iter().flatten().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_tracks_of_a_job_are_one_notice() {
        let mut host = Host::default();
        for count in 1..=3 {
            host.tell(&Notice::TracksAdded { job: JobId(1), count });
        }
        for _ in 0..2 {
            host.tell(&Notice::Storage(StorageState::default()));
        }
        assert_eq!(
            host.notices,
            [
                Notice::TracksAdded {
                    job: JobId(1),
                    count: 6
                },
                Notice::Storage(StorageState::default())
            ]
        );
    }
}
