// The keys that work everywhere on the page, unless something else needs them.

import { app } from "./app.js";
import { takesText } from "./dom.js";

/** How far the arrow keys seek, in milliseconds. */
const SEEK = 5000;

/** What the help dialog shows. Words are keys; an underscore is a blank. */
export const SHORTCUTS = /** @type {{ title: string, keys: [string, string][] }[]} */ ([
  {
    title: "Player",
    keys: [
      ["Space", "play or pause"],
      ["← →", "five seconds back or on"],
      ["↑ ↓", "louder or quieter"],
      ["N P", "next or previous track"],
      ["M", "mute"],
      ["Q", "show the queue"],
      ["L", "show the current track in the list"],
    ],
  },
  {
    title: "Page",
    keys: [
      ["Ctrl K", "search, also with /"],
      ["Esc", "clear the search, close a panel"],
      ["1 2", "tracks, albums"],
      ["?", "this help"],
    ],
  },
  {
    title: "Track list",
    keys: [
      ["↑ ↓", "move"],
      ["Page_Up Page_Down", "move by a page"],
      ["Home End", "first or last track"],
      ["Enter", "play from here"],
      ["Shift ↑ ↓", "select several"],
      ["Ctrl A", "select all"],
      ["Shift F10", "menu: queue, rating"],
    ],
  },
  {
    title: "Queue",
    keys: [
      ["Alt ↑ ↓", "move a track"],
      ["Delete", "remove it"],
    ],
  },
]);

/**
 * @typedef {object} PageCommands
 * @property {() => void} search
 * @property {() => void} help
 * @property {() => void} tracks
 * @property {() => void} albums
 * @property {() => void} current
 * @property {() => void} mute
 * @property {(change: number) => void} louder
 * @property {() => boolean} escape whether there was something to close
 */

/** @param {PageCommands} commands */
export function startShortcuts(commands) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open], .menu")) return;
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "k" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      commands.search();
      return;
    }
    if (event.key === "Escape" && !takesText(event.target)) {
      if (commands.escape()) event.preventDefault();
      return;
    }
    if (control || event.altKey || takesText(event.target)) return;
    const button = event.target instanceof HTMLElement && event.target.closest("button, a, summary, select");
    // The space bar presses the button that has the focus.
    if (event.key === " " && button) return;
    const { player } = app.segue;
    const seek = (/** @type {number} */ by) =>
      player.track && app.tried(player.seek(Math.max(0, Math.min(player.durationMs, player.positionMs + by))));
    /** @type {Record<string, () => unknown>} */
    const keys = {
      " ": () => app.tried(player.toggle(), "It cannot be played"),
      ArrowRight: () => seek(SEEK),
      ArrowLeft: () => seek(-SEEK),
      ArrowUp: () => commands.louder(0.05),
      ArrowDown: () => commands.louder(-0.05),
      n: () => app.tried(player.next()),
      p: () => app.tried(player.previous()),
      m: commands.mute,
      q: () => app.togglePanel("queue"),
      l: commands.current,
      1: commands.tracks,
      2: commands.albums,
      "/": commands.search,
      "?": commands.help,
    };
    const run = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
}
