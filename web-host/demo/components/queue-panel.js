// <queue-panel>: what plays next; moved by dragging or with Alt and the arrow keys.

import { app } from "../lib/app.js";
import { fill, h, iconButton } from "../lib/dom.js";
import { count, number, span, time } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { activate, itemAt } from "../lib/roving.js";
import { CoverArt } from "./cover-art.js";

/** @typedef {import("../../js/segue.js").Track} Track */

/** Of a long queue, so many before and after the current track are shown. */
const BEFORE = 20;
const AFTER = 180;

export class QueuePanel extends HTMLElement {
  #summary = h("p", { class: "panel-summary" });
  #list = h("ol", { class: "queue", "aria-label": "Queue" });
  #clear = h("button", { type: "button", class: "button small", onclick: () => this.#clearAll() }, "Clear");
  /** What the list shows, so that it is written again only when that changed. */
  #written = "";
  #first = 0;
  /** Where the dragged item came from. */
  #dragged = -1;
  #active = 0;

  connectedCallback() {
    if (this.firstChild) return;
    this.setAttribute("role", "complementary");
    this.setAttribute("aria-label", "Queue");
    this.append(
      h(
        "div",
        { class: "panel-head" },
        h("h2", null, "Queue"),
        this.#clear,
        iconButton("Close the queue", "close", () => app.showPanel("")),
      ),
      this.#summary,
      this.#list,
    );
    this.#list.addEventListener("keydown", this.#pressed);
    this.#list.addEventListener("dragstart", this.#dragStart);
    this.#list.addEventListener("dragover", this.#dragOver);
    this.#list.addEventListener("drop", this.#drop);
    this.#list.addEventListener("dragend", () => this.#endDrag());
    app.segue.on("Player.State", () => this.update());
  }

  /** Shows the present queue; does nothing while the panel is hidden. */
  update() {
    if (this.hidden) return;
    const { items, index } = app.segue.player.queue;
    const playing = app.segue.player.state;
    this.#first = Math.max(0, index - BEFORE);
    const last = Math.min(items.length, index + AFTER);
    const shown = items.slice(this.#first, last);
    const key = `${items.length} ${index} ${playing} ${shown.map((track) => `${track?.id}`).join()}`;
    if (key === this.#written) return;
    const jumped = this.#written === "" || !this.#written.startsWith(`${items.length} ${index} `);
    this.#written = key;
    const rest = shown.slice(Math.max(0, index - this.#first));
    const whole = last === items.length;
    const left = rest.reduce((sum, track) => sum + (track?.durationMs ?? 0), 0);
    this.#summary.textContent =
      items.length === 0
        ? ""
        : `${number(index + 1)} of ${count(items.length, "track")}${whole && left ? ` · ${span(left)} left` : ""}`;
    this.#clear.hidden = items.length < 2;
    const held = this.#list.contains(document.activeElement);
    if (items.length === 0) {
      this.#list.replaceChildren();
      this.#list.append(
        h(
          "li",
          { class: "panel-empty" },
          icon("queue"),
          h("p", null, "The queue is empty."),
          h("p", { class: "quiet" }, "Play something, or choose “Add to queue” in the menu of a track."),
        ),
      );
      return;
    }
    this.#active = Math.max(this.#first, Math.min(this.#active, last - 1));
    fill(
      this.#list,
      this.#first > 0 && h("li", { class: "queue-more" }, `${count(this.#first, "track")} before`),
      ...shown.map((track, at) => this.#item(track, this.#first + at, index)),
      last < items.length && h("li", { class: "queue-more" }, `and ${number(items.length - last)} more`),
    );
    if (held) itemAt(this.#list, this.#active)?.focus();
    if (jumped && !held) itemAt(this.#list, index)?.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {Track | undefined} track
   * @param {number} at
   * @param {number} index
   */
  #item(track, at, index) {
    const cover = new CoverArt();
    const title = track?.title ?? "";
    const label = at === index ? `${title}, current track` : title;
    const item = h(
      "li",
      {
        class: "queue-item",
        tabindex: at === this.#active ? 0 : -1,
        draggable: "true",
        "data-at": at,
        "aria-label": track?.artist ? `${label}, ${track.artist}` : label,
        "aria-current": at === index ? "true" : null,
        "aria-keyshortcuts": "Enter Delete Alt+ArrowUp Alt+ArrowDown",
        onclick: (/** @type {PointerEvent} */ event) => {
          const onButton = event.target instanceof Element && event.target.closest("button");
          if (event.pointerType === "touch" && !onButton) this.#play(at);
        },
        ondblclick: () => this.#play(at),
        onfocus: () => (this.#active = activate(this.#list, this.#active, at)),
      },
      cover,
      h("span", { class: "row-titles" }, h("span", { class: "row-title" }, title), h("span", { class: "row-subtitle" }, track?.artist ?? "")),
      h("span", { class: "queue-time" }, track?.durationMs === undefined ? "" : time(track.durationMs)),
      iconButton(`Remove ${title}`, "close", () => this.#remove(at), { tabindex: -1 }),
    );
    cover.show({ artworkId: track?.artworkId, title: track?.album ?? title, seed: track?.albumId ?? 0 });
    return item;
  }

  /** @param {number} at */
  #play(at) {
    void app.tried(app.segue.player.play({ start: at }), "It cannot be played");
  }

  /** @param {number} at */
  async #remove(at) {
    const { queue } = app.segue.player;
    const track = queue.items[at];
    if (!track || (await app.tried(queue.remove(at).then(() => true), "The queue did not change")) === undefined) return;
    app.toast({
      message: `“${track.title}” was removed from the queue`,
      action: { label: "Undo", run: () => void app.tried(app.segue.player.queue.insert([track.id], at)) },
    });
  }

  async #clearAll() {
    const { queue } = app.segue.player;
    const ids = queue.items.map((track) => track.id);
    const { index } = queue;
    if ((await app.tried(queue.clear().then(() => true), "The queue was not cleared")) === undefined) return;
    const undo = async () => {
      const now = app.segue.player.queue;
      const kept = now.items.length > 0 ? 1 : 0;
      await now.append(ids.slice(index + kept));
      await now.insert(ids.slice(0, Math.max(0, index)), 0);
    };
    app.toast({
      message: "The queue was cleared",
      action: { label: "Undo", run: () => void app.tried(undo(), "It cannot be undone") },
    });
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  async #move(from, to) {
    const { queue } = app.segue.player;
    if (to < 0 || to >= queue.items.length || from === to) return;
    this.#active = to;
    await app.tried(queue.move(from, to), "The queue did not change");
    app.announce(`Moved to place ${to + 1} of ${queue.items.length}`);
  }

  /** @param {KeyboardEvent} event */
  #pressed = (event) => {
    const item = event.target instanceof HTMLElement ? event.target.closest("[data-at]") : null;
    if (!(item instanceof HTMLElement) || event.ctrlKey || event.metaKey) return;
    const at = Number(item.dataset.at);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && event.altKey) void this.#move(at, at + step);
    else if (step) itemAt(this.#list, at + step)?.focus();
    else if (event.key === "Enter" && item === event.target) this.#play(at);
    else if (event.key === "Delete" || event.key === "Backspace") void this.#remove(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** @param {DragEvent} event */
  #dragStart = (event) => {
    const item = event.target instanceof HTMLElement ? event.target.closest("[data-at]") : null;
    if (!(item instanceof HTMLElement) || !event.dataTransfer) return;
    this.#dragged = Number(item.dataset.at);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.getAttribute("aria-label") ?? "");
    item.classList.add("is-dragged");
  };

  /** @param {DragEvent} event */
  #dragOver = (event) => {
    if (this.#dragged < 0) return;
    event.preventDefault();
    for (const marked of this.#list.querySelectorAll(".drop-before, .drop-after")) {
      marked.classList.remove("drop-before", "drop-after");
    }
    const item = event.target instanceof HTMLElement ? event.target.closest("[data-at]") : null;
    if (item) item.classList.add(this.#isBelow(event, item) ? "drop-after" : "drop-before");
  };

  /**
   * @param {DragEvent} event
   * @param {Element} item
   */
  #isBelow(event, item) {
    const { top, height } = item.getBoundingClientRect();
    return event.clientY > top + height / 2;
  }

  /** @param {DragEvent} event */
  #drop = (event) => {
    const item = event.target instanceof HTMLElement ? event.target.closest("[data-at]") : null;
    const from = this.#dragged;
    if (from < 0 || !(item instanceof HTMLElement)) return;
    event.preventDefault();
    let to = Number(item.dataset.at) + (this.#isBelow(event, item) ? 1 : 0);
    if (to > from) to -= 1;
    this.#endDrag();
    void this.#move(from, to);
  };

  #endDrag() {
    this.#dragged = -1;
    for (const marked of this.#list.querySelectorAll(".drop-before, .drop-after, .is-dragged")) {
      marked.classList.remove("drop-before", "drop-after", "is-dragged");
    }
  }
}

customElements.define("queue-panel", QueuePanel);
