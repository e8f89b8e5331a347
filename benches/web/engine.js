// A worker with our engine and nothing around it: no store, no port to a page, the code of the shipped library worker.

import init, { Searched, keystrokes, live_bytes } from "/js/bench-library/segue_web_bench.js";
import { answer } from "./remote.js";
import { timed } from "./typing.js";

/** @type {WebAssembly.Memory} */
let memory;
/** @type {Searched} */
let library;
let view = 0;

const ready = init({ module_or_path: "/js/bench-library/segue_web_bench_bg.wasm" }).then((bundle) => {
  memory = bundle.memory;
});

const size = () => ({ live: live_bytes(), reserved: memory.buffer.byteLength });

/** @param {() => unknown} work */
function took(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

answer({
  /** Makes a library and indexes it. */
  async make(/** @type {number} */ tracks) {
    await ready;
    library = new Searched(tracks);
    const made = size();
    const index = took(() => library.index());
    return { index, made, indexed: size() };
  },

  async keystrokes(/** @type {number} */ count) {
    await ready;
    return keystrokes(count, 5);
  },

  /** Types each into the engine: total, and the ids of the first window. */
  type: (/** @type {string[]} */ queries, /** @type {number} */ limit) => timed(queries, limit, (query) => library.find(query)),

  /** Types each into a live view of a host in this very instance: rows and all. */
  typeIntoView(/** @type {string[]} */ queries, /** @type {number} */ limit) {
    view ||= library.open_view();
    const answers = timed(queries, limit, (query) => library.type_into(view, query));
    library.type_into(view, "");
    return answers;
  },

  /** Asks for an order that nobody asked for yet, and once more. */
  sort: (/** @type {string} */ order) => ({ first: took(() => library.find(order)), again: took(() => library.find(order)) }),

  /** Counts the values of a field among all tracks: for the first time, and the best of some times after. */
  facets(/** @type {string} */ field) {
    const first = took(() => library.facets(field, ""));
    return { first, again: Math.min(...Array.from({ length: 5 }, () => took(() => library.facets(field, "")))) };
  },

  /** Gives tracks titles with which they come into the first window by title; answers how long each took to show there. */
  change(/** @type {number[]} */ places) {
    view ||= library.open_view();
    library.type_into(view, "sort:title");
    return places.map((place, number) => took(() => library.retitle(place, `0 ${number}`)));
  },

  /** Answers what one idle tick takes. */
  idle(/** @type {number} */ ticks) {
    library.idle(10);
    return took(() => library.idle(ticks)) / ticks;
  },

  sortRows: () => library.sort_rows(),
  rows: (/** @type {number} */ first, /** @type {number} */ end) => library.rows(first, end),
  size,
});
