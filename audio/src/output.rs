//! Who plays the ring: a sound card, a file, or nobody.

use std::fmt;

#[cfg(feature = "cpal")]
pub mod cpal;
pub mod null;
pub mod wav;

/// Plays what a ring holds, from when it is made until it is dropped.
pub trait Output {
    /// Frames a second that it plays. The ring is to be filled at this rate.
    fn sample_rate(&self) -> u32;

    /// Called now and then with a steady time in milliseconds: outputs without a thread of their own play here.
    ///
    /// # Errors
    ///
    /// The output no longer plays. The ring is untouched: another output may go on with a new reader.
    fn poll(&mut self, now: u64) -> Result<(), OutputError>;
}

/// Why nothing can be heard.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputError {
    /// There is no sound card, or none that plays.
    NoDevice,
    /// The sound card is there and refuses.
    Refused {
        /// What it said.
        message: String,
    },
    /// The sound card was there and has vanished.
    DeviceLost {
        /// What the system said.
        message: String,
    },
    /// The file could not be written.
    Write {
        /// What the system said.
        message: String,
    },
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDevice => write!(f, "no sound device found"),
            Self::Refused { message } => write!(f, "the sound device cannot play: {message}"),
            Self::DeviceLost { message } => write!(f, "the sound device is gone: {message}"),
            Self::Write { message } => write!(f, "cannot write the sound file: {message}"),
        }
    }
}

impl std::error::Error for OutputError {}
