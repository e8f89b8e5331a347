//! The corpora of `systems/fuzz`, replayed: bytes that once led somewhere new, and some that did harm.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use std::path::Path;

use segue_systems::persist::testing::edits::Random;
use segue_systems::testing::fuzz;

/// Runs every file of a corpus, and some that chance makes of each.
#[track_caller]
fn replay(name: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 10, "{} files of {name}", files.len());
    let corpus: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    let random = &mut Random::new(1);
    for bytes in &corpus {
        run(bytes);
        for _ in 0..4 {
            let mut mutated = bytes.clone();
            fuzz::mutate(&mut mutated, &corpus[random.place(corpus.len())], random);
            run(&mutated);
        }
    }
}

#[test]
fn no_page_of_the_corpus_does_harm() {
    replay("page", fuzz::page);
}

#[test]
fn no_frame_of_the_corpus_does_harm() {
    replay("frame", fuzz::frame);
}

#[test]
fn no_playlist_file_of_the_corpus_does_harm() {
    fuzz::m3u(b"");
    replay("m3u", fuzz::m3u);
}

#[test]
fn no_query_of_the_corpus_does_harm() {
    fuzz::query(b"");
    replay("query", fuzz::query);
}
