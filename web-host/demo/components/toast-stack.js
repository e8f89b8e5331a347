// <toast-stack>: short messages that go by themselves, each with at most one thing to do about it.

import { app } from "../lib/app.js";
import { h, iconButton } from "../lib/dom.js";
import { icon } from "../lib/icons.js";

/** How long a message stays, in milliseconds: long enough to read it and to reach its button. */
const STAY = 7000;

export class ToastStack extends HTMLElement {
  /** Read aloud, never seen. */
  #live = h("p", { class: "hidden-text", role: "status" });

  connectedCallback() {
    if (this.firstChild) return;
    this.append(this.#live);
    app.addEventListener("toast", (event) => this.#show(/** @type {CustomEvent} */ (event).detail));
    app.addEventListener("announce", (event) => this.#announce(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {string} message */
  #announce(message) {
    // The same words twice are only read twice if the text changed in between.
    this.#live.textContent = this.#live.textContent === message ? `${message} ` : message;
  }

  /** @param {import("../lib/app.js").Toast} toast */
  #show({ message, kind = "info", action }) {
    for (const old of [...this.querySelectorAll(".toast")].slice(0, -2)) old.remove();
    let timer = 0;
    const stay = () => clearTimeout(timer);
    const leave = () => (timer = window.setTimeout(() => element.remove(), STAY));
    const element = h(
      "div",
      { class: `toast ${kind}`, role: kind === "error" ? "alert" : "status" },
      kind === "error" && icon("warning"),
      h("span", null, message),
      action &&
        h("button", { type: "button", class: "toast-action", onclick: () => (element.remove(), action.run()) }, action.label),
      iconButton("Dismiss", "close", () => element.remove()),
    );
    for (const name of ["pointerenter", "focusin"]) element.addEventListener(name, stay);
    for (const name of ["pointerleave", "focusout"]) element.addEventListener(name, leave);
    this.append(element);
    leave();
  }
}

customElements.define("toast-stack", ToastStack);
