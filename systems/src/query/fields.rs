//! The names of a query: which fields there are, under which spellings, and what each is good for.

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$item])* $variant,)*
        }

        impl $name {
            /// Every one, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];
            const NAMES: &[&str] = &[$($text,)*];

            /// Its name in a query.
            #[must_use]
            pub fn name(self) -> &'static str {
                Self::NAMES[self as usize]
            }

            /// The one of this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::NAMES.iter().position(|known| *known == name).map(|place| Self::ALL[place])
            }
        }
    };
}

names! {
    /// A field of words.
    TextField {
        /// The title.
        Title "title",
        /// The artists of the track.
        Artist "artist",
        /// The artists of the album.
        AlbumArtist "albumartist",
        /// The title of the album.
        Album "album",
        /// The genres.
        Genre "genre",
    }
}

names! {
    /// A field whose value can be asked for as a whole, or by a pattern.
    ValueField {
        /// The title.
        Title "title",
        /// One artist of the track, or all as they are printed.
        Artist "artist",
        /// One artist of the album, or all as they are printed.
        AlbumArtist "albumartist",
        /// The title of the album.
        Album "album",
        /// A genre.
        Genre "genre",
        /// The codec's short name.
        Codec "codec",
        /// The path below the provider's root.
        Path "path",
        /// The folder: the path without the name of the file.
        Folder "folder",
    }
}

names! {
    /// A field of numbers. Zero means unknown except for plays and skips: only a condition that names zero
    /// finds it.
    NumberField {
        /// The year of the release, or of the first release.
        Year "year",
        /// Stars.
        Rating "rating",
        /// Listens that counted.
        Plays "plays",
        /// Times that the listener skipped on before one counted.
        Skips "skips",
        /// The number of the track on its disc; of an album, how many tracks it has.
        Track "track",
        /// How many tracks its disc has.
        TrackTotal "tracktotal",
        /// The number of the disc.
        Disc "disc",
        /// How many discs there are.
        DiscTotal "disctotal",
        /// Seconds.
        Duration "duration",
        /// Milliseconds.
        DurationMs "durationms",
        /// Frames a second.
        SampleRate "samplerate",
        /// Channels.
        Channels "channels",
        /// Bits of one sample.
        BitsPerSample "bitspersample",
        /// Bits of one second.
        Bitrate "bitrate",
        /// Our own number of the row.
        Id "id",
        /// Our own number of the album.
        AlbumId "albumid",
        /// Our own number of the picture.
        ArtworkId "artworkid",
    }
}

names! {
    /// A field of dates.
    TimeField {
        /// When it came into the library.
        Added "added",
        /// When a listen last counted.
        LastPlayed "lastplayed",
        /// The date of this release.
        Date "date",
        /// The date of the first release.
        OriginalDate "originaldate",
    }
}

names! {
    /// A field of decimal numbers.
    LevelField {
        /// How loud the track is, in LUFS: what its gain takes to ReplayGain's reference, -18.
        Loudness "loudness",
        /// The gain of the track alone, in decibels.
        TrackGain "trackgain",
        /// The gain of its album, in decibels.
        AlbumGain "albumgain",
        /// The peak of the track alone, where 1 is full scale.
        TrackPeak "trackpeak",
        /// The peak of its album, where 1 is full scale.
        AlbumPeak "albumpeak",
    }
}

impl LevelField {
    /// How many digits it has behind the point.
    #[must_use]
    pub fn places(self) -> u32 {
        match self {
            Self::Loudness | Self::TrackGain | Self::AlbumGain => 2,
            Self::TrackPeak | Self::AlbumPeak => 4,
        }
    }
}

names! {
    /// What other catalogues call a thing.
    IdField {
        /// Any MusicBrainz id of the track, its artists or its album.
        Mbid "mbid",
        /// MusicBrainz recording.
        Recording "recordingmbid",
        /// MusicBrainz track.
        Track "trackmbid",
        /// MusicBrainz artist of the track.
        Artist "artistmbid",
        /// MusicBrainz release.
        Release "releasembid",
        /// MusicBrainz release group.
        ReleaseGroup "releasegroupmbid",
        /// MusicBrainz artist of the release.
        AlbumArtist "albumartistmbid",
        /// International Standard Recording Code.
        Isrc "isrc",
    }
}

names! {
    /// What is known of the file that a track is played from.
    FileState {
        /// It was there when last looked for.
        Present "present",
        /// It was not.
        Missing "missing",
        /// It was there, and could not be read.
        Unreadable "unreadable",
    }
}

names! {
    /// What may be there or missing.
    What {
        /// A picture.
        Artwork "artwork",
        /// An album.
        Album "album",
        /// An artist.
        Artist "artist",
        /// An artist of the album.
        AlbumArtist "albumartist",
        /// A genre.
        Genre "genre",
        /// A year.
        Year "year",
        /// A number on the disc.
        Track "track",
        /// The number of the disc.
        Disc "disc",
        /// A rating.
        Rating "rating",
        /// A known length.
        Duration "duration",
        /// A file that was there when last looked for.
        File "file",
        /// Words to sing.
        Lyrics "lyrics",
        /// A gain of the track or the album.
        Loudness "loudness",
        /// A MusicBrainz id of the track.
        Mbid "mbid",
        /// An International Standard Recording Code.
        Isrc "isrc",
    }
}

names! {
    /// What rows are sorted by.
    SortField {
        /// How well the words of the query fit, the best first. It stands before all others.
        Relevance "relevance",
        /// The title, or its sort title.
        Title "title",
        /// The artist, or its sort name.
        Artist "artist",
        /// The album artist, or its sort name; of a track without album, the artist.
        AlbumArtist "albumartist",
        /// The album's title, then its artist and number, so that albums of one name stay apart.
        Album "album",
        /// Our own number of the album.
        AlbumId "albumid",
        /// The year.
        Year "year",
        /// The disc.
        Disc "disc",
        /// The track number; of an album, how many tracks it has.
        Track "track",
        /// When it came into the library.
        Added "added",
        /// Stars.
        Rating "rating",
        /// Listens.
        Plays "plays",
        /// The length.
        Duration "duration",
        /// The codec.
        Codec "codec",
        /// Our own number.
        Id "id",
        /// The genres.
        Genre "genre",
        /// The folder, then the name of the file.
        Path "path",
        /// The folder.
        Folder "folder",
        /// The name of the file.
        FileName "filename",
        /// Our own number of the provider.
        Provider "provider",
        /// The date of this release.
        Date "date",
        /// The date of the first release.
        OriginalDate "originaldate",
        /// Times that the listener skipped on.
        Skips "skips",
        /// When a listen last counted.
        LastPlayed "lastplayed",
        /// How many tracks its disc has.
        TrackTotal "tracktotal",
        /// How many discs there are.
        DiscTotal "disctotal",
        /// Frames a second.
        SampleRate "samplerate",
        /// Channels.
        Channels "channels",
        /// Bits of one sample.
        BitsPerSample "bitspersample",
        /// Bits of one second.
        Bitrate "bitrate",
        /// How loud the track is.
        Loudness "loudness",
        /// The gain of the track alone.
        TrackGain "trackgain",
        /// The gain of its album.
        AlbumGain "albumgain",
        /// The peak of the track alone.
        TrackPeak "trackpeak",
        /// The peak of its album.
        AlbumPeak "albumpeak",
        /// Whether it is on a compilation.
        Compilation "compilation",
    }
}

/// Other spellings: those of the JSON fields, and what people call things.
const ALIASES: &[(&str, &str)] = &[
    ("artists", "artist"),
    ("albumartists", "albumartist"),
    ("genres", "genre"),
    ("bitdepth", "bitspersample"),
    ("trackgaindb", "trackgain"),
    ("albumgaindb", "albumgain"),
    ("musicbrainz", "mbid"),
    ("musicbrainz.recording", "recordingmbid"),
    ("musicbrainz.track", "trackmbid"),
    ("musicbrainz.artists", "artistmbid"),
    ("musicbrainz.release", "releasembid"),
    ("musicbrainz.releasegroup", "releasegroupmbid"),
    ("musicbrainz.albumartists", "albumartistmbid"),
    ("albummbid", "releasembid"),
];

/// A name as the enums of this file spell it: in lower case, aliases replaced.
pub(crate) fn canonical(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    match ALIASES.iter().find(|(alias, _)| *alias == name) {
        Some((_, known)) => (*known).to_owned(),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_again_and_no_alias_is_a_name() {
        for &field in SortField::ALL {
            assert_eq!(SortField::from_name(field.name()), Some(field));
        }
        for &field in NumberField::ALL {
            assert_eq!(NumberField::from_name(field.name()), Some(field));
            assert_eq!(canonical(&field.name().to_uppercase()), field.name());
        }
        for (alias, known) in ALIASES {
            assert_ne!(canonical(known), canonical("nothing"));
            assert_eq!(
                canonical(known),
                *known,
                "{alias} leads to a name, not to another alias"
            );
        }
    }
}
