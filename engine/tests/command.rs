//! The command as a person or a script runs it: scans, lists, refuses, and survives being killed.

#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn segue(arguments: &[&str]) -> Output {
    let command = Command::new(env!("CARGO_BIN_EXE_segue")).args(arguments).output();
    command.expect("the command runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The JSON of the last line.
#[track_caller]
fn last_line(output: &Output) -> Value {
    let out = text(&output.stdout);
    let line = out
        .lines()
        .last()
        .unwrap_or_else(|| panic!("no output; {}", text(&output.stderr)));
    serde_json::from_str(line).expect("a line is a JSON object")
}

/// A folder of music and a place for a library.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new(copies: usize) -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(place.music()).unwrap();
        let mut sources = Vec::new();
        find(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("../audio/tests/data"),
            &mut sources,
        );
        sources.sort();
        assert!(!sources.is_empty(), "there are test files");
        for index in 0..copies {
            let source = &sources[index % sources.len()];
            let name = source.file_name().unwrap().to_string_lossy();
            fs::copy(source, place.music().join(format!("{index:04}-{name}"))).unwrap();
        }
        place
    }

    fn music(&self) -> PathBuf {
        self.folder.path().join("music")
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn scan(&self, library: &str) -> Output {
        segue(&[
            "scan",
            &self.path("music"),
            "--library",
            &self.path(library),
            "--json",
        ])
    }

    /// Every track, without what differs between two libraries of the same files.
    fn tracks(&self, library: &str) -> BTreeSet<String> {
        let output = segue(&["ls", "--library", &self.path(library), "--json"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let without_ids = |line: &str| {
            let mut track: Value = serde_json::from_str(line).unwrap();
            for key in ["id", "added", "albumId", "artworkId", "provider"] {
                track.as_object_mut().unwrap().remove(key);
            }
            track.to_string()
        };
        text(&output.stdout).lines().map(without_ids).collect()
    }
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| ["mp3", "flac", "ogg", "m4a"].iter().any(|e| extension == *e))
        {
            found.push(path);
        }
    }
}

#[test]
fn a_scan_ends_with_its_counts_and_a_second_one_finds_nothing_to_do() {
    let place = Place::new(40);
    let first = last_line(&place.scan("lib"));
    let failed = first["failed"].as_array().unwrap().len();
    assert_eq!(first["added"].as_u64().unwrap() + failed as u64, 40);
    assert_eq!(first["tracks"], first["added"]);
    for key in ["albums", "artists", "changed", "missing", "seconds"] {
        assert!(first[key].is_number(), "{key}: {first}");
    }
    let second = last_line(&place.scan("lib"));
    assert_eq!(
        (&second["added"], &second["changed"], &second["tracks"]),
        (&0.into(), &0.into(), &first["tracks"])
    );
    assert_eq!(
        place.tracks("lib").len() as u64,
        first["tracks"].as_u64().unwrap()
    );
}

#[test]
fn a_scan_that_is_killed_again_and_again_ends_like_one_that_was_not() {
    let place = Place::new(400);
    assert!(place.scan("reference").status.success());
    for round in 0..12 {
        let mut scan = Command::new(env!("CARGO_BIN_EXE_segue"))
            .args([
                "scan",
                &place.path("music"),
                "--library",
                &place.path("lib"),
                "--json",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The moment of the kill is measured in work and not in time: so many looks at a file that grows.
        for _ in 0..round * 4_000 {
            drop(fs::metadata(place.path("lib")));
        }
        scan.kill().unwrap();
        scan.wait().unwrap();
        if Path::new(&place.path("lib")).exists() {
            place.tracks("lib");
        }
    }
    assert!(place.scan("lib").status.success());
    assert_eq!(place.tracks("lib"), place.tracks("reference"));
}

#[test]
fn a_second_process_is_told_who_holds_the_library() {
    let place = Place::new(4);
    place.scan("lib");
    let engine = segue::Engine::builder()
        .library(place.path("lib"))
        .open()
        .unwrap();
    let output = place.scan("lib");
    assert!(!output.status.success());
    let error = text(&output.stderr);
    assert!(
        error.contains("open in") && error.contains(&std::process::id().to_string()),
        "{error}"
    );
    engine.close().unwrap();
    assert!(place.scan("lib").status.success());
}

#[test]
fn a_check_says_what_is_wrong_and_changes_nothing() {
    let place = Place::new(40);
    place.scan("lib");
    let check = || segue(&["check", "--library", &place.path("lib"), "--json"]);
    let image = fs::read(place.path("lib")).unwrap();
    let sound = check();
    assert!(sound.status.success(), "{}", text(&sound.stdout));
    let totals = last_line(&sound);
    assert_eq!((&totals["sound"], &totals["problems"]), (&true.into(), &0.into()));
    assert!(totals["links"].as_u64() > Some(40), "{totals}");
    assert!(fs::read(place.path("lib")).unwrap() == image, "untouched");

    // A byte of a title: redb knows nothing of it, our page's checksum does.
    let at = image.windows(4).position(|bytes| bytes == b"SGPG").unwrap() + 200;
    let mut damaged = image.clone();
    damaged[at] ^= 1;
    fs::write(place.path("lib"), &damaged).unwrap();
    let output = check();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    let totals = last_line(&output);
    assert_eq!(totals["sound"], false);
    assert!(totals["advice"].as_str().unwrap().contains("segue scan"));
    assert!(fs::read(place.path("lib")).unwrap() == damaged, "untouched");
    let words = segue(&["check", "--library", &place.path("lib")]);
    assert!(
        text(&words.stdout).contains("problems; "),
        "{}",
        text(&words.stdout)
    );

    fs::write(place.path("lib"), &image).unwrap();
    let engine = segue::Engine::builder()
        .library(place.path("lib"))
        .open()
        .unwrap();
    let held = check();
    assert_eq!(held.status.code(), Some(1));
    assert!(text(&held.stderr).contains("open in"), "{}", text(&held.stderr));
    let beside = segue(&["check", "--read-only", "--library", &place.path("lib")]);
    assert!(beside.status.success(), "{}", text(&beside.stderr));
    engine.close().unwrap();
    let nowhere = segue(&["check", "--library", &place.path("nowhere")]);
    assert!(text(&nowhere.stderr).contains("there is no library"));
}

#[test]
fn a_library_whose_owner_was_killed_is_checked_as_it_lies_there() {
    let place = Place::new(300);
    let library = place.path("lib");
    let music = place.path("music");
    let mut child = Command::new(env!("CARGO_BIN_EXE_segue"))
        .args(["scan", &music, "--library", &library])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while child.try_wait().unwrap().is_none() && fs::metadata(&library).map_or(0, |file| file.len()) < 1 << 16
    {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let image = fs::read(&library).unwrap();
    let read = segue(&["ls", "--read-only", "--library", &library]);
    assert!(read.status.success(), "{}", text(&read.stderr));
    assert!(fs::read(&library).unwrap() == image, "untouched");
    let output = segue(&["check", "--library", &library]);
    assert!(output.status.success(), "{}", text(&output.stdout));
    assert!(
        fs::read(&library).unwrap() == image,
        "what redb repaired it repaired in memory"
    );
}

#[test]
fn another_process_reads_along_and_changes_nothing() {
    let place = Place::new(12);
    let library = place.path("library.segue");
    assert!(place.scan(&library).status.success());
    let tracks = place.tracks(&library);
    let mut owner = segue::Engine::builder()
        .library(&library)
        .output(segue::Output::Null)
        .open()
        .unwrap();
    let list = |query: &str| segue(&["ls", query, "--read-only", "--json", "--library", &library]);
    let refused = segue(&["ls", "--library", &library]);
    assert!(
        text(&refused.stderr).contains("--read-only"),
        "{}",
        text(&refused.stderr)
    );
    let read = list("");
    assert!(read.status.success(), "{}", text(&read.stderr));
    assert_eq!(text(&read.stdout).lines().count(), tracks.len());
    assert_eq!(list("rating:5").status.code(), Some(1), "nothing is rated yet");
    // What the owner stores is seen by whoever looks again.
    let track = owner.query("", 0..1).unwrap().rows.remove(0);
    let rate = segue::components::intent::Request::Rate {
        track: segue::components::id::TrackId(track.id),
        stars: 5,
    };
    owner.ask(rate).unwrap();
    owner.ask(segue::components::intent::Request::Flush).unwrap();
    let rated = list("rating:5");
    assert_eq!(text(&rated.stdout).lines().count(), 1, "{}", text(&rated.stderr));
    let music = place.music();
    let scan = segue(&[
        "scan",
        &music.to_string_lossy(),
        "--read-only",
        "--library",
        &library,
    ]);
    assert!(!scan.status.success());
    assert!(text(&scan.stderr).contains("read-only"), "{}", text(&scan.stderr));
    let made = segue(&["playlist", "--read-only", "--library", &library, "create", "Mix"]);
    assert!(!made.status.success());
    assert!(text(&made.stderr).contains("read only"), "{}", text(&made.stderr));
    owner.close().unwrap();
    assert_eq!(place.tracks(&library).len(), tracks.len());
}

#[test]
fn what_is_no_library_is_refused_and_left_as_it_is() {
    let place = Place::new(1);
    let library = place.path("lib");
    fs::write(&library, b"these are my notes, and no library").unwrap();
    let output = place.scan("lib");
    assert!(!output.status.success());
    assert!(
        text(&output.stderr).contains("not a Segue library"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(fs::read(&library).unwrap(), b"these are my notes, and no library");
}

#[test]
fn mistakes_are_answered_in_words() {
    let place = Place::new(2);
    place.scan("lib");
    let library = place.path("lib");
    for (arguments, expected) in [
        (
            vec!["scan", "/nowhere/at/all", "--library", &library],
            "is not a folder",
        ),
        (vec!["ls", "yeer:1", "--library", &library], "column 1"),
        (vec!["ls", "--library", "/nowhere/lib"], "there is no library"),
        (vec!["decode", "/nowhere.flac"], "not there"),
        (
            vec![
                "play",
                "nothing by that name",
                "--library",
                &library,
                "--output",
                "null",
            ],
            "no track to play",
        ),
    ] {
        let output = segue(&arguments);
        assert!(!output.status.success(), "{arguments:?}");
        let error = text(&output.stderr);
        assert!(error.contains(expected), "{arguments:?}: {error}");
        assert_eq!(
            error.trim_end().lines().count().min(3),
            error.trim_end().lines().count(),
            "in few words: {error}"
        );
    }
}

#[test]
fn the_place_where_a_long_query_goes_wrong_is_shown_without_the_rest_of_it() {
    let place = Place::new(1);
    place.scan("library");
    let query = format!("{} year:x {}", "a ".repeat(50), "b ".repeat(50));
    let output = segue(&["ls", &query, "--library", &place.path("library")]);
    assert_eq!(output.status.code(), Some(1));
    let error = text(&output.stderr);
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), 3, "{error}");
    assert!(lines[1].chars().count() <= 122, "{error}");
    let mark = lines[2].find('^').unwrap();
    assert_eq!(lines[1].chars().nth(mark), Some('x'), "{error}");
}

#[test]
fn bad_files_fail_alone() {
    let place = Place::new(3);
    let music = place.music();
    fs::write(music.join("empty.mp3"), b"").unwrap();
    fs::write(
        music.join("picture.mp3"),
        b"\xff\xd8\xff\xe0\0\x10JFIF\0 and so on, but no sound in it",
    )
    .unwrap();
    fs::write(music.join("text.flac"), b"this is not a flac file").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"latin-\xe9.mp3");
        let source = fs::read_dir(&music)
            .unwrap()
            .flatten()
            .find(|entry| entry.file_name().to_string_lossy().starts_with("0000"));
        fs::copy(source.unwrap().path(), music.join(name)).unwrap();
        std::os::unix::fs::symlink(&music, music.join("loop")).unwrap();
    }
    let summary = last_line(&place.scan("lib"));
    let failed: Vec<&str> = summary["failed"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|failure| failure["path"].as_str())
        .collect();
    for name in ["empty.mp3", "picture.mp3", "text.flac"] {
        assert!(
            failed.iter().any(|path| path.ends_with(name)),
            "{name}: {failed:?}"
        );
    }
    assert!(summary["tracks"].as_u64().unwrap() >= 1, "{summary}");
    let again = last_line(&place.scan("lib"));
    assert_eq!(
        (&again["added"], &again["missing"]),
        (&0.into(), &0.into()),
        "{again}"
    );
    assert_eq!(
        again["failed"].as_array().unwrap().len(),
        failed.len(),
        "they are still told"
    );
}

#[test]
fn a_file_is_played_into_a_wav_file_as_it_decodes() {
    let place = Place::new(0);
    let wav = place.path("in.wav");
    // Two seconds at the rate of the output: nothing is resampled.
    let plane: Vec<f32> = (0..88_200_u32)
        .map(|index| f32::from(u16::try_from(index % 441).unwrap()) / 882.0)
        .collect();
    fs::write(&wav, segue::audio::pcm::wav_bytes(44_100, &[&plane, &plane])).unwrap();
    let out = place.path("out.wav");
    let output = segue(&["play", &wav, "--output", &format!("wav:{out}"), "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let decoded = last_line(&segue(&["decode", &out, "--json"]));
    assert_eq!(decoded["frames"], 88_200, "every frame, and none more");
}

#[test]
fn a_library_with_any_part_of_its_file_damaged_is_whole_after_a_scan_or_is_refused_in_words() {
    const SECTOR: usize = 4_096;
    let place = Place::new(300);
    let whole = last_line(&place.scan("whole"));
    let image = fs::read(place.path("whole")).unwrap();
    let sectors = image.len() / SECTOR;
    let (mut tried, mut healed) = (0, 0);
    for sector in (0..sectors).step_by(1 + sectors / 24) {
        let mut damaged = image.clone();
        damaged[sector * SECTOR..][..SECTOR].fill(0xa5);
        fs::write(place.path("lib"), &damaged).unwrap();
        tried += 1;
        let output = place.scan("lib");
        if output.status.success() {
            assert_eq!(last_line(&output)["tracks"], whole["tracks"], "sector {sector}");
            assert!(place.tracks("lib") == place.tracks("whole"), "sector {sector}");
            healed += 1;
        } else {
            let error = text(&output.stderr);
            assert!(error.contains("cannot be opened"), "sector {sector}: {error}");
            assert!(
                fs::read(place.path("lib")).unwrap() == damaged,
                "sector {sector}: it was touched"
            );
        }
    }
    // Refused are redb's header and the roots of its trees: a handful of sectors, however large the file.
    assert!(healed + 6 >= tried, "{healed} of {tried} healed");
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said_and_what_was_stored_before_stays() {
    let place = Place::new(0);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../audio/tests/data/a.flac");
    fs::copy(source, place.music().join("first.flac")).unwrap();
    assert!(place.scan("lib").status.success());
    let more = Place::new(300);
    for entry in fs::read_dir(more.music()).unwrap().flatten() {
        fs::rename(entry.path(), place.music().join(entry.file_name())).unwrap();
    }
    // The kernel refuses to let a file grow beyond 100 KiB, as it refuses on a disk without room.
    let scan = format!(
        "trap '' XFSZ; ulimit -f 200; exec '{}' scan '{}' --library '{}'",
        env!("CARGO_BIN_EXE_segue"),
        place.path("music"),
        place.path("lib")
    );
    let output = Command::new("sh").args(["-c", &scan]).output().unwrap();
    assert!(!output.status.success());
    let error = text(&output.stderr);
    assert!(error.contains("no room left"), "{error}");
    let kept = place.tracks("lib");
    assert!(!kept.is_empty(), "what was stored before");
    let whole = last_line(&place.scan("lib"));
    assert_eq!(
        place.tracks("lib").len() as u64,
        whole["tracks"].as_u64().unwrap()
    );
    assert!(kept.len() < place.tracks("lib").len());
}

/// Runs the command with a library of a place and `--json`, and gives its lines.
#[track_caller]
fn lines(place: &Place, library: &str, arguments: &[&str]) -> Vec<Value> {
    let library = place.path(library);
    let mut all = arguments.to_vec();
    all.extend(["--library", &library, "--json"]);
    let output = segue(&all);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    let out = text(&output.stdout);
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_playlist_goes_out_as_a_file_and_comes_back_into_another_library() {
    let place = Place::new(6);
    assert!(place.scan("lib").status.success());
    let tracks = lines(&place, "lib", &["ls"]);
    let id = |index: usize| tracks[index]["id"].to_string();
    let list = lines(&place, "lib", &["playlist", "create", "Run"])[0]["playlist"].clone();
    assert_eq!(list, 1);
    let add = [
        "playlist",
        "add",
        "Run",
        "--track",
        &id(0),
        "--track",
        &id(2),
        "--track",
        &id(0),
    ];
    lines(&place, "lib", &add);
    lines(&place, "lib", &["playlist", "move", "Run", "3", "1"]);
    lines(&place, "lib", &["playlist", "move", "Run", "1", "2"]);
    lines(
        &place,
        "lib",
        &["playlist", "add", "1", "--track", &id(3), "--at", "1"],
    );
    lines(&place, "lib", &["playlist", "remove", "Run", "4"]);
    let shown = lines(&place, "lib", &["playlist", "show", "Run"]);
    let shown: Vec<String> = shown.iter().map(|entry| entry["track"].to_string()).collect();
    assert_eq!(shown, [id(3), id(0), id(0)]);
    lines(
        &place,
        "lib",
        &[
            "playlist",
            "create",
            "Few",
            "--smart",
            "sort:title",
            "--limit",
            "2",
        ],
    );
    let all = lines(&place, "lib", &["playlists"]);
    let entries: Vec<&Value> = all.iter().map(|list| &list["entries"]).collect();
    assert_eq!(entries, [&Value::from(3), &Value::from(2)]);

    let file = place.path("run.m3u8");
    lines(&place, "lib", &["playlist", "export", "Run", "--out", &file]);
    let written = fs::read_to_string(&file).unwrap();
    assert!(written.contains("\nmusic/0"), "relative: {written}");
    fs::write(&file, format!("{written}/gone/x.mp3\n")).unwrap();
    assert!(place.scan("other").status.success());
    let report = lines(&place, "other", &["playlist", "import", &file])
        .pop()
        .unwrap();
    assert_eq!(
        (&report["playlist"], &report["matched"]),
        (&Value::from(1), &Value::from(3))
    );
    let line = written.lines().count() + 1;
    let unmatched = serde_json::json!([{ "line": line, "path": "/gone/x.mp3" }]);
    assert_eq!(report["unmatched"], unmatched);
    let gone = segue(&["playlist", "show", "Nobody", "--library", &place.path("other")]);
    assert!(!gone.status.success() && text(&gone.stderr).contains("Nobody"));

    let kept = place.path("kept.json");
    let export = segue(&["export", "--library", &place.path("lib"), "--out", &kept]);
    assert!(export.status.success(), "{}", text(&export.stderr));
    let report = lines(&place, "other", &["import", &kept]).pop().unwrap();
    assert_eq!(
        (&report["playlists"], &report["unmatched"]),
        (&Value::from(2), &Value::from(0))
    );
    let report = lines(&place, "other", &["import", &kept]).pop().unwrap();
    assert_eq!(report["playlists"], 0);
    fs::write(&kept, "{\"format\":\"segue-user-data\",\"version\":7}").unwrap();
    let newer = segue(&["import", &kept, "--library", &place.path("other")]);
    assert!(!newer.status.success() && text(&newer.stderr).contains("version 7"));
    assert!(lines(&place, "lib", &["history"]).is_empty());
    let groups = lines(&place, "lib", &["duplicates"]);
    assert!(
        groups
            .iter()
            .all(|group| group["tracks"].as_array().unwrap().len() > 1)
    );
}

#[test]
fn facets_are_counted_and_a_value_finds_as_many_tracks() {
    let place = Place::new(6);
    let output = place.scan("library.segue");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let library = place.path("library.segue");
    let ask = |arguments: &[&str]| segue(&[arguments, &["--library", &library]].concat());
    let output = ask(&["facets", "codec", "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let rows: Vec<Value> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let counted: u64 = rows.iter().map(|row| row["count"].as_u64().unwrap()).sum();
    assert_eq!(counted, 6);
    for row in &rows {
        let query = format!("codec:={}", row["value"].as_str().unwrap());
        let listed = ask(&["ls", "--json", &query]);
        assert_eq!(
            Some(text(&listed.stdout).lines().count() as u64),
            row["count"].as_u64()
        );
    }
    let output = ask(&["facets", "folder", "--limit", "1"]);
    assert_eq!(text(&output.stdout).lines().count(), 1);
    let output = ask(&["facets", "mood"]);
    assert!(
        text(&output.stderr).contains("one of artist, albumartist"),
        "{}",
        text(&output.stderr)
    );
    let output = ask(&["facets", "artist", "yeer:1980"]);
    assert!(
        text(&output.stderr).contains("column 1"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn the_tracks_of_a_query_are_rated_and_others_are_not() {
    let place = Place::new(6);
    assert!(place.scan("lib").status.success());
    let rated = |query: &str| {
        let output = segue(&["ls", query, "--json", "--library", &place.path("lib")]);
        text(&output.stdout).lines().count()
    };
    let tracks = lines(&place, "lib", &["ls"]);
    let ids: Vec<String> = tracks.iter().map(|track| track["id"].to_string()).collect();
    let mine = format!("id:{}..{}", ids[0].parse::<u64>().unwrap(), u32::MAX);
    let count = tracks
        .iter()
        .filter(|track| track["id"].as_u64() >= tracks[0]["id"].as_u64())
        .count();
    let said = lines(&place, "lib", &["rate", "4", &mine]).pop().unwrap();
    assert_eq!(said, serde_json::json!({ "rated": count, "stars": 4 }));
    assert_eq!((rated("rating:4"), rated("rating:0")), (count, 6 - count));
    // A query that asks for what is being changed, and a condition that begins with a dash.
    let negated = format!("-id:{}", ids[0]);
    let said = lines(&place, "lib", &["rate", "none", "rating:4", &negated])
        .pop()
        .unwrap();
    assert_eq!(said["rated"], count - 1);
    assert_eq!((rated("rating:4"), rated("rating:>0")), (1, 1));
    lines(
        &place,
        "lib",
        &["rate", "1", "--track", &ids[1], "--track", &ids[2]],
    );
    assert_eq!(rated("rating:1"), 2);
    let said = lines(&place, "lib", &["rate", "5", "--all"]).pop().unwrap();
    assert_eq!((&said["rated"], rated("rating:5")), (&Value::from(6), 6));

    let library = place.path("lib");
    for (arguments, expected) in [
        (["rate", "6", "id:1"], "0 to 5 stars"),
        (["rate", "-1", "id:1"], "0 to 5 stars"),
        (["rate", "4.5", "id:1"], "0 to 5 stars"),
        (["rate", "4", "yeer:1"], "column 1"),
        (["rate", "4", " "], "say --all"),
        (["rate", "4", "--track=999999"], "there is no track 999999"),
        (["rate", "4", "--read-only"], "required"),
        (["ls", "rating:4", "--jsn"], "--jsn"),
    ] {
        let output = segue(&[&arguments[..], &["--library", &library]].concat());
        assert!(!output.status.success(), "{arguments:?}");
        let error = text(&output.stderr);
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
    let nothing = segue(&["rate", "4", "rating:1", "--library", &library]);
    assert_eq!(nothing.status.code(), Some(1), "{}", text(&nothing.stdout));
    let refused = segue(&["rate", "4", "--all", "--read-only", "--library", &library]);
    assert!(
        text(&refused.stderr).contains("read only"),
        "{}",
        text(&refused.stderr)
    );
    assert_eq!(rated("rating:5"), 6, "as they were");
}
