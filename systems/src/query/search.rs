//! Text search: which rows have the words of a query, and how well they fit.
//!
//! Words are looked for where each text is kept once: titles by row, credits and genres among the shared
//! texts, album titles and album artists among the albums. What is found there is spread out to the rows.

use std::sync::Arc;

use bevy_ecs::entity::Entity;
use bevy_ecs::world::World;
use segue_components::prelude::*;

use super::ast::{Expr, Term, Text, TextField};
use super::bitmap::Bitmap;
use super::eval::Eval;
use super::fold;
use super::gather::{self, Fits};
use super::index::Index;
use super::reading::Reader;
use super::table::Table;
use super::words::{self, Like, Words};

/// Typos are forgiven where fewer rows than these have the words as they were typed.
pub(crate) const FEW: u32 = 10;

/// The tiers of an answer: the field that fits comes before how well it does.
pub(crate) const TITLE_WHOLE: usize = 0;
pub(crate) const TITLE_WORDS: usize = 1;
pub(crate) const TITLE_BEGUN: usize = 2;
pub(crate) const ARTIST_WORDS: usize = 3;
pub(crate) const ARTIST_BEGUN: usize = 4;
pub(crate) const ALBUM_WORDS: usize = 5;
pub(crate) const ALBUM_BEGUN: usize = 6;
/// Some words stand in one field, some in another.
pub(crate) const SPREAD: usize = 7;
/// With typos, or with words begun before the last one.
pub(crate) const FORGIVEN: usize = 8;
/// How many tiers there are.
const TIERS: usize = 9;

/// Tiers for some of the candidates, with none in them yet.
pub(crate) fn no_tiers(candidates: &Bitmap) -> Vec<Bitmap> {
    vec![Bitmap::none_like(candidates); TIERS]
}

/// So few rows are read one by one: to look for all that has a word would cost more, the more rows there are.
pub(crate) fn few(table: &Table) -> usize {
    (table.living() / 4_096).clamp(16, 256) as usize
}

/// Whether candidates are read one by one.
fn are_read(index: &Index, noun: Noun, candidates: &Bitmap) -> bool {
    candidates.is_few() || candidates.count() as usize <= few(table(index, noun))
}

/// Where words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
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
    /// Artists of tracks and of the albums that they are on.
    Artists,
}

impl Space {
    /// Where texts of it are kept.
    pub(crate) fn parts(self) -> &'static [Self] {
        match self {
            Self::Titles => &[Self::Titles],
            Self::Credits => &[Self::Credits],
            Self::AlbumCredits => &[Self::AlbumCredits],
            Self::Albums => &[Self::Albums],
            Self::Genres => &[Self::Genres],
            Self::Artists => &[Self::Credits, Self::AlbumCredits],
        }
    }
}

/// Where a bare word is looked for among tracks.
pub(crate) const OF_TRACKS: &[Space] = &[Space::Titles, Space::Artists, Space::Albums];
/// And among albums.
const OF_ALBUMS: &[Space] = &[Space::Titles, Space::AlbumCredits];

pub(crate) fn spaces(noun: Noun) -> &'static [Space] {
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
    pub(crate) text: String,
    /// One at least.
    pub(crate) tokens: Vec<Box<str>>,
    pub(crate) is_phrase: bool,
}

impl Piece {
    /// `None` where there is nothing to look for: marks alone, as a dash between words.
    fn of(text: &Text) -> Option<Self> {
        let folded = fold::fold(text.text());
        let tokens: Vec<Box<str>> = fold::tokens(&folded).into_iter().map(Into::into).collect();
        (!tokens.is_empty()).then(|| Self {
            text: text.text().to_owned(),
            tokens,
            is_phrase: text.is_phrase(),
        })
    }

    /// The lists that all have the number of a text with this piece.
    pub(crate) fn lists(&self, like: Like) -> Vec<(String, Like)> {
        let [token] = &self.tokens[..] else {
            return self.lists_of_many(like != Like::Whole);
        };
        vec![(String::from(&**token), like)]
    }

    /// What was typed as one word stands together, and nothing is forgiven in it.
    fn lists_of_many(&self, is_open: bool) -> Vec<(String, Like)> {
        let mut lists = Vec::new();
        let mut is_paired = false;
        for (place, token) in self.tokens.iter().enumerate() {
            let next = self.tokens.get(place + 1);
            if let (Some(first), Some(second)) = (fold::lone(token), next.and_then(|next| fold::lone(next))) {
                lists.push((words::pair(first, second), Like::Whole));
                is_paired = true;
                continue;
            }
            // The second of a pair is in the list of that.
            if !core::mem::take(&mut is_paired) {
                let is_last = next.is_none();
                let like = if is_open && is_last {
                    Like::Begun
                } else {
                    Like::Whole
                };
                lists.push((String::from(&**token), like));
            }
        }
        lists
    }

    /// Whether a text that is in the list has the piece, as it stands.
    pub(crate) fn is_one_list(&self) -> bool {
        match &self.tokens[..] {
            [_] => true,
            [first, second] => fold::lone(first).is_some() && fold::lone(second).is_some(),
            _ => false,
        }
    }

    /// Whether whoever has another piece, finished or not, has this one unfinished.
    fn is_begun_by(&self, other: &Self) -> bool {
        let (last, before) = self.tokens.split_last().expect("a piece has tokens");
        other.tokens.len() >= self.tokens.len()
            && other.tokens[..before.len()] == *before
            && other.tokens[before.len()].starts_with(&**last)
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

/// Whether every row that has these bare words as they are typed has those too.
pub(crate) fn refines(pieces: &[Piece], earlier: &[Piece]) -> bool {
    let is_like = |pieces: &[Piece], place: usize| like(pieces, place, Mode::Firm);
    (0..earlier.len()).all(|place| {
        let wanted = &earlier[place];
        (0..pieces.len()).any(|at| match is_like(earlier, place) {
            Like::Whole => is_like(pieces, at) == Like::Whole && pieces[at].tokens == wanted.tokens,
            Like::Begun | Like::Longer | Like::Forgiven => wanted.is_begun_by(&pieces[at]),
        })
    })
}

/// How strictly words are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As they are; the last may go on.
    Firm,
    /// All may go on, with typos.
    Forgiving,
}

pub(crate) fn like(pieces: &[Piece], place: usize, mode: Mode) -> Like {
    match mode {
        _ if pieces[place].is_phrase => Like::Whole,
        Mode::Firm if place + 1 == pieces.len() => Like::Begun,
        Mode::Firm => Like::Whole,
        Mode::Forgiving => Like::Forgiven,
    }
}

/// What was typed, in one.
pub(crate) fn typed(pieces: &[Piece]) -> String {
    let texts: Vec<_> = pieces.iter().map(|piece| piece.text.as_str()).collect();
    texts.join(" ")
}

/// The only token that was typed, if it is one.
pub(crate) fn only_token(pieces: &[Piece]) -> Option<&str> {
    let [piece] = pieces else {
        return None;
    };
    match &piece.tokens[..] {
        [token] => Some(token),
        _ => None,
    }
}

pub(crate) fn table(index: &Index, noun: Noun) -> &Table {
    if noun == Noun::Album {
        &index.albums
    } else {
        &index.tracks
    }
}

pub(crate) fn words(index: &Index, noun: Noun, space: Space) -> &Words {
    match space {
        Space::Titles => table(index, noun).words(),
        // Whoever looks for both takes it apart.
        Space::Credits | Space::Artists => index.credits.words(),
        Space::AlbumCredits => index.album_credits.words(),
        Space::Albums => index.albums.words(),
        Space::Genres => index.genres.words(),
    }
}

impl Eval<'_> {
    /// Those of the candidates that have a word or a phrase in a field.
    pub(crate) fn in_field(
        &self,
        index: &mut Index,
        noun: Noun,
        field: TextField,
        text: &Text,
        mut candidates: Bitmap,
    ) -> Bitmap {
        let Some(piece) = Piece::of(text) else {
            return candidates;
        };
        let space = space_of(noun, field);
        let pieces = core::slice::from_ref(&piece);
        if candidates.is_few() {
            let mut reader = Reader::new(self, index, noun, pieces, false);
            candidates.retain(|row| reader.fits(index, space, row));
            return candidates;
        }
        let like = like(pieces, 0, Mode::Firm);
        candidates.and(&self.rows_with(index, noun, space, &piece, like));
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
        if tokens.is_empty() || are_read(index, noun, &candidates) {
            return candidates;
        }
        let space = space_of(noun, field);
        let words = words(index, noun, space);
        let mut numbers = Bitmap::default();
        for (place, token) in tokens.iter().enumerate() {
            narrow(&mut numbers, place == 0, words.numbers(token, Like::Whole));
        }
        candidates.and(&gather::spread_out(index, noun, space, numbers));
        candidates
    }

    /// Those of the candidates that may have one of these runs of ASCII letters and digits in a field.
    pub(crate) fn with_parts(
        &self,
        index: &Index,
        noun: Noun,
        field: TextField,
        parts: &[String],
        mut candidates: Bitmap,
    ) -> Bitmap {
        if !parts.is_empty() && !are_read(index, noun, &candidates) {
            let space = space_of(noun, field);
            let numbers = words(index, noun, space).containing(parts);
            candidates.and(&gather::spread_out(index, noun, space, numbers));
        }
        candidates
    }

    /// Those of the candidates that have all pieces somewhere; with typos, where they are forgiven.
    pub(crate) fn anywhere(
        &self,
        index: &mut Index,
        noun: Noun,
        pieces: &[Piece],
        forgiving: bool,
        mut candidates: Bitmap,
    ) -> Bitmap {
        let mode = if forgiving { Mode::Forgiving } else { Mode::Firm };
        if !are_read(index, noun, &candidates) {
            match gather::few_rows(index, noun, pieces, mode) {
                Some(mut few) => {
                    few.and(&candidates);
                    candidates = few;
                }
                None => {
                    for (place, piece) in pieces.iter().enumerate() {
                        let like = like(pieces, place, mode);
                        candidates.and(&self.somewhere(index, noun, piece, like, &mut Vec::new()));
                    }
                    return candidates;
                }
            }
        }
        let mut reader = Reader::new(self, index, noun, pieces, forgiving);
        candidates.retain(|row| reader.tier(index, row).is_some());
        candidates
    }

    /// The candidates that have all pieces, in tiers of which none is forgiven.
    pub(crate) fn ranked(
        &self,
        index: &mut Index,
        noun: Noun,
        pieces: &[Piece],
        candidates: &Bitmap,
    ) -> Vec<Bitmap> {
        if are_read(index, noun, candidates) {
            return self.ranked_one_by_one(index, noun, pieces, candidates);
        }
        if let Some(mut few) = gather::few_rows(index, noun, pieces, Mode::Firm) {
            few.and(candidates);
            return self.ranked_one_by_one(index, noun, pieces, &few);
        }
        // Whoever is in a tier has all pieces somewhere. By piece and space:
        let mut found = Vec::with_capacity(pieces.len());
        let mut left = candidates.clone();
        for (place, piece) in pieces.iter().enumerate() {
            let mut each = Vec::new();
            let like = like(pieces, place, Mode::Firm);
            left.and(&self.somewhere(index, noun, piece, like, &mut each));
            found.push(each);
            if place > 0 && are_read(index, noun, &left) {
                return self.ranked_one_by_one(index, noun, pieces, &left);
            }
        }
        let last = pieces.len() - 1;
        // In each space, as typed and with the last word unfinished.
        let mut fits = Vec::new();
        for (at, &space) in spaces(noun).iter().enumerate() {
            let (exact, open) = &found[last][at];
            let before = &found[..last];
            fits.push((space, all_of(exact, before, at), all_of(open, before, at)));
        }
        let mut tiers = vec![Bitmap::Few(Vec::new()); TIERS];
        let mut put = |tier: usize, rows: &Bitmap| {
            let taken = left.take(rows);
            if tiers[tier].is_empty() {
                tiers[tier] = taken;
            } else {
                tiers[tier].or(&taken);
            }
        };
        // Who made the track and who made the album count alike.
        let fields = [
            (TITLE_WORDS, TITLE_BEGUN, [Space::Titles, Space::Titles]),
            (ARTIST_WORDS, ARTIST_BEGUN, [Space::Artists, Space::AlbumCredits]),
            (ALBUM_WORDS, ALBUM_BEGUN, [Space::Albums, Space::Albums]),
        ];
        for (words, begun, spaces) in fields {
            let of_field = || fits.iter().filter(|(space, ..)| spaces.contains(space));
            if words == TITLE_WORDS {
                of_field()
                    .for_each(|(_, exact, _)| put(TITLE_WHOLE, &gather::whole(index, noun, pieces, exact)));
            }
            of_field().for_each(|(_, exact, _)| put(words, exact));
            of_field().for_each(|(_, _, open)| put(begun, open));
        }
        // Some words are in one field, some in another.
        tiers[SPREAD] = left;
        tiers
    }

    fn ranked_one_by_one(
        &self,
        index: &Index,
        noun: Noun,
        pieces: &[Piece],
        candidates: &Bitmap,
    ) -> Vec<Bitmap> {
        let mut tiers = vec![Bitmap::Few(Vec::new()); TIERS];
        let mut reader = Reader::new(self, index, noun, pieces, false);
        candidates.each(|row| {
            if let Some(tier) = reader.tier(index, row) {
                tiers[tier].set(row);
            }
        });
        tiers
    }
}

/// Those that have all pieces in the same space: the rows of the last, and of those before by piece and space.
fn all_of(last: &Arc<Bitmap>, before: &[Vec<Fits>], space: usize) -> Arc<Bitmap> {
    if before.is_empty() {
        return Arc::clone(last);
    }
    let mut all = Bitmap::clone(last);
    before.iter().for_each(|found| all.and(&found[space].1));
    Arc::new(all)
}

pub(crate) fn narrow(all: &mut Bitmap, is_first: bool, numbers: Bitmap) {
    if is_first {
        *all = numbers;
    } else {
        all.and(&numbers);
    }
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

/// Whether the words of a phrase stand in folded text one after the other. If it is open, the last of them
/// may be unfinished.
pub(crate) fn stands_in(phrase: &[&str], is_open: bool, folded: &str) -> bool {
    let runs = |folded: &str| {
        fold::tokens(folded).windows(phrase.len()).any(|window| {
            let (last, before) = window.split_last().expect("a phrase has words");
            let (wanted, wanted_before) = phrase.split_last().expect("a phrase has words");
            before == wanted_before && (last == wanted || is_open && last.starts_with(wanted))
        })
    };
    runs(folded) || fold::upright(folded).is_some_and(|upright| runs(&upright))
}
