//! How the kinds of providers, jobs and players are stored: few rows, so each value simply follows the other.

use segue_components::id::{ProviderId, TrackId};
use segue_components::playback::{PlayerState, PlayerStatus, Queue, Volume};
use segue_components::provider::{Access, ProviderKind, ProviderName};
use segue_components::sync_job::{FileFailure, JobFailures, JobProgress, JobState, PauseReason, SyncOf};
use segue_components::wire::codec::{Reader, WireError};

use super::field::{Field, fields, wrappers};
use super::{Shared, stored_rows};

wrappers! { ProviderId TrackId ProviderName SyncOf JobFailures Volume }
fields! {
    JobProgress { listed, listing_done, to_read, read, added, changed, missing, failed, bytes, started, ended }
    FileFailure { path, error }
    Queue { tracks, index }
    PlayerState { status, track, position, duration, error }
}
stored_rows! { ProviderKind ProviderName Access SyncOf JobState JobProgress JobFailures Queue PlayerState Volume }

impl Field for ProviderKind {
    fn put(&self, out: &mut Vec<u8>) {
        let (number, place) = match self {
            Self::Folder { path } => (0, path),
            Self::Http { url } => (1, url),
            Self::Handle { key } => (2, key),
        };
        out.push(number);
        place.put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let malformed = reader.malformed();
        let number = reader.byte()?;
        let place = String::take(reader)?;
        match number {
            0 => Ok(Self::Folder { path: place }),
            1 => Ok(Self::Http { url: place }),
            2 => Ok(Self::Handle { key: place }),
            _ => Err(malformed),
        }
    }
}

impl Field for Access {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Granted => 0,
            Self::Ask => 1,
            Self::Denied => 2,
        });
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let malformed = reader.malformed();
        match reader.byte()? {
            0 => Ok(Self::Granted),
            1 => Ok(Self::Ask),
            2 => Ok(Self::Denied),
            _ => Err(malformed),
        }
    }
}

impl Field for JobState {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Queued => out.push(0),
            Self::Running => out.push(1),
            Self::Paused(reason) => {
                out.push(2);
                out.push(match reason {
                    PauseReason::Asked => 0,
                    PauseReason::AccessNeeded => 1,
                    // A reason that this version has no number for: the job waits for the listener all the same.
                    _ => 2,
                });
            }
            Self::Done => out.push(3),
            Self::Cancelled => out.push(4),
            Self::Failed { error } => {
                out.push(5);
                error.put(out);
            }
        }
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let malformed = reader.malformed();
        match reader.byte()? {
            0 => Ok(Self::Queued),
            1 => Ok(Self::Running),
            2 => match reader.byte()? {
                0 => Ok(Self::Paused(PauseReason::Asked)),
                1 => Ok(Self::Paused(PauseReason::AccessNeeded)),
                2 => Ok(Self::Paused(PauseReason::Interrupted)),
                _ => Err(malformed),
            },
            3 => Ok(Self::Done),
            4 => Ok(Self::Cancelled),
            5 => Ok(Self::Failed {
                error: String::take(reader)?,
            }),
            _ => Err(malformed),
        }
    }
}

impl Field for PlayerStatus {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Stopped => 0,
            Self::Playing => 1,
            Self::Paused => 2,
            Self::Buffering => 3,
        });
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let malformed = reader.malformed();
        match reader.byte()? {
            0 => Ok(Self::Stopped),
            1 => Ok(Self::Playing),
            2 => Ok(Self::Paused),
            3 => Ok(Self::Buffering),
            _ => Err(malformed),
        }
    }
}
