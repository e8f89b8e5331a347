//! The bundle of the audio worker, for `audio-worker.js`.

use js_sys::{Function, SharedArrayBuffer};
use segue_web::folders::Folders;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::MessagePort;

/// See [`segue_web::audio::AudioWorker`].
#[wasm_bindgen]
#[derive(Debug)]
pub struct AudioWorker(segue_web::audio::AudioWorker);

#[wasm_bindgen]
impl AudioWorker {
    /// Obeys the library behind this port.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(library: MessagePort, folders: Folders, anchor: Function) -> Self {
        segue_web::exception::report_panics();
        Self(segue_web::audio::AudioWorker::new(library, folders, anchor))
    }

    /// Plays into this shared memory.
    ///
    /// # Errors
    /// The memory is no ring.
    pub fn play_into_memory(&self, memory: &SharedArrayBuffer, sample_rate: u32) -> Result<(), JsError> {
        let played = self.0.play_into_memory(memory, sample_rate);
        played.map_err(|error| JsError::new(&error))
    }

    /// Plays into the worklet behind this port.
    pub fn play_into_port(&self, worklet: MessagePort, sample_rate: u32) {
        self.0.play_into_port(worklet, sample_rate);
    }
}
