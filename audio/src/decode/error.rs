//! Why a file does not decode.

use std::{fmt, io};

/// Why a file does not decode, in terms of what its owner can do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The file has no bytes.
    Empty,
    /// The bytes are not audio of any kind.
    NotAudio {
        /// What they are instead, such as `a JPEG picture`.
        found: Option<&'static str>,
    },
    /// It is audio, but of a kind that is not played.
    Unsupported {
        /// The kind, such as `HE-AAC`.
        what: String,
    },
    /// It is audio of a kind that is played, but too little of it can be read.
    Damaged {
        /// What was wrong where reading stopped.
        what: String,
        /// How many frames came out before that.
        frames: u64,
    },
    /// The source failed, not the file.
    Io {
        /// The kind of failure.
        kind: io::ErrorKind,
        /// The system's or the server's own words.
        message: String,
    },
    /// More bytes than can be addressed here.
    TooLarge {
        /// The file's length in bytes.
        len: u64,
        /// The greatest length in bytes.
        limit: u64,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the file is empty"),
            Self::NotAudio { found: None } => write!(f, "not an audio file"),
            Self::NotAudio { found: Some(found) } => write!(f, "not an audio file, but {found}"),
            Self::Unsupported { what } => write!(f, "{what} is not supported"),
            Self::Damaged { what, frames } => write!(f, "the file is damaged after {frames} frames: {what}"),
            Self::Io { message, .. } => write!(f, "reading failed: {message}"),
            Self::TooLarge { len, limit } => write!(f, "{len} bytes are more than the {limit} that fit here"),
        }
    }
}

impl std::error::Error for DecodeError {}

impl From<io::Error> for DecodeError {
    fn from(error: io::Error) -> Self {
        Self::Io {
            kind: error.kind(),
            message: error.to_string(),
        }
    }
}
