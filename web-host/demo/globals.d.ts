// Browser interfaces that TypeScript's own library does not describe yet, and what the page adds.

import type { Segue } from "../js/segue.js";

declare global {
  interface Window {
    /** The library, for the console and for tests. */
    segue?: Segue;
    showDirectoryPicker?(options?: {
      id?: string;
      mode?: "read" | "readwrite";
      startIn?: "music" | "documents" | "downloads" | "desktop";
    }): Promise<FileSystemDirectoryHandle>;
  }
}
