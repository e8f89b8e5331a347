//! What the command understands, and how it speaks: words for people, or with `--json` one object a line.

mod check;
mod decode;
mod duplicates;
mod facets;
mod history;
mod ls;
mod play;
mod play_files;
mod playlist;
mod rate;
mod scan;
mod user_data;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::panic;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use segue::components::row::TrackRow;
use segue::{Engine, EngineError};

/// A music library and player.
///
/// The library is one file; --library says which. Every command prints for people, or with --json for
/// programs: one JSON object a line on standard output, and errors in words on standard error.
#[derive(Debug, Parser)]
#[command(name = "segue", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Brings the library up to date with a folder of music.
    Scan(scan::Arguments),
    /// Lists tracks.
    Ls(ls::Arguments),
    /// Rates the tracks that answer a query.
    Rate(rate::Arguments),
    /// Lists what was heard.
    History(history::Arguments),
    /// Lists playlists.
    Playlists(playlist::ListArguments),
    /// Makes, shows, changes, reads and writes playlists.
    Playlist(playlist::Arguments),
    /// Writes everything you made into one file: ratings, playlists, history, play counts.
    Export(user_data::ExportArguments),
    /// Merges such a file into the library.
    Import(user_data::ImportArguments),
    /// Lists tracks that are the same recording.
    Duplicates(duplicates::Arguments),
    /// Counts tracks by artist, album, genre, year and so on.
    Facets(facets::Arguments),
    /// Plays a file, or the tracks that answer a query.
    Play(play::Arguments),
    /// Verifies a library without changing it, and says what it finds.
    Check(check::Arguments),
    /// Decodes a file, to hear or to verify it bit by bit.
    Decode(decode::Arguments),
}

/// Which library.
#[derive(Debug, clap::Args)]
struct LibraryArguments {
    /// The library's file [default: in the platform's data directory].
    #[arg(long, value_name = "PATH", global = true)]
    library: Option<PathBuf>,
    /// Read the library as it is now and change nothing, also while another process has it open.
    #[arg(long)]
    read_only: bool,
}

/// Why a command ended badly, in words for the person at the terminal.
#[derive(Debug)]
struct Failure(String);

impl<E: std::fmt::Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

type Outcome = Result<ExitCode, Failure>;

/// Reads the arguments and does what they say.
pub(crate) fn run() -> ExitCode {
    let filter = std::env::var("SEGUE_LOG")
        .ok()
        .and_then(|level| level.parse().ok());
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(filter.unwrap_or(tracing::Level::ERROR))
        .without_time()
        .init();
    silence_redb();
    let outcome = match Arguments::parse_from(keep_signs(std::env::args_os())).command {
        Command::Scan(arguments) => scan::run(&arguments),
        Command::Ls(arguments) => ls::run(&arguments),
        Command::Rate(arguments) => rate::run(&arguments),
        Command::History(arguments) => history::run(&arguments),
        Command::Playlists(arguments) => playlist::list(&arguments),
        Command::Playlist(arguments) => playlist::run(&arguments),
        Command::Export(arguments) => user_data::export(&arguments),
        Command::Import(arguments) => user_data::import(&arguments),
        Command::Duplicates(arguments) => duplicates::run(&arguments),
        Command::Facets(arguments) => facets::run(&arguments),
        Command::Play(arguments) => play::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Decode(arguments) => decode::run(&arguments),
    };
    match outcome {
        Ok(code) => code,
        // Whoever reads our output had enough of it: `segue ls | head`.
        Err(Failure(reason)) if reason.contains("Broken pipe") => ExitCode::SUCCESS,
        Err(Failure(reason)) => {
            drop(writeln!(io::stderr(), "segue: {reason}"));
            ExitCode::FAILURE
        }
    }
}

/// Lets `-live` be a condition of a query where one is expected: a space before it means nothing to a query, and
/// keeps it from being read as options. `-h` and `-V` are the only ones that begin with a single dash.
fn keep_signs(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    let takes_query = match arguments.get(1).and_then(|command| command.to_str()) {
        Some("ls" | "facets" | "play" | "rate") => true,
        Some("playlist") => arguments.iter().any(|argument| argument == "add"),
        _ => false,
    };
    for argument in arguments.iter_mut().skip(2).filter(|_| takes_query) {
        let is_option = argument == "-h" || argument == "-V";
        if !is_option && matches!(argument.as_encoded_bytes(), [b'-', second, ..] if *second != b'-') {
            let mut spaced = OsString::from(" ");
            spaced.push(&argument);
            *argument = spaced;
        }
    }
    arguments
}

/// The store catches the panics of redb over a damaged file, and tells of the damage itself.
fn silence_redb() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let is_redb = panic
            .location()
            .is_some_and(|location| location.file().contains("/redb-"));
        if !is_redb {
            usual(panic);
        }
    }));
}

impl LibraryArguments {
    fn path(&self) -> Result<PathBuf, Failure> {
        if let Some(path) = &self.library {
            return Ok(path.clone());
        }
        let directories = directories::ProjectDirs::from("", "", "segue");
        let directories =
            directories.ok_or("this system names no data directory; say where with --library PATH")?;
        Ok(directories.data_dir().join("library.segue"))
    }

    /// Opens the library, made anew where there is none if `create` says so.
    fn open(&self, create: bool) -> Result<Engine, Failure> {
        let path = self.path()?;
        if create && self.read_only {
            return Err(Failure(
                "this changes the library, which cannot be done with --read-only".to_owned(),
            ));
        }
        if !create && !path.exists() {
            return Err(Failure(format!(
                "there is no library at {}; `segue scan DIR` makes one",
                path.display()
            )));
        }
        let mut builder = Engine::builder().library(&path);
        if self.read_only {
            builder = builder.read_only();
        }
        builder.open().map_err(|error: EngineError| {
            let hint = match &error {
                EngineError::Held { .. } => "; with --read-only it can be read meanwhile",
                _ => "",
            };
            Failure(format!(
                "the library {} cannot be opened: {error}{hint}",
                path.display()
            ))
        })
    }
}

/// Whether a person sees standard error: then progress is drawn there.
fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Writes one line to standard output.
fn say(line: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(())
}

/// A track in few words: its artist, if known, and its title.
fn show_track(row: &TrackRow) -> String {
    if row.artist.is_empty() {
        row.title.clone()
    } else {
        format!("{} – {}", row.artist, row.title)
    }
}

/// How much of a query is shown on either side of the place where it went wrong, in characters.
const SHOWN_OF_QUERY: usize = 60;

/// Points at the place in a query where it went wrong.
fn mark(query: &str, error: &segue::EngineError) -> Failure {
    let Some(column) = error.query_column() else {
        return Failure(error.to_string());
    };
    let column = column as usize;
    let skipped = column.saturating_sub(SHOWN_OF_QUERY);
    let shown = query.chars().skip(skipped).take(2 * SHOWN_OF_QUERY).map(|char| {
        // A line break or a tab would move the mark away from what it points at.
        if char.is_control() { ' ' } else { char }
    });
    let shown: String = shown.collect();
    Failure(format!(
        "{error}\n  {shown}\n  {:>width$}",
        "^",
        width = column - skipped + 1
    ))
}

/// A length of time as people read it: `3:07`, `1:02:03`.
fn show_duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// A time in milliseconds since 1970 as people read it, in UTC: `2023-11-14 22:13`.
fn show_date(unix: u64) -> String {
    let minutes = unix / 60_000;
    let (days, minute) = (minutes / 1_440, minutes % 1_440);
    // Days since 0000-03-01, in years that end with February (Howard Hinnant, "chrono-compatible date algorithms").
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = era * 400 + year + next;
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}",
        minute / 60,
        minute % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_make_sense() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn durations_read_as_on_a_sleeve() {
        assert_eq!(show_duration(187_400), "3:07");
        assert_eq!(show_duration(3_723_000), "1:02:03");
    }

    #[test]
    fn dates_follow_the_calendar() {
        assert_eq!(show_date(0), "1970-01-01 00:00");
        assert_eq!(show_date(951_782_400_000), "2000-02-29 00:00");
        assert_eq!(show_date(1_700_000_000_000), "2023-11-14 22:13");
        assert_eq!(show_date(1_709_251_199_000), "2024-02-29 23:59");
    }
}
