// The owner's end of the other tabs: each is one more host of the same library. Runs in the library worker, so that
// nobody waits for the owner's page.
//
// Everything goes through `BroadcastChannel`s: one that all tabs hear, and for each greeting of a follower one that only
// the two hear. On that, an `ArrayBuffer` is a message of the wire, and anything else is said between the tabs themselves.

/** How many other tabs are served; more are told so. */
const MOST_FOLLOWERS = 32;

/**
 * A tab has at most 256 requests under way (`link.js`). One that sends more than this while a note of ours goes round keeps
 * everybody else waiting, the owner's own page too.
 */
const FLOOD = 2048;

/** @typedef {import("./worker/segue_web_worker.js").LibraryWorker} LibraryWorker */
/** @typedef {{ id: string, greeting: number, protocol: string, schema: number }} Hello */

/**
 * @typedef {object} Link to one follower
 * @property {BroadcastChannel} channel
 * @property {number} host the library's number for it
 * @property {AbortController} watch of its death
 * @property {number} received messages so far
 * @property {boolean} noted whether a note goes round for it
 */

/**
 * The name of the channel that one greeting asks for.
 *
 * @param {string} name of the library
 * @param {string} id of the follower
 * @param {number} greeting counts what the follower has sent
 */
export function channelName(name, id, greeting) {
  return `segue:${name}:${id}:${greeting}`;
}

/** The lock that a tab holds as long as it lives. @param {string} name @param {string} id */
export function tabLock(name, id) {
  return `segue:${name}:${id}`;
}

/** @param {any} hello @returns {hello is Hello} */
function isHello(hello) {
  return typeof hello?.id === "string" && hello.id.length <= 64 && Number.isInteger(hello.greeting);
}

export class Hub {
  #name;
  #owner;
  #library;
  #opened;
  #tell;
  #main;
  /** What is posted here comes back behind everything that waits already. */
  #notes;
  #returned;
  /** @type {Map<string, Link>} */
  #followers = new Map();

  /**
   * @param {string} name of the library
   * @param {string} owner the id of this tab
   * @param {LibraryWorker} library
   * @param {object} opened how the library is kept
   * @param {(message: object) => void} tell the owner's page
   */
  constructor(name, owner, library, opened, tell) {
    this.#name = name;
    this.#owner = owner;
    this.#library = library;
    this.#opened = opened;
    this.#tell = tell;
    this.#main = new BroadcastChannel(`segue:${name}`);
    this.#main.onmessage = ({ data }) => {
      if (isHello(data?.hello)) this.#greeted(data.hello);
    };
    this.#notes = new BroadcastChannel(channelName(name, owner, 0));
    this.#returned = new BroadcastChannel(channelName(name, owner, 0));
    this.#returned.onmessage = ({ data }) => this.#noted(data);
    this.say({ owner });
  }

  /** Tells every other tab something. @param {object} message */
  say(message) {
    this.#main.postMessage(message);
  }

  /** Tells one follower something. @param {string} id @param {object} message */
  answer(id, message) {
    this.#followers.get(id)?.channel.postMessage(message);
  }

  /** @param {Hello} hello */
  #greeted({ id, greeting, protocol, schema }) {
    if (id === this.#owner) return;
    this.#drop(id);
    const channel = new BroadcastChannel(channelName(this.#name, id, greeting));
    if (protocol !== this.#library.protocol()) {
      // What was loaded later is what the server has now; but a store is never handed to who cannot read it.
      const yields = schema >= this.#library.schema();
      channel.postMessage({ refused: yields ? "yielding" : "older" });
      channel.close();
      if (yields) this.#tell({ superseded: true });
      return;
    }
    if (this.#followers.size >= MOST_FOLLOWERS) {
      channel.postMessage({ refused: "many" });
      channel.close();
      return;
    }
    const watch = new AbortController();
    const link = { channel, host: this.#library.add_host(channel), watch, received: 0, noted: false };
    channel.addEventListener("message", ({ data }) => {
      link.received += 1;
      if (!link.noted && link.received % 256 === 0) {
        link.noted = true;
        this.#notes.postMessage({ id, received: link.received });
      }
      this.#heard(id, data);
    });
    this.#followers.set(id, link);
    channel.postMessage({ welcome: this.#opened });
    // It is granted when the follower's tab has ended, in whatever way.
    navigator.locks.request(tabLock(this.#name, id), { signal: watch.signal }, () => this.#drop(id)).catch(() => {});
  }

  /** @param {{ id: string, received: number }} note */
  #noted({ id, received }) {
    const link = this.#followers.get(id);
    if (!link) return;
    link.noted = false;
    if (link.received - received < FLOOD) return;
    // What it has sent and nobody has read yet goes with the channel.
    link.channel.postMessage("flooded");
    this.#drop(id);
  }

  /** @param {string} id @param {any} data */
  #heard(id, data) {
    if (data instanceof ArrayBuffer || typeof data !== "object" || data === null) return;
    if (data.goodbye) this.#drop(id);
    else if (data.ping) this.answer(id, { pong: true });
    else this.#tell({ follower: id, said: data });
  }

  /** @param {string} id */
  #drop(id) {
    const follower = this.#followers.get(id);
    if (!follower) return;
    this.#followers.delete(id);
    follower.watch.abort();
    this.#library.remove_host(follower.host);
    follower.channel.close();
  }

  close() {
    for (const id of [...this.#followers.keys()]) this.#drop(id);
    for (const channel of [this.#main, this.#notes, this.#returned]) channel.close();
  }
}
