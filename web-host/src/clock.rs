//! The time of a worker.

use js_sys::{Date, Reflect};
use segue_systems::clock::Clock;
use wasm_bindgen::{JsCast, JsValue};

/// Reads both clocks of the browser.
#[must_use]
pub fn read() -> Clock {
    Clock {
        now: whole(now()),
        unix: whole(Date::now()),
    }
}

/// Milliseconds since this worker began, with fractions.
#[must_use]
pub fn now() -> f64 {
    let performance = Reflect::get(&js_sys::global(), &"performance".into()).unwrap_or(JsValue::UNDEFINED);
    let now = Reflect::get(&performance, &"now".into()).ok();
    let now = now.and_then(|now| now.dyn_into::<js_sys::Function>().ok());
    now.and_then(|now| now.call0(&performance).ok())
        .and_then(|now| now.as_f64())
        .unwrap_or_else(Date::now)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "times are positive and far below 2^53"
)]
fn whole(time: f64) -> u64 {
    time as u64
}
