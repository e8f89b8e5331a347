// The folders that the visitor chose: a directory's handle or a list of files under each key.
// Every worker has its own table, filled by messages of the page.

/** Names that may be music, in lower case. What no decoder reads is named among the failures, not left out. */
const AUDIO = new Set(
  (
    "aac aif aifc aiff alac ape dff dsf fla flac m4a m4b mka mp1 mp2 mp3 mp4 mpc oga ogg opus spx tta wav wave wma wv"
  ).split(" "),
);

/** How many files one page of a listing holds. */
const PAGE = 256;
/** How many files are looked at at once: each costs a round trip to the browser's own process. */
const AT_ONCE = 16;

/** @typedef {{ handle: FileSystemDirectoryHandle } | { files: [path: string, file: File][] }} Folder */
/** @typedef {[path: string, size: number, modified: number]} Listed */
/** @typedef {[path: string, error: string]} Unlisted */

/**
 * A name as the library spells it: `\` stands for itself only when doubled.
 *
 * @param {string} name
 */
export function spell(name) {
  return name.toWellFormed().replaceAll("\\", "\\\\");
}

/** @param {string} path */
export function isAudio(path) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  // macOS leaves `._name.mp3` beside files on foreign disks: resource forks, not music.
  return dot > 0 && !name.startsWith("._") && AUDIO.has(name.slice(dot + 1).toLowerCase());
}

/** @param {unknown} error */
function reason(error) {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotFoundError") return "it is gone";
  if (name === "NotAllowedError" || name === "SecurityError") return "the browser does not allow reading it";
  if (name === "NotReadableError") return "it cannot be read";
  return error instanceof Error ? error.message : String(error);
}

/** See above. */
export class Folders {
  /** @type {Map<string, { handle: FileSystemDirectoryHandle } | { files: Map<string, File> }>} */
  #folders = new Map();

  /** @param {string} key @param {Folder} folder */
  add(key, folder) {
    this.#folders.set(key, "files" in folder ? { files: new Map(folder.files) } : folder);
  }

  /** @param {string} key */
  has(key) {
    return this.#folders.has(key);
  }

  /**
   * @param {string} key
   * @param {string} path
   * @returns {Promise<File>}
   */
  async file(key, path) {
    const folder = this.#folders.get(key);
    if (!folder) throw new Error("the page has no access to this folder at the moment");
    if ("files" in folder) {
      const file = folder.files.get(path);
      if (!file) throw new Error("the file is gone");
      return file;
    }
    const names = path.split("/").map((name) => name.replaceAll("\\\\", "\\"));
    const last = names.pop() ?? "";
    try {
      let directory = folder.handle;
      for (const name of names) directory = await directory.getDirectoryHandle(name);
      return await (await directory.getFileHandle(last)).getFile();
    } catch (error) {
      throw new Error(`the file cannot be opened: ${reason(error)}`);
    }
  }

  /**
   * @param {string} key
   * @param {(files: Listed[], failures: Unlisted[]) => boolean} page
   */
  async list(key, page) {
    const folder = this.#folders.get(key);
    if (!folder) throw new Error("the page has no access to this folder at the moment");
    /** @type {Listed[]} */
    let files = [];
    /** @type {Unlisted[]} */
    let failures = [];
    const flush = () => {
      const goOn = page(files, failures);
      files = [];
      failures = [];
      return goOn;
    };

    if ("files" in folder) {
      for (const [path, file] of folder.files) {
        files.push([path, file.size, file.lastModified]);
        if (files.length === PAGE && !flush()) return;
      }
      flush();
      return;
    }

    /** @type {[path: string, directory: FileSystemDirectoryHandle][]} */
    const open = [["", folder.handle]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [below, directory] = next;
      /** @type {[string, FileSystemFileHandle][]} */
      const found = [];
      try {
        for await (const [name, entry] of directory.entries()) {
          const path = below + spell(name);
          if (entry.kind === "directory") open.push([`${path}/`, /** @type {FileSystemDirectoryHandle} */ (entry)]);
          else if (isAudio(path)) found.push([path, /** @type {FileSystemFileHandle} */ (entry)]);
        }
      } catch (error) {
        // Without the root there is no listing; any other folder is named and the rest goes on.
        if (below === "") throw error;
        failures.push([below.slice(0, -1), reason(error)]);
      }
      for (let at = 0; at < found.length; at += AT_ONCE) {
        await Promise.all(
          found.slice(at, at + AT_ONCE).map(async ([path, entry]) => {
            try {
              const file = await entry.getFile();
              files.push([path, file.size, file.lastModified]);
            } catch (error) {
              failures.push([path, reason(error)]);
            }
          }),
        );
        if (files.length >= PAGE && !flush()) return;
      }
    }
    flush();
  }
}
