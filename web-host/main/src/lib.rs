//! The bundle of the page's main thread: the page's copy of what it shows, for `segue.js`.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// See [`segue_web::page::Page`].
#[wasm_bindgen]
#[derive(Debug)]
pub struct Page(segue_web::page::Page);

#[wasm_bindgen]
impl Page {
    /// An empty copy, whose greeting waits to be carried.
    #[wasm_bindgen(constructor)]
    #[expect(
        clippy::new_without_default,
        reason = "JavaScript calls constructors, not traits"
    )]
    #[must_use]
    pub fn new() -> Self {
        segue_web::exception::report_panics();
        Self(segue_web::page::Page::default())
    }

    /// The wire that this build speaks, for a tab that may be of another.
    #[must_use]
    pub fn protocol(&self) -> String {
        segue_web::page::protocol()
    }

    /// The newest schema that this build can open.
    #[must_use]
    pub fn schema(&self) -> u16 {
        segue_web::page::SCHEMA
    }

    /// What has to be carried to the library, as `ArrayBuffer`s.
    pub fn outgoing(&mut self) -> Array {
        let messages = self.0.take_outgoing();
        messages
            .iter()
            .map(|bytes| Uint8Array::from(&bytes[..]).buffer())
            .collect()
    }

    /// Asks something.
    ///
    /// # Errors
    /// It is no request.
    pub fn request(&mut self, request: &str) -> Result<u32, JsError> {
        self.0.request(request).map_err(|error| JsError::new(&error))
    }

    /// Asks something that brings a file.
    ///
    /// # Errors
    /// It is no request that takes one.
    pub fn request_file(&mut self, request: &str, file: Vec<u8>) -> Result<u32, JsError> {
        self.0
            .request_file(request, file)
            .map_err(|error| JsError::new(&error))
    }

    /// Takes in what the library sent.
    pub fn receive(&mut self, bytes: &[u8], now: f64) -> String {
        self.0.receive(bytes, time(now))
    }

    /// Begins anew with a library that was started again.
    pub fn reconnect(&mut self, now: f64) -> String {
        self.0.reconnect(time(now))
    }

    /// The bytes of the picture or file that answered a request.
    pub fn take_artwork(&mut self, id: u32) -> Option<Vec<u8>> {
        self.0.take_artwork(id)
    }

    /// Opens a view.
    pub fn open_view(&mut self, albums: bool, query: &str, offset: u32, limit: u32) -> u32 {
        self.0.open_view(albums, query, offset, limit)
    }

    /// Lets a view show another query.
    pub fn set_query(&mut self, view: u32, query: &str) {
        self.0.set_query(view, query);
    }

    /// Moves the window of a view.
    pub fn set_window(&mut self, view: u32, offset: u32, limit: u32) {
        self.0.set_window(view, offset, limit);
    }

    /// Lets a view tell the place of a row from now on.
    pub fn follow(&mut self, view: u32, row: Option<f64>) {
        self.0.follow(view, row.map(time));
    }

    /// Closes a view.
    pub fn close_view(&mut self, view: u32) {
        self.0.close_view(view);
    }

    /// What a view shows, as JSON.
    #[must_use]
    pub fn view(&self, view: u32, albums: bool) -> Option<String> {
        self.0.view(view, albums)
    }

    /// A track that is shown or in the queue, as JSON.
    #[must_use]
    pub fn track(&self, id: f64) -> Option<String> {
        self.0.track(time(id))
    }

    /// Every job, as JSON.
    #[must_use]
    pub fn jobs(&self, now: f64) -> String {
        self.0.jobs(time(now))
    }

    /// Every provider, as JSON.
    #[must_use]
    pub fn providers(&self) -> String {
        self.0.providers()
    }

    /// Every playlist, as JSON.
    #[must_use]
    pub fn playlists(&self) -> String {
        self.0.playlists()
    }

    /// The player, as JSON.
    #[must_use]
    pub fn player(&self) -> Option<String> {
        self.0.player()
    }

    /// The tracks of the queue.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "ids count from 1 and stay far below 2^53"
    )]
    pub fn queue(&self) -> Vec<f64> {
        self.0.queue().into_iter().map(|id| id as f64).collect()
    }

    /// Says goodbye.
    pub fn leave(&mut self) {
        self.0.leave();
    }
}

/// A whole number of JavaScript: a time or an id.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is not a whole number above zero names nothing"
)]
fn time(number: f64) -> u64 {
    number as u64
}
