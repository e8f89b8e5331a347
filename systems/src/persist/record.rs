//! Versioned records: how each stored kind stands in a page, apart from how its component looks today.
//!
//! A component may change with every build, a stored value may not. So each kind has a version, and
//! what its values look like is written out here by hand: changing it without a new version fails
//! `every_version_has_its_fingerprint`.

mod album;
mod column;
mod field;
mod file;
mod listener;
mod mbid;
mod track;
mod work;

use core::borrow::Borrow;
use core::hash::{BuildHasher, Hash};
use std::sync::Arc;

use bevy_platform::collections::HashTable;
use bevy_platform::hash::FixedHasher;
use segue_components::album::AlbumTagged;
use segue_components::track::Credit;
use segue_components::wire::codec::{Reader, WireError};
use segue_components::wire::registry::Numbered;

use super::page::{PageError, PageWriter, ROWS, Section, Slots};

/// A kind that is stored.
pub trait Stored: Numbered + Sized {
    /// The version that this build writes, from 1.
    const VERSION: u16;

    /// Appends values, at most 256.
    fn write(values: &[&Self], out: &mut Vec<u8>);

    /// Takes as many values as were written, in the same order.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if the bytes are no such values.
    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        shared: &mut Shared,
        each: impl FnMut(Self),
    ) -> Result<(), WireError>;
}

/// Gives equal values one allocation while a library is loaded.
#[derive(Debug, Default)]
pub struct Shared {
    credits: Once<Credit>,
    /// Genres, and ids of artists.
    lists: Once<[Box<str>]>,
    album_tags: Once<AlbumTagged>,
    codecs: Once<str>,
}

/// Distinct values, and places of them by hash.
#[derive(Debug)]
struct Once<T: ?Sized> {
    /// With their hashes: to hash a hundred thousand credits anew would hold up a tick.
    values: Vec<(u64, Arc<T>)>,
    places: HashTable<u32>,
}

impl<T: ?Sized> Default for Once<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            places: HashTable::default(),
        }
    }
}

impl<T: ?Sized + Hash + Eq> Once<T> {
    fn share<V: Borrow<T> + Into<Arc<T>>>(&mut self, value: V) -> Arc<T> {
        let Self { values, places } = self;
        let of = value.borrow();
        let hash = FixedHasher.hash_one(of);
        let same = |&place: &u32| {
            let (other, known) = &values[place as usize];
            *other == hash && **known == *of
        };
        if let Some(&place) = places.find(hash, same) {
            return Arc::clone(&values[place as usize].1);
        }
        let value = value.into();
        let place = u32::try_from(values.len()).expect("fewer than there are rows in memory");
        values.push((hash, Arc::clone(&value)));
        places.insert_unique(hash, place, |&place| values[place as usize].0);
        value
    }

    /// Nothing is shared any more.
    fn let_go(&mut self, left: &mut usize) {
        self.places = HashTable::default();
        let some = (*left).min(self.values.len());
        self.values.truncate(self.values.len() - some);
        *left -= some;
    }
}

impl Shared {
    /// Lets go of so many of the values, which are kept alive by what has them. `true` once that was all.
    pub(super) fn let_go(&mut self, most: usize) -> bool {
        let mut left = most;
        self.credits.let_go(&mut left);
        self.lists.let_go(&mut left);
        self.album_tags.let_go(&mut left);
        self.codecs.let_go(&mut left);
        left > 0
    }

    fn credit(&mut self, credit: Credit) -> Arc<Credit> {
        self.credits.share(credit)
    }

    fn album_tags(&mut self, mut tags: AlbumTagged) -> Arc<AlbumTagged> {
        tags.artist = tags
            .artist
            .map(|artist| self.credit(Arc::unwrap_or_clone(artist)));
        self.album_tags.share(tags)
    }

    fn list(&mut self, list: Vec<Box<str>>) -> Arc<[Box<str>]> {
        self.lists.share(list)
    }

    fn codec(&mut self, codec: &str) -> Arc<str> {
        self.codecs.share(codec)
    }
}

/// Kinds whose values follow one another, each by itself.
macro_rules! stored_rows {
    ($($component:ident)*) => {$(
        impl $crate::persist::record::Stored for $component {
            const VERSION: u16 = 1;

            fn write(values: &[&Self], out: &mut Vec<u8>) {
                for value in values {
                    $crate::persist::record::field::Field::put(*value, out);
                }
            }

            fn read(
                reader: &mut Reader<'_>,
                count: usize,
                _: &mut Shared,
                mut each: impl FnMut(Self),
            ) -> Result<(), WireError> {
                for _ in 0..count {
                    each($crate::persist::record::field::Field::take(reader)?);
                }
                Ok(())
            }
        }
    )*};
}

/// Kinds that hold one id, which is near that of the row before.
macro_rules! stored_steps {
    ($($component:ident: $id:ident,)*) => {$(
        impl Stored for $component {
            const VERSION: u16 = 1;

            fn write(values: &[&Self], out: &mut Vec<u8>) {
                put_steps(out, values.iter().map(|value| value.0.0));
            }

            fn read(
                reader: &mut Reader<'_>,
                count: usize,
                _: &mut Shared,
                mut each: impl FnMut(Self),
            ) -> Result<(), WireError> {
                take_steps(reader, count, |number| each(Self($id(number))))
            }
        }
    )*};
}

/// Kinds that hold one text.
macro_rules! stored_texts {
    ($($component:ident)*) => {$(
        impl Stored for $component {
            const VERSION: u16 = 1;

            fn write(values: &[&Self], out: &mut Vec<u8>) {
                put_texts(out, values.iter().map(|value| &*value.0));
            }

            fn read(
                reader: &mut Reader<'_>,
                count: usize,
                _: &mut Shared,
                mut each: impl FnMut(Self),
            ) -> Result<(), WireError> {
                take_texts(reader, count, |text| each(Self(text.into())))
            }
        }
    )*};
}

use {stored_rows, stored_steps, stored_texts};

/// How many slots are listed one by one before a bitmap is shorter.
const MOST_LISTED: usize = 30;

fn put_slots(out: &mut Vec<u8>, slots: &[u8]) {
    let (Some(&first), Some(&last)) = (slots.first(), slots.last()) else {
        return;
    };
    // Ascending and distinct, so that the ends tell whether any is missing between them.
    if usize::from(last - first) + 1 == slots.len() {
        out.extend_from_slice(&[0, first, last]);
    } else if slots.len() <= MOST_LISTED {
        out.push(2);
        out.push(u8::try_from(slots.len()).expect("at most thirty"));
        out.extend_from_slice(slots);
    } else {
        let mut bitmap = Slots::default();
        slots.iter().for_each(|&slot| bitmap.insert(slot));
        out.push(1);
        out.extend_from_slice(&bitmap.to_bytes());
    }
}

fn take_slots(reader: &mut Reader<'_>) -> Result<Vec<u8>, WireError> {
    let malformed = reader.malformed();
    let slots = match reader.byte()? {
        0 => (reader.byte()?..=reader.byte()?).collect(),
        1 => {
            let bytes = reader.take(ROWS / 8)?;
            Slots::from_bytes(bytes.try_into().expect("`take` gives as many bytes as asked"))
                .iter()
                .collect()
        }
        2 => {
            let count = usize::from(reader.byte()?);
            reader.take(count)?.to_vec()
        }
        _ => Vec::new(),
    };
    let good = !slots.is_empty() && slots.is_sorted_by(|a, b| a < b);
    good.then_some(slots).ok_or(malformed)
}

/// The values of one kind in a page while it is written: borrowed from their entities.
#[derive(Debug)]
pub struct Gathered<'w, C> {
    slots: Vec<u8>,
    values: Vec<&'w C>,
}

impl<C> Default for Gathered<'_, C> {
    fn default() -> Self {
        Self {
            slots: Vec::with_capacity(ROWS),
            values: Vec::with_capacity(ROWS),
        }
    }
}

impl<'w, C: Stored> Gathered<'w, C> {
    /// Notes what an entity has. Slots must ascend.
    pub fn push(&mut self, slot: u8, value: Option<&'w C>) -> bool {
        if let Some(value) = value {
            self.slots.push(slot);
            self.values.push(value);
        }
        value.is_some()
    }

    /// Writes the section, unless there is no value.
    pub fn write(&self, page: &mut PageWriter) {
        if !self.values.is_empty() {
            page.section(u16::from(C::KIND), C::VERSION, |out| {
                put_slots(out, &self.slots);
                C::write(&self.values, out);
            });
        }
    }
}

/// The values of one kind in a page after it was read, by slot.
#[derive(Debug)]
pub struct Column<C>(Vec<Option<C>>);

impl<C> Default for Column<C> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<C> Column<C> {
    /// Whether a slot has a value.
    #[must_use]
    pub fn has(&self, slot: u8) -> bool {
        matches!(self.0.get(usize::from(slot)), Some(Some(_)))
    }

    /// Takes the value of a slot.
    pub fn take(&mut self, slot: u8) -> Option<C> {
        self.0.get_mut(usize::from(slot)).and_then(Option::take)
    }
}

impl<C: Stored> Column<C> {
    /// Adds the values that a section has for these rows. It must be of this kind and of its version.
    ///
    /// # Errors
    /// [`PageError::Section`] if the bytes are not what the version says; some values may be there then.
    pub fn read(
        &mut self,
        section: &Section<'_>,
        rows: &Slots,
        shared: &mut Shared,
    ) -> Result<(), PageError> {
        let mut reader = Reader::new(section.bytes);
        let result = (|| {
            let slots = take_slots(&mut reader)?;
            if self.0.is_empty() {
                self.0.resize_with(ROWS, || None);
            }
            let mut slot = slots.iter();
            C::read(&mut reader, slots.len(), shared, |value| {
                if let Some(&slot) = slot.next()
                    && rows.contains(slot)
                {
                    self.0[usize::from(slot)] = Some(value);
                }
            })?;
            if reader.is_done() {
                Ok(())
            } else {
                Err(reader.malformed())
            }
        })();
        result.map_err(|_| PageError::Section {
            kind: section.kind,
            version: section.version,
            offset: section.bytes.len() - reader.rest().len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use segue_components::prelude::*;
    use xxhash_rust::xxh3::xxh3_64;

    /// Writes a section of these values, reads it back, and gives its version and fingerprint.
    #[track_caller]
    fn check<C: Stored + PartialEq + core::fmt::Debug>(values: &[C]) -> (u8, u16, u64) {
        let mut gathered = Gathered::default();
        for (value, slot) in values.iter().zip((3..).step_by(2)) {
            gathered.push(slot, Some(value));
        }
        let mut bytes = Vec::new();
        put_slots(&mut bytes, &gathered.slots);
        C::write(&gathered.values, &mut bytes);
        let section = Section {
            kind: u16::from(C::KIND),
            version: C::VERSION,
            bytes: &bytes,
        };
        let every = Slots::from_bytes([0xff; ROWS / 8]);
        let mut column = Column::<C>::default();
        column.read(&section, &every, &mut Shared::default()).unwrap();
        for (value, slot) in values.iter().zip((3..).step_by(2)) {
            assert_eq!(column.take(slot).as_ref(), Some(value));
        }
        // Bytes that were changed or cut are an error or other values, and never a panic.
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                let section = Section {
                    bytes: &damaged,
                    ..section
                };
                let _ = Column::<C>::default().read(&section, &every, &mut Shared::default());
            }
            let section = Section {
                bytes: &bytes[..at],
                ..section
            };
            assert!(
                Column::<C>::default()
                    .read(&section, &every, &mut Shared::default())
                    .is_err()
            );
        }
        (C::KIND, C::VERSION, xxh3_64(&bytes))
    }

    fn credits() -> [Arc<Credit>; 3] {
        [
            Arc::new(Credit::of(["Ω", "Naïve"])),
            Arc::new(Credit {
                phrase: Some("A feat. B".into()),
                sort: Some("A".into()),
                ..Credit::of(["A", "B"])
            }),
            Arc::new(Credit::default()),
        ]
    }

    fn ids() -> TrackMbids {
        TrackMbids {
            recording: Some("b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d".into()),
            track: Some("not a uuid".into()),
            artists: ["a74b1b7f-71a5-4011-9441-d0b5e4122711".into()].into(),
            isrc: Some("GBAYE0601690".into()),
        }
    }

    fn released() -> PartialDate {
        PartialDate {
            year: 1975,
            month: 11,
            day: 21,
        }
    }

    /// One entry a kind: what is written for fixed values. A line that fails is a stored format that
    /// changed: raise the kind's `VERSION`, keep reading the old one, and add a golden store.
    #[test]
    fn every_version_has_its_fingerprint() {
        let [a, b, c] = credits();
        let found = [
            check(&[Title("".into()), Title("Ω".into()), Title("abc".into())]),
            check(&[a.clone(), b.clone(), a.clone(), c.clone()].map(ArtistCredit)),
            check(&[7, 7, 9, 2].map(|n| OnAlbum(AlbumId(n)))),
            check(&[
                Position {
                    disc: 1,
                    disc_total: 2,
                    track: 3,
                    track_total: 300,
                },
                Position::default(),
            ]),
            check(&[Duration(0), Duration(u32::MAX)]),
            check(&[
                Dates {
                    released: Some(released()),
                    original: None,
                },
                Dates::default(),
                Dates {
                    released: None,
                    original: Some(released()),
                },
            ]),
            check(&[
                Genres(Arc::new(["Rock".into(), "Ω".into()])),
                Genres(Arc::new([])),
            ]),
            check(&[
                AudioFormat {
                    codec: "flac".into(),
                    sample_rate: 44_100,
                    bitrate: 900_000,
                    channels: 2,
                    bits_per_sample: 16,
                },
                AudioFormat::default(),
            ]),
            check(&[
                Loudness {
                    track_gain: Some(-650),
                    track_peak: Some(65_536),
                    album_gain: Some(i16::MIN),
                    album_peak: Some(0),
                },
                Loudness::default(),
            ]),
            check(&[ExternalIds(Box::new(ids())), ExternalIds(Box::default())]),
            check(&[SortTitle("b".into())]),
            check(&[Cover(ArtworkId(3)), Cover(ArtworkId(u64::MAX))]),
            check(&[1, 5, 3].map(|stars| Rating::new(stars).unwrap())),
            check(&[
                PlayStats {
                    plays: 3,
                    skips: 1,
                    last_played: 1_700_000_000_000,
                },
                PlayStats::default(),
            ]),
            check(&[Added(1_700_000_000_000), Added(1_700_000_000_001), Added(0)]),
            check(&[PlayedFrom(FileId(1)), PlayedFrom(FileId(2))]),
            check(&[
                AlbumTags(Arc::new(AlbumTagged {
                    title: "A Night at the Opera".into(),
                    artist: Some(a.clone()),
                    compilation: true,
                    sort_title: Some("Night at the Opera, A".into()),
                    release: Some("6defd963-fe91-4550-b18e-82c685603c2b".into()),
                    release_group: Some("x".into()),
                    artists: vec!["0383dadf-2a4e-4d10-a46a-e9e041da8eb3".into()],
                })),
                AlbumTags(Arc::default()),
            ]),
            check(&[FileOf(TrackId(1)), FileOf(TrackId(2))]),
            check(&[
                Location {
                    provider: ProviderId(1),
                    path: "a/b/1 Ω.mp3".into(),
                },
                Location {
                    provider: ProviderId(2),
                    path: "a/b/2 ü.mp3".into(),
                },
                Location {
                    provider: ProviderId(1),
                    path: "".into(),
                },
            ]),
            check(&[
                FileStamp {
                    size: 5_000_000_000,
                    modified: 1_600_000_000_000,
                },
                FileStamp::default(),
            ]),
            check(&[AudioHash([7; 16]), AudioHash([0xff; 16])]),
            check(&[Presence::Present, Presence::MissingSince(1_600_000_000_000)]),
            check(&[Unreadable("it is a picture".into())]),
            check(&[AlbumTitle("A".into()), AlbumTitle("A Night at the Opera".into())]),
            check(&[a, b, c].map(AlbumArtist)),
            check(&[
                AlbumInfo {
                    compilation: true,
                    released: Some(released()),
                    sort_title: Some("Night at the Opera, A".into()),
                    release: Some("6defd963-fe91-4550-b18e-82c685603c2b".into()),
                    release_group: Some("x".into()),
                    artists: vec!["0383dadf-2a4e-4d10-a46a-e9e041da8eb3".into()],
                },
                AlbumInfo::default(),
            ]),
            check(&[AlbumCover(ArtworkId(3))]),
            check(&[AlbumKey("k\u{1f}v".into())]),
            check(&[ContentHash([9; 16])]),
            check(&[Picture {
                mime: "image/png".into(),
                width: 600,
                height: 601,
                size: 70_000,
                color: [1, 2, 3],
                problem: Some("truncated".into()),
            }]),
            check(&[EmbeddedIn(FileId(12))]),
            check(&[
                ProviderKind::Folder {
                    path: "/music".into(),
                },
                ProviderKind::Http {
                    url: "http://x/".into(),
                },
                ProviderKind::Handle { key: "music".into() },
            ]),
            check(&[ProviderName("Music".into())]),
            check(&[Access::Granted, Access::Ask, Access::Denied]),
            check(&[SyncOf(ProviderId(1))]),
            check(&[
                JobState::Queued,
                JobState::Running,
                JobState::Paused(PauseReason::Asked),
                JobState::Paused(PauseReason::AccessNeeded),
                JobState::Paused(PauseReason::Interrupted),
                JobState::Done,
                JobState::Cancelled,
                JobState::Failed { error: "gone".into() },
            ]),
            check(&[JobProgress {
                listed: 1,
                listing_done: true,
                to_read: 2,
                read: 3,
                added: 4,
                changed: 5,
                missing: 6,
                failed: 7,
                bytes: 8,
                started: 9,
                ended: 10,
            }]),
            check(&[JobFailures(vec![FileFailure {
                path: "p".into(),
                error: "e".into(),
            }])]),
            check(&[Queue {
                tracks: vec![TrackId(5), TrackId(5)],
                index: 1,
            }]),
            check(&[
                PlayerState {
                    status: PlayerStatus::Playing,
                    track: Some(TrackId(5)),
                    position: 61_000,
                    duration: 240_000,
                    error: Some("e".into()),
                },
                PlayerState {
                    status: PlayerStatus::Buffering,
                    ..PlayerState::default()
                },
                PlayerState {
                    status: PlayerStatus::Paused,
                    ..PlayerState::default()
                },
                PlayerState::default(),
            ]),
            check(&[Volume(700)]),
            check(&[PlaylistName("Run".into()), PlaylistName("走".into())]),
            check(&[PlaylistTimes {
                created: 1_700_000_000_000,
                changed: 1_700_000_000_001,
            }]),
            check(&[SmartQuery {
                query: "rating:5 sort:-plays".into(),
                limit: 25,
            }]),
            check(&[
                PlaylistEntries {
                    last: 300,
                    entries: Arc::new(vec![
                        Entry {
                            id: 300,
                            item: EntryItem::Track(TrackId(5)),
                        },
                        Entry {
                            id: 2,
                            item: EntryItem::Unmatched(Box::new(Unmatched {
                                path: "../Ω/1.mp3".into(),
                                title: "A - B".into(),
                                seconds: 180,
                            })),
                        },
                        Entry {
                            id: 3,
                            item: EntryItem::Track(TrackId(5)),
                        },
                    ]),
                },
                PlaylistEntries::default(),
            ]),
            check(&[
                [(5, true), (7, false)]
                    .into_iter()
                    .map(|(track, counted)| Listen {
                        at: 1_700_000_000_000 + track,
                        track: TrackId(track),
                        heard: 120_000,
                        counted,
                    })
                    .collect(),
                Listens::default(),
            ]),
        ];
        let found: Vec<String> = found
            .iter()
            .map(|(kind, version, hash)| format!("{kind} {version} {hash:016x}"))
            .collect();
        let known: Vec<&str> = include_str!("../../tests/data/fingerprints.txt")
            .lines()
            .collect();
        assert_eq!(found, known);
    }

    #[test]
    fn slots_take_the_shortest_form_and_come_back() {
        let dense: Vec<u8> = (7..=255).collect();
        let gaps: Vec<u8> = (0..=255).step_by(2).collect();
        for (slots, length) in [
            (&dense[..], 3),
            (&gaps[..], 33),
            (&[1, 9, 200][..], 5),
            (&[4][..], 3),
        ] {
            let mut out = Vec::new();
            put_slots(&mut out, slots);
            assert_eq!(out.len(), length);
            assert_eq!(take_slots(&mut Reader::new(&out)).unwrap(), slots);
        }
        for bad in [&[0, 9, 8][..], &[2, 2, 5, 5], &[2, 0], &[3], &[]] {
            assert!(take_slots(&mut Reader::new(bad)).is_err(), "{bad:?}");
        }
    }
}
