//! The index: what queries are answered from, kept up to date with the log of changes.

mod fill;
mod log;
mod rows;

use std::sync::Arc;

use bevy_ecs::resource::Resource;
use bevy_ecs::world::{Mut, World};
use segue_components::prelude::*;

use self::fill::Filling;
pub use self::fill::rebuild;
pub(crate) use self::fill::{finish, update_index};
use super::ast::{Expr, Query, SortBy};
use super::bitmap::Bitmap;
use super::building::{Building, Built};
use super::conditions::Unfinished;
use super::eval::{self, Eval, Forgive};
use super::fold;
use super::gather;
use super::kept::{Counted, Due, Holds};
use super::on_albums::OnAlbums;
use super::order::{self, Order};
use super::parser::{self, QueryError};
use super::search::{self, FEW};
use super::shared::Shared;
use super::table::Table;
use super::tailoring::Tailoring;
use crate::clock::Clock;
use crate::sort;

/// How many rows' text a tick takes in when many are waiting: a few milliseconds in a browser.
const WORDED_PER_TICK: usize = 2_048;
/// How many postings a tick looks at to take out what is gone.
const SWEPT_PER_TICK: usize = 100_000;
/// How much of an order a tick sorts: no more than 8 ms in a browser.
const COMPARED_PER_TICK: usize = 24_576;
/// Of so few rows an order is made at once.
const MADE_AT_ONCE: u32 = 16_384;
/// How many orders are kept sorted beside the default one.
const MOST_ORDERS: usize = 8;
/// How many rows that changed are looked at one by one, where their text has to be read and where not. Beyond, all
/// rows are looked at together.
const FEW_TEXTS: usize = 512;
const FEW_ROWS: usize = 16_384;
/// How long an answer to a query of ages holds, in milliseconds.
pub(crate) const MINUTE: u64 = 60_000;

/// Rows, orders and words of tracks and albums.
#[derive(Resource, Debug, Default)]
pub struct Index {
    pub(crate) tracks: Table,
    pub(crate) albums: Table,
    /// Artists and genres of tracks, and artists of albums.
    pub(crate) credits: Shared,
    pub(crate) genres: Shared,
    pub(crate) album_credits: Shared,
    pub(crate) on_albums: OnAlbums,
    version: u64,
    generation: u64,
    uses: u64,
    /// Counts the changes of what is in no row, but that answers depend on.
    beside: u64,
    /// Whether a pattern took more steps than it may, so that rows were passed over.
    pub(crate) gave_up: bool,
    /// And how far those came.
    pub(crate) unfinished: Vec<Unfinished>,
    /// What of a library that was loaded is not indexed yet.
    filling: Option<Filling>,
    expects_load: bool,
}

/// A window of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// How many rows match.
    pub total: u32,
    /// The ids of those in the window, in order.
    pub ids: Vec<u64>,
}

impl Index {
    /// Sorts as the language of a locale does, `sv-SE` or `sv_SE.UTF-8` for instance. Everything that was indexed
    /// is forgotten until [`rebuild`].
    pub fn set_locale(&mut self, locale: &str) {
        let tailoring = Arc::new(Tailoring::of(locale));
        *self = Self {
            tracks: Table::with_room(0, &tailoring),
            albums: Table::with_room(0, &tailoring),
            version: self.version + 1,
            generation: self.generation + 1,
            expects_load: self.expects_load,
            ..Self::default()
        };
    }

    /// Counts the changes that can change an answer.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Notes that a playlist changed: what was found in it may be wrong.
    pub fn playlists_changed(&mut self) {
        self.version += 1;
        self.beside += 1;
    }

    /// Counts how often everything was indexed anew: after a load, nothing that was told before holds.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// How many rows of a noun there are, tracks or albums.
    #[must_use]
    pub fn count(&self, noun: Noun) -> u32 {
        self.table(noun).living()
    }

    /// Bytes that its parts take, for benchmarks: those of tables, tracks and albums together, and what rows share.
    #[must_use]
    pub fn room(&self) -> Vec<(&'static str, usize)> {
        let albums = self.albums.room();
        let tables = self.tracks.room().into_iter().zip(albums);
        let mut parts: Vec<_> = tables.map(|((name, a), (_, b))| (name, a + b)).collect();
        let shared = [&self.credits, &self.genres, &self.album_credits];
        parts.push(("credits and genres", shared.map(Shared::room).iter().sum()));
        parts
    }

    pub(super) fn table(&self, noun: Noun) -> &Table {
        if noun == Noun::Album {
            &self.albums
        } else {
            &self.tracks
        }
    }

    pub(crate) fn table_mut(&mut self, noun: Noun) -> &mut Table {
        if noun == Noun::Album {
            &mut self.albums
        } else {
            &mut self.tracks
        }
    }

    /// The tracks of these albums.
    pub(crate) fn tracks_of(&self, albums: &Bitmap) -> Bitmap {
        if albums.is_few() {
            let tracks = albums
                .iter()
                .flat_map(|album| self.on_albums.tracks_of_row(album));
            return Bitmap::few(tracks.copied().collect());
        }
        let mut tracks = Bitmap::empty_like(self.tracks.alive());
        for album in albums.iter() {
            for &row in self.on_albums.tracks_of_row(album) {
                tracks.set(row);
            }
        }
        tracks
    }

    /// Whether everything that was loaded is indexed.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.filling.is_none() && !self.expects_load
    }

    /// Notes that the world was loaded and will be indexed in this tick and those that follow.
    pub(crate) fn expect_load(&mut self) {
        self.expects_load = true;
    }

    /// Answers a query: how many rows match, and which stand in the window.
    ///
    /// Only tracks and albums are indexed; any other noun is answered as tracks.
    pub fn find(&mut self, world: &World, noun: Noun, query: &Query, offset: u32, limit: u32) -> Found {
        let found = self.counted(world, noun, query, |table, counted| {
            let rows = counted.window(offset..offset.saturating_add(limit));
            (
                counted.total(),
                rows.into_iter().map(|row| table.row(row).id).collect(),
            )
        });
        Found {
            total: found.0,
            ids: found.1,
        }
    }

    /// The place of a row in the answer to a query, from 0. `None` if it does not match, or if there is no such row.
    pub fn position(&mut self, world: &World, noun: Noun, query: &Query, id: u64) -> Option<u32> {
        self.counted(world, noun, query, |table, counted| {
            counted.position(table.number(id)?)
        })
    }

    /// Answers as [`Index::find`] does, but from nothing that was kept of earlier answers, and keeps nothing: for tests
    /// and benchmarks that compare the two.
    pub fn find_anew(&mut self, world: &World, noun: Noun, query: &Query, offset: u32, limit: u32) -> Found {
        let table = self.table_mut(noun);
        let answers = core::mem::take(&mut table.answers);
        let orders = core::mem::take(&mut table.orders);
        let hot = core::mem::take(&mut self.tracks.hot);
        let found = self.find(world, noun, query, offset, limit);
        self.tracks.hot = hot;
        let table = self.table_mut(noun);
        (table.answers, table.orders) = (answers, orders);
        found
    }

    /// Brings the answer to a query and its order up to date, and reads them.
    fn counted<R>(
        &mut self,
        world: &World,
        noun: Noun,
        query: &Query,
        read: impl FnOnce(&Table, &mut Counted<'_>) -> R,
    ) -> R {
        let order = self.order(world, noun, query);
        let answer = self.kept(world, noun, query);
        let table = self.table_mut(noun);
        let mut answers = core::mem::take(&mut table.answers);
        let order = &table.orders[order];
        let found = read(table, &mut answers.counted(answer, &order.by, order.rows()));
        table.answers = answers;
        found
    }

    /// The place of the answer to a query among those that are kept, up to date.
    fn kept(&mut self, world: &World, noun: Noun, query: &Query) -> usize {
        let unix = world.resource::<Clock>().unix;
        let holds = self.holds(&query.filter, unix);
        let reads_words = eval::reads_words(&query.filter);
        let eval = Eval {
            world,
            // An age is counted from the beginning of the minute: an answer holds as long as that lasts.
            unix: unix - unix % MINUTE,
            is_within: false,
        };
        let ranked = query.is_ranked();
        let most = if reads_words { FEW_TEXTS } else { FEW_ROWS };
        let gave_up = core::mem::take(&mut self.gave_up);
        let table = self.table_mut(noun);
        let place = match table.answers.due(query, holds, most) {
            Due::Nothing(place) => Some(place),
            Due::Rows(place, mut rows) => {
                sort::numbers(&mut rows, &mut |a, b| a.cmp(&b));
                rows.dedup();
                let mut candidates = Bitmap::few(rows.clone());
                candidates.and(base(table, &query.filter));
                let forgive = Forgive::As(table.answers.is_forgiving(place));
                let found = eval.answer(self, noun, &query.filter, ranked, forgive, None, candidates);
                let table = self.table_mut(noun);
                let orders = table.orders.iter();
                let orders: Vec<_> = orders.map(|order| (&*order.by, order.rows())).collect();
                table.answers.amend(place, &rows, &found, &orders);
                // Whether typos are forgiven hangs on how many rows there are in all.
                let few = eval::may_forgive(&query.filter) && table.answers.count_firm(place) < FEW;
                (few == table.answers.is_forgiving(place)).then_some(place)
            }
            Due::All => None,
        };
        let place = place.unwrap_or_else(|| {
            if reads_words {
                self.take_words(world, usize::MAX);
            }
            let table = self.table(noun);
            let candidates = base(table, &query.filter).clone();
            let earlier = table
                .answers
                .refined(&query.filter, search::few(table), |filter| {
                    self.holds(filter, unix)
                });
            let found = eval.answer(
                self,
                noun,
                &query.filter,
                ranked,
                Forgive::IfFew,
                earlier,
                candidates,
            );
            self.table_mut(noun).answers.put(query, holds, found)
        });
        if self.gave_up {
            // What was passed over may be found once somebody asks again.
            self.table_mut(noun).answers.distrust(place);
        }
        self.gave_up |= gave_up;
        place
    }

    /// How long an answer holds that is found now.
    pub(super) fn holds(&self, filter: &Expr, unix: u64) -> Holds {
        Holds {
            minute: eval::is_timed(filter).then_some(unix / MINUTE),
            beside: eval::reads_more_than_rows(filter).then_some(self.beside),
        }
    }

    /// Whether a query can be answered without holding up a tick. If its order is missing, it is made from now on, a
    /// step a tick.
    pub(crate) fn prepare(&mut self, noun: Noun, query: &Query) -> bool {
        if self.table(noun).living() < MADE_AT_ONCE {
            return true;
        }
        if eval::reads_words(&query.filter) && self.backlog() > WORDED_PER_TICK {
            return false;
        }
        let by = order::complete(&query.sort);
        let table = self.table_mut(noun);
        let is_there = table.orders.iter().any(|order| order.by == by);
        if !is_there && table.building.is_none() {
            table.building = Some(Building::new(by, table));
        }
        is_there
    }

    /// Goes on with the orders that somebody waits for. `false` if something is left to do.
    fn build_orders(&mut self, world: &World) -> bool {
        let mut done = true;
        for noun in [Noun::Album, Noun::Track] {
            let table = self.table_mut(noun);
            let Some(mut building) = table.building.take() else {
                continue;
            };
            done = false;
            match building.step(world, table, COMPARED_PER_TICK) {
                Some(built) => drop(self.put_order(noun, building.by, built)),
                None => table.building = Some(building),
            }
        }
        done
    }

    /// Every row that answers a query, in tiers.
    pub(crate) fn answer(&mut self, world: &World, noun: Noun, query: &Query) -> &[Bitmap] {
        let place = self.kept(world, noun, query);
        self.table(noun).answers.tiers(place)
    }

    /// The place of an order among those of its table, sorted and up to date.
    fn order(&mut self, world: &World, noun: Noun, query: &Query) -> usize {
        let by = order::complete(&query.sort);
        let table = self.table_mut(noun);
        let known = table.orders.iter().position(|order| order.by == by);
        let place = match known {
            Some(place) => place,
            None => {
                // Who asks now goes on with what was begun.
                let begun = table.building.take_if(|building| building.by == by);
                let mut building = begun.unwrap_or_else(|| Building::new(by.clone(), table));
                let built = loop {
                    if let Some(built) = building.step(world, table, usize::MAX) {
                        break built;
                    }
                };
                self.put_order(noun, by, built)
            }
        };
        self.uses += 1;
        let uses = self.uses;
        let table = self.table_mut(noun);
        let mut orders = core::mem::take(&mut table.orders);
        orders[place].refresh(table);
        orders[place].used = uses;
        table.orders = orders;
        place
    }

    /// Keeps an order, in place of the one that was not used for longest if there are many.
    fn put_order(&mut self, noun: Noun, by: Vec<SortBy>, built: Built) -> usize {
        self.uses += 1;
        let uses = self.uses;
        let table = self.table_mut(noun);
        // Stamps of another order of the same kind, forgotten since, are all below.
        let mut order = Order::of(by, built, uses << 32);
        order.used = uses;
        let orders = &mut table.orders;
        let oldest = (orders.len() > MOST_ORDERS)
            .then(|| (1..orders.len()).min_by_key(|&place| orders[place].used))
            .flatten();
        match oldest {
            Some(oldest) => {
                orders[oldest] = order;
                oldest
            }
            None => {
                orders.push(order);
                orders.len() - 1
            }
        }
    }

    /// Takes the text of at most so many rows into the words. `false` if some are left.
    fn take_words(&mut self, world: &World, most: usize) -> bool {
        let mut left = most;
        let mut folded = String::new();
        for shared in [&mut self.credits, &mut self.genres, &mut self.album_credits] {
            shared.take_words(&mut left);
        }
        for (table, is_album) in [(&mut self.albums, true), (&mut self.tracks, false)] {
            while left > 0
                && let Some(number) = table.next_unworded()
            {
                left -= 1;
                if !table.alive().has(number) {
                    continue;
                }
                let entity = table.row(number).entity;
                let words = table.words_mut();
                let mut put = |text: &str| {
                    fold::fold_into(text, &mut folded);
                    words.put(number, &folded);
                };
                if is_album {
                    search::each_album_title(world, entity, &mut put);
                } else {
                    search::each_title(world, entity, &mut put);
                }
            }
            let more_come = table.backlog() > 0;
            table.words_mut().sort(more_come);
        }
        left > 0
    }

    /// Goes on gathering the rows of common beginnings, one a tick. `false` if more is to be done.
    fn warm(&mut self, world: &World) -> bool {
        if self.tracks.living() < MADE_AT_ONCE {
            return true;
        }
        if self.tracks.hot.take_wanted() {
            gather::expect_beginnings(self);
        }
        let unix = world.resource::<Clock>().unix;
        let eval = Eval {
            world,
            unix,
            is_within: false,
        };
        eval.warm(self)
    }

    /// How many texts are not among the words yet.
    fn backlog(&self) -> usize {
        let shared = [&self.credits, &self.genres, &self.album_credits];
        shared.map(Shared::backlog).iter().sum::<usize>() + self.tracks.backlog() + self.albums.backlog()
    }

    /// Goes on taking out of the words what is gone. `false` if more is to be done.
    fn sweep(&mut self) -> bool {
        let more = self.tracks.sweep(SWEPT_PER_TICK);
        !(self.albums.sweep(SWEPT_PER_TICK) || more)
    }
}

/// The rows that a query speaks of: what vanished is shown to those who ask for it.
fn base<'a>(table: &'a Table, filter: &Expr) -> &'a Bitmap {
    if eval::asks_for_files(filter) {
        table.alive()
    } else {
        table.present()
    }
}

/// Answers a query in the query language over the indexed world.
///
/// # Errors
/// [`QueryError`] if it does not follow the grammar.
pub fn find(
    world: &mut World,
    noun: Noun,
    query: &str,
    offset: u32,
    limit: u32,
) -> Result<Found, QueryError> {
    let parsed = parser::parse(query)?;
    finish(world);
    world.resource_scope(|world, mut index: Mut<Index>| {
        index.gave_up = false;
        let found = index.find(world, noun, &parsed, offset, limit);
        if index.gave_up {
            return Err(parser::too_costly(query));
        }
        Ok(found)
    })
}
