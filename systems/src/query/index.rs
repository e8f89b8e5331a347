//! The index: what queries are answered from, kept up to date with the log of changes.

use std::sync::Arc;

use bevy_ecs::entity::Entity;
use bevy_ecs::message::{MessageCursor, Messages};
use bevy_ecs::query::With;
use bevy_ecs::resource::Resource;
use bevy_ecs::system::Local;
use bevy_ecs::world::{EntityRef, Mut, World};
use bevy_platform::collections::{HashMap, HashSet};
use segue_components::prelude::*;
use segue_components::wire::registry::KindSet;

use super::ast::{Expr, Query, SortBy};
use super::bitmap::Bitmap;
use super::building::{Building, Built};
use super::eval::{self, Eval, Forgive};
use super::fold;
use super::kept::{Counted, Due, Holds};
use super::order::{self, Order};
use super::parser::{self, QueryError};
use super::search::{self, FEW};
use super::shared::{Shared, Text};
use super::table::{self, Row, Table};
use super::tailoring::Tailoring;
use crate::catalog::Catalog;
use crate::changes::{self, Changes};
use crate::clock::{Clock, Wake};
use crate::persist::Loaded;
use crate::sort;

/// How many rows' text a tick takes in when many are waiting: a few milliseconds in a browser.
const WORDED_PER_TICK: usize = 2_048;
/// How many postings a tick looks at to take out what is gone.
const SWEPT_PER_TICK: usize = 100_000;
/// How many things a tick indexes after a load, and how much of an order it sorts: no more than 8 ms in a browser.
const FILLED_PER_TICK: usize = 2_048;
const COMPARED_PER_TICK: usize = 65_536;
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
    sums: HashMap<u64, Sum>,
    version: u64,
    generation: u64,
    uses: u64,
    /// Counts the changes of what is in no row, but that answers depend on.
    beside: u64,
    /// Whether a pattern took more steps than it may, so that rows were passed over.
    pub(crate) gave_up: bool,
    /// What of a library that was loaded is not indexed yet.
    filling: Option<Filling>,
    expects_load: bool,
}

/// Indexing everything anew, as far as it got.
#[derive(Debug)]
struct Filling {
    /// In the order in which they lie in memory, which takes half the time that the order of ids does.
    tracks: Vec<Entity>,
    albums: Vec<Entity>,
    /// How many of both were looked at.
    next: usize,
    recent: Recent,
}

/// What the tracks of an album come to.
#[derive(Debug, Default)]
struct Sum {
    /// Numbers of their rows.
    rows: Vec<u32>,
    present: u32,
    /// Milliseconds, of those that are present.
    duration: u64,
}

/// A window of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// How many rows match.
    pub total: u32,
    /// The ids of those in the window, in order.
    pub ids: Vec<u64>,
}

/// What neighbours tend to share, so that it is looked up once.
#[derive(Debug, Default)]
struct Recent {
    lent: Option<Lent>,
    codec: Option<(Box<str>, u32)>,
    /// All files that are missing, where they were gathered before.
    missing: Option<HashSet<FileId>>,
}

/// What an album lends to its tracks.
#[derive(Debug, Clone, Copy)]
struct Lent {
    album: u64,
    title: u32,
    artist: u32,
    flags: u8,
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

    fn table(&self, noun: Noun) -> &Table {
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
                .flat_map(|album| self.rows_on(self.albums.row(album).id));
            return Bitmap::few(tracks.copied().collect());
        }
        let mut tracks = Bitmap::empty_like(self.tracks.alive());
        for album in albums.iter() {
            for &row in self.rows_on(self.albums.row(album).id) {
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
        let found = self.find(world, noun, query, offset, limit);
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
        read: impl FnOnce(&Table, Counted<'_>) -> R,
    ) -> R {
        let order = self.order(world, noun, query);
        let answer = self.kept(world, noun, query);
        let table = self.table_mut(noun);
        let mut answers = core::mem::take(&mut table.answers);
        let order = &table.orders[order];
        let found = read(table, answers.counted(answer, &order.by, order.rows()));
        table.answers = answers;
        found
    }

    /// The place of the answer to a query among those that are kept, up to date.
    fn kept(&mut self, world: &World, noun: Noun, query: &Query) -> usize {
        let unix = world.resource::<Clock>().unix;
        let holds = Holds {
            minute: eval::is_timed(&query.filter).then_some(unix / MINUTE),
            beside: eval::reads_more_than_rows(&query.filter).then_some(self.beside),
        };
        let reads_words = eval::reads_words(&query.filter);
        let eval = Eval {
            world,
            // An age is counted from the beginning of the minute: an answer holds as long as that lasts.
            unix: unix - unix % MINUTE,
            is_within: false,
        };
        let ranked = query.sort.is_empty();
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
                let found = eval.answer(self, noun, &query.filter, ranked, forgive, candidates);
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
            let candidates = base(self.table(noun), &query.filter).clone();
            let found = eval.answer(self, noun, &query.filter, ranked, Forgive::IfFew, candidates);
            self.table_mut(noun).answers.put(query, holds, found)
        });
        if self.gave_up {
            // What was passed over may be found once somebody asks again.
            self.table_mut(noun).answers.distrust(place);
        }
        self.gave_up |= gave_up;
        place
    }

    /// Whether a query can be answered without holding up a tick. If its order is missing, it is made from now on, a
    /// step a tick.
    pub(crate) fn prepare(&mut self, world: &World, noun: Noun, query: &Query) -> bool {
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
            table.make_columns(world, &by);
            table.building = Some(Building::new(by));
        }
        is_there
    }

    /// Goes on with the orders that somebody waits for. `false` if something is left to do.
    fn build_orders(&mut self) -> bool {
        let mut done = true;
        for noun in [Noun::Album, Noun::Track] {
            let table = self.table_mut(noun);
            let Some(mut building) = table.building.take() else {
                continue;
            };
            done = false;
            match building.step(table, COMPARED_PER_TICK) {
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
                table.make_columns(world, &by);
                // Who asks now goes on with what was begun.
                let begun = table.building.take_if(|building| building.by == by);
                let mut building = begun.unwrap_or_else(|| Building::new(by.clone()));
                let built = loop {
                    if let Some(built) = building.step(table, usize::MAX) {
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
        let mut order = Order::of(table, by, built, uses << 32);
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
            table.words_mut().sort();
        }
        left > 0
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

    /// The rows of the tracks on an album, in no order.
    pub(crate) fn rows_on(&self, album: u64) -> &[u32] {
        self.sums.get(&album).map_or(&[], |sum| &sum.rows)
    }

    fn put_track(&mut self, world: &World, id: u64, track: EntityRef<'_>, text: bool, recent: &mut Recent) {
        let row = self.track_row(world, id, track, recent);
        if let Some(number) = self.tracks.number(id) {
            let old = *self.tracks.row(number);
            // The entity differs if the id was despawned and spawned again within one tick.
            if !text && row.entity == old.entity {
                self.count_out(number);
                self.tracks.replace(number, row);
                self.count_in(number);
                if (old.credit, old.genres) != (row.credit, row.genres) {
                    self.unlink(number, &old);
                    self.link(number, &row);
                }
                self.tracks.put_columns(world, number, track);
                return;
            }
            self.count_out(number);
            self.unlink(number, &old);
        }
        let number = self.tracks.push(row);
        self.tracks.put_columns(world, number, track);
        self.count_in(number);
        self.link(number, &row);
    }

    fn link(&mut self, number: u32, track: &Row) {
        self.credits.link(track.credit, number);
        self.genres.link(track.genres, number);
    }

    fn unlink(&mut self, number: u32, track: &Row) {
        self.credits.unlink(track.credit, number);
        self.genres.unlink(track.genres, number);
    }

    fn drop_track(&mut self, id: u64) {
        if let Some(number) = self.tracks.number(id) {
            self.count_out(number);
            let row = *self.tracks.row(number);
            self.unlink(number, &row);
            self.tracks.kill(id);
        }
    }

    fn count_in(&mut self, number: u32) {
        let row = self.tracks.row(number);
        if row.album != 0 {
            let sum = self.sums.entry(row.album).or_default();
            sum.rows.push(number);
            if row.flags & table::PRESENT != 0 {
                sum.present += 1;
                sum.duration += u64::from(row.duration);
            }
        }
    }

    fn count_out(&mut self, number: u32) {
        let row = self.tracks.row(number);
        if let Some(sum) = self.sums.get_mut(&row.album) {
            if let Some(place) = sum.rows.iter().rposition(|&row| row == number) {
                sum.rows.swap_remove(place);
            }
            if row.flags & table::PRESENT != 0 {
                sum.present -= 1;
                sum.duration -= u64::from(row.duration);
            }
        }
    }

    fn track_row(&mut self, world: &World, id: u64, track: EntityRef<'_>, recent: &mut Recent) -> Row {
        let table = &mut self.tracks;
        let credit = track.get::<ArtistCredit>().map_or(0, |ArtistCredit(credit)| {
            self.credits
                .number(Text::Credit(Arc::clone(credit)), || credit_key(table, credit))
        });
        let artist = self.credits.key(credit);
        let genres = track.get::<Genres>().filter(|genres| !genres.0.is_empty());
        let genres = genres.map_or(0, |Genres(genres)| {
            self.genres.number(Text::Genres(Arc::clone(genres)), || 0)
        });
        let codec = match (track.get::<AudioFormat>(), &recent.codec) {
            (None, _) => 0,
            (Some(format), Some((known, key))) if format.codec == *known => *key,
            (Some(format), _) => {
                let key = table.key(&format.codec);
                recent.codec = Some((format.codec.clone(), key));
                key
            }
        };
        let title = match (track.get::<SortTitle>(), track.get::<Title>()) {
            (Some(SortTitle(title)), _) | (None, Some(Title(title))) => table.key(title),
            (None, None) => 0,
        };
        let album = track.get::<OnAlbum>().map_or(0, |album| album.0.0);
        let lent = match recent.lent {
            Some(lent) if lent.album == album => lent,
            _ => *recent.lent.insert(lend(table, world, album)),
        };
        let dates = track.get::<Dates>().copied().unwrap_or_default();
        let position = track.get::<Position>().copied().unwrap_or_default();
        let present = track
            .get::<PlayedFrom>()
            .is_some_and(|file| match &recent.missing {
                Some(missing) => !missing.contains(&file.0),
                None => crate::catalog::get::<Presence>(world, file.0)
                    .is_none_or(|presence| *presence == Presence::Present),
            });
        let mut flags = lent.flags;
        flags |= if track.contains::<Cover>() {
            table::ARTWORK
        } else {
            0
        };
        flags |= if present { table::PRESENT } else { 0 };
        flags |= if genres > 0 { table::GENRE } else { 0 };
        Row {
            id,
            entity: track.id(),
            added: track.get::<Added>().map_or(0, |added| added.0),
            album,
            duration: track.get::<Duration>().map_or(0, |duration| duration.0),
            plays: track.get::<PlayStats>().map_or(0, |stats| stats.plays),
            title,
            artist,
            album_artist: if lent.artist == 0 { artist } else { lent.artist },
            album_title: lent.title,
            codec,
            credit,
            genres,
            track: position.track.into(),
            year: dates.released.or(dates.original).map_or(0, |date| date.year),
            disc: position.disc,
            rating: track.get::<Rating>().map_or(0, |rating| rating.stars()),
            flags,
        }
    }

    fn put_album(&mut self, world: &World, id: u64, album: EntityRef<'_>, text: bool) {
        let table = &mut self.albums;
        let info = album.get::<AlbumInfo>();
        let sort_title = info.and_then(|info| info.sort_title.as_deref());
        let title = sort_title
            .or_else(|| album.get::<AlbumTitle>().map(|title| &*title.0))
            .map_or(0, |title| table.key(title));
        let credit = album.get::<AlbumArtist>().map_or(0, |AlbumArtist(credit)| {
            self.album_credits
                .number(Text::Credit(Arc::clone(credit)), || credit_key(table, credit))
        });
        let artist = self.album_credits.key(credit);
        let sum = self.sums.get(&id);
        let mut flags = if info.is_some_and(|info| info.compilation) {
            table::COMPILATION
        } else {
            0
        };
        flags |= if album.contains::<AlbumCover>() {
            table::ARTWORK
        } else {
            0
        };
        flags |= if sum.is_some_and(|sum| sum.present > 0) {
            table::PRESENT
        } else {
            0
        };
        let added = sum.map(|sum| sum.rows.iter().map(|&row| self.tracks.row(row).added).max());
        let row = Row {
            id,
            entity: album.id(),
            // An album is as new as its newest track.
            added: added.flatten().unwrap_or(0),
            album: id,
            duration: sum.map_or(0, |sum| u32::try_from(sum.duration).unwrap_or(u32::MAX)),
            plays: 0,
            title,
            artist,
            album_artist: artist,
            album_title: title,
            codec: 0,
            credit,
            genres: 0,
            track: sum.map_or(0, |sum| sum.present),
            year: info.and_then(|info| info.released).map_or(0, |date| date.year),
            disc: 0,
            rating: 0,
            flags,
        };
        let number = match table.number(id) {
            Some(number) if !text && table.row(number).entity == row.entity => {
                let old = *table.row(number);
                table.replace(number, row);
                if old.credit != row.credit {
                    self.album_credits.unlink(old.credit, number);
                    self.album_credits.link(row.credit, number);
                }
                number
            }
            known => {
                if let Some(number) = known {
                    self.album_credits.unlink(table.row(number).credit, number);
                }
                let number = table.push(row);
                self.album_credits.link(row.credit, number);
                number
            }
        };
        table.put_columns(world, number, album);
    }

    fn drop_album(&mut self, id: u64) {
        if let Some(number) = self.albums.number(id) {
            self.album_credits.unlink(self.albums.row(number).credit, number);
            self.albums.kill(id);
        }
    }

    /// Writes the totals of these albums where they differ, and their rows.
    fn put_totals(&mut self, world: &mut World, albums: impl IntoIterator<Item = u64>) {
        for id in albums {
            if self.sums.get(&id).is_some_and(|sum| sum.rows.is_empty()) {
                self.sums.remove(&id);
            }
            let totals = self
                .sums
                .get(&id)
                .map_or_else(AlbumTotals::default, |sum| AlbumTotals {
                    tracks: sum.present,
                    duration: sum.duration,
                });
            let Some(entity) = world.resource::<Catalog>().entity(AlbumId(id)) else {
                continue;
            };
            let Ok(mut album) = world.get_entity_mut(entity) else {
                continue;
            };
            if album.get::<AlbumTotals>() != Some(&totals) {
                album.insert(totals);
            }
            self.put_album(world, id, world.entity(entity), false);
        }
    }

    /// Begins to index everything anew.
    fn begin(&mut self, world: &mut World) {
        let catalog = world.resource::<Catalog>();
        self.tracks = Table::with_room(catalog.count(Noun::Track), self.tracks.keys.tailoring());
        self.albums = Table::with_room(catalog.count(Noun::Album), self.albums.keys.tailoring());
        self.credits = Shared::default();
        self.genres = Shared::default();
        self.album_credits = Shared::default();
        self.sums.clear();
        self.expects_load = false;
        self.version += 1;
        let mut files = world.query::<(&FileId, &Presence)>();
        let files = files
            .iter(world)
            .filter(|(_, presence)| **presence != Presence::Present);
        let missing = files.map(|(&file, _)| file).collect();
        let mut tracks = world.query_filtered::<Entity, With<TrackId>>();
        let tracks = tracks.iter(world).collect();
        let mut albums = world.query_filtered::<Entity, With<AlbumId>>();
        let albums = albums.iter(world).collect();
        self.filling = Some(Filling {
            tracks,
            albums,
            next: 0,
            recent: Recent {
                missing: Some(missing),
                ..Recent::default()
            },
        });
    }

    /// Indexes so many more things. `false` if some are left.
    fn fill(&mut self, world: &mut World, most: usize) -> bool {
        let Some(mut filling) = self.filling.take() else {
            return true;
        };
        let from = filling.next;
        let end = from.saturating_add(most);
        let known = filling.tracks.len();
        for &track in &filling.tracks[from.min(known)..end.min(known)] {
            // It may be gone, or be here already because it changed.
            let track = world.get_entity(track).ok();
            let id = track.and_then(|track| Some((track, track.get::<TrackId>()?.0)));
            if let Some((track, id)) = id.filter(|&(_, id)| self.tracks.number(id).is_none()) {
                self.put_track(world, id, track, true, &mut filling.recent);
            }
        }
        let place = |at: usize| at.saturating_sub(known).min(filling.albums.len());
        let mut ids = Vec::new();
        for &album in &filling.albums[place(from)..place(end)] {
            let album = world.get_entity(album).ok();
            if let Some((album, id)) = album.and_then(|album| Some((album, album.get::<AlbumId>()?.0))) {
                if self.albums.number(id).is_none() {
                    self.put_album(world, id, album, true);
                }
                ids.push(id);
            }
        }
        if !ids.is_empty() {
            // Totals that are counted anew are news to nobody: every host gets a snapshot.
            changes::stop_observing(world);
            self.put_totals(world, ids);
            changes::observe(world);
        }
        filling.next = end;
        if end < known + filling.albums.len() {
            self.filling = Some(filling);
            return false;
        }
        self.generation += 1;
        self.version += 1;
        true
    }

    fn update(&mut self, world: &mut World) {
        let mut touched = Touched::default();
        for change in world.resource::<Changes>().settled() {
            touched.note(self, world, change);
        }
        if touched.beside {
            self.beside += 1;
            self.version += 1;
        }
        if touched.is_empty() {
            return;
        }
        self.version += 1;
        for &(id, entity, text) in &touched.albums {
            match world.get_entity(entity) {
                Ok(album) => self.put_album(world, id, album, text),
                Err(_) => self.drop_album(id),
            }
        }
        let mut changed = HashSet::new();
        let mut tracks = touched.tracks;
        // The entries of one track stand together, and text wins.
        sort::by_key(&mut tracks, |&(id, _, text)| (id, !text));
        tracks.dedup_by_key(|&mut (id, _, _)| id);
        let mut recent = Recent::default();
        for (id, entity, text) in tracks {
            let album = |index: &Self| {
                index
                    .tracks
                    .number(id)
                    .map(|number| index.tracks.row(number).album)
            };
            changed.extend(album(self));
            match entity.and_then(|entity| world.get_entity(entity).ok()) {
                Some(track) => self.put_track(world, id, track, text, &mut recent),
                None => self.drop_track(id),
            }
            changed.extend(album(self));
        }
        changed.extend(touched.albums.iter().map(|&(id, _, _)| id));
        changed.remove(&0);
        let mut changed: Vec<_> = changed.into_iter().collect();
        sort::plain(&mut changed);
        self.put_totals(world, changed);
        if self.is_ready() && (self.tracks.is_stale() || self.albums.is_stale()) {
            let generation = self.generation;
            self.begin(world);
            self.fill(world, usize::MAX);
            // What hosts were told still holds.
            self.generation = generation;
        }
    }
}

/// What of the log the index has to look at.
#[derive(Default)]
struct Touched {
    /// Id, entity, and whether text changed.
    albums: Vec<(u64, Entity, bool)>,
    /// The same; without an entity the track is gone.
    tracks: Vec<(u64, Option<Entity>, bool)>,
    /// Whether something changed that is in no row, but that answers depend on.
    beside: bool,
}

impl Touched {
    fn is_empty(&self) -> bool {
        self.albums.is_empty() && self.tracks.is_empty()
    }

    fn note(&mut self, index: &Index, world: &World, change: &crate::changes::Change) {
        let kinds = change.kinds;
        match change.noun {
            Noun::Track => {
                let entity = (!change.gone).then_some(change.entity);
                let new = index.tracks.number(change.number).is_none();
                if change.gone || new || kinds.meets(track_text() | track_numbers()) {
                    self.tracks
                        .push((change.number, entity, kinds.meets(track_text())));
                }
            }
            Noun::Album => {
                let text = change.gone || kinds.meets(album_text());
                let other = KindSet::of::<AlbumCover>() | KindSet::of::<AlbumArtist>();
                if !text && !kinds.meets(other) {
                    return;
                }
                self.albums.push((change.number, change.entity, text));
                for &row in index
                    .sums
                    .get(&change.number)
                    .into_iter()
                    .flat_map(|sum| &sum.rows)
                {
                    let row = index.tracks.row(row);
                    self.tracks.push((row.id, Some(row.entity), false));
                }
            }
            Noun::File => {
                let kinds_of_file = KindSet::of::<Presence>()
                    | KindSet::of::<FileOf>()
                    | KindSet::of::<Location>()
                    | KindSet::of::<Unreadable>();
                let track = world
                    .get::<FileOf>(change.entity)
                    .filter(|_| kinds.meets(kinds_of_file));
                if let Some(FileOf(track)) = track
                    && let Some(entity) = world.resource::<Catalog>().entity(*track)
                {
                    self.tracks.push((track.0, Some(entity), false));
                }
            }
            Noun::Provider => self.beside |= change.gone || kinds.meets(KindSet::of::<ProviderName>()),
            _ => {}
        }
    }
}

/// A change of these gives a track's row a new number.
fn track_text() -> KindSet {
    KindSet::of::<Title>() | KindSet::of::<SortTitle>()
}

fn track_numbers() -> KindSet {
    KindSet::of::<Position>()
        | KindSet::of::<ArtistCredit>()
        | KindSet::of::<OnAlbum>()
        | KindSet::of::<Genres>()
        | KindSet::of::<Duration>()
        | KindSet::of::<Dates>()
        | KindSet::of::<AudioFormat>()
        | KindSet::of::<Cover>()
        | KindSet::of::<Rating>()
        | KindSet::of::<PlayStats>()
        | KindSet::of::<Added>()
        | KindSet::of::<Loudness>()
        | KindSet::of::<ExternalIds>()
        | KindSet::of::<PlayedFrom>()
}

fn album_text() -> KindSet {
    KindSet::of::<AlbumTitle>() | KindSet::of::<AlbumInfo>()
}

fn credit_key(table: &mut Table, credit: &Credit) -> u32 {
    match &credit.sort {
        Some(sort) => table.key(sort),
        None => table.key(&credit.to_string()),
    }
}

fn lend(table: &mut Table, world: &World, album: u64) -> Lent {
    let mut lent = Lent {
        album,
        title: 0,
        artist: 0,
        flags: 0,
    };
    let entity = world.resource::<Catalog>().entity(AlbumId(album));
    let Some(entity) = entity.and_then(|entity| world.get_entity(entity).ok()) else {
        return lent;
    };
    let info = entity.get::<AlbumInfo>();
    let sort_title = info.and_then(|info| info.sort_title.as_deref());
    if let Some(title) = sort_title.or_else(|| entity.get::<AlbumTitle>().map(|title| &*title.0)) {
        lent.title = table.key(title);
    }
    if let Some(AlbumArtist(artist)) = entity.get() {
        lent.artist = credit_key(table, artist);
    }
    if info.is_some_and(|info| info.compilation) {
        lent.flags |= table::COMPILATION;
    }
    if entity.contains::<AlbumCover>() {
        lent.flags |= table::ARTWORK;
    }
    lent
}

/// The rows that a query speaks of: what vanished is shown to those who ask for it.
fn base<'a>(table: &'a Table, filter: &Expr) -> &'a Bitmap {
    if eval::asks_for_files(filter) {
        table.alive()
    } else {
        table.present()
    }
}

/// Brings the index up to date with the log. After a load it is made anew, some of it a tick.
pub(crate) fn update_index(world: &mut World, mut loaded: Local<MessageCursor<Loaded>>) {
    let loaded = loaded.read(world.resource::<Messages<Loaded>>()).count() > 0;
    world.resource_scope(|world, mut index: Mut<Index>| {
        if loaded {
            index.begin(world);
        }
        index.update(world);
        let done = index.fill(world, FILLED_PER_TICK)
            && index.build_orders()
            && index.take_words(world, WORDED_PER_TICK)
            && index.sweep();
        if !done {
            let now = world.resource::<Clock>().now;
            world.resource_mut::<Wake>().at(now);
        }
    });
}

/// Indexes everything anew: after the store was loaded into the world, which the log does not tell of.
pub fn rebuild(world: &mut World) {
    world.init_resource::<Index>();
    world.resource_scope(|world, mut index: Mut<Index>| {
        index.begin(world);
        index.fill(world, usize::MAX);
    });
}

/// Ends indexing that is under way.
pub(crate) fn finish(world: &mut World) {
    world.resource_scope(|world, mut index: Mut<Index>| {
        index.fill(world, usize::MAX);
    });
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
