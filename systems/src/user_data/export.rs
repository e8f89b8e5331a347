//! The library's part of a file, gathered and written some rows at a time.
//!
//! Each thing is in the file as it was when it was looked at. What comes in meanwhile may be missing, and nothing in the file
//! refers to what is not in it.

use bevy_ecs::world::World;
use bevy_platform::collections::HashMap;
use segue_components::prelude::*;

use super::file::{Item, List, UserData, Writer};
use super::{LISTENS_PER_ROW, Progress, identity};
use crate::catalog::{self, Catalog};
use crate::clock::Clock;
use crate::playlist;

/// The steps, in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Step {
    #[default]
    Tracks,
    Playlists,
    History,
    Write,
    Done,
}

/// A file in the making.
#[derive(Debug, Default)]
pub(super) struct Export {
    step: Step,
    /// Of the step: the number of the track, the place of the playlist or the index of the piece that comes next.
    next: u64,
    /// How many there are of these.
    total: u64,
    lists: Vec<PlaylistId>,
    /// By the number of a track, its place among those told of.
    places: HashMap<u64, u32>,
    data: UserData,
    writer: Writer,
}

impl Export {
    /// Looks at so many rows at the most. `true` when the text is written.
    pub(super) fn step(&mut self, world: &World, left: &mut usize) -> bool {
        if !self.gather(world, left) {
            return false;
        }
        if self.step == Step::Write && self.writer.step(&self.data, left) {
            self.step = Step::Done;
        }
        self.step == Step::Done
    }

    /// The same, to where everything is gathered.
    pub(super) fn gather(&mut self, world: &World, left: &mut usize) -> bool {
        while *left > 0 {
            let is_over = match self.step {
                Step::Tracks => self.next_track(world),
                Step::Playlists => self.next_playlist(world, left),
                Step::History => self.next_piece(world, left),
                Step::Write | Step::Done => return true,
            };
            *left = left.saturating_sub(1);
            self.next += 1;
            if is_over {
                self.next = 0;
                self.step = match self.step {
                    Step::Tracks => Step::Playlists,
                    Step::Playlists => Step::History,
                    _ => Step::Write,
                };
            }
        }
        matches!(self.step, Step::Write | Step::Done)
    }

    pub(super) fn progress(&self) -> Progress {
        let (done, total) = match self.step {
            Step::Write => (
                self.writer.written(),
                (self.data.tracks.len() + self.data.history.len()) as u64,
            ),
            _ => (self.next, self.total),
        };
        Progress {
            step: self.step as usize,
            steps: Step::Done as usize,
            done,
            total,
        }
    }

    pub(super) fn into_text(self) -> String {
        self.writer.into_text()
    }

    pub(super) fn into_data(self) -> UserData {
        self.data
    }

    /// The place of a track among those told of; `None` if it is gone.
    fn place(&mut self, world: &World, track: TrackId) -> Option<usize> {
        if let Some(&place) = self.places.get(&track.0) {
            return Some(place as usize);
        }
        let known = identity::describe(world, track)?;
        let place = self.data.tracks.len();
        self.data.tracks.push(known);
        self.places.insert(track.0, u32::try_from(place).ok()?);
        Some(place)
    }

    /// Looks at the next track. `true` if there is none.
    fn next_track(&mut self, world: &World) -> bool {
        let catalog = world.resource::<Catalog>();
        self.total = catalog.last(Noun::Track);
        let track = TrackId(self.next);
        let rating = catalog::get::<Rating>(world, track).map_or(0, |rating| rating.stars());
        let stats = catalog::get::<PlayStats>(world, track).copied();
        let stats = stats.unwrap_or_default();
        if (rating > 0 || stats != PlayStats::default())
            && let Some(place) = self.place(world, track)
        {
            let known = &mut self.data.tracks[place];
            known.rating = rating;
            known.stats = stats;
        }
        self.next >= self.total
    }

    fn next_playlist(&mut self, world: &World, left: &mut usize) -> bool {
        if self.next == 0 {
            self.lists = playlist::all(world);
            self.total = self.lists.len() as u64;
        }
        let at = usize::try_from(self.next).unwrap_or(usize::MAX);
        let Some(&id) = self.lists.get(at) else {
            return true;
        };
        let Some(name) = catalog::get::<PlaylistName>(world, id) else {
            return false;
        };
        let list = playlist::entries(world, id);
        *left = left.saturating_sub(list.entries.len());
        let items = list.entries.iter().filter_map(|entry| match &entry.item {
            EntryItem::Track(track) => self.place(world, *track).map(Item::Track),
            EntryItem::Unmatched(unmatched) => Some(Item::Unmatched((**unmatched).clone())),
        });
        let items = items.collect();
        self.data.playlists.push(List {
            name: name.0.to_string(),
            items,
            times: catalog::get(world, id).copied().unwrap_or_default(),
            smart: catalog::get(world, id).cloned(),
        });
        false
    }

    fn next_piece(&mut self, world: &World, left: &mut usize) -> bool {
        let last = HistoryId(world.resource::<Catalog>().last(Noun::History));
        self.total = last.index();
        if let Some(piece) = catalog::get::<Listens>(world, HistoryId::piece(self.next)) {
            *left = left.saturating_sub(piece.len() / LISTENS_PER_ROW);
            for listen in piece.iter() {
                // Of a track that is gone nothing is known by which another library could find it.
                if let Some(place) = self.place(world, listen.track) {
                    self.data.history.push((place, listen));
                }
            }
        }
        if self.next < self.total {
            return false;
        }
        self.data.exported = world.resource::<Clock>().unix;
        true
    }
}
