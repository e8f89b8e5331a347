// <theme-toggle>: light, dark, or as the system has it.

import { h } from "../lib/dom.js";
import { icon, setIcon } from "../lib/icons.js";
import { keep, kept } from "../lib/kept.js";

/** @type {["system" | "light" | "dark", string, import("../lib/icons.js").IconName][]} */
const THEMES = [
  ["system", "as the system", "system"],
  ["light", "light", "sun"],
  ["dark", "dark", "moon"],
];

export class ThemeToggle extends HTMLElement {
  #icon = icon("system");
  #button = h("button", { type: "button", class: "icon-button", onclick: () => this.#next() }, this.#icon);
  #at = 0;

  connectedCallback() {
    if (this.firstChild) return;
    this.append(this.#button);
    const theme = kept("theme");
    this.#at = Math.max(0, THEMES.findIndex(([name]) => name === theme));
    this.#write();
  }

  #next() {
    this.#at = (this.#at + 1) % THEMES.length;
    const [name] = THEMES[this.#at] ?? ["system"];
    keep("theme", name === "system" ? null : name);
    if (name === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    this.#write();
  }

  #write() {
    const [, label, symbol] = THEMES[this.#at] ?? ["system", "as the system", "system"];
    setIcon(this.#icon, symbol);
    this.#button.title = `Colours: ${label}`;
    this.#button.setAttribute("aria-label", `Colours: ${label}. Change`);
  }
}

customElements.define("theme-toggle", ThemeToggle);
