//! A game's App with a library beside it: a list fills while a scan runs, and no update waits for it.

#![cfg(feature = "bevy")]

use std::path::Path;

use bevy_app::App;
use bevy_ecs::message::Messages;
use bevy_ecs::world::Mut;
use segue::Output;
use segue::bevy::{Segue, SegueEvent, SeguePlugin};
use segue::components::prelude::*;
use segue::native::path::spell;
use segue::systems::mirror::client::ClientEvent;

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

/// More than a scan of so few files can take.
const MOST_UPDATES: u64 = 10_000_000;

#[test]
fn a_list_fills_while_a_scan_runs_and_updates_go_on() {
    let music = tempfile::tempdir().expect("there is a temporary folder");
    copies(music.path(), 400);
    let mut app = App::new();
    app.add_plugins(SeguePlugin::in_memory().output(Output::Null));
    let path = spell(&music.path().canonicalize().expect("the folder is there"));
    let kind = ProviderKind::Folder { path };
    let mut segue = app.world_mut().resource_mut::<Segue>();
    let view = segue.open_view(Noun::Track, "", 0, 50);
    let added = segue.request(Request::AddProvider {
        kind,
        name: "music".into(),
    });
    let (mut updates, mut fillings) = (0_u64, Vec::new());
    // How many tracks there are, once the scan is done.
    let mut tracks = None;
    while tracks.is_none() || fillings.last().copied() != tracks {
        assert!(
            updates < MOST_UPDATES,
            "the list stopped at {fillings:?} of {tracks:?}"
        );
        app.update();
        updates += 1;
        let messages = app
            .world_mut()
            .resource_mut::<Messages<SegueEvent>>()
            .drain()
            .collect::<Vec<_>>();
        app.world_mut().resource_scope(|world, mut segue: Mut<Segue>| {
            for SegueEvent(event) in messages {
                match event {
                    ClientEvent::Answer {
                        id,
                        answer: Ok(Response::Provider(provider)),
                    } if id == added => {
                        segue.request(Request::StartSync { provider });
                    }
                    ClientEvent::View(changed) if changed == view => {
                        fillings.push(u64::from(segue.view(view).expect("the view is open").total));
                    }
                    ClientEvent::SyncComplete(job) => {
                        tracks = segue.job(world, job).map(|job| job.progress.added);
                    }
                    _ => {}
                }
            }
        });
        // A game draws here; the test gives the library's threads the core.
        std::thread::yield_now();
    }
    let in_window = app.world_mut().query::<&Title>().iter(app.world()).count();
    assert_eq!(in_window, 50, "the game holds the window and not the library");
    assert!(fillings.is_sorted(), "the list grows: {fillings:?}");
    assert!(updates > 10, "{updates} updates went by during the scan");
}
