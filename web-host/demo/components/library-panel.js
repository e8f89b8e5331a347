// <library-panel>: the folders, what is being read from them, and what could not be read.

import { app } from "../lib/app.js";
import { fill, h, iconButton, setAttribute, setText } from "../lib/dom.js";
import { chooseFolder, restore, sync } from "../lib/folders.js";
import { count, number, size, span } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { isLive, jobTitle, latestJob } from "../lib/jobs.js";

/** @typedef {import("../../js/segue.js").Job} Job */
/** @typedef {import("../../js/segue.js").Provider} Provider */

/** Failures listed at once; the copy holds all of them. */
const FAILURES = 50;

/** One folder and the state of its last job. It stays while its counts change, so that the focus does. */
class FolderCard {
  #provider;
  /** @type {Job | undefined} */
  #job;
  #kind = "";
  #name = h("span", { class: "folder-name" });
  #state = h("p", { class: "folder-state" });
  #bar = h("div", { class: "bar", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100" }, h("i"));
  #counts = h("dl", { class: "counts" });
  #buttons = h("div", { class: "folder-buttons" });
  #failures = h("details", { class: "failures", hidden: true });
  #failed = -1;
  element;

  /** @param {Provider} provider */
  constructor(provider) {
    this.#provider = provider;
    const kind = provider.kind === "http" ? "globe" : provider.kind === "files" ? "files" : "folder";
    this.element = h(
      "li",
      { class: "folder" },
      h("div", { class: "folder-head" }, icon(kind), this.#name),
      this.#state,
      this.#bar,
      this.#counts,
      this.#failures,
      this.#buttons,
    );
  }

  /**
   * @param {Provider} provider
   * @param {Job | undefined} job
   */
  update(provider, job) {
    this.#provider = provider;
    this.#job = job;
    setText(this.#name, provider.name);
    this.element.classList.toggle("needs-access", provider.access !== "granted");
    const title = provider.access === "granted" ? (job ? jobTitle(job) : "Not read yet") : accessText(provider);
    setText(this.#state, title);
    const live = job !== undefined && isLive(job);
    this.#bar.hidden = !live;
    if (job && live) {
      const part = job.total ? Math.min(1, job.read / job.total) : null;
      this.#bar.classList.toggle("unknown", part === null && job.state === "running");
      this.#bar.style.setProperty("--part", String(part ?? 0));
      setAttribute(this.#bar, "aria-valuenow", part === null ? null : String(Math.round(part * 100)));
      setAttribute(this.#bar, "aria-label", `Reading ${provider.name}`);
    }
    this.#writeCounts(job);
    this.#writeFailures(job);
    this.#writeButtons();
  }

  /** @param {Job | undefined} job */
  #writeCounts(job) {
    this.#counts.hidden = job === undefined || job.listed === 0;
    if (!job || this.#counts.hidden) return;
    /** @type {[string, string][]} */
    const counts = [
      ["Files", job.total && isLive(job) ? `${number(job.read)} of ${number(job.total)}` : number(job.listed)],
      ["New", number(job.added)],
      ["Changed", number(job.changed)],
      ["Missing", number(job.missing)],
      ["Read", size(job.bytes)],
    ];
    if (job.state === "running" && job.etaMs !== undefined) counts.push(["Left", span(job.etaMs)]);
    const shown = counts.filter(([name, value]) => value !== "0" || name === "Files" || name === "New");
    if (this.#counts.children.length !== shown.length) {
      fill(this.#counts, ...shown.map(() => h("div", null, h("dt"), h("dd"))));
    }
    shown.forEach(([name, value], at) => {
      const [term, text] = this.#counts.children[at]?.children ?? [];
      if (term && text) {
        setText(term, name);
        setText(text, value);
      }
    });
  }

  /** @param {Job | undefined} job */
  #writeFailures(job) {
    const failed = job?.failed ?? 0;
    if (failed === this.#failed) return;
    this.#failed = failed;
    this.#failures.hidden = failed === 0;
    if (!job || failed === 0) return;
    const rest = failed - Math.min(FAILURES, job.failures.length);
    fill(
      this.#failures,
      h("summary", null, icon("warning"), `${count(failed, "file")} could not be read`),
      h(
        "ul",
        null,
        ...job.failures
          .slice(0, FAILURES)
          .map(({ path, error }) => h("li", null, h("span", { class: "path" }, path), h("span", null, error))),
        rest > 0 && h("li", null, `and ${number(rest)} more`),
      ),
      h("button", { type: "button", class: "button small", onclick: () => this.#copy() }, icon("copy"), "Copy the list"),
    );
  }

  async #copy() {
    const lines = (this.#job?.failures ?? []).map(({ path, error }) => `${path}\t${error}`);
    try {
      await navigator.clipboard.writeText(`${lines.join("\n")}\n`);
      app.toast({ message: `${count(lines.length, "line")} copied` });
    } catch {
      app.toast({ kind: "error", message: "The browser did not allow copying" });
    }
  }

  #writeButtons() {
    const provider = this.#provider;
    const job = this.#job;
    const settled = job && isLive(job) ? job.state : job ? "idle" : "unread";
    const kind = provider.access === "granted" ? settled : "access";
    if (kind === this.#kind) return;
    const held = this.#buttons.contains(document.activeElement);
    this.#kind = kind;
    const { segue } = app;
    const name = provider.name;
    /**
     * @param {string} label
     * @param {import("../lib/icons.js").IconName} symbol
     * @param {() => unknown} run
     * @param {string} [style]
     */
    const button = (label, symbol, run, style = "") =>
      h(
        "button",
        { type: "button", class: `button small ${style}`, "aria-label": `${label}: ${name}`, onclick: run },
        icon(symbol),
        label,
      );
    const withJob = (/** @type {(job: number) => Promise<void>} */ run) => () => {
      if (this.#job) void app.tried(run(this.#job.id));
    };
    const cancel = button("Cancel", "close", withJob((id) => segue.cancelSync(id)));
    /** @type {Record<string, HTMLElement[]>} */
    const sets = {
      access: [button("Allow access again", "folder", () => restore(this.#provider), "primary")],
      running: [button("Pause", "pause", withJob((id) => segue.pauseSync(id))), cancel],
      queued: [cancel],
      paused: [button("Resume", "play", withJob((id) => segue.resumeSync(id)), "primary"), cancel],
      unread: [button("Read now", "sync", () => sync(this.#provider.id))],
      idle: [button("Look for changes", "sync", () => sync(this.#provider.id))],
    };
    this.#buttons.replaceChildren(...(sets[kind] ?? []));
    if (held) this.#buttons.querySelector("button")?.focus();
  }
}

/** @param {Provider} provider */
function accessText(provider) {
  return provider.access === "denied"
    ? "The browser refuses to read this folder. Allow it in the settings of this site."
    : "The browser closed this folder when the page was left.";
}

export class LibraryPanel extends HTMLElement {
  #list = h("ul", { class: "folders", "aria-label": "Folders" });
  #empty = h(
    "div",
    { class: "panel-empty" },
    icon("folder"),
    h("p", null, "No folder yet."),
    h("p", { class: "quiet" }, "Files are read where they are. Nothing is uploaded."),
  );
  /** @type {Map<number, FolderCard>} */
  #cards = new Map();
  #frame = 0;

  connectedCallback() {
    if (this.firstChild) return;
    this.setAttribute("role", "complementary");
    this.setAttribute("aria-label", "Folders");
    this.append(
      h(
        "div",
        { class: "panel-head" },
        h("h2", null, "Folders"),
        h("button", { type: "button", class: "button small", onclick: () => chooseFolder() }, icon("folder-add"), "Add folder"),
        iconButton("Close the folders", "close", () => app.showPanel("")),
      ),
      h("p", { class: "panel-summary" }, "Read in place, never uploaded. You can also drop a folder on this page."),
      this.#empty,
      this.#list,
    );
    for (const event of /** @type {const} */ (["Jobs", "Providers", "Sync.Progress", "Sync.Complete"])) {
      app.segue.on(event, () => this.update());
    }
  }

  update() {
    if (this.hidden) return;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#write();
    });
  }

  #write() {
    const providers = app.segue.providers();
    const jobs = app.segue.jobs();
    this.#empty.hidden = providers.length > 0;
    const ids = new Set(providers.map(({ id }) => id));
    for (const [id, card] of this.#cards) {
      if (ids.has(id)) continue;
      card.element.remove();
      this.#cards.delete(id);
    }
    for (const provider of providers) {
      let card = this.#cards.get(provider.id);
      if (!card) {
        card = new FolderCard(provider);
        this.#cards.set(provider.id, card);
        this.#list.append(card.element);
      }
      card.update(provider, latestJob(jobs, provider));
    }
  }
}

customElements.define("library-panel", LibraryPanel);
