//! Random edits of a library, made to it and to the ordered maps that it is compared with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bevy_ecs::component::Component;
use segue_components::prelude::*;
use segue_components::wire::registry::{KINDS, Numbered};
use serde::Serialize;

use super::{Library, Snapshot};
use crate::catalog::{self, Catalog};
use crate::history;
use crate::persist::blobs::Blobs;
use crate::persist::store::{BlobKey, PageStore};
pub use crate::testing::random::Random;

/// A row: the bytes of its values by the number of their kind.
type Row = BTreeMap<u8, Vec<u8>>;

/// What a library should hold. Its clones share their rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    rows: BTreeMap<(Noun, u64), Arc<Row>>,
    /// The blobs that were put and not taken out since.
    pub blobs: BTreeMap<BlobKey, Arc<Vec<u8>>>,
    last: BTreeMap<Noun, u64>,
}

impl Expected {
    /// Where a library differs from this, in its rows or in the numbers that it has handed out; in words.
    pub fn differs(&self, library: &mut Library<impl PageStore>) -> Option<String> {
        let found: Snapshot = library.snapshot();
        let ids: BTreeSet<_> = self.rows.keys().chain(found.keys()).collect();
        for id in ids {
            let expected = self.rows.get(id).map(|row| row.iter());
            let found = found
                .get(id)
                .map(|row| row.iter().map(|(kind, bytes)| (kind, bytes)));
            match (expected, found) {
                (Some(expected), Some(found)) if expected.clone().eq(found.clone()) => {}
                (Some(expected), Some(found)) => {
                    let of = |kind: &u8| KINDS.iter().find(|of| of.number == *kind).map(|of| of.name);
                    let expected: BTreeSet<_> = expected.collect();
                    let other: Vec<_> = found.filter(|value| !expected.contains(value)).collect();
                    let other: Vec<_> = other.into_iter().map(|(kind, _)| of(kind)).collect();
                    return Some(format!("{id:?} has other values, of {other:?}, or lacks some"));
                }
                (expected, _) => return Some(format!("{id:?} should be there: {}", expected.is_some())),
            }
        }
        let catalog = library.world.resource::<Catalog>();
        Noun::ALL.into_iter().find_map(|noun| {
            let (last, found) = (
                self.last.get(&noun).copied().unwrap_or_default(),
                catalog.last(noun),
            );
            (last != found).then(|| format!("the last {noun:?} is {found}, not {last}"))
        })
    }

    fn set(&mut self, noun: Noun, number: u64, kind: u8, bytes: Option<Vec<u8>>) {
        let row = Arc::make_mut(self.rows.entry((noun, number)).or_default());
        match bytes {
            Some(bytes) => row.insert(kind, bytes),
            None => row.remove(&kind),
        };
    }

    fn any(&self, random: &mut Random, noun: Noun) -> Option<u64> {
        let last = self.last.get(&noun).copied().unwrap_or_default();
        let number = 1 + random.below(last.max(1));
        // The next one that there is, or the first.
        let mut after = self.rows.range((noun, number)..=(noun, u64::MAX));
        let mut before = self.rows.range((noun, 0)..(noun, number));
        after
            .next()
            .or_else(|| before.next())
            .map(|(&(_, number), _)| number)
    }
}

/// A library, and what it should hold.
struct Edit<'a, S: PageStore> {
    library: &'a mut Library<S>,
    expected: &'a mut Expected,
    random: &'a mut Random,
}

fn bytes<C: Serialize>(value: &C) -> Vec<u8> {
    postcard::to_allocvec(value).expect("components are plain data")
}

impl<S: PageStore> Edit<'_, S> {
    fn spawn<I: Id>(&mut self) -> I {
        let id: I = Catalog::spawn(&mut self.library.world, ());
        self.expected.last.insert(I::NOUN, id.number());
        self.expected.rows.insert((I::NOUN, id.number()), Arc::default());
        id
    }

    fn set<C: Numbered + Serialize + PartialEq>(&mut self, id: impl Id, value: C) {
        let bytes = bytes(&value);
        catalog::set(&mut self.library.world, id, value);
        self.expected.set(noun_of(id), id.number(), C::KIND, Some(bytes));
    }

    /// Puts a value, or takes away what is there.
    fn put<C: Numbered + Serialize + PartialEq>(&mut self, id: impl Id, value: C) {
        if self.random.below(8) > 0 {
            self.set(id, value);
            return;
        }
        self.remove::<C>(id);
    }

    fn remove<C: Component + Numbered>(&mut self, id: impl Id) {
        let entity = self.library.world.resource::<Catalog>().entity(id);
        let entity = entity.expect("it is among the expected rows");
        self.library.world.entity_mut(entity).remove::<C>();
        self.expected.set(noun_of(id), id.number(), C::KIND, None);
    }

    fn any<I: Id>(&mut self) -> Option<I> {
        self.expected.any(self.random, I::NOUN).map(I::from_number)
    }
}

fn noun_of<I: Id>(_: I) -> Noun {
    I::NOUN
}

/// Makes one random edit.
pub fn edit<S: PageStore>(library: &mut Library<S>, expected: &mut Expected, random: &mut Random) {
    let what = random.below(20);
    let mut edit = Edit {
        library,
        expected,
        random,
    };
    match what {
        0..2 => edit.add_track(),
        2 => {
            let location = Location {
                provider: ProviderId(edit.random.below(3)),
                path: edit.random.text(),
            };
            let file: FileId = edit.spawn();
            edit.set(file, location);
        }
        3 => {
            let title = AlbumTitle(edit.random.text());
            let album: AlbumId = edit.spawn();
            edit.set(album, title);
        }
        4 => edit.despawn(),
        5 => {
            let stamp = FileStamp {
                size: edit.random.below(1 << 40),
                modified: edit.random.below(u64::MAX),
            };
            if let Some(file) = edit.any::<FileId>() {
                edit.put(file, stamp);
            }
        }
        6 => edit.play(),
        7 => edit.work(),
        8 => edit.blob(),
        9 => {
            // An album is tagged: neighbours change together.
            let album = AlbumId(1 + edit.random.below(9));
            if let Some(TrackId(first)) = edit.any::<TrackId>() {
                for number in first..first + 12 {
                    if edit.expected.rows.contains_key(&(Noun::Track, number)) {
                        edit.put(TrackId(number), OnAlbum(album));
                    }
                }
            }
        }
        10 => edit.listen(),
        11 => edit.list(),
        _ => {
            if let Some(track) = edit.any::<TrackId>() {
                edit.tag(track);
            }
        }
    }
}

impl<S: PageStore> Edit<'_, S> {
    fn add_track(&mut self) {
        // Far apart at times, so that there are many pages, and holes. But never a page without any row: one
        // that is not in the store was lost.
        let gap = match self.random.below(4) {
            0 => self.random.below(250),
            _ => 0,
        };
        let mut catalog = self.library.world.resource_mut::<Catalog>();
        let last = catalog.last(Noun::Track);
        catalog.reserve(Noun::Track, last + gap);
        let (title, added) = (Title(self.random.text()), Added(self.random.below(1 << 41)));
        let track: TrackId = self.spawn();
        self.set(track, title);
        self.set(track, added);
    }

    fn despawn(&mut self) {
        let noun = [Noun::Track, Noun::File, Noun::Album, Noun::SyncJob][self.random.place(4)];
        if let Some(number) = self.expected.any(self.random, noun) {
            Catalog::despawn_number(&mut self.library.world, noun, number);
            self.expected.rows.remove(&(noun, number));
        }
    }

    fn play(&mut self) {
        let player = PlayerId(1);
        Catalog::find_or_spawn(&mut self.library.world, Noun::Player, 1);
        self.expected.rows.entry((Noun::Player, 1)).or_default();
        self.expected.last.insert(Noun::Player, 1);
        let tracks = (0..self.random.below(5)).map(TrackId).collect();
        self.set(player, Queue { tracks, index: 0 });
        let position = self.random.below(1_000_000);
        let state = PlayerState {
            position,
            ..PlayerState::default()
        };
        self.set(player, state);
    }

    fn work(&mut self) {
        let job = match self.any::<JobId>() {
            Some(job) if self.random.below(4) > 0 => job,
            _ => self.spawn(),
        };
        // Not running: nothing is, once a library is opened again.
        let error = self.random.text();
        let state = [
            JobState::Queued,
            JobState::Done,
            JobState::Failed { error: error.into() },
        ];
        let place = self.random.place(3);
        let state = state.into_iter().nth(place).expect("one of three");
        self.set(job, state);
        let progress = JobProgress {
            added: self.random.below(1 << 30),
            ..JobProgress::default()
        };
        self.put(job, progress);
    }

    fn listen(&mut self) {
        let listen = Listen {
            at: self.random.below(1 << 41),
            track: TrackId(self.random.below(99)),
            heard: u32::from(self.random.small(60_000)),
            counted: self.random.below(2) > 0,
        };
        history::log(&mut self.library.world, listen);
        let last = self
            .expected
            .last
            .get(&Noun::History)
            .copied()
            .unwrap_or_default();
        let known = self.expected.rows.get(&(Noun::History, last));
        let known = known.and_then(|row| row.get(&Listens::KIND));
        let known: Option<Listens> = known.and_then(|bytes| postcard::from_bytes(bytes).ok());
        let (id, mut piece) = match known {
            Some(piece) if !piece.is_full() => (HistoryId(last), piece),
            _ if last == 0 => (HistoryId::piece(0), Listens::default()),
            _ => (HistoryId::piece(HistoryId(last).index() + 1), Listens::default()),
        };
        piece.push(listen);
        self.expected.last.insert(Noun::History, id.0);
        self.expected
            .set(Noun::History, id.0, Listens::KIND, Some(bytes(&piece)));
    }

    fn list(&mut self) {
        let playlist = match self.any::<PlaylistId>() {
            Some(playlist) if self.random.below(4) > 0 => playlist,
            _ => self.spawn(),
        };
        let entries = EntriesId::of(playlist);
        if self.random.below(6) == 0 {
            for (noun, number) in [(Noun::Playlist, playlist.0), (Noun::Entries, entries.0)] {
                Catalog::despawn_number(&mut self.library.world, noun, number);
                self.expected.rows.remove(&(noun, number));
            }
            // A page that is not in the store was lost, so each list leaves one, be it empty.
            Catalog::find_or_spawn(&mut self.library.world, Noun::Entries, entries.0);
            Catalog::despawn_number(&mut self.library.world, Noun::Entries, entries.0);
        } else {
            Catalog::find_or_spawn(&mut self.library.world, Noun::Entries, entries.0);
            self.expected.rows.entry((Noun::Entries, entries.0)).or_default();
            let name = PlaylistName(self.random.text());
            self.set(playlist, name);
            let count = self.random.small(40);
            let entry = |random: &mut Random, id: u16| Entry {
                id: id.into(),
                item: match random.below(5) {
                    0 => EntryItem::Unmatched(Box::new(Unmatched {
                        path: random.text().into(),
                        title: random.text().into(),
                        seconds: u32::from(random.small(999)),
                    })),
                    track => EntryItem::Track(TrackId(track)),
                },
            };
            let list: Vec<Entry> = (1..=count).map(|id| entry(self.random, id)).collect();
            let list = PlaylistEntries {
                last: count.into(),
                entries: Arc::new(list),
            };
            self.set(entries, list);
        }
        let last = self.expected.last.entry(Noun::Entries).or_default();
        *last = (*last).max(entries.0);
    }

    fn blob(&mut self) {
        let key = BlobKey {
            hash: [u8::try_from(self.random.below(12)).expect("below 12"); 16],
            variant: 0,
        };
        let mut blobs = self.library.world.resource_mut::<Blobs>();
        if self.random.below(5) == 0 {
            blobs.remove(key);
            self.expected.blobs.remove(&key);
            return;
        }
        let byte = self.random.byte();
        let bytes = vec![byte; self.random.place(6_000)];
        blobs.put(key, bytes.clone());
        self.expected.blobs.insert(key, Arc::new(bytes));
    }

    fn tag(&mut self, track: TrackId) {
        match self.random.below(7) {
            0 => {
                let title = Title(self.random.text());
                self.put(track, title);
            }
            1 => {
                let stars = 1 + u8::try_from(self.random.below(5)).expect("below 5");
                self.put(track, Rating::new(stars).expect("one to five"));
            }
            2 => {
                let genres = (0..self.random.below(3)).map(|_| self.random.text()).collect();
                self.put(track, Genres(genres));
            }
            3 => {
                let credit = Credit {
                    sort: Some(self.random.text()),
                    ..Credit::of([self.random.text()])
                };
                self.put(track, ArtistCredit(Arc::new(credit)));
            }
            4 => {
                let stats = PlayStats {
                    plays: u32::from(self.random.small(9)),
                    skips: 1,
                    last_played: self.random.below(1 << 41),
                };
                self.put(track, stats);
            }
            5 => {
                let position = Position {
                    disc: 1,
                    track: self.random.small(300),
                    ..Position::default()
                };
                self.put(track, position);
            }
            _ => {
                let gain = i16::try_from(self.random.below(4_000)).expect("below 4000") - 2_000;
                let loudness = Loudness {
                    track_gain: Some(gain),
                    ..Loudness::default()
                };
                self.put(track, loudness);
            }
        }
    }
}
