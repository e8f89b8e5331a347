//! What the tests of this crate share: the corpus, whole decodes, comparisons.
#![expect(dead_code, reason = "each test file uses its own part of this one")]

use std::io::Read;
use std::path::{Path, PathBuf};

use segue_audio::decode::{DecodeError, Decoder, OpenOptions, StreamInfo};
use segue_audio::pcm::{PcmSummary, decode_md5};
use segue_audio::source::{FileSource, Source};

/// A folder of the corpus, or `None` where the tests run without it.
pub(crate) fn corpus(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SEGUE_CORPUS")?;
    let path = Path::new(&root).join(folder);
    assert!(path.is_dir(), "SEGUE_CORPUS has no folder {folder}");
    Some(path)
}

/// A file beside the tests.
pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

pub(crate) fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).expect("the file of a test is there and whole"))
        .expect("the file of a test is there and whole")
}

pub(crate) fn source(path: &Path) -> Box<dyn Source> {
    Box::new(FileSource::open(path).expect("the file of a test is there and whole"))
}

pub(crate) fn md5_of(path: &Path) -> Result<PcmSummary, DecodeError> {
    decode_md5(source(path))
}

pub(crate) fn decode_all(
    path: &Path,
    options: &OpenOptions,
) -> Result<(StreamInfo, Vec<Vec<f32>>), DecodeError> {
    decode_source(source(path), options)
}

pub(crate) fn decode_source(
    source: Box<dyn Source>,
    options: &OpenOptions,
) -> Result<(StreamInfo, Vec<Vec<f32>>), DecodeError> {
    let mut decoder = Decoder::open(source, options)?;
    let info = decoder.info().clone();
    let mut all = vec![Vec::new(); info.channels];
    let mut block = Vec::new();
    while decoder.next_block(&mut block)? > 0 {
        for (all, plane) in all.iter_mut().zip(&block) {
            all.extend_from_slice(plane);
        }
    }
    Ok((info, all))
}

pub(crate) fn interleave(planes: &[Vec<f32>]) -> Vec<f32> {
    let frames = planes.first().map_or(0, Vec::len);
    (0..frames)
        .flat_map(|frame| planes.iter().map(move |plane| plane[frame]))
        .collect()
}

pub(crate) fn gunzip(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).expect("the file of a test is there and whole"))
        .read_to_end(&mut bytes)
        .expect("the file of a test is there and whole");
    bytes
}
