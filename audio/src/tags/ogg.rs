//! Ogg: the header packets of Vorbis, Opus, Speex and FLAC, and the position of the last page.

use super::fields::Found;
use super::source::{Source, le, le16, le32};
use super::vorbis::{self, Bytes};
use super::{ReadOptions, TagError, flac};

/// How far from the end the last page of the stream is searched.
const TAIL: u64 = 256 << 10;
/// Header pages of other streams (video, skeleton) that are passed over.
const MAX_PAGES: u32 = 4096;

/// One page's header.
struct Page {
    serial: u32,
    first: bool,
    continued: bool,
    segments: Vec<u8>,
    body: u64,
}

impl Page {
    fn read(source: &mut Source<'_>, at: u64) -> Result<Option<Self>, TagError> {
        // A header with the most segments: pages lie far apart.
        let head = source.exact(at, 27 + 255)?;
        if !head.starts_with(b"OggS") {
            return Ok(None);
        }
        let (Some(&flags), Some(serial), Some(&count)) = (head.get(5), le32(&head, 14), head.get(26)) else {
            return Ok(None);
        };
        let segments: Vec<u8> = head.iter().skip(27).take(count.into()).copied().collect();
        let body = at + 27 + u64::from(count);
        Ok(Some(Self {
            serial,
            first: flags & 2 != 0,
            continued: flags & 1 != 0,
            segments,
            body,
        }))
    }

    fn end(&self) -> u64 {
        self.body + self.segments.iter().map(|&lace| u64::from(lace)).sum::<u64>()
    }
}

/// The packets of one logical stream, read in part and passed over in part.
struct Packets<'a, 'b> {
    source: &'a mut Source<'b>,
    page: Page,
    segment: usize,
    /// Read position in the page's body.
    at: u64,
    /// Bytes left of the current segment.
    left: u64,
    /// The current segment is the packet's last.
    last: bool,
    /// Nothing more comes.
    over: bool,
}

impl<'a, 'b> Packets<'a, 'b> {
    fn new(source: &'a mut Source<'b>, page: Page) -> Self {
        let at = page.body;
        let mut packets = Self {
            source,
            page,
            segment: 0,
            at,
            left: 0,
            last: false,
            over: false,
        };
        packets.segment();
        packets
    }

    /// Loads the segment `self.segment`; whether there was one in this page.
    fn segment(&mut self) -> bool {
        match self.page.segments.get(self.segment) {
            Some(&lace) => {
                self.segment += 1;
                self.left = lace.into();
                self.last = lace < 255;
                true
            }
            None => false,
        }
    }

    /// Goes to the next segment, over pages; false at the end of the stream.
    fn advance(&mut self) -> Result<bool, TagError> {
        while !self.segment() {
            let serial = self.page.serial;
            let mut next = self.page.end();
            let mut pages = 0;
            loop {
                match Page::read(self.source, next)? {
                    Some(page) if page.serial == serial => {
                        self.page = page;
                        break;
                    }
                    Some(page) if pages < MAX_PAGES => {
                        pages += 1;
                        next = page.end();
                    }
                    _ => {
                        self.over = true;
                        return Ok(false);
                    }
                }
            }
            self.at = self.page.body;
            self.segment = 0;
        }
        Ok(true)
    }

    /// Reads or passes over up to `count` bytes of the packet.
    fn walk(&mut self, count: u64, mut into: Option<&mut Vec<u8>>) -> Result<u64, TagError> {
        let mut done = 0;
        while done < count && !self.over {
            if self.left == 0 {
                if self.last || !self.advance()? {
                    break;
                }
                continue;
            }
            let mut part = self.left.min(count - done);
            // Whole runs of segments in one read.
            while part == self.left && !self.last && done + part < count {
                let (at, left) = (self.at, self.left);
                if !self.segment() {
                    break;
                }
                self.at = at;
                self.left += left;
                part = self.left.min(count - done);
            }
            if let Some(bytes) = into.as_deref_mut() {
                let read = self.source.bytes(self.at, part)?;
                let short = (read.len() as u64) < part;
                bytes.extend(read);
                if short {
                    self.over = true;
                }
            }
            self.at += part;
            self.left -= part;
            done += part;
        }
        Ok(done)
    }

    /// Goes to the start of the next packet; false at the end of the stream.
    fn next_packet(&mut self) -> Result<bool, TagError> {
        self.walk(u64::MAX, None)?;
        if self.over {
            return Ok(false);
        }
        // The position after the last segment of the packet.
        let found = self.advance()?;
        Ok(found && !(self.segment == 1 && self.page.continued))
    }
}

impl Bytes for Packets<'_, '_> {
    fn take(&mut self, count: u64) -> Result<Vec<u8>, TagError> {
        let mut bytes = Vec::new();
        self.walk(count, Some(&mut bytes))?;
        Ok(bytes)
    }

    fn skip(&mut self, count: u64) -> Result<u64, TagError> {
        self.walk(count, None)
    }
}

/// Reads an Ogg file whose first page stands at `start`.
pub(super) fn read(
    source: &mut Source<'_>,
    start: u64,
    options: &ReadOptions,
    found: &mut Found,
) -> Result<(), TagError> {
    found.format.container = "ogg".to_owned();
    let Some((page, head)) = sound_stream(source, start)? else {
        return Err(match Page::read(source, start)? {
            Some(page) if page.end() <= source.len() => {
                TagError::Unsupported("an Ogg file without sound".to_owned())
            }
            _ => TagError::Truncated { length: source.len() },
        });
    };
    let serial = page.serial;
    let before = std::mem::take(&mut found.fields);
    let (rate, skip) = identify(&head, found);
    let mut packets = Packets::new(source, page);
    if packets.next_packet()? {
        let signature = match found.format.codec.as_str() {
            "vorbis" => 7,
            "opus" => 8,
            "flac" => 4,
            _ => 0,
        };
        packets.skip(signature)?;
        vorbis::read(&mut packets, options, found)?;
    } else {
        found.warn("truncated before the comments");
    }
    // FLAC keeps pictures in further packets; the others have none.
    let mut audio_at = packets.page.end();
    if found.format.codec == "vorbis" && packets.next_packet()? {
        packets.walk(u64::MAX, None)?;
        audio_at = packets.page.end();
    }
    let own = std::mem::replace(&mut found.fields, before);
    let id3 = std::mem::replace(&mut found.fields, own);
    found.fields.fill_from(id3);

    let end = source.len();
    let audio_at = audio_at.min(end);
    let format = &mut found.format;
    format.audio_start = Some(audio_at);
    format.audio_bytes = Some(end - audio_at);
    if found.format.codec == "flac" && found.format.frames.is_some() {
        derive_bitrate(found);
        return Ok(());
    }
    match last_granule(source, serial, audio_at)? {
        Some(granule) if rate != 0 => {
            found.format.set_frames(granule.saturating_sub(skip));
            // Opus counts in 48 kHz whatever it was made from.
            derive_bitrate(found);
        }
        Some(_) => {}
        None => found.warn("no last page"),
    }
    Ok(())
}

/// A bitrate from bytes and duration where the header has none.
fn derive_bitrate(found: &mut Found) {
    let format = &mut found.format;
    if format.bitrate.is_none()
        && let (Some(bytes), Some(frames), Some(rate)) =
            (format.audio_bytes, format.frames, format.sample_rate)
    {
        format.bitrate = super::mpeg::bits_per_second(bytes, frames, rate.into()).filter(|&rate| rate != 0);
    }
}

/// The first page, and the first packet, of the first stream of sound.
fn sound_stream(source: &mut Source<'_>, start: u64) -> Result<Option<(Page, Vec<u8>)>, TagError> {
    let mut at = start;
    for _ in 0..MAX_PAGES {
        let Some(page) = Page::read(source, at)? else {
            break;
        };
        if !page.first {
            break;
        }
        let end = page.end();
        let head = source.bytes(page.body, (end - page.body).min(256))?;
        let known = [&b"\x01vorbis"[..], b"OpusHead", b"Speex   ", b"\x7fFLAC"];
        if known.iter().any(|mark| head.starts_with(mark)) {
            return Ok(Some((page, head)));
        }
        at = end;
    }
    Ok(None)
}

/// Fills the format from a first packet; gives the rate that positions count in and the samples to skip.
fn identify(head: &[u8], found: &mut Found) -> (u32, u64) {
    let format = &mut found.format;
    let nonzero = |value: Option<u32>| value.filter(|&value| value != 0);
    match head.first() {
        Some(1) => {
            format.codec = "vorbis".to_owned();
            format.channels = head
                .get(11)
                .map(|&channels| channels.into())
                .filter(|&channels| channels != 0);
            format.sample_rate = nonzero(le32(head, 12));
            // A negative rate means unknown.
            format.bitrate = nonzero(le32(head, 20)).filter(|&rate| rate < 1 << 31);
            (format.sample_rate.unwrap_or(0), 0)
        }
        Some(b'O') => {
            format.codec = "opus".to_owned();
            format.channels = head
                .get(9)
                .map(|&channels| channels.into())
                .filter(|&channels| channels != 0);
            format.sample_rate = Some(48_000);
            let skip = le16(head, 10).unwrap_or(0);
            format.delay = Some(skip.into());
            (48_000, skip.into())
        }
        Some(b'S') => {
            format.codec = "speex".to_owned();
            format.sample_rate = nonzero(le32(head, 36));
            format.channels = le32(head, 48)
                .and_then(|channels| u16::try_from(channels).ok())
                .filter(|&channels| channels != 0);
            format.bitrate = nonzero(le32(head, 52)).filter(|&rate| rate < 1 << 31);
            (format.sample_rate.unwrap_or(0), 0)
        }
        _ => {
            format.codec = "flac".to_owned();
            if !flac::ogg_head(head, found) {
                found.warn("the stream information is damaged");
            }
            (found.format.sample_rate.unwrap_or(0), 0)
        }
    }
}

/// The position of the stream's last page that has one.
fn last_granule(source: &mut Source<'_>, serial: u32, from_at: u64) -> Result<Option<u64>, TagError> {
    let mut reach = 16 << 10;
    loop {
        let start = source
            .len()
            .saturating_sub(reach)
            .max(from_at.saturating_sub(1 << 16));
        let tail = source.bytes(start, reach)?;
        let last = (0..tail.len())
            .rev()
            .map(|at| &tail[at..])
            .filter(|page| page.starts_with(b"OggS") && le32(page, 14) == Some(serial))
            .filter_map(|page| Some((le::<8>(page, 6)?, page)))
            .find(|&(granule, page)| granule < 1 << 62 && whole(page))
            .map(|(granule, _)| granule);
        if last.is_some() || reach >= TAIL || start == 0 || reach >= source.len() {
            return Ok(last);
        }
        reach *= 4;
    }
}

/// Whether a page is there to its end: the position of a page that was cut off is not reached.
fn whole(page: &[u8]) -> bool {
    let count = page.get(26).copied().unwrap_or(0);
    let Some(segments) = page.get(27..27 + usize::from(count)) else {
        return false;
    };
    page.len() - 27 - segments.len() >= segments.iter().map(|&lace| usize::from(lace)).sum()
}
