//! The boxes of an MP4 file that say which part of a track is the recording.
//!
//! The container's reader parses the edit list and drops it, so this walks the same boxes again: a few small
//! reads, and no sample tables beyond the durations.

use std::io;

use super::Trim;
use super::itunes::ItunSmpb;
use crate::source::SharedSource;

/// No box that we read whole may be larger.
const MAX_PAYLOAD: u64 = 4 << 20;

/// How many boxes are looked at before the file counts as hostile.
const MAX_BOXES: u32 = 20_000;

/// One audio track of a movie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AudioTrack {
    pub(crate) id: u32,
    /// Units a second of the track's own durations.
    pub(crate) timescale: u32,
    /// The sample entry's code, such as `mp4a`.
    pub(crate) codec: [u8; 4],
    /// The first edit that shows media: (duration in the movie's units, start in the track's units).
    pub(crate) edit: Option<(u64, u64)>,
    /// The sum of all samples' durations in the track's units; zero in fragmented files.
    pub(crate) total: u64,
    /// The durations of the samples, as runs of equal ones: how many, and how long each.
    runs: Vec<(u32, u32)>,
    is_audio: bool,
}

/// What concerns the timing of a movie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Movie {
    /// Units a second of the movie's durations.
    pub(crate) timescale: u32,
    pub(crate) tracks: Vec<AudioTrack>,
    pub(crate) itunsmpb: Option<ItunSmpb>,
    /// The file ends within the box of audio that follows the movie.
    pub(crate) cut: bool,
}

impl Movie {
    /// Where the track's packets are, if their times do not say it.
    pub(crate) fn grid(&self, id: u32, rate: u32) -> Option<PacketGrid> {
        self.tracks
            .iter()
            .find(|track| track.id == id)
            .and_then(|track| PacketGrid::new(track, rate))
    }

    /// Which frames of the track are the recording, at `rate` frames a second.
    pub(crate) fn trim(&self, id: u32, rate: u32) -> Trim {
        let Some(track) = self.tracks.iter().find(|track| track.id == id) else {
            return Trim::default();
        };
        if let Some(smpb) = self.itunsmpb
            && track.codec == *b"mp4a"
        {
            return smpb.trim(0);
        }
        let frames = |units: u64, timescale: u32| {
            let timescale = u128::from(timescale.max(1));
            i64::try_from((u128::from(units) * u128::from(rate) + timescale / 2) / timescale)
                .unwrap_or(i64::MAX)
        };
        let media_end = (track.total > 0).then(|| frames(track.total, track.timescale));
        let Some((duration, media_time)) = track.edit else {
            return Trim {
                start: 0,
                end: media_end,
            };
        };
        let start = frames(media_time, track.timescale);
        // The edit's length is in the movie's units, often milliseconds, so it is only as good as one of them:
        // where it says the same as the media within one unit, the media is exact and the edit is rounded.
        let edit_end = (duration > 0).then(|| start.saturating_add(frames(duration, self.timescale)));
        let tick = frames(1, self.timescale) + 1;
        let end = match (edit_end, media_end) {
            (Some(edit), Some(media)) if edit.saturating_add(tick) >= media => Some(media),
            (Some(edit), _) => Some(edit),
            (None, media) => media,
        };
        Trim { start, end }
    }
}

/// Which packet is at which time, for tracks whose times wander although every packet decodes to as many frames.
///
/// Some muxers write a packet's duration as 1472 and the next one's as 576 where both are 1024: as places in the
/// codec's output such times are wrong by hundreds of frames, and only the packet's number tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PacketGrid {
    // The number and the time of the first packet of each run, and the duration of each packet in it.
    runs: Vec<(u64, u64, u32)>,
}

impl PacketGrid {
    /// Frames of output that each packet of AAC-LC decodes to.
    pub(crate) const FRAMES: i64 = 1024;

    /// The grid of an AAC track, or `None` if its times are exact already.
    fn new(track: &AudioTrack, rate: u32) -> Option<Self> {
        let even = track.timescale == rate
            && track
                .runs
                .iter()
                .rev()
                .skip(1)
                .all(|(_, each)| i64::from(*each) == Self::FRAMES);
        if track.codec != *b"mp4a" || even || track.runs.is_empty() {
            return None;
        }
        let (mut number, mut time) = (0_u64, 0_u64);
        let runs = track.runs.iter().map(|(count, each)| {
            let run = (number, time, *each);
            number += u64::from(*count);
            time = time.saturating_add(u64::from(*count) * u64::from(*each));
            run
        });
        Some(Self { runs: runs.collect() })
    }

    /// The first frame of output of the packet at a time of the track.
    pub(crate) fn frame(&self, time: i64) -> Option<i64> {
        let time = u64::try_from(time).ok()?;
        let at = self
            .runs
            .partition_point(|(_, first, _)| *first <= time)
            .checked_sub(1)?;
        let (number, first, each) = self.runs[at];
        i64::try_from(number + (time - first) / u64::from(each.max(1)))
            .ok()?
            .checked_mul(Self::FRAMES)
    }

    /// The time of the packet that decodes to a frame of output.
    pub(crate) fn time(&self, frame: i64) -> Option<i64> {
        let wanted = u64::try_from(frame.max(0) / Self::FRAMES).ok()?;
        let at = self
            .runs
            .partition_point(|(number, ..)| *number <= wanted)
            .checked_sub(1)?;
        let (number, first, each) = self.runs[at];
        i64::try_from(first.checked_add((wanted - number).checked_mul(u64::from(each))?)?).ok()
    }
}

/// Reads the movie box, or an empty movie if there is none.
///
/// # Errors
///
/// The source's own; boxes that make no sense end the walk.
pub(crate) fn read(source: &mut SharedSource) -> io::Result<Movie> {
    let mut movie = Movie::default();
    let mut walker = Walker { source, seen: 0 };
    let len = walker.source.len().unwrap_or(u64::MAX);
    let mut found = false;
    let mut audio_end = None;
    walker.walk(0, u64::MAX, &mut |walker, kind, start, end| {
        match &kind {
            b"moov" => {
                found = true;
                walker.movie(start, end, &mut movie)?;
            }
            b"mdat" | b"moof" => audio_end = Some(end),
            _ => {}
        }
        // Fragments go on and on; the first tells enough.
        Ok(end < len && !(found && audio_end.is_some()))
    })?;
    movie.cut = found && audio_end.is_some_and(|end| end != u64::MAX && end > len);
    movie.tracks.retain(|track| track.is_audio);
    Ok(movie)
}

struct Walker<'a> {
    source: &'a mut SharedSource,
    seen: u32,
}

type Visit<'v, 'a> = &'v mut dyn FnMut(&mut Walker<'a>, [u8; 4], u64, u64) -> io::Result<bool>;

impl<'a> Walker<'a> {
    /// Calls `visit` with the kind and the payload's bounds of each box, until it says `false`.
    fn walk(&mut self, mut at: u64, end: u64, visit: Visit<'_, 'a>) -> io::Result<()> {
        while at.saturating_add(8) <= end && self.seen < MAX_BOXES {
            self.seen += 1;
            let header = self.source.read_range(at, 16)?;
            if header.len() < 8 {
                break;
            }
            let kind = [header[4], header[5], header[6], header[7]];
            let (header_len, size) = match be32(&header, 0) {
                0 => (8, end - at),
                1 if header.len() == 16 => (16, be64(&header, 8)),
                size => (8, u64::from(size)),
            };
            let Some(next) = at
                .checked_add(size)
                .filter(|next| size >= header_len && *next <= end)
            else {
                break;
            };
            if !visit(self, kind, at + header_len, next)? {
                break;
            }
            at = next;
        }
        Ok(())
    }

    fn payload(&mut self, start: u64, end: u64) -> io::Result<Vec<u8>> {
        let len = (end - start).min(MAX_PAYLOAD);
        self.source.read_range(start, usize::try_from(len).unwrap_or(0))
    }

    fn movie(&mut self, start: u64, end: u64, movie: &mut Movie) -> io::Result<()> {
        self.walk(start, end, &mut |walker, kind, start, end| {
            match &kind {
                b"mvhd" => {
                    let body = walker.payload(start, end)?;
                    movie.timescale = be32(&body, if body.first() == Some(&1) { 20 } else { 12 });
                }
                b"trak" => {
                    let mut track = AudioTrack::default();
                    walker.track(start, end, &mut track)?;
                    movie.tracks.push(track);
                }
                b"udta" => walker.user_data(start, end, movie)?,
                _ => {}
            }
            Ok(true)
        })
    }

    fn track(&mut self, start: u64, end: u64, track: &mut AudioTrack) -> io::Result<()> {
        self.walk(start, end, &mut |walker, kind, start, end| {
            match &kind {
                b"mdia" | b"minf" | b"stbl" | b"edts" => walker.track(start, end, track)?,
                b"tkhd" => {
                    let body = walker.payload(start, end)?;
                    track.id = be32(&body, if body.first() == Some(&1) { 20 } else { 12 });
                }
                b"mdhd" => {
                    let body = walker.payload(start, end)?;
                    track.timescale = be32(&body, if body.first() == Some(&1) { 20 } else { 12 });
                }
                b"hdlr" => track.is_audio = walker.payload(start, end)?.get(8..12) == Some(b"soun"),
                b"stsd" => {
                    let body = walker.payload(start, end)?;
                    if let Some(&[a, b, c, d]) = body.get(12..16) {
                        track.codec = [a, b, c, d];
                    }
                }
                b"elst" => track.edit = first_edit(&walker.payload(start, end)?),
                b"stts" => {
                    let body = walker.payload(start, end)?;
                    let (entries, _) = body.get(8..).unwrap_or_default().as_chunks::<8>();
                    track.runs = entries
                        .iter()
                        .map(|entry| (be32(entry, 0), be32(entry, 4)))
                        .collect();
                    track.total = track.runs.iter().fold(0, |total: u64, (count, each)| {
                        total.saturating_add(u64::from(*count) * u64::from(*each))
                    });
                }
                _ => {}
            }
            Ok(true)
        })
    }

    /// `udta/meta/ilst/----` whose name is `iTunSMPB`.
    fn user_data(&mut self, start: u64, end: u64, movie: &mut Movie) -> io::Result<()> {
        self.walk(start, end, &mut |walker, kind, start, end| {
            match &kind {
                // A full box in MP4, a plain one in QuickTime: the inner header tells which.
                b"meta" => {
                    let plain = walker.source.read_range(start, 8)?.get(4..8) == Some(b"hdlr");
                    walker.user_data(if plain { start } else { start + 4 }, end, movie)?;
                }
                b"ilst" => walker.user_data(start, end, movie)?,
                b"----" if end - start < 4096 => {
                    let mut name = Vec::new();
                    let mut data = Vec::new();
                    walker.walk(start, end, &mut |walker, kind, start, end| {
                        match &kind {
                            b"name" => name = walker.payload(start, end)?,
                            b"data" => data = walker.payload(start, end)?,
                            _ => {}
                        }
                        Ok(true)
                    })?;
                    if name.get(4..) == Some(b"iTunSMPB")
                        && let Some(text) = data.get(8..).and_then(|text| std::str::from_utf8(text).ok())
                    {
                        movie.itunsmpb = ItunSmpb::parse(text);
                    }
                }
                _ => {}
            }
            Ok(true)
        })
    }
}

/// The first edit of an edit list that is not empty (an empty one has the start −1).
fn first_edit(body: &[u8]) -> Option<(u64, u64)> {
    let wide = *body.first()? == 1;
    let entries = body.get(8..)?.chunks_exact(if wide { 20 } else { 12 });
    entries
        .map(|entry| {
            if wide {
                (be64(entry, 0), be64(entry, 8), u64::MAX)
            } else {
                (
                    u64::from(be32(entry, 0)),
                    u64::from(be32(entry, 4)),
                    u64::from(u32::MAX),
                )
            }
        })
        .find(|(_, media_time, empty)| media_time != empty)
        .map(|(duration, media_time, _)| (duration, media_time))
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |four| {
        four.iter().fold(0, |value, byte| (value << 8) | u32::from(*byte))
    })
}

fn be64(bytes: &[u8], at: usize) -> u64 {
    (u64::from(be32(bytes, at)) << 32) | u64::from(be32(bytes, at + 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn movie(timescale: u32, edit: Option<(u64, u64)>, total: u64) -> Movie {
        let track = AudioTrack {
            id: 1,
            timescale: 44_100,
            codec: *b"mp4a",
            edit,
            total,
            runs: Vec::new(),
            is_audio: true,
        };
        Movie {
            timescale,
            tracks: vec![track],
            itunsmpb: None,
            cut: false,
        }
    }

    #[test]
    fn an_edit_in_milliseconds_gives_way_to_exact_durations() {
        // 441,007 frames after 1024: the edit says 10,001 ms.
        let trim = movie(1000, Some((10_001, 1024)), 442_031).trim(1, 44_100);
        assert_eq!(
            trim,
            Trim {
                start: 1024,
                end: Some(442_031)
            }
        );
    }

    #[test]
    fn an_edit_that_cuts_whole_blocks_is_obeyed() {
        let trim = movie(44_100, Some((440_000, 2112)), 443_392).trim(1, 44_100);
        assert_eq!(
            trim,
            Trim {
                start: 2112,
                end: Some(442_112)
            }
        );
    }

    #[test]
    fn the_comment_of_itunes_comes_first() {
        let mut movie = movie(600, Some((1, 1)), 2);
        movie.itunsmpb = ItunSmpb::parse("0 840 1C0 46E00");
        assert_eq!(
            movie.trim(1, 44_100),
            Trim {
                start: 2112,
                end: Some(2112 + 290_304)
            }
        );
    }

    /// Regression: a seek into such a file was off by 448 frames.
    #[test]
    fn wandering_times_give_even_places() {
        let mut track = movie(1000, None, 0).tracks.remove(0);
        track.runs = vec![(31, 1024), (1, 1472), (1, 576), (10, 1024)];
        let grid = PacketGrid::new(&track, 44_100).unwrap();
        for (time, frame) in [
            (0, 0),
            (31 * 1024, 31 * 1024),
            (33_216, 32 * 1024),
            (33_792, 33 * 1024),
            (34_816, 34 * 1024),
        ] {
            assert_eq!(grid.frame(time), Some(frame));
            assert_eq!(grid.time(frame + 1023), Some(time));
        }
        track.runs = vec![(31, 1024), (1, 992)];
        assert_eq!(PacketGrid::new(&track, 44_100), None);
    }

    #[test]
    fn an_empty_edit_is_passed_over() {
        let mut body = vec![0, 0, 0, 0, 0, 0, 0, 2];
        for word in [5_u32, u32::MAX, 1 << 16, 9, 1024, 1 << 16] {
            body.extend(word.to_be_bytes());
        }
        assert_eq!(first_edit(&body), Some((9, 1024)));
    }
}
