//! Where the player's frames go: the seam between decoding and whatever plays.

use crate::ring::{self, RingWriter};

/// Counts of what was missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Underruns {
    /// Frames of silence that were played because none were ready.
    pub frames: u64,
    /// How many times that happened.
    pub events: u32,
}

/// Takes stereo frames and counts those that were heard.
///
/// Frames are counted from when the sink was made and never wrap. What is discarded counts as heard.
pub trait Sink {
    /// Frames a second.
    fn sample_rate(&self) -> u32;
    /// How many frames can be written now.
    fn space(&self) -> usize;
    /// Writes as many frames as fit and says how many.
    fn write(&mut self, left: &[f32], right: &[f32]) -> usize;
    /// The index of the next frame to be written.
    fn written(&self) -> u64;
    /// The index of the next frame to be heard.
    fn played(&mut self) -> u64;
    /// Drops what was written and not yet heard. It may take until the reader's next turn.
    fn discard(&mut self);
    /// The sound ends with the last frame written, until more is written.
    fn end(&mut self);
    /// Lets the reader play, or pauses it.
    fn set_playing(&mut self, playing: bool);
    /// Sets the volume as a factor.
    fn set_gain(&mut self, gain: f32);
    /// What was missing so far.
    fn underruns(&mut self) -> Underruns {
        Underruns::default()
    }
    /// Called once a step, so that a watchdog sees the player live.
    fn beat(&mut self) {}
}

/// The native ring as a sink.
#[derive(Debug)]
pub struct RingSink {
    writer: RingWriter,
    sample_rate: u32,
    written: u64,
    played: Counter,
    missing: Counter,
}

impl RingSink {
    /// A sink that writes into a ring whose reader plays at `sample_rate`.
    #[must_use]
    pub fn new(writer: RingWriter, sample_rate: u32) -> Self {
        Self {
            writer,
            sample_rate,
            written: 0,
            played: Counter::default(),
            missing: Counter::default(),
        }
    }

    /// The ring.
    #[must_use]
    pub fn writer(&self) -> &RingWriter {
        &self.writer
    }
}

impl Sink for RingSink {
    fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    fn space(&self) -> usize {
        self.writer.space()
    }

    fn write(&mut self, left: &[f32], right: &[f32]) -> usize {
        let frames = self.writer.write(left, right);
        self.written += frames as u64;
        frames
    }

    fn written(&self) -> u64 {
        self.written
    }

    fn played(&mut self) -> u64 {
        self.played.follow(self.writer.word(ring::READ))
    }

    fn discard(&mut self) {
        self.writer.discard();
    }

    fn end(&mut self) {
        self.writer.end();
    }

    fn set_playing(&mut self, playing: bool) {
        self.writer.set_state(if playing {
            ring::STATE_PLAYING
        } else {
            ring::STATE_PAUSED
        });
    }

    fn set_gain(&mut self, gain: f32) {
        self.writer.set_gain(gain);
    }

    fn underruns(&mut self) -> Underruns {
        let frames = self.missing.follow(self.writer.word(ring::UNDERRUN_FRAMES));
        Underruns {
            frames,
            events: self.writer.word(ring::UNDERRUN_EVENTS).cast_unsigned(),
        }
    }

    fn beat(&mut self) {
        self.writer.beat();
    }
}

/// Makes a count that never wraps of one that does, if it is looked at once in 2^31 frames (12 hours).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counter {
    total: u64,
    last: i32,
}

impl Counter {
    /// The count, after the wrapping one reached `value`.
    pub fn follow(&mut self, value: i32) -> u64 {
        self.total += u64::from(value.wrapping_sub(self.last).cast_unsigned());
        self.last = value;
        self.total
    }
}

/// A sink without a clock: what is written is heard at once, and kept.
#[derive(Debug, Default)]
pub struct OfflineSink {
    /// Frames a second.
    pub sample_rate: u32,
    /// All frames of both planes.
    pub planes: [Vec<f32>; 2],
    /// Whether the player plays.
    pub playing: bool,
    /// The volume.
    pub gain: f32,
    /// Whether the sound has ended.
    pub ended: bool,
}

impl OfflineSink {
    /// An empty sink.
    #[must_use]
    pub fn new(sample_rate: u32) -> Self {
        Self {
            sample_rate,
            gain: 1.0,
            ..Self::default()
        }
    }
}

impl Sink for OfflineSink {
    fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    fn space(&self) -> usize {
        if self.playing { usize::MAX } else { 0 }
    }

    fn write(&mut self, left: &[f32], right: &[f32]) -> usize {
        if !self.playing {
            return 0;
        }
        self.planes[0].extend(left.iter().map(|sample| sample * self.gain));
        self.planes[1].extend(right.iter().map(|sample| sample * self.gain));
        self.ended = false;
        left.len()
    }

    fn written(&self) -> u64 {
        self.planes[0].len() as u64
    }

    fn played(&mut self) -> u64 {
        self.written()
    }

    fn discard(&mut self) {}

    fn end(&mut self) {
        self.ended = true;
    }

    fn set_playing(&mut self, playing: bool) {
        self.playing = playing;
    }

    fn set_gain(&mut self, gain: f32) {
        self.gain = gain;
    }
}
