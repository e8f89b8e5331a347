//! The store of a machine: one file, kept by redb.
//!
//! Three tables: `pages` by [`PageKey::number`], `blobs` by hash and variant, `meta` by name. Each batch is
//! one transaction.
//!
//! Both durabilities wait for the disk. What redb commits without waiting is lost when the process is
//! killed, not only when the power goes, so it is no answer to [`Durability::Relaxed`]; a flush of a
//! whole scan waits for the disk a few times a second, which no listener notices.
//!
//! redb trusts what it reads of its own trees, and panics or errs where the disk has damaged one. Then what can
//! still be read moves to a new file, the damaged one is kept, and the call is made again (`rescue`).
//!
//! Beside the file lies `<file>.lock`, locked while the library is open and holding who has it open. redb
//! locks its file as well, but cannot tell by whom it is held.
//!
//! [`Durability::Relaxed`]: segue_systems::persist::store::Durability::Relaxed

mod overlay;
pub mod reader;
mod rescue;
pub mod testing;

use core::fmt;
use core::ops::Range;
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use overlay::Overlay;
use redb::{
    Builder, ConcurrencyMode, Database, Durability, ReadTransaction, ReadableDatabase, ReadableTable,
    TableDefinition, TableError, WriteTransaction,
};
use rescue::{guarded, rescue};
use segue_systems::persist::store::{Batch, BlobKey, Claim, PageKey, PageStore, StoreError};

const PAGES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("pages");
const BLOBS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("blobs");
const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");

/// The names in the table `meta`: what says that the file is ours, the epoch, and the meta record.
const MARK: &str = "segue";
const EPOCH: &str = "epoch";
const RECORD: &str = "meta";

/// What stands under [`MARK`]: the version of these three tables.
const MARK_VALUE: &[u8] = &[1];

/// The name of the file in a folder that is given instead of a file.
const FILE_NAME: &str = "library.redb";

/// What redb may keep in memory of its file. Pages are read once at the start, so more is no use.
const CACHE: usize = 8 << 20;

/// One process writes, and others may read what it has committed (`reader`). This needs locks on parts of a file.
const SHARED: ConcurrencyMode = if cfg!(any(target_os = "linux", target_vendor = "apple", windows)) {
    ConcurrencyMode::SingleWriter
} else {
    ConcurrencyMode::ExclusiveWriter
};

/// A store in one file.
pub struct RedbStore {
    database: Option<Database>,
    open: Box<dyn FnMut() -> Result<Database, redb::Error> + Send>,
    /// The file, if it is one.
    path: Option<PathBuf>,
    lock: Option<File>,
    closed: bool,
    /// The epoch of the last claim.
    epoch: u64,
    /// What was lost with a damaged file and not told yet.
    losses: Option<String>,
}

impl fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbStore")
            .field("path", &self.path)
            .field("open", &self.database.is_some())
            .finish_non_exhaustive()
    }
}

impl RedbStore {
    /// Takes hold of the library at a path: a file, which is made if it is not there, or a folder that
    /// holds one. An existing file is not changed before [`PageStore::claim`].
    ///
    /// # Errors
    /// [`StoreError::Held`] if another process has it open, [`StoreError::NotAStore`] if the file is
    /// something else, and any other [`StoreError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let mut path = path.as_ref().to_path_buf();
        if path.is_dir() {
            path.push(FILE_NAME);
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| io_error(&error))?;
        }
        let lock = lock(&with_ending(&path, ".lock"))?;
        let mut losses = None;
        if path.try_exists().map_err(|error| io_error(&error))? {
            match guarded(|| check(&path)) {
                Ok(Err(Failure::Store(error))) => return Err(error),
                Ok(Err(Failure::Redb(error))) if !is_damage(&error) => {
                    return Err(not_a_store(store_error(&error)));
                }
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => losses = Some(rescue(&path, 0)?.words()),
            }
        } else {
            create(&path)?;
        }
        let file = path.clone();
        Ok(Self {
            database: None,
            open: Box::new(move || Ok(builder().open(&file)?)),
            path: Some(path),
            lock: Some(lock),
            closed: false,
            epoch: 0,
            losses,
        })
    }

    /// Takes hold of the library at a path to read it: whatever is written to the store stays in memory, and the
    /// file is as it was, even if its last owner was killed and left something to repair.
    ///
    /// # Errors
    /// [`StoreError::Held`] if another process has it open, [`StoreError::Io`] if there is no file, and any other
    /// [`StoreError`].
    pub fn open_copy(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let mut path = path.as_ref().to_path_buf();
        if path.is_dir() {
            path.push(FILE_NAME);
        }
        File::open(&path).map_err(|error| io_error(&error))?;
        let lock = match lock(&with_ending(&path, ".lock")) {
            // Nobody else can write there either.
            Err(StoreError::ReadOnly { .. }) => None,
            lock => Some(lock?),
        };
        let mut store = Self::over(move || {
            let mut builder = builder();
            // Nobody else sees what is in memory, and there are no locks on it.
            builder.set_concurrency_mode(ConcurrencyMode::ExclusiveWriter);
            Ok(builder.create_with_backend(Overlay::open(&path)?)?)
        });
        store.lock = lock;
        store.with(|database| read_marked(&database.begin_read()?))?;
        Ok(store)
    }

    /// Reads everything that redb keeps and compares it with its own checksums: whether all is as it was written.
    ///
    /// # Errors
    /// Any [`StoreError`]; damage is one too, in the words of redb.
    pub fn check_structure(&mut self) -> Result<bool, StoreError> {
        self.with(|_| Ok(()))?;
        let database = self.database.as_mut().expect("it was opened just now");
        match guarded(|| database.check_integrity()) {
            Ok(Ok(sound)) => Ok(sound),
            Ok(Err(error)) => Err(StoreError::Io {
                detail: error.to_string(),
            }),
            Err(detail) => {
                let database = self.database.take();
                drop(guarded(|| drop(database)));
                Err(StoreError::Io { detail })
            }
        }
    }

    /// A store over a database that this makes or opens. It is called again after an error of the disk,
    /// because redb refuses everything after one.
    pub fn over(open: impl FnMut() -> Result<Database, redb::Error> + Send + 'static) -> Self {
        Self {
            database: None,
            open: Box::new(open),
            path: None,
            lock: None,
            closed: false,
            epoch: 0,
            losses: None,
        }
    }

    /// The file, if it is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Does something with the database. After an error of the disk it is opened anew next time; after damage
    /// in the file it is done once more, with what could be saved.
    fn with<T>(&mut self, run: impl Fn(&Database) -> Result<T, Failure>) -> Result<T, StoreError> {
        match self.attempt(&run) {
            Ok(value) => Ok(value),
            Err(Attempt::Failed(error)) => Err(error),
            Err(Attempt::Damaged(detail)) => {
                let Some(path) = self.path.clone() else {
                    return Err(StoreError::Io { detail });
                };
                self.losses = Some(rescue(&path, self.epoch)?.words());
                self.attempt(&run).map_err(|error| match error {
                    Attempt::Failed(error) => error,
                    Attempt::Damaged(detail) => StoreError::Io { detail },
                })
            }
        }
    }

    fn attempt<T>(&mut self, run: impl Fn(&Database) -> Result<T, Failure>) -> Result<T, Attempt> {
        if self.closed {
            return Err(Attempt::Failed(StoreError::Closed));
        }
        let done = guarded(|| {
            if self.database.is_none() {
                self.database = Some((self.open)().map_err(Failure::Redb)?);
            }
            let database = self.database.as_ref().expect("it was opened just now");
            run(database)
        });
        match done {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(Failure::Store(error))) => return Err(Attempt::Failed(error)),
            _ => {}
        }
        // Whatever redb holds of a file that failed is not to be trusted, least of all while it lets go of it.
        let database = self.database.take();
        drop(guarded(|| drop(database)));
        Err(match done {
            Ok(Err(Failure::Redb(error))) if !is_damage(&error) => Attempt::Failed(store_error(&error)),
            Ok(Err(Failure::Redb(error))) => Attempt::Damaged(error.to_string()),
            Err(panic) => Attempt::Damaged(panic),
            Ok(_) => unreachable!("was answered above"),
        })
    }
}

/// Why an attempt came to nothing.
enum Attempt {
    Failed(StoreError),
    /// The file is damaged, in the words of redb.
    Damaged(String),
}

/// Whether an error of redb's means that what it read is not what it wrote.
fn is_damage(error: &redb::Error) -> bool {
    match error {
        redb::Error::Corrupted(_)
        | redb::Error::TableTypeMismatch { .. }
        | redb::Error::TypeDefinitionChanged { .. }
        | redb::Error::TableIsMultimap(_) => true,
        redb::Error::Io(error) => matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidInput),
        _ => false,
    }
}

/// What can go wrong inside a transaction.
enum Failure {
    Redb(redb::Error),
    Store(StoreError),
}

impl<E: Into<redb::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Redb(error.into())
    }
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE);
    builder.set_concurrency_mode(SHARED);
    builder
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(ending);
    name.into()
}

/// Locks the file beside the library and writes into it who we are.
fn lock(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let mut file = options.open(path).map_err(|error| io_error(&error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut by = String::new();
            // Elsewhere than on Unix a locked file cannot be read: then its holder stays unnamed.
            let named = Read::by_ref(&mut file).take(500).read_to_string(&mut by).is_ok() && !by.is_empty();
            return Err(StoreError::Held {
                by: if named {
                    by.trim_end().into()
                } else {
                    "another process".into()
                },
            });
        }
        Err(TryLockError::Error(error)) => return Err(io_error(&error)),
    }
    let us = format!("process {} ({})\n", std::process::id(), command());
    // Who cannot be named is still locked out.
    let _ = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(us.as_bytes()))
        .and_then(|()| file.sync_data());
    Ok(file)
}

/// How this process was called, without what may be private in its arguments.
fn command() -> String {
    let mut words = std::env::args_os().take(2).map(|word| {
        Path::new(&word).file_name().map_or_else(
            || word.to_string_lossy().into_owned(),
            |name| name.to_string_lossy().into_owned(),
        )
    });
    let program = words.next().unwrap_or_else(|| "unnamed".into());
    match words.next() {
        Some(word) if !word.starts_with('-') => format!("{program} {word}"),
        _ => program,
    }
}

/// Makes a new library beside its place and moves it there: whoever is killed in between leaves nothing
/// that looks like a library.
fn create(path: &Path) -> Result<(), StoreError> {
    let fresh = with_ending(path, ".new");
    match std::fs::remove_file(&fresh) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(io_error(&error)),
        _ => {}
    }
    let made = (|| {
        let database = builder().create(&fresh)?;
        let transaction = begin(&database)?;
        prepare(&transaction)?;
        transaction.commit()?;
        Ok(())
    })();
    made.map_err(|error: Failure| error.into_store())?;
    put_in_place(&fresh, path).map_err(|error| io_error(&error))
}

/// Gives a finished file its name, whatever had it before, so that it survives a power cut.
fn put_in_place(fresh: &Path, path: &Path) -> std::io::Result<()> {
    File::open(fresh)?.sync_all()?;
    std::fs::rename(fresh, path)?;
    sync_folder(path)
}

/// Makes the new name of a file survive a power cut.
#[cfg(unix)]
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// Elsewhere a folder cannot be opened, and renaming waits for the disk by itself.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Looks whether a file is a library, without changing it.
fn check(path: &Path) -> Result<(), Failure> {
    match builder().open_read_only(path) {
        Ok(database) => read_marked(&database.begin_read()?),
        // Its last owner was killed. It is redb's, and opening it for writing puts it right.
        Err(redb::DatabaseError::RepairAborted) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether a database is ours: by its mark, or because there is nothing in it yet.
fn read_marked(transaction: &ReadTransaction) -> Result<(), Failure> {
    let marked = match transaction.open_table(META) {
        Ok(table) => table.get(MARK)?.is_some_and(|value| value.value() == MARK_VALUE),
        Err(TableError::TableDoesNotExist(_)) => false,
        Err(error) => return Err(error.into()),
    };
    if marked {
        return Ok(());
    }
    Err(Failure::Store(StoreError::NotAStore {
        detail: "it is a redb database of another program, or of a newer Segue".into(),
    }))
}

/// What is wrong with a file that redb does not take.
fn not_a_store(error: StoreError) -> StoreError {
    match error {
        StoreError::Io { detail } => StoreError::NotAStore { detail },
        other => other,
    }
}

impl Failure {
    fn into_store(self) -> StoreError {
        match self {
            Self::Redb(error) => store_error(&error),
            Self::Store(error) => error,
        }
    }
}

fn begin(database: &Database) -> Result<WriteTransaction, Failure> {
    let mut transaction = database.begin_write()?;
    transaction
        .set_durability(Durability::Immediate)
        .map_err(|error| Failure::Redb(error.into()))?;
    // What a killed process leaves is then opened in the time that opening takes anyway.
    transaction.set_quick_repair(true);
    Ok(transaction)
}

/// Makes the three tables, and marks the file as ours.
fn prepare(transaction: &WriteTransaction) -> Result<(), Failure> {
    transaction.open_table(PAGES)?;
    transaction.open_table(BLOBS)?;
    transaction.open_table(META)?.insert(MARK, MARK_VALUE)?;
    Ok(())
}

fn epoch(bytes: &[u8]) -> Result<u64, Failure> {
    let bytes = bytes.try_into().map_err(|_| {
        Failure::Store(StoreError::NotAStore {
            detail: format!("its epoch has {} bytes", bytes.len()),
        })
    })?;
    Ok(u64::from_le_bytes(bytes))
}

fn blob_key(key: BlobKey) -> [u8; 17] {
    let mut bytes = [0; 17];
    bytes[..16].copy_from_slice(&key.hash);
    bytes[16] = key.variant;
    bytes
}

fn io_error(error: &std::io::Error) -> StoreError {
    let detail = error.to_string();
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            StoreError::Full { detail }
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly { detail },
        _ => StoreError::Io { detail },
    }
}

fn store_error(error: &redb::Error) -> StoreError {
    match error {
        redb::Error::Io(error) => io_error(error),
        redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => StoreError::Held {
            by: "another process".into(),
        },
        redb::Error::UpgradeRequired(version) => StoreError::NotAStore {
            detail: format!("it has version {version} of redb's format"),
        },
        other => StoreError::Io {
            detail: other.to_string(),
        },
    }
}

fn read_epoch(transaction: &ReadTransaction) -> Result<u64, Failure> {
    let table = match transaction.open_table(META) {
        Ok(table) => table,
        Err(TableError::TableDoesNotExist(_)) => return Ok(0),
        Err(error) => return Err(error.into()),
    };
    table.get(EPOCH)?.map_or(Ok(0), |bytes| epoch(bytes.value()))
}

fn read_pages(
    transaction: &ReadTransaction,
    table: u16,
    pages: Range<u32>,
) -> Result<Vec<(u32, Vec<u8>)>, Failure> {
    let rows = transaction.open_table(PAGES)?;
    let number = |page| PageKey { table, page }.number();
    let mut found = Vec::new();
    if pages.is_empty() {
        return Ok(found);
    }
    for row in rows.range(number(pages.start)..number(pages.end))? {
        let (key, bytes) = row?;
        if found.last().is_some_and(|(last, _)| number(*last) >= key.value()) {
            return Err(redb::Error::Corrupted("its keys do not ascend".into()).into());
        }
        let page = u32::try_from(key.value() & u64::from(u32::MAX)).expect("masked to 32 bits");
        found.push((page, bytes.value().to_vec()));
    }
    Ok(found)
}

fn read_blob(transaction: &ReadTransaction, key: BlobKey) -> Result<Option<Vec<u8>>, Failure> {
    let blobs = transaction.open_table(BLOBS)?;
    Ok(blobs
        .get(blob_key(key).as_slice())?
        .map(|bytes| bytes.value().to_vec()))
}

fn list_blobs(transaction: &ReadTransaction) -> Result<Vec<(BlobKey, u64)>, Failure> {
    let blobs = match transaction.open_table(BLOBS) {
        Ok(table) => table,
        Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut found = Vec::new();
    for blob in blobs.iter()? {
        let (key, bytes) = blob?;
        if let Some((&hash, &[variant])) = key.value().split_first_chunk() {
            found.push((BlobKey { hash, variant }, bytes.value().len() as u64));
        }
    }
    Ok(found)
}

fn read_meta(transaction: &ReadTransaction) -> Result<Option<Vec<u8>>, Failure> {
    let table = match transaction.open_table(META) {
        Ok(table) => table,
        Err(TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(table.get(RECORD)?.map(|record| record.value().to_vec()))
}

impl PageStore for RedbStore {
    fn backend(&self) -> &'static str {
        "redb"
    }

    async fn meta(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        if let (None, Some(path)) = (&self.database, &self.path) {
            let read = guarded(|| match builder().open_read_only(path) {
                Ok(database) => read_meta(&database.begin_read()?).map(Some),
                Err(redb::DatabaseError::RepairAborted) => Ok(None),
                Err(error) => Err(error.into()),
            });
            match read {
                Ok(Ok(Some(record))) => return Ok(record),
                Ok(Err(Failure::Redb(error))) if !is_damage(&error) => return Err(store_error(&error)),
                Ok(Err(Failure::Store(error))) => return Err(error),
                // To be repaired, or damaged: opened for writing.
                _ => {}
            }
        }
        self.with(|database| read_meta(&database.begin_read()?))
    }

    async fn claim(&mut self) -> Result<Claim, StoreError> {
        let claim = self.with(|database| {
            let transaction = begin(database)?;
            prepare(&transaction)?;
            let claim = {
                let mut table = transaction.open_table(META)?;
                let before = table.get(EPOCH)?.map_or(Ok(0), |bytes| epoch(bytes.value()))?;
                let epoch = before + 1;
                table.insert(EPOCH, epoch.to_le_bytes().as_slice())?;
                let meta = table.get(RECORD)?.map(|record| record.value().to_vec());
                Claim { epoch, meta }
            };
            transaction.commit()?;
            Ok(claim)
        })?;
        self.epoch = claim.epoch;
        Ok(claim)
    }

    async fn load(&mut self, table: u16, pages: Range<u32>) -> Result<Vec<(u32, Vec<u8>)>, StoreError> {
        self.with(|database| read_pages(&database.begin_read()?, table, pages.clone()))
    }

    async fn blob(&mut self, key: BlobKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|database| read_blob(&database.begin_read()?, key))
    }

    async fn blobs(&mut self) -> Result<Option<Vec<(BlobKey, u64)>>, StoreError> {
        self.with(|database| list_blobs(&database.begin_read()?))
            .map(Some)
    }

    async fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        self.with(|database| {
            let transaction = begin(database)?;
            {
                let mut meta = transaction.open_table(META)?;
                let theirs = meta.get(EPOCH)?.map_or(Ok(0), |bytes| epoch(bytes.value()))?;
                if theirs != batch.epoch {
                    return Err(Failure::Store(StoreError::Fenced {
                        ours: batch.epoch,
                        theirs,
                    }));
                }
                meta.insert(RECORD, batch.meta.as_slice())?;
                let mut pages = transaction.open_table(PAGES)?;
                for (key, bytes) in &batch.pages {
                    match bytes {
                        Some(bytes) => pages.insert(key.number(), bytes.as_slice())?,
                        None => pages.remove(key.number())?,
                    };
                }
                let mut blobs = transaction.open_table(BLOBS)?;
                for (key, bytes) in &batch.blobs {
                    let key = blob_key(*key);
                    match bytes {
                        Some(bytes) => blobs.insert(key.as_slice(), bytes.as_slice())?,
                        None => blobs.remove(key.as_slice())?,
                    };
                }
            }
            transaction.commit()?;
            Ok(())
        })
    }

    fn take_losses(&mut self) -> Option<String> {
        self.losses.take()
    }

    async fn close(&mut self) {
        self.closed = true;
        let database = self.database.take();
        drop(guarded(|| drop(database)));
        if let Some(lock) = self.lock.take() {
            // Nobody holds it now. The file itself stays: removing it would race with the next owner.
            let _ = lock.set_len(0);
        }
    }
}
