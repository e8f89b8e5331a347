//! What hosts last saw, kept beside the pages: the next start reads these rows first and shows them while the rest
//! is loaded and indexed.
//!
//! It is a copy of what an index would answer, never a truth of its own: a record that was not written by the very
//! batch that the store ends with is passed over, and the first answer of the index replaces what it said.

use bevy_ecs::resource::Resource;
use segue_components::id::Noun;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::store::PageKey;

/// Where the record stands: page 1 of table 0, which holds no rows.
pub const LAST_SEEN: PageKey = PageKey { table: 0, page: 1 };

/// How many rows of a view are kept: more than a screen shows.
pub const MOST_ROWS: u32 = 128;

/// How many views are kept.
pub const MOST_WINDOWS: usize = 4;

const MAGIC: [u8; 4] = *b"SGSH";
const VERSION: u16 = 1;

/// The views that hosts saw last.
#[derive(Resource, Debug, Default)]
pub struct LastSeen {
    windows: Vec<Window>,
    /// Whether they differ from what is stored.
    pub(super) is_dirty: bool,
}

/// The beginning of a view's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Tracks or albums.
    pub noun: Noun,
    /// The view's query.
    pub query: String,
    /// How many rows match.
    pub total: u32,
    /// The first of them, in order: all, or [`MOST_ROWS`].
    pub ids: Vec<u64>,
    /// Everything that is shown with them, each once, ascending.
    pub things: Vec<(Noun, u64)>,
}

impl LastSeen {
    /// The views.
    #[must_use]
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Puts other views in their place.
    pub fn set(&mut self, windows: Vec<Window>) {
        self.is_dirty |= self.windows != windows;
        self.windows = windows;
    }

    /// Total and rows of a view's window, if they are known.
    #[must_use]
    pub fn find(&self, noun: Noun, query: &str, offset: u32, limit: u32) -> Option<(u32, Vec<u64>)> {
        let mut windows = self.windows.iter();
        let window = windows.find(|window| window.noun == noun && window.query == query)?;
        let end = offset.saturating_add(limit).min(window.total) as usize;
        let ids = window.ids.get((offset as usize).min(end)..end)?;
        Some((window.total, ids.to_vec()))
    }

    /// The record as this batch of the library writes it; `None` if nothing was seen.
    pub(super) fn to_bytes(&self, generation: u64) -> Option<Vec<u8>> {
        if self.windows.is_empty() {
            return None;
        }
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&generation.to_le_bytes());
        let mut out = postcard::to_extend(&self.windows, out).expect("windows are plain data");
        let sum = xxh3_64(&out);
        out.extend_from_slice(&sum.to_le_bytes());
        Some(out)
    }

    /// Reads the record of a store that ends with the batch of this generation. `None` if another batch wrote it,
    /// another version, or nobody: nothing is lost with it.
    pub(crate) fn read(bytes: &[u8], generation: u64) -> Option<Self> {
        const HEAD: usize = 14;
        let (body, sum) = bytes.split_last_chunk::<8>()?;
        let (head, windows) = body.split_at_checked(HEAD)?;
        let is_ours = head[..4] == MAGIC
            && head[4..6] == VERSION.to_le_bytes()
            && head[6..] == generation.to_le_bytes()
            && u64::from_le_bytes(*sum) == xxh3_64(body);
        let windows = is_ours.then(|| postcard::from_bytes(windows).ok())??;
        Some(Self {
            windows,
            is_dirty: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> LastSeen {
        let mut shown = LastSeen::default();
        shown.set(vec![Window {
            noun: Noun::Track,
            query: "sort:year".into(),
            total: 1_000,
            ids: (500..628).collect(),
            things: vec![(Noun::Track, 500), (Noun::Album, 9)],
        }]);
        shown
    }

    #[test]
    fn what_was_seen_comes_back_with_the_batch_that_wrote_it_alone() {
        let bytes = sample().to_bytes(7).unwrap();
        assert_eq!(LastSeen::read(&bytes, 7).unwrap().windows, sample().windows);
        assert!(LastSeen::read(&bytes, 8).is_none());
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 4;
            assert!(LastSeen::read(&flipped, 7).is_none());
            assert!(LastSeen::read(&bytes[..at], 7).is_none());
        }
    }

    #[test]
    fn a_window_is_known_if_all_of_it_is() {
        let shown = sample();
        let find = |query, offset, limit| {
            let found = shown.find(Noun::Track, query, offset, limit);
            found.map(|(total, ids)| (total, ids.first().copied(), ids.len()))
        };
        assert_eq!(find("sort:year", 0, 100), Some((1_000, Some(500), 100)));
        assert_eq!(find("sort:year", 28, 100), Some((1_000, Some(528), 100)));
        assert_eq!(find("sort:year", 29, 100), None);
        assert_eq!(find("sort:title", 0, 1), None);
        assert_eq!(shown.find(Noun::Album, "sort:year", 0, 1), None);
    }

    #[test]
    fn a_short_answer_is_known_to_its_end() {
        let mut shown = sample();
        let mut windows = shown.windows.clone();
        windows[0].total = 3;
        windows[0].ids.truncate(3);
        shown.set(windows);
        let found = shown.find(Noun::Track, "sort:year", 0, 100);
        assert_eq!(found, Some((3, vec![500, 501, 502])));
        assert_eq!(
            shown.find(Noun::Track, "sort:year", 50, 100),
            Some((3, Vec::new()))
        );
    }
}
