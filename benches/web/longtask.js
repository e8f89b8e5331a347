// The longest task of a page's main thread while a folder of 100,000 files is read into its library.
//
// The page is the demo as it is shipped, in a frame, which shares its main thread with this page: its lists follow the
// sync, and so do this benchmark's clocks.

import { deleteDatabase } from "./remote.js";

const TRACKS = 100_000;

/** What browsers call a long task, in milliseconds. */
const LONG = 50;

/** How often this looks itself, in milliseconds: it notices shorter ones. */
const LOOK_EVERY = 4;

/** The name that the page gives its database here. */
const DATABASE = "bench-longtask";

/** How long a page may be busy with being loaded, in milliseconds. */
const SETTLE = 2_000;

export async function longestTask() {
  const frame = document.createElement("iframe");
  frame.src = `/index.html?database=indexeddb://${DATABASE}`;
  frame.title = "The page that syncs";
  document.body.append(frame);
  const segue = await opened(frame);
  // The page's own beginning is no part of the sync, nor is its demo album.
  await segueIdle(segue);
  await pause(SETTLE);

  const tasks = new Tasks();
  const provider = await segue.addHttpFolder(new URL("/flood/", location.href));
  const done = new Promise((resolve, reject) => {
    segue.on("Sync.Complete", (/** @type {any} */ job) => {
      if (job.provider !== provider.id) return;
      if (job.added === TRACKS) resolve(undefined);
      else reject(new Error(`${job.added} tracks were added, not ${TRACKS}: ${JSON.stringify(job.failures?.slice(0, 3))}`));
    });
  });
  const start = performance.now();
  await segue.startSync(provider.id);
  await done;
  const took = performance.now() - start;
  const { longest, report } = tasks.end();
  await segue.close();
  frame.remove();
  await deleteDatabase(DATABASE);
  return {
    ours: longest,
    unit: "ms",
    peer: LONG,
    peerName: "the most it may be",
    note: `${TRACKS} files in ${(took / 1000).toFixed(1)} s; ${report}`,
  };
}

/** Watches the main thread: the browser's own account of long tasks, and a clock that ticks late behind any task. */
class Tasks {
  #browser = 0;
  #count = 0;
  /** @type {number[]} */
  #gaps = [];
  #last = performance.now();
  #on = true;
  #observer = new PerformanceObserver((list) => this.#take(list.getEntries()));

  constructor() {
    this.#observer.observe({ entryTypes: ["longtask"] });
    const look = () => {
      const now = performance.now();
      this.#gaps.push(now - this.#last);
      this.#last = now;
      if (this.#on) setTimeout(look, LOOK_EVERY);
    };
    look();
  }

  /** @param {PerformanceEntryList} entries */
  #take(entries) {
    for (const { duration } of entries) {
      this.#count += 1;
      this.#browser = Math.max(this.#browser, duration);
    }
  }

  end() {
    this.#on = false;
    this.#take(this.#observer.takeRecords());
    this.#observer.disconnect();
    // Between two looks lies the wait for the next and whatever task kept it waiting longer. If it took long and the
    // browser counts no long task, it was no task: the processor was elsewhere.
    const sorted = this.#gaps.toSorted((a, b) => b - a);
    const at = (/** @type {number} */ part) => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
    const longest = this.#count > 0 ? this.#browser : (sorted.find((gap) => gap < LONG) ?? 0);
    const top = sorted.slice(0, 5).map((gap) => gap.toFixed(1));
    return {
      longest,
      report: `${this.#count} long tasks; longest gaps ${top.join(", ")} ms; 99th percentile ${at(0.01)} ms, 99.9th ${at(0.001)} ms`,
    };
  }
}

/** @param {HTMLIFrameElement} frame @returns {Promise<any>} */
async function opened(frame) {
  for (;;) {
    const segue = /** @type {any} */ (frame.contentWindow).segue;
    if (segue) return segue;
    await pause(50);
  }
}

/** Waits until no job runs and something was synced. @param {any} segue */
async function segueIdle(segue) {
  const busy = () => segue.jobs().length === 0 || segue.jobs().some((/** @type {any} */ job) => ["queued", "running"].includes(job.state));
  while (busy()) await pause(50);
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
