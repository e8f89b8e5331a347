// A worker with our own bundle: stores seeded libraries, decodes files.

import initLibrary, { SeededLibrary, keystrokes } from "/js/bench-library/segue_web_bench.js";
import { answer } from "./remote.js";

// Each is compiled like the shipped bundle whose code it holds; the sound is only there where it is measured.
const ready = initLibrary({ module_or_path: "/js/bench-library/segue_web_bench_bg.wasm" });

/** @returns {Promise<any>} */
async function sound() {
  const bundle = await import("/js/bench-sound/segue_web_bench.js");
  await bundle.default({ module_or_path: "/js/bench-sound/segue_web_bench_bg.wasm" });
  return bundle.Sound;
}

answer({
  /** Stores a seeded library in a new database; answers how long that took, without making it. */
  async store(/** @type {string} */ database, /** @type {number} */ tracks) {
    await ready;
    const library = await SeededLibrary.open(database, tracks);
    const took = await library.store();
    const { waited } = library;
    await library.close();
    return { took, waited };
  },

  async keystrokes(/** @type {number} */ count) {
    await ready;
    return keystrokes(count, 5);
  },

  /** Decodes a file as the player does, which keeps nothing of it; answers how many frames there were. */
  async decode(/** @type {ArrayBuffer} */ file) {
    const Sound = await sound();
    return Sound.play_through(new Uint8Array(file));
  },

  /** What a file holds. */
  async describe(/** @type {ArrayBuffer} */ file) {
    const Sound = await sound();
    const decoded = Sound.decode(new Uint8Array(file));
    const { sample_rate, channels, frames } = decoded;
    const loudness = decoded.loudness();
    decoded.free();
    return { sampleRate: sample_rate, channels, frames, loudness };
  },
});
