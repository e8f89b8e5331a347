//! Segue's verbs: what happens to a library, as systems over a bare Bevy world.
//!
//! In reading order:
//!
//! - [`plugin`], [`schedule`], [`clock`]: how a world is put together and stepped
//! - [`catalog`], [`changes`]: ids, and the log of what changed that everything below feeds on
//! - [`link`]: requests of hosts in, answers out
//! - [`persist`]: what changed becomes pages in a store

pub mod catalog;
pub mod changes;
pub mod clock;
pub mod link;
pub mod persist;
pub mod plugin;
pub mod schedule;
