//! A library in memory that is asked as fast as it answers: the engine alone, without store, port or page.

use segue_benches::counting::Counting;
use segue_benches::owner::Owner;
use segue_benches::words;
use serde_json::json;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::seeded::SEED;

#[global_allocator]
static MEMORY: Counting = Counting::new();

/// Bytes in use in this instance.
#[wasm_bindgen]
#[must_use]
pub fn live_bytes() -> usize {
    MEMORY.live()
}

/// A library whose rows, orders and words are in memory, with a host beside it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Searched {
    owner: Owner,
    tracks: u32,
    order: Vec<u64>,
}

#[wasm_bindgen]
impl Searched {
    /// Makes so many tracks.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(tracks: u32) -> Self {
        Self {
            owner: Owner::new(tracks, SEED),
            tracks,
            order: Vec::new(),
        }
    }

    /// Indexes them, as after a load.
    pub fn index(&mut self) {
        self.owner.index();
    }

    /// How many tracks match; the first window of them is found and sorted too.
    #[must_use]
    pub fn find(&mut self, query: &str) -> u32 {
        self.owner.find(query).0
    }

    /// How many distinct values of a field the matching tracks have, with the first hundred of them counted.
    #[must_use]
    pub fn facets(&mut self, field: &str, query: &str) -> u32 {
        self.owner.facets(field, query)
    }

    /// Opens a view of the first window of all tracks.
    pub fn open_view(&mut self) -> u32 {
        self.owner.open_view()
    }

    /// Types into the view; answers how many tracks match when the host shows them.
    ///
    /// # Errors
    /// There is no such view.
    pub fn type_into(&mut self, view: u32, query: &str) -> Result<u32, JsError> {
        self.owner.client.remote_mut().set_query(view, query);
        self.owner.settle();
        let state = self.owner.client.view(view);
        Ok(state.ok_or_else(|| JsError::new("no such view"))?.total)
    }

    /// Gives the track in this place of the default order another title; answers when the host shows it.
    pub fn retitle(&mut self, place: usize, title: &str) {
        let track = self.order.get(place).copied().unwrap_or(1);
        self.owner.retitle(track, title);
    }

    /// Runs so many ticks with nothing to do.
    pub fn idle(&mut self, ticks: u32) {
        for _ in 0..ticks {
            self.owner.tick();
        }
    }

    /// Sorts all tracks in the default order, so that [`Searched::rows`] can give them out in it.
    pub fn sort_rows(&mut self) {
        self.order = self.owner.order(self.tracks);
    }

    /// The tracks at these places of the default order as a JSON array of
    /// `[place, title, artist, album artist, album, [genre], year, milliseconds]`, the last one left out.
    ///
    /// # Errors
    /// There is no JSON of a row, which cannot be.
    pub fn rows(&self, first: usize, end: usize) -> Result<String, JsError> {
        let places = self.order.iter().enumerate().take(end).skip(first);
        let rows: Vec<_> = places
            .filter_map(|(place, &id)| Some((place, self.owner.row(id)?)))
            .map(|(place, row)| {
                json!([
                    place,
                    row.title,
                    row.artist,
                    row.album_artist,
                    row.album,
                    row.genres,
                    row.year,
                    row.duration_ms
                ])
            })
            .collect();
        Ok(serde_json::to_string(&rows)?)
    }
}

/// So many queries as they are typed: see [`words::keystrokes`].
#[wasm_bindgen]
#[must_use]
pub fn keystrokes(count: usize, seed: u32) -> Vec<String> {
    words::keystrokes(count, seed.into())
}
