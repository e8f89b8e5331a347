//! `segue ls [QUERY]`

use std::collections::HashMap;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use segue::Engine;
use segue::components::provider::ProviderKind;
use segue::components::row::TrackRow;
use segue::native::path::show;

use super::{LibraryArguments, Outcome, mark, show_duration, show_track};

/// Lists tracks.
///
/// A query is words and fields: `beatles year:1965..1969 -live sort:-year,album`. See QUERY.md for all of it.
/// Ends with 1 if nothing matches.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// What to list; everything if left out. Several words need no quotes.
    query: Vec<String>,
    #[command(flatten)]
    library: LibraryArguments,
    /// Print one JSON object a track.
    #[arg(long)]
    json: bool,
    /// Print no more than so many.
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Leave out so many first.
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: u32,
}

/// How many tracks are asked for at once.
const PAGE: u32 = 1_000;

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let query = arguments.query.join(" ");
    let mut engine = arguments.library.open(false)?;
    let roots = roots(&engine);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut printed = 0;
    let mut offset = arguments.offset;
    loop {
        let left = arguments.limit.map_or(PAGE, |limit| (limit - printed).min(PAGE));
        if left == 0 {
            break;
        }
        let answer = engine
            .query(&query, offset..offset.saturating_add(left))
            .map_err(|error| mark(&query, &error))?;
        let received = answer.rows.len();
        for mut row in answer.rows {
            if let Some(root) = roots.get(&row.provider) {
                row.path = root.join(show(&row.path)).to_string_lossy().into_owned();
            }
            if arguments.json {
                serde_json::to_writer(&mut out, &row.json())?;
                writeln!(out)?;
            } else {
                writeln!(out, "{}", line(&row))?;
            }
            printed += 1;
            offset += 1;
        }
        if received == 0 || offset >= answer.total {
            break;
        }
    }
    out.flush()?;
    engine.close()?;
    Ok(if printed == 0 && !query.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// The folder of each provider that is one of this machine.
fn roots(engine: &Engine) -> HashMap<u64, PathBuf> {
    let providers = engine.client().providers();
    let folders = providers.into_iter().filter_map(|provider| match provider.kind {
        ProviderKind::Folder { path } => Some((provider.id.0, PathBuf::from(show(path)))),
        _ => None,
    });
    folders.collect()
}

fn line(row: &TrackRow) -> String {
    let mut line = show_track(row);
    if !row.album.is_empty() {
        line.push_str(&format!("  [{}", row.album));
        match (row.disc, row.track) {
            (_, 0) => {}
            (0 | 1, track) => line.push_str(&format!(" #{track}")),
            (disc, track) => line.push_str(&format!(" #{disc}.{track}")),
        }
        line.push(']');
    }
    line.push_str(&format!("  {}", show_duration(u64::from(row.duration_ms))));
    line
}
