// How numbers, times and formats are written for people.

const NUMBER = new Intl.NumberFormat("en");
const PLURAL = new Intl.PluralRules("en");

/** @param {number} value */
export function number(value) {
  return NUMBER.format(value);
}

/**
 * `1 track`, `1,200 tracks`.
 *
 * @param {number} value
 * @param {string} noun
 */
export function count(value, noun) {
  return `${number(value)} ${PLURAL.select(value) === "one" ? noun : `${noun}s`}`;
}

/**
 * `3:07`, `1:02:07`.
 *
 * @param {number} ms
 */
export function time(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const s = String(seconds % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${s}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${s}`;
}

/**
 * `3 minutes 7 seconds`, for those who listen to it.
 *
 * @param {number} ms
 */
export function spokenTime(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [];
  if (seconds >= 3600) parts.push(count(Math.floor(seconds / 3600), "hour"));
  if (seconds >= 60) parts.push(count(Math.floor((seconds % 3600) / 60), "minute"));
  parts.push(count(seconds % 60, "second"));
  return parts.join(" ");
}

/**
 * `42 min`, `3 h 5 min`, `12 days`.
 *
 * @param {number} ms
 */
export function span(ms) {
  const minutes = Math.round(ms / 60000);
  if (minutes < 1) return "under a minute";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${number(Math.round(hours / 24))} days`;
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** @type {Record<string, string>} */
const CODECS = { vorbis: "Vorbis", opus: "Opus", pcm: "PCM" };

/**
 * `FLAC 96/24`, `MP3 320`.
 *
 * @param {import("../../js/segue.js").Track} track
 */
export function format(track) {
  if (!track.codec) return "";
  const codec = CODECS[track.codec] ?? track.codec.toUpperCase();
  if (track.bitsPerSample && track.sampleRate) {
    return `${codec} ${Number((track.sampleRate / 1000).toFixed(1))}/${track.bitsPerSample}`;
  }
  return track.bitrate ? `${codec} ${Math.round(track.bitrate / 1000)}` : codec;
}

/**
 * A colour for something that has none of its own; the same one each time.
 *
 * @param {number} id
 */
export function hueOf(id) {
  return (id * 137.508) % 360;
}

/**
 * What stands on a cover that is missing.
 *
 * @param {string | undefined} title
 */
export function initial(title) {
  const letter = title?.match(/[\p{L}\p{N}]/u);
  return letter ? letter[0].toUpperCase() : "♪";
}
