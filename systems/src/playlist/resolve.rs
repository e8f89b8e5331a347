//! Which track a path from elsewhere means, and how a track is named for elsewhere.
//!
//! The path may be of another machine, another system, relative to another folder, or percent-encoded. It means
//! the file that it has the most parts in common with, counted from its end: compared after folding (case,
//! composed or decomposed letters), and where that leaves several, byte by byte.

use bevy_ecs::world::World;
use segue_components::prelude::*;

use crate::catalog::{self, Catalog};
use crate::http;
use crate::query::fold::fold;
use crate::sort;
use crate::user_data::wanted::Wanted;

/// How far the seconds of an entry may be from the length of a track that it means, in milliseconds.
const CLOSE: u64 = 2_000;

/// Seconds that are further off speak against a track.
const FAR: u64 = 5_000;

/// How many equally good files are looked at; of more, none is meant.
const MOST_TIED: usize = 16;

/// The parts of a path, one way to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Form {
    parts: Vec<String>,
    folded: Vec<String>,
    /// How many of the parts, from the end, the entry itself names.
    own: usize,
}

/// The best files for one entry so far.
#[derive(Debug, Default)]
struct Best {
    score: (usize, usize, bool),
    tracks: Vec<TrackId>,
}

/// Finds the track that each entry means. `folder` is where the playlist lies, as an absolute path; empty if that
/// is not known.
pub fn tracks(world: &World, wanted: &[&Unmatched], folder: &str) -> Vec<Option<TrackId>> {
    let folder = parts(folder, "");
    let forms: Vec<Vec<Form>> = wanted.iter().map(|entry| forms(&entry.path, &folder)).collect();
    let mut by_name: Wanted<(usize, &Form)> = Wanted::default();
    for (index, forms) in forms.iter().enumerate() {
        for form in forms {
            if let Some(name) = form.folded.last() {
                by_name.list(name.as_bytes(), 0).push((index, form));
            }
        }
    }
    let mut best: Vec<Best> = wanted.iter().map(|_| Best::default()).collect();
    let catalog = world.resource::<Catalog>();
    let roots = roots(world);
    // Nothing wanted, nothing to look at.
    let files = catalog.all(Noun::File).filter(|_| !by_name.is_empty());
    for (_, file) in files {
        let (Some(location), Some(FileOf(track))) = (world.get::<Location>(file), world.get::<FileOf>(file))
        else {
            continue;
        };
        let name = location.path.rsplit('/').next().unwrap_or_default();
        let Some(entries) = by_name.get(fold(name).as_bytes(), 0) else {
            continue;
        };
        let root = roots.iter().find(|(provider, _)| *provider == location.provider);
        let root = root.map_or(&[][..], |(_, root)| root);
        let path: Vec<String> = location.path.split('/').map(unescape).collect();
        let is_there = !matches!(world.get(file), Some(Presence::MissingSince(_)));
        for &(index, form) in entries {
            let length = catalog::get::<Duration>(world, *track);
            if let Some((same, equal)) = compare(form, root, &path, wanted[index], length) {
                best[index].offer((same, equal, is_there), *track);
            }
        }
    }
    let found = best.into_iter().zip(wanted);
    found
        .map(|(best, entry)| choose(world, best.tracks, entry))
        .collect()
}

impl Best {
    fn offer(&mut self, score: (usize, usize, bool), track: TrackId) {
        if score > self.score {
            self.score = score;
            self.tracks.clear();
        }
        if score == self.score && self.tracks.len() <= MOST_TIED && !self.tracks.contains(&track) {
            self.tracks.push(track);
        }
    }
}

/// How many parts are the same from the end on, and how many of these byte by byte; `None` if the file is not meant.
fn compare(
    form: &Form,
    root: &[String],
    path: &[String],
    entry: &Unmatched,
    length: Option<&Duration>,
) -> Option<(usize, usize)> {
    let mut equal = 0;
    let mut same = 0;
    let theirs = form.parts.iter().zip(&form.folded).rev();
    for ((part, folded), file) in theirs.zip(path.iter().rev().chain(root.iter().rev())) {
        if part == file {
            equal += 1;
        } else if fold(file) != *folded {
            break;
        }
        same += 1;
    }
    let apart = length
        .filter(|_| entry.seconds > 0)
        .map(|length| u64::from(length.0).abs_diff(u64::from(entry.seconds) * 1_000));
    // Of folders of both, not one is the same: many albums have a `01.mp3`.
    let name_alone = same == 1 && form.own > 1 && path.len() > 1;
    match apart {
        Some(apart) if name_alone => apart <= CLOSE,
        Some(apart) if same == 1 => apart <= FAR,
        _ => !name_alone && same > 0,
    }
    .then_some((same, equal))
}

/// Of equally good files, the one that title and length speak for.
fn choose(world: &World, mut tracks: Vec<TrackId>, entry: &Unmatched) -> Option<TrackId> {
    if tracks.len() > MOST_TIED {
        return None;
    }
    sort::by_key(&mut tracks, |&track| track);
    let length =
        |track: &TrackId| catalog::get::<Duration>(world, *track).map_or(0, |length| u64::from(length.0));
    if tracks.len() > 1 && entry.seconds > 0 {
        let wanted = u64::from(entry.seconds) * 1_000;
        let close: Vec<TrackId> = tracks
            .iter()
            .copied()
            .filter(|track| length(track).abs_diff(wanted) <= CLOSE)
            .collect();
        if !close.is_empty() {
            tracks = close;
        }
    }
    let title = |track: &TrackId| catalog::get::<Title>(world, *track).map(|title| fold(&title.0));
    if tracks.len() > 1 && !entry.title.is_empty() {
        let wanted = fold(&entry.title);
        let is_named = |track: &TrackId| title(track).is_some_and(|title| wanted.ends_with(&title));
        let named: Vec<TrackId> = tracks.iter().copied().filter(is_named).collect();
        if !named.is_empty() {
            tracks = named;
        }
    }
    let (&first, rest) = tracks.split_first()?;
    // Copies of one recording are as good as each other; different songs of one name are not.
    let is_copy = |other: &TrackId| {
        title(other) == title(&first)
            && catalog::get::<ArtistCredit>(world, *other) == catalog::get::<ArtistCredit>(world, first)
            && length(other).abs_diff(length(&first)) <= CLOSE
    };
    rest.iter().all(is_copy).then_some(first)
}

/// The ways to read a path: as it stands, percent-decoded, and with `\` as a character of a name.
fn forms(path: &str, folder: &[String]) -> Vec<Form> {
    let (path, is_address) = strip_scheme(path);
    let slashed = path.replace('\\', "/");
    let mut texts = vec![slashed];
    let decoded = texts[0].contains('%').then(|| percent_decode(&texts[0]));
    if let Some(decoded) = decoded.filter(|decoded| *decoded != texts[0]) {
        // An address is always encoded; a path that only looks so comes first as it is.
        texts.insert(if is_address { 0 } else { 1 }, decoded);
    }
    let mut forms: Vec<Form> = Vec::new();
    let mut add = |parts: Vec<String>, own| {
        let folded: Vec<String> = parts.iter().map(|part| fold(part)).collect();
        let form = Form { parts, folded, own };
        if !form.parts.is_empty() && !forms.contains(&form) {
            forms.push(form);
        }
    };
    for text in texts {
        let is_absolute = is_address || text.starts_with('/') || has_drive(&text);
        let own = self::parts(&text, "").len();
        let mut all = if is_absolute { Vec::new() } else { folder.to_vec() };
        climb(&mut all, &text);
        add(all, own);
    }
    if path.contains('\\') && !has_drive(path) {
        let mut all = if path.starts_with('/') {
            Vec::new()
        } else {
            folder.to_vec()
        };
        let before = all.len();
        climb(&mut all, path);
        let own = all.len().saturating_sub(before);
        add(all, own);
    }
    forms
}

fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// The path of an address, and whether it was one.
fn strip_scheme(path: &str) -> (&str, bool) {
    let Some((scheme, rest)) = path.split_once("://") else {
        // `file:/a` has no host.
        let rest = path.get(..5).filter(|head| head.eq_ignore_ascii_case("file:"));
        return rest.map_or((path, false), |_| (&path[5..], true));
    };
    if scheme.eq_ignore_ascii_case("file") {
        // The host of a file's address says nothing of its path.
        return (rest.find('/').map_or(rest, |at| &rest[at..]), true);
    }
    if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") {
        let end = rest.find(['?', '#']).unwrap_or(rest.len());
        return (&rest[..end], true);
    }
    (path, false)
}

/// Puts the parts of a path behind those of a folder, with `.` and `..` as what they mean.
fn climb(parts: &mut Vec<String>, path: &str) {
    let path = if has_drive(path.trim_start_matches('/')) {
        path.trim_start_matches('/')
    } else {
        path
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part.to_owned()),
        }
    }
}

fn parts(path: &str, folder: &str) -> Vec<String> {
    let mut parts = Vec::new();
    climb(&mut parts, folder);
    climb(&mut parts, &path.replace('\\', "/"));
    parts
}

/// Takes percent-encoding away; bytes that are not UTF-8 then are read as Latin-1.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let hex = |at: usize| after.get(at).and_then(|&byte| char::from(byte).to_digit(16));
        if byte == b'%'
            && let (Some(high), Some(low)) = (hex(0), hex(1))
            && let Ok(decoded) = u8::try_from(high << 4 | low)
        {
            bytes.push(decoded);
            rest = &after[2..];
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let bytes = error.into_bytes();
        bytes.into_iter().map(char::from).collect()
    })
}

/// A part of a stored path as people write it: see [`Location::path`].
fn unescape(part: &str) -> String {
    if !part.contains('\\') {
        return part.to_owned();
    }
    let mut bytes = Vec::new();
    let mut rest = part;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let escape = &rest[at + 1..];
        let code = escape.strip_prefix('x').and_then(|hex| hex.get(..2));
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &escape[3..];
            }
            None => {
                bytes.push(b'\\');
                rest = escape.strip_prefix('\\').unwrap_or(escape);
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The parts above the paths of each provider.
fn roots(world: &World) -> Vec<(ProviderId, Vec<String>)> {
    let all = world.resource::<Catalog>().all(Noun::Provider);
    all.filter_map(|(provider, entity)| {
        let root = match world.get::<ProviderKind>(entity)? {
            ProviderKind::Folder { path } => {
                let mut root = Vec::new();
                climb(&mut root, path);
                root.iter().map(|part| unescape(part)).collect()
            }
            ProviderKind::Http { url } => parts(&percent_decode(strip_scheme(url).0), ""),
            ProviderKind::Handle { .. } => Vec::new(),
        };
        Some((ProviderId(provider), root))
    })
    .collect()
}

/// How a track is named in a playlist file in this folder: a path relative to it where there is one, else the
/// absolute path, the address, or the path below what the listener chose.
#[must_use]
pub fn line(world: &World, track: TrackId, folder: &str) -> Unmatched {
    let location =
        catalog::get::<PlayedFrom>(world, track).and_then(|from| catalog::get::<Location>(world, from.0));
    let path = location.map_or_else(String::new, |location| {
        match catalog::get::<ProviderKind>(world, location.provider) {
            Some(ProviderKind::Folder { path: root }) => {
                let whole = format!("{}/{}", root.trim_end_matches('/'), location.path);
                let whole: Vec<String> = whole.split('/').map(unescape).collect();
                relative(&whole, folder).unwrap_or_else(|| whole.join("/"))
            }
            Some(ProviderKind::Http { url }) => http::join(url, &location.path),
            _ => unescape(&location.path),
        }
    });
    let title = catalog::get::<Title>(world, track).map_or("", |title| &title.0);
    let artist = catalog::get::<ArtistCredit>(world, track).map(|artist| artist.0.to_string());
    let title = match artist.filter(|artist| !artist.is_empty()) {
        Some(artist) => format!("{artist} - {title}"),
        None => title.to_owned(),
    };
    let length = catalog::get::<Duration>(world, track).map_or(0, |length| length.0);
    Unmatched {
        path,
        title,
        seconds: (length.saturating_add(500)) / 1_000,
    }
}

/// The way from a folder to a file, if both are absolute paths of one system.
fn relative(file: &[String], folder: &str) -> Option<String> {
    if folder.is_empty() {
        return None;
    }
    let folder = folder.replace('\\', "/");
    let folder: Vec<&str> = folder.trim_end_matches('/').split('/').collect();
    let same = folder.iter().zip(file).take_while(|(a, b)| *a == b).count();
    // The first part is empty, or a drive.
    if same == 0 {
        return None;
    }
    let mut way = vec![".."; folder.len() - same];
    way.extend(file[same..].iter().map(String::as_str));
    Some(way.join("/"))
}

/// A playlist file's lines for these items.
#[must_use]
pub fn lines(world: &World, items: &[EntryItem], folder: &str) -> Vec<Unmatched> {
    let lines = items.iter().map(|item| match item {
        EntryItem::Track(track) => line(world, *track, folder),
        EntryItem::Unmatched(unmatched) => (**unmatched).clone(),
    });
    // Of a track that is gone nothing is known.
    lines.filter(|line| !line.path.is_empty()).collect()
}
