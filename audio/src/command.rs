//! What the player is told, and what it tells: plain data that crosses a channel or a port.

use serde::{Deserialize, Serialize};

/// Where the bytes of a track are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SourceAddress {
    /// A file of this machine, by its absolute path as the library spells it.
    Path(String),
    /// A file on a web server.
    Url {
        /// Its address.
        url: String,
        /// Its length in bytes.
        length: u64,
    },
    /// A file that the host holds, by a name that only the host understands.
    Handle {
        /// The name of the folder's handle.
        key: String,
        /// The path below it.
        path: String,
    },
}

/// One track to play.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The library's name for this entry of its queue; repeated in every report about it.
    pub key: u64,
    /// Where its bytes are.
    pub address: SourceAddress,
    /// Where to begin, in milliseconds.
    pub start: u64,
    /// What to add, in decibels: ReplayGain.
    pub gain: f32,
}

/// What the player is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum AudioCommand {
    /// Drops what sounds and what waits, and loads this. It plays if `play` says so.
    Load {
        /// What.
        item: Item,
        /// Whether to play at once.
        play: bool,
    },
    /// Says what follows the current item without a gap; `None` takes it back.
    SetNext(Option<Item>),
    /// Plays on.
    Play,
    /// Pauses.
    Pause,
    /// Drops everything.
    Stop,
    /// Goes to a place in the current item, in milliseconds.
    Seek(u64),
    /// Sets the volume, from 0 to 1000 thousandths of full scale.
    SetVolume(u16),
}

/// What the player does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AudioStatus {
    /// Nothing is loaded.
    #[default]
    Stopped,
    /// Sound comes out.
    Playing,
    /// It waits for [`AudioCommand::Play`].
    Paused,
    /// It wants to play and waits for bytes.
    Buffering,
}

/// What the player tells. Keys are those of the [`Item`]s, and times are heard, not decoded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum AudioReport {
    /// The status changed, or a quarter of a second of sound went by.
    State {
        /// What it does.
        status: AudioStatus,
        /// The item that is heard.
        key: Option<u64>,
        /// Where in it, in milliseconds.
        position: u64,
    },
    /// The first frame of an item is heard.
    Started {
        /// Which item.
        key: u64,
        /// Its length in milliseconds, zero if unknown.
        duration: u64,
        /// The frame of the output, counted from when the output was opened, that is the item's frame 0:
        /// negative when it began in its middle.
        frame: i64,
    },
    /// The last frame of an item was heard.
    Ended {
        /// Which item.
        key: u64,
    },
    /// The item was read to its end and no next one is known: whoever knows one says so now.
    WantsNext {
        /// The item that will end.
        after: u64,
    },
    /// An item cannot be played; it is dropped, and the next one goes on.
    Failed {
        /// Which item.
        key: u64,
        /// Why, in words for the listener.
        error: String,
    },
    /// The output failed; commands are kept until it is back.
    OutputFailed {
        /// Why, in words for the listener.
        error: String,
    },
    /// Counts since the output was opened.
    Stats {
        /// Frames of silence that were played because none were ready.
        underrun_frames: u64,
        /// How many times that happened.
        underrun_events: u32,
        /// How much sound is ready, in milliseconds.
        buffered: u32,
    },
}
