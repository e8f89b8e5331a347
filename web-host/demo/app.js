// Opens the library and starts the page, or says why that cannot be.

import { h, fill } from "./lib/dom.js";
import { icon } from "./lib/icons.js";
import { app } from "./lib/app.js";
import { startRouting } from "./lib/route.js";
import { SegueApp } from "./components/segue-app.js";

/** The demo's own music, beside this page. */
const DEMO_MUSIC = new URL("music/", import.meta.url);

/** @type {Record<string, [title: string, text: string]>} */
const FATAL = {
  unsupported: ["This browser cannot run Segue", "It needs WebAssembly, workers and ES modules. A current Firefox, Chrome, Edge or Safari has them."],
  load: ["Segue could not be loaded", "A part of it did not arrive. The connection may be gone, or the build unfinished."],
  locked: ["Your library is open in another tab", "That tab does not answer. Close it and try again, or use the library here."],
  blocked: ["Your library is waiting for another tab", "A tab with an older version of this page keeps it. Close or reload that tab, then try again."],
  newer: ["This library belongs to a newer Segue", "It was left untouched. Reload the page to get the newest version."],
};

/** @param {unknown} error */
function showFatal(error) {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const detail = error instanceof Error ? error.message : String(error);
  const [title, text] = FATAL[code] ?? ["Your library could not be opened", "Nothing in it was changed."];
  const page = document.querySelector("segue-app") ?? document.body;
  fill(
    page,
    h(
      "main",
      { class: "fatal" },
      h("span", { class: "nothing-art", "aria-hidden": "true" }, icon("warning")),
      h("div", { role: "alert" }, h("h1", null, title), h("p", null, text)),
      h("pre", null, code ? `${code}: ${detail}` : detail),
      h("button", { type: "button", class: "button primary", onclick: () => location.reload() }, icon("sync"), "Try again"),
      code === "locked" && h("button", { type: "button", class: "button", onclick: () => void start(true) }, "Use it here"),
    ),
  );
  document.title = `${title} — Segue`;
}

/** @param {boolean} takeOver from a tab that does not answer */
async function openLibrary(takeOver) {
  if (typeof WebAssembly !== "object") {
    throw Object.assign(new Error("WebAssembly is missing or switched off"), { code: "unsupported" });
  }
  let segueModule;
  try {
    segueModule = await import("../js/segue.js");
  } catch (error) {
    throw Object.assign(new Error(String(error)), { code: "load" });
  }
  // `?database=memory://` tries the page without touching the stored library.
  const database = new URLSearchParams(location.search).get("database");
  return segueModule.Segue.open({ takeOver, ...(database && { database }) });
}

/** Gives an empty library the demo's music. */
async function addDemo() {
  const { segue } = app;
  if (segue.providers().length > 0) return;
  const provider = await app.tried(segue.addHttpFolder(DEMO_MUSIC), "The demo’s music cannot be reached");
  if (provider) await app.tried(segue.startSync(provider.id), "The demo’s music cannot be read");
}

async function start(takeOver = false) {
  try {
    const segue = await openLibrary(takeOver);
    app.segue = segue;
    window.segue = segue;
  } catch (error) {
    showFatal(error);
    return;
  }
  startRouting();
  const page = document.querySelector("segue-app");
  if (page instanceof SegueApp) page.start();
  await addDemo();
}

void start();
