// The player and its queue, as `segue.d.ts` describes them.

import { asSegueError } from "./error.js";
import { Output } from "./output.js";
import { queryText } from "./query-text.js";

/** @typedef {import("./segue.js").Track} Track */
/** @typedef {import("./segue.js").PlayRequest} PlayRequest */
/** @typedef {import("./link.js").Link} Link */

/**
 * @typedef {object} State what the library says of its player
 * @property {"stopped" | "playing" | "paused" | "buffering"} state
 * @property {number | null} trackId
 * @property {number} positionMs
 * @property {number} durationMs
 * @property {string} [error]
 * @property {number} queueStamp
 * @property {number} index
 * @property {number} volume in thousandths
 */

/** @type {State} */
const NOTHING = { state: "stopped", trackId: null, positionMs: 0, durationMs: 0, queueStamp: 0, index: -1, volume: 1000 };

/** How long a browser may take to let sound out, in milliseconds. */
const BLOCKED_AFTER = 1000;
/** How long changes of the volume are gathered before they are stored. */
const VOLUME_EVERY = 200;

export class Queue {
  /** @type {Link} */
  #link;
  /** @type {Float64Array} */
  #ids = new Float64Array();
  #stamp = -1;
  #index = -1;
  /** @type {readonly Track[] | undefined} */
  #items;

  /** @param {Link} link */
  constructor(link) {
    this.#link = link;
  }

  /** @param {State} state */
  update(state) {
    this.#index = state.index;
    if (state.queueStamp !== this.#stamp) {
      this.#stamp = state.queueStamp;
      this.#ids = this.#link.page.queue();
    }
    this.#items = undefined;
  }

  /** Tracks changed: what is shown of them is read anew. */
  refresh() {
    this.#items = undefined;
  }

  get items() {
    // Far from the current item the library sends no rows; such an item has its id alone.
    this.#items ??= Array.from(this.#ids, (id) => this.#link.track(id) ?? { id, title: "" });
    return this.#items;
  }

  get index() {
    return this.#index;
  }

  get length() {
    return this.#ids.length;
  }

  /** @param {readonly number[]} ids */
  async append(ids) {
    await this.insert(ids, this.#ids.length);
  }

  /** @param {readonly number[]} ids @param {number} at */
  async insert(ids, at) {
    await this.#link.player({ insert: { tracks: ids, at } });
  }

  /** @param {number} at */
  async remove(at) {
    await this.#link.player({ remove: { at, count: 1 } });
  }

  /** @param {number} from @param {number} to */
  async move(from, to) {
    await this.#link.player({ move: { from, to } });
  }

  async clear() {
    const { length } = this.#ids;
    const index = this.#index;
    if (index < 0 || index >= length) {
      await this.#link.player("clear");
      return;
    }
    if (index + 1 < length) await this.#link.player({ remove: { at: index + 1, count: length - index - 1 } });
    if (index > 0) await this.#link.player({ remove: { at: 0, count: index } });
  }
}

export class Player {
  /** @type {Link} */
  #link;
  /** @type {Output} */
  #output;
  /** @type {State} */
  #state = NOTHING;
  /** @type {{ key: number | null, position: number, frame: number } | undefined} */
  #anchor;
  /** Where a seek goes, until the sound is there. @type {number | undefined} */
  #seeking;
  /** When the library last said where it is. */
  #toldAt = 0;
  #volume = 1;
  #muted = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #volumeTimer;
  /** @type {(code: string, message: string, track?: number) => void} */
  #failed;
  /** @type {() => void} */
  #changed;

  /**
   * @param {Link} link
   * @param {Output} output
   * @param {() => void} changed
   * @param {(code: string, message: string, track?: number) => void} failed
   */
  constructor(link, output, changed, failed) {
    this.#link = link;
    this.#output = output;
    this.#changed = changed;
    this.#failed = failed;
    this.queue = new Queue(link);
  }

  /** The library said something of its player. */
  update() {
    const before = this.#state;
    this.#state = this.#link.playerState() ?? NOTHING;
    this.#toldAt = performance.now();
    const { state, error, trackId } = this.#state;
    this.queue.update(this.#state);
    // What was set here a moment ago is truer than what comes back.
    if (this.#volumeTimer === undefined) this.#volume = this.#state.volume / 1000;
    this.#applyGain();
    if (trackId !== before.trackId || state === "stopped") {
      this.#anchor = undefined;
      this.#seeking = undefined;
    }
    // It was pressed in another tab, and sounds here.
    if ((state === "playing" || state === "buffering") && !this.#output.isOpen) void this.#soundHere();
    if (error && error !== before.error) this.#failed("playback", error, before.trackId ?? undefined);
    this.#changed();
  }

  /** The player said where it is. @param {{ key: number | null, position: number, frame: number, ready: number }} anchor */
  anchored(anchor) {
    this.#output.ready = anchor.ready;
    this.#anchor = anchor.key === null ? undefined : anchor;
    this.#seeking = undefined;
  }

  /** The audio worker was started again: nothing is known of the sound. */
  silenced() {
    this.#anchor = undefined;
    this.#seeking = undefined;
  }

  get state() {
    return this.#state.state;
  }

  get track() {
    const { trackId } = this.#state;
    return trackId === null ? null : this.#link.track(trackId);
  }

  get durationMs() {
    return this.#state.durationMs || this.track?.durationMs || 0;
  }

  get positionMs() {
    if (this.#seeking !== undefined) return this.#seeking;
    const { state, positionMs } = this.#state;
    const anchor = this.#anchor;
    if (this.#output.elsewhere && state === "playing") {
      return Math.min(positionMs + performance.now() - this.#toldAt, this.durationMs || Infinity);
    }
    if (!anchor || state === "stopped" || !this.#output.isOpen) return positionMs;
    const frames = (this.#output.read - anchor.frame) | 0;
    const heard = anchor.position + (frames / this.#output.sampleRate) * 1000 - this.#output.latencyMs;
    return Math.min(Math.max(heard, 0), this.durationMs || Infinity);
  }

  get stats() {
    return this.#output.stats();
  }

  /** @param {PlayRequest} [what] */
  async play(what = {}) {
    // First of all, because browsers let sound begin within a click only.
    const opened = this.#output.open();
    const start = what.start ?? 0;
    if (what.query !== undefined) {
      await this.#link.player({ playQuery: { query: queryText(what.query), start } });
    } else if (what.tracks) {
      await this.#link.player({ playTracks: { tracks: what.tracks, start } });
    } else if (what.start !== undefined) {
      await this.#link.player({ jumpTo: { index: start } });
    } else {
      await this.#link.player("resume");
    }
    try {
      await opened;
    } catch (error) {
      throw asSegueError(error, "output");
    }
  }

  async pause() {
    this.#output.pause();
    await this.#link.player("pause");
  }

  async toggle() {
    await (this.state === "playing" || this.state === "buffering" ? this.pause() : this.play());
  }

  /** @param {number} ms */
  async seek(ms) {
    const position = Math.max(Math.round(ms), 0);
    this.#seeking = Math.min(position, this.durationMs || Infinity);
    this.#changed();
    try {
      await this.#link.player({ seek: { position } });
    } catch (error) {
      this.#seeking = undefined;
      throw error;
    }
    if (!this.#anchor) this.#seeking = undefined;
  }

  async next() {
    void this.#output.open().catch(() => {});
    await this.#link.player("next");
  }

  async previous() {
    void this.#output.open().catch(() => {});
    await this.#link.player("previous");
  }

  get volume() {
    return this.#volume;
  }

  set volume(volume) {
    this.#volume = Math.min(Math.max(Number(volume) || 0, 0), 1);
    this.#applyGain();
    if (this.#volumeTimer === undefined) {
      this.#volumeTimer = setTimeout(() => {
        this.#volumeTimer = undefined;
        const thousandths = Math.round(this.#volume * 1000);
        this.#link.player({ setVolume: { volume: thousandths } }).catch(() => {});
      }, VOLUME_EVERY);
    }
    this.#changed();
  }

  get muted() {
    return this.#muted;
  }

  set muted(muted) {
    if (this.#muted === Boolean(muted)) return;
    this.#muted = Boolean(muted);
    this.#applyGain();
    this.#output.mute(this.#muted);
    this.#changed();
  }

  async #soundHere() {
    if (this.#output.elsewhere) return;
    try {
      await this.#output.open();
    } catch {
      // Whoever pressed play in this tab is told; another tab sees a player that stands still.
      return;
    }
    setTimeout(() => {
      if (!this.#output.isBlocked) return;
      this.#failed("soundBlocked", "The browser waits for a click in this tab before it lets sound out");
    }, BLOCKED_AFTER);
  }

  #applyGain() {
    this.#output.setGain(this.#muted ? 0 : this.#volume);
  }
}
