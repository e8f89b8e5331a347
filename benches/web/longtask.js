// The longest task of a page's main thread while a folder of 100,000 files is read into its library.
//
// The page is the demo as it is shipped: its lists follow the sync.

import { LONG, Tasks, openPage, pause } from "./page.js";
import { deleteDatabase } from "./remote.js";

const TRACKS = 100_000;

/** The name that the page gives its database here. */
const DATABASE = "bench-longtask";

/** How long a page may be busy with being loaded, in milliseconds. */
const SETTLE = 2_000;

export async function longestTask() {
  const { frame, segue } = await openPage(DATABASE);
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

/** Waits until no job runs and something was synced. @param {any} segue */
async function segueIdle(segue) {
  const busy = () => segue.jobs().length === 0 || segue.jobs().some((/** @type {any} */ job) => ["queued", "running"].includes(job.state));
  while (busy()) await pause(50);
}
