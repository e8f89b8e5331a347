//! Decoders against the answers that other people's conformance suites give; whole suites where `SEGUE_CORPUS` is set.

mod common;

use common::{corpus, decode_all, json, md5_of};
use segue_audio::decode::{DecodeError, Decoder, OpenOptions};

#[test]
fn every_valid_flac_stream_has_the_md5_that_its_encoder_wrote() {
    let Some(root) = corpus("audio/flac-conformance") else {
        return;
    };
    let mut exact = 0;
    for file in json(&root.join("expected.json"))["files"].as_array().unwrap() {
        let name = file["file"].as_str().unwrap();
        let Some(md5) = file["pcm_md5_streaminfo"]
            .as_str()
            .filter(|_| name.starts_with("subset/"))
        else {
            continue;
        };
        let summary = md5_of(&root.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(summary.md5_hex(), md5, "{name}");
        exact += 1;
    }
    assert_eq!(exact, 27);
}

#[test]
fn unusual_flac_streams_decode_exactly_or_are_refused() {
    let Some(root) = corpus("audio/flac-conformance") else {
        return;
    };
    for file in json(&root.join("expected.json"))["files"].as_array().unwrap() {
        let name = file["file"].as_str().unwrap();
        if name.starts_with("subset/") {
            continue;
        }
        let outcome = md5_of(&root.join(name));
        let shown = match &outcome {
            Ok(summary) => format!(
                "{} frames, md5 {}, {:?}",
                summary.frames,
                if Some(summary.md5_hex().as_str()) == file["pcm_md5_streaminfo"].as_str() {
                    "exact"
                } else {
                    "differs"
                },
                summary.damage
            ),
            Err(error) => error.to_string(),
        };
        println!("{name}: {shown}");
    }
}

#[test]
fn every_mp3_stream_is_within_96_db_of_its_reference() {
    let Some(root) = corpus("audio/mp3-conformance") else {
        return;
    };
    let mut checked = 0;
    for file in json(&root.join("expected.json"))["files"].as_array().unwrap() {
        let Some(reference) = file["reference"].as_str() else {
            continue;
        };
        let name = file["file"].as_str().unwrap();
        let reference: Vec<i16> = common::gunzip(&root.join(reference))
            .as_chunks()
            .0
            .iter()
            .map(|two| i16::from_le_bytes(*two))
            .collect();
        let (info, planes) = decode_all(&root.join(name), &OpenOptions::default().gapless(false)).unwrap();
        let start = usize::try_from(file["reference_starts_at_decoder_sample"].as_u64().unwrap()).unwrap();
        let decoded = common::interleave(&planes);
        let decoded = &decoded[start..];
        let n = decoded.len().min(reference.len());
        assert!(
            reference.len() - n <= 2 * 1152 * info.channels,
            "{name}: {n} of {} samples",
            reference.len()
        );
        let error: f64 = decoded[..n]
            .iter()
            .zip(&reference)
            .map(|(ours, theirs)| {
                ((f64::from(*ours) * 32768.0).clamp(-32768.0, 32767.0) - f64::from(*theirs)).powi(2)
            })
            .sum::<f64>()
            / n as f64;
        let psnr = 10.0 * (32767.0 * 32767.0 / error).log10();
        println!("{name}: {psnr:.1} dB over {n} samples");
        assert!(psnr >= 96.0, "{name}: {psnr:.1} dB");
        checked += 1;
    }
    assert_eq!(checked, 14);
}

#[test]
fn vorbis_streams_match_the_reference_decoder() {
    let Some(root) = corpus("audio/vorbis-conformance") else {
        return;
    };
    for file in json(&root.join("expected.json"))["files"].as_array().unwrap() {
        let name = file["file"].as_str().unwrap();
        let decoded = decode_all(&root.join(name), &OpenOptions::default());
        let Ok((info, planes)) = decoded else {
            println!(
                "{name}: {} (libvorbis: {})",
                decoded.unwrap_err(),
                file["libvorbis_frames"]
            );
            continue;
        };
        let frames = planes.first().map_or(0, Vec::len);
        println!(
            "{name}: {frames} frames (libvorbis: {})",
            file["libvorbis_frames"]
        );
        let reference = root.join(name).with_extension("f32le");
        if !reference.exists() {
            continue;
        }
        // Vorbis counts six channels left, centre, right, left rear, right rear, LFE.
        let order: &[usize] = if info.channels == 6 {
            &[0, 2, 1, 4, 5, 3]
        } else {
            &[0, 1]
        };
        let bytes = std::fs::read(reference).unwrap();
        let peak = planes
            .iter()
            .flatten()
            .fold(0_f32, |peak, sample| peak.max(sample.abs()));
        let mut worst = 0_f32;
        for (index, four) in bytes.as_chunks().0.iter().enumerate() {
            let expected = f32::from_le_bytes(*four);
            let (frame, channel) = (index / info.channels, index % info.channels);
            let ours = planes[order[channel]].get(frame).copied().unwrap_or(f32::NAN);
            worst = worst.max((ours - expected).abs());
            // One floor 0 stream goes thousands of times above full scale, which single precision cannot hide.
            let tolerance = if name.contains("floor0") {
                1e-5 * peak
            } else {
                1e-5 * expected.abs().max(1.0)
            };
            assert!(
                (ours - expected).abs() <= tolerance,
                "{name}: sample {index}: {ours} for {expected}"
            );
        }
        println!("{name}: worst difference {worst:e}, peak {peak}");
    }
}

#[test]
fn what_is_not_played_is_named() {
    let Some(root) = corpus("audio/one-recording-many-codecs") else {
        return;
    };
    let open =
        |name: &str| Decoder::open(common::source(&root.join(name)), &OpenOptions::default()).unwrap_err();
    assert_eq!(
        open("lena.webm"),
        DecodeError::Unsupported {
            what: "Matroska or WebM".into()
        }
    );
    assert_eq!(
        open("lena.opus"),
        DecodeError::Unsupported { what: "Opus".into() }
    );
}
