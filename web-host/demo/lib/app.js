// What the components share: the library, where the visitor is, and ways to tell something.

/**
 * @typedef {object} Route
 * @property {"tracks" | "albums" | "album"} page
 * @property {number} album the album of the page `album`, else 0
 * @property {string} query as typed
 * @property {string} sort as chosen by a header, in the form that follows `sort:`; empty for the usual order
 */

/**
 * @typedef {object} Toast
 * @property {string} message
 * @property {"info" | "error"} [kind]
 * @property {{ label: string, run: () => void }} [action]
 */

class App extends EventTarget {
  /** @type {import("../../js/segue.js").Segue | undefined} */
  #segue;

  /** @type {Route} */
  route = { page: "tracks", album: 0, query: "", sort: "" };

  /** The library; there before any component is. */
  get segue() {
    if (!this.#segue) throw new Error("the library is not open yet");
    return this.#segue;
  }

  set segue(segue) {
    this.#segue = segue;
  }

  /** @param {Toast} toast */
  toast(toast) {
    this.dispatchEvent(new CustomEvent("toast", { detail: toast }));
  }

  /**
   * Tells those who listen and do not look.
   *
   * @param {string} message
   */
  announce(message) {
    this.dispatchEvent(new CustomEvent("announce", { detail: message }));
  }

  /**
   * Waits for something a visitor asked for and says so when it fails.
   *
   * @template T
   * @param {Promise<T>} work
   * @param {string} [what] `The folder could not be added`
   * @returns {Promise<T | undefined>}
   */
  async tried(work, what) {
    try {
      return await work;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.toast({ kind: "error", message: what ? `${what}: ${reason}` : reason });
      return undefined;
    }
  }

  /** @param {"queue" | "library" | "playlists" | ""} panel nothing closes the one that is open */
  showPanel(panel) {
    this.dispatchEvent(new CustomEvent("panel", { detail: { panel, toggle: false } }));
  }

  /** @param {"queue" | "library" | "playlists"} panel shown, or closed if it is the one that is open */
  togglePanel(panel) {
    this.dispatchEvent(new CustomEvent("panel", { detail: { panel, toggle: true } }));
  }
}

export const app = new App();
