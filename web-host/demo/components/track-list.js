// <track-list>: a result of any length as an ARIA grid, with selection, sorting and a menu on each row.

import * as actions from "../lib/actions.js";
import { app } from "../lib/app.js";
import { h, setAttribute } from "../lib/dom.js";
import { count, number } from "../lib/format.js";
import { USUAL_TRACKS, firstSort, goSorted } from "../lib/route.js";
import { Selection } from "../lib/selection.js";
import { Virtual } from "../lib/virtual.js";
import { openTrackMenu } from "./track-menu.js";
import { TrackRow } from "./track-row.js";

/** @typedef {import("../../js/segue.js").Track} Track */
/** @typedef {import("../../js/segue.js").View} View */
/** @typedef {import("../../js/segue.js").TrackFilter} TrackFilter */

/** @type {[name: string, label: string, sort: string][]} */
const COLUMNS = [
  ["number", "#", ""],
  ["title", "Title", "title"],
  ["artist", "Artist", "artist"],
  ["album", "Album", "album"],
  ["year", "Year", "year"],
  ["format", "Format", "codec"],
  ["rating", "Rating", "rating"],
  ["time", "Time", "duration"],
  ["more", "Actions", ""],
];

/** The order in which a first click sorts: the newest, the best and the longest first. */
const DESCENDING = new Set(["year", "rating", "duration"]);

export class TrackList extends HTMLElement {
  /** @type {View | undefined} */
  #view;
  /** @type {string | TrackFilter} */
  #query = "";
  #header = h("div", { role: "row", class: "row-header", "aria-rowindex": "1" });
  #canvas = h("div", { class: "canvas", role: "presentation" });
  #viewport = h("div", { class: "viewport", role: "rowgroup", tabindex: "0" }, this.#canvas);
  #selection = new Selection();
  /** @type {Virtual<TrackRow & import("../lib/virtual.js").Cell>} */
  #virtual;
  #active = 0;
  /** Where a range of selected rows begins. */
  #anchor = 0;
  #moving = false;
  #resize = new ResizeObserver(() => this.#measure());
  /** @type {(() => void)[]} */
  #off = [];

  constructor() {
    super();
    this.#virtual = new Virtual({
      viewport: this.#viewport,
      canvas: this.#canvas,
      create: () => {
        const row = new TrackRow();
        return Object.assign(row, { show: (/** @type {number} */ index) => this.#show(row, index) });
      },
      ask: (offset, limit) => this.#view?.setWindow(offset, limit),
      rested: () => {
        this.#moving = false;
        for (const row of this.#virtual.cells.values()) row.rest();
        this.dispatchEvent(new Event("rested"));
      },
    });
    this.#viewport.addEventListener("scroll", () => (this.#moving = true), { passive: true });
    this.#viewport.addEventListener("keydown", this.#pressed);
    this.#viewport.addEventListener("click", this.#clicked);
    this.#viewport.addEventListener("dblclick", this.#doubleClicked);
    this.#viewport.addEventListener("contextmenu", this.#asksForMenu);
    this.#selection.addEventListener("change", () => {
      this.#virtual.refresh();
      this.dispatchEvent(new Event("selection"));
    });
  }

  connectedCallback() {
    setAttribute(this, "role", "grid");
    setAttribute(this, "aria-multiselectable", "true");
    setAttribute(this, "aria-colcount", String(COLUMNS.length));
    if (!this.firstChild) {
      this.append(h("div", { role: "rowgroup", class: "header-group" }, this.#header), this.#viewport);
      this.#writeHeader();
    }
    this.#resize.observe(this.#viewport);
    this.#off = [
      app.segue.on("Player.State", () => this.#virtual.refresh()),
      app.segue.on("Sync.Complete", () => this.#virtual.refresh()),
    ];
  }

  disconnectedCallback() {
    this.#resize.disconnect();
    for (const off of this.#off) off();
    this.#view?.close();
    this.#view = undefined;
  }

  /** What the list shows; undefined before {@link show}. */
  get view() {
    return this.#view;
  }

  /** How many tracks are selected. */
  get selected() {
    return this.#selection.size(this.#view?.total ?? 0);
  }

  get firstRow() {
    return this.#virtual.first;
  }

  /**
   * Shows another result, from its top or a given row.
   *
   * @param {string | TrackFilter} query
   * @param {number} [row]
   */
  show(query, row = 0) {
    this.#query = query;
    this.#active = row;
    this.#anchor = row;
    this.#selection.clear();
    if (this.#view) {
      this.#view.setQuery(query);
    } else {
      this.#view = app.segue.view(query, { offset: row, limit: 80 });
      this.#view.addEventListener("change", this.#changed);
    }
    this.#startRow = row;
    this.#virtual.reset();
    this.#writeHeader();
  }

  /** The row to begin with, once the length is known. */
  #startRow = 0;

  clearSelection() {
    this.#selection.clear();
  }

  /** The ids of the selected tracks, in the order of the list. */
  async selectedIds() {
    if (!this.#selection.isAll) {
      const ids = new Set(this.#selection.ids);
      // Those in view are in order; what was selected elsewhere follows in the order of selecting.
      const seen = (this.#view?.rows ?? []).map((track) => track.id).filter((id) => ids.delete(id));
      return [...seen, ...ids];
    }
    const ids = await actions.idsOf(this.#query, 0, this.#view?.total ?? 0);
    return ids.filter((id) => this.#selection.has(id));
  }

  /** Gives the focus to the row that takes part in the tab order. */
  focusRow() {
    this.#focus(this.#active);
  }

  /**
   * Scrolls to a track, however far down it stands.
   *
   * @param {number} id
   * @returns {Promise<boolean>} whether it is in this list
   */
  async reveal(id) {
    const view = this.#view;
    const index = view ? await view.indexOf(id) : -1;
    if (index < 0 || view !== this.#view) return false;
    this.#active = index;
    this.#anchor = index;
    this.#startRow = 0;
    this.#virtual.scrollTo(index, "center");
    this.#virtual.refresh();
    return true;
  }

  #changed = () => {
    const view = this.#view;
    if (!view) return;
    setAttribute(this, "aria-rowcount", String(view.total + 1));
    setAttribute(this, "aria-busy", view.ready ? null : "true");
    if (this.#active >= view.total) this.#active = Math.max(0, view.total - 1);
    this.#virtual.setTotal(view.total);
    if (this.#startRow > 0 && view.ready && view.total > 0) {
      this.#virtual.scrollTo(Math.min(this.#startRow, view.total - 1), "start");
      this.#startRow = 0;
    }
    this.#virtual.refresh();
    this.dispatchEvent(new Event("change"));
  };

  /**
   * @param {number} index
   * @returns {Track | undefined}
   */
  #trackAt(index) {
    const view = this.#view;
    return view?.rows[index - view.offset];
  }

  /**
   * @param {TrackRow} row
   * @param {number} index
   */
  #show(row, index) {
    const track = this.#trackAt(index);
    const { player } = app.segue;
    const current = track !== undefined && player.track?.id === track.id;
    const playing = player.state === "playing" || player.state === "buffering";
    row.set(
      index,
      track,
      {
        selected: track !== undefined && this.#selection.has(track.id),
        active: index === this.#active,
        current: current ? (playing ? "playing" : "paused") : "",
        moving: this.#moving,
      },
      this.#numberOf(index, track),
    );
  }

  /**
   * @param {number} index
   * @param {Track | undefined} track
   */
  #numberOf(index, track) {
    if (!this.hasAttribute("album")) return number(index + 1);
    if (!track?.track) return "";
    const discs = (track.discTotal ?? track.disc ?? 1) > 1;
    return discs ? `${track.disc ?? 1}.${String(track.track).padStart(2, "0")}` : String(track.track);
  }

  #writeHeader() {
    const sort = firstSort(app.route, USUAL_TRACKS);
    const sortable = !this.hasAttribute("album");
    this.#header.replaceChildren(
      ...COLUMNS.map(([name, label, key], at) => {
        const direction = key && sort === key ? "ascending" : key && sort === `-${key}` ? "descending" : "none";
        const content =
          key && sortable
            ? h(
                "button",
                {
                  type: "button",
                  class: "sort-button",
                  onclick: () => this.#sort(key, direction),
                },
                label,
                direction !== "none" && h("span", { class: `sort-mark ${direction}`, "aria-hidden": "true" }),
              )
            : name === "time"
              ? label
              : h("span", { class: name === "more" ? "hidden-text" : "" }, label);
        const attributes = { role: "columnheader", "aria-colindex": at + 1, class: `cell cell-${name}` };
        const sorted = key && sortable ? { "aria-sort": direction } : {};
        const named = name === "number" ? { "aria-label": "Number" } : {};
        return h("div", { ...attributes, ...sorted, ...named }, content);
      }),
    );
  }

  /**
   * @param {string} key
   * @param {string} direction the present one
   */
  #sort(key, direction) {
    const descending = direction === "none" ? DESCENDING.has(key) : direction === "ascending";
    goSorted(`${descending ? "-" : ""}${key}`);
    const label = COLUMNS.find(([, , sort]) => sort === key)?.[1] ?? key;
    app.announce(`Sorted by ${label}, ${descending ? "descending" : "ascending"}`);
    // The header was written anew: the focus goes back to the button that was pressed.
    for (const button of this.#header.querySelectorAll("button")) {
      if (button.textContent === label) button.focus();
    }
  }

  #measure() {
    const style = getComputedStyle(this);
    const rowHeight = Number.parseFloat(style.getPropertyValue("--row-height")) || 48;
    const { clientHeight, clientWidth, offsetWidth } = this.#viewport;
    if (clientHeight === 0) return this.#virtual.suspend();
    this.style.setProperty("--scrollbar", `${offsetWidth - clientWidth}px`);
    this.#virtual.layout({ rowHeight, height: clientHeight });
  }

  /** @param {number} index */
  #play(index) {
    void app.tried(app.segue.player.play({ query: this.#query, start: index }), "It cannot be played");
  }

  /** @param {number} index */
  #activate(index) {
    const total = this.#view?.total ?? 0;
    this.#active = Math.max(0, Math.min(index, total - 1));
    this.#virtual.refresh();
  }

  /** @param {number} index */
  #focus(index) {
    this.#activate(index);
    this.#virtual.scrollTo(this.#active);
    this.#virtual.cells.get(this.#active)?.element.focus({ preventScroll: true });
  }

  /** @param {number} to */
  async #selectTo(to) {
    const [first, last] = to < this.#anchor ? [to, this.#anchor] : [this.#anchor, to];
    const present = [];
    for (let index = first; index <= last; index += 1) {
      const track = this.#trackAt(index);
      if (!track) break;
      present.push(track.id);
    }
    const ids =
      present.length === last - first + 1
        ? present
        : await app.tried(actions.idsOf(this.#query, first, last - first + 1), "They cannot be selected");
    if (ids) this.#selection.only(ids);
  }

  /** @param {KeyboardEvent} event */
  #pressed = (event) => {
    const { key, shiftKey } = event;
    const control = event.ctrlKey || event.metaKey;
    const total = this.#view?.total ?? 0;
    if (total === 0 || event.altKey) return;
    const page = this.#virtual.page;
    /** @type {Record<string, number>} */
    const targets = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + page,
      PageUp: this.#active - page,
      Home: 0,
      End: total - 1,
    };
    const target = targets[key];
    if (target !== undefined) {
      const to = Math.max(0, Math.min(target, total - 1));
      this.#focus(to);
      if (shiftKey) void this.#selectTo(to);
      else this.#anchor = to;
    } else if (key === "Enter") {
      if (event.target instanceof HTMLButtonElement) return;
      this.#play(this.#active);
    } else if (key === " " && (control || shiftKey)) {
      const track = this.#trackAt(this.#active);
      if (track) this.#selection.toggle(track.id);
    } else if (control && key.toLowerCase() === "a") {
      this.#selection.all();
      app.announce(`All ${count(total, "track")} selected`);
    } else if (key === "Escape" && this.selected > 0) {
      this.#selection.clear();
    } else if (key === "ContextMenu" || (key === "F10" && shiftKey)) {
      this.#openMenu(this.#active);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  /** @param {Event} event */
  #rowOf(event) {
    const element = event.target instanceof Element ? event.target.closest('[role="row"]') : null;
    for (const row of this.#virtual.cells.values()) if (row.element === element) return row;
    return undefined;
  }

  /** @param {MouseEvent} event */
  #clicked = (event) => {
    const row = this.#rowOf(event);
    if (!row?.track) return;
    const { track, index } = row;
    const action = event.target instanceof Element ? event.target.closest("[data-action]") : null;
    const name = action instanceof HTMLElement ? action.dataset.action : undefined;
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (name === "play" && row.element.dataset.current) {
      void app.tried(app.segue.player.toggle());
    } else if (name === "play") {
      this.#play(index);
    } else if (name === "more") {
      this.#activate(index);
      this.#openMenu(index, action?.getBoundingClientRect());
    } else if (name === "artist" && plain) {
      actions.goToArtist(track);
    } else if (name === "album" && plain) {
      actions.goToAlbum(track);
    } else if (event.shiftKey) {
      this.#focus(index);
      void this.#selectTo(index);
    } else if (!plain) {
      this.#anchor = index;
      this.#focus(index);
      this.#selection.toggle(track.id);
    } else if (/** @type {PointerEvent} */ (event).pointerType === "touch") {
      this.#play(index);
    } else {
      this.#anchor = index;
      this.#focus(index);
      this.#selection.only([track.id]);
    }
  };

  /** @param {MouseEvent} event */
  #doubleClicked = (event) => {
    const row = this.#rowOf(event);
    if (!row?.track || (event.target instanceof Element && event.target.closest("[data-action]"))) return;
    this.#play(row.index);
  };

  /** @param {MouseEvent} event */
  #asksForMenu = (event) => {
    const row = this.#rowOf(event);
    if (!row?.track) return;
    event.preventDefault();
    this.#focus(row.index);
    this.#openMenu(row.index, new DOMRect(event.clientX, event.clientY, 0, 0));
  };

  /**
   * @param {number} index
   * @param {DOMRect} [at] the row, if not given
   */
  #openMenu(index, at) {
    const row = this.#virtual.cells.get(index);
    const track = this.#trackAt(index);
    if (!row || !track) return;
    if (!this.#selection.has(track.id)) this.#selection.only([track.id]);
    const many = this.selected > 1;
    openTrackMenu({
      track,
      count: this.selected,
      at: at ?? row.element.getBoundingClientRect(),
      ids: () => (many ? this.selectedIds() : Promise.resolve([track.id])),
      play: () => this.#play(index),
      closed: () => this.#focus(index),
      inAlbum: this.hasAttribute("album"),
    });
  }
}

customElements.define("track-list", TrackList);
