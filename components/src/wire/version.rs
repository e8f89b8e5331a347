//! The hash that both ends of a link compare before anything else.
//!
//! Both ends ship together, so the wire may change with every build; the hash makes a page of
//! yesterday's build refuse today's worker instead of misreading it.

use super::registry::KINDS;
use xxhash_rust::xxh3::Xxh3;

/// Raised by hand when the meaning of bytes changes and no name does.
const REVISION: u32 = 1;

/// A hash of the code that says what the bytes mean: a field that is added to a request changes it.
const SOURCES: u64 = {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let sources: [&[u8]; 17] = [
        include_bytes!("../album.rs"),
        include_bytes!("../artwork.rs"),
        include_bytes!("../file.rs"),
        include_bytes!("../history.rs"),
        include_bytes!("../id.rs"),
        include_bytes!("../intent.rs"),
        include_bytes!("../playback.rs"),
        include_bytes!("../playlist.rs"),
        include_bytes!("../provider.rs"),
        include_bytes!("../report.rs"),
        include_bytes!("../row.rs"),
        include_bytes!("../sync_job.rs"),
        include_bytes!("../track.rs"),
        include_bytes!("codec.rs"),
        include_bytes!("frame.rs"),
        include_bytes!("message.rs"),
        include_bytes!("registry.rs"),
    ];
    let mut file = 0;
    while file < sources.len() {
        hash = fnv(hash, sources[file]);
        file += 1;
    }
    hash
};

/// FNV-1a of 64 bits, which needs nothing at run time.
const fn fnv(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    hash
}

fn hash_kinds() -> Xxh3 {
    let mut hash = Xxh3::new();
    hash.update(&REVISION.to_le_bytes());
    for kind in KINDS {
        hash.update(&[kind.number, kind.noun as u8]);
        hash.update(kind.name.as_bytes());
        hash.update(&[0]);
    }
    hash
}

/// What `WIRE.md` describes: a hash of the revision, and of the number, noun and name of every kind.
#[must_use]
pub fn shape() -> u64 {
    hash_kinds().digest()
}

/// The protocol of this build: [`shape`] with the crate's version and the code of everything that crosses.
#[must_use]
pub fn protocol() -> u64 {
    let mut hash = hash_kinds();
    hash.update(env!("CARGO_PKG_VERSION").as_bytes());
    hash.update(&SOURCES.to_le_bytes());
    hash.digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_of_this_protocol() {
        let text = include_str!("../../WIRE.md");
        let line = format!("Shape: `{:016x}`", shape());
        assert!(
            text.contains(&line),
            "WIRE.md describes another wire; read it again, then write: {line}"
        );
        for kind in KINDS {
            let row = format!("| {} | {:?} | {} |", kind.number, kind.noun, kind.name);
            assert!(text.contains(&row), "WIRE.md lacks: {row}");
        }
    }
}
