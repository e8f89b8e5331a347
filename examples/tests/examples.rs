//! The examples do what they say.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The example as it was built beside this test.
fn example(name: &str) -> Command {
    let test = std::env::current_exe().expect("a test is a file");
    let profile = test
        .parent()
        .and_then(Path::parent)
        .expect("below target/debug/deps");
    Command::new(
        profile
            .join("examples")
            .join(name)
            .with_extension(std::env::consts::EXE_EXTENSION),
    )
}

#[test]
fn headless_plays_a_folder_to_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let song = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../audio/tests/data/a.flac");
    std::fs::copy(song, folder.path().join("a.flac")).expect("a copy");
    let ended = example("headless").arg(folder.path()).output().expect("it runs");
    let told = String::from_utf8_lossy(&ended.stdout).into_owned();
    let lines: Vec<&str> = told.lines().collect();
    assert!(
        ended.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    assert_eq!(lines.len(), 2, "{told}");
    assert!(lines[0].starts_with("1 tracks on "), "{told}");
}
