//! `cargo verify`: every check there is, one after the other, and at the end which ones failed.

use std::env;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::bundle::{self, Profile};
use crate::failure::Failure;
use crate::npm;
use crate::progress::{Stopwatch, bytes, seconds};
use crate::tools;
use crate::workspace::Workspace;

/// The crates that are built for a browser and for nothing else.
const WEB: [&str; 6] = [
    "segue-web",
    "segue-web-main",
    "segue-web-worker",
    "segue-web-pool",
    "segue-web-audio",
    "segue-web-bench",
];

/// The crate whose tests are of the whole page; they have a step of their own.
const PAGE: &str = "segue-page-tests";

/// This crate: it is built before anything else, and what it needs should not be built twice.
const TOOL: &str = "xtask";

/// One check.
struct Step {
    name: &'static str,
    about: &'static str,
    run: fn(&Workspace) -> Result<Outcome, Failure>,
}

/// How a check that did not fail went.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Passed,
    /// It needs something that is not here and is not ours to install.
    NotRun(String),
}

/// In the order they run: quick ones first, then so that later ones find what earlier ones built.
const STEPS: [Step; 14] = [
    Step {
        name: "format",
        about: "every Rust file is formatted",
        run: format,
    },
    Step {
        name: "types",
        about: "the JS package and the page pass TypeScript's checks",
        run: types,
    },
    Step {
        name: "test-js",
        about: "tests of the JS package that need no browser",
        run: test_js,
    },
    Step {
        name: "typos",
        about: "spelling",
        run: typos,
    },
    Step {
        name: "deny",
        about: "licences, advisories and sources of dependencies",
        run: deny,
    },
    Step {
        name: "lint",
        about: "clippy without a warning, native",
        run: lint,
    },
    Step {
        name: "test",
        about: "unit, integration and doc tests, native",
        run: test,
    },
    Step {
        name: "soak",
        about: "a minute of random histories, power cuts and damage over every native store",
        run: soak,
    },
    Step {
        name: "doc",
        about: "the documentation builds without a warning, native",
        run: doc,
    },
    Step {
        name: "lint-wasm",
        about: "clippy without a warning, wasm32",
        run: lint_wasm,
    },
    Step {
        name: "doc-wasm",
        about: "the documentation builds without a warning, wasm32",
        run: doc_wasm,
    },
    Step {
        name: "test-wasm",
        about: "tests in a worker of a headless browser",
        run: test_wasm,
    },
    Step {
        name: "bundles",
        about: "the release bundles build and keep to their sizes",
        run: bundles,
    },
    Step {
        name: "test-page",
        about: "the whole page in a headless browser",
        run: test_page,
    },
];

const HELP: &str = "\
Runs every check, the same as CI.

Usage: cargo verify [OPTIONS]

  --list         name the checks
  --only NAME    run only this one (may be given several times)
";

/// Runs the command with the arguments after its name.
///
/// # Errors
///
/// A check failed; the message names all that did.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    let mut only = Vec::new();
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        match argument {
            "--" => {}
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(());
            }
            "--list" => {
                STEPS
                    .iter()
                    .for_each(|step| println!("{:<10} {}", step.name, step.about));
                return Ok(());
            }
            "--only" => only.push(named(arguments.next().unwrap_or_default())?),
            other => {
                return Err(Failure::new(format!(
                    "unknown argument {other}; see cargo verify --help"
                )));
            }
        }
    }
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|step| only.is_empty() || only.contains(&step.name))
        .collect();

    let whole = Stopwatch::start();
    let mut results = Vec::new();
    for step in chosen {
        println!("\n== {}: {}", step.name, step.about);
        let watch = Stopwatch::start();
        let result = (step.run)(workspace);
        let line = report(step.name, &result, watch.elapsed());
        println!("== {line}");
        results.push((step.name, result, line));
    }

    println!("\nChecks, {} in all:", seconds(whole.elapsed()));
    results.iter().for_each(|(_, _, line)| println!("  {line}"));
    let failed: Vec<&str> = results
        .iter()
        .filter(|(_, r, _)| r.is_err())
        .map(|(name, _, _)| *name)
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    let again: Vec<String> = failed.iter().map(|name| format!("--only {name}")).collect();
    Err(Failure::new(format!(
        "{} of {} checks failed: {} (again: cargo verify {})",
        failed.len(),
        results.len(),
        failed.join(", "),
        again.join(" ")
    )))
}

fn named(name: &str) -> Result<&'static str, Failure> {
    let names: Vec<&'static str> = STEPS.iter().map(|step| step.name).collect();
    match names.iter().find(|known| **known == name) {
        Some(name) => Ok(name),
        None => Err(Failure::new(format!(
            "no check named {name:?}; there are {}",
            names.join(", ")
        ))),
    }
}

fn report(name: &str, result: &Result<Outcome, Failure>, took: Duration) -> String {
    match result {
        Ok(Outcome::Passed) => format!("ok       {name:<10} {}", seconds(took)),
        Ok(Outcome::NotRun(why)) => format!("NOT RUN  {name:<10} {why}"),
        Err(failure) => format!("FAILED   {name:<10} {} {failure}", seconds(took)),
    }
}

/// Runs a command to its end, with its output on ours, and its line before it.
fn call(command: &mut Command) -> Result<Outcome, Failure> {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    let line = words.join(" ");
    let line = line
        .rsplit_once("/bin/")
        .map_or(line.as_str(), |(_, short)| short);
    println!("$ {line}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|e| Failure::new(format!("cannot start {}: {e}", words[0])))?;
    if status.success() {
        Ok(Outcome::Passed)
    } else {
        Err(Failure::new(format!("`{line}` ended with {status}")))
    }
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = workspace.cargo();
    command.args(arguments);
    // On CI a lock file that does not fit is a mistake, not something to mend on the way.
    if env::var_os("CI").is_some() && !matches!(arguments[0], "fmt" | "deny") {
        command.arg("--locked");
    }
    command
}

/// Everything native, with every feature: one set of features for lint, test and doc, so that they share what is built.
fn native(mut command: Command) -> Command {
    command.args(["--workspace", "--all-features"]);
    for package in WEB {
        command.args(["--exclude", package]);
    }
    command
}

fn web(mut command: Command) -> Command {
    command.args(["--target", "wasm32-unknown-unknown"]);
    for package in WEB {
        command.args(["--package", package]);
    }
    command
}

fn format(workspace: &Workspace) -> Result<Outcome, Failure> {
    call(cargo(workspace, &["fmt", "--all"]).arg("--check"))
}

fn lint(workspace: &Workspace) -> Result<Outcome, Failure> {
    call(native(cargo(workspace, &["clippy", "--all-targets"])).args(["--", "-D", "warnings"]))
}

fn lint_wasm(workspace: &Workspace) -> Result<Outcome, Failure> {
    // Clippy reads the crates below these too: the core crates as a browser builds them.
    call(web(cargo(workspace, &["clippy", "--all-targets"])).args(["--", "-D", "warnings"]))
}

fn test(workspace: &Workspace) -> Result<Outcome, Failure> {
    let product = call(native(cargo(workspace, &["test", "--no-fail-fast"])).args([
        "--exclude",
        PAGE,
        "--exclude",
        TOOL,
    ]));
    // Apart from the product, whose features would make the tool's many dependencies other crates, built again.
    let tool = call(&mut cargo(
        workspace,
        &["test", "--no-fail-fast", "--package", TOOL],
    ));
    product.and(tool)
}

fn soak(workspace: &Workspace) -> Result<Outcome, Failure> {
    // Other seeds on another day: those of one day can be run again.
    let day = std::time::UNIX_EPOCH
        .elapsed()
        .map_or(0, |since| since.as_secs() / 86_400);
    let seed = (day * 1_000_000).to_string();
    let arguments = [
        "run",
        "--release",
        "--package",
        "segue-benches",
        "--example",
        "soak",
    ];
    call(cargo(workspace, &arguments).args(["--", "--minutes", "1", "--seed", &seed]))
}

fn doc(workspace: &Workspace) -> Result<Outcome, Failure> {
    call(native(cargo(workspace, &["doc", "--no-deps"])).env("RUSTDOCFLAGS", "-D warnings"))
}

fn doc_wasm(workspace: &Workspace) -> Result<Outcome, Failure> {
    call(web(cargo(workspace, &["doc", "--no-deps"])).env("RUSTDOCFLAGS", "-D warnings"))
}

fn test_wasm(workspace: &Workspace) -> Result<Outcome, Failure> {
    tools::ensure_browser()?;
    call(web(cargo(workspace, &["test", "--lib", "--tests", "--no-fail-fast"])).env_remove("RUSTFLAGS"))
}

fn test_page(workspace: &Workspace) -> Result<Outcome, Failure> {
    tools::ensure_browser()?;
    // What is shipped is what is tested; the step before has built it.
    call(cargo(workspace, &["test", "--no-fail-fast", "--package", PAGE]).env("SEGUE_PAGE_PROFILE", "web"))
}

fn bundles(workspace: &Workspace) -> Result<Outcome, Failure> {
    let page = bundle::build(workspace, Profile::Web)?;
    let mut over = Vec::new();
    for bundle in &page.bundles {
        let Some([raw, gzip]) = bundle.limits else {
            continue;
        };
        let line = format!(
            "{}: {} of {}, gzip {} of {}",
            bundle.name,
            bytes(bundle.raw),
            bytes(raw),
            bytes(bundle.gzip),
            bytes(gzip),
        );
        println!("{line}");
        if bundle.raw > raw || bundle.gzip > gzip {
            over.push(line);
        }
    }
    if over.is_empty() {
        Ok(Outcome::Passed)
    } else {
        Err(Failure::new(format!("too big: {}", over.join("; "))))
    }
}

fn types(workspace: &Workspace) -> Result<Outcome, Failure> {
    if !(tools::is_there("node") && tools::is_there("npm")) {
        return Ok(Outcome::NotRun(
            "needs Node.js and npm (on Debian: apt-get install nodejs npm)".to_owned(),
        ));
    }
    let folder = npm::folder("typescript");
    npm::install(&folder, &workspace.path("web-host/js/package.json"))?;
    let mut tsc = Command::new("node");
    tsc.arg(folder.join("node_modules/typescript/bin/tsc"));
    call(
        tsc.args(["--project", "web-host/js/tsconfig.json"])
            .current_dir(workspace.root()),
    )
}

fn test_js(workspace: &Workspace) -> Result<Outcome, Failure> {
    if !tools::is_there("node") {
        return Ok(Outcome::NotRun(
            "needs Node.js (on Debian: apt-get install nodejs)".to_owned(),
        ));
    }
    let mut node = Command::new("node");
    call(
        node.args(["--test", "web-host/tests/query.test.js"])
            .current_dir(workspace.root()),
    )
}

fn typos(workspace: &Workspace) -> Result<Outcome, Failure> {
    if !tools::is_there("typos") {
        return Ok(Outcome::NotRun(
            "needs typos (cargo install --locked typos-cli)".to_owned(),
        ));
    }
    call(Command::new("typos").current_dir(workspace.root()))
}

fn deny(workspace: &Workspace) -> Result<Outcome, Failure> {
    if !tools::is_there("cargo-deny") {
        return Ok(Outcome::NotRun(
            "needs cargo-deny (cargo install --locked cargo-deny)".to_owned(),
        ));
    }
    call(cargo(workspace, &["deny"]).args(["check"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_did_not_run_never_looks_like_one_that_passed() {
        let took = Duration::from_secs(2);
        assert!(report("deny", &Ok(Outcome::Passed), took).starts_with("ok"));
        assert_eq!(
            report("deny", &Ok(Outcome::NotRun("needs x".to_owned())), took),
            "NOT RUN  deny       needs x"
        );
        assert!(report("deny", &Err(Failure::new("broken")), took).ends_with("2.0 s broken"));
    }

    #[test]
    fn an_unknown_check_is_answered_with_the_known_ones() {
        assert!(named("lint").is_ok());
        assert!(
            named("lnt")
                .unwrap_err()
                .to_string()
                .contains("there are format, types")
        );
    }
}
