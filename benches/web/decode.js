// Decoding whole files in one worker, against `decodeAudioData` of the same bytes.

import { Remote, median } from "./remote.js";

/** Odd, so that there is a middle. */
const RUNS = 15;

/** The music of each codec. */
const FILES = {
  mp3: "/corpus/audio/one-recording-many-codecs/lena.mp3",
  aac: "/corpus/audio/one-recording-many-codecs/lena.m4a",
  flac: "/corpus/audio/one-recording-many-codecs/lena.flac",
  vorbis: "/corpus/audio/one-recording-many-codecs/lena.ogg",
};

/** @param {string} address */
async function decode(address) {
  const response = await fetch(address);
  if (!response.ok) return undefined;
  const file = await response.arrayBuffer();
  const ours = new Remote("ours.js");
  const { sampleRate, channels, frames, loudness } = await ours.ask("describe", [file]);
  // At the file's own rate, or the browser would resample as well.
  const context = new OfflineAudioContext(channels, 1, sampleRate);
  check(await context.decodeAudioData(file.slice(0)), channels, frames, loudness);
  /** @type {number[]} */
  const oursTook = [];
  /** @type {number[]} */
  const peerTook = [];
  for (let run = 0; run < RUNS; run += 1) {
    oursTook.push(await time((bytes) => ours.ask("decode", [bytes], [bytes]), file));
    peerTook.push(await time((bytes) => context.decodeAudioData(bytes), file));
  }
  ours.end();
  return { ours: median(oursTook), unit: "ms", peer: median(peerTook), peerName: "decodeAudioData" };
}

/** Both take the bytes away, and answer when the last sample is there. @param {(bytes: ArrayBuffer) => Promise<unknown>} run @param {ArrayBuffer} file */
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
  if (buffer.numberOfChannels !== channels || Math.abs(buffer.length - frames) > 8_192 || Math.abs(theirs / loudness - 1) > 0.02) {
    throw new Error(
      `we decode ${frames} frames of ${channels} channels (${loudness}), the browser ${buffer.length} of ${buffer.numberOfChannels} (${theirs})`,
    );
  }
}

export const decodings = Object.fromEntries(Object.entries(FILES).map(([codec, address]) => [`decode_${codec}`, () => decode(address)]));
