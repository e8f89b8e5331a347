//! `cargo bench-web`: runs the browser benchmarks in headless Chromium and prints what they measured.

#![expect(
    clippy::print_stdout,
    reason = "a command line tool speaks on its standard output"
)]

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use segue_page_tests::{Browser, Served, Setup, flood, table};
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::bundle::{Profile, Source};
use xtask::failure::Failure;
use xtask::workspace::Workspace;

const HELP: &str = "\
Runs the browser benchmarks (benches/web) in headless Chromium.

Usage: cargo bench-web [OPTIONS] [NAME]...

  --json         print one JSON object a line and nothing else on standard output
  --table        print a table in Markdown, with the goals
  --sizes LIST   the libraries to search, of 10k, 100k and 1m (usually all three)
  --dev          compile quickly: what is measured then says little
  NAME           run only benchmarks whose names contain one of these

Needs chromium, chromedriver, and npm for the peers (benches/web/package.json), which are
installed into the user's cache folder.
";

/// The benchmarks' own wasm measures what the shipped bundles do not export, compiled as the one that has the code.
const OWN: [Source; 2] = [
    Source {
        package: "segue-web-bench",
        folder: "bench-library",
        profile: "web-worker",
        limits: None,
    },
    Source {
        package: "segue-web-bench",
        folder: "bench-sound",
        profile: "web",
        limits: None,
    },
];

/// The benchmarks of decoders.
const DECODINGS: [&str; 4] = ["decode_mp3", "decode_aac", "decode_flac", "decode_vorbis"];

/// The benchmark that syncs a folder of [`TRACKS`] files through the page.
const LONGEST_TASK: &str = "longtask_100k";

const TRACKS: u32 = 100_000;

/// The libraries that are searched.
const SIZES: [&str; 3] = ["10k", "100k", "1m"];

/// How often the page is asked, and how often in a row it may have nothing to say: a sync of so many files takes
/// minutes.
const LOOK_EVERY: Duration = Duration::from_secs(60);
const LOOKS: u32 = 30;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|a| a == "--help" || a == "-h") {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// What the command line asks for.
#[derive(Debug)]
struct Asked {
    format: Format,
    profile: Profile,
    /// Parts of names; none for all.
    names: Vec<String>,
    sizes: Vec<String>,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Lines,
    Json,
    Table,
}

impl Asked {
    fn read(arguments: &[String]) -> Result<Self, Failure> {
        let mut asked = Self {
            format: Format::Lines,
            profile: Profile::Web,
            names: Vec::new(),
            sizes: SIZES.map(str::to_owned).to_vec(),
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--json" => asked.format = Format::Json,
                "--table" => asked.format = Format::Table,
                "--dev" => asked.profile = Profile::WebDev,
                "--sizes" => {
                    let list = arguments.next().map(String::as_str).unwrap_or_default();
                    asked.sizes = list.split(',').map(str::to_owned).collect();
                    if let Some(size) = asked.sizes.iter().find(|size| !SIZES.contains(&size.as_str())) {
                        return Err(Failure::new(format!(
                            "--sizes takes some of {}, not {size:?}",
                            SIZES.join(",")
                        )));
                    }
                }
                "--" => {}
                _ if argument.starts_with('-') => {
                    return Err(Failure::new(format!(
                        "unknown argument {argument}; see cargo bench-web --help"
                    )));
                }
                name => asked.names.push(name.to_owned()),
            }
        }
        Ok(asked)
    }

    /// The wasm that what is wanted needs: each bundle takes minutes to compile.
    fn sources(&self) -> Vec<Source> {
        let [library, sound] = OWN;
        if DECODINGS.iter().any(|name| self.wants(name)) {
            vec![library, sound]
        } else {
            vec![library]
        }
    }

    fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|part| name.contains(part.as_str()))
    }
}

fn run(arguments: &[String]) -> Result<(), Failure> {
    let asked = Asked::read(arguments)?;
    let workspace = Workspace::find()?;
    let mut folders = vec![
        ("/bench/".to_owned(), workspace.path("benches/web")),
        ("/peers/".to_owned(), install_peers(&workspace)?),
    ];
    if let Some(corpus) = corpus(&workspace) {
        folders.push(("/corpus/".to_owned(), corpus));
    }
    let flood = flood(&asked)?;
    if asked.format == Format::Table {
        println!("{}", table::HEAD);
    }
    if let Some(flood) = &flood {
        folders.push(("/flood/".to_owned(), flood.path().to_path_buf()));
    }
    let setup = Setup {
        profile: asked.profile,
        sources: asked.sources(),
        folders,
        ..Setup::demo(&workspace)
    };
    let served = Served::new(&workspace, setup)?;

    for bundle in served.bundles() {
        let name = format!("bundle_{}", bundle.name);
        if let Some([_, limit]) = bundle.limits.filter(|_| asked.wants(&name)) {
            print(&size_result(&name, bundle.gzip, limit), asked.format);
        }
    }

    let browser = Browser::start()?;
    let wanted = json!({ "names": asked.names, "sizes": asked.sizes }).to_string();
    let wanted: String = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    browser.goto(&format!("{}bench/index.html#{wanted}", served.url()))?;
    let (mut seen, mut looks, mut silent) = (0, 0, 0);
    loop {
        looks += 1;
        // One call of the driver lasts at most ten minutes, and a benchmark may last longer.
        let condition = format!(
            "window.__looks ??= {{}}, window.__looks[{looks}] ??= performance.now(), \
             window.__error || window.__done || (window.__results && window.__results.length > {seen}) \
             || performance.now() - window.__looks[{looks}] > {wait} ? \
             {{ results: (window.__results || []).slice({seen}), done: !!window.__done, error: window.__error || null }} : null",
            wait = LOOK_EVERY.as_millis()
        );
        let news = browser.wait_until_within(&condition, LOOK_EVERY * 3)?;
        let results = news["results"].as_array().map(Vec::as_slice).unwrap_or_default();
        seen += results.len();
        silent = if results.is_empty() { silent + 1 } else { 0 };
        if silent > LOOKS {
            return Err(Failure::new(
                "the benchmark page has had nothing to say for half an hour",
            ));
        }
        results.iter().for_each(|result| print(result, asked.format));
        if let Some(error) = news["error"].as_str() {
            return Err(Failure::new(format!("the benchmark page failed: {error}")));
        }
        if news["done"] == true {
            return Ok(());
        }
    }
}

/// Small tagged files to sync, if a benchmark that is wanted needs them.
fn flood(asked: &Asked) -> Result<Option<TempDir>, Failure> {
    if !asked.wants(LONGEST_TASK) {
        return Ok(None);
    }
    let folder = tempfile::Builder::new()
        .prefix("segue-flood-")
        .tempdir()
        .map_err(|e| Failure::new(format!("no folder for the files to sync: {e}")))?;
    flood::write(folder.path(), TRACKS).map_err(Failure::at("cannot write", folder.path()))?;
    Ok(Some(folder))
}

/// A size against its budget: the ratio is above one while it fits.
#[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^52")]
fn size_result(name: &str, ours: u64, limit: u64) -> Value {
    let ratio = limit as f64 / ours.max(1) as f64;
    json!({ "bench": name, "ours": ours, "unit": "bytes gzip", "peer": limit, "peerName": "budget", "ratio": ratio })
}

fn print(result: &Value, format: Format) {
    if let Some(why) = result["skipped"].as_str() {
        eprintln!(
            "{} did not run: {why}",
            result["bench"].as_str().unwrap_or_default()
        );
        return;
    }
    match format {
        Format::Json => return println!("{result}"),
        Format::Table => return println!("{}", table::row(result)),
        Format::Lines => {}
    }
    let text = |key: &str| result[key].as_str().unwrap_or_default();
    let number = |key: &str| {
        result[key]
            .as_f64()
            .map_or("-".to_owned(), |value| format!("{value:.3}"))
    };
    println!(
        "{:<18} {:>12} {:<10} {:>12} {:<28} {:>8}",
        text("bench"),
        number("ours"),
        text("unit"),
        number("peer"),
        text("peerName"),
        number("ratio"),
    );
    if let Some(note) = result["note"].as_str() {
        println!("    {note}");
    }
}

/// Installs what `benches/web/package.json` names into a cache folder outside the clone, and answers its
/// `node_modules`.
fn install_peers(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let folder = xtask::npm::folder("bench-peers");
    let manifest = workspace.path("benches/web/package.json");
    xtask::npm::install(&folder, &manifest)?;
    Ok(folder.join("node_modules"))
}

/// The folder of real files to decode: `SEGUE_CORPUS`, or the one beside the clone.
fn corpus(workspace: &Workspace) -> Option<PathBuf> {
    let named = env::var_os("SEGUE_CORPUS").map(PathBuf::from);
    named
        .or_else(|| Some(workspace.path("../shared/corpus")))
        .filter(|path: &PathBuf| Path::is_dir(path))
}
