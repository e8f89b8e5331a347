//! Where things are: the clone, the target folder, and how `cargo` is called in them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// The clone that the tool was started in.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the clone around the running package, or around the current folder.
    ///
    /// # Errors
    ///
    /// Neither lies in a clone of this project, or `cargo metadata` fails.
    pub fn find() -> Result<Self, Failure> {
        let start = match env::var_os("CARGO_MANIFEST_DIR") {
            Some(dir) => PathBuf::from(dir),
            None => env::current_dir().map_err(|e| Failure::new(format!("no current folder: {e}")))?,
        };
        let root = start
            .ancestors()
            .find(|dir| dir.join("web-host/xtask/Cargo.toml").is_file())
            .ok_or_else(|| Failure::new(format!("{} is not in a clone of segue", start.display())))?
            .to_path_buf();
        let metadata = Command::new(cargo())
            .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
            .current_dir(&root)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|e| Failure::new(format!("cannot start cargo: {e}")))?;
        let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout)
            .map_err(|e| Failure::new(format!("cargo metadata answered no JSON: {e}")))?;
        let target = metadata["target_directory"]
            .as_str()
            .ok_or_else(|| Failure::new("cargo metadata names no target directory"))?;
        Ok(Self {
            root,
            target: PathBuf::from(target),
        })
    }

    /// The folder with the workspace's `Cargo.toml`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target folder: everything the tool makes goes below it, nothing into the clone.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// A path below the root, such as `web-host/js`.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// `cargo` in the root, with the toolchain and target folder of the caller.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(cargo());
        // Set by `cargo run` for this tool; an inner cargo would take them for its own package's.
        for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME"] {
            command.env_remove(name);
        }
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target);
        command
    }
}

fn cargo() -> std::ffi::OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
