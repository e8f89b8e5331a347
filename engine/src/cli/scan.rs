//! `segue scan DIR`

use std::path::PathBuf;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use segue::components::sync_job::{JobProgress, JobState};
use segue::native::path::show;
use serde_json::json;

use super::{Failure, LibraryArguments, Outcome, is_watched, say};

/// Brings the library up to date with a folder of music.
///
/// New and changed files are read; the rest is recognised by size and time of change. Files that vanished
/// are kept as missing, with their ratings and play counts. Ends with 1 if the folder could not be listed;
/// single files that cannot be read are named and do not count as a failure.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder.
    dir: PathBuf,
    #[command(flatten)]
    library: LibraryArguments,
    /// Print one JSON object instead of words.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    if !arguments.dir.is_dir() {
        return Err(Failure(format!("{} is not a folder", arguments.dir.display())));
    }
    let mut engine = arguments.library.open(true)?;
    let folder = engine.add_folder(&arguments.dir)?;
    let job = engine.start_sync(folder)?;
    let bar = bar();
    let outcome = engine.wait_for_sync(job, |progress| show_progress(&bar, progress))?;
    bar.finish_and_clear();
    let progress = outcome.progress;
    let totals = engine.totals()?;
    let seconds = progress.ended.saturating_sub(progress.started) as f64 / 1_000.0;
    engine.close()?;
    if arguments.json {
        let root = arguments
            .dir
            .canonicalize()
            .unwrap_or_else(|_| arguments.dir.clone());
        let failed: Vec<_> = outcome
            .failures
            .iter()
            .map(|failure| json!({ "path": root.join(show(&failure.path)), "error": failure.error }))
            .collect();
        let mut summary = json!({
            "tracks": totals.tracks,
            "albums": totals.albums,
            "artists": totals.artists,
            "added": progress.added,
            "changed": progress.changed,
            "missing": progress.missing,
            "failed": failed,
            "seconds": seconds,
        });
        if let JobState::Failed { error } = &outcome.state {
            summary["error"] = json!(error);
        }
        say(&summary.to_string())?;
    } else {
        for failure in &outcome.failures {
            say(&format!("{}: {}", show(&failure.path), failure.error))?;
        }
        let unnamed = progress.failed.saturating_sub(outcome.failures.len() as u64);
        if unnamed > 0 {
            say(&format!("… and {unnamed} more"))?;
        }
        say(&format!(
            "{} tracks, {} albums, {} artists: {} added, {} changed, {} missing, {} failed in {seconds:.1} s",
            totals.tracks,
            totals.albums,
            totals.artists,
            progress.added,
            progress.changed,
            progress.missing,
            progress.failed,
        ))?;
    }
    match outcome.state {
        JobState::Failed { error } => Err(Failure(error)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn bar() -> ProgressBar {
    if !is_watched() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len}  {eta}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn show_progress(bar: &ProgressBar, progress: &JobProgress) {
    bar.set_length(progress.to_read.max(progress.read));
    bar.set_position(progress.read);
    bar.set_message(if progress.listing_done {
        format!("{} files", progress.listed)
    } else {
        format!("{} files so far", progress.listed)
    });
}
