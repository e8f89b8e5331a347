//! One holder of a name among all tabs of an origin: `navigator.locks`.
//!
//! The browser gives a lock back when its holder's tab or worker ends in any way, so that nobody has to
//! notice a death. web-sys has these calls only behind an unstable flag; hence the small binding below.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::exception;

#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        callback: &Function,
    ) -> Result<Promise, JsValue>;
}

/// A held lock; dropping it gives it back.
#[derive(Debug)]
pub struct WebLock {
    release: Function,
}

/// What asking for a lock came to.
#[derive(Debug)]
pub enum Asked {
    /// It is ours.
    Granted(WebLock),
    /// Somebody else kept it all the time that we waited.
    Held,
    /// This browser, or this insecure page, has no locks.
    Unavailable,
}

impl WebLock {
    /// Asks for the lock of this name and waits at most so many milliseconds: a tab that is being reloaded
    /// needs a moment to let go.
    pub async fn acquire(name: &str, wait: u32) -> Asked {
        let Some(locks) = lock_manager() else {
            return Asked::Unavailable;
        };
        let (granted, on_granted) = promise();
        let (held, release) = promise();
        // With `ifAvailable` it is called with null for a lock that is not to be had.
        let callback = Closure::once_into_js(move |lock: JsValue| {
            // Resolving cannot throw.
            let _ = on_granted.call1(&JsValue::NULL, &lock.is_object().into());
            held
        });
        let request = locks.request(name, &options(wait), callback.unchecked_ref());
        // The request itself settles only when the lock is given back, or when it is not granted in time.
        let first = match request {
            Ok(request) => Promise::race(&Array::of2(&granted, &request)),
            Err(error) => Promise::reject(&error),
        };
        match JsFuture::from(first).await {
            Ok(granted) if granted.is_truthy() => Asked::Granted(Self { release }),
            Ok(_) => Asked::Held,
            Err(error) if matches!(exception::name(&error).as_str(), "TimeoutError" | "AbortError") => {
                Asked::Held
            }
            // `SecurityError`: an opaque origin, which has no lasting storage either.
            Err(_) => Asked::Unavailable,
        }
    }
}

impl Drop for WebLock {
    fn drop(&mut self) {
        // Resolving cannot throw.
        let _ = self.release.call0(&JsValue::NULL);
    }
}

fn lock_manager() -> Option<LockManager> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}

fn options(wait: u32) -> Object {
    let options = Object::new();
    let signal = abort_after(wait);
    let (key, value) = match &signal {
        Some(signal) => ("signal", signal),
        // Without timed signals nobody is waited for.
        None => ("ifAvailable", &JsValue::TRUE),
    };
    // A fresh object takes any property.
    let _ = Reflect::set(&options, &key.into(), value);
    options
}

fn abort_after(wait: u32) -> Option<JsValue> {
    let signal = Reflect::get(&js_sys::global(), &"AbortSignal".into()).ok()?;
    let timeout = Reflect::get(&signal, &"timeout".into()).ok()?;
    let timeout: Function = timeout.dyn_into().ok()?;
    timeout.call1(&signal, &wait.into()).ok()
}

/// A promise and what resolves it.
fn promise() -> (Promise, Function) {
    let mut resolve = None;
    let promise = Promise::new(&mut |resolver, _reject| resolve = Some(resolver));
    (
        promise,
        resolve.expect("a promise runs its executor before it is returned"),
    )
}
