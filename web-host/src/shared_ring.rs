//! The ring that the AudioWorklet plays, written from the audio worker.
//!
//! With cross-origin isolation it is one `SharedArrayBuffer` laid out as [`segue_audio::ring`] says. Without,
//! the worklet keeps a ring of the same layout to itself, and the same frames reach it as transferred chunks.
//! `js/audio-worklet.js` is the reader of both; a test below ties its constants to ours.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Atomics, Float32Array, Int32Array, Object, Promise, Reflect, SharedArrayBuffer};
use segue_audio::ring;
use segue_audio::sink::{Counter, Sink, Underruns};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessagePort;

use crate::exception;

/// A sink for the player of the audio worker.
#[derive(Debug)]
pub enum WebSink {
    /// Shared memory.
    Shared(SharedSink),
    /// Messages.
    Messages(MessageSink),
}

/// The writer of a ring in shared memory.
#[derive(Debug)]
pub struct SharedSink {
    words: Int32Array,
    planes: [Float32Array; ring::PLANES],
    capacity: usize,
    sample_rate: u32,
    written: u64,
    played: Counter,
    missing: Counter,
}

impl SharedSink {
    /// Writes into this memory for a context of this rate. What is in it goes on from where it is.
    ///
    /// # Errors
    /// The memory is not as long as a ring of a power of two of frames.
    pub fn new(memory: &SharedArrayBuffer, sample_rate: u32) -> Result<Self, String> {
        let bytes = memory.byte_length() as usize;
        let capacity = bytes.saturating_sub(ring::HEADER_BYTES) / (4 * ring::PLANES);
        if !capacity.is_power_of_two() || ring::HEADER_BYTES + capacity * 4 * ring::PLANES != bytes {
            return Err(format!("a ring cannot be {bytes} bytes long"));
        }
        let plane = |index: usize| {
            let offset = ring::HEADER_BYTES + index * capacity * 4;
            Float32Array::new_with_byte_offset_and_length(memory, word(offset), word(capacity))
        };
        let mut sink = Self {
            words: Int32Array::new_with_byte_offset_and_length(memory, 0, word(ring::HEADER_WORDS)),
            planes: [plane(0), plane(1)],
            capacity,
            sample_rate,
            written: 0,
            played: Counter::default(),
            missing: Counter::default(),
        };
        // After a crash of the writer before this one, its frames are not ours; counts go on from there.
        sink.discard();
        sink.written = sink.played() + sink.buffered() as u64;
        sink.missing.follow(sink.load(ring::UNDERRUN_FRAMES));
        Ok(sink)
    }

    fn load(&self, index: usize) -> i32 {
        // It throws only for an index outside of the header.
        Atomics::load(&self.words, word(index)).unwrap_or(0)
    }

    fn store(&self, index: usize, value: i32) {
        // As above.
        let _ = Atomics::store(&self.words, word(index), value);
    }

    fn buffered(&self) -> usize {
        let frames = self.load(ring::WRITE).wrapping_sub(self.load(ring::READ));
        usize::try_from(frames).unwrap_or(0)
    }

    /// The index of the next frame to be heard, with a discard that the reader has not obeyed yet.
    fn next_heard(&self) -> i32 {
        let (read, until) = (self.load(ring::READ), self.load(ring::DISCARD_UNTIL));
        let pending = self.load(ring::EPOCH) != self.load(ring::SEEN_EPOCH);
        if pending && until.wrapping_sub(read) > 0 {
            until
        } else {
            read
        }
    }

    /// Resolves when the reader says that it has drained the ring below half, or after so many milliseconds.
    /// `None` where the browser cannot wait without blocking.
    fn drained(&self, timeout: f64) -> Option<Promise> {
        let read = self.load(ring::READ);
        let wait = Atomics::wait_async_with_timeout(&self.words, word(ring::READ), read, timeout).ok()?;
        // Not a promise but a string if the word changed in this moment: then the next look is due at once.
        let value = Reflect::get(&wait, &"value".into()).ok()?;
        Some(Promise::resolve(&value))
    }
}

fn word(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

impl Sink for SharedSink {
    fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    fn space(&self) -> usize {
        self.capacity.saturating_sub(self.buffered())
    }

    fn write(&mut self, left: &[f32], right: &[f32]) -> usize {
        let frames = left.len().min(right.len()).min(self.space());
        let write = self.load(ring::WRITE);
        let slot = write.cast_unsigned() as usize & (self.capacity - 1);
        let first = frames.min(self.capacity - slot);
        for (plane, samples) in self.planes.iter().zip([left, right]) {
            plane
                .subarray(word(slot), word(slot + first))
                .copy_from(&samples[..first]);
            plane
                .subarray(0, word(frames - first))
                .copy_from(&samples[first..frames]);
        }
        self.store(
            ring::WRITE,
            write.wrapping_add(i32::try_from(frames).unwrap_or(0)),
        );
        self.written += frames as u64;
        frames
    }

    fn written(&self) -> u64 {
        self.written
    }

    fn played(&mut self) -> u64 {
        self.played.follow(self.load(ring::READ))
    }

    fn discard(&mut self) {
        self.store(ring::DISCARD_UNTIL, self.load(ring::WRITE));
        self.store(ring::EPOCH, self.load(ring::EPOCH).wrapping_add(1));
    }

    fn end(&mut self) {
        self.store(ring::EOS_AT, self.load(ring::WRITE));
    }

    fn set_playing(&mut self, playing: bool) {
        self.store(
            ring::STATE,
            if playing {
                ring::STATE_PLAYING
            } else {
                ring::STATE_PAUSED
            },
        );
    }

    fn set_gain(&mut self, gain: f32) {
        self.store(ring::GAIN_BITS, gain.to_bits().cast_signed());
    }

    fn underruns(&mut self) -> Underruns {
        let frames = self.missing.follow(self.load(ring::UNDERRUN_FRAMES));
        Underruns {
            frames,
            events: self.load(ring::UNDERRUN_EVENTS).cast_unsigned(),
        }
    }

    fn beat(&mut self) {
        self.store(
            ring::PRODUCER_BEAT,
            self.load(ring::PRODUCER_BEAT).wrapping_add(1),
        );
    }
}

/// What the worklet last said of itself: with messages, nothing else is known of it.
#[derive(Debug, Default)]
struct Heard {
    read: Counter,
    total: u64,
    missing: Counter,
    underruns: Underruns,
}

/// The writer of a ring that the worklet keeps, by messages.
#[derive(Debug)]
pub struct MessageSink {
    port: MessagePort,
    sample_rate: u32,
    written: u64,
    // Where the last discard ends: what lies before counts as heard.
    discarded: u64,
    heard: Rc<RefCell<Heard>>,
}

/// Takes what the worklet posts in.
#[derive(Debug, Clone)]
pub struct HeardInlet(Rc<RefCell<Heard>>);

impl HeardInlet {
    /// Takes `[read, underrun frames, underrun events]` in. Anything else changes nothing.
    pub fn take(&self, message: &JsValue) {
        let Some(words) = message
            .dyn_ref::<Int32Array>()
            .filter(|words| words.length() == 3)
        else {
            return;
        };
        let heard = &mut *self.0.borrow_mut();
        heard.total = heard.read.follow(words.get_index(0));
        heard.underruns = Underruns {
            frames: heard.missing.follow(words.get_index(1)),
            events: words.get_index(2).cast_unsigned(),
        };
    }
}

impl MessageSink {
    /// Writes to the worklet behind this port, whose ring is new and of [`ring::CAPACITY`] frames.
    #[must_use]
    pub fn new(port: MessagePort, sample_rate: u32) -> (Self, HeardInlet) {
        let heard = Rc::<RefCell<Heard>>::default();
        let inlet = HeardInlet(Rc::clone(&heard));
        let sink = Self {
            port,
            sample_rate,
            written: 0,
            discarded: 0,
            heard,
        };
        (sink, inlet)
    }

    fn post(&self, kind: &str, value: &JsValue, transfer: &Array) {
        let message = Object::new();
        // A fresh object takes any property; posting fails only for what cannot be cloned, and this can.
        let _ = Reflect::set(&message, &kind.into(), value);
        if let Err(thrown) = self.port.post_message_with_transferable(&message, transfer) {
            web_sys::console::error_1(&exception::text(&thrown).into());
        }
    }

    fn heard(&self) -> u64 {
        self.heard.borrow().total.max(self.discarded)
    }
}

impl Sink for MessageSink {
    fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    fn space(&self) -> usize {
        // What was discarded lies in the ring until the worklet's next turn.
        let read = self.heard.borrow().total;
        let buffered = usize::try_from(self.written.saturating_sub(read)).unwrap_or(usize::MAX);
        ring::CAPACITY.saturating_sub(buffered)
    }

    fn write(&mut self, left: &[f32], right: &[f32]) -> usize {
        let frames = left.len().min(right.len()).min(self.space());
        if frames == 0 {
            return 0;
        }
        let chunk = Float32Array::new_with_length(word(frames * 2));
        chunk.subarray(0, word(frames)).copy_from(&left[..frames]);
        chunk
            .subarray(word(frames), word(frames * 2))
            .copy_from(&right[..frames]);
        self.post("chunk", &chunk, &Array::of1(&chunk.buffer()));
        self.written += frames as u64;
        frames
    }

    fn written(&self) -> u64 {
        self.written
    }

    fn played(&mut self) -> u64 {
        self.heard()
    }

    fn discard(&mut self) {
        self.discarded = self.written;
        self.post("discard", &JsValue::TRUE, &Array::new());
    }

    fn end(&mut self) {
        self.post("end", &JsValue::TRUE, &Array::new());
    }

    fn set_playing(&mut self, playing: bool) {
        let state = if playing {
            ring::STATE_PLAYING
        } else {
            ring::STATE_PAUSED
        };
        self.post("state", &state.into(), &Array::new());
    }

    fn set_gain(&mut self, gain: f32) {
        self.post("gain", &gain.into(), &Array::new());
    }

    fn underruns(&mut self) -> Underruns {
        self.heard.borrow().underruns
    }
}

impl WebSink {
    /// The ring's index of the next frame to be heard, as the worklet will count it.
    #[must_use]
    pub fn next_heard(&self) -> i32 {
        match self {
            Self::Shared(sink) => sink.next_heard(),
            // The worklet's indices are the low half of ours.
            #[expect(
                clippy::cast_possible_truncation,
                reason = "indices wrap, and only differences mean anything"
            )]
            Self::Messages(sink) => sink.heard() as i32,
        }
    }

    /// Resolves when there is room again, or after so many milliseconds; `None` where only time can tell.
    #[must_use]
    pub fn drained(&self, timeout: f64) -> Option<Promise> {
        match self {
            Self::Shared(sink) => sink.drained(timeout),
            Self::Messages(_) => None,
        }
    }

    fn sink(&self) -> &dyn Sink {
        match self {
            Self::Shared(sink) => sink,
            Self::Messages(sink) => sink,
        }
    }

    fn sink_mut(&mut self) -> &mut dyn Sink {
        match self {
            Self::Shared(sink) => sink,
            Self::Messages(sink) => sink,
        }
    }
}

impl Sink for WebSink {
    fn sample_rate(&self) -> u32 {
        self.sink().sample_rate()
    }

    fn space(&self) -> usize {
        self.sink().space()
    }

    fn write(&mut self, left: &[f32], right: &[f32]) -> usize {
        self.sink_mut().write(left, right)
    }

    fn written(&self) -> u64 {
        self.sink().written()
    }

    fn played(&mut self) -> u64 {
        self.sink_mut().played()
    }

    fn discard(&mut self) {
        self.sink_mut().discard();
    }

    fn end(&mut self) {
        self.sink_mut().end();
    }

    fn set_playing(&mut self, playing: bool) {
        self.sink_mut().set_playing(playing);
    }

    fn set_gain(&mut self, gain: f32) {
        self.sink_mut().set_gain(gain);
    }

    fn underruns(&mut self) -> Underruns {
        self.sink_mut().underruns()
    }

    fn beat(&mut self) {
        self.sink_mut().beat();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The constants of the worklet, by name.
    fn constant(name: &str) -> usize {
        let script = include_str!("../js/audio-worklet.js");
        let prefix = format!("const {name} = ");
        let line = script.lines().find_map(|line| line.strip_prefix(&prefix));
        let value = line.and_then(|line| line.split(';').next());
        value
            .and_then(|value| value.parse().ok())
            .unwrap_or_else(|| panic!("audio-worklet.js says no `{prefix}`"))
    }

    #[test]
    fn the_worklet_reads_the_ring_as_it_is_laid_out() {
        let expected = [
            ("HEADER_BYTES", ring::HEADER_BYTES),
            ("CAPACITY", ring::CAPACITY),
            ("WRITE", ring::WRITE),
            ("EPOCH", ring::EPOCH),
            ("DISCARD_UNTIL", ring::DISCARD_UNTIL),
            ("EOS_AT", ring::EOS_AT),
            ("READ", ring::READ),
            ("UNDERRUN_FRAMES", ring::UNDERRUN_FRAMES),
            ("UNDERRUN_EVENTS", ring::UNDERRUN_EVENTS),
            ("WORKLET_BEAT", ring::WORKLET_BEAT),
            ("SEEN_EPOCH", ring::SEEN_EPOCH),
            ("STATE", ring::STATE),
            ("GAIN_BITS", ring::GAIN_BITS),
            ("RAMP_FRAMES", ring::RAMP_FRAMES),
            ("STATE_PLAYING", ring::STATE_PLAYING.unsigned_abs() as usize),
            ("STATE_PAUSED", ring::STATE_PAUSED.unsigned_abs() as usize),
            ("DEFAULT_RAMP", ring::DEFAULT_RAMP.unsigned_abs() as usize),
        ];
        for (name, value) in expected {
            assert_eq!(constant(name), value, "{name}");
        }
    }
}
