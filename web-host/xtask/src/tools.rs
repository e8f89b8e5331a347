//! Programs from outside that some checks need: found, installed where that is our place, or asked for.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// Whether `program` is on the path.
pub fn is_there(program: &str) -> bool {
    find(program).is_some()
}

fn find(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}

/// Makes sure of Chromium and its driver.
///
/// # Errors
///
/// They are missing and cannot be installed from here; the message says what to install.
pub fn ensure_browser() -> Result<(), Failure> {
    let driver = env::var_os("CHROMEDRIVER").is_some() || is_there("chromedriver");
    let browser = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
    ];
    // On macOS and Windows chromedriver finds the installed browser by itself.
    let browser = !cfg!(target_os = "linux") || browser.into_iter().any(is_there);
    if driver && browser {
        return Ok(());
    }
    install(
        &["chromium", "chromium-driver"],
        "Chromium and chromedriver of the same version, both on the path (or CHROMEDRIVER naming the driver)",
    )
}

/// Installs Debian packages when this is Debian and we are root; otherwise says what is wanted.
fn install(packages: &[&str], wanted: &str) -> Result<(), Failure> {
    if !Path::new("/etc/debian_version").is_file() {
        return Err(Failure::new(format!("please install {wanted}")));
    }
    let line = format!("apt-get install {}", packages.join(" "));
    if !is_root() {
        return Err(Failure::new(format!("please install {wanted}: sudo {line}")));
    }
    eprintln!("{line}");
    let apt = |arguments: &[&str]| {
        let status = Command::new("apt-get")
            .args(["-q", "-y", "-o", "DPkg::Lock::Timeout=120"])
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    };
    let get: Vec<&str> = ["install", "--no-install-recommends"]
        .iter()
        .chain(packages)
        .copied()
        .collect();
    // The lists of a fresh machine are often missing or old.
    if apt(&get) || (apt(&["update"]) && apt(&get)) {
        return Ok(());
    }
    Err(Failure::new(format!("`{line}` failed; please install {wanted}")))
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}
