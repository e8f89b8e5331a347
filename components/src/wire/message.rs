//! Everything that crosses a link beside frames: requests, answers and credits.

use serde::{Deserialize, Serialize};

use super::codec::WireError;
use crate::intent::Request;
use crate::report::{RequestError, Response};

/// From a host to the library, as postcard writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ToLibrary {
    /// The first message: which protocol the host speaks. The library answers with a snapshot, or with
    /// a frame of its own protocol if the two differ.
    Hello {
        /// The host's [`super::version::protocol`].
        protocol: u64,
        /// How many frames may be under way at once.
        credits: u32,
    },
    /// So many frames were applied, and as many more may come.
    Credits(u32),
    /// A frame was missing or did not fit: begin again with a snapshot.
    Resync,
    /// A request. The id is the host's, and the answer repeats it.
    Request(u32, Request),
    /// The host goes away.
    Goodbye,
}

/// From the library to a host. On the wire the first byte tells: 0 an answer as postcard writes it,
/// 1 a frame, 2 how far a request is, as postcard writes that.
#[derive(Debug, Clone, PartialEq)]
pub enum ToHost {
    /// The answer to the request of this id.
    Answer(u32, Result<Response, RequestError>),
    /// The bytes of a [`Frame`](super::frame::Frame).
    Frame(Vec<u8>),
    /// How far the request of this id is, in thousandths.
    Progress(u32, u16),
}

impl ToLibrary {
    /// The message as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("messages are plain data")
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if the bytes are none.
    pub fn read(bytes: &[u8]) -> Result<Self, WireError> {
        postcard::from_bytes(bytes).map_err(|_| WireError::Malformed { offset: 0 })
    }
}

impl ToHost {
    /// The message as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Answer(id, answer) => {
                postcard::to_extend(&(id, answer), vec![0]).expect("answers are plain data")
            }
            Self::Frame(frame) => {
                let mut bytes = Vec::with_capacity(frame.len() + 1);
                bytes.push(1);
                bytes.extend_from_slice(frame);
                bytes
            }
            Self::Progress(id, done) => {
                postcard::to_extend(&(id, done), vec![2]).expect("numbers are plain data")
            }
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if the bytes are none.
    pub fn read(bytes: &[u8]) -> Result<Self, WireError> {
        match bytes.split_first() {
            Some((0, answer)) => {
                let (id, answer) =
                    postcard::from_bytes(answer).map_err(|_| WireError::Malformed { offset: 1 })?;
                Ok(Self::Answer(id, answer))
            }
            Some((1, frame)) => Ok(Self::Frame(frame.to_vec())),
            Some((2, progress)) => {
                let (id, done) =
                    postcard::from_bytes(progress).map_err(|_| WireError::Malformed { offset: 1 })?;
                Ok(Self::Progress(id, done))
            }
            _ => Err(WireError::Malformed { offset: 0 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TrackId;

    #[test]
    fn messages_come_back_as_written() {
        let request = ToLibrary::Request(
            9,
            Request::Rate {
                track: TrackId(4),
                stars: 5,
            },
        );
        assert_eq!(ToLibrary::read(&request.to_bytes()), Ok(request));
        let answer = ToHost::Answer(
            9,
            Err(RequestError::NotFound {
                what: "track 4".into(),
            }),
        );
        assert_eq!(ToHost::read(&answer.to_bytes()), Ok(answer));
        let frame = ToHost::Frame(vec![1, 2, 3]);
        assert_eq!(ToHost::read(&frame.to_bytes()), Ok(frame));
        let progress = ToHost::Progress(9, 1_000);
        assert_eq!(ToHost::read(&progress.to_bytes()), Ok(progress));
    }

    #[test]
    fn anything_else_is_malformed() {
        assert!(ToLibrary::read(&[0xff, 0xff]).is_err());
        assert!(ToHost::read(&[]).is_err());
        assert!(ToHost::read(&[7]).is_err());
        assert!(ToHost::read(&[0]).is_err());
    }
}
