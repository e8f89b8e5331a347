//! MP4 and M4A: the boxes of `moov` that describe the track of sound, and iTunes' list of tags.

mod entry;

use super::fields::{Found, FoundPicture, PictureBytes};
use super::source::{Source, be, be16, be32, from};
use super::{ReadOptions, TagError, genre, id3, mpeg, text};

/// Boxes that are looked at in one file.
const MAX_BOXES: u32 = 20_000;
/// A text longer than this is skipped.
const MAX_TEXT: u64 = 4 << 20;

/// One box: its type, and where its content stands.
#[derive(Debug, Clone, Copy)]
struct Atom {
    kind: [u8; 4],
    body: u64,
    end: u64,
}

/// What is collected of one track.
#[derive(Default)]
struct Track {
    sound: bool,
    timescale: u32,
    duration: u64,
    edit_start: Option<u64>,
    edit_length: Option<u64>,
    format: super::Format,
}

struct Walker<'a, 'b> {
    source: &'a mut Source<'b>,
    boxes: u32,
    found: &'a mut Found,
}

/// Reads an MP4 file.
pub(super) fn read(
    source: &mut Source<'_>,
    start: u64,
    options: &ReadOptions,
    found: &mut Found,
) -> Result<(), TagError> {
    found.format.container = "mp4".to_owned();
    let end = source.len();
    let mut walker = Walker {
        source,
        boxes: 0,
        found,
    };
    let mut movie_seen = false;
    let mut sound_bytes = 0;
    let mut sound_at = None;
    let mut fragments = Vec::new();
    let mut movie = Movie::default();
    let mut at = start;
    while let Some(atom) = walker.next(at, end)? {
        match &atom.kind {
            b"moov" if !movie_seen => {
                movie_seen = true;
                movie = walker.movie(atom, options)?;
            }
            b"mdat" => {
                sound_at.get_or_insert(atom.body);
                sound_bytes += atom.end - atom.body;
            }
            b"moof" if fragments.len() < 4096 => fragments.push(atom),
            _ => {}
        }
        at = atom.end;
    }
    if !movie_seen {
        return Err(TagError::Truncated { length: end });
    }
    let tracks = std::mem::take(&mut movie.tracks);
    let Some(mut track) = tracks.into_iter().find(|track| track.sound) else {
        walker.found.warn("no track of sound");
        if movie.timescale != 0 && movie.duration != 0 {
            walker.found.format.duration_ms = Some(milliseconds(movie.duration, movie.timescale));
        }
        return Ok(());
    };
    if track.duration == 0 && !fragments.is_empty() {
        for fragment in fragments {
            track.duration += walker.fragment(fragment, movie.default_duration)?;
        }
    }
    settle(&movie, track, sound_at, sound_bytes, walker.found);
    Ok(())
}

fn milliseconds(duration: u64, timescale: u32) -> u64 {
    u64::try_from(u128::from(duration) * 1000 / u128::from(timescale.max(1))).unwrap_or(u64::MAX)
}

/// What `moov` says beyond its tracks.
#[derive(Default)]
struct Movie {
    timescale: u32,
    duration: u64,
    /// Default duration of a sample in fragments.
    default_duration: u64,
    tracks: Vec<Track>,
}

/// Joins the track's own words with edit lists and iTunes' gapless information.
fn settle(movie: &Movie, track: Track, at: Option<u64>, bytes: u64, found: &mut Found) {
    let (timescale, duration) = match (track.timescale, track.duration) {
        // Some writers leave the track's own length empty.
        (0, _) | (_, 0) => (movie.timescale, movie.duration),
        own => own,
    };
    let format = &mut found.format;
    let container = std::mem::take(&mut format.container);
    *format = track.format;
    format.container = container;
    (format.audio_start, format.audio_bytes) = (at, at.map(|_| bytes));
    let rate = format.sample_rate.unwrap_or(0);
    if timescale == 0 {
        return;
    }
    let scale = |value: u64, from: u32| {
        u64::try_from(u128::from(value) * u128::from(rate) / u128::from(from.max(1))).ok()
    };
    let whole = scale(duration, timescale).unwrap_or(0);
    let gap = found.fields.first("itunsmpb").and_then(itunes_gap);
    let edit = track
        .edit_start
        .zip(track.edit_length)
        .and_then(|(start, length)| {
            let delay = u32::try_from(scale(start, timescale)?).ok()?;
            // The length of an edit counts in the time of the movie, the start in that of the track.
            let kept = scale(length, movie.timescale)?;
            (kept > 0).then_some((delay, whole.saturating_sub(kept + u64::from(delay))))
        });
    let (delay, padding) = match (gap, edit) {
        (Some((delay, padding)), _) => (delay, padding),
        (None, Some((delay, padding))) if delay > 0 || padding > 0 => {
            (delay, u32::try_from(padding).unwrap_or(0))
        }
        _ => (0, 0),
    };
    if rate == 0 {
        found.format.duration_ms = Some(milliseconds(duration, timescale)).filter(|&length| length != 0);
        return;
    }
    // Rates above 65535 do not fit the old field; the track's time is the rate then.
    let format = &mut found.format;
    if delay > 0 || padding > 0 {
        (format.delay, format.padding) = (Some(delay), Some(padding));
    }
    let frames = whole.saturating_sub(u64::from(delay) + u64::from(padding));
    if frames > 0 {
        format.set_frames(frames);
    }
    if format.bitrate.is_none() && bytes > 0 {
        format.bitrate = mpeg::bits_per_second(bytes, whole, rate.into());
    }
}

/// Delay and padding of `iTunSMPB`: hexadecimal numbers, the second and the third.
fn itunes_gap(value: &str) -> Option<(u32, u32)> {
    let mut numbers = value
        .split_whitespace()
        .skip(1)
        .map(|number| u32::from_str_radix(number, 16).ok());
    let (delay, padding) = (numbers.next()??, numbers.next()??);
    (delay < 1 << 20 && padding < 1 << 20).then_some((delay, padding))
}

impl Walker<'_, '_> {
    /// The box at `at`, or `None` where none is or the file has had its share of them.
    fn next(&mut self, at: u64, end: u64) -> Result<Option<Atom>, TagError> {
        if at.saturating_add(8) > end || self.boxes >= MAX_BOXES {
            return Ok(None);
        }
        self.boxes += 1;
        let head = self.source.bytes(at, 16)?;
        let (Some(size), Some(kind)) = (
            be32(&head, 0),
            head.get(4..8).and_then(|kind| kind.try_into().ok()),
        ) else {
            return Ok(None);
        };
        let (body, claimed) = match size {
            0 if at > 0 && self.top(&kind) => (at + 8, end),
            // An empty box that says nothing, not even its own eight bytes.
            0..8 if size != 1 => (at + 8, at + 8),
            1 => match be::<8>(&head, 8) {
                Some(size) if size >= 16 => (at + 16, at.saturating_add(size)),
                _ => return Ok(None),
            },
            _ => (at + 8, at + u64::from(size)),
        };
        if claimed > end {
            self.found
                .warn(format!("the box {} is cut", text::eight_bit(&kind)));
        }
        Ok((body <= end).then_some(Atom {
            kind,
            body,
            end: claimed.min(end),
        }))
    }

    /// Only the last box of a file may leave its size open.
    fn top(&self, kind: &[u8; 4]) -> bool {
        matches!(kind, b"mdat" | b"moov" | b"free")
    }

    fn bytes(&mut self, atom: Atom, limit: u64) -> Result<Vec<u8>, TagError> {
        self.source.bytes(atom.body, (atom.end - atom.body).min(limit))
    }

    fn movie(&mut self, moov: Atom, options: &ReadOptions) -> Result<Movie, TagError> {
        let mut movie = Movie::default();
        let mut at = moov.body;
        while let Some(atom) = self.next(at, moov.end)? {
            match &atom.kind {
                b"mvhd" => {
                    (movie.timescale, movie.duration) = time(&self.bytes(atom, 32)?);
                }
                b"trak" if movie.tracks.len() < 64 => {
                    let mut track = Track::default();
                    self.track(atom, &mut track)?;
                    movie.tracks.push(track);
                }
                b"mvex" => self.extends(atom, &mut movie)?,
                b"udta" => self.user_data(atom, options)?,
                b"meta" => self.meta(atom, options)?,
                _ => {}
            }
            at = atom.end;
        }
        Ok(movie)
    }

    fn extends(&mut self, mvex: Atom, movie: &mut Movie) -> Result<(), TagError> {
        let mut at = mvex.body;
        while let Some(atom) = self.next(at, mvex.end)? {
            let bytes = self.bytes(atom, 24)?;
            match &atom.kind {
                b"mehd" if movie.duration == 0 => {
                    movie.duration = if bytes.first() == Some(&1) {
                        be::<8>(&bytes, 4)
                    } else {
                        be::<4>(&bytes, 4)
                    }
                    .unwrap_or(0);
                }
                b"trex" => movie.default_duration = be::<4>(&bytes, 12).unwrap_or(0),
                _ => {}
            }
            at = atom.end;
        }
        Ok(())
    }

    /// The duration of a movie fragment, in the time of its track.
    fn fragment(&mut self, moof: Atom, default: u64) -> Result<u64, TagError> {
        let mut total = 0;
        let mut at = moof.body;
        while let Some(traf) = self.next(at, moof.end)? {
            at = traf.end;
            if &traf.kind != b"traf" {
                continue;
            }
            let mut default = default;
            let mut inside = traf.body;
            while let Some(atom) = self.next(inside, traf.end)? {
                inside = atom.end;
                if &atom.kind == b"tfhd" {
                    let bytes = self.bytes(atom, 32)?;
                    let flags = be::<3>(&bytes, 1).unwrap_or(0);
                    let skip = usize::from(flags & 1 != 0) * 8 + usize::from(flags & 2 != 0) * 4;
                    if flags & 8 != 0 {
                        default = be::<4>(&bytes, 8 + skip).unwrap_or(default);
                    }
                } else if &atom.kind == b"trun" {
                    let bytes = self.bytes(atom, 1 << 20)?;
                    let flags = be::<3>(&bytes, 1).unwrap_or(0);
                    let count = be::<4>(&bytes, 4).unwrap_or(0);
                    if flags & 0x100 == 0 {
                        total += count.saturating_mul(default);
                        continue;
                    }
                    let skip = 8 + usize::from(flags & 1 != 0) * 4 + usize::from(flags & 4 != 0) * 4;
                    let entry = [0x100, 0x200, 0x400, 0x800]
                        .iter()
                        .filter(|&&bit| flags & bit != 0)
                        .count()
                        * 4;
                    let entries = from(&bytes, skip).chunks_exact(entry);
                    total += entries.filter_map(|entry| be::<4>(entry, 0)).sum::<u64>();
                }
            }
        }
        Ok(total)
    }

    fn track(&mut self, container: Atom, track: &mut Track) -> Result<(), TagError> {
        let mut at = container.body;
        while let Some(atom) = self.next(at, container.end)? {
            match &atom.kind {
                // Nested by the format: mdia, minf, stbl; never deeper than the file's own boxes.
                b"mdia" | b"minf" | b"stbl" | b"edts" if self.boxes < MAX_BOXES => {
                    self.track_part(atom, track)?
                }
                _ => {}
            }
            at = atom.end;
        }
        Ok(())
    }

    /// The boxes of `trak` at any depth, without recursion deeper than the four levels there are.
    fn track_part(&mut self, container: Atom, track: &mut Track) -> Result<(), TagError> {
        let mut open = vec![(container.body, container.end)];
        while let Some((at, end)) = open.pop() {
            let Some(atom) = self.next(at, end)? else { continue };
            open.push((atom.end, end));
            match &atom.kind {
                b"mdia" | b"minf" | b"stbl" if open.len() < 8 => open.push((atom.body, atom.end)),
                b"hdlr" => track.sound |= self.bytes(atom, 12)?.get(8..12) == Some(b"soun"),
                b"mdhd" => (track.timescale, track.duration) = time(&self.bytes(atom, 32)?),
                b"elst" => {
                    let bytes = self.bytes(atom, 8 + 20 * 8)?;
                    edits(&bytes, track);
                }
                b"stsd" => {
                    let bytes = self.bytes(atom, 4096)?;
                    entry::sample_entry(&bytes, &mut track.format);
                }
                b"stts" if track.duration == 0 => {
                    let bytes = self.bytes(atom, 1 << 16)?;
                    track.duration = from(&bytes, 8)
                        .as_chunks::<8>()
                        .0
                        .iter()
                        .filter_map(|run| be::<4>(run, 0)?.checked_mul(be::<4>(run, 4)?))
                        .fold(0, u64::saturating_add);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn user_data(&mut self, udta: Atom, options: &ReadOptions) -> Result<(), TagError> {
        let mut at = udta.body;
        while let Some(atom) = self.next(at, udta.end)? {
            if &atom.kind == b"meta" {
                self.meta(atom, options)?;
            }
            at = atom.end;
        }
        Ok(())
    }

    fn meta(&mut self, meta: Atom, options: &ReadOptions) -> Result<(), TagError> {
        // QuickTime's box has no version and flags.
        let head = self.bytes(meta, 8)?;
        let mut at = if head.get(4..8) == Some(b"hdlr") {
            meta.body
        } else {
            meta.body + 4
        };
        while let Some(atom) = self.next(at, meta.end)? {
            if &atom.kind == b"ilst" {
                self.list(atom, options)?;
            }
            at = atom.end;
        }
        Ok(())
    }

    fn list(&mut self, ilst: Atom, options: &ReadOptions) -> Result<(), TagError> {
        let mut at = ilst.body;
        while let Some(item) = self.next(at, ilst.end)? {
            at = item.end;
            let mut name = None;
            let mut inside = item.body;
            while let Some(atom) = self.next(inside, item.end)? {
                inside = atom.end;
                match &atom.kind {
                    b"name" => name = Some(text::utf8(from(&self.bytes(atom, 1024)?, 4))),
                    b"data" if &item.kind == b"covr" => self.cover(atom)?,
                    b"data" => self.value(&item.kind, name.as_deref(), atom, options)?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn cover(&mut self, data: Atom) -> Result<(), TagError> {
        let head = self.bytes(data, 32)?;
        let offset = data.body + 8;
        let length = data.end.saturating_sub(offset);
        if length > 0 {
            let declared = match be32(&head, 0) {
                Some(13) => "image/jpeg",
                Some(14) => "image/png",
                Some(27) => "image/bmp",
                _ => "",
            };
            let mime = id3::mime_of(declared, from(&head, 8));
            // MP4 has no types of pictures: the first is the cover.
            self.found.pictures.push(FoundPicture {
                kind: 3,
                mime,
                bytes: PictureBytes::File { offset, length },
            });
        }
        Ok(())
    }

    fn value(
        &mut self,
        kind: &[u8; 4],
        name: Option<&str>,
        data: Atom,
        _: &ReadOptions,
    ) -> Result<(), TagError> {
        if data.end - data.body > MAX_TEXT {
            self.found.warn(format!(
                "the tag {} of {} bytes is skipped",
                text::eight_bit(kind),
                data.end - data.body
            ));
            return Ok(());
        }
        let bytes = self.bytes(data, MAX_TEXT)?;
        let (Some(format), Some(value)) = (be32(&bytes, 0), bytes.get(8..)) else {
            return Ok(());
        };
        let fields = &mut self.found.fields;
        match kind {
            b"trkn" | b"disk" => {
                let (key, total) = if kind == b"trkn" {
                    ("track", "track_total")
                } else {
                    ("disc", "disc_total")
                };
                for (key, at) in [(key, 2), (total, 4)] {
                    if let Some(number) = be16(value, at).filter(|&number| number != 0) {
                        fields.add(key, &number.to_string());
                    }
                }
            }
            b"gnre" => {
                let number = be16(value, 0).and_then(|number| u8::try_from(number.checked_sub(1)?).ok());
                if let Some(genre) = number.and_then(genre::name) {
                    fields.add("genre", genre);
                }
            }
            _ => {
                let Some(text) = data_text(format, value) else {
                    return Ok(());
                };
                match (item_name(kind), name) {
                    (Some("genre"), _) => text.split(';').for_each(|genre| fields.add("genre", genre)),
                    (Some(key), _) => fields.add(key, &text),
                    (None, Some(name)) => fields.add_named(name, &text),
                    (None, None) => fields.add(&text::eight_bit(kind).to_lowercase(), &text),
                }
            }
        }
        Ok(())
    }
}

/// The text of a `data` box by its type: UTF-8, UTF-16, a number, or untyped text.
fn data_text(format: u32, value: &[u8]) -> Option<String> {
    match format {
        1 | 4 => Some(text::utf8(value)),
        2 | 5 => Some(text::utf16(value, true)),
        21 | 22 => integer(value),
        0 if value.len() <= 2 => integer(value),
        0 => std::str::from_utf8(value).ok().map(ToOwned::to_owned),
        _ => None,
    }
}

fn integer(value: &[u8]) -> Option<String> {
    Some(match *value {
        [a] => a.to_string(),
        [a, b] => u16::from_be_bytes([a, b]).to_string(),
        [a, b, c] => u32::from_be_bytes([0, a, b, c]).to_string(),
        [a, b, c, d] => u32::from_be_bytes([a, b, c, d]).to_string(),
        [..] => be::<8>(value, 0)?.to_string(),
    })
}

/// Version, times, timescale and duration, as `mvhd` and `mdhd` have them.
fn time(bytes: &[u8]) -> (u32, u64) {
    let (scale, duration) = if bytes.first() == Some(&1) {
        (be32(bytes, 20), be::<8>(bytes, 24))
    } else {
        (be32(bytes, 12), be::<4>(bytes, 16))
    };
    // All ones mean unknown.
    let duration = duration.filter(|&value| value != u64::from(u32::MAX) && value != u64::MAX);
    (scale.unwrap_or(0), duration.unwrap_or(0))
}

/// Takes an edit list of one edit; several are an arrangement, not a gap.
fn edits(bytes: &[u8], track: &mut Track) {
    let long = bytes.first() == Some(&1);
    let count = be32(bytes, 4).unwrap_or(0);
    let size = if long { 20 } else { 12 };
    let mut edits = from(bytes, 8)
        .chunks_exact(size)
        .take(usize::try_from(count).unwrap_or(0))
        .filter_map(|edit| {
            let (length, start) = if long {
                (be::<8>(edit, 0)?, be::<8>(edit, 8)?)
            } else {
                (be::<4>(edit, 0)?, be::<4>(edit, 4)?)
            };
            // A start of -1 is silence before the track.
            (start >> (if long { 63 } else { 31 }) == 0).then_some((length, start))
        });
    if let (Some((length, start)), None) = (edits.next(), edits.next()) {
        (track.edit_start, track.edit_length) = (Some(start), Some(length));
    }
}

fn item_name(kind: &[u8; 4]) -> Option<&'static str> {
    Some(match kind {
        b"\xa9nam" => "title",
        b"\xa9ART" => "artist",
        b"\xa9alb" => "album",
        b"aART" => "album_artist",
        b"sonm" => "title_sort",
        b"soar" => "artist_sort",
        b"soal" => "album_sort",
        b"soaa" => "album_artist_sort",
        b"\xa9day" => "date",
        b"\xa9gen" => "genre",
        b"\xa9wrt" | b"\xa9com" => "composer",
        b"\xa9cmt" => "comment",
        b"\xa9lyr" => "lyrics",
        b"\xa9grp" => "grouping",
        b"\xa9pub" => "label",
        b"tmpo" => "bpm",
        b"cpil" => "compilation",
        b"cprt" => "copyright",
        b"\xa9too" => "encoded_by",
        b"\xa9des" | b"desc" => "description",
        b"\xa9wrk" => "work",
        b"\xa9mvn" => "movement_name",
        b"\xa9mvi" => "movement",
        b"\xa9mvc" => "movement_total",
        b"shwm" => "show_movement",
        b"\xa9con" => "conductor",
        b"\xa9dir" => "director",
        b"xid " => "xid",
        _ => return None,
    })
}
