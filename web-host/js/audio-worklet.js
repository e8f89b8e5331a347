// Plays the ring: copies frames out, fades where sound comes and goes, and counts. `process` allocates nothing.
//
// The layout is that of `segue_audio::ring`, and the counting that of its `RingReader`; a test in
// web-host/src/shared_ring.rs compares the constants. The memory is shared with the audio worker where the page is
// cross-origin isolated; elsewhere it is this worklet's own, and frames and controls come as messages.

const HEADER_BYTES = 256;
const CAPACITY = 131072;
const WRITE = 0;
const EPOCH = 1;
const DISCARD_UNTIL = 2;
const EOS_AT = 3;
const READ = 16;
const UNDERRUN_FRAMES = 17;
const UNDERRUN_EVENTS = 18;
const WORKLET_BEAT = 19;
const SEEN_EPOCH = 20;
const STATE = 32;
const GAIN_BITS = 33;
const RAMP_FRAMES = 34;
const STATE_PLAYING = 1;
const STATE_PAUSED = 2;
const DEFAULT_RAMP = 384;

/** Without shared memory, what was read is told every so many frames. */
const REPORT_EVERY = 2048;

class RingProcessor extends AudioWorkletProcessor {
  /** @param {{ processorOptions: { memory?: SharedArrayBuffer } }} options */
  constructor(options) {
    super();
    const shared = options.processorOptions.memory;
    const memory = shared ?? new ArrayBuffer(HEADER_BYTES + 2 * 4 * CAPACITY);
    this.capacity = (memory.byteLength - HEADER_BYTES) / 8;
    this.words = new Int32Array(memory, 0, HEADER_BYTES / 4);
    this.gains = new Float32Array(memory, 0, HEADER_BYTES / 4);
    this.left = new Float32Array(memory, HEADER_BYTES, this.capacity);
    this.right = new Float32Array(memory, HEADER_BYTES + 4 * this.capacity, this.capacity);
    this.gain = 0;
    this.dry = true;
    this.shared = shared !== undefined;
    this.reported = 0;
    /** @type {MessagePort[]} */
    this.listeners = [];
    if (this.shared) return;
    this.words[RAMP_FRAMES] = DEFAULT_RAMP;
    this.gains[GAIN_BITS] = 1;
    this.port.onmessage = (event) => {
      if (event.data.writer) {
        this.listeners = [this.port, event.data.writer];
        event.data.writer.onmessage = (/** @type {MessageEvent} */ message) => this.take(message.data);
      } else {
        this.take(event.data);
      }
    };
  }

  /**
   * A message in place of a store into shared memory.
   *
   * @param {{ chunk?: Float32Array, discard?: true, end?: true, state?: number, gain?: number }} message
   */
  take(message) {
    const { words } = this;
    if (message.chunk) {
      const frames = message.chunk.length / 2;
      const slot = words[WRITE] & (this.capacity - 1);
      const first = Math.min(frames, this.capacity - slot);
      this.left.set(message.chunk.subarray(0, first), slot);
      this.left.set(message.chunk.subarray(first, frames), 0);
      this.right.set(message.chunk.subarray(frames, frames + first), slot);
      this.right.set(message.chunk.subarray(frames + first), 0);
      words[WRITE] = (words[WRITE] + frames) | 0;
    }
    if (message.discard) {
      words[DISCARD_UNTIL] = words[WRITE];
      words[EPOCH] = (words[EPOCH] + 1) | 0;
    }
    if (message.end) words[EOS_AT] = words[WRITE];
    if (message.state !== undefined) words[STATE] = message.state;
    if (message.gain !== undefined) this.gains[GAIN_BITS] = message.gain;
  }

  report() {
    const { words } = this;
    this.reported = words[READ];
    for (const port of this.listeners) {
      port.postMessage(Int32Array.of(words[READ], words[UNDERRUN_FRAMES], words[UNDERRUN_EVENTS]));
    }
  }

  /**
   * @param {Float32Array[][]} _inputs
   * @param {Float32Array[][]} outputs
   */
  process(_inputs, outputs) {
    const { words, capacity } = this;
    const left = outputs[0][0];
    const right = outputs[0][1] ?? left;
    const frames = left.length;
    Atomics.store(words, WORKLET_BEAT, (Atomics.load(words, WORKLET_BEAT) + 1) | 0);
    let read = Atomics.load(words, READ);
    const epoch = Atomics.load(words, EPOCH);
    const jumped = epoch !== Atomics.load(words, SEEN_EPOCH);
    if (jumped) {
      const until = Atomics.load(words, DISCARD_UNTIL);
      if (((until - read) | 0) > 0) read = until;
      Atomics.store(words, READ, read);
      Atomics.store(words, SEEN_EPOCH, epoch);
      // What comes next has nothing to do with what was heard last.
      this.gain = 0;
      this.dry = true;
    }
    const state = Atomics.load(words, STATE);
    const playing = state === STATE_PLAYING;
    const volume = this.gains[GAIN_BITS];
    const target = playing && Number.isFinite(volume) ? Math.min(Math.max(volume, 0), 4) : 0;
    const step = 1 / Math.max(Atomics.load(words, RAMP_FRAMES), 1);
    const write = Atomics.load(words, WRITE);
    const available = Math.max((write - read) | 0, 0);
    const most = Math.min(frames, available);
    let { gain } = this;
    let given = 0;
    // Paused, frames are used up only until the volume has come down.
    while (given < most && (playing || gain > 0)) {
      gain = gain < target ? Math.min(gain + step, target) : Math.max(gain - step, target);
      const slot = (read + given) & (capacity - 1);
      left[given] = this.left[slot] * gain;
      right[given] = this.right[slot] * gain;
      given += 1;
    }
    // Rounding may leave a crumb above zero: a paused ring must come to rest.
    if (state === STATE_PAUSED && gain < 1e-6) gain = 0;
    this.gain = gain;
    const now = (read + given) | 0;
    Atomics.store(words, READ, now);
    if (given === frames) {
      this.dry = false;
    } else {
      left.fill(0, given);
      right.fill(0, given);
      // Before the first frame and after a discard, silence is not a gap.
      if (playing && Atomics.load(words, EOS_AT) !== write && !this.dry) {
        Atomics.store(words, UNDERRUN_EVENTS, (Atomics.load(words, UNDERRUN_EVENTS) + 1) | 0);
        Atomics.store(words, UNDERRUN_FRAMES, (Atomics.load(words, UNDERRUN_FRAMES) + frames - given) | 0);
        this.gain = 0;
        this.dry = true;
      }
    }
    const half = capacity / 2;
    if (!this.shared) {
      if (jumped || Math.abs((now - this.reported) | 0) >= REPORT_EVERY || (given > 0 && given < frames)) this.report();
    } else if (jumped || (available >= half && available - given < half) || (given > 0 && given < frames)) {
      // The writer sleeps until half of the ring is free, the sound has run out, or it may write again after a jump.
      Atomics.notify(words, READ);
    }
    return true;
  }
}

registerProcessor("segue-ring", RingProcessor);
