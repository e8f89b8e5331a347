//! Segue's nouns and their wire form: components, ids, requests, reports and frames.
//!
//! This crate holds data only. What a track *is* stands here; what happens to one stands in
//! `segue-systems`. In reading order:
//!
//! - [`id`]: what identifies a thing outside its own [`World`](bevy_ecs::world::World)
//! - [`track`], [`mod@file`], [`album`], [`artwork`]: what a library holds
//! - [`provider`], [`sync_job`]: where music comes from, and the work of fetching it
//! - [`playback`]: the queue and what sounds now
//! - [`playlist`], [`history`]: what the listener put together, and what they heard
//! - [`row`]: a track or an album as one flat record, for people and scripts
//! - [`intent`], [`report`]: what a host asks, and what it is told
//! - [`wire`]: the bytes that cross a link
//! - [`erased`]: how components come into a world
//!
//! Nobody clones an entity, for ids name one thing each: `clone_behavior = Ignore` leaves the code for it, a function a
//! component, out of the bundles.

pub mod album;
pub mod artwork;
pub mod erased;
pub mod file;
pub mod history;
pub mod id;
pub mod intent;
pub mod playback;
pub mod playlist;
pub mod provider;
pub mod report;
pub mod row;
pub mod sync_job;
pub mod track;
pub mod wire;

/// The names that nearly every user of this crate needs.
pub mod prelude {
    pub use crate::album::*;
    pub use crate::artwork::*;
    pub use crate::file::*;
    pub use crate::history::*;
    pub use crate::id::*;
    pub use crate::intent::*;
    pub use crate::playback::*;
    pub use crate::playlist::*;
    pub use crate::provider::*;
    pub use crate::report::*;
    pub use crate::row::*;
    pub use crate::sync_job::*;
    pub use crate::track::*;
}
