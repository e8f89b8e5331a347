//! Results in a real page: facets, artists and albums by script, rows that are followed, and the key that shows what plays.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use std::path::Path;
use std::time::Duration;

use segue_page_tests::music::copies;
use segue_page_tests::{Browser, Served};
use serde_json::json;

const DEMO_IS_THERE: &str = "(await window.segue?.queryTracks(''))?.total === 4";

fn open(served: &Served, there: &str) -> Browser {
    let browser = Browser::start().unwrap();
    browser.goto(&served.url()).unwrap();
    browser.wait_until_within(there, Duration::from_secs(90)).unwrap();
    browser
}

#[test]
fn values_artists_and_albums_are_counted_and_find_what_was_counted() {
    let served = Served::demo().unwrap();
    let browser = open(&served, DEMO_IS_THERE);
    let found = browser
        .eval(
            "const { total, rows } = await segue.facets('', 'artist');
             const { artists } = await segue.artists('', { of: 'albumArtist' });
             const counts = await Promise.all(rows.map(async ({ value, count }) =>
               (await segue.queryTracks(`artist:=\"${value}\"`)).total === count));
             const none = await segue.facets('nothing like this', 'genre');
             let refused;
             try { await segue.facets('', 'mood'); } catch (error) { refused = error.code; }
             return [total === rows.length && total > 0, counts.every(Boolean), artists.length > 0,
                     artists.map(({ albums, tracks }) => [albums, tracks]), none.total, refused]",
        )
        .unwrap();
    assert_eq!(found, json!([true, true, true, [[2, 4]], 0, "invalid"]));
    browser
        .eval("window.albums = segue.albums('', { offset: 0, limit: 10 })")
        .unwrap();
    browser.wait_until("albums.ready && albums.total === 2").unwrap();
    let same = browser
        .eval(
            "const totals = await Promise.all(albums.rows.map(({ id }) => segue.queryTracks({ albumId: id })));
             const best = await segue.queryTracks('apex sort:relevance');
             return [albums.rows.every(({ trackCount }, at) => trackCount === totals[at].total), best.tracks[0].title]",
        )
        .unwrap();
    assert_eq!(same, json!([true, "Apex Aleph"]));
}

#[test]
fn a_row_is_followed_and_the_key_l_shows_what_plays() {
    const FILES: usize = 400;
    let music = tempfile::tempdir().unwrap();
    copies(music.path(), FILES);
    // Those are over in a second; one that plays on is needed, too.
    let album = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/music");
    for folder in std::fs::read_dir(album)
        .unwrap()
        .map(|folder| folder.unwrap().path())
    {
        for song in std::fs::read_dir(folder).into_iter().flatten() {
            let song = song.unwrap();
            std::fs::copy(song.path(), music.path().join(song.file_name())).unwrap();
        }
    }
    let served = Served::with_music(music.path()).unwrap();
    let browser = open(&served, "window.segue?.jobs().at(-1)?.state === 'done'");
    let place = browser
        .eval(
            "const { total, tracks } = await segue.queryTracks('sort:-rating,path', { offset: 200, limit: 1 });
             window.view = segue.view('sort:-rating,path', { offset: 0, limit: 10 });
             window.id = tracks[0].id;
             view.follow(id);
             return [total > 250, await view.indexOf(id), await view.indexOf(1e6)]",
        )
        .unwrap();
    assert_eq!(place, json!([true, 200, -1]));
    browser.wait_until("view.followed === 200").unwrap();
    browser.eval("await segue.rate(id, 5)").unwrap();
    browser.wait_until("view.followed === 0").unwrap();
    browser.eval("view.setQuery('rating:1')").unwrap();
    browser.wait_until("view.followed === undefined").unwrap();
    browser
        .eval("await segue.rate(id, 0); view.close(); view.close();")
        .unwrap();
    // Far down in the list of the page.
    let there = browser
        .eval(
            "const all = segue.view('', { offset: 0, limit: 1 });
             const { tracks } = await segue.queryTracks('apex | chimes | march | orbital', { limit: 50 });
             const places = await Promise.all(tracks.map(({ id }) => all.indexOf(id)));
             all.close();
             window.playing = tracks[places.findLastIndex((place) => place > 40)].id;
             await segue.player.play({ tracks: [playing] });
             await segue.player.pause();
             return document.querySelectorAll('[role=row][aria-current=true]').length",
        )
        .unwrap();
    browser.wait_until("segue.player.track?.id === playing").unwrap();
    assert_eq!(there, json!(0), "it is out of sight");
    browser
        .eval("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'l', bubbles: true, cancelable: true }))")
        .unwrap();
    let in_sight = "(() => {
        const row = document.querySelector('[role=row][aria-current=true]');
        const box = row?.getBoundingClientRect();
        return Boolean(box) && box.top >= 0 && box.bottom <= innerHeight;
      })()";
    browser.wait_until(in_sight).unwrap();
}

#[test]
fn an_export_tells_how_far_it_is_and_can_be_ended() {
    let served = Served::demo().unwrap();
    let browser = open(&served, DEMO_IS_THERE);
    let said = browser
        .eval(
            "const lines = Array.from({ length: 60000 }, (_, n) => JSON.stringify({ title: `T ${n}`, artist: 'A', rating: 3 }));
             const file = `{\"format\":\"segue-user-data\",\"version\":1,\"tracks\":[${lines.join()}]}`;
             const parts = [];
             const report = await segue.importUserData(file, { onProgress: (part) => parts.push(part) });
             const controller = new AbortController();
             const ended = segue.importUserData(file, { signal: controller.signal, onProgress: () => controller.abort() })
               .then(() => 'done', (error) => error.code);
             const meanwhile = (await segue.queryTracks('apex')).total;
             return [report.unmatched, parts.length > 5, parts.every((part, at) => part <= 1 && part >= (parts[at - 1] ?? 0)),
                     await ended, meanwhile]",
        )
        .unwrap();
    assert_eq!(said, json!([60_000, true, true, "cancelled", 1]));
}
