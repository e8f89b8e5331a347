// The demo page in a frame, which shares its main thread with this page, and a watch over that thread.

/** What browsers call a long task, in milliseconds. */
export const LONG = 50;

/** How often the watch looks itself, in milliseconds: it notices shorter ones. */
const LOOK_EVERY = 4;

/**
 * Opens the page as it is shipped over a database.
 *
 * @param {string} database
 * @returns {Promise<{ frame: HTMLIFrameElement, segue: any }>}
 */
export async function openPage(database) {
  const frame = document.createElement("iframe");
  frame.src = `/index.html?database=indexeddb://${database}`;
  frame.title = "The page that is measured";
  document.body.append(frame);
  for (;;) {
    const segue = /** @type {any} */ (frame.contentWindow).segue;
    if (segue) return { frame, segue };
    await pause(50);
  }
}

/** Watches the main thread: the browser's own account of long tasks, and a clock that ticks late behind any task. */
export class Tasks {
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

/** @param {number} milliseconds */
export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
