//! `segue decode FILE`

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::process::ExitCode;

use segue::audio::pcm::{decode_md5, decode_to_wav};
use segue::audio::source::FileSource;
use serde_json::json;

use super::{Failure, Outcome, say};

/// Decodes a file, to hear or to verify it bit by bit.
///
/// The MD5 is that of the interleaved little-endian samples at the source's bit depth, each in whole bytes, as
/// FLAC's STREAMINFO counts it; of lossy formats, of samples rounded to 16 bits.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The file.
    file: PathBuf,
    /// Write the sound into this WAV file.
    #[arg(long, value_name = "OUT")]
    wav: Option<PathBuf>,
    /// Print the MD5 of the samples; so it is without --wav.
    #[arg(long)]
    md5: bool,
    /// Print one JSON object instead of words.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let named = |error: &dyn std::fmt::Display| Failure(format!("{}: {error}", arguments.file.display()));
    let source = Box::new(FileSource::open(&arguments.file).map_err(|error| named(&error))?);
    let summary = match &arguments.wav {
        None => decode_md5(source).map_err(|error| named(&error))?,
        Some(out) => {
            let file = File::create(out).map_err(|error| Failure(format!("{}: {error}", out.display())))?;
            decode_to_wav(source, &mut BufWriter::new(file)).map_err(|error| named(&error))?
        }
    };
    if arguments.json {
        let mut line = json!({
            "frames": summary.frames,
            "sampleRate": summary.sample_rate,
            "channels": summary.channels,
            "bitsPerSample": summary.bits_per_sample,
            "md5": summary.md5_hex(),
        });
        if summary.damage.is_any() {
            line["damage"] = json!(summary.damage.to_string());
        }
        say(&line.to_string())?;
    } else if arguments.md5 && arguments.wav.is_none() {
        say(&format!("{}  {}", summary.md5_hex(), arguments.file.display()))?;
    } else {
        say(&format!(
            "{} frames, {} Hz, {} channels, {} bits, md5 {}",
            summary.frames,
            summary.sample_rate,
            summary.channels,
            summary.bits_per_sample,
            summary.md5_hex()
        ))?;
        if summary.damage.is_any() {
            say(&format!("damaged: {}", summary.damage))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
