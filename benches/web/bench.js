// Runs the benchmarks one after the other, shows each result, and leaves them where `cargo bench-web` looks.

import { decodings } from "./decode.js";
import { longestTask } from "./longtask.js";
import { persist, warmStart } from "./library.js";
import { scroll } from "./scroll.js";
import { names, search } from "./search.js";

/** @typedef {{ ours: number, unit: string, peer?: number, peerName?: string, note?: string }} Result */
/** @typedef {(bench: string, result: Result) => void} Tell */

/** Libraries that are searched, by the names they have in benchmarks. @type {Record<string, number>} */
const SIZES = { "10k": 10_000, "100k": 100_000, "1m": 1_000_000 };

/** One result each. @type {Record<string, () => Promise<Result | undefined>>} */
const BENCHES = {
  persist_100k: persist,
  warm_start_100k: warmStart,
  longtask_100k: longestTask,
  scroll_100k: scroll,
  ...decodings,
};

/** @type {any} */
const shared = window;
shared.__results = [];

const filter = decodeURIComponent(location.hash.slice(1));

/** @type {Tell} */
function tell(bench, { ours, unit, peer, peerName, note }) {
  if (!bench.includes(filter)) return;
  const ratio = peer === undefined ? undefined : peer / ours;
  shared.__results.push({ bench, ours, unit, peer, peerName, ratio, note });
  const cells = [bench, ours.toFixed(2), unit, peer?.toFixed(2) ?? "", peerName ?? "", ratio?.toFixed(2) ?? ""];
  const row = document.querySelector("tbody")?.insertRow();
  for (const cell of cells) row?.insertCell().append(cell);
}

const state = /** @type {HTMLElement} */ (document.getElementById("state"));
try {
  for (const [name, run] of Object.entries(BENCHES)) {
    if (!name.includes(filter)) continue;
    state.textContent = `Running ${name}…`;
    const result = await run();
    if (result) tell(name, result);
    else shared.__results.push({ bench: name, skipped: "its files are not there (SEGUE_CORPUS names their folder)" });
  }
  for (const [size, tracks] of Object.entries(SIZES)) {
    // One library answers all of them.
    if (!names(size).some((name) => name.includes(filter) || filter.startsWith(name))) continue;
    state.textContent = `Searching ${tracks} tracks…`;
    await search(size, tracks, tell);
  }
  state.textContent = "Done.";
  shared.__done = true;
} catch (error) {
  const text = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
  state.textContent = text;
  shared.__error = text;
}
