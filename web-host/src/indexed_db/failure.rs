//! What went wrong in IndexedDB, and what it comes down to.

use core::fmt;

use segue_systems::persist::store::StoreError;
use wasm_bindgen::JsValue;

use crate::exception;
use crate::storage::Room;

/// What the browser threw, as `Name: message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<JsValue> for Failure {
    fn from(thrown: JsValue) -> Self {
        Self(exception::text(&thrown))
    }
}

/// What a failure comes down to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Full,
    Newer,
    Closed,
    NotOurs,
    Other,
}

impl Failure {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    /// Whether the connection is gone, so that a new one may do what this one could not: browsers close
    /// them in the background, under memory pressure, and when a newer page upgrades.
    pub(super) fn means_closed(&self) -> bool {
        self.0.contains("InvalidStateError") || self.0.contains("closing")
    }

    pub(super) fn meaning(&self, room: Option<Room>, wanted: usize) -> Meaning {
        let says = |name: &str| self.0.contains(name);
        // Chrome reports a full disk as AbortError or UnknownError at times, Firefox its second refusal as
        // InvalidStateError: the estimate tells.
        let ambiguous = ["AbortError", "UnknownError", "InvalidStateError"]
            .into_iter()
            .any(says);
        if says("QuotaExceededError") || (ambiguous && room.is_some_and(|room| room.is_short_of(wanted))) {
            Meaning::Full
        } else if says("VersionError") {
            Meaning::Newer
        } else if self.means_closed() {
            Meaning::Closed
        } else if says("NotFoundError") {
            Meaning::NotOurs
        } else {
            Meaning::Other
        }
    }

    pub(super) async fn classify(self, wanted: usize) -> StoreError {
        let room = Room::ask().await;
        let meaning = self.meaning(room, wanted);
        let detail = match room {
            Some(room) if meaning == Meaning::Full => format!("{}; {room}", self.0),
            _ => self.0,
        };
        match meaning {
            Meaning::Full => StoreError::Full { detail },
            Meaning::Newer | Meaning::Closed => StoreError::Closed,
            Meaning::NotOurs => StoreError::NotAStore { detail },
            Meaning::Other => StoreError::Io { detail },
        }
    }
}

pub(super) fn rexie_error(error: &rexie::Error) -> Failure {
    // `rexie::Error` says "idb error"; what happened stands beneath it.
    let text = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    Failure::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_failures() {
        let full = Room {
            usage: 995.0,
            quota: 1_000.0,
        };
        let free = Room {
            usage: 10.0,
            quota: 1_000.0,
        };
        let check = |text: &str, room, expected| {
            assert_eq!(
                Failure::new(text.into()).meaning(Some(room), 10),
                expected,
                "{text}"
            );
        };
        check("QuotaExceededError: no", free, Meaning::Full);
        check("AbortError: aborted", full, Meaning::Full);
        check("AbortError: aborted", free, Meaning::Other);
        check("UnknownError: internal error", full, Meaning::Full);
        check(
            "InvalidStateError: The database connection is closing.",
            full,
            Meaning::Full,
        );
        check(
            "InvalidStateError: The database connection is closing.",
            free,
            Meaning::Closed,
        );
        check(
            "VersionError: less than the existing version",
            free,
            Meaning::Newer,
        );
    }
}
