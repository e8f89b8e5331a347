//! The whole page: it shows the library, finds, plays, and survives a reload, a kill and a busy main thread.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::path::Path;
use std::time::Duration;

use segue_page_tests::music::copies;
use segue_page_tests::{Browser, Served};
use serde_json::json;

/// Waits until the demo album was read.
const DEMO_IS_THERE: &str = "(await window.segue?.queryTracks(''))?.total === 4";

fn open(served: &Served) -> Browser {
    let browser = Browser::start().unwrap();
    browser.goto(&served.url()).unwrap();
    browser
}

fn play(browser: &Browser, query: &str) {
    browser
        .eval_with("await segue.player.play({ query: args[0] })", vec![json!(query)])
        .unwrap();
    browser
        .wait_until("segue.player.state === 'playing' && segue.player.positionMs > 300")
        .unwrap();
}

#[test]
fn the_demo_album_is_shown_and_found_as_one_types() {
    let served = Served::demo().unwrap();
    let browser = open(&served);
    browser.wait_until(DEMO_IS_THERE).unwrap();
    browser
        .wait_until("document.querySelectorAll('[role=row] img').length >= 4 || document.body.innerText.includes('Apex Aleph')")
        .unwrap();
    browser.type_into("input[type=search]", "apex").unwrap();
    browser
        .wait_until("document.body.innerText.includes('Apex Aleph') && !document.body.innerText.includes('Orbital Elevator')")
        .unwrap();
    let unnamed = browser
        .eval(
            "return [...document.querySelectorAll('button, input, [role=slider]')]
               .filter((control) => !(control.ariaLabel || control.title || control.innerText?.trim()
                 || control.getAttribute('aria-labelledby') || control.labels?.length))
               .map((control) => control.outerHTML.slice(0, 120))",
        )
        .unwrap();
    assert_eq!(unnamed, json!([]), "controls without an accessible name");
}

#[test]
fn a_query_that_is_wrong_is_marked_where_it_is() {
    let served = Served::demo().unwrap();
    let browser = open(&served);
    browser.wait_until(DEMO_IS_THERE).unwrap();
    browser.type_into("input[type=search]", "apex yeer:1980").unwrap();
    browser
        .wait_until("document.querySelector('search-box mark')?.textContent === 'yeer:1980'")
        .unwrap();
    let said = browser
        .eval("return document.querySelector('search-box mark').closest('pre').parentElement.textContent")
        .unwrap();
    assert!(said.as_str().unwrap().contains("(column 6)"), "{said}");
    let error = browser
        .eval("try { await segue.queryTracks('yeer:1980'); } catch (error) { return [error.code, error.column]; }")
        .unwrap();
    assert_eq!(error, json!(["query", 0]));
}

#[test]
fn a_reload_finds_library_queue_and_place_without_a_rescan() {
    let served = Served::demo().unwrap();
    let browser = open(&served);
    browser.wait_until(DEMO_IS_THERE).unwrap();
    play(&browser, "chimes");
    browser.wait_until("segue.player.positionMs > 4000").unwrap();
    browser.reload().unwrap();
    browser.wait_until(DEMO_IS_THERE).unwrap();
    browser
        .wait_until("segue.player.track?.title === 'Chimes They Fade' && segue.player.positionMs > 1000")
        .unwrap();
    let jobs = browser
        .eval("return segue.jobs().map((job) => job.read)")
        .unwrap();
    assert_eq!(jobs, json!([4]), "nothing was read again");
    browser.eval("await segue.player.play()").unwrap();
    browser
        .wait_until("segue.player.state === 'playing' && segue.player.positionMs > 2000")
        .unwrap();
}

#[test]
fn sound_goes_on_while_the_main_thread_is_blocked_for_two_seconds() {
    let served = Served::demo().unwrap();
    let browser = open(&served);
    browser.wait_until(DEMO_IS_THERE).unwrap();
    play(&browser, "orbital");
    browser
        .wait_until("segue.player.stats.bufferedMs > 2000")
        .unwrap();
    let heard = browser
        .eval(
            "const before = segue.player.positionMs;
             for (const end = performance.now() + 2000; performance.now() < end;);
             return [segue.player.positionMs - before, segue.player.stats.underrunFrames, segue.player.stats.shared]",
        )
        .unwrap();
    let advanced = heard[0].as_f64().unwrap();
    assert!(advanced > 1800.0, "{advanced} ms were heard");
    assert_eq!(heard[1], 0, "frames of silence");
    assert_eq!(heard[2], true, "through shared memory");
}

#[test]
fn without_shared_memory_the_same_sound_goes_as_messages() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let served = Served::without_isolation(&workspace.join("demo/music")).unwrap();
    let browser = open(&served);
    browser.wait_until(DEMO_IS_THERE).unwrap();
    play(&browser, "march");
    browser.wait_until("segue.player.positionMs > 2000").unwrap();
    let heard = browser
        .eval("return [segue.player.stats.underrunFrames, segue.player.stats.shared]")
        .unwrap();
    assert_eq!(heard, json!([0, false]));
}

#[test]
fn a_browser_killed_in_the_middle_of_a_sync_opens_and_finishes_it() {
    let music = tempfile::tempdir().unwrap();
    copies(music.path(), 600);
    let served = Served::with_music(music.path()).unwrap();
    let mut browser = open(&served);
    browser.wait_until("segue.jobs()[0]?.read > 30").unwrap();
    browser.kill_and_restart().unwrap();
    browser.goto(&served.url()).unwrap();
    let finished = "(async () => {
        const job = segue.jobs().at(-1);
        if (job && (job.state === 'paused' || job.state === 'queued')) await segue.startSync(job.provider);
        return segue.jobs().at(-1)?.state === 'done';
    })()";
    browser
        .wait_until_within(finished, Duration::from_secs(90))
        .unwrap();
    let total = browser
        .eval("return (await segue.queryTracks('')).total")
        .unwrap();
    let failed = browser.eval("return segue.jobs().at(-1).failed").unwrap();
    let sum = total.as_u64().unwrap() + failed.as_u64().unwrap();
    assert_eq!(
        sum, 600,
        "{total} tracks and {failed} failures: nothing is lost or doubled"
    );
}
