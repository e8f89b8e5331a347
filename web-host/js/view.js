// A live window of the answer to a query.

import { queryText } from "./query-text.js";

/** @typedef {import("./link.js").Link} Link */
/** @typedef {import("./segue.js").ViewQuery | import("./segue.js").Query} ViewQuery */

/** @template Row */
export class LiveView extends EventTarget {
  /** @type {Link} */
  #link;
  #albums;
  /** @type {(id: number) => void} */
  #closed;
  /** @type {((view: any) => void) | null} */
  onchange = null;
  /** How many rows are shown of the result, at most. */
  #most = Infinity;
  ready = false;
  total = 0;
  offset = 0;
  /** @type {readonly Row[]} */
  rows = [];
  query;
  /** @type {import("./segue.js").QueryError | undefined} */
  error;
  /** @type {number | undefined} */
  followed;

  /**
   * @param {Link} link
   * @param {boolean} albums
   * @param {string | ViewQuery | undefined} query
   * @param {{ offset: number, limit: number }} window
   * @param {(id: number) => void} closed
   */
  constructor(link, albums, query, window, closed) {
    super();
    this.#link = link;
    this.#albums = albums;
    this.#closed = closed;
    this.#most = mostOf(query);
    this.query = queryText(query);
    this.id = link.page.open_view(albums, this.query, ...bounds(window.offset, window.limit));
    link.flush();
  }

  /** The library said something of this view. */
  update() {
    const json = this.#link.page.view(this.id, this.#albums);
    if (json === undefined) return;
    const { ready, total, offset, rows, error, colors, followed } = JSON.parse(json);
    colors?.forEach((/** @type {string} */ color, /** @type {number} */ at) => {
      if (color) rows[at].placeholderColor = color;
    });
    Object.assign(this, { ready, total, offset, rows, error, followed });
    if (this.total > this.#most) {
      this.total = this.#most;
      this.rows = this.rows.slice(0, Math.max(0, this.#most - this.offset));
      if (this.followed !== undefined && this.followed >= this.#most) this.followed = undefined;
    }
    this.dispatchEvent(new Event("change"));
    this.onchange?.(this);
  }

  /** @param {number} offset @param {number} limit */
  setWindow(offset, limit) {
    this.#link.page.set_window(this.id, ...bounds(offset, limit));
    this.#link.flush();
  }

  /** @param {string | ViewQuery} query */
  setQuery(query) {
    this.#most = mostOf(query);
    this.query = queryText(query);
    this.#link.page.set_query(this.id, this.query);
    this.#link.flush();
  }

  /**
   * @param {number} id
   * @returns {Promise<number>}
   */
  async indexOf(id) {
    const { value } = await this.#link.request({ locate: { view: this.id, id } });
    const position = value?.position ?? -1;
    return position < this.#most ? position : -1;
  }

  /** @param {number | null} id */
  follow(id) {
    this.#link.page.follow(this.id, id ?? undefined);
    this.#link.flush();
  }

  close() {
    this.#link.page.close_view(this.id);
    this.#link.flush();
    this.#closed(this.id);
  }
}

/** @param {string | ViewQuery | undefined} query */
function mostOf(query) {
  return (typeof query === "object" && "limit" in query && query.limit) || Infinity;
}

/**
 * @param {number} offset
 * @param {number} limit
 * @returns {[number, number]}
 */
function bounds(offset, limit) {
  return [Math.max(Math.trunc(offset) || 0, 0), Math.max(Math.trunc(limit) || 0, 0)];
}
