//! Decoding music of real length on one core, against `ffmpeg` where it is installed.
//!
//! The sound is the demo album's, encoded anew by ffmpeg; without it only what is Vorbis already can be measured,
//! and without a peer. Both sides throw the samples away. What counts is processor time: that of this thread, and
//! what ffmpeg says of itself (`-benchmark`), so that neither its start nor a busy machine is held against anybody.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use segue_audio::decode::{Decoder, OpenOptions};
use segue_audio::source::MemorySource;
use segue_benches::measure::Bench;

const RUNS: usize = 7;

/// What each format is called here, how its file ends, and how ffmpeg is told to make it.
const FORMATS: [(&str, &str, &[&str]); 6] = [
    ("decode_mp3", "mp3", &["-c:a", "libmp3lame", "-q:a", "2"]),
    ("decode_aac", "m4a", &["-c:a", "aac", "-b:a", "192k"]),
    ("decode_flac", "flac", &["-c:a", "flac"]),
    ("decode_vorbis", "ogg", &["-c:a", "libvorbis", "-q:a", "6"]),
    ("decode_alac", "alac.m4a", &["-c:a", "alac"]),
    ("decode_wav", "wav", &["-c:a", "pcm_s16le"]),
];

fn main() {
    let bench = Bench::from_args();
    let place = tempfile::tempdir().expect("a folder for the files");
    let music = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../web-host/demo/music/Endgame - Singularity Original Soundtrack/March Thee to Dis.ogg");
    let has_ffmpeg = Command::new("ffmpeg").arg("-version").output().is_ok();
    for (name, ending, how) in FORMATS {
        if !bench.wants(name) {
            continue;
        }
        if !has_ffmpeg {
            if name == "decode_vorbis" {
                let bytes = std::fs::read(&music).expect("the demo album is here").into();
                let mut ours: Vec<f64> = (0..RUNS).map(|_| decode(&bytes)).collect();
                bench.print(name, median(&mut ours) * 1e3, "ms (ffmpeg is not installed)");
            }
            continue;
        }
        let file = place.path().join(format!("music.{ending}"));
        let made = ffmpeg(&["-y", "-i", &text(&music)], how, &file);
        assert!(made, "ffmpeg encodes {ending}");
        let bytes: Arc<[u8]> = std::fs::read(&file).expect("it was made just now").into();
        // In turns, so that a busy machine slows both.
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            ours.push(decode(&bytes));
            theirs.push(ffmpeg_decodes(&file));
        }
        bench.compare(
            name,
            median(&mut ours) * 1e3,
            "ms",
            median(&mut theirs) * 1e3,
            "ffmpeg",
        );
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The processor time of this thread, in seconds.
#[cfg(unix)]
fn processor_time() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Elsewhere the time that passes.
#[cfg(not(unix))]
fn processor_time() -> f64 {
    static START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(segue_benches::measure::now);
    START.elapsed().as_secs_f64()
}

/// Decodes a file to its end; the seconds of processor time that it took.
fn decode(bytes: &Arc<[u8]>) -> f64 {
    let start = processor_time();
    let source = Box::new(MemorySource::new(Arc::clone(bytes)));
    let mut decoder = Decoder::open(source, &OpenOptions::default()).expect("it is music");
    let mut planes = Vec::new();
    while decoder.next_block(&mut planes).expect("it is whole") > 0 {}
    processor_time() - start
}

fn ffmpeg(before: &[&str], how: &[&str], out: &Path) -> bool {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin"]).args(before);
    command.args(["-vn", "-map_metadata", "-1"]).args(how).arg(out);
    command.status().is_ok_and(|status| status.success())
}

/// Lets ffmpeg decode on one core; the seconds of processor time it says that it took.
fn ffmpeg_decodes(file: &Path) -> f64 {
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-benchmark", "-threads", "1", "-i"])
        .arg(file)
        .args(["-vn", "-f", "null", "-"])
        .output()
        .expect("ffmpeg was here a moment ago");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let time = |name: &str| -> Option<f64> {
        let (_, rest) = said.split_once(name)?;
        rest.split('s').next()?.parse().ok()
    };
    time("utime=").expect("ffmpeg says how long it took") + time("stime=").unwrap_or_default()
}
