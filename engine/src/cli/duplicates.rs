//! `segue duplicates`

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use segue::components::intent::Request;
use segue::components::report::{DuplicateGroup, Response, Rung};
use serde_json::json;

use super::{Failure, LibraryArguments, Outcome, show_duration, show_track};

/// Lists tracks that are the same recording.
///
/// They have the same sound, the same MusicBrainz recording, or the same title and artists at the same length.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    library: LibraryArguments,
    /// Print one JSON object a group.
    #[arg(long)]
    json: bool,
}

/// How many groups are asked for at once.
const PAGE: u32 = 500;

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let mut engine = arguments.library.open(false)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut offset = 0;
    loop {
        let request = Request::Duplicates { offset, limit: PAGE };
        let Response::Duplicates { groups, .. } = engine.ask(request)? else {
            return Err(Failure(
                "the library gave another answer than was asked for".to_owned(),
            ));
        };
        if groups.is_empty() {
            break;
        }
        offset += PAGE;
        for group in groups {
            if arguments.json {
                let tracks: Vec<_> = group.tracks.iter().map(|row| row.json()).collect();
                let value = json!({ "rung": group.rung, "tracks": tracks });
                writeln!(out, "{value}")?;
            } else {
                print(&mut out, &group)?;
            }
        }
    }
    out.flush()?;
    engine.close()?;
    Ok(ExitCode::SUCCESS)
}

fn print(out: &mut impl Write, group: &DuplicateGroup) -> Result<(), Failure> {
    let why = match group.rung {
        Rung::Path => "same file",
        Rung::AudioHash => "same sound",
        Rung::Recording => "same recording",
        Rung::Tags => "same title, artists and length",
    };
    if let Some(first) = group.tracks.first() {
        writeln!(out, "{}  ({why})", show_track(first))?;
    }
    for row in &group.tracks {
        let length = show_duration(u64::from(row.duration_ms));
        writeln!(out, "  {}  {length}  {} {}", row.id, row.codec, row.path)?;
    }
    Ok(())
}
