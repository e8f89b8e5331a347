// Decoding whole files in one worker, against `decodeAudioData` of the same bytes.
//
// Ours is what the player's worker does: each block is decoded into the memory of the one before. `decodeAudioData`
// has to keep all samples, because it has no other way to give them out.

import { aacAgain, flacAgain, mp3Again } from "./join.js";
import { Remote, median } from "./remote.js";

/** Odd, so that there is a middle. */
const RUNS = 9;

/** Until code that runs hot was compiled for it, in milliseconds. */
const WARM_UP = 1_500;

const CORPUS = "/corpus/audio/one-recording-many-codecs";

/** How often the short recording of the corpus is played in one file: for three minutes, as a song. */
const TIMES = 16;

/** @type {Record<string, { address: string, join?: (file: Uint8Array, times: number) => Uint8Array<ArrayBuffer> }>} */
const FILES = {
  mp3: { address: `${CORPUS}/lena.mp3`, join: mp3Again },
  aac: { address: `${CORPUS}/lena.aac`, join: aacAgain },
  flac: { address: `/corpus/audio/flac-conformance/subset/01 - blocksize 4096.flac`, join: flacAgain },
  // Of the demo's own album.
  vorbis: { address: "/music/Endgame - Singularity Original Soundtrack/Apex Aleph.ogg" },
};

/** @param {string} codec */
async function decode(codec) {
  const { address, join } = FILES[codec] ?? { address: "" };
  const response = await fetch(address);
  if (!response.ok) return undefined;
  let file = await response.arrayBuffer();
  if (join) file = join(new Uint8Array(file), TIMES).buffer;
  const ours = new Remote("ours.js");
  const { sampleRate, channels, frames, loudness } = await ours.ask("describe", [file]);
  // At the file's own rate, or the browser would resample as well.
  const context = new OfflineAudioContext(channels, 1, sampleRate);
  check(await context.decodeAudioData(file.slice(0)), channels, frames, loudness);
  const warm = performance.now() + WARM_UP;
  while (performance.now() < warm) await ours.ask("decode", [file]);
  /** @type {number[]} */
  const oursTook = [];
  /** @type {number[]} */
  const peerTook = [];
  for (let run = 0; run < RUNS; run += 1) {
    oursTook.push(
      await time(async (bytes) => {
        const decoded = await ours.ask("decode", [bytes], [bytes]);
        if (decoded !== frames) throw new Error(`${decoded} frames of ${frames}`);
      }, file),
    );
    peerTook.push(await time((bytes) => context.decodeAudioData(bytes), file));
  }
  ours.end();
  const seconds = (frames / sampleRate).toFixed(0);
  return {
    ours: median(oursTook),
    unit: "ms",
    peer: median(peerTook),
    peerName: "decodeAudioData",
    note: `${seconds} s, ${sampleRate} Hz, ${channels} channels; ours block by block, theirs kept`,
  };
}

/**
 * Both take the bytes away, and answer when the last sample was decoded.
 *
 * @param {(bytes: ArrayBuffer) => Promise<unknown>} run
 * @param {ArrayBuffer} file
 */
async function time(run, file) {
  const bytes = file.slice(0);
  const start = performance.now();
  await run(bytes);
  return performance.now() - start;
}

/**
 * That both decoded the same recording: the browser leaves a codec's delay and padding in where we take them out.
 *
 * @param {AudioBuffer} buffer
 * @param {number} channels
 * @param {number} frames
 * @param {number} loudness
 */
function check(buffer, channels, frames, loudness) {
  let sum = 0;
  for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
    for (const sample of buffer.getChannelData(channel)) sum += sample * sample;
  }
  const theirs = Math.sqrt(sum / (buffer.length * buffer.numberOfChannels));
  const same = buffer.numberOfChannels === channels && Math.abs(buffer.length - frames) < 8_192;
  if (same && Math.abs(theirs / loudness - 1) < 0.02) return;
  throw new Error(
    `we decode ${frames} frames of ${channels} channels (${loudness}), the browser ${buffer.length} of ${buffer.numberOfChannels} (${theirs})`,
  );
}

export const decodings = Object.fromEntries(Object.keys(FILES).map((codec) => [`decode_${codec}`, () => decode(codec)]));
