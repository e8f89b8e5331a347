//! `segue rate STARS QUERY`

use std::process::ExitCode;

use segue::Engine;
use segue::components::id::TrackId;
use segue::components::intent::Request;
use segue::components::track::Rating;
use serde_json::json;

use super::{Failure, LibraryArguments, Outcome, mark, say};

/// Rates the tracks that answer a query.
///
/// Says how many they are. Ends with 1 if nothing matches.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// One to five stars; 0 or `none` takes ratings away.
    #[arg(value_parser = stars)]
    stars: u8,
    /// Which tracks, as for `segue ls`. Several words need no quotes.
    #[arg(required_unless_present_any = ["track", "all"])]
    query: Vec<String>,
    /// Or the track with this number; may be given several times.
    #[arg(long, value_name = "ID", conflicts_with_all = ["query", "all"])]
    track: Vec<u64>,
    /// Or every track there is.
    #[arg(long, conflicts_with = "query")]
    all: bool,
    #[command(flatten)]
    library: LibraryArguments,
    /// Print one JSON object instead of words.
    #[arg(long)]
    json: bool,
}

fn stars(text: &str) -> Result<u8, String> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(0);
    }
    let stars = text.parse().ok();
    let known = stars.filter(|&stars| stars == 0 || Rating::new(stars).is_some());
    known.ok_or_else(|| "0 to 5 stars are expected, or none".to_owned())
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let query = arguments.query.join(" ");
    if !arguments.all && arguments.track.is_empty() && query.trim().is_empty() {
        // `segue rate 5 "$QUERY"` where the variable is not set.
        return Err(Failure(
            "a query of nothing means every track; if that is wanted, say --all".to_owned(),
        ));
    }
    let mut engine = arguments.library.open(false)?;
    let tracks = if arguments.track.is_empty() {
        find(&mut engine, &query)?
    } else {
        arguments.track.iter().copied().map(TrackId).collect()
    };
    engine.rate(&tracks, arguments.stars)?;
    engine.close()?;
    if arguments.json {
        say(&json!({ "rated": tracks.len(), "stars": arguments.stars }).to_string())?;
    } else {
        say(&words(tracks.len(), arguments.stars))?;
    }
    Ok(if tracks.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Every track that answers a query, all of them before the first is rated: the query may ask for ratings.
fn find(engine: &mut Engine, query: &str) -> Result<Vec<TrackId>, Failure> {
    let mut tracks = Vec::new();
    loop {
        let offset = u32::try_from(tracks.len()).unwrap_or(u32::MAX);
        let answer = engine
            .query(query, offset..offset.saturating_add(Request::MOST_ROWS))
            .map_err(|error| mark(query, &error))?;
        if answer.rows.is_empty() {
            return Ok(tracks);
        }
        tracks.extend(answer.rows.iter().map(|row| TrackId(row.id)));
    }
}

fn words(tracks: usize, stars: u8) -> String {
    let tracks = match tracks {
        0 => return "nothing matches".to_owned(),
        1 => "1 track".to_owned(),
        _ => format!("{tracks} tracks"),
    };
    match stars {
        0 => format!("took the rating of {tracks} away"),
        1 => format!("rated {tracks} with 1 star"),
        _ => format!("rated {tracks} with {stars} stars"),
    }
}
