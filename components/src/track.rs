//! A track: what a listener sees of a recording, and what they think of it.
//!
//! Every component here is immutable: a new value is inserted over the old one, so that observers
//! see each change exactly once, and storage and mirror cost what changed and no more.

use core::fmt;
use std::sync::Arc;

use bevy_ecs::component::Component;
use serde::{Deserialize, Serialize};

use crate::id::{AlbumId, ArtworkId};

/// The title of a track, as tagged, or the file's name where no tag says better.
#[derive(Component, Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Title(pub Box<str>);

/// Who made a track: the names one by one, and how they are joined when shown.
///
/// Shared between the tracks that carry the same credit, because most do.
#[derive(Component, Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct ArtistCredit(pub Arc<Credit>);

/// A credited set of artists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Credit {
    /// The artists, in the order of the credit.
    pub names: Vec<Box<str>>,
    /// The credit as printed, where it is more than the names joined by `", "`:
    /// `Simon & Garfunkel feat. …`.
    pub phrase: Option<Box<str>>,
    /// The name to sort by, where the tags give one: `Beatles, The`.
    pub sort: Option<Box<str>>,
}

impl Credit {
    /// A credit of these names.
    pub fn of<S: Into<Box<str>>>(names: impl IntoIterator<Item = S>) -> Self {
        Self {
            names: names.into_iter().map(Into::into).collect(),
            phrase: None,
            sort: None,
        }
    }
}

impl fmt::Display for Credit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(phrase) = &self.phrase {
            return f.write_str(phrase);
        }
        for (index, name) in self.names.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

/// The album that a track belongs to.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct OnAlbum(pub AlbumId);

/// Where a track stands on its album. Zero means unknown.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Position {
    /// The disc, from 1.
    pub disc: u16,
    /// How many discs there are.
    pub disc_total: u16,
    /// The track on its disc, from 1.
    pub track: u16,
    /// How many tracks that disc has.
    pub track_total: u16,
}

/// How long a track sounds, in milliseconds.
#[derive(
    Component, Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Duration(pub u32);

/// A date of which the day, or month and day, may be unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PartialDate {
    /// The year; zero where nothing is known.
    pub year: u16,
    /// The month, 1 to 12, or zero.
    pub month: u8,
    /// The day of the month, 1 to 31, or zero.
    pub day: u8,
}

impl PartialDate {
    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD` (ISO 8601, and ID3v2.4 §4 timestamps); what follows is ignored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let year: u16 = text.get(..4)?.parse().ok().filter(|&year| year > 0)?;
        let part = |from: usize, most: u8| -> u8 {
            let digits = match text.get(from..=from) {
                Some("-" | "/" | ".") => text.get(from + 1..from + 3),
                _ => None,
            };
            digits
                .and_then(|digits| digits.parse().ok())
                .filter(|&part| part <= most)
                .unwrap_or(0)
        };
        let month = part(4, 12);
        let day = if month == 0 { 0 } else { part(7, 31) };
        Some(Self { year, month, day })
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if self.month > 0 {
            write!(f, "-{:02}", self.month)?;
            if self.day > 0 {
                write!(f, "-{:02}", self.day)?;
            }
        }
        Ok(())
    }
}

/// When a recording came out.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Dates {
    /// The date of this release.
    pub released: Option<PartialDate>,
    /// The date of the first release, where it is another.
    pub original: Option<PartialDate>,
}

/// The genres of a track, in tag order.
#[derive(Component, Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Genres(pub Arc<[Box<str>]>);

/// How the sound is stored. Zero means unknown.
#[derive(Component, Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct AudioFormat {
    /// The codec's usual short name in lower case: `flac`, `mp3`, `aac`, `alac`, `vorbis`, `opus`, `pcm`.
    ///
    /// Shared, because there are few.
    pub codec: Arc<str>,
    /// Frames a second.
    pub sample_rate: u32,
    /// Bits of one second, as the file stores it.
    pub bitrate: u32,
    /// Channels.
    pub channels: u16,
    /// Bits of one sample, for lossless codecs.
    pub bits_per_sample: u16,
}

/// ReplayGain 2.0 values as tagged: gains in hundredths of a decibel, peaks in 1/65536 of full scale.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Loudness {
    /// Gain of the track alone.
    pub track_gain: Option<i16>,
    /// Peak of the track alone.
    pub track_peak: Option<u32>,
    /// Gain of its whole album.
    pub album_gain: Option<i16>,
    /// Peak of its whole album.
    pub album_peak: Option<u32>,
}

/// What other catalogues call this track: MusicBrainz ids as written, and the ISRC (ISO 3901).
#[derive(Component, Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct ExternalIds(pub Box<TrackMbids>);

/// The ids inside [`ExternalIds`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackMbids {
    /// MusicBrainz recording.
    pub recording: Option<Box<str>>,
    /// MusicBrainz track (a recording's place on one release).
    pub track: Option<Box<str>>,
    /// MusicBrainz artists of the track.
    pub artists: Arc<[Box<str>]>,
    /// International Standard Recording Code.
    pub isrc: Option<Box<str>>,
}

/// What a track sorts under, where its tags say so.
#[derive(Component, Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct SortTitle(pub Box<str>);

/// The picture of a track.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Cover(pub ArtworkId);

/// The listener's rating, one to five stars. A track without one is unrated, which is not the same as bad.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Rating(u8);

impl Rating {
    /// The rating of so many stars; `None` unless it is one to five.
    #[must_use]
    pub fn new(stars: u8) -> Option<Self> {
        (1..=5).contains(&stars).then_some(Self(stars))
    }

    /// One to five.
    #[must_use]
    pub fn stars(self) -> u8 {
        self.0
    }
}

/// How often and when a track was heard. A listen counts at half the track or four minutes,
/// whichever comes first (ListenBrainz).
#[derive(Component, Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct PlayStats {
    /// Listens that counted.
    pub plays: u32,
    /// Times that the listener skipped on before that.
    pub skips: u32,
    /// When it last counted, in milliseconds since 1970; zero for never.
    pub last_played: u64,
}

/// When a track came into the library, in milliseconds since 1970.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[component(immutable, clone_behavior = Ignore)]
pub struct Added(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_date(text: &str, expected: Option<&str>) {
        assert_eq!(
            PartialDate::parse(text).map(|date| date.to_string()).as_deref(),
            expected
        );
    }

    #[test]
    fn dates_keep_only_what_is_known() {
        check_date("1999", Some("1999"));
        check_date("1999-07", Some("1999-07"));
        check_date("1999-07-04T10:00", Some("1999-07-04"));
        check_date("1999/07/04", Some("1999-07-04"));
        check_date("1999-13-40", Some("1999"));
        check_date("  2001 ", Some("2001"));
        check_date("0000", None);
        check_date("n/a", None);
        check_date("日本語", None);
    }

    #[test]
    fn a_credit_without_a_phrase_joins_its_names() {
        assert_eq!(Credit::of(["Simon", "Garfunkel"]).to_string(), "Simon, Garfunkel");
        let phrase = Credit {
            phrase: Some("Simon & Garfunkel".into()),
            ..Credit::of(["Simon", "Garfunkel"])
        };
        assert_eq!(phrase.to_string(), "Simon & Garfunkel");
    }

    #[test]
    fn a_rating_has_one_to_five_stars() {
        assert!(Rating::new(0).is_none() && Rating::new(6).is_none());
        assert_eq!(Rating::new(5).map(Rating::stars), Some(5));
    }
}
