// Covers as blob URLs: asked for once, kept while they are in use, the least recently used revoked first.

import { app } from "./app.js";

/** Thumbnails take a few kilobytes each; this many fill several screens. */
const MOST = 400;

/** @type {Map<number, string | null | Promise<string | null>>} oldest use first; null: there is none */
const covers = new Map();

/**
 * The address of a cover that is here already.
 *
 * @param {number} id
 * @returns {string | null | undefined} undefined: not asked for yet or still on its way
 */
export function knownCover(id) {
  const known = covers.get(id);
  if (known === undefined || known instanceof Promise) return undefined;
  covers.delete(id);
  covers.set(id, known);
  return known;
}

/**
 * The address of a cover, or null where there is none.
 *
 * @param {number} id
 * @returns {Promise<string | null>}
 */
export async function cover(id) {
  const known = covers.get(id);
  if (known !== undefined) return known;
  const asked = app.segue.artwork(id, "thumb").then(
    (blob) => (blob ? URL.createObjectURL(blob) : null),
    () => null,
  );
  covers.set(id, asked);
  const url = await asked;
  covers.set(id, url);
  trim();
  return url;
}

/** Forgets what could not be had, so that it is asked for again: after a scan there may be more. */
export function forgetMissing() {
  for (const [id, known] of covers) if (known === null) covers.delete(id);
}

function trim() {
  for (const [id, known] of covers) {
    if (covers.size <= MOST) return;
    if (known instanceof Promise) continue;
    covers.delete(id);
    // An image that is on screen has its pixels already: revoking its address does not remove them.
    if (known) URL.revokeObjectURL(known);
  }
}
