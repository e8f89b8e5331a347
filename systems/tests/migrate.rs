//! Libraries of other builds: every released schema opens, and what a newer build added survives this one.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use std::collections::BTreeSet;

use segue_components::prelude::*;
use segue_components::wire::codec::Reader;
use segue_components::wire::registry::{self, KINDS};
use segue_systems::catalog::{self, Catalog};
use segue_systems::persist::OpenError;
use segue_systems::persist::memory::{Disk, MemoryStore};
use segue_systems::persist::meta::{COPY, Meta, MetaError, SCHEMA};
use segue_systems::persist::page::{Page, PageWriter};
use segue_systems::persist::store::PageKey;
use segue_systems::persist::testing::Library;

/// The kinds that came after the golden store of schema 1.
const ADDED_LATER: [u8; 5] = [48, 58, 59, 60, 62];

/// A golden store: the meta record under this number, then every page, each as its number, its length and
/// its bytes, all little-endian.
const META_NUMBER: u64 = u64::MAX;

const GOLDEN: &[u8] = include_bytes!("data/schema-1.pages");

/// The same schema with the kinds that came after it was released, which older builds pass over.
const GOLDEN_LISTENER: &[u8] = include_bytes!("data/schema-1-listener.pages");

/// A kind that this build does not know.
const FUTURE_KIND: u16 = 900;

fn read_golden(mut bytes: &[u8]) -> Disk {
    let mut disk = Disk::default();
    while let Some((number, rest)) = bytes.split_first_chunk::<8>() {
        let (length, rest) = rest.split_first_chunk::<4>().unwrap();
        let (value, rest) = rest.split_at(u32::from_le_bytes(*length) as usize);
        bytes = rest;
        match u64::from_le_bytes(*number) {
            META_NUMBER => disk.meta = Some(value.to_vec()),
            number => {
                let key = PageKey {
                    table: u16::try_from(number >> 32).unwrap(),
                    page: u32::try_from(number & 0xffff_ffff).unwrap(),
                };
                disk.pages.insert(key, value.to_vec());
            }
        }
    }
    disk
}

fn write_golden(disk: &Disk) -> Vec<u8> {
    let mut out = Vec::new();
    let mut put = |number: u64, value: &[u8]| {
        out.extend_from_slice(&number.to_le_bytes());
        out.extend_from_slice(&u32::try_from(value.len()).unwrap().to_le_bytes());
        out.extend_from_slice(value);
    };
    put(META_NUMBER, disk.meta.as_deref().unwrap());
    for (key, bytes) in disk.pages.iter() {
        put(key.number(), bytes);
    }
    out
}

/// Adds to a page what a newer build would: a kind, and a version of ratings, that this one does not know.
fn add_future(key: PageKey, bytes: &[u8]) -> Vec<u8> {
    let page = Page::read(key, bytes).unwrap();
    let mut writer = PageWriter::default();
    for section in &page.sections {
        writer.section(section.kind, section.version, |out| {
            out.extend_from_slice(section.bytes)
        });
    }
    writer.section(FUTURE_KIND, 3, |out| {
        out.extend_from_slice(b"kind of a newer build")
    });
    writer.section(13, 9, |out| out.extend_from_slice(b"ratings with halves"));
    writer.finish(key, page.epoch, page.generation, &page.rows)
}

#[test]
#[ignore = "makes the golden store of a new schema, once: cargo test --test migrate -- --ignored"]
fn make_golden() {
    let store = MemoryStore::default();
    let mut library = Library::open(store.clone());
    library.fill(300);
    let world = &mut library.world;
    let track = TrackId(300);
    catalog::set(world, track, SortTitle("300, Song".into()));
    catalog::set(
        world,
        track,
        Dates {
            released: PartialDate::parse("1975-11-21"),
            original: None,
        },
    );
    catalog::set(
        world,
        track,
        Loudness {
            track_gain: Some(-650),
            ..Loudness::default()
        },
    );
    let recording = Some("b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d".into());
    catalog::set(
        world,
        track,
        ExternalIds(Box::new(TrackMbids {
            recording,
            ..TrackMbids::default()
        })),
    );
    catalog::set(
        world,
        track,
        AlbumTags(
            AlbumTagged {
                title: "Album 25".into(),
                ..AlbumTagged::default()
            }
            .into(),
        ),
    );
    catalog::set(world, ArtworkId(1), EmbeddedIn(FileId(1)));
    library.flush().unwrap();
    let mut disk = store.disk();
    for (key, bytes) in disk.pages.iter_mut().filter(|(key, _)| *key != COPY) {
        *bytes = add_future(key, bytes);
    }
    std::fs::write(
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/schema-1.pages"),
        write_golden(&disk),
    )
    .unwrap();
}

#[test]
#[ignore = "makes the golden store of kinds that came later, once: cargo test --test migrate -- --ignored"]
fn make_golden_listener() {
    let store = MemoryStore::default();
    let mut library = Library::open(store.clone());
    library.fill(10);
    let world = &mut library.world;
    let times = PlaylistTimes {
        created: 1_700_000_000_000,
        changed: 1_700_000_000_500,
    };
    let list: PlaylistId = Catalog::spawn(world, (PlaylistName("Läufe".into()), times));
    let smart = SmartQuery {
        query: "rating:>=4 sort:-plays".into(),
        limit: 25,
    };
    let _: PlaylistId = Catalog::spawn(world, (PlaylistName("Best".into()), times, smart));
    let unmatched = Unmatched {
        path: "C:\\Music\\gone.mp3".into(),
        title: "A - Gone".into(),
        seconds: 201,
    };
    let items = [
        EntryItem::Track(TrackId(7)),
        EntryItem::Unmatched(Box::new(unmatched)),
        EntryItem::Track(TrackId(7)),
    ];
    let entries = (1..).zip(items).map(|(id, item)| Entry { id, item });
    let entries = PlaylistEntries {
        last: 3,
        entries: std::sync::Arc::new(entries.collect()),
    };
    Catalog::find_or_spawn(world, Noun::Entries, EntriesId::of(list).0);
    catalog::set(world, EntriesId::of(list), entries);
    for number in 0..300 {
        segue_systems::history::log(
            world,
            Listen {
                at: 1_700_000_000_000 + number * 240_000,
                track: TrackId(1 + number % 11),
                heard: 200_000,
                counted: number % 3 > 0,
            },
        );
    }
    library.flush().unwrap();
    std::fs::write(
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/schema-1-listener.pages"),
        write_golden(&store.disk()),
    )
    .unwrap();
}

#[test]
fn what_the_listener_made_opens() {
    let mut library = Library::open(MemoryStore::with(read_golden(GOLDEN_LISTENER)));
    assert_eq!(library.storage().refused, None);
    let kinds: BTreeSet<u8> = library
        .snapshot()
        .into_values()
        .flat_map(|kinds| kinds.into_iter().map(|(kind, _)| kind))
        .collect();
    assert!(ADDED_LATER.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    let world = &library.world;
    assert_eq!(
        catalog::get::<PlaylistName>(world, PlaylistId(1)).map(|name| &*name.0),
        Some("Läufe")
    );
    assert_eq!(
        catalog::get::<SmartQuery>(world, PlaylistId(2)).map(|smart| smart.limit),
        Some(25)
    );
    let entries = catalog::get::<PlaylistEntries>(world, EntriesId::of(PlaylistId(1))).unwrap();
    assert_eq!(entries.entries.len(), 3);
    assert!(matches!(&entries.entries[1].item, EntryItem::Unmatched(known) if known.seconds == 201));
    let (total, newest) = segue_systems::history::window(world, 0, 1);
    assert_eq!((total, newest[0].at), (300, 1_700_000_000_000 + 299 * 240_000));
}

fn without_header_numbers(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes[..bytes.len() - 8].to_vec();
    bytes[16..32].fill(0);
    bytes
}

#[test]
fn the_library_of_schema_1_opens() {
    let disk = read_golden(GOLDEN);
    let mut library = Library::open(MemoryStore::with(disk));
    assert_eq!(library.storage().refused, None);
    let kinds: BTreeSet<u8> = library
        .snapshot()
        .into_values()
        .flat_map(|kinds| kinds.into_iter().map(|(kind, _)| kind))
        .collect();
    let missing: Vec<_> = KINDS
        .iter()
        .filter(|kind| !kinds.contains(&kind.number) && !ADDED_LATER.contains(&kind.number))
        .collect();
    assert_eq!(
        missing.iter().map(|kind| kind.name).collect::<Vec<_>>(),
        ["AlbumTotals", "PlaylistTotals"],
        "the golden store holds every kind that is stored"
    );
    let world = &library.world;
    assert_eq!(world.resource::<Catalog>().count(Noun::Track), 300);
    assert_eq!(
        catalog::get::<Title>(world, TrackId(300)),
        Some(&Title("Song 300".into()))
    );
    assert_eq!(catalog::get::<Rating>(world, TrackId(7)), Rating::new(4).as_ref());
    assert_eq!(
        catalog::get::<Location>(world, FileId(41)).map(|location| &*location.path),
        Some("Artist 1/Album 3/41.flac")
    );
    assert_eq!(
        catalog::get::<ExternalIds>(world, TrackId(300)).and_then(|ids| ids.0.recording.as_deref()),
        Some("b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d")
    );
}

#[test]
fn a_rewritten_page_is_the_same_and_keeps_what_this_build_does_not_know() {
    let golden = read_golden(GOLDEN);
    let store = MemoryStore::with(golden.clone());
    let mut library = Library::open(store.clone());
    // Every value is put over itself: for the store that is a change.
    for noun in Noun::ALL {
        let all: Vec<_> = library.world.resource::<Catalog>().all(noun).collect();
        for (_, entity) in all {
            for kind in registry::kinds_of(noun) {
                let mut bytes = Vec::new();
                if kind.write(library.world.entity(entity), &mut bytes) {
                    let mut entity = library.world.entity_mut(entity);
                    kind.insert(&mut entity, &mut Reader::new(&bytes)).unwrap();
                }
            }
        }
    }
    library.flush().unwrap();
    let rewritten = store.disk();
    assert!(rewritten.pages.keys().eq(golden.pages.keys()));
    for (key, bytes) in rewritten.pages.iter().filter(|(key, _)| *key != COPY) {
        assert_ne!(
            bytes,
            golden.pages.get(key).unwrap(),
            "it was written again: {key:?}"
        );
        assert!(
            without_header_numbers(bytes) == without_header_numbers(golden.pages.get(key).unwrap()),
            "it is the same but for epoch and generation: {key:?}"
        );
    }
}

#[test]
fn what_this_build_does_not_know_outlives_changes_of_its_page() {
    let store = MemoryStore::with(read_golden(GOLDEN));
    let mut library = Library::open(store.clone());
    catalog::set(&mut library.world, TrackId(5), Title("changed".into()));
    catalog::set(&mut library.world, TrackId(5), Rating::new(1).unwrap());
    Catalog::despawn(&mut library.world, TrackId(6));
    library.flush().unwrap();
    for table in [1, 2] {
        let key = PageKey { table, page: 0 };
        let bytes = store.disk().pages.get(key).unwrap().clone();
        let page = Page::read(key, &bytes).unwrap();
        let find = |kind, version| {
            page.sections
                .iter()
                .find(|section| (section.kind, section.version) == (kind, version))
                .map(|section| section.bytes)
        };
        assert_eq!(find(FUTURE_KIND, 3), Some(&b"kind of a newer build"[..]));
        assert_eq!(find(13, 9), Some(&b"ratings with halves"[..]));
    }
    assert_eq!(
        catalog::get::<Rating>(&Library::open(store).world, TrackId(5)),
        Rating::new(1).as_ref()
    );
}

#[test]
fn a_newer_schema_is_refused_and_untouched() {
    let mut disk = read_golden(GOLDEN);
    let newer = Meta {
        schema: SCHEMA + 1,
        ..Meta::read(disk.meta.as_ref().unwrap()).unwrap()
    };
    disk.meta = Some(newer.to_bytes());
    let store = MemoryStore::with(disk.clone());
    let mut library = Library::open(store.clone());
    assert_eq!(
        library.storage().refused,
        Some(OpenError::Meta(MetaError::Newer { found: SCHEMA + 1 }))
    );
    let _: TrackId = Catalog::spawn(&mut library.world, Title("lost".into()));
    assert!(matches!(library.flush(), Err(RequestError::ReadOnly { .. })));
    assert_eq!(store.disk(), disk, "not even the epoch");
}

#[test]
fn a_damaged_meta_record_is_read_from_its_copy() {
    let mut disk = read_golden(GOLDEN);
    disk.meta.as_mut().unwrap()[9] ^= 1;
    let library = Library::open(MemoryStore::with(disk.clone()));
    assert_eq!(library.world.resource::<Catalog>().last(Noun::Track), 300);
    disk.pages.get_mut(COPY).unwrap()[9] ^= 1;
    let library = Library::open(MemoryStore::with(disk));
    assert_eq!(
        library.storage().refused,
        Some(OpenError::Meta(MetaError::Damaged))
    );
}
