//! Rows read one by one: which words a row has, by its own text.

use segue_components::prelude::*;

use super::eval::Eval;
use super::fold;
use super::index::Index;
use super::search::{self, Piece, Space};
use super::typos::Typos;

/// The spaces that a row has a piece in, a bit each.
#[derive(Debug, Clone, Copy, Default)]
struct Has {
    whole: u8,
    /// As [`Mode::Firm`](search::Mode::Firm) takes it.
    firm: u8,
    forgiven: u8,
}

/// Reads rows for some pieces.
pub(crate) struct Reader<'a> {
    eval: &'a Eval<'a>,
    noun: Noun,
    pieces: &'a [Piece],
    /// For each piece, where typos are forgiven.
    typos: Vec<Option<Typos>>,
    /// The only token, if there is no other.
    only: Option<&'a str>,
    /// The sort key of what was typed, of all pieces together.
    key: Option<u32>,
    has: Vec<Has>,
    folded: String,
}

impl<'a> Reader<'a> {
    /// For these pieces, of which there is one at least.
    pub(crate) fn new(
        eval: &'a Eval<'a>,
        index: &Index,
        noun: Noun,
        pieces: &'a [Piece],
        forgiving: bool,
    ) -> Self {
        let typos = |piece: &Piece| match &piece.tokens[..] {
            [token] if !piece.is_phrase => Typos::of(token),
            _ => None,
        };
        let only = search::only_token(pieces);
        let key = match only {
            Some(_) => None,
            None => search::table(index, noun).keys.find(&search::typed(pieces)),
        };
        Self {
            eval,
            noun,
            pieces,
            typos: if forgiving {
                pieces.iter().map(typos).collect()
            } else {
                Vec::new()
            },
            only,
            key,
            has: Vec::new(),
            folded: String::new(),
        }
    }

    /// Reads what a row has in a space. Whether one of the texts there is the only token and nothing more.
    fn read(&mut self, index: &Index, space: Space, row: u32) -> bool {
        let Self {
            eval,
            noun,
            pieces,
            typos,
            only,
            has,
            folded,
            ..
        } = self;
        let bit = 1 << space as u8;
        let last = pieces.len() - 1;
        let mut is_whole = false;
        eval.each_text_of(index, *noun, space, row, &mut |text| {
            fold::fold_into(text, folded);
            for (place, (piece, has)) in pieces.iter().zip(has.iter_mut()).enumerate() {
                let goes_on = !piece.is_phrase;
                let is_open = goes_on && place == last;
                let mut put = |is_whole: bool, is_begun: bool, is_alike: bool| {
                    if is_whole {
                        has.whole |= bit;
                    }
                    if is_whole || is_begun && is_open {
                        has.firm |= bit;
                    }
                    if is_whole || goes_on && (is_begun || is_alike) {
                        has.forgiven |= bit;
                    }
                };
                let [token] = &piece.tokens[..] else {
                    let tokens: Vec<_> = piece.tokens.iter().map(|token| &**token).collect();
                    put(
                        search::stands_in(&tokens, false, folded),
                        goes_on && search::stands_in(&tokens, true, folded),
                        false,
                    );
                    continue;
                };
                let mut typos = typos.get_mut(place).and_then(Option::as_mut);
                fold::each_search_token(folded, |word| {
                    let is_begun = word.starts_with(&**token);
                    let mut alike = || typos.as_mut().is_some_and(|typos| typos.is_alike(word, true));
                    let is_alike = !is_begun && alike();
                    put(is_begun && word.len() == token.len(), is_begun, is_alike);
                });
            }
            is_whole = is_whole || only.is_some_and(|token| fold::is_whole(token, folded));
        });
        is_whole
    }

    /// Whether a row has the last piece in a space, unfinished perhaps.
    pub(crate) fn fits(&mut self, index: &Index, space: Space, row: u32) -> bool {
        self.begin();
        self.read(index, space, row);
        self.has.last().is_some_and(|has| has.firm != 0)
    }

    fn begin(&mut self) {
        self.has.clear();
        self.has.resize(self.pieces.len(), Has::default());
    }

    /// The tier that a row is in; `None` if it does not have the pieces.
    pub(crate) fn tier(&mut self, index: &Index, row: u32) -> Option<usize> {
        const TITLES: u8 = 1 << Space::Titles as u8;
        const ARTISTS: u8 = 1 << Space::Artists as u8 | 1 << Space::AlbumCredits as u8;
        const ALBUMS: u8 = 1 << Space::Albums as u8;
        self.begin();
        let mut is_title = false;
        for &space in search::spaces(self.noun) {
            let is_whole = self.read(index, space, row);
            is_title |= is_whole && space == Space::Titles;
        }
        let all = |of: fn(&Has) -> u8| self.has.iter().fold(u8::MAX, |all, has| all & of(has));
        let whole = all(|has| has.whole);
        let firm = all(|has| has.firm);
        if whole & TITLES != 0 {
            let is_whole = match self.only {
                Some(_) => is_title,
                None => self.key == Some(search::table(index, self.noun).row(row).title),
            };
            return Some(if is_whole {
                search::TITLE_WHOLE
            } else {
                search::TITLE_WORDS
            });
        }
        let tiers = [
            (search::TITLE_BEGUN, firm & TITLES),
            (search::ARTIST_WORDS, whole & ARTISTS),
            (search::ARTIST_BEGUN, firm & ARTISTS),
            (search::ALBUM_WORDS, whole & ALBUMS),
            (search::ALBUM_BEGUN, firm & ALBUMS),
        ];
        if let Some((tier, _)) = tiers.into_iter().find(|&(_, spaces)| spaces != 0) {
            return Some(tier);
        }
        if self.has.iter().all(|has| has.firm != 0) {
            return Some(search::SPREAD);
        }
        let forgiving = !self.typos.is_empty();
        (forgiving && self.has.iter().all(|has| has.forgiven != 0)).then_some(search::FORGIVEN)
    }
}
