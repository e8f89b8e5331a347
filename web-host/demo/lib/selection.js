// Which tracks are selected: some by their ids, or all but some.

export class Selection extends EventTarget {
  #all = false;
  /** @type {Set<number>} the selected, or with `#all` those that are not */
  #ids = new Set();

  get isAll() {
    return this.#all;
  }

  /** @param {number} total tracks there are */
  size(total) {
    return this.#all ? total - this.#ids.size : this.#ids.size;
  }

  /** @param {number} id */
  has(id) {
    return this.#ids.has(id) !== this.#all;
  }

  /** The selected ids, unless all are. */
  get ids() {
    return [...this.#ids];
  }

  clear() {
    if (!this.#all && this.#ids.size === 0) return;
    this.#all = false;
    this.#ids.clear();
    this.#changed();
  }

  all() {
    this.#all = true;
    this.#ids.clear();
    this.#changed();
  }

  /** @param {number[]} ids */
  only(ids) {
    this.#all = false;
    this.#ids = new Set(ids);
    this.#changed();
  }

  /** @param {number} id */
  toggle(id) {
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
