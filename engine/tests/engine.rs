//! The handle that a program holds, over real files.

#![cfg(feature = "native")]

use std::fs;
use std::path::Path;

use segue::components::artwork::ContentHash;
use segue::components::id::ArtworkId;
use segue::components::intent::Request;
use segue::components::report::Response;
use segue::{Engine, Output};

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
