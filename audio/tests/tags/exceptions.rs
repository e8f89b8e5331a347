//! Where we differ from the answers of other readers, and why: one line a reason.

/// Values that differ on purpose.
#[derive(Debug)]
pub(crate) struct Exception {
    pub(crate) corpus: &'static str,
    /// File names without `files/`; a `*` stands for any start or any end.
    pub(crate) files: &'static [&'static str],
    /// `*` is every field; `error` stands for a file that gives an error instead of tags.
    pub(crate) fields: &'static [&'static str],
    pub(crate) reason: &'static str,
}

impl Exception {
    pub(crate) fn covers(&self, corpus: &str, file: &str, field: &str) -> bool {
        let file = file.strip_prefix("files/").unwrap_or(file);
        self.corpus == corpus
            && self.files.iter().any(|&pattern| match pattern.strip_prefix('*') {
                Some(end) => file.ends_with(end),
                None => pattern
                    .strip_suffix('*')
                    .map_or(file == pattern, |start| file.starts_with(start)),
            })
            && self.fields.iter().any(|&name| name == "*" || name == field)
    }
}

const fn of(
    corpus: &'static str,
    files: &'static [&'static str],
    fields: &'static [&'static str],
    reason: &'static str,
) -> Exception {
    Exception {
        corpus,
        files,
        fields,
        reason,
    }
}

pub(crate) const ALL: &[Exception] = &[
    of(
        "tinytag",
        &["*.wma", "*.asf", "detect_asf.x", "magic_bytes_only_asf.x"],
        &["error"],
        "ASF is not played, so it is not read: the error names it",
    ),
    of(
        "tinytag",
        &["empty_file.*"],
        &["error"],
        "a file of no bytes is an error, not a track without tags",
    ),
    of(
        "tinytag",
        &[
            "magic_bytes_only_*",
            "incomplete.mp3",
            "mp4_extended_size_truncated.m4a",
            "mp4_invalid_size_zero.m4a",
        ],
        &["error"],
        "cut before the first value: an error, not a track without tags",
    ),
    of(
        "tinytag",
        &["*.opus"],
        &["bitrate"],
        "we divide the bytes of all pages by the duration; to count packets alone every page would be read",
    ),
    of(
        "tinytag",
        &["xmp_data.aiff", "xmp_data.m4a", "xmp_data.mp3", "xmp_data.wav"],
        &["xmp"],
        "XMP repeats what the other tags say, and is not read",
    ),
    of(
        "tinytag",
        &["UTF16.mp3", "id3_xxx_lang.mp3"],
        &["year"],
        "TDAT adds day and month to the year of TYER",
    ),
    of(
        "tinytag",
        &["mp4_extended_size.m4a", "mpeg4_desc_cmt.m4a"],
        &["channels"],
        "the decoder's configuration says one channel, and ffmpeg decodes one; the two are a fixed value of the entry",
    ),
    of(
        "tinytag",
        &["with_padded_id3_header2.flac"],
        &["title", "artist", "album"],
        "in FLAC the Vorbis comments win over an ID3v2 tag; its other values are not repeated",
    ),
    of(
        "tinytag",
        &["id3_header_with_a_zero_byte.wav"],
        &["title"],
        "ID3v2 wins over the INFO list, as in two other readers; the title of the list is not a second title",
    ),
    of(
        "tinytag",
        &["id3_broken_frame_size.mp3"],
        &["title"],
        "the frame claims more bytes than there are: those that are there are the title",
    ),
    of(
        "tinytag",
        &["id3_xxx_lang.mp3"],
        &["duration"],
        "upstream estimates from the length of the file; we count five frames",
    ),
    of(
        "tinytag",
        &["zero_value_properties.m4a"],
        &["mime_type"],
        "the entry says AAC, though its numbers are zero",
    ),
    of(
        "mediafile",
        &["*.wma", "*.ape", "*.mpc", "*.wv", "*.dsf"],
        &["error"],
        "ASF, Monkey's Audio, Musepack, WavPack and DSD are not played, so they are not read: the error names them",
    ),
    of(
        "mediafile",
        &["*.m4a"],
        &["bits"],
        "AAC has no bits per sample; the 16 is a fixed value of the entry (ALAC's are compared)",
    ),
    of(
        "mediafile",
        &["*.m4a"],
        &["channels"],
        "the decoder's configuration says one channel, and ffmpeg decodes one; the two are a fixed value of the entry",
    ),
    of(
        "mediafile",
        &["unparseable.*"],
        &["date"],
        "`Oct 3, 1995` is no ISO date, but the year 1995 in it is plain",
    ),
    of(
        "mediafile",
        &["no_ext"],
        &["duration"],
        "upstream counts the 128 bytes of ID3v1 as sound",
    ),
    of(
        "lofty",
        &["*.ape", "*.mpc", "*.wv"],
        &["error"],
        "Monkey's Audio, Musepack and WavPack are not played, so they are not read: the error names them",
    ),
    of(
        "tinytag",
        &["id3_genre_id_out_of_bounds.mp3"],
        &["genre"],
        "255 is how ID3v1 says that there is no genre",
    ),
    of(
        "rust-id3",
        &["github-issue-60.id3"],
        &["genre"],
        "255 is how ID3v1 says that there is no genre",
    ),
];
