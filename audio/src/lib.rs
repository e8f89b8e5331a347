//! Segue's sound: encoded bytes in, exact frames out, and a clock that counts the frames played.
//!
//! Reading order: [`source`] (where bytes come from), [`decode`] (bytes to frames), [`mix`] (any number of channels
//! to two), [`pcm`] (whole files as integers). No Bevy crate, no browser API; each codec is a feature.

pub mod command;
pub mod decode;
pub mod mix;
pub mod pcm;
pub mod source;
pub mod tags;
mod trim;
