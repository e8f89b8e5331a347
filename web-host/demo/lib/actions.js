// What can be done with tracks, wherever they are shown.

import { app } from "./app.js";
import { count } from "./format.js";
import { condition, go } from "./route.js";

/** @typedef {import("../../js/segue.js").Track} Track */

/** More than these are put into the queue in several steps, so that no message grows without bound. */
const STEP = 2000;

/**
 * The ids of rows of a result.
 *
 * @param {string | import("../../js/segue.js").TrackFilter} query
 * @param {number} offset
 * @param {number} limit
 */
export async function idsOf(query, offset, limit) {
  /** @type {number[]} */
  const ids = [];
  while (ids.length < limit) {
    const step = Math.min(STEP, limit - ids.length);
    const { tracks } = await app.segue.queryTracks(query, { offset: offset + ids.length, limit: step });
    ids.push(...tracks.map((track) => track.id));
    if (tracks.length < step) break;
  }
  return ids;
}

/** @param {number[]} ids */
export async function append(ids) {
  const { queue } = app.segue.player;
  const before = queue.items.length;
  if ((await app.tried(queue.append(ids).then(() => true), "The queue did not change")) === undefined) return;
  app.toast({
    message: `${count(ids.length, "track")} added to the queue`,
    action: { label: "Undo", run: () => void app.tried(removeRange(before, ids.length)) },
  });
}

/** @param {number[]} ids */
export async function playNext(ids) {
  const { queue } = app.segue.player;
  const at = queue.index + 1;
  if ((await app.tried(queue.insert(ids, at).then(() => true), "The queue did not change")) === undefined) return;
  app.toast({
    message: `${count(ids.length, "track")} will play next`,
    action: { label: "Undo", run: () => void app.tried(removeRange(at, ids.length)) },
  });
}

/**
 * @param {number} at
 * @param {number} length
 */
async function removeRange(at, length) {
  for (let index = at + length - 1; index >= at; index -= 1) await app.segue.player.queue.remove(index);
}

/** Lets the visitor choose a playlist for tracks. @param {number[]} ids */
export async function choosePlaylist(ids) {
  app.dispatchEvent(new CustomEvent("choose-playlist", { detail: ids }));
}

/**
 * @param {Track[]} tracks
 * @param {number} stars
 */
export async function rate(tracks, stars) {
  const work = Promise.all(tracks.map((track) => app.segue.rate(track.id, stars)));
  if (!(await app.tried(work, "The rating was not kept"))) return;
  const what = tracks.length === 1 && tracks[0] ? tracks[0].title : count(tracks.length, "track");
  app.announce(stars ? `${what}: ${count(stars, "star")}` : `${what}: not rated`);
}

/** @param {Track} track */
export function goToAlbum(track) {
  if (track.albumId) go({ page: "album", album: track.albumId });
}

/** @param {Track} track */
export function goToArtist(track) {
  const artist = track.artists?.[0] ?? track.artist ?? track.albumArtist;
  if (artist) go({ page: "tracks", query: condition("artist", artist), sort: "" });
}
