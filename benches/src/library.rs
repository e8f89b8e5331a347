//! Libraries made from a seed: as large as wanted, the same every time, and shaped like real ones.
//!
//! Albums of eight to sixteen tracks, one compilation in twenty, half the files lossless. An artist has one
//! album mostly and now and then dozens; one track in ten has a guest, one album in thirty two artists. Titles
//! are of one to seven words, which are drawn as [`words`] says, and three artists in ten write otherwise than in
//! plain Latin. Years lean to the recent ones. One track in twelve is rated, one in five was played.
//!
//! A million tracks so have 83,000 albums, 30,000 album artists and a good 200,000 different words.

use std::sync::Arc;

use bevy_ecs::world::World;
use segue_components::prelude::*;
use segue_systems::catalog::Catalog;

use crate::words::{self, Script};

/// A small generator of numbers (SplitMix64; Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Numbers of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below this one, which is not zero.
    pub fn below(&mut self, most: u32) -> u32 {
        u32::try_from(self.draw() % u64::from(most)).expect("below 2^32")
    }

    /// A number below two to the power of `octaves`, low ones most: number *n* about as often as 1/(*n* + 1).
    pub fn low(&mut self, octaves: u32) -> u32 {
        let octave = self.below(octaves);
        (1 << octave) + self.below(1 << octave) - 1
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let count = u32::try_from(from.len()).expect("short lists");
        &from[self.below(count) as usize]
    }
}

/// By how often.
const GENRES: &[&str] = &[
    "Rock",
    "Pop",
    "Electronic",
    "Jazz",
    "Hip Hop",
    "Classical",
    "Folk",
    "Soul",
    "Metal",
    "Ambient",
    "Blues",
    "Country",
    "Reggae",
    "Punk",
    "Indie Rock",
    "Hard Rock",
    "House",
    "Techno",
    "Soundtrack",
    "Latin",
    "Funk",
    "R&B",
    "Disco",
    "Trance",
    "Drum & Bass",
    "Trip Hop",
    "Shoegaze",
    "Post-Rock",
    "Post-Punk",
    "New Wave",
    "Synthpop",
    "Dub",
    "Ska",
    "Gospel",
    "Bluegrass",
    "Bossa Nova",
    "Flamenco",
    "Fado",
    "Tango",
    "Afrobeat",
    "Highlife",
    "Enka",
    "J-Pop",
    "K-Pop",
    "Mandopop",
    "Schlager",
    "Chanson",
    "Baroque",
    "Opera",
    "Chamber",
    "Minimalism",
    "Noise",
    "Industrial",
    "Grime",
    "Dubstep",
    "Garage",
    "Grunge",
    "Emo",
    "Hardcore",
    "Doom Metal",
    "Black Metal",
    "Death Metal",
    "Spoken Word",
    "Audiobook",
];

fn uuid(random: &mut Random) -> Box<str> {
    let (a, b) = (random.draw(), random.draw());
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        a >> 32,
        a >> 16 & 0xffff,
        a & 0xfff,
        b >> 48 & 0xfff,
        b & 0xffff_ffff_ffff
    )
    .into()
}

/// Puts a provider and this many tracks, with their files, albums and pictures, into a world.
pub fn fill(world: &mut World, tracks: u32, seed: u64) {
    let provider = add_provider(world);
    fill_from(world, provider, tracks, seed);
}

/// Puts a provider into a world.
pub fn add_provider(world: &mut World) -> ProviderId {
    Catalog::spawn(
        world,
        (
            ProviderKind::Folder {
                path: "/music".into(),
            },
            ProviderName("Music".into()),
            Access::Granted,
        ),
    )
}

/// Takes away what only a listener adds, so that the library is as after a first sync.
pub fn forget_listening(world: &mut World) {
    let tracks: Vec<_> = world.resource::<Catalog>().all(Noun::Track).collect();
    for (_, entity) in tracks {
        world.entity_mut(entity).remove::<(Rating, PlayStats)>();
    }
}

/// Puts this many tracks of a provider, with their files, albums and pictures, into a world.
pub fn fill_from(world: &mut World, provider: ProviderId, tracks: u32, seed: u64) {
    let random = &mut Random::new(seed);
    let genres: Vec<Arc<[Box<str>]>> = (0..200)
        .map(|_| {
            (0..=random.below(3))
                .map(|_| Box::from(GENRES[random.low(6) as usize % GENRES.len()]))
                .collect()
        })
        .collect();
    let mut known = Vec::new();
    let mut left = tracks;
    while left > 0 {
        let script = words::script(random);
        let name = words::name(random, script);
        let credit = Arc::new(credit(random, &name));
        known.push(Box::from(name));
        let genres = &genres[random.low(7) as usize];
        for _ in 0..albums(random) {
            if left == 0 {
                break;
            }
            let count = (8 + random.below(9)).min(left);
            left -= count;
            let by = By {
                script,
                credit: &credit,
                genres,
                known: &known,
            };
            album(world, random, provider, &by, count);
        }
    }
}

/// How many albums an artist has: two in three have one, and one in a thousand a hundred.
fn albums(random: &mut Random) -> u32 {
    let mut octave = 0;
    while octave < 6 && random.below(3) == 0 {
        octave += 1;
    }
    (1 << octave) + random.below(1 << octave)
}

/// The credit of an artist; half of those with an article have a tag that says how they sort.
fn credit(random: &mut Random, name: &str) -> Credit {
    let mut credit = Credit::of([name]);
    if let Some(rest) = name.strip_prefix("The ").filter(|_| random.below(2) == 0) {
        credit.sort = Some(format!("{rest}, The").into());
    }
    credit
}

/// Whose albums are made.
struct By<'a> {
    script: Script,
    credit: &'a Arc<Credit>,
    genres: &'a Arc<[Box<str>]>,
    /// Everybody so far, this one last.
    known: &'a [Box<str>],
}

impl By<'_> {
    /// Somebody: the first of the library most often.
    fn guest(&self, random: &mut Random) -> Box<str> {
        self.known[random.low(13) as usize % self.known.len()].clone()
    }

    /// The artist together with another one.
    fn with(&self, random: &mut Random, join: &str) -> Arc<Credit> {
        let guest = self.guest(random);
        let mut credit = Credit::clone(self.credit);
        credit.phrase = Some(format!("{credit}{join}{guest}").into());
        credit.names.push(guest);
        credit.sort = None;
        Arc::new(credit)
    }
}

fn album(world: &mut World, random: &mut Random, provider: ProviderId, by: &By<'_>, count: u32) {
    let title = words::title(random, by.script);
    let shared = (random.below(30) == 0).then(|| by.with(random, " & "));
    let artist = shared.as_ref().unwrap_or(by.credit);
    let genres = by.genres;
    let compilation = random.below(20) == 0;
    let lossless = random.below(2) == 0;
    let tagged = random.below(3) == 0;
    let released = PartialDate {
        year: u16::try_from(1960 + random.below(66).max(random.below(66))).expect("a year"),
        month: 0,
        day: 0,
    };
    let written = if compilation {
        "Various Artists".into()
    } else {
        artist.to_string()
    };
    let tags = Arc::new(AlbumTagged {
        title: title.as_str().into(),
        artist: Some(Arc::clone(artist)),
        compilation,
        release: tagged.then(|| uuid(random)),
        ..AlbumTagged::default()
    });
    let artwork: ArtworkId = Catalog::spawn(
        world,
        (
            ContentHash::of(&random.draw().to_le_bytes()),
            Picture {
                mime: "image/jpeg".into(),
                width: 600,
                height: 600,
                size: u64::from(40_000 + random.below(100_000)),
                color: [0x40, 0x50, 0x60],
                problem: None,
            },
        ),
    );
    let album: AlbumId = Catalog::spawn(
        world,
        (
            AlbumTitle(title.as_str().into()),
            AlbumArtist(Arc::clone(artist)),
            AlbumInfo {
                compilation,
                released: Some(released),
                release: tags.release.clone(),
                ..AlbumInfo::default()
            },
            AlbumKey(format!("{}\u{1f}{}", written.to_lowercase(), title.to_lowercase()).into()),
            AlbumCover(artwork),
        ),
    );
    let extension = if lossless { "flac" } else { "mp3" };
    let modified = 1_500_000_000_000 + u64::from(random.below(2_000_000_000)) * 100;
    let artists: Arc<[Box<str>]> = [uuid(random)].into();
    let codec: Arc<str> = extension.into();
    for number in 1..=count {
        let title = words::title(random, by.script) + words::suffix(random);
        let credit = match random.below(10) {
            _ if compilation => Arc::new(Credit::of([by.guest(random)])),
            0 => by.with(random, " feat. "),
            _ => Arc::clone(artist),
        };
        let milliseconds = 90_000 + random.below(300_000);
        let bitrate = if lossless {
            600_000 + random.below(500_000)
        } else {
            320_000
        };
        let file = FileId(world.resource_mut::<Catalog>().next(Noun::File));
        let track: TrackId = Catalog::spawn(
            world,
            (
                Title(title.as_str().into()),
                ArtistCredit(credit),
                OnAlbum(album),
                AlbumTags(Arc::clone(&tags)),
                Position {
                    disc: 1,
                    disc_total: 1,
                    track: u16::try_from(number).expect("a short album"),
                    track_total: u16::try_from(count).expect("a short album"),
                },
                Duration(milliseconds),
                Dates {
                    released: Some(released),
                    original: None,
                },
                Genres(Arc::clone(genres)),
                AudioFormat {
                    codec: Arc::clone(&codec),
                    sample_rate: 44_100,
                    bitrate,
                    channels: 2,
                    bits_per_sample: if lossless { 16 } else { 0 },
                },
                Cover(artwork),
                PlayedFrom(file),
                Added(1_700_000_000_000 + file.0 / 20),
            ),
        );
        let entity = world.resource::<Catalog>().entity(track).expect("just spawned");
        let mut entity = world.entity_mut(entity);
        if tagged {
            entity.insert(ExternalIds(Box::new(TrackMbids {
                recording: Some(uuid(random)),
                track: Some(uuid(random)),
                artists: Arc::clone(&artists),
                isrc: None,
            })));
        }
        if random.below(12) == 0 {
            let stars = u8::try_from(1 + random.below(5)).expect("at most five");
            entity.insert(Rating::new(stars).expect("one to five stars"));
        }
        if random.below(5) == 0 {
            entity.insert(PlayStats {
                plays: 1 + random.below(30),
                skips: random.below(3),
                last_played: 1_700_000_000_000 + random.draw() % 50_000_000_000,
            });
        }
        let path = format!(
            "{written}/{:04} - {}/{number:02} {title}.{extension}",
            released.year, tags.title
        );
        let entity = world
            .spawn((
                file,
                FileOf(track),
                Location {
                    provider,
                    path: path.into(),
                },
                FileStamp {
                    size: u64::from(milliseconds) * u64::from(bitrate) / 8_000,
                    modified: modified + u64::from(number) * 1_000,
                },
                Presence::Present,
            ))
            .id();
        if lossless {
            let (a, b) = (random.draw().to_le_bytes(), random.draw().to_le_bytes());
            let mut hash = [0; 16];
            hash[..8].copy_from_slice(&a);
            hash[8..].copy_from_slice(&b);
            world.entity_mut(entity).insert(AudioHash(hash));
        }
        world.resource_mut::<Catalog>().insert(Noun::File, file.0, entity);
    }
}
