//! The folders that the visitor chose, as every worker knows them: `js/folders.js` seen from Rust.

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Keys and what they stand for: a directory's handle, or a list of files.
    #[derive(Debug, Clone)]
    pub type Folders;

    /// Whether the key is known here.
    #[wasm_bindgen(method)]
    pub fn has(this: &Folders, key: &str) -> bool;

    /// The `File` at a path below a folder.
    #[wasm_bindgen(method, catch)]
    pub async fn file(this: &Folders, key: &str, path: &str) -> Result<JsValue, JsValue>;

    /// Lists a folder. `page` is called with an array of `[path, size, modified]` and one of `[path, error]`, and
    /// says whether to go on. The promise is rejected if the folder itself cannot be listed.
    #[wasm_bindgen(method)]
    pub fn list(this: &Folders, key: &str, page: &Function) -> Promise;
}
