//! The whole engine without a device, a network or a file of its own: a folder is scanned into a library in
//! memory, and what answers a query is played into nothing, in real time.
//!
//! ```text
//! cargo run --example headless -- ~/Music "artist:queen"
//! ```
//!
//! You will see the library's counts, then the name of each track when its first sample would be heard.

use std::env;
use std::io::{self, Write};
use std::time::Duration;

use segue::components::intent::Request;
use segue::components::playback::PlayerStatus;
use segue::components::report::Response;
use segue::{Engine, Output};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let folder = arguments
        .next()
        .unwrap_or_else(|| "web-host/demo/music".to_owned());
    let query = arguments.next().unwrap_or_default();
    let mut out = io::stdout();

    let mut engine = Engine::builder().output(Output::Null).open()?;
    let folder = engine.add_folder(folder)?;
    let job = engine.start_sync(folder)?;
    engine.wait_for_sync(job, |_| {})?;
    let counts = engine.totals()?;
    writeln!(out, "{} tracks on {} albums", counts.tracks, counts.albums)?;

    // When the request is answered, the mirror shows the player at work.
    engine.play(&query)?;
    let mut shown = None;
    loop {
        engine.next_event(Duration::from_millis(500))?;
        let Some(state) = engine.client().player().map(|player| player.state.clone()) else {
            continue;
        };
        if state.status == PlayerStatus::Stopped {
            return Ok(engine.close()?);
        }
        if state.track != shown
            && state.status == PlayerStatus::Playing
            && let Some(track) = state.track
        {
            shown = state.track;
            if let Response::Track(Some(row)) = engine.ask(Request::GetTrack { track })? {
                writeln!(out, "{} – {}", row.artist, row.title)?;
            }
        }
    }
}
