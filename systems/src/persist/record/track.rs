//! How the kinds of a track are stored.

use std::sync::Arc;

use segue_components::album::{AlbumTagged, AlbumTags};
use segue_components::file::PlayedFrom;
use segue_components::id::{AlbumId, ArtworkId, FileId};
use segue_components::track::{
    Added, ArtistCredit, AudioFormat, Cover, Credit, Dates, Duration, ExternalIds, Genres, Loudness, OnAlbum,
    PlayStats, Position, Rating, SortTitle, Title, TrackMbids,
};
use segue_components::wire::codec::{Reader, WireError, put_number};

use super::column::{put_repeated, put_steps, put_texts, take_repeated, take_steps, take_texts};
use super::field::{Field, fields, text, wrappers};
use super::{Shared, Stored, mbid, stored_rows, stored_steps, stored_texts};

stored_texts! { Title SortTitle }

stored_steps! {
    OnAlbum: AlbumId,
    Cover: ArtworkId,
    PlayedFrom: FileId,
}

wrappers! { Duration }
fields! {
    Loudness { track_gain, track_peak, album_gain, album_peak }
    Credit { names, phrase, sort }
}
stored_rows! { Duration Loudness Rating }

impl Stored for ArtistCredit {
    const VERSION: u16 = 1;

    fn write(values: &[&Self], out: &mut Vec<u8>) {
        put_repeated(out, values.iter().map(|credit| &*credit.0), |out, credit| {
            credit.put(out)
        });
    }

    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        shared: &mut Shared,
        mut each: impl FnMut(Self),
    ) -> Result<(), WireError> {
        let take = |reader: &mut Reader<'_>| Ok(shared.credit(Credit::take(reader)?));
        take_repeated(reader, count, take, |credit| each(Self(Arc::clone(credit))))
    }
}

impl Field for AlbumTagged {
    fn put(&self, out: &mut Vec<u8>) {
        let Self {
            title,
            artist,
            compilation,
            sort_title,
            release,
            release_group,
            artists,
        } = self;
        title.put(out);
        artist.is_some().put(out);
        if let Some(artist) = artist {
            artist.put(out);
        }
        compilation.put(out);
        sort_title.put(out);
        mbid::put_option(release.as_deref(), out);
        mbid::put_option(release_group.as_deref(), out);
        mbid::put_all(artists, out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self {
            title: Field::take(reader)?,
            artist: <Option<Credit> as Field>::take(reader)?.map(Arc::new),
            compilation: Field::take(reader)?,
            sort_title: Field::take(reader)?,
            release: mbid::take_option(reader)?,
            release_group: mbid::take_option(reader)?,
            artists: mbid::take_all(reader)?,
        })
    }
}

impl Stored for AlbumTags {
    const VERSION: u16 = 1;

    fn write(values: &[&Self], out: &mut Vec<u8>) {
        put_repeated(out, values.iter().map(|tags| &*tags.0), |out, tags| {
            tags.put(out);
        });
    }

    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        shared: &mut Shared,
        mut each: impl FnMut(Self),
    ) -> Result<(), WireError> {
        let take = |reader: &mut Reader<'_>| Ok(shared.album_tags(AlbumTagged::take(reader)?));
        take_repeated(reader, count, take, |tags| each(Self(Arc::clone(tags))))
    }
}

impl Stored for Genres {
    const VERSION: u16 = 1;

    fn write(values: &[&Self], out: &mut Vec<u8>) {
        put_repeated(out, values.iter().map(|genres| &*genres.0), |out, genres| {
            put_number(out, genres.len() as u64);
            for genre in *genres {
                genre.put(out);
            }
        });
    }

    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        shared: &mut Shared,
        mut each: impl FnMut(Self),
    ) -> Result<(), WireError> {
        let take = |reader: &mut Reader<'_>| Ok(shared.list(Vec::take(reader)?));
        take_repeated(reader, count, take, |genres| each(Self(Arc::clone(genres))))
    }
}

/// Disc and totals are those of the neighbours; the track counts up.
impl Stored for Position {
    const VERSION: u16 = 1;

    fn write(values: &[&Self], out: &mut Vec<u8>) {
        let discs = values
            .iter()
            .map(|position| (position.disc, position.disc_total, position.track_total));
        put_repeated(out, discs, |out, (disc, discs, tracks)| {
            disc.put(out);
            discs.put(out);
            tracks.put(out);
        });
        for position in values {
            position.track.put(out);
        }
    }

    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        _: &mut Shared,
        mut each: impl FnMut(Self),
    ) -> Result<(), WireError> {
        let mut positions = Vec::with_capacity(count);
        let take = |reader: &mut Reader<'_>| {
            Ok(Self {
                disc: u16::take(reader)?,
                disc_total: u16::take(reader)?,
                track_total: u16::take(reader)?,
                track: 0,
            })
        };
        take_repeated(reader, count, take, |&position| positions.push(position))?;
        for position in positions {
            let track = u16::take(reader)?;
            each(Self { track, ..position });
        }
        Ok(())
    }
}

impl Stored for Dates {
    const VERSION: u16 = 1;

    fn write(values: &[&Self], out: &mut Vec<u8>) {
        let dates = values.iter().map(|dates| {
            let Self { released, original } = **dates;
            (released, original)
        });
        put_repeated(out, dates, |out, (released, original)| {
            released.put(out);
            original.put(out);
        });
    }

    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        _: &mut Shared,
        mut each: impl FnMut(Self),
    ) -> Result<(), WireError> {
        let take = |reader: &mut Reader<'_>| {
            Ok(Self {
                released: Field::take(reader)?,
                original: Field::take(reader)?,
            })
        };
        take_repeated(reader, count, take, |&dates| each(dates))
    }
}

/// Only the bit rate differs from file to file.
impl Stored for AudioFormat {
    const VERSION: u16 = 1;

    fn write(values: &[&Self], out: &mut Vec<u8>) {
        let alike = values.iter().map(|format| {
            let Self {
                codec,
                sample_rate,
                bitrate: _,
                channels,
                bits_per_sample,
            } = format;
            (&**codec, *sample_rate, *channels, *bits_per_sample)
        });
        put_repeated(
            out,
            alike,
            |out, (codec, sample_rate, channels, bits_per_sample)| {
                put_number(out, codec.len() as u64);
                out.extend_from_slice(codec.as_bytes());
                sample_rate.put(out);
                channels.put(out);
                bits_per_sample.put(out);
            },
        );
        for format in values {
            format.bitrate.put(out);
        }
    }

    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        shared: &mut Shared,
        mut each: impl FnMut(Self),
    ) -> Result<(), WireError> {
        let mut formats = Vec::with_capacity(count);
        let take = |reader: &mut Reader<'_>| {
            Ok(Self {
                codec: shared.codec(text(reader)?),
                sample_rate: Field::take(reader)?,
                channels: Field::take(reader)?,
                bits_per_sample: Field::take(reader)?,
                bitrate: 0,
            })
        };
        take_repeated(reader, count, take, |format| formats.push(format.clone()))?;
        for format in formats {
            let bitrate = u32::take(reader)?;
            each(Self { bitrate, ..format });
        }
        Ok(())
    }
}

impl Stored for ExternalIds {
    const VERSION: u16 = 1;

    fn write(values: &[&Self], out: &mut Vec<u8>) {
        let artists = values.iter().map(|ids| &*ids.0.artists);
        put_repeated(out, artists, |out, artists| mbid::put_all(artists, out));
        for ids in values {
            let TrackMbids {
                recording,
                track,
                artists: _,
                isrc,
            } = &*ids.0;
            mbid::put_option(recording.as_deref(), out);
            mbid::put_option(track.as_deref(), out);
            isrc.put(out);
        }
    }

    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        shared: &mut Shared,
        mut each: impl FnMut(Self),
    ) -> Result<(), WireError> {
        let mut all = Vec::with_capacity(count);
        let take = |reader: &mut Reader<'_>| Ok(shared.list(mbid::take_all(reader)?));
        take_repeated(reader, count, take, |artists| all.push(Arc::clone(artists)))?;
        for artists in all {
            each(Self(Box::new(TrackMbids {
                recording: mbid::take_option(reader)?,
                track: mbid::take_option(reader)?,
                artists,
                isrc: Field::take(reader)?,
            })));
        }
        Ok(())
    }
}

impl Field for Rating {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.stars());
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let malformed = reader.malformed();
        Self::new(reader.byte()?).ok_or(malformed)
    }
}

impl Stored for PlayStats {
    const VERSION: u16 = 1;

    fn write(values: &[&Self], out: &mut Vec<u8>) {
        for stats in values {
            let Self {
                plays,
                skips,
                last_played: _,
            } = stats;
            plays.put(out);
            skips.put(out);
        }
        put_steps(out, values.iter().map(|stats| stats.last_played));
    }

    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        _: &mut Shared,
        mut each: impl FnMut(Self),
    ) -> Result<(), WireError> {
        let mut counts = Vec::with_capacity(count);
        for _ in 0..count {
            counts.push((u32::take(reader)?, u32::take(reader)?));
        }
        let mut counts = counts.into_iter();
        take_steps(reader, count, |last_played| {
            if let Some((plays, skips)) = counts.next() {
                each(Self {
                    plays,
                    skips,
                    last_played,
                });
            }
        })
    }
}

impl Stored for Added {
    const VERSION: u16 = 1;

    fn write(values: &[&Self], out: &mut Vec<u8>) {
        put_steps(out, values.iter().map(|added| added.0));
    }

    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        _: &mut Shared,
        mut each: impl FnMut(Self),
    ) -> Result<(), WireError> {
        take_steps(reader, count, |time| each(Self(time)))
    }
}
