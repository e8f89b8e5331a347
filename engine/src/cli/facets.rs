//! `segue facets FIELD [QUERY]`

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use segue::components::intent::{FacetField, FacetOrder, Request};
use serde_json::json;

use super::{LibraryArguments, Outcome, mark};

/// Counts the tracks that answer a query by the values of a field.
///
/// Prints each value with how many tracks have it, most tracks first. A track with three artists counts for each
/// of them. Ends with 1 if nothing matches.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Which field: artist, albumartist, album, genre, decade, year, codec or folder.
    #[arg(value_parser = field)]
    field: FacetField,
    /// Which tracks to count; all if left out. Several words need no quotes.
    query: Vec<String>,
    #[command(flatten)]
    library: LibraryArguments,
    /// Print one JSON object a value.
    #[arg(long)]
    json: bool,
    /// Sort by name.
    #[arg(long)]
    by_name: bool,
    /// Print no more than so many values.
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Leave out so many first.
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: u32,
}

fn field(name: &str) -> Result<FacetField, String> {
    let name = name.to_ascii_lowercase();
    let found = FacetField::ALL.iter().find(|(known, _)| *known == name);
    found.map(|&(_, field)| field).ok_or_else(|| {
        let names: Vec<_> = FacetField::ALL.iter().map(|(name, _)| *name).collect();
        format!("one of {} is expected", names.join(", "))
    })
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let query = arguments.query.join(" ");
    let mut engine = arguments.library.open(false)?;
    let order = if arguments.by_name {
        FacetOrder::Name
    } else {
        FacetOrder::Count
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut printed = 0;
    loop {
        let left = arguments
            .limit
            .map_or(Request::MOST_ROWS, |limit| limit - printed);
        let offset = arguments.offset.saturating_add(printed);
        let end = offset.saturating_add(left.min(Request::MOST_ROWS));
        let found = engine
            .facets(&query, arguments.field, order, offset..end)
            .map_err(|error| mark(&query, &error))?;
        for row in &found.rows {
            if arguments.json {
                let mut line = json!({ "value": row.value, "count": row.tracks });
                if row.id != 0 {
                    line["id"] = row.id.into();
                }
                if row.albums != 0 {
                    line["albums"] = row.albums.into();
                }
                writeln!(out, "{line}")?;
            } else {
                writeln!(out, "{:>7}  {}", row.tracks, row.value)?;
            }
            printed += 1;
        }
        let done = arguments.limit.is_some_and(|limit| printed >= limit);
        if found.rows.is_empty() || done || arguments.offset.saturating_add(printed) >= found.total {
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
