// The workers behind a page: starts them, links them with each other, and starts again what crashed.

import { SegueError } from "./error.js";

/** A worker that crashes more often than this within a minute is not started again. */
const MOST_CRASHES = 5;

/** @typedef {import("./folders.js").Folder} Folder */
/** @typedef {{ kind: "indexeddb" | "memory", reason?: import("./segue.js").StorageReason, message?: string }} Opened */

/**
 * @typedef {object} Listener what the page wants to hear
 * @property {(bytes: ArrayBuffer) => void} received from the library
 * @property {() => void} restarted the library was started again: greet it
 * @property {(anchor: { key: number | null, position: number, frame: number, ready: number }) => void} anchored where the sound is
 * @property {() => void} audioRestarted the audio worker was started again: connect the sound
 * @property {(code: string, message: string) => void} failed for the listener
 */

export class Workers {
  /** @type {URL} */
  #base;
  /** @type {string | undefined} */
  #database;
  /** @type {Listener} */
  #listener;
  /** @type {Worker | undefined} */
  #library;
  /** @type {MessagePort | undefined} */
  #link;
  /** @type {Worker | undefined} */
  #audio;
  /** @type {(Worker | undefined)[]} */
  #pool = [];
  /** @type {Map<string, Folder>} */
  #folders = new Map();
  /** @type {Map<string, number[]>} */
  #crashes = new Map();
  #closed = false;
  /** @type {(() => void) | undefined} */
  #libraryClosed;

  /**
   * @param {URL} base
   * @param {string | undefined} database without a name the library lives in memory
   * @param {Listener} listener
   */
  constructor(base, database, listener) {
    this.#base = base;
    this.#database = database;
    this.#listener = listener;
  }

  /**
   * Starts everything.
   *
   * @returns {Promise<Opened>}
   */
  async start() {
    // The pool reads while the library ticks and the page draws; more than three only wait for the disk.
    const pool = Math.min(Math.max(navigator.hardwareConcurrency - 1, 1), 3);
    for (let number = 0; number < pool; number += 1) this.#pool.push(this.#spawnPool(number));
    this.#audio = this.#spawnAudio();
    try {
      return await this.#openLibrary();
    } catch (error) {
      this.terminate();
      throw error;
    }
  }

  /** @param {string} script @param {string} name */
  #spawn(script, name) {
    return new Worker(new URL(script, this.#base), { type: "module", name: `segue ${name}` });
  }

  /**
   * Hears what every worker may say.
   *
   * @param {Worker} worker
   * @param {string} part in words for the listener
   * @param {() => void} crashed
   * @param {(message: any) => void} said
   */
  #hear(worker, part, crashed, said) {
    let over = false;
    const end = (/** @type {string} */ message) => {
      if (over || this.#closed) return;
      over = true;
      worker.terminate();
      if (this.#mayRestart(part)) {
        this.#listener.failed("restarted", `The ${part} crashed and was started again (${message})`);
        crashed();
      } else {
        this.#listener.failed("fatal", `The ${part} keeps crashing; reload the page (${message})`);
      }
    };
    worker.addEventListener("message", (event) => {
      const { data } = event;
      if (data.crashed) end(data.crashed);
      else if (data.problem) this.#listener.failed("internal", `The ${part} met a problem: ${data.problem}`);
      else said(data);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      // Without a message the script itself could not be loaded.
      if (event.message) end(event.message);
      else said({ unloadable: `the ${part} could not be loaded` });
    });
  }

  /** @param {string} part */
  #mayRestart(part) {
    const now = performance.now();
    const recent = (this.#crashes.get(part) ?? []).filter((time) => now - time < 60_000);
    recent.push(now);
    this.#crashes.set(part, recent);
    return recent.length <= MOST_CRASHES;
  }

  /** @param {number} number */
  #spawnPool(number) {
    const worker = this.#spawn("pool-worker.js", `pool ${number}`);
    this.#hear(
      worker,
      "tag reader",
      () => {
        this.#pool[number] = this.#spawnPool(number);
        this.#library?.postMessage({ replacePool: { number, port: this.#poolPort(number) } }, this.#sent);
      },
      (message) => {
        if (!message.unloadable) return;
        this.#pool[number] = undefined;
        this.#library?.postMessage({ replacePool: { number } });
      },
    );
    for (const [key, folder] of this.#folders) worker.postMessage({ folder: { key, folder } });
    return worker;
  }

  /** @type {Transferable[]} what the next message hands over */
  #sent = [];

  /** The library's end of a new link to a worker of the pool. @param {number} number */
  #poolPort(number) {
    const { port1, port2 } = new MessageChannel();
    this.#pool[number]?.postMessage({ library: port1 }, [port1]);
    this.#sent = [port2];
    return port2;
  }

  #spawnAudio() {
    const worker = this.#spawn("audio-worker.js", "audio");
    this.#hear(
      worker,
      "player",
      () => {
        this.#audio = this.#spawnAudio();
        this.#linkAudio();
        this.#listener.audioRestarted();
      },
      (message) => {
        if (message.anchor) this.#listener.anchored(message.anchor);
        if (message.unloadable) this.#library?.postMessage({ outputFailed: message.unloadable });
      },
    );
    for (const [key, folder] of this.#folders) worker.postMessage({ folder: { key, folder } });
    return worker;
  }

  #linkAudio() {
    const { port1, port2 } = new MessageChannel();
    this.#audio?.postMessage({ library: port1 }, [port1]);
    this.#library?.postMessage({ audio: port2 }, [port2]);
  }

  /** @returns {Promise<Opened>} */
  #openLibrary() {
    return new Promise((resolve, reject) => {
      const worker = this.#spawn("library-worker.js", "library");
      this.#library = worker;
      this.#hear(
        worker,
        "library",
        () => {
          reject(new SegueError("fatal", "the library crashed while it was opened"));
          void this.#restartLibrary();
        },
        (message) => {
          if (message.opened) resolve(message.opened);
          if (message.refused) reject(new SegueError(message.refused.code, message.refused.message));
          if (message.unloadable) reject(new SegueError("load", message.unloadable));
          if (message.closed) this.#libraryClosed?.();
        },
      );
      const { port1, port2 } = new MessageChannel();
      this.#link = port1;
      port1.onmessage = (event) => this.#listener.received(event.data);
      worker.postMessage({ open: { name: this.#database, page: port2 } }, [port2]);
      for (const [key, folder] of this.#folders) worker.postMessage({ folder: { key, folder } });
      this.#pool.forEach((_, number) => worker.postMessage({ pool: this.#poolPort(number) }, this.#sent));
      this.#linkAudio();
    });
  }

  async #restartLibrary() {
    this.#link?.close();
    // What the audio worker plays belongs to a queue that is gone.
    this.#audio?.terminate();
    this.#audio = this.#spawnAudio();
    try {
      const opening = this.#openLibrary();
      this.#listener.audioRestarted();
      this.#listener.restarted();
      await opening;
    } catch (error) {
      this.#listener.failed("fatal", `The library could not be opened again: ${String(error)}`);
    }
  }

  /** @param {ArrayBuffer[]} messages */
  send(messages) {
    for (const message of messages) this.#link?.postMessage(message, [message]);
  }

  /**
   * Makes a folder known to every worker.
   *
   * @param {string} key
   * @param {Folder} folder
   */
  addFolder(key, folder) {
    this.#folders.set(key, folder);
    for (const worker of [this.#library, this.#audio, ...this.#pool]) worker?.postMessage({ folder: { key, folder } });
  }

  /** @param {string} key */
  hasFolder(key) {
    return this.#folders.has(key);
  }

  /**
   * @param {object} message
   * @param {Transferable[]} [transfer]
   */
  tellAudio(message, transfer = []) {
    this.#audio?.postMessage(message, transfer);
  }

  /** @param {string} error */
  outputFailed(error) {
    this.#library?.postMessage({ outputFailed: error });
  }

  /** Has everything written that is not stored yet. */
  flush() {
    this.#library?.postMessage({ flush: true });
  }

  /** Has everything written, and ends all workers. */
  async close() {
    if (this.#closed) return;
    const closed = new Promise((resolve) => (this.#libraryClosed = () => resolve(undefined)));
    this.#library?.postMessage({ close: true });
    await closed;
    this.terminate();
  }

  terminate() {
    this.#closed = true;
    this.#link?.close();
    for (const worker of [this.#library, this.#audio, ...this.#pool]) worker?.terminate();
  }
}
