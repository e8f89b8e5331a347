// One row of the track list. It outlives its track: scrolling hands it from one to the next.

import { h, setAttribute, setText } from "../lib/dom.js";
import { format, time } from "../lib/format.js";
import { icon, setIcon } from "../lib/icons.js";
import { CoverArt } from "./cover-art.js";

/** @typedef {import("../../js/segue.js").Track} Track */

/**
 * @typedef {object} RowState
 * @property {boolean} selected
 * @property {boolean} active takes part in the tab order
 * @property {"" | "playing" | "paused"} current whether it is the track in the player
 * @property {boolean} moving the list scrolls: covers can wait
 */

/**
 * @param {number} column
 * @param {string} name
 * @param {...Node} children
 */
const cell = (column, name, ...children) =>
  h("div", { role: "gridcell", "aria-colindex": column, class: `cell cell-${name}` }, ...children);

export class TrackRow {
  index = -1;
  /** @type {Track | undefined} */
  track;

  #number = h("span", { class: "row-number" });
  #playIcon = icon("play");
  #play = h(
    "button",
    { type: "button", tabindex: -1, class: "row-play", "data-action": "play" },
    this.#playIcon,
    h("span", { class: "bars", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
  );
  #cover = new CoverArt();
  #title = h("span", { class: "row-title" });
  #subtitleArtist = h("span");
  #subtitleAlbum = h("span", { class: "row-subtitle-album" });
  #subtitle = h("span", { class: "row-subtitle" }, this.#subtitleArtist, this.#subtitleAlbum);
  #artist = h("span", { class: "row-link", "data-action": "artist" });
  #album = h("span", { class: "row-link", "data-action": "album" });
  #year = document.createTextNode("");
  #format = h("span", { class: "chip" });
  #rating = h("span", { class: "stars" });
  #time = document.createTextNode("");

  element = h(
    "div",
    { role: "row", class: "row", tabindex: -1 },
    cell(1, "number", this.#number, this.#play),
    cell(2, "title", this.#cover, h("span", { class: "row-titles" }, this.#title, this.#subtitle)),
    cell(3, "artist", this.#artist),
    cell(4, "album", this.#album),
    cell(5, "year", this.#year),
    cell(6, "format", this.#format),
    cell(7, "rating", this.#rating),
    cell(8, "time", this.#time),
    cell(
      9,
      "more",
      h(
        "button",
        {
          type: "button",
          tabindex: -1,
          class: "icon-button",
          "data-action": "more",
          "aria-label": "More",
          "aria-haspopup": "menu",
        },
        icon("more"),
      ),
    ),
  );

  /**
   * @param {number} index
   * @param {Track | undefined} track undefined: not here yet
   * @param {RowState} state
   * @param {string} number what stands in the first column
   */
  set(index, track, state, number) {
    const { element } = this;
    if (index !== this.index) {
      this.index = index;
      element.setAttribute("aria-rowindex", String(index + 2));
      element.classList.toggle("odd", index % 2 === 1);
    }
    setText(this.#number, number);
    if (track !== this.track || track === undefined) this.#write(track);
    this.#cover.show(
      { artworkId: track?.artworkId, title: track?.album ?? track?.title, seed: track?.albumId ?? 0 },
      { later: state.moving },
    );
    setAttribute(element, "aria-selected", String(state.selected));
    setAttribute(element, "tabindex", state.active ? "0" : "-1");
    setAttribute(element, "aria-current", state.current ? "true" : null);
    if (element.dataset.current !== state.current) {
      element.dataset.current = state.current;
      setIcon(this.#playIcon, state.current === "playing" ? "pause" : "play");
    }
    const verb = state.current === "playing" ? "Pause" : "Play";
    setAttribute(this.#play, "aria-label", track ? `${verb} ${track.title}` : verb);
  }

  /** Asks for the cover, now that the list rests. */
  rest() {
    if (this.track?.artworkId) void this.#cover.load();
  }

  /** @param {Track | undefined} track */
  #write(track) {
    this.track = track;
    this.element.classList.toggle("waiting", track === undefined);
    setAttribute(this.element, "aria-busy", track ? null : "true");
    const artist = track?.artist ?? track?.albumArtist ?? "";
    setText(this.#title, track?.title ?? "");
    setText(this.#subtitleArtist, artist);
    setText(this.#subtitleAlbum, track?.album ? `${artist ? " · " : ""}${track.album}` : "");
    setText(this.#artist, artist);
    setText(this.#album, track?.album ?? "");
    this.#year.data = track?.year ? String(track.year) : "";
    setText(this.#format, track ? format(track) : "");
    const stars = track?.rating ?? 0;
    setText(this.#rating, "★".repeat(stars));
    setAttribute(this.#rating, "aria-label", stars ? `${stars} of 5 stars` : null);
    if (stars) this.#rating.setAttribute("role", "img");
    else this.#rating.removeAttribute("role");
    this.#time.data = track?.durationMs === undefined ? "" : time(track.durationMs);
  }
}
