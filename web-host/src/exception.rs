//! What JavaScript throws, in words.

use js_sys::{Error, Object};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DomException;

/// The name of an exception, such as `QuotaExceededError`; empty for a thrown value that has none.
#[must_use]
pub fn name(thrown: &JsValue) -> String {
    if let Some(exception) = thrown.dyn_ref::<DomException>() {
        exception.name()
    } else if let Some(error) = thrown.dyn_ref::<Error>() {
        String::from(error.name())
    } else {
        String::new()
    }
}

/// An exception as one line: its name and its message.
#[must_use]
pub fn text(thrown: &JsValue) -> String {
    if let Some(text) = thrown.as_string() {
        return text;
    }
    match thrown.dyn_ref::<Object>() {
        Some(object) => String::from(object.to_string()),
        None => format!("{thrown:?}"),
    }
}

/// The message of an exception without its name: for errors that were made for people.
#[must_use]
pub fn message(thrown: &JsValue) -> String {
    match thrown.dyn_ref::<Error>() {
        Some(error) => String::from(error.message()),
        None => text(thrown),
    }
}

/// Has panics written to the console before they end the instance.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        web_sys::console::error_1(&panic.to_string().into());
    }));
}
