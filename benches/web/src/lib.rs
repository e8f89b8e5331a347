//! What the browser benchmarks measure and the shipped bundles do not export: the store by itself, and the
//! decoders by themselves. It is built like the bundles, and runs in a worker like them.

pub mod decoding;
pub mod searched;
pub mod seeded;

pub use decoding::Sound;
pub use searched::Searched;
pub use seeded::SeededLibrary;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs when the bundle is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    segue_web::exception::report_panics();
}
