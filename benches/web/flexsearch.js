// A worker with FlexSearch over the fields that a bare word searches.

import { Charset, Document } from "/peers/flexsearch/dist/flexsearch.bundle.module.min.mjs";
import { answer } from "./remote.js";
import { timed } from "./typing.js";

const WINDOW = 60;

const search = new Document({
  tokenize: "forward",
  encoder: Charset.Normalize,
  document: { id: "id", index: ["title", "artist", "albumArtist", "album"] },
});
let rows = 0;

answer({
  open: () => "FlexSearch",

  add(/** @type {string} */ json) {
    /** @type {import("./typing.js").Row[]} */
    const parsed = JSON.parse(json);
    const documents = parsed.map(([id, title, artist, albumArtist, album]) => ({ id, title, artist, albumArtist, album }));
    rows += documents.length;
    const start = performance.now();
    for (const document of documents) search.add(document);
    return performance.now() - start;
  },

  finish() {},

  /** It answers field by field: a total is of what any of them found. Its ids are places of our default order. */
  type: (/** @type {string[]} */ queries, /** @type {number} */ limit) =>
    timed(queries, limit, (query) => {
      /** @type {Set<number>} */
      const found = new Set();
      for (const { result } of search.search(query, { limit: rows })) for (const id of result) found.add(Number(id));
      Uint32Array.from(found).sort().subarray(0, WINDOW);
      return found.size;
    }),
});
