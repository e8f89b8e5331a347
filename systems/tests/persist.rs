//! A library is stored, dropped and loaded again, and nothing is lost on the way.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use segue_components::prelude::*;
use segue_systems::catalog::{self, Catalog};
use segue_systems::notices::Notices;
use segue_systems::persist::memory::{Disk, Fault, MemoryStore};
use segue_systems::persist::store::PageKey;
use segue_systems::persist::table::QUARANTINE;
use segue_systems::persist::testing::Library;
use segue_systems::persist::{self, Backlog, Blobs, blobs};

fn rate(library: &mut Library<MemoryStore>, track: u64, stars: u8) {
    catalog::set(&mut library.world, TrackId(track), Rating::new(stars).unwrap());
}

fn rating(library: &Library<MemoryStore>, track: u64) -> Option<u8> {
    catalog::get::<Rating>(&library.world, TrackId(track)).map(|rating| rating.stars())
}

fn stored(tracks: u64) -> MemoryStore {
    let store = MemoryStore::default();
    let mut library = Library::open(store.clone());
    library.fill(tracks);
    library.flush().unwrap();
    store
}

#[test]
fn a_library_comes_back_as_it_was_stored() {
    let store = MemoryStore::default();
    let mut library = Library::open(store.clone());
    library.fill(700);
    let before = library.snapshot();
    library.flush().unwrap();
    drop(library);
    let mut again = Library::open(store);
    assert_eq!(again.snapshot(), before);
    let next: TrackId = Catalog::spawn(&mut again.world, ());
    assert_eq!(next, TrackId(701), "numbers go on where they were");
}

#[test]
fn what_is_loaded_is_not_written_again() {
    let store = stored(700);
    let before = store.disk().pages;
    let mut library = Library::open(store.clone());
    for _ in 0..10 {
        library.tick(1_000);
    }
    assert_eq!(library.flush(), Ok(Response::Done));
    assert_eq!(store.disk().pages, before);
}

#[test]
fn a_batch_goes_out_when_it_is_quiet_and_never_later_than_a_second() {
    let mut library = Library::open(MemoryStore::default());
    library.fill(10);
    library.tick(10);
    assert_eq!(library.requests(), 0, "more may come");
    library.tick_alone(150);
    assert_eq!(library.requests(), 1, "nothing came for a while");
    library.tick(1);
    for step in 0..11 {
        rate(&mut library, 1, 1 + step % 5);
        library.tick(100);
        assert_eq!(library.requests(), usize::from(step == 10), "step {step}");
    }
}

#[test]
fn many_pages_do_not_wait() {
    let mut library = Library::open(MemoryStore::default());
    library.fill(64 * 256);
    library.tick(0);
    assert_eq!(library.requests(), 1);
}

#[test]
fn the_place_in_a_track_is_written_every_few_seconds() {
    let mut library = Library::open(stored(10));
    for second in 0..6 {
        let position = 1 + second * 1_000;
        catalog::set(
            &mut library.world,
            PlayerId(1),
            PlayerState {
                position,
                ..PlayerState::default()
            },
        );
        library.tick(1_000);
        assert_eq!(library.requests(), usize::from(second == 5), "second {second}");
    }
}

#[test]
fn one_batch_is_under_way_at_a_time_and_the_rest_waits() {
    let store = stored(10);
    let mut library = Library::open(store.clone());
    rate(&mut library, 1, 1);
    persist::flush_now(&mut library.world);
    library.tick_alone(0);
    assert_eq!(library.requests(), 1);
    rate(&mut library, 1, 5);
    for _ in 0..5 {
        persist::flush_now(&mut library.world);
        library.tick_alone(1_000);
    }
    assert_eq!(library.requests(), 1);
    let backlog = *library.world.resource::<Backlog>();
    assert!(backlog.in_flight && backlog.pages == 1, "{backlog:?}");
    library.tick(0);
    library.tick(0);
    drop(library);
    assert_eq!(rating(&Library::open(store), 1), Some(5));
}

#[test]
fn a_change_during_a_failed_batch_is_kept_with_what_the_batch_held() {
    let store = stored(600);
    let mut library = Library::open(store.clone());
    store.set_fault(Some(Fault::FailCall(0)));
    rate(&mut library, 1, 1);
    persist::flush_now(&mut library.world);
    library.tick_alone(0);
    rate(&mut library, 600, 2);
    library.tick(0);
    assert!(library.storage().state.read_only.is_some());
    assert!(persist::refuse_writes(&library.world).is_some());
    library.flush().unwrap();
    assert_eq!(library.storage().state.read_only, None);
    drop(library);
    let library = Library::open(store);
    assert_eq!((rating(&library, 1), rating(&library, 600)), (Some(1), Some(2)));
}

#[test]
fn a_failed_disk_is_tried_again_by_itself() {
    let store = stored(10);
    let mut library = Library::open(store.clone());
    store.set_fault(Some(Fault::FailCall(0)));
    rate(&mut library, 1, 3);
    persist::flush_now(&mut library.world);
    library.tick(0);
    library.tick(0);
    assert!(library.storage().state.read_only.is_some());
    library.tick(500);
    assert_eq!(library.requests(), 0);
    library.tick(600);
    library.tick(0);
    assert_eq!(library.storage().state.read_only, None);
    assert_eq!(rating(&Library::open(store), 1), Some(3));
}

#[test]
fn a_full_store_is_read_only_until_there_is_room() {
    let store = stored(10);
    let mut library = Library::open(store.clone());
    library.world.resource_mut::<Notices>().take();
    store.set_fault(Some(Fault::Quota(store.disk().size())));
    let before = store.disk();
    library.fill(300);
    assert!(matches!(library.flush(), Err(RequestError::ReadOnly { .. })));
    assert_eq!(store.disk(), before);
    let told = library.world.resource_mut::<Notices>().take();
    let reason = library.storage().state.read_only.clone().unwrap();
    assert!(
        matches!(&told[..], [Notice::Storage(state)] if state.read_only.as_ref() == Some(&reason)),
        "{told:?}"
    );
    let mut attempts = 0;
    for _ in 0..200 {
        library.tick_alone(1_000);
        attempts += library.answer();
    }
    assert!(
        (5..10).contains(&attempts),
        "{attempts} attempts in 200 seconds, ever further apart"
    );
    assert!(library.storage().state.read_only.is_some());
    assert_eq!(store.disk(), before);
    store.set_fault(None);
    library.tick(60_000);
    library.tick(1);
    assert_eq!(library.storage().state.read_only, None, "without being asked");
    assert_eq!(library.flush(), Ok(Response::Done));
    assert_eq!(library.snapshot(), Library::open(store).snapshot());
}

#[test]
fn who_lost_the_store_writes_nothing_more() {
    let store = stored(10);
    let mut first = Library::open(store.clone());
    let mut second = Library::open(store.clone());
    rate(&mut second, 1, 5);
    second.flush().unwrap();
    rate(&mut first, 1, 1);
    assert!(matches!(first.flush(), Err(RequestError::ReadOnly { .. })));
    assert!(
        matches!(first.flush(), Err(RequestError::ReadOnly { .. })),
        "and asking again is no use"
    );
    assert_eq!(rating(&Library::open(store), 1), Some(5));
}

#[test]
fn a_flush_with_nothing_to_write_is_done_at_once() {
    let store = stored(10);
    let mut library = Library::open(store.clone());
    store.set_fault(None);
    assert_eq!(library.flush(), Ok(Response::Done));
    assert_eq!(store.calls(), 0);
}

#[test]
fn closing_writes_what_is_left_and_lets_go() {
    let store = stored(10);
    let mut library = Library::open(store.clone());
    rate(&mut library, 1, 2);
    persist::close(&mut library.world);
    for _ in 0..4 {
        library.tick(0);
    }
    assert!(library.storage().closed);
    assert_eq!(rating(&Library::open(store), 1), Some(2));
}

#[test]
fn requests_wait_until_everything_is_loaded_and_views_do_not() {
    let mut library = Library::begin(stored(700));
    let flush = library.ask(Request::Flush);
    library.tick_alone(0);
    library.tick_alone(0);
    assert_eq!(library.answers(), []);
    for _ in 0..20 {
        library.tick(0);
    }
    assert_eq!(library.answers(), [(flush, Ok(Response::Done))]);
}

#[test]
fn a_thumbnail_is_stored_with_its_row_and_read_on_request() {
    let store = stored(20);
    let mut library = Library::open(store.clone());
    let hash = *catalog::get::<ContentHash>(&library.world, ArtworkId(1)).unwrap();
    let picture = b"\xff\xd8\xff\xe0 thumbnail".to_vec();
    library
        .world
        .resource_mut::<Blobs>()
        .put(blobs::thumbnail(hash), picture.clone());
    let get = |artwork| Request::GetArtwork {
        artwork: ArtworkId(artwork),
        original: false,
    };
    let expected = Ok(Response::Artwork(Some(ArtworkBytes {
        mime: "image/jpeg".into(),
        bytes: picture,
    })));
    let id = library.ask(get(1));
    library.tick(0);
    assert_eq!(library.answers(), [(id, expected.clone())], "before it is stored");
    library.flush().unwrap();
    let mut library = Library::open(store.clone());
    let calls = store.calls();
    let ids = [library.ask(get(1)), library.ask(get(1))];
    library.tick(0);
    library.tick(0);
    assert_eq!(library.answers(), ids.map(|id| (id, expected.clone())));
    assert_eq!(store.calls(), calls + 1, "read once for both");
    let (none, unknown) = (library.ask(get(2)), library.ask(get(99)));
    library.tick(0);
    library.tick(0);
    let mut answers = library.answers();
    answers.sort_by_key(|&(id, _)| id);
    assert_eq!(answers[0], (none, Ok(Response::Artwork(None))));
    assert!(matches!(answers[1], (id, Err(RequestError::NotFound { .. })) if id == unknown));
}

#[test]
fn what_ran_when_the_library_was_last_open_runs_no_more() {
    let store = stored(10);
    let mut library = Library::open(store.clone());
    catalog::set(&mut library.world, JobId(1), JobState::Running);
    let playing = PlayerState {
        status: PlayerStatus::Playing,
        position: 5_000,
        ..PlayerState::default()
    };
    catalog::set(&mut library.world, PlayerId(1), playing.clone());
    library.flush().unwrap();
    let library = Library::open(store);
    assert_eq!(
        catalog::get::<JobState>(&library.world, JobId(1)),
        Some(&JobState::Paused(PauseReason::Interrupted))
    );
    assert_eq!(
        catalog::get::<PlayerState>(&library.world, PlayerId(1)),
        Some(&PlayerState {
            status: PlayerStatus::Paused,
            ..playing
        })
    );
}

/// Damages one page, opens the library, and closes it again with what was put right.
#[track_caller]
fn with_damaged(table: u16, page: u32) -> (MemoryStore, Library<MemoryStore>) {
    let store = stored(600);
    let key = PageKey { table, page };
    store.tamper(|disk| disk.pages.get_mut(key).unwrap()[100] ^= 1);
    let damaged = store.disk().pages.get(key).unwrap().clone();
    let mut library = Library::open(store.clone());
    assert!(library.storage().state.loaded && library.storage().state.read_only.is_none());
    let told = library.world.resource_mut::<Notices>().take();
    assert!(
        told.iter()
            .any(|notice| matches!(notice, Notice::PageQuarantined { .. })),
        "{told:?}"
    );
    library.flush().unwrap();
    let aside = PageKey {
        table: table | QUARANTINE,
        page: 1,
    };
    assert_eq!(
        store.disk().pages.get(aside).unwrap()[4..],
        damaged,
        "nothing is thrown away"
    );
    assert_eq!(store.disk().pages.get(aside).unwrap()[..4], page.to_le_bytes());
    let mut again = Library::open(store.clone());
    assert_eq!(again.snapshot(), library.snapshot());
    let told = again.world.resource_mut::<Notices>().take();
    assert!(
        !told
            .iter()
            .any(|notice| matches!(notice, Notice::PageQuarantined { .. })),
        "told once"
    );
    (store, again)
}

#[test]
fn tracks_of_a_damaged_page_keep_number_and_rating_and_are_read_again() {
    let (_, library) = with_damaged(1, 1);
    let world = &library.world;
    assert_eq!(catalog::get::<Title>(world, TrackId(300)), None);
    assert_eq!(rating(&library, 301), Some(4), "301 is a multiple of seven");
    for number in [300, 301] {
        assert_eq!(
            catalog::get::<PlayedFrom>(world, TrackId(number)),
            Some(&PlayedFrom(FileId(number)))
        );
        assert_eq!(
            catalog::get::<FileStamp>(world, FileId(number)),
            Some(&FileStamp::default()),
            "as if it had changed"
        );
    }
    assert_eq!(
        catalog::get::<Title>(world, TrackId(5)),
        Some(&Title("Song 5".into()))
    );
    assert_ne!(
        catalog::get::<FileStamp>(world, FileId(5)),
        Some(&FileStamp::default())
    );
}

#[test]
fn a_damaged_page_of_ratings_costs_only_ratings() {
    let (_, library) = with_damaged(2, 0);
    assert_eq!(rating(&library, 7), None);
    assert_eq!(rating(&library, 301), Some(4));
    assert_eq!(
        catalog::get::<Title>(&library.world, TrackId(7)),
        Some(&Title("Song 7".into()))
    );
}

#[test]
fn tracks_of_lost_files_stay_and_play_from_nowhere() {
    let (_, library) = with_damaged(3, 0);
    let world = &library.world;
    assert_eq!(
        catalog::get::<Title>(world, TrackId(5)),
        Some(&Title("Song 5".into()))
    );
    assert_eq!(catalog::get::<PlayedFrom>(world, TrackId(5)), None);
    assert!(catalog::get::<PlayedFrom>(world, TrackId(500)).is_some());
}

#[test]
fn tracks_of_lost_albums_and_pictures_are_read_again() {
    let (_, library) = with_damaged(4, 0);
    assert_eq!(catalog::get::<OnAlbum>(&library.world, TrackId(5)), None);
    assert_eq!(
        catalog::get::<FileStamp>(&library.world, FileId(5)),
        Some(&FileStamp::default())
    );
    let (_, library) = with_damaged(5, 0);
    assert_eq!(catalog::get::<Cover>(&library.world, TrackId(5)), None);
    assert_eq!(catalog::get::<AlbumCover>(&library.world, AlbumId(1)), None);
    assert_eq!(
        catalog::get::<FileStamp>(&library.world, FileId(5)),
        Some(&FileStamp::default())
    );
}

#[test]
fn files_of_a_lost_source_are_missing_and_its_job_says_why() {
    let (_, library) = with_damaged(6, 0);
    assert!(matches!(
        catalog::get::<Presence>(&library.world, FileId(5)),
        Some(Presence::MissingSince(_))
    ));
    assert!(matches!(
        catalog::get::<JobState>(&library.world, JobId(1)),
        Some(JobState::Failed { .. })
    ));
}

#[test]
fn every_page_may_be_damaged_at_once() {
    let store = stored(600);
    store.tamper(|disk| {
        for bytes in disk.pages.values_mut() {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x10;
        }
    });
    let mut library = Library::open(store.clone());
    assert!(library.storage().state.loaded);
    library.flush().unwrap();
    let next: TrackId = Catalog::spawn(&mut library.world, Title("new".into()));
    assert_eq!(next, TrackId(601), "no number is used twice, whatever was lost");
}

/// How many pages differ between two disks, and their bytes; of the pages that every batch writes only the bytes.
fn written(before: &Disk, after: &Disk) -> (usize, usize) {
    let changed = after
        .pages
        .iter()
        .filter(|&(key, bytes)| before.pages.get(key) != Some(bytes));
    changed.fold((0, 0), |(pages, sum), (key, bytes)| {
        (pages + usize::from(key.table > 0), sum + bytes.len())
    })
}

#[track_caller]
fn check_written(change: impl Fn(&mut Library<MemoryStore>), pages: usize, most_bytes: usize) {
    let mut all = Vec::new();
    // What is written for a change depends on the change and not on the library.
    for tracks in [4_000, 9_000] {
        let store = stored(tracks);
        let mut library = Library::open(store.clone());
        let before = store.disk();
        change(&mut library);
        library.flush().unwrap();
        let (found, bytes) = written(&before, &store.disk());
        assert_eq!(found, pages, "pages of {tracks} tracks");
        assert!(bytes <= most_bytes, "{bytes} bytes of {tracks} tracks");
        all.push(bytes);
    }
    assert!(all[0].abs_diff(all[1]) < 100, "{all:?} bytes");
}

#[test]
fn a_rating_writes_one_page_of_ratings_whatever_the_library() {
    check_written(|library| rate(library, 500, 5), 1, 2_000);
}

#[test]
fn an_album_that_is_tagged_writes_a_page_of_each_table_that_it_touches() {
    let tag = |library: &mut Library<MemoryStore>| {
        for number in 520..532 {
            catalog::set(&mut library.world, TrackId(number), Title("tagged".into()));
            catalog::set(&mut library.world, FileId(number), FileStamp::default());
        }
        catalog::set(&mut library.world, AlbumId(44), AlbumTitle("tagged".into()));
    };
    check_written(tag, 3, 40_000);
}
