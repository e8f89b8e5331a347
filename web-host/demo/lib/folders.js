// Adding folders: by the picker, by an input where there is no picker, and by dropping them on the page.

import { app } from "./app.js";

/** @typedef {import("../../js/segue.js").Provider} Provider */

/** Lets the visitor choose a folder, adds it and reads it. Only within a click or key press. */
export async function chooseFolder() {
  if (window.showDirectoryPicker) {
    let handle;
    try {
      handle = await window.showDirectoryPicker({ id: "music", mode: "read", startIn: "music" });
    } catch (error) {
      // Closing the picker is not a failure.
      if (error instanceof DOMException && error.name === "AbortError") return;
      app.toast({ kind: "error", message: `The folder cannot be opened: ${String(error)}` });
      return;
    }
    await add(app.segue.addFolder(handle));
    return;
  }
  const input = document.createElement("input");
  input.type = "file";
  input.webkitdirectory = true;
  input.multiple = true;
  input.addEventListener("change", () => {
    if (input.files?.length) void add(app.segue.addFolder(input.files));
  });
  input.click();
}

/**
 * Adds what was dropped. To be called within the event: its items are gone afterwards.
 *
 * @param {DataTransfer} dropped
 */
export async function addDropped(dropped) {
  await add(app.segue.addFolder(dropped.items));
}

/** @param {Promise<Provider>} adding */
async function add(adding) {
  const provider = await app.tried(adding, "The folder could not be added");
  if (!provider) return;
  app.toast({ message: `“${provider.name}” was added` });
  app.showPanel("library");
  await sync(provider.id);
}

/** @param {number} provider */
export async function sync(provider) {
  return app.tried(app.segue.startSync(provider), "The folder cannot be read");
}

/** @param {Provider} provider */
export async function restore(provider) {
  const granted = await app.tried(app.segue.restoreAccess(provider.id), "Access was not given");
  if (granted === false) {
    app.toast({ kind: "error", message: `“${provider.name}” stays closed: the browser was not allowed to read it` });
  }
  if (granted) await sync(provider.id);
}
