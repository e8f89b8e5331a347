//! Checking a stored library without changing it: every page, every link between rows, every picture.

mod links;

use core::fmt;

use bevy_ecs::world::World;
use bevy_platform::collections::HashSet;
use segue_components::artwork::ContentHash;
use segue_components::id::{HistoryId, Noun};

use self::links::Links;
use super::blobs::{media_type, thumbnail};
use super::driver::OpenError;
use super::last_seen::{LAST_SEEN, LastSeen};
use super::meta::{COPY, Meta, MetaError};
use super::page::{Page, PageError, Slots};
use super::record::Shared;
use super::store::{PageKey, PageStore, StoreError};
use super::table::{self, QUARANTINE, Rows, TABLES, Table};
use crate::catalog::Catalog;
use crate::changes;
use crate::schedule;

/// How many pages of a table one request reads.
const CHUNK: u32 = 64;

/// How many problems are listed one by one.
const MOST_LISTED: usize = 1_000;

/// Something in a library that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The library's record of itself, or its copy, is damaged or differs from the other.
    Record {
        /// Which of the two, and what is wrong.
        detail: String,
    },
    /// A page is damaged.
    Page {
        /// Where it stands.
        key: PageKey,
        /// What is wrong with it.
        error: PageError,
    },
    /// The store does not give a page.
    Unreadable {
        /// Where it stands.
        key: PageKey,
        /// Why.
        error: StoreError,
    },
    /// A page that has to be there is not.
    Lost {
        /// Where it should stand.
        key: PageKey,
    },
    /// A page was written by a batch that the record does not know of yet.
    Later {
        /// Where it stands.
        key: PageKey,
        /// The number of its batch.
        generation: u64,
    },
    /// A page holds rows with numbers that were never given.
    Stray {
        /// Where it stands.
        key: PageKey,
    },
    /// A row adds to a thing that there is not.
    Orphan {
        /// Its table.
        table: &'static str,
        /// The thing.
        of: (Noun, u64),
    },
    /// A row names a thing that there is not.
    Link {
        /// What names it.
        from: (Noun, u64),
        /// The thing.
        to: (Noun, u64),
    },
    /// A stored picture cannot be read, or is none.
    Picture {
        /// Whose it is.
        artwork: u64,
        /// What is wrong with it.
        detail: String,
    },
}

impl Problem {
    /// One word for programs.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Record { .. } => "record",
            Self::Page { .. } => "page",
            Self::Unreadable { .. } => "unreadable",
            Self::Lost { .. } => "lost",
            Self::Later { .. } => "later",
            Self::Stray { .. } => "stray",
            Self::Orphan { .. } => "orphan",
            Self::Link { .. } => "link",
            Self::Picture { .. } => "picture",
        }
    }
}

/// A page in words: `page 3 of tracks`.
struct Place(PageKey);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Table::find(self.0.table) {
            Some(table) => write!(f, "page {} of {}", self.0.page, table.name),
            None => write!(f, "page {} of table {}", self.0.page, self.0.table),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record { detail } => f.write_str(detail),
            Self::Page { key, error } => write!(f, "{}: {error}", Place(*key)),
            Self::Unreadable { key, error } => write!(f, "{}: {error}", Place(*key)),
            Self::Lost { key } => write!(f, "{} is not there", Place(*key)),
            Self::Later { key, generation } => {
                write!(
                    f,
                    "{} is of batch {generation}, which was never ended",
                    Place(*key)
                )
            }
            Self::Stray { key } => write!(f, "{} has numbers that were never given", Place(*key)),
            Self::Orphan {
                table,
                of: (noun, number),
            } => write!(f, "{table}: {noun:?} {number} is not there"),
            Self::Link { from, to } => write!(
                f,
                "{:?} {} names {:?} {}, which is not there",
                from.0, from.1, to.0, to.1
            ),
            Self::Picture { artwork, detail } => write!(f, "picture {artwork}: {detail}"),
        }
    }
}

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCount {
    /// Its name.
    pub name: &'static str,
    /// Its pages.
    pub pages: u64,
    /// Their rows.
    pub rows: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The schema of the library; 0 if nothing was ever stored in it.
    pub schema: u16,
    /// How many batches were written.
    pub generation: u64,
    /// Every table.
    pub tables: Vec<TableCount>,
    /// Sections of kinds or versions that this build does not know. They are kept.
    pub unknown: u64,
    /// Damaged pages of earlier days, kept aside: the table and the page that each was.
    pub aside: Vec<PageKey>,
    /// Links between rows that were followed.
    pub links: u64,
    /// Pictures whose thumbnail was read.
    pub thumbnails: u64,
    /// Pictures that have none.
    pub without_thumbnail: u64,
    /// Listens of tracks that are gone; they stay in the history.
    pub heard_and_gone: u64,
    /// Stored pictures that nothing refers to, and their bytes. They take room and do no harm.
    pub unused: (u64, u64),
    /// What is wrong, at most the first thousand.
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub unlisted: u64,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    fn add(&mut self, problem: Problem) {
        if self.problems.len() < MOST_LISTED {
            self.problems.push(problem);
        } else {
            self.unlisted += 1;
        }
    }
}

/// Reads a whole library and says what is wrong with it. Nothing is written, not even the epoch. `progress` hears how
/// many pages and pictures are done, and of how many.
///
/// # Errors
/// [`OpenError`] if the library cannot be read at all: it is of a newer build, both copies of its record are damaged,
/// or the store failed over more than a page.
pub async fn check<S: PageStore>(
    store: &mut S,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Report, OpenError> {
    let mut report = Report::default();
    let Some(meta) = read_meta(store, &mut report).await? else {
        return Ok(report);
    };
    report.schema = meta.schema;
    report.generation = meta.generation;
    let mut world = World::new();
    schedule::setup(&mut world);
    changes::stop_observing(&mut world);
    let links = Links::new(&mut world);
    let mut check = Check {
        store,
        report,
        total: TABLES
            .iter()
            .map(|table| u64::from(count(&meta, table.noun)))
            .sum(),
        done: 0,
        meta,
        rows: Rows::default(),
        shared: Shared::default(),
        world,
        links,
        there: Default::default(),
        found: Vec::new(),
        heard: Vec::new(),
        pictures: Vec::new(),
        hashes: HashSet::default(),
    };
    for noun in Noun::ALL {
        check.read(noun, progress).await?;
    }
    check.follow();
    check.look(progress).await;
    check.count_unused().await?;
    check.find_aside().await?;
    Ok(check.report)
}

/// How many pages a noun's tables have.
fn count(meta: &Meta, noun: Noun) -> u32 {
    match (meta.last(noun), table::place(meta.last(noun))) {
        (0, _) | (_, None) => 0,
        (_, Some((page, _))) => page + 1,
    }
}

/// Reads the record and its copy; `None` in a store that nothing was ever written to.
async fn read_meta<S: PageStore>(store: &mut S, report: &mut Report) -> Result<Option<Meta>, OpenError> {
    let bytes = store.meta().await?;
    let copy = page(store, COPY).await?;
    let Some(bytes) = bytes else {
        return Ok(None);
    };
    if copy.as_ref() != Some(&bytes) {
        let detail = match copy.as_deref().map(Meta::read) {
            None => "the copy of the library's record is not there",
            Some(Ok(_)) => "the library's record and its copy differ",
            Some(Err(_)) => "the copy of the library's record is damaged",
        };
        report.add(Problem::Record {
            detail: detail.into(),
        });
    }
    match (Meta::read(&bytes), copy) {
        (Err(MetaError::Damaged), Some(copy)) => {
            let meta = Meta::read(&copy)?;
            report.add(Problem::Record {
                detail: "the library's record of itself is damaged; its copy is sound".into(),
            });
            Ok(Some(meta))
        }
        (result, _) => Ok(Some(result?)),
    }
}

async fn page<S: PageStore>(store: &mut S, key: PageKey) -> Result<Option<Vec<u8>>, StoreError> {
    let mut found = store.load(key.table, key.page..key.page + 1).await?;
    Ok(found.pop().map(|(_, bytes)| bytes))
}

struct Check<'a, S> {
    store: &'a mut S,
    meta: Meta,
    report: Report,
    done: u64,
    total: u64,
    rows: Rows,
    shared: Shared,
    /// Holds the rows of one page at a time.
    world: World,
    links: Links,
    /// Which rows there are: page by page, those of each noun.
    there: [Vec<Slots>; Noun::ALL.len()],
    /// Which links.
    found: Vec<((Noun, u64), (Noun, u64))>,
    /// Which tracks were heard, by the piece of the log that says so.
    heard: Vec<(HistoryId, u64)>,
    /// Whose thumbnails may be there, and whether they should be.
    pictures: Vec<(u64, ContentHash)>,
    /// Every picture that there is.
    hashes: HashSet<[u8; 16]>,
}

impl<S: PageStore> Check<'_, S> {
    /// Reads every page of a noun.
    async fn read(&mut self, noun: Noun, progress: &mut dyn FnMut(u64, u64)) -> Result<(), OpenError> {
        let pages = count(&self.meta, noun);
        for table in TABLES.iter().filter(|table| table.noun == noun) {
            self.report.tables.push(TableCount {
                name: table.name,
                pages: 0,
                rows: 0,
                bytes: 0,
            });
            // Beyond the last number that was given there is nothing.
            for (page, _) in self.store.load(table.number, pages..u32::MAX).await? {
                let table = table.number;
                self.report.add(Problem::Stray {
                    key: PageKey { table, page },
                });
            }
        }
        let mut start = 0;
        while start < pages {
            let end = pages.min(start + CHUNK);
            let mut chunk = Vec::new();
            for table in TABLES.iter().filter(|table| table.noun == noun) {
                let found = self.load(table.number, start, end).await;
                self.done += u64::from(end - start);
                progress(self.done, self.total + self.pictures.len() as u64);
                chunk.push((table, found.into_iter().peekable()));
            }
            for page in start..end {
                let mut parts: Vec<(&Table, Option<Slots>)> = Vec::new();
                for (table, found) in &mut chunk {
                    let bytes = found.next_if(|(of, _)| *of == page);
                    parts.push((table, bytes.and_then(|(_, bytes)| self.take(table, page, bytes))));
                }
                self.finish(noun, page, &parts);
            }
            start = end;
        }
        let last = self.meta.last(noun);
        let beyond = self.there[noun as usize - 1]
            .last()
            .and_then(|slots| slots.iter().last())
            .is_some_and(|slot| u64::from(pages.saturating_sub(1)) << 8 | u64::from(slot) > last);
        if beyond && let Some(table) = TABLES.iter().find(|table| table.noun == noun) {
            let key = PageKey {
                table: table.number,
                page: pages - 1,
            };
            self.report.add(Problem::Stray { key });
        }
        Ok(())
    }

    /// Reads pages, one by one where the store does not give them together: those that it gives.
    async fn load(&mut self, table: u16, start: u32, end: u32) -> Vec<(u32, Option<Vec<u8>>)> {
        if let Ok(found) = self.store.load(table, start..end).await {
            return found
                .into_iter()
                .map(|(page, bytes)| (page, Some(bytes)))
                .collect();
        }
        let mut found = Vec::new();
        for page in start..end {
            match self.store.load(table, page..page + 1).await {
                Ok(pages) => found.extend(pages.into_iter().map(|(page, bytes)| (page, Some(bytes)))),
                Err(error) => {
                    let key = PageKey { table, page };
                    self.report.add(Problem::Unreadable { key, error });
                    found.push((page, None));
                }
            }
        }
        found
    }

    /// Reads one page into the rows. Which it has; none in a damaged one, which is told.
    fn take(&mut self, table: &Table, page: u32, bytes: Option<Vec<u8>>) -> Option<Slots> {
        let bytes = bytes?;
        let key = PageKey {
            table: table.number,
            page,
        };
        let mut unknown = Vec::new();
        let read = Page::read(key, &bytes).and_then(|page| {
            self.rows.read(&page, &mut self.shared, &mut unknown)?;
            Ok((page.rows, page.generation))
        });
        let count = self
            .report
            .tables
            .iter_mut()
            .find(|count| count.name == table.name);
        let count = count.expect("it was put there before its pages were read");
        count.pages += 1;
        count.bytes += bytes.len() as u64;
        match read {
            Ok((rows, generation)) => {
                count.rows += rows.count() as u64;
                self.report.unknown += unknown.len() as u64;
                if generation > self.meta.generation {
                    self.report.add(Problem::Later { key, generation });
                }
                Some(rows)
            }
            Err(error) => {
                self.report.add(Problem::Page { key, error });
                Some(Slots::default())
            }
        }
    }

    /// Notes what the rows of a page link to, and which there are.
    fn finish(&mut self, noun: Noun, page: u32, parts: &[(&Table, Option<Slots>)]) {
        let mut there = Slots::default();
        for (table, slots) in parts.iter().filter(|(table, _)| table.primary) {
            match slots {
                Some(slots) => there = *slots,
                None => {
                    let table = table.number;
                    self.report.add(Problem::Lost {
                        key: PageKey { table, page },
                    });
                }
            }
        }
        for (table, slots) in parts.iter().filter(|(table, _)| !table.primary) {
            for slot in slots
                .unwrap_or_default()
                .iter()
                .filter(|&slot| !there.contains(slot))
            {
                self.report.add(Problem::Orphan {
                    table: table.name,
                    of: (noun, u64::from(page) << 8 | u64::from(slot)),
                });
            }
        }
        self.there[noun as usize - 1].push(there);
        self.rows.spawn(&mut self.world, page);
        let found = &mut self.found;
        self.links.each(&self.world, |from, to| found.push((from, to)));
        for (&piece, listens) in self.links.history.query(&self.world) {
            self.heard
                .extend(listens.iter().map(|listen| (piece, listen.track.0)));
        }
        for (artwork, &hash, picture) in self.links.pictures.query(&self.world) {
            self.hashes.insert(hash.0);
            if picture.is_none_or(|picture| picture.problem.is_none()) {
                self.pictures.push((artwork.0, hash));
            } else {
                self.report.without_thumbnail += 1;
            }
        }
        let spawned = core::mem::take(&mut *self.world.resource_mut::<Catalog>());
        for (_, entity) in Noun::ALL.iter().flat_map(|&noun| spawned.all(noun)) {
            self.world.despawn(entity);
        }
    }

    fn is_there(&self, (noun, number): (Noun, u64)) -> bool {
        table::place(number).is_some_and(|(page, slot)| {
            self.there[noun as usize - 1]
                .get(page as usize)
                .is_some_and(|slots| slots.contains(slot))
        })
    }

    /// Follows every link.
    fn follow(&mut self) {
        let found = core::mem::take(&mut self.found);
        self.report.links = found.len() as u64;
        for (from, to) in found {
            if !self.is_there(to) {
                self.report.add(Problem::Link { from, to });
            }
        }
        // What was heard may be gone since; but it was there.
        let last = self.meta.last(Noun::Track);
        for (piece, track) in core::mem::take(&mut self.heard) {
            self.report.links += 1;
            if self.is_there((Noun::Track, track)) {
                continue;
            }
            if (1..=last).contains(&track) {
                self.report.heard_and_gone += 1;
            } else {
                self.report.add(Problem::Link {
                    from: (Noun::History, piece.0),
                    to: (Noun::Track, track),
                });
            }
        }
    }

    /// Looks for stored pictures that no row of artwork names.
    async fn count_unused(&mut self) -> Result<(), OpenError> {
        for (key, bytes) in self.store.blobs().await?.unwrap_or_default() {
            if !self.hashes.contains(&key.hash) {
                self.report.unused.0 += 1;
                self.report.unused.1 += bytes;
            }
        }
        Ok(())
    }

    /// Reads every thumbnail.
    async fn look(&mut self, progress: &mut dyn FnMut(u64, u64)) {
        let pictures = core::mem::take(&mut self.pictures);
        let total = self.total + pictures.len() as u64;
        for (artwork, hash) in pictures {
            let detail = match self.store.blob(thumbnail(hash)).await {
                Ok(Some(bytes)) => {
                    self.report.thumbnails += 1;
                    (media_type(&bytes) == "application/octet-stream")
                        .then(|| format!("its {} bytes are no picture", bytes.len()))
                }
                Ok(None) => {
                    self.report.without_thumbnail += 1;
                    None
                }
                Err(error) => Some(error.to_string()),
            };
            if let Some(detail) = detail {
                self.report.add(Problem::Picture { artwork, detail });
            }
            self.done += 1;
            progress(self.done, total);
        }
    }

    /// Looks at what stands beside the tables: what was seen last, and what was put aside.
    async fn find_aside(&mut self) -> Result<(), OpenError> {
        if let Some(bytes) = page(self.store, LAST_SEEN).await?
            && LastSeen::read(&bytes, self.meta.generation).is_none()
        {
            // It is derived: another build may have written it, and this one makes it anew.
            self.report.unknown += 1;
        }
        for table in TABLES {
            let kept = self.store.load(table.number | QUARANTINE, 0..u32::MAX).await?;
            for (_, bytes) in kept {
                let page = bytes.first_chunk().map_or(0, |page| u32::from_le_bytes(*page));
                let table = table.number;
                self.report.aside.push(PageKey { table, page });
            }
        }
        Ok(())
    }
}
