//! What the listener makes, in a real page: playlists by script and by hand, their files, the history, the file of all.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use segue_page_tests::{Browser, Served};
use serde_json::{Value, json};

const DEMO_IS_THERE: &str = "(await window.segue?.queryTracks(''))?.total === 4";

fn open(served: &Served) -> Browser {
    let browser = Browser::start().unwrap();
    browser.goto(&served.url()).unwrap();
    browser.wait_until(DEMO_IS_THERE).unwrap();
    browser
}

#[track_caller]
fn check(browser: &Browser, script: &str, expected: &Value) {
    assert_eq!(&browser.eval(script).unwrap(), expected, "{script}");
}

#[test]
fn a_playlist_is_edited_by_entries_kept_and_carried_as_a_file() {
    let served = Served::demo().unwrap();
    let browser = open(&served);
    check(
        &browser,
        "const { tracks } = await segue.queryTracks('sort:title');
         window.told = 0;
         segue.on('Playlists', () => { told += 1; });
         const list = await segue.createPlaylist('Run');
         await list.add([tracks[0].id, tracks[1].id, tracks[0].id]);
         await list.move([3], 1);
         await list.remove([2]);
         const { total, entries } = await list.entries();
         return [total, entries.map(({ entry, track, row }) => [entry, track === tracks[0].id, row.title === tracks[0].title])]",
        &json!([2, [[3, true, true], [1, true, true]]]),
    );
    browser
        .wait_until("told > 0 && segue.playlists()[0]?.entries === 2")
        .unwrap();
    check(
        &browser,
        "const [{ id, name, kind, unmatched }] = segue.playlists();
         await segue.playlist(id).undo();
         const file = await segue.playlist(id).export();
         const text = await file.text();
         const again = await segue.importPlaylist(new File([text + 'gone.mp3\\n'], 'x.m3u8'));
         let refused;
         try { await segue.importPlaylist('#EXTM3U\\n#EXT-X-VERSION:3'); } catch (error) { refused = error.code; }
         return [name, kind, unmatched, text.startsWith('#EXTM3U\\n#PLAYLIST:Run\\n'), again.matched,
                 again.unmatched.map(({ path }) => path), refused]",
        &json!(["Run", "ordinary", 0, true, 3, ["gone.mp3"], "invalid"]),
    );
    check(
        &browser,
        "await segue.createPlaylist('Best', { query: 'sort:-title', limit: 2 });
         const { tracks } = await segue.queryTracks('sort:-title');
         const best = segue.playlists().find(({ kind }) => kind === 'smart');
         const { total, entries } = await segue.playlist(best.id).entries();
         const inRun = await segue.queryTracks(`playlist:${segue.playlists()[0].id}`);
         return [best.limit, total, entries.map(({ track }) => track).join() === tracks.slice(0, 2).map(({ id }) => id).join(), inRun.total]",
        &json!([2, 2, true, 2]),
    );
    browser
        .eval("const { query, limit } = segue.playlists()[2]; window.best = segue.view({ query, limit }, { offset: 1, limit: 50 })")
        .unwrap();
    browser
        .wait_until("best.ready && best.total === 2 && best.rows.length === 1")
        .unwrap();
    browser.eval("await segue.close()").unwrap();
    browser.reload().unwrap();
    browser.wait_until(DEMO_IS_THERE).unwrap();
    check(
        &browser,
        "return segue.playlists().map(({ name }) => name)",
        &json!(["Run", "Run", "Best"]),
    );
}

#[test]
fn what_was_heard_and_made_is_told_and_goes_out_and_in() {
    let served = Served::demo().unwrap();
    let browser = open(&served);
    browser
        .eval("await segue.player.play({ query: 'chimes' }); await segue.rate((await segue.queryTracks('')).tracks[0].id, 4)")
        .unwrap();
    browser.wait_until("segue.player.positionMs > 1500").unwrap();
    browser
        .eval("await segue.player.play({ query: 'march' })")
        .unwrap();
    browser.wait_until("(await segue.history()).total === 1").unwrap();
    check(
        &browser,
        "const { listens: [{ heardMs, counted, row }] } = await segue.history({ limit: 5 });
         const file = await segue.exportUserData();
         const data = JSON.parse(await file.text());
         const report = await segue.importUserData(file);
         let refused;
         try { await segue.importUserData('{\"format\":1'); } catch (error) { refused = error.code; }
         const { total } = await segue.duplicates();
         return [heardMs > 500, counted, row.title, row.skips, data.version, data.history.length, report.unmatched,
                 report.ratings, report.listens, refused, total]",
        &json!([true, false, "Chimes They Fade", 1, 1, 1, 0, 0, 0, "invalid", 0]),
    );
}

#[test]
fn the_panel_shows_opens_and_edits_playlists() {
    let served = Served::demo().unwrap();
    let browser = open(&served);
    browser
        .eval(
            "const { tracks } = await segue.queryTracks('sort:title');
             await (await segue.createPlaylist('Evening')).add(tracks.map(({ id }) => id));
             [...document.querySelectorAll('.sidebar button')].find((button) => button.innerText.includes('Playlists')).click()",
        )
        .unwrap();
    browser
        .wait_until("document.querySelector('playlists-panel')?.innerText.includes('Evening')")
        .unwrap();
    browser
        .eval("document.querySelector('playlists-panel [data-at=\"0\"]').click()")
        .unwrap();
    browser
        .wait_until("document.querySelectorAll('playlists-panel [data-at]').length === 4")
        .unwrap();
    let unnamed = browser
        .eval(
            "return [...document.querySelectorAll('playlists-panel :is(button, input)')]
               .filter((control) => !(control.ariaLabel || control.innerText?.trim()))
               .map((control) => control.outerHTML.slice(0, 120))",
        )
        .unwrap();
    assert_eq!(unnamed, json!([]), "controls without an accessible name");
    browser
        .eval(
            "const press = (key, more) => document.activeElement.dispatchEvent(
               new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
             document.querySelector('playlists-panel [data-at=\"0\"]').focus();
             press('ArrowDown', { altKey: true });",
        )
        .unwrap();
    let entries = "(await segue.playlist(1).entries()).entries.map(({ entry }) => entry).join()";
    browser.wait_until(&format!("{entries} === '2,1,3,4'")).unwrap();
    browser
        .wait_until("document.activeElement?.dataset.at === '1'")
        .unwrap();
    browser
        .eval(
            "document.activeElement.dispatchEvent(
               new KeyboardEvent('keydown', { key: 'Delete', bubbles: true, cancelable: true }))",
        )
        .unwrap();
    browser.wait_until(&format!("{entries} === '2,3,4'")).unwrap();
    browser
        .eval("[...document.querySelectorAll('toast-stack button')].find((button) => button.innerText === 'Undo').click()")
        .unwrap();
    browser.wait_until(&format!("{entries} === '2,1,3,4'")).unwrap();
}
