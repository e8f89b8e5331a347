//! `check` names what is wrong with a library, and changes nothing.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use segue_components::prelude::*;
use segue_systems::catalog::{self, Catalog};
use segue_systems::persist::check::{Problem, Report, check};
use segue_systems::persist::memory::{Disk, MemoryStore};
use segue_systems::persist::meta::{COPY, Meta, MetaError, SCHEMA};
use segue_systems::persist::store::PageKey;
use segue_systems::persist::testing::damage::Damaged;
use segue_systems::persist::testing::{Library, wait};
use segue_systems::persist::{Blobs, OpenError, blobs};
use segue_systems::{history, playlist};

const TRACKS: u16 = 1;
const STATE: u16 = 2;
const ALBUMS: u16 = 4;

fn library(tracks: u64) -> (MemoryStore, Library<MemoryStore>) {
    let store = MemoryStore::default();
    let mut library = Library::open(store.clone());
    library.fill(tracks);
    let hash = *catalog::get::<ContentHash>(&library.world, ArtworkId(1)).unwrap();
    let picture = b"\xff\xd8\xff\xe0 thumbnail".to_vec();
    library
        .world
        .resource_mut::<Blobs>()
        .put(blobs::thumbnail(hash), picture);
    library.flush().unwrap();
    (store, library)
}

fn report(disk: &Disk) -> Report {
    let mut store = MemoryStore::with(disk.clone());
    let mut last = (0, 0);
    let report = wait(check(&mut store, &mut |done, total| last = (done, total))).unwrap();
    assert_eq!(last.0, last.1, "progress comes to its end");
    assert_eq!(&store.disk(), disk, "nothing was changed");
    report
}

#[test]
fn a_sound_library_is_counted_and_nothing_is_wrong_with_it() {
    let (store, _) = library(600);
    let report = report(&store.disk());
    assert_eq!(report.problems, []);
    assert!(report.is_sound());
    let rows = |name: &str| {
        report
            .tables
            .iter()
            .find(|table| table.name == name)
            .unwrap()
            .rows
    };
    assert_eq!((rows("tracks"), rows("files"), rows("albums")), (600, 601, 50));
    assert_eq!((report.thumbnails, report.without_thumbnail), (1, 49));
    assert!(report.links > 1_800, "{}", report.links);
    let empty = self::report(&Disk::default());
    assert!(empty.is_sound() && empty.schema == 0);
}

#[test]
fn a_flipped_bit_in_any_byte_of_any_page_is_found() {
    let (store, _) = library(9);
    let disk = store.disk();
    for (key, length) in Damaged::new(disk.clone(), MemoryStore::with).pages() {
        for at in (0..length).step_by(5) {
            let mut disk = disk.clone();
            disk.pages.get_mut(key).unwrap()[at] ^= 0x20;
            assert!(!report(&disk).is_sound(), "{key:?}, byte {at}");
        }
    }
}

#[track_caller]
fn check_problem(disk: &Disk, expected: &Problem) {
    let report = report(disk);
    assert!(
        report.problems.contains(expected),
        "{expected:?} is not among {:?}",
        report.problems
    );
    assert!(!expected.to_string().is_empty() && !expected.word().is_empty());
}

#[test]
fn a_page_that_is_lost_is_named_and_so_is_what_names_its_rows() {
    let (store, _) = library(600);
    let mut disk = store.disk();
    let key = PageKey {
        table: ALBUMS,
        page: 0,
    };
    disk.pages.remove(key).unwrap();
    check_problem(&disk, &Problem::Lost { key });
    check_problem(
        &disk,
        &Problem::Link {
            from: (Noun::Track, 1),
            to: (Noun::Album, 1),
        },
    );
}

#[test]
fn state_of_a_track_that_is_gone_is_named() {
    let (store, mut library) = library(20);
    let key = PageKey {
        table: STATE,
        page: 0,
    };
    let before = store.disk().pages.get(key).unwrap().clone();
    let PlayedFrom(file) = *catalog::get(&library.world, TrackId(7)).unwrap();
    Catalog::despawn(&mut library.world, file);
    Catalog::despawn(&mut library.world, TrackId(7));
    library.flush().unwrap();
    assert!(report(&store.disk()).is_sound());
    store.tamper(|disk| disk.pages.insert(key, before));
    let of = (Noun::Track, 7);
    let table = "track state";
    check_problem(&store.disk(), &Problem::Orphan { table, of });
}

#[test]
fn a_record_that_is_older_than_the_pages_is_named() {
    let (store, mut library) = library(20);
    let before = store.disk().meta;
    catalog::set(&mut library.world, TrackId(3), Title("later".into()));
    let _: TrackId = Catalog::spawn(&mut library.world, Title("beyond".into()));
    library.flush().unwrap();
    let mut disk = store.disk();
    let generation = Meta::read(disk.meta.as_ref().unwrap()).unwrap().generation;
    disk.meta = before;
    let key = PageKey {
        table: TRACKS,
        page: 0,
    };
    check_problem(&disk, &Problem::Later { key, generation });
    check_problem(&disk, &Problem::Stray { key });
    let detail = "the library's record and its copy differ".into();
    check_problem(&disk, &Problem::Record { detail });
}

#[test]
fn one_damaged_record_is_named_and_two_are_refused() {
    let (store, _) = library(20);
    let mut disk = store.disk();
    disk.meta.as_mut().unwrap()[8] ^= 1;
    assert!(!report(&disk).is_sound());
    disk.pages.get_mut(COPY).unwrap()[8] ^= 1;
    let refused = wait(check(&mut MemoryStore::with(disk.clone()), &mut |_, _| {}));
    assert_eq!(refused, Err(OpenError::Meta(MetaError::Damaged)));
    let newer = Meta {
        schema: SCHEMA + 1,
        ..Meta::new(1)
    };
    disk.meta = Some(newer.to_bytes());
    let refused = wait(check(&mut MemoryStore::with(disk), &mut |_, _| {}));
    assert_eq!(
        refused,
        Err(OpenError::Meta(MetaError::Newer { found: SCHEMA + 1 }))
    );
}

#[test]
fn an_entry_of_a_playlist_whose_track_is_gone_is_named() {
    let (store, mut library) = library(20);
    let items = [3, 7, 7].map(|track| EntryItem::Track(TrackId(track)));
    let list = playlist::make(
        &mut library.world,
        "Run",
        None,
        PlaylistTimes::default(),
        items.to_vec(),
    );
    library.flush().unwrap();
    let links = report(&store.disk()).links;
    let PlayedFrom(file) = *catalog::get(&library.world, TrackId(7)).unwrap();
    Catalog::despawn(&mut library.world, file);
    Catalog::despawn(&mut library.world, TrackId(7));
    library.flush().unwrap();
    let link = Problem::Link {
        from: (Noun::Playlist, list.0),
        to: (Noun::Track, 7),
    };
    check_problem(&store.disk(), &link);
    let report = report(&store.disk());
    assert_eq!(report.problems, [link.clone(), link]);
    assert!(report.links < links);
}

#[test]
fn listens_of_tracks_that_are_gone_are_counted_and_those_of_none_are_named() {
    let (store, mut library) = library(20);
    for (at, track) in [(1, 3), (2, 7), (3, 9_999)] {
        let listen = Listen {
            at,
            track: TrackId(track),
            heard: 5,
            counted: true,
        };
        history::log(&mut library.world, listen);
    }
    let PlayedFrom(file) = *catalog::get(&library.world, TrackId(7)).unwrap();
    Catalog::despawn(&mut library.world, file);
    Catalog::despawn(&mut library.world, TrackId(7));
    library.flush().unwrap();
    let report = report(&store.disk());
    let never = Problem::Link {
        from: (Noun::History, 1),
        to: (Noun::Track, 9_999),
    };
    assert_eq!((report.problems, report.heard_and_gone), (vec![never], 1));
}

#[test]
fn stored_pictures_that_nothing_refers_to_are_counted() {
    let (store, mut library) = library(20);
    assert_eq!(report(&store.disk()).unused, (0, 0));
    let nobodys = blobs::thumbnail(ContentHash([9; 16]));
    library
        .world
        .resource_mut::<Blobs>()
        .put(nobodys, b"\xff\xd8\xff\xe0".to_vec());
    library.flush().unwrap();
    let report = report(&store.disk());
    assert_eq!((report.unused, report.is_sound()), ((1, 4), true));
}

#[test]
fn a_picture_that_is_none_is_named() {
    let (store, _) = library(20);
    store.tamper(|disk| {
        for bytes in disk.blobs.values_mut() {
            bytes.fill(0);
        }
    });
    let report = report(&store.disk());
    assert!(
        matches!(report.problems[..], [Problem::Picture { artwork: 1, .. }]),
        "{:?}",
        report.problems
    );
}

#[test]
fn what_was_put_aside_is_told_and_is_no_problem_once_all_is_mended() {
    let (store, _) = library(600);
    let key = PageKey {
        table: TRACKS,
        page: 1,
    };
    store.tamper(|disk| disk.pages.get_mut(key).unwrap()[70] ^= 1);
    assert!(!report(&store.disk()).is_sound());
    let mut again = Library::open(store.clone());
    again.flush().unwrap();
    let report = report(&store.disk());
    assert_eq!(report.problems, []);
    assert_eq!(report.aside, [key]);
}

#[test]
fn a_library_where_everything_is_lost_has_a_list_of_bounded_length() {
    let (store, _) = library(3_000);
    store.tamper(|disk| {
        let albums: Vec<_> = disk.pages.keys().filter(|key| key.table == ALBUMS).collect();
        for key in albums {
            disk.pages.remove(key);
        }
    });
    let report = report(&store.disk());
    assert_eq!(report.problems.len(), 1_000);
    assert!(report.unlisted > 1_000, "{}", report.unlisted);
}
