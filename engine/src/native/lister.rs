//! Lists folders of this machine on a thread of its own.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use crossbeam_channel::Receiver;
use segue_components::id::JobId;
use segue_components::provider::ProviderKind;
use segue_components::sync_job::FileFailure;
use segue_systems::scan::work::{ListRequest, ListedFile, Listing};
use walkdir::{DirEntry, WalkDir};

use super::path::{spell, unspell};
use crate::library::Inlet;

/// Endings of files that are looked at, in lower case. Some of them no decoder here reads: such a file is
/// named among the failures rather than silently not there.
const AUDIO: [&str; 26] = [
    "mp3", "mp2", "flac", "fla", "ogg", "oga", "opus", "m4a", "m4b", "mp4", "aac", "alac", "wav", "wave",
    "aif", "aiff", "aifc", "wma", "ape", "wv", "mpc", "tta", "dsf", "dff", "spx", "mka",
];

/// How many files a page holds.
const PAGE: usize = 256;

/// Whether a file of this name may hold music.
#[must_use]
pub fn is_audio(name: &Path) -> bool {
    let Some(extension) = name.extension() else {
        return false;
    };
    let extension = extension.to_string_lossy().to_ascii_lowercase();
    // macOS leaves `._name.mp3` beside files on foreign disks: resource forks, not music.
    let resource_fork = name
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"._"));
    AUDIO.contains(&extension.as_str()) && !resource_fork
}

/// Serves listings until the library closes its end.
pub(crate) fn serve(requests: &Receiver<ListRequest>, answers: &Inlet<Listing>) {
    let cancelled: Arc<Mutex<HashSet<JobId>>> = Arc::default();
    std::thread::scope(|scope| {
        for request in requests {
            match request {
                ListRequest::Start { job, kind } => {
                    lock(&cancelled).remove(&job);
                    let cancelled = Arc::clone(&cancelled);
                    scope.spawn(move || list(job, &kind, answers, &|| lock(&cancelled).contains(&job)));
                }
                ListRequest::Cancel { job } => {
                    lock(&cancelled).insert(job);
                }
            }
        }
    });
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn list(job: JobId, kind: &ProviderKind, answers: &Inlet<Listing>, is_cancelled: &dyn Fn() -> bool) {
    let failed = |error: String| answers.send(Listing::Failed { job, error });
    let ProviderKind::Folder { path } = kind else {
        failed("this provider can only be listed in a browser".to_owned());
        return;
    };
    let Some(root) = unspell(path) else {
        failed(format!("{path} is not a path of this machine"));
        return;
    };
    if let Err(error) = std::fs::read_dir(&root) {
        failed(format!("the folder {} cannot be read: {error}", root.display()));
        return;
    }
    let mut page = Page {
        job,
        files: Vec::new(),
        failures: Vec::new(),
        answers,
    };
    for entry in WalkDir::new(&root).follow_links(true).sort_by_file_name() {
        if is_cancelled() {
            return;
        }
        match entry {
            Ok(entry) => page.entry(&root, &entry),
            Err(error) => page.failure(&root, &error),
        }
    }
    // A folder on a disk that was pulled out looks like an empty one from where the walk stands.
    if let Err(error) = std::fs::read_dir(&root) {
        failed(format!("the folder {} went away: {error}", root.display()));
        return;
    }
    page.send();
    answers.send(Listing::Done { job });
}

struct Page<'a> {
    job: JobId,
    files: Vec<ListedFile>,
    failures: Vec<FileFailure>,
    answers: &'a Inlet<Listing>,
}

impl Page<'_> {
    fn entry(&mut self, root: &Path, entry: &DirEntry) {
        if entry.file_type().is_dir() || !is_audio(entry.path()) {
            return;
        }
        let path = spell(entry.path().strip_prefix(root).unwrap_or(entry.path()));
        match entry.metadata() {
            Ok(metadata) if metadata.is_file() => {
                let modified = metadata
                    .modified()
                    .ok()
                    .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                let modified =
                    modified.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX));
                self.files.push(ListedFile {
                    path,
                    size: metadata.len(),
                    modified,
                });
            }
            // A pipe or a device by the name of a song: reading it could wait for ever.
            Ok(_) => self.failures.push(FileFailure {
                path,
                error: "this is not a plain file".to_owned(),
            }),
            Err(error) => self.failures.push(FileFailure {
                path,
                error: error.to_string(),
            }),
        }
        if self.files.len() >= PAGE {
            self.send();
        }
    }

    fn failure(&mut self, root: &Path, error: &walkdir::Error) {
        let path = error
            .path()
            .map(|path| spell(path.strip_prefix(root).unwrap_or(path)))
            .unwrap_or_default();
        let reason = match (error.loop_ancestor(), error.io_error()) {
            (Some(ancestor), _) => format!("this link leads back to {}", ancestor.display()),
            (None, Some(error)) => error.to_string(),
            (None, None) => error.to_string(),
        };
        self.failures.push(FileFailure { path, error: reason });
    }

    fn send(&mut self) {
        let files = std::mem::take(&mut self.files);
        let failures = std::mem::take(&mut self.failures);
        self.answers.send(Listing::Page {
            job: self.job,
            files,
            failures,
        });
    }
}
