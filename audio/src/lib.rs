//! Segue's sound: encoded bytes in, exact frames out, and a clock that counts the frames played.
//!
//! Reading order: [`source`] (where bytes come from), [`decode`] (bytes to frames), [`mix`] and [`resample`] (frames to
//! what the output plays), [`command`] and [`transport`] (what is asked for), [`player`] (one `step` of it all),
//! [`sink`] and [`ring`] (where frames go), [`output`] (who plays them), [`pcm`] (whole files as integers) and [`tags`].
//! No Bevy crate, no browser API; each codec is a feature.

pub mod command;
pub mod decode;
pub mod mix;
pub mod output;
pub mod pcm;
pub mod player;
pub mod resample;
pub mod ring;
pub mod sink;
pub mod source;
pub mod tags;
pub mod transport;
mod trim;
