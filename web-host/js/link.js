// Requests to the library and their answers, over the copy in the bundle `main`.

import { SegueError } from "./error.js";

/** @typedef {import("./segue.js").Track} Track */
/** @typedef {{ id: number, error?: { code: string, message: string }, value?: Record<string, any> }} Answer */

/** The bundle's types are made with it; these are the ones used here. */
/**
 * @typedef {object} Page
 * @property {() => ArrayBuffer[]} outgoing
 * @property {(request: string) => number} request
 * @property {(request: string, file: Uint8Array) => number} request_file
 * @property {(bytes: Uint8Array, now: number) => string} receive
 * @property {(now: number) => string} reconnect
 * @property {(id: number) => Uint8Array<ArrayBuffer> | undefined} take_artwork
 * @property {(albums: boolean, query: string, offset: number, limit: number) => number} open_view
 * @property {(view: number, query: string) => void} set_query
 * @property {(view: number, offset: number, limit: number) => void} set_window
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

export class Link {
  /** @type {Map<number, { resolve: (answer: Answer) => void, reject: (error: SegueError) => void }>} */
  #waiting = new Map();
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
   * @returns {Promise<Answer>}
   */
  request(request, file) {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new SegueError("closed", "the library was closed");
      let id;
      try {
        const json = JSON.stringify(request);
        id = file ? this.page.request_file(json, file) : this.page.request(json);
      } catch (error) {
        throw new SegueError("invalid", error instanceof Error ? error.message : String(error));
      }
      this.#waiting.set(id, { resolve, reject });
      this.flush();
    });
  }

  /** @param {unknown} request */
  async player(request) {
    await this.request({ player: request });
  }

  /** @param {Answer} answer */
  answered(answer) {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error) {
      const error = Object.assign(new SegueError(answer.error.code, answer.error.message), answer.error);
      waiting?.reject(error);
    } else {
      waiting?.resolve(answer);
    }
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
    for (const { reject } of this.#waiting.values()) reject(new SegueError("closed", "the library was closed"));
    this.#waiting.clear();
  }
}
