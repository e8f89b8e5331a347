//! What sounds now, and what comes next.

use bevy_ecs::component::Component;
use serde::{Deserialize, Serialize};

use crate::id::TrackId;

/// The tracks to play, in order; a track may stand in it more than once.
#[derive(Component, Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Queue {
    /// The tracks.
    pub tracks: Vec<TrackId>,
    /// Which of them is current; equal to the length when the end was reached.
    pub index: u32,
}

impl Queue {
    /// The current track.
    #[must_use]
    pub fn current(&self) -> Option<TrackId> {
        self.tracks.get(self.index as usize).copied()
    }

    /// The track after the current one.
    #[must_use]
    pub fn following(&self) -> Option<TrackId> {
        self.tracks.get(self.index as usize + 1).copied()
    }
}

/// What the player does.
#[derive(Component, Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct PlayerState {
    /// Stopped, playing, paused or waiting for bytes.
    pub status: PlayerStatus,
    /// What is heard.
    pub track: Option<TrackId>,
    /// Where in it, in milliseconds, when this was written: for the exact position ask the audio clock.
    pub position: u64,
    /// Its length in milliseconds as the decoder counts it.
    pub duration: u64,
    /// Why the last track could not be played, in words for the listener.
    pub error: Option<String>,
}

/// What a player does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlayerStatus {
    /// Nothing is loaded.
    #[default]
    Stopped,
    /// Sound comes out.
    Playing,
    /// It waits for the listener.
    Paused,
    /// It waits for bytes.
    Buffering,
}

/// How loud, from 0 to 1000 thousandths of full scale.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Volume(pub u16);

impl Default for Volume {
    fn default() -> Self {
        Self(1_000)
    }
}
