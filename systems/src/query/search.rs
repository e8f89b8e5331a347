//! Text search: which rows have the words of a query, and how well they fit.
//!
//! Words are looked for where each text is kept once: titles by row, credits and genres among the shared
//! texts, album titles and album artists among the albums. What is found there is spread out to the rows.

use std::sync::Arc;

use bevy_ecs::entity::Entity;
use bevy_ecs::world::World;
use segue_components::prelude::*;

use super::ast::{Expr, Term, Text, TextField};
use super::bitmap::{Bitmap, Marks};
use super::eval::Eval;
use super::fold;
use super::hot::Hot;
use super::index::Index;
use super::reading::Reader;
use super::table::Table;
use super::words::{self, Like, Posting, Words};

/// Typos are forgiven where fewer rows than these have the words as they were typed.
pub(crate) const FEW: u32 = 10;

/// So few candidates are read one by one: to look for all that has a word would cost more. Tests have small libraries.
pub(crate) const READ_ONE_BY_ONE: u32 = if cfg!(test) { 8 } else { 256 };
/// Behind a load, so many beginnings are looked at a tick if none of them is common.
const RARE_PER_TICK: u32 = 256;

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

/// Whether candidates are read one by one.
fn are_read(candidates: &Bitmap) -> bool {
    candidates.is_few() || candidates.count() <= READ_ONE_BY_ONE
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
}

/// Where a bare word is looked for among tracks.
const OF_TRACKS: &[Space] = &[Space::Titles, Space::Credits, Space::AlbumCredits, Space::Albums];
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
    text: String,
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
    fn lists(&self, like: Like) -> Vec<(String, Like)> {
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
    fn is_one_list(&self) -> bool {
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
            Like::Begun | Like::Forgiven => wanted.is_begun_by(&pieces[at]),
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

fn like(pieces: &[Piece], place: usize, mode: Mode) -> Like {
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

fn words(index: &Index, noun: Noun, space: Space) -> &Words {
    match space {
        Space::Titles => table(index, noun).words(),
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

    /// Those of the candidates that may have one of these runs of ASCII letters and digits in a field.
    pub(crate) fn with_parts(
        &self,
        index: &Index,
        noun: Noun,
        field: TextField,
        parts: &[String],
        mut candidates: Bitmap,
    ) -> Bitmap {
        if !parts.is_empty() && !are_read(&candidates) {
            let space = space_of(noun, field);
            let numbers = words(index, noun, space).containing(parts);
            candidates.and(&spread_out(index, noun, space, numbers));
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
        if !are_read(&candidates) {
            match few_rows(index, noun, pieces, mode) {
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

    /// The rows that have a piece in any space, and those of each.
    fn somewhere(
        &self,
        index: &mut Index,
        noun: Noun,
        piece: &Piece,
        like: Like,
        each: &mut Vec<Arc<Bitmap>>,
    ) -> Bitmap {
        let mut all = Bitmap::default();
        for &space in spaces(noun) {
            let rows = self.rows_with(index, noun, space, piece, like);
            all.or(&rows);
            each.push(rows);
        }
        all
    }

    /// The candidates that have all pieces, in tiers of which none is forgiven.
    pub(crate) fn ranked(
        &self,
        index: &mut Index,
        noun: Noun,
        pieces: &[Piece],
        candidates: &Bitmap,
    ) -> Vec<Bitmap> {
        if are_read(candidates) {
            return self.ranked_one_by_one(index, noun, pieces, candidates);
        }
        if let Some(mut few) = few_rows(index, noun, pieces, Mode::Firm) {
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
            if place > 0 && !left.seems_to_have(4 * READ_ONE_BY_ONE) && left.count() <= READ_ONE_BY_ONE {
                return self.ranked_one_by_one(index, noun, pieces, &left);
            }
        }
        let last = pieces.len() - 1;
        // In each space, as typed and with the last word unfinished.
        let mut fits = Vec::new();
        for (at, &space) in spaces(noun).iter().enumerate() {
            let open = &found[last][at];
            let exact = if pieces[last].is_phrase {
                Arc::clone(open)
            } else {
                self.rows_with(index, noun, space, &pieces[last], Like::Whole)
            };
            let before = &found[..last];
            fits.push((
                space,
                all_of(exact, before, at),
                all_of(Arc::clone(open), before, at),
            ));
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
            (ARTIST_WORDS, ARTIST_BEGUN, [Space::Credits, Space::AlbumCredits]),
            (ALBUM_WORDS, ALBUM_BEGUN, [Space::Albums, Space::Albums]),
        ];
        for (words, begun, spaces) in fields {
            let of_field = || fits.iter().filter(|(space, ..)| spaces.contains(space));
            if words == TITLE_WORDS {
                of_field().for_each(|(_, exact, _)| put(TITLE_WHOLE, &whole(index, noun, pieces, exact)));
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

    /// The rows that have a piece in a space.
    fn rows_with(
        &self,
        index: &mut Index,
        noun: Noun,
        space: Space,
        piece: &Piece,
        like: Like,
    ) -> Arc<Bitmap> {
        // Of short words and of numbers nothing is forgiven.
        let like = match like {
            Like::Forgiven if only_token(core::slice::from_ref(piece)).is_some_and(Words::is_strict) => {
                Like::Begun
            }
            like => like,
        };
        let may_keep = noun == Noun::Track && piece.tokens.len() == 1 && like != Like::Forgiven;
        if may_keep {
            self.look_again(index);
            if let Some(rows) = index.tracks.hot.get(space, &piece.tokens[0], like) {
                return rows;
            }
        }
        let numbers = self.numbers(index, noun, space, piece, like);
        let rows = Arc::new(spread_out(index, noun, space, numbers));
        if may_keep && rows.seems_to_have(Hot::least(index.tracks.living())) {
            index.tracks.hot.put(space, &piece.tokens[0], like, &rows);
        }
        rows
    }

    /// Looks again at the rows that changed since common words were gathered.
    fn look_again(&self, index: &mut Index) {
        let mut touched = index.tracks.hot.take_touched();
        if touched.is_empty() {
            return;
        }
        crate::sort::numbers(&mut touched, &mut |a, b| a.cmp(&b));
        touched.dedup();
        let mut hot = core::mem::take(&mut index.tracks.hot);
        let mut folded = String::new();
        let mut belongs = Vec::new();
        for row in touched {
            // One that died is no candidate for anything.
            if !index.tracks.alive().has(row) {
                continue;
            }
            for &space in OF_TRACKS.iter().chain(&[Space::Genres]) {
                belongs.clear();
                belongs.resize(hot.sets_mut().len(), false);
                self.each_text_of(index, Noun::Track, space, row, &mut |text| {
                    fold::fold_into(text, &mut folded);
                    fold::each_search_token(&folded, |word| {
                        for (belongs, set) in belongs.iter_mut().zip(hot.sets_mut()) {
                            *belongs = *belongs || set.space == space && set.fits(word);
                        }
                    });
                });
                for (set, &belongs) in hot.sets_mut().iter_mut().zip(&belongs) {
                    if set.space == space {
                        set.put(row, belongs);
                    }
                }
            }
        }
        index.tracks.hot = hot;
    }

    /// Gathers the rows of the next common beginning. `false` if more is to be done.
    pub(crate) fn warm(&self, index: &mut Index) -> bool {
        for _ in 0..RARE_PER_TICK {
            let Some((space, beginning)) = index.tracks.hot.next() else {
                return true;
            };
            let least = Hot::least(index.tracks.living());
            let words = words(index, Noun::Track, space);
            // As many rows as a text has on average, twice.
            let per_text = 2 * index.tracks.len() / words.upto().max(1) + 1;
            let most = (least / per_text) as usize;
            if words.count_begun(&beginning, most) <= most {
                continue;
            }
            let letters = words.letters_behind(&beginning);
            let piece = Piece {
                text: beginning.clone(),
                tokens: vec![beginning.as_str().into()],
                is_phrase: false,
            };
            let begun = self.rows_with(index, Noun::Track, space, &piece, Like::Begun);
            if begun.seems_to_have(least) {
                self.rows_with(index, Noun::Track, space, &piece, Like::Whole);
                for letter in letters {
                    let mut longer = beginning.clone();
                    longer.push(letter);
                    index.tracks.hot.expect(space, longer);
                }
            }
            return false;
        }
        false
    }

    /// What has a piece in a space, by the numbers of that space.
    fn numbers(&self, index: &Index, noun: Noun, space: Space, piece: &Piece, like: Like) -> Bitmap {
        let words = words(index, noun, space);
        let mut numbers = Bitmap::default();
        for (place, (word, like)) in piece.lists(like).into_iter().enumerate() {
            narrow(&mut numbers, place == 0, words.numbers(&word, like));
        }
        if !piece.is_one_list() {
            let tokens: Vec<_> = piece.tokens.iter().map(|token| &**token).collect();
            let is_open = like != Like::Whole;
            numbers.retain(|number| {
                let mut found = false;
                self.each_text(index, noun, space, number, &mut |text| {
                    found = found || stands_in(&tokens, is_open, &fold::fold(text));
                });
                found
            });
        }
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

    /// Gives out the texts that a row has in a space.
    pub(crate) fn each_text_of(
        &self,
        index: &Index,
        noun: Noun,
        space: Space,
        number: u32,
        each: &mut dyn FnMut(&str),
    ) {
        let row = table(index, noun).row(number);
        let album = || index.albums.number(row.album);
        match space {
            Space::Titles => self.each_text(index, noun, space, number, each),
            Space::Credits if row.credit > 0 => index.credits.text(row.credit).each(each),
            Space::Genres if row.genres > 0 => index.genres.text(row.genres).each(each),
            Space::Albums => {
                if let Some(album) = album() {
                    self.each_text(index, Noun::Album, Space::Albums, album, each);
                }
            }
            Space::AlbumCredits => {
                let credit = if noun == Noun::Album {
                    row.credit
                } else {
                    album().map_or(0, |album| index.albums.row(album).credit)
                };
                if credit > 0 {
                    index.album_credits.text(credit).each(each);
                }
            }
            Space::Credits | Space::Genres => {}
        }
    }
}

/// Has the beginnings of one letter looked at while there is nothing else to do.
pub(crate) fn expect_beginnings(index: &mut Index) {
    for &space in OF_TRACKS {
        for letter in words(index, Noun::Track, space).letters_behind("") {
            if letter != ' ' {
                index.tracks.hot.expect(space, letter.into());
            }
        }
    }
}

/// Those that have all pieces in the same space: the rows of the last, and of those before by piece and space.
fn all_of(last: Arc<Bitmap>, before: &[Vec<Arc<Bitmap>>], space: usize) -> Arc<Bitmap> {
    if before.is_empty() {
        return last;
    }
    let mut all = Arc::unwrap_or_clone(last);
    before.iter().for_each(|found| all.and(&found[space]));
    Arc::new(all)
}

/// The rows with the rarest of the words, if they are few: whoever has all pieces is among them.
fn few_rows(index: &Index, noun: Noun, pieces: &[Piece], mode: Mode) -> Option<Bitmap> {
    let mut best = None;
    let mut most = READ_ONE_BY_ONE as usize;
    for (place, piece) in pieces.iter().enumerate() {
        for (word, like) in piece.lists(like(pieces, place, mode)) {
            if let Some(rows) = few_rows_of(index, noun, &word, like, most) {
                most = rows.len();
                best = Some(rows);
            }
            if most == 0 {
                break;
            }
        }
    }
    best.map(Bitmap::few)
}

/// The rows that have a word anywhere, if there are no more than `most`.
fn few_rows_of(index: &Index, noun: Noun, word: &str, like: Like, most: usize) -> Option<Vec<u32>> {
    let mut rows = Vec::new();
    for &space in spaces(noun) {
        words(index, noun, space).each_list(word, like, &mut |list| {
            list.iter().all(|&posting| {
                let number = Posting(posting).number();
                each_rows(index, noun, space, number, &mut |found| {
                    rows.extend_from_slice(found)
                });
                rows.len() <= most
            })
        });
        if rows.len() > most {
            return None;
        }
    }
    Some(rows)
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
    let table = table(index, noun);
    let mut found = Vec::new();
    if let Some(token) = only_token(pieces) {
        let postings = table.words().postings(token);
        found.extend(postings.filter(|posting| posting.is_whole()).map(Posting::number));
    } else if let Some(key) = table.keys.find(&typed(pieces)) {
        rows.each(|row| {
            if table.row(row).title == key {
                found.push(row);
            }
        });
    }
    if found.len() <= READ_ONE_BY_ONE as usize {
        return Bitmap::few(found);
    }
    let mut marks = Marks::of(table.len());
    found.into_iter().for_each(|row| marks.set(row));
    marks.into_bitmap()
}

/// Gives out the rows that have a text of a space.
fn each_rows(index: &Index, noun: Noun, space: Space, number: u32, each: &mut dyn FnMut(&[u32])) {
    let mut tracks = |album: u32| each(index.on_albums.tracks_of_row(album));
    match space {
        Space::Titles => each(&[number]),
        Space::Credits => each(index.credits.rows(number)),
        Space::Genres => each(index.genres.rows(number)),
        // A title that an album had is found until it is swept out.
        Space::Albums if !index.albums.alive().has(number) => {}
        Space::Albums => tracks(number),
        Space::AlbumCredits if noun == Noun::Album => each(index.album_credits.rows(number)),
        Space::AlbumCredits => {
            let albums = index.album_credits.rows(number);
            albums.iter().for_each(|&album| tracks(album));
        }
    }
}

/// The rows that have what was found in a space.
fn spread_out(index: &Index, noun: Noun, space: Space, numbers: Bitmap) -> Bitmap {
    if space == Space::Titles {
        return numbers;
    }
    let mut rows = Marks::of(table(index, noun).len());
    numbers.each(|number| {
        each_rows(index, noun, space, number, &mut |found| {
            found.iter().for_each(|&row| rows.set(row));
        });
    });
    rows.into_bitmap()
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
