//! One music folder as a read-only provider: a listing, and the files in it, by range.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use super::files::{self, is_known, mime_type};
use super::listing::{kind, list};
use super::request::Request;
use super::response::Response;
use crate::failure::Failure;

/// The folder that is served as `/music/`.
#[derive(Debug, Clone)]
pub struct MusicFolder {
    root: PathBuf,
}

impl MusicFolder {
    /// Serves the folder at `root`, which must be there when the server starts; it may vanish later.
    ///
    /// # Errors
    ///
    /// There is no such folder, or it cannot be read.
    pub fn open(root: &Path) -> Result<Self, Failure> {
        std::fs::read_dir(root).map_err(Failure::at("cannot read the music folder", root))?;
        Ok(Self {
            root: root.to_path_buf(),
        })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Answers for the decoded path `name` below `/music/`.
    pub fn answer(&self, request: &Request, name: &[u8]) -> Response {
        match name {
            b"index.json" => self.index(request),
            b"credits.json" => self.credits(request),
            name => match files::resolve(&self.root, name) {
                // By the name that was asked for and by where a link leads: neither opens other documents.
                Ok(path) if kind(&path).is_some() => files::send(request, &path, mime_type(&path)),
                Ok(_) => Response::refusal(404, "not a piece of music"),
                Err(refusal) => refusal.response(),
            },
        }
    }

    fn index(&self, request: &Request) -> Response {
        let listing = serde_json::to_vec(&list(&self.root)).expect("a listing is plain data");
        json(request, listing)
    }

    /// Who made the music, as the page shows it; for a folder that does not say, nobody.
    fn credits(&self, request: &Request) -> Response {
        let credits = files::resolve(&self.root, b"credits.json")
            .ok()
            .and_then(|path| std::fs::read(path).ok());
        json(request, credits.unwrap_or_else(|| b"[]".to_vec()))
    }
}

fn json(request: &Request, body: Vec<u8>) -> Response {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    let etag = format!("\"{:x}-{:x}\"", body.len(), hasher.finish());
    if is_known(request, &etag) {
        return Response::not_modified(&etag);
    }
    Response::bytes(200, "application/json", body)
        .header("ETag", etag)
        .header("Cache-Control", "no-cache")
}
