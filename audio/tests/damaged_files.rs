//! Damaged, hostile and foreign files end in frames or in an error, never in a panic, a hang or a huge allocation.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use common::{corpus, data};
use segue_audio::decode::{DecodeError, Decoder, OpenOptions};
use segue_audio::source::{MemorySource, Source};

const FILES: [&str; 12] = [
    "a-cbr.mp3",
    "a-vbr.mp3",
    "a-headerless.mp3",
    "a.m4a",
    "a-fragmented.m4a",
    "a-alac.m4a",
    "a.aac",
    "a.flac",
    "a.wav",
    "a.aiff",
    "a.ogg",
    "muxed.ogg",
];

/// Decodes, with a seek in the middle, and says how many frames came. Panics and endless loops fail the test.
fn play(source: Box<dyn Source>) -> Result<u64, DecodeError> {
    let mut decoder = Decoder::open(source, &OpenOptions::default())?;
    let mut block = Vec::new();
    let mut frames = 0;
    for seek in [None, Some(10_000), Some(0)] {
        if let Some(seek) = seek {
            decoder.seek(seek)?;
        }
        loop {
            let count = decoder.next_block(&mut block)?;
            frames += count as u64;
            assert!(frames < 1 << 28, "far more frames than bytes");
            if count == 0 {
                break;
            }
        }
    }
    Ok(frames)
}

fn memory(bytes: &[u8]) -> Box<dyn Source> {
    Box::new(MemorySource::new(bytes))
}

/// A small generator, so that a failure can be repeated from its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

#[test]
fn cut_files_play_up_to_the_cut() {
    for name in FILES {
        let bytes = std::fs::read(data(name)).unwrap();
        let whole = play(memory(&bytes)).unwrap();
        let mut some = 0;
        for cut in (0..bytes.len()).step_by(bytes.len() / 40) {
            if let Ok(frames) = play(memory(&bytes[..cut])) {
                assert!(
                    frames <= whole + 3 * 2304,
                    "{name}: {frames} frames of {whole} from {cut} bytes"
                );
                some += usize::from(frames > 0);
            }
        }
        // MP4 with its index at the end is lost without it.
        let index_last = name.ends_with(".m4a") && !name.contains("fragmented");
        assert!(some > 10 || index_last, "{name}: {some} of 40 cuts played");
    }
}

#[test]
fn a_cut_file_says_that_it_is_cut() {
    for name in ["a.flac", "a-cbr.mp3", "a.wav", "a.aiff", "a-faststart.m4a"] {
        let bytes = std::fs::read(data(name)).unwrap();
        let mut decoder = Decoder::open(memory(&bytes[..bytes.len() / 2]), &OpenOptions::default()).unwrap();
        let mut block = Vec::new();
        while decoder.next_block(&mut block).unwrap() > 0 {}
        assert!(decoder.damage().truncated, "{name}: {:?}", decoder.damage());
    }
}

#[test]
fn flipped_and_overwritten_bytes_do_no_harm() {
    for name in FILES {
        let original = std::fs::read(data(name)).unwrap();
        for seed in 0..60 {
            let mut random = Random(seed);
            let mut bytes = original.clone();
            // Half of the damage goes where the headers are.
            for _ in 0..=random.below(12) {
                let range = if random.below(2) == 0 {
                    bytes.len().min(2000)
                } else {
                    bytes.len()
                };
                let at = random.below(range);
                match random.below(3) {
                    0 => bytes[at] ^= 1 << random.below(8),
                    1 => bytes[at] = 0xff,
                    _ => {
                        let end = (at + 1 + random.below(64)).min(bytes.len());
                        bytes[at..end].fill(u8::try_from(random.below(256)).unwrap());
                    }
                }
            }
            let _ = play(memory(&bytes));
        }
    }
}

#[test]
fn what_is_not_audio_is_refused() {
    let refused = |bytes: &[u8]| Decoder::open(memory(bytes), &OpenOptions::default()).unwrap_err();
    assert_eq!(refused(b""), DecodeError::Empty);
    assert_eq!(
        refused(b"\xff\xd8\xff\xe0 a picture that is called mp3").to_string(),
        "not an audio file, but a JPEG picture"
    );
    assert_eq!(refused(&[0; 5000]), DecodeError::NotAudio { found: None });
    assert_eq!(
        refused(b"ID3\x04\x00\x00\x00\x00\x00\x00"),
        DecodeError::NotAudio {
            found: Some("only tags")
        }
    );
    assert_eq!(
        refused(
            b"Once upon a time there was a file without any sound."
                .repeat(90)
                .as_slice()
        )
        .to_string(),
        "not an audio file"
    );
}

#[test]
fn he_aac_is_named_as_what_is_not_supported() {
    // The same file with the object type of its AudioSpecificConfig changed from 2 (LC) to 5 (SBR).
    let mut bytes = std::fs::read(data("a.m4a")).unwrap();
    let esds = bytes.windows(4).position(|four| four == b"esds").unwrap();
    let config = esds
        + bytes[esds..]
            .windows(2)
            .position(|two| two == [0x05, 0x80])
            .unwrap()
        + 5;
    assert_eq!(bytes[config] >> 3, 2);
    bytes[config] = (5 << 3) | (bytes[config] & 7);
    let error = Decoder::open(memory(&bytes), &OpenOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "HE-AAC is not supported");
}

/// A source that fails after some bytes, as a disk or a connection does.
struct Failing {
    inner: MemorySource,
    left: usize,
}

impl Read for Failing {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other("the cable was pulled"));
        }
        let room = self.left.min(buf.len());
        let read = self.inner.read(&mut buf[..room])?;
        self.left = self.left.saturating_sub(read);
        Ok(read)
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

impl Source for Failing {
    fn byte_len(&self) -> Option<u64> {
        self.inner.byte_len()
    }
}

/// Regression: the library turns a failed read into "no suitable format", or into the end of the file.
#[test]
fn a_failing_source_is_reported_in_its_own_words() {
    for name in FILES {
        let bytes = std::fs::read(data(name)).unwrap();
        for left in [0, 500, 4000] {
            let failing = Failing {
                inner: MemorySource::new(bytes.clone()),
                left,
            };
            let error = play(Box::new(failing)).unwrap_err();
            assert_eq!(
                error.to_string(),
                "reading failed: the cable was pulled",
                "{name} after {left} bytes"
            );
        }
    }
}

#[test]
fn tags_that_claim_gigabytes_are_not_believed() {
    let mp3 = std::fs::read(data("a-headerless.mp3")).unwrap();
    let tagged = [b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f".as_slice(), &mp3].concat();
    assert!(play(memory(&tagged)).unwrap() > 30_000);
    let mut wav = std::fs::read(data("a.wav")).unwrap();
    // What a program writes that cannot go back to fill in the lengths.
    wav[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    wav[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    let played = play(memory(&wav));
    assert!(played.is_ok(), "{played:?}");
}

#[test]
fn every_damaged_file_of_the_corpus_ends_in_frames_or_an_error() {
    let Some(root) = corpus("") else { return };
    let mut files = Vec::new();
    let mut folders = vec![root.join("audio"), root.join("tags")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else {
                files.push(path)
            }
        }
    }
    let (mut played, mut refused) = (0, 0);
    for path in files {
        match play(common::source(&path)) {
            Ok(_) => played += 1,
            Err(_) => refused += 1,
        }
    }
    println!("{played} files played, {refused} refused");
    assert!(played > 200);
}
