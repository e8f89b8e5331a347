//! `segue check`

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use segue::components::id::Noun;
use segue::native::redb_store::RedbStore;
use segue::native::redb_store::reader::RedbReader;
use segue::systems::persist::check::{Problem, Report, check};
use segue::systems::persist::store::StoreError;
use serde_json::{Value, json};

use super::{Failure, LibraryArguments, Outcome, is_watched, say};

/// Verifies a library and says what it finds.
///
/// Every page is read and compared with its checksum, every link between rows is followed, also from playlists and the
/// history to tracks, every stored picture is read, and those that belong to nothing are counted. The library is not changed. While another process has it open, --read-only checks what that one has stored, all
/// but the structure of the file itself. Ends with 1 if anything is wrong.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    library: LibraryArguments,
    /// Print one JSON object a problem, and one at the end.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let path = arguments.library.path()?;
    if !path.exists() {
        return Err(Failure(format!("there is no library at {}", path.display())));
    }
    let refused = |error: &dyn std::fmt::Display| {
        Failure(format!(
            "the library {} cannot be checked: {error}",
            path.display()
        ))
    };
    let bar = bar();
    let mut progress = |done, total| {
        bar.set_message("pages and pictures");
        bar.set_length(total);
        bar.set_position(done);
    };
    let (structure, report) = if arguments.library.read_only {
        let mut store = RedbReader::open(&path).map_err(|error| refused(&error))?;
        let report = bevy_tasks::block_on(check(&mut store, &mut progress));
        (Ok(true), report)
    } else {
        let mut store = RedbStore::open_copy(&path).map_err(|error| match error {
            StoreError::Held { .. } => {
                let hint = "close it there first, or check with --read-only what is stored";
                refused(&format!("{error}; {hint}"))
            }
            error => refused(&error),
        })?;
        bar.set_message("the file");
        let structure = store.check_structure();
        let report = bevy_tasks::block_on(check(&mut store, &mut progress));
        (structure, report)
    };
    bar.finish_and_clear();
    let report = report.map_err(|error| refused(&error))?;
    let sound = report.is_sound() && matches!(structure, Ok(true));
    if arguments.json {
        print_json(&report, &structure, sound)?;
    } else {
        print(&report, &structure, sound)?;
    }
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What is wrong with the file itself, if anything is.
fn words(structure: &Result<bool, StoreError>) -> Option<String> {
    match structure {
        Ok(true) => None,
        Ok(false) => Some("parts of the file are not what redb wrote; it can repair them".into()),
        Err(error) => Some(format!("the file is damaged: {error}")),
    }
}

/// What to do about it.
fn advice(report: &Report, structure: &Result<bool, StoreError>) -> &'static str {
    let is_entry = |problem: &Problem| {
        matches!(
            problem,
            Problem::Link {
                from: (Noun::Playlist, _),
                ..
            }
        )
    };
    let scan_helps = |problem: &Problem| !matches!(problem, Problem::Picture { .. }) && !is_entry(problem);
    if structure.is_err() || report.problems.iter().any(scan_helps) {
        "copy the library somewhere safe, then run `segue scan` on your folders: opening it puts damaged pages aside and \
         mends what named them, and the scan reads again what was lost"
    } else if report.problems.iter().any(is_entry) {
        "entries of the playlists named above have lost their tracks: `segue playlist show` says which, `segue playlist \
         remove` takes them out, and `segue import` brings back what an older `segue export` has of them"
    } else if !report.problems.is_empty() {
        "run `segue scan` on your folders after changing or removing the pictures named above"
    } else {
        "open the library once, for instance with `segue ls`: that repairs it"
    }
}

fn print(report: &Report, structure: &Result<bool, StoreError>, sound: bool) -> Result<(), Failure> {
    if let Some(problem) = words(structure) {
        say(&problem)?;
    }
    for problem in &report.problems {
        say(&problem.to_string())?;
    }
    if report.unlisted > 0 {
        say(&format!("… and {} more", report.unlisted))?;
    }
    for key in &report.aside {
        say(&format!(
            "note: page {} of table {} was damaged on an earlier day and is kept aside",
            key.page, key.table
        ))?;
    }
    if report.unknown > 0 {
        say(&format!(
            "note: {} parts were written by another version of Segue and are kept as they are",
            report.unknown
        ))?;
    }
    if report.heard_and_gone > 0 {
        say(&format!(
            "note: {} listens in the history are of tracks that are gone; they stay",
            report.heard_and_gone
        ))?;
    }
    if report.unused.0 > 0 {
        say(&format!(
            "note: {} stored pictures of {} bytes belong to nothing; they take room and do no harm",
            report.unused.0, report.unused.1
        ))?;
    }
    for table in report.tables.iter().filter(|table| table.rows > 0) {
        say(&format!(
            "{:<12} {:>9} rows {:>7} pages {:>11} bytes",
            table.name, table.rows, table.pages, table.bytes
        ))?;
    }
    say(&format!(
        "{} links, {} thumbnails, {} pictures without; schema {}, batch {}",
        report.links, report.thumbnails, report.without_thumbnail, report.schema, report.generation
    ))?;
    if sound {
        return say("nothing is wrong");
    }
    let count = report.problems.len() as u64 + report.unlisted + u64::from(!matches!(structure, Ok(true)));
    say(&format!("{count} problems; {}", advice(report, structure)))
}

fn print_json(report: &Report, structure: &Result<bool, StoreError>, sound: bool) -> Result<(), Failure> {
    let file = words(structure);
    let file = file.iter().map(|words| ("file", words.clone()));
    let others = report
        .problems
        .iter()
        .map(|problem| (problem.word(), problem.to_string()));
    for (word, words) in file.chain(others) {
        say(&json!({ "problem": word, "detail": words }).to_string())?;
    }
    let tables: Vec<Value> = report
        .tables
        .iter()
        .map(|table| {
            json!({
                "name": table.name,
                "rows": table.rows,
                "pages": table.pages,
                "bytes": table.bytes,
            })
        })
        .collect();
    let total = json!({
        "sound": sound,
        "problems": report.problems.len() as u64 + report.unlisted + u64::from(!matches!(structure, Ok(true))),
        "quarantined": report.aside.len(),
        "unknown": report.unknown,
        "links": report.links,
        "thumbnails": report.thumbnails,
        "withoutThumbnail": report.without_thumbnail,
        "listensOfGoneTracks": report.heard_and_gone,
        "unusedPictures": report.unused.0,
        "unusedPictureBytes": report.unused.1,
        "schema": report.schema,
        "generation": report.generation,
        "tables": tables,
        "advice": (!sound).then(|| advice(report, structure)),
    });
    say(&total.to_string())
}

fn bar() -> ProgressBar {
    if !is_watched() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len}  {eta}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
