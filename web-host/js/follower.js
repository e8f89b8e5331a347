// A tab's way to the library that another tab owns.

import { channelName, tabLock } from "./hub.js";

/** After a flood the owner closed the link: how long until this tab greets again, in milliseconds. */
const COOL_DOWN = 1000;
/** For how long nothing may come back before the owner is asked whether it lives, and again before it is given up. */
const PATIENCE = 4000;

/** @typedef {{ protocol: string, schema: number }} Build what this page was built as */

/**
 * @typedef {object} Listener
 * @property {(bytes: ArrayBuffer) => void} received from the library
 * @property {(opened: import("./workers.js").Opened) => void} welcomed by an owner, who knows nothing of this tab yet
 * @property {(why: "yielding" | "older" | "many") => void} refused by the owner
 * @property {(said: any) => void} said by the owner's page to all tabs
 * @property {() => void} replaced this tab owned the library, and another says now that it does
 * @property {(silent: boolean) => void} silent whether the owner has not answered for long
 */

export class Follower {
  #name;
  #id;
  #build;
  #listener;
  #main;
  /** @type {BroadcastChannel | undefined} */
  #channel;
  #greetings = 0;
  #resting = true;
  /** Whether somebody answered the last greeting. */
  #welcome = false;
  /** @type {Map<string, () => void>} */
  #acknowledged = new Map();
  /** Runs while something was sent and nothing came since. @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  #silent = false;
  /** Gives back what {@link Follower.live} took. */
  #die = () => {};

  /**
   * @param {string} name of the library
   * @param {string} id of this tab
   * @param {Build} build
   * @param {Listener} listener
   */
  constructor(name, id, build, listener) {
    this.#name = name;
    this.#id = id;
    this.#build = build;
    this.#listener = listener;
    this.#main = new BroadcastChannel(`segue:${name}`);
    this.#main.onmessage = ({ data }) => {
      if (typeof data !== "object" || data === null) return;
      if (typeof data.owner === "string" && data.owner !== id) {
        if (this.#resting) this.#listener.replaced();
        else this.#greet();
      } else if (data.said && !this.#resting) {
        this.#listener.said(data.said);
      }
    };
  }

  /** Takes the lock that says that this tab lives. */
  async live() {
    await new Promise((resolve, reject) => {
      const held = navigator.locks.request(tabLock(this.#name, this.#id), () => {
        resolve(undefined);
        return new Promise((die) => (this.#die = () => die(undefined)));
      });
      held.catch(reject);
    });
  }

  /** Looks for an owner from now on. */
  follow() {
    this.#resting = false;
    this.#greet();
  }

  /** This tab owns the library, or is closing. */
  rest() {
    this.#resting = true;
    this.#leave();
  }

  /** Something was sent. */
  #wait() {
    this.#patience ??= setTimeout(() => {
      // Not everything is answered: returned credits are not. This is.
      this.#channel?.postMessage({ ping: true });
      this.#patience = setTimeout(() => {
        this.#silent = true;
        this.#listener.silent(true);
      }, PATIENCE);
    }, PATIENCE);
  }

  #stopWaiting() {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    if (this.#silent) this.#listener.silent(false);
    this.#silent = false;
  }

  #greet() {
    this.#leave();
    this.#greetings += 1;
    const greeting = this.#greetings;
    const channel = new BroadcastChannel(channelName(this.#name, this.#id, greeting));
    channel.onmessage = ({ data }) => this.#heard(data);
    this.#channel = channel;
    this.#wait();
    this.#main.postMessage({ hello: { id: this.#id, greeting, ...this.#build } });
  }

  #leave() {
    this.#channel?.postMessage({ goodbye: true });
    this.#channel?.close();
    this.#channel = undefined;
    this.#welcome = false;
    this.#stopWaiting();
    for (const resolve of this.#acknowledged.values()) resolve();
    this.#acknowledged.clear();
  }

  /** @param {any} data */
  #heard(data) {
    this.#stopWaiting();
    if (data instanceof ArrayBuffer) {
      if (this.#welcome) this.#listener.received(data);
    } else if (data === "flooded") {
      this.#leave();
      setTimeout(() => !this.#resting && !this.#channel && this.#greet(), COOL_DOWN);
    } else if (data.welcome) {
      this.#welcome = true;
      this.#listener.welcomed(data.welcome);
    } else if (data.refused) {
      // An older page stores everything first; it may be stuck in that.
      if (data.refused === "yielding") this.#wait();
      this.#listener.refused(data.refused);
    } else if (data.folderKnown) {
      this.#acknowledged.get(data.folderKnown)?.();
      this.#acknowledged.delete(data.folderKnown);
    }
  }

  /** @param {ArrayBuffer[]} messages */
  send(messages) {
    for (const message of messages) this.#channel?.postMessage(message);
    if (messages.length > 0) this.#wait();
  }

  /** Tells the owner's page something. @param {object} message */
  tell(message) {
    this.#channel?.postMessage(message);
  }

  /**
   * Hands a folder to the owner, whose workers read it. Resolves when they know it, or nobody is there to know it.
   *
   * @param {string} key
   * @param {import("./folders.js").Folder} folder
   */
  offer(key, folder) {
    const channel = this.#channel;
    if (!channel || !this.#welcome) return Promise.resolve();
    return new Promise((resolve) => {
      this.#acknowledged.set(key, () => resolve(undefined));
      channel.postMessage({ folder: { key, folder } });
    });
  }

  close() {
    this.rest();
    this.#main.close();
    this.#die();
  }
}
