//! What is done with bytes from anywhere: read, and if they can be read, written and read again.
//!
//! The targets of `systems/fuzz` and the test that replays their corpora call these; so does `cargo soak`, with
//! bytes that [`mutate`] makes of others. Each panics if what it is given can do harm.

use std::cell::RefCell;

use bevy_ecs::world::World;
use segue_components::prelude::*;
use segue_components::wire::frame::Frame;
use segue_components::wire::message::{ToHost, ToLibrary};
use segue_components::wire::version;
use xxhash_rust::xxh3::xxh3_64;

use super::{TestLibrary, tags};
use crate::catalog::Catalog;
use crate::mirror::MirrorPlugin;
use crate::mirror::receive::Mirror;
use crate::persist::last_seen::LastSeen;
use crate::persist::meta::Meta;
use crate::persist::page::{Page, PageWriter};
use crate::persist::record::Shared;
use crate::persist::store::PageKey;
use crate::persist::table::{self, Rows, Table};
use crate::persist::testing::edits::Random;
use crate::playlist::{m3u, resolve};
use crate::plugin::Plugin;
use crate::query::parser::parse;
use crate::schedule;

/// Reads bytes as a page, as a meta record and as what was seen last; as they are, and with their checksum put right.
///
/// # Panics
/// If rows that were read are others once they were written.
pub fn page(bytes: &[u8]) {
    read_page(bytes);
    if let Some((body, _)) = bytes.split_last_chunk::<8>() {
        let mut sealed = body.to_vec();
        sealed.extend_from_slice(&xxh3_64(body).to_le_bytes());
        read_page(&sealed);
        if let Ok(meta) = Meta::read(&sealed) {
            assert_eq!(Meta::read(&meta.to_bytes()), Ok(meta));
        }
        if let Some(generation) = sealed.get(6..14) {
            let generation = u64::from_le_bytes(generation.try_into().expect("eight bytes"));
            drop(LastSeen::read(&sealed, generation));
        }
    }
}

/// A world for the rows of one page at a time, and what writes them.
struct Desk {
    world: World,
    writer: PageWriter,
    rows: Rows,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::new(Desk::new());
    static LIBRARY: RefCell<TestLibrary> = RefCell::new(library());
}

impl Desk {
    fn new() -> Self {
        let mut world = World::new();
        schedule::setup(&mut world);
        crate::changes::stop_observing(&mut world);
        Self {
            world,
            writer: PageWriter::default(),
            rows: Rows::default(),
        }
    }

    /// The page that these rows make, if there are any.
    fn rewrite(&mut self, key: PageKey, bytes: &[u8]) -> Option<Vec<u8>> {
        let table = Table::find(key.table)?;
        let page = Page::read(key, bytes).ok()?;
        let mut unknown = Vec::new();
        self.rows.read(&page, &mut Shared::default(), &mut unknown).ok()?;
        self.rows.spawn(&mut self.world, key.page);
        let catalog = core::mem::take(&mut *self.world.resource_mut::<Catalog>());
        let first = u64::from(key.page) << 8;
        let entities: Vec<_> = (0..=u8::MAX)
            .filter_map(|slot| Some((slot, catalog.find(table.noun, first + u64::from(slot))?)))
            .collect();
        let slots = table::write(&self.world, key.table, &entities, &mut self.writer);
        for section in unknown {
            self.writer.section(section.kind, section.version, |out| {
                out.extend_from_slice(&section.bytes);
            });
        }
        for (_, entity) in entities {
            self.world.despawn(entity);
        }
        Some(self.writer.finish(key, page.epoch, page.generation, &slots))
    }
}

fn read_page(bytes: &[u8]) {
    let Some((&[t0, t1, p0, p1, p2, p3], _)) = bytes.get(6..).and_then(<[u8]>::split_first_chunk) else {
        return;
    };
    let key = PageKey {
        table: u16::from_le_bytes([t0, t1]),
        page: u32::from_le_bytes([p0, p1, p2, p3]),
    };
    DESK.with_borrow_mut(|desk| {
        if let Some(written) = desk.rewrite(key, bytes) {
            let again = desk.rewrite(key, &written).expect("what we wrote reads");
            assert!(
                again == written,
                "what was written is written otherwise the second time"
            );
        }
    });
}

/// Reads bytes as a frame and as messages of a link, and applies what can be read to a mirror.
///
/// # Panics
/// If a frame that was read is another once it was written.
pub fn frame(bytes: &[u8]) {
    if let Ok(frame) = Frame::read(bytes) {
        let mut written = Vec::new();
        frame.write(&mut written);
        assert_eq!(
            Frame::read(&written),
            Ok(frame),
            "a frame is another once it was written"
        );
    }
    drop(ToHost::read(bytes));
    if let Ok(message) = ToLibrary::read(bytes) {
        drop(ToLibrary::read(&message.to_bytes()));
    }
    // As one of our own build, first alone and then again: then there is something to change.
    let Some((_, rest)) = bytes.split_first_chunk::<8>() else {
        return;
    };
    let mut ours = version::protocol().to_le_bytes().to_vec();
    ours.extend_from_slice(rest);
    let mut world = World::new();
    let mut mirror = Mirror::default();
    mirror.open(1, Noun::Track);
    for _ in 0..2 {
        drop(mirror.apply(&mut world, &ours));
    }
}

/// Reads bytes as a query, and answers it over a few tracks.
///
/// # Panics
/// If a query that was read is another once it was printed, or an error points outside of it.
pub fn query(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match parse(&text) {
        Ok(query) => {
            let printed = query.to_string();
            let again = parse(&printed);
            assert_eq!(again.as_ref(), Ok(&query), "{text:?} is printed as {printed:?}");
            LIBRARY.with_borrow_mut(|library| {
                drop(library.ask(Request::QueryTracks {
                    query: text.into_owned(),
                    offset: 0,
                    limit: 3,
                }));
            });
        }
        Err(error) => {
            let length = text.chars().count();
            assert!(error.column as usize <= length, "{text:?}: {error:?}");
        }
    }
}

/// Reads bytes as a playlist file, and looks for what it lists among a few tracks.
///
/// # Panics
/// If what was read is another playlist once it was written.
pub fn m3u(bytes: &[u8]) {
    let Ok(read) = m3u::parse(bytes) else { return };
    let entries: Vec<Unmatched> = read.entries.iter().map(|(_, entry)| entry.clone()).collect();
    let name = read.name.as_deref().unwrap_or_default();
    let mut written = m3u::write(name, &entries);
    for round in 0..2 {
        let again = m3u::parse(written.as_bytes()).expect("what we wrote is read");
        assert_eq!(again.entries.len(), entries.len(), "{written:?}");
        let again_entries: Vec<Unmatched> = again.entries.into_iter().map(|(_, entry)| entry).collect();
        let rewritten = m3u::write(again.name.as_deref().unwrap_or_default(), &again_entries);
        // Spaces at the ends of what had line breaks there are lost once.
        assert!(
            round == 0 || rewritten == written,
            "{written:?} is written as {rewritten:?}"
        );
        written = rewritten;
    }
    LIBRARY.with_borrow(|library| {
        let wanted: Vec<&Unmatched> = entries.iter().take(64).collect();
        let found = resolve::tracks(&library.world, &wanted, "/music");
        assert_eq!(found.len(), wanted.len(), "each is found or not");
    });
}

fn library() -> TestLibrary {
    let mut library = TestLibrary::new();
    MirrorPlugin.build(&mut library.world);
    let provider = library.folder("/music");
    library.sync(provider, &[("a.flac", 1), ("b.flac", 2), ("c.flac", 3)], |path| {
        Ok(tags(path, "Björk", "Æ & Œ"))
    });
    library
}

/// Changes bytes in a few places, in ways that readers fall over: bits, numbers at their ends, pieces cut out, doubled
/// or taken from other bytes.
pub fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    for _ in 0..=random.below(4) {
        if bytes.is_empty() {
            bytes.push(random.byte());
        }
        let at = random.place(bytes.len());
        let end = (at + 1 + random.place(16)).min(bytes.len());
        match random.below(8) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random.place(5)],
            2 => bytes[at..end].fill([0, 0xff][random.place(2)]),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            5 => bytes.truncate(at),
            6 if !other.is_empty() => {
                let from = random.place(other.len());
                let until = (from + 1 + random.place(64)).min(other.len());
                bytes.splice(at..end, other[from..until].iter().copied());
            }
            _ => bytes.insert(at, random.byte()),
        }
    }
    bytes.truncate(1 << 16);
}
