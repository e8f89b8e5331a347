//! `segue play FILE|QUERY`

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use segue::components::intent::{PlayerRequest, Request};
use segue::components::playback::{PlayerState, PlayerStatus};
use segue::engine::Event;
use segue::{Engine, Output};
use serde_json::json;

use super::{Failure, LibraryArguments, Outcome, is_watched, mark, say, show_duration, show_track};

/// Plays a file, or the tracks that answer a query.
///
/// What exists as a file is played as one; everything else is a query to the library. Ctrl-C ends.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A file, or a query. Several words need no quotes.
    #[arg(required = true, value_name = "FILE|QUERY")]
    what: Vec<String>,
    #[command(flatten)]
    library: LibraryArguments,
    /// Where the sound goes: `device`, `null` (nowhere, in real time) or `wav:PATH`.
    #[arg(long, default_value = "device", value_parser = parse_output)]
    output: Output,
    /// The volume in percent.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(0..=100))]
    volume: u16,
    /// Print one JSON object for each thing that happens.
    #[arg(long)]
    json: bool,
}

fn parse_output(text: &str) -> Result<Output, String> {
    match text.split_once(':') {
        None if text == "device" => Ok(Output::Device),
        None if text == "null" => Ok(Output::Null),
        Some(("wav", path)) if !path.is_empty() => Ok(Output::Wav(PathBuf::from(path))),
        _ => Err("expected device, null or wav:PATH".to_owned()),
    }
}

/// How often the bar moves and the player is asked whether it has ended.
pub(super) const GLANCE: Duration = Duration::from_millis(200);

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let files: Vec<PathBuf> = arguments.what.iter().map(PathBuf::from).collect();
    if files.iter().all(|path| path.is_file()) {
        return super::play_files::run(&files, arguments.output.clone(), arguments.volume, arguments.json);
    }
    let path = arguments.library.path()?;
    let query = arguments.what.join(" ");
    if !path.exists() {
        return Err(Failure(format!(
            "there is no file {query} and no library at {}; `segue scan DIR` makes one",
            path.display()
        )));
    }
    let mut engine = Engine::builder()
        .library(&path)
        .output(arguments.output.clone())
        .open()?;
    engine.player(PlayerRequest::SetVolume {
        volume: arguments.volume * 10,
    })?;
    engine.play(&query).map_err(|error| mark(&query, &error))?;
    let outcome = follow(&mut engine, arguments.json);
    engine.close()?;
    outcome
}

/// Shows what plays until the queue has ended. Ends with 1 if nothing could be played.
fn follow(engine: &mut Engine, json: bool) -> Outcome {
    let bar = bar(json);
    let mut shown = None;
    let mut played = false;
    let mut last_error = None;
    loop {
        let heard = engine.next_event(GLANCE)?;
        let Some(player) = engine.client().player() else {
            continue;
        };
        let state = player.state.clone();
        if let Some(error) = state
            .error
            .clone()
            .filter(|error| last_error.as_ref() != Some(error))
        {
            report(&bar, json, &json!({ "event": "failed", "error": error }), &error)?;
            last_error = Some(error);
        }
        if state.status == PlayerStatus::Playing && state.track != shown {
            shown = state.track;
            played = true;
            announce(engine, &bar, json, &state)?;
        }
        bar.set_position(state.position);
        match state.status {
            PlayerStatus::Stopped => break,
            // Nobody is there to play on: the output failed.
            PlayerStatus::Paused if last_error.is_some() => break,
            _ => {}
        }
        if matches!(heard, Some(Event::Incompatible)) {
            return Err(Failure("the library is of another build".to_owned()));
        }
    }
    bar.finish_and_clear();
    match (played, last_error) {
        (true, _) => Ok(ExitCode::SUCCESS),
        (false, Some(error)) => Err(Failure(error)),
        (false, None) => Err(Failure("nothing was played".to_owned())),
    }
}

fn announce(engine: &mut Engine, bar: &ProgressBar, json: bool, state: &PlayerState) -> Result<(), Failure> {
    let Some(track) = state.track else {
        return Ok(());
    };
    let row = match engine.ask(Request::GetTrack { track })? {
        segue::components::report::Response::Track(Some(row)) => row,
        _ => return Ok(()),
    };
    bar.set_length(state.duration);
    let event = json!({ "event": "started", "track": row.json(), "durationMs": state.duration });
    report(
        bar,
        json,
        &event,
        &format!("{}  {}", show_track(&row), show_duration(state.duration)),
    )
}

pub(super) fn report(
    bar: &ProgressBar,
    json: bool,
    event: &serde_json::Value,
    words: &str,
) -> Result<(), Failure> {
    bar.suspend(|| say(&if json { event.to_string() } else { words.to_owned() }))
}

pub(super) fn bar(json: bool) -> ProgressBar {
    if json || !is_watched() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
