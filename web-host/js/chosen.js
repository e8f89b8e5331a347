// What a visitor chose or dropped, as folders.

import { isAudio, spell } from "./folders.js";

/** @typedef {import("./folders.js").Folder} Folder */
/** @typedef {{ name: string, folder: Folder }} Chosen */

/**
 * @param {FileSystemDirectoryHandle | FileList | File[] | DataTransferItemList} source
 * @returns {Promise<Chosen[]>}
 */
export async function chosenFolders(source) {
  if ("getDirectoryHandle" in source) return [{ name: source.name, folder: { handle: source } }];
  if (typeof DataTransferItemList !== "undefined" && source instanceof DataTransferItemList) return dropped(source);
  return listed(
    Array.from(/** @type {ArrayLike<File>} */ (source), (file) => [file.webkitRelativePath || file.name, file]),
  );
}

/**
 * Files by path, as one folder: what all of them lie in.
 *
 * @param {[path: string, file: File][]} files
 * @returns {Chosen[]}
 */
function listed(files) {
  const music = files.filter(([path]) => isAudio(path));
  const first = music[0];
  if (!first) return [];
  const root = first[0].slice(0, first[0].indexOf("/") + 1);
  const shared = root !== "" && music.every(([path]) => path.startsWith(root));
  return [
    {
      name: shared ? root.slice(0, -1) : "Files",
      folder: { files: music.map(([path, file]) => [spelled(shared ? path.slice(root.length) : path), file]) },
    },
  ];
}

/** @param {string} path */
function spelled(path) {
  return path.split("/").map(spell).join("/");
}

/**
 * The list is empty as soon as the event is over, so everything is asked for before the first wait.
 *
 * @param {DataTransferItemList} items
 * @returns {Promise<Chosen[]>}
 */
async function dropped(items) {
  const entries = Array.from(items)
    .filter((item) => item.kind === "file")
    .map((item) => ({
      handle: item.getAsFileSystemHandle?.().catch(() => null) ?? null,
      entry: item.webkitGetAsEntry(),
      file: item.getAsFile(),
    }));
  /** @type {Chosen[]} */
  const folders = [];
  /** @type {[string, File][]} */
  const loose = [];
  for (const { handle, entry, file } of entries) {
    const kept = await handle;
    if (kept?.kind === "directory") {
      folders.push({ name: kept.name, folder: { handle: /** @type {FileSystemDirectoryHandle} */ (kept) } });
    } else if (entry?.isDirectory) {
      folders.push(...listed(await walk(/** @type {FileSystemDirectoryEntry} */ (entry))));
    } else if (file) {
      loose.push([file.name, file]);
    }
  }
  return folders.concat(listed(loose));
}

/**
 * @param {FileSystemDirectoryEntry} root
 * @returns {Promise<[path: string, file: File][]>}
 */
async function walk(root) {
  /** @type {[string, File][]} */
  const files = [];
  const open = [root];
  for (let directory = open.pop(); directory; directory = open.pop()) {
    const reader = directory.createReader();
    for (;;) {
      /** @type {FileSystemEntry[]} */
      const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (batch.length === 0) break;
      for (const entry of batch) {
        if (entry.isDirectory) {
          open.push(/** @type {FileSystemDirectoryEntry} */ (entry));
        } else if (isAudio(entry.name)) {
          const found = /** @type {FileSystemFileEntry} */ (entry);
          files.push([entry.fullPath.replace(/^\//, ""), await new Promise((resolve, reject) => found.file(resolve, reject))]);
        }
      }
    }
  }
  return files;
}
