// <search-box>: search as you type, with what is wrong shown where it is wrong.

import { app } from "../lib/app.js";
import { fill, h, iconButton } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { go } from "../lib/route.js";

export class SearchBox extends HTMLElement {
  #input = h("input", {
    type: "search",
    id: "search",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    enterkeyhint: "search",
    "aria-label": "Search the library",
    "aria-describedby": "search-error",
    "aria-keyshortcuts": "Control+K /",
  });
  #clear = iconButton("Clear the search", "close", () => this.clear(), { hidden: true });
  #error = h("div", { class: "search-error", id: "search-error", role: "alert", hidden: true });

  connectedCallback() {
    if (this.firstChild) return;
    this.setAttribute("role", "search");
    const narrow = matchMedia("(width < 760px)");
    const hint = () => (this.#input.placeholder = narrow.matches ? "Search" : "Search, or artist:queen year:1975..1980");
    narrow.addEventListener("change", hint);
    hint();
    this.append(
      h(
        "div",
        { class: "search-field" },
        icon("search"),
        this.#input,
        h("kbd", { class: "search-key", "aria-hidden": "true" }, navigator.platform.startsWith("Mac") ? "⌘K" : "Ctrl K"),
        this.#clear,
      ),
      this.#error,
    );
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        if (this.#input.value) this.clear();
        else this.#input.blur();
      } else if (event.key === "ArrowDown" || event.key === "Enter") {
        event.preventDefault();
        this.dispatchEvent(new Event("leave"));
      }
    });
    app.addEventListener("route", () => this.#follow());
    this.#follow();
  }

  focusInput() {
    this.#input.focus();
    this.#input.select();
  }

  clear() {
    this.#input.value = "";
    this.#typed();
    this.#input.focus();
  }

  /** @param {import("../../js/segue.js").QueryError | undefined} error */
  showError(error) {
    this.#error.hidden = error === undefined;
    this.#input.setAttribute("aria-invalid", String(error !== undefined));
    if (!error) {
      this.#error.replaceChildren();
      return;
    }
    // The order is added behind what was typed: an error in it points at the end.
    const query = [...app.route.query];
    const at = error.column === undefined ? undefined : Math.min(error.column, query.length);
    const before = query.slice(0, at).join("");
    const [, wrong = "", after = ""] = /^(\S*)(.*)$/s.exec(query.slice(at).join("")) ?? [];
    fill(
      this.#error,
      at !== undefined &&
        h(
          "pre",
          { "aria-hidden": "true" },
          before,
          h("mark", null, wrong || " "),
          after,
          "\n",
          " ".repeat(at),
          "▲",
        ),
      h("p", null, error.message, error.column !== undefined && ` (column ${error.column + 1})`),
    );
  }

  #typed() {
    const query = this.#input.value;
    this.#clear.hidden = query === "";
    const page = app.route.page === "album" ? "tracks" : app.route.page;
    // One entry in the history for a search, not one for each letter.
    go({ page, query }, { replace: app.route.page !== "album" && (app.route.query !== "" || query === "") });
  }

  #follow() {
    const { query } = app.route;
    if (this.#input.value.trim() !== query.trim()) this.#input.value = query;
    this.#clear.hidden = this.#input.value === "";
  }
}

customElements.define("search-box", SearchBox);
