// Questions one after the other, each timed; and percentiles.

/** How often all queries are asked. */
const PASSES = 3;

/**
 * Asks all queries, several times one after the other, until the time is over; answers how long each took the quickest
 * time, which is when nobody else wanted the processor, and what it said.
 *
 * @param {string[]} queries
 * @param {number} limit in milliseconds
 * @param {(query: string) => number} ask
 */
export function timed(queries, limit, ask) {
  /** @type {number[]} */
  const times = [];
  /** @type {number[]} */
  const totals = [];
  const begin = performance.now();
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (const [at, query] of queries.entries()) {
      const start = performance.now();
      if (start - begin > limit) return { times, totals };
      totals[at] = ask(query);
      times[at] = Math.min(times[at] ?? Infinity, performance.now() - start);
    }
  }
  return { times, totals };
}

/** @param {number[]} numbers @param {number} part from 0 to 1 */
export function percentile(numbers, part) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? NaN;
}

/** The words of a query: the last one is being typed. @param {string} query */
export function words(query) {
  return query.split(/\s+/).filter(Boolean);
}

/** @typedef {[place: number, title: string, artist: string, albumArtist: string, album: string, genres: string[], year: number, duration: number]} Row */
