// Handles of the folders that the visitor chose, kept in a database of their own: a worker's database holds bytes only.

/** @param {IDBRequest} request @returns {Promise<any>} */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Keeps handles where the browser can; elsewhere they last as long as the page. */
export class Handles {
  /** @type {IDBDatabase | undefined} */
  #database;
  /** @type {Map<string, FileSystemDirectoryHandle>} */
  #handles = new Map();

  /**
   * @param {string | undefined} name of the library; without one, nothing is kept
   */
  static async open(name) {
    const handles = new Handles();
    if (!name || !globalThis.indexedDB) return handles;
    try {
      const request = indexedDB.open(`${name}-handles`, 1);
      request.onupgradeneeded = () => request.result.createObjectStore("handles");
      const database = await done(request);
      database.onversionchange = () => database.close();
      handles.#database = database;
      await handles.read();
    } catch {
      // A private window may have no storage, and some browsers cannot store handles: they last as long as the page.
    }
    return handles;
  }

  /** Reads what other tabs have kept meanwhile. */
  async read() {
    try {
      const store = this.#database?.transaction("handles").objectStore("handles");
      if (!store) return;
      const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
      keys.forEach((/** @type {string} */ key, /** @type {number} */ at) => this.#handles.set(key, values[at]));
    } catch {
      // As in `open`.
    }
  }

  /** @param {string} key */
  get(key) {
    return this.#handles.get(key);
  }

  entries() {
    return this.#handles.entries();
  }

  /**
   * The key of a handle to the same folder, if there is one.
   *
   * @param {FileSystemDirectoryHandle} handle
   */
  async find(handle) {
    for (const [key, known] of this.#handles) {
      if (await known.isSameEntry(handle)) return key;
    }
    return undefined;
  }

  /**
   * @param {string} key
   * @param {FileSystemDirectoryHandle} handle
   */
  async put(key, handle) {
    this.#handles.set(key, handle);
    try {
      const store = this.#database?.transaction("handles", "readwrite").objectStore("handles");
      if (store) await done(store.put(handle, key));
    } catch {
      // As above.
    }
  }

  close() {
    this.#database?.close();
  }
}
