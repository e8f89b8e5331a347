// The library worker: owns the database, and the world with everything in it.

import init, { LibraryWorker, Refused } from "./worker/segue_web_worker.js";
import { Folders } from "./folders.js";
import { serve } from "./worker-boot.js";

const folders = new Folders();
/** @type {Promise<LibraryWorker | undefined> | undefined} */
let opening;

/**
 * @param {string | undefined} name
 * @param {MessagePort} page
 */
async function open(name, page) {
  try {
    const library = await LibraryWorker.open(name, page, folders);
    self.postMessage({ opened: { kind: library.backend, reason: library.reason, message: library.message } });
    return library;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    self.postMessage({ refused: { code: error.code, message: error.message } });
    return undefined;
  }
}

serve(init({ module_or_path: new URL("worker/segue_web_worker_bg.wasm", import.meta.url) }), async (message) => {
  if (message.open) {
    opening = open(message.open.name, message.open.page);
    return;
  }
  if (message.folder) {
    folders.add(message.folder.key, message.folder.folder);
    return;
  }
  const library = await opening;
  if (message.close) {
    await library?.close();
    self.postMessage({ closed: true });
    return;
  }
  if (!library) return;
  if (message.pool) library.add_pool(message.pool);
  if (message.replacePool) library.replace_pool(message.replacePool.number, message.replacePool.port);
  if (message.audio) library.set_audio(message.audio);
  if (message.outputFailed) library.output_failed(message.outputFailed);
  if (message.flush) library.flush();
});
