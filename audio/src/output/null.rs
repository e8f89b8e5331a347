//! Plays to nobody, in step with a time that it is given.

use super::{Output, OutputError};
use crate::ring::RingReader;

/// An output that drops what it plays.
#[derive(Debug)]
pub struct NullOutput {
    reader: RingReader,
    sample_rate: u32,
    // Time up to which was played, in milliseconds and the frames that make up less than one.
    since: Option<u64>,
    remainder: u64,
    buffer: Vec<f32>,
}

impl NullOutput {
    /// Plays `reader` at `sample_rate` frames a second of the time that [`Output::poll`] is given.
    #[must_use]
    pub fn new(reader: RingReader, sample_rate: u32) -> Self {
        Self {
            reader,
            sample_rate,
            since: None,
            remainder: 0,
            buffer: vec![0.0; 2 * 4096],
        }
    }

    /// Plays `frames` frames at once, whatever the time.
    pub fn advance(&mut self, frames: u64) {
        let mut left = frames;
        while left > 0 {
            let now = usize::try_from(left)
                .unwrap_or(usize::MAX)
                .min(self.buffer.len() / 2);
            self.reader.read_interleaved(&mut self.buffer[..now * 2], 2);
            left -= now as u64;
        }
    }
}

impl Output for NullOutput {
    fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    fn poll(&mut self, now: u64) -> Result<(), OutputError> {
        let since = self.since.replace(now).unwrap_or(now);
        // After a sleep of the machine, ten seconds are enough to catch up with.
        let elapsed = now.saturating_sub(since).min(10_000);
        let units = elapsed * u64::from(self.sample_rate) + self.remainder;
        self.remainder = units % 1000;
        self.advance(units / 1000);
        Ok(())
    }
}
