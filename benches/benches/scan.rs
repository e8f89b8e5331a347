//! A folder of 10,000 real small files: scanned into a new library, and once more when nothing has changed.
//!
//! The files are copies of the tagged ones that the tests of `segue-audio` read, so the disk's cache holds them:
//! cold means that the library knows nothing of them yet.

use std::fs;
use std::path::{Path, PathBuf};

use segue::components::sync_job::JobState;
use segue::{Engine, Output};
use segue_benches::measure::Bench;

const FILES: usize = 10_000;
const RUNS: usize = 5;

fn main() {
    let bench = Bench::from_args();
    if !bench.wants("scan_cold_10k") && !bench.wants("scan_warm_10k") {
        return;
    }
    let place = tempfile::tempdir().expect("a folder for the music and the libraries");
    let music = place.path().join("music");
    lay_out(&music);
    let library = |run: usize| place.path().join(format!("{run}.redb"));
    let mut tracks = 0;
    let mut run = 0;
    bench.rate(
        "scan_cold_10k",
        RUNS,
        "tracks/s",
        || {
            run += 1;
            open(&library(run))
        },
        |engine| {
            tracks = scan(engine, &music);
            tracks
        },
    );
    let known = library(0);
    scan(&mut open(&known), &music);
    bench.rate(
        "scan_warm_10k",
        RUNS,
        "tracks/s",
        || open(&known),
        |engine| scan(engine, &music),
    );
}

fn open(library: &Path) -> Engine {
    let engine = Engine::builder().library(library).output(Output::Null).open();
    engine.expect("a library in a folder of our own opens")
}

/// Scans and waits until all is stored; how many tracks there are.
fn scan(engine: &mut Engine, music: &Path) -> u32 {
    let folder = engine.add_folder(music).expect("it is a folder");
    let job = engine.start_sync(folder).expect("it can be listed");
    let outcome = engine.wait_for_sync(job, |_| {}).expect("the library runs");
    assert_eq!(outcome.state, JobState::Done, "the scan ended well");
    engine
        .ask(segue::components::intent::Request::Flush)
        .expect("there is room");
    engine.totals().expect("the library runs").tracks
}

/// Copies tagged files until there are enough, forty to a folder.
fn lay_out(music: &Path) {
    let mut sources = Vec::new();
    find(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../audio/tests/data"),
        &mut sources,
    );
    sources.sort();
    for number in 0..FILES {
        let folder = music.join(format!("{:03}", number / 40));
        if number % 40 == 0 {
            fs::create_dir_all(&folder).expect("a new folder");
        }
        let source = &sources[number % sources.len()];
        let ending = source
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        fs::copy(source, folder.join(format!("{number:05}.{ending}"))).expect("a copy");
    }
}

/// The small files below a folder that a scan takes for music.
fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    const MOST_BYTES: u64 = 64 << 10;
    for entry in fs::read_dir(folder).expect("the tests have files").flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, found);
        } else if ["mp3", "flac", "ogg", "m4a"]
            .iter()
            .any(|ending| path.extension().is_some_and(|of| of == *ending))
            && entry
                .metadata()
                .is_ok_and(|data| (1_000..MOST_BYTES).contains(&data.len()))
        {
            found.push(path);
        }
    }
}
