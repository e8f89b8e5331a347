//! The handle that a program holds, over real files.

#![cfg(feature = "native")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use segue::components::artwork::ContentHash;
use segue::components::id::{ArtworkId, Noun, TrackId};
use segue::components::intent::Request;
use segue::components::report::{RequestError, Response};
use segue::{Engine, EngineError, Output};

#[test]
fn a_picture_comes_as_a_thumbnail_and_as_it_stands_in_its_file() {
    let music = tempfile::tempdir().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../audio/tests/data/tags/tinytag/files/wav_with_image.wav");
    let file = music.path().join("song.wav");
    fs::copy(source, &file).unwrap();
    let mut engine = Engine::builder().output(Output::Null).open().unwrap();
    let folder = engine.add_folder(music.path()).unwrap();
    let job = engine.start_sync(folder).unwrap();
    engine.wait_for_sync(job, |_| {}).unwrap();
    let row = engine.query("", 0..1).unwrap().rows.remove(0);
    let artwork = ArtworkId(row.artwork_id);
    let mut get = |original| match engine.ask(Request::GetArtwork { artwork, original }).unwrap() {
        Response::Artwork(picture) => picture,
        other => panic!("another answer: {other:?}"),
    };
    let thumbnail = get(false).unwrap();
    assert_eq!(thumbnail.mime, "image/jpeg");
    let original = get(true).unwrap();
    let stored = fs::read(&file).unwrap();
    let stands = stored
        .windows(original.bytes.len())
        .any(|bytes| bytes == original.bytes);
    assert!(stands, "byte by byte as in the file");
    assert_ne!(
        ContentHash::of(&original.bytes),
        ContentHash::of(&thumbnail.bytes)
    );
    fs::remove_file(&file).unwrap();
    let gone = engine.ask(Request::GetArtwork {
        artwork,
        original: true,
    });
    assert!(gone.is_err(), "a file that is gone is said to be so: {gone:?}");
    engine.close().unwrap();
}

#[test]
fn a_reader_sees_one_moment_until_it_looks_again_and_is_refused_what_it_would_change() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    fs::create_dir(&music).unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../audio/tests/data/tags/tinytag/files");
    fs::copy(data.join("wav_with_image.wav"), music.join("song.wav")).unwrap();
    let library = folder.path().join("library.segue");
    let open = || Engine::builder().library(&library).output(Output::Null);
    let mut owner = open().open().unwrap();
    let provider = owner.add_folder(&music).unwrap();
    let job = owner.start_sync(provider).unwrap();
    owner.wait_for_sync(job, |_| {}).unwrap();
    owner.ask(Request::Flush).unwrap();
    let refused = open().open().unwrap_err();
    assert!(
        matches!(&refused, EngineError::Held { by } if by.contains(&std::process::id().to_string())),
        "{refused}"
    );

    let mut reader = open().read_only().open().unwrap();
    let view = reader
        .client_mut()
        .remote_mut()
        .open_view(Noun::Track, "rating:4", 0, 10);
    let row = reader.query("", 0..10).unwrap().rows.remove(0);
    let rate = Request::Rate {
        track: TrackId(row.id),
        stars: 4,
    };
    let answer = reader.ask(rate.clone()).unwrap_err();
    assert!(
        matches!(answer, EngineError::Request(RequestError::ReadOnly { .. })),
        "{answer}"
    );
    let rows = |reader: &mut Engine| reader.query("rating:4", 0..10).unwrap().total;
    for stars in [4, 0, 4] {
        let track = TrackId(row.id);
        owner.ask(Request::Rate { track, stars }).unwrap();
        owner.ask(Request::Flush).unwrap();
        let before = rows(&mut reader);
        assert_eq!(rows(&mut reader), before, "a reader sees one moment");
        reader.refresh().unwrap();
        assert_eq!(rows(&mut reader), u32::from(stars > 0));
    }
    while reader.client().view(view).is_none_or(|view| view.total != 1) {
        reader.next_event(Duration::from_secs(1)).unwrap();
    }
    reader.close().unwrap();
    // A reader that stays keeps nobody from owning the library next.
    let reader = open().read_only().open().unwrap();
    owner.close().unwrap();
    open().open().unwrap().close().unwrap();
    reader.close().unwrap();
}

#[test]
fn a_row_is_found_in_a_view_and_followed_wherever_it_goes() {
    let music = tempfile::tempdir().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../audio/tests/data/a.flac");
    for number in 0..30 {
        fs::copy(&source, music.path().join(format!("{number:02}.flac"))).unwrap();
    }
    let mut engine = Engine::builder().output(Output::Null).open().unwrap();
    let folder = engine.add_folder(music.path()).unwrap();
    let job = engine.start_sync(folder).unwrap();
    engine.wait_for_sync(job, |_| {}).unwrap();
    let rows = engine.query("sort:-rating,filename", 0..30).unwrap().rows;
    let id = rows[20].id;
    let view = engine
        .client_mut()
        .remote_mut()
        .open_view(Noun::Track, "sort:-rating,filename", 0, 5);
    let locate = |engine: &mut Engine, id| engine.ask(Request::Locate { view, id });
    assert_eq!(locate(&mut engine, id), Ok(Response::Position(Some(20))));
    assert_eq!(locate(&mut engine, 4_711), Ok(Response::Position(None)));
    engine.client_mut().remote_mut().follow(view, Some(id));
    let wait = |engine: &mut Engine, place: Option<u32>| {
        for _ in 0..1_000 {
            if engine.client().view(view).unwrap().followed == place {
                return;
            }
            engine.next_event(Duration::from_millis(100)).unwrap();
        }
        panic!("it is never told to be at {place:?}");
    };
    wait(&mut engine, Some(20));
    // Others move before it, it moves itself, it leaves the result, and comes back.
    engine
        .rate(&[TrackId(rows[25].id), TrackId(rows[28].id)], 2)
        .unwrap();
    wait(&mut engine, Some(22));
    engine.rate(&[TrackId(id)], 5).unwrap();
    wait(&mut engine, Some(0));
    engine.client_mut().remote_mut().set_query(view, "rating:2");
    wait(&mut engine, None);
    engine
        .client_mut()
        .remote_mut()
        .set_query(view, "rating:>0 sort:rating");
    wait(&mut engine, Some(2));
    engine.rate(&[TrackId(id)], 0).unwrap();
    wait(&mut engine, None);
    engine.client_mut().remote_mut().follow(view, None);
    engine.close().unwrap();
}
