//! The bundle of the workers of the pool, for `pool-worker.js`.

use segue_web::folders::Folders;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::MessagePort;

/// See [`segue_web::pool::PoolWorker`].
#[wasm_bindgen]
#[derive(Debug)]
pub struct PoolWorker(
    #[expect(dead_code, reason = "it lives as long as its port listens")] segue_web::pool::PoolWorker,
);

#[wasm_bindgen]
impl PoolWorker {
    /// Serves the library behind this port.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(library: MessagePort, folders: Folders) -> Self {
        segue_web::exception::report_panics();
        Self(segue_web::pool::PoolWorker::new(library, folders))
    }
}
