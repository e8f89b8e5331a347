//! Folders of the visitor's own: dropped on the page, chosen with an input, kept as a handle over a reload.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::path::Path;

use segue_page_tests::{Browser, Served};
use serde_json::json;
use tempfile::TempDir;

/// A folder in a folder, with three tracks, one of them below, and a file that only looks like one.
fn music() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../audio/tests/data");
    let disc = folder.path().join("My Music/Disc 2");
    fs::create_dir_all(&disc).unwrap();
    for (from, to) in [
        ("a.flac", "one.flac"),
        ("b.ogg", "two.ogg"),
        ("a-cbr.mp3", "Disc 2/three.mp3"),
    ] {
        fs::copy(data.join(from), folder.path().join("My Music").join(to)).unwrap();
    }
    fs::write(
        folder.path().join("My Music/broken.mp3"),
        b"\xff\xd8\xff\xe0 a picture",
    )
    .unwrap();
    fs::write(folder.path().join("My Music/notes.txt"), b"not music at all").unwrap();
    folder
}

/// A page that serves no music of its own.
fn open(served: &Served) -> Browser {
    let browser = Browser::start().unwrap();
    browser.goto(&served.url()).unwrap();
    browser.wait_until("window.segue").unwrap();
    browser
}

fn empty() -> (TempDir, Served) {
    let nothing = tempfile::tempdir().unwrap();
    let served = Served::with_music(nothing.path()).unwrap();
    (nothing, served)
}

/// Waits until the visitor's folder was read, and looks at what came of it.
fn check_read(browser: &Browser) {
    browser
        .wait_until("(await segue.queryTracks('')).total === 3 && segue.jobs().at(-1).state === 'done'")
        .unwrap();
    let paths = browser
        .eval(
            "return (await segue.queryTracks('')).tracks.map((track) => track.path.split('/').at(-1)).sort()",
        )
        .unwrap();
    assert_eq!(paths, json!(["one.flac", "three.mp3", "two.ogg"]));
    let failed = browser
        .eval("return segue.jobs().at(-1).failures.map((failure) => failure.path.split('/').at(-1))")
        .unwrap();
    assert_eq!(failed, json!(["broken.mp3"]));
    browser
        .eval("await segue.player.play({ query: 'three' })")
        .unwrap();
    browser
        .wait_until("segue.player.track?.path.endsWith('three.mp3') && segue.player.positionMs > 100")
        .unwrap();
}

#[test]
fn a_folder_that_is_dropped_on_the_page_is_read_in_place() {
    let (_nothing, served) = empty();
    let music = music();
    let browser = open(&served);
    let folder = music.path().join("My Music");
    for kind in ["dragEnter", "dragOver", "drop"] {
        let data = json!({ "items": [], "files": [folder], "dragOperationsMask": 1 });
        let event = json!({ "type": kind, "x": 600, "y": 400, "data": data });
        browser.devtools("Input.dispatchDragEvent", event).unwrap();
    }
    check_read(&browser);
    let name = browser
        .eval("return segue.providers().map((provider) => provider.name)")
        .unwrap();
    assert!(name.as_array().unwrap().contains(&json!("My Music")), "{name}");
}

#[test]
fn without_a_picker_a_folder_is_chosen_with_an_input() {
    let (_nothing, served) = empty();
    let music = music();
    let browser = open(&served);
    // As in Firefox and Safari. The dialog of the input is the browser's own; the driver answers it.
    browser
        .eval(
            "delete window.showDirectoryPicker; window.showDirectoryPicker = undefined;
             HTMLInputElement.prototype.click = function () { this.id = 'chosen'; document.body.append(this); };
             const { chooseFolder } = await import('/lib/folders.js');
             await chooseFolder();",
        )
        .unwrap();
    let folder = music.path().join("My Music");
    browser.type_into("#chosen", folder.to_str().unwrap()).unwrap();
    check_read(&browser);
}

#[test]
fn a_folder_that_is_kept_as_a_handle_is_there_after_a_reload() {
    let (_nothing, served) = empty();
    let browser = open(&served);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../audio/tests/data/a.flac");
    let bytes = fs::read(data).unwrap();
    // The browser's private folder has the same handles as those of a picker, which only a person can answer.
    browser
        .eval_with(
            "const root = await navigator.storage.getDirectory();
             const folder = await root.getDirectoryHandle('Mine', { create: true });
             const file = await folder.getFileHandle('song.flac', { create: true });
             const writable = await file.createWritable();
             await writable.write(new Uint8Array(args[0]));
             await writable.close();
             const provider = await segue.addFolder(folder);
             await segue.startSync(provider.id);",
            vec![json!(bytes)],
        )
        .unwrap();
    let read = "(await segue.queryTracks('')).total === 1 && segue.jobs().at(-1).state === 'done'";
    browser.wait_until(read).unwrap();
    // All is stored a fraction of a second later; closing waits for it.
    browser.eval("await segue.close()").unwrap();
    browser.reload().unwrap();
    browser
        .wait_until("window.segue && (await segue.queryTracks('')).total === 1")
        .unwrap();
    let provider = browser
        .eval("return segue.providers().find((provider) => provider.name === 'Mine')")
        .unwrap();
    assert_eq!(provider["access"], "granted");
    browser
        .eval_with("await segue.startSync(args[0])", vec![provider["id"].clone()])
        .unwrap();
    browser
        .wait_until("segue.jobs().length >= 2 && segue.jobs().at(-1).state === 'done'")
        .unwrap();
    let again = browser
        .eval("const job = segue.jobs().at(-1); return [job.listed, job.read, job.added]")
        .unwrap();
    assert_eq!(
        again,
        json!([1, 0, 0]),
        "listed through the handle, and not read again"
    );
    browser.eval("await segue.player.play({ query: '' })").unwrap();
    browser.wait_until("segue.player.positionMs > 100").unwrap();
}
