//! A live view: fifty rows of a query that stay true while a scan goes on.
//!
//! ```text
//! cargo run --example subscribe -- ~/Music "year:1970..1979 sort:-added"
//! ```
//!
//! You will see the number of matches grow, and at the end the first rows.

use std::env;
use std::io::{self, Write};
use std::time::Duration;

use segue::components::id::Noun;
use segue::engine::Event;
use segue::{Engine, Output};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let folder = arguments
        .next()
        .unwrap_or_else(|| "web-host/demo/music".to_owned());
    let query = arguments.next().unwrap_or_default();
    let mut out = io::stdout();

    let mut engine = Engine::builder().output(Output::Null).open()?;
    let view = engine
        .client_mut()
        .remote_mut()
        .open_view(Noun::Track, &query, 0, 50);
    let folder = engine.add_folder(folder)?;
    engine.start_sync(folder)?;
    loop {
        match engine.next_event(Duration::from_millis(500))? {
            Some(Event::View(changed)) if changed == view => {
                let total = engine.client().view(view).map_or(0, |state| state.total);
                writeln!(out, "{total} tracks match")?;
            }
            Some(Event::SyncComplete(_)) => break,
            _ => {}
        }
    }
    // The view may lag a tenth of a second behind the end of the scan.
    while let Some(event) = engine.next_event(Duration::from_millis(300))? {
        drop(event);
    }
    for row in engine.client().view_tracks(view).iter().take(10) {
        writeln!(out, "{} – {}", row.artist, row.title)?;
    }
    Ok(engine.close()?)
}
