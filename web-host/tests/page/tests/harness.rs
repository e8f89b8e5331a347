//! The served page as a browser sees it, before any of its own code: isolation, the music folder, the bundles.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::path::Path;

use segue_page_tests::{Browser, Served};

fn open(served: &Served) -> Browser {
    let browser = Browser::start().unwrap();
    browser.goto(&served.url()).unwrap();
    browser
}

#[test]
fn the_page_is_cross_origin_isolated_and_its_bundles_instantiate() {
    let served = Served::demo().unwrap();
    let browser = open(&served);
    assert_eq!(browser.eval("return crossOriginIsolated").unwrap(), true);
    assert_eq!(
        browser.eval("return typeof SharedArrayBuffer").unwrap(),
        "function"
    );
    for (folder, file) in [
        ("main", "segue_web_main"),
        ("worker", "segue_web_worker"),
        ("pool", "segue_web_pool"),
        ("audio", "segue_web_audio"),
    ] {
        let memory = browser
            .eval(&format!(
                "const response = await fetch('/js/{folder}/{file}_bg.wasm');
                 const module = await WebAssembly.compileStreaming(response);
                 return WebAssembly.Module.exports(module).some((e) => e.name === 'memory')"
            ))
            .unwrap();
        assert_eq!(memory, true, "{folder}");
    }
}

#[test]
fn without_isolation_there_is_no_shared_memory() {
    let served = Served::without_isolation(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let browser = open(&served);
    assert_eq!(browser.eval("return crossOriginIsolated").unwrap(), false);
    assert_eq!(
        browser.eval("return typeof SharedArrayBuffer").unwrap(),
        "undefined"
    );
}

#[test]
fn the_demo_album_plays_in_the_browser_itself() {
    let served = Served::demo().unwrap();
    let browser = open(&served);
    let played = browser
        .eval(
            "const { files } = await (await fetch('/music/index.json')).json();
             const durations = [];
             for (const file of files) {
               const audio = new Audio('/music/' + file.path.split('/').map(encodeURIComponent).join('/'));
               await new Promise((resolve, reject) => {
                 audio.onloadedmetadata = resolve;
                 audio.onerror = () => reject(new Error(file.path));
               });
               durations.push(Math.round(audio.duration));
             }
             return durations",
        )
        .unwrap();
    assert_eq!(played, serde_json::json!([282, 104, 43, 43]));
}

#[test]
fn another_origin_reads_no_music() {
    let (served, other) = (Served::demo().unwrap(), Served::demo().unwrap());
    let browser = open(&other);
    let error = browser.eval_with(
        "return await fetch(args[0] + 'music/index.json', { mode: 'no-cors' }).then((r) => r.type, (e) => e.name)",
        vec![served.url().into()],
    );
    assert_eq!(error.unwrap(), "TypeError");
}

#[test]
fn what_a_page_stored_survives_a_killed_browser() {
    let served = Served::demo().unwrap();
    let mut browser = open(&served);
    browser
        .eval(
            "const request = indexedDB.open('kept', 1);
             request.onupgradeneeded = () => request.result.createObjectStore('rows');
             const database = await new Promise((resolve, reject) => {
               request.onsuccess = () => resolve(request.result);
               request.onerror = () => reject(request.error);
             });
             const write = database.transaction('rows', 'readwrite', { durability: 'strict' });
             write.objectStore('rows').put(42, 'answer');
             await new Promise((resolve) => { write.oncomplete = resolve; })",
        )
        .unwrap();
    browser.kill_and_restart().unwrap();
    browser.goto(&served.url()).unwrap();
    let kept = browser
        .eval(
            "const request = indexedDB.open('kept', 1);
             const database = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
             const read = database.transaction('rows').objectStore('rows').get('answer');
             return await new Promise((resolve) => { read.onsuccess = () => resolve(read.result); })",
        )
        .unwrap();
    assert_eq!(kept, 42);
}

#[test]
fn a_script_that_fails_says_why() {
    let browser = Browser::start().unwrap();
    let failure = browser.eval("throw new Error('out of tune')").unwrap_err();
    assert!(failure.to_string().contains("out of tune"), "{failure}");
    browser.eval("console.warn('a warning to read')").unwrap();
    assert!(
        browser
            .console()
            .unwrap()
            .iter()
            .any(|line| line.contains("a warning to read"))
    );
}
