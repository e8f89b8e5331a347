//! Rows of tracks and albums, as they are read from the world.

use std::sync::Arc;

use bevy_ecs::world::{EntityRef, World};
use segue_components::prelude::*;

use super::Index;
use crate::catalog::Catalog;
use crate::query::on_albums::Sum;
use crate::query::shared::Text;
use crate::query::table::{self, Row, Table};

/// What neighbours tend to share, so that it is looked up once.
#[derive(Debug, Default)]
pub(super) struct Recent {
    lent: Option<Lent>,
    codec: Option<(Arc<str>, u32)>,
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
    pub(super) fn put_track(
        &mut self,
        world: &World,
        id: u64,
        track: EntityRef<'_>,
        text: bool,
        recent: &mut Recent,
    ) {
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

    pub(super) fn drop_track(&mut self, id: u64) {
        if let Some(number) = self.tracks.number(id) {
            self.count_out(number);
            let row = *self.tracks.row(number);
            self.unlink(number, &row);
            self.tracks.kill(id);
        }
    }

    fn count_in(&mut self, number: u32) {
        let row = self.tracks.row(number);
        self.on_albums.count_in(row.album, number, presence(row));
    }

    fn count_out(&mut self, number: u32) {
        let row = self.tracks.row(number);
        self.on_albums.count_out(row.album, number, presence(row));
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
                recent.codec = Some((Arc::clone(&format.codec), key));
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
        let present = track.get::<PlayedFrom>().is_some_and(|file| {
            crate::catalog::get::<Presence>(world, file.0)
                .is_none_or(|presence| *presence == Presence::Present)
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

    pub(super) fn put_album(&mut self, world: &World, id: u64, album: EntityRef<'_>, text: bool) {
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
        let sum = self.on_albums.sum(id);
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
        flags |= if sum.present > 0 { table::PRESENT } else { 0 };
        let tracks = self.on_albums.tracks(id).iter();
        let added = tracks.map(|&row| self.tracks.row(row).added).max();
        let row = Row {
            id,
            entity: album.id(),
            // An album is as new as its newest track.
            added: added.unwrap_or(0),
            album: id,
            duration: u32::try_from(sum.duration).unwrap_or(u32::MAX),
            plays: 0,
            title,
            artist,
            album_artist: artist,
            album_title: title,
            codec: 0,
            credit,
            genres: 0,
            track: sum.present,
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
                self.on_albums.put_row(id, number);
                number
            }
        };
        table.put_columns(world, number, album);
    }

    pub(super) fn drop_album(&mut self, id: u64) {
        if let Some(number) = self.albums.number(id) {
            self.album_credits.unlink(self.albums.row(number).credit, number);
            self.albums.kill(id);
        }
    }

    /// Writes the totals of these albums where they differ, and their rows.
    pub(super) fn put_totals(&mut self, world: &mut World, albums: impl IntoIterator<Item = u64>) {
        for id in albums {
            if self.albums.number(id).is_none() {
                self.on_albums.forget(id);
            }
            let Sum { present, duration } = self.on_albums.sum(id);
            let totals = AlbumTotals {
                tracks: present,
                duration,
            };
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
}

/// The milliseconds of a track that is present.
fn presence(row: &Row) -> Option<u32> {
    (row.flags & table::PRESENT != 0).then_some(row.duration)
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
