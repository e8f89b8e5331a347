//! A game's App with a library beside it: a list fills while a scan runs, and no update waits for it.

#![cfg(feature = "bevy")]

use std::path::Path;

use bevy_app::App;
use segue::Output;
use segue::bevy::{Segue, SegueEvent, SeguePlugin};
use segue::components::prelude::*;
use segue::native::path::spell;
use segue::systems::mirror::client::ClientEvent;

use bevy_ecs::message::Messages;

fn copies(folder: &Path, number: usize) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../audio/tests/data");
    let mut sources = Vec::new();
    find(&data, &mut sources);
    assert!(!sources.is_empty(), "there are test files");
    for index in 0..number {
        let source = &sources[index % sources.len()];
        let name = source
            .file_name()
            .expect("files have names")
            .to_string_lossy()
            .into_owned();
        std::fs::copy(source, folder.join(format!("{index:04}-{name}"))).expect("the folder can be written");
    }
}

fn find(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "flac" || extension == "ogg")
        {
            found.push(path);
        }
    }
    found.sort();
}

#[test]
fn a_list_fills_while_a_scan_runs_and_updates_go_on() {
    let music = tempfile::tempdir().expect("there is a temporary folder");
    copies(music.path(), 400);
    let mut app = App::new();
    app.add_plugins(SeguePlugin::in_memory().output(Output::Null));
    let path = spell(&music.path().canonicalize().expect("the folder is there"));
    let mut segue = app.world_mut().resource_mut::<Segue>();
    let view = segue.open_view(Noun::Track, "", 0, 50);
    let added = segue.request(Request::AddProvider {
        kind: ProviderKind::Folder { path },
        name: "music".into(),
    });
    let (mut updates, mut fillings, mut done) = (0_u64, Vec::new(), false);
    while !done {
        app.update();
        updates += 1;
        let events: Vec<ClientEvent> = app
            .world_mut()
            .resource_mut::<Messages<SegueEvent>>()
            .drain()
            .map(|event| event.0)
            .collect();
        let mut segue = app.world_mut().resource_mut::<Segue>();
        for event in events {
            match event {
                ClientEvent::Answer {
                    id,
                    answer: Ok(Response::Provider(provider)),
                } if id == added => {
                    segue.request(Request::StartSync { provider });
                }
                ClientEvent::View(changed) if changed == view => {
                    fillings.push(segue.view(view).expect("the view is open").total);
                }
                ClientEvent::SyncComplete(_) => done = true,
                _ => {}
            }
        }
        // A game draws here; the test gives the library's threads the core.
        std::thread::yield_now();
    }
    let in_window = app.world_mut().query::<&Title>().iter(app.world()).count();
    assert!(
        in_window > 0 && in_window <= 50,
        "the game holds the window and not the library: {in_window}"
    );
    assert!(fillings.is_sorted(), "the list grows: {fillings:?}");
    assert!(updates > 10, "{updates} updates went by during the scan");
}
