//! The listing of a folder on a web server: one JSON file that anyone can host.
//!
//! `index.json` in the folder is `{"files":[{"path":"A/1.mp3","size":1,"mtime":2}],"errors":[{"path":"B","error":"…"}]}`:
//! paths with `/` below the folder, sizes in bytes, times in milliseconds since 1970. Everything but the
//! path may be missing.

use segue_components::id::JobId;
use segue_components::sync_job::FileFailure;
use serde::Deserialize;

use super::work::{ListedFile, Listing};
use crate::http;
use crate::inlet::Inlet;

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    files: Vec<IndexedFile>,
    #[serde(default)]
    errors: Vec<FileFailure>,
}

#[derive(Deserialize)]
struct IndexedFile {
    path: String,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    mtime: f64,
}

/// Fetches the listing; its pages come in through the inlet.
pub(super) fn list(job: JobId, url: &str, inlet: &Inlet<Listing>) {
    let index = format!("{}/index.json", url.trim_end_matches('/'));
    let done = inlet.clone();
    http::get(&index, inlet, move |body| {
        match body.and_then(|body| read(&body)) {
            Ok((files, failures)) => {
                // The answer is one message; the end of the listing follows it.
                let page = Listing::Page { job, files, failures };
                done.send(page);
                Listing::Done { job }
            }
            Err(error) => Listing::Failed { job, error },
        }
    });
}

fn read(body: &[u8]) -> Result<(Vec<ListedFile>, Vec<FileFailure>), String> {
    let index: Index =
        serde_json::from_slice(body).map_err(|error| format!("index.json cannot be read: {error}"))?;
    let mut failures = index.errors;
    let mut files = Vec::with_capacity(index.files.len());
    for file in index.files {
        if leads_out(&file.path) {
            failures.push(FileFailure {
                path: file.path,
                error: "this path leads out of the folder".to_owned(),
            });
            continue;
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float saturates, and a time before 1970 is unknown"
        )]
        let modified = file.mtime as u64;
        files.push(ListedFile {
            path: file.path,
            size: file.size,
            modified,
        });
    }
    Ok((files, failures))
}

fn leads_out(path: &str) -> bool {
    path.is_empty() || path.split('/').any(|part| matches!(part, "" | "." | "..")) || path.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_may_leave_out_all_but_the_path() {
        let (files, failures) =
            read(br#"{"name":"x","files":[{"path":"a/1.mp3"},{"path":"2.mp3","size":5,"mtime":7.5}]}"#)
                .unwrap();
        assert_eq!(
            files[0],
            ListedFile {
                path: "a/1.mp3".into(),
                size: 0,
                modified: 0
            }
        );
        assert_eq!(
            files[1],
            ListedFile {
                path: "2.mp3".into(),
                size: 5,
                modified: 7
            }
        );
        assert!(failures.is_empty());
    }

    #[test]
    fn a_path_that_leads_out_fails_alone() {
        for bad in [
            "../x.mp3",
            "/etc/x.mp3",
            "a//x.mp3",
            "a/../x.mp3",
            "",
            "a\\\\x.mp3",
        ] {
            let (files, failures) =
                read(format!(r#"{{"files":[{{"path":"{bad}"}},{{"path":"ok.mp3"}}]}}"#).as_bytes()).unwrap();
            assert_eq!((files.len(), failures.len()), (1, 1), "{bad}");
        }
    }

    #[test]
    fn what_is_no_listing_is_an_error() {
        for bad in [
            "",
            "<html>",
            "5",
            r#"{"files":[{"size":1}]}"#,
            r#"{"files":[{"path":"a","mtime":"x"}]}"#,
        ] {
            assert!(read(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
