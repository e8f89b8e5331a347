// The library worker: owns the database, and the world with everything in it. Of all tabs' library workers one does;
// the others wait for its lock, ready to go on where it ended.

import init, { LibraryWorker, Refused } from "./worker/segue_web_worker.js";
import { Folders } from "./folders.js";
import { Hub } from "./hub.js";
import { serve } from "./worker-boot.js";

/** After so many milliseconds it is said that something keeps the database from being opened: nothing else takes so long. */
const PATIENCE = 5000;

const folders = new Folders();
/** @type {Promise<LibraryWorker | undefined> | undefined} */
let opening;
/** @type {Hub | undefined} */
let hub;
/** @type {(() => void) | undefined} */
let unlock;
const waiting = new AbortController();

/**
 * Waits for the lock of this name, which the browser gives back when this worker ends in any way.
 *
 * @param {string} name
 * @param {boolean} steal take it from whoever has it
 */
function lock(name, steal) {
  return new Promise((resolve, reject) => {
    let held = false;
    navigator.locks
      .request(`segue:${name}`, steal ? { steal } : { signal: waiting.signal }, () => {
        held = true;
        resolve(undefined);
        return new Promise((release) => (unlock = () => release(undefined)));
      })
      .catch((error) => {
        // Another tab took it away, because its visitor said so. What is written from now on is refused by the store.
        if (held) self.postMessage({ lost: true });
        else reject(error);
      });
  });
}

/** @type {((value?: undefined) => void) | undefined} */
let stolen;

/**
 * @param {object} what
 * @param {string} [what.name]
 * @param {string} what.locale by which names sort
 * @param {MessagePort} what.page
 * @param {string} [what.tab] the id of this tab, where there can be others
 * @param {boolean} [what.steal]
 */
async function open({ name, locale, page, tab, steal = false }) {
  if (name && tab) {
    const granted = lock(name, steal);
    // A theft meanwhile comes first.
    const taken = new Promise((resolve) => (stolen = resolve));
    await Promise.race([granted, taken]);
  }
  self.postMessage({ granted: true });
  const slow = setTimeout(() => self.postMessage({ slow: true }), PATIENCE);
  try {
    const library = await LibraryWorker.open(name, locale, page, folders);
    const opened = { kind: library.backend, reason: library.reason, message: library.message, locale };
    if (name && tab) hub = new Hub(name, tab, library, opened, (message) => self.postMessage(message));
    self.postMessage({ opened });
    return library;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    self.postMessage({ refused: { code: error.code, message: error.message } });
    unlock?.();
    return undefined;
  } finally {
    clearTimeout(slow);
  }
}

/** @param {string} name */
async function steal(name) {
  await lock(name, true);
  stolen?.();
  // Its place in the queue would only come to the front again when this tab has lost the lock.
  waiting.abort();
}

serve(init({ module_or_path: new URL("worker/segue_web_worker_bg.wasm", import.meta.url) }), async (message) => {
  if (message.open) {
    opening = open(message.open);
    return;
  }
  if (message.folder) {
    folders.add(message.folder.key, message.folder.folder);
    return;
  }
  if (message.steal) {
    await steal(message.steal);
    return;
  }
  const library = await opening;
  if (message.close) {
    hub?.close();
    await library?.close();
    unlock?.();
    self.postMessage({ closed: true });
    return;
  }
  if (!library) return;
  if (message.pool) library.add_pool(message.pool);
  if (message.replacePool) library.replace_pool(message.replacePool.number, message.replacePool.port);
  if (message.audio) library.set_audio(message.audio);
  if (message.outputFailed) library.output_failed(message.outputFailed);
  if (message.flush) library.flush();
  if (message.answer) hub?.answer(message.answer.follower, message.answer.message);
  if (message.say) hub?.say({ said: message.say });
});
