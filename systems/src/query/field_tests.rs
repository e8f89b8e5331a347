//! What conditions on single fields find, over a library with something in every field.

use bevy_ecs::world::World;
use segue_components::prelude::*;

use super::QueryPlugin;
use crate::catalog::{self, Catalog};
use crate::clock::Clock;
use crate::plugin::Plugin;
use crate::schedule;

const NOW: u64 = 1_700_000_000_000;
const DAY: u64 = 86_400_000;

fn tick(world: &mut World) {
    schedule::run_tick(world, Clock { now: 1, unix: NOW });
}

fn date(text: &str) -> Option<PartialDate> {
    PartialDate::parse(text)
}

/// A track `a`, a track `b` and so on, each of which is alone in something.
fn library() -> World {
    let mut world = World::new();
    schedule::setup(&mut world);
    QueryPlugin.build(&mut world);
    let nas: ProviderId = Catalog::spawn(&mut world, ProviderName("My Nas".into()));
    let disk: ProviderId = Catalog::spawn(&mut world, ProviderName("Disk".into()));
    let jazz: AlbumId = Catalog::spawn(
        &mut world,
        (
            AlbumTitle("Jazz".into()),
            AlbumArtist(Credit::of(["Queen"]).into()),
            AlbumInfo {
                released: date("1978-11-10"),
                release: Some("REL-1".into()),
                release_group: Some("group-1".into()),
                artists: vec!["artist-1".into()],
                ..AlbumInfo::default()
            },
        ),
    );
    let duo: AlbumId = Catalog::spawn(
        &mut world,
        (
            AlbumTitle("Bookends (Live)".into()),
            AlbumArtist(
                Credit {
                    phrase: Some("Simon & Garfunkel".into()),
                    sort: Some("Simon, Paul".into()),
                    ..Credit::of(["Paul Simon", "Art Garfunkel"])
                }
                .into(),
            ),
            AlbumInfo::default(),
        ),
    );
    for (number, name) in (0_u16..).zip(["a", "b", "c", "d", "e", "f", "g", "h"]) {
        let album = if number < 4 { jazz } else { duo };
        let provider = if number < 4 { nas } else { disk };
        let path = format!(
            "Music/{}/0{number} Tr\u{e4}ck {name}.mp3",
            if number < 4 { "Q" } else { "S" }
        );
        let track: TrackId = Catalog::spawn(
            &mut world,
            (
                Title(format!("Love {name}").into()),
                OnAlbum(album),
                Position {
                    track: number + 1,
                    ..Position::default()
                },
                Added(NOW - u64::from(number) * 10 * DAY),
            ),
        );
        let place = Location {
            provider,
            path: path.into(),
        };
        let file: FileId = Catalog::spawn(&mut world, (FileOf(track), place, Presence::Present));
        catalog::set(&mut world, track, PlayedFrom(file));
        match name {
            "a" => {
                catalog::set(&mut world, track, ArtistCredit(Credit::of(["Queen"]).into()));
                let format = AudioFormat {
                    codec: "flac".into(),
                    sample_rate: 96_000,
                    bitrate: 2_000_000,
                    channels: 2,
                    bits_per_sample: 24,
                };
                catalog::set(&mut world, track, format);
                let ids = TrackMbids {
                    recording: Some("rec-1".into()),
                    track: Some("trk-1".into()),
                    artists: ["artist-1".into()].into(),
                    isrc: Some("USQX91501001".into()),
                };
                catalog::set(&mut world, track, ExternalIds(Box::new(ids)));
            }
            "b" => {
                catalog::set(
                    &mut world,
                    track,
                    ArtistCredit(Credit::of(["QUEEN", "Bowie"]).into()),
                );
                let stats = PlayStats {
                    plays: 3,
                    skips: 2,
                    last_played: NOW - 5 * DAY,
                };
                catalog::set(&mut world, track, stats);
            }
            "c" => {
                let loudness = Loudness {
                    track_gain: Some(-650),
                    track_peak: Some(65_536),
                    album_gain: Some(-700),
                    album_peak: Some(32_768),
                };
                catalog::set(&mut world, track, loudness);
                let dates = Dates {
                    released: date("1999-05-04"),
                    original: date("1978"),
                };
                catalog::set(&mut world, track, dates);
            }
            "d" => {
                catalog::set(
                    &mut world,
                    track,
                    Genres(["Hard Rock".into(), "Metal".into()].into()),
                );
                let position = Position {
                    disc: 2,
                    disc_total: 3,
                    track: 4,
                    track_total: 17,
                };
                catalog::set(&mut world, track, position);
            }
            "e" => drop(catalog::set(&mut world, file, Unreadable("torn".into()))),
            "f" => drop(catalog::set(&mut world, file, Presence::MissingSince(NOW))),
            "g" => drop(catalog::set(&mut world, track, Cover(ArtworkId(7)))),
            _ => drop(catalog::set(
                &mut world,
                track,
                Title("Rock’n’Roll: 100% !!!".into()),
            )),
        }
    }
    tick(&mut world);
    world
}

fn letters(world: &mut World, query: &str) -> String {
    let found = super::tracks(world, query).unwrap_or_else(|error| panic!("{query}: {error}"));
    found
        .into_iter()
        .map(|track| char::from(b'a' + u8::try_from(track.0 - 1).unwrap()))
        .collect()
}

/// Asks over all tracks, where distinct values are looked at, and over those of one album, where each track is.
#[track_caller]
fn check(queries: &[(&str, &str)]) {
    let mut world = library();
    for (query, expected) in queries {
        let sorted = format!("{query} sort:id");
        assert_eq!(letters(&mut world, &sorted), *expected, "{query}");
        let (mut one, mut other) = (sorted.clone(), sorted.clone());
        one += " id:..4";
        other += " id:5..";
        let halves = letters(&mut world, &one) + &letters(&mut world, &other);
        assert_eq!(halves, *expected, "{query}, each half alone");
        let excluded = letters(
            &mut world,
            &format!("(has:file | missing:file) -({query}) sort:id"),
        );
        let mut both: Vec<char> = excluded.chars().chain(expected.chars()).collect();
        both.sort_unstable();
        if !query.contains("file:") {
            both.retain(|&letter| letter != 'f');
            assert_eq!(
                both.iter().collect::<String>(),
                "abcdegh",
                "{query} or its contrary"
            );
        }
    }
}

#[test]
fn whole_values_are_compared_folded_or_to_the_letter() {
    check(&[
        ("artist:=queen", "ab"),
        ("artist:==Queen", "a"),
        ("artist:==QUEEN", "b"),
        ("artist:=que", ""),
        ("artist:=\"queen, bowie\"", "b"),
        ("albumartist:=\"simon & garfunkel\"", "egh"),
        ("albumartist:=\"art garfunkel\"", "egh"),
        ("albumartist:=\"simon, paul\"", ""),
        ("album:=jazz", "abcd"),
        ("album:=\"bookends\"", ""),
        ("album:=\"Bookends (live)\"", "egh"),
        ("title:=\"love a\"", "a"),
        ("title:=love", ""),
        ("title:=\"rock'n'roll: 100% !!!\"", "h"),
        ("title:==\"rock'n'roll: 100% !!!\"", ""),
        ("title:=\"\"", ""),
        ("genre:=metal", "d"),
        ("genre:=rock", ""),
        ("codec:=FLAC", "a"),
        ("path:=\"music/q/00 track a.mp3\"", "a"),
        ("folder:=music/q", "abcd"),
        ("folder:=music", ""),
    ]);
}

#[test]
fn patterns_are_matched_by_each_field() {
    check(&[
        ("title:~/^love [a-c]$/", "abc"),
        ("title:~/ROCK.n/", "h"),
        ("title:~/LOVE/ -title:~/[ab]$/", "cdeg"),
        ("artist:~/^queen$/", "ab"),
        ("artist:~/bowie/", "b"),
        ("albumartist:~/simon &/", "egh"),
        (r"album:~/\(live\)/", "egh"),
        ("genre:~/^hard/", "d"),
        ("codec:~/^fl/", "a"),
        (r"path:~/\/S\/0[4-6].*mp3$/", "eg"),
        ("folder:~/q$/", "abcd"),
    ]);
}

#[test]
fn numbers_dates_and_levels_lie_in_ranges() {
    check(&[
        ("samplerate:>=96k", "a"),
        ("channels:2 bitspersample:24 bitrate:>1000k", "a"),
        ("skips:2", "b"),
        ("skips:<2", "acdegh"),
        ("tracktotal:17 disctotal:3", "d"),
        ("artworkid:7", "g"),
        ("lastplayed:<30d", "b"),
        ("lastplayed:<3d", ""),
        ("lastplayed:>3d", "b"),
        ("lastplayed:never", "acdegh"),
        ("date:1999-05", "c"),
        ("date:1999-05-04..2000", "c"),
        ("date:>=1999-06", ""),
        ("originaldate:1978", "c"),
        ("originaldate:>=1978-01-01", "c"),
        ("originaldate:1978-02", ""),
        ("date:>20y", "c"),
        ("date:<20y", ""),
        ("trackgain:-6.5", "c"),
        ("trackgain:<-6.5", ""),
        ("trackgain:>-7 albumgain:<=-7", "c"),
        ("loudness:-11.5", "c"),
        ("trackpeak:>=1", "c"),
        ("albumpeak:0.5", "c"),
        ("albumpeak:>0.5", ""),
    ]);
}

#[test]
fn ids_files_and_providers_are_found() {
    check(&[
        ("recordingmbid:REC-1", "a"),
        ("trackmbid:trk-1", "a"),
        ("artistmbid:artist-1", "a"),
        ("isrc:usqx91501001", "a"),
        ("releasembid:rel-1", "abcd"),
        ("musicbrainz.releasegroup:group-1", "abcd"),
        ("albumartistmbid:artist-1", "abcd"),
        ("mbid:artist-1", "abcd"),
        ("mbid:rec-1", "a"),
        ("mbid:nothing", ""),
        ("provider:nas", "abcd"),
        ("provider:2", "egh"),
        ("provider:9", ""),
        ("file:present", "abcdegh"),
        ("file:missing", "f"),
        ("file:unreadable", "e"),
        ("has:lyrics", ""),
        ("has:loudness", "c"),
        ("has:mbid has:isrc", "a"),
        ("has:albumartist", "abcdegh"),
        ("missing:disc", "abcegh"),
    ]);
}

#[test]
fn a_view_of_albums_asks_its_tracks() {
    let mut world = library();
    let mut albums = |query: &str| -> Vec<u64> {
        super::index::find(&mut world, Noun::Album, query, 0, 9)
            .unwrap()
            .ids
    };
    assert_eq!(albums("albumartist:=queen"), [1]);
    assert_eq!(albums("album:~/live/"), [2]);
    assert_eq!(albums("samplerate:96k"), [1]);
    assert_eq!(albums("isrc:usqx91501001"), [1]);
    assert_eq!(albums("releasembid:rel-1"), [1]);
    assert_eq!(albums("mbid:rec-1"), [1]);
    assert_eq!(albums("date:1978-11"), [1]);
    assert_eq!(albums("provider:disk"), [2]);
    assert_eq!(albums("file:unreadable"), [2]);
    assert_eq!(albums("genre:=metal"), [1]);
    assert_eq!(albums("lastplayed:<9d"), [1]);
    assert_eq!(albums("sort:-date"), [1, 2]);
}

#[test]
fn rows_are_sorted_by_any_field_and_move_when_it_changes() {
    let mut world = library();
    assert_eq!(letters(&mut world, "sort:-path"), "hgedcba");
    assert_eq!(letters(&mut world, "sort:-skips,id"), "bacdegh");
    assert_eq!(
        letters(&mut world, "sort:lastplayed,-id"),
        "bhgedca",
        "never comes last"
    );
    assert_eq!(letters(&mut world, "sort:genre,id"), "dabcegh");
    assert_eq!(letters(&mut world, "sort:-loudness,id"), "cabdegh");
    assert_eq!(letters(&mut world, "sort:provider,-id"), "dcbahge");
    for field in super::ast::SortField::ALL {
        // Relevance has one direction.
        let signs = if field.name() == "relevance" {
            &[""][..]
        } else {
            &["", "-"]
        };
        for minus in signs {
            let query = format!("sort:{minus}{}", field.name());
            assert_eq!(letters(&mut world, &query).len(), 7, "{query}");
        }
    }
    let loudness = Loudness {
        track_gain: Some(-900),
        ..Loudness::default()
    };
    catalog::set(&mut world, TrackId(8), loudness);
    let stats = PlayStats {
        skips: 9,
        ..PlayStats::default()
    };
    catalog::set(&mut world, TrackId(1), stats);
    catalog::set(&mut world, TrackId(5), Genres(["Ambient".into()].into()));
    tick(&mut world);
    assert_eq!(letters(&mut world, "sort:-loudness,id"), "hcabdeg");
    assert_eq!(letters(&mut world, "sort:-skips,id"), "abcdegh");
    assert_eq!(letters(&mut world, "sort:genre,id"), "edabcgh");
    assert_eq!(letters(&mut world, "trackgain:<-8"), "h");
    assert_eq!(letters(&mut world, "genre:=ambient"), "e");
}

#[test]
fn a_pattern_that_takes_too_long_is_an_error_and_not_a_part_of_an_answer() {
    let mut world = library();
    let mut random = super::random::Random::new(1);
    let title: String = (0..90_000).map(|_| random.pick(&['a', 'b'])).collect();
    catalog::set(&mut world, TrackId(1), Title(title.into()));
    tick(&mut world);
    let error = super::tracks(&mut world, "title:~/a(a|b){64}c/").unwrap_err();
    assert_eq!(error.code(), "query");
    assert!(error.to_string().contains("too many steps"), "{error}");
    assert_eq!(letters(&mut world, "title:~/(a|b){64}/"), "a");
}
