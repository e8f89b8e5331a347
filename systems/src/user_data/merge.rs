//! What of a file comes into a library, and what of the library stays. Merging a file a second time changes nothing.

use bevy_ecs::world::World;
use bevy_platform::collections::HashMap;
use segue_components::prelude::*;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::file::{FileError, Item, KnownTrack, List, Reader};
use super::identity::Search;
use super::sorting::Sorting;
use super::wanted::Wanted;
use super::{LISTENS_PER_ROW, Progress};
use crate::catalog::{self, Catalog};
use crate::history::Merging;
use crate::playlist;

/// How many tracks that were not found are named.
const MOST_NAMED: usize = 1_000;

/// The steps, in order. Nothing of the library changes before [`Step::Merge`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Step {
    #[default]
    Read,
    Find,
    Known,
    Fresh,
    Sort,
    Merge,
    Count,
    State,
    Playlists,
    Done,
}

/// A file that is being merged. What was merged stays, also where the rest never is.
#[derive(Debug, Default)]
pub(super) struct Merge {
    step: Step,
    next: usize,
    bytes: Vec<u8>,
    reader: Reader,
    search: Search,
    /// Which listens are in the log, or come into it.
    known: HashMap<u64, u32>,
    fresh: Sorting,
    merging: Merging,
    /// By the number of a track its place in `counted`.
    places: HashMap<u64, u32>,
    /// How often a track was heard by the log, and when last.
    counted: Vec<(u32, u64)>,
    /// Playlists of the library that one of the file was merged into: of several that are alike the first is the first, and
    /// so on.
    used: Vec<PlaylistId>,
    report: ImportReport,
}

impl Merge {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            ..Self::default()
        }
    }

    pub(super) fn into_report(self) -> ImportReport {
        self.report
    }

    /// Looks at so many rows at the most. `true` when all is merged.
    ///
    /// # Errors
    /// A [`FileError`]; nothing has changed then.
    pub(super) fn step(&mut self, world: &mut World, left: &mut usize) -> Result<bool, FileError> {
        while *left > 0 && self.step != Step::Done {
            let is_over = match self.step {
                Step::Read => self.reader.step(&self.bytes, left)?,
                Step::Find => self.search.step(world, &self.reader.data.tracks, left),
                Step::Sort => listens(left, |left| self.fresh.step(left)),
                Step::Merge => listens(left, |left| self.merging.step(world, left)),
                step => {
                    *left -= 1;
                    self.next += 1;
                    let at = self.next - 1;
                    match step {
                        Step::Known => self.know(world, at, left),
                        Step::Fresh => self.sift(at),
                        Step::Count => self.count(world, at, left),
                        Step::State => self.state(world, at),
                        _ => self.playlist(world, at, left),
                    }
                }
            };
            if is_over {
                self.begin_next();
            }
        }
        Ok(self.step == Step::Done)
    }

    pub(super) fn progress(&self) -> Progress {
        let data = &self.reader.data;
        let (next, tracks) = (self.next as u64, data.tracks.len() as u64);
        let (done, total) = match self.step {
            Step::Read => (
                self.reader.passed(&self.bytes) as u64,
                2 * self.bytes.len() as u64,
            ),
            Step::Find => {
                let (step, done, total) = self.search.progress();
                (step as u64 * total + done, 4 * total)
            }
            Step::Fresh => (next, data.history.len() as u64),
            Step::State => (next, tracks),
            Step::Playlists => (next, data.playlists.len() as u64),
            Step::Merge => {
                let (done, total) = self.merging.progress();
                (done as u64, total as u64)
            }
            Step::Known | Step::Sort | Step::Count | Step::Done => (0, 1),
        };
        Progress {
            step: self.step as usize,
            steps: Step::Done as usize,
            done,
            total,
        }
    }

    fn begin_next(&mut self) {
        self.next = 0;
        self.step = match self.step {
            Step::Read => Step::Find,
            Step::Find => {
                self.bytes = Vec::new();
                Step::Known
            }
            Step::Known => Step::Fresh,
            Step::Fresh => Step::Sort,
            Step::Sort => {
                let fresh = core::mem::take(&mut self.fresh).into_sorted();
                self.known = HashMap::default();
                self.report.listens = u32::try_from(fresh.len()).unwrap_or(u32::MAX);
                self.merging = Merging::new(fresh);
                Step::Merge
            }
            Step::Merge => Step::Count,
            Step::Count => Step::State,
            Step::State => Step::Playlists,
            Step::Playlists | Step::Done => Step::Done,
        };
    }

    /// The track of the library that one of the file is, if it is still there.
    fn track(&self, world: &World, place: usize) -> Option<TrackId> {
        let (track, _) = self.search.found[place]?;
        world.resource::<Catalog>().entity(track).map(|_| track)
    }

    /// Takes in which listens a piece of the log has. `true` if it is the last.
    fn know(&mut self, world: &World, index: usize, left: &mut usize) -> bool {
        let Some(piece) = piece(world, index, left) else {
            return is_behind(world, index);
        };
        for listen in piece.iter() {
            self.known.insert(key_of(&listen), 0);
        }
        false
    }

    /// Looks whether a listen of the file is in the log.
    fn sift(&mut self, at: usize) -> bool {
        let Some(&(place, listen)) = self.reader.data.history.get(at) else {
            return true;
        };
        match self.search.found[place] {
            Some((track, _)) => {
                let listen = Listen { track, ..listen };
                if self.known.insert(key_of(&listen), 0).is_none() {
                    self.fresh.push(listen);
                }
            }
            None => self.report.listens_unmatched += 1,
        }
        false
    }

    /// Counts the plays of a piece of the log.
    fn count(&mut self, world: &World, index: usize, left: &mut usize) -> bool {
        let Some(piece) = piece(world, index, left) else {
            return is_behind(world, index);
        };
        for listen in piece.iter().filter(|listen| listen.counted) {
            let next = u32::try_from(self.counted.len()).unwrap_or(u32::MAX);
            let place = *self.places.entry(listen.track.0).or_insert(next);
            if place == next {
                self.counted.push((0, 0));
            }
            let (plays, last) = &mut self.counted[place as usize];
            *plays += 1;
            *last = listen.at.max(*last);
        }
        false
    }

    /// A rating stays; where there is none, that of the file comes. Counts are the greater of both, and at least the
    /// listens that are in the log: those of two machines add up there, and those of one file come once.
    fn state(&mut self, world: &mut World, at: usize) -> bool {
        let track = match self.search.found.get(at) {
            Some(_) => self.track(world, at),
            None => return true,
        };
        let known = &self.reader.data.tracks[at];
        let report = &mut self.report;
        let Some(track) = track else {
            report.unmatched += 1;
            if report.unmatched_names.len() < MOST_NAMED {
                report.unmatched_names.push(name(known));
            }
            return false;
        };
        if let Some((_, rung)) = self.search.found[at] {
            report.matched[rung as usize] += 1;
        }
        if let Some(rating) = Rating::new(known.rating) {
            match catalog::get::<Rating>(world, track) {
                None => {
                    catalog::set(world, track, rating);
                    report.ratings += 1;
                }
                Some(&own) => report.ratings_kept += u32::from(own != rating),
            }
        }
        let own = catalog::get::<PlayStats>(world, track)
            .copied()
            .unwrap_or_default();
        let counted = self
            .places
            .get(&track.0)
            .map(|&place| self.counted[place as usize]);
        let (plays, last) = counted.unwrap_or_default();
        let stats = PlayStats {
            plays: own.plays.max(known.stats.plays).max(plays),
            skips: own.skips.max(known.stats.skips),
            last_played: own.last_played.max(known.stats.last_played).max(last),
        };
        if stats != own {
            catalog::set(world, track, stats);
            report.stats += 1;
        }
        false
    }

    /// A playlist that the library has, made at the same time under the same name, gets the entries that it lacks; its
    /// query and its name stay. Any other comes whole.
    fn playlist(&mut self, world: &mut World, at: usize, left: &mut usize) -> bool {
        let Some(list) = self.reader.data.playlists.get_mut(at).map(core::mem::take) else {
            return true;
        };
        *left = left.saturating_sub(list.items.len());
        let items = list.items.iter().map(|item| match item {
            Item::Unmatched(unmatched) => EntryItem::Unmatched(Box::new(unmatched.clone())),
            Item::Track(place) => match self.track(world, *place) {
                Some(track) => EntryItem::Track(track),
                None => EntryItem::Unmatched(Box::new(unmatched(&self.reader.data.tracks[*place]))),
            },
        });
        let items: Vec<EntryItem> = items.collect();
        match same(world, &list, &mut self.used) {
            None => {
                let made = playlist::make(world, &list.name, list.smart, list.times, items);
                self.used.push(made);
                self.report.playlists += 1;
            }
            Some(own) if list.smart.is_none() => {
                self.report.playlists_changed += u32::from(add_missing(world, own, items));
            }
            Some(_) => {}
        }
        false
    }
}

/// Does what counts listens instead of rows.
fn listens(left: &mut usize, step: impl FnOnce(&mut usize) -> bool) -> bool {
    let mut listens = left.saturating_mul(LISTENS_PER_ROW);
    let is_over = step(&mut listens);
    *left = listens / LISTENS_PER_ROW;
    is_over
}

/// What a listen is known by. Two that share 64 bits of hash count as one, as in [`Wanted`].
fn key_of(listen: &Listen) -> u64 {
    xxh3_64_with_seed(&listen.at.to_le_bytes(), listen.track.0)
}

/// A piece of the log.
fn piece<'a>(world: &'a World, index: usize, left: &mut usize) -> Option<&'a Listens> {
    let piece = catalog::get::<Listens>(world, HistoryId::piece(index as u64))?;
    *left = left.saturating_sub(piece.len() / LISTENS_PER_ROW);
    Some(piece)
}

/// Whether a piece that is not there is not one that was lost in the midst.
fn is_behind(world: &World, index: usize) -> bool {
    index as u64 > HistoryId(world.resource::<Catalog>().last(Noun::History)).index()
}

fn name(track: &KnownTrack) -> String {
    match (track.artist.is_empty(), track.title.is_empty()) {
        (false, false) => format!("{} - {}", track.artist, track.title),
        (true, false) => track.title.clone(),
        _ => track.path.clone(),
    }
}

/// What a playlist keeps of a track that this library does not have.
fn unmatched(track: &KnownTrack) -> Unmatched {
    Unmatched {
        path: track.path.clone(),
        title: name(track),
        seconds: track.duration.saturating_add(500) / 1_000,
    }
}

fn same(world: &World, list: &List, used: &mut Vec<PlaylistId>) -> Option<PlaylistId> {
    let own = playlist::all(world).into_iter().find(|own| {
        !used.contains(own)
            && catalog::get::<PlaylistTimes>(world, *own)
                .is_some_and(|times| times.created == list.times.created)
            && catalog::get::<PlaylistName>(world, *own).is_some_and(|name| *name.0 == *list.name)
            && catalog::get::<SmartQuery>(world, *own).is_some() == list.smart.is_some()
    })?;
    used.push(own);
    Some(own)
}

/// Puts at the end what is not there as often as in the list.
fn add_missing(world: &mut World, own: PlaylistId, items: Vec<EntryItem>) -> bool {
    let before = playlist::entries(world, own);
    // By what stands in each entry, one mark for each time.
    let mut left: Wanted<()> = Wanted::default();
    for entry in before.entries.iter() {
        let (key, what) = key(&entry.item);
        left.list(key, what).push(());
    }
    let mut missing = Vec::new();
    for item in items {
        let (key, what) = key(&item);
        if left.list(key, what).pop().is_none() {
            missing.push(item);
        }
    }
    if missing.is_empty() {
        return false;
    }
    let after = playlist::edit::insert(&before, missing, before.entries.len());
    playlist::replace(world, own, after);
    true
}

fn key(item: &EntryItem) -> (&[u8], u64) {
    match item {
        EntryItem::Track(track) => (&[], track.0),
        EntryItem::Unmatched(unmatched) => (unmatched.path.as_bytes(), 0),
    }
}
