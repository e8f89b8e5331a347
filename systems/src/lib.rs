//! Segue's verbs: what happens to a library, as systems over a bare Bevy world.
//!
//! In reading order:
//!
//! - [`plugin`], [`schedule`], [`clock`]: how a world is put together and stepped
//! - [`catalog`], [`changes`]: ids, and the log of what changed that everything below feeds on
//! - [`link`]: requests of hosts in, answers out
//! - [`query`]: what a listener types, and which rows answer it
//! - [`mirror`]: what each host sees, kept true
//! - [`notices`]: what every host is told once
//! - [`persist`]: what changed becomes pages in a store
//! - [`inlet`], [`http`], [`json`]: what the outside sends in
//! - [`scan`]: folders become tracks
//! - [`playback`]: the queue and what sounds of it
//! - [`history`]: the log of what was heard
//! - [`playlist`]: what the listener puts together
//! - [`user_data`], [`duplicates`]: all of that as one file; which tracks are the same
//! - [`sort`], [`sorted`]: what all of them sort with
//! - [`testing`]: a library that a test steps by hand

mod by_id;
pub mod catalog;
pub mod changes;
pub mod clock;
pub mod count;
pub mod duplicates;
pub mod history;
pub mod http;
pub mod inlet;
pub mod json;
pub mod link;
pub mod mirror;
pub mod notices;
pub mod persist;
pub mod playback;
pub mod playlist;
pub mod plugin;
pub mod query;
pub mod scan;
pub mod schedule;
pub mod sort;
pub mod sorted;
pub mod testing;
pub mod user_data;
