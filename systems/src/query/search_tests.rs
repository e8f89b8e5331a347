//! What bare words find and in which order: ranks, typos, scripts, and text that is meant to do harm.

use bevy_ecs::world::World;
use segue_components::prelude::*;

use super::index::{self, Index};
use super::tests::{add, check, library, tick, titles};
use crate::catalog;

#[test]
fn the_field_ranks_before_how_well_it_fits() {
    check(
        &[
            "X | A | Queens of Rain",
            "X | A | Killer Queen",
            "X | A | Queen",
            "Queensrÿche | C | Silent Lucidity",
            "Queen | B | Mustapha",
            "Y | Queens | Last",
            "Y | A Queen | Second",
        ],
        &[
            (
                "queen",
                &[
                    "Queen",
                    "Killer Queen",
                    "Queens of Rain",
                    "Mustapha",
                    "Silent Lucidity",
                    "Second",
                    "Last",
                ],
            ),
            (
                "queen sort:-title",
                &[
                    "Silent Lucidity",
                    "Second",
                    "Queens of Rain",
                    "Queen",
                    "Mustapha",
                    "Last",
                    "Killer Queen",
                ],
            ),
            (
                "queen sort:relevance,-title",
                &[
                    "Queen",
                    "Killer Queen",
                    "Queens of Rain",
                    "Mustapha",
                    "Silent Lucidity",
                    "Second",
                    "Last",
                ],
            ),
            ("mustapha | last sort:relevance", &["Mustapha", "Last"]),
            ("mustapha | last sort:relevance,title", &["Last", "Mustapha"]),
            (
                "queen | silent",
                &[
                    "Queen",
                    "Silent Lucidity",
                    "Killer Queen",
                    "Queens of Rain",
                    "Mustapha",
                    "Second",
                    "Last",
                ],
            ),
            (
                "(queen)",
                &[
                    "Queen",
                    "Killer Queen",
                    "Queens of Rain",
                    "Mustapha",
                    "Silent Lucidity",
                    "Second",
                    "Last",
                ],
            ),
            (
                "queen -artist:queen",
                &["Queen", "Killer Queen", "Queens of Rain", "Second", "Last"],
            ),
        ],
    );
}

#[test]
fn a_whole_title_comes_first_with_or_without_its_article() {
    check(
        &[
            "A | A | Love Me Do Again",
            "A | A | Help Me",
            "B | B | Love Me Do",
            "B | B | The Help",
            "C | C | Help!",
        ],
        &[
            ("love me do", &["Love Me Do", "Love Me Do Again"]),
            ("\"love me do\"", &["Love Me Do", "Love Me Do Again"]),
            ("help", &["The Help", "Help!", "Help Me"]),
            ("the help", &["The Help"]),
        ],
    );
}

#[test]
fn words_of_several_fields_come_behind_words_of_one() {
    check(
        &[
            "Queen | News | Bohemian Like You",
            "Dandys | News | Queen Bohemian",
        ],
        &[("queen bohem", &["Queen Bohemian", "Bohemian Like You"])],
    );
}

#[test]
fn albums_rank_as_tracks_do() {
    let mut world = library();
    for row in [
        "Queens | Jazz | a",
        "Queen | Innuendo | b",
        "X | The Queen | c",
        "X | Killer Queen | d",
        "Y | Quene | e",
    ] {
        add(&mut world, row);
    }
    tick(&mut world);
    let mut albums = |query: &str| -> Vec<String> {
        let found = index::find(&mut world, Noun::Album, query, 0, 10).unwrap();
        let name = |id| catalog::get::<AlbumTitle>(&world, AlbumId(id)).unwrap();
        found.ids.into_iter().map(|id| name(id).0.to_string()).collect()
    };
    assert_eq!(
        albums("queen"),
        ["The Queen", "Killer Queen", "Innuendo", "Jazz", "Quene"]
    );
}

#[test]
fn typos_are_forgiven_behind_what_was_typed() {
    check(
        &[
            "The Beatles | Help! | Yesterday",
            "The Beetles | Copies | Yesterdya",
            "Metallica | Load | Until It Sleeps",
            "1975 | 1976 | Chocolate",
        ],
        &[
            ("beatels", &["Yesterday"]),
            ("beatles", &["Yesterday", "Yesterdya"]),
            ("yesterday", &["Yesterday", "Yesterdya"]),
            ("yesterday sort:-id", &["Yesterday", "Yesterdya"]),
            ("metalica", &["Until It Sleeps"]),
            ("metalica slepes", &["Until It Sleeps"]),
            ("metalica year:1990", &[]),
            ("\"metalica\"", &[]),
            ("artist:metalica", &[]),
            ("-metalica load", &["Until It Sleeps"]),
            ("1974", &[]),
            ("etallica", &[]),
        ],
    );
}

#[test]
fn words_before_the_last_are_whole_unless_little_is_found() {
    let mut world = library();
    for number in 0..12 {
        add(&mut world, &format!("The Beatles | {number} | Song"));
    }
    add(&mut world, "Then | Beat It | Other");
    tick(&mut world);
    assert_eq!(titles(&mut world, "the beat").len(), 12);
    assert_eq!(titles(&mut world, "th beat").len(), 13);
    assert_eq!(titles(&mut world, "the beat 7").len(), 1);
    let found = titles(&mut world, "then bea");
    assert_eq!(
        (found[0].as_str(), found.len()),
        ("Other", 13),
        "`the` is almost `then`"
    );
}

#[test]
fn scripts_without_spaces_are_found_by_what_stands_together() {
    check(
        &[
            "พี่สะเดิด | ก | ความรักสีดำ",
            "ລາວ | ຂ | ຄວາມຮັກ",
            "ខ្មែរ | គ | ស្នេហា",
            "မြန်မာ | ဃ | အချစ်",
            "椎名林檎 | 無罪 | 人々",
            "방탄소년단 | 봄 | 봄날",
        ],
        &[
            ("รัก", &["ความรักสีดำ"]),
            ("รกั", &[]),
            ("ຮັກ", &["ຄວາມຮັກ"]),
            ("នេហា", &["ស្នេហា"]),
            ("ချစ်", &["အချစ်"]),
            ("々", &["人々"]),
            ("名林", &["人々"]),
            ("林名", &[]),
            ("방탄", &["봄날"]),
            ("봄ㄴ", &["봄날"]),
        ],
    );
}

#[test]
fn what_is_not_seen_does_not_matter() {
    check(
        &[
            "L\u{200d}o\u{200b}ve | \u{202b}שלום\u{202c} | \u{feff}Soft\u{ad}ware",
            "فيروز | بيـــروت | می\u{200c}خواهم",
        ],
        &[
            ("love", &["\u{feff}Soft\u{ad}ware"]),
            ("lo\u{2060}ve", &["\u{feff}Soft\u{ad}ware"]),
            ("software", &["\u{feff}Soft\u{ad}ware"]),
            ("\u{200f}שלום", &["\u{feff}Soft\u{ad}ware"]),
            ("بيروت", &["می\u{200c}خواهم"]),
            ("میخواهم", &["می\u{200c}خواهم"]),
            ("\u{200b}", &["\u{feff}Soft\u{ad}ware", "می\u{200c}خواهم"]),
        ],
    );
}

#[test]
fn a_title_of_a_megabyte_costs_as_much_as_a_page() {
    let mut world = library();
    let book = "ab ".repeat(350_000);
    let line = "x".repeat(1_000_000);
    let accents = "é\u{301}".repeat(250_000);
    for title in [&book, &line, &accents] {
        let track = add(&mut world, "A | B | C");
        catalog::set(&mut world, track, Title(title.as_str().into()));
    }
    tick(&mut world);
    assert_eq!(titles(&mut world, "ab").len(), 1);
    assert_eq!(titles(&mut world, "xxxx").len(), 1);
    assert_eq!(titles(&mut world, "éé").len(), 1);
    let phrase = format!("\"{}\"", "ab ".repeat(600));
    assert!(titles(&mut world, &phrase).len() <= 1);
}

#[test]
fn a_change_costs_the_words_that_it_touches() {
    let mut world = library();
    let mut tracks = Vec::new();
    for number in 0..50 {
        tracks.push(add(&mut world, &format!("Artist | Album | Song {number}")));
    }
    tick(&mut world);
    let rows = |world: &World| world.resource::<Index>().tracks.len();
    let album = catalog::get::<OnAlbum>(&world, tracks[0]).unwrap().0;
    assert_eq!(rows(&world), 50);
    for round in 0..3_000 {
        catalog::set(&mut world, album, AlbumTitle(format!("Release {round}").into()));
        let credit = Credit::of([format!("Band {}", round % 7)]);
        catalog::set(&mut world, tracks[3], ArtistCredit(credit.into()));
        catalog::set(
            &mut world,
            album,
            AlbumArtist(Credit::of([format!("Trio {round}")]).into()),
        );
        tick(&mut world);
    }
    assert_eq!(
        rows(&world),
        50,
        "a track is not another one because its album was renamed"
    );
    assert!(
        world.resource::<Index>().albums.len() < 1_100,
        "numbers are used again"
    );
    assert_eq!(titles(&mut world, "\"release 2999\"").len(), 50);
    assert_eq!(titles(&mut world, "\"release 2998\"").len(), 0);
    assert_eq!(titles(&mut world, "\"trio 2999\"").len(), 50);
    assert_eq!(titles(&mut world, "\"trio 2998\"").len(), 0);
    assert_eq!(titles(&mut world, "artist:\"band 3\""), ["Song 3"]);
    assert_eq!(titles(&mut world, "artist:\"band 2\"").len(), 0);
    for round in 0..3_000 {
        catalog::set(
            &mut world,
            tracks[round % 50],
            Title(format!("Take {round}").into()),
        );
        if round % 10 == 0 {
            tick(&mut world);
        }
    }
    tick(&mut world);
    assert!(rows(&world) < 1_300, "{}", rows(&world));
    assert_eq!(titles(&mut world, "\"take 2999\""), ["Take 2999"]);
    assert_eq!(titles(&mut world, "\"take 2900\"").len(), 0);
    assert_eq!(titles(&mut world, "take").len(), 50);
}

#[test]
fn names_sort_as_the_listener_s_language_has_it() {
    let check = |locale: &str, expected: &[&str]| {
        let mut world = library();
        world.resource_mut::<Index>().set_locale(locale);
        for title in [
            "Zebra", "Ärlig", "Åska", "Arla", "Öken", "Żuk", "Zyx", "Ёлка", "Ель", "Жук",
        ] {
            add(&mut world, &format!("A | {title} | {title}"));
        }
        tick(&mut world);
        assert_eq!(titles(&mut world, "sort:title"), expected, "{locale}");
        index::rebuild(&mut world);
        assert_eq!(titles(&mut world, "sort:title"), expected, "{locale}");
        assert_eq!(titles(&mut world, "aska"), ["Åska"]);
    };
    let latin = ["Arla", "Ärlig", "Åska", "Öken", "Zebra", "Żuk", "Zyx"];
    let cyrillic = ["Ёлка", "Ель", "Жук"];
    check("en-GB", &[&latin[..], &cyrillic].concat());
    check("ru_RU.UTF-8", &[&cyrillic[..], &latin].concat());
    let swedish = ["Arla", "Zebra", "Żuk", "Zyx", "Åska", "Ärlig", "Öken"];
    check("sv", &[&swedish[..], &cyrillic].concat());
    let polish = ["Arla", "Ärlig", "Åska", "Öken", "Zebra", "Zyx", "Żuk"];
    check("pl-PL", &[&polish[..], &cyrillic].concat());
}
