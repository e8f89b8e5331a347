//! Rules about the code that no lint knows.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate lies in the workspace")
        .to_path_buf()
}

/// Every file of ours with one of these endings below a folder; vendored code is not ours.
fn files(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "node_modules", "vendor", "dist", "data"].contains(&name.as_str())
                && !name.starts_with('.')
            {
                files(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
}

fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in folders {
        files(&root().join(folder), &[".rs"], &mut found);
    }
    assert!(!found.is_empty(), "there is code in {folders:?}");
    found
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).expect("sources are text")))
        .collect()
}

#[track_caller]
fn check_none(what: &str, offenders: &[String]) {
    assert!(offenders.is_empty(), "{what}:\n{}", offenders.join("\n"));
}

const ALL: [&str; 7] = [
    "components",
    "audio",
    "systems",
    "engine",
    "web-host",
    "benches",
    "examples",
];

#[test]
fn every_file_says_what_it_is_for() {
    let silent =
        |(path, text): &(PathBuf, String)| (!text.starts_with("//!")).then(|| path.display().to_string());
    let offenders: Vec<_> = sources(&ALL).iter().filter_map(silent).collect();
    check_none("these files do not open with a `//!` sentence", &offenders);
}

#[test]
fn only_web_host_names_the_browser() {
    let names = ["web_sys", "js_sys", "wasm_bindgen", "rexie"];
    let mut offenders = Vec::new();
    for (path, text) in sources(&["components", "audio/src", "systems", "engine/src", "examples"]) {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let named = code.flat_map(|line| names.iter().filter(move |name| line.contains(*name)));
        offenders.extend(named.map(|name| format!("{}: {name}", path.display())));
    }
    check_none("a browser is named outside of web-host", &offenders);
}

#[test]
fn nothing_is_left_for_later() {
    // Spelled in two halves, or this file would be the first offender.
    let marks = [
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore]"),
    ];
    let mut offenders = Vec::new();
    for (path, text) in sources(&ALL) {
        let found = marks.iter().filter(|mark| text.contains(**mark));
        offenders.extend(found.map(|mark| format!("{}: {mark}", path.display())));
    }
    check_none("unfinished code", &offenders);
}

#[test]
fn the_tree_in_contributing_names_files_that_are_there() {
    let page = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("the page is there");
    let tree = page
        .split("```text")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let endings = [".rs", ".js", ".md", ".toml"];
    let mut found = Vec::new();
    files(&root(), &endings, &mut found);
    let names: Vec<_> = found
        .iter()
        .filter_map(|path| path.file_name()?.to_str())
        .collect();
    let words = tree
        .expect("the page shows the tree")
        .split(|c: char| !(c.is_alphanumeric() || "._-".contains(c)));
    let named = words.filter(|word| {
        endings
            .iter()
            .any(|ending| word.ends_with(ending) && word != ending)
    });
    let missing: Vec<_> = named
        .filter(|word| !names.contains(word))
        .map(str::to_owned)
        .collect();
    check_none("CONTRIBUTING.md names what is not there", &missing);
}

/// The crates that a crate of ours may depend on, by the rule of ARCHITECTURE.md: every line points down.
const DOWN: [(&str, &[&str]); 6] = [
    ("segue-components", &[]),
    ("segue-audio", &[]),
    ("segue-systems", &["segue-components", "segue-audio"]),
    ("segue", &["segue-components", "segue-audio", "segue-systems"]),
    (
        "segue-web",
        &["segue-components", "segue-audio", "segue-systems", "segue"],
    ),
    (
        "segue-examples",
        &["segue-components", "segue-audio", "segue-systems", "segue"],
    ),
];

fn tree(package: &str, extra: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args([
            "tree",
            "--offline",
            "--prefix",
            "none",
            "--edges",
            "normal",
            "--package",
            package,
        ])
        .args(extra)
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo tree: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn dependencies_point_one_way() {
    let mut offenders = Vec::new();
    for (package, allowed) in DOWN {
        for line in tree(package, &["--all-features"]).lines() {
            let name = line.split(' ').next().unwrap_or_default();
            let ours = name == "segue" || name.starts_with("segue-");
            if ours && name != package && !allowed.contains(&name) {
                offenders.push(format!("{package} depends on {name}"));
            }
        }
    }
    check_none("a dependency points up", &offenders);
}

#[test]
fn audio_knows_no_bevy() {
    let tree = tree("segue-audio", &["--all-features"]);
    let offenders: Vec<_> = tree
        .lines()
        .filter(|line| line.starts_with("bevy"))
        .map(str::to_owned)
        .collect();
    check_none("sound depends on an ECS", &offenders);
}

#[test]
fn core_crates_do_without_bevy_app() {
    for package in ["segue-components", "segue-systems", "segue"] {
        let tree = tree(package, &["--no-default-features"]);
        assert!(
            !tree.lines().any(|line| line.starts_with("bevy_app ")),
            "{package} pulls bevy_app in"
        );
    }
}
