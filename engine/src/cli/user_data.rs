//! `segue export` and `segue import`

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use segue::components::intent::Request;
use segue::components::report::{ImportReport, Response};
use segue::{Engine, EngineError};
use serde_json::json;

use super::{Failure, LibraryArguments, Outcome, is_watched, say};

/// Writes everything you made into one file: ratings, playlists, history, play counts.
///
/// systems/EXPORT.md says what stands in it.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArguments {
    #[command(flatten)]
    library: LibraryArguments,
    /// The file; without it, standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Merges a file that `segue export` wrote into the library.
///
/// Nothing of the library is lost by it, and merging a file twice is merging it once.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArguments {
    /// The file.
    file: PathBuf,
    #[command(flatten)]
    library: LibraryArguments,
    /// Print one JSON object instead of words.
    #[arg(long)]
    json: bool,
}

/// Asks and shows how far it is.
fn watched(engine: &mut Engine, request: Request) -> Result<Response, EngineError> {
    let bar = if is_watched() {
        ProgressBar::new(1_000)
    } else {
        ProgressBar::hidden()
    };
    let style = ProgressStyle::with_template("{spinner} {wide_bar} {percent} %  {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let answer = engine.ask_and_watch(request, |done| bar.set_position(done.into()));
    bar.finish_and_clear();
    answer
}

fn unexpected() -> Failure {
    Failure("the library gave another answer than was asked for".to_owned())
}

pub(super) fn export(arguments: &ExportArguments) -> Outcome {
    let mut engine = arguments.library.open(false)?;
    let Response::Document(bytes) = watched(&mut engine, Request::ExportUserData)? else {
        return Err(unexpected());
    };
    engine.close()?;
    match &arguments.out {
        None => say(String::from_utf8(bytes)?.trim_end())?,
        Some(out) => {
            fs::write(out, bytes).map_err(|error| Failure(format!("{}: {error}", out.display())))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn import(arguments: &ImportArguments) -> Outcome {
    let named = |error: &dyn std::fmt::Display| Failure(format!("{}: {error}", arguments.file.display()));
    let bytes = fs::read(&arguments.file).map_err(|error| named(&error))?;
    let mut engine = arguments.library.open(false)?;
    let answer = watched(&mut engine, Request::ImportUserData { bytes });
    let Response::UserDataImported(report) = answer.map_err(|error| named(&error))? else {
        return Err(unexpected());
    };
    engine.close()?;
    if arguments.json {
        say(&value(&report).to_string())?;
    } else {
        for name in &report.unmatched_names {
            say(&format!("not in the library: {name}"))?;
        }
        say(&words(&report))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn value(report: &ImportReport) -> serde_json::Value {
    let [path, audio_hash, recording, tags] = report.matched;
    json!({
        "matched": { "path": path, "audioHash": audio_hash, "recording": recording, "tags": tags },
        "unmatched": report.unmatched,
        "unmatchedNames": report.unmatched_names,
        "ratings": report.ratings,
        "ratingsKept": report.ratings_kept,
        "stats": report.stats,
        "playlists": report.playlists,
        "playlistsChanged": report.playlists_changed,
        "listens": report.listens,
        "listensUnmatched": report.listens_unmatched,
    })
}

fn words(report: &ImportReport) -> String {
    format!(
        "{} tracks found, {} not in the library; {} ratings ({} of your own kept), {} counts, {} playlists, \
         {} listens came in",
        report.matched.iter().sum::<u32>(),
        report.unmatched,
        report.ratings,
        report.ratings_kept,
        report.stats,
        report.playlists + report.playlists_changed,
        report.listens
    )
}
