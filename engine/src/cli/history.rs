//! `segue history`

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use segue::components::intent::Request;
use segue::components::report::{ListenRow, Response};
use serde_json::json;

use super::{Failure, LibraryArguments, Outcome, show_date, show_duration, show_track};

/// Lists what was heard, the newest first.
///
/// A listen counts as a play at half of the track or four minutes, whichever comes first; one that did not is
/// marked with a dash.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    library: LibraryArguments,
    /// Print one JSON object a listen.
    #[arg(long)]
    json: bool,
    /// Print no more than so many.
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Leave out so many first.
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: u32,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let mut engine = arguments.library.open(false)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut offset = arguments.offset;
    let end = arguments
        .limit
        .map_or(u32::MAX, |limit| offset.saturating_add(limit));
    while offset < end {
        let limit = (end - offset).min(Request::MOST_ROWS);
        let Response::History { rows, .. } = engine.ask(Request::History { offset, limit })? else {
            return Err(Failure(
                "the library gave another answer than was asked for".to_owned(),
            ));
        };
        if rows.is_empty() {
            break;
        }
        offset = offset.saturating_add(u32::try_from(rows.len())?);
        for row in rows {
            if arguments.json {
                serde_json::to_writer(&mut out, &value(&row))?;
                writeln!(out)?;
            } else {
                writeln!(out, "{}", line(&row))?;
            }
        }
    }
    out.flush()?;
    engine.close()?;
    Ok(ExitCode::SUCCESS)
}

fn value(row: &ListenRow) -> serde_json::Value {
    json!({
        "at": row.listen.at,
        "track": row.listen.track.0,
        "heardMs": row.listen.heard,
        "counted": row.listen.counted,
        "row": row.row.as_ref().map(|row| row.json()),
    })
}

fn line(row: &ListenRow) -> String {
    let listen = row.listen;
    let mark = if listen.counted { ' ' } else { '-' };
    let track = match &row.row {
        Some(row) => show_track(row),
        None => format!("track {}, which is gone", listen.track),
    };
    let heard = show_duration(u64::from(listen.heard));
    format!("{} {mark} {track}  {heard}", show_date(listen.at))
}
