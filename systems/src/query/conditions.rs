//! Conditions on fields that are seldom asked for: whole values, patterns, levels, dates, ids and files.
//!
//! Where values are shared by many rows each distinct one is looked at once: see `groups.rs`. What belongs to
//! albums is asked of albums. The rest is read where it lies, in the order of memory.

use bevy_ecs::component::Component;
use bevy_ecs::query::With;
use bevy_ecs::world::EntityRef;
use bevy_platform::collections::HashSet;
use segue_components::prelude::*;

use super::ast::{
    FileState, IdField, LevelField, LevelRange, Pattern, Range, TextField, Time, TimeField, ValueField, What,
    Whole,
};
use super::bitmap::Bitmap;
use super::columns::{Column, REFERENCE, ZERO_GAIN, location, unpacked};
use super::eval::{self, Eval};
use super::fold;
use super::groups::{GroupBy, folder};
use super::index::Index;
use super::matcher::Matcher;
use super::shared::Text;
use super::table::Table;
use super::words::has_part;
use crate::catalog::Catalog;

/// From so many candidates on all values are read in a row, and not one by one.
const MANY: u32 = if cfg!(test) { 6 } else { 16_384 };

/// How a value is looked at.
enum Test {
    /// Equal to the letter.
    Same(String),
    /// Equal to this when folded.
    Folds(String),
    /// This stands in it when folded.
    Contains(Part),
    Matches(Box<Matches>),
}

/// A folded part of a path.
struct Part {
    part: String,
    /// The folder that was looked at last, as it is, and folded with what was behind it.
    folder: String,
    folded: String,
    /// How much of that is the folder, and whether the part stands in it.
    length: usize,
    is_in_folder: bool,
}

impl Part {
    fn of(text: &str) -> Self {
        Self {
            part: fold::fold(text),
            folder: String::new(),
            folded: String::new(),
            length: 0,
            is_in_folder: text.is_empty(),
        }
    }

    fn stands_in(&mut self, folder: &str, name: &str) -> bool {
        let part = self.part.as_bytes();
        // Files that follow each other tend to share it.
        if self.folder != folder {
            folder.clone_into(&mut self.folder);
            fold::fold_into(folder, &mut self.folded);
            self.length = self.folded.len();
            self.is_in_folder = has_part(self.folded.as_bytes(), part);
        }
        self.is_in_folder || {
            self.folded.truncate(self.length);
            fold::fold_onto(name, &mut self.folded);
            let from = (self.length + 1).saturating_sub(part.len());
            has_part(&self.folded.as_bytes()[from..], part)
        }
    }
}

/// A pattern, which goes on where it was given up before.
struct Matches {
    matcher: Matcher,
    /// So many things were looked at before; `None` for the first time.
    known: Option<u64>,
    /// So many were looked at with them.
    read: u64,
}

impl Matches {
    fn turn(&mut self, matches: impl FnOnce(&mut Matcher) -> bool) -> bool {
        if self.matcher.gave_up() {
            return false;
        }
        if self.read < self.known.unwrap_or(0) {
            self.read += 1;
            return false;
        }
        let found = matches(&mut self.matcher);
        // What was not read to its end is read again.
        if found || !self.matcher.gave_up() {
            self.read += 1;
        }
        found
    }
}

/// What is known of a pattern that took more steps than an answer may.
#[derive(Debug)]
pub(crate) struct Unfinished {
    /// Of the index.
    version: u64,
    noun: Noun,
    field: ValueField,
    pattern: Pattern,
    candidates: Bitmap,
    /// How many things were looked at, and which of the candidates were found.
    read: u64,
    found: Bitmap,
}

/// So many of these are kept.
const MOST_UNFINISHED: usize = 4;

impl Test {
    fn whole(whole: &Whole) -> Self {
        if whole.to_the_letter {
            Self::Same(whole.text.clone())
        } else {
            Self::Folds(fold::fold(&whole.text))
        }
    }

    fn holds(&mut self, value: &str) -> bool {
        match self {
            Self::Same(text) => value == text,
            Self::Folds(folded) => folds_to(value, folded),
            Self::Contains(part) => part.stands_in("", value),
            Self::Matches(matches) => matches.turn(|matcher| matcher.matches(value)),
        }
    }

    fn holds_path(&mut self, path: &str) -> bool {
        let (folder, name) = path.split_at(path.rfind('/').map_or(0, |at| at + 1));
        match self {
            Self::Same(_) | Self::Folds(_) => self.holds(path),
            Self::Contains(part) => part.stands_in(folder, name),
            Self::Matches(matches) => matches.turn(|matcher| matcher.matches_path(folder, name)),
        }
    }

    fn any(&mut self, text: &Text) -> bool {
        match self {
            // The whole text is one thing.
            Self::Matches(matches) => matches.turn(|matcher| text.any(&mut |value| matcher.matches(value))),
            _ => text.any(&mut |value| self.holds(value)),
        }
    }

    /// Whether things have to be looked at in the same order each time.
    fn goes_on(&self) -> bool {
        matches!(self, Self::Matches(matches) if matches.known.is_some())
    }
}

/// Whether a text is this when folded; in ASCII, where most differ in their first letters, without folding it.
fn folds_to(text: &str, folded: &str) -> bool {
    if !text.is_ascii() {
        return fold::fold(text) == folded;
    }
    let letters = text.bytes().filter(|byte| !matches!(byte, b'\'' | b'`'));
    letters.map(|byte| byte.to_ascii_lowercase()).eq(folded.bytes())
}

/// Whether all that there is of a field is read, in the order of memory, and not that of each candidate.
fn reads_all(index: &Index, noun: Noun, field: ValueField, candidates: &Bitmap) -> bool {
    let count = candidates.count();
    // To find a path from its track takes longer than to read it.
    let part = match field {
        ValueField::Title => 3,
        ValueField::Path => 8,
        _ => return false,
    };
    noun == Noun::Track && count >= MANY && count > index.tracks.living() / part
}

/// Where the words of a field are looked for, if it has any.
fn words_of(field: ValueField) -> Option<TextField> {
    match field {
        ValueField::Title => Some(TextField::Title),
        ValueField::Artist => Some(TextField::Artist),
        ValueField::AlbumArtist => Some(TextField::AlbumArtist),
        ValueField::Album => Some(TextField::Album),
        ValueField::Genre => Some(TextField::Genre),
        ValueField::Codec | ValueField::Path | ValueField::Folder => None,
    }
}

/// Whether only tracks can say; an album then counts if one of its tracks does.
pub(super) fn value_is_of_tracks(field: ValueField) -> bool {
    matches!(
        field,
        ValueField::Genre | ValueField::Codec | ValueField::Path | ValueField::Folder
    )
}

/// Whether an album is asked for its own title; else for its artists.
fn is_title_of_album(field: ValueField) -> bool {
    matches!(field, ValueField::Album | ValueField::Title)
}

/// Whether what another catalogue calls it belongs to the album.
fn is_of_album(field: IdField) -> bool {
    matches!(
        field,
        IdField::Release | IdField::ReleaseGroup | IdField::AlbumArtist
    )
}

impl Eval<'_> {
    /// The rows of which a whole field equals a text.
    pub(super) fn whole(
        &self,
        index: &mut Index,
        noun: Noun,
        field: ValueField,
        whole: &Whole,
        mut candidates: Bitmap,
    ) -> Bitmap {
        let folded = fold::fold(&whole.text);
        if let Some(words) = words_of(field) {
            // Few rows have all the words, and only those are read.
            candidates = self.with_tokens(index, noun, words, &fold::tokens(&folded), candidates);
        }
        self.values(index, noun, field, &mut Test::whole(whole), candidates)
    }

    /// The rows of which a field matches a pattern.
    pub(super) fn pattern(
        &self,
        index: &mut Index,
        noun: Noun,
        field: ValueField,
        pattern: &Pattern,
        mut candidates: Bitmap,
    ) -> Bitmap {
        if let Some(words) = words_of(field) {
            candidates = self.with_parts(index, noun, words, &pattern.needed(), candidates);
        }
        let version = index.version();
        index.unfinished.retain(|known| known.version == version);
        let known = index.unfinished.iter().position(|known| {
            (known.noun, known.field) == (noun, field)
                && known.pattern == *pattern
                && known.candidates == candidates
        });
        let known = known.map(|place| index.unfinished.swap_remove(place));
        let goes_on = known.is_some();
        let in_order = goes_on || !reads_all(index, noun, field, &candidates);
        let mut test = Test::Matches(Box::new(Matches {
            matcher: Matcher::new(pattern),
            known: known.as_ref().map(|known| known.read),
            read: 0,
        }));
        let mut found = self.values(index, noun, field, &mut test, candidates.clone());
        let Test::Matches(matches) = test else {
            return found;
        };
        if let Some(known) = known {
            found.or(&known.found);
        }
        let gave_up = matches.matcher.gave_up();
        index.gave_up |= gave_up;
        if gave_up || goes_on {
            index.unfinished.truncate(MOST_UNFINISHED - 1);
            index.unfinished.push(Unfinished {
                version,
                noun,
                field,
                pattern: pattern.clone(),
                candidates,
                read: if in_order { matches.read } else { 0 },
                found: found.clone(),
            });
        }
        found
    }

    /// The rows with a part of a path, or of a folder, in it.
    pub(super) fn contains(
        &self,
        index: &mut Index,
        noun: Noun,
        field: ValueField,
        part: &str,
        candidates: Bitmap,
    ) -> Bitmap {
        let mut test = Test::Contains(Part::of(part));
        self.values(index, noun, field, &mut test, candidates)
    }

    fn values(
        &self,
        index: &mut Index,
        noun: Noun,
        field: ValueField,
        test: &mut Test,
        mut candidates: Bitmap,
    ) -> Bitmap {
        let is_many = candidates.count() >= MANY;
        let of_albums = matches!(field, ValueField::Album | ValueField::AlbumArtist);
        if of_albums && noun == Noun::Track {
            if is_many {
                let albums = index.albums.alive().clone();
                let albums = self.values(index, Noun::Album, field, test, albums);
                candidates.and(&index.tracks_of(&albums));
                return candidates;
            }
            candidates.retain(|row| {
                let album = index.albums.number(index.tracks.row(row).album);
                album.is_some_and(|album| self.album_value(index, album, field, test))
            });
            return candidates;
        }
        if noun == Noun::Album {
            if is_many && !is_title_of_album(field) {
                candidates.and(&index.album_credits.rows_where(&mut |text| test.any(text)));
            } else {
                candidates.retain(|row| self.album_value(index, row, field, test));
            }
            return candidates;
        }
        let shared = match field {
            ValueField::Artist => &index.credits,
            ValueField::Genre => &index.genres,
            ValueField::Folder | ValueField::Codec if is_many => {
                let by = if field == ValueField::Codec {
                    GroupBy::Codec
                } else {
                    GroupBy::Folder
                };
                index.tracks.make_groups(self.world, by);
                &index.tracks.groups.get(by).names
            }
            ValueField::Title if reads_all(index, noun, field, &candidates) && !test.goes_on() => {
                candidates.and(&self.titles(&index.tracks, &mut |title| test.holds(title)));
                return candidates;
            }
            ValueField::Title => {
                let title = &mut |Title(title): &Title| test.holds(title);
                self.components(&index.tracks, &mut candidates, title);
                return candidates;
            }
            ValueField::Path if reads_all(index, noun, field, &candidates) && !test.goes_on() => {
                candidates.and(&self.paths(&index.tracks, &mut |path| test.holds_path(path)));
                return candidates;
            }
            _ => {
                candidates.retain(|row| {
                    let track = self.world.get_entity(index.tracks.row(row).entity);
                    track.is_ok_and(|track| self.track_value(track, field, test))
                });
                return candidates;
            }
        };
        if is_many {
            candidates.and(&shared.rows_where(&mut |text| test.any(text)));
        } else {
            candidates.retain(|row| {
                let row = index.tracks.row(row);
                let text = if field == ValueField::Artist {
                    row.credit
                } else {
                    row.genres
                };
                text > 0 && test.any(shared.text(text))
            });
        }
        candidates
    }

    fn album_value(&self, index: &Index, album: u32, field: ValueField, test: &mut Test) -> bool {
        let row = index.albums.row(album);
        if !is_title_of_album(field) {
            return row.credit > 0 && test.any(index.album_credits.text(row.credit));
        }
        let title = self.world.get::<AlbumTitle>(row.entity);
        title.is_some_and(|title| test.holds(&title.0))
    }

    fn track_value(&self, track: EntityRef<'_>, field: ValueField, test: &mut Test) -> bool {
        match field {
            ValueField::Codec => track
                .get::<AudioFormat>()
                .is_some_and(|format| test.holds(&format.codec)),
            ValueField::Folder => {
                location(self.world, track).is_some_and(|location| test.holds(folder(&location.path)))
            }
            _ => location(self.world, track).is_some_and(|location| test.holds_path(&location.path)),
        }
    }

    /// Keeps the tracks whose component passes.
    fn components<C: Component>(
        &self,
        table: &Table,
        candidates: &mut Bitmap,
        pass: &mut dyn FnMut(&C) -> bool,
    ) {
        let Some(mut query) = self.world.try_query::<&C>() else {
            // No entity ever had one.
            candidates.retain(|_| false);
            return;
        };
        let query = query.query(self.world);
        candidates.retain(|row| query.get(table.row(row).entity).is_ok_and(&mut *pass));
    }

    /// The tracks whose title passes, in the order of memory.
    fn titles(&self, table: &Table, pass: &mut dyn FnMut(&str) -> bool) -> Bitmap {
        let mut found = Bitmap::empty_like(table.alive());
        let query = self.world.try_query::<(&TrackId, &Title)>();
        let Some(mut query) = query else { return found };
        for (track, Title(title)) in query.iter(self.world) {
            if pass(title)
                && let Some(row) = table.number(track.0)
            {
                found.set(row);
            }
        }
        found
    }

    /// The tracks that are played from a file whose path passes.
    fn paths(&self, table: &Table, pass: &mut dyn FnMut(&str) -> bool) -> Bitmap {
        let mut found = Bitmap::empty_like(table.alive());
        let query = self.world.try_query::<(&FileId, &FileOf, &Location)>();
        let Some(mut query) = query else { return found };
        for (&file, &FileOf(track), location) in query.iter(self.world) {
            if pass(&location.path) {
                self.put_track_of(table, file, track, &mut found);
            }
        }
        found
    }

    /// Notes a track if this is the file that it is played from.
    fn put_track_of(&self, table: &Table, file: FileId, track: TrackId, found: &mut Bitmap) {
        if let Some(row) = table.number(track.0)
            && self.world.get::<PlayedFrom>(table.row(row).entity) == Some(&PlayedFrom(file))
        {
            found.set(row);
        }
    }

    /// The rows of which another catalogue has this id.
    pub(super) fn id(
        &self,
        index: &mut Index,
        noun: Noun,
        field: IdField,
        id: &str,
        mut candidates: Bitmap,
    ) -> Bitmap {
        let mut found = Bitmap::empty_like(&candidates);
        if noun == Noun::Album || is_of_album(field) || field == IdField::Mbid {
            let is = |known: &str| known.eq_ignore_ascii_case(id);
            let of = |known: &Option<Box<str>>| known.as_deref().is_some_and(is);
            let mut albums = index.albums.alive().clone();
            self.components(&index.albums, &mut albums, &mut |info: &AlbumInfo| {
                let any = field == IdField::Mbid;
                (any || field == IdField::Release) && of(&info.release)
                    || (any || field == IdField::ReleaseGroup) && of(&info.release_group)
                    || (any || field == IdField::AlbumArtist) && info.artists.iter().any(|known| is(known))
            });
            found = match noun {
                Noun::Album => albums,
                _ => index.tracks_of(&albums),
            };
        }
        if !is_of_album(field) && noun != Noun::Album {
            let mut tracks = candidates.clone();
            self.components(&index.tracks, &mut tracks, &mut |ids: &ExternalIds| {
                let is = |known: &str| known.eq_ignore_ascii_case(id);
                let of = |known: &Option<Box<str>>| known.as_deref().is_some_and(is);
                let any = field == IdField::Mbid;
                (any || field == IdField::Recording) && of(&ids.0.recording)
                    || (any || field == IdField::Track) && of(&ids.0.track)
                    || (any || field == IdField::Artist) && ids.0.artists.iter().any(|known| is(known))
                    || field == IdField::Isrc && of(&ids.0.isrc)
            });
            found.or(&tracks);
        }
        candidates.and(&found);
        candidates
    }

    /// The rows with a number of a column in a range.
    pub(super) fn column(
        &self,
        index: &mut Index,
        noun: Noun,
        column: Column,
        pass: &dyn Fn(u32) -> bool,
        mut candidates: Bitmap,
    ) -> Bitmap {
        let table = index.table_mut(noun);
        table.make_column(self.world, column);
        let numbers = table.columns.get(column);
        candidates.retain(|row| pass(numbers[row as usize]));
        candidates
    }

    /// The rows that some provider has.
    pub(super) fn provider(&self, index: &mut Index, noun: Noun, wanted: &str, candidates: Bitmap) -> Bitmap {
        let number: Option<u64> = wanted.parse().ok();
        let part = fold::fold(wanted);
        let catalog = self.world.resource::<Catalog>();
        let providers = catalog.all(Noun::Provider).filter(|&(id, entity)| {
            let name = self.world.get::<ProviderName>(entity);
            number == Some(id) || name.is_some_and(|name| fold::fold(&name.0).contains(&part))
        });
        let mut wanted: HashSet<u32> = providers.filter_map(|(id, _)| u32::try_from(id).ok()).collect();
        // Its files may stay when it is gone.
        wanted.extend(number.and_then(|number| u32::try_from(number).ok()));
        let pass = |id: u32| id != 0 && wanted.contains(&id);
        self.column(index, noun, Column::Provider, &pass, candidates)
    }

    /// The tracks whose file is in this state.
    pub(super) fn file(&self, table: &Table, state: FileState, mut candidates: Bitmap) -> Bitmap {
        let unreadable = |found: &mut Bitmap| {
            let query = self
                .world
                .try_query_filtered::<(&FileId, &FileOf), With<Unreadable>>();
            let Some(mut query) = query else { return };
            for (&file, &FileOf(track)) in query.iter(self.world) {
                self.put_track_of(table, file, track, found);
            }
        };
        let mut found = Bitmap::empty_like(table.alive());
        match state {
            FileState::Present => candidates.and(table.present()),
            FileState::Missing => candidates.and_not(table.present()),
            FileState::Unreadable => {
                unreadable(&mut found);
                candidates.and(&found);
                candidates.and(table.present());
            }
        }
        candidates
    }

    /// Whether there is something that no column knows of.
    pub(super) fn has_component(
        &self,
        index: &mut Index,
        noun: Noun,
        what: What,
        mut candidates: Bitmap,
    ) -> Bitmap {
        match what {
            What::AlbumArtist => {
                let mut albums = index.albums.alive().clone();
                self.components(&index.albums, &mut albums, &mut |artist: &AlbumArtist| {
                    !artist.0.names.is_empty()
                });
                match noun {
                    Noun::Album => candidates.and(&albums),
                    _ => candidates.and(&index.tracks_of(&albums)),
                }
            }
            What::Loudness => self.components(&index.tracks, &mut candidates, &mut |loudness: &Loudness| {
                loudness.track_gain.is_some() || loudness.album_gain.is_some()
            }),
            What::Mbid => self.components(&index.tracks, &mut candidates, &mut |ids: &ExternalIds| {
                ids.0.recording.is_some() || ids.0.track.is_some() || !ids.0.artists.is_empty()
            }),
            What::Isrc => self.components(&index.tracks, &mut candidates, &mut |ids: &ExternalIds| {
                ids.0.isrc.is_some()
            }),
            // Nothing has lyrics: no source of them is read.
            _ => candidates.retain(|_| false),
        }
        candidates
    }
}

/// Whether a number of a column is a level in a range.
pub(super) fn level(field: LevelField, range: LevelRange, number: u32) -> bool {
    if number == 0 {
        return false;
    }
    let number = i64::from(number);
    let (value, scale) = match field {
        LevelField::TrackGain | LevelField::AlbumGain => (number - i64::from(ZERO_GAIN), 1),
        LevelField::Loudness => (i64::from(REFERENCE) - (number - i64::from(ZERO_GAIN)), 1),
        // 1/65536 there, 1/10000 here.
        LevelField::TrackPeak | LevelField::AlbumPeak => ((number - 1) * 10_000, 65_536),
    };
    range.from.is_none_or(|from| value >= i64::from(from) * scale)
        && range.to.is_none_or(|to| value <= i64::from(to) * scale)
}

/// Whether a number of a column is a time that is meant.
pub(super) fn time(field: TimeField, time: Time, unix: u64, number: u32) -> bool {
    if number == 0 {
        return time == Time::Never;
    }
    let (from, to) = eval::span(time, unix);
    if field == TimeField::LastPlayed {
        return (from..to).contains(&(u64::from(number) * 1_000));
    }
    // What is not known of a date may not have been then.
    let (begins, ends) = eval::bounds(unpacked(number));
    match time {
        Time::Dates { from, to } => {
            let date = unpacked(number);
            from.is_none_or(|from| begins_within(date, from)) && to.is_none_or(|to| ends_within(date, to))
        }
        _ => from <= begins && ends <= to,
    }
}

/// Whether a date is in any case not before another.
fn begins_within(date: PartialDate, from: PartialDate) -> bool {
    let first = |date: PartialDate| (date.year, date.month.max(1), date.day.max(1));
    first(date) >= first(from)
}

/// Whether a date is in any case not after another.
fn ends_within(date: PartialDate, to: PartialDate) -> bool {
    let known = |part: u8, last: u8| if part == 0 { last } else { part };
    let last = |date: PartialDate| (date.year, known(date.month, 12), known(date.day, 31));
    last(date) <= last(to)
}

/// Whether a number of a column lies in a range; `counts` if zero is a number like any other.
pub(super) fn number(range: Range, counts: bool, number: u32) -> bool {
    if counts {
        range.from.is_none_or(|from| number >= from) && range.to.is_none_or(|to| number <= to)
    } else {
        range.holds(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::random::Random;

    #[test]
    fn texts_are_compared_without_folding_them_as_if_they_were_folded() {
        let mut random = Random::new(17);
        let mut text = |most: usize| -> String {
            let letters = ['a', 'B', 'b', '\'', '`', ' ', '/', 'é', 'ß', 's'];
            (0..random.below(most)).map(|_| random.pick(&letters)).collect()
        };
        let mut found = 0;
        for _ in 0..20_000 {
            let (value, wanted) = (text(6), fold::fold(&text(4)));
            let folded = fold::fold(&value);
            assert_eq!(folds_to(&value, &wanted), folded == wanted, "{value} is {wanted}");
            let mut part = Test::Contains(Part::of(&wanted));
            for path in [&value, &text(6), &value] {
                assert_eq!(
                    part.holds_path(path),
                    fold::fold(path).contains(&wanted),
                    "{wanted} in {path}"
                );
            }
            found += u32::from(folded == wanted);
        }
        assert!(found > 100, "both answers were seen");
    }
}
