// <album-grid>: covers in rows, as many as fit, of which only those near the view exist.

import { app } from "../lib/app.js";
import { h, setAttribute, setText } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { hrefOf } from "../lib/route.js";
import { Virtual } from "../lib/virtual.js";
import { CoverArt } from "./cover-art.js";

/** @typedef {import("../../js/segue.js").Album} Album */
/** @typedef {import("../../js/segue.js").AlbumView} AlbumView */

/** The order of an album's tracks. */
export const ALBUM_ORDER = "disc,track,title";

class AlbumTile {
  /** @type {Album | undefined} */
  album;
  index = -1;
  #cover = new CoverArt();
  #title = h("span", { class: "tile-title" });
  #artist = h("span", { class: "tile-artist" });
  link = h("a", { class: "tile-link", tabindex: -1 }, this.#cover, this.#title, this.#artist);
  #play = h(
    "button",
    { type: "button", class: "tile-play", tabindex: -1, onclick: () => this.album && void playAlbum(this.album) },
    icon("play"),
  );
  element = h("div", { class: "tile", role: "listitem" }, this.link, this.#play);

  /**
   * @param {number} index
   * @param {Album | undefined} album
   * @param {{ active: boolean, total: number, moving: boolean }} state
   */
  set(index, album, { active, total, moving }) {
    this.index = index;
    setAttribute(this.element, "aria-posinset", String(index + 1));
    setAttribute(this.element, "aria-setsize", String(total));
    setAttribute(this.link, "tabindex", active ? "0" : "-1");
    this.#cover.show(
      { artworkId: album?.artworkId, title: album?.title, seed: album?.id ?? 0, color: album?.placeholderColor },
      { later: moving },
    );
    if (album === this.album && album) return;
    this.album = album;
    this.element.classList.toggle("waiting", album === undefined);
    setText(this.#title, album?.title ?? "");
    const artist = album?.albumArtist ?? "Various artists";
    setText(this.#artist, album ? (album.year ? `${artist} · ${album.year}` : artist) : "");
    setAttribute(this.link, "href", album ? hrefOf({ page: "album", album: album.id }) : null);
    setAttribute(this.#play, "aria-label", album ? `Play ${album.title}` : "Play");
  }

  rest() {
    if (this.album?.artworkId) void this.#cover.load();
  }
}

/**
 * Plays an album from its first track or a given one.
 *
 * @param {Album} album
 */
export async function playAlbum(album) {
  const query = { albumId: album.id, sort: ALBUM_ORDER };
  await app.tried(app.segue.player.play({ query, start: 0 }), `${album.title} cannot be played`);
}

export class AlbumGrid extends HTMLElement {
  /** @type {AlbumView | undefined} */
  #view;
  #canvas = h("div", { class: "canvas", role: "list", "aria-label": "Albums" });
  #viewport = h("div", { class: "viewport", tabindex: "-1" }, this.#canvas);
  /** @type {Virtual<AlbumTile & import("../lib/virtual.js").Cell>} */
  #virtual;
  #active = 0;
  #moving = false;
  #startAt = 0;
  #resize = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.#virtual = new Virtual({
      viewport: this.#viewport,
      canvas: this.#canvas,
      create: () => {
        const tile = new AlbumTile();
        return Object.assign(tile, { show: (/** @type {number} */ index) => this.#show(tile, index) });
      },
      ask: (offset, limit) => this.#view?.setWindow(offset, limit),
      rested: () => {
        this.#moving = false;
        for (const tile of this.#virtual.cells.values()) tile.rest();
        this.dispatchEvent(new Event("rested"));
      },
    });
    this.#viewport.addEventListener("scroll", () => (this.#moving = true), { passive: true });
    this.#canvas.addEventListener("keydown", this.#pressed);
  }

  connectedCallback() {
    if (!this.firstChild) this.append(this.#viewport);
    this.#resize.observe(this.#viewport);
  }

  disconnectedCallback() {
    this.#resize.disconnect();
    this.#view?.close();
    this.#view = undefined;
  }

  get view() {
    return this.#view;
  }

  get firstRow() {
    return this.#virtual.first;
  }

  /**
   * @param {string} query
   * @param {number} [at] the album to begin with
   */
  show(query, at = 0) {
    this.#active = at;
    this.#startAt = at;
    if (this.#view) {
      this.#view.setQuery(query);
    } else {
      this.#view = app.segue.albums(query, { offset: at, limit: 60 });
      this.#view.addEventListener("change", this.#changed);
    }
    this.#virtual.reset();
  }

  focusRow() {
    this.#focus(this.#active);
  }

  #changed = () => {
    const view = this.#view;
    if (!view) return;
    setAttribute(this, "aria-busy", view.ready ? null : "true");
    this.#virtual.setTotal(view.total);
    if (this.#startAt > 0 && view.ready && view.total > 0) {
      this.#virtual.scrollTo(Math.min(this.#startAt, view.total - 1), "start");
      this.#startAt = 0;
    }
    this.#virtual.refresh();
    this.dispatchEvent(new Event("change"));
  };

  /**
   * @param {AlbumTile} tile
   * @param {number} index
   */
  #show(tile, index) {
    const view = this.#view;
    const album = view?.rows[index - view.offset];
    tile.set(index, album, { active: index === this.#active, total: view?.total ?? 0, moving: this.#moving });
  }

  #measure() {
    const { clientWidth, clientHeight, offsetWidth } = this.#viewport;
    if (clientHeight === 0) return this.#virtual.suspend();
    this.style.setProperty("--scrollbar", `${offsetWidth - clientWidth}px`);
    const style = getComputedStyle(this);
    const least = Number.parseFloat(style.getPropertyValue("--tile-least")) || 180;
    const columns = Math.max(2, Math.floor(clientWidth / least));
    const columnWidth = clientWidth / columns;
    const caption = Number.parseFloat(style.getPropertyValue("--tile-caption")) || 60;
    this.style.setProperty("--tile", `${columnWidth}px`);
    this.#virtual.layout({ rowHeight: Math.round(columnWidth + caption), columns, columnWidth, height: clientHeight });
  }

  /** @param {number} index */
  #focus(index) {
    const total = this.#view?.total ?? 0;
    this.#active = Math.max(0, Math.min(index, total - 1));
    this.#virtual.refresh();
    this.#virtual.scrollTo(this.#active);
    this.#virtual.cells.get(this.#active)?.link.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #pressed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const { columns, page } = this.#virtual;
    const total = this.#view?.total ?? 0;
    /** @type {Record<string, number>} */
    const targets = {
      ArrowRight: this.#active + 1,
      ArrowLeft: this.#active - 1,
      ArrowDown: this.#active + columns,
      ArrowUp: this.#active - columns,
      PageDown: this.#active + columns * page,
      PageUp: this.#active - columns * page,
      Home: 0,
      End: total - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#focus(target);
  };
}

customElements.define("album-grid", AlbumGrid);
