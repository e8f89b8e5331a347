// The menu on tracks: play, queue, rate, go to.

import * as actions from "../lib/actions.js";
import { app } from "../lib/app.js";
import { h } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { icon } from "../lib/icons.js";

/** @typedef {import("../../js/segue.js").Track} Track */

/**
 * @typedef {object} TrackMenu
 * @property {Track} track
 * @property {number} count tracks it acts on
 * @property {DOMRect} at
 * @property {() => Promise<number[]>} ids
 * @property {() => void} play
 * @property {() => void} closed gives the focus back
 * @property {boolean} inAlbum
 */

/** Ends the menu that is open. @type {(() => void) | undefined} */
let closeOpen;

/** @param {TrackMenu} options */
export function openTrackMenu(options) {
  closeOpen?.();
  const { track } = options;

  /**
   * @param {string} label
   * @param {import("../lib/icons.js").IconName} name
   * @param {() => unknown} run
   */
  const item = (label, name, run) =>
    h(
      "button",
      { type: "button", role: "menuitem", tabindex: -1, onclick: () => (close(), run()) },
      icon(name),
      label,
    );
  /** @param {(ids: number[]) => Promise<void>} run */
  const withIds = (run) => async () => {
    const ids = await app.tried(options.ids(), "The tracks cannot be listed");
    if (ids) await run(ids);
  };

  const stars = h("div", { role: "group", class: "menu-stars", "aria-label": "Rating" });
  for (let star = 1; star <= 5; star += 1) {
    const given = star <= (track.rating ?? 0);
    const same = star === track.rating;
    stars.append(
      h(
        "button",
        {
          type: "button",
          role: "menuitemradio",
          tabindex: -1,
          "aria-checked": String(same),
          "aria-label": same ? `${count(star, "star")}, choose to remove` : count(star, "star"),
          class: given ? "given" : "",
          onclick: () => {
            close();
            void rateAll(options, same ? 0 : star);
          },
        },
        icon("star"),
      ),
    );
  }

  const menu = h(
    "div",
    { role: "menu", class: "menu", "aria-label": options.count > 1 ? count(options.count, "track") : track.title },
    h(
      "p",
      { class: "menu-title", role: "presentation" },
      options.count > 1 ? `${count(options.count, "track")} selected` : track.title,
    ),
    item("Play", "play", options.play),
    item("Play next", "play-next", withIds(actions.playNext)),
    item("Add to queue", "append", withIds(actions.append)),
    item("Add to playlist", "queue", withIds(actions.choosePlaylist)),
    h("hr", { role: "separator" }),
    stars,
    h("hr", { role: "separator" }),
    !options.inAlbum && track.albumId !== undefined && item("Go to album", "albums", () => actions.goToAlbum(track)),
    item("Go to artist", "user", () => actions.goToArtist(track)),
  );

  const away = new AbortController();
  const { signal } = away;
  const close = () => {
    if (signal.aborted) return;
    away.abort();
    closeOpen = undefined;
    const held = menu.contains(document.activeElement);
    menu.remove();
    if (held) options.closed();
  };
  closeOpen = close;

  const items = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll("button")]);
  menu.addEventListener("keydown", (event) => {
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const inStars = stars.contains(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: inStars ? 1 : 0, ArrowLeft: inStars ? -1 : 0 }[event.key];
    let to = at;
    if (event.key === "Home") to = 0;
    else if (event.key === "End") to = items.length - 1;
    else if (event.key === "Escape" || event.key === "Tab") close();
    else if (step === undefined) return event.stopPropagation();
    else if (inStars && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      // Up and down leave the row of stars as a whole.
      const edge = items.indexOf(/** @type {HTMLElement} */ (step > 0 ? stars.lastChild : stars.firstChild));
      to = edge + step;
    } else to = at + step;
    event.preventDefault();
    event.stopPropagation();
    items[(to + items.length) % items.length]?.focus();
  });
  document.addEventListener("pointerdown", (event) => !menu.contains(/** @type {Node} */ (event.target)) && close(), {
    signal,
    capture: true,
  });
  window.addEventListener("blur", close, { signal });
  window.addEventListener("resize", close, { signal });
  document.addEventListener("wheel", close, { signal, capture: true, passive: true });

  document.body.append(menu);
  const { width, height } = menu.getBoundingClientRect();
  const { at } = options;
  const left = Math.max(8, Math.min(at.width > 300 ? at.left + 48 : at.left, innerWidth - width - 8));
  const below = at.bottom + 4;
  const top = below + height > innerHeight - 8 ? Math.max(8, at.top - height - 4) : below;
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
  items[0]?.focus({ preventScroll: true });
}

/**
 * @param {TrackMenu} options
 * @param {number} stars
 */
async function rateAll(options, stars) {
  if (options.count === 1) return actions.rate([options.track], stars);
  const ids = await app.tried(options.ids(), "The tracks cannot be listed");
  if (ids) await actions.rate(ids.map((id) => ({ id, title: "" })), stars);
}
