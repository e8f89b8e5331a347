//! What facets count, beside counting every track of the answer by hand.

use std::collections::{BTreeMap, BTreeSet};

use bevy_ecs::world::World;
use segue_components::prelude::*;

use super::ast::{Query, ValueField};
use super::facets::{Facets, Wanted, count};
use super::random::Random;
use super::{QueryPlugin, fold};
use crate::catalog::{self, Catalog};
use crate::clock::Clock;
use crate::plugin::Plugin;
use crate::schedule;

fn tick(world: &mut World) {
    schedule::run_tick(
        world,
        Clock {
            now: 1,
            unix: 1_700_000_000_000,
        },
    );
}

const NAMES: [&str; 7] = ["Queen", "QUEEN", "Björk", "Bjork", "The Who", "Abba", "Él"];
const GENRES: [&str; 4] = ["Rock", "rock", "Pop", "Jazz"];
const FOLDERS: [&str; 4] = ["", "Music/", "Music/A b/", "Live/"];

fn credit(random: &mut Random) -> Credit {
    let count = 1 + random.below(3);
    Credit::of((0..count).map(|_| random.pick(&NAMES)))
}

fn put_tags(world: &mut World, random: &mut Random, track: TrackId) {
    catalog::set(world, track, ArtistCredit(credit(random).into()));
    let genres: Vec<Box<str>> = (0..random.below(3))
        .map(|_| random.pick(&GENRES).into())
        .collect();
    catalog::set(world, track, Genres(genres.into()));
    let year = u16::try_from(1_960 + random.below(40)).unwrap();
    let dates = Dates {
        released: (random.below(4) > 0).then_some(PartialDate {
            year,
            month: 0,
            day: 0,
        }),
        original: None,
    };
    catalog::set(world, track, dates);
}

fn library(random: &mut Random) -> World {
    let mut world = World::new();
    schedule::setup(&mut world);
    QueryPlugin.build(&mut world);
    let albums: Vec<AlbumId> = (0..12)
        .map(|number| {
            let title = AlbumTitle(format!("Album {}", number % 9).into());
            let artist = AlbumArtist(credit(random).into());
            Catalog::spawn(&mut world, (title, artist, AlbumInfo::default()))
        })
        .collect();
    for number in 0..200 {
        let track: TrackId = Catalog::spawn(&mut world, Title(format!("song {}", number % 7).into()));
        if random.below(8) > 0 {
            catalog::set(&mut world, track, OnAlbum(random.pick(&albums)));
        }
        put_tags(&mut world, random, track);
        let format = AudioFormat {
            codec: random.pick(&["flac", "mp3"]).into(),
            ..AudioFormat::default()
        };
        catalog::set(&mut world, track, format);
        let location = Location {
            provider: ProviderId(1),
            path: format!("{}{number}.mp3", random.pick(&FOLDERS)).into(),
        };
        let presence = match random.below(7) {
            0 => Presence::MissingSince(1),
            _ => Presence::Present,
        };
        let file: FileId = Catalog::spawn(&mut world, (FileOf(track), location, presence));
        catalog::set(&mut world, track, PlayedFrom(file));
    }
    tick(&mut world);
    world
}

const ALL: Wanted = Wanted {
    field: FacetField::Artist,
    order: FacetOrder::Count,
    offset: 0,
    limit: 2_000,
};

/// The values of one track, as they are told apart.
fn values(row: &TrackRow, field: FacetField) -> BTreeSet<String> {
    let folded = |names: &[String]| names.iter().map(|name| fold::fold(name)).collect();
    let known = |text: String| BTreeSet::from([text]);
    match field {
        FacetField::Artist => folded(&row.artists),
        FacetField::AlbumArtist => folded(&row.album_artists),
        FacetField::Genre => folded(&row.genres),
        FacetField::Codec => known(row.codec.clone()),
        FacetField::Folder => known(
            row.path
                .rsplit_once('/')
                .map_or(String::new(), |(folder, _)| fold::fold(folder)),
        ),
        FacetField::Album if row.album_id > 0 => known(row.album_id.to_string()),
        FacetField::Year if row.year > 0 => known(row.year.to_string()),
        FacetField::Decade if row.year > 0 => known(format!("{}s", row.year / 10 * 10)),
        _ => BTreeSet::new(),
    }
}

fn key(row: &FacetRow, field: FacetField) -> String {
    if field == FacetField::Album {
        return row.id.to_string();
    }
    fold::fold(&row.value)
}

#[track_caller]
fn check(world: &mut World, query: &str) {
    let tracks = super::tracks(world, query).unwrap();
    let rows: Vec<TrackRow> = tracks
        .into_iter()
        .map(|track| crate::mirror::ask::track_row(world, track).unwrap())
        .collect();
    for (name, field) in FacetField::ALL {
        let mut expected: BTreeMap<String, (u32, BTreeSet<u64>)> = BTreeMap::new();
        for row in &rows {
            for value in values(row, field) {
                let (count, albums) = expected.entry(value).or_default();
                *count += 1;
                albums.extend(Some(row.album_id).filter(|&id| id > 0));
            }
        }
        let found = count(world, query, Wanted { field, ..ALL }).unwrap();
        let counts: BTreeMap<String, u32> = found
            .rows
            .iter()
            .map(|row| (key(row, field), row.tracks))
            .collect();
        let wanted: BTreeMap<String, u32> = expected
            .iter()
            .map(|(value, (count, _))| (value.clone(), *count))
            .collect();
        assert_eq!(counts, wanted, "{name} of {query:?}");
        assert_eq!(found.total as usize, found.rows.len(), "{name} of {query:?}");
        assert!(
            found.rows.is_sorted_by(|a, b| a.tracks >= b.tracks),
            "{name} of {query:?}"
        );
        if matches!(field, FacetField::Artist | FacetField::AlbumArtist) {
            for row in &found.rows {
                let albums = &expected[&key(row, field)].1;
                assert_eq!(
                    row.albums as usize,
                    albums.len(),
                    "albums of {} in {query:?}",
                    row.value
                );
            }
        }
        check_windows(world, query, field, &found);
    }
}

#[track_caller]
fn check_windows(world: &mut World, query: &str, field: FacetField, all: &Facets) {
    for order in [FacetOrder::Count, FacetOrder::Name] {
        let wanted = Wanted { field, order, ..ALL };
        let all = match order {
            FacetOrder::Count => all.clone(),
            FacetOrder::Name => count(world, query, wanted).unwrap(),
        };
        for (offset, limit) in [(0, 2), (1, 3), (5, 100), (1_000, 5), (u32::MAX, u32::MAX), (0, 0)] {
            let part = count(
                world,
                query,
                Wanted {
                    offset,
                    limit,
                    ..wanted
                },
            )
            .unwrap();
            assert_eq!(part.total, all.total);
            let expected: Vec<_> = all
                .rows
                .iter()
                .skip(offset as usize)
                .take(limit as usize)
                .collect();
            assert_eq!(
                part.rows.iter().collect::<Vec<_>>(),
                expected,
                "{field:?} {order:?} {offset} {limit}"
            );
        }
    }
}

#[test]
fn facets_count_what_counting_every_track_counts() {
    let mut random = Random::new(23);
    let mut world = library(&mut random);
    for round in 0..12 {
        for query in [
            "",
            "song",
            "artist:queen",
            "year:1970..1979 -genre:rock",
            "nothing",
            "id:3",
        ] {
            check(&mut world, query);
        }
        // Groups that were made are kept up to date.
        for _ in 0..10 {
            let track = TrackId(1 + random.below(200) as u64);
            if Catalog::despawn(&mut world, track) && round % 3 > 0 {
                let track: TrackId = Catalog::spawn(&mut world, Title("song 9".into()));
                put_tags(&mut world, &mut random, track);
                catalog::set(&mut world, track, OnAlbum(AlbumId(1 + random.below(12) as u64)));
                let file: FileId = Catalog::spawn(&mut world, (FileOf(track), Presence::Present));
                catalog::set(&mut world, track, PlayedFrom(file));
                let place = Location {
                    provider: ProviderId(1),
                    path: "Late/x.mp3".into(),
                };
                catalog::set(&mut world, file, place);
                catalog::set(
                    &mut world,
                    track,
                    AudioFormat {
                        codec: "opus".into(),
                        ..AudioFormat::default()
                    },
                );
            }
        }
        tick(&mut world);
    }
}

/// What a listener clicks on shows as many tracks as were promised.
#[test]
fn a_value_asked_for_as_a_whole_has_as_many_tracks_as_were_counted() {
    let mut random = Random::new(29);
    let mut world = library(&mut random);
    for (field, value_field) in [
        (FacetField::Artist, ValueField::Artist),
        (FacetField::AlbumArtist, ValueField::AlbumArtist),
        (FacetField::Genre, ValueField::Genre),
        (FacetField::Codec, ValueField::Codec),
        (FacetField::Folder, ValueField::Folder),
    ] {
        for row in count(&mut world, "", Wanted { field, ..ALL }).unwrap().rows {
            let query = Query::new().is(value_field, &row.value).to_string();
            let found = super::tracks(&mut world, &query).unwrap();
            assert_eq!(found.len(), row.tracks as usize, "{query}");
        }
    }
}

#[test]
fn names_are_sorted_by_the_names_to_sort_by() {
    let mut world = World::new();
    schedule::setup(&mut world);
    QueryPlugin.build(&mut world);
    let file: FileId = Catalog::spawn(&mut world, Presence::Present);
    for (name, sort) in [
        ("David Bowie", Some("Bowie, David")),
        ("The Zombies", None),
        ("Cher", None),
        ("10cc", None),
    ] {
        let credit = Credit {
            sort: sort.map(Into::into),
            ..Credit::of([name])
        };
        let track = (Title("x".into()), ArtistCredit(credit.into()), PlayedFrom(file));
        let _: TrackId = Catalog::spawn(&mut world, track);
    }
    tick(&mut world);
    let wanted = Wanted {
        order: FacetOrder::Name,
        ..ALL
    };
    let names: Vec<_> = count(&mut world, "", wanted)
        .unwrap()
        .rows
        .into_iter()
        .map(|row| row.value)
        .collect();
    assert_eq!(names, ["10cc", "David Bowie", "Cher", "The Zombies"]);
    let error = count(&mut world, "year:x", wanted).unwrap_err();
    assert_eq!(error.code(), "query");
}
