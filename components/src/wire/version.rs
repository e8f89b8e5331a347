//! The hash that both ends of a link compare before anything else.
//!
//! Both ends ship together, so the wire may change with every build; the hash makes a page of
//! yesterday's build refuse today's worker instead of misreading it.

use super::registry::KINDS;
use xxhash_rust::xxh3::Xxh3;

/// Raised by hand when the meaning of bytes changes and no name does.
const REVISION: u32 = 1;

/// The protocol of this build: a hash of the revision, the crate's version, and the number, noun and
/// name of every kind.
#[must_use]
pub fn protocol() -> u64 {
    let mut hash = Xxh3::new();
    hash.update(&REVISION.to_le_bytes());
    hash.update(env!("CARGO_PKG_VERSION").as_bytes());
    for kind in KINDS {
        hash.update(&[kind.number, kind.noun as u8]);
        hash.update(kind.name.as_bytes());
        hash.update(&[0]);
    }
    hash.digest()
}
