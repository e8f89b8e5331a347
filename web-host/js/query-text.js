// Filters as text of the query language.

import { Query } from "./query.js";

/** @param {string | import("./segue.js").TrackFilter | import("./segue.js").Query | undefined} filter */
export function queryText(filter) {
  if (filter === undefined) return "";
  if (typeof filter === "string") return filter;
  if (filter instanceof Query) return filter.toString();
  const parts = [];
  const { query, albumId, sort } = /** @type {import("./segue.js").TrackFilter} */ (filter);
  if (query) parts.push(query);
  if (albumId !== undefined) parts.push(`albumid:${albumId}`);
  if (sort) parts.push(`sort:${sort}`);
  return parts.join(" ");
}
