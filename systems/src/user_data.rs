//! Everything the listener made as one file, and such a file merged into a library: `systems/EXPORT.md`.
//!
//! A million tracks take seconds, so it is done some rows a tick: see [`ROWS_PER_TICK`].
//!
//! - [`mod@file`]: the file, written and read
//! - [`identity`]: which track of this library one of the file is
//! - `wanted`: finds much among very much
//! - `export`: the library, gathered and written
//! - `sorting`: listens by time
//! - `merge`: what of the file comes in, and what of the library stays

mod export;
pub mod file;
pub mod identity;
mod merge;
mod sorting;
pub(crate) mod wanted;

use std::collections::VecDeque;

use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::{IntoScheduleConfigs, Schedules};
use bevy_ecs::world::{Mut, World};
use segue_components::prelude::*;
use segue_components::wire::message::ToHost;

use self::export::Export;
use self::file::{FileError, UserData};
use self::merge::Merge;
use crate::clock::Wake;
use crate::link::{self, Asked, HostId, Hosts};
use crate::persist::refuse_writes;
use crate::plugin::Plugin;
use crate::schedule::{Tick, TickSystems};

/// How many rows a tick looks at: tracks, lines of a file, eight listens. A playlist is looked at as a whole.
pub const ROWS_PER_TICK: usize = 1_000;

/// So many listens are one row.
const LISTENS_PER_ROW: usize = 8;

/// How many requests wait while one is worked on; more are refused.
const MOST_WAITING: usize = 16;

/// Writes and merges the file of what the listener made.
#[derive(Debug, Default)]
pub struct UserDataPlugin;

impl Plugin for UserDataPlugin {
    fn build(&self, world: &mut World) {
        world.init_resource::<Work>();
        let systems = (answer_requests, go_on).chain().in_set(TickSystems::Apply);
        world.resource_mut::<Schedules>().add_systems(Tick, systems);
    }
}

/// What is worked on, and what waits for it.
#[derive(Resource, Default)]
struct Work {
    current: Option<Current>,
    waiting: VecDeque<Asked>,
}

struct Current {
    asked: Asked,
    task: Task,
    /// How far the host was told that it is, in thousandths.
    told: u16,
}

enum Task {
    Export(Box<Export>),
    Import(Box<Merge>),
}

/// How far something is: which step of how many, and how much of it.
struct Progress {
    step: usize,
    steps: usize,
    done: u64,
    total: u64,
}

impl Progress {
    fn thousandths(&self) -> u16 {
        let step = self.done.min(self.total) * 1_000 / self.total.max(1);
        u16::try_from((self.step as u64 * 1_000 + step) / self.steps as u64).unwrap_or(1_000)
    }
}

fn answer_requests(world: &mut World) {
    let is_ours = |request: &Request| {
        matches!(
            request,
            Request::ExportUserData | Request::ImportUserData { .. } | Request::Cancel { .. }
        )
    };
    for asked in link::asked(world, is_ours) {
        if let Request::Cancel { request } = asked.request {
            cancel(world, asked.host, request);
            world.write_message(asked.answer(Ok(Response::Done)));
            continue;
        }
        let mut work = world.resource_mut::<Work>();
        if work.waiting.len() < MOST_WAITING {
            work.waiting.push_back(asked);
            continue;
        }
        let reason = "too many files are being written or merged".to_owned();
        world.write_message(asked.answer(Err(RequestError::Invalid { reason })));
    }
}

fn cancel(world: &mut World, host: HostId, request: u32) {
    let is_it = |asked: &Asked| (asked.host, asked.id) == (host, request);
    let mut work = world.resource_mut::<Work>();
    let waiting = work.waiting.iter().position(is_it);
    let cancelled = match waiting.and_then(|place| work.waiting.remove(place)) {
        Some(asked) => Some(asked),
        None => work
            .current
            .take_if(|current| is_it(&current.asked))
            .map(|current| current.asked),
    };
    if let Some(asked) = cancelled {
        world.write_message(asked.answer(Err(RequestError::Cancelled)));
    }
}

/// Does so much of what is asked as a tick may.
fn go_on(world: &mut World) {
    world.resource_scope(|world, mut work: Mut<Work>| {
        let mut left = ROWS_PER_TICK;
        while left > 0 {
            let current = match work.current.take() {
                Some(current) => current,
                None => match work.waiting.pop_front() {
                    Some(asked) => Current::of(asked),
                    None => return,
                },
            };
            work.current = current.step(world, &mut left);
        }
        if work.current.is_some() || !work.waiting.is_empty() {
            world.resource_mut::<Wake>().at(0);
        }
    });
}

impl Current {
    fn of(mut asked: Asked) -> Self {
        let task = match &mut asked.request {
            Request::ImportUserData { bytes } => Task::Import(Box::new(Merge::new(core::mem::take(bytes)))),
            _ => Task::Export(Box::default()),
        };
        Self { asked, task, told: 0 }
    }

    /// Goes on, and answers if it comes to an end.
    fn step(mut self, world: &mut World, left: &mut usize) -> Option<Self> {
        let over = match &mut self.task {
            Task::Export(export) => Ok(export.step(world, left)),
            Task::Import(import) => match refuse_writes(world) {
                Some(reason) => Err(RequestError::ReadOnly { reason }),
                None => import.step(world, left).map_err(|error| RequestError::Invalid {
                    reason: error.to_string(),
                }),
            },
        };
        if over == Ok(false) {
            self.tell(world);
            return Some(self);
        }
        let answer = over.map(|_| match self.task {
            Task::Export(export) => Response::Document(export.into_text().into_bytes()),
            Task::Import(import) => Response::UserDataImported(Box::new(import.into_report())),
        });
        world.write_message(self.asked.answer(answer));
        None
    }

    /// Tells the host how far it is, a hundred times at the most.
    fn tell(&mut self, world: &World) {
        let done = match &self.task {
            Task::Export(export) => export.progress(),
            Task::Import(import) => import.progress(),
        };
        let done = done.thousandths();
        if done >= self.told + 10 {
            self.told = done;
            let message = ToHost::Progress(self.asked.id, done);
            world
                .resource::<Hosts>()
                .send(self.asked.host, message.to_bytes());
        }
    }
}

/// Merges a file into the library at once. On an error nothing changed.
///
/// # Errors
/// A [`FileError`].
pub fn import(world: &mut World, bytes: &[u8]) -> Result<ImportReport, FileError> {
    let mut merge = Merge::new(bytes.to_vec());
    let mut all = usize::MAX;
    while !merge.step(world, &mut all)? {}
    Ok(merge.into_report())
}

/// Everything the listener made, at once.
pub fn gather(world: &World) -> UserData {
    let mut export = Export::default();
    let mut all = usize::MAX;
    while !export.gather(world, &mut all) {}
    export.into_data()
}
