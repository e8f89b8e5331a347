//! Folders of real music for tests.

use std::fs;
use std::path::{Path, PathBuf};

/// Puts copies of the small test files into a folder, each under a name of its own.
///
/// # Panics
/// If there are no test files, or the folder cannot be written.
pub fn copies(folder: &Path, number: usize) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../audio/tests/data/tags");
    let mut sources = Vec::new();
    find(&data, &mut sources);
    sources.sort();
    assert!(!sources.is_empty(), "there are test files");
    for index in 0..number {
        let source = &sources[index % sources.len()];
        let name = source
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let copied = fs::copy(source, folder.join(format!("{index:04}-{name}")));
        copied.expect("the folder can be written");
    }
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("the folder of test files can be read");
    for path in entries.flatten().map(|entry| entry.path()) {
        let is_music = |known: &&str| path.extension().is_some_and(|extension| extension == *known);
        if path.is_dir() {
            find(&path, found);
        } else if ["mp3", "flac", "ogg", "m4a", "wav"].iter().any(is_music) {
            found.push(path);
        }
    }
}
