//! Which tracks stand in a playlist.

use segue_components::id::{EntriesId, Noun, PlaylistId};
use segue_components::playlist::{EntryItem, PlaylistEntries, PlaylistName, SmartQuery};

use super::bitmap::Bitmap;
use super::eval::Eval;
use super::fold::fold;
use super::index::Index;
use super::parser;
use crate::catalog::{self, Catalog};

impl Eval<'_> {
    /// The tracks of the playlists with this number or name. A smart one is looked into, but what its query says
    /// of other smart ones is not: they could go round in a circle, or be very many.
    pub(super) fn playlist(&self, index: &mut Index, wanted: &str, mut candidates: Bitmap) -> Bitmap {
        let number: Option<u64> = wanted.parse().ok();
        let name = fold(wanted);
        let catalog = self.world.resource::<Catalog>();
        let called = catalog.all(Noun::Playlist).filter(|&(id, entity)| {
            let known = self.world.get::<PlaylistName>(entity);
            number == Some(id) || known.is_some_and(|known| fold(&known.0) == name)
        });
        let mut found = Bitmap::empty_like(&candidates);
        for (id, entity) in called {
            if let Some(smart) = self.world.get::<SmartQuery>(entity) {
                if let Ok(query) = parser::parse(&smart.query)
                    && !self.is_within
                {
                    let within = Self {
                        is_within: true,
                        ..*self
                    };
                    found.or(&within.expr(index, Noun::Track, &query.filter, candidates.clone()));
                }
                continue;
            }
            let id = EntriesId::of(PlaylistId(id));
            let list = catalog::get::<PlaylistEntries>(self.world, id);
            for entry in list.iter().flat_map(|list| list.entries.iter()) {
                if let EntryItem::Track(track) = entry.item
                    && let Some(row) = index.table_mut(Noun::Track).number(track.0)
                {
                    found.set(row);
                }
            }
        }
        candidates.and(&found);
        candidates
    }
}
