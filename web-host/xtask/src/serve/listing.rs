//! Lists the audio files and cover images of a folder tree, links followed only inside it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::Serialize;

/// Extensions of files that hold sound, whether we can decode them or not: what we cannot is said by name.
const AUDIO: [&str; 34] = [
    "aac", "aif", "aifc", "aiff", "alac", "ape", "bwf", "caf", "dff", "dsf", "flac", "m4a", "m4b", "m4r",
    "mka", "mp1", "mp2", "mp3", "mp4", "mpc", "mpga", "oga", "ogg", "ogx", "opus", "spx", "tak", "tta",
    "w64", "wav", "wave", "webm", "wma", "wv",
];

/// Extensions of pictures that lie beside the music.
const IMAGES: [&str; 4] = ["jpeg", "jpg", "png", "webp"];

/// What a file in a music folder is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sound.
    Audio,
    /// A picture that may be a cover.
    Image,
}

/// The kind of the file at `path`; `None` for everything else, which is neither listed nor served.
pub fn kind(path: &Path) -> Option<Kind> {
    // What macOS leaves on foreign disks: a file's metadata under the file's own extension.
    if path.file_name()?.as_encoded_bytes().starts_with(b"._") {
        return None;
    }
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    if AUDIO.contains(&extension.as_str()) {
        Some(Kind::Audio)
    } else if IMAGES.contains(&extension.as_str()) {
        Some(Kind::Image)
    } else {
        None
    }
}

/// What `/music/index.json` says.
#[derive(Debug, Default, Serialize)]
pub struct Listing {
    /// The folder's own name.
    pub name: String,
    /// Audio files, by path.
    pub files: Vec<Entry>,
    /// Pictures, by path.
    pub images: Vec<Entry>,
    /// Folders and files that could not be read, or that lead out of the folder.
    pub errors: Vec<Unlisted>,
}

/// One file.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The path below the folder, with `/` between the parts.
    pub path: String,
    /// The percent-encoded path, only where the name is not Unicode and `path` can but resemble it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Bytes.
    pub size: u64,
    /// When it was last changed, in milliseconds since 1970.
    pub mtime: u64,
}

/// Something that is not in the listing though it is there.
#[derive(Debug, Serialize)]
pub struct Unlisted {
    /// The path below the folder.
    pub path: String,
    /// Why.
    pub error: String,
}

/// Lists the tree below `root`; what cannot be read is named in `errors`, the rest goes on.
pub fn list(root: &Path) -> Listing {
    let name = fs::canonicalize(root)
        .ok()
        .and_then(|real| Some(real.file_name()?.to_string_lossy().into_owned()));
    let mut walk = Walk {
        listing: Listing::default(),
        seen: BTreeSet::new(),
        links: Vec::new(),
    };
    walk.listing.name = name.unwrap_or_else(|| "music".to_owned());
    match fs::canonicalize(root) {
        Ok(real) => walk.tree(&real),
        Err(error) => walk.note(Path::new(""), &error.to_string()),
    }
    let mut listing = walk.listing;
    listing.files.sort_by(|a, b| a.path.cmp(&b.path));
    listing.images.sort_by(|a, b| a.path.cmp(&b.path));
    listing
}

struct Walk {
    listing: Listing,
    /// Real paths of the folders that were listed: a link into one of them adds nothing, and no cycle ends never.
    seen: BTreeSet<PathBuf>,
    /// Links, followed after everything real, so that a file is listed under its own path first.
    links: Vec<PathBuf>,
}

impl Walk {
    fn tree(&mut self, root: &Path) {
        let mut folders = vec![root.to_path_buf()];
        self.seen.insert(root.to_path_buf());
        loop {
            while let Some(folder) = folders.pop() {
                self.folder(root, &folder, &mut folders);
            }
            let Some(link) = self.links.pop() else { return };
            let below = link.strip_prefix(root).unwrap_or(&link).to_path_buf();
            match fs::canonicalize(&link) {
                Err(error) => self.note(&below, &error.to_string()),
                Ok(real) if !real.starts_with(root) => self.note(&below, "the link leads out of the folder"),
                Ok(real) if real.is_dir() => {
                    if self.seen.insert(real) {
                        folders.push(link);
                    }
                }
                Ok(_) => self.file(&link, &below),
            }
        }
    }

    fn folder(&mut self, root: &Path, folder: &Path, folders: &mut Vec<PathBuf>) {
        let below = |path: &Path| path.strip_prefix(root).unwrap_or(path).to_path_buf();
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.note(&below(folder), &error.to_string()),
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.note(&below(folder), &error.to_string());
                    continue;
                }
            };
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_symlink() => self.links.push(path),
                Ok(kind) if kind.is_dir() => {
                    // By its real path: below a link it may have been listed under its own before.
                    let real = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
                    if self.seen.insert(real) {
                        folders.push(path);
                    }
                }
                Ok(_) => self.file(&path, &below(&path)),
                Err(error) => self.note(&below(&path), &error.to_string()),
            }
        }
    }

    fn file(&mut self, path: &Path, below: &Path) {
        let Some(kind) = kind(path) else { return };
        let meta = match fs::metadata(path) {
            Ok(meta) if meta.is_file() => meta,
            Ok(_) => return,
            Err(error) => return self.note(below, &error.to_string()),
        };
        let modified = meta
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let entry = Entry {
            path: slashed(below),
            url: below.to_str().is_none().then(|| encoded(below)),
            size: meta.len(),
            mtime: modified.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX)),
        };
        match kind {
            Kind::Audio => self.listing.files.push(entry),
            Kind::Image => self.listing.images.push(entry),
        }
    }

    fn note(&mut self, below: &Path, error: &str) {
        self.listing.errors.push(Unlisted {
            path: slashed(below),
            error: error.to_owned(),
        });
    }
}

fn slashed(path: &Path) -> String {
    path.iter()
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join("/")
}

/// The path as it goes into a URL: what is not a letter, a digit or `-._~` becomes `%` and two hex digits.
fn encoded(path: &Path) -> String {
    use std::fmt::Write;
    let mut url = String::new();
    for (place, part) in path.iter().enumerate() {
        if place > 0 {
            url.push('/');
        }
        for &byte in part.as_encoded_bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                url.push(char::from(byte));
            } else {
                let _ = write!(url, "%{byte:02X}"); // writing to a string cannot fail
            }
        }
    }
    url
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    fn paths(entries: &[Entry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.path.as_str()).collect()
    }

    #[test]
    fn sounds_and_pictures_are_listed_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("b/c")).unwrap();
        for name in [
            "b/c/2.FLAC",
            "b/1.mp3",
            "b/cover.JPG",
            "b/notes.txt",
            "b/._1.mp3",
            "no-extension",
        ] {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        let listing = list(dir.path());
        assert_eq!(paths(&listing.files), ["b/1.mp3", "b/c/2.FLAC"]);
        assert_eq!(paths(&listing.images), ["b/cover.JPG"]);
        assert!(listing.errors.is_empty());
        assert_eq!(listing.files[0].size, 1);
        assert!(listing.files[0].mtime > 1_600_000_000_000);
    }

    #[test]
    fn links_are_followed_inside_the_folder_only_and_cycles_end() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.mp3"), "x").unwrap();
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("a/deep")).unwrap();
        fs::write(dir.path().join("a/deep/1.mp3"), "x").unwrap();
        symlink(dir.path(), dir.path().join("a/cycle")).unwrap();
        symlink(dir.path().join("a/deep/1.mp3"), dir.path().join("also.mp3")).unwrap();
        symlink(outside.path(), dir.path().join("out")).unwrap();
        symlink(dir.path().join("nowhere"), dir.path().join("broken.mp3")).unwrap();
        let listing = list(dir.path());
        assert_eq!(paths(&listing.files), ["a/deep/1.mp3", "also.mp3"]);
        let mut errors: Vec<_> = listing.errors.iter().map(|e| e.path.as_str()).collect();
        errors.sort_unstable();
        assert_eq!(errors, ["broken.mp3", "out"]);
    }

    #[test]
    fn a_name_that_is_not_unicode_has_its_own_url() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(OsStr::from_bytes(b"caf\xe9 1.mp3")), "x").unwrap();
        let listing = list(dir.path());
        assert_eq!(listing.files[0].url.as_deref(), Some("caf%E9%201.mp3"));
        assert_eq!(listing.files[0].path, "caf\u{fffd} 1.mp3");
    }

    #[test]
    fn a_folder_that_is_gone_is_an_error_in_an_empty_listing() {
        let listing = list(Path::new("/nonexistent/music"));
        assert!(listing.files.is_empty());
        assert_eq!(listing.errors.len(), 1);
    }
}
