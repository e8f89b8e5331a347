// Storing a library and starting with it, against Dexie with the same rows.

import { Remote, deleteDatabase, median } from "./remote.js";

const TRACKS = 100_000;

/** Odd, so that there is a middle. The peer takes seconds for each. */
const STORED = 5;
const STARTED = 7;

/** What the peer may take to store everything, in milliseconds. */
const PATIENCE = 60_000;

/** Rows in the first window: more than a screen holds. */
const WINDOW = 100;

/** Names of databases. */
const OURS = "bench-ours";
const PEER = "bench-peer";

/** Rows in memory to rows in the database: encoded and committed. */
export async function persist() {
  const ours = new Remote("ours.js");
  const peer = new Remote("dexie.js");
  await peer.ask("make", [TRACKS]);
  /** @type {number[]} */
  const oursTook = [];
  /** Of that, in the browser's own code. @type {number[]} */
  const oursWaited = [];
  /** @type {number[]} */
  const peerTook = [];
  for (let run = 0; run < STORED; run += 1) {
    await deleteDatabase(OURS);
    const { took, waited } = await ours.ask("store", [OURS, TRACKS]);
    oursTook.push(took);
    oursWaited.push(waited);
    await deleteDatabase(OURS);
    peerTook.push(await peer.ask("store", [PEER]));
    await peer.ask("clear");
  }
  ours.end();
  peer.end();
  return {
    ours: median(oursTook),
    unit: "ms",
    peer: median(peerTook),
    peerName: "Dexie bulkPut, three indexes",
    note: `IndexedDB took ${median(oursWaited).toFixed(0)} ms of ours`,
  };
}

/** @param {string} size */
export const starts = (size) => [`warm_start_${size}`, `warm_all_${size}`];

/**
 * A library in the database to its first window of rows in the page, with the bundles that are shipped, and to
 * everything: loaded, indexed, sorted. The worker is started and has loaded its code, as the peer's has.
 *
 * @param {string} size as names have it
 * @param {number} tracks
 * @param {import("./bench.js").Tell} tell
 */
export async function warmStart(size, tracks, tell) {
  await deleteDatabase(OURS);
  const seeding = new Remote("ours.js");
  await seeding.ask("store", [OURS, tracks]);
  seeding.end();
  const peer = new Remote("dexie.js");
  const stored = await peer.ask("storeWithin", [PEER, tracks, PATIENCE]);
  /** @type {number[]} */
  const oursTook = [];
  /** @type {number[]} */
  const allTook = [];
  /** @type {number[]} */
  const peerTook = [];
  // The visit before: what it showed is what the next one begins with.
  await visit(tracks);
  for (let run = 0; run < (tracks > 500_000 ? 3 : STARTED); run += 1) {
    const { first, all } = await visit(tracks);
    oursTook.push(first);
    allTook.push(all);
    if (stored === tracks) peerTook.push(await peer.ask("read", [PEER, tracks]));
  }
  await peer.ask("clear");
  peer.end();
  await deleteDatabase(OURS);
  const compared = {
    unit: "ms",
    ...(stored === tracks && { peer: median(peerTook) }),
    peerName: "Dexie toArray",
    ...(stored < tracks && {
      note: `the peer did not finish storing in ${PATIENCE / 1_000} s: ${stored.toLocaleString("en")} of ${tracks.toLocaleString("en")} rows`,
    }),
  };
  tell(`warm_start_${size}`, { ours: median(oursTook), ...compared });
  tell(`warm_all_${size}`, { ours: median(allTook), ...compared });
}

/**
 * Opens our library in a worker that is ready; answers how long the page waits for the first rows of all tracks, and how
 * long for the answer to a query, which is given when everything is loaded.
 *
 * @param {number} tracks
 */
async function visit(tracks) {
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
  worker.postMessage({ open: { name: OURS, locale: navigator.language, page: port2 } }, [port2]);
  const opened = said(worker, "opened");
  const view = new LiveView(link, false, "", { offset: 0, limit: WINDOW }, () => {});
  const query = link.request({ queryTracks: { query: "", offset: 0, limit: WINDOW } });
  /** @type {{ first: number, rows: { id: number }[] }} */
  const { first, rows } = await new Promise((resolve, reject) => {
    opened.catch(reject);
    port1.onmessage = ({ data }) => {
      const events = JSON.parse(page.receive(new Uint8Array(data), Date.now()));
      link.flush();
      for (const event of events) {
        if (event.answer) link.answered(event.answer);
        if (event.view === view.id) view.update();
      }
      const { total, rows } = view;
      if (total === tracks && rows.length === WINDOW) resolve({ first: performance.now() - start, rows });
    };
  });
  const { value } = await query;
  const all = performance.now() - start;
  // What was shown first must be what is there.
  const ids = (/** @type {{ id: number }[]} */ of) => of.map(({ id }) => id).join();
  if (value.tracks.total !== tracks || ids(value.tracks.tracks) !== ids(rows)) {
    throw new Error("the first window was not that of the whole library");
  }
  const closed = said(worker, "closed");
  worker.postMessage({ close: true });
  await closed;
  worker.terminate();
  page.free();
  return { first, all };
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
