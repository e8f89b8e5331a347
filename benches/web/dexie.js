// A worker with Dexie: the same rows, one record each, with three indexes.

import init, { Rows } from "/js/bench-library/segue_web_bench.js";
import { Dexie } from "/peers/dexie/dist/modern/dexie.min.mjs";
import { answer } from "./remote.js";

/** How many rows cross from wasm at once. */
const PIECE = 5_000;

/** @type {any[]} */
let rows = [];

/** The peer's databases have a bucket of their own: what it leaves to be cleaned up must not slow us down. */
const BUCKET = "peer";

/** @param {string} name */
async function open(name) {
  const { indexedDB } = await navigator.storageBuckets.open(BUCKET);
  const database = new Dexie(name, { indexedDB, IDBKeyRange });
  // What a music library looks its tracks up by.
  database.version(1).stores({ tracks: "id, artist, album, year" });
  await database.open();
  return database;
}

answer({
  /** Makes the rows. */
  async make(/** @type {number} */ tracks) {
    await init({ module_or_path: "/js/bench-library/segue_web_bench_bg.wasm" });
    const made = new Rows(tracks);
    rows = [];
    for (let first = 1; first <= tracks; first += PIECE) {
      rows.push(...JSON.parse(made.json(first, Math.min(first + PIECE, tracks + 1))));
    }
    made.free();
    if (rows.length !== tracks) throw new Error(`${rows.length} rows were made, not ${tracks}`);
  },

  /** Stores them in a new database; answers how long that took. */
  async store(/** @type {string} */ name) {
    const database = await open(name);
    const start = performance.now();
    await database.tracks.bulkPut(rows);
    const took = performance.now() - start;
    database.close();
    return took;
  },

  /** Makes rows and stores them piece by piece until all are or the time is over; answers how many are. */
  async storeWithin(/** @type {string} */ name, /** @type {number} */ tracks, /** @type {number} */ limit) {
    await init({ module_or_path: "/js/bench-library/segue_web_bench_bg.wasm" });
    const made = new Rows(tracks);
    const database = await open(name);
    let took = 0;
    let first = 1;
    for (; first <= tracks && took < limit; first += PIECE) {
      const piece = JSON.parse(made.json(first, Math.min(first + PIECE, tracks + 1)));
      const start = performance.now();
      await database.tracks.bulkPut(piece);
      took += performance.now() - start;
    }
    made.free();
    database.close();
    return Math.min(first - 1, tracks);
  },

  /** Deletes every database. */
  async clear() {
    await navigator.storageBuckets.delete(BUCKET);
  },

  /** Forgets the rows, so that their memory weighs on nothing that follows. */
  forget() {
    rows = [];
  },

  /** Reads them from a database that is not open yet; answers how long that took. */
  async read(/** @type {string} */ name, /** @type {number} */ tracks) {
    const start = performance.now();
    const database = await open(name);
    const found = await database.tracks.toArray();
    const took = performance.now() - start;
    database.close();
    if (found.length !== tracks) throw new Error(`${found.length} rows were read, not ${tracks}`);
    return took;
  },
});
