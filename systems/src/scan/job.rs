//! The life of a sync job, and the requests that start, pause, resume and end it.
//!
//! A job is an entity with [`JobState`], [`JobProgress`] and [`JobFailures`], stored and mirrored like any
//! other. What it still has to do lives in [`Scans`] and is lost with the process: a job that is resumed
//! later lists anew, and reads only what is not in the library yet.

use std::collections::VecDeque;

use bevy_ecs::message::Messages;
use bevy_ecs::resource::Resource;
use bevy_ecs::world::World;
use bevy_platform::collections::{HashMap, HashSet};
use segue_components::prelude::*;

use super::ScanLink;
use super::apply::{Applied, apply_file, refresh_albums};
use super::http_folder;
use super::index::FileIndex;
use super::originals::Originals;
use super::work::{ListRequest, ListedFile, Listing, ReadAnswer, ReadRequest, Want};
use crate::catalog::{self, Catalog};
use crate::clock::{Clock, Wake};
use crate::link::{Answer, Asked};
use crate::notices::Notices;
use crate::persist::collect::Backlog;
use crate::sort;

/// How many listed or read files a tick applies: a tick stays short however fast the pool is.
const FILES_PER_TICK: usize = 512;
/// How long progress may lag behind, in milliseconds: at most ten updates a second reach a host.
const PROGRESS_EVERY: u64 = 100;
/// How many ended jobs of a provider are kept as its history.
const KEPT_JOBS: usize = 10;

/// What the running jobs still have to do.
#[derive(Resource, Debug, Default)]
pub struct Scans {
    jobs: HashMap<JobId, Scan>,
    tickets: HashMap<u64, Ticket>,
    last_ticket: u64,
}

#[derive(Debug)]
struct Scan {
    provider: ProviderId,
    kind: ProviderKind,
    progress: JobProgress,
    failures: Vec<FileFailure>,
    /// Files of the provider that the listing has shown, by id.
    seen: HashSet<FileId>,
    /// Folders that could not be listed: what is known below them is not missing.
    unlisted: Vec<String>,
    to_read: VecDeque<ListedFile>,
    in_flight: usize,
    paused: bool,
    /// Tracks added since the last notice.
    told: u64,
    /// When progress was last written.
    written: u64,
    changed: bool,
}

#[derive(Debug)]
struct Ticket {
    job: JobId,
    file: ListedFile,
}

impl Scans {
    /// A number that no read had before.
    pub(super) fn next_ticket(&mut self) -> u64 {
        self.last_ticket += 1;
        self.last_ticket
    }
}

impl Scan {
    fn new(provider: ProviderId, kind: ProviderKind, started: u64) -> Self {
        Self {
            provider,
            kind,
            progress: JobProgress {
                started,
                ..JobProgress::default()
            },
            failures: Vec::new(),
            seen: HashSet::default(),
            unlisted: Vec::new(),
            to_read: VecDeque::new(),
            in_flight: 0,
            paused: false,
            told: 0,
            written: 0,
            changed: true,
        }
    }

    fn fail(&mut self, failure: FileFailure) {
        self.progress.failed += 1;
        self.changed = true;
        if self.failures.len() < JobFailures::MOST {
            self.failures.push(failure);
        }
    }

    fn is_done(&self) -> bool {
        self.progress.listing_done && self.to_read.is_empty() && self.in_flight == 0
    }
}

/// Answers the requests about sync jobs.
pub(super) fn answer_requests(world: &mut World) {
    let asked: Vec<Asked> = world
        .resource_mut::<Messages<Asked>>()
        .iter_current_update_messages()
        .cloned()
        .collect();
    for asked in asked {
        let answer = match asked.request {
            Request::StartSync { provider } => start(world, provider).map(Response::Job),
            Request::PauseSync { job } => pause(world, job, PauseReason::Asked),
            Request::ResumeSync { job } => resume(world, job),
            Request::CancelSync { job } => cancel(world, job),
            _ => continue,
        };
        world.write_message(asked.answer(answer) as Answer);
    }
}

fn no_job(job: JobId) -> RequestError {
    RequestError::NotFound {
        what: format!("sync job {job}"),
    }
}

/// Starts to sync a provider, or finds the job that does it already.
///
/// # Errors
/// [`RequestError::NotFound`] if there is no such provider.
pub fn start(world: &mut World, provider: ProviderId) -> Result<JobId, RequestError> {
    let kind = catalog::get::<ProviderKind>(world, provider).cloned();
    let Some(kind) = kind else {
        return Err(RequestError::NotFound {
            what: format!("provider {provider}"),
        });
    };
    let mut open: Vec<(JobId, JobState)> = jobs_of(world, provider);
    open.retain(|(_, state)| !state.is_over());
    if let Some((job, state)) = open.pop() {
        if matches!(state, JobState::Paused(_)) {
            resume(world, job)?;
        }
        return Ok(job);
    }
    forget_old_jobs(world, provider);
    let job = Catalog::spawn(
        world,
        (
            SyncOf(provider),
            JobState::Running,
            JobProgress::default(),
            JobFailures::default(),
        ),
    );
    begin(world, job, provider, kind);
    Ok(job)
}

fn jobs_of(world: &mut World, provider: ProviderId) -> Vec<(JobId, JobState)> {
    let mut jobs: Vec<_> = world
        .query::<(&JobId, &SyncOf, &JobState)>()
        .iter(world)
        .filter(|(_, of, _)| of.0 == provider)
        .map(|(&job, _, state)| (job, state.clone()))
        .collect();
    sort::by_key(&mut jobs, |(job, _)| *job);
    jobs
}

fn forget_old_jobs(world: &mut World, provider: ProviderId) {
    let mut over = jobs_of(world, provider);
    over.retain(|(_, state)| state.is_over());
    let surplus = (over.len() + 1).saturating_sub(KEPT_JOBS);
    for (job, _) in over.into_iter().take(surplus) {
        Catalog::despawn(world, job);
    }
}

fn begin(world: &mut World, job: JobId, provider: ProviderId, kind: ProviderKind) {
    let started = world.resource::<Clock>().unix;
    let scan = Scan::new(provider, kind.clone(), started);
    world.resource_mut::<Scans>().jobs.insert(job, scan);
    let link = world.resource::<ScanLink>();
    if let ProviderKind::Http { url } = &kind {
        http_folder::list(job, url, &link.fetched);
    } else if link.lister.send(ListRequest::Start { job, kind }).is_err() {
        fail(world, job, "nothing here can list folders".to_owned());
    }
}

fn pause(world: &mut World, job: JobId, reason: PauseReason) -> Result<Response, RequestError> {
    let state = catalog::get::<JobState>(world, job).ok_or_else(|| no_job(job))?;
    if state.is_over() {
        return Err(RequestError::Invalid {
            reason: format!("sync job {job} is over"),
        });
    }
    if let Some(scan) = world.resource_mut::<Scans>().jobs.get_mut(&job) {
        scan.paused = true;
    }
    catalog::set(world, job, JobState::Paused(reason));
    Ok(Response::Done)
}

fn resume(world: &mut World, job: JobId) -> Result<Response, RequestError> {
    let state = catalog::get::<JobState>(world, job)
        .cloned()
        .ok_or_else(|| no_job(job))?;
    if state.is_over() {
        return Err(RequestError::Invalid {
            reason: format!("sync job {job} is over; start another"),
        });
    }
    catalog::set(world, job, JobState::Running);
    if let Some(scan) = world.resource_mut::<Scans>().jobs.get_mut(&job) {
        scan.paused = false;
        return Ok(Response::Done);
    }
    let provider = catalog::get::<SyncOf>(world, job).ok_or_else(|| no_job(job))?.0;
    let Some(kind) = catalog::get::<ProviderKind>(world, provider).cloned() else {
        return Err(RequestError::NotFound {
            what: format!("provider {provider}"),
        });
    };
    begin(world, job, provider, kind);
    Ok(Response::Done)
}

fn cancel(world: &mut World, job: JobId) -> Result<Response, RequestError> {
    let state = catalog::get::<JobState>(world, job).ok_or_else(|| no_job(job))?;
    if !state.is_over() {
        end(world, job, JobState::Cancelled);
    }
    Ok(Response::Done)
}

/// Ends every job of a provider that goes away.
pub(super) fn abandon(world: &mut World, provider: ProviderId) {
    for (job, _) in jobs_of(world, provider) {
        end(world, job, JobState::Cancelled);
        Catalog::despawn(world, job);
    }
}

fn fail(world: &mut World, job: JobId, error: String) {
    end(world, job, JobState::Failed { error });
}

/// Ends a job in this state and forgets what it still had to do.
fn end(world: &mut World, job: JobId, state: JobState) {
    let unix = world.resource::<Clock>().unix;
    let mut scans = world.resource_mut::<Scans>();
    scans.tickets.retain(|_, ticket| ticket.job != job);
    if let Some(mut scan) = scans.jobs.remove(&job) {
        scan.progress.ended = unix;
        tell(world, job, &mut scan);
        // Nobody listens any more if the lister is gone, and then there is nothing to cancel.
        drop(
            world
                .resource::<ScanLink>()
                .lister
                .send(ListRequest::Cancel { job }),
        );
    }
    catalog::set(world, job, state);
}

/// Takes pages of listings in, and decides which files to read.
pub(super) fn receive_listings(world: &mut World) {
    for _ in 0..FILES_PER_TICK {
        let received = world
            .resource::<ScanLink>()
            .listings
            .iter()
            .find_map(|listings| listings.try_recv().ok());
        let Some(listing) = received else {
            return;
        };
        match listing {
            Listing::Page { job, files, failures } => receive_page(world, job, files, failures),
            Listing::Done { job } => {
                if let Some(scan) = world.resource_mut::<Scans>().jobs.get_mut(&job) {
                    scan.progress.listing_done = true;
                    scan.changed = true;
                }
            }
            Listing::AccessNeeded { job } => {
                let provider = catalog::get::<SyncOf>(world, job).map(|of| of.0);
                if let Some(provider) = provider {
                    catalog::set(world, provider, Access::Ask);
                }
                // Resuming lists anew, so what this listing began is dropped.
                world.resource_mut::<Scans>().jobs.remove(&job);
                catalog::set(world, job, JobState::Paused(PauseReason::AccessNeeded));
            }
            Listing::Failed { job, error } => {
                if world.resource::<Scans>().jobs.contains_key(&job) {
                    fail(world, job, error);
                }
            }
        }
    }
    // More may wait.
    let now = world.resource::<Clock>().now;
    world.resource_mut::<Wake>().at(now);
}

fn receive_page(world: &mut World, job: JobId, files: Vec<ListedFile>, failures: Vec<FileFailure>) {
    // Taken out while the world is changed, and put back.
    let Some(mut scan) = world.resource_mut::<Scans>().jobs.remove(&job) else {
        return;
    };
    scan.changed = true;
    for failure in failures {
        scan.unlisted.push(format!("{}/", failure.path));
        scan.fail(failure);
    }
    for listed in files {
        scan.progress.listed += 1;
        let known = FileIndex::find(world, scan.provider, &listed.path);
        let Some(file) = known else {
            scan.to_read.push_back(listed);
            continue;
        };
        scan.seen.insert(file);
        let stamp = FileStamp {
            size: listed.size,
            modified: listed.modified,
        };
        let unchanged = catalog::get::<FileStamp>(world, file) == Some(&stamp);
        let unreadable = catalog::get::<Unreadable>(world, file).map(|unreadable| unreadable.0.to_string());
        let has_track = catalog::get::<FileOf>(world, file)
            .is_some_and(|of| world.resource::<Catalog>().entity(of.0).is_some());
        match (unchanged, unreadable) {
            (true, Some(error)) => {
                catalog::set(world, file, Presence::Present);
                scan.fail(FileFailure {
                    path: listed.path,
                    error,
                });
            }
            (true, None) if has_track => {
                catalog::set(world, file, Presence::Present);
            }
            _ => scan.to_read.push_back(listed),
        }
    }
    scan.progress.to_read = scan.progress.read + (scan.to_read.len() + scan.in_flight) as u64;
    world.resource_mut::<Scans>().jobs.insert(job, scan);
}

/// Takes the tags of read files in.
pub(super) fn receive_tags(world: &mut World) {
    let mut applied = false;
    for done in 0.. {
        if done == FILES_PER_TICK {
            let now = world.resource::<Clock>().now;
            world.resource_mut::<Wake>().at(now);
            break;
        }
        let Ok(answer) = world.resource::<ScanLink>().answers.try_recv() else {
            break;
        };
        if let Some(answer) = Originals::receive(world, answer) {
            receive_answer(world, answer);
            applied = true;
        }
    }
    if applied {
        refresh_albums(world);
    }
}

fn receive_answer(world: &mut World, answer: ReadAnswer) {
    let mut scans = world.resource_mut::<Scans>();
    // A ticket is gone when its job ended in the meantime.
    let Some(ticket) = scans.tickets.remove(&answer.ticket) else {
        return;
    };
    let Some(mut scan) = scans.jobs.remove(&ticket.job) else {
        return;
    };
    scan.in_flight -= 1;
    scan.changed = true;
    scan.progress.read += 1;
    if let Ok(read) = &answer.result {
        scan.progress.bytes += read.bytes;
    }
    let error = answer.result.as_ref().err().cloned();
    match apply_file(world, scan.provider, &ticket.file, answer.result) {
        Applied::Added => scan.progress.added += 1,
        Applied::Changed => scan.progress.changed += 1,
        Applied::Failed => {
            let error = error.unwrap_or_else(|| "the file is gone from the library".to_owned());
            scan.fail(FileFailure {
                path: ticket.file.path.clone(),
                error,
            });
        }
    }
    let file = FileIndex::find(world, scan.provider, &ticket.file.path);
    scan.seen.extend(file);
    world.resource_mut::<Scans>().jobs.insert(ticket.job, scan);
}

/// Hands files to the pool, ends what is done, and writes progress.
pub(super) fn advance(world: &mut World) {
    let jobs: Vec<JobId> = world.resource::<Scans>().jobs.keys().copied().collect();
    for job in jobs {
        dispatch(world, job);
        let done = world
            .resource::<Scans>()
            .jobs
            .get(&job)
            .is_some_and(|scan| scan.is_done() && !scan.paused);
        if done {
            mark_missing(world, job);
            end(world, job, JobState::Done);
            continue;
        }
        let now = world.resource::<Clock>().now;
        let Some(mut scan) = world.resource_mut::<Scans>().jobs.remove(&job) else {
            continue;
        };
        if scan.changed {
            let due = scan.written + PROGRESS_EVERY;
            if now >= due || scan.written == 0 {
                scan.written = now.max(1);
                tell(world, job, &mut scan);
            } else {
                world.resource_mut::<Wake>().at(due);
            }
        }
        world.resource_mut::<Scans>().jobs.insert(job, scan);
    }
}

fn dispatch(world: &mut World, job: JobId) {
    // What the store has not taken yet must not grow without bound.
    if world.resource::<Backlog>().is_full() {
        return;
    }
    world.resource_scope::<Scans, ()>(|world, mut scans| {
        let scans = &mut *scans;
        let Some(scan) = scans.jobs.get_mut(&job).filter(|scan| !scan.paused) else {
            return;
        };
        let link = world.resource::<ScanLink>();
        while scans.tickets.len() < link.in_flight {
            let Some(file) = scan.to_read.pop_front() else {
                break;
            };
            scans.last_ticket += 1;
            let request = ReadRequest {
                ticket: scans.last_ticket,
                kind: scan.kind.clone(),
                path: file.path.clone(),
                size: file.size,
                want: Want::Tags,
            };
            if link.pool.send(request).is_err() {
                scan.to_read.push_front(file);
                break;
            }
            scan.in_flight += 1;
            scans.tickets.insert(scans.last_ticket, Ticket { job, file });
        }
    });
}

/// Writes what hosts see of a running job.
fn tell(world: &mut World, job: JobId, scan: &mut Scan) {
    scan.changed = false;
    catalog::set(world, job, scan.progress.clone());
    let known = catalog::get::<JobFailures>(world, job).map_or(0, |failures| failures.0.len());
    if known != scan.failures.len() {
        catalog::set(world, job, JobFailures(scan.failures.clone()));
    }
    let added = scan.progress.added - scan.told;
    if added > 0 {
        scan.told = scan.progress.added;
        let count = u32::try_from(added).unwrap_or(u32::MAX);
        world
            .resource_mut::<Notices>()
            .push(Notice::TracksAdded { job, count });
    }
}

/// Marks the files that a complete listing did not show.
fn mark_missing(world: &mut World, job: JobId) {
    let Some(scan) = world.resource_mut::<Scans>().jobs.remove(&job) else {
        return;
    };
    let unix = world.resource::<Clock>().unix;
    let gone: Vec<(FileId, bool)> = world
        .query::<(&FileId, &Location, &Presence)>()
        .iter(world)
        .filter(|(file, location, _)| {
            location.provider == scan.provider
                && !scan.seen.contains(*file)
                && !scan
                    .unlisted
                    .iter()
                    .any(|folder| folder == "/" || location.path.starts_with(folder.as_str()))
        })
        .map(|(&file, _, presence)| (file, *presence == Presence::Present))
        .collect();
    let mut scan = scan;
    for (file, newly) in gone {
        scan.progress.missing += 1;
        if newly {
            catalog::set(world, file, Presence::MissingSince(unix));
        }
    }
    scan.changed = true;
    world.resource_mut::<Scans>().jobs.insert(job, scan);
}
