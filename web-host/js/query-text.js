// Filters as text of the query language.

/** @param {string | import("./segue.js").TrackFilter | undefined} filter */
export function queryText(filter) {
  if (filter === undefined) return "";
  if (typeof filter === "string") return filter;
  const parts = [];
  if (filter.query) parts.push(filter.query);
  if (filter.albumId !== undefined) parts.push(`albumid:${filter.albumId}`);
  if (filter.sort) parts.push(`sort:${filter.sort}`);
  return parts.join(" ");
}
