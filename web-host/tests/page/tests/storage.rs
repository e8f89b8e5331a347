//! Storage that says no: a full quota, no storage at all.

use segue_page_tests::{Browser, Served};
use serde_json::json;

const DEMO_IS_THERE: &str = "(await window.segue?.queryTracks(''))?.total === 4";

#[test]
fn a_full_quota_is_said_and_ends_when_there_is_room_again() {
    let served = Served::demo().unwrap();
    let browser = Browser::start().unwrap();
    browser.goto(&served.url()).unwrap();
    browser.wait_until(DEMO_IS_THERE).unwrap();
    browser
        .wait_until("segue.jobs().at(-1)?.state === 'done'")
        .unwrap();
    let origin = served.url();
    let origin = origin.trim_end_matches('/');
    browser
        .devtools(
            "Storage.overrideQuotaForOrigin",
            json!({ "origin": origin, "quotaSize": 1 }),
        )
        .unwrap();
    let id = browser
        .eval("return (await segue.queryTracks('')).tracks[0].id")
        .unwrap();
    // Chromium looks at the quota anew after half a minute; until then it stores what it should not.
    browser
        .eval_with(
            "window.tryToRate = () => segue.rate(args[0], 1 + Math.floor(Math.random() * 5)).then(() => false, () => true)",
            vec![id.clone()],
        )
        .unwrap();
    browser
        .wait_until(
            "(await tryToRate()) && segue.storage.readOnly && /room|quota/i.test(segue.storage.message)",
        )
        .unwrap();
    browser
        .wait_until("/room|quota|full/i.test(document.querySelector('banner-list')?.innerText ?? '')")
        .unwrap();
    let refused = browser
        .eval_with(
            "try { await segue.rate(args[0], 4); return null; } catch (error) { return error.code; }",
            vec![id.clone()],
        )
        .unwrap();
    assert_eq!(refused, "readOnly");
    let rating = browser
        .eval_with("return (await segue.getTrack(args[0])).rating", vec![id.clone()])
        .unwrap();
    let shown = browser
        .eval("return (await segue.queryTracks('')).total")
        .unwrap();
    assert_eq!(shown, 4, "what is there is still there");
    browser
        .devtools("Storage.overrideQuotaForOrigin", json!({ "origin": origin }))
        .unwrap();
    browser.wait_until("!segue.storage.readOnly").unwrap();
    browser.reload().unwrap();
    browser.wait_until(DEMO_IS_THERE).unwrap();
    let after = browser
        .eval_with("return (await segue.getTrack(args[0])).rating", vec![id])
        .unwrap();
    assert_eq!(after, rating, "what waited was stored");
}

#[test]
fn without_storage_the_library_lives_in_memory_and_a_banner_says_so() {
    let served = Served::demo().unwrap();
    // What a visitor chooses who allows no site to keep data.
    let settings = json!({ "profile.default_content_setting_values.cookies": 2 });
    let browser = Browser::start_with(settings).unwrap();
    browser.goto(&served.url()).unwrap();
    browser.wait_until(DEMO_IS_THERE).unwrap();
    let storage = browser.eval("return segue.storage").unwrap();
    assert_eq!(storage["kind"], "memory", "{storage}");
    assert!(
        storage["message"]
            .as_str()
            .is_some_and(|message| !message.is_empty()),
        "{storage}"
    );
    browser
        .wait_until("(document.querySelector('banner-list')?.innerText ?? '').length > 10")
        .unwrap();
    browser
        .eval("await segue.player.play({ query: 'apex' })")
        .unwrap();
    browser.wait_until("segue.player.positionMs > 300").unwrap();
}
