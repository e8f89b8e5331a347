//! The file store: random histories, power cuts in the middle of a commit, files that are not libraries.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use redb::Database;
use segue::native::redb_store::RedbStore;
use segue::native::redb_store::testing::{Images, SimulatedDisk, check_power_cuts};
use segue_components::prelude::*;
use segue_systems::catalog::{self, Catalog};
use segue_systems::notices::Notices;
use segue_systems::persist::meta::{Meta, SCHEMA};
use segue_systems::persist::store::{Batch, BlobKey, Durability, PageKey, PageStore, StoreError};
use segue_systems::persist::testing::model::{self, Count, Disk, Random, Trouble};
use segue_systems::persist::testing::{Library, wait};
use segue_systems::persist::{Driver, OpenError, StoreAnswer, StoreRequest};

fn batch(epoch: u64, pages: &[(u32, &[u8])]) -> Batch {
    Batch {
        epoch,
        meta: Meta::new(1).to_bytes(),
        pages: pages
            .iter()
            .map(|&(page, bytes)| {
                (
                    PageKey { table: 1, page },
                    (!bytes.is_empty()).then(|| bytes.to_vec()),
                )
            })
            .collect(),
        blobs: Vec::new(),
        durability: Durability::Strict,
    }
}

#[test]
fn pages_and_blobs_come_back_and_stay_in_their_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("music.redb");
    let mut store = RedbStore::open(&path).unwrap();
    assert_eq!(wait(store.meta()), Ok(None));
    let claim = wait(store.claim()).unwrap();
    assert_eq!((claim.epoch, claim.meta), (1, None));
    let key = BlobKey {
        hash: [7; 16],
        variant: 0,
    };
    let mut first = batch(1, &[(0, b"a"), (7, b"b"), (u32::MAX, b"c")]);
    first
        .pages
        .push((PageKey { table: 2, page: 0 }, Some(b"other".to_vec())));
    first.blobs.push((key, Some(vec![1, 2, 3])));
    wait(store.commit(&first)).unwrap();
    wait(store.commit(&batch(1, &[(7, b"")]))).unwrap();
    wait(store.close());
    assert_eq!(wait(store.load(1, 0..9)), Err(StoreError::Closed));
    drop(store);
    let mut store = RedbStore::open(&path).unwrap();
    assert_eq!(wait(store.meta()), Ok(Some(first.meta.clone())));
    assert_eq!(wait(store.claim()).unwrap().epoch, 2);
    assert_eq!(wait(store.load(1, 0..u32::MAX)), Ok(vec![(0, b"a".to_vec())]));
    assert_eq!(wait(store.load(2, 0..9)), Ok(vec![(0, b"other".to_vec())]));
    assert_eq!(wait(store.blob(key)), Ok(Some(vec![1, 2, 3])));
    assert_eq!(
        wait(store.commit(&batch(1, &[(0, b"late")]))),
        Err(StoreError::Fenced { ours: 1, theirs: 2 })
    );
    assert_eq!(wait(store.load(1, 0..1)), Ok(vec![(0, b"a".to_vec())]));
}

#[test]
fn a_folder_holds_its_library_under_one_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = RedbStore::open(folder.path()).unwrap();
    assert_eq!(store.path(), Some(folder.path().join("library.redb").as_path()));
    drop(store);
    RedbStore::open(folder.path().join("library.redb")).unwrap();
    RedbStore::open(folder.path().join("new/folders/library.redb")).unwrap();
}

#[test]
fn a_second_owner_is_told_who_the_first_is() {
    let folder = tempfile::tempdir().unwrap();
    let first = RedbStore::open(folder.path()).unwrap();
    let Err(StoreError::Held { by }) = RedbStore::open(folder.path()) else {
        panic!("two owners of one library");
    };
    assert!(by.contains(&format!("process {}", std::process::id())), "{by}");
    drop(first);
    RedbStore::open(folder.path()).unwrap();
}

#[track_caller]
fn check_refused(content: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("song.mp3");
    std::fs::write(&path, content).unwrap();
    let refused = RedbStore::open(&path).map(drop);
    assert!(
        matches!(refused, Err(StoreError::NotAStore { .. })),
        "{refused:?}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), content, "untouched");
}

#[test]
fn a_file_that_is_no_library_is_refused_and_untouched() {
    check_refused(b"");
    check_refused(b"ID3\x04\x00 this is music");
    check_refused(&[0xff; 10_000]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.redb");
    let database = Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    let table = redb::TableDefinition::<u64, u64>::new("of another program");
    transaction.open_table(table).unwrap().insert(1, 1).unwrap();
    transaction.commit().unwrap();
    drop(database);
    check_refused(&std::fs::read(path).unwrap());
}

#[test]
fn a_library_of_a_newer_schema_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.redb");
    let mut store = RedbStore::open(&path).unwrap();
    let epoch = wait(store.claim()).unwrap().epoch;
    let newer = Meta {
        schema: SCHEMA + 1,
        ..Meta::new(1)
    };
    wait(store.commit(&Batch {
        meta: newer.to_bytes(),
        ..batch(epoch, &[(0, b"new")])
    }))
    .unwrap();
    drop(store);
    let before = std::fs::read(&path).unwrap();
    let mut driver = Driver::new(RedbStore::open(&path).unwrap());
    let answer = wait(driver.answer(StoreRequest::Open));
    let StoreAnswer::Opened(Err(error @ OpenError::Meta(_))) = answer else {
        panic!("{answer:?}");
    };
    let message = error.to_string();
    assert!(message.contains(&format!("schema {}", SCHEMA + 1)), "{message}");
    assert!(message.contains(&format!("schema {SCHEMA}")), "{message}");
    drop(driver);
    assert!(std::fs::read(&path).unwrap() == before, "untouched");
}

#[test]
fn a_library_that_was_half_made_when_its_maker_was_killed_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.redb");
    std::fs::write(folder.path().join("library.redb.new"), b"half").unwrap();
    let mut store = RedbStore::open(&path).unwrap();
    assert_eq!(wait(store.claim()).unwrap().epoch, 1);
    assert!(!folder.path().join("library.redb.new").exists());
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_said_to_be_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let locked = folder.path().join("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o500)).unwrap();
    let result = RedbStore::open(&locked).map(drop);
    // Root may write everywhere.
    if std::fs::write(locked.join("probe"), b"").is_err() {
        assert!(matches!(result, Err(StoreError::ReadOnly { .. })), "{result:?}");
    }
}

/// A file on a disk of the real machine; a library that is dropped is one that was killed.
struct FileDisk {
    path: PathBuf,
    state: Arc<Mutex<(Option<Trouble>, u64)>>,
}

/// Fails the call whose turn it is.
struct Failing {
    store: RedbStore,
    state: Arc<Mutex<(Option<Trouble>, u64)>>,
}

impl Failing {
    /// Whether this call fails, once it is done.
    fn turn(&self) -> Result<bool, StoreError> {
        let (trouble, calls) = &mut *self.state.lock().unwrap();
        *calls += 1;
        match trouble {
            Some(Trouble::Fail(turn) | Trouble::Close(turn)) if *turn + 1 == *calls => Err(failed()),
            Some(Trouble::LoseAnswer(turn)) => Ok(*turn + 1 == *calls),
            _ => Ok(false),
        }
    }
}

fn failed() -> StoreError {
    StoreError::Io {
        detail: "its turn to fail".into(),
    }
}

impl PageStore for Failing {
    fn backend(&self) -> &'static str {
        self.store.backend()
    }

    async fn meta(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        self.turn()?;
        self.store.meta().await
    }

    async fn claim(&mut self) -> Result<segue_systems::persist::store::Claim, StoreError> {
        self.turn()?;
        self.store.claim().await
    }

    async fn load(
        &mut self,
        table: u16,
        pages: std::ops::Range<u32>,
    ) -> Result<Vec<(u32, Vec<u8>)>, StoreError> {
        self.turn()?;
        self.store.load(table, pages).await
    }

    async fn blob(&mut self, key: BlobKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.turn()?;
        self.store.blob(key).await
    }

    async fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let is_lost = self.turn()?;
        self.store.commit(batch).await?;
        if is_lost { Err(failed()) } else { Ok(()) }
    }

    async fn close(&mut self) {
        self.store.close().await;
    }
}

impl Disk for FileDisk {
    type Store = Failing;

    const CALLS: u64 = 1;

    async fn open(&mut self) -> Result<Failing, StoreError> {
        Ok(Failing {
            store: RedbStore::open(&self.path)?,
            state: Arc::clone(&self.state),
        })
    }

    /// A process is killed, and no more: the machine cannot be switched off from here.
    fn crash(&mut self, _: &mut Random) {}

    fn set_trouble(&mut self, trouble: Option<Trouble>) {
        *self.state.lock().unwrap() = (trouble, 0);
    }

    fn calls(&self) -> u64 {
        self.state.lock().unwrap().1
    }
}

#[test]
fn a_library_in_a_file_that_crashes_at_random_is_always_one_that_was_committed() {
    for seed in 0..4 {
        let folder = tempfile::tempdir().unwrap();
        let mut disk = FileDisk {
            path: folder.path().join("library.redb"),
            state: Arc::default(),
        };
        model::check(&mut disk, seed, 250);
    }
}

#[test]
fn a_power_cut_at_any_step_of_a_commit_leaves_the_batch_whole_or_absent() {
    let images = check_power_cuts(7, 8, Images::Some(2));
    assert!(images > 100, "{images} power cuts");
}

#[test]
fn whatever_part_of_a_short_history_a_power_cut_leaves_it_is_one_that_was_committed() {
    let images = check_power_cuts(1, 2, Images::All);
    assert!(images > 500, "{images} power cuts");
}

#[test]
fn a_library_on_a_disk_that_fails_and_loses_power_is_always_one_that_was_committed() {
    let mut count = Count::default();
    for seed in 0..6 {
        count += model::check(&mut SimulatedDisk::default(), seed, 250);
    }
    println!("{count}");
    assert!(count.commits > 50 && count.crashes > 50, "{count}");
}

#[test]
fn whichever_call_of_the_disk_fails_nothing_that_was_acknowledged_is_lost() {
    let count = model::check_every_call(SimulatedDisk::default, 3, 23);
    println!("{count}");
    assert!(count.troubles > 15, "{count}");
}

#[test]
fn a_whole_library_goes_through_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &Path| RedbStore::open(path).unwrap();
    let mut library = Library::open(open(folder.path()));
    library.fill(2_000);
    let before = library.snapshot();
    library.flush().unwrap();
    drop(library);
    let mut again = Library::open(open(folder.path()));
    assert_eq!(again.storage().state.backend, "redb");
    assert!(again.snapshot() == before);
}

/// Damages a file as disks do: bits here and there, a sector of nothing, a sector that belongs elsewhere.
fn damage(image: &mut [u8], random: &mut Random, how: u64) {
    const SECTOR: u64 = 4_096;
    let length = image.len() as u64;
    let place = |number: u64| usize::try_from(number).unwrap();
    match how {
        0 => {
            for _ in 0..40 {
                let bit = 1 << random.below(8);
                image[place(random.below(length))] ^= bit;
            }
        }
        1 => {
            let start = place(random.below(length / SECTOR) * SECTOR);
            image[start..start + place(SECTOR)].fill(0);
        }
        _ => {
            let from = place(random.below(length / SECTOR) * SECTOR);
            let to = place(random.below(length / SECTOR) * SECTOR);
            image.copy_within(from..from + place(SECTOR), to);
        }
    }
}

#[test]
fn a_damaged_file_opens_with_what_is_left_of_it_or_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.redb");
    let mut library = Library::open(RedbStore::open(&whole).unwrap());
    library.fill(3_000);
    library.flush().unwrap();
    drop(library);
    let image = std::fs::read(&whole).unwrap();
    let (mut opened, mut rescued) = (0, 0);
    for seed in 0..30 {
        let random = &mut Random::new(seed);
        let path = folder.path().join(format!("{seed}.redb"));
        let mut damaged = image.clone();
        damage(&mut damaged, random, seed % 3);
        std::fs::write(&path, &damaged).unwrap();
        let store = match RedbStore::open(&path) {
            Ok(store) => store,
            Err(error) => {
                assert!(
                    matches!(error, StoreError::NotAStore { .. }),
                    "seed {seed}: {error}"
                );
                assert!(
                    std::fs::read(&path).unwrap() == damaged,
                    "seed {seed}: it was touched"
                );
                continue;
            }
        };
        let mut library = Library::open(store);
        if let Some(error) = &library.storage().refused {
            assert!(!error.to_string().is_empty(), "seed {seed}");
            continue;
        }
        assert!(library.storage().state.loaded, "seed {seed}: not loaded");
        opened += 1;
        let four = Rating::new(4).unwrap();
        let tracks: Vec<_> = library.world.resource::<Catalog>().all(Noun::Track).collect();
        for (number, _) in tracks {
            catalog::set(&mut library.world, TrackId(number), four);
        }
        library
            .flush()
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let before = library.snapshot();
        drop(library);
        let mut again = Library::open(RedbStore::open(&path).unwrap());
        // Damage that no read and no write has touched so far may be found only now, and is told then.
        let told = again.world.resource_mut::<Notices>().take();
        let lost = |notice: &Notice| {
            matches!(
                notice,
                Notice::StoreRescued { .. } | Notice::PageQuarantined { .. }
            )
        };
        assert!(
            again.snapshot() == before || told.iter().any(lost),
            "seed {seed}: what was flushed is not there, and nobody said so"
        );
        rescued += usize::from(with_ending(&path, ".damaged-1").exists());
    }
    assert!(
        opened > 20 && rescued > 0,
        "{opened} of 30 opened, {rescued} of them rescued"
    );
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
