//! Packages from npm, in the user's cache folder: the clone stays free of them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// The folder for packages of one purpose: `$XDG_CACHE_HOME/segue/npm/PURPOSE`, or below `~/.cache`.
pub fn folder(purpose: &str) -> PathBuf {
    let cache = env::var_os("XDG_CACHE_HOME")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from);
    let home = || {
        env::var_os("HOME")
            .or_else(|| env::var_os("USERPROFILE"))
            .map(|home| PathBuf::from(home).join(".cache"))
    };
    cache
        .or_else(home)
        .unwrap_or_else(env::temp_dir)
        .join("segue")
        .join("npm")
        .join(purpose)
}

/// Installs what the `package.json` at `manifest` names into `folder`, unless it is there already.
///
/// # Errors
///
/// There is no npm, or a package cannot be fetched.
pub fn install(folder: &Path, manifest: &Path) -> Result<(), Failure> {
    let wanted = fs::read(manifest).map_err(Failure::at("cannot read", manifest))?;
    let stamp = folder.join("installed.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(Failure::at("cannot create", folder))?;
    let copy = folder.join("package.json");
    fs::write(&copy, &wanted).map_err(Failure::at("cannot write", &copy))?;
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(program)
        .args([
            "install",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
            "--ignore-scripts",
            "--loglevel=error",
        ])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| {
            Failure::new(format!(
                "cannot start npm ({e}); install Node.js (on Debian: apt-get install npm)"
            ))
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!(
            "npm cannot install {}: {}",
            manifest.display(),
            said.trim()
        )));
    }
    fs::write(&stamp, wanted).map_err(Failure::at("cannot write", &stamp))
}
