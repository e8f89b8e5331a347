//! Gathering: the rows of words, from where each text is kept once.

use std::sync::Arc;

use segue_components::prelude::*;

use super::bitmap::{Bitmap, Marks};
use super::eval::Eval;
use super::fold;
use super::hot::Hot;
use super::index::Index;
use super::search::{
    self, Mode, OF_TRACKS, Piece, Space, few, like, narrow, only_token, spaces, stands_in, table, typed,
    words,
};
use super::words::{Like, Posting, Words};

/// So few rows are read rather than looked among for those that have another word with a typo.
const WORTH_NO_WALK: usize = 64;
/// Behind a load, so many beginnings are looked at a tick if none of them is common.
const RARE_PER_TICK: u32 = 64;

/// Where common words are kept of.
const KEPT_SPACES: [Space; 6] = [
    Space::Titles,
    Space::Credits,
    Space::AlbumCredits,
    Space::Albums,
    Space::Genres,
    Space::Artists,
];

/// The rows that have a piece in a space, as typed and unfinished perhaps.
pub(crate) type Fits = (Arc<Bitmap>, Arc<Bitmap>);

impl Eval<'_> {
    /// The rows that have a piece in any space, and those of each.
    pub(crate) fn somewhere(
        &self,
        index: &mut Index,
        noun: Noun,
        piece: &Piece,
        like: Like,
        each: &mut Vec<Fits>,
    ) -> Bitmap {
        let mut all = Bitmap::Few(Vec::new());
        for &space in spaces(noun) {
            let fits = if like == Like::Begun {
                let exact = self.rows_with(index, noun, space, piece, Like::Whole);
                let open = self.rows_begun(index, noun, space, piece, &exact);
                (exact, open)
            } else {
                let rows = self.rows_with(index, noun, space, piece, like);
                (Arc::clone(&rows), rows)
            };
            all.or(&fits.1);
            each.push(fits);
        }
        all
    }

    /// The rows that have a piece in a space.
    pub(crate) fn rows_with(
        &self,
        index: &mut Index,
        noun: Noun,
        space: Space,
        piece: &Piece,
        like: Like,
    ) -> Arc<Bitmap> {
        // Of short words and of numbers nothing is forgiven.
        let like = match (like, &piece.tokens[..]) {
            (Like::Forgiven, [token]) if Words::is_strict(token) => Like::Begun,
            (like, _) => like,
        };
        if let Some(rows) = self.kept_rows(index, noun, space, piece, like) {
            return rows;
        }
        let [token] = &piece.tokens[..] else {
            let rows = |&part| spread_out(index, noun, part, self.numbers(index, noun, part, piece, like));
            return Arc::new(either(space.parts().iter().map(rows)));
        };
        if let Some(rows) = few_rows_in(index, noun, space, token, like, few(table(index, noun))) {
            return Arc::new(Bitmap::few(rows));
        }
        let rows = Arc::new(rows_of_word(index, noun, space, token, like));
        keep_rows(index, noun, space, piece, like, &rows);
        rows
    }

    /// The rows that have a piece in a space, unfinished perhaps, beside those that have it as it is.
    fn rows_begun(
        &self,
        index: &mut Index,
        noun: Noun,
        space: Space,
        piece: &Piece,
        exact: &Arc<Bitmap>,
    ) -> Arc<Bitmap> {
        let [token] = &piece.tokens[..] else {
            return self.rows_with(index, noun, space, piece, Like::Begun);
        };
        if let Some(rows) = self.kept_rows(index, noun, space, piece, Like::Begun) {
            return rows;
        }
        if let Some(rows) = few_rows_in(index, noun, space, token, Like::Longer, few(table(index, noun))) {
            if rows.is_empty() {
                return Arc::clone(exact);
            }
            let mut all = Bitmap::few(rows);
            all.or(exact);
            return Arc::new(all);
        }
        let mut rows = rows_of_word(index, noun, space, token, Like::Longer);
        rows.or(exact);
        let rows = Arc::new(rows);
        keep_rows(index, noun, space, piece, Like::Begun, &rows);
        rows
    }

    /// The rows of a common word that were kept.
    fn kept_rows(
        &self,
        index: &mut Index,
        noun: Noun,
        space: Space,
        piece: &Piece,
        like: Like,
    ) -> Option<Arc<Bitmap>> {
        if !may_be_kept(noun, piece, like) {
            return None;
        }
        self.look_again(index);
        index.tracks.hot.get(space, &piece.tokens[0], like)
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
            for space in KEPT_SPACES {
                if hot.sets_mut().iter().all(|set| set.space != space) {
                    continue;
                }
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
            let is_rare = |&part: &Space| {
                let words = words(index, Noun::Track, part);
                // As many rows as a text has on average, twice.
                let per_text = 2 * index.tracks.len() / words.upto().max(1) + 1;
                let most = (least / per_text) as usize;
                words.count_begun(&beginning, most) <= most
            };
            if space.parts().iter().all(is_rare) {
                continue;
            }
            let piece = Piece {
                text: beginning.clone(),
                tokens: vec![beginning.as_str().into()],
                is_phrase: false,
            };
            let begun = self.rows_with(index, Noun::Track, space, &piece, Like::Begun);
            if begun.seems_to_have(least) {
                self.rows_with(index, Noun::Track, space, &piece, Like::Whole);
                expect_longer(index, space, &beginning);
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
            // What was typed stands in most texts letter by letter, and needs no folding there.
            let is_plain = tokens.iter().all(|token| fold::lone(token).is_some());
            numbers.retain(|number| {
                let mut found = false;
                self.each_text(index, noun, space, number, &mut |text| {
                    found = found
                        || is_plain && text.contains(&*piece.text)
                        || stands_in(&tokens, is_open, &fold::fold(text));
                });
                found
            });
        }
        numbers
    }

    fn each_text(&self, index: &Index, noun: Noun, space: Space, number: u32, each: &mut dyn FnMut(&str)) {
        match space {
            Space::Titles if noun != Noun::Album => {
                search::each_title(self.world, index.tracks.row(number).entity, each);
            }
            Space::Titles | Space::Albums => {
                search::each_album_title(self.world, index.albums.row(number).entity, each);
            }
            Space::Credits | Space::Artists => index.credits.text(number).each(each),
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
            Space::Artists => {
                for &part in space.parts() {
                    self.each_text_of(index, noun, part, number, each);
                }
            }
            Space::Credits | Space::Genres => {}
        }
    }
}

fn may_be_kept(noun: Noun, piece: &Piece, like: Like) -> bool {
    noun == Noun::Track && piece.tokens.len() == 1 && matches!(like, Like::Whole | Like::Begun)
}

/// Keeps the rows of a word if there are many.
fn keep_rows(index: &mut Index, noun: Noun, space: Space, piece: &Piece, like: Like, rows: &Arc<Bitmap>) {
    if may_be_kept(noun, piece, like) && rows.seems_to_have(Hot::least(index.tracks.living())) {
        index.tracks.hot.put(space, &piece.tokens[0], like, rows);
    }
}

/// Has the beginnings of one letter looked at while there is nothing else to do.
pub(crate) fn expect_beginnings(index: &mut Index) {
    OF_TRACKS
        .iter()
        .for_each(|&space| expect_longer(index, space, ""));
}

/// Has those looked at that have a letter more.
fn expect_longer(index: &mut Index, space: Space, beginning: &str) {
    let behind = |&part: &Space| words(index, Noun::Track, part).letters_behind(beginning);
    let mut letters: Vec<u32> = space.parts().iter().flat_map(behind).map(u32::from).collect();
    crate::sort::numbers(&mut letters, &mut |a, b| a.cmp(&b));
    letters.dedup();
    // Behind a space stand pairs of characters.
    let letters = letters
        .into_iter()
        .filter_map(char::from_u32)
        .filter(|&letter| letter != ' ');
    for letter in letters {
        let mut longer = String::from(beginning);
        longer.push(letter);
        index.tracks.hot.expect(space, longer);
    }
}

fn either(sets: impl Iterator<Item = Bitmap>) -> Bitmap {
    sets.fold(Bitmap::Few(Vec::new()), |mut all, set| {
        all.or(&set);
        all
    })
}

fn rows_of_word(index: &Index, noun: Noun, space: Space, word: &str, like: Like) -> Bitmap {
    let rows = |&part| {
        let numbers = words(index, noun, part).numbers(word, like);
        spread_out(index, noun, part, numbers)
    };
    either(space.parts().iter().map(rows))
}

/// The rows with the rarest of the words, if they are few: whoever has all pieces is among them.
pub(crate) fn few_rows(index: &Index, noun: Noun, pieces: &[Piece], mode: Mode) -> Option<Bitmap> {
    let lists = |place: usize| pieces[place].lists(like(pieces, place, mode));
    let lists: Vec<_> = (0..pieces.len()).flat_map(lists).collect();
    // To look for typos takes longer than to read some rows: those words come last, and only if that helps.
    let is_long = |(word, like): &&(String, Like)| *like == Like::Forgiven && !Words::is_strict(word);
    let mut best = None;
    let mut most = few(table(index, noun));
    let short = lists.iter().filter(|list| !is_long(list));
    for (word, like) in short.chain(lists.iter().filter(is_long)) {
        if most == 0 || best.is_some() && most <= WORTH_NO_WALK && *like == Like::Forgiven {
            break;
        }
        if let Some(rows) = few_rows_of(index, noun, word, *like, most) {
            most = rows.len();
            best = Some(rows);
        }
    }
    best.map(Bitmap::few)
}

/// The rows that have a word anywhere, if there are no more than `most`.
fn few_rows_of(index: &Index, noun: Noun, word: &str, like: Like, most: usize) -> Option<Vec<u32>> {
    let mut rows = Vec::new();
    for &space in spaces(noun) {
        rows.extend(few_rows_in(index, noun, space, word, like, most - rows.len())?);
    }
    Some(rows)
}

/// The rows that have a word in a space, if there are no more than `most`. Some may come twice.
fn few_rows_in(
    index: &Index,
    noun: Noun,
    space: Space,
    word: &str,
    like: Like,
    most: usize,
) -> Option<Vec<u32>> {
    let mut rows = Vec::new();
    for &part in space.parts() {
        words(index, noun, part).each_list(word, like, &mut |list| {
            list.iter().all(|&posting| {
                let number = Posting(posting).number();
                each_rows(index, noun, part, number, &mut |found| {
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

/// Those of the rows whose title is what was typed, and nothing more.
pub(crate) fn whole(index: &Index, noun: Noun, pieces: &[Piece], rows: &Bitmap) -> Bitmap {
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
    if found.len() <= few(table) {
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
        Space::Credits | Space::Artists => each(index.credits.rows(number)),
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
pub(crate) fn spread_out(index: &Index, noun: Noun, space: Space, numbers: Bitmap) -> Bitmap {
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
