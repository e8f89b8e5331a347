// A worker with MiniSearch over the fields that a bare word searches.

import MiniSearch from "/peers/minisearch/dist/es/index.js";
import { answer } from "./remote.js";
import { timed } from "./typing.js";

const WINDOW = 60;

const search = new MiniSearch({
  idField: "0",
  fields: ["1", "2", "3", "4"],
  // As we do: without case and diacritics.
  processTerm: (term) => term.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase(),
  searchOptions: { prefix: true, combineWith: "AND" },
});

answer({
  open: () => "MiniSearch",

  add(/** @type {string} */ json) {
    const rows = JSON.parse(json);
    const start = performance.now();
    search.addAll(rows);
    return performance.now() - start;
  },

  finish() {},

  /** It sorts by relevance, always: that is its order. */
  type: (/** @type {string[]} */ queries, /** @type {number} */ limit) =>
    timed(queries, limit, (query) => {
      const found = search.search(query);
      found.slice(0, WINDOW);
      return found.length;
    }),
});
