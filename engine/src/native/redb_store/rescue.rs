//! A damaged file: whatever can still be read of it goes into a new one.
//!
//! redb trusts the pages of its trees. Where one is damaged it answers with an error, panics, or gives keys
//! that do not ascend; the rest of the tree is sound all the same. So a tree is read from both ends as far as
//! that goes, and what lies between is halved and read again, until a budget of attempts is spent.

use core::ops::Range;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use redb::{Database, ReadTransaction, ReadableDatabase, StorageError};
use segue_systems::persist::meta::COPY;
use segue_systems::persist::store::StoreError;

use super::{
    BLOBS, EPOCH, Failure, META, PAGES, RECORD, begin, builder, io_error, prepare, put_in_place, with_ending,
};

/// How many ranges of a table are tried at the most, and how many in a row that give nothing: around a lost page
/// a range is halved some fifty times until nothing lies between its rows and those that are known.
const ATTEMPTS: usize = 4_096;
const FRUITLESS: usize = 160;

/// The places of all pages: see [`PageKey::number`](segue_systems::persist::store::PageKey::number).
const PAGE_PLACES: Range<u128> = 0..1 << 48;

/// How many copies of damaged files are kept beside a library.
const MOST_ASIDE: u32 = 99;

/// What was saved, and where the damaged file is now.
#[derive(Debug)]
pub(super) struct Rescued {
    pages: u64,
    blobs: u64,
    aside: PathBuf,
}

impl Rescued {
    /// In words for the listener.
    pub(super) fn words(&self) -> String {
        format!(
            "the library's file was damaged: {} pages and {} pictures could be saved, the damaged file was kept \
             as {}; scan your folders again to read what is missing",
            self.pages,
            self.blobs,
            self.aside.display()
        )
    }
}

/// Runs something in redb, whose panics become words.
pub(super) fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    // Nothing of ours is seen half changed afterwards: the database is opened anew.
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let words = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        words.unwrap_or("it panicked").to_owned()
    })
}

/// Makes a new file of what can be read of the one at this path, and puts it in its place; batches of this
/// epoch are written to it as before.
///
/// # Errors
/// [`StoreError::NotAStore`] if not even the library's record of itself can be read; the file is as it was
/// then. Any other [`StoreError`] if the new file cannot be written.
pub(super) fn rescue(path: &Path, epoch: u64) -> Result<Rescued, StoreError> {
    let aside = keep_aside(path).map_err(|error| io_error(&error))?;
    let fresh = with_ending(path, ".new");
    let saved = guarded(|| save(&aside, &fresh, epoch)).unwrap_or_else(|detail| Err(too_damaged(&detail)));
    match saved.and_then(|(pages, blobs)| {
        put_in_place(&fresh, path).map_err(|error| io_error(&error))?;
        Ok((pages, blobs))
    }) {
        Ok((pages, blobs)) => Ok(Rescued { pages, blobs, aside }),
        Err(error) => {
            // The library itself was not touched: the copy is no use to anybody.
            drop(fs::remove_file(&aside));
            drop(fs::remove_file(&fresh));
            Err(error)
        }
    }
}

fn too_damaged(detail: &str) -> StoreError {
    StoreError::NotAStore {
        detail: format!("it is too damaged to be read ({detail}); move it away and scan your folders again"),
    }
}

/// Copies the damaged file to a name that is free.
fn keep_aside(path: &Path) -> io::Result<PathBuf> {
    for number in 1..=MOST_ASIDE {
        let aside = with_ending(path, &format!(".damaged-{number}"));
        if !aside.try_exists()? {
            fs::copy(path, &aside)?;
            File::open(&aside)?.sync_all()?;
            return Ok(aside);
        }
    }
    Err(io::Error::other(format!(
        "there are {MOST_ASIDE} copies of damaged libraries beside {}; remove those that nobody needs",
        path.display()
    )))
}

/// Reads one file and writes the other. Answers how many pages and blobs went over.
fn save(damaged: &Path, fresh: &Path, epoch: u64) -> Result<(u64, u64), StoreError> {
    let transaction = open(damaged)?;
    let (record, stored_epoch) = read_meta(&transaction);
    let into = |error: Failure| error.into_store();
    match fs::remove_file(fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(&error)),
        _ => {}
    }
    let database = builder()
        .create(fresh)
        .map_err(|error| into(Failure::from(error)))?;
    let to = begin(&database).map_err(into)?;
    prepare(&to).map_err(into)?;
    let mut copy = None;
    let mut counts = (0, 0);
    let written = (|| -> Result<(), Failure> {
        let mut pages = to.open_table(PAGES)?;
        if let Ok(Ok(from)) = guarded(|| transaction.open_table(PAGES)) {
            let range = |places: Range<u128>| {
                let rows = from.range(number(places.start)..number(places.end))?;
                Ok(rows
                    .map(|row| row.map(|(key, bytes)| (u128::from(key.value()), 0, bytes.value().to_vec()))))
            };
            sweep(PAGE_PLACES, range, |place, _, bytes| {
                pages.insert(number(place), bytes.as_slice())?;
                if place == u128::from(COPY.number()) {
                    copy = Some(bytes);
                }
                counts.0 += 1;
                Ok(())
            })?;
        }
        let mut blobs = to.open_table(BLOBS)?;
        if let Ok(Ok(from)) = guarded(|| transaction.open_table(BLOBS)) {
            let range = |places: Range<u128>| {
                let (start, end) = (places.start.to_be_bytes(), places.end.to_be_bytes());
                let rows = from.range(start.as_slice()..end.as_slice())?;
                Ok(rows.map(|row| row.map(|(key, bytes)| blob(key.value(), bytes.value()))))
            };
            sweep(0..u128::MAX, range, |place, variant, bytes| {
                let mut key = place.to_be_bytes().to_vec();
                key.push(variant);
                blobs.insert(key.as_slice(), bytes.as_slice())?;
                counts.1 += 1;
                Ok(())
            })?;
        }
        let mut meta = to.open_table(META)?;
        let epoch = epoch.max(stored_epoch.unwrap_or_default());
        meta.insert(EPOCH, epoch.to_le_bytes().as_slice())?;
        if let Some(record) = record.or(copy) {
            meta.insert(RECORD, record.as_slice())?;
            return Ok(());
        }
        Err(Failure::Store(too_damaged("its record of itself is lost")))
    })();
    written.map_err(into)?;
    to.commit().map_err(|error| into(Failure::from(error)))?;
    Ok(counts)
}

/// Opens the damaged file. It is a copy, so redb may put right what it can by itself.
fn open(path: &Path) -> Result<ReadTransaction, StoreError> {
    let begin = |database: &dyn ReadableDatabase| database.begin_read().map_err(|error| error.to_string());
    let read_only = guarded(|| match builder().open_read_only(path) {
        Ok(database) => begin(&database),
        Err(error) => Err(error.to_string()),
    });
    if let Ok(Ok(transaction)) = read_only {
        return Ok(transaction);
    }
    let repaired = guarded(|| -> Result<ReadTransaction, String> {
        let database: Database = builder().open(path).map_err(|error| error.to_string())?;
        begin(&database)
    });
    repaired
        .unwrap_or_else(Err)
        .map_err(|detail| too_damaged(&detail))
}

/// The record and the epoch, as far as they can be read.
fn read_meta(transaction: &ReadTransaction) -> (Option<Vec<u8>>, Option<u64>) {
    let read = |name: &str| {
        let found = guarded(|| -> Result<Option<Vec<u8>>, Failure> {
            let table = transaction.open_table(META)?;
            Ok(table.get(name)?.map(|bytes| bytes.value().to_vec()))
        });
        found.ok().and_then(Result::ok).flatten()
    };
    let epoch = read(EPOCH).and_then(|bytes| Some(u64::from_le_bytes(bytes.try_into().ok()?)));
    (read(RECORD), epoch)
}

/// The number of a place among pages, which all lie below 2^48.
fn number(place: u128) -> u64 {
    u64::try_from(place).expect("places of pages are below 2^48")
}

/// A blob's place is its hash. A key of another length is nobody's, and sorts to the front.
fn blob(key: &[u8], bytes: &[u8]) -> (u128, u8, Vec<u8>) {
    match key.split_last_chunk::<1>() {
        Some((hash, [variant])) if hash.len() == 16 => {
            let hash = hash.try_into().expect("sixteen bytes");
            (u128::from_be_bytes(hash), *variant, bytes.to_vec())
        }
        _ => (0, 0, bytes.to_vec()),
    }
}

/// A row: its place, its variant, its bytes.
type Row = Result<(u128, u8, Vec<u8>), StorageError>;

/// Reads every row of a table that can be read, each once.
fn sweep<I: DoubleEndedIterator<Item = Row>>(
    all: Range<u128>,
    range: impl Fn(Range<u128>) -> Result<I, StorageError>,
    mut put: impl FnMut(u128, u8, Vec<u8>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut todo = VecDeque::from([all]);
    let mut fruitless = 0;
    for _ in 0..ATTEMPTS {
        let Some(places) = todo.pop_front().filter(|_| fruitless < FRUITLESS) else {
            break;
        };
        fruitless += 1;
        let Ok(Ok(mut rows)) = guarded(|| range(places.clone())) else {
            halve(&mut todo, places);
            continue;
        };
        let mut low = places.start;
        let whole = loop {
            match guarded(|| rows.next()) {
                Ok(None) => break true,
                Ok(Some(Ok((place, variant, bytes)))) if place >= low && place < places.end => {
                    put(place, variant, bytes)?;
                    low = place;
                    fruitless = 0;
                }
                _ => break false,
            }
        };
        if whole {
            continue;
        }
        // An iterator that failed is not asked again.
        let Ok(Ok(mut rows)) = guarded(|| range(low.saturating_add(1)..places.end)) else {
            halve(&mut todo, low + 1..places.end);
            continue;
        };
        let mut high = places.end;
        while let Ok(Some(Ok((place, variant, bytes)))) = guarded(|| rows.next_back()) {
            if place <= low || place > high {
                break;
            }
            put(place, variant, bytes)?;
            high = place;
            fruitless = 0;
        }
        halve(&mut todo, low + 1..high);
    }
    Ok(())
}

fn halve(todo: &mut VecDeque<Range<u128>>, places: Range<u128>) {
    let width = places.end.saturating_sub(places.start);
    if width > 1 {
        let middle = places.start + width / 2;
        todo.push_back(places.start..middle);
        todo.push_back(middle..places.end);
    }
}
