// Runs the benchmarks one after the other, shows each result, and leaves them where `cargo bench-web` looks.

import { decodings } from "./decode.js";
import { longestTask } from "./longtask.js";
import { persist, starts, warmStart } from "./library.js";
import * as live from "./live.js";
import { pause } from "./page.js";
import * as scrolling from "./scroll.js";
import * as search from "./search.js";

/** @typedef {{ ours: number, unit: string, peer?: number, peerName?: string, note?: string }} Result */
/** @typedef {(bench: string, result: Result) => void} Tell */

/** Libraries that are searched, by the names they have in benchmarks. @type {Record<string, number>} */
const SIZES = { "10k": 10_000, "100k": 100_000, "1m": 1_000_000 };

/** How long the benchmarks of one library may take together, in milliseconds. */
const PATIENCE = 900_000;

/** One result each. @type {Record<string, () => Promise<Result | undefined>>} */
const BENCHES = {
  persist_100k: persist,
  longtask_100k: longestTask,
  ...decodings,
};

/** @type {any} */
const shared = window;
shared.__results = [];

/** What `cargo bench-web` was asked for; without it, everything. @type {{ names: string[], sizes: string[] }} */
const asked = location.hash
  ? JSON.parse(decodeURIComponent(location.hash.slice(1)))
  : { names: [], sizes: Object.keys(SIZES) };

/** @param {string} name */
const wanted = (name) => asked.names.length === 0 || asked.names.some((part) => name.includes(part));

/** @type {Tell} */
function tell(bench, { ours, unit, peer, peerName, note }) {
  if (!wanted(bench)) return;
  const ratio = peer === undefined ? undefined : peer / ours;
  shared.__results.push({ bench, ours, unit, peer, peerName, ratio, note });
  const cells = [bench, ours.toFixed(2), unit, peer?.toFixed(2) ?? "", peerName ?? "", ratio?.toFixed(2) ?? ""];
  const row = document.querySelector("tbody")?.insertRow();
  for (const cell of cells) row?.insertCell().append(cell);
}

const state = /** @type {HTMLElement} */ (document.getElementById("state"));
try {
  for (const [name, run] of Object.entries(BENCHES)) {
    if (!wanted(name)) continue;
    state.textContent = `Running ${name}…`;
    const result = await run();
    if (result) tell(name, result);
    else shared.__results.push({ bench: name, skipped: "its files are not there (SEGUE_CORPUS names their folder)" });
  }
  // What one library answers together. First what cannot run out of memory: that would end the page.
  for (const { names, run } of [
    { names: starts, run: warmStart },
    { names: scrolling.names, run: scrolling.scroll },
    { names: live.names, run: live.live },
    { names: search.names, run: search.search },
  ]) {
    for (const [size, tracks] of Object.entries(SIZES)) {
      if (!asked.sizes.includes(size) || !names(size).some(wanted)) continue;
      state.textContent = `Running ${names(size).join(", ")}…`;
      // One that fails, or never ends, takes none of the others with it.
      const late = pause(PATIENCE).then(() => {
        throw new Error(`did not finish in ${PATIENCE / 60_000} minutes`);
      });
      try {
        await Promise.race([run(size, tracks, tell), late]);
      } catch (error) {
        shared.__results.push({ bench: names(size).join(", "), skipped: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  state.textContent = "Done.";
  shared.__done = true;
} catch (error) {
  const text = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
  state.textContent = text;
  shared.__error = text;
}
