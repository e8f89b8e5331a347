//! Playlists: edits by operation, files of other players, and what becomes of them when the library changes.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use segue_components::prelude::*;
use segue_systems::persist::memory::{Disk, MemoryStore};
use segue_systems::persist::meta::COPY;
use segue_systems::persist::store::PageKey;
use segue_systems::persist::testing::Library;
use segue_systems::testing::{TestLibrary, tags};
use segue_systems::{catalog, history, playlist};

const FILES: [&str; 6] = [
    "Queen/Opera/01 Death.mp3",
    "Queen/Opera/02 Lazing.mp3",
    "Queen/Races/01 Tie.mp3",
    "Björk/Début/01 Human.mp3",
    "100% #1/a%20b.mp3",
    "single.mp3",
];

fn sync(library: &mut TestLibrary, provider: ProviderId, files: &[&str]) {
    let listed: Vec<(&str, u64)> = files.iter().map(|&file| (file, 1)).collect();
    library.sync(provider, &listed, |path| {
        let name = path.rsplit('/').next().unwrap().trim_end_matches(".mp3");
        let mut file = tags(name, "Artist", "Album");
        file.format.duration_ms = Some(100_000);
        Ok(file)
    });
}

fn library() -> TestLibrary {
    let mut library = TestLibrary::new();
    let folder = library.folder("/music");
    sync(&mut library, folder, &FILES);
    library
}

fn ask(library: &mut TestLibrary, request: PlaylistRequest) -> Result<Response, RequestError> {
    library.ask(Request::Playlist(request))
}

fn create(library: &mut TestLibrary, name: &str, smart: Option<SmartQuery>) -> PlaylistId {
    let name = name.to_owned();
    match ask(library, PlaylistRequest::Create { name, smart }) {
        Ok(Response::Playlist(playlist)) => playlist,
        other => panic!("no playlist: {other:?}"),
    }
}

fn insert(library: &mut TestLibrary, playlist: PlaylistId, tracks: &[u64], before: Option<u32>) {
    let tracks = tracks.iter().copied().map(TrackId).collect();
    let request = PlaylistRequest::Insert {
        playlist,
        tracks,
        before,
    };
    assert_eq!(ask(library, request), Ok(Response::Done));
}

fn get(library: &mut TestLibrary, playlist: PlaylistId, offset: u32, limit: u32) -> (u32, Vec<EntryRow>) {
    let request = PlaylistRequest::Get {
        playlist,
        offset,
        limit,
    };
    match ask(library, request) {
        Ok(Response::Entries { total, rows, .. }) => (total, rows),
        other => panic!("no entries: {other:?}"),
    }
}

/// Titles, or in brackets the path of what has no track.
fn titles(library: &mut TestLibrary, playlist: PlaylistId) -> Vec<String> {
    let (_, rows) = get(library, playlist, 0, 2_000);
    rows.into_iter()
        .map(|row| match (row.row, row.item) {
            (Some(row), _) => row.title,
            (None, EntryItem::Unmatched(unmatched)) => format!("[{}]", unmatched.path),
            (None, EntryItem::Track(track)) => format!("gone {track}"),
        })
        .collect()
}

fn ids(library: &mut TestLibrary, playlist: PlaylistId) -> Vec<u32> {
    let (_, rows) = get(library, playlist, 0, 2_000);
    rows.into_iter().map(|row| row.entry).collect()
}

fn totals(library: &TestLibrary, playlist: PlaylistId) -> PlaylistTotals {
    library.get::<PlaylistTotals>(playlist).unwrap()
}

#[test]
fn edits_name_entries_and_not_places() {
    let mut library = library();
    let list = create(&mut library, " Run ", None);
    insert(&mut library, list, &[1, 2, 2, 3], None);
    assert_eq!(ids(&mut library, list), [1, 2, 3, 4]);
    // One host moves the third entry to the front while another puts something before the second.
    let move_it = PlaylistRequest::Move {
        playlist: list,
        entries: vec![3],
        before: Some(1),
    };
    ask(&mut library, move_it).unwrap();
    insert(&mut library, list, &[5], Some(2));
    assert_eq!(ids(&mut library, list), [3, 1, 5, 2, 4]);
    let remove = |entries: Vec<u32>| PlaylistRequest::Remove {
        playlist: list,
        entries,
    };
    ask(&mut library, remove(vec![1, 4])).unwrap();
    ask(&mut library, remove(vec![4, 99])).unwrap();
    assert_eq!(ids(&mut library, list), [3, 5, 2]);
    let (total, window) = get(&mut library, list, 1, 1);
    assert_eq!((total, window[0].entry), (3, 5));
    assert_eq!(get(&mut library, list, 7, 5), (3, Vec::new()));
    let totals = totals(&library, list);
    assert_eq!(
        (totals.entries, totals.unmatched, totals.duration),
        (3, 0, 300_000)
    );
    assert_eq!(&*library.get::<PlaylistName>(list).unwrap().0, "Run");
}

#[test]
fn the_last_edit_is_taken_back_and_made_again() {
    let mut library = library();
    let list = create(&mut library, "Run", None);
    insert(&mut library, list, &[1, 2], None);
    let undo = PlaylistRequest::Undo { playlist: list };
    let remove = PlaylistRequest::Remove {
        playlist: list,
        entries: vec![1],
    };
    ask(&mut library, remove).unwrap();
    ask(&mut library, undo.clone()).unwrap();
    assert_eq!(ids(&mut library, list), [1, 2]);
    ask(&mut library, undo.clone()).unwrap();
    assert_eq!(ids(&mut library, list), [2]);
    ask(&mut library, PlaylistRequest::Delete { playlist: list }).unwrap();
    assert!(matches!(
        ask(&mut library, PlaylistRequest::Delete { playlist: list }),
        Err(RequestError::NotFound { .. })
    ));
    ask(&mut library, undo).unwrap();
    assert_eq!(ids(&mut library, list), [2]);
    insert(&mut library, list, &[4], None);
    assert_eq!(ids(&mut library, list), [2, 3]);
    let never = PlaylistRequest::Undo {
        playlist: PlaylistId(9),
    };
    assert!(matches!(
        ask(&mut library, never),
        Err(RequestError::NotFound { .. })
    ));
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let mut library = library();
    let list = create(&mut library, "Run", None);
    insert(&mut library, list, &[1], None);
    let smart = SmartQuery {
        query: "artist:artist".into(),
        limit: 2,
    };
    let clever = create(&mut library, "Clever", Some(smart.clone()));
    let bad = [
        PlaylistRequest::Create {
            name: "  ".into(),
            smart: None,
        },
        PlaylistRequest::Create {
            name: "x".into(),
            smart: Some(SmartQuery {
                query: "year:".into(),
                limit: 0,
            }),
        },
        PlaylistRequest::Rename {
            playlist: list,
            name: "x".repeat(2_000),
        },
        PlaylistRequest::SetQuery {
            playlist: list,
            smart,
        },
        PlaylistRequest::Insert {
            playlist: list,
            tracks: vec![TrackId(1), TrackId(99)],
            before: None,
        },
        PlaylistRequest::Insert {
            playlist: list,
            tracks: vec![TrackId(1)],
            before: Some(44),
        },
        PlaylistRequest::Insert {
            playlist: clever,
            tracks: vec![TrackId(1)],
            before: None,
        },
        PlaylistRequest::InsertQuery {
            playlist: list,
            query: "(".into(),
            before: None,
        },
        PlaylistRequest::Get {
            playlist: list,
            offset: 0,
            limit: u32::MAX,
        },
        PlaylistRequest::Move {
            playlist: PlaylistId(77),
            entries: vec![1],
            before: None,
        },
    ];
    for request in bad {
        assert!(ask(&mut library, request.clone()).is_err(), "{request:?}");
    }
    assert_eq!(ids(&mut library, list), [1]);
    assert_eq!(playlist::all(&library.world), [list, clever]);
}

#[test]
fn a_smart_playlist_holds_what_its_query_finds_now() {
    let mut library = library();
    let smart = SmartQuery {
        query: "rating:>=4 sort:-rating,title".into(),
        limit: 2,
    };
    let list = create(&mut library, "Best", Some(smart));
    assert!(titles(&mut library, list).is_empty());
    for (track, stars) in [(1, 4), (2, 3), (3, 5), (6, 4)] {
        let track = TrackId(track);
        library.ask(Request::Rate { track, stars }).unwrap();
    }
    let (total, rows) = get(&mut library, list, 0, 10);
    assert_eq!((total, rows.len()), (2, 2));
    assert_eq!(rows[0].item, EntryItem::Track(TrackId(3)));
    assert_eq!(get(&mut library, list, 2, 10).1, []);
    for _ in 0..15 {
        library.tick();
    }
    assert_eq!(totals(&library, list).entries, 2, "its count follows the library");
    library
        .ask(Request::Rate {
            track: TrackId(1),
            stars: 0,
        })
        .unwrap();
    assert_eq!(titles(&mut library, list).len(), 2);
    library
        .ask(Request::Player(PlayerRequest::PlayPlaylist {
            playlist: list,
            start: 1,
        }))
        .unwrap();
    let queue = library.get::<Queue>(PlayerId(1)).unwrap();
    assert_eq!((queue.tracks.len(), queue.index), (2, 1));
}

fn import(library: &mut TestLibrary, folder: &str, text: &str) -> (PlaylistId, u32, Vec<(u32, String)>) {
    let request = PlaylistRequest::Import {
        name: "Imported".into(),
        folder: folder.into(),
        bytes: text.into(),
    };
    match ask(library, request) {
        Ok(Response::Imported {
            playlist,
            matched,
            unmatched,
        }) => (playlist, matched, unmatched),
        other => panic!("not imported: {other:?}"),
    }
}

#[track_caller]
fn check_path(library: &mut TestLibrary, folder: &str, path: &str, expected: Option<&str>) {
    let (list, ..) = import(library, folder, path);
    let expected = expected.map_or_else(|| format!("[{path}]"), str::to_owned);
    assert_eq!(titles(library, list), [expected], "{path}");
}

#[test]
fn a_path_of_any_make_finds_its_track() {
    let mut library = library();
    let check = &mut |folder: &str, path: &str, expected| check_path(&mut library, folder, path, expected);
    check("", "/music/Queen/Opera/01 Death.mp3", Some("01 Death"));
    check("", "/home/me/Old Disk/Queen/Opera/01 Death.mp3", Some("01 Death"));
    check(
        "",
        "C:\\Users\\me\\Queen\\Opera\\02 Lazing.mp3",
        Some("02 Lazing"),
    );
    check("", "\\\\server\\share\\queen\\RACES\\01 tie.mp3", Some("01 Tie"));
    check("/music/lists", "../Queen/Races/./01 Tie.mp3", Some("01 Tie"));
    check("/music/Queen/Opera", "01 Death.mp3", Some("01 Death"));
    check("/music", "Queen\\Races\\01 Tie.mp3", Some("01 Tie"));
    check("", "file:///music/Queen/Opera/01%20Death.mp3", Some("01 Death"));
    check(
        "",
        "FILE://localhost/x/Bj%C3%B6rk/D%c3%a9but/01%20Human.mp3",
        Some("01 Human"),
    );
    // Composed and decomposed letters.
    check("", "Bjo\u{308}rk/De\u{301}but/01 Human.mp3", Some("01 Human"));
    check(
        "",
        "http://host/x/Queen/Opera/02%20Lazing.mp3?token=1",
        Some("02 Lazing"),
    );
    // What looks encoded may be a name.
    check("", "/music/100% #1/a%20b.mp3", Some("a%20b"));
    check("", "/elsewhere/single.mp3", Some("single"));
    check("", "/music/Queen/Opera/03 Gone.mp3", None);
    // Many albums have a file of that name: the folders must agree.
    check("", "/x/Other Artist/Other Album/01 Tie.mp3", None);
    check("", "../../../..", None);
    check("", "%", None);
}

#[test]
fn entries_without_a_track_stay_and_are_found_by_a_later_scan() {
    let mut library = library();
    let text =
        "#EXTM3U\r\n#PLAYLIST:Mix\r\n#EXTINF:100,Artist - New\r\nD:\\Lost\\New.mp3\r\n/music/single.mp3\r\n";
    let (list, matched, unmatched) = import(&mut library, "", text);
    assert_eq!(
        (matched, unmatched),
        (1, vec![(4, "D:\\Lost\\New.mp3".to_owned())])
    );
    assert_eq!(&*library.get::<PlaylistName>(list).unwrap().0, "Mix");
    assert_eq!(titles(&mut library, list), ["[D:\\Lost\\New.mp3]", "single"]);
    assert_eq!(totals(&library, list).unmatched, 1);
    let written = export(&mut library, list, "/music");
    assert_eq!(
        written,
        "#EXTM3U\n#PLAYLIST:Mix\n#EXTINF:100,Artist - New\nD:\\Lost\\New.mp3\n#EXTINF:100,Artist - single\nsingle.mp3\n"
    );
    let before = totals(&library, list).version;
    let more: Vec<&str> = FILES.iter().copied().chain(["Lost/New.mp3"]).collect();
    sync(&mut library, ProviderId(1), &more);
    library.tick();
    assert_eq!(titles(&mut library, list), ["New", "single"]);
    let after = totals(&library, list);
    assert!(after.unmatched == 0 && after.version != before);
    let stream = PlaylistRequest::Import {
        name: "x".into(),
        folder: String::new(),
        bytes: b"#EXTM3U\n#EXT-X-VERSION:3\n".into(),
    };
    assert!(matches!(
        ask(&mut library, stream),
        Err(RequestError::Invalid { .. })
    ));
}

fn export(library: &mut TestLibrary, playlist: PlaylistId, folder: &str) -> String {
    let request = PlaylistRequest::Export {
        playlist,
        folder: folder.into(),
    };
    match ask(library, request) {
        Ok(Response::Document(bytes)) => String::from_utf8(bytes).unwrap(),
        other => panic!("not exported: {other:?}"),
    }
}

#[test]
fn what_is_exported_comes_back_the_same_from_any_folder() {
    let mut library = library();
    let list = create(&mut library, "All", None);
    let request = PlaylistRequest::InsertQuery {
        playlist: list,
        query: "sort:title".into(),
        before: None,
    };
    ask(&mut library, request).unwrap();
    let expected = titles(&mut library, list);
    assert_eq!(expected.len(), FILES.len());
    for folder in ["", "/music", "/music/Queen/Opera", "/home/me", "C:\\Lists"] {
        let text = export(&mut library, list, folder);
        assert!(
            text.lines()
                .filter(|line| !line.starts_with('#'))
                .all(|path| { folder.is_empty() || folder.starts_with('C') || !path.starts_with('/') })
        );
        let (again, matched, unmatched) = import(&mut library, folder, &text);
        assert_eq!((matched, unmatched), (6, Vec::new()), "{folder}: {text}");
        assert_eq!(titles(&mut library, again), expected);
    }
}

#[test]
fn tracks_that_go_with_their_folder_are_found_when_it_comes_back() {
    let mut library = library();
    let list = create(&mut library, "Run", None);
    insert(&mut library, list, &[3, 6, 3], None);
    let provider = ProviderId(1);
    library.ask(Request::RemoveProvider { provider }).unwrap();
    assert_eq!(
        titles(&mut library, list),
        [
            "[/music/Queen/Races/01 Tie.mp3]",
            "[/music/single.mp3]",
            "[/music/Queen/Races/01 Tie.mp3]"
        ]
    );
    let folder = library.folder("/elsewhere");
    sync(&mut library, folder, &FILES);
    library.tick();
    assert_eq!(titles(&mut library, list), ["01 Tie", "single", "01 Tie"]);
    assert_eq!(ids(&mut library, list), [1, 2, 3]);
}

#[test]
fn a_query_finds_what_stands_in_a_playlist() {
    let mut library = library();
    let list = create(&mut library, "Long Runs", None);
    insert(&mut library, list, &[2, 3, 2], None);
    let smart = |query: &str| {
        Some(SmartQuery {
            query: query.into(),
            limit: 0,
        })
    };
    create(&mut library, "Two", smart("playlist:1 title:lazing"));
    create(&mut library, "Round", smart("playlist:round"));
    let mut check = |query: &str, expected: &[u64]| {
        let found = segue_systems::query::tracks(&mut library.world, query).unwrap();
        let ids: Vec<u64> = found.iter().map(|track| track.0).collect();
        assert_eq!(ids, expected, "{query}");
    };
    check("playlist:\"long runs\" sort:id", &[2, 3]);
    check("playlist:1 -title:lazing", &[3]);
    check("playlist:two", &[2]);
    check("-playlist:1 playlist:two", &[]);
    check("playlist:long", &[]);
    check("playlist:99", &[]);
    check("playlist:round", &[]);
    check("-playlist:1 sort:id", &[1, 4, 5, 6]);
    // What was found before an edit is found anew after it.
    insert(&mut library, list, &[6], None);
    let find = |library: &mut TestLibrary, query: &str| -> Vec<u64> {
        let found = segue_systems::query::tracks(&mut library.world, query).unwrap();
        found.iter().map(|track| track.0).collect()
    };
    assert_eq!(find(&mut library, "-playlist:1 sort:id"), [1, 4, 5]);
    ask(&mut library, PlaylistRequest::Delete { playlist: list }).unwrap();
    assert_eq!(find(&mut library, "-playlist:1 sort:id"), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn random_operations_keep_ids_apart_and_totals_true() {
    use segue_systems::persist::testing::model::Random;
    let mut library = library();
    let list = create(&mut library, "Run", None);
    let random = &mut Random::new(5);
    let mut number = |most: u64| u32::try_from(random.below(most)).unwrap();
    for _ in 0..400 {
        let before = (number(2) > 0).then(|| number(30));
        let entries: Vec<u32> = (0..number(4)).map(|_| number(30)).collect();
        let request = match number(4) {
            0 => PlaylistRequest::Insert {
                playlist: list,
                tracks: entries
                    .iter()
                    .map(|&entry| TrackId(u64::from(entry % 6) + 1))
                    .collect(),
                before,
            },
            1 => PlaylistRequest::Move {
                playlist: list,
                entries,
                before,
            },
            2 => PlaylistRequest::Remove {
                playlist: list,
                entries,
            },
            _ => PlaylistRequest::Undo { playlist: list },
        };
        let is_undo = matches!(request, PlaylistRequest::Undo { .. });
        drop(ask(&mut library, request));
        if library.get::<PlaylistName>(list).is_none() {
            assert!(is_undo, "only taking back its making ends it");
            ask(&mut library, PlaylistRequest::Undo { playlist: list }).unwrap();
        }
        let ids = ids(&mut library, list);
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), ids.len());
        let totals = totals(&library, list);
        assert_eq!(totals.entries as usize, ids.len());
        assert_eq!(totals.duration, ids.len() as u64 * 100_000);
    }
}

fn changed(before: &Disk, after: &Disk) -> Vec<(u16, u32, usize)> {
    let pages = after.pages.iter();
    let changed = pages.filter(|(key, bytes)| *key != COPY && before.pages.get(*key) != Some(*bytes));
    changed
        .map(|(PageKey { table, page }, bytes)| (table, page, bytes.len()))
        .collect()
}

#[test]
fn a_listen_and_an_edit_write_what_they_touch_and_no_more() {
    let store = MemoryStore::default();
    let mut library = Library::open(store.clone());
    library.fill(300);
    let listen = |at: u64| Listen {
        at: 1_700_000_000_000 + at * 240_000,
        track: TrackId(1 + at % 300),
        heard: 230_000,
        counted: true,
    };
    for at in 0..1_000 {
        history::log(&mut library.world, listen(at));
    }
    let times = PlaylistTimes::default();
    let lists: Vec<PlaylistId> = (0..3)
        .map(|_| {
            let items = (0..1_000).map(|track| EntryItem::Track(TrackId(1 + track % 300)));
            playlist::make(&mut library.world, "Long", None, times, items.collect())
        })
        .collect();
    library.flush().unwrap();
    let before = store.disk();
    history::log(&mut library.world, listen(1_000));
    library.flush().unwrap();
    let pages = changed(&before, &store.disk());
    assert!(
        matches!(pages[..], [(11, 3, bytes)] if bytes < 3_000),
        "{pages:?}"
    );
    let before = store.disk();
    let list = playlist::entries(&library.world, lists[1]);
    let list = playlist::edit::remove(&list, &[7]);
    catalog::set(&mut library.world, EntriesId::of(lists[1]), list);
    library.flush().unwrap();
    let pages = changed(&before, &store.disk());
    assert!(
        matches!(pages[..], [(10, 1, bytes)] if bytes < 3_000),
        "{pages:?}"
    );
    let mut again = Library::open(store);
    assert_eq!(history::window(&again.world, 0, 1), (1_001, vec![listen(1_000)]));
    assert_eq!(playlist::entries(&again.world, lists[1]).entries.len(), 999);
    assert_eq!(again.snapshot().len(), library.snapshot().len());
}
