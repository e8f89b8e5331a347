// The address of what is shown: `?query=…&sort=…#tracks`, `#albums` or `#album/12`.

import { app } from "./app.js";

/** @typedef {import("./app.js").Route} Route */

/** @returns {Route} */
function read() {
  const search = new URLSearchParams(location.search);
  const [page, id] = location.hash.slice(1).split("/");
  const query = search.get("query") ?? "";
  const sort = search.get("sort") ?? "";
  const album = Number(id);
  if (page === "album" && Number.isSafeInteger(album) && album > 0) return { page, album, query, sort };
  return { page: page === "albums" ? "albums" : "tracks", album: 0, query, sort };
}

/**
 * The address of a route; what else stands in the present address is kept.
 *
 * @param {Partial<Route>} change
 */
export function hrefOf(change) {
  const route = { ...app.route, ...change };
  const search = new URLSearchParams(location.search);
  for (const name of /** @type {const} */ (["query", "sort"])) {
    if (route[name]) search.set(name, route[name]);
    else search.delete(name);
  }
  const text = search.toString();
  const hash = route.page === "album" ? `album/${route.album}` : route.page;
  return `${location.pathname}${text ? `?${text}` : ""}#${hash}`;
}

/**
 * Goes somewhere. Typing and sorting replace the present entry of the history, pages add one.
 *
 * @param {Partial<Route>} change
 * @param {{ replace?: boolean }} [options]
 */
export function go(change, { replace = false } = {}) {
  const href = hrefOf(change);
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  update();
}

function update() {
  app.route = read();
  app.dispatchEvent(new Event("route"));
}

/** Reads the address, and follows it from now on. */
export function startRouting() {
  window.addEventListener("popstate", update);
  // Links within the page move without loading it again.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || link.target || link.origin !== location.origin) return;
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.pathname !== location.pathname || event.defaultPrevented) return;
    event.preventDefault();
    if (link.href !== location.href) {
      history.pushState(null, "", link.href);
      update();
    }
  });
  app.route = read();
}

/**
 * A condition of the query language on one field.
 *
 * @param {string} field
 * @param {string} value
 */
export function condition(field, value) {
  return `${field}:"${value.replaceAll("\\", "").replaceAll('"', " ").trim()}"`;
}

const SORT = /(?:^|\s)sort:(\S*)/;

/**
 * The order that holds: one typed into the query goes before one chosen.
 *
 * @param {Route} route
 */
export function sortOf(route) {
  return SORT.exec(route.query)?.[1] ?? route.sort;
}

/**
 * The whole query for the engine.
 *
 * @param {Route} route
 * @param {string} usual the order of an empty query
 */
export function fullQuery(route, usual) {
  const query = route.query.trim();
  if (SORT.test(query)) return query;
  // With words to search for, the engine's own order puts the best first.
  const sort = route.sort || (query ? "" : usual);
  return sort ? `${query} sort:${sort}`.trim() : query;
}

/**
 * The first key of the order that holds, as the header of a list shows it.
 *
 * @param {Route} route
 * @param {string} usual
 */
export function firstSort(route, usual) {
  const sort = sortOf(route) || (route.query.trim() ? "" : usual);
  // By album artist, an album of several artists stays together; the column of it is the artist's.
  return (sort.split(",")[0] ?? "").replace("albumartist", "artist");
}

/** The order of an empty query. */
export const USUAL_TRACKS = "albumartist,year,album,disc,track";

/**
 * Changes the order, wherever the present one stands.
 *
 * @param {string} sort
 */
export function goSorted(sort) {
  const { query } = app.route;
  if (SORT.test(query)) go({ query: query.replace(SORT, ` sort:${sort}`).trim(), sort: "" }, { replace: true });
  else go({ sort }, { replace: true });
}
