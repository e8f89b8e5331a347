// `node --test web-host/tests/query.test.js`: what the builder writes is what the query language reads. The texts
// are also read by a test in `systems/src/query/parser.rs`.

import assert from "node:assert/strict";
import test from "node:test";

import { queryText } from "../js/query-text.js";
import { query } from "../js/query.js";

test("a query that is built reads as one that is typed", () => {
  const built = query()
    .artist("queen")
    .year(1975, 1980)
    .not((part) => part.title("live"))
    .sort("-year", "album");
  assert.equal(String(built), "artist:queen year:1975..1980 -(title:live) sort:-year,album");
  assert.equal(queryText(built), String(built));
  assert.equal(String(query()), "");
});

test("relevance stands before all other fields", () => {
  const built = query().word("love").sort("-year", "album").sort("relevance");
  assert.equal(String(built), "love sort:relevance,-year,album");
});

test("values are quoted where they would be read otherwise", () => {
  const built = query()
    .is("albumartist", 'Sim "x"')
    .isExactly("title", "~x")
    .matches("path", /^a\/b[/]/)
    .where("title", "=x")
    .word("-x")
    .word("2:30")
    .phrase("a b");
  assert.equal(
    String(built),
    String.raw`albumartist:="Sim \"x\"" title:=="~x" path:~/^a\/b[\/]/ title:"=x" "-x" "2:30" "a b"`,
  );
});

test("ranges are open where nothing is said", () => {
  const built = query().year({ from: 3 }).year(undefined, 1980).rating(">=4").plays(0).loudness(-14.5, -9);
  assert.equal(String(built), "year:3.. year:..1980 rating:>=4 plays:0 loudness:-14.5..-9");
});

test("sides that let everything through make no condition", () => {
  const built = query().either(
    (side) => side.has("lyrics").added("<30d"),
    (side) => side.lastPlayed("never"),
  );
  assert.equal(String(built), "(has:lyrics added:<30d | lastplayed:never)");
  assert.equal(String(built.either((side) => side)), String(built));
  assert.equal(String(query().either()), "");
});
