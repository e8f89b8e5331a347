// A music library and player that live in the page. The interface is described in `segue.d.ts`.

import { chosenFolders } from "./chosen.js";
import { SegueError, asSegueError } from "./error.js";
import { Handles } from "./handles.js";
import { Link } from "./link.js";
import { Output } from "./output.js";
import { Player } from "./player.js";
import { Playlist, bytesOf, documentOf } from "./playlists.js";
import { query } from "./query.js";
import { queryText } from "./query-text.js";
import { LiveView } from "./view.js";
import { OWNER_IS_SILENT, Workers } from "./workers.js";

export { SegueError, query };

/** @typedef {import("./segue.js").Provider} Provider */
/** @typedef {import("./segue.js").Job} Job */
/** @typedef {import("./segue.js").Track} Track */
/** @typedef {import("./segue.js").Album} Album */
/** @typedef {import("./segue.js").StorageInfo} StorageInfo */
/** @typedef {import("./segue.js").TrackFilter} TrackFilter */
/** @typedef {import("./segue.js").SegueEvents} SegueEvents */
/** @typedef {Provider & { key?: string }} KeyedProvider */

/** A job's progress is told at most so often, in milliseconds. */
const PROGRESS_EVERY = 100;

/** @param {string} database @returns {string | undefined} the name in IndexedDB; none for a library in memory */
function databaseName(database) {
  if (database === "memory://") return undefined;
  const name = /^indexeddb:\/\/([^/?#]+)\/?$/.exec(database)?.[1];
  if (name) return decodeURIComponent(name);
  throw new SegueError("invalid", `${database} is no database: indexeddb://NAME or memory://`);
}

/** @param {string | undefined} locale @returns {string} */
function localeName(locale) {
  if (locale === undefined) return navigator.language ?? "";
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? "";
  } catch {
    throw new SegueError("invalid", `${locale} is no locale: sv or de-AT, for instance`);
  }
}

/** Why nothing can be stored, by what the store said. @param {string} message */
function storageReason(message) {
  if (message.includes("no room")) return "quota";
  if (message.includes("taken over") || message.includes("open in")) return "locked";
  return message.includes("schema") || message.includes("newer") ? "newer" : undefined;
}

export class Segue {
  /** @type {Link} */
  #link;
  /** @type {Workers} */
  #workers;
  /** @type {Handles} */
  #handles;
  /** @type {Output} */
  #output;
  /** @type {Player} */
  #player;
  /** @type {Map<number, LiveView<any>>} */
  #views = new Map();
  /** @type {Map<string, Set<(detail: any) => void>>} */
  #listeners = new Map();
  /** @type {Set<() => void>} */
  #watchers = new Set();
  /** @type {Map<number, { job: Job, timer: ReturnType<typeof setTimeout> | undefined }>} */
  #progress = new Map();
  /** Jobs whose end was told. @type {Set<number>} */
  #over = new Set();
  /** @type {StorageInfo} */
  #storage = { kind: "memory", persisted: false, readOnly: false };
  #locale = "";
  /** Names of lists of files that this page holds. @type {Map<string, string>} */
  #lists = new Map();
  /** Whether the library said how it is: with that come its providers, jobs and player. */
  #begun = false;
  /** Ends the wait for that. @type {(error: SegueError) => void} */
  #giveUp = () => {};
  /** @type {Promise<void> | undefined} */
  #closing;
  #hidden = () => {
    if (document.visibilityState === "hidden") this.#workers.flush();
  };

  /** @param {import("./segue.js").OpenOptions} [options] */
  static async open(options = {}) {
    if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
      throw new SegueError("unsupported", "this browser has no WebAssembly or no workers");
    }
    const name = databaseName(options.database ?? "indexeddb://music-library");
    const locale = localeName(options.locale);
    const base = new URL(options.base ?? ".", options.base ? document.baseURI : import.meta.url);
    if (!base.pathname.endsWith("/")) base.pathname += "/";
    /** @type {import("./link.js").Page} */
    let page;
    try {
      const bundle = await import(new URL("main/segue_web_main.js", base).href);
      await bundle.default({ module_or_path: new URL("main/segue_web_main_bg.wasm", base) });
      page = new bundle.Page();
    } catch (error) {
      throw asSegueError(error, "load");
    }
    const segue = new Segue(page, base, name, locale, await Handles.open(name));
    await segue.#start(options.takeOver === true);
    return segue;
  }

  /**
   * @param {import("./link.js").Page} page
   * @param {URL} base
   * @param {string | undefined} name
   * @param {string} locale
   * @param {Handles} handles
   */
  constructor(page, base, name, locale, handles) {
    this.#handles = handles;
    const build = { protocol: page.protocol(), schema: page.schema() };
    this.#workers = new Workers(base, name, locale, build, {
      received: (bytes) => this.#guard(() => this.#receive(bytes)),
      restarted: (opened) => {
        this.#opened(opened);
        this.#guard(() => this.#link.reconnect(() => this.#tell(JSON.parse(page.reconnect(Date.now())))));
        void this.#setAccess();
      },
      changed: () => this.#changedRole(),
      folderCame: () => void this.#setAccess(),
      said: (said) => this.#hearTab(said),
      anchored: (anchor) => this.#player.anchored(anchor),
      audioRestarted: () => {
        this.#player.silenced();
        this.#output.connect();
      },
      failed: (code, message) => this.#emit("Error", { code, message }),
    });
    this.#link = new Link(page, (messages) => this.#workers.send(messages));
    this.#output = new Output(base, this.#workers);
    this.#player = new Player(
      this.#link,
      this.#output,
      () => this.#emitPlayer(),
      (code, message, track) => {
        this.#emit("Error", track === undefined ? { code, message } : { code, message, track });
        if (code === "soundBlocked") this.#workers.tell({ soundBlocked: true });
      },
    );
  }

  /** @param {boolean} takeOver */
  async #start(takeOver) {
    const opened = await this.#workers.start(takeOver);
    this.#opened(opened, opened.kind === "indexeddb" && ((await navigator.storage?.persisted?.()) ?? false));
    this.#link.flush();
    // From here on providers, jobs and the player are what was stored. A view shows at once what it showed last; what
    // else is asked is answered when all tracks are loaded.
    await new Promise((resolve, reject) => {
      this.#giveUp = reject;
      void this.#until(() => this.#begun || undefined).then(resolve);
    }).catch((error) => {
      this.#workers.terminate();
      throw error;
    });
    document.addEventListener("visibilitychange", this.#hidden);
    window.addEventListener("pagehide", this.#hidden);
    await this.#setAccess();
  }

  /** @param {import("./workers.js").Opened} opened @param {boolean} [persisted] */
  #opened({ kind, reason, message, locale }, persisted = this.#storage.persisted) {
    this.#locale = locale;
    this.#storage = { kind, persisted, readOnly: false, ...(reason && { reason }), ...(message && { message }) };
  }

  /** This tab became the one that owns the library, or another one did. */
  #changedRole() {
    const { role, isOwnerSilent } = this.#workers;
    this.#output.elsewhere = role !== "owner";
    if (role !== "owner") {
      this.#output.pause();
      this.#player.silenced();
    }
    if (isOwnerSilent && !this.#begun) this.#giveUp(new SegueError("locked", OWNER_IS_SILENT));
    this.#emit("Library.Owner", { role, answers: !isOwnerSilent });
  }

  /** What tabs say to each other beside the library. @param {any} said */
  #hearTab(said) {
    if (typeof said.muted === "boolean") this.#player.muted = said.muted;
    if (said.soundBlocked) {
      const message = "The sound comes from the tab that was opened first, and its browser waits for a click there";
      this.#emit("Error", { code: "soundBlocked", message });
    }
  }

  /** Tells the library what can be read now: browsers forget, and lists of files end with their page. */
  async #setAccess() {
    if (!this.#begun || this.#workers.role !== "owner") return;
    await this.#handles.read();
    for (const [key, handle] of this.#handles.entries()) {
      if (this.#workers.hasFolder(key) || (await this.#permission(handle)) !== "granted") continue;
      await this.#workers.addFolder(key, { handle });
    }
    for (const provider of this.#keyedProviders()) {
      if (provider.kind === "http" || !provider.key) continue;
      const handle = this.#handles.get(provider.key);
      let access = "denied";
      if (this.#workers.hasFolder(provider.key)) access = "granted";
      else if (handle) access = (await this.#permission(handle)) === "denied" ? "denied" : "ask";
      if (access === (provider.access === "prompt" ? "ask" : provider.access)) continue;
      await this.#link.request({ setAccess: { provider: provider.id, access } });
    }
  }

  /** @param {any} handle not every browser has permissions @returns {Promise<PermissionState>} */
  async #permission(handle) {
    try {
      return (await handle.queryPermission?.({ mode: "read" })) ?? "granted";
    } catch {
      return "denied";
    }
  }

  /** A trap in the page's own bundle leaves nothing to go on with. @param {() => void} work */
  #guard(work) {
    try {
      work();
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) {
        this.#link.close();
        this.#emit("Error", { code: "fatal", message: `The page's part of the library crashed; reload the page (${error.message})` });
      }
      throw error;
    }
  }

  /** @param {ArrayBuffer} bytes */
  #receive(bytes) {
    const events = JSON.parse(this.#link.page.receive(new Uint8Array(bytes), Date.now()));
    // What is owed for it goes out first: the next frame is made while this one is shown.
    this.#link.flush();
    this.#tell(events);
  }

  /** @param {(string | Record<string, any>)[]} events */
  #tell(events) {
    for (const event of events) {
      const [name, detail] = typeof event === "string" ? [event, undefined] : (Object.entries(event)[0] ?? ["", undefined]);
      this.#hear(name, detail);
    }
    for (const watch of [...this.#watchers]) watch();
  }

  /** @param {string} name @param {any} detail */
  #hear(name, detail) {
    switch (name) {
      case "answer":
        this.#link.answered(detail);
        break;
      case "progress":
        this.#link.progressed(detail);
        break;
      case "view":
        this.#views.get(detail)?.update();
        break;
      case "syncProgress":
        this.#progressed(detail);
        break;
      case "syncComplete":
        this.#completed(detail);
        break;
      case "tracksAdded":
        this.#emit("Sync.TracksAdded", detail);
        break;
      case "metadataUpdated":
        this.#player.queue.refresh();
        this.#emit("Metadata.Updated", detail);
        break;
      case "playerState":
        this.#player.update();
        break;
      case "storageState":
        this.#stored(detail);
        break;
      case "error":
        this.#emit("Error", detail);
        break;
      case "jobs":
        this.#emit("Jobs", this.jobs());
        break;
      case "providers":
        this.#emit("Providers", this.providers());
        break;
      case "playlists":
        this.#emit("Playlists", this.playlists());
        break;
      default:
        break;
    }
  }

  /** @param {Job} job */
  #progressed(job) {
    const waiting = this.#progress.get(job.id);
    if (waiting?.timer !== undefined) {
      waiting.job = job;
      return;
    }
    this.#emit("Sync.Progress", job);
    const state = { job, timer: /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined) };
    state.timer = setTimeout(() => {
      state.timer = undefined;
      if (state.job !== job) this.#progressed(state.job);
    }, PROGRESS_EVERY);
    this.#progress.set(job.id, state);
  }

  /** @param {Job} job */
  #completed(job) {
    clearTimeout(this.#progress.get(job.id)?.timer);
    this.#progress.delete(job.id);
    this.#over.add(job.id);
    this.#emit("Sync.Progress", job);
    this.#emit("Sync.Complete", job);
    if (job.added > 0) void this.#persist();
  }

  /** @param {{ readOnly: boolean, message?: string }} state */
  #stored(state) {
    this.#begun = true;
    const { kind, persisted, reason, message } = this.#storage;
    const told = state.message ?? (kind === "memory" ? message : undefined);
    const why = state.message ? storageReason(state.message) : kind === "memory" ? reason : undefined;
    this.#storage = {
      kind,
      persisted,
      readOnly: state.readOnly,
      ...(why && { reason: why }),
      ...(told && { message: told }),
    };
    this.#emit("Storage.State", this.#storage);
  }

  /** Asks the browser to keep the library, once there is something to keep. */
  async #persist() {
    if (this.#storage.kind !== "indexeddb" || this.#storage.persisted) return;
    if (!(await navigator.storage?.persist?.())) return;
    this.#storage = { ...this.#storage, persisted: true };
    this.#emit("Storage.State", this.#storage);
  }

  #emitPlayer() {
    const { state, positionMs, durationMs } = this.#player;
    const trackId = this.#player.track?.id ?? null;
    this.#emit("Player.State", { state, trackId, positionMs, durationMs });
  }

  /**
   * @template {keyof SegueEvents} Name
   * @param {Name} name
   * @param {SegueEvents[Name]} detail
   */
  #emit(name, detail) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        listener(detail);
      } catch (error) {
        // One listener's mistake is shown and keeps nothing from the others.
        reportError(error);
      }
    }
  }

  /**
   * Waits until something is known.
   *
   * @template T
   * @param {() => T | undefined} look
   * @returns {Promise<T>}
   */
  #until(look) {
    return new Promise((resolve) => {
      const watch = () => {
        const found = look();
        if (found === undefined) return false;
        this.#watchers.delete(watch);
        resolve(found);
        return true;
      };
      if (!watch()) this.#watchers.add(watch);
    });
  }

  get storage() {
    return this.#storage;
  }

  get locale() {
    return this.#locale;
  }

  get player() {
    return this.#player;
  }

  get role() {
    return this.#workers.role;
  }

  takeOver() {
    this.#workers.takeOver();
  }

  /**
   * @param {string | TrackFilter | import("./segue.js").Query} filter
   * @param {{ offset?: number, limit?: number }} [options]
   * @returns {Promise<{ total: number, tracks: Track[] }>}
   */
  async queryTracks(filter, { offset = 0, limit = 100 } = {}) {
    const { value } = await this.#link.request({ queryTracks: { query: queryText(filter), offset, limit } });
    return value?.tracks ?? { total: 0, tracks: [] };
  }

  /**
   * @param {string | TrackFilter | import("./segue.js").Query} query
   * @param {import("./segue.js").FacetField} field
   * @param {{ offset?: number, limit?: number, order?: "count" | "name" }} [options]
   * @returns {Promise<{ total: number, rows: import("./segue.js").Facet[] }>}
   */
  async facets(query, field, { offset = 0, limit = 100, order = "count" } = {}) {
    const { value } = await this.#link.request({ facets: { query: queryText(query), field, order, offset, limit } });
    return value?.facets ?? { total: 0, rows: [] };
  }

  /**
   * @param {string | TrackFilter | import("./segue.js").Query} [query]
   * @param {{ offset?: number, limit?: number, order?: "count" | "name", of?: "artist" | "albumArtist" }} [options]
   * @returns {Promise<{ total: number, artists: import("./segue.js").Artist[] }>}
   */
  async artists(query = "", { of = "artist", order = "name", ...window } = {}) {
    const { total, rows } = await this.facets(query, of, { order, ...window });
    return { total, artists: rows.map(({ value, count, albums = 0 }) => ({ name: value, tracks: count, albums })) };
  }

  /** @param {number} id @returns {Promise<Track | null>} */
  async getTrack(id) {
    const { value } = await this.#link.request({ getTrack: { track: id } });
    return value?.track ?? null;
  }

  /**
   * @param {string | import("./segue.js").ViewQuery | import("./segue.js").Query} query
   * @param {{ offset: number, limit: number }} window
   * @returns {import("./segue.js").View}
   */
  view(query, window) {
    return this.#open(/** @type {LiveView<Track>} */ (new LiveView(this.#link, false, query, window, this.#forget)));
  }

  /**
   * @param {string | import("./segue.js").ViewQuery | import("./segue.js").Query} [query]
   * @param {{ offset: number, limit: number }} [window]
   * @returns {import("./segue.js").AlbumView}
   */
  albums(query = "", window = { offset: 0, limit: 100 }) {
    return this.#open(/** @type {LiveView<Album>} */ (new LiveView(this.#link, true, query, window, this.#forget)));
  }

  /** @template Row @param {LiveView<Row>} view */
  #open(view) {
    this.#views.set(view.id, view);
    return view;
  }

  #forget = (/** @type {number} */ id) => void this.#views.delete(id);

  /**
   * @param {number} id
   * @param {"thumb" | "original"} [size]
   */
  async artwork(id, size = "thumb") {
    const { id: request, value } = await this.#link.request({ getArtwork: { artwork: id, original: size === "original" } });
    const bytes = this.#link.page.take_artwork(request);
    return bytes ? new Blob([bytes], { type: value?.artwork ?? "image/jpeg" }) : null;
  }

  /** @param {FileSystemDirectoryHandle | FileList | File[] | DataTransferItemList} source */
  async addFolder(source) {
    /** @type {import("./chosen.js").Chosen[]} */
    let folders;
    try {
      folders = await chosenFolders(source);
    } catch (error) {
      throw asSegueError(error, "failed");
    }
    /** @type {Provider | undefined} */
    let first;
    for (const { name, folder } of folders) {
      const key = "handle" in folder ? await this.#keep(folder.handle) : this.#listKey(name);
      await this.#workers.addFolder(key, folder);
      const provider = await this.#addProvider({ handle: { key } }, name);
      if (provider.access !== "granted") {
        await this.#link.request({ setAccess: { provider: provider.id, access: "granted" } });
      }
      first ??= { ...provider, access: "granted" };
    }
    if (!first) throw new SegueError("empty", "there is no music in what was chosen");
    return first;
  }

  /** The key of a folder's handle: the one it has, or a new one. @param {FileSystemDirectoryHandle} handle */
  async #keep(handle) {
    const key = (await this.#handles.find(handle)) ?? `folder:${crypto.randomUUID()}`;
    await this.#handles.put(key, handle);
    return key;
  }

  /**
   * Files chosen under the name of a folder are that folder again, unless this page holds another of its name.
   *
   * @param {string} name
   */
  #listKey(name) {
    let key = `files:${name}`;
    for (let number = 2; this.#lists.has(key); number += 1) key = `files:${name} (${number})`;
    this.#lists.set(key, name);
    return key;
  }

  /** @param {string | URL} url */
  async addHttpFolder(url) {
    let address;
    try {
      address = new URL(url, document.baseURI);
    } catch {
      throw new SegueError("invalid", `${String(url)} is no address`);
    }
    if (!address.pathname.endsWith("/")) address.pathname += "/";
    const name = decodeURIComponent(address.pathname.split("/").at(-2) || address.host);
    return this.#addProvider({ http: { url: address.href } }, name);
  }

  /** @param {object} kind @param {string} name @returns {Promise<Provider>} */
  async #addProvider(kind, name) {
    const { value } = await this.#link.request({ addProvider: { kind, name } });
    const id = value?.provider;
    return this.#until(() => this.providers().find((provider) => provider.id === id));
  }

  /** @returns {KeyedProvider[]} */
  #keyedProviders() {
    return JSON.parse(this.#link.page.providers());
  }

  /** @returns {Provider[]} */
  providers() {
    return this.#keyedProviders().map(({ key: _, ...provider }) => provider);
  }

  /** @param {number} provider */
  async restoreAccess(provider) {
    const known = this.#keyedProviders().find(({ id }) => id === provider);
    if (!known) throw new SegueError("notFound", `there is no provider ${provider}`);
    if (known.kind === "http" || (known.key && this.#workers.hasFolder(known.key))) return true;
    /** @type {any} */
    const handle = known.key && this.#handles.get(known.key);
    if (!handle) return false;
    /** @type {PermissionState} */
    let answer;
    try {
      answer = (await handle.requestPermission?.({ mode: "read" })) ?? "granted";
    } catch (error) {
      throw asSegueError(error, "failed");
    }
    if (answer === "granted" && known.key) await this.#workers.addFolder(known.key, { handle });
    const access = answer === "prompt" ? "ask" : answer;
    await this.#link.request({ setAccess: { provider, access } });
    return answer === "granted";
  }

  /** @param {number} [provider] @returns {Promise<Job>} */
  async startSync(provider) {
    const providers = provider === undefined ? this.providers().map(({ id }) => id) : [provider];
    /** @type {Job | undefined} */
    let first;
    for (const id of providers) {
      const { value } = await this.#link.request({ startSync: { provider: id } });
      const job = await this.#until(() => this.jobs().find((known) => known.id === value?.job));
      // A small folder is done before the first word of its job arrives.
      if (["done", "failed", "cancelled"].includes(job.state) && !this.#over.has(job.id)) this.#completed(job);
      first ??= job;
    }
    if (!first) throw new SegueError("notFound", "there is nothing to sync");
    return first;
  }

  /** @param {number} job */
  async pauseSync(job) {
    await this.#link.request({ pauseSync: { job } });
  }

  /** @param {number} job */
  async resumeSync(job) {
    await this.#link.request({ resumeSync: { job } });
  }

  /** @param {number} job */
  async cancelSync(job) {
    await this.#link.request({ cancelSync: { job } });
  }

  /** @returns {Job[]} */
  jobs() {
    return JSON.parse(this.#link.page.jobs(Date.now()));
  }

  /** @param {number} track @param {number} stars */
  async rate(track, stars) {
    await this.#link.request({ rate: { track, stars } });
  }

  /** @returns {import("./segue.js").PlaylistInfo[]} */
  playlists() {
    return JSON.parse(this.#link.page.playlists());
  }

  /** @param {number} id */
  playlist(id) {
    return new Playlist(this.#link, id);
  }

  /** @param {string} name @param {{ query?: string, limit?: number }} [options] */
  async createPlaylist(name, { query, limit = 0 } = {}) {
    const smart = query === undefined ? undefined : { query, limit };
    const { value } = await this.#link.request({ playlist: { create: { name, smart } } });
    return this.playlist(value?.playlist);
  }

  /**
   * @param {string | Blob | ArrayBuffer | Uint8Array} source
   * @param {string} [name]
   */
  async importPlaylist(source, name) {
    const given = source instanceof File ? source.name.replace(/\.m3u8?$/i, "") : "Playlist";
    const request = { playlist: { import: { name: name ?? given, folder: "", bytes: [] } } };
    const { value } = await this.#link.request(request, await bytesOf(source));
    return value?.imported;
  }

  /** @param {import("./segue.js").LongOptions} [options] */
  exportUserData(options) {
    return documentOf(this.#link, "exportUserData", "application/json", options);
  }

  /** @param {string | Blob | ArrayBuffer | Uint8Array} source @param {import("./segue.js").LongOptions} [options] */
  async importUserData(source, options) {
    const { value } = await this.#link.request({ importUserData: { bytes: [] } }, await bytesOf(source), options);
    return value?.report;
  }

  /**
   * @param {{ offset?: number, limit?: number, signal?: AbortSignal }} [options]
   * @returns {Promise<{ total: number, groups: import("./segue.js").DuplicateGroup[] }>}
   */
  async duplicates({ offset = 0, limit = 100, signal } = {}) {
    const { value } = await this.#link.request({ duplicates: { offset, limit } }, undefined, { signal });
    return value?.duplicates ?? { total: 0, groups: [] };
  }

  /**
   * @param {{ offset?: number, limit?: number }} [options]
   * @returns {Promise<{ total: number, listens: import("./segue.js").Listen[] }>}
   */
  async history({ offset = 0, limit = 100 } = {}) {
    const { value } = await this.#link.request({ history: { offset, limit } });
    return value?.history ?? { total: 0, listens: [] };
  }

  /**
   * @template {keyof SegueEvents} Name
   * @param {Name} event
   * @param {(detail: SegueEvents[Name]) => void} listener
   */
  on(event, listener) {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close() {
    document.removeEventListener("visibilitychange", this.#hidden);
    window.removeEventListener("pagehide", this.#hidden);
    this.#output.pause();
    await this.#workers.close();
    this.#link.close();
    this.#handles.close();
    await this.#output.close();
  }
}
