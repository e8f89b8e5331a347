// Lists of which one item is in the tab order: the arrow keys go on from it. Items say their place in `data-at`.

/**
 * @param {Element} list
 * @param {number} at
 * @returns {HTMLElement | null}
 */
export function itemAt(list, at) {
  const item = list.querySelector(`[data-at="${at}"]`);
  return item instanceof HTMLElement ? item : null;
}

/**
 * Puts an item into the tab order in place of the one that was in it.
 *
 * @param {Element} list
 * @param {number} before
 * @param {number} at
 * @returns {number} the place of the item that is in it now
 */
export function activate(list, before, at) {
  const old = itemAt(list, before);
  if (old) old.tabIndex = -1;
  const item = itemAt(list, at);
  if (item) item.tabIndex = 0;
  return at;
}
