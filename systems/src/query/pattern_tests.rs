//! Patterns and parts of paths beside reading every text, and patterns that take more than one answer may.

use bevy_ecs::world::World;
use crossbeam_channel::{Receiver, Sender, unbounded};
use segue_components::prelude::*;

use super::matcher::Matcher;
use super::pattern::Pattern;
use super::random::Random;
use super::{QueryPlugin, fold};
use crate::catalog::{self, Catalog};
use crate::clock::Clock;
use crate::link::{Hosts, LinkPlugin};
use crate::mirror::MirrorPlugin;
use crate::mirror::client::Client;
use crate::plugin::Plugin;
use crate::schedule;

const WORDS: [&str; 9] = [
    "love", "LOVE", "lövé", "night", "rain", "AC/DC", "don't", "音楽", "x2y",
];
const FOLDERS: [&str; 5] = ["", "Music/", "Music/Lövé night/", "rain/", "Music/Lövé"];

fn world() -> World {
    let mut world = World::new();
    schedule::setup(&mut world);
    QueryPlugin.build(&mut world);
    world
}

fn tick(world: &mut World) {
    schedule::run_tick(world, Clock { now: 1, unix: 1 });
}

/// Some words; now and then more than are looked at, or one that is longer than is looked at.
fn title(random: &mut Random) -> String {
    let count = match random.below(12) {
        0 => 300,
        _ => 1 + random.below(3),
    };
    let mut words: Vec<_> = (0..count).map(|_| random.pick(&WORDS[2..])).collect();
    words.push(random.pick(&WORDS));
    let between = match random.below(9) {
        0 => "",
        _ => " ",
    };
    words.join(between)
}

fn add(world: &mut World, random: &mut Random, title: &str, path: String) -> TrackId {
    let artist = ArtistCredit(Credit::of([random.pick(&WORDS), random.pick(&WORDS)]).into());
    let track: TrackId = Catalog::spawn(world, (Title(title.into()), artist));
    let location = Location {
        provider: ProviderId(1),
        path: path.into(),
    };
    let file: FileId = Catalog::spawn(world, (FileOf(track), location, Presence::Present));
    catalog::set(world, track, PlayedFrom(file));
    track
}

#[track_caller]
fn check(world: &mut World, query: &str, holds: &mut dyn FnMut(&TrackRow) -> bool) -> usize {
    let mut found: Vec<u64> = super::tracks(world, query)
        .unwrap()
        .into_iter()
        .map(|track| track.0)
        .collect();
    found.sort_unstable();
    let mut expected = Vec::new();
    let tracks: Vec<_> = world.resource::<Catalog>().all(Noun::Track).collect();
    for (id, _) in tracks {
        let row = crate::mirror::ask::track_row(world, TrackId(id)).unwrap();
        expected.extend(holds(&row).then_some(id));
    }
    expected.sort_unstable();
    assert_eq!(found, expected, "{query}");
    found.len()
}

#[test]
fn patterns_and_parts_of_paths_find_what_reading_every_text_finds() {
    let mut random = Random::new(31);
    let mut world = world();
    for number in 0..120 {
        let path = format!(
            "{}{} {number}.mp3",
            random.pick(&FOLDERS),
            random.pick(&WORDS[..5])
        );
        let title = title(&mut random);
        add(&mut world, &mut random, &title, path);
    }
    let mut found = 0;
    for _ in 0..6 {
        tick(&mut world);
        for source in [
            "love$",
            "ai",
            "^lo+ve",
            "(rain|night) (love|x2)",
            "c/d",
            "on't",
            "[ln]igh",
            "音",
            "2y.*ain$",
            "é",
        ] {
            let mut matcher = Matcher::new(&Pattern::new(source).unwrap());
            let escaped = source.replace('/', r"\/");
            found += check(&mut world, &format!("title:~/{escaped}/"), &mut |row| {
                matcher.matches(&row.title)
            });
            found += check(&mut world, &format!("path:~/{escaped}/"), &mut |row| {
                matcher.matches(&row.path)
            });
            check(&mut world, &format!("artist:~/{escaped}/"), &mut |row| {
                row.artists.iter().any(|name| matcher.matches(name)) || matcher.matches(&row.artist)
            });
        }
        for part in ["love", "ve night", "e/", "/rain", "music/l", "t/n", "3.mp3", "vé"] {
            let folded = fold::fold(part);
            found += check(&mut world, &format!("path:\"{part}\""), &mut |row| {
                fold::fold(&row.path).contains(&folded)
            });
        }
        for _ in 0..20 {
            let track = TrackId(1 + random.below(120) as u64);
            let title = title(&mut random);
            catalog::set(&mut world, track, Title(title.as_str().into()));
        }
    }
    assert!(found > 2_000, "{found}: most of them find something");
}

/// What takes several answers, for each of which a number of steps is given.
#[track_caller]
fn check_given_up(field: &str, of: fn(&TrackRow) -> &str) {
    let mut random = Random::new(1);
    let mut world = world();
    for number in 0..8 {
        let mut text: String = (0..4_000).map(|_| random.pick(&['a', 'b'])).collect();
        if number % 2 == 0 {
            text += "c";
        }
        add(&mut world, &mut random, &text, text.clone());
    }
    tick(&mut world);
    let query = format!("{field}:~/a(a|b){{64}}c/");
    let mut refused = 0;
    while super::tracks(&mut world, &query).is_err() {
        refused += 1;
        assert!(refused < 5, "it comes to an end");
    }
    assert!(refused > 0, "it was too much for one answer");
    check(&mut world, &query, &mut |row| {
        let text = of(row);
        text.ends_with('c') && text.as_bytes()[text.len() - 66] == b'a'
    });
}

#[test]
fn a_pattern_over_titles_that_was_given_up_goes_on_when_it_is_asked_for_again() {
    check_given_up("title", |row| &row.title);
}

#[test]
fn a_pattern_over_paths_that_was_given_up_goes_on_when_it_is_asked_for_again() {
    check_given_up("path", |row| &row.path);
}

/// What a host sees of a view after some ticks: how many rows there are, and whether it is told of an error.
fn look(
    world: &mut World,
    client: &mut Client,
    to: &Sender<Vec<u8>>,
    from: &Receiver<Vec<u8>>,
) -> (u32, bool) {
    for _ in 0..8 {
        for bytes in client.take_outgoing() {
            to.send(bytes).unwrap();
        }
        let now = world.resource::<Clock>().now + 200;
        schedule::run_tick(world, Clock { now, unix: now });
        for bytes in from.try_iter() {
            client.receive(&bytes);
        }
    }
    let state = client.view(1).unwrap();
    (state.total, state.error.is_some())
}

#[test]
fn a_live_view_says_that_a_pattern_was_given_up_and_finds_all_when_it_is_asked_again() {
    let mut random = Random::new(1);
    let mut world = World::new();
    schedule::setup(&mut world);
    LinkPlugin.build(&mut world);
    QueryPlugin.build(&mut world);
    MirrorPlugin.build(&mut world);
    let (to, inbox) = unbounded();
    let (outbox, from) = unbounded();
    world.resource_mut::<Hosts>().add(inbox, outbox);
    for number in 0..8 {
        let text: String = (0..4_000).map(|_| random.pick(&['a', 'b'])).collect();
        let title = format!("{text}a{}c", "b".repeat(64));
        add(&mut world, &mut random, &title, format!("{number}.mp3"));
    }
    let mut client = Client::default();
    let query = "title:~/a(a|b){64}c/";
    let view = client.remote_mut().open_view(Noun::Track, query, 0, 10);
    assert_eq!(view, 1);
    let (first, is_told) = look(&mut world, &mut client, &to, &from);
    assert!(is_told && first > 0 && first < 8, "{first} rows, told: {is_told}");
    for _ in 0..4 {
        client.remote_mut().set_query(view, query);
        look(&mut world, &mut client, &to, &from);
    }
    assert_eq!(look(&mut world, &mut client, &to, &from), (8, false));
}
