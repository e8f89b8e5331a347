//! Several tabs with one library: one owns it, the others follow, and when the owner dies another goes on.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::time::Duration;

use segue_page_tests::music::copies;
use segue_page_tests::{Browser, Served, WindowHandle};
use serde_json::{Value, json};

const DEMO_IS_THERE: &str = "(await window.segue?.queryTracks(''))?.total === 4";

/// Opens the page in so many tabs, the first of which owns the library.
fn open_tabs(served: &Served, number: usize, there: &str) -> (Browser, Vec<WindowHandle>) {
    let browser = Browser::start().unwrap();
    let mut tabs = Vec::new();
    for at in 0..number {
        if at > 0 {
            browser.open_tab().unwrap();
        }
        note_workers(&browser);
        browser.goto(&served.url()).unwrap();
        browser.wait_until(there).unwrap();
        tabs.push(browser.tab().unwrap());
        note_owners(&browser);
    }
    (browser, tabs)
}

/// Has the page to come note its workers, so that one of them can be ended behind its back.
fn note_workers(browser: &Browser) {
    let source = "window.workers = [];
        window.Worker = class extends Worker {
          constructor(url, options) { super(url, options); workers.push([options.name, this]); }
        };";
    browser
        .devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": source }),
        )
        .unwrap();
}

/// Has the page note when it owned the library, by the clock that all tabs share.
fn note_owners(browser: &Browser) {
    browser
        .eval(
            "window.owned = [];
             segue.on('Library.Owner', ({ role }) => { if (role === 'owner') owned.push(Date.now()); })",
        )
        .unwrap();
}

fn text(browser: &Browser, expression: &str) -> Value {
    browser.eval(&format!("return {expression}")).unwrap()
}

/// The tabs that own the library.
fn owners(browser: &Browser, tabs: &[WindowHandle]) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, tab) in tabs.iter().enumerate() {
        browser.switch_to(tab.clone()).unwrap();
        if text(browser, "segue.role") == "owner" {
            found.push(at);
        }
    }
    found
}

#[test]
fn three_tabs_show_the_same_and_an_edit_in_one_is_seen_in_all() {
    let served = Served::demo().unwrap();
    let (browser, tabs) = open_tabs(&served, 3, DEMO_IS_THERE);
    assert_eq!(owners(&browser, &tabs), [0]);
    browser
        .wait_until("document.body.innerText.includes('Apex Aleph') && segue.role === 'follower'")
        .unwrap();
    assert_eq!(
        text(&browser, "document.querySelector('banner-list').hidden"),
        true,
        "nothing is said when all works"
    );
    let id = text(&browser, "(await segue.queryTracks('apex')).tracks[0].id");
    for tab in &tabs {
        browser.switch_to(tab.clone()).unwrap();
        browser
            .eval("window.apex = segue.view('apex', { offset: 0, limit: 10 })")
            .unwrap();
        browser.wait_until("apex.ready").unwrap();
    }
    browser.switch_to(tabs[1].clone()).unwrap();
    browser
        .eval_with("await segue.rate(args[0], 4)", vec![id.clone()])
        .unwrap();
    for tab in &tabs {
        browser.switch_to(tab.clone()).unwrap();
        browser.wait_until("apex.rows[0].rating === 4").unwrap();
    }
    // The one player there is sounds in the owner's tab, and is shown and told in all.
    browser
        .eval("await segue.player.play({ query: 'chimes' })")
        .unwrap();
    browser
        .wait_until("segue.player.state === 'playing' && segue.player.positionMs > 300")
        .unwrap();
    browser.switch_to(tabs[0].clone()).unwrap();
    browser
        .wait_until("segue.player.state === 'playing' && segue.player.stats.bufferedMs > 0 && segue.player.positionMs > 300")
        .unwrap();
    browser.switch_to(tabs[1].clone()).unwrap();
    browser.eval("await segue.player.pause()").unwrap();
    browser.switch_to(tabs[0].clone()).unwrap();
    browser.wait_until("segue.player.state === 'paused'").unwrap();
    let ask = "const times = [];
        for (let at = 0; at < 200; at += 1) {
          const begun = performance.now();
          await segue.getTrack(args[0]);
          times.push(performance.now() - begun);
        }
        times.sort((a, b) => a - b);
        const begun = performance.now();
        await Promise.all(Array.from({ length: 2000 }, () => segue.getTrack(args[0])));
        return [times[100], times[190], 2000 / (performance.now() - begun)]";
    for (name, tab) in [("owner", &tabs[0]), ("follower", &tabs[2])] {
        browser.switch_to(tab.clone()).unwrap();
        let times = browser.eval_with(ask, vec![id.clone()]).unwrap();
        println!(
            "{name}: a request and its answer take {:.2} ms (median), {:.2} ms (95th percentile); {:.1} a millisecond",
            times[0].as_f64().unwrap(),
            times[1].as_f64().unwrap(),
            times[2].as_f64().unwrap(),
        );
    }
}

/// The epoch in the store: how often it was claimed.
const EPOCH: &str = "await new Promise((resolve, reject) => {
    const request = indexedDB.open('music-library');
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      database.onversionchange = () => database.close();
      const get = database.transaction('meta').objectStore('meta').get('epoch');
      get.onsuccess = () => { resolve(get.result); database.close(); };
    };
  })";

/// How an owner comes to its end.
#[derive(Debug, Clone, Copy)]
enum End {
    TabClosed,
    ProcessCrashed,
    WorkerTerminated,
    Reloaded,
}

#[test]
fn owners_killed_in_the_middle_of_a_sync_are_followed_within_a_second_and_nothing_is_lost_or_doubled() {
    const FILES: u64 = 1_500;
    let music = tempfile::tempdir().unwrap();
    copies(music.path(), usize::try_from(FILES).unwrap());
    let served = Served::with_music(music.path()).unwrap();
    let (browser, mut tabs) = open_tabs(&served, 3, "window.segue?.jobs()[0]?.read > 10");
    let epoch = text(&browser, EPOCH).as_u64().unwrap();
    let mut seed: u64 = 0x5e60_e5ee;
    let mut took = Vec::new();
    let mut rated = Vec::new();
    for (round, end) in [
        End::TabClosed,
        End::ProcessCrashed,
        End::WorkerTerminated,
        End::Reloaded,
        End::TabClosed,
    ]
    .into_iter()
    .enumerate()
    {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let owner = owners(&browser, &tabs);
        assert_eq!(owner.len(), 1, "exactly one owner: {owner:?}");
        let owner = owner[0];
        let follower = (owner + 1) % tabs.len();
        browser.switch_to(tabs[follower].clone()).unwrap();
        // A rating that was answered is not lost, however soon its owner ends.
        let track = text(
            &browser,
            &format!("(await segue.queryTracks('', {{ offset: {round}, limit: 1 }})).tracks[0].id"),
        );
        let stars = round % 5 + 1;
        browser.switch_to(tabs[owner].clone()).unwrap();
        let goes_on = "(async () => {
            const job = segue.jobs().at(-1);
            if (['paused', 'queued'].includes(job?.state)) await segue.startSync(job.provider);
            return true;
          })()";
        browser.wait_until(goes_on).unwrap();
        browser
            .wait_until(&format!(
                "segue.jobs().at(-1)?.state === 'done' || segue.jobs().at(-1)?.read > {}",
                30 + seed % 60
            ))
            .unwrap();
        browser.switch_to(tabs[follower].clone()).unwrap();
        browser
            .eval_with(
                "await segue.rate(args[0], args[1])",
                vec![track.clone(), json!(stars)],
            )
            .unwrap();
        rated.push((track, stars));
        browser.switch_to(tabs[owner].clone()).unwrap();
        let at = text(
            &browser,
            "(({ state, read }) => [state, read])(segue.jobs().at(-1))",
        );
        println!("{end:?} at {at}");
        let killed = text(&browser, "Date.now()").as_u64().unwrap();
        match end {
            End::TabClosed => {
                browser.end_tab(tabs[follower].clone()).unwrap();
                tabs.remove(owner);
            }
            End::ProcessCrashed => {
                browser.crash_tab(tabs[follower].clone()).unwrap();
                tabs.remove(owner);
            }
            End::WorkerTerminated => {
                // Nothing tells its page, until another tab says that it owns the library.
                browser
                    .eval("workers.findLast(([name]) => name === 'segue library')[1].terminate()")
                    .unwrap();
            }
            End::Reloaded => {
                browser.reload().unwrap();
            }
        }
        // Some tab goes on, in time.
        let mut since = None;
        for _ in 0..600 {
            for tab in &tabs {
                browser.switch_to(tab.clone()).unwrap();
                let owned = text(&browser, "window.owned?.at(-1) ?? 0").as_u64().unwrap();
                if owned >= killed {
                    since = Some(owned - killed);
                }
            }
            if since.is_some() {
                break;
            }
        }
        took.push((end, since.unwrap()));
        if let End::Reloaded = end {
            browser.switch_to(tabs[owner].clone()).unwrap();
            browser.wait_until("window.segue?.queryTracks").unwrap();
            note_owners(&browser);
        }
        // The tabs that died are replaced.
        while tabs.len() < 3 {
            browser.open_tab().unwrap();
            note_workers(&browser);
            browser.goto(&served.url()).unwrap();
            browser.wait_until("window.segue").unwrap();
            note_owners(&browser);
            tabs.push(browser.tab().unwrap());
        }
    }
    println!("ends of owners, and milliseconds until another tab owned the library: {took:?}");
    let finished = "(async () => {
        const job = segue.jobs().at(-1);
        if (job && (job.state === 'paused' || job.state === 'queued')) await segue.startSync(job.provider);
        return segue.jobs().at(-1)?.state === 'done';
    })()";
    browser
        .wait_until_within(finished, Duration::from_secs(90))
        .unwrap();
    let mut shown = Vec::new();
    for tab in &tabs {
        browser.switch_to(tab.clone()).unwrap();
        shown.push(text(
            &browser,
            "(await segue.queryTracks('', { limit: 2000 })).tracks.map(({ id, path, rating }) => [id, path, rating ?? 0])",
        ));
    }
    assert!(
        shown.iter().all(|rows| *rows == shown[0]),
        "all tabs show the same"
    );
    let rows = shown[0].as_array().unwrap();
    let failed = text(&browser, "segue.jobs().at(-1).failed").as_u64().unwrap();
    assert_eq!(rows.len() as u64 + failed, FILES, "nothing is lost or doubled");
    for column in [0, 1] {
        let mut all: Vec<String> = rows.iter().map(|row| row[column].to_string()).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), rows.len(), "ids and paths are unique");
    }
    for (track, stars) in &rated {
        let row = rows.iter().find(|row| row[0] == *track).unwrap();
        let last = rated.iter().rev().find(|(known, _)| known == track).unwrap().1;
        assert_eq!(row[2], json!(last), "the rating of {track} was {stars}");
    }
    let claimed = text(&browser, EPOCH).as_u64().unwrap() - epoch;
    println!(
        "{} tracks, {failed} failures, {claimed} claims after {} ends",
        rows.len(),
        took.len()
    );
    assert!(claimed >= took.len() as u64, "every owner claims the store");
    assert_eq!(owners(&browser, &tabs).len(), 1);
    let slowest = took.iter().map(|&(_, since)| since).max().unwrap();
    println!("the slowest took {slowest} ms");
}

#[test]
fn files_chosen_in_a_follower_are_read_by_the_owner() {
    let served = Served::demo().unwrap();
    let (browser, _tabs) = open_tabs(&served, 2, DEMO_IS_THERE);
    assert_eq!(text(&browser, "segue.role"), "follower");
    browser
        .eval(
            "const response = await fetch((await segue.queryTracks('apex')).tracks[0].path.replace(/^/, 'music/').split('/').map(encodeURIComponent).join('/'));
             if (!response.ok) throw new Error('no such file');
             const file = new File([await response.arrayBuffer()], 'Another.ogg');
             const provider = await segue.addFolder([file]);
             await segue.startSync(provider.id);",
        )
        .unwrap();
    browser
        .wait_until("(await segue.queryTracks('')).total === 5")
        .unwrap();
    assert_eq!(text(&browser, "segue.jobs().at(-1).failed"), 0);
}

/// An empty page of the same origin.
fn beside(browser: &Browser, served: &Served) {
    browser.open_tab().unwrap();
    browser.goto(&format!("{}js/package.json", served.url())).unwrap();
}

#[test]
fn an_upgrade_in_another_tab_is_not_held_up_and_the_old_page_says_what_to_do() {
    let served = Served::demo().unwrap();
    let (browser, tabs) = open_tabs(&served, 1, DEMO_IS_THERE);
    beside(&browser, &served);
    // What a page does whose store has another version.
    let upgraded = browser
        .eval(
            "const begun = performance.now();
             return await new Promise((resolve, reject) => {
               const request = indexedDB.open('music-library', 2);
               request.onblocked = () => reject(new Error('blocked'));
               request.onerror = () => reject(request.error);
               request.onsuccess = () => { request.result.close(); resolve(performance.now() - begun); };
             })",
        )
        .unwrap();
    println!("an upgrade of the database waited {upgraded} ms");
    browser.switch_to(tabs[0].clone()).unwrap();
    browser
        .eval("await segue.rate((await segue.queryTracks('')).tracks[0].id, 3)")
        .unwrap();
    browser
        .wait_until("segue.storage.readOnly && segue.storage.reason === 'newer'")
        .unwrap();
    browser
        .wait_until("/newer/i.test(document.querySelector('banner-list').innerText)")
        .unwrap();
}

#[test]
fn a_newer_page_gets_the_library_and_the_old_one_asks_to_be_reloaded() {
    let served = Served::demo().unwrap();
    let (browser, tabs) = open_tabs(&served, 1, DEMO_IS_THERE);
    beside(&browser, &served);
    let handed = browser
        .eval(
            "const begun = performance.now();
             const main = new BroadcastChannel('segue:music-library');
             const mine = new BroadcastChannel('segue:music-library:newer:1');
             const answer = new Promise((resolve) => { mine.onmessage = ({ data }) => resolve(data.refused); });
             const granted = new Promise((resolve) => {
               navigator.locks.request('segue:music-library', () => { resolve(performance.now() - begun); return new Promise(() => {}); });
             });
             main.postMessage({ hello: { id: 'newer', greeting: 1, protocol: 'another', schema: 999 } });
             return [await answer, await granted]",
        )
        .unwrap();
    assert_eq!(handed[0], "yielding");
    println!("an older page let go after {} ms", handed[1]);
    browser.switch_to(tabs[0].clone()).unwrap();
    browser
        .wait_until("/newer version.*reload/i.test(document.querySelector('banner-list').innerText)")
        .unwrap();
}

/// Opens the page beside one of the same origin that runs this script, and does what the page offers.
fn use_it_here(script: &str) {
    let served = Served::demo().unwrap();
    let browser = Browser::start().unwrap();
    browser.goto(&format!("{}js/package.json", served.url())).unwrap();
    browser.eval(script).unwrap();
    browser.open_tab().unwrap();
    browser.goto(&served.url()).unwrap();
    browser
        .wait_until("/does not answer/i.test(document.body.innerText)")
        .unwrap();
    browser
        .eval("[...document.querySelectorAll('button')].find((button) => button.textContent.includes('Use it here')).click()")
        .unwrap();
    browser.wait_until(DEMO_IS_THERE).unwrap();
    assert_eq!(text(&browser, "segue.role"), "owner");
}

/// Takes the library's lock and gives it back never.
const HOLD: &str = "await new Promise((granted) => {
    navigator.locks.request('segue:music-library', () => { granted(); return new Promise(() => {}); }).catch(() => {});
  });";

#[test]
fn an_owner_that_is_stuck_is_replaced_when_the_visitor_says_so() {
    use_it_here(HOLD);
}

#[test]
fn an_owner_that_is_stuck_after_its_welcome_is_replaced_too() {
    use_it_here(&format!(
        "{HOLD}
         const main = new BroadcastChannel('segue:music-library');
         window.kept = [main];
         main.onmessage = ({{ data: {{ hello }} }}) => {{
           if (!hello) return;
           const channel = new BroadcastChannel(`segue:music-library:${{hello.id}}:${{hello.greeting}}`);
           kept.push(channel);
           channel.postMessage({{ welcome: {{ kind: 'indexeddb' }} }});
         }};"
    ));
}

#[test]
fn a_frozen_owner_is_said_so_loses_the_library_and_follows_when_it_wakes() {
    let served = Served::demo().unwrap();
    let (browser, tabs) = open_tabs(&served, 2, DEMO_IS_THERE);
    browser
        .eval(
            "window.answers = [];
             segue.on('Library.Owner', ({ answers: they }) => answers.push(they))",
        )
        .unwrap();
    browser.switch_to(tabs[0].clone()).unwrap();
    // Frozen in the middle of a transaction, it would keep the others from the database until the browser aborts that, which
    // takes Chromium a minute. Nothing is left to write after this.
    browser
        .eval("await segue.rate((await segue.queryTracks('')).tracks[0].id, 2)")
        .unwrap();
    browser
        .devtools("Page.setWebLifecycleState", json!({ "state": "frozen" }))
        .unwrap();
    browser.switch_to(tabs[1].clone()).unwrap();
    browser
        .eval("window.asked = segue.queryTracks('').then(({ total }) => { window.total = total; })")
        .unwrap();
    browser.wait_until("answers.includes(false)").unwrap();
    browser
        .wait_until("/does not answer/.test(document.querySelector('banner-list').innerText)")
        .unwrap();
    browser.eval("segue.takeOver()").unwrap();
    browser
        .wait_until_within(
            "segue.role === 'owner' && window.total === 4 && document.querySelector('banner-list').hidden",
            Duration::from_secs(100),
        )
        .unwrap();
    browser.switch_to(tabs[0].clone()).unwrap();
    browser
        .devtools("Page.setWebLifecycleState", json!({ "state": "active" }))
        .unwrap();
    browser
        .wait_until("segue.role === 'follower' && (await segue.queryTracks('')).total === 4")
        .unwrap();
    assert_eq!(owners(&browser, &tabs), [1]);
}

#[test]
fn a_database_that_cannot_be_opened_is_said_and_hangs_nobody() {
    let served = Served::demo().unwrap();
    let (browser, tabs) = open_tabs(&served, 1, DEMO_IS_THERE);
    beside(&browser, &served);
    // A connection that stays, and a change of the database that waits for it: whoever opens it next waits too.
    browser
        .eval(
            "window.kept = await new Promise((resolve, reject) => {
               const request = indexedDB.open('music-library');
               request.onerror = () => reject(request.error);
               request.onsuccess = () => resolve(request.result);
             });",
        )
        .unwrap();
    let keeping = browser.tab().unwrap();
    browser.switch_to(tabs[0].clone()).unwrap();
    browser.end_tab(keeping.clone()).unwrap();
    browser
        .eval("window.waiting = indexedDB.deleteDatabase('music-library');")
        .unwrap();
    browser.open_tab().unwrap();
    browser.goto(&served.url()).unwrap();
    browser
        .wait_until("/waiting for another tab/i.test(document.body.innerText)")
        .unwrap();
    let waiting = browser.tab().unwrap();
    browser.switch_to(keeping).unwrap();
    browser.eval("kept.close()").unwrap();
    browser.switch_to(waiting).unwrap();
    browser.reload().unwrap();
    browser.wait_until(DEMO_IS_THERE).unwrap();
}

#[test]
fn a_tab_that_floods_is_cut_off_and_the_owner_answers_meanwhile() {
    let served = Served::demo().unwrap();
    let (browser, tabs) = open_tabs(&served, 1, DEMO_IS_THERE);
    beside(&browser, &served);
    browser
        .eval(
            "const bundle = await import('/js/main/segue_web_main.js');
             await bundle.default({ module_or_path: '/js/main/segue_web_main_bg.wasm' });
             const page = new bundle.Page();
             const main = new BroadcastChannel('segue:music-library');
             const mine = new BroadcastChannel('segue:music-library:flood:1');
             window.flooded = { answers: 0, cut: false };
             // Without it the owner takes this tab for dead.
             await new Promise((granted) => {
               navigator.locks.request('segue:music-library:flood', () => { granted(); return new Promise(() => {}); });
             });
             mine.onmessage = ({ data }) => {
               if (data.welcome) flood();
               else if (data === 'flooded') flooded.cut = true;
               else flooded.answers += 1;
             };
             const flood = () => {
               const request = JSON.stringify({ queryTracks: { query: 'a', offset: 0, limit: 100 } });
               for (let at = 0; at < 50000; at += 1) page.request(request);
               for (const message of page.outgoing()) mine.postMessage(message);
             };
             setTimeout(() => main.postMessage({ hello: { id: 'flood', greeting: 1, protocol: page.protocol(), schema: 1 } }), 300)",
        )
        .unwrap();
    let flooding = browser.tab().unwrap();
    browser.switch_to(tabs[0].clone()).unwrap();
    let longest = browser
        .eval(
            "let longest = 0;
             for (const end = performance.now() + 3000; performance.now() < end;) {
               const begun = performance.now();
               await segue.queryTracks('apex');
               longest = Math.max(longest, performance.now() - begun);
               await new Promise((resume) => setTimeout(resume, 10));
             }
             return longest",
        )
        .unwrap();
    assert_eq!(text(&browser, "(await segue.queryTracks('')).total"), 4);
    browser.switch_to(flooding).unwrap();
    let answers = browser.wait_until("flooded.cut && flooded").unwrap();
    println!(
        "cut off after {} answers; the owner's page waited {longest} ms at the most",
        answers["answers"]
    );
    assert!(answers["answers"].as_u64().unwrap() < 50_000);
}

#[test]
fn an_edit_of_the_queue_that_was_answered_is_there_when_its_owner_ends_at_once() {
    let served = Served::demo().unwrap();
    let (browser, tabs) = open_tabs(&served, 2, DEMO_IS_THERE);
    for round in 1..=3 {
        browser.switch_to(tabs[1].clone()).unwrap();
        browser
            .eval(
                "await segue.player.queue.append((await segue.queryTracks('apex')).tracks.map(({ id }) => id))",
            )
            .unwrap();
        browser.switch_to(tabs[0].clone()).unwrap();
        browser
            .eval("workers.findLast(([name]) => name === 'segue library')[1].terminate()")
            .unwrap();
        browser.switch_to(tabs[1].clone()).unwrap();
        browser.wait_until("segue.role === 'owner'").unwrap();
        browser
            .wait_until(&format!("segue.player.queue.length === {round}"))
            .unwrap();
        // And back, so that the first tab owns it again.
        browser.switch_to(tabs[0].clone()).unwrap();
        browser.wait_until("segue.role === 'follower'").unwrap();
        browser.switch_to(tabs[1].clone()).unwrap();
        note_workers(&browser);
        browser.reload().unwrap();
        browser.wait_until("window.segue?.role === 'follower'").unwrap();
        browser.wait_until(DEMO_IS_THERE).unwrap();
    }
}

#[test]
fn names_sort_as_the_tab_that_owns_the_library_asked_for() {
    let served = Served::demo().unwrap();
    let (browser, tabs) = open_tabs(&served, 2, DEMO_IS_THERE);
    let open = |tab: usize, locale: &str| {
        browser.switch_to(tabs[tab].clone()).unwrap();
        let script = "const { Segue } = await import(new URL('js/segue.js', location.href).href);
            window.other = await Segue.open({ database: 'indexeddb://other', locale: args[0] });
            return [other.role, other.locale]";
        browser.eval_with(script, vec![json!(locale)]).unwrap()
    };
    assert_eq!(text(&browser, "segue.locale === navigator.language"), true);
    assert_eq!(open(0, "sv"), json!(["owner", "sv"]));
    assert_eq!(open(1, "de-AT"), json!(["follower", "sv"]));
    browser.switch_to(tabs[0].clone()).unwrap();
    browser.eval("await other.close()").unwrap();
    browser.switch_to(tabs[1].clone()).unwrap();
    browser
        .wait_until("other.role === 'owner' && other.locale === 'de-AT'")
        .unwrap();
    let refused = browser
        .eval(
            "const { Segue } = await import(new URL('js/segue.js', location.href).href);
             try { await Segue.open({ database: 'memory://', locale: 'not a locale' }); } catch (error) { return error.code; }",
        )
        .unwrap();
    assert_eq!(refused, json!("invalid"));
}
