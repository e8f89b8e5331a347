//! The audio ring: one writer, one reader, never blocks, never allocates, and holds the clock.
//!
//! Frames are planar `f32`, left then right. Beside them lies a header of 64 words of 32 bits, laid out as the
//! constants below say; the browser's ring is one `SharedArrayBuffer` of the same layout: [`HEADER_BYTES`], then the
//! left plane, then the right, and its worklet counts exactly as [`RingReader`] does.
//!
//! Indices count frames since the ring was made, as 32-bit integers that wrap; only differences mean anything.
//! The reader's index is the clock: what is heard is what was read.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

/// Bytes before the first plane.
pub const HEADER_BYTES: usize = 256;
/// Words before the first plane.
pub const HEADER_WORDS: usize = HEADER_BYTES / 4;
/// Planes of samples.
pub const PLANES: usize = 2;
/// Frames in the ring that players use: 2.7 s at 48 kHz. A capacity is always a power of two.
pub const CAPACITY: usize = 1 << 17;

/// Writer's: the index of the next frame to be written.
pub const WRITE: usize = 0;
/// Writer's: counts the discards. When it changes, the reader goes to [`DISCARD_UNTIL`].
pub const EPOCH: usize = 1;
/// Writer's: the first frame that is still to be heard after the last discard.
pub const DISCARD_UNTIL: usize = 2;
/// Writer's: equal to [`WRITE`] where the sound ends and running dry is no underrun.
pub const EOS_AT: usize = 3;
/// Writer's: counts its steps, so that a watchdog sees it live.
pub const PRODUCER_BEAT: usize = 4;
/// Reader's: the index of the next frame to be heard. The clock.
pub const READ: usize = 16;
/// Reader's: frames of silence that were played because none were ready.
pub const UNDERRUN_FRAMES: usize = 17;
/// Reader's: how many times it ran dry.
pub const UNDERRUN_EVENTS: usize = 18;
/// Reader's: counts its calls, so that a watchdog sees it live.
pub const WORKLET_BEAT: usize = 19;
/// Reader's: the last [`EPOCH`] that it obeyed.
pub const SEEN_EPOCH: usize = 20;
/// Control: one of [`STATE_STOPPED`], [`STATE_PLAYING`], [`STATE_PAUSED`].
pub const STATE: usize = 32;
/// Control: the volume as the bits of an `f32`.
pub const GAIN_BITS: usize = 33;
/// Control: frames over which the volume changes, and sound comes and goes.
pub const RAMP_FRAMES: usize = 34;

/// Nothing is to be heard.
pub const STATE_STOPPED: i32 = 0;
/// Sound is to be heard.
pub const STATE_PLAYING: i32 = 1;
/// Nothing is to be heard, and the clock stands.
pub const STATE_PAUSED: i32 = 2;

/// Frames over which volume changes unless said otherwise: 8 ms at 48 kHz.
pub const DEFAULT_RAMP: i32 = 384;

#[derive(Debug)]
struct Shared {
    words: Box<[AtomicI32]>,
    // The bits of f32: atomics without ordering cost what plain memory costs, and need no unsafe code.
    planes: [Box<[AtomicU32]>; PLANES],
    mask: usize,
}

/// Makes a ring of at least `capacity` frames and gives out its writer.
#[must_use]
pub fn ring(capacity: usize) -> RingWriter {
    let capacity = capacity.clamp(2, 1 << 24).next_power_of_two();
    let plane = || {
        (0..capacity)
            .map(|_| AtomicU32::new(0))
            .collect::<Box<[AtomicU32]>>()
    };
    let words: Box<[AtomicI32]> = (0..HEADER_WORDS).map(|_| AtomicI32::new(0)).collect();
    words[GAIN_BITS].store(1.0_f32.to_bits().cast_signed(), Ordering::Relaxed);
    words[RAMP_FRAMES].store(DEFAULT_RAMP, Ordering::Relaxed);
    RingWriter {
        shared: Arc::new(Shared {
            words,
            planes: [plane(), plane()],
            mask: capacity - 1,
        }),
    }
}

impl Shared {
    fn load(&self, word: usize) -> i32 {
        self.words[word].load(Ordering::Acquire)
    }

    fn store(&self, word: usize, value: i32) {
        self.words[word].store(value, Ordering::Release);
    }

    /// Frames between two indices, the later one first.
    fn between(later: i32, earlier: i32) -> usize {
        usize::try_from(later.wrapping_sub(earlier)).unwrap_or(0)
    }

    fn slot(&self, index: i32, offset: usize) -> usize {
        (index.cast_unsigned() as usize).wrapping_add(offset) & self.mask
    }
}

/// The writing end of a ring, and its controls.
#[derive(Debug)]
pub struct RingWriter {
    shared: Arc<Shared>,
}

impl RingWriter {
    /// The reading end. One at a time may be read from; a new one goes on where the last one stood.
    #[must_use]
    pub fn reader(&self) -> RingReader {
        RingReader {
            shared: Arc::clone(&self.shared),
            gain: 0.0,
            quiet: true,
            gap: false,
        }
    }

    /// Frames in all.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.shared.mask + 1
    }

    /// Frames that can be written now.
    #[must_use]
    pub fn space(&self) -> usize {
        self.capacity().saturating_sub(self.buffered())
    }

    /// Frames written and not yet heard.
    #[must_use]
    pub fn buffered(&self) -> usize {
        Shared::between(self.shared.load(WRITE), self.shared.load(READ))
    }

    /// Writes as many frames as fit of both planes, and says how many.
    pub fn write(&mut self, left: &[f32], right: &[f32]) -> usize {
        let frames = left.len().min(right.len()).min(self.space());
        let write = self.shared.load(WRITE);
        for (plane, samples) in self.shared.planes.iter().zip([left, right]) {
            for (offset, sample) in samples[..frames].iter().enumerate() {
                plane[self.shared.slot(write, offset)].store(sample.to_bits(), Ordering::Relaxed);
            }
        }
        self.shared
            .store(WRITE, write.wrapping_add(i32::try_from(frames).unwrap_or(0)));
        frames
    }

    /// Makes the reader pass over all that was written and not yet heard.
    pub fn discard(&mut self) {
        self.shared.store(DISCARD_UNTIL, self.shared.load(WRITE));
        self.shared.store(EPOCH, self.shared.load(EPOCH).wrapping_add(1));
    }

    /// Says that the sound ends with the last frame written, until more is written.
    pub fn end(&mut self) {
        self.shared.store(EOS_AT, self.shared.load(WRITE));
    }

    /// Sets one of the `STATE_` constants.
    pub fn set_state(&mut self, state: i32) {
        self.shared.store(STATE, state);
    }

    /// Sets the volume as a factor, 1 for full scale.
    pub fn set_gain(&mut self, gain: f32) {
        self.shared.store(GAIN_BITS, gain.to_bits().cast_signed());
    }

    /// Says that the writer lives.
    pub fn beat(&mut self) {
        self.shared
            .store(PRODUCER_BEAT, self.shared.load(PRODUCER_BEAT).wrapping_add(1));
    }

    /// Reads one word of the header.
    #[must_use]
    pub fn word(&self, word: usize) -> i32 {
        self.shared.load(word)
    }
}

/// The reading end of a ring: what an audio callback calls. Allocates nothing, locks nothing, waits for nothing.
#[derive(Debug)]
pub struct RingReader {
    shared: Arc<Shared>,
    // The volume that the last frame had: zero before the first, so that sound fades in.
    gain: f32,
    // Before the first frame and after a discard, silence is not a gap.
    quiet: bool,
    // In a gap, which is one event however long.
    gap: bool,
}

impl RingReader {
    /// Fills an interleaved buffer of `channels` channels; left and right go to the first two, or their mean to one.
    pub fn read_interleaved(&mut self, out: &mut [f32], channels: usize) {
        let channels = channels.max(1);
        let frames = out.len() / channels;
        let mut at = 0;
        self.read(frames, |left, right| {
            if let Some(frame) = out.get_mut(at * channels..(at + 1) * channels) {
                if let [mono] = frame {
                    *mono = 0.5 * (left + right);
                } else {
                    frame.fill(0.0);
                    frame[0] = left;
                    frame[1] = right;
                }
            }
            at += 1;
        });
    }

    /// Fills two planes of equal length.
    pub fn read_planar(&mut self, left: &mut [f32], right: &mut [f32]) {
        let mut at = 0;
        self.read(left.len().min(right.len()), |l, r| {
            left[at] = l;
            right[at] = r;
            at += 1;
        });
    }

    /// Frames that are ready to be heard.
    #[must_use]
    pub fn available(&self) -> usize {
        let (write, read) = (self.shared.load(WRITE), self.shared.load(READ));
        if self.shared.load(EPOCH) == self.shared.load(SEEN_EPOCH) {
            Shared::between(write, read)
        } else {
            Shared::between(write, later(read, self.shared.load(DISCARD_UNTIL)))
        }
    }

    /// True if sound is wanted.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.shared.load(STATE) == STATE_PLAYING
    }

    /// Gives out `frames` frames, silence where there are none.
    fn read(&mut self, frames: usize, mut give: impl FnMut(f32, f32)) {
        let shared = &*self.shared;
        shared.store(WORKLET_BEAT, shared.load(WORKLET_BEAT).wrapping_add(1));
        let mut read = shared.load(READ);
        let epoch = shared.load(EPOCH);
        if epoch != shared.load(SEEN_EPOCH) {
            read = later(read, shared.load(DISCARD_UNTIL));
            shared.store(READ, read);
            shared.store(SEEN_EPOCH, epoch);
            // What comes next has nothing to do with what was heard last.
            self.gain = 0.0;
            self.quiet = true;
        }
        let playing = shared.load(STATE) == STATE_PLAYING;
        let volume = f32::from_bits(shared.load(GAIN_BITS).cast_unsigned());
        let target = if playing && volume.is_finite() {
            volume.clamp(0.0, 4.0)
        } else {
            0.0
        };
        let ramp = shared.load(RAMP_FRAMES).max(1);
        #[expect(clippy::cast_precision_loss, reason = "a ramp is a few hundred frames")]
        let step = 1.0 / ramp as f32;
        let write = shared.load(WRITE);
        let available = Shared::between(write, read);
        let mut given = 0;
        // Paused, frames are used up only until the volume has come down.
        while given < frames.min(available) && (playing || self.gain > 0.0) {
            self.gain = if self.gain < target {
                (self.gain + step).min(target)
            } else {
                (self.gain - step).max(target)
            };
            let slot = shared.slot(read, given);
            let sample =
                |plane: usize| f32::from_bits(shared.planes[plane][slot].load(Ordering::Relaxed)) * self.gain;
            give(sample(0), sample(1));
            given += 1;
        }
        shared.store(READ, read.wrapping_add(i32::try_from(given).unwrap_or(0)));
        let missing = frames - given;
        for _ in 0..missing {
            give(0.0, 0.0);
        }
        if given > 0 {
            self.quiet = false;
            self.gap = false;
        }
        if missing > 0 && playing && !self.quiet && shared.load(EOS_AT) != write {
            let events = i32::from(!self.gap);
            shared.store(UNDERRUN_EVENTS, shared.load(UNDERRUN_EVENTS).wrapping_add(events));
            let count = i32::try_from(missing).unwrap_or(i32::MAX);
            shared.store(UNDERRUN_FRAMES, shared.load(UNDERRUN_FRAMES).wrapping_add(count));
            self.gap = true;
            self.gain = 0.0;
        }
    }
}

/// The later of two indices that wrap.
fn later(a: i32, b: i32) -> i32 {
    if a.wrapping_sub(b) >= 0 { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(reader: &mut RingReader, frames: usize) -> Vec<f32> {
        let (mut left, mut right) = (vec![9.0; frames], vec![9.0; frames]);
        reader.read_planar(&mut left, &mut right);
        left
    }

    fn playing(capacity: usize) -> (RingWriter, RingReader) {
        let mut writer = ring(capacity);
        writer.set_state(STATE_PLAYING);
        writer.shared.store(RAMP_FRAMES, 1);
        let reader = writer.reader();
        (writer, reader)
    }

    #[test]
    fn frames_come_out_in_order_and_once() {
        let (mut writer, mut reader) = playing(8);
        assert_eq!(writer.write(&[1.0; 12], &[1.0; 12]), 8);
        assert_eq!(writer.write(&[2.0], &[2.0]), 0);
        assert_eq!(drain(&mut reader, 5), [1.0; 5]);
        assert_eq!(writer.write(&[2.0; 3], &[2.0; 3]), 3);
        assert_eq!(drain(&mut reader, 6), [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
        assert_eq!(writer.word(READ), 11);
    }

    #[test]
    fn a_gap_is_one_event_and_the_end_is_none() {
        let (mut writer, mut reader) = playing(8);
        drain(&mut reader, 4);
        assert_eq!(writer.word(UNDERRUN_EVENTS), 0, "nothing was written yet");
        writer.write(&[1.0; 4], &[1.0; 4]);
        drain(&mut reader, 4);
        drain(&mut reader, 3);
        drain(&mut reader, 3);
        assert_eq!(
            (writer.word(UNDERRUN_EVENTS), writer.word(UNDERRUN_FRAMES)),
            (1, 6)
        );
        writer.write(&[1.0; 4], &[1.0; 4]);
        drain(&mut reader, 4);
        writer.end();
        drain(&mut reader, 4);
        assert_eq!(writer.word(UNDERRUN_EVENTS), 1);
    }

    #[test]
    fn a_discard_passes_over_what_was_not_heard() {
        let (mut writer, mut reader) = playing(8);
        writer.write(&[1.0; 8], &[1.0; 8]);
        drain(&mut reader, 2);
        writer.discard();
        assert_eq!(reader.available(), 0);
        assert_eq!(drain(&mut reader, 1), [0.0]);
        writer.write(&[2.0; 4], &[2.0; 4]);
        assert_eq!(drain(&mut reader, 2), [2.0; 2]);
        assert_eq!(writer.word(READ), 10);
        assert_eq!(writer.word(UNDERRUN_EVENTS), 0);
    }

    #[test]
    fn pausing_fades_and_stops_the_clock() {
        let (mut writer, mut reader) = playing(64);
        writer.shared.store(RAMP_FRAMES, 4);
        writer.write(&[1.0; 64], &[1.0; 64]);
        assert_eq!(drain(&mut reader, 6), [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]);
        writer.set_state(STATE_PAUSED);
        assert_eq!(drain(&mut reader, 6), [0.75, 0.5, 0.25, 0.0, 0.0, 0.0]);
        assert_eq!(writer.word(READ), 10);
        drain(&mut reader, 6);
        assert_eq!(writer.word(READ), 10);
        writer.set_state(STATE_PLAYING);
        assert_eq!(drain(&mut reader, 2), [0.25, 0.5]);
    }

    #[test]
    fn indices_may_wrap() {
        let (mut writer, mut reader) = playing(8);
        for word in [WRITE, READ] {
            writer.shared.store(word, i32::MAX - 2);
        }
        for round in 0..4 {
            let value = [round as f32; 5];
            assert_eq!(writer.write(&value, &value), 5);
            assert_eq!(drain(&mut reader, 5), value);
        }
        assert_eq!(writer.buffered(), 0);
        assert_eq!(writer.word(READ), (i32::MAX - 2).wrapping_add(20));
    }
}
