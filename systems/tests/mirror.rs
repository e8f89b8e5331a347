//! A library and hosts with links between them: whatever happens to rows, windows, queries and links, a host
//! ends up with what the library has.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use std::collections::BTreeSet;

use bevy_ecs::message::Messages;
use bevy_ecs::world::World;
use crossbeam_channel::{Receiver, Sender};
use segue_components::prelude::*;
use segue_components::wire::frame::Frame;
use segue_components::wire::message::{ToHost, ToLibrary};
use segue_components::wire::registry::{self, kinds_of};
use segue_systems::catalog::{self, Catalog};
use segue_systems::changes::Changes;
use segue_systems::clock::{Clock, Wake};
use segue_systems::link::{Answer, HostId, Hosts, LinkPlugin};
use segue_systems::mirror::client::{Client, ClientEvent};
use segue_systems::mirror::send::Mirrors;
use segue_systems::mirror::{self, MirrorPlugin};
use segue_systems::notices::Notices;
use segue_systems::persist::Loaded;
use segue_systems::plugin::Plugin;
use segue_systems::query::QueryPlugin;
use segue_systems::query::index::{find, rebuild};
use segue_systems::schedule;
use segue_systems::testing::random::Random;

const LONGEST_FRAME: usize = 100 * 1024;

fn id_of(random: &mut Random, world: &World, noun: Noun) -> Option<u64> {
    let mut all: Vec<_> = world.resource::<Catalog>().all(noun).map(|(id, _)| id).collect();
    all.sort_unstable();
    (!all.is_empty()).then(|| random.pick(&all))
}

const WORDS: [&str; 12] = [
    "love", "Night", "Ágætis", "byrjun", "99", "The", "Blue", "AC/DC", "音楽", "Straße", "rain", "&",
];

const QUERIES: [&str; 14] = [
    "",
    "l",
    "night",
    "blue love",
    "\"the blue\"",
    "rating:>=3",
    "-rating:>=1 year:1980..1999",
    "album:n sort:-year,album,disc,track",
    "sort:title",
    "missing:artwork",
    "a | b sort:-rating",
    "acdc sort:-plays,title",
    "missing:file",
    "not a:query",
];

struct Library {
    world: World,
    now: u64,
}

impl Library {
    fn new() -> Self {
        let mut world = World::new();
        schedule::setup(&mut world);
        LinkPlugin.build(&mut world);
        QueryPlugin.build(&mut world);
        MirrorPlugin.build(&mut world);
        Self { world, now: 0 }
    }

    fn tick(&mut self, after: u64) {
        self.now += after;
        let clock = Clock {
            now: self.now,
            unix: 1_700_000_000_000 + self.now,
        };
        schedule::run_tick(&mut self.world, clock);
    }

    /// The same library in a new process: everything but what is counted comes back as it was stored.
    fn restart(&mut self) {
        let old = core::mem::replace(self, Self::new());
        self.now = old.now;
        self.world.resource_mut::<Changes>().set_silent(true);
        for noun in Noun::ALL {
            let last = old.world.resource::<Catalog>().last(noun);
            self.world.resource_mut::<Catalog>().reserve(noun, last);
            for (number, from) in old.world.resource::<Catalog>().all(noun) {
                let to = Catalog::find_or_spawn(&mut self.world, noun, number);
                for kind in kinds_of(noun).filter(|kind| kind.name != "AlbumTotals") {
                    let mut bytes = Vec::new();
                    if kind.write(old.world.entity(from), &mut bytes) {
                        let mut reader = segue_components::wire::codec::Reader::new(&bytes);
                        kind.insert(&mut self.world.entity_mut(to), &mut reader).unwrap();
                    }
                }
            }
        }
        self.world.resource_mut::<Changes>().set_silent(false);
        rebuild(&mut self.world);
    }

    fn name(random: &mut Random) -> String {
        let words = 1 + random.place(3);
        (0..words)
            .map(|_| random.pick(&WORDS))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn add_track(&mut self, random: &mut Random) -> TrackId {
        let world = &mut self.world;
        let track: TrackId = Catalog::spawn(
            world,
            (
                Title(Self::name(random).into()),
                ArtistCredit(Credit::of([Self::name(random)]).into()),
                Duration(1_000 + random.number(300_000)),
                Position {
                    disc: 1,
                    track: u16::try_from(random.place(20)).unwrap(),
                    ..Position::default()
                },
                Added(1_600_000_000_000 + u64::from(random.number(1_000_000))),
            ),
        );
        if !random.one_in(8) {
            let location = Location {
                provider: ProviderId(1),
                path: format!("{}/{track}.flac", Self::name(random)).into(),
            };
            let file: FileId = Catalog::spawn(world, (FileOf(track), location, Presence::Present));
            catalog::set(world, track, PlayedFrom(file));
        }
        self.put_on_album(random, track);
        track
    }

    fn put_on_album(&mut self, random: &mut Random, track: TrackId) {
        let world = &mut self.world;
        let album = match id_of(random, world, Noun::Album) {
            Some(album) if !random.one_in(5) => AlbumId(album),
            _ => Catalog::spawn(
                world,
                (
                    AlbumTitle(Self::name(random).into()),
                    AlbumArtist(Credit::of([Self::name(random)]).into()),
                    AlbumInfo::default(),
                ),
            ),
        };
        catalog::set(world, track, OnAlbum(album));
    }

    /// One random edit.
    fn edit(&mut self, random: &mut Random) {
        let track = id_of(random, &self.world, Noun::Track).map(TrackId);
        let album = id_of(random, &self.world, Noun::Album).map(AlbumId);
        let world = &mut self.world;
        match (random.place(18), track, album) {
            (0..4, ..) | (_, None, _) | (_, _, None) => drop(self.add_track(random)),
            (4, Some(track), _) => {
                if let Some(&PlayedFrom(file)) = catalog::get(world, track) {
                    Catalog::despawn(world, file);
                }
                Catalog::despawn(world, track);
            }
            (5, Some(track), _) => drop(catalog::set(world, track, Title(Self::name(random).into()))),
            (6 | 7, Some(track), _) => match Rating::new(u8::try_from(random.place(6)).unwrap()) {
                Some(rating) => drop(catalog::set(world, track, rating)),
                None => {
                    let entity = world.resource::<Catalog>().entity(track).unwrap();
                    world.entity_mut(entity).remove::<Rating>();
                }
            },
            (8, Some(track), _) => self.put_on_album(random, track),
            (9, _, Some(album)) => drop(catalog::set(world, album, AlbumTitle(Self::name(random).into()))),
            (10, _, Some(album)) => {
                let artwork: ArtworkId = Catalog::spawn(
                    world,
                    Picture {
                        mime: "image/png".into(),
                        width: 1,
                        height: 1,
                        size: 1,
                        color: [1, 2, 3],
                        problem: None,
                    },
                );
                catalog::set(world, album, AlbumCover(artwork));
            }
            (11, Some(track), _) => {
                if let Some(&PlayedFrom(file)) = catalog::get(world, track) {
                    let presence = if random.one_in(2) {
                        Presence::Present
                    } else {
                        Presence::MissingSince(5)
                    };
                    catalog::set(world, file, presence);
                }
            }
            (12, Some(track), _) => {
                let released = PartialDate::parse(&(1970 + random.place(50)).to_string());
                catalog::set(
                    world,
                    track,
                    Dates {
                        released,
                        original: None,
                    },
                );
            }
            (13, _, Some(album)) => {
                // An album that is emptied goes.
                let tracks: Vec<_> = world.resource::<Catalog>().all(Noun::Track).collect();
                if tracks
                    .iter()
                    .all(|&(_, entity)| world.get::<OnAlbum>(entity) != Some(&OnAlbum(album)))
                {
                    Catalog::despawn(world, album);
                }
            }
            (14, Some(track), _) => self.play(random, track),
            (15, ..) => self.sync(random),
            (16, Some(track), _) => {
                let plays = random.number(9);
                catalog::set(
                    world,
                    track,
                    PlayStats {
                        plays,
                        ..PlayStats::default()
                    },
                );
            }
            _ => world.resource_mut::<Notices>().push(Notice::TracksAdded {
                job: JobId(1),
                count: 1,
            }),
        }
    }

    fn play(&mut self, random: &mut Random, track: TrackId) {
        let player = match id_of(random, &self.world, Noun::Player) {
            Some(player) => PlayerId(player),
            None => Catalog::spawn(
                &mut self.world,
                (Queue::default(), PlayerState::default(), Volume::default()),
            ),
        };
        let mut queue = catalog::get::<Queue>(&self.world, player).cloned().unwrap();
        queue.tracks.push(track);
        queue.index = random.number(3);
        catalog::set(&mut self.world, player, queue);
    }

    fn sync(&mut self, random: &mut Random) {
        let world = &mut self.world;
        match id_of(random, world, Noun::SyncJob).map(JobId) {
            Some(job) if !random.one_in(4) => {
                if random.one_in(3) {
                    Catalog::despawn(world, job);
                } else {
                    let read = random.place(100) as u64;
                    catalog::set(
                        world,
                        job,
                        JobProgress {
                            read,
                            ..JobProgress::default()
                        },
                    );
                }
            }
            _ => {
                let provider: ProviderId = Catalog::spawn(world, (ProviderName("p".into()), Access::Granted));
                let _: JobId = Catalog::spawn(
                    world,
                    (
                        SyncOf(provider),
                        JobState::Running,
                        JobProgress::default(),
                        JobFailures::default(),
                    ),
                );
            }
        }
    }

    /// All values of a thing that hosts may see, as bytes by kind.
    fn values(world: &World, noun: Noun, entity: bevy_ecs::entity::Entity) -> Vec<(u8, Vec<u8>)> {
        kinds_of(noun)
            .filter(|kind| mirror::is_mirrored(kind))
            .filter_map(|kind| {
                let mut bytes = Vec::new();
                kind.write(world.entity(entity), &mut bytes)
                    .then_some((kind.number, bytes))
            })
            .collect()
    }
}

/// A host and the two ends of its link.
struct Host {
    client: Client,
    to_library: Sender<Vec<u8>>,
    from_library: Receiver<Vec<u8>>,
    number: HostId,
    views: Vec<u32>,
    events: Vec<ClientEvent>,
    /// Whether a frame was lost that may have been the last before a silence, which nobody can notice.
    lost: bool,
}

impl Host {
    fn join(library: &mut Library, client: Client) -> Self {
        let (to_library, inbox) = crossbeam_channel::unbounded();
        let (outbox, from_library) = crossbeam_channel::unbounded();
        let number = library.world.resource_mut::<Hosts>().add(inbox, outbox);
        Self {
            client,
            to_library,
            from_library,
            number,
            views: Vec::new(),
            events: Vec::new(),
            lost: false,
        }
    }

    fn send(&mut self) {
        for bytes in self.client.take_outgoing() {
            let _ = self.to_library.send(bytes);
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        if let Ok(ToHost::Frame(frame)) = ToHost::read(bytes) {
            assert!(frame.len() <= LONGEST_FRAME, "a frame of {} bytes", frame.len());
        }
        let events = self.client.receive(bytes);
        self.events.extend(events);
    }

    fn receive(&mut self) {
        while let Ok(bytes) = self.from_library.try_recv() {
            self.take(&bytes);
        }
    }

    fn act(&mut self, random: &mut Random) {
        let view = (!self.views.is_empty()).then(|| self.views[random.place(self.views.len())]);
        let remote = self.client.remote_mut();
        match (random.place(8), view) {
            (0..5, Some(view)) if random.one_in(2) => {
                remote.set_window(view, random.number(60), 1 + random.number(40));
            }
            (0..5, Some(view)) => remote.set_query(view, random.pick(&QUERIES)),
            (5, Some(view)) if self.views.len() > 1 => {
                remote.close_view(view);
                self.views.retain(|&known| known != view);
            }
            _ if self.views.len() < 5 => {
                let noun = if random.one_in(3) {
                    Noun::Album
                } else {
                    Noun::Track
                };
                let view = remote.open_view(
                    noun,
                    random.pick(&QUERIES),
                    random.number(9),
                    1 + random.number(50),
                );
                self.views.push(view);
            }
            _ => {}
        }
    }
}

/// Lets everything that is under way arrive.
fn settle(library: &mut Library, hosts: &mut [Host]) {
    for _ in 0..40 {
        for host in &mut *hosts {
            host.receive();
            host.send();
        }
        library.tick(50);
        if library.world.resource::<Wake>().due().is_none()
            && hosts.iter().all(|host| host.from_library.is_empty())
        {
            return;
        }
    }
    panic!("the library never comes to rest");
}

/// Everything that a host has is what the library has, and it has what it should and no more.
fn check_same(library: &mut Library, host: &Host) {
    let client = &host.client;
    assert!(client.remote().mirror().is_in_step());
    let mut wanted: BTreeSet<(Noun, u64)> = BTreeSet::new();
    for noun in mirror::WHOLE {
        wanted.extend(
            library
                .world
                .resource::<Catalog>()
                .all(noun)
                .map(|(id, _)| (noun, id)),
        );
    }
    let mut rows: Vec<(Noun, u64)> = Vec::new();
    if let Some(player) = library.world.resource::<Catalog>().all(Noun::Player).next() {
        let queue = library.world.get::<Queue>(player.1).unwrap();
        let index = queue.index as usize;
        let near = queue.tracks.iter().skip(index.saturating_sub(50)).take(550);
        rows.extend(near.map(|track| (Noun::Track, track.0)));
    }
    for &number in &host.views {
        let view = client.view(number).expect("an open view is known");
        let noun = client.remote().mirror().window(number).unwrap().noun;
        rows.extend(view.rows.iter().map(|&id| (noun, id)));
        if view.query == "not a:query" {
            assert!(view.error.is_some());
            continue;
        }
        assert!(view.ready && view.error.is_none());
        // Windows are moved and queries changed only through the client, so what it asked last holds.
        let asked = host.client.remote().asked(number).unwrap();
        let found = find(&mut library.world, noun, view.query, asked.0, asked.1).unwrap();
        assert_eq!(view.rows, found.ids, "rows of {:?}", view.query);
        assert_eq!(
            (view.total, view.offset),
            (found.total, asked.0),
            "{:?}",
            view.query
        );
    }
    let catalog = library.world.resource::<Catalog>();
    for (noun, id) in rows {
        let Some(entity) = catalog.find(noun, id) else {
            continue;
        };
        let world = &library.world;
        let album = world.get::<OnAlbum>(entity).map(|album| album.0);
        let holder = album.and_then(|album| catalog.entity(album)).unwrap_or(entity);
        wanted.insert((noun, id));
        wanted.extend(
            album
                .filter(|&id| catalog.entity(id).is_some())
                .map(|id| (Noun::Album, id.0)),
        );
        wanted.extend(world.get::<PlayedFrom>(entity).map(|file| (Noun::File, file.0.0)));
        wanted.extend(
            world
                .get::<AlbumCover>(holder)
                .map(|cover| (Noun::Artwork, cover.0.0)),
        );
    }
    let mut had = BTreeSet::new();
    for noun in Noun::ALL {
        for (id, entity) in client.remote().mirror().all(noun) {
            let owner = catalog
                .find(noun, id)
                .unwrap_or_else(|| panic!("{noun:?} {id} is gone"));
            assert_eq!(registry::id_of(client.world().entity(entity)), Some((noun, id)));
            assert_eq!(
                Library::values(client.world(), noun, entity),
                Library::values(&library.world, noun, owner),
                "{noun:?} {id}"
            );
            had.insert((noun, id));
        }
    }
    assert_eq!(had, wanted);
}

/// The index, changed step by step, answers as one made anew, and counts albums right.
fn check_index(library: &mut Library) {
    let ask = |library: &mut Library| {
        let mut answers = Vec::new();
        for noun in [Noun::Track, Noun::Album] {
            for query in QUERIES {
                answers.push(find(&mut library.world, noun, query, 0, u32::MAX));
            }
        }
        answers
    };
    let before = ask(library);
    check_totals(&library.world);
    rebuild(&mut library.world);
    check_totals(&library.world);
    assert_eq!(before, ask(library));
}

fn check_totals(world: &World) {
    let catalog = world.resource::<Catalog>();
    for (id, album) in catalog.all(Noun::Album) {
        let mut totals = AlbumTotals::default();
        for (_, track) in catalog.all(Noun::Track) {
            let file = world
                .get::<PlayedFrom>(track)
                .and_then(|file| catalog.entity(file.0));
            let present = file.is_some_and(|file| world.get::<Presence>(file) == Some(&Presence::Present));
            if present && world.get::<OnAlbum>(track).is_some_and(|album| album.0.0 == id) {
                totals.tracks += 1;
                totals.duration += u64::from(world.get::<Duration>(track).unwrap().0);
            }
        }
        assert_eq!(world.get::<AlbumTotals>(album), Some(&totals), "album {id}");
    }
}

#[test]
fn a_view_fills_while_tracks_come_in() {
    let mut library = Library::new();
    let mut random = Random::new(1);
    let mut host = Host::join(&mut library, Client::default());
    let view = host.client.remote_mut().open_view(Noun::Track, "", 0, 10);
    host.send();
    library.tick(1);
    host.receive();
    let state = host.client.view(view).unwrap();
    assert!(
        state.ready && state.total == 0,
        "an empty library answers at once"
    );
    // Those without a file are not shown.
    let mut shown = 0;
    for _ in 0..25 {
        let track = library.add_track(&mut random);
        shown += u32::from(catalog::get::<PlayedFrom>(&library.world, track).is_some());
    }
    library.tick(200);
    host.receive();
    let state = host.client.view(view).unwrap();
    assert_eq!((state.total, state.rows.len()), (shown, 10));
    let rows = host.client.view_tracks(view);
    assert!(
        rows.iter()
            .all(|row| !row.title.is_empty() && !row.album.is_empty())
    );
    assert!(host.events.contains(&ClientEvent::View(view)));
    host.client.remote_mut().set_window(view, 20, 10);
    host.send();
    library.tick(1);
    host.receive();
    let state = host.client.view(view).unwrap();
    assert_eq!(
        (state.offset, state.rows.len()),
        (20, shown as usize - 20),
        "a moved window is answered in the same tick"
    );
}

#[test]
fn a_host_ends_up_with_what_the_library_has() {
    for seed in 1..=24u32 {
        let mut random = Random::new(u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut library = Library::new();
        let mut hosts: Vec<_> = (0..2)
            .map(|_| Host::join(&mut library, Client::new(1 + seed % 4)))
            .collect();
        for _ in 0..12 {
            for _ in 0..25 {
                for _ in 0..random.place(6) {
                    library.edit(&mut random);
                }
                for host in &mut hosts {
                    if random.one_in(2) {
                        host.act(&mut random);
                    }
                    // A host that is busy neither reads nor says anything for a while.
                    if !random.one_in(3) {
                        if random.one_in(8) && host.from_library.len() > 1 {
                            drop(host.from_library.try_recv());
                            host.lost = true;
                        }
                        host.receive();
                        host.send();
                    }
                }
                library.tick(random.place(80) as u64);
                for host in &hosts {
                    let mirrors = library.world.resource::<Mirrors>();
                    assert!(mirrors.backlog(host.number) <= mirrors.held(host.number));
                }
            }
            match random.place(6) {
                0 => {
                    library.restart();
                    for host in &mut hosts {
                        let Host { client, views, .. } =
                            core::mem::replace(host, Host::join(&mut library, Client::default()));
                        host.client = client;
                        host.views = views;
                        host.client.remote_mut().reconnect();
                    }
                }
                1 => {
                    hosts[0].client.remote_mut().leave();
                    hosts[0].send();
                    hosts[0] = Host::join(&mut library, Client::default());
                }
                _ => {}
            }
            for host in &mut hosts {
                if core::mem::take(&mut host.lost) {
                    host.client.remote_mut().resync();
                }
            }
            settle(&mut library, &mut hosts);
            for host in &hosts {
                check_same(&mut library, host);
            }
        }
        check_index(&mut library);
        settle(&mut library, &mut hosts);
        for host in &hosts {
            check_same(&mut library, host);
        }
    }
}

#[test]
fn a_large_window_comes_in_frames_of_bounded_size() {
    let mut library = Library::new();
    let mut random = Random::new(3);
    for _ in 0..5_000 {
        library.add_track(&mut random);
    }
    let mut host = Host::join(&mut library, Client::new(2));
    let view = host.client.remote_mut().open_view(Noun::Track, "", 1_000, 2_000);
    host.views.push(view);
    let mut hosts = [host];
    settle(&mut library, &mut hosts);
    check_same(&mut library, &hosts[0]);
    assert_eq!(hosts[0].client.view(view).unwrap().rows.len(), 2_000);
}

#[test]
fn without_credits_nothing_is_sent_and_changes_fall_together() {
    let mut library = Library::new();
    let mut random = Random::new(4);
    let track = library.add_track(&mut random);
    let mut host = Host::join(&mut library, Client::new(1));
    let view = host.client.remote_mut().open_view(Noun::Track, "", 0, 10);
    host.send();
    library.tick(100);
    for round in 0..1_000 {
        catalog::set(&mut library.world, track, Title(format!("take {round}").into()));
        library.tick(100);
    }
    let frames = host
        .from_library
        .try_iter()
        .filter(|bytes| {
            let taken = host.client.receive(bytes);
            drop(taken);
            matches!(ToHost::read(bytes), Ok(ToHost::Frame(_)))
        })
        .count();
    assert_eq!(frames, 1, "one credit is one frame");
    assert!(library.world.resource::<Mirrors>().backlog(host.number) <= 4);
    host.send();
    library.tick(100);
    host.receive();
    assert_eq!(host.client.view_tracks(view)[0].title, "take 999");
}

#[test]
fn a_lost_frame_is_noticed_at_the_next_one_and_healed() {
    let mut library = Library::new();
    let mut random = Random::new(7);
    let track = library.add_track(&mut random);
    let mut host = Host::join(&mut library, Client::new(8));
    let view = host.client.remote_mut().open_view(Noun::Track, "", 0, 10);
    host.views.push(view);
    let mut hosts = [host];
    settle(&mut library, &mut hosts);
    catalog::set(&mut library.world, track, Title("lost on the way".into()));
    library.tick(200);
    assert!(hosts[0].from_library.try_iter().count() > 0, "that was the frame");
    // The next frame tells of something else and would fit.
    catalog::set(&mut library.world, track, Rating::new(3).unwrap());
    library.tick(200);
    hosts[0].receive();
    assert!(!hosts[0].client.remote().mirror().is_in_step());
    settle(&mut library, &mut hosts);
    check_same(&mut library, &hosts[0]);
    assert_eq!(hosts[0].client.view_tracks(view)[0].title, "lost on the way");
}

#[test]
fn what_a_store_brings_in_silence_is_shown_to_hosts_that_wait() {
    let mut library = Library::new();
    let mut host = Host::join(&mut library, Client::default());
    let view = host.client.remote_mut().open_view(Noun::Track, "", 0, 10);
    host.views.push(view);
    let mut hosts = [host, Host::join(&mut library, Client::default())];
    settle(&mut library, &mut hosts);
    library.world.resource_mut::<Changes>().set_silent(true);
    library.add_track(&mut Random::new(10));
    library.sync(&mut Random::new(11));
    library.world.resource_mut::<Changes>().set_silent(false);
    library.world.resource_mut::<Messages<Loaded>>().write(Loaded);
    settle(&mut library, &mut hosts);
    for host in &hosts {
        check_same(&mut library, host);
    }
    assert_eq!(hosts[0].client.view_tracks(view).len(), 1);
    assert_eq!(hosts[1].client.jobs().len(), 1);
}

#[test]
fn the_queue_brings_its_tracks_along() {
    let mut library = Library::new();
    let mut random = Random::new(8);
    let tracks: Vec<_> = (0..3).map(|_| library.add_track(&mut random)).collect();
    let mut hosts = [Host::join(&mut library, Client::default())];
    library.play(&mut random, tracks[0]);
    settle(&mut library, &mut hosts);
    assert!(hosts[0].client.track_row(tracks[0]).is_some());
    assert!(hosts[0].client.track_row(tracks[2]).is_none());
    library.play(&mut random, tracks[2]);
    settle(&mut library, &mut hosts);
    assert!(hosts[0].client.track_row(tracks[2]).is_some());
    assert!(hosts[0].events.contains(&ClientEvent::PlayerState));
    check_same(&mut library, &hosts[0]);
}

#[test]
fn scrolling_costs_small_frames() {
    let mut library = Library::new();
    let mut random = Random::new(9);
    for _ in 0..2_000 {
        library.add_track(&mut random);
    }
    let mut host = Host::join(&mut library, Client::default());
    let view = host.client.remote_mut().open_view(Noun::Track, "", 0, 100);
    host.views.push(view);
    let mut hosts = [host];
    settle(&mut library, &mut hosts);
    for step in 1..40 {
        hosts[0].client.remote_mut().set_window(view, step * 20, 100);
        hosts[0].send();
        library.tick(16);
        let sizes: Vec<_> = hosts[0].from_library.try_iter().collect();
        for bytes in sizes {
            assert!(bytes.len() <= 10 * 1024, "{} bytes for twenty rows", bytes.len());
            hosts[0].take(&bytes);
        }
    }
    settle(&mut library, &mut hosts);
    check_same(&mut library, &hosts[0]);
}

#[test]
fn another_build_is_told_so_and_gets_nothing_more() {
    let mut library = Library::new();
    let mut host = Host::join(&mut library, Client::default());
    drop(host.client.take_outgoing());
    let hello = ToLibrary::Hello {
        protocol: 1,
        credits: 4,
    };
    host.to_library.send(hello.to_bytes()).unwrap();
    library.tick(100);
    library.add_track(&mut Random::new(5));
    library.tick(100);
    let answers: Vec<_> = host.from_library.try_iter().collect();
    let Ok(ToHost::Frame(frame)) = ToHost::read(&answers[0]) else {
        panic!("a frame tells the protocol");
    };
    assert_eq!(answers.len(), 1);
    assert_ne!(Frame::read(&frame).unwrap().protocol, 1);

    // And a host that reads another protocol's frame knows what it is.
    let mut other = frame;
    other[0] ^= 1;
    let events = host.client.receive(&ToHost::Frame(other).to_bytes());
    assert_eq!(events, [ClientEvent::Incompatible]);
}

#[test]
fn any_bytes_are_taken_without_a_panic_and_a_snapshot_heals() {
    let mut library = Library::new();
    let mut random = Random::new(6);
    for _ in 0..30 {
        library.add_track(&mut random);
    }
    let mut host = Host::join(&mut library, Client::default());
    let view = host.client.remote_mut().open_view(Noun::Track, "", 0, 20);
    host.views.push(view);
    let mut hosts = [host];
    settle(&mut library, &mut hosts);
    for round in 0..3_000 {
        library.edit(&mut random);
        library.tick(100);
        let host = &mut hosts[0];
        while let Ok(mut bytes) = host.from_library.try_recv() {
            if round % 3 == 0 && bytes[0] == 1 {
                for _ in 0..=random.place(3) {
                    // Behind the protocol's hash: what differs there is another build, not damage.
                    let at = 9 + random.place(bytes.len() - 9);
                    bytes[at] ^= 1 << random.place(8);
                }
                if random.one_in(4) {
                    bytes.truncate(9 + random.place(bytes.len() - 9));
                }
            }
            host.take(&bytes);
        }
        host.send();
    }
    // A damaged value may have been a good value of another content; a snapshot is what heals.
    hosts[0].client.remote_mut().resync();
    settle(&mut library, &mut hosts);
    check_same(&mut library, &hosts[0]);
}

#[test]
fn limits_are_kept() {
    let mut library = Library::new();
    let mut host = Host::join(&mut library, Client::default());
    let large = host.client.request(Request::QueryTracks {
        query: String::new(),
        offset: 0,
        limit: 2_001,
    });
    let wrong = host.client.request(Request::QueryTracks {
        query: "year:x".into(),
        offset: 0,
        limit: 10,
    });
    let none = host.client.request(Request::GetTrack { track: TrackId(9) });
    let closed = host.client.request(Request::MoveView {
        view: 77,
        offset: 0,
        limit: 1,
    });
    for view in 0..100 {
        host.client.request(Request::OpenView {
            view,
            noun: Noun::Track,
            query: String::new(),
            offset: 0,
            limit: 1,
        });
    }
    host.send();
    library.tick(1);
    host.receive();
    let answer = |id| {
        host.events
            .iter()
            .find_map(|event| match event {
                ClientEvent::Answer { id: of, answer } if *of == id => Some(answer.clone()),
                _ => None,
            })
            .unwrap()
    };
    assert_eq!(answer(large).unwrap_err().code(), "invalid");
    assert_eq!(answer(wrong).unwrap_err().code(), "query");
    assert_eq!(answer(none), Ok(Response::Track(None)));
    assert_eq!(answer(closed).unwrap_err().code(), "notFound");
    let refused = host
        .events
        .iter()
        .filter(|event| {
            matches!(
                event,
                ClientEvent::Answer {
                    answer: Err(RequestError::Invalid { .. }),
                    ..
                }
            )
        })
        .count();
    assert_eq!(refused, 1 + 36, "64 views may be open");
}

#[test]
fn jobs_and_notices_become_events() {
    let mut library = Library::new();
    let mut host = Host::join(&mut library, Client::default());
    host.send();
    library.tick(100);
    let world = &mut library.world;
    let provider: ProviderId = Catalog::spawn(world, (ProviderName("Music".into()), Access::Granted));
    let job: JobId = Catalog::spawn(
        world,
        (SyncOf(provider), JobState::Running, JobProgress::default()),
    );
    library.tick(100);
    let world = &mut library.world;
    catalog::set(world, job, JobState::Done);
    world
        .resource_mut::<Notices>()
        .push(Notice::TracksAdded { job, count: 7 });
    library.tick(100);
    host.receive();
    let names: Vec<_> = host.events.iter().filter_map(ClientEvent::name).collect();
    for name in [
        "Sync.Progress",
        "Sync.Complete",
        "Sync.TracksAdded",
        "Jobs",
        "Providers",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    let added = ClientEvent::TracksAdded {
        provider: Some(provider),
        job,
        count: 7,
    };
    assert!(host.events.contains(&added));
    let jobs = host.client.jobs();
    assert_eq!((jobs.len(), jobs[0].state), (1, &JobState::Done));
}

/// A job, and the answer that names it to the host that asked for it.
fn answered_job(library: &mut Library, host: &mut Host, state: JobState) -> JobId {
    let world = &mut library.world;
    let provider: ProviderId = Catalog::spawn(world, (ProviderName("Music".into()), Access::Granted));
    let job: JobId = Catalog::spawn(world, (SyncOf(provider), state, JobProgress::default()));
    let id = host.client.request(Request::StartSync { provider });
    library.world.write_message(Answer {
        host: host.number,
        id,
        answer: Ok(Response::Job(job)),
    });
    job
}

#[test]
fn who_asks_sees_what_came_of_it_before_the_answer() {
    let mut library = Library::new();
    let mut host = Host::join(&mut library, Client::default());
    host.send();
    library.tick(100);
    library.tick(0);
    host.receive();
    host.send();
    // No time passes, so that a frame is not due by itself.
    let job = answered_job(&mut library, &mut host, JobState::Running);
    host.send();
    library.tick(0);
    host.receive();
    let is_answer = |event: &ClientEvent| matches!(event, ClientEvent::Answer { .. });
    let answered = host.events.iter().position(is_answer).expect("an answer");
    let shown = host
        .events
        .iter()
        .position(|event| *event == ClientEvent::SyncProgress(job));
    assert!(shown.is_some_and(|shown| shown < answered), "{:?}", host.events);
}

#[test]
fn the_end_of_a_job_is_told_to_who_asked_for_it_even_if_its_beginning_was_never_shown() {
    let mut library = Library::new();
    let mut host = Host::join(&mut library, Client::new(1));
    host.send();
    library.tick(100);
    host.receive();
    // The only credit is not given back yet: the answer comes without a frame.
    let job = answered_job(&mut library, &mut host, JobState::Running);
    library.tick(100);
    host.receive();
    catalog::set(&mut library.world, job, JobState::Done);
    settle(&mut library, core::slice::from_mut(&mut host));
    assert!(
        host.events.contains(&ClientEvent::SyncComplete(job)),
        "{:?}",
        host.events
    );
}
