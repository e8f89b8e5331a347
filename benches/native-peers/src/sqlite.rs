//! The peer.

use rusqlite::{Connection, Result, params};
use segue_benches::owner::{FACETS, WINDOW};
use segue_components::row::TrackRow;

use crate::processor_time;

const SCHEMA: &str = "
    CREATE VIRTUAL TABLE found USING fts5(title, artist, album_artist, album,
        content='', contentless_delete=1, prefix='1 2 3', tokenize='unicode61 remove_diacritics 2');
    CREATE TABLE tracks(id INTEGER PRIMARY KEY, title TEXT, artist TEXT, album_artist TEXT, album TEXT,
        year INTEGER, duration INTEGER);
    CREATE TABLE genres(genre TEXT, track INTEGER);
";

/// A database in memory with a text index.
#[derive(Debug)]
pub(crate) struct Sqlite(Connection);

impl Sqlite {
    pub(crate) fn open() -> Result<Self> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(SCHEMA)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self(connection))
    }

    /// Adds rows; answers how many milliseconds the text index took.
    pub(crate) fn add(&mut self, first: usize, rows: &[TrackRow]) -> Result<f64> {
        let transaction = self.0.transaction()?;
        let start = processor_time();
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO found(rowid, title, artist, album_artist, album) VALUES(?1, ?2, ?3, ?4, ?5)",
            )?;
            for (place, row) in rows.iter().enumerate() {
                insert.execute(params![
                    first + place,
                    row.title,
                    row.artist,
                    row.album_artist,
                    row.album
                ])?;
            }
        }
        let words = processor_time() - start;
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO tracks VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
            let mut tag = transaction.prepare_cached("INSERT INTO genres VALUES(?1, ?2)")?;
            for (place, row) in rows.iter().enumerate() {
                let place = first + place;
                insert.execute(params![
                    place,
                    row.title,
                    row.artist,
                    row.album_artist,
                    row.album,
                    row.year,
                    row.duration_ms
                ])?;
                for genre in &row.genres {
                    tag.execute(params![genre, place])?;
                }
            }
        }
        let start = processor_time();
        transaction.commit()?;
        Ok(words + processor_time() - start)
    }

    /// Everything is in: what makes questions quicker, and is no part of the time.
    pub(crate) fn finish(&self) -> Result<()> {
        self.0.execute_batch(
            "INSERT INTO found(found) VALUES('optimize');
             CREATE INDEX genre_of ON genres(track, genre);
             ANALYZE;",
        )
    }

    /// How many rows match; the first window is found too.
    pub(crate) fn find(&self, query: &str) -> Result<u32> {
        let Some(matched) = matching(query) else {
            return self.count();
        };
        let mut window = self
            .0
            .prepare_cached("SELECT rowid FROM found WHERE found MATCH ?1 ORDER BY rowid LIMIT ?2")?;
        let rows = window.query_map(params![matched, WINDOW], |row| row.get::<_, i64>(0))?;
        rows.collect::<Result<Vec<_>>>()?;
        let mut count = self
            .0
            .prepare_cached("SELECT count(*) FROM found WHERE found MATCH ?1")?;
        count.query_row([matched], |row| row.get(0))
    }

    fn count(&self) -> Result<u32> {
        let mut count = self.0.prepare_cached("SELECT count(*) FROM tracks")?;
        count.query_row([], |row| row.get(0))
    }

    fn window_by(&self, order: &str) -> Result<()> {
        let mut window = self
            .0
            .prepare_cached(&format!("SELECT id FROM tracks ORDER BY {order} LIMIT {WINDOW}"))?;
        let rows = window.query_map([], |row| row.get::<_, i64>(0))?;
        rows.collect::<Result<Vec<_>>>()?;
        Ok(())
    }

    /// Total, and the first window in an order that no index has.
    pub(crate) fn sort(&self, order: &str) -> Result<()> {
        self.count()?;
        self.window_by(&format!("{order}, id"))
    }

    /// The values of a column that most tracks have.
    pub(crate) fn facets(&self, column: &str) -> Result<()> {
        let table = if column == "genre" { "genres" } else { "tracks" };
        let mut counted = self.0.prepare_cached(&format!(
            "SELECT {column}, count(*) AS tracks FROM {table} GROUP BY {column}
             ORDER BY tracks DESC, {column} LIMIT {FACETS}"
        ))?;
        let rows = counted.query_map([], |row| row.get::<_, u32>(1))?;
        rows.collect::<Result<Vec<_>>>()?;
        Ok(())
    }

    /// From here on titles have an index.
    pub(crate) fn index_titles(&self) -> Result<()> {
        self.0.execute_batch("CREATE INDEX by_title ON tracks(title)")
    }

    /// Gives a track another title, and asks for total and first window by title again.
    pub(crate) fn change(&self, place: u32, title: &str) -> Result<()> {
        let mut update = self
            .0
            .prepare_cached("UPDATE tracks SET title = ?2 WHERE id = ?1")?;
        update.execute(params![place, title])?;
        let mut put = self.0.prepare_cached(
            "INSERT OR REPLACE INTO found(rowid, title, artist, album_artist, album)
             SELECT id, title, artist, album_artist, album FROM tracks WHERE id = ?1",
        )?;
        put.execute([place])?;
        self.count()?;
        self.window_by("title")
    }
}

/// Every word, the last one as a prefix.
fn matching(query: &str) -> Option<String> {
    let quoted: Vec<_> = query
        .split_whitespace()
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
        .collect();
    (!quoted.is_empty()).then(|| quoted.join(" AND ") + "*")
}
