//! What a change costs to store: the pages and bytes that are written for it, with the groups of kinds and the rows of
//! a page as they are, and with others.
//!
//! The bytes of other layouts are put together from the sections that the present encoding makes of as many rows.
//! One of 1,024 rows is four of 256, which keeps nothing in common that the four have, but writes one header.

use std::collections::{BTreeMap, BTreeSet};

use bevy_ecs::entity::Entity;
use segue_benches::library::{self, Random};
use segue_benches::measure::Bench;
use segue_components::prelude::*;
use segue_components::wire::registry::KindSet;
use segue_systems::catalog::{self, Catalog};
use segue_systems::persist::memory::{Disk, MemoryStore};
use segue_systems::persist::page::{Page, PageWriter};
use segue_systems::persist::store::PageKey;
use segue_systems::persist::table::{self, TABLES};
use segue_systems::persist::testing::Library;

/// Bytes of a page before and after its sections, and of each section's entry in the directory.
const FRAME: usize = 72;
const ENTRY: usize = 12;

/// How the kinds of a noun are divided among pages.
#[derive(Debug, Clone, Copy)]
enum Groups {
    /// As the tables say.
    Tables,
    /// All kinds of a noun in one.
    One,
    /// As the tables say, and what only other services know of a track apart.
    Enrichment,
    /// Each kind on its own.
    Each,
}

const GROUPS: [(Groups, &str); 4] = [
    (Groups::Tables, "tables"),
    (Groups::One, "one group"),
    (Groups::Enrichment, "enrichment apart"),
    (Groups::Each, "a page a kind"),
];

const ROWS: [u64; 3] = [64, 256, 1_024];

impl Groups {
    fn of(self, noun: Noun, kind: u16) -> u16 {
        let bit = KindSet(1 << kind);
        let table = TABLES
            .iter()
            .find(|table| table.noun == noun && table.kinds().meets(bit))
            .expect("every stored kind has a table");
        let enrichment = KindSet::of::<ExternalIds>() | KindSet::of::<Loudness>();
        match self {
            Self::Tables => table.number,
            Self::One => noun as u16,
            Self::Enrichment if enrichment.meets(bit) => 1_000,
            Self::Enrichment => table.number,
            Self::Each => 2_000 + kind,
        }
    }
}

/// A change: which things, and which of their kinds.
struct Change {
    name: &'static str,
    touched: Vec<(Noun, u64, KindSet)>,
}

fn main() {
    let bench = Bench::from_args();
    for (tracks, name) in [(100_000, "100k"), (1_000_000, "1m")] {
        if bench.wants(&format!("storage_{name}")) {
            layouts(&bench, tracks, name);
        }
    }
    if bench.wants("storage_flush") {
        flushes(&bench);
    }
}

/// The tracks of one album.
fn album(library: &Library<MemoryStore>, album: AlbumId) -> Vec<TrackId> {
    let catalog = library.world.resource::<Catalog>();
    let mut tracks: Vec<u64> = catalog.all(Noun::Track).map(|(number, _)| number).collect();
    tracks.sort_unstable();
    let on_album = |&&number: &&u64| {
        catalog::get::<OnAlbum>(&library.world, TrackId(number)).map(|on| on.0) == Some(album)
    };
    tracks
        .iter()
        .filter(on_album)
        .map(|&number| TrackId(number))
        .collect()
}

fn changes(library: &Library<MemoryStore>, tracks: u64) -> Vec<Change> {
    let random = &mut Random::new(3);
    let mut any = || random.draw() % tracks + 1;
    let tags = KindSet::of::<Title>()
        | KindSet::of::<ArtistCredit>()
        | KindSet::of::<AlbumTags>()
        | KindSet::of::<Dates>();
    let number = any() / 12;
    let mut tagged = Vec::new();
    for track in album(library, AlbumId(number)) {
        tagged.push((Noun::Track, track.0, tags));
        if let Some(file) = catalog::get::<PlayedFrom>(&library.world, track) {
            tagged.push((Noun::File, file.0.0, KindSet::of::<FileStamp>()));
        }
    }
    tagged.push((Noun::Album, number, KindSet::of::<AlbumTitle>()));
    let all = KindSet(u64::MAX);
    let mut everything = Vec::new();
    for noun in Noun::ALL {
        let catalog = library.world.resource::<Catalog>();
        everything.extend((1..=catalog.last(noun)).map(|number| (noun, number, all)));
    }
    let found: BTreeSet<u64> = std::iter::repeat_with(&mut any).take(1_000).collect();
    let enriched = KindSet::of::<ExternalIds>();
    vec![
        Change {
            name: "rate a track",
            touched: vec![(Noun::Track, any(), KindSet::of::<Rating>())],
        },
        Change {
            name: "tag an album",
            touched: tagged,
        },
        Change {
            name: "enrich 1000",
            touched: found
                .iter()
                .map(|&number| (Noun::Track, number, enriched))
                .collect(),
        },
        Change {
            name: "everything",
            touched: everything,
        },
    ]
}

/// The bytes of each kind, by so many rows.
type Sizes = BTreeMap<(Noun, u64), BTreeMap<u16, usize>>;

fn sizes(library: &mut Library<MemoryStore>, rows: u64) -> Sizes {
    let mut writer = PageWriter::default();
    let world = &library.world;
    let mut sizes = Sizes::new();
    for table in TABLES {
        let catalog = world.resource::<Catalog>();
        for page in 0..=catalog.last(table.noun) / rows {
            let mut of_page: BTreeMap<u16, usize> = BTreeMap::new();
            for part in 0..rows.div_ceil(256) {
                let first = page * rows + part * 256;
                let entities: Vec<(u8, Entity)> = (first..first + rows.min(256))
                    .filter_map(|number| Some((number.to_le_bytes()[0], catalog.find(table.noun, number)?)))
                    .collect();
                let slots = table::write(world, table.number, &entities, &mut writer);
                let key = PageKey {
                    table: table.number,
                    page: 0,
                };
                let bytes = writer.finish(key, 1, 1, &slots);
                for section in Page::read(key, &bytes).expect("it was just made").sections {
                    *of_page.entry(section.kind).or_default() += section.bytes.len();
                }
            }
            sizes.entry((table.noun, page)).or_default().extend(of_page);
        }
    }
    sizes
}

fn layouts(bench: &Bench, tracks: u32, name: &str) {
    let mut library = Library::open(MemoryStore::default());
    library::fill(&mut library.world, tracks, 1);
    let changes = changes(&library, u64::from(tracks));
    for rows in ROWS {
        let sizes = sizes(&mut library, rows);
        for (groups, layout) in GROUPS {
            for change in &changes {
                let mut dirty: BTreeSet<(Noun, u64, u16)> = BTreeSet::new();
                for &(noun, number, kinds) in &change.touched {
                    let Some(there) = sizes.get(&(noun, number / rows)) else {
                        continue;
                    };
                    let touched = there.keys().filter(|&&kind| kinds.0 >> kind & 1 == 1);
                    dirty.extend(touched.map(|&kind| (noun, number / rows, groups.of(noun, kind))));
                }
                let mut bytes = 0;
                for &(noun, page, group) in &dirty {
                    let sections = sizes[&(noun, page)].iter();
                    bytes += FRAME
                        + sections
                            .filter(|&(&kind, _)| groups.of(noun, kind) == group)
                            .map(|(_, length)| ENTRY + length)
                            .sum::<usize>();
                }
                let what = format!(
                    "storage_{name}, {rows:>4} rows, {layout:<16}, {:<12}",
                    change.name
                );
                bench.print(&what, dirty.len() as f64, "pages");
                bench.print(&what, bytes as f64 / 1e3, "kB");
            }
        }
    }
}

/// What differs between two disks, all told: pages and their bytes.
fn written(before: &Disk, after: &Disk) -> (usize, usize) {
    let changed = after
        .pages
        .iter()
        .filter(|&(key, bytes)| before.pages.get(key) != Some(bytes));
    changed.fold((0, 0), |(pages, sum), (_, bytes)| (pages + 1, sum + bytes.len()))
}

/// What the library as it is writes, its record and its copy included.
fn flushes(bench: &Bench) {
    let store = MemoryStore::default();
    let mut library = Library::open(store.clone());
    library::fill(&mut library.world, 100_000, 1);
    library.flush().expect("memory has room");
    let mut measure = |name: &str, change: &dyn Fn(&mut Library<MemoryStore>)| {
        let before = store.disk();
        change(&mut library);
        library.flush().expect("memory has room");
        let (pages, bytes) = written(&before, &store.disk());
        bench.print(&format!("storage_flush, {name}"), pages as f64, "pages");
        bench.print(&format!("storage_flush, {name}"), bytes as f64 / 1e3, "kB");
    };
    measure("rate a track", &|library| {
        let stars = Rating::new(5).expect("five stars");
        catalog::set(&mut library.world, TrackId(50_000), stars);
    });
    measure("tag an album", &|library| {
        for track in album(library, AlbumId(4_000)) {
            catalog::set(&mut library.world, track, Title("tagged".into()));
        }
        catalog::set(&mut library.world, AlbumId(4_000), AlbumTitle("tagged".into()));
    });
    measure("enrich 1000 random tracks", &|library| {
        let random = &mut Random::new(9);
        for _ in 0..1_000 {
            let track = TrackId(1 + random.draw() % 100_000);
            let recording = Some("b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d".into());
            let ids = TrackMbids {
                recording,
                ..TrackMbids::default()
            };
            catalog::set(&mut library.world, track, ExternalIds(Box::new(ids)));
        }
    });
}
