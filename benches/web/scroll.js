// Scrolling through all rows of the page and typing into its search box: how long a frame takes, and whether rows are
// there when it is painted.

import { Tasks, openPage, pause } from "./page.js";
import { Remote, deleteDatabase } from "./remote.js";

const DATABASE = "bench-scroll";

/** A display's own pace, in milliseconds, and the frame after it. */
const TWO_FRAMES = 2_000 / 60;

/** Steps of a finger, each some rows, and leaps of a scroll bar to anywhere. */
const STEPS = 400;
const STEP = 130;
const LEAPS = 100;

/** What is typed, a letter every few frames. */
const TYPED = ["love", "midnight train", "year:1990..1999 the", "夢"];
const FRAMES_A_LETTER = 6;

/** @param {string} size */
export const names = (size) => [`scroll_${size}`, `type_${size}`];

/**
 * @param {string} size as names have it
 * @param {number} tracks
 * @param {import("./bench.js").Tell} tell
 */
export async function scroll(size, tracks, tell) {
  await deleteDatabase(DATABASE);
  const seeding = new Remote("ours.js");
  await seeding.ask("store", [DATABASE, tracks]);
  seeding.end();
  const { frame, segue } = await openPage(DATABASE);
  while ((await segue.queryTracks("", { limit: 1 })).total !== tracks) await pause(50);
  const page = /** @type {Document} */ (frame.contentDocument);
  const rows = () => [...page.querySelectorAll("track-list [role=row]")];
  while (rows().length < 5) await pause(50);
  const list = rows()[1]?.closest("track-list");
  const viewport = [...(list?.querySelectorAll("*") ?? [])].find((element) => element.scrollHeight > 1_000_000);
  if (!viewport) throw new Error("the list of tracks has nothing to scroll");

  const scrolled = await watch(STEPS + LEAPS, (step) => {
    if (step < STEPS) viewport.scrollTop += STEP;
    else viewport.scrollTop = (viewport.scrollHeight * ((step * 37) % 100)) / 100;
    return step < STEPS && rows().filter((row) => row.textContent.trim().length > 2).length < 5;
  });
  tell(`scroll_${size}`, scrolled);

  viewport.scrollTop = 0;
  const box = page.querySelector("input[type=search]");
  if (!(box instanceof /** @type {any} */ (frame.contentWindow).HTMLInputElement)) throw new Error("the page has no search box");
  const input = /** @type {HTMLInputElement} */ (box);
  const letters = TYPED.flatMap((text) => [...text].map((_, at, all) => all.slice(0, at + 1).join("")).concat(""));
  const typed = await watch(letters.length * FRAMES_A_LETTER, (step) => {
    if (step % FRAMES_A_LETTER === 0) {
      input.value = letters[step / FRAMES_A_LETTER] ?? "";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return false;
  });
  tell(`type_${size}`, typed);
  await segue.close();
  frame.remove();
  await deleteDatabase(DATABASE);
}

/**
 * Does something in each of so many frames; answers how long they took.
 *
 * @param {number} count
 * @param {(step: number) => boolean} act answers whether rows are missing
 * @returns {Promise<import("./bench.js").Result>}
 */
async function watch(count, act) {
  const tasks = new Tasks();
  /** @type {number[]} */
  const frames = [];
  let blank = 0;
  let last = await painted();
  for (let step = 0; step < count; step += 1) {
    const missing = act(step);
    const now = await painted();
    frames.push(now - last);
    last = now;
    if (missing) blank += 1;
  }
  const { report } = tasks.end();
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
