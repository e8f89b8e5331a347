// <playlists-panel>: the playlists, what is in the one that is open, and where to put chosen tracks.

import { app } from "../lib/app.js";
import { fill, h, iconButton, setText } from "../lib/dom.js";
import { count, number, span, time } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { activate, itemAt } from "../lib/roving.js";

/** @typedef {import("../../js/segue.js").PlaylistInfo} PlaylistInfo */
/** @typedef {import("../../js/segue.js").PlaylistEntry} PlaylistEntry */

/** Entries that are shown at once; of a longer playlist there is a button for more. */
const STEP = 200;

export class PlaylistsPanel extends HTMLElement {
  #title = h("h2", { tabindex: "-1" }, "Playlists");
  #back = iconButton("All playlists", "back", () => this.#open(0));
  #summary = h("p", { class: "panel-summary" });
  #tools = h("div", { class: "playlist-tools" });
  #list = h("ol", { class: "queue playlist-list" });
  #file = h("input", { type: "file", accept: ".m3u,.m3u8,audio/x-mpegurl,audio/mpegurl", "aria-label": "Playlist file", hidden: true, onchange: () => this.#import() });
  /** The playlist whose entries are shown; 0 for the list of all. */
  #playlist = 0;
  /** Tracks that wait to be put into a playlist. @type {number[]} */
  #chosen = [];
  /** @type {PlaylistEntry[]} */
  #entries = [];
  #total = 0;
  #limit = STEP;
  #active = 0;
  #asked = 0;
  #written = "";

  connectedCallback() {
    if (this.firstChild) return;
    this.setAttribute("role", "complementary");
    this.setAttribute("aria-label", "Playlists");
    this.append(
      h(
        "div",
        { class: "panel-head" },
        this.#back,
        this.#title,
        iconButton("Close the playlists", "close", () => this.#close()),
      ),
      this.#summary,
      this.#tools,
      this.#list,
      this.#file,
    );
    this.#list.addEventListener("keydown", this.#pressed);
    app.segue.on("Playlists", () => this.update());
  }

  /** Asks which playlist these tracks belong in. @param {number[]} ids */
  choose(ids) {
    this.#chosen = ids;
    this.#open(0);
    this.#title.focus();
  }

  /** Shows what there is; does nothing while the panel is hidden. */
  update() {
    if (this.hidden) return;
    if (this.#playlist && !this.#known()) this.#playlist = 0;
    if (this.#playlist) void this.#writeEntries();
    else this.#writeAll();
  }

  #known() {
    return app.segue.playlists().find(({ id }) => id === this.#playlist);
  }

  /** @param {number} playlist */
  #open(playlist) {
    this.#playlist = playlist;
    this.#limit = STEP;
    this.#active = 0;
    this.#written = "";
    this.update();
    if (this.contains(document.activeElement)) itemAt(this.#list, 0)?.focus();
  }

  #close() {
    this.#chosen = [];
    app.showPanel("");
  }

  /**
   * @param {string} label
   * @param {import("../lib/icons.js").IconName} symbol
   * @param {() => unknown} run
   * @param {Record<string, unknown>} [attributes]
   */
  #button(label, symbol, run, attributes = {}) {
    return h("button", { type: "button", class: "button small", onclick: run, ...attributes }, icon(symbol), label);
  }

  #writeAll() {
    const all = app.segue.playlists();
    const { query } = app.route;
    const key = JSON.stringify([all, this.#chosen.length, query]);
    if (key === this.#written) return;
    this.#written = key;
    const held = this.#list.contains(document.activeElement);
    this.#back.hidden = true;
    setText(this.#title, this.#chosen.length ? `Add ${count(this.#chosen.length, "track")} to…` : "Playlists");
    setText(this.#summary, all.length ? count(all.length, "playlist") : "");
    fill(
      this.#tools,
      this.#button("New playlist", "append", () => this.#create()),
      !this.#chosen.length &&
        query !== "" &&
        this.#button("Keep this search", "search", () => this.#keepSearch(query), { title: `A playlist of what “${query}” finds` }),
      !this.#chosen.length && this.#button("Import", "files", () => this.#file.click(), { title: "Import an M3U or M3U8 file" }),
    );
    this.#list.setAttribute("aria-label", "Playlists");
    const shown = this.#chosen.length ? all.filter(({ kind }) => kind === "ordinary") : all;
    if (shown.length === 0) {
      fill(
        this.#list,
        h(
          "li",
          { class: "panel-empty" },
          icon("queue"),
          h("p", null, "No playlist yet."),
          h("p", { class: "quiet" }, "Make one here, or choose “Add to playlist” in the menu of a track."),
        ),
      );
      return;
    }
    fill(this.#list, ...shown.map((playlist, at) => this.#playlistItem(playlist, at)));
    if (held) itemAt(this.#list, Math.min(this.#active, shown.length - 1))?.focus();
  }

  /** @param {PlaylistInfo} playlist @param {number} at */
  #playlistItem(playlist, at) {
    const facts = [
      count(playlist.entries, "track"),
      playlist.durationMs ? span(playlist.durationMs) : "",
      playlist.unmatched ? `${number(playlist.unmatched)} not in the library` : "",
      playlist.query,
    ];
    return this.#item(
      at,
      playlist.name,
      facts.filter(Boolean).join(" · "),
      playlist.kind === "smart" ? "search" : "queue",
      "",
      () => (this.#chosen.length ? this.#add(playlist) : this.#open(playlist.id)),
      `Delete ${playlist.name}`,
      () => this.#delete(playlist),
    );
  }

  /**
   * @param {number} at
   * @param {string} title
   * @param {string} subtitle
   * @param {import("../lib/icons.js").IconName} symbol
   * @param {string} length
   * @param {() => unknown} run
   * @param {string} removal
   * @param {(() => unknown) | undefined} remove
   */
  #item(at, title, subtitle, symbol, length, run, removal, remove) {
    return h(
      "li",
      {
        class: "queue-item playlist-item",
        tabindex: at === this.#active ? 0 : -1,
        "data-at": at,
        "aria-label": subtitle ? `${title}, ${subtitle}` : title,
        "aria-keyshortcuts": remove ? "Enter Delete" : "Enter",
        onclick: (/** @type {Event} */ event) => {
          if (!(event.target instanceof Element && event.target.closest("button"))) run();
        },
        onfocus: () => (this.#active = activate(this.#list, this.#active, at)),
      },
      icon(symbol),
      h("span", { class: "row-titles" }, h("span", { class: "row-title" }, title), h("span", { class: "row-subtitle" }, subtitle)),
      h("span", { class: "queue-time" }, length),
      remove && iconButton(removal, "close", remove, { tabindex: -1 }),
    );
  }

  async #writeEntries() {
    const info = this.#known();
    if (!info) return;
    this.#asked += 1;
    const asked = this.#asked;
    const handle = app.segue.playlist(info.id);
    const found = await app.tried(handle.entries({ offset: 0, limit: Math.min(2000, this.#limit) }), "The playlist cannot be shown");
    if (!found || asked !== this.#asked || this.#playlist !== info.id) return;
    const held = this.#list.contains(document.activeElement);
    this.#entries = found.entries;
    this.#total = found.total;
    this.#back.hidden = false;
    setText(this.#title, info.name);
    const facts = [count(found.total, "track"), info.durationMs ? span(info.durationMs) : "", info.query];
    setText(this.#summary, facts.filter(Boolean).join(" · "));
    fill(
      this.#tools,
      this.#button("Play", "play", () => this.#play(0), { disabled: found.total === 0 }),
      this.#button("Rename", "copy", () => this.#rename(info)),
      this.#button("Export", "files", () => this.#export(info), { title: "As an M3U8 file" }),
    );
    this.#list.setAttribute("aria-label", `Tracks of ${info.name}`);
    this.#active = Math.max(0, Math.min(this.#active, this.#entries.length - 1));
    const rest = found.total - this.#entries.length;
    fill(
      this.#list,
      ...this.#entries.map((entry, at) => this.#entryItem(entry, at, info.kind === "ordinary")),
      rest > 0 && h("li", { class: "queue-more" }, this.#button(`${number(rest)} more`, "more", () => this.#more())),
    );
    if (held) itemAt(this.#list, this.#active)?.focus();
  }

  /** @param {PlaylistEntry} entry @param {number} at @param {boolean} mayEdit */
  #entryItem(entry, at, mayEdit) {
    const title = entry.row?.title ?? entry.title ?? entry.path ?? "A track that is gone";
    const item = this.#item(
      at,
      title,
      entry.row ? (entry.row.artist ?? "") : `not in the library${entry.path ? `: ${entry.path}` : ""}`,
      entry.row ? "tracks" : "warning",
      entry.row?.durationMs === undefined ? "" : time(entry.row.durationMs),
      () => entry.row && this.#play(at),
      `Remove ${title}`,
      mayEdit ? () => this.#remove(at) : undefined,
    );
    if (mayEdit) item.setAttribute("aria-keyshortcuts", "Enter Delete Alt+ArrowUp Alt+ArrowDown");
    return item;
  }

  #more() {
    this.#limit += STEP;
    void this.#writeEntries();
  }

  /** @param {number} at */
  #play(at) {
    void app.tried(app.segue.playlist(this.#playlist).play(at), "It cannot be played");
  }

  /** @param {number} playlist @param {string} message */
  #undoable(playlist, message) {
    const undo = () => void app.tried(app.segue.playlist(playlist).undo(), "It cannot be undone");
    app.toast({ message, action: { label: "Undo", run: undo } });
  }

  async #create() {
    const name = prompt("Name of the playlist")?.trim();
    if (!name) return;
    const made = await app.tried(app.segue.createPlaylist(name), "The playlist was not made");
    if (!made) return;
    if (this.#chosen.length) await this.#put(made.id, name);
  }

  /** @param {string} query */
  async #keepSearch(query) {
    const name = prompt("Name of the playlist", query)?.trim();
    if (name) await app.tried(app.segue.createPlaylist(name, { query }), "The playlist was not made");
  }

  /** @param {PlaylistInfo} playlist */
  #add(playlist) {
    return this.#put(playlist.id, playlist.name);
  }

  /** @param {number} id @param {string} name */
  async #put(id, name) {
    const ids = this.#chosen;
    if ((await app.tried(app.segue.playlist(id).add(ids).then(() => true), "The playlist did not change")) === undefined) return;
    this.#undoable(id, `${count(ids.length, "track")} added to “${name}”`);
    this.#close();
  }

  /** @param {PlaylistInfo} info */
  async #rename(info) {
    const name = prompt("Name of the playlist", info.name)?.trim();
    if (name && name !== info.name) await app.tried(app.segue.playlist(info.id).rename(name), "It was not renamed");
  }

  /** @param {PlaylistInfo} info */
  async #delete(info) {
    const work = app.segue.playlist(info.id).delete().then(() => true);
    if (await app.tried(work, "It was not deleted")) this.#undoable(info.id, `“${info.name}” was deleted`);
  }

  /** @param {number} at */
  async #remove(at) {
    const entry = this.#entries[at];
    const playlist = this.#playlist;
    if (!entry) return;
    const work = app.segue.playlist(playlist).remove([entry.entry]).then(() => true);
    if (await app.tried(work, "The playlist did not change")) {
      this.#undoable(playlist, `“${entry.row?.title ?? entry.title ?? entry.path ?? ""}” was removed`);
    }
  }

  /** @param {number} from @param {number} to */
  async #move(from, to) {
    const entry = this.#entries[from];
    if (!entry?.entry || to < 0 || to >= this.#total) return;
    // Down, that is before the one after the next.
    const before = this.#entries[to > from ? to + 1 : to];
    if (to > from && !before && to + 1 < this.#total) return;
    this.#active = to;
    await app.tried(app.segue.playlist(this.#playlist).move([entry.entry], before?.entry), "The playlist did not change");
    app.announce(`Moved to place ${to + 1} of ${this.#total}`);
  }

  /** @param {PlaylistInfo} info */
  async #export(info) {
    const file = await app.tried(app.segue.playlist(info.id).export(), "It cannot be exported");
    if (!file) return;
    const url = URL.createObjectURL(file);
    h("a", { href: url, download: `${info.name.replace(/[\\/:*?"<>|]/g, "_")}.m3u8` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  async #import() {
    const file = this.#file.files?.[0];
    this.#file.value = "";
    if (!file) return;
    const found = await app.tried(app.segue.importPlaylist(file), `${file.name} cannot be imported`);
    if (!found) return;
    const rest = found.unmatched.length;
    this.#undoable(
      found.playlist,
      `${count(found.matched, "track")} found${rest ? `, ${number(rest)} not in the library` : ""}`,
    );
  }

  /** @param {KeyboardEvent} event */
  #pressed = (event) => {
    const item = event.target instanceof HTMLElement ? event.target.closest("[data-at]") : null;
    if (!(item instanceof HTMLElement) || event.ctrlKey || event.metaKey) return;
    const at = Number(item.dataset.at);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && event.altKey) {
      if (this.#playlist) void this.#move(at, at + step);
    } else if (step) itemAt(this.#list, at + step)?.focus();
    else if (event.key === "Enter" && item === event.target) item.click();
    else if (event.key === "Delete" || event.key === "Backspace") item.querySelector("button")?.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

customElements.define("playlists-panel", PlaylistsPanel);
