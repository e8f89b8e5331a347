//! From pages to rows: a few pages a tick, so that a library of a million tracks never holds up a tick.

use core::ops::Range;
use std::collections::VecDeque;

use bevy_ecs::world::World;
use segue_components::id::Noun;
use segue_components::report::Notice;

use super::driver::StoreRequest;
use super::meta::Meta;
use super::owner::Persist;
use super::page::{Page, PageError, ROWS, UnknownSection};
use super::record::Shared;
use super::repair;
use super::store::PageKey;
use super::table::{self, QUARANTINE, Rows, TABLES, Table};
use crate::changes;
use crate::clock::Clock;
use crate::notices::Notices;
use crate::sort;
use crate::sorted::Sorted;

/// In which order things are loaded: what is small and shown first comes first.
const ORDER: [Noun; 10] = [
    Noun::Provider,
    Noun::SyncJob,
    Noun::Player,
    Noun::Playlist,
    Noun::Artwork,
    Noun::Album,
    Noun::Track,
    Noun::File,
    Noun::Entries,
    Noun::History,
];

/// What every host has whole, and so before anything is shown.
const SMALL: [Noun; 4] = [Noun::Provider, Noun::SyncJob, Noun::Player, Noun::Playlist];

/// How many pages of a table one request reads.
const CHUNK: u32 = 64;

/// How many chunks are read ahead of the world: one is spawned while the next is read.
const AHEAD: usize = 2;

/// Loading, as far as it got.
#[derive(Debug)]
pub(super) struct Load {
    /// What was not asked for yet: all tables of a noun at once, because their rows become one entity.
    todo: VecDeque<(Noun, Range<u32>)>,
    /// What was asked for, in order.
    asked: VecDeque<Chunk>,
    /// What came, page by page.
    ready: VecDeque<(Noun, u32, Vec<(u16, Vec<u8>)>)>,
    /// What was asked for before everything else.
    first: Vec<PageKey>,
    rows: Rows,
    shared: Shared,
    damaged: bool,
    done: u64,
    total: u64,
}

#[derive(Debug)]
struct Chunk {
    noun: Noun,
    pages: Range<u32>,
    missing: usize,
    found: Sorted<u32, Vec<(u16, Vec<u8>)>>,
}

impl Chunk {
    /// Whether a page is absent of the table that each of these ids has a row in: a damaged store lost it.
    fn is_incomplete(&self) -> bool {
        self.pages.clone().any(|page| {
            let parts = self.found.get(page).map(Vec::as_slice).unwrap_or_default();
            !parts.iter().any(|&(table, _)| is_primary(table))
        })
    }
}

fn is_primary(table: u16) -> bool {
    Table::find(table).is_some_and(|table| table.primary)
}

fn tables_of(noun: Noun) -> impl Iterator<Item = &'static Table> {
    TABLES.iter().filter(move |table| table.noun == noun)
}

impl Load {
    pub(super) fn new(meta: &Meta) -> Self {
        let mut todo = VecDeque::new();
        let mut total = 0;
        for noun in ORDER {
            let last = meta.last(noun);
            let pages = match table::place(last) {
                Some((page, _)) if last > 0 => page + 1,
                _ => 0,
            };
            total += u64::from(pages);
            let mut start = 0;
            while start < pages {
                let end = pages.min(start + CHUNK);
                todo.push_back((noun, start..end));
                start = end;
            }
        }
        Self {
            todo,
            asked: VecDeque::new(),
            ready: VecDeque::new(),
            first: Vec::new(),
            rows: Rows::default(),
            shared: Shared::default(),
            damaged: false,
            done: 0,
            total,
        }
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn done(&self) -> u64 {
        self.done
    }

    pub(super) fn has_pages(&self) -> bool {
        !self.ready.is_empty()
    }

    pub(super) fn is_complete(&self) -> bool {
        self.todo.is_empty() && self.asked.is_empty() && self.ready.is_empty()
    }

    /// Takes the pages of these things and of all small ones out of what is to be asked for, and says where they
    /// stand: they are asked for at once.
    pub(super) fn take_first(&mut self, things: impl Iterator<Item = (Noun, u64)>) -> Vec<PageKey> {
        let mut wanted: Vec<(Noun, u32)> = things
            .filter_map(|(noun, number)| Some((noun, table::place(number)?.0)))
            .collect();
        sort::by_key(&mut wanted, |&place| place);
        let is_first = |noun, page| SMALL.contains(&noun) || wanted.binary_search(&(noun, page)).is_ok();
        let mut keys = Vec::new();
        let mut rest = VecDeque::new();
        for (noun, pages) in self.todo.drain(..) {
            let mut start = pages.start;
            for page in pages.clone().filter(|&page| is_first(noun, page)) {
                keys.extend(tables_of(noun).map(|table| PageKey {
                    table: table.number,
                    page,
                }));
                if start < page {
                    rest.push_back((noun, start..page));
                }
                start = page + 1;
                self.done += 1;
            }
            if start < pages.end {
                rest.push_back((noun, start..pages.end));
            }
        }
        self.todo = rest;
        self.first.clone_from(&keys);
        keys
    }

    /// Takes in those pages.
    pub(super) fn receive_first(&mut self, found: Vec<(PageKey, Vec<u8>)>) {
        let is_found = |key: &PageKey| found.iter().any(|(of, _)| of == key);
        let mut primary = self.first.iter().filter(|key| is_primary(key.table));
        self.damaged |= !primary.all(is_found);
        let mut pages: Sorted<(usize, u32), Vec<(u16, Vec<u8>)>> = Sorted::default();
        for (key, bytes) in found {
            let noun = Table::find(key.table).map(|table| table.noun);
            let place = ORDER.iter().position(|&of| Some(of) == noun);
            if let Some(place) = place {
                let parts = pages.get_or_insert_with((place, key.page), Vec::new);
                parts.push((key.table, bytes));
            }
        }
        let pages = pages.into_iter();
        self.ready
            .extend(pages.map(|((place, page), parts)| (ORDER[place], page, parts)));
    }

    /// Asks for the next pages, as far ahead as is useful.
    pub(super) fn request(&mut self, send: impl Fn(StoreRequest) -> bool) {
        while self.asked.len() < AHEAD && self.ready.len() < AHEAD * CHUNK as usize {
            let Some((noun, pages)) = self.todo.pop_front() else {
                return;
            };
            let mut missing = 0;
            for table in tables_of(noun) {
                // A driver that is gone is noticed by whoever runs the ticks: nothing comes any more.
                send(StoreRequest::Load {
                    table: table.number,
                    pages: pages.clone(),
                });
                missing += 1;
            }
            self.asked.push_back(Chunk {
                noun,
                pages,
                missing,
                found: Sorted::default(),
            });
        }
    }

    /// Takes in what the store found.
    pub(super) fn receive(&mut self, table: u16, pages: Range<u32>, found: Vec<(u32, Vec<u8>)>) {
        let noun = Table::find(table).map(|table| table.noun);
        let Some(chunk) = self
            .asked
            .iter_mut()
            .find(|chunk| Some(chunk.noun) == noun && chunk.pages == pages)
        else {
            return;
        };
        for (page, bytes) in found {
            let parts = chunk.found.get_or_insert_with(page, Vec::new);
            parts.push((table, bytes));
        }
        chunk.missing -= 1;
        while self.asked.front().is_some_and(|chunk| chunk.missing == 0) {
            if let Some(chunk) = self.asked.pop_front() {
                self.done += u64::from(chunk.pages.end - chunk.pages.start);
                self.damaged |= chunk.is_incomplete();
                let noun = chunk.noun;
                let pages = chunk.found.into_iter();
                self.ready.extend(pages.map(|(page, parts)| (noun, page, parts)));
            }
        }
    }

    /// Spawns the rows of so many pages. They are no changes: they are stored already.
    pub(super) fn spawn(&mut self, world: &mut World, persist: &mut Persist, most: usize) {
        changes::stop_observing(world);
        for _ in 0..most {
            let Some((_, page, parts)) = self.ready.pop_front() else {
                break;
            };
            for (table, bytes) in parts {
                let key = PageKey { table, page };
                let mut unknown = Vec::new();
                match self.read(key, &bytes, &mut unknown) {
                    Ok(()) if unknown.is_empty() => {}
                    Ok(()) => {
                        persist.unknown.insert(key, unknown);
                    }
                    Err(error) => self.quarantine(world, persist, key, &bytes, &error),
                }
            }
            self.rows.spawn(world, page);
        }
        changes::observe(world);
    }

    fn read(
        &mut self,
        key: PageKey,
        bytes: &[u8],
        unknown: &mut Vec<UnknownSection>,
    ) -> Result<(), PageError> {
        let page = Page::read(key, bytes)?;
        self.rows.read(&page, &mut self.shared, unknown)
    }

    /// Puts a damaged page aside, with the number it had before its bytes, and tells the listener.
    fn quarantine(
        &mut self,
        world: &mut World,
        persist: &mut Persist,
        key: PageKey,
        bytes: &[u8],
        error: &PageError,
    ) {
        let name = Table::find(key.table).map_or("unknown", |table| table.name);
        tracing::error!(table = name, page = key.page, %error, "a damaged page was put aside");
        let aside = PageKey {
            table: key.table | QUARANTINE,
            page: persist.next_aside(),
        };
        let mut kept = key.page.to_le_bytes().to_vec();
        kept.extend_from_slice(bytes);
        persist.aside.push((aside, kept));
        let now = world.resource::<Clock>().now;
        persist.mark_page(key, now);
        world.resource_mut::<Notices>().push(Notice::PageQuarantined {
            table: name.into(),
            rows: u32::try_from(ROWS).expect("256"),
        });
        self.damaged = true;
    }

    /// Ends loading: what refers to something that was lost is put right, and what was under way when the
    /// library was last open is not any more. These are changes.
    ///
    /// Answers what is still to be let go of, see [`Shared::let_go`].
    pub(super) fn finish(self, world: &mut World) -> Shared {
        if self.damaged {
            repair::mend_references(world);
        }
        repair::stop_what_ran(world);
        self.shared
    }
}
