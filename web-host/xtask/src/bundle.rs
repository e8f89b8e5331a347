//! Builds the page: four wasm bundles with their bindings, the JS package, and the demo's own files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::UNIX_EPOCH;

use wasm_bindgen_cli_support::Bindgen;

use crate::compress::{compress_all, gzip_size};
use crate::failure::Failure;
use crate::order;
use crate::progress::{Steps, Stopwatch, bytes, seconds};
use crate::workspace::Workspace;

/// A crate that becomes a bundle.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// The package, whose library is a `cdylib`.
    pub package: &'static str,
    /// The folder in the JS package, beside `segue.js`.
    pub folder: &'static str,
    /// The profile in `Cargo.toml` that it is shipped with.
    pub profile: &'static str,
    /// What it may weigh in bytes, raw and as gzip.
    pub limits: Option<[u64; 2]>,
}

/// The bundles that are shipped, and what each weighs at the most.
///
/// These are the goals: 0.6 and 0.2 MB for main, 1.5 and 0.5 MB for worker, 1.7 and 0.6 MB for audio; for pool a
/// quarter more than it weighs.
const BUNDLES: [Source; 4] = [
    Source {
        package: "segue-web-main",
        folder: "main",
        profile: "web-small",
        limits: Some([600_000, 200_000]),
    },
    Source {
        package: "segue-web-worker",
        folder: "worker",
        profile: "web-worker",
        // The goal is 500 kB of gzip; what more it weighs since playlists, ranks and typos is not won back yet.
        limits: Some([1_500_000, 530_000]),
    },
    Source {
        package: "segue-web-pool",
        folder: "pool",
        profile: "web-worker",
        limits: Some([300_000, 130_000]),
    },
    Source {
        package: "segue-web-audio",
        folder: "audio",
        profile: "web",
        limits: Some([1_700_000, 600_000]),
    },
];

/// How the bundles are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build: what `cargo demo` starts with.
    WebDev,
    /// What is shipped and measured: whole-program optimised, stripped, pre-compressed.
    Web,
}

impl Profile {
    /// The name in `Cargo.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::WebDev => "web-dev",
            Self::Web => "web",
        }
    }
}

/// One built bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// Its folder in the package: `main`, `worker`, `pool`, `audio`, or an extra one's.
    pub name: &'static str,
    /// Bytes of the `.wasm` file.
    pub raw: u64,
    /// Bytes of the same file as gzip.
    pub gzip: u64,
    /// The most that `raw` and `gzip` may be; a bundle that is not shipped has no limit.
    pub limits: Option<[u64; 2]>,
}

/// The built page, ready to be served.
#[derive(Debug, Clone)]
pub struct Page {
    /// The folder to serve as `/`.
    pub dist: PathBuf,
    /// The bundles in it.
    pub bundles: Vec<Bundle>,
}

/// Builds the page below the target folder, doing again only what changed.
///
/// # Errors
///
/// The code does not compile, or a file cannot be written.
pub fn build(workspace: &Workspace, profile: Profile) -> Result<Page, Failure> {
    build_with(workspace, profile, &[])
}

/// [`build`], with bundles besides the shipped ones: a page with any of them lies in a folder of its own.
///
/// # Errors
///
/// The code does not compile, or a file cannot be written.
pub fn build_with(workspace: &Workspace, profile: Profile, extra: &[Source]) -> Result<Page, Failure> {
    let sources: Vec<Source> = BUNDLES.iter().chain(extra).copied().collect();
    let folders: Vec<&str> = sources.iter().map(|source| source.folder).collect();
    let kind = extra.iter().fold(profile.name().to_owned(), |kind, source| {
        kind + "-" + source.folder
    });
    let dist = workspace.target().join("page").join(kind);
    // As in the sources, the package lies beside the page; its bundles beside its modules.
    let package = dist.join("js");
    let mut steps = Steps::new(3);

    steps.begin(&format!(
        "compiling the bundles {} (profile {})",
        folders.join(", "),
        profile.name()
    ));
    let watch = Stopwatch::start();
    let modules = compile(workspace, profile, &sources)?;
    steps.note(&format!("done in {}", seconds(watch.elapsed())));

    steps.begin("binding them to JavaScript");
    let mut bundles = Vec::new();
    for (source, module) in sources.iter().zip(&modules) {
        let watch = Stopwatch::start();
        let folder = package.join(source.folder);
        let done = if bind(module, &folder, profile)? {
            seconds(watch.elapsed())
        } else {
            "unchanged".into()
        };
        let bundle = weigh(source, &folder)?;
        steps.note(&format!(
            "{}: {}, gzip {} ({done})",
            bundle.name,
            bytes(bundle.raw),
            bytes(bundle.gzip)
        ));
        bundles.push(bundle);
    }

    steps.begin("laying out the page");
    let watch = Stopwatch::start();
    let mut wanted = BTreeSet::new();
    // The demo album is served as a music folder, not as part of the page.
    copy_tree(&workspace.path("web-host/demo"), &dist, &["music"], &mut wanted)?;
    copy_tree(
        &workspace.path("web-host/js"),
        &package,
        &["node_modules"],
        &mut wanted,
    )?;
    for source in &sources {
        list_tree(&package.join(source.folder), &mut wanted)?;
    }
    remove_all_but(&dist, &wanted)?;
    if profile == Profile::Web {
        compress_all(&wanted.iter().cloned().collect::<Vec<_>>())?;
    }
    steps.note(&format!("{} files in {}", wanted.len(), seconds(watch.elapsed())));
    Ok(Page { dist, bundles })
}

/// Compiles the crates, in one call for each profile, and answers their `.wasm` files, in the same order.
fn compile(workspace: &Workspace, profile: Profile, sources: &[Source]) -> Result<Vec<PathBuf>, Failure> {
    let release = profile == Profile::Web;
    let name = |source: &Source| if release { source.profile } else { profile.name() };
    let mut calls: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for source in sources {
        calls.entry(name(source)).or_default().push(source.package);
    }
    let mut built = BTreeMap::new();
    for (name, packages) in calls {
        built.insert(name, compile_with(workspace, name, &packages)?);
    }
    sources
        .iter()
        .map(|source| {
            let file = format!("{}.wasm", source.package.replace('-', "_"));
            built[name(source)]
                .iter()
                .find(|path| path.file_name().is_some_and(|name| *name == *file))
                .cloned()
                .ok_or_else(|| Failure::new(format!("cargo built no {file}")))
        })
        .collect()
}

fn compile_with(workspace: &Workspace, profile: &str, packages: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--lib", "--target", "wasm32-unknown-unknown"]);
    cargo.args(["--profile", profile]);
    cargo.arg("--message-format=json-render-diagnostics");
    for package in packages {
        cargo.args(["--package", package]);
    }
    // RUSTFLAGS would replace the target features that .cargo/config.toml asks for.
    let output = cargo
        .env_remove("RUSTFLAGS")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| Failure::new(format!("cannot start cargo: {e}")))?;
    if !output.status.success() {
        return Err(Failure::new("the bundles do not compile"));
    }
    Ok(wasm_artifacts(&output.stdout))
}

/// The `.wasm` files that cargo's JSON messages name.
fn wasm_artifacts(messages: &[u8]) -> Vec<PathBuf> {
    let messages = messages.split(|&byte| byte == b'\n');
    messages
        .filter_map(|line| serde_json::from_slice::<serde_json::Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .filter_map(|message| message["filenames"].as_array().cloned())
        .flatten()
        .filter_map(|name| name.as_str().map(PathBuf::from))
        .filter(|path| path.extension().is_some_and(|e| e == "wasm"))
        .collect()
}

/// Writes the bindings of `module` into `folder`; `false` when they were made from this very file before.
fn bind(module: &Path, folder: &Path, profile: Profile) -> Result<bool, Failure> {
    let meta = fs::metadata(module).map_err(Failure::at("cannot read", module))?;
    let modified = meta
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .unwrap_or_default();
    let made_from = format!("{} bytes, modified {} ns\n", meta.len(), modified.as_nanos());
    let stamp = folder.with_extension("stamp");
    if folder.is_dir() && fs::read_to_string(&stamp).is_ok_and(|text| text == made_from) {
        return Ok(false);
    }
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Failure::at("cannot empty", folder))?;
    }
    let cannot_bind = |e| Failure::new(format!("cannot bind {}: {e:#}", module.display()));
    Bindgen::new()
        .input_path(module)
        .web(true)
        .map_err(cannot_bind)?
        .typescript(false)
        .remove_name_section(profile == Profile::Web)
        .remove_producers_section(profile == Profile::Web)
        .generate(folder)
        .map_err(cannot_bind)?;
    if profile == Profile::Web {
        let module = module_in(folder)?;
        let data = fs::read(&module).map_err(Failure::at("cannot read", &module))?;
        fs::write(&module, order::for_compression(&data)?).map_err(Failure::at("cannot write", &module))?;
    }
    fs::write(&stamp, made_from).map_err(Failure::at("cannot write", &stamp))?;
    Ok(true)
}

fn module_in(folder: &Path) -> Result<PathBuf, Failure> {
    let mut files = BTreeSet::new();
    list_tree(folder, &mut files)?;
    let module = files
        .into_iter()
        .find(|path| path.extension().is_some_and(|e| e == "wasm"));
    module.ok_or_else(|| Failure::new(format!("no .wasm file in {}", folder.display())))
}

fn weigh(source: &Source, folder: &Path) -> Result<Bundle, Failure> {
    let module = module_in(folder)?;
    let data = fs::read(&module).map_err(Failure::at("cannot read", &module))?;
    let gzip = gzip_size(&data).map_err(Failure::at("cannot compress", &module))?;
    Ok(Bundle {
        name: source.folder,
        raw: data.len() as u64,
        gzip,
        limits: source.limits,
    })
}

/// Copies what changed below `from`, except the folders named in `except`, and notes every file in `wanted`.
fn copy_tree(from: &Path, to: &Path, except: &[&str], wanted: &mut BTreeSet<PathBuf>) -> Result<(), Failure> {
    if !from.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(to).map_err(Failure::at("cannot create", to))?;
    for entry in fs::read_dir(from).map_err(Failure::at("cannot list", from))? {
        let entry = entry.map_err(Failure::at("cannot list", from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if except.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if source.is_dir() {
            copy_tree(&source, &target, except, wanted)?;
            continue;
        }
        let data = fs::read(&source).map_err(Failure::at("cannot read", &source))?;
        // An equal file keeps its time, and so its compressed forms and its place in the browser's cache.
        if fs::read(&target).is_ok_and(|old| old == data) {
            wanted.insert(target);
            continue;
        }
        fs::write(&target, data).map_err(Failure::at("cannot write", &target))?;
        wanted.insert(target);
    }
    Ok(())
}

fn list_tree(folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(Failure::at("cannot list", folder))? {
        let path = entry.map_err(Failure::at("cannot list", folder))?.path();
        if path.is_dir() {
            list_tree(&path, files)?;
        } else if !path.extension().is_some_and(|e| e == "br" || e == "gz") {
            files.insert(path);
        }
    }
    Ok(())
}

/// Removes what an earlier build left: a file that is gone from the sources must not be served on.
fn remove_all_but(dist: &Path, wanted: &BTreeSet<PathBuf>) -> Result<(), Failure> {
    let mut present = BTreeSet::new();
    list_tree(dist, &mut present)?;
    for stale in present
        .difference(wanted)
        .filter(|path| !path.extension().is_some_and(|e| e == "stamp"))
    {
        for file in [
            stale.clone(),
            crate::compress::sibling(stale, "br"),
            crate::compress::sibling(stale, "gz"),
        ] {
            if file.exists() {
                fs::remove_file(&file).map_err(Failure::at("cannot remove", &file))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_left_the_sources_leaves_the_page() {
        let dir = tempfile::tempdir().unwrap();
        let (source, dist) = (dir.path().join("js"), dir.path().join("dist"));
        fs::create_dir_all(source.join("node_modules/x")).unwrap();
        fs::write(source.join("node_modules/x/index.js"), "x").unwrap();
        fs::write(source.join("kept.js"), "1").unwrap();
        fs::write(source.join("left.js"), "2").unwrap();
        let lay_out = || {
            let mut wanted = BTreeSet::new();
            copy_tree(&source, &dist, &["node_modules"], &mut wanted).unwrap();
            remove_all_but(&dist, &wanted).unwrap();
            wanted
        };
        assert_eq!(lay_out().len(), 2);
        fs::remove_file(source.join("left.js")).unwrap();
        assert_eq!(lay_out(), BTreeSet::from([dist.join("kept.js")]));
        assert!(!dist.join("left.js").exists());
    }

    #[test]
    fn only_wasm_files_of_artifacts_are_taken() {
        let messages = br#"{"reason":"compiler-artifact","filenames":["/t/a.wasm","/t/a.rlib"]}
not json
{"reason":"build-finished","success":true}"#;
        assert_eq!(wasm_artifacts(messages), [PathBuf::from("/t/a.wasm")]);
    }
}
