//! Bytes through a `MessagePort`: transferred, not copied.

use js_sys::{Array, ArrayBuffer, Function, Promise, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, MessagePort};

use crate::exception;

/// Posts these bytes as an `ArrayBuffer` that changes hands.
pub fn post(port: &MessagePort, bytes: &[u8]) {
    let buffer = Uint8Array::from(bytes).buffer();
    // It throws for what cannot be cloned or transferred, and a fresh buffer can be both.
    if let Err(thrown) = port.post_message_with_transferable(&buffer, &Array::of1(&buffer)) {
        web_sys::console::error_1(&exception::text(&thrown).into());
    }
}

/// The bytes of a message; `None` if it is something else.
#[must_use]
pub fn bytes(message: &JsValue) -> Option<Vec<u8>> {
    let buffer = message.dyn_ref::<ArrayBuffer>()?;
    Some(Uint8Array::new(buffer).to_vec())
}

/// Calls this with each message from now on, as long as the port lives.
pub fn listen(port: &MessagePort, receive: impl FnMut(JsValue) + 'static) {
    // The port calls it until the worker ends, and so does it live.
    listen_for(port, receive).forget();
}

/// Calls this with each message, as long as what is given back lives. Take it off the port before.
#[must_use]
pub fn listen_for(
    port: &MessagePort,
    mut receive: impl FnMut(JsValue) + 'static,
) -> Closure<dyn FnMut(MessageEvent)> {
    let receive = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| receive(event.data()));
    port.set_onmessage(Some(receive.as_ref().unchecked_ref()));
    receive
}

/// Resolves a [`Promise`] that somebody waits for, as often as a new one is made.
#[derive(Debug, Default)]
pub struct Bell {
    ring: Option<Function>,
    rung: bool,
}

impl Bell {
    /// Wakes whoever waits, or whoever waits next.
    pub fn ring(&mut self) {
        self.rung = true;
        if let Some(ring) = self.ring.take() {
            // Resolving cannot throw.
            let _ = ring.call0(&JsValue::NULL);
        }
    }

    /// A promise that the next ring resolves; resolved already if it rang since the last one was made.
    pub fn promise(&mut self) -> Promise {
        if std::mem::take(&mut self.rung) {
            return Promise::resolve(&JsValue::NULL);
        }
        let mut ring = None;
        let promise = Promise::new(&mut |resolve, _reject| ring = Some(resolve));
        self.ring = ring;
        promise
    }
}

/// Resolves after so many milliseconds.
pub fn timeout(milliseconds: i32) -> Promise {
    Promise::new(&mut |resolve, _reject| {
        let global: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
        // It throws only where there are no timers, and then nobody waits.
        if global
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds)
            .is_err()
        {
            let _ = resolve.call0(&JsValue::NULL);
        }
    })
}

/// Waits for a promise that is never rejected.
pub async fn wait(promise: Promise) {
    // Whoever waits here only wants to be woken.
    let _ = JsFuture::from(promise).await;
}
