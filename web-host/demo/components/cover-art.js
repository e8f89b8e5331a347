// <cover-art>: a cover, or a quiet square with an initial where there is none or it is not here yet.

import { cover, knownCover } from "../lib/artwork.js";
import { setText } from "../lib/dom.js";
import { hueOf, initial } from "../lib/format.js";

export class CoverArt extends HTMLElement {
  #image = document.createElement("img");
  #letter = document.createElement("span");
  /** What is shown: -1 before anything is. */
  #id = -1;
  #wanted = 0;
  #back = "";

  constructor() {
    super();
    this.#image.alt = "";
    this.#image.decoding = "async";
    this.#image.draggable = false;
    this.#image.hidden = true;
    this.#letter.setAttribute("aria-hidden", "true");
  }

  connectedCallback() {
    if (!this.firstChild) this.append(this.#letter, this.#image);
  }

  /**
   * @param {{ artworkId?: number, title?: string, seed: number, color?: string }} what `seed` chooses a colour, 0 chooses none
   * @param {{ later?: boolean }} [options] show only a cover that is here already; `load` asks for it
   */
  show({ artworkId, title, seed, color }, { later = false } = {}) {
    const back = seed ? (color ?? `oklch(62% 0.07 ${hueOf(seed).toFixed(0)})`) : "";
    if (back !== this.#back) {
      this.#back = back;
      this.style.backgroundColor = back;
    }
    setText(this.#letter, seed || title ? initial(title) : "");
    const id = artworkId ?? 0;
    if (id === this.#id && !this.#image.hidden) return;
    this.#id = id;
    this.#wanted = id;
    const known = id ? knownCover(id) : null;
    if (known) this.#set(known);
    else this.#image.hidden = true;
    if (known === undefined && !later) void this.load();
  }

  /** Asks for the cover that is to be shown. */
  async load() {
    const id = this.#wanted;
    if (!id || !this.#image.hidden) return;
    const url = await cover(id);
    if (url && id === this.#wanted) this.#set(url);
  }

  /** @param {string} url */
  #set(url) {
    if (this.#image.src !== url) this.#image.src = url;
    this.#image.hidden = false;
  }
}

customElements.define("cover-art", CoverArt);
