// <drop-zone>: covers the page while a folder is dragged over it, and takes what is dropped.

import { h } from "../lib/dom.js";
import { addDropped } from "../lib/folders.js";
import { icon } from "../lib/icons.js";

export class DropZone extends HTMLElement {
  /** Elements of the page that the pointer is in: each one entered is left later. */
  #depth = 0;

  connectedCallback() {
    if (this.firstChild) return;
    this.hidden = true;
    this.append(
      h(
        "div",
        { class: "drop-card" },
        icon("folder-add"),
        h("strong", null, "Drop your music here"),
        h("p", null, "It is read where it is. Nothing is uploaded."),
      ),
    );
    const files = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") === true;
    window.addEventListener("dragenter", (event) => {
      if (!files(event)) return;
      event.preventDefault();
      this.#depth += 1;
      this.hidden = false;
    });
    window.addEventListener("dragleave", (event) => {
      if (!files(event)) return;
      this.#depth -= 1;
      this.hidden = this.#depth <= 0;
    });
    window.addEventListener("dragover", (event) => {
      if (!files(event) || !event.dataTransfer) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
    });
    window.addEventListener("drop", (event) => {
      this.#depth = 0;
      this.hidden = true;
      if (!files(event) || !event.dataTransfer) return;
      event.preventDefault();
      void addDropped(event.dataTransfer);
    });
  }
}

customElements.define("drop-zone", DropZone);
