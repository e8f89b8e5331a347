//! Text search: which rows have the words of a query, and how well they fit.
//!
//! Words are looked for where each text is kept once: titles by row, credits and genres among the shared
//! texts, album titles and album artists among the albums. What is found there is spread out to the rows.

use bevy_ecs::entity::Entity;
use bevy_ecs::world::World;
use segue_components::prelude::*;

use super::ast::{Expr, Term, Text, TextField};
use super::bitmap::Bitmap;
use super::eval::Eval;
use super::fold;
use super::index::Index;
use super::typos::Typos;
use super::words::{Like, Words};

/// Typos are forgiven where fewer rows than these have the words as they were typed.
pub(crate) const FEW: u32 = 10;

/// So few candidates are read one by one: to look for all that has a word would cost more.
const READ_ONE_BY_ONE: u32 = 8;

/// The tiers of an answer: the field that fits comes before how well it does.
const TITLE_WHOLE: usize = 0;
const TITLE_WORDS: usize = 1;
const TITLE_BEGUN: usize = 2;
const ARTIST_WORDS: usize = 3;
const ARTIST_BEGUN: usize = 4;
const ALBUM_WORDS: usize = 5;
const ALBUM_BEGUN: usize = 6;
/// Some words stand in one field, some in another.
const SPREAD: usize = 7;
/// With typos, or with words begun before the last one.
pub(crate) const FORGIVEN: usize = 8;
/// How many tiers there are.
const TIERS: usize = 9;

/// Tiers for some of the candidates, with none in them yet.
pub(crate) fn no_tiers(candidates: &Bitmap) -> Vec<Bitmap> {
    vec![Bitmap::none_like(candidates); TIERS]
}

/// Whether candidates are read one by one.
fn are_read(candidates: &Bitmap) -> bool {
    candidates.is_few() || candidates.count() <= READ_ONE_BY_ONE
}

/// Where words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    /// Titles of tracks, by row; of albums, where albums are asked for.
    Titles,
    /// Artists of tracks.
    Credits,
    /// Artists of albums.
    AlbumCredits,
    /// Titles of the albums that tracks are on.
    Albums,
    /// Genres of tracks.
    Genres,
}

/// Where a bare word is looked for among tracks.
const OF_TRACKS: &[Space] = &[Space::Titles, Space::Credits, Space::AlbumCredits, Space::Albums];
/// And among albums.
const OF_ALBUMS: &[Space] = &[Space::Titles, Space::AlbumCredits];

fn spaces(noun: Noun) -> &'static [Space] {
    if noun == Noun::Album { OF_ALBUMS } else { OF_TRACKS }
}

fn space_of(noun: Noun, field: TextField) -> Space {
    match (noun, field) {
        (Noun::Album, TextField::Title | TextField::Album) | (_, TextField::Title) => Space::Titles,
        (Noun::Album, TextField::Artist) | (_, TextField::AlbumArtist) => Space::AlbumCredits,
        (_, TextField::Artist) => Space::Credits,
        (_, TextField::Album) => Space::Albums,
        (_, TextField::Genre) => Space::Genres,
    }
}

/// A word or a phrase, cut into tokens.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    text: String,
    folded: String,
    is_phrase: bool,
}

impl Piece {
    /// `None` where there is nothing to look for: marks alone, as a dash between words.
    fn of(text: &Text) -> Option<Self> {
        let folded = fold::fold(text.text());
        (!fold::tokens(&folded).is_empty()).then(|| Self {
            text: text.text().to_owned(),
            folded,
            is_phrase: text.is_phrase(),
        })
    }
}

/// The bare words and phrases of a conjunction.
pub(crate) fn pieces<'a>(parts: impl IntoIterator<Item = &'a Expr>) -> Vec<Piece> {
    let texts = parts.into_iter().filter_map(|part| match part {
        Expr::Is(Term::Anywhere(text)) => Piece::of(text),
        _ => None,
    });
    texts.collect()
}

/// Whether typos can make a difference.
pub(crate) fn may_forgive(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| !piece.is_phrase)
}

/// How strictly words are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// As they are.
    Exact,
    /// The last may go on.
    Firm,
    /// All may go on, with typos.
    Forgiving,
}

fn like(pieces: &[Piece], place: usize, mode: Mode) -> Like {
    match mode {
        _ if pieces[place].is_phrase => Like::Whole,
        Mode::Firm if place + 1 == pieces.len() => Like::Begun,
        Mode::Exact | Mode::Firm => Like::Whole,
        Mode::Forgiving => Like::Forgiven,
    }
}

/// What was typed, in one.
fn typed(pieces: &[Piece]) -> String {
    let texts: Vec<_> = pieces.iter().map(|piece| piece.text.as_str()).collect();
    texts.join(" ")
}

/// The only token that was typed, if it is one.
fn only_token(pieces: &[Piece]) -> Option<&str> {
    let [piece] = pieces else {
        return None;
    };
    match fold::tokens(&piece.folded)[..] {
        [token] => Some(token),
        _ => None,
    }
}

fn words(index: &Index, noun: Noun, space: Space) -> &Words {
    match space {
        Space::Titles if noun == Noun::Album => index.albums.words(),
        Space::Titles => index.tracks.words(),
        Space::Credits => index.credits.words(),
        Space::AlbumCredits => index.album_credits.words(),
        Space::Albums => index.albums.words(),
        Space::Genres => index.genres.words(),
    }
}

impl Eval<'_> {
    /// Those of the candidates that have a word or a phrase in a field.
    pub(crate) fn in_field(
        &self,
        index: &Index,
        noun: Noun,
        field: TextField,
        text: &Text,
        mut candidates: Bitmap,
    ) -> Bitmap {
        let Some(piece) = Piece::of(text) else {
            return candidates;
        };
        let space = space_of(noun, field);
        let like = like(core::slice::from_ref(&piece), 0, Mode::Firm);
        if candidates.is_few() {
            candidates.retain(|row| {
                let texts = self.texts_of(index, noun, space, row);
                texts.iter().any(|text| has_piece(text, &piece, like))
            });
            return candidates;
        }
        let numbers = self.numbers(index, noun, space, &piece, like);
        candidates.and(&spread_out(index, noun, space, numbers));
        candidates
    }

    /// Those of the candidates with all these tokens in a field, wherever in it.
    pub(crate) fn with_tokens(
        &self,
        index: &Index,
        noun: Noun,
        field: TextField,
        tokens: &[&str],
        mut candidates: Bitmap,
    ) -> Bitmap {
        if tokens.is_empty() || are_read(&candidates) {
            return candidates;
        }
        let space = space_of(noun, field);
        let words = words(index, noun, space);
        let mut numbers = Bitmap::default();
        for (place, token) in tokens.iter().enumerate() {
            narrow(&mut numbers, place == 0, words.numbers(token, Like::Whole));
        }
        candidates.and(&spread_out(index, noun, space, numbers));
        candidates
    }

    /// Those of the candidates that have all pieces somewhere.
    pub(crate) fn anywhere(&self, index: &Index, noun: Noun, pieces: &[Piece], candidates: Bitmap) -> Bitmap {
        self.all_somewhere(index, noun, pieces, Mode::Firm, candidates)
    }

    /// Those of the candidates that have all pieces somewhere, where typos are forgiven.
    pub(crate) fn forgiven(&self, index: &Index, noun: Noun, pieces: &[Piece], candidates: Bitmap) -> Bitmap {
        self.all_somewhere(index, noun, pieces, Mode::Forgiving, candidates)
    }

    fn all_somewhere(
        &self,
        index: &Index,
        noun: Noun,
        pieces: &[Piece],
        mode: Mode,
        mut candidates: Bitmap,
    ) -> Bitmap {
        if are_read(&candidates) {
            let forgiving = mode == Mode::Forgiving;
            candidates.retain(|row| self.tier_of(index, noun, pieces, row, forgiving).is_some());
            return candidates;
        }
        for (place, piece) in pieces.iter().enumerate() {
            if candidates.is_empty() {
                break;
            }
            let like = like(pieces, place, mode);
            let mut rows = Bitmap::default();
            for &space in spaces(noun) {
                let numbers = self.numbers(index, noun, space, piece, like);
                rows.or(&spread_out(index, noun, space, numbers));
            }
            candidates.and(&rows);
        }
        candidates
    }

    /// The candidates that have all pieces, in tiers of which none is forgiven.
    pub(crate) fn ranked(
        &self,
        index: &Index,
        noun: Noun,
        pieces: &[Piece],
        candidates: &Bitmap,
    ) -> Vec<Bitmap> {
        let mut tiers = no_tiers(candidates);
        if are_read(candidates) {
            for row in candidates.iter() {
                if let Some(tier) = self.tier_of(index, noun, pieces, row, false) {
                    tiers[tier].set(row);
                }
            }
            return tiers;
        }
        let mut seen = Bitmap::default();
        let mut put = |tier: usize, mut rows: Bitmap| {
            rows.and(candidates);
            rows.and_not(&seen);
            seen.or(&rows);
            tiers[tier].or(&rows);
        };
        let last = pieces.len() - 1;
        let is_open = !pieces[last].is_phrase;
        let mut begun = Vec::new();
        for &space in spaces(noun) {
            let mut same = Bitmap::default();
            for (place, piece) in pieces[..last].iter().enumerate() {
                let numbers = self.numbers(index, noun, space, piece, Like::Whole);
                narrow(&mut same, place == 0, numbers);
            }
            let mut exact = self.numbers(index, noun, space, &pieces[last], Like::Whole);
            let mut open = if is_open {
                self.numbers(index, noun, space, &pieces[last], Like::Begun)
            } else {
                Bitmap::default()
            };
            if last > 0 {
                exact.and(&same);
                open.and(&same);
            }
            let (words, more) = match space {
                Space::Titles => (TITLE_WORDS, TITLE_BEGUN),
                Space::Albums => (ALBUM_WORDS, ALBUM_BEGUN),
                Space::Credits | Space::AlbumCredits | Space::Genres => (ARTIST_WORDS, ARTIST_BEGUN),
            };
            if space == Space::Titles {
                put(TITLE_WHOLE, whole(index, noun, pieces, &exact));
            }
            if space == Space::Credits {
                // Who made the track and who made the album count alike.
                put(words, spread_out(index, noun, space, exact));
                begun.push((space, open));
                continue;
            }
            put(words, spread_out(index, noun, space, exact));
            for (space, open) in begun.drain(..) {
                put(more, spread_out(index, noun, space, open));
            }
            put(more, spread_out(index, noun, space, open));
        }
        if last > 0 {
            put(SPREAD, self.anywhere(index, noun, pieces, candidates.clone()));
        }
        tiers
    }

    /// What has a piece in a space, by the numbers of that space.
    fn numbers(&self, index: &Index, noun: Noun, space: Space, piece: &Piece, like: Like) -> Bitmap {
        let words = words(index, noun, space);
        let tokens = fold::tokens(&piece.folded);
        let (last, before) = tokens.split_last().expect("a piece has tokens");
        if before.is_empty() {
            return words.numbers(last, like);
        }
        // What was typed as one word stands together, and nothing is forgiven in it.
        let is_open = like != Like::Whole;
        let mut numbers = words.numbers(last, if is_open { Like::Begun } else { Like::Whole });
        for token in before {
            numbers.and(&words.numbers(token, Like::Whole));
        }
        numbers.retain(|number| {
            let mut found = false;
            self.each_text(index, noun, space, number, &mut |text| {
                found = found || stands_in(&tokens, is_open, &fold::fold(text));
            });
            found
        });
        numbers
    }

    fn each_text(&self, index: &Index, noun: Noun, space: Space, number: u32, each: &mut dyn FnMut(&str)) {
        match space {
            Space::Titles if noun != Noun::Album => {
                each_title(self.world, index.tracks.row(number).entity, each);
            }
            Space::Titles | Space::Albums => {
                each_album_title(self.world, index.albums.row(number).entity, each);
            }
            Space::Credits => index.credits.text(number).each(each),
            Space::AlbumCredits => index.album_credits.text(number).each(each),
            Space::Genres => index.genres.text(number).each(each),
        }
    }

    /// The tier that a row is in, read from its own text; `None` if it does not have the pieces.
    pub(crate) fn tier_of(
        &self,
        index: &Index,
        noun: Noun,
        pieces: &[Piece],
        number: u32,
        forgiving: bool,
    ) -> Option<usize> {
        let texts: Vec<(Space, Vec<String>)> = spaces(noun)
            .iter()
            .map(|&space| (space, self.texts_of(index, noun, space, number)))
            .collect();
        let has = |texts: &[String], place: usize, mode: Mode| {
            let like = like(pieces, place, mode);
            texts.iter().any(|text| has_piece(text, &pieces[place], like))
        };
        let all = |of: Space, mode: Mode| {
            texts
                .iter()
                .filter(|(space, _)| *space == of)
                .any(|(_, texts)| (0..pieces.len()).all(|place| has(texts, place, mode)))
        };
        let somewhere = |mode: Mode| {
            (0..pieces.len()).all(|place| texts.iter().any(|(_, texts)| has(texts, place, mode)))
        };
        if all(Space::Titles, Mode::Exact) {
            let table = if noun == Noun::Album {
                &index.albums
            } else {
                &index.tracks
            };
            let is_whole = match only_token(pieces) {
                Some(token) => texts[0].1.iter().any(|text| fold::is_whole(token, text)),
                None => table.keys.find(&typed(pieces)) == Some(table.row(number).title),
            };
            return Some(if is_whole { TITLE_WHOLE } else { TITLE_WORDS });
        }
        let tiers = [
            (TITLE_BEGUN, Mode::Firm, &[Space::Titles][..]),
            (ARTIST_WORDS, Mode::Exact, &[Space::Credits, Space::AlbumCredits]),
            (ARTIST_BEGUN, Mode::Firm, &[Space::Credits, Space::AlbumCredits]),
            (ALBUM_WORDS, Mode::Exact, &[Space::Albums]),
            (ALBUM_BEGUN, Mode::Firm, &[Space::Albums]),
        ];
        for (tier, mode, spaces) in tiers {
            if spaces.iter().any(|&space| all(space, mode)) {
                return Some(tier);
            }
        }
        if somewhere(Mode::Firm) {
            Some(SPREAD)
        } else {
            (forgiving && somewhere(Mode::Forgiving)).then_some(FORGIVEN)
        }
    }

    /// The folded texts that a row has in a space.
    fn texts_of(&self, index: &Index, noun: Noun, space: Space, number: u32) -> Vec<String> {
        let mut texts = Vec::new();
        let mut put = |text: &str| texts.push(fold::fold(text));
        let table = if noun == Noun::Album {
            &index.albums
        } else {
            &index.tracks
        };
        let row = table.row(number);
        let album = || index.albums.number(row.album);
        match space {
            Space::Titles => self.each_text(index, noun, space, number, &mut put),
            Space::Credits if row.credit > 0 => index.credits.text(row.credit).each(&mut put),
            Space::Genres if row.genres > 0 => index.genres.text(row.genres).each(&mut put),
            Space::Albums => {
                if let Some(album) = album() {
                    self.each_text(index, Noun::Album, Space::Albums, album, &mut put);
                }
            }
            Space::AlbumCredits => {
                let credit = if noun == Noun::Album {
                    row.credit
                } else {
                    album().map_or(0, |album| index.albums.row(album).credit)
                };
                if credit > 0 {
                    index.album_credits.text(credit).each(&mut put);
                }
            }
            Space::Credits | Space::Genres => {}
        }
        texts
    }
}

fn narrow(all: &mut Bitmap, is_first: bool, numbers: Bitmap) {
    if is_first {
        *all = numbers;
    } else {
        all.and(&numbers);
    }
}

/// Those of the rows whose title is what was typed, and nothing more.
fn whole(index: &Index, noun: Noun, pieces: &[Piece], rows: &Bitmap) -> Bitmap {
    let table = if noun == Noun::Album {
        &index.albums
    } else {
        &index.tracks
    };
    let mut found = Bitmap::default();
    if let Some(token) = only_token(pieces) {
        for posting in table.words().postings(token) {
            if posting.is_whole() {
                found.set(posting.number());
            }
        }
    } else if let Some(key) = table.keys.find(&typed(pieces)) {
        let same = rows.iter().filter(|&row| table.row(row).title == key);
        same.for_each(|row| found.set(row));
    }
    found
}

/// The rows that have what was found in a space.
fn spread_out(index: &Index, noun: Noun, space: Space, numbers: Bitmap) -> Bitmap {
    let mut rows = Bitmap::default();
    let mut put = |found: &[u32]| found.iter().rev().for_each(|&row| rows.set(row));
    let album = |number: u32| index.rows_on(index.albums.row(number).id);
    match space {
        Space::Titles => return numbers,
        Space::Credits => numbers.iter().for_each(|number| put(index.credits.rows(number))),
        Space::Genres => numbers.iter().for_each(|number| put(index.genres.rows(number))),
        Space::Albums => {
            // A title that an album had is found until it is swept out.
            let alive = index.albums.alive();
            let numbers = numbers.iter().filter(|&number| alive.has(number));
            numbers.for_each(|number| put(album(number)));
        }
        Space::AlbumCredits => {
            for number in numbers.iter() {
                let albums = index.album_credits.rows(number);
                if noun == Noun::Album {
                    put(albums);
                } else {
                    albums.iter().for_each(|&number| put(album(number)));
                }
            }
        }
    }
    rows
}

/// Gives out what the title of a track can be found by.
pub(crate) fn each_title(world: &World, track: Entity, each: &mut dyn FnMut(&str)) {
    let Ok(track) = world.get_entity(track) else {
        return;
    };
    if let Some(Title(text)) = track.get() {
        each(text);
    }
    if let Some(SortTitle(text)) = track.get() {
        each(text);
    }
}

/// Gives out what the title of an album can be found by.
pub(crate) fn each_album_title(world: &World, album: Entity, each: &mut dyn FnMut(&str)) {
    let Ok(album) = world.get_entity(album) else {
        return;
    };
    if let Some(AlbumTitle(text)) = album.get() {
        each(text);
    }
    let sort = album.get::<AlbumInfo>();
    if let Some(text) = sort.and_then(|info| info.sort_title.as_deref()) {
        each(text);
    }
}

/// Whether folded text has a piece.
fn has_piece(folded: &str, piece: &Piece, like: Like) -> bool {
    let tokens = fold::tokens(&piece.folded);
    let [token] = tokens[..] else {
        return stands_in(&tokens, like != Like::Whole, folded);
    };
    let mut typos = match like {
        Like::Forgiven => Typos::of(token),
        Like::Whole | Like::Begun => None,
    };
    let mut found = false;
    fold::each_search_token(folded, |word| {
        found = found
            || match like {
                Like::Whole => word == token,
                Like::Begun => word.starts_with(token),
                Like::Forgiven => {
                    word.starts_with(token) || typos.as_mut().is_some_and(|typos| typos.is_alike(word, true))
                }
            };
    });
    found
}

/// Whether the words of a phrase stand in folded text one after the other. If it is open, the last of them
/// may be unfinished.
fn stands_in(phrase: &[&str], is_open: bool, folded: &str) -> bool {
    let runs = |folded: &str| {
        fold::tokens(folded).windows(phrase.len()).any(|window| {
            let (last, before) = window.split_last().expect("a phrase has words");
            let (wanted, wanted_before) = phrase.split_last().expect("a phrase has words");
            before == wanted_before && (last == wanted || is_open && last.starts_with(wanted))
        })
    };
    runs(folded) || fold::upright(folded).is_some_and(|upright| runs(&upright))
}
