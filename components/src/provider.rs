//! A provider: a place where music comes from.

use bevy_ecs::component::Component;
use serde::{Deserialize, Serialize};

/// What kind of place, and where it is. Holds no secret.
#[derive(Component, Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
#[serde(rename_all = "camelCase")]
pub enum ProviderKind {
    /// A folder of this machine, by its absolute path.
    Folder {
        /// The folder, spelled as [`Location::path`](crate::file::Location::path) is.
        path: String,
    },
    /// A folder that a web server lists in `index.json`.
    Http {
        /// The address of the folder, ending in `/`.
        url: String,
    },
    /// A folder that a visitor of the page chose. The browser holds the handle, under this name.
    Handle {
        /// The name of the handle in the host's own table.
        key: String,
    },
}

/// What the listener calls a provider.
#[derive(Component, Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct ProviderName(pub Box<str>);

/// Whether files of a provider can be read now.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
#[serde(rename_all = "camelCase")]
pub enum Access {
    /// They can.
    #[default]
    Granted,
    /// The listener has to allow it again: browsers forget.
    Ask,
    /// The listener said no, or the place is gone.
    Denied,
}
