// <banner-list>: conditions of the whole library that a visitor should know of while they last.

import { app } from "../lib/app.js";
import { h, iconButton } from "../lib/dom.js";
import { restore } from "../lib/folders.js";
import { icon } from "../lib/icons.js";

/** @type {Record<string, string>} */
const REASONS = {
  unavailable: "This browser keeps nothing here: the library lasts until the tab is closed.",
  quota: "The disk, or this site’s share of it, is full. You can listen, but changes are not kept.",
  locked: "Another tab owns this library. Here it can be played, not changed.",
  newer: "This library was written by a newer version of Segue. It is left as it is.",
  damaged: "Part of the library was damaged. It is being read again from the files.",
};

/**
 * @typedef {object} Banner
 * @property {string} id
 * @property {string} text
 * @property {boolean} [warning]
 * @property {{ label: string, run: () => unknown }} [action]
 */

export class BannerList extends HTMLElement {
  /** @type {Set<string>} */
  #dismissed = new Set();
  /** @type {Banner | undefined} */
  #crash;
  #ownerAnswers = true;
  #written = "";

  connectedCallback() {
    const { segue } = app;
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Notices");
    segue.on("Storage.State", () => this.#update());
    segue.on("Providers", () => this.#update());
    segue.on("Library.Owner", ({ answers }) => {
      this.#ownerAnswers = answers;
      this.#update();
    });
    segue.on("Error", (error) => {
      if (error.code === "restarted") {
        this.#crash = { id: `crash ${Date.now()}`, text: error.message };
      } else if (error.code === "fatal" || error.code === "superseded") {
        const action = { label: "Reload the page", run: () => location.reload() };
        this.#crash = { id: "fatal", text: error.message, warning: true, action };
      } else {
        app.toast({ kind: "error", message: error.path ? `${error.path}: ${error.message}` : error.message });
      }
      this.#update();
    });
    this.#update();
  }

  /** @returns {Banner[]} */
  #banners() {
    const { storage } = app.segue;
    /** @type {Banner[]} */
    const banners = this.#crash ? [this.#crash] : [];
    if (!this.#ownerAnswers) {
      const action = { label: "Use it here", run: () => app.segue.takeOver() };
      banners.push({ id: "silent", text: "The tab that has this library does not answer.", warning: true, action });
    }
    const text = storage.message ?? (storage.reason && REASONS[storage.reason]);
    if (text) {
      banners.push({ id: `storage ${storage.reason ?? text}`, text, warning: storage.readOnly || storage.reason === "quota" });
    } else if (storage.readOnly) {
      banners.push({ id: "read-only", text: "The library can be played, not changed.", warning: true });
    } else if (storage.kind === "memory") {
      banners.push({ id: "memory", text: "This library is not stored: it lasts until the tab is closed." });
    }
    for (const provider of app.segue.providers()) {
      if (provider.access !== "prompt") continue;
      const action = { label: "Allow access again", run: () => restore(provider) };
      banners.push({ id: `access ${provider.id}`, text: `The browser closed the folder “${provider.name}” when you left.`, action });
    }
    return banners.filter(({ id }) => !this.#dismissed.has(id));
  }

  #update() {
    const banners = this.#banners();
    const key = JSON.stringify(banners.map(({ id, text }) => [id, text]));
    if (key === this.#written) return;
    this.#written = key;
    this.hidden = banners.length === 0;
    this.replaceChildren(
      ...banners.map(({ id, text, warning, action }) =>
        h(
          "div",
          { class: warning ? "banner warning" : "banner", role: "status" },
          icon(warning ? "warning" : "info"),
          h("p", null, text),
          action && h("button", { type: "button", class: "button small", onclick: () => action.run() }, action.label),
          iconButton("Dismiss this notice", "close", () => {
            this.#dismissed.add(id);
            this.#update();
          }),
        ),
      ),
    );
  }
}

customElements.define("banner-list", BannerList);
