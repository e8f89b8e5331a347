//! Stereo from one sample rate to another, with no frame too many or too few.

use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};

/// Frames that go into the resampler at once.
const CHUNK: usize = 1024;

/// Turns a stereo stream of one rate into one of another.
///
/// What goes in as one stream comes out as one: tracks of equal rate go through the same resampler without a join.
/// The filter's latency is taken off in front, and `n` frames become exactly the `n × to / from` frames, rounded,
/// that last as long.
pub struct StereoResampler {
    from: u32,
    to: u32,
    // None if the rates are equal.
    fft: Option<Fft<f32>>,
    pending: Vec<Vec<f32>>,
    chunk_out: Vec<Vec<f32>>,
    skip: usize,
    frames_in: u64,
    frames_out: u64,
}

impl std::fmt::Debug for StereoResampler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StereoResampler")
            .field("from", &self.from)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

impl StereoResampler {
    /// A resampler between two rates in frames a second, or `None` if there is none between these.
    #[must_use]
    pub fn new(from: u32, to: u32) -> Option<Self> {
        if from == 0 || to == 0 {
            return None;
        }
        let fft = if from == to {
            None
        } else {
            Some(Fft::new(from as usize, to as usize, CHUNK, 2, FixedSync::Input).ok()?)
        };
        let longest = fft.as_ref().map_or(0, |fft| fft.output_frames_max());
        let skip = fft.as_ref().map_or(0, |fft| fft.output_delay());
        let pending = vec![Vec::new(); 2];
        let chunk_out = vec![vec![0.0; longest]; 2];
        Some(Self {
            from,
            to,
            fft,
            pending,
            chunk_out,
            skip,
            frames_in: 0,
            frames_out: 0,
        })
    }

    /// The rate that goes in.
    #[must_use]
    pub fn from(&self) -> u32 {
        self.from
    }

    /// Where in the output the input's frame `frame` is, both counted from the start or the last reset.
    #[must_use]
    pub fn output_frame(&self, frame: u64) -> u64 {
        let scaled = u128::from(frame) * u128::from(self.to) + u128::from(self.from / 2);
        u64::try_from(scaled / u128::from(self.from)).unwrap_or(u64::MAX)
    }

    /// Frames that went in since the start or the last reset.
    #[must_use]
    pub fn frames_in(&self) -> u64 {
        self.frames_in
    }

    /// Takes frames in and appends what is ready to `out`.
    pub fn push(&mut self, input: &[Vec<f32>; 2], out: &mut [Vec<f32>; 2]) {
        let frames = input[0].len().min(input[1].len());
        self.frames_in += frames as u64;
        if self.fft.is_none() {
            for (out, input) in out.iter_mut().zip(input) {
                out.extend_from_slice(&input[..frames]);
            }
            self.frames_out += frames as u64;
            return;
        }
        for (pending, input) in self.pending.iter_mut().zip(input) {
            pending.extend_from_slice(&input[..frames]);
        }
        self.run(out, false);
    }

    /// Appends the rest to `out`: what went in ends here. What goes in afterwards starts anew.
    pub fn finish(&mut self, out: &mut [Vec<f32>; 2]) {
        self.run(out, true);
        self.reset();
    }

    /// Forgets all that went in.
    pub fn reset(&mut self) {
        for pending in &mut self.pending {
            pending.clear();
        }
        if let Some(fft) = &mut self.fft {
            fft.reset();
            self.skip = fft.output_delay();
        }
        self.frames_in = 0;
        self.frames_out = 0;
    }

    fn run(&mut self, out: &mut [Vec<f32>; 2], to_the_end: bool) {
        let total = self.output_frame(self.frames_in);
        let Some(fft) = &mut self.fft else { return };
        let mut used = 0;
        loop {
            let wanted = fft.input_frames_next();
            let ready = self.pending[0].len() - used;
            if ready < wanted && !(to_the_end && self.frames_out < total) {
                break;
            }
            // At the end, silence takes the place of what would follow.
            let missing = wanted.saturating_sub(ready);
            for pending in &mut self.pending {
                pending.resize(pending.len() + missing, 0.0);
            }
            let frames = self.pending[0].len();
            let capacity = self.chunk_out[0].len();
            let (Ok(input), Ok(mut output)) = (
                SequentialSliceOfVecs::new(&self.pending, 2, frames),
                SequentialSliceOfVecs::new_mut(&mut self.chunk_out, 2, capacity),
            ) else {
                break;
            };
            let indexing = Indexing::new().input_offset(used);
            let Ok((read, written)) = fft.process_into_buffer(&input, &mut output, Some(&indexing)) else {
                break;
            };
            used += read;
            let skipped = self.skip.min(written);
            self.skip -= skipped;
            let room = if to_the_end {
                total.saturating_sub(self.frames_out)
            } else {
                u64::MAX
            };
            let kept = (written - skipped).min(usize::try_from(room).unwrap_or(usize::MAX));
            for (out, chunk) in out.iter_mut().zip(&self.chunk_out) {
                out.extend_from_slice(&chunk[skipped..skipped + kept]);
            }
            self.frames_out += kept as u64;
        }
        for pending in &mut self.pending {
            pending.drain(..used);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a test signal of single precision"
    )]
    fn sine(rate: f64, hertz: f64, frames: usize) -> Vec<f32> {
        (0..frames)
            .map(|i| (i as f64 * hertz * std::f64::consts::TAU / rate).sin() as f32 * 0.5)
            .collect()
    }

    #[test]
    fn length_is_exact_and_phase_is_kept_for_odd_pieces() {
        for (from, to) in [
            (44_100, 48_000),
            (48_000, 44_100),
            (96_000, 48_000),
            (8_000, 48_000),
            (22_050, 44_100),
            (48_000, 48_000),
        ] {
            let frames = 30_011;
            let input = sine(f64::from(from), 440.0, frames);
            let mut resampler = StereoResampler::new(from, to).unwrap();
            let mut out = [Vec::new(), Vec::new()];
            for piece in input.chunks(777) {
                resampler.push(&[piece.to_vec(), piece.to_vec()], &mut out);
            }
            let expected = resampler.output_frame(frames as u64);
            resampler.finish(&mut out);
            assert_eq!(out[0].len() as u64, expected, "{from} to {to}");
            assert_eq!(out[0], out[1]);
            let ideal = sine(f64::from(to), 440.0, out[0].len());
            let middle = 2000..out[0].len() - 2000;
            let worst = middle
                .clone()
                .map(|i| (out[0][i] - ideal[i]).abs())
                .fold(0.0, f32::max);
            assert!(worst < 1e-3, "{from} to {to}: {worst}");
        }
    }

    #[test]
    fn after_finishing_it_starts_anew() {
        let mut resampler = StereoResampler::new(44_100, 48_000).unwrap();
        let input = [sine(44_100.0, 1000.0, 5000), sine(44_100.0, 1000.0, 5000)];
        let mut once = [Vec::new(), Vec::new()];
        resampler.push(&input, &mut once);
        resampler.finish(&mut once);
        let mut again = [Vec::new(), Vec::new()];
        resampler.push(&input, &mut again);
        resampler.finish(&mut again);
        assert_eq!(once, again);
    }
}
