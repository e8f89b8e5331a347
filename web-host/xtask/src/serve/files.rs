//! Files of one folder over HTTP: names made safe, kinds, validators, ranges, pre-compressed forms.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::request::{Request, Wanted};
use super::response::Response;
use crate::compress::sibling;

/// Why a name leads to no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It points out of the folder, by `..` or by a link.
    Outside,
    /// There is no such file.
    Missing,
    /// The system does not let us read it.
    Unreadable,
}

impl Refusal {
    /// The answer that says so.
    pub fn response(self) -> Response {
        match self {
            Self::Outside => Response::refusal(403, "the name leads out of the folder"),
            Self::Missing => Response::refusal(404, "no such file"),
            Self::Unreadable => Response::refusal(403, "the file cannot be read"),
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::Unreadable,
            _ => Self::Missing,
        }
    }
}

/// The bytes that a percent-encoded path stands for; `None` where a `%` is not followed by two hex digits.
pub fn decode_path(path: &str) -> Option<Vec<u8>> {
    let mut bytes = path.bytes();
    let mut decoded = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            plain => plain,
        });
    }
    Some(decoded)
}

/// The file that `name` (decoded, relative) means below `root`, links followed.
///
/// # Errors
///
/// The name leads out of the folder, or to nothing that can be read.
pub fn resolve(root: &Path, name: &[u8]) -> Result<PathBuf, Refusal> {
    let relative = PathBuf::from(os_string(name).ok_or(Refusal::Missing)?);
    if name.contains(&0) || (cfg!(windows) && name.iter().any(|byte| matches!(byte, b'\\' | b':'))) {
        return Err(Refusal::Outside);
    }
    if !relative
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
    {
        return Err(Refusal::Outside);
    }
    let real_root = fs::canonicalize(root)?;
    let real = fs::canonicalize(real_root.join(relative))?;
    if real.starts_with(&real_root) {
        Ok(real)
    } else {
        Err(Refusal::Outside)
    }
}

/// Answers with the file `name` below `root`; a folder answers with its `index.html`.
pub fn answer(request: &Request, root: &Path, name: &[u8]) -> Response {
    let found = resolve(root, name).and_then(|path| match path.is_dir() {
        // With a dot in front, so that the folder itself, which has no name, leads to no absolute path.
        true => resolve(root, &[b"./", name, b"/index.html"].concat()),
        false => Ok(path),
    });
    let path = match found {
        Ok(path) => path,
        Err(refusal) => return refusal.response(),
    };
    let packed =
        [("br", "br"), ("gzip", "gz")].map(|(coding, extension)| (coding, sibling(&path, extension)));
    let mut packed = packed.into_iter().filter(|(_, file)| file.is_file()).peekable();
    if packed.peek().is_none() {
        return send(request, &path, mime_type(&path));
    }
    // Ranges count the bytes of the file itself, so they are never of a compressed form.
    let taken =
        packed.find(|(coding, _)| request.header("range").is_none() && request.accepts_coding(coding));
    let response = match taken {
        Some((coding, file)) => send(request, &file, mime_type(&path)).header("Content-Encoding", coding),
        None => send(request, &path, mime_type(&path)),
    };
    response.header("Vary", "Accept-Encoding")
}

/// Answers with the file at `path`, which was resolved before: whole, in part, or not at all if it is known.
pub fn send(request: &Request, path: &Path, mime: &str) -> Response {
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
    let (meta, file) = match opened {
        Ok((meta, file)) if meta.is_file() => (meta, file),
        Ok(_) => return Refusal::Missing.response(),
        Err(error) => return Refusal::from(error).response(),
    };
    let (length, etag) = (meta.len(), entity_tag(&meta));
    if is_known(request, &etag) {
        return Response::not_modified(&etag);
    }
    let response = match request.wanted(length, &etag) {
        Wanted::Whole => Response::part(200, mime, file, 0, length),
        Wanted::Part { start, end } => Response::part(206, mime, file, start, end - start)
            .header("Content-Range", format!("bytes {start}-{}/{length}", end - 1)),
        Wanted::Nothing => {
            return Response::refusal(416, "the range has nothing of the file in it")
                .header("Content-Range", format!("bytes */{length}"));
        }
    };
    // Kept, and asked about every time: a 304 on loopback is quick, and a rebuilt page shows at once.
    response
        .header("ETag", etag)
        .header("Cache-Control", "no-cache")
        .header("Accept-Ranges", "bytes")
}

/// Whether the other side has this very version.
pub fn is_known(request: &Request, etag: &str) -> bool {
    request.header("if-none-match").is_some_and(|known| {
        known
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|tag| tag == etag || tag == "*")
    })
}

fn entity_tag(meta: &Metadata) -> String {
    let modified = meta
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!(
        "\"{:x}-{:x}\"",
        meta.len(),
        modified.unwrap_or_default().as_nanos()
    )
}

/// The media type by the file's extension.
pub fn mime_type(path: &Path) -> &'static str {
    let extension = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    match extension.as_str() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" | "ts" => "text/plain; charset=utf-8",
        "mp1" | "mp2" | "mp3" => "audio/mpeg",
        "flac" => "audio/flac",
        "ogg" | "oga" | "opus" | "spx" => "audio/ogg",
        "m4a" | "m4b" | "m4r" | "mp4" => "audio/mp4",
        "aac" => "audio/aac",
        "wav" | "wave" | "bwf" => "audio/wav",
        "aif" | "aiff" | "aifc" => "audio/aiff",
        "webm" => "audio/webm",
        "mka" => "audio/x-matroska",
        _ => "application/octet-stream",
    }
}

#[cfg(unix)]
fn os_string(name: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(name.to_vec()))
}

#[cfg(not(unix))]
fn os_string(name: &[u8]) -> Option<OsString> {
    str::from_utf8(name).ok().map(OsString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_decode_to_bytes() {
        assert_eq!(decode_path("/a%20b/%C3%A9.ogg").unwrap(), "/a b/é.ogg".as_bytes());
        assert_eq!(decode_path("/%ff").unwrap(), b"/\xff");
        assert_eq!(decode_path("/100%"), None);
        assert_eq!(decode_path("/%zz"), None);
        assert_eq!(decode_path("/%+1"), None);
    }

    #[test]
    fn names_that_climb_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.ogg"), "x").unwrap();
        assert!(resolve(dir.path(), b"a.ogg").is_ok());
        assert!(resolve(dir.path(), b"./a.ogg").is_ok());
        for name in [
            &b"../a.ogg"[..],
            b"sub/../../a.ogg",
            b"/etc/hosts",
            b"a\0.ogg",
            b"..",
        ] {
            assert_eq!(
                resolve(dir.path(), name),
                Err(Refusal::Outside),
                "{}",
                name.escape_ascii()
            );
        }
        assert_eq!(resolve(dir.path(), b"missing.ogg"), Err(Refusal::Missing));
    }
}
