// The help and credits dialogs.

import { h, iconButton } from "../lib/dom.js";
import { SHORTCUTS } from "../lib/shortcuts.js";

/**
 * @param {string} title
 * @param {...import("../lib/dom.js").Child} content
 */
function open(title, ...content) {
  const id = "dialog-title";
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": id },
    h("header", null, h("h2", { id }, title), iconButton("Close", "close", () => dialog.close())),
    h("div", { class: "dialog-body" }, ...content),
  );
  dialog.addEventListener("close", () => dialog.remove());
  // A click beside the dialog lands on the dialog element itself, which its children cover.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}

const isOpen = () => document.querySelector("dialog[open]") !== null;

/** Shows the keyboard shortcuts and what a search can say. */
export function openHelp() {
  if (isOpen()) return;
  const rows = (/** @type {[string, string][]} */ entries, /** @type {"kbd" | "code"} */ tag) =>
    h(
      "dl",
      { class: "help-list" },
      ...entries.map(([keys, what]) =>
        h("div", null, h("dt", null, ...keys.split(" ").map((key) => h(tag, null, key.replaceAll("_", " ")))), h("dd", null, what)),
      ),
    );
  open(
    "Keyboard and search",
    h(
      "div",
      { class: "help-columns" },
      ...SHORTCUTS.map(({ title, keys }) => h("section", null, h("h3", null, title), rows(keys, "kbd"))),
      h(
        "section",
        null,
        h("h3", null, "Search"),
        rows(
          [
            ["artist:queen", "by artist"],
            ['album:"night_at_the_opera"', "several words"],
            ["year:1975..1980", "a range of years"],
            ["rating:>=4", "four stars or more"],
            ["-live", "without a word"],
            ["sort:-year,album", "newest first"],
          ],
          "code",
        ),
      ),
    ),
  );
}

/**
 * @typedef {object} Credit
 * @property {string} [artist]
 * @property {string} [title]
 * @property {string} [album]
 * @property {string} [link] to the work
 * @property {string} [licence]
 * @property {string} [licenceUrl]
 * @property {string} [changes] what differs from the original
 */

/** Shows who made the music of the demo, and under which licences it and Segue are. */
export async function openCredits() {
  if (isOpen()) return;
  /** @type {Credit[]} */
  let credits = [];
  try {
    const answer = await fetch(new URL("../music/credits.json", import.meta.url));
    if (answer.ok) credits = await answer.json();
  } catch {
    // Without the demo's music there is nobody to credit.
  }
  const linked = (/** @type {string | undefined} */ href, /** @type {HTMLElement} */ content) =>
    href && /^https?:/.test(href) ? h("a", { href, target: "_blank", rel: "noreferrer" }, content) : content;
  open(
    "Credits",
    h("p", null, "Segue is free software under the MIT licence or the Apache License 2.0, as you prefer."),
    Array.isArray(credits) && credits.length > 0
      ? h(
          "section",
          null,
          h("h3", null, "Music of the demo"),
          h(
            "ul",
            { class: "credits" },
            ...credits.map(({ artist, title, album, licence, licenceUrl, link, changes }) =>
              h(
                "li",
                null,
                linked(link, h("strong", null, title ?? "Untitled")),
                artist && h("span", null, `by ${artist}`),
                licence && linked(licenceUrl, h("span", { class: "chip" }, licence)),
                h("span", { class: "quiet" }, [album, changes].filter(Boolean).join("; ")),
              ),
            ),
          ),
        )
      : h("p", { class: "quiet" }, "The library shown is your own."),
  );
}
