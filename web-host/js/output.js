// The way from the ring to the ear: an AudioContext with the worklet that plays the ring, made at the first click.

const HEADER_BYTES = 256;
const CAPACITY = 131072;
const READ = 16;
const WRITE = 0;
const UNDERRUN_FRAMES = 17;
const UNDERRUN_EVENTS = 18;
const STATE = 32;
const GAIN_BITS = 33;
const RAMP_FRAMES = 34;
const STATE_PAUSED = 2;
const DEFAULT_RAMP = 384;

/**
 * @typedef {object} Connect what the audio worker is told of an output
 * @property {(message: object, transfer?: Transferable[]) => void} tellAudio
 * @property {(message: object) => void} tell the other tabs
 */

export class Output {
  /** @type {AudioContext | undefined} */
  #context;
  /** @type {AudioWorkletNode | undefined} */
  #node;
  /** @type {SharedArrayBuffer | undefined} */
  #memory;
  /** @type {Int32Array | undefined} */
  #words;
  /** @type {Float32Array | undefined} */
  #gains;
  /** Without shared memory: what the worklet said last, and when. */
  #heard = new Int32Array(3);
  #heardAt = 0;
  /** The same for frames that are ready. */
  #ready = 0;
  #gain = 1;
  /** @type {Promise<void> | undefined} */
  #opening;
  /** @type {Connect} */
  #audio;
  /** @type {URL} */
  #base;
  #wanted = false;
  /** Whether sound comes from another tab: this one opens nothing. */
  elsewhere = false;

  /** @param {URL} base @param {Connect} audio */
  constructor(base, audio) {
    this.#base = base;
    this.#audio = audio;
  }

  /** Whether the ring is shared memory. */
  get shared() {
    return globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer === "function";
  }

  get sampleRate() {
    return this.#context?.sampleRate ?? 48000;
  }

  /** Whether the browser waits for a click in this very page before it lets sound out. */
  get isBlocked() {
    return this.#wanted && this.#context?.state === "suspended";
  }

  /** Whether sound could come out. */
  get isOpen() {
    return this.#node !== undefined;
  }

  /**
   * Makes the context, or wakes it. To be called within a click or key press, before anything is waited for.
   *
   * @returns {Promise<void>}
   */
  open() {
    if (this.elsewhere) return Promise.resolve();
    this.#wanted = true;
    if (this.#context && this.#context.state !== "closed") {
      if (this.#context.state !== "running") void this.#resume(this.#context);
      return this.#opening ?? Promise.resolve();
    }
    this.#opening = this.#make().catch((error) => {
      void this.#context?.close();
      this.#context = undefined;
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #make() {
    const context = new AudioContext({ latencyHint: "playback" });
    this.#context = context;
    // In a click browsers let it run at once; the worklet needs a moment more.
    void this.#resume(context);
    await context.audioWorklet.addModule(new URL("audio-worklet.js", this.#base));
    if (this.shared) this.#makeRing();
    const node = new AudioWorkletNode(context, "segue-ring", {
      numberOfInputs: 0,
      outputChannelCount: [2],
      processorOptions: { memory: this.#memory },
    });
    node.connect(context.destination);
    if (!this.#memory) {
      node.port.onmessage = (event) => {
        this.#heard = event.data;
        this.#heardAt = context.currentTime;
      };
    }
    this.#node = node;
    this.connect();
    this.setGain(this.#gain);
  }

  #makeRing() {
    if (this.#memory) return;
    this.#memory = new SharedArrayBuffer(HEADER_BYTES + 2 * 4 * CAPACITY);
    this.#words = new Int32Array(this.#memory, 0, HEADER_BYTES / 4);
    this.#gains = new Float32Array(this.#memory, 0, HEADER_BYTES / 4);
    this.#words[RAMP_FRAMES] = DEFAULT_RAMP;
  }

  /** Tells the audio worker where to play; again after it was started again. */
  connect() {
    if (!this.#node) return;
    const { sampleRate } = this;
    if (this.#memory) {
      this.#audio.tellAudio({ memory: this.#memory, sampleRate });
    } else {
      const { port1, port2 } = new MessageChannel();
      this.#node.port.postMessage({ writer: port1 }, [port1]);
      this.#audio.tellAudio({ worklet: port2, sampleRate }, [port2]);
    }
  }

  /** @param {AudioContext} context */
  async #resume(context) {
    const again = () => {
      if (this.#wanted && context.state !== "running") void context.resume().catch(() => {});
    };
    // Without a click before, the promise waits for one: the next of any kind will do.
    for (const event of ["pointerdown", "keydown"]) {
      globalThis.document?.addEventListener(event, again, { once: true, capture: true });
    }
    try {
      await context.resume();
    } catch {
      // It was closed in the meantime.
    }
  }

  /** The ring's index of the next frame to be heard. */
  get read() {
    if (this.#words) return Atomics.load(this.#words, READ);
    if (!this.#context || this.#heardAt === 0) return this.#heard[0] ?? 0;
    // Between two messages the context's own clock goes on, for no longer than they are apart.
    const since = Math.min(this.#context.currentTime - this.#heardAt, 0.1);
    return ((this.#heard[0] ?? 0) + Math.max(since, 0) * this.sampleRate) | 0;
  }

  /** How far behind the ring the ear is, in milliseconds. */
  get latencyMs() {
    return (this.#context?.outputLatency || this.#context?.baseLatency || 0) * 1000;
  }

  /** Silences what sounds without asking anybody else. */
  pause() {
    this.#wanted = false;
    if (this.#words) Atomics.store(this.#words, STATE, STATE_PAUSED);
    else this.#node?.port.postMessage({ state: STATE_PAUSED });
  }

  /** @param {number} gain 1 is full scale */
  setGain(gain) {
    this.#gain = gain;
    if (this.#gains) this.#gains[GAIN_BITS] = gain;
    else this.#node?.port.postMessage({ gain });
  }

  /** Whoever makes the sound is to know, and whoever shows it. @param {boolean} muted */
  mute(muted) {
    this.#audio.tell({ muted });
  }

  /** The audio worker says how many frames are ready. @param {number} frames */
  set ready(frames) {
    this.#ready = frames;
  }

  stats() {
    const words = this.#words;
    const buffered = words ? (Atomics.load(words, WRITE) - Atomics.load(words, READ)) | 0 : this.#ready;
    return {
      underrunFrames: words ? Atomics.load(words, UNDERRUN_FRAMES) : (this.#heard[1] ?? 0),
      underrunEvents: words ? Atomics.load(words, UNDERRUN_EVENTS) : (this.#heard[2] ?? 0),
      bufferedMs: Math.max((buffered / this.sampleRate) * 1000, 0),
      shared: this.shared,
    };
  }

  async close() {
    this.#wanted = false;
    this.#node?.disconnect();
    if (this.#context?.state !== "closed") await this.#context?.close();
  }
}
