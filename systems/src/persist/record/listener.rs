//! How the kinds of what the listener made are stored: playlists and the log of what was heard.

use std::sync::Arc;

use segue_components::history::Listens;
use segue_components::id::TrackId;
use segue_components::playlist::{
    Entry, EntryItem, PlaylistEntries, PlaylistName, PlaylistTimes, SmartQuery, Unmatched,
};
use segue_components::wire::codec::{Reader, WireError, put_bytes, put_number};

use super::column::{put_steps, put_texts, take_steps, take_texts};
use super::field::{Field, fields};
use super::{Shared, Stored, stored_rows, stored_texts};

stored_texts! { PlaylistName }
fields! {
    PlaylistTimes { created, changed }
    SmartQuery { query, limit }
    Unmatched { path, title, seconds }
}
stored_rows! { PlaylistTimes SmartQuery PlaylistEntries Listens }

/// The ids, then the tracks, zero standing for none, then what has none.
impl Field for PlaylistEntries {
    fn put(&self, out: &mut Vec<u8>) {
        self.last.put(out);
        put_number(out, self.entries.len() as u64);
        put_steps(out, self.entries.iter().map(|entry| u64::from(entry.id)));
        put_steps(
            out,
            self.entries.iter().map(|entry| match entry.item {
                EntryItem::Track(track) => track.0,
                EntryItem::Unmatched(_) => 0,
            }),
        );
        for entry in self.entries.iter() {
            if let EntryItem::Unmatched(unmatched) = &entry.item {
                unmatched.put(out);
            }
        }
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let last = u32::take(reader)?;
        // Each entry takes two bytes at the least, so that a lie makes no room beyond the bytes.
        let count = reader.count()?;
        let malformed = reader.malformed();
        let mut entries = Vec::with_capacity(count);
        take_steps(reader, count, |id| {
            entries.push(u32::try_from(id).map(|id| Entry {
                id,
                item: EntryItem::Track(TrackId(0)),
            }));
        })?;
        let entries: Result<Vec<Entry>, _> = entries.into_iter().collect();
        let mut entries = entries.map_err(|_| malformed)?;
        let mut tracks = entries.iter_mut();
        take_steps(reader, count, |track| {
            if let Some(entry) = tracks.next() {
                entry.item = EntryItem::Track(TrackId(track));
            }
        })?;
        for entry in &mut entries {
            if entry.item == EntryItem::Track(TrackId(0)) {
                entry.item = EntryItem::Unmatched(Box::new(Field::take(reader)?));
            }
        }
        Ok(Self {
            last,
            entries: Arc::new(entries),
        })
    }
}

impl Field for Listens {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(out, self.len() as u64);
        put_bytes(out, self.packed());
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let count = u16::take(reader)?;
        Self::unpack(count, reader.bytes()?)
    }
}
