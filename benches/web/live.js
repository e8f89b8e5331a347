// The whole of it from the page: shipped bundles, library in IndexedDB, live views, at so many tracks.

import { Remote, deleteDatabase, median } from "./remote.js";
import { pause } from "./page.js";
import { percentile } from "./typing.js";

/** @typedef {import("./bench.js").Tell} Tell */

const DATABASE = "bench-live";

/** Rows on a screen. */
const WINDOW = 60;

const KEYSTROKES = 200;

/** Odd, so that there is a middle. */
const CHANGES = 51;
const JUMPS = 101;

/** How long a view may have nothing to tell before it is taken to show what was asked already, in milliseconds. */
const SILENCE = 1_000;

/** @param {string} size */
export const names = (size) => ["keystroke_page_", "change_page_", "jump_page_", "heap_main_"].map((what) => what + size);

/**
 * @param {string} size as names have it
 * @param {number} tracks
 * @param {Tell} tell
 */
export async function live(size, tracks, tell) {
  await deleteDatabase(DATABASE);
  const seeding = new Remote("ours.js");
  /** @type {string[]} */
  const queries = await seeding.ask("keystrokes", [KEYSTROKES]);
  await seeding.ask("store", [DATABASE, tracks]);
  seeding.end();

  const { Segue } = await import(new URL("/js/segue.js", location.href).href);
  const segue = await Segue.open({ database: `indexeddb://${DATABASE}` });
  await until(async () => (await segue.queryTracks("", { limit: 1 })).total === tracks);
  const view = segue.view("", { offset: 0, limit: WINDOW });
  await until(() => view.ready && view.total === tracks);
  // Words are taken in once everything is there.
  await segue.queryTracks("warm", { limit: 1 });
  await pause(1_000);

  /** @type {number[]} */
  const keys = [];
  for (const query of queries) {
    const took = await changed(view, () => view.setQuery(query));
    if (took !== undefined) keys.push(took);
  }
  tell(`keystroke_page_${size}`, {
    ours: percentile(keys, 0.95),
    unit: "ms",
    note:
      `from the page's call to its rows, 95th percentile of ${keys.length}; median ${percentile(keys, 0.5).toFixed(2)} ms; ` +
      `${queries.length - keys.length} changed nothing within ${SILENCE} ms`,
  });
  await changed(view, () => view.setQuery(""));

  /** @type {number[]} */
  const jumps = [];
  for (let jump = 0; jump < JUMPS; jump += 1) {
    const offset = (jump * 7_919 * 131) % (tracks - WINDOW);
    const took = await changed(view, () => view.setWindow(offset, WINDOW));
    if (took !== undefined) jumps.push(took);
  }
  tell(`jump_page_${size}`, {
    ours: percentile(jumps, 0.95),
    unit: "ms",
    note: `a window anywhere in the list, 95th percentile; median ${percentile(jumps, 0.5).toFixed(2)} ms`,
  });

  const heap = await heapOfPage();
  tell(`heap_main_${size}`, heap);

  /** @type {number[]} */
  const changes = [];
  for (let change = 0; change < CHANGES; change += 1) {
    const row = view.rows[change % WINDOW];
    const took = await changed(view, () => void segue.rate(row.id, (row.rating ?? 0) === 5 ? 1 : (row.rating ?? 0) + 1));
    if (took !== undefined) changes.push(took);
    // A view is told of changes ten times a second at the most: this one is the first.
    await pause(150);
  }
  tell(`change_page_${size}`, { ours: median(changes), unit: "ms", note: `a rating from the page's call to the row in its view; 95th percentile ${percentile(changes, 0.95).toFixed(1)} ms` });
  view.close();
  await segue.close();
  await deleteDatabase(DATABASE);
}

/**
 * Waits until a view shows something else; answers how long that took, or nothing if it shows it already.
 *
 * @param {import("../../web-host/js/segue.js").View} view
 * @param {() => void} act
 * @returns {Promise<number | undefined>}
 */
async function changed(view, act) {
  const start = performance.now();
  /** @type {Promise<number>} */
  const shown = new Promise((resolve) => {
    view.onchange = () => resolve(performance.now() - start);
  });
  act();
  const took = await Promise.race([shown, pause(SILENCE).then(() => undefined)]);
  view.onchange = null;
  return took;
}

/** @param {() => unknown} look */
async function until(look) {
  while (!(await look())) await pause(50);
}

/** What the page holds, without its workers: JavaScript, and the memory of its wasm. */
async function heapOfPage() {
  const { breakdown } = await /** @type {any} */ (performance).measureUserAgentSpecificMemory();
  let page = 0;
  let workers = 0;
  for (const { bytes, attribution } of breakdown) {
    if (attribution.some((/** @type {any} */ { scope }) => scope === "Window")) page += bytes;
    else if (attribution.some((/** @type {any} */ { scope }) => scope.includes("Worker"))) workers += bytes;
  }
  const bundle = await import(new URL("/js/main/segue_web_main.js", location.href).href);
  const { memory } = await bundle.default();
  const megabytes = (/** @type {number} */ bytes) => bytes / 1e6;
  return {
    ours: megabytes(page),
    unit: "MB",
    note: `of the page, its wasm memory of ${megabytes(memory.buffer.byteLength).toFixed(1)} MB included or not as the browser counts; all its workers ${megabytes(workers).toFixed(0)} MB`,
  };
}
