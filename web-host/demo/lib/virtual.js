// A scrolled list or grid of any length that keeps a screenful of elements and hands them from row to row.

/**
 * The tallest element that every browser can scroll: Firefox stops near 17.8 million pixels, Chromium near 33.
 * Longer lists are scrolled by proportion.
 */
const MOST_PIXELS = 15_000_000;

/** How long nothing has scrolled before the order of elements is put right, in milliseconds. */
const REST = 140;

/**
 * One element that shows one item at a time.
 *
 * @typedef {object} Cell
 * @property {HTMLElement} element
 * @property {(index: number) => void} show
 */

/**
 * @template {Cell} C
 * @typedef {object} VirtualOptions
 * @property {HTMLElement} viewport what scrolls
 * @property {HTMLElement} canvas its only child; positioned
 * @property {() => C} create
 * @property {(offset: number, limit: number) => void} ask wants these items; called sparingly
 * @property {() => void} [rested] nothing has scrolled for a moment
 */

/** @template {Cell} C */
export class Virtual {
  /** @type {VirtualOptions<C>} */
  #options;
  #total = 0;
  #rowHeight = 48;
  #columns = 1;
  #columnWidth = 0;
  #height = 0;
  /** Where the viewport's upper edge is in the whole list, in pixels. */
  #top = 0;
  /** The scroll position that `#top` belongs to. */
  #physical = 0;
  /** @type {Map<number, C>} */
  #shown = new Map();
  /** @type {C[]} */
  #free = [];
  #frame = 0;
  #resting = 0;
  #asked = { offset: 0, limit: 0 };
  #askedAt = 0;

  /** @param {VirtualOptions<C>} options */
  constructor(options) {
    this.#options = options;
    options.viewport.addEventListener("scroll", this.#scrolled, { passive: true });
  }

  get total() {
    return this.#total;
  }

  /** The cells on screen and a little around, in no order. */
  get cells() {
    return this.#shown;
  }

  get columns() {
    return this.#columns;
  }

  /** Whole rows in view; what Page Down moves by. */
  get page() {
    return Math.max(1, Math.floor(this.#height / this.#rowHeight));
  }

  /** The first item in view. */
  get first() {
    return Math.min(Math.round(this.#top / this.#rowHeight) * this.#columns, Math.max(0, this.#total - 1));
  }

  /** @param {number} total */
  setTotal(total) {
    if (total === this.#total) return;
    this.#total = total;
    this.#resize();
  }

  /** @param {{ rowHeight: number, columns?: number, columnWidth?: number, height: number }} size in pixels */
  layout({ rowHeight, columns = 1, columnWidth = 0, height }) {
    const first = this.first;
    // A viewport that was not displayed comes back at its top.
    const returned = this.#height === 0 && height > 0;
    const moved = rowHeight !== this.#rowHeight || columns !== this.#columns || columnWidth !== this.#columnWidth;
    this.#rowHeight = rowHeight;
    this.#columns = columns;
    this.#columnWidth = columnWidth;
    this.#height = height;
    this.#resize();
    if (returned) this.#settle();
    if (moved) {
      for (const [index, cell] of this.#shown) this.#place(cell, index);
      if (this.#total > 0) this.#moveTo(Math.floor(first / columns) * rowHeight);
    }
  }

  /** The viewport is not displayed: it has no size, and loses its scroll position. */
  suspend() {
    this.#height = 0;
  }

  /** Shows every cell anew: the items changed, or something about all of them. */
  refresh() {
    for (const [index, cell] of this.#shown) cell.show(index);
    this.schedule();
  }

  /** Starts again at the top, for another list. */
  reset() {
    this.#asked = { offset: 0, limit: 0 };
    this.#askedAt = 0;
    this.#moveTo(0);
  }

  schedule() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#render();
    });
  }

  /**
   * @param {number} index
   * @param {"nearest" | "start" | "center"} [where]
   */
  scrollTo(index, where = "nearest") {
    const y = Math.floor(index / this.#columns) * this.#rowHeight;
    if (where === "start") this.#moveTo(y);
    else if (where === "center") this.#moveTo(y - (this.#height - this.#rowHeight) / 2);
    else if (y < this.#top) this.#moveTo(y);
    else if (y + this.#rowHeight > this.#top + this.#height) this.#moveTo(y + this.#rowHeight - this.#height);
    // The caller may want the focus on the cell at once.
    this.#render();
  }

  close() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#resting);
    this.#options.viewport.removeEventListener("scroll", this.#scrolled);
  }

  get #length() {
    return Math.ceil(this.#total / this.#columns) * this.#rowHeight;
  }

  /** Pixels of the list for one pixel of the scroll bar, over its whole way. */
  get #scale() {
    const length = this.#length;
    if (length <= MOST_PIXELS) return 1;
    return (length - this.#height) / (MOST_PIXELS - this.#height);
  }

  #resize() {
    this.#options.canvas.style.height = `${Math.min(this.#length, MOST_PIXELS)}px`;
    const most = Math.max(0, this.#length - this.#height);
    if (this.#top > most) this.#moveTo(most);
    this.schedule();
  }

  /** @param {number} top */
  #moveTo(top) {
    this.#top = Math.max(0, Math.min(top, this.#length - this.#height));
    this.#settle();
    this.schedule();
  }

  /** Puts the scroll bar where `#top` is, in proportion. */
  #settle() {
    const { viewport } = this.#options;
    viewport.scrollTop = this.#top / this.#scale;
    this.#physical = viewport.scrollTop;
    if (this.#scale !== 1) for (const [index, cell] of this.#shown) this.#place(cell, index);
  }

  #scrolled = () => {
    const now = this.#options.viewport.scrollTop;
    const moved = now - this.#physical;
    const scale = this.#scale;
    // A wheel moves the list pixel by pixel, however long it is; the scroll bar's thumb moves it in proportion.
    const near = scale === 1 || Math.abs(moved) < 2 * this.#height;
    const most = Math.max(0, this.#length - this.#height);
    this.#top = Math.max(0, Math.min(most, near && scale !== 1 ? this.#top + moved : now * scale));
    this.#physical = now;
    if (!near) for (const [index, cell] of this.#shown) this.#place(cell, index);
    this.schedule();
    clearTimeout(this.#resting);
    this.#resting = window.setTimeout(this.#rest, REST);
  };

  #rest = () => {
    if (this.#scale !== 1) this.#settle();
    this.#order();
    this.#options.rested?.();
  };

  #render() {
    const overscan = 4;
    const rows = Math.ceil(this.#length / this.#rowHeight);
    const top = Math.floor(this.#top / this.#rowHeight);
    const from = Math.max(0, top - overscan) * this.#columns;
    const last = Math.min(rows, top + Math.ceil(this.#height / this.#rowHeight) + overscan + 1);
    const to = this.#height > 0 ? Math.min(this.#total, last * this.#columns) : from;
    for (const [index, cell] of this.#shown) {
      if (index >= from && index < to) continue;
      // The focus must not wander to another item with the element.
      if (cell.element.contains(document.activeElement)) this.#options.viewport.focus({ preventScroll: true });
      this.#shown.delete(index);
      this.#free.push(cell);
    }
    for (let index = from; index < to; index += 1) {
      if (this.#shown.has(index)) continue;
      let cell = this.#free.pop();
      if (!cell) {
        cell = this.#options.create();
        this.#options.canvas.append(cell.element);
      }
      cell.element.hidden = false;
      this.#shown.set(index, cell);
      this.#place(cell, index);
      cell.show(index);
    }
    for (const cell of this.#free) cell.element.hidden = true;
    this.#ask();
  }

  /**
   * @param {C} cell
   * @param {number} index
   */
  #place(cell, index) {
    const row = Math.floor(index / this.#columns);
    const y = row * this.#rowHeight - (this.#top - this.#physical) * (this.#scale === 1 ? 0 : 1);
    cell.element.style.transform = `translate(${(index % this.#columns) * this.#columnWidth}px, ${y}px)`;
  }

  /** Asks for a window around what is in view, when that comes near the edge of the one asked for. */
  #ask() {
    if (this.#height === 0) return;
    const seen = (Math.ceil(this.#height / this.#rowHeight) + 1) * this.#columns;
    const first = Math.floor(this.#top / this.#rowHeight) * this.#columns;
    const around = Math.max(2 * this.#columns, seen);
    const { offset, limit } = this.#asked;
    const spare = around / 2;
    const start = Math.max(0, first - around);
    const size = first + seen + around - start;
    const inside = (first - spare >= offset || offset === 0) && first + seen + spare <= offset + limit;
    if (inside) return;
    // While the thumb is dragged through the whole list, most windows would be gone before they are here.
    const now = performance.now();
    if (now - this.#askedAt < 40) {
      this.schedule();
      return;
    }
    this.#askedAt = now;
    this.#asked = { offset: start, limit: size };
    this.#options.ask(start, size);
  }

  /** Puts the elements in the order of their items, for those who read the page in order, around the one in focus. */
  #order() {
    const { canvas } = this.#options;
    const sorted = [...this.#shown].sort(([a], [b]) => a - b).map(([, cell]) => cell.element);
    const present = [...canvas.children].filter((child) => !(/** @type {HTMLElement} */ (child).hidden));
    if (sorted.every((element, at) => element === present[at])) return;
    const fixed = sorted.find((element) => element.contains(document.activeElement)) ?? null;
    let after = fixed === null;
    for (const element of sorted) {
      if (element === fixed) after = true;
      else if (after) canvas.append(element);
      else canvas.insertBefore(element, fixed);
    }
  }
}
