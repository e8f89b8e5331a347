//! Encoder delay and padding: which of the frames that a codec puts out belong to the recording.
//!
//! MP3 and AAC can only encode whole blocks, and begin with silence of their own. How much of it there is stands
//! in one of several places, and in this order we believe them: a total that the encoder wrote (`iTunSMPB`, the
//! LAME tag), MP4's edit list, the sum of MP4's sample durations. Vorbis, FLAC, ALAC and PCM need nothing: their
//! containers count frames.

use std::ops::Range;

pub(crate) mod itunes;
pub(crate) mod mp4;

/// What MPEG layer III's own decoder adds in front, beyond the encoder's delay that tags give.
pub(crate) const MP3_DECODER_DELAY: i64 = 529;

/// The part of a codec's output that is the recording, in frames from the first that the codec puts out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Trim {
    /// The first frame of the recording; negative where the container counts the delay as negative time.
    pub(crate) start: i64,
    /// One past the last frame of the recording, if it is known.
    pub(crate) end: Option<i64>,
}

impl Trim {
    /// The part of a block of `frames` frames at `at` that belongs to the recording.
    pub(crate) fn keep(&self, at: i64, frames: usize) -> Range<usize> {
        let clamp = |edge: i64| {
            usize::try_from(edge.saturating_sub(at).max(0))
                .unwrap_or(usize::MAX)
                .min(frames)
        };
        let start = clamp(self.start);
        let end = self.end.map_or(frames, clamp);
        start..end.max(start)
    }

    /// The length of the recording in frames, if its end is known.
    pub(crate) fn frames(&self) -> Option<u64> {
        self.end
            .map(|end| u64::try_from(end.saturating_sub(self.start)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_lose_what_lies_outside_the_recording() {
        let trim = Trim {
            start: 1000,
            end: Some(3000),
        };
        assert_eq!(trim.keep(-100, 500), 500..500);
        assert_eq!(trim.keep(0, 1024), 1000..1024);
        assert_eq!(trim.keep(1024, 1024), 0..1024);
        assert_eq!(trim.keep(2048, 1024), 0..952);
        assert_eq!(trim.keep(3072, 1024), 0..0);
        assert_eq!(Trim::default().keep(5, 10), 0..10);
    }
}
