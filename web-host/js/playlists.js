// Playlists: edits and windows of one. The interface is described in `segue.d.ts`.

/** @typedef {import("./segue.js").PlaylistEntry} PlaylistEntry */

/** The bytes of a text or a file. @param {string | Blob | ArrayBuffer | Uint8Array} source */
export async function bytesOf(source) {
  if (typeof source === "string") return new TextEncoder().encode(source);
  if (source instanceof Uint8Array) return source;
  return new Uint8Array(source instanceof Blob ? await source.arrayBuffer() : source);
}

/**
 * The bytes that came with an answer.
 *
 * @param {import("./link.js").Link} link
 * @param {unknown} request
 * @param {string} type
 * @param {import("./segue.js").LongOptions} [options]
 */
export async function documentOf(link, request, type, options) {
  const { id } = await link.request(request, undefined, options);
  return new Blob([link.page.take_artwork(id) ?? new Uint8Array()], { type });
}

export class Playlist {
  /** @type {import("./link.js").Link} */
  #link;

  /** @param {import("./link.js").Link} link @param {number} id */
  constructor(link, id) {
    this.#link = link;
    this.id = id;
  }

  /** @param {string} name @param {object} [fields] */
  async #edit(name, fields = {}) {
    await this.#link.request({ playlist: { [name]: { playlist: this.id, ...fields } } });
  }

  /**
   * @param {{ offset?: number, limit?: number }} [window]
   * @returns {Promise<{ version: number, total: number, entries: PlaylistEntry[] }>}
   */
  async entries({ offset = 0, limit = 100 } = {}) {
    const { value } = await this.#link.request({ playlist: { get: { playlist: this.id, offset, limit } } });
    return value?.entries ?? { version: 0, total: 0, entries: [] };
  }

  /** @param {readonly number[]} tracks */
  add(tracks) {
    return this.#edit("insert", { tracks });
  }

  /** @param {readonly number[]} tracks @param {number} [before] */
  insert(tracks, before) {
    return this.#edit("insert", { tracks, before });
  }

  /** @param {string} query @param {number} [before] */
  addQuery(query, before) {
    return this.#edit("insertQuery", { query, before });
  }

  /** @param {readonly number[]} entries @param {number} [before] */
  move(entries, before) {
    return this.#edit("move", { entries, before });
  }

  /** @param {readonly number[]} entries */
  remove(entries) {
    return this.#edit("remove", { entries });
  }

  /** @param {string} name */
  rename(name) {
    return this.#edit("rename", { name });
  }

  /** @param {string} query @param {number} [limit] */
  setQuery(query, limit = 0) {
    return this.#edit("setQuery", { smart: { query, limit } });
  }

  delete() {
    return this.#edit("delete");
  }

  undo() {
    return this.#edit("undo");
  }

  /** @param {number} [start] */
  async play(start = 0) {
    await this.#link.player({ playPlaylist: { playlist: this.id, start } });
  }

  export() {
    return documentOf(this.#link, { playlist: { export: { playlist: this.id, folder: "" } } }, "audio/mpegurl");
  }
}
