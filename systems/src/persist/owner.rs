//! The life of a stored library, a tick at a time: open, load, flush, close.

use bevy_ecs::entity::Entity;
use bevy_ecs::message::{MessageCursor, Messages};
use bevy_ecs::resource::Resource;
use bevy_ecs::world::{Mut, World};
use bevy_platform::collections::HashMap;
use segue_components::id::Noun;
use segue_components::intent::{PlayerRequest, Request};
use segue_components::report::{Notice, RequestError, Response};

use super::blobs::{Blobs, Reading};
use super::collect::{Backlog, Dirty, set_backlog};
use super::driver::{OpenError, Opened, StoreAnswer, StoreLink, StoreRequest};
use super::last_seen::{LAST_SEEN, LastSeen};
use super::load::Load;
use super::meta::{COPY, Meta};
use super::page::{PageWriter, ROWS, UnknownSection};
use super::record::Shared;
use super::store::{Batch, Durability, PageKey, StoreError};
use super::table::{self, TABLES, Table};
use super::{Loaded, PersistPlugin, Storage};
use crate::catalog::Catalog;
use crate::changes::Changes;
use crate::clock::{Clock, Wake};
use crate::link::{Answer, Asked};
use crate::notices::Notices;
use crate::query::index::Index;
use crate::scan::index::Filling;

/// The first wait before a batch that failed is tried again by itself, in milliseconds; it doubles.
const RETRY: u64 = 1_000;

/// How many values that loading shared a tick lets go of.
const LET_GO_PER_TICK: usize = 16_384;

/// The longest such wait.
const LONGEST_RETRY: u64 = 60_000;

/// What the library knows of its store.
#[derive(Resource, Debug)]
pub struct Persist {
    settings: PersistPlugin,
    phase: Phase,
    epoch: u64,
    /// Why nothing is to be written, until the library is loaded and says so.
    read_only: Option<String>,
    meta: Meta,
    writer: PageWriter,
    dirty: Dirty,
    /// Sections of kinds and versions that this build does not know, by page.
    pub(super) unknown: HashMap<PageKey, Vec<UnknownSection>>,
    /// Pages to be put as they are: the damaged ones, under the numbers where they are kept.
    pub(super) aside: Vec<(PageKey, Vec<u8>)>,
    flight: Option<Flight>,
    failure: Option<Failure>,
    flush_now: bool,
    closing: bool,
    asked: MessageCursor<Asked>,
    held: Vec<Asked>,
    waiting: Vec<Asked>,
    reading: Reading,
    /// What loading shared, as far as it was not let go of.
    shared: Option<Shared>,
}

#[derive(Debug)]
enum Phase {
    /// No tick ran yet.
    New,
    /// There is no store: everything ends with the world.
    Unstored,
    Opening,
    /// What hosts saw last is looked for, and then the pages of that; nothing else is asked for meanwhile.
    Beginning(Box<Load>),
    Loading(Box<Load>),
    Ready,
    /// The library was not opened, or not read to its end. Nothing is ever written.
    Refused,
    Closing,
    Closed,
}

/// A batch under way.
#[derive(Debug)]
struct Flight {
    taken: Dirty,
    aside: Vec<(PageKey, Vec<u8>)>,
    waiting: Vec<Asked>,
}

/// Why the last batch was not stored.
#[derive(Debug)]
struct Failure {
    error: StoreError,
    /// When to try again without being asked; `None` for never.
    retry_at: Option<u64>,
    wait: u64,
}

impl Persist {
    pub(super) fn new(settings: PersistPlugin) -> Self {
        Self {
            settings,
            phase: Phase::New,
            epoch: 0,
            read_only: None,
            meta: Meta::new(0),
            writer: PageWriter::default(),
            dirty: Dirty::default(),
            unknown: HashMap::default(),
            aside: Vec::new(),
            flight: None,
            failure: None,
            flush_now: false,
            closing: false,
            asked: MessageCursor::default(),
            held: Vec::new(),
            waiting: Vec::new(),
            reading: Reading::default(),
            shared: None,
        }
    }

    /// When the next tick is due for the store's sake. `None` while nothing waits, or while only an answer
    /// of the store is waited for, which wakes by itself.
    fn wake_at(&self) -> Option<u64> {
        match self.phase {
            Phase::Loading(ref load) if load.has_pages() => Some(0),
            Phase::Ready if self.flight.is_none() => self.flush_at(),
            _ => None,
        }
    }

    /// When the next batch goes out.
    fn flush_at(&self) -> Option<u64> {
        if self.flush_now || self.closing {
            return Some(0);
        }
        if let Some(failure) = &self.failure {
            return failure.retry_at;
        }
        if self.dirty.pages.len() >= self.settings.most_pages {
            return Some(0);
        }
        let soon = self.dirty.since.map(|(first, last)| {
            let idle = last + self.settings.idle;
            idle.min(first + self.settings.longest)
        });
        let lazy = self.dirty.lazy_since.map(|first| first + self.settings.lazy);
        soon.into_iter().chain(lazy).min()
    }

    /// Marks a page to be written again, though nothing in the world changed.
    pub(super) fn mark_page(&mut self, key: PageKey, now: u64) {
        self.dirty.mark_page(key, now);
    }

    /// A number for the next damaged page that is put aside.
    pub(super) fn next_aside(&mut self) -> u32 {
        self.meta.quarantined += 1;
        self.meta.quarantined
    }

    fn is_loading(&self) -> bool {
        matches!(
            self.phase,
            Phase::Opening | Phase::Beginning(_) | Phase::Loading(_)
        )
    }

    /// Whether everything that changed so far is stored.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.flight.is_none() && self.dirty.is_empty() && self.aside.is_empty()
    }
}

fn now(world: &World) -> u64 {
    world.resource::<Clock>().now
}

/// Writes what is not stored yet at the end of the next tick: the page was hidden, the machine sleeps.
pub fn flush_now(world: &mut World) {
    world.resource_mut::<Persist>().flush_now = true;
}

/// Writes what is not stored yet, then lets go of the store. [`Storage::closed`] tells when; what could
/// not be written then is lost.
pub fn close(world: &mut World) {
    world.resource_mut::<Persist>().closing = true;
}

/// Takes in what the store answered, and loads the next pages.
pub(super) fn receive_answers(world: &mut World) {
    world.resource_scope(|world, mut persist: Mut<Persist>| {
        let persist = &mut *persist;
        if let Phase::New = persist.phase {
            persist.begin(world);
        }
        while let Some(answer) = world
            .get_resource::<StoreLink>()
            .and_then(|link| link.answers.try_recv().ok())
        {
            persist.receive(world, answer);
        }
        if let Phase::Loading(_) = persist.phase {
            persist.load(world);
        } else if let Some(shared) = &mut persist.shared {
            if shared.let_go(LET_GO_PER_TICK) {
                persist.shared = None;
            } else {
                let now = now(world);
                world.resource_mut::<Wake>().at(now);
            }
        }
    });
}

impl Persist {
    fn begin(&mut self, world: &mut World) {
        self.meta = Meta::new(world.resource::<Clock>().unix);
        if send(world, StoreRequest::Open) {
            self.phase = Phase::Opening;
        } else {
            self.phase = Phase::Unstored;
            self.tell_loaded(world, "none");
        }
    }

    fn receive(&mut self, world: &mut World, answer: StoreAnswer) {
        match answer {
            StoreAnswer::Opened(Ok(opened)) => self.opened(world, opened),
            StoreAnswer::Opened(Err(error)) => self.refuse(world, error),
            StoreAnswer::Loaded { table, pages, result } => match (&mut self.phase, result) {
                (Phase::Loading(load), Ok(found)) => load.receive(table, pages, found),
                (Phase::Loading(_), Err(error)) => self.refuse(world, error.into()),
                // Answers to what was asked before the library was refused.
                _ => {}
            },
            StoreAnswer::Pages(result) => match result {
                Ok(found) => self.begin_with(world, found),
                Err(error) => self.refuse(world, error.into()),
            },
            StoreAnswer::Committed(result) => self.committed(world, result),
            StoreAnswer::Blob(key, result) => self.reading.answer(world, key, &result),
            StoreAnswer::Lost(detail) => self.lost(world, detail),
            StoreAnswer::Closed => {
                self.phase = Phase::Closed;
                let mut storage = world.resource_mut::<Storage>();
                storage.closed = true;
                storage.state.read_only = Some("the library was closed".into());
            }
        }
    }

    /// The store goes on with less than it had: what is not in the world yet is mended when it is, and what is
    /// there is written again.
    fn lost(&mut self, world: &mut World, detail: String) {
        tracing::error!("{detail}");
        world
            .resource_mut::<Notices>()
            .push(Notice::StoreRescued { detail });
        if let Phase::Ready = self.phase {
            let catalog = world.resource::<Catalog>();
            for table in TABLES {
                if let Some((last, _)) = table::place(catalog.last(table.noun)) {
                    self.dirty.mark_pages(table.number, 0..=last, now(world));
                }
            }
        }
    }

    fn opened(&mut self, world: &mut World, opened: Opened) {
        self.epoch = opened.epoch;
        self.read_only = opened.read_only;
        if let Some(meta) = opened.meta {
            self.meta = meta;
        }
        let load = Load::new(&self.meta);
        let mut storage = world.resource_mut::<Storage>();
        storage.state.backend = opened.backend.into();
        storage.progress.total = load.total();
        let load = Box::new(load);
        self.phase = if load.is_complete() {
            Phase::Loading(load)
        } else {
            send(world, StoreRequest::Pages(vec![LAST_SEEN]));
            Phase::Beginning(load)
        };
    }

    /// Takes in what hosts saw last and asks for its rows, then takes in those.
    fn begin_with(&mut self, world: &mut World, found: Vec<(PageKey, Vec<u8>)>) {
        let Phase::Beginning(mut load) = core::mem::replace(&mut self.phase, Phase::Ready) else {
            return;
        };
        let Some((key, bytes)) = found.first() else {
            self.phase = Phase::Loading(load);
            return;
        };
        if *key == LAST_SEEN {
            let shown = LastSeen::read(bytes, self.meta.generation);
            let Some(shown) = shown else {
                self.phase = Phase::Loading(load);
                return;
            };
            let things = shown.windows().iter().flat_map(|window| &window.things);
            let keys = load.take_first(things.copied());
            world.insert_resource(shown);
            send(world, StoreRequest::Pages(keys));
            self.phase = Phase::Beginning(load);
            return;
        }
        load.receive_first(found);
        load.spawn(world, self, usize::MAX);
        world.resource_mut::<Storage>().begun = true;
        tell_state(world);
        self.phase = Phase::Loading(load);
    }

    /// Loads the next pages, and ends loading after the last.
    fn load(&mut self, world: &mut World) {
        let Phase::Loading(mut load) = core::mem::replace(&mut self.phase, Phase::Ready) else {
            return;
        };
        load.request(|request| send(world, request));
        load.spawn(world, self, self.settings.pages_per_tick);
        world.resource_mut::<Storage>().progress.done = load.done();
        if !load.is_complete() {
            self.phase = Phase::Loading(load);
            return;
        }
        {
            let mut catalog = world.resource_mut::<Catalog>();
            for noun in Noun::ALL {
                catalog.reserve(noun, self.meta.last(noun));
            }
        }
        self.shared = Some(load.finish(world));
        if let Some(reason) = self.read_only.take() {
            // What changes in this world stays in it.
            self.phase = Phase::Unstored;
            self.dirty = Dirty::default();
            world.resource_mut::<Storage>().state.read_only = Some(reason);
        }
        let backend = core::mem::take(&mut world.resource_mut::<Storage>().state.backend);
        self.tell_loaded(world, &backend);
    }

    fn tell_loaded(&mut self, world: &mut World, backend: &str) {
        let mut storage = world.resource_mut::<Storage>();
        storage.state.backend = backend.into();
        storage.state.loaded = true;
        storage.begun = true;
        tell_state(world);
        // Nothing is answered from an index that knows nothing yet.
        if let Some(mut index) = world.get_resource_mut::<Index>() {
            index.expect_load();
        }
        if world.contains_resource::<Filling>() {
            world.resource_scope(|world, mut filling: Mut<Filling>| {
                filling.expect(world.resource::<Catalog>());
            });
        }
        world.write_message(Loaded);
    }

    fn refuse(&mut self, world: &mut World, error: OpenError) {
        self.phase = Phase::Refused;
        let mut storage = world.resource_mut::<Storage>();
        storage.begun = true;
        storage.state.read_only = Some(error.to_string());
        storage.refused = Some(error);
        tell_state(world);
    }

    fn committed(&mut self, world: &mut World, result: Result<(), StoreError>) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        world.resource_mut::<Blobs>().arrive(result.is_ok());
        match result {
            Ok(()) => {
                self.failure = None;
                set_read_only(world, None);
                answer_all(world, flight.waiting, &Ok(Response::Done));
            }
            Err(error) => {
                self.dirty.put_back(flight.taken);
                self.aside.extend(flight.aside);
                let now = now(world);
                let wait = self
                    .failure
                    .as_ref()
                    .map_or(RETRY, |failure| (failure.wait * 2).min(LONGEST_RETRY));
                // Disks come back, and room is made.
                let may_pass = matches!(error, StoreError::Io { .. } | StoreError::Full { .. });
                let retry_at = may_pass.then_some(now + wait);
                let reason = error.to_string();
                tracing::warn!(%reason, ?retry_at, "a batch was not stored");
                set_read_only(world, Some(reason.clone()));
                let mut waiting = flight.waiting;
                waiting.append(&mut self.waiting);
                answer_all(world, waiting, &Err(RequestError::ReadOnly { reason }));
                self.failure = Some(Failure {
                    error,
                    retry_at,
                    wait,
                });
                self.flush_now = false;
            }
        }
    }
}

fn send(world: &World, request: StoreRequest) -> bool {
    world
        .get_resource::<StoreLink>()
        .is_some_and(|link| link.requests.send(request).is_ok())
}

fn answer_all(world: &mut World, asked: Vec<Asked>, answer: &Result<Response, RequestError>) {
    let mut answers = world.resource_mut::<Messages<Answer>>();
    for asked in asked {
        answers.write(asked.answer(answer.clone()));
    }
}

fn set_read_only(world: &mut World, reason: Option<String>) {
    let mut storage = world.resource_mut::<Storage>();
    if storage.state.read_only != reason {
        storage.state.read_only = reason;
        tell_state(world);
    }
}

fn tell_state(world: &mut World) {
    let state = world.resource::<Storage>().state.clone();
    world.resource_mut::<Notices>().push(Notice::Storage(state));
}

/// Keeps requests back until the library is loaded, then lets them in, in their order. Those about views
/// pass: a view that was seen last shows that, and any other says nothing before there is something to say.
/// What needs the index waits until there is one.
pub(super) fn hold_requests(world: &mut World) {
    world.resource_scope(|world, mut persist: Mut<Persist>| {
        let loading = persist.is_loading();
        let indexed = world.get_resource::<Index>().is_none_or(Index::is_ready);
        let scanned = world.get_resource::<Filling>().is_none_or(Filling::is_done);
        let waits = loading || !indexed || !scanned;
        if !waits && persist.held.is_empty() {
            return;
        }
        let Some(mut messages) = world.get_resource_mut::<Messages<Asked>>() else {
            return;
        };
        // Those of the tick before are still there, and were answered in it.
        let old = messages.len() - messages.iter_current_update_messages().len();
        let late: Vec<Asked> = messages.drain().skip(old).collect();
        let all = persist.held.drain(..).chain(late).collect::<Vec<_>>();
        let mut held = Vec::new();
        let mut pass = Vec::new();
        for asked in all {
            let waits = waits
                && match asked.request {
                    Request::OpenView { .. }
                    | Request::MoveView { .. }
                    | Request::FollowRow { .. }
                    | Request::CloseView { .. } => false,
                    // Once something of the player waits, so does what comes after it.
                    Request::Player(ref asked) => {
                        let is_player = |held: &Asked| matches!(held.request, Request::Player(_));
                        loading
                            || (!indexed && matches!(asked, PlayerRequest::PlayQuery { .. }))
                            || held.iter().any(is_player)
                    }
                    Request::Count => loading || !indexed,
                    // What is looked for by its path is not taken for new before all is known that there is.
                    Request::StartSync { .. }
                    | Request::PauseSync { .. }
                    | Request::ResumeSync { .. }
                    | Request::CancelSync { .. }
                    | Request::AddProvider { .. }
                    | Request::RemoveProvider { .. }
                    | Request::ImportUserData { .. } => loading || !scanned,
                    _ => loading,
                };
            if waits { &mut held } else { &mut pass }.push(asked);
        }
        messages.write_batch(pass);
        persist.held = held;
    });
}

/// Answers what is asked of the store itself: to flush, and for thumbnails.
pub(super) fn answer_requests(world: &mut World) {
    world.resource_scope(|world, mut persist: Mut<Persist>| {
        let persist = &mut *persist;
        let Some(messages) = world.get_resource::<Messages<Asked>>() else {
            return;
        };
        let asked: Vec<Asked> = persist
            .asked
            .read(messages)
            .filter(|asked| {
                matches!(
                    asked.request,
                    Request::Flush | Request::GetArtwork { original: false, .. }
                )
            })
            .cloned()
            .collect();
        for asked in asked {
            if asked.request == Request::Flush {
                persist.waiting.push(asked);
                persist.flush_now = true;
            } else {
                persist.reading.ask(world, asked);
            }
        }
    });
}

/// Marks the pages of what changed in this tick.
pub(super) fn collect_changes(world: &mut World) {
    world.resource_scope(|world, mut persist: Mut<Persist>| {
        if matches!(persist.phase, Phase::Unstored | Phase::Refused | Phase::Closed) {
            return;
        }
        let now = now(world);
        persist.dirty.mark(world.resource::<Changes>().settled(), now);
        let mut shown = world.resource_mut::<LastSeen>();
        if core::mem::take(&mut shown.is_dirty) {
            persist.dirty.mark_lazily(LAST_SEEN, now);
        }
        if !world.resource::<Blobs>().is_empty() && persist.dirty.since.is_none() {
            persist.dirty.touch(now);
        }
    });
}

/// Sends a batch if one is due and none is under way, and closes the store when nothing is left to write.
pub(super) fn flush(world: &mut World) {
    world.resource_scope(|world, mut persist: Mut<Persist>| {
        let persist = &mut *persist;
        match persist.phase {
            Phase::Ready => persist.flush(world),
            Phase::Unstored | Phase::Refused | Phase::Closed => {
                let answer = match super::refuse_writes(world) {
                    Some(reason) => Err(RequestError::ReadOnly { reason }),
                    None => Ok(Response::Done),
                };
                answer_all(world, core::mem::take(&mut persist.waiting), &answer);
                if persist.closing && matches!(persist.phase, Phase::Unstored | Phase::Refused) {
                    persist.shut(world);
                }
            }
            _ => {}
        }
        let blob_bytes = world.resource::<Blobs>().bytes();
        set_backlog(
            world,
            Backlog {
                pages: persist.dirty.pages.len(),
                blob_bytes,
                in_flight: persist.flight.is_some() || persist.failure.is_some(),
            },
        );
        if let Some(due) = persist.wake_at() {
            world.resource_mut::<Wake>().at(due);
        }
    });
}

impl Persist {
    fn flush(&mut self, world: &mut World) {
        if self.flight.is_some() {
            return;
        }
        let now = now(world);
        if self.is_settled() && world.resource::<Blobs>().is_empty() {
            self.dirty.since = None;
            self.flush_now = false;
            answer_all(world, core::mem::take(&mut self.waiting), &Ok(Response::Done));
            if self.closing {
                self.shut(world);
            }
            return;
        }
        if self.flush_at().is_none_or(|due| due > now) {
            return;
        }
        // Once more, as asked, even after a failure; then the store is let go of all the same.
        if self.closing && self.failure.is_some() && !self.flush_now {
            self.shut(world);
            return;
        }
        if let Some(Failure {
            error: error @ (StoreError::Fenced { .. } | StoreError::Closed),
            ..
        }) = &self.failure
        {
            // Trying again could not help: the library belongs to somebody else now.
            let reason = error.to_string();
            let waiting = core::mem::take(&mut self.waiting);
            answer_all(world, waiting, &Err(RequestError::ReadOnly { reason }));
            self.flush_now = false;
            return;
        }
        self.flush_now = false;
        let batch = self.batch(world);
        if !send(world, StoreRequest::Commit(Box::new(batch))) {
            // The driver is gone, and with it the store.
            self.committed(world, Err(StoreError::Closed));
        }
    }

    fn shut(&mut self, world: &mut World) {
        self.phase = Phase::Closing;
        if !send(world, StoreRequest::Close) {
            self.phase = Phase::Closed;
            world.resource_mut::<Storage>().closed = true;
        }
    }

    /// Makes a batch of everything that is dirty. All of it goes at once, because rows refer to each other:
    /// a store then holds a state that the world was in, and none in between.
    fn batch(&mut self, world: &mut World) -> Batch {
        let taken = core::mem::take(&mut self.dirty);
        let aside = core::mem::take(&mut self.aside);
        self.meta.generation += 1;
        {
            let catalog = world.resource::<Catalog>();
            for noun in Noun::ALL {
                self.meta.set_last(noun, catalog.last(noun));
            }
        }
        let meta = self.meta.to_bytes();
        let mut pages = Vec::with_capacity(taken.pages.len() + aside.len() + 1);
        pages.push((COPY, Some(meta.clone())));
        // With every batch, or the next start would take it for outdated.
        let shown = world.resource::<LastSeen>().to_bytes(self.meta.generation);
        pages.extend(shown.map(|bytes| (LAST_SEEN, Some(bytes))));
        for key in taken.pages.keys().filter(|&key| key != LAST_SEEN) {
            pages.push((key, self.page(world, key)));
        }
        pages.extend(aside.iter().map(|(key, bytes)| (*key, Some(bytes.clone()))));
        let durability = if taken.strict || !aside.is_empty() {
            Durability::Strict
        } else {
            Durability::Relaxed
        };
        let blobs = world.resource_mut::<Blobs>().depart();
        self.flight = Some(Flight {
            taken,
            aside,
            waiting: core::mem::take(&mut self.waiting),
        });
        Batch {
            epoch: self.epoch,
            meta,
            pages,
            blobs,
            durability,
        }
    }

    /// The bytes of a page as its rows are now; `None` if it has none left.
    fn page(&mut self, world: &World, key: PageKey) -> Option<Vec<u8>> {
        let table = Table::find(key.table)?;
        let catalog = world.resource::<Catalog>();
        let first = u64::from(key.page) * ROWS as u64;
        let mut entities: Vec<(u8, Entity)> = Vec::with_capacity(ROWS);
        for slot in 0..=u8::MAX {
            if let Some(entity) = catalog.find(table.noun, first + u64::from(slot)) {
                entities.push((slot, entity));
            }
        }
        let rows = table::write(world, key.table, &entities, &mut self.writer);
        let unknown = self.unknown.get(&key);
        if rows.count() == 0 && (unknown.is_none() || entities.is_empty()) {
            self.unknown.remove(&key);
            // A primary page that is absent was lost.
            return table
                .primary
                .then(|| self.writer.finish(key, self.epoch, self.meta.generation, &rows));
        }
        for section in unknown.into_iter().flatten() {
            self.writer.section(section.kind, section.version, |out| {
                out.extend_from_slice(&section.bytes);
            });
        }
        Some(self.writer.finish(key, self.epoch, self.meta.generation, &rows))
    }
}
