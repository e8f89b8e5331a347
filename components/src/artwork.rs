//! A picture: what is known of it without its bytes, which lie in the store's blob table.

use core::fmt;

use bevy_ecs::component::Component;
use serde::{Deserialize, Serialize};

/// What a picture is named by: XXH3-128 of its encoded bytes. The same picture is stored once.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct ContentHash(pub [u8; 16]);

impl ContentHash {
    /// The hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxhash_rust::xxh3::xxh3_128(bytes).to_be_bytes())
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What the picture in the file is.
#[derive(Component, Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Picture {
    /// Its media type, such as `image/jpeg`, as its first bytes tell it.
    pub mime: Box<str>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The length of the encoded original in bytes.
    pub size: u64,
    /// The colour to show until the thumbnail is there: red, green, blue.
    pub color: [u8; 3],
    /// Why there is no thumbnail, where there is none.
    pub problem: Option<Box<str>>,
}

/// A file whose tags hold the original of a picture.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct EmbeddedIn(pub crate::id::FileId);
