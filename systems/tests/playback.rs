//! A queue is played: what the player is told, and what its reports do.

use segue_audio::command::{AudioCommand, AudioReport, AudioStatus, SourceAddress};
use segue_components::prelude::*;
use segue_systems::testing::{TestLibrary, tags};

fn library() -> TestLibrary {
    let mut library = TestLibrary::new();
    let folder = library.folder("/music");
    let files = [("1.mp3", 1), ("2.mp3", 1), ("3.mp3", 1)];
    library.sync(folder, &files, |path| {
        let mut file = tags(path, "A", "X");
        file.format.duration_ms = Some(200_000);
        Ok(file)
    });
    library
}

fn all() -> Vec<TrackId> {
    vec![TrackId(1), TrackId(2), TrackId(3)]
}

fn player(library: &mut TestLibrary, request: PlayerRequest) -> Vec<AudioCommand> {
    library
        .ask(Request::Player(request))
        .expect("the request is granted");
    library.audio.requests.try_iter().collect()
}

fn report(library: &mut TestLibrary, report: AudioReport) -> Vec<AudioCommand> {
    library.audio.answers.send(report);
    library.tick();
    library.audio.requests.try_iter().collect()
}

fn state(library: &TestLibrary) -> PlayerState {
    library
        .get::<PlayerState>(PlayerId(1))
        .expect("there is a player")
}

fn index(library: &TestLibrary) -> u32 {
    library.get::<Queue>(PlayerId(1)).expect("there is a queue").index
}

#[track_caller]
fn check_load(command: Option<&AudioCommand>, path: &str, start: u64) -> u64 {
    let Some(AudioCommand::Load { item, play: true }) = command else {
        panic!("not a load: {command:?}");
    };
    assert_eq!(item.address, SourceAddress::Path(format!("/music/{path}")));
    assert_eq!(item.start, start);
    item.key
}

#[track_caller]
fn check_next(command: Option<&AudioCommand>, path: &str) -> u64 {
    let Some(AudioCommand::SetNext(Some(item))) = command else {
        panic!("not a next item: {command:?}");
    };
    assert_eq!(item.address, SourceAddress::Path(format!("/music/{path}")));
    item.key
}

fn play(library: &mut TestLibrary) -> (u64, u64) {
    let commands = player(
        library,
        PlayerRequest::PlayTracks {
            tracks: all(),
            start: 0,
        },
    );
    assert_eq!(commands.len(), 2, "{commands:?}");
    (
        check_load(commands.first(), "1.mp3", 0),
        check_next(commands.get(1), "2.mp3"),
    )
}

#[test]
fn the_next_track_is_named_before_the_first_ends() {
    let mut library = library();
    let (first, second) = play(&mut library);
    report(
        &mut library,
        AudioReport::Started {
            key: first,
            duration: 200_000,
            frame: 0,
        },
    );
    let commands = report(
        &mut library,
        AudioReport::Started {
            key: second,
            duration: 100_000,
            frame: 0,
        },
    );
    check_next(commands.first(), "3.mp3");
    assert_eq!((state(&library).track, index(&library)), (Some(TrackId(2)), 1));
}

#[test]
fn the_end_of_the_queue_stops_and_playing_again_begins_anew() {
    let mut library = library();
    let commands = player(
        &mut library,
        PlayerRequest::PlayTracks {
            tracks: all(),
            start: 2,
        },
    );
    let key = check_load(commands.first(), "3.mp3", 0);
    report(&mut library, AudioReport::Ended { key });
    assert_eq!(
        (state(&library).status, index(&library)),
        (PlayerStatus::Stopped, 3)
    );
    let commands = player(&mut library, PlayerRequest::Resume);
    check_load(commands.first(), "1.mp3", 0);
}

#[test]
fn a_track_that_fails_is_said_and_skipped() {
    let mut library = library();
    let (first, second) = play(&mut library);
    let commands = report(
        &mut library,
        AudioReport::Failed {
            key: first,
            error: "HE-AAC is not supported".into(),
        },
    );
    check_load(commands.first(), "2.mp3", 0);
    assert_eq!(state(&library).error.as_deref(), Some("HE-AAC is not supported"));
    assert!(
        report(
            &mut library,
            AudioReport::Failed {
                key: second,
                error: "late".into()
            }
        )
        .is_empty()
    );
}

#[test]
fn a_next_track_that_fails_is_passed_over() {
    let mut library = library();
    let (_, second) = play(&mut library);
    let commands = report(
        &mut library,
        AudioReport::Failed {
            key: second,
            error: "torn".into(),
        },
    );
    let third = check_next(commands.first(), "3.mp3");
    report(
        &mut library,
        AudioReport::Started {
            key: third,
            duration: 1,
            frame: 0,
        },
    );
    assert_eq!(index(&library), 2);
}

#[test]
fn an_edit_of_the_queue_renames_the_next_track() {
    let mut library = library();
    let (_, second) = play(&mut library);
    let commands = player(
        &mut library,
        PlayerRequest::Insert {
            tracks: vec![TrackId(3)],
            at: 1,
        },
    );
    check_next(commands.first(), "3.mp3");
    assert!(
        report(
            &mut library,
            AudioReport::Started {
                key: second,
                duration: 1,
                frame: 0
            }
        )
        .is_empty()
    );
    assert_eq!(index(&library), 0, "a replaced entry is not heard of");
    let commands = player(&mut library, PlayerRequest::Remove { at: 1, count: 3 });
    assert_eq!(commands, [AudioCommand::SetNext(None)]);
}

#[test]
fn after_a_restart_playing_goes_on_where_it_was() {
    let mut library = library();
    let (first, _) = play(&mut library);
    let heard = AudioReport::State {
        status: AudioStatus::Playing,
        key: Some(first),
        position: 42_000,
    };
    report(&mut library, heard);
    assert_eq!(state(&library).position, 42_000);
    // What a restart loses is what only the process knows.
    library
        .world
        .insert_resource(segue_systems::playback::deck::Deck::default());
    let commands = player(&mut library, PlayerRequest::Resume);
    check_load(commands.first(), "1.mp3", 42_000);
}

#[test]
fn half_of_a_track_counts_as_a_listen_and_less_as_a_skip() {
    let mut library = library();
    let (first, _) = play(&mut library);
    for position in (0..=100_000).step_by(1_000) {
        let status = AudioStatus::Playing;
        report(
            &mut library,
            AudioReport::State {
                status,
                key: Some(first),
                position,
            },
        );
    }
    let commands = player(&mut library, PlayerRequest::Next);
    check_load(commands.first(), "2.mp3", 0);
    let stats = library.get::<PlayStats>(TrackId(1)).expect("it was heard");
    assert_eq!((stats.plays, stats.skips), (1, 0));
    player(&mut library, PlayerRequest::Next);
    let stats = library.get::<PlayStats>(TrackId(2)).expect("it was skipped");
    assert_eq!((stats.plays, stats.skips), (0, 1));
}

fn hear(library: &mut TestLibrary, key: u64, positions: core::ops::RangeInclusive<u64>) {
    for position in positions.step_by(1_000) {
        let status = AudioStatus::Playing;
        report(
            library,
            AudioReport::State {
                status,
                key: Some(key),
                position,
            },
        );
    }
}

fn history(
    library: &mut TestLibrary,
    offset: u32,
    limit: u32,
) -> (u32, Vec<(u64, u32, bool, Option<String>)>) {
    match library.ask(Request::History { offset, limit }) {
        Ok(Response::History { total, rows }) => {
            let rows = rows.into_iter().map(|ListenRow { listen, row }| {
                (
                    listen.track.0,
                    listen.heard,
                    listen.counted,
                    row.map(|row| row.title),
                )
            });
            (total, rows.collect())
        }
        other => panic!("no history: {other:?}"),
    }
}

#[test]
fn the_history_says_what_was_heard_how_long_and_whether_it_counted() {
    let mut library = library();
    let (first, _) = play(&mut library);
    let begin = library.clock.unix;
    hear(&mut library, first, 0..=120_000);
    let title = |number: u64| Some(format!("{number}.mp3"));
    let counted = (1, vec![(1, 100_000, true, title(1))]);
    assert_eq!(history(&mut library, 0, 10), counted, "logged once it counts");
    let commands = player(&mut library, PlayerRequest::Next);
    let second = check_load(commands.first(), "2.mp3", 0);
    hear(&mut library, second, 0..=30_000);
    player(&mut library, PlayerRequest::Stop);
    let (total, rows) = history(&mut library, 0, 10);
    assert_eq!(total, 2);
    assert_eq!(rows, [(2, 30_000, false, title(2)), (1, 120_000, true, title(1))]);
    let Ok(Response::History { rows, .. }) = library.ask(Request::History { offset: 1, limit: 1 }) else {
        panic!("no history");
    };
    let began = rows[0].listen.at;
    assert!((begin - 1_000..begin + 1_000).contains(&began), "{began} {begin}");
    let stats = library.get::<PlayStats>(TrackId(2)).expect("it was skipped");
    assert_eq!((stats.plays, stats.skips, stats.last_played), (0, 1, 0));
}

#[test]
fn a_track_that_ends_by_itself_is_logged_and_not_skipped() {
    let mut library = library();
    let (first, second) = play(&mut library);
    hear(&mut library, first, 0..=50_000);
    hear(&mut library, first, 190_000..=200_000);
    report(
        &mut library,
        AudioReport::Started {
            key: second,
            duration: 200_000,
            frame: 0,
        },
    );
    let (_, rows) = history(&mut library, 0, 10);
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].0, rows[0].1, rows[0].2), (1, 60_000, false));
    assert_eq!(library.get::<PlayStats>(TrackId(1)), None);
}

#[test]
fn a_listen_outlives_its_track() {
    let mut library = library();
    let (first, _) = play(&mut library);
    hear(&mut library, first, 0..=120_000);
    player(&mut library, PlayerRequest::Stop);
    library
        .ask(Request::RemoveProvider {
            provider: ProviderId(1),
        })
        .expect("it is there");
    assert_eq!(history(&mut library, 0, 10), (1, vec![(1, 120_000, true, None)]));
    let (total, rows) = history(&mut library, 5, 10);
    assert!(total == 1 && rows.is_empty(), "a window past the end");
    let greedy = Request::History {
        offset: 0,
        limit: u32::MAX,
    };
    assert!(matches!(library.ask(greedy), Err(RequestError::Invalid { .. })));
}

#[test]
fn previous_goes_to_the_start_first() {
    let mut library = library();
    let commands = player(
        &mut library,
        PlayerRequest::PlayTracks {
            tracks: all(),
            start: 1,
        },
    );
    let key = check_load(commands.first(), "2.mp3", 0);
    report(
        &mut library,
        AudioReport::State {
            status: AudioStatus::Playing,
            key: Some(key),
            position: 9_000,
        },
    );
    assert_eq!(
        player(&mut library, PlayerRequest::Previous),
        [AudioCommand::Seek(0)]
    );
    let commands = player(&mut library, PlayerRequest::Previous);
    check_load(commands.first(), "1.mp3", 0);
}

#[test]
fn nothing_to_play_is_an_error() {
    let mut library = library();
    for request in [
        PlayerRequest::PlayTracks {
            tracks: Vec::new(),
            start: 0,
        },
        PlayerRequest::PlayTracks {
            tracks: all(),
            start: 3,
        },
        PlayerRequest::JumpTo { index: 0 },
        PlayerRequest::Insert {
            tracks: vec![TrackId(99)],
            at: 0,
        },
    ] {
        let answer = library.ask(Request::Player(request));
        assert!(matches!(answer, Err(RequestError::NotFound { .. })), "{answer:?}");
    }
}
