// <range-slider>: the slider of position and volume, by pointer and by keyboard.

import { h, setAttribute } from "../lib/dom.js";

/**
 * Dispatches `slide` while it is dragged and `choose` with the value chosen.
 */
export class RangeSlider extends HTMLElement {
  #fill = h("span", { class: "slider-fill" });
  #thumb = h("span", { class: "slider-thumb" });
  #value = 0;
  #most = 0;
  #dragging = false;
  /** What the arrow keys move by. */
  step = 5;
  /** What Page Up and Page Down move by. */
  bigStep = 30;
  /** @type {(value: number, most: number) => string} */
  valueText = (value) => String(value);
  #shown = -1;
  #spoken = -1;

  connectedCallback() {
    if (this.firstChild) return;
    setAttribute(this, "role", "slider");
    setAttribute(this, "tabindex", "0");
    setAttribute(this, "aria-valuemin", "0");
    this.append(h("span", { class: "slider-track" }, this.#fill), this.#thumb);
    this.addEventListener("pointerdown", this.#down);
    this.addEventListener("pointermove", this.#move);
    this.addEventListener("pointerup", this.#up);
    this.addEventListener("pointercancel", () => (this.#dragging = false));
    this.addEventListener("keydown", this.#pressed);
  }

  get value() {
    return this.#value;
  }

  get dragging() {
    return this.#dragging;
  }

  /**
   * Shows a value, unless the visitor is just choosing another.
   *
   * @param {number} value
   * @param {number} most
   * @param {number} [unit] assistive technology is told of changes of this size
   */
  set(value, most, unit = 1) {
    if (this.#dragging) return;
    this.#most = most;
    this.#show(value, unit);
  }

  /**
   * @param {number} value
   * @param {number} unit
   */
  #show(value, unit) {
    this.#value = Math.max(0, Math.min(value, this.#most));
    const part = this.#most > 0 ? this.#value / this.#most : 0;
    // A tenth of a pixel on a wide slider: finer changes would paint the same.
    const shown = Math.round(part * 8000);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.style.setProperty("--part", String(part));
    }
    const spoken = Math.floor(this.#value / unit) + this.#most;
    if (spoken !== this.#spoken) {
      this.#spoken = spoken;
      this.setAttribute("aria-valuenow", String(Math.round(this.#value)));
      this.setAttribute("aria-valuemax", String(Math.round(this.#most)));
      this.setAttribute("aria-valuetext", this.valueText(this.#value, this.#most));
    }
    setAttribute(this, "aria-disabled", this.#most > 0 ? null : "true");
  }

  /** @param {PointerEvent} event */
  #at(event) {
    const { left, width } = this.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - left) / Math.max(1, width))) * this.#most;
  }

  /** @param {PointerEvent} event */
  #down = (event) => {
    if (event.button !== 0 || this.#most <= 0) return;
    this.setPointerCapture(event.pointerId);
    this.#dragging = true;
    this.#slide(this.#at(event));
  };

  /** @param {PointerEvent} event */
  #move = (event) => {
    if (this.#dragging) this.#slide(this.#at(event));
  };

  /** @param {PointerEvent} event */
  #up = (event) => {
    if (!this.#dragging) return;
    this.#dragging = false;
    this.#choose(this.#at(event));
  };

  /** @param {KeyboardEvent} event */
  #pressed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Record<string, number>} */
    const targets = {
      ArrowRight: this.#value + this.step,
      ArrowUp: this.#value + this.step,
      ArrowLeft: this.#value - this.step,
      ArrowDown: this.#value - this.step,
      PageUp: this.#value + this.bigStep,
      PageDown: this.#value - this.bigStep,
      Home: 0,
      End: this.#most,
    };
    const target = targets[event.key];
    if (target === undefined || this.#most <= 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.#choose(Math.max(0, Math.min(target, this.#most)));
  };

  /** @param {number} value */
  #slide(value) {
    this.#show(value, 1);
    this.dispatchEvent(new CustomEvent("slide", { detail: this.#value }));
  }

  /** @param {number} value */
  #choose(value) {
    this.#show(value, 1);
    this.dispatchEvent(new CustomEvent("choose", { detail: this.#value }));
  }
}

customElements.define("range-slider", RangeSlider);
