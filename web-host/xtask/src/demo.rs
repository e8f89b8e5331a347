//! `cargo demo`: builds the page, serves it on loopback, and says where.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::bundle::{self, Profile};
use crate::failure::Failure;
use crate::progress::{Stopwatch, seconds};
use crate::serve::music::MusicFolder;
use crate::serve::{Server, Site};
use crate::workspace::Workspace;

/// The port that is tried first.
const PORT: u16 = 8017;

const HELP: &str = "\
Builds the page and serves it on this machine.

Usage: cargo demo [-- OPTIONS]

  --music DIR      serve this folder of music, read-only, instead of the demo album
  --open           open the page in the default browser
  --release        build what is shipped: whole-program optimised and pre-compressed (takes minutes)
  --port N         listen on this port (default: the first free one from 8017 on)
  --no-isolation   serve without cross-origin isolation, as a host without COOP and COEP headers would
  --build-only     build, and do not serve
";

/// What `cargo demo` was asked for.
#[derive(Debug, Default)]
struct Options {
    music: Option<PathBuf>,
    open: bool,
    release: bool,
    port: Option<u16>,
    no_isolation: bool,
    build_only: bool,
}

/// Runs the command with the arguments after its name.
///
/// # Errors
///
/// An argument is unknown, the build fails, or nothing can be served.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    if arguments.iter().any(|a| a == "--help" || a == "-h") {
        print!("{HELP}");
        return Ok(());
    }
    let options = parse(arguments)?;
    let folder = options
        .music
        .clone()
        .unwrap_or_else(|| workspace.path("web-host/demo/music"));
    // Before the build, so that a mistyped folder is told at once.
    let music = MusicFolder::open(&folder)?;

    let watch = Stopwatch::start();
    let profile = if options.release {
        Profile::Web
    } else {
        Profile::WebDev
    };
    let page = bundle::build(workspace, profile)?;
    println!("Built in {}: {}", seconds(watch.elapsed()), page.dist.display());
    if options.build_only {
        return Ok(());
    }

    let site = Site {
        folders: vec![("/".to_owned(), page.dist)],
        music: Some(music),
        without_isolation: options.no_isolation,
    };
    let (first, tries) = options.port.map_or((PORT, 100), |port| (port, 1));
    let server = Server::bind(site, first, tries).map_err(|e| match options.port {
        Some(port) => Failure::new(format!("cannot listen on port {port}: {e}")),
        None => Failure::new(format!("cannot listen on a port from {PORT} on: {e}")),
    })?;
    match &options.music {
        Some(folder) => println!("Music: {}", folder.display()),
        None => println!("Music: the demo album (your own: cargo demo -- --music DIR)"),
    }
    if options.no_isolation {
        println!("Without cross-origin isolation: no shared memory");
    }
    println!("Open {}   (Ctrl-C ends it)", server.url());
    if options.open {
        open(&server.url());
    }
    server.run();
    Ok(())
}

fn parse(arguments: &[String]) -> Result<Options, Failure> {
    let mut options = Options::default();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let (name, glued) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (argument.as_str(), None),
        };
        let mut value = || {
            glued
                .or_else(|| arguments.next().map(String::as_str))
                .ok_or_else(|| Failure::new(format!("{name} needs a value")))
        };
        match name {
            "--" => {}
            "--music" => options.music = Some(PathBuf::from(value()?)),
            "--port" => {
                let value = value()?;
                let port = value
                    .parse()
                    .map_err(|_| Failure::new(format!("--port {value} is not a port (0 to 65535)")))?;
                options.port = Some(port);
            }
            "--open" => options.open = true,
            "--release" => options.release = true,
            "--no-isolation" => options.no_isolation = true,
            "--build-only" => options.build_only = true,
            other => {
                return Err(Failure::new(format!(
                    "unknown argument {other}; see cargo demo -- --help"
                )));
            }
        }
    }
    Ok(options)
}

/// Opens `url` in the default browser; a machine without one is told so and served all the same.
fn open(url: &str) {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    let started = Command::new(program)
        .args(arguments)
        .arg(url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = started {
        eprintln!(
            "no browser opened ({}: {error}); open the address yourself",
            Path::new(program).display()
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(arguments: &[&str]) -> Result<Options, Failure> {
        parse(&arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_stand_after_two_dashes_or_without() {
        let parsed = options(&["--", "--music", "a b", "--port=9000", "--release"]).unwrap();
        assert_eq!(parsed.music, Some(PathBuf::from("a b")));
        assert_eq!(
            (parsed.port, parsed.release, parsed.open),
            (Some(9000), true, false)
        );
        assert!(options(&["--open"]).unwrap().open);
    }

    #[test]
    fn a_mistake_is_named() {
        assert_eq!(
            options(&["--musik", "x"]).unwrap_err().to_string(),
            "unknown argument --musik; see cargo demo -- --help"
        );
        assert_eq!(
            options(&["--music"]).unwrap_err().to_string(),
            "--music needs a value"
        );
        assert!(
            options(&["--port", "70000"])
                .unwrap_err()
                .to_string()
                .contains("70000")
        );
    }
}
