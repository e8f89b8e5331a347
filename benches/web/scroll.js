// Scrolling through 100,000 rows of the page: how long a frame takes, and whether rows are there when it is painted.

import { Tasks, openPage, pause } from "./page.js";
import { Remote, deleteDatabase } from "./remote.js";

const TRACKS = 100_000;

const DATABASE = "bench-scroll";

/** A display's own pace, in milliseconds, and the frame after it. */
const TWO_FRAMES = 2_000 / 60;

/** Steps of a finger, each some rows, and leaps of a scroll bar to anywhere. */
const STEPS = 400;
const STEP = 130;
const LEAPS = 100;

export async function scroll() {
  const seeding = new Remote("ours.js");
  await seeding.ask("store", [DATABASE, TRACKS]);
  seeding.end();
  const { frame, segue } = await openPage(DATABASE);
  while ((await segue.queryTracks("", { limit: 1 })).total !== TRACKS) await pause(50);
  const page = /** @type {Document} */ (frame.contentDocument);
  const rows = () => [...page.querySelectorAll("track-list [role=row]")];
  while (rows().length < 5) await pause(50);
  const list = rows()[1]?.closest("track-list");
  const viewport = [...(list?.querySelectorAll("*") ?? [])].find((element) => element.scrollHeight > 1_000_000);
  if (!viewport) throw new Error("the list of tracks has nothing to scroll");

  const tasks = new Tasks();
  /** @type {number[]} */
  const frames = [];
  let blank = 0;
  let last = await painted();
  for (let step = 0; step < STEPS + LEAPS; step += 1) {
    if (step < STEPS) viewport.scrollTop += STEP;
    else viewport.scrollTop = (viewport.scrollHeight * ((step * 37) % 100)) / 100;
    const now = await painted();
    frames.push(now - last);
    last = now;
    if (step < STEPS && rows().filter((row) => row.textContent.trim().length > 2).length < 5) blank += 1;
  }
  const { report } = tasks.end();
  await segue.close();
  frame.remove();
  await deleteDatabase(DATABASE);
  frames.sort((a, b) => a - b);
  return {
    ours: frames[Math.floor(frames.length * 0.99)] ?? 0,
    unit: "ms",
    peer: TWO_FRAMES,
    peerName: "two frames at 60 Hz",
    note: `99th percentile of ${frames.length} frames, median ${frames[frames.length >> 1]?.toFixed(1)} ms; ${blank} without rows; ${report}`,
  };
}

/** The time of the next frame. @returns {Promise<number>} */
function painted() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
