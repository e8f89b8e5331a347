//! The bundle of the library worker, for `library-worker.js`.

use segue_web::folders::Folders;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::MessagePort;

/// See [`segue_web::library::LibraryWorker`].
#[wasm_bindgen]
#[derive(Debug)]
pub struct LibraryWorker {
    inner: segue_web::library::LibraryWorker,
    opened: segue_web::library::Opened,
}

/// Why a library was not opened.
#[wasm_bindgen(getter_with_clone)]
#[derive(Debug)]
pub struct Refused {
    /// For programs.
    pub code: String,
    /// For the listener.
    pub message: String,
}

#[wasm_bindgen]
impl LibraryWorker {
    /// Opens the library of this name, or one in memory.
    ///
    /// # Errors
    /// A [`Refused`].
    pub async fn open(
        name: Option<String>,
        locale: String,
        page: MessagePort,
        folders: Folders,
    ) -> Result<Self, Refused> {
        segue_web::exception::report_panics();
        match segue_web::library::LibraryWorker::open(name.as_deref(), locale, page, folders).await {
            Ok((inner, opened)) => Ok(Self { inner, opened }),
            Err(refused) => Err(Refused {
                code: refused.code.to_owned(),
                message: refused.message,
            }),
        }
    }

    /// Where it is kept.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn backend(&self) -> String {
        self.opened.backend.to_owned()
    }

    /// Why it is not kept, for programs.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        self.opened.reason.map(str::to_owned)
    }

    /// Why it is not kept, for the listener.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn message(&self) -> Option<String> {
        self.opened.message.clone()
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

    /// Serves another tab behind this port, or what is like one.
    pub fn add_host(&self, port: MessagePort) -> u32 {
        self.inner.add_host(port)
    }

    /// A tab that was served is gone.
    pub fn remove_host(&self, host: u32) {
        self.inner.remove_host(host);
    }

    /// Reads files through this worker.
    pub fn add_pool(&self, worker: MessagePort) -> usize {
        self.inner.add_pool(worker)
    }

    /// Goes on with this worker in place of one that crashed, or without it.
    pub fn replace_pool(&self, number: usize, worker: Option<MessagePort>) {
        self.inner.replace_pool(number, worker);
    }

    /// Plays through this worker.
    pub fn set_audio(&self, worker: MessagePort) {
        self.inner.set_audio(worker);
    }

    /// Sound cannot come out.
    pub fn output_failed(&self, error: String) {
        self.inner.output_failed(error);
    }

    /// Writes what is not stored yet.
    pub fn flush(&self) {
        self.inner.flush();
    }

    /// Writes what is not stored yet and lets go of the store.
    pub async fn close(&self) {
        self.inner.close().await;
    }
}
