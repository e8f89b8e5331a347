// A worker with SQLite: FTS5 in memory, set up as fast as it goes for these questions.
//
// Rows come in our default order and get their place as rowid, so that FTS5 walks a doclist in that order and sorts
// nothing; an index of prefixes of one to three characters; no copy of the text, since nobody asks for it.

import sqlite3InitModule from "/peers/@sqlite.org/sqlite-wasm/dist/index.mjs";
import { answer } from "./remote.js";
import { timed, words } from "./typing.js";

const WINDOW = 60;

const SCHEMA = `
  CREATE VIRTUAL TABLE found USING fts5(title, artist, album_artist, album,
    content='', contentless_delete=1, prefix='1 2 3', tokenize='unicode61 remove_diacritics 2');
  CREATE TABLE tracks(id INTEGER PRIMARY KEY, title TEXT, artist TEXT, album_artist TEXT, album TEXT, year INTEGER, duration INTEGER);
  CREATE TABLE genres(genre TEXT, track INTEGER);
`;

/** @type {any} */
let database;
/** @type {Record<string, any>} */
const prepared = {};

/** @param {string} sql */
function statement(sql) {
  return (prepared[sql] ??= database.prepare(sql));
}

/** The first column of every row. @param {string} sql @param {unknown[]} bound */
function ask(sql, ...bound) {
  const query = statement(sql);
  if (bound.length > 0) query.bind(bound);
  const found = [];
  while (query.step()) found.push(query.get(0));
  query.reset();
  return found;
}

/** @param {string} sql @param {unknown[]} bound */
function run(sql, ...bound) {
  statement(sql).bind(bound).stepReset();
}

/** Every word, the last one as a prefix. @param {string} query */
function match(query) {
  const quoted = words(query).map((word) => `"${word.replaceAll('"', '""')}"`);
  return quoted.length === 0 ? undefined : `${quoted.join(" AND ")}*`;
}

/** Total and first window. @param {string} query */
function find(query) {
  const matched = match(query);
  if (!matched) return ask("SELECT count(*) FROM tracks")[0];
  ask(`SELECT rowid FROM found WHERE found MATCH ?1 ORDER BY rowid LIMIT ${WINDOW}`, matched);
  return ask("SELECT count(*) FROM found WHERE found MATCH ?1", matched)[0];
}

answer({
  async open() {
    const sqlite3 = await sqlite3InitModule({ print: () => {}, printErr: () => {} });
    database = new sqlite3.oo1.DB(":memory:", "c");
    database.exec(SCHEMA);
    return `SQLite ${sqlite3.version.libVersion} FTS5`;
  },

  /** Adds rows; answers how long the text index took. */
  add(/** @type {string} */ json) {
    /** @type {import("./typing.js").Row[]} */
    const rows = JSON.parse(json);
    database.exec("BEGIN");
    const start = performance.now();
    const words = statement("INSERT INTO found(rowid, title, artist, album_artist, album) VALUES(?1, ?2, ?3, ?4, ?5)");
    for (const [place, title, artist, albumArtist, album] of rows) words.bind([place, title, artist, albumArtist, album]).stepReset();
    const took = performance.now() - start;
    for (const [place, title, artist, albumArtist, album, genres, year, duration] of rows) {
      run("INSERT INTO tracks VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)", place, title, artist, albumArtist, album, year, duration);
      for (const genre of genres) run("INSERT INTO genres VALUES(?1, ?2)", genre, place);
    }
    const commit = performance.now();
    database.exec("COMMIT");
    return took + performance.now() - commit;
  },

  /** Everything is in: what makes questions quicker, and is no part of the time. */
  finish() {
    database.exec("INSERT INTO found(found) VALUES('optimize'); CREATE INDEX genre_of ON genres(track, genre); ANALYZE;");
  },

  type: (/** @type {string[]} */ queries, /** @type {number} */ limit) => timed(queries, limit, find),

  /** Total, and the first window in an order that no index has. */
  sort(/** @type {string} */ order) {
    const start = performance.now();
    ask("SELECT count(*) FROM tracks");
    ask(`SELECT id FROM tracks ORDER BY ${order}, id LIMIT ${WINDOW}`);
    return performance.now() - start;
  },

  /** The values of a column with most tracks among all; the best of some times. */
  facets(/** @type {string} */ column) {
    const table = column === "genre" ? "genres" : "tracks";
    const times = Array.from({ length: 3 }, () => {
      const start = performance.now();
      ask(`SELECT ${column}, count(*) AS tracks FROM ${table} GROUP BY ${column} ORDER BY tracks DESC, ${column} LIMIT 100`);
      return performance.now() - start;
    });
    return Math.min(...times);
  },

  /** The same changes; then total and first window by title, which has an index, are asked for again. */
  change(/** @type {number[]} */ places) {
    database.exec("CREATE INDEX by_title ON tracks(title)");
    return places.map((place, number) => {
      const start = performance.now();
      run("UPDATE tracks SET title = ?2 WHERE id = ?1", place, `0 ${number}`);
      run("INSERT OR REPLACE INTO found(rowid, title, artist, album_artist, album) SELECT id, title, artist, album_artist, album FROM tracks WHERE id = ?1", place);
      ask("SELECT count(*) FROM tracks");
      ask(`SELECT id FROM tracks ORDER BY title LIMIT ${WINDOW}`);
      return performance.now() - start;
    });
  },
});
