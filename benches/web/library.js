// Storing a library of 100,000 tracks and starting with it, against Dexie with the same rows.

import { Remote, deleteDatabase, median } from "./remote.js";

const TRACKS = 100_000;

/** Odd, so that there is a middle. The peer takes seconds for each. */
const STORED = 3;
const STARTED = 7;

/** Rows in the first window: more than a screen holds. */
const WINDOW = 100;

const OURS = "bench-ours";
const PEER = "bench-peer";

/** Rows in memory to rows in the database: collected, encoded, committed. */
export async function persist() {
  const ours = new Remote("ours.js");
  const peer = new Remote("dexie.js");
  await peer.ask("make", [TRACKS]);
  /** @type {number[]} */
  const oursTook = [];
  /** @type {number[]} */
  const peerTook = [];
  for (let run = 0; run < STORED; run += 1) {
    await deleteDatabase(OURS);
    oursTook.push(await ours.ask("store", [OURS, TRACKS]));
    await deleteDatabase(OURS);
    await deleteDatabase(PEER);
    peerTook.push(await peer.ask("store", [PEER]));
    await deleteDatabase(PEER);
  }
  ours.end();
  peer.end();
  return { ours: median(oursTook), unit: "ms", peer: median(peerTook), peerName: "Dexie bulkPut, three indexes" };
}

/**
 * A library in the database to its first window of rows in the page, with the bundles that are shipped. The worker is
 * started and has loaded its code, as the peer's has.
 */
export async function warmStart() {
  await deleteDatabase(OURS);
  await deleteDatabase(PEER);
  const seeding = new Remote("ours.js");
  await seeding.ask("store", [OURS, TRACKS]);
  seeding.end();
  const peer = new Remote("dexie.js");
  await peer.ask("make", [TRACKS]);
  await peer.ask("store", [PEER]);
  await peer.ask("forget");
  /** @type {number[]} */
  const oursTook = [];
  /** @type {number[]} */
  const peerTook = [];
  for (let run = 0; run < STARTED; run += 1) {
    oursTook.push(await firstWindow());
    peerTook.push(await peer.ask("read", [PEER, TRACKS]));
  }
  peer.end();
  await deleteDatabase(OURS);
  await deleteDatabase(PEER);
  return { ours: median(oursTook), unit: "ms", peer: median(peerTook), peerName: "Dexie toArray" };
}

/** Opens our library in a worker that is ready; answers how long the page waits for the first rows of all tracks. */
async function firstWindow() {
  const base = new URL("/js/", location.href);
  const bundle = await import(new URL("main/segue_web_main.js", base).href);
  await bundle.default({ module_or_path: new URL("main/segue_web_main_bg.wasm", base) });
  const { Link } = await import(new URL("link.js", base).href);
  const { LiveView } = await import(new URL("view.js", base).href);

  const page = new bundle.Page();
  const { port1, port2 } = new MessageChannel();
  const link = new Link(page, (/** @type {ArrayBuffer[]} */ messages) => {
    for (const message of messages) port1.postMessage(message, [message]);
  });
  const worker = new Worker(new URL("library-worker.js", base), { type: "module" });
  await said(worker, "ready");

  const start = performance.now();
  worker.postMessage({ open: { name: OURS, page: port2 } }, [port2]);
  const view = new LiveView(link, false, "", { offset: 0, limit: WINDOW }, () => {});
  const took = await new Promise((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(message));
    port1.onmessage = ({ data }) => {
      const events = JSON.parse(page.receive(new Uint8Array(data), Date.now()));
      link.flush();
      for (const event of events) if (event.view === view.id) view.update();
      if (view.total === TRACKS && view.rows.length === WINDOW) resolve(performance.now() - start);
    };
  });
  const closed = said(worker, "closed");
  worker.postMessage({ close: true });
  await closed;
  worker.terminate();
  page.free();
  return took;
}

/** @param {Worker} worker @param {string} what */
function said(worker, what) {
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }) => {
      if (data[what]) resolve(undefined);
      const problem = data.crashed ?? data.problem ?? data.unloadable ?? data.refused?.message;
      if (problem) reject(new Error(problem));
    });
  });
}
