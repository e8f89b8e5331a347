//! The library's side: what changed for each host, what its windows show, and when it hears of it.
//!
//! What a host is owed is a set and not a queue: while it returns no credits, changes of one row fall
//! together, and memory stays bounded by what it holds. Nothing here compares change ticks, so there is no
//! age at which they wrap.

use bevy_ecs::resource::Resource;
use bevy_ecs::world::{Mut, World};
use bevy_platform::collections::HashSet;
use segue_components::prelude::*;
use segue_components::wire::message::ToHost;
use segue_components::wire::registry::KindSet;
use segue_components::wire::version;

use super::WHOLE;
use super::frame::{Builder, Key};
use super::host::{Host, row_keys};
use crate::changes::Changes;
use crate::clock::{Clock, Wake};
use crate::link::{HostId, HostSaid, Hosts};
use crate::notices::Notices;
use crate::persist::Storage;
use crate::persist::last_seen::{self, LastSeen, Window};
use crate::query::index::Index;
use crate::query::{eval, parser};
use crate::sort;
use crate::sorted::Sorted;

/// The least time between two frames that nobody asked for, in milliseconds.
const FRAME_EVERY: u64 = 30;
/// How many frames may be under way to one host, whatever it offers.
const MOST_CREDITS: u32 = 64;
/// How often what the views show is kept for the next start, at most, in milliseconds.
const REMEMBER_EVERY: u64 = 250;
/// How many views are answered anew in one tick because of changes, and how many because somebody asked.
const REFRESHED_PER_TICK: usize = 4;
const ASKED_PER_TICK: usize = 16;

/// What every host has.
#[derive(Resource, Debug, Default)]
pub struct Mirrors {
    pub(super) hosts: Sorted<HostId, Host>,
    /// The last word on storage, for hosts that come later.
    storage: Option<Notice>,
    generation: u64,
    /// The version of the index and the views that are kept for the next start, and since when.
    remembered: (u64, Vec<(Noun, String)>),
    remembered_at: u64,
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

impl Mirrors {
    pub(super) fn hear(&mut self, world: &World, said: HostSaid) {
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
pub(super) fn is_indexed(world: &World) -> bool {
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
                    let may = due <= clock.now && *left > 0 && index.prepare(noun, query);
                    if !may {
                        let due = due.max(clock.now);
                        wake = Some(wake.map_or(due, |wake| wake.min(due)));
                        continue;
                    }
                    *left -= 1;
                    index.gave_up = false;
                    let found = index.find(world, noun, query, offset, limit);
                    let followed = followed.and_then(|id| index.position(world, noun, query, id));
                    view.answer(index.version(), clock, found, followed);
                    view.note_cost(index.gave_up);
                    host.unsettled = true;
                    // An answer to ages holds for its minute, and nothing else may happen until then.
                    if let Some(due) = view.due(index.version(), clock) {
                        wake = Some(wake.map_or(due, |wake| wake.min(due)));
                    }
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
        let is_prepared = world.resource_scope(|_, mut index: Mut<Index>| {
            let mut queries = views
                .iter()
                .filter_map(|(noun, text)| Some((*noun, parser::parse(text).ok()?)));
            queries.all(|(noun, query)| index.prepare(noun, &query))
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
