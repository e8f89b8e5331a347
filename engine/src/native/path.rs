//! Paths of this machine as the library spells them.
//!
//! A [`Location`](segue_components::file::Location) holds text with `/` between parts. Names of files are
//! bytes on Unix and possibly broken UTF-16 on Windows, so what is not text is escaped, and every name has
//! exactly one spelling that opens the same file again.

use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};

/// Spells a path below a root: parts joined by `/`, `\` as `\\`, and bytes that are not UTF-8 as `\xNN`.
#[must_use]
pub fn spell(path: &Path) -> String {
    let mut spelled = String::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => {
                if !spelled.is_empty() && !spelled.ends_with('/') {
                    spelled.push('/');
                }
                spell_name(name, &mut spelled);
            }
            Component::RootDir => spelled.push('/'),
            Component::Prefix(prefix) => spell_name(prefix.as_os_str(), &mut spelled),
            Component::CurDir => {}
            Component::ParentDir => {
                if !spelled.is_empty() && !spelled.ends_with('/') {
                    spelled.push('/');
                }
                spelled.push_str("..");
            }
        }
    }
    spelled
}

fn spell_name(name: &OsStr, out: &mut String) {
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            if character == '\\' {
                out.push('\\');
            }
            out.push(character);
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
}

/// The path that [`spell`] spelled, relative or absolute as it was. `None` if it never spells this: such text
/// comes from a damaged or foreign library, and must not lead anywhere.
#[must_use]
pub fn unspell(spelled: &str) -> Option<PathBuf> {
    let mut path = PathBuf::new();
    if spelled.starts_with('/') {
        path.push("/");
    }
    for part in spelled.split('/').filter(|part| !part.is_empty()) {
        if part == ".." || part == "." {
            return None;
        }
        path.push(unspell_name(part)?);
    }
    Some(path)
}

fn unspell_name(part: &str) -> Option<OsString> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    let mut escaped = false;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.split_first()? {
            (b'\\', after) => {
                bytes.push(b'\\');
                rest = after;
            }
            (b'x', after) => {
                let digits = std::str::from_utf8(after.get(..2)?).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = after.get(2..)?;
                escaped = true;
            }
            _ => return None,
        }
    }
    os_string(bytes, escaped)
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>, _escaped: bool) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>, escaped: bool) -> Option<OsString> {
    // Broken UTF-16 has no safe way back from its encoded bytes; such files are listed and not opened.
    if escaped {
        None
    } else {
        String::from_utf8(bytes).ok().map(OsString::from)
    }
}

/// A spelled path as people read it: escapes undone where that gives text.
#[must_use]
pub fn show(spelled: &str) -> String {
    match unspell(spelled) {
        Some(path) => path.to_str().map_or_else(|| spelled.to_owned(), str::to_owned),
        None => spelled.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &Path, spelled: &str) {
        assert_eq!(spell(path), spelled);
        assert_eq!(unspell(spelled).as_deref(), Some(path));
    }

    #[test]
    fn every_name_has_one_spelling_and_comes_back() {
        check(Path::new("a/b c/ä.mp3"), "a/b c/ä.mp3");
        check(Path::new("/music/x.flac"), "/music/x.flac");
        check(Path::new("/"), "/");
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_text_are_escaped() {
        use std::os::unix::ffi::OsStrExt;
        check(Path::new(OsStr::from_bytes(b"caf\xe9/1.mp3")), "caf\\xe9/1.mp3");
        check(Path::new("AC\\DC/\\xe9.mp3"), "AC\\\\DC/\\\\xe9.mp3");
        assert_eq!(show("AC\\\\DC"), "AC\\DC");
        assert_eq!(show("caf\\xe9"), "caf\\xe9");
    }

    #[test]
    fn what_was_never_spelled_leads_nowhere() {
        for bad in [
            "../x", "a/../b", "a/./b", "a\\", "a\\q", "a\\x", "a\\xg1", "a\\x1ä",
        ] {
            assert_eq!(unspell(bad), None, "{bad}");
        }
    }
}
