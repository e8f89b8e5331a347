//! How much room the browser gives this origin, and whether it promises to keep what is there.

use js_sys::Reflect;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{StorageEstimate, StorageManager};

/// What the browser says of the room that an origin has. Numbers are bytes, and approximate on purpose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    /// In use.
    pub usage: f64,
    /// All there is.
    pub quota: f64,
}

impl Room {
    /// Asks the browser; `None` where it does not say.
    pub async fn ask() -> Option<Self> {
        let estimate = JsFuture::from(manager()?.estimate().ok()?).await.ok()?;
        let estimate: StorageEstimate = estimate.unchecked_into();
        Some(Self {
            usage: estimate.get_usage()?,
            quota: estimate.get_quota()?,
        })
    }

    /// Whether so many bytes more are likely to be refused.
    #[must_use]
    pub fn is_short_of(self, bytes: usize) -> bool {
        // Backends need room for their own log beside the bytes; browsers refuse a little before the end.
        #[expect(clippy::cast_precision_loss, reason = "a batch is far below 2^53 bytes")]
        let wanted = bytes as f64 * 2.0;
        self.usage + wanted >= self.quota * 0.99
    }
}

impl core::fmt::Display for Room {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float saturates, and what prints floats is 12 kB"
        )]
        let megabytes = |bytes: f64| (bytes / 1e6).round() as u64;
        let (usage, quota) = (megabytes(self.usage), megabytes(self.quota));
        write!(f, "{usage} of {quota} MB in use")
    }
}

/// Whether the browser promised not to evict this origin's data.
pub async fn is_persisted() -> bool {
    let Some(asked) = manager().and_then(|manager| manager.persisted().ok()) else {
        return false;
    };
    JsFuture::from(asked).await.is_ok_and(|answer| answer.is_truthy())
}

/// The storage manager of a page or a worker; `None` in a browser or an insecure page without one.
fn manager() -> Option<StorageManager> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let storage = Reflect::get(&navigator, &"storage".into()).ok()?;
    storage.is_object().then(|| storage.unchecked_into())
}
