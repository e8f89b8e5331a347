//! What the listener made, carried from library to library.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use segue_components::prelude::*;
use segue_components::wire::message::ToHost;
use segue_systems::persist::testing::model::Random;
use segue_systems::testing::{TestLibrary, tags};
use segue_systems::user_data::file::{FileError, UserData, read, write};
use segue_systems::user_data::{ROWS_PER_TICK, gather, import};
use segue_systems::{catalog, history, playlist};

/// A library whose files lie below this folder, each with its title and its length in seconds.
fn library(root: &str, files: &[(&str, &str, u32)]) -> TestLibrary {
    let mut library = TestLibrary::new();
    let folder = library.folder(root);
    let listed: Vec<(&str, u64)> = files.iter().map(|&(path, _, _)| (path, 1)).collect();
    library.sync(folder, &listed, |path| {
        let &(_, title, seconds) = files.iter().find(|(of, _, _)| *of == path).unwrap();
        let mut file = tags(title, "Artist", "Album");
        file.format.duration_ms = Some(u64::from(seconds * 1_000));
        Ok(file)
    });
    library
}

const FILES: [(&str, &str, u32); 4] = [
    ("a/1.mp3", "One", 100),
    ("a/2.mp3", "Two", 110),
    ("a/3.mp3", "Three", 120),
    ("a/4.mp3", "Four", 130),
];

fn rate(library: &mut TestLibrary, track: u64, stars: u8) {
    let track = TrackId(track);
    library.ask(Request::Rate { track, stars }).unwrap();
}

fn hear(library: &mut TestLibrary, track: u64, at: u64) {
    let track = TrackId(track);
    let listen = Listen {
        at,
        track,
        heard: 99_000,
        counted: true,
    };
    history::log(&mut library.world, listen);
    let stats = library.get::<PlayStats>(track).unwrap_or_default();
    let stats = PlayStats {
        plays: stats.plays + 1,
        last_played: stats.last_played.max(at),
        ..stats
    };
    catalog::set(&mut library.world, track, stats);
}

fn make(library: &mut TestLibrary, name: &str, created: u64, tracks: &[u64]) -> PlaylistId {
    let times = PlaylistTimes {
        created,
        changed: created,
    };
    let items = tracks
        .iter()
        .map(|&track| EntryItem::Track(TrackId(track)))
        .collect();
    playlist::make(&mut library.world, name, None, times, items)
}

fn export(library: &mut TestLibrary) -> Vec<u8> {
    match library.ask(Request::ExportUserData) {
        Ok(Response::Document(bytes)) => bytes,
        other => panic!("not exported: {other:?}"),
    }
}

fn merge(library: &mut TestLibrary, bytes: &[u8]) -> ImportReport {
    match library.ask(Request::ImportUserData { bytes: bytes.into() }) {
        Ok(Response::UserDataImported(report)) => *report,
        other => panic!("not imported: {other:?}"),
    }
}

/// What is in a library, but for when it was written.
fn all(library: &TestLibrary) -> UserData {
    UserData {
        exported: 0,
        ..gather(&library.world)
    }
}

#[test]
fn a_file_says_everything_and_reads_the_same() {
    let mut library = library("/music", &FILES);
    rate(&mut library, 2, 4);
    hear(&mut library, 1, 1_000);
    hear(&mut library, 3, 2_000);
    let list = make(&mut library, "R\"u\n\\n\u{1}夢", 5, &[3, 3, 1]);
    let unmatched = Unmatched {
        path: "C:\\x.mp3".into(),
        title: "A - \u{7f}X".into(),
        seconds: 9,
    };
    let items = vec![EntryItem::Unmatched(Box::new(unmatched))];
    let before = playlist::entries(&library.world, list);
    let after = playlist::edit::insert(&before, items, 1);
    catalog::set(&mut library.world, EntriesId::of(list), after);
    let smart = SmartQuery {
        query: String::new(),
        limit: 7,
    };
    playlist::make(
        &mut library.world,
        "Smart",
        Some(smart),
        PlaylistTimes::default(),
        Vec::new(),
    );
    let data = gather(&library.world);
    assert_eq!(
        (data.tracks.len(), data.playlists.len(), data.history.len()),
        (3, 2, 2)
    );
    let mut again = read(write(&data).as_bytes()).unwrap();
    for ((_, read), (_, listen)) in again.history.iter_mut().zip(&data.history) {
        read.track = listen.track;
    }
    assert_eq!(again, data);
}

#[test]
fn another_library_finds_the_tracks_by_every_rung() {
    let mut first = library("/music", &FILES);
    for track in 1..=4 {
        rate(&mut first, track, 3);
        hear(&mut first, track, track * 1_000);
    }
    let file = |library: &TestLibrary, track| library.get::<PlayedFrom>(TrackId(track)).unwrap().0;
    let mbid = |id: &str| {
        ExternalIds(Box::new(TrackMbids {
            recording: Some(id.into()),
            ..TrackMbids::default()
        }))
    };
    let sound = AudioHash([7; 16]);
    let of_second = file(&first, 2);
    catalog::set(&mut first.world, of_second, sound);
    catalog::set(
        &mut first.world,
        TrackId(3),
        mbid("b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"),
    );
    let bytes = export(&mut first);
    assert_eq!(merge(&mut first, &bytes).matched, [4, 0, 0, 0]);
    // The second was retagged and cut, the third renamed by its tags, the fourth has another path.
    let files = [
        ("x/9.mp3", "Five", 500),
        ("x/2.mp3", "Zwei", 60),
        ("x/3.mp3", "Drei", 70),
        ("x/4.mp3", "FOUR", 131),
    ];
    let mut second = library("/other", &files);
    let of_second = file(&second, 2);
    catalog::set(&mut second.world, of_second, sound);
    catalog::set(
        &mut second.world,
        TrackId(3),
        mbid("b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"),
    );
    let report = merge(&mut second, &bytes);
    assert_eq!((report.matched, report.unmatched), ([0, 1, 1, 1], 1));
    assert_eq!(report.unmatched_names, ["Artist - One"]);
    assert_eq!(
        (report.ratings, report.listens, report.listens_unmatched),
        (3, 3, 1)
    );
    for track in 2..=4 {
        assert_eq!(second.get::<Rating>(TrackId(track)), Rating::new(3));
        let stats = second.get::<PlayStats>(TrackId(track)).unwrap();
        assert_eq!((stats.plays, stats.last_played), (1, track * 1_000));
    }
    assert_eq!(second.get::<Rating>(TrackId(1)), None);
}

#[test]
fn the_library_keeps_its_own_and_plays_of_two_machines_add_up() {
    let mut first = library("/music", &FILES);
    let mut second = library("/music", &FILES);
    rate(&mut first, 1, 5);
    rate(&mut first, 2, 5);
    rate(&mut second, 1, 2);
    for at in 0..5 {
        hear(&mut first, 1, 1_000 + at * 10);
    }
    for at in 0..3 {
        hear(&mut second, 1, 1_005 + at * 10);
    }
    // A play that both logs have is one play.
    hear(&mut second, 1, 1_040);
    let bytes = export(&mut first);
    let report = merge(&mut second, &bytes);
    assert_eq!((report.ratings, report.ratings_kept, report.listens), (1, 1, 4));
    assert_eq!(second.get::<Rating>(TrackId(1)), Rating::new(2));
    assert_eq!(second.get::<Rating>(TrackId(2)), Rating::new(5));
    let stats = second.get::<PlayStats>(TrackId(1)).unwrap();
    assert_eq!((stats.plays, stats.last_played), (8, 1_040));
    let times: Vec<u64> = history::all(&second.world)
        .iter()
        .map(|listen| listen.at)
        .collect();
    assert_eq!(times, [1_000, 1_005, 1_010, 1_015, 1_020, 1_025, 1_030, 1_040]);
}

#[test]
fn playlists_gain_what_they_lack_and_lose_nothing() {
    let mut first = library("/music", &FILES);
    let mut second = library("/music", &FILES);
    make(&mut first, "Run", 7, &[1, 2, 2, 4]);
    make(&mut first, "Other", 8, &[3]);
    let own = make(&mut second, "Run", 7, &[4, 2, 3]);
    make(&mut second, "Other", 99, &[1]);
    let bytes = export(&mut first);
    let report = merge(&mut second, &bytes);
    assert_eq!((report.playlists, report.playlists_changed), (1, 1));
    let tracks: Vec<EntryItem> = playlist::entries(&second.world, own)
        .entries
        .iter()
        .map(|entry| entry.item.clone())
        .collect();
    assert_eq!(
        tracks,
        [4, 2, 3, 1, 2].map(|track| EntryItem::Track(TrackId(track)))
    );
    assert_eq!(playlist::all(&second.world).len(), 3);
}

#[test]
fn merging_twice_is_merging_once() {
    for seed in 0..40 {
        let random = &mut Random::new(seed);
        let mut libraries = [library("/music", &FILES), library("/else", &FILES[..3])];
        for library in &mut libraries {
            for _ in 0..random.below(30) {
                let track = 1 + random.below(3);
                match random.below(4) {
                    0 => rate(library, track, u8::try_from(random.below(6)).unwrap()),
                    1 => hear(library, track, random.below(9)),
                    2 => {
                        let tracks: Vec<u64> = (0..random.below(5)).map(|_| 1 + random.below(3)).collect();
                        let name = ["a", "b"][usize::try_from(random.below(2)).unwrap()];
                        make(library, name, random.below(3), &tracks);
                    }
                    _ => {
                        let skips = u32::try_from(random.below(9)).unwrap();
                        let track = TrackId(track);
                        let stats = library.get::<PlayStats>(track).unwrap_or_default();
                        catalog::set(&mut library.world, track, PlayStats { skips, ..stats });
                    }
                }
            }
        }
        let [first, second] = &mut libraries;
        let own = all(second);
        let bytes = export(first);
        merge(second, &bytes);
        let once = all(second);
        let report = merge(second, &bytes);
        assert_eq!(all(second), once, "seed {seed}");
        assert_eq!(
            (
                report.ratings,
                report.stats,
                report.playlists,
                report.playlists_changed,
                report.listens
            ),
            (0, 0, 0, 0, 0),
            "seed {seed}"
        );
        // Its own file brings nothing new either, and what it had is still there.
        let bytes = export(second);
        merge(second, &bytes);
        assert_eq!(all(second), once, "seed {seed}");
        for (_, listen) in &own.history {
            assert!(once.history.iter().any(|(_, kept)| kept == listen), "seed {seed}");
        }
        for track in &own.tracks {
            let kept = once.tracks.iter().find(|kept| kept.path == track.path).unwrap();
            assert!(kept.stats.plays >= track.stats.plays && kept.stats.skips >= track.stats.skips);
            assert!(track.rating == 0 || kept.rating == track.rating);
        }
    }
}

#[test]
fn a_damaged_file_changes_nothing() {
    let mut first = library("/music", &FILES);
    rate(&mut first, 1, 5);
    hear(&mut first, 2, 5);
    make(&mut first, "Run", 7, &[1, 2]);
    let bytes = export(&mut first);
    let mut second = library("/music", &FILES);
    let before = all(&second);
    let end = bytes.trim_ascii_end().len();
    for at in 0..end {
        assert!(import(&mut second.world, &bytes[..at]).is_err(), "cut at {at}");
    }
    assert_eq!(all(&second), before);
    let text = String::from_utf8(bytes).unwrap();
    for (from, to) in [
        ("[1,5,", "[7,5,"),
        ("\"version\":1", "\"version\":2"),
        ("\"version\":1", "\"version\":0"),
        ("segue-user-data", "something"),
        ("\"rating\":5", "\"rating\":6"),
        ("\"rating\":5", "\"rating\":-1"),
        ("\"entries\":[", "\"entries\":[[],"),
        ("\"path\":\"", "\"audioHash\":\"xyz\",\"path\":\""),
        ("]]}", "]]}}"),
    ] {
        let damaged = text.replacen(from, to, 1);
        assert_ne!(damaged, text, "{from}");
        let request = Request::ImportUserData {
            bytes: damaged.into(),
        };
        assert!(
            matches!(second.ask(request), Err(RequestError::Invalid { .. })),
            "{from}"
        );
        assert_eq!(all(&second), before, "{from}");
    }
    let newer = text.replacen("\"version\":1", "\"version\":9,\"tracks\":7", 1);
    assert_eq!(read(newer.as_bytes()), Err(FileError::Newer { found: 9 }));
    let random = &mut Random::new(1);
    for _ in 0..2_000 {
        let mut bytes = text.clone().into_bytes();
        let at = usize::try_from(random.below(bytes.len() as u64)).unwrap();
        bytes[at] ^= 1 << random.below(8);
        // Another letter in a title is no damage that could be seen; whatever it is, nothing panics.
        drop(read(&bytes));
    }
}

#[test]
fn duplicates_are_told_with_what_they_share() {
    let files = [
        ("a/1.mp3", "One", 100),
        ("b/1.flac", "Uno", 100),
        ("a/2.mp3", "Two", 110),
        ("b/2.mp3", "TWO", 111),
        ("c/2.mp3", "Two", 200),
        ("a/3.mp3", "Three", 120),
    ];
    let mut library = library("/music", &files);
    for track in [1, 2] {
        let file = library.get::<PlayedFrom>(TrackId(track)).unwrap().0;
        catalog::set(&mut library.world, file, AudioHash([9; 16]));
    }
    let request = |offset, limit| Request::Duplicates { offset, limit };
    let Ok(Response::Duplicates { total, groups }) = library.ask(request(0, 10)) else {
        panic!("no groups");
    };
    let found: Vec<(Rung, Vec<u64>)> = groups
        .iter()
        .map(|group| (group.rung, group.tracks.iter().map(|row| row.id).collect()))
        .collect();
    assert_eq!(total, 2);
    assert_eq!(found, [(Rung::AudioHash, vec![1, 2]), (Rung::Tags, vec![3, 4])]);
    assert!(matches!(
        library.ask(request(5, 10)),
        Ok(Response::Duplicates { total: 2, groups }) if groups.is_empty()
    ));
    assert!(library.ask(request(0, 9_999)).is_err());
}

/// A library of so many tracks, each rated, heard and in a playlist.
fn large(tracks: u64) -> TestLibrary {
    let mut library = TestLibrary::new();
    for number in 1..=tracks {
        let title = Title(format!("Title {number}").into());
        let track: TrackId = catalog::Catalog::spawn(&mut library.world, (title, Duration(200_000)));
        assert_eq!(track, TrackId(number));
    }
    library
}

fn fill(library: &mut TestLibrary, tracks: u64) {
    for number in 1..=tracks {
        catalog::set(&mut library.world, TrackId(number), Rating::new(3).unwrap());
        hear(library, number, number * 1_000);
    }
    let all: Vec<u64> = (1..=tracks).collect();
    for (at, some) in (0..).zip(all.chunks(500)) {
        make(library, "Run", at, some);
    }
}

fn rated(library: &mut TestLibrary) -> usize {
    library.world.query::<&Rating>().iter(&library.world).count()
}

#[test]
fn a_large_file_is_written_and_merged_some_rows_a_tick_and_others_are_answered_meanwhile() {
    const TRACKS: u64 = 6_000;
    let mut first = large(TRACKS);
    fill(&mut first, TRACKS);
    let asked = first.send(Request::ExportUserData);
    let mut told = Vec::new();
    let mut ticks = 0;
    let file = loop {
        // Another request is answered in the very tick.
        let request = Request::Rate {
            track: TrackId(9),
            stars: 3,
        };
        assert_eq!(first.ask(request), Ok(Response::Done));
        ticks += 1;
        let heard = first.take_heard();
        told.extend(heard.iter().filter_map(|message| match message {
            ToHost::Progress(id, done) if *id == asked => Some(*done),
            _ => None,
        }));
        let answer = heard.into_iter().find_map(|message| match message {
            ToHost::Answer(id, answer) if id == asked => Some(answer.unwrap()),
            _ => None,
        });
        if let Some(Response::Document(bytes)) = answer {
            break bytes;
        }
        assert!(ticks < 1_000, "it comes to an end");
    };
    let rows = usize::try_from(TRACKS).unwrap();
    assert!(ticks > 2 * rows / ROWS_PER_TICK, "{ticks} ticks");
    assert!(
        told.len() > 5 && told.is_sorted() && told.iter().all(|&done| done <= 1_000),
        "{told:?}"
    );
    let data = read(&file).unwrap();
    assert_eq!((data.tracks.len(), data.history.len()), (rows, rows));
    assert_eq!(
        UserData { exported: 0, ..data },
        read(write(&all(&first)).as_bytes()).unwrap(),
        "the same as at once"
    );

    let mut second = large(TRACKS);
    let merging = second.send(Request::ImportUserData { bytes: file.clone() });
    let mut before = 0;
    let report = loop {
        second.tick();
        let now = rated(&mut second);
        assert!(now - before <= ROWS_PER_TICK, "{} in a tick", now - before);
        before = now;
        let answer = second.take_heard().into_iter().find_map(|message| match message {
            ToHost::Answer(id, answer) if id == merging => Some(answer.unwrap()),
            _ => None,
        });
        if let Some(Response::UserDataImported(report)) = answer {
            break report;
        }
        // What is heard meanwhile stays.
        if now > 0 && history::all(&second.world).len() == rows {
            hear(&mut second, 1, 99_000_000);
        }
    };
    assert_eq!(
        (report.ratings, report.listens, report.playlists),
        (6_000, 6_000, 12)
    );
    assert_eq!(history::all(&second.world).len(), rows + 1);
    let again = merge_over_ticks(&mut second, &file);
    assert_eq!(
        (again.ratings, again.stats, again.listens, again.playlists_changed),
        (0, 0, 0, 0)
    );
}

fn merge_over_ticks(library: &mut TestLibrary, bytes: &[u8]) -> ImportReport {
    let asked = library.send(Request::ImportUserData { bytes: bytes.into() });
    for _ in 0..1_000 {
        library.tick();
        for message in library.take_heard() {
            if let ToHost::Answer(id, Ok(Response::UserDataImported(report))) = message
                && id == asked
            {
                return *report;
            }
        }
    }
    panic!("it does not come to an end");
}

#[test]
fn what_takes_long_can_be_cancelled_and_what_was_merged_stays() {
    let mut first = large(3_000);
    fill(&mut first, 3_000);
    let file = write(&gather(&first.world)).into_bytes();
    let mut second = large(3_000);
    let asked = second.send(Request::ImportUserData { bytes: file.clone() });
    let waiting = second.send(Request::ExportUserData);
    while rated(&mut second) == 0 {
        second.tick();
    }
    for request in [asked, waiting, asked, 4_711] {
        assert_eq!(second.ask(Request::Cancel { request }), Ok(Response::Done));
    }
    let cancelled: Vec<u32> = second
        .take_heard()
        .into_iter()
        .filter_map(|message| match message {
            ToHost::Answer(id, Err(RequestError::Cancelled)) => Some(id),
            _ => None,
        })
        .collect();
    assert_eq!(cancelled, [asked, waiting]);
    let some = rated(&mut second);
    for _ in 0..20 {
        second.tick();
    }
    assert_eq!(rated(&mut second), some, "nothing more comes in");
    assert!(some < 3_000);
    let report = merge_over_ticks(&mut second, &file);
    assert_eq!(report.ratings as usize, 3_000 - some, "the rest");
}

#[test]
fn what_is_asked_while_a_library_is_indexed_is_done_once() {
    let mut library = large(8_000);
    let create = Request::Playlist(PlaylistRequest::Create {
        name: "Once".into(),
        smart: None,
    });
    assert_eq!(library.ask(create), Ok(Response::Playlist(PlaylistId(1))));
    for _ in 0..10 {
        library.tick();
    }
    assert_eq!(playlist::all(&library.world), [PlaylistId(1)]);
    assert!(library.take_heard().is_empty(), "and answered once");
}

#[test]
fn a_flood_of_exports_is_refused_beyond_some() {
    let mut library = large(2_000);
    fill(&mut library, 2_000);
    for _ in 0..200 {
        library.send(Request::ExportUserData);
    }
    library.tick();
    let refused = |message: &ToHost| matches!(message, ToHost::Answer(_, Err(RequestError::Invalid { .. })));
    assert_eq!(
        library
            .take_heard()
            .iter()
            .filter(|message| refused(message))
            .count(),
        184
    );
}
