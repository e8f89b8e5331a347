// Requests to the library and their answers, over the copy in the bundle `main`.

import { SegueError } from "./error.js";

/** @typedef {import("./segue.js").Track} Track */
/** @typedef {{ id: number, error?: { code: string, message: string }, value?: Record<string, any> }} Answer */

/**
 * @typedef {object} Asked
 * @property {string} json
 * @property {Uint8Array} [file]
 * @property {(part: number) => void} [progress] hears how far it is, from 0 to 1
 * @property {(answer: Answer) => void} resolve
 * @property {(error: SegueError) => void} reject
 */

/** How many requests are under way at once; the others wait here, where they harm nobody else. */
const MOST_UNANSWERED = 256;

/** What the visitor made. It counts as done when it is stored, whatever happens to the library's tab. */
const EDITS = new Set("rate playlist importUserData".split(" "));

/** What of the player is such an edit: the queue is stored a little later than it changes. */
const QUEUE_EDITS = new Set("insert remove move clear".split(" "));

/** Requests that have the same effect twice as once, and may be asked again when nobody knows what became of them. */
const REPEATABLE = new Set(
  (
    "queryTracks getTrack getArtwork count rate setAccess addProvider startSync pauseSync resumeSync cancelSync history exportUserData duplicates facets"
  ).split(" "),
);

/** The bundle's types are made with it; these are the ones used here. */
/**
 * @typedef {object} Page
 * @property {() => ArrayBuffer[]} outgoing
 * @property {() => string} protocol
 * @property {() => number} schema
 * @property {(request: string) => number} request
 * @property {(request: string, file: Uint8Array) => number} request_file
 * @property {(bytes: Uint8Array, now: number) => string} receive
 * @property {(now: number) => string} reconnect
 * @property {(id: number) => Uint8Array<ArrayBuffer> | undefined} take_artwork
 * @property {(albums: boolean, query: string, offset: number, limit: number) => number} open_view
 * @property {(view: number, query: string) => void} set_query
 * @property {(view: number, offset: number, limit: number) => void} set_window
 * @property {(view: number, row?: number) => void} follow
 * @property {(view: number) => void} close_view
 * @property {(view: number, albums: boolean) => string | undefined} view
 * @property {(id: number) => string | undefined} track
 * @property {(now: number) => string} jobs
 * @property {() => string} providers
 * @property {() => string} playlists
 * @property {() => string | undefined} player
 * @property {() => Float64Array} queue
 * @property {() => void} leave
 */

/** What is asked: the first word of the request. @param {Asked} asked */
function kind({ json }) {
  return /^\{?"(\w+)"/.exec(json)?.[1] ?? "";
}

/** Whether it counts as done only when it is stored. @param {Asked} asked */
function isEdit({ json }) {
  const [, what = "", how = ""] = /^\{?"(\w+)"(?::\{?"(\w+)")?/.exec(json) ?? [];
  return EDITS.has(what) || (what === "player" && QUEUE_EDITS.has(how));
}

export class Link {
  /** @type {Map<number, Asked>} */
  #waiting = new Map();
  /** Those that are not under way yet. @type {Asked[]} */
  #held = [];
  /** Edits that were answered and may not be stored yet. @type {{ asked: Asked, answer: Answer }[]} */
  #unstored = [];
  /** Those of them that the request under way to store everything is for. @type {{ asked: Asked, answer: Answer }[]} */
  #storing = [];
  #reconnecting = false;
  #closed = false;

  /**
   * @param {Page} page
   * @param {(messages: ArrayBuffer[]) => void} send
   */
  constructor(page, send) {
    this.page = page;
    this.send = send;
  }

  /** Carries what waits to the library. */
  flush() {
    const messages = this.page.outgoing();
    if (messages.length > 0) this.send(messages);
  }

  /**
   * @param {unknown} request as `components/src/intent.rs` has it in JSON
   * @param {Uint8Array} [file] in the place of its `bytes`
   * @param {import("./segue.js").LongOptions} [options]
   * @returns {Promise<Answer>}
   */
  request(request, file, { signal, onProgress } = {}) {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new SegueError("closed", "the library was closed");
      if (signal?.aborted) throw new SegueError("cancelled", "this was cancelled");
      const asked = { json: JSON.stringify(request), file, progress: onProgress, resolve, reject };
      signal?.addEventListener("abort", () => this.#cancel(asked), { once: true });
      if (this.#waiting.size < MOST_UNANSWERED && !this.#reconnecting) this.#ask(asked);
      else this.#held.push(asked);
    });
  }

  /** @param {Asked} asked */
  #ask(asked) {
    try {
      const { json, file } = asked;
      this.#waiting.set(file ? this.page.request_file(json, file) : this.page.request(json), asked);
    } catch (error) {
      asked.reject(new SegueError("invalid", error instanceof Error ? error.message : String(error)));
    }
    this.flush();
  }

  /**
   * The library was started again, here or in another tab. What may be asked again is: what was not answered, and what was
   * answered a moment before the old one ended and may be lost with it.
   *
   * @param {() => void} reconnect tells of every request that was not answered that it failed
   */
  reconnect(reconnect) {
    const unstored = [...this.#storing, ...this.#unstored];
    this.#storing = [];
    this.#unstored = [];
    this.#reconnecting = true;
    for (const { asked } of unstored) this.#interrupted(asked);
    reconnect();
    this.#reconnecting = false;
    this.flush();
    this.#next();
  }

  /** Nobody knows what became of it. @param {Asked} asked */
  #interrupted(asked) {
    if (REPEATABLE.has(kind(asked))) this.#held.push(asked);
    else asked.reject(new SegueError("interrupted", "the library was started again before this was done"));
  }

  /** Has everything stored that was answered, with one request for many. */
  #store() {
    if (this.#storing.length > 0 || this.#unstored.length === 0) return;
    const storing = this.#unstored;
    this.#unstored = [];
    this.#storing = storing;
    const stored = () => {
      if (this.#storing !== storing) return;
      this.#storing = [];
      // Where it cannot be stored, `Storage.State` tells; it is done all the same.
      for (const { asked, answer } of storing) asked.resolve(answer);
      this.#store();
    };
    this.#ask({ json: '"flush"', resolve: stored, reject: stored });
  }

  #next() {
    while (this.#waiting.size < MOST_UNANSWERED) {
      const asked = this.#held.shift();
      if (!asked) return;
      this.#ask(asked);
    }
  }

  /** @param {unknown} request */
  async player(request) {
    await this.request({ player: request });
  }

  /** It is answered with an error if it is not too late. @param {Asked} asked */
  #cancel(asked) {
    const held = this.#held.indexOf(asked);
    if (held >= 0) {
      this.#held.splice(held, 1);
      asked.reject(new SegueError("cancelled", "this was cancelled"));
    }
    for (const [id, waiting] of this.#waiting) {
      if (waiting === asked) this.#ask({ json: JSON.stringify({ cancel: { request: id } }), resolve: () => {}, reject: () => {} });
    }
  }

  /** @param {{ id: number, done: number }} progress in thousandths */
  progressed({ id, done }) {
    this.#waiting.get(id)?.progress?.(done / 1000);
  }

  /** @param {Answer} answer */
  answered(answer) {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error && waiting && this.#reconnecting) {
      this.#interrupted(waiting);
      return;
    }
    if (answer.error) {
      const error = Object.assign(new SegueError(answer.error.code, answer.error.message), answer.error);
      waiting?.reject(error);
    } else if (waiting && isEdit(waiting)) {
      this.#unstored.push({ asked: waiting, answer });
      this.#store();
    } else {
      waiting?.resolve(answer);
    }
    if (!this.#reconnecting) this.#next();
  }

  /** @param {number} id @returns {Track | null} */
  track(id) {
    const json = this.page.track(id);
    return json === undefined ? null : JSON.parse(json);
  }

  /** @returns {import("./player.js").State | undefined} */
  playerState() {
    const json = this.page.player();
    return json === undefined ? undefined : JSON.parse(json);
  }

  /** Nothing is answered from now on. */
  close() {
    this.#closed = true;
    const unstored = [...this.#storing, ...this.#unstored].map(({ asked }) => asked);
    for (const { reject } of [...this.#waiting.values(), ...this.#held, ...unstored]) {
      reject(new SegueError("closed", "the library was closed"));
    }
    this.#waiting.clear();
    this.#held = [];
    this.#storing = [];
    this.#unstored = [];
  }
}
