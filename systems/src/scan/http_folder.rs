//! The listing of a folder on a web server: one JSON file that anyone can host.
//!
//! `index.json` in the folder is `{"files":[{"path":"A/1.mp3","size":1,"mtime":2}],"errors":[{"path":"B","error":"…"}]}`:
//! paths with `/` below the folder, sizes in bytes, times in milliseconds since 1970. Everything but the
//! path may be missing.

use segue_components::id::JobId;
use segue_components::sync_job::FileFailure;

use super::work::{ListedFile, Listing};
use crate::http;
use crate::inlet::Inlet;
use crate::json::{Json, JsonError};

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
    let mut files = Vec::new();
    let mut failures = Vec::new();
    let mut json = Json::new(body);
    let read = json.object(&mut |json, name| match name {
        "files" => json.array(&mut |json| {
            let file = file(json)?;
            if leads_out(&file.path) {
                failures.push(FileFailure {
                    path: file.path,
                    error: "this path leads out of the folder".to_owned(),
                });
            } else {
                files.push(file);
            }
            Ok(())
        }),
        "errors" => json.array(&mut |json| {
            failures.push(failure(json)?);
            Ok(())
        }),
        _ => json.skip(),
    });
    read.and_then(|()| json.end())
        .map_err(|error| format!("index.json cannot be read: {error}"))?;
    Ok((files, failures))
}

fn file(json: &mut Json<'_>) -> Result<ListedFile, JsonError> {
    let (mut path, mut size, mut modified) = (None, 0, 0);
    json.object(&mut |json, name| {
        match name {
            "path" => path = Some(json.string()?),
            "size" => size = json.whole()?,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a float saturates, and a time before 1970 is unknown"
            )]
            "mtime" => modified = json.number()? as u64,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(ListedFile {
        path: path.ok_or_else(|| json.error("a file's `path`"))?,
        size,
        modified,
    })
}

fn failure(json: &mut Json<'_>) -> Result<FileFailure, JsonError> {
    let (mut path, mut error) = (None, None);
    json.object(&mut |json, name| {
        match name {
            "path" => path = Some(json.string()?),
            "error" => error = Some(json.string()?),
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let missing = || json.error("an error's `path` and `error`");
    Ok(FileFailure {
        path: path.ok_or_else(missing)?,
        error: error.ok_or_else(missing)?,
    })
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
