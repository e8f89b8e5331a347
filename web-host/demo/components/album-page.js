// <album-page>: one album, its cover and its tracks.

import * as actions from "../lib/actions.js";
import { app } from "../lib/app.js";
import { h, fill } from "../lib/dom.js";
import { count, span } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { condition, hrefOf } from "../lib/route.js";
import { ALBUM_ORDER } from "./album-grid.js";
import { CoverArt } from "./cover-art.js";
import { TrackList } from "./track-list.js";

/** @typedef {import("../../js/segue.js").Track} Track */

export class AlbumPage extends HTMLElement {
  #album = 0;
  #cover = new CoverArt();
  #tint = new CoverArt();
  #text = h("div", { class: "album-text" });
  #head = h("header", { class: "album-head" }, this.#tint, this.#cover, this.#text);
  #list = new TrackList();
  #written = "";

  connectedCallback() {
    if (this.firstChild) return;
    this.#tint.className = "album-tint";
    this.#list.setAttribute("album", "");
    this.#list.setAttribute("aria-label", "Tracks of the album");
    this.append(this.#head, this.#list);
    this.#list.addEventListener("change", () => this.#write());
  }

  get list() {
    return this.#list;
  }

  /** @param {number} album */
  show(album) {
    if (album === this.#album) return;
    this.#album = album;
    this.#written = "";
    fill(this.#text, h("h1", { class: "waiting-text" }, " "));
    this.#list.show({ albumId: album, sort: ALBUM_ORDER });
  }

  focusRow() {
    this.#list.focusRow();
  }

  #write() {
    const view = this.#list.view;
    if (!view?.ready) return;
    const first = view.rows[0];
    const duration = view.rows.reduce((sum, track) => sum + (track.durationMs ?? 0), 0);
    const key = JSON.stringify([first?.album, first?.albumArtist, first?.year, first?.artworkId, view.total, duration]);
    if (key === this.#written) return;
    this.#written = key;
    if (!first) {
      fill(
        this.#text,
        h("h1", null, "This album is not in the library"),
        h("p", null, h("a", { class: "button", href: hrefOf({ page: "albums" }) }, "All albums")),
      );
      return;
    }
    const title = first.album ?? "Unknown album";
    const artist = first.albumArtist ?? (first.compilation ? "Various artists" : first.artist) ?? "Unknown artist";
    const whole = view.rows.length === view.total;
    const facts = [first.year, count(view.total, "track"), whole && duration ? span(duration) : ""];
    for (const art of [this.#tint, this.#cover]) art.show({ artworkId: first.artworkId, title, seed: this.#album });
    const query = { albumId: this.#album, sort: ALBUM_ORDER };
    fill(
      this.#text,
      h("a", { class: "back", href: hrefOf({ page: "albums" }) }, icon("back"), "Albums"),
      h("h1", null, title),
      h(
        "p",
        { class: "album-artist" },
        first.compilation
          ? artist
          : h("a", { href: hrefOf({ page: "tracks", query: condition("artist", artist), sort: "" }) }, artist),
      ),
      h("p", { class: "album-facts" }, facts.filter(Boolean).join(" · ")),
      h(
        "p",
        { class: "album-actions" },
        h(
          "button",
          {
            type: "button",
            class: "button primary",
            onclick: () => void app.tried(app.segue.player.play({ query, start: 0 }), "It cannot be played"),
          },
          icon("play"),
          "Play album",
        ),
        h(
          "button",
          {
            type: "button",
            class: "button",
            onclick: async () => {
              const ids = await app.tried(actions.idsOf(query, 0, view.total));
              if (ids) await actions.append(ids);
            },
          },
          icon("append"),
          "Add to queue",
        ),
      ),
    );
  }
}

customElements.define("album-page", AlbumPage);
