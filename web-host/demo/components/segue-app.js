// <segue-app>: the frame of the page and what stands in its middle.

import * as actions from "../lib/actions.js";
import { app } from "../lib/app.js";
import { forgetMissing } from "../lib/artwork.js";
import { fill, h, iconButton, setAttribute, setText } from "../lib/dom.js";
import { chooseFolder } from "../lib/folders.js";
import { count } from "../lib/format.js";
import { brandMark, icon } from "../lib/icons.js";
import { isLive } from "../lib/jobs.js";
import { keep, kept } from "../lib/kept.js";
import { startMediaSession } from "../lib/media-session.js";
import { USUAL_TRACKS, fullQuery, go, goSorted, hrefOf, sortOf } from "../lib/route.js";
import { startShortcuts } from "../lib/shortcuts.js";
import { AlbumGrid } from "./album-grid.js";
import { AlbumPage } from "./album-page.js";
import { BannerList } from "./banner-list.js";
import { openCredits, openHelp } from "./dialogs.js";
import { DropZone } from "./drop-zone.js";
import { LibraryPanel } from "./library-panel.js";
import { PlayerBar } from "./player-bar.js";
import { PlaylistsPanel } from "./playlists-panel.js";
import { QueuePanel } from "./queue-panel.js";
import { SearchBox } from "./search-box.js";
import { SyncStatus } from "./sync-status.js";
import { ThemeToggle } from "./theme-toggle.js";
import { ToastStack } from "./toast-stack.js";
import { TrackList } from "./track-list.js";

/** The order of the albums of an empty query. */
const USUAL_ALBUMS = "albumartist,year,album";

/** @type {[label: string, sort: string][]} */
const ORDERS = [
  ["Artist", ""],
  ["Title", "title"],
  ["Album", "album"],
  ["Newest", "-year"],
  ["Oldest", "year"],
  ["Recently added", "-added"],
];

export class SegueApp extends HTMLElement {
  #search = new SearchBox();
  #banners = new BannerList();
  #tracks = new TrackList();
  #albums = new AlbumGrid();
  #album = new AlbumPage();
  #player = new PlayerBar();
  #queue = new QueuePanel();
  #library = new LibraryPanel();
  #playlists = new PlaylistsPanel();
  #title = h("h1", { id: "page-title" });
  #total = h("p", { class: "page-total", role: "status" });
  #order = h("select", { class: "order", "aria-label": "Order", onchange: () => this.#reorder() });
  #selection = h("div", { class: "selection-bar", role: "toolbar", "aria-label": "Selected tracks", hidden: true });
  #playAll = h("button", { type: "button", class: "button", onclick: () => this.#play() }, icon("play"), "Play all");
  #head = h(
    "header",
    { class: "page-head" },
    h("div", { class: "page-titles" }, this.#title, this.#total),
    this.#selection,
    h("div", { class: "page-tools" }, this.#order, this.#playAll),
  );
  #nothing = h("div", { class: "nothing", hidden: true });
  #main = h(
    "main",
    { id: "main", tabindex: "-1" },
    this.#banners,
    this.#head,
    this.#tracks,
    this.#albums,
    this.#album,
    this.#nothing,
  );
  /** @type {Map<string, HTMLElement[]>} */
  #links = new Map();
  /** What the list and the grid show, so that they are not asked again for the same. */
  #shown = { tracks: "", albums: "" };
  #nothingShown = "";
  #panel = "";
  #asked = 0;

  /** Builds the page; the library must be open. */
  start() {
    this.#tracks.setAttribute("aria-label", "Tracks");
    this.#main.classList.add("main");
    fill(
      this,
      h("a", { class: "skip", href: "#main", onclick: (/** @type {Event} */ event) => this.#skip(event) }, "Skip to the tracks"),
      this.#sidebar(),
      h(
        "div",
        { class: "topbar", role: "banner" },
        h("a", { class: "topbar-brand", href: hrefOf({ page: "tracks", query: "", sort: "" }), "aria-label": "Segue, all tracks" }, brandMark()),
        this.#search,
        h(
          "div",
          { class: "topbar-tools" },
          new ThemeToggle(),
          iconButton("Keyboard and search help", "help", openHelp, { "aria-keyshortcuts": "?" }),
          iconButton("Credits", "info", () => void openCredits(), { class: "icon-button credits-button" }),
        ),
      ),
      this.#main,
      this.#queue,
      this.#library,
      this.#playlists,
      this.#player,
      this.#tabs(),
      new DropZone(),
      new ToastStack(),
    );
    this.#showPanel(kept("panel") ?? "");
    app.addEventListener("panel", (event) => {
      const { panel, toggle } = /** @type {CustomEvent} */ (event).detail;
      this.#showPanel(toggle && panel === this.#panel ? "" : panel);
    });
    app.addEventListener("choose-playlist", (event) => {
      this.#showPanel("playlists");
      this.#playlists.choose(/** @type {CustomEvent} */ (event).detail);
    });
    app.addEventListener("route", () => this.#follow());
    this.#search.addEventListener("leave", () => this.#page().focusRow());
    for (const list of [this.#tracks, this.#albums]) {
      list.addEventListener("change", () => this.#tell());
      list.addEventListener("rested", () => this.#rememberPlace());
    }
    this.#album.list.addEventListener("change", () => this.#tell());
    this.#tracks.addEventListener("selection", () => this.#writeSelection());
    this.#album.list.addEventListener("selection", () => this.#writeSelection());
    app.segue.on("Providers", () => this.#tell());
    app.segue.on("Jobs", () => this.#tell());
    app.segue.on("Sync.Complete", () => {
      forgetMissing();
      this.#tell();
    });
    app.segue.on("Player.State", () => this.#writeTitle());
    this.#player.addEventListener("locate", () => void this.#showCurrent());
    window.addEventListener("pagehide", () => this.#rememberPlace());
    startMediaSession();
    startShortcuts({
      search: () => this.#search.focusInput(),
      help: openHelp,
      tracks: () => go({ page: "tracks" }),
      albums: () => go({ page: "albums" }),
      current: () => void this.#showCurrent(),
      mute: () => this.#player.toggleMute(),
      louder: (change) => this.#player.setVolume(app.segue.player.volume + change),
      escape: () => this.#escape(),
    });
    this.#follow();
  }

  /** Scrolls to the track that plays: in the list that is shown, or else among all tracks. */
  async #showCurrent() {
    const { track } = app.segue.player;
    if (!track) return;
    const shown = app.route.page === "album" ? this.#album.list : app.route.page === "tracks" ? this.#tracks : undefined;
    if (await shown?.reveal(track.id)) return;
    go({ page: "tracks", query: "" });
    await this.#tracks.reveal(track.id);
  }

  #sidebar() {
    return h(
      "nav",
      { class: "sidebar", "aria-label": "Library" },
      h("a", { class: "brand", href: hrefOf({ page: "tracks", query: "", sort: "" }), "aria-label": "Segue, all tracks" }, brandMark(), h("span", null, "Segue")),
      h("div", { class: "nav-links" }, this.#link("tracks", "Tracks"), this.#link("albums", "Albums"), this.#panelButton("playlists", "Playlists", "append", "nav-link")),
      h(
        "div",
        { class: "nav-foot" },
        h("button", { type: "button", class: "nav-link", onclick: () => chooseFolder() }, icon("folder-add"), "Add folder"),
        new SyncStatus(),
      ),
    );
  }

  /** The navigation of narrow windows. */
  #tabs() {
    return h(
      "nav",
      { class: "tabs", "aria-label": "Library" },
      this.#link("tracks", "Tracks", "tab"),
      this.#link("albums", "Albums", "tab"),
      this.#panelButton("queue", "Queue", "queue"),
      this.#panelButton("playlists", "Playlists", "append"),
      this.#panelButton("library", "Folders", "folder"),
    );
  }

  /**
   * @param {"queue" | "library" | "playlists"} panel
   * @param {string} label
   * @param {import("../lib/icons.js").IconName} symbol
   * @param {string} [style]
   */
  #panelButton(panel, label, symbol, style = "tab") {
    const element = h("button", { type: "button", class: style, onclick: () => app.togglePanel(panel) }, icon(symbol), label);
    this.#remember(panel, element);
    return element;
  }

  /**
   * @param {"tracks" | "albums"} page
   * @param {string} label
   * @param {string} [style]
   */
  #link(page, label, style = "nav-link") {
    const link = h("a", { class: style }, icon(page), label);
    // In a narrow window a panel covers the page that the tab leads to.
    if (style === "tab") link.addEventListener("click", () => this.#showPanel(""));
    this.#remember(page, link);
    return link;
  }

  /**
   * @param {string} name
   * @param {HTMLElement} element
   */
  #remember(name, element) {
    this.#links.set(name, [...(this.#links.get(name) ?? []), element]);
  }

  /** @param {Event} event */
  #skip(event) {
    event.preventDefault();
    this.#page().focusRow();
  }

  #page() {
    const { page } = app.route;
    return page === "album" ? this.#album : page === "albums" ? this.#albums : this.#tracks;
  }

  #follow() {
    const { route } = app;
    this.#tracks.hidden = route.page !== "tracks";
    this.#albums.hidden = route.page !== "albums";
    this.#album.hidden = route.page !== "album";
    this.#head.hidden = route.page === "album";
    this.dataset.page = route.page;
    for (const page of /** @type {const} */ (["tracks", "albums"])) {
      const current = route.page === page || (route.page === "album" && page === "albums");
      for (const link of this.#links.get(page) ?? []) {
        setAttribute(link, "href", hrefOf({ page }));
        setAttribute(link, "aria-current", current ? "page" : null);
      }
    }
    if (route.page === "tracks") {
      const query = fullQuery(route, USUAL_TRACKS);
      if (query !== this.#shown.tracks) {
        this.#shown.tracks = query;
        this.#asked = performance.now();
        this.#tracks.show(query, this.#placeOf(query));
      }
    } else if (route.page === "albums") {
      const query = fullQuery(route, USUAL_ALBUMS);
      if (query !== this.#shown.albums) {
        this.#shown.albums = query;
        this.#albums.show(query, this.#placeOf(query));
      }
    } else {
      this.#album.show(route.album);
    }
    this.#writeOrder();
    this.#writeSelection();
    this.#playlists.update();
    this.#tell();
  }

  /** Says how much there is, or why there is nothing. */
  #tell() {
    const { page, query } = app.route;
    const view = page === "album" ? this.#album.list.view : page === "albums" ? this.#albums.view : this.#tracks.view;
    setText(this.#title, query && page !== "album" ? "Results" : page === "albums" ? "Albums" : "Tracks");
    this.#search.showError(page === "album" ? undefined : view?.error);
    const noun = page === "albums" ? "album" : "track";
    if (view?.ready) setText(this.#total, view.error || view.total === 0 ? "" : count(view.total, noun));
    else setText(this.#total, "");
    const empty = view?.ready === true && view.total === 0 && !view.error && page !== "album";
    this.#main.classList.toggle("is-empty", empty);
    this.#playAll.disabled = !view?.ready || view.total === 0;
    this.#writeNothing(empty ? (query ? `no results ${query}` : this.#reading() ? "reading" : "empty") : "");
    this.#writeTitle();
  }

  #reading() {
    return app.segue.jobs().some((job) => isLive(job) && job.state !== "paused");
  }

  /** @param {string} why */
  #writeNothing(why) {
    if (why === this.#nothingShown) return;
    this.#nothingShown = why;
    this.#nothing.hidden = why === "";
    if (why === "reading") {
      fill(
        this.#nothing,
        h("span", { class: "nothing-art reading", "aria-hidden": "true" }, icon("sync")),
        h("h2", null, "Reading your music"),
        h("p", null, "Tracks appear here as they are found."),
      );
    } else if (why === "empty") {
      fill(
        this.#nothing,
        h("span", { class: "nothing-art", "aria-hidden": "true" }, icon("folder-add")),
        h("h2", null, "Your library is empty"),
        h("p", null, "Choose the folder your music is in, or drop it on this page. The files are read where they are; nothing is uploaded."),
        h("button", { type: "button", class: "button primary", onclick: () => chooseFolder() }, icon("folder-add"), "Add folder"),
      );
    } else if (why !== "") {
      fill(
        this.#nothing,
        h("span", { class: "nothing-art", "aria-hidden": "true" }, icon("search")),
        h("h2", null, `No results for “${app.route.query}”`),
        h("p", null, "Search looks at titles, artists and albums. Fields narrow it: ", h("code", null, "artist:queen"), ", ", h("code", null, "year:1975..1980"), "."),
        h("button", { type: "button", class: "button", onclick: () => this.#search.clear() }, "Clear the search"),
      );
    }
  }

  #writeTitle() {
    const { track, state } = app.segue.player;
    const { page, query } = app.route;
    const place = query && page !== "album" ? `“${query}”` : page === "tracks" ? "Tracks" : "Albums";
    const title =
      track && state !== "stopped"
        ? `${state === "paused" ? "" : "▸ "}${track.title}${track.artist ? ` · ${track.artist}` : ""} — Segue`
        : `${place} — Segue`;
    if (document.title !== title) document.title = title;
  }

  #writeOrder() {
    const sort = sortOf(app.route);
    const known = ORDERS.some(([, key]) => key === sort);
    const options = known ? ORDERS : [...ORDERS, /** @type {[string, string]} */ ([`Custom: ${sort}`, sort])];
    if (this.#order.options.length !== options.length || !known) {
      fill(this.#order, ...options.map(([label, value]) => h("option", { value }, label)));
    }
    this.#order.value = sort;
  }

  #reorder() {
    goSorted(this.#order.value);
  }

  #writeSelection() {
    const list = app.route.page === "album" ? this.#album.list : this.#tracks;
    const selected = app.route.page === "albums" ? 0 : list.selected;
    const shown = selected > 1 && app.route.page === "tracks";
    this.#selection.hidden = !shown;
    if (!shown) return;
    const withIds = (/** @type {(ids: number[]) => Promise<void>} */ run) => async () => {
      const ids = await app.tried(list.selectedIds(), "The tracks cannot be listed");
      if (ids) await run(ids);
    };
    const label = `${count(selected, "track")} selected`;
    const present = this.#selection.firstElementChild;
    if (present) {
      setText(present, label);
      return;
    }
    fill(
      this.#selection,
      h("span", null, label),
      h("button", { type: "button", class: "button small", onclick: withIds(actions.playNext) }, icon("play-next"), "Play next"),
      h("button", { type: "button", class: "button small", onclick: withIds(actions.append) }, icon("append"), "Add to queue"),
      h("button", { type: "button", class: "button small", onclick: withIds(actions.choosePlaylist) }, icon("queue"), "Add to playlist"),
      iconButton("Select nothing", "close", () => list.clearSelection()),
    );
  }

  async #play() {
    const { player } = app.segue;
    if (app.route.page === "tracks") {
      await app.tried(player.play({ query: this.#shown.tracks, start: 0 }), "It cannot be played");
    } else {
      const query = fullQuery({ ...app.route, sort: "" }, USUAL_TRACKS);
      await app.tried(player.play({ query, start: 0 }), "It cannot be played");
    }
  }

  /** @param {string} panel */
  #showPanel(panel) {
    const panels = { queue: this.#queue, library: this.#library, playlists: this.#playlists };
    const held = Object.values(panels).some((element) => element.contains(document.activeElement));
    this.#panel = panel;
    for (const [name, element] of Object.entries(panels)) element.hidden = panel !== name;
    this.classList.toggle("has-panel", panel in panels);
    for (const name of Object.keys(panels)) {
      for (const button of this.#links.get(name) ?? []) button.setAttribute("aria-expanded", String(panel === name));
    }
    const toggle = this.#player.querySelector(".queue-toggle");
    toggle?.setAttribute("aria-expanded", String(panel === "queue"));
    keep("panel", panel || null);
    for (const element of Object.values(panels)) element.update();
    if (held && !panel) this.#page().focusRow();
  }

  #escape() {
    if (this.classList.contains("has-panel")) {
      this.#showPanel("");
      return true;
    }
    if (app.route.query && app.route.page !== "album") {
      go({ query: "" }, { replace: true });
      return true;
    }
    return false;
  }

  /** Keeps where the list is scrolled to, for a reload. */
  #rememberPlace() {
    const { page } = app.route;
    if (page === "album") return;
    const place = { query: this.#shown[page], row: this.#page() === this.#albums ? this.#albums.firstRow : this.#tracks.firstRow };
    try {
      sessionStorage.setItem(`segue.place.${page}`, JSON.stringify(place));
    } catch {
      // Storage is forbidden: the list begins at its top.
    }
  }

  /** @param {string} query */
  #placeOf(query) {
    // Only for what is shown first after a load; another query begins at its top.
    if (this.#asked > 0 && performance.now() - this.#asked > 1000) return 0;
    try {
      const place = JSON.parse(sessionStorage.getItem(`segue.place.${app.route.page}`) ?? "null");
      return place?.query === query && Number.isSafeInteger(place.row) ? place.row : 0;
    } catch {
      return 0;
    }
  }
}

customElements.define("segue-app", SegueApp);
