// Questions to a library of so many tracks: our engine in a worker, and each peer in one, over the same rows.

import { Remote, median } from "./remote.js";
import { percentile } from "./typing.js";

/** @typedef {import("./bench.js").Tell} Tell */

/** Queries as they are typed. */
const KEYSTROKES = 400;

/** Changed rows: odd, so that there is a middle. */
const CHANGES = 101;

/** Rows that go to a peer at once. */
const PIECE = 10_000;

/** What a peer may take to index everything, and to answer all queries, in milliseconds. */
const PATIENCE = 60_000;

/** What a peer may take of memory, in bytes: somewhat more, and the page's process ends with all that was measured. */
const MOST_MEMORY = 3e9;

/** Orders that nobody asked for before, ours and the peer's. */
const ORDERS = [
  ["sort:-year", "year DESC"],
  ["sort:title", "title"],
  ["sort:-duration", "duration DESC"],
  ["sort:album", "album"],
  ["sort:year,-title", "year, title DESC"],
];

/** Fields whose values are counted; the peer has columns of the same names. */
const FACETS = ["artist", "genre", "year"];

/** What one library answers together. @param {string} size */
export const names = (size) =>
  ["index_", "memory_track_", "keystroke_", "keystroke_view_", "sort_switch_", "change_", "idle_", ...FACETS.map((field) => `facets_${field}_`)]
    .map((what) => what + size)
    .concat(["index_", "keystroke_"].flatMap((what) => [`${what}${size}_flexsearch`, `${what}${size}_minisearch`]));

/**
 * @param {string} size as names have it
 * @param {number} tracks
 * @param {Tell} tell
 */
export async function search(size, tracks, tell) {
  const engine = new Remote("engine.js");
  const { index, made, indexed } = await engine.ask("make", [tracks]);
  const perRow = (/** @type {number} */ milliseconds) => (milliseconds * 1_000) / tracks;
  const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
  tell(`memory_track_${size}`, {
    ours: indexed.live / tracks,
    unit: "bytes",
    note: `world ${(made.live / tracks).toFixed(0)}, rows, orders and words ${((indexed.live - made.live) / tracks).toFixed(0)}; wasm memory ${megabytes(indexed.reserved)}, garbage of the seeding included`,
  });
  tell(`idle_${size}`, { ours: (await engine.ask("idle", [2_000])) * 1_000, unit: "µs" });

  /** @type {string[]} */
  const queries = await engine.ask("keystrokes", [KEYSTROKES]);
  const ours = await engine.ask("type", [queries, PATIENCE]);
  const inView = await engine.ask("typeIntoView", [queries, PATIENCE]);
  tell(`keystroke_view_${size}`, {
    ours: percentile(inView.times, 0.95),
    unit: "ms",
    note: `into a live view until its host has the rows, without a port; median ${percentile(inView.times, 0.5).toFixed(2)} ms; ${percentile(ours.times, 0.95).toFixed(2)} ms without view and rows`,
  });
  const sorts = [];
  for (const [order] of ORDERS) sorts.push(await engine.ask("sort", [order]));
  const facets = [];
  for (const field of FACETS) facets.push(await engine.ask("facets", [field]));
  await engine.ask("sortRows");
  const random = places(tracks);
  const changes = await engine.ask("change", [random]);

  for (const peer of ["sqlite", "flexsearch", "minisearch"]) {
    const remote = new Remote(`${peer}.js`);
    const name = await remote.ask("open");
    const suffix = peer === "sqlite" ? size : `${size}_${peer}`;
    const built = await build(engine, remote, tracks);
    const ourIndex = { ours: perRow(index), unit: "µs/row", peerName: name };
    if (built.gaveUp) {
      tell(`index_${suffix}`, { ...ourIndex, note: `the peer ${built.gaveUp}` });
      tell(`keystroke_${suffix}`, { ours: percentile(ours.times, 0.95), unit: "ms", peerName: name, note: `the peer ${built.gaveUp}` });
      remote.end();
      continue;
    }
    tell(`index_${suffix}`, { ...ourIndex, peer: perRow(built.took) });

    const theirs = await remote.ask("type", [queries, PATIENCE]);
    const same = theirs.totals.filter((/** @type {number} */ total, /** @type {number} */ at) => total === ours.totals[at]).length;
    const asked = theirs.times.length;
    tell(`keystroke_${suffix}`, {
      ours: percentile(ours.times.slice(0, asked), 0.95),
      unit: "ms",
      peer: percentile(theirs.times, 0.95),
      peerName: name,
      note:
        `95th percentile of ${asked} queries, the best of three times each; medians ${percentile(ours.times, 0.5).toFixed(2)} and ${percentile(theirs.times, 0.5).toFixed(2)} ms; ` +
        `the same total in ${same}; ${slowest(queries, ours.times)}`,
    });
    if (peer === "sqlite") {
      const peerSorts = [];
      for (const [, order] of ORDERS) peerSorts.push(await remote.ask("sort", [order]));
      tell(`sort_switch_${size}`, {
        ours: median(sorts.map(({ first }) => first)),
        unit: "ms",
        peer: median(peerSorts),
        peerName: "SQLite ORDER BY, no index",
        note: `an order that was never asked for; again, ours takes ${median(sorts.map(({ again }) => again)).toFixed(2)} ms`,
      });
      for (const [at, field] of FACETS.entries()) {
        tell(`facets_${field}_${size}`, {
          ours: facets[at].again,
          unit: "ms",
          peer: await remote.ask("facets", [field]),
          peerName: "SQLite GROUP BY, no index",
          note: `the hundred values that most of all tracks have; ours for the first time ${facets[at].first.toFixed(2)} ms`,
        });
      }
      const peerChanges = await remote.ask("change", [random]);
      tell(`change_${size}`, {
        ours: median(changes),
        unit: "ms",
        peer: median(peerChanges),
        peerName: `${name}, asked again`,
        note: `a title that brings a row into the window, until its host has it; 95th percentile ${percentile(changes, 0.95).toFixed(2)} ms, of theirs ${percentile(peerChanges, 0.95).toFixed(2)} ms`,
      });
    }
    remote.end();
  }
  engine.end();
}

/**
 * Gives a peer all rows, piece by piece; answers how long it took, or why it gave up.
 *
 * @param {Remote} engine
 * @param {Remote} peer
 * @param {number} tracks
 */
async function build(engine, peer, tracks) {
  let took = 0;
  for (let first = 0; first < tracks; first += PIECE) {
    const rows = await engine.ask("rows", [first, Math.min(first + PIECE, tracks)]);
    took += await peer.ask("add", [rows]);
    const done = `${Math.min(first + PIECE, tracks).toLocaleString("en")} of ${tracks.toLocaleString("en")} rows`;
    if (took > PATIENCE) return { took, gaveUp: `did not finish in ${PATIENCE / 1_000} s: ${done}` };
    if ((first / PIECE) % 20 === 19 && (await memory()) > MOST_MEMORY) return { took, gaveUp: `was stopped at ${MOST_MEMORY / 1e9} GB of memory: ${done}` };
  }
  await peer.ask("finish");
  return { took };
}

/** @param {string[]} queries @param {number[]} times */
function slowest(queries, times) {
  const sorted = times.map((time, at) => ({ time, query: queries[at] })).sort((a, b) => b.time - a.time);
  return `slowest of ours ${sorted.slice(0, 3).map(({ time, query }) => `“${query}” ${time.toFixed(1)} ms`).join(", ")}`;
}

/** Bytes of JavaScript in all of this page's workers. */
async function memory() {
  // It answers after a collection, which a large heap may put off.
  const measured = /** @type {any} */ (performance).measureUserAgentSpecificMemory();
  const late = new Promise((resolve) => setTimeout(() => resolve({ bytes: 0 }), 20_000));
  return (await Promise.race([measured, late])).bytes;
}

/** Places of rows that change, anywhere. @param {number} tracks */
function places(tracks) {
  return Array.from({ length: CHANGES }, (_, at) => (at * 7_919) % tracks);
}
