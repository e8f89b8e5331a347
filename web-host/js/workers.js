// The workers behind a page: starts them, links them with each other, and starts again what crashed.
//
// Of all tabs with a library one owns it: its library worker holds the lock, and it alone has a pool and a player. The
// others follow: they have a library worker too, which waits for the lock, and speak with the owner's over a channel.

import { SegueError } from "./error.js";
import { Follower } from "./follower.js";

export const OWNER_IS_SILENT = "the library is open in another tab, which does not answer";

/** A worker that crashes more often than this within a minute is not started again. */
const MOST_CRASHES = 5;

/** @typedef {import("./folders.js").Folder} Folder */
/** @typedef {{ kind: "indexeddb" | "memory", reason?: import("./segue.js").StorageReason, message?: string, locale: string }} Opened */

/** @typedef {"owner" | "follower" | "none"} Role what this tab is: none while no library answers */

/**
 * @typedef {object} Listener what the page wants to hear
 * @property {(bytes: ArrayBuffer) => void} received from the library
 * @property {(opened: Opened) => void} restarted the library was started again, here or in another tab: greet it
 * @property {() => void} changed what this tab is, or whether the owner answers
 * @property {() => void} folderCame another tab handed over a folder
 * @property {(said: any) => void} said by the owner's page, or to it by another tab's
 * @property {(anchor: { key: number | null, position: number, frame: number, ready: number }) => void} anchored where the sound is
 * @property {() => void} audioRestarted the audio worker was started again: connect the sound
 * @property {(code: string, message: string) => void} failed for the listener
 */

export class Workers {
  /** @type {URL} */
  #base;
  /** @type {string | undefined} */
  #database;
  #locale;
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
  #closing = false;
  #closed = false;
  /** @type {(() => void) | undefined} */
  #libraryClosed;
  /** @type {Role} */
  #role = "none";
  #silent = false;
  /** Of this tab among all; none where there can be no others. @type {string | undefined} */
  #tab;
  /** @type {Follower | undefined} */
  #follower;
  /** Settles the first start. @type {{ resolve: (opened: Opened) => void, reject: (error: SegueError) => void } | undefined} */
  #starting;

  /**
   * @param {URL} base
   * @param {string | undefined} database without a name the library lives in memory
   * @param {string} locale by which names sort while this tab owns the library
   * @param {import("./follower.js").Build} build
   * @param {Listener} listener
   */
  constructor(base, database, locale, build, listener) {
    this.#base = base;
    this.#database = database;
    this.#locale = locale;
    this.#listener = listener;
    // Without these, or in an insecure page, the store's epoch alone keeps two writers apart.
    const tabs = database && navigator.locks && typeof BroadcastChannel === "function" && isSecureContext;
    if (!tabs) return;
    this.#tab = crypto.randomUUID();
    this.#follower = new Follower(database, this.#tab, build, {
      received: (bytes) => this.#listener.received(bytes),
      welcomed: (opened) => this.#begin("follower", opened),
      refused: (why) => this.#refused(why),
      said: (said) => this.#listener.said(said),
      replaced: () => this.#role === "owner" && this.#beginAgain(),
      silent: (silent) => this.#ownerIsSilent(silent),
    });
  }

  /** What this tab is. */
  get role() {
    return this.#role;
  }

  /** Whether the tab that owns the library has not answered for long. */
  get isOwnerSilent() {
    return this.#silent;
  }

  /**
   * Opens the library, or finds the tab that has it.
   *
   * @param {boolean} takeOver from whoever has it
   * @returns {Promise<Opened>}
   */
  async start(takeOver) {
    try {
      return await new Promise((resolve, reject) => {
        this.#starting = { resolve, reject };
        const alone = () => {
          this.#tab = undefined;
          this.#follower?.close();
          this.#follower = undefined;
          this.#spawnLibrary(false);
        };
        if (!this.#follower) {
          alone();
          return;
        }
        // The owner is to know the lock of every tab that greets it. A browser that keeps nothing for this page has locks, and
        // gives none.
        this.#follower.live().then(() => {
          this.#spawnLibrary(takeOver);
          if (!takeOver) this.#follower?.follow();
        }, alone);
      });
    } catch (error) {
      this.terminate();
      throw error;
    }
  }

  /** A library answers: the own one, or that of another tab. @param {Role} role @param {Opened} opened */
  #begin(role, opened) {
    if (this.#closed || (role === "follower" && this.#role === "owner")) return;
    this.#role = role;
    if (role === "follower") for (const [key, folder] of this.#folders) void this.#follower?.offer(key, folder);
    const { resolve } = this.#starting ?? {};
    this.#starting = undefined;
    if (resolve) resolve(opened);
    else this.#listener.restarted(opened);
    this.#listener.changed();
  }

  /** @param {SegueError} error */
  #fail(error) {
    const { reject } = this.#starting ?? {};
    this.#starting = undefined;
    if (reject) reject(error);
    else this.#listener.failed(error.code, error.message);
  }

  /** @param {string} why */
  #refused(why) {
    // An older page lets go, and then the library is opened here.
    if (why === "yielding") return;
    const message =
      why === "many"
        ? "the library is open in too many tabs"
        : "the library is open in a tab with a newer version of this page; reload this one";
    this.#fail(new SegueError(why === "many" ? "locked" : "newer", message));
  }

  /** @param {boolean} silent */
  #ownerIsSilent(silent) {
    if (this.#silent === silent) return;
    this.#silent = silent;
    if (silent && this.#starting) {
      this.#fail(new SegueError("locked", OWNER_IS_SILENT));
    } else {
      this.#listener.changed();
    }
  }

  /** Takes the library from the tab that has it: for when that one does not answer, and its visitor says so. */
  takeOver() {
    if (this.#role !== "owner" && this.#tab) this.#library?.postMessage({ steal: this.#database });
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

  /** @param {boolean} steal */
  #spawnLibrary(steal) {
    const worker = this.#spawn("library-worker.js", "library");
    this.#library = worker;
    const { port1, port2 } = new MessageChannel();
    this.#hear(
      worker,
      "library",
      () => {
        if (this.#starting) this.#fail(new SegueError("fatal", "the library crashed while it was opened"));
        else this.#beginAgain();
      },
      (message) => {
        if (this.#library !== worker) return;
        if (message.granted) this.#granted();
        if (message.opened) {
          this.#link = port1;
          this.#begin("owner", message.opened);
        }
        if (message.refused) {
          this.#letGo();
          this.#follower?.follow();
          this.#fail(new SegueError(message.refused.code, message.refused.message));
        }
        if (message.unloadable) this.#fail(new SegueError("load", message.unloadable));
        if (message.closed) this.#libraryClosed?.();
        if (message.lost) this.#beginAgain();
        if (message.superseded) void this.#superseded();
        if (message.follower) this.#heard(message.follower, message.said);
        if (message.slow) {
          const text = "another tab keeps an older version of the library open; close it, or reload it";
          this.#fail(new SegueError("blocked", text));
        }
      },
    );
    port1.onmessage = (event) => this.#listener.received(event.data);
    worker.postMessage({ open: { name: this.#database, locale: this.#locale, page: port2, tab: this.#tab, steal } }, [port2]);
    for (const [key, folder] of this.#folders) worker.postMessage({ folder: { key, folder } });
  }

  /** The library is this tab's: its workers read and play. */
  #granted() {
    this.#follower?.rest();
    // The pool reads while the library ticks and the page draws; more than three only wait for the disk.
    const pool = Math.min(Math.max(navigator.hardwareConcurrency - 1, 1), 3);
    for (let number = 0; number < pool; number += 1) {
      this.#pool[number] = this.#spawnPool(number);
      this.#library?.postMessage({ pool: this.#poolPort(number) }, this.#sent);
    }
    this.#audio = this.#spawnAudio();
    this.#linkAudio();
    this.#listener.audioRestarted();
  }

  /** The library is no longer this tab's: waits for it again, and meanwhile for a tab that has it. */
  #beginAgain() {
    this.#letGo();
    if (this.#closed || this.#closing) return;
    this.#spawnLibrary(false);
    this.#follower?.follow();
    this.#listener.changed();
  }

  /** Ends what only an owner has. */
  #letGo() {
    this.#role = "none";
    this.#link?.close();
    this.#link = undefined;
    // What the audio worker plays belongs to a queue that is gone.
    for (const worker of [this.#library, this.#audio, ...this.#pool]) worker?.terminate();
    this.#libraryClosed?.();
    this.#library = undefined;
    this.#audio = undefined;
    this.#pool = [];
  }

  /** A page of another version was opened, and gets the library. */
  async #superseded() {
    await this.#closeLibrary();
    this.#letGo();
    this.#listener.failed("superseded", "The library went on to a newer version of this page in another tab; reload this one");
    this.#listener.changed();
  }

  /** Another tab told this one, its owner, something. @param {string} follower @param {any} said */
  #heard(follower, said) {
    if (said?.folder) {
      const { key, folder } = said.folder;
      this.addFolder(key, folder);
      this.#library?.postMessage({ answer: { follower, message: { folderKnown: key } } });
      this.#listener.folderCame();
    } else {
      this.#listener.said(said);
    }
  }

  /** Tells the other tabs something, or the one that owns the library. @param {object} message */
  tell(message) {
    if (this.#role === "owner") this.#library?.postMessage({ say: message });
    else this.#follower?.tell(message);
  }

  /** @param {ArrayBuffer[]} messages */
  send(messages) {
    if (this.#role === "follower") this.#follower?.send(messages);
    else for (const message of messages) this.#link?.postMessage(message, [message]);
  }

  /**
   * Makes a folder known to every worker, and to the tab that owns the library.
   *
   * @param {string} key
   * @param {Folder} folder
   */
  async addFolder(key, folder) {
    this.#folders.set(key, folder);
    if (this.#role === "follower") await this.#follower?.offer(key, folder);
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
    if (this.#role === "owner") this.#library?.postMessage({ flush: true });
  }

  /** Has everything written, and ends all workers. */
  async close() {
    if (this.#closed) return;
    this.#closing = true;
    if (this.#role === "owner") await this.#closeLibrary();
    this.terminate();
  }

  async #closeLibrary() {
    const closed = new Promise((resolve) => (this.#libraryClosed = () => resolve(undefined)));
    this.#library?.postMessage({ close: true });
    await closed;
  }

  terminate() {
    this.#closed = true;
    this.#follower?.close();
    this.#letGo();
  }
}
