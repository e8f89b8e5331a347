//! Syncs of folders that change, break and come back, stepped by hand.

use segue_components::prelude::*;
use segue_components::sync_job::FileFailure;
use segue_systems::scan::work::Listing;
use segue_systems::testing::{TestLibrary, tags};

fn progress(library: &TestLibrary, job: JobId) -> JobProgress {
    library.get::<JobProgress>(job).expect("the job is there")
}

fn albums(library: &mut TestLibrary) -> Vec<(String, String)> {
    let mut query = library.world.query::<(&AlbumTitle, &AlbumArtist)>();
    let albums = query
        .iter(&library.world)
        .map(|(title, artist)| (title.0.to_string(), artist.0.to_string()));
    let mut albums: Vec<_> = albums.collect();
    albums.sort();
    albums
}

#[test]
fn an_unchanged_folder_is_not_read_again() {
    let mut library = TestLibrary::new();
    let folder = library.folder("/music");
    let files = [("a/1.mp3", 1), ("a/2.mp3", 1)];
    let (job, read) = library.sync(folder, &files, |path| Ok(tags(path, "A", "X")));
    assert_eq!(read, ["a/1.mp3", "a/2.mp3"]);
    assert_eq!(library.get::<JobState>(job), Some(JobState::Done));
    assert_eq!(
        (progress(&library, job).added, progress(&library, job).listed),
        (2, 2)
    );
    let (job, read) = library.sync(folder, &files, |_| Err("nothing is to be read".to_owned()));
    assert!(read.is_empty());
    assert_eq!(
        (progress(&library, job).added, progress(&library, job).listed),
        (0, 2)
    );
}

#[test]
fn a_changed_file_keeps_its_track_and_its_rating() {
    let mut library = TestLibrary::new();
    let folder = library.folder("/music");
    library.sync(folder, &[("1.mp3", 1)], |_| Ok(tags("Old", "A", "X")));
    library
        .ask(Request::Rate {
            track: TrackId(1),
            stars: 4,
        })
        .unwrap();
    let (job, read) = library.sync(folder, &[("1.mp3", 2)], |_| Ok(tags("New", "A", "Y")));
    assert_eq!(read, ["1.mp3"]);
    assert_eq!(progress(&library, job).changed, 1);
    assert_eq!(library.get::<Title>(TrackId(1)), Some(Title("New".into())));
    assert_eq!(library.get::<Rating>(TrackId(1)), Rating::new(4));
    assert_eq!(
        albums(&mut library),
        [("Y".to_owned(), "A".to_owned())],
        "the album that nothing is left of is gone"
    );
}

#[test]
fn a_bad_file_fails_alone_and_is_not_opened_at_every_scan() {
    let mut library = TestLibrary::new();
    let folder = library.folder("/music");
    let files = [("bad.mp3", 1), ("good.mp3", 1)];
    let read_one = |path: &str| {
        if path == "bad.mp3" {
            Err("torn".to_owned())
        } else {
            Ok(tags("T", "A", "X"))
        }
    };
    let (job, _) = library.sync(folder, &files, read_one);
    let failure = FileFailure {
        path: "bad.mp3".into(),
        error: "torn".into(),
    };
    assert_eq!(
        library.get::<JobFailures>(job),
        Some(JobFailures(vec![failure.clone()]))
    );
    assert_eq!(library.titles(), ["T"]);
    let (job, read) = library.sync(folder, &files, read_one);
    assert!(read.is_empty());
    assert_eq!(
        library.get::<JobFailures>(job),
        Some(JobFailures(vec![failure])),
        "it is still told"
    );
    let (job, read) = library.sync(folder, &[("bad.mp3", 2), ("good.mp3", 1)], |_| {
        Ok(tags("U", "A", "X"))
    });
    assert_eq!(read, ["bad.mp3"]);
    assert_eq!(progress(&library, job).failed, 0);
    assert_eq!(library.titles(), ["T", "U"]);
}

#[test]
fn a_vanished_file_is_missing_and_comes_back_as_it_was() {
    let mut library = TestLibrary::new();
    let folder = library.folder("/music");
    let both = [("1.mp3", 1), ("2.mp3", 1)];
    library.sync(folder, &both, |path| Ok(tags(path, "A", "X")));
    let (job, _) = library.sync(folder, &both[1..], |_| Err("nothing is to be read".to_owned()));
    assert_eq!(progress(&library, job).missing, 1);
    let missing = library.get::<Presence>(FileId(1));
    assert!(matches!(missing, Some(Presence::MissingSince(_))), "{missing:?}");
    assert_eq!(library.titles(), ["1.mp3", "2.mp3"], "its history is kept");
    let (job, read) = library.sync(folder, &both, |_| Err("nothing is to be read".to_owned()));
    assert!(read.is_empty());
    assert_eq!(progress(&library, job).missing, 0);
    assert_eq!(library.get::<Presence>(FileId(1)), Some(Presence::Present));
}

#[test]
fn what_lies_below_an_unreadable_folder_is_not_missing() {
    let mut library = TestLibrary::new();
    let folder = library.folder("/music");
    library.sync(folder, &[("a/1.mp3", 1), ("b/2.mp3", 1)], |path| {
        Ok(tags(path, "A", "X"))
    });
    let Ok(Response::Job(job)) = library.ask(Request::StartSync { provider: folder }) else {
        panic!("the sync starts");
    };
    let failures = vec![FileFailure {
        path: "a".into(),
        error: "permission denied".into(),
    }];
    library.lister.answers.send(Listing::Page {
        job,
        files: Vec::new(),
        failures,
    });
    library.lister.answers.send(Listing::Done { job });
    library.tick();
    assert_eq!(library.get::<Presence>(FileId(1)), Some(Presence::Present));
    assert!(matches!(
        library.get::<Presence>(FileId(2)),
        Some(Presence::MissingSince(_))
    ));
}

#[test]
fn a_folder_that_disappears_takes_nothing_with_it() {
    let mut library = TestLibrary::new();
    let folder = library.folder("/music");
    library.sync(folder, &[("1.mp3", 1)], |path| Ok(tags(path, "A", "X")));
    let Ok(Response::Job(job)) = library.ask(Request::StartSync { provider: folder }) else {
        panic!("the sync starts");
    };
    library.lister.answers.send(Listing::Failed {
        job,
        error: "the folder went away".into(),
    });
    library.tick();
    assert_eq!(
        library.get::<JobState>(job),
        Some(JobState::Failed {
            error: "the folder went away".into()
        })
    );
    assert_eq!(library.get::<Presence>(FileId(1)), Some(Presence::Present));
    let again = library.ask(Request::StartSync { provider: folder });
    assert!(
        matches!(again, Ok(Response::Job(new)) if new != job),
        "a failed job does not block the next"
    );
}

#[test]
fn a_paused_job_reads_nothing_until_it_is_resumed() {
    let mut library = TestLibrary::new();
    let folder = library.folder("/music");
    let names: Vec<String> = (0..20).map(|number| format!("{number:02}.mp3")).collect();
    let files: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
    let job = library.start(folder, &files);
    library.ask(Request::PauseSync { job }).unwrap();
    let read = library.read_all(|path| Ok(tags(path, "A", "X")));
    assert_eq!(read.len(), 4, "what was in flight comes in");
    assert_eq!(
        library.get::<JobState>(job),
        Some(JobState::Paused(PauseReason::Asked))
    );
    assert_eq!(
        library.ask(Request::StartSync { provider: folder }),
        Ok(Response::Job(job)),
        "starting resumes it"
    );
    assert_eq!(library.read_all(|path| Ok(tags(path, "A", "X"))).len(), 16);
    assert_eq!(library.get::<JobState>(job), Some(JobState::Done));
    assert_eq!(library.titles().len(), 20);
}

#[test]
fn a_cancelled_job_keeps_what_was_read_and_marks_nothing_missing() {
    let mut library = TestLibrary::new();
    let folder = library.folder("/music");
    library.sync(folder, &[("old.mp3", 1)], |path| Ok(tags(path, "A", "X")));
    let job = library.start(
        folder,
        &[
            ("1.mp3", 1),
            ("2.mp3", 1),
            ("3.mp3", 1),
            ("4.mp3", 1),
            ("5.mp3", 1),
        ],
    );
    library.ask(Request::CancelSync { job }).unwrap();
    library.read_all(|path| Ok(tags(path, "A", "X")));
    assert_eq!(library.get::<JobState>(job), Some(JobState::Cancelled));
    assert_eq!(
        library.titles(),
        ["old.mp3"],
        "answers of an ended job are dropped"
    );
    assert_eq!(library.get::<Presence>(FileId(1)), Some(Presence::Present));
}

#[test]
fn albums_do_not_depend_on_the_order_in_which_files_are_read() {
    let files = [("x/1.mp3", 1), ("x/2.mp3", 1), ("x/3.mp3", 1)];
    let tagged = |path: &str| {
        let mut file = tags(path, if path == "x/2.mp3" { "B" } else { "A" }, "Hits");
        file.track = path
            .chars()
            .find(char::is_ascii_digit)
            .and_then(|digit| digit.to_digit(10));
        file.date = Some(if path == "x/3.mp3" { "1990" } else { "1995" }.to_owned());
        Ok(file)
    };
    let mut reversed = files;
    reversed.reverse();
    for order in [files, reversed] {
        let mut library = TestLibrary::new();
        let folder = library.folder("/music");
        library.sync(folder, &order, tagged);
        assert_eq!(
            albums(&mut library),
            [("Hits".to_owned(), "Various Artists".to_owned())]
        );
        let info = library
            .get::<AlbumInfo>(AlbumId(1))
            .expect("the album is described");
        assert_eq!(info.released, PartialDate::parse("1990"));
    }
}

#[test]
fn a_removed_provider_takes_its_tracks_albums_and_jobs() {
    let mut library = TestLibrary::new();
    let (one, two) = (library.folder("/one"), library.folder("/two"));
    library.sync(one, &[("1.mp3", 1)], |_| Ok(tags("One", "A", "X")));
    library.sync(two, &[("1.mp3", 1)], |_| Ok(tags("Two", "B", "Y")));
    library.ask(Request::RemoveProvider { provider: one }).unwrap();
    assert_eq!(library.titles(), ["Two"]);
    assert_eq!(albums(&mut library), [("Y".to_owned(), "B".to_owned())]);
    assert!(library.ask(Request::RemoveProvider { provider: one }).is_err());
    assert_eq!(library.folder("/two"), two, "the same place is the same provider");
}

#[test]
fn a_track_that_lost_its_file_with_a_damaged_page_gets_it_back() {
    let mut library = TestLibrary::new();
    let folder = library.folder("/music");
    library.sync(folder, &[("1.mp3", 1)], |_| Ok(tags("One", "A", "X")));
    library
        .ask(Request::Rate {
            track: TrackId(1),
            stars: 5,
        })
        .unwrap();
    // What loading leaves of a library whose page of files was damaged.
    segue_systems::catalog::Catalog::despawn(&mut library.world, FileId(1));
    let track = library
        .world
        .resource::<segue_systems::catalog::Catalog>()
        .entity(TrackId(1))
        .unwrap();
    library.world.entity_mut(track).remove::<PlayedFrom>();
    segue_systems::scan::index::rebuild(&mut library.world);
    library.sync(folder, &[("1.mp3", 1)], |_| Ok(tags("One", "A", "X")));
    assert_eq!(library.titles(), ["One"]);
    assert_eq!(library.get::<Rating>(TrackId(1)), Rating::new(5));
    assert!(library.get::<PlayedFrom>(TrackId(1)).is_some());
}

#[test]
fn requests_for_what_is_not_there_say_so() {
    let mut library = TestLibrary::new();
    for request in [
        Request::StartSync {
            provider: ProviderId(9),
        },
        Request::PauseSync { job: JobId(9) },
        Request::ResumeSync { job: JobId(9) },
        Request::CancelSync { job: JobId(9) },
        Request::Rate {
            track: TrackId(9),
            stars: 1,
        },
    ] {
        let answer = library.ask(request.clone());
        assert!(
            matches!(answer, Err(RequestError::NotFound { .. })),
            "{request:?}: {answer:?}"
        );
    }
}
