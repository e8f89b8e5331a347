// Queries built in code: `query().artist("queen").year(1975, 1980).sort("-year")` instead of their text.

/** @typedef {string | number | { from?: number, to?: number }} NumberValue */

/** Text between quotes. @param {string} text */
const quoted = (text) => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** The value of a field; what cannot stand alone is quoted. @param {string} text */
const valueText = (text) => (text === "" || /^[=~]|[\s"()|]/u.test(text) ? quoted(text) : text);

/** A word as somebody types it. @param {string} text */
const wordText = (text) => (text === "" || /^-|[\s"()|:]/u.test(text) ? quoted(text) : text);

/**
 * A range. One bound alone means that number; `undefined` is open.
 * @param {NumberValue | undefined} from
 * @param {number | undefined} to
 * @param {boolean} alone
 */
function rangeText(from, to, alone) {
  if (typeof from === "object") return rangeText(from.from, from.to, false);
  if (alone) return valueText(String(from));
  return `${from ?? ""}..${to ?? ""}`;
}

/** A query that is being built. Each call gives a new one, so that parts can be kept and used again. */
export class Query {
  #conditions;
  #sort;

  /** @param {readonly string[]} [conditions] @param {readonly string[]} [sort] */
  constructor(conditions = [], sort = []) {
    this.#conditions = conditions;
    this.#sort = sort;
  }

  /** @param {string} condition */
  #and(condition) {
    return new Query([...this.#conditions, condition], this.#sort);
  }

  /** @param {string} text */
  word(text) {
    return this.#and(wordText(text));
  }

  /** @param {string} text */
  phrase(text) {
    return this.#and(quoted(text));
  }

  /** A condition on any field, as it would stand behind the colon. @param {string} field @param {string | number} value */
  where(field, value) {
    return this.#and(`${field}:${valueText(String(value))}`);
  }

  /** @param {string} field @param {string} value */
  is(field, value) {
    return this.#and(`${field}:=${valueText(value)}`);
  }

  /** @param {string} field @param {string} value */
  isExactly(field, value) {
    return this.#and(`${field}:==${valueText(value)}`);
  }

  /** @param {string} field @param {RegExp | string} pattern */
  matches(field, pattern) {
    const source = typeof pattern === "string" ? pattern : pattern.source;
    // A slash ends the pattern unless a backslash stands before it.
    return this.#and(`${field}:~/${source.replace(/\\.|\//gsu, (part) => (part === "/" ? "\\/" : part))}/`);
  }

  /** @param {string} field @param {NumberValue} [from] @param {number} [to] */
  range(field, from, to) {
    return this.#and(`${field}:${rangeText(from, to, arguments.length < 3)}`);
  }

  /** @param {boolean} [yes] */
  compilation(yes = true) {
    return this.#and(`compilation:${yes ? "yes" : "no"}`);
  }

  /** @param {(query: Query) => Query} build */
  not(build) {
    return this.#and(`-(${build(new Query()).#filter()})`);
  }

  /** @param {((query: Query) => Query)[]} sides */
  either(...sides) {
    const parts = sides.map((build) => build(new Query()).#filter());
    // A side without conditions lets everything through.
    if (parts.length === 0 || parts.includes("")) return this;
    return this.#and(`(${parts.join(" | ")})`);
  }

  /** @param {string[]} fields */
  sort(...fields) {
    const all = [...this.#sort, ...fields];
    const isRelevance = (/** @type {string} */ field) => Number(field === "relevance");
    return new Query(this.#conditions, all.sort((a, b) => isRelevance(b) - isRelevance(a)));
  }

  #filter() {
    return this.#conditions.join(" ");
  }

  toString() {
    const sort = this.#sort.length > 0 ? [`sort:${this.#sort.join(",")}`] : [];
    return [...this.#conditions, ...sort].join(" ");
  }
}

const TEXTS = ["title", "artist", "albumArtist", "album", "genre", "codec", "path", "folder", "provider", "file", "has", "missing"];
const NUMBERS = ["year", "rating", "plays", "skips", "track", "disc", "duration", "sampleRate", "bitrate", "channels", "bitsPerSample", "loudness"];
const TIMES = ["added", "lastPlayed", "date", "originalDate"];

for (const field of [...TEXTS, ...TIMES]) {
  Object.defineProperty(Query.prototype, field, {
    /** @this {Query} @param {string} value */
    value(value) {
      return this.where(field.toLowerCase(), value);
    },
  });
}
for (const field of NUMBERS) {
  Object.defineProperty(Query.prototype, field, {
    /** @this {Query} @param {[NumberValue, number?]} bounds */
    value(...bounds) {
      return this.range(field.toLowerCase(), ...bounds);
    },
  });
}

/** Begins a query that lets everything through. @returns {import("./segue.js").Query} */
export const query = () => /** @type {any} */ (new Query());
