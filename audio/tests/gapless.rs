//! Every format gives exactly the frames that went into the encoder, and halves join without a seam.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{data, decode_all, md5_of};
use segue_audio::decode::OpenOptions;

/// The two halves of the sweep that `data/make.sh` cuts.
const A: usize = 30_011;
const B: usize = 20_022;

#[track_caller]
fn check_frames(name: &str, expected: usize) {
    let summary = md5_of(&data(name)).unwrap();
    assert_eq!(summary.frames, expected as u64, "{name}");
    assert!(
        !summary.damage.truncated && summary.damage.skipped_packets == 0,
        "{name}: {:?}",
        summary.damage
    );
    let (info, planes) = decode_all(&data(name), &OpenOptions::default()).unwrap();
    assert_eq!(planes[0].len(), expected, "{name}");
    if info.frames_exact {
        assert_eq!(info.frames, Some(expected as u64), "{name}");
    }
}

#[test]
fn constant_bit_rate_mp3_loses_its_delay_and_padding() {
    check_frames("a-cbr.mp3", A);
    check_frames("b-cbr.mp3", B);
}

#[test]
fn variable_bit_rate_mp3_loses_its_delay_and_padding() {
    check_frames("a-vbr.mp3", A);
    check_frames("b-vbr.mp3", B);
}

/// Regression: the library trims everything behind a length that it guesses from the first frames.
#[test]
fn mp3_without_a_header_is_not_cut_at_an_estimate() {
    // Whole frames: 576 of delay in front, padding behind.
    let frames = md5_of(&data("a-headerless.mp3")).unwrap().frames;
    assert!(
        frames.is_multiple_of(1152) && frames >= A as u64 + 576,
        "{frames}"
    );
    // Twenty silent frames of 320 kbit/s in front: by them, the rest is thought to be a third of what it is.
    let mut silence = vec![0xff, 0xfb, 0xe0, 0x64];
    silence.resize(1044, 0);
    let bytes = [
        silence.repeat(20),
        std::fs::read(data("a-headerless.mp3")).unwrap(),
    ]
    .concat();
    let source = segue_audio::source::MemorySource::new(bytes);
    let summary = segue_audio::pcm::decode_md5(Box::new(source)).unwrap();
    assert_eq!(summary.frames, frames + 20 * 1152);
}

#[test]
fn aac_in_mp4_obeys_the_edit_list_and_the_last_duration() {
    check_frames("a.m4a", A);
    check_frames("b.m4a", B);
    check_frames("a-faststart.m4a", A);
}

#[test]
fn fragmented_mp4_obeys_them_too() {
    check_frames("a-fragmented.m4a", A);
}

#[test]
fn lossless_formats_and_vorbis_are_exact() {
    for name in ["a-alac.m4a", "a.flac", "a.wav", "a.aiff", "a.ogg"] {
        check_frames(name, A);
    }
    for name in ["b-alac.m4a", "b.flac", "b.ogg"] {
        check_frames(name, B);
    }
}

#[test]
fn lossless_formats_agree_to_the_bit() {
    let wav = md5_of(&data("a.wav")).unwrap().md5_hex();
    for name in ["a.flac", "a-alac.m4a", "a.aiff"] {
        assert_eq!(md5_of(&data(name)).unwrap().md5_hex(), wav, "{name}");
    }
}

#[test]
fn chained_ogg_plays_both_streams() {
    check_frames("chained.ogg", A + B);
}

#[test]
fn without_trimming_the_codec_shows_its_padding() {
    let raw = |name: &str| {
        decode_all(&data(name), &OpenOptions::default().gapless(false))
            .unwrap()
            .1[0]
            .len()
    };
    assert_eq!(raw("a-cbr.mp3") % 1152, 0);
    assert!(raw("a-cbr.mp3") >= A + 1105);
    assert!(raw("a.m4a") >= A + 1024);
}

/// The halves, one behind the other, against the same halves as they were before encoding.
#[test]
fn trimmed_audio_is_in_its_place_to_the_frame() {
    for (a, b, min_db) in [
        ("a-cbr.mp3", "b-cbr.mp3", 20.0),
        ("a-vbr.mp3", "b-vbr.mp3", 20.0),
        ("a.m4a", "b.m4a", 20.0),
        ("a.ogg", "b.ogg", 20.0),
    ] {
        let left = |name: &str| {
            decode_all(&data(name), &OpenOptions::default())
                .unwrap()
                .1
                .swap_remove(0)
        };
        let joined = [left(a), left(b)].concat();
        let original = [left("a.flac"), left("b.flac")].concat();
        assert_eq!(joined.len(), original.len());
        let around = A - 2000..A + 2000;
        let snr = |lag: i64| {
            let (mut signal, mut error) = (0.0, 0.0);
            for index in around.clone() {
                let shifted = usize::try_from(index as i64 + lag).unwrap();
                signal += f64::from(original[index]).powi(2);
                error += f64::from(original[index] - joined[shifted]).powi(2);
            }
            10.0 * (signal / error).log10()
        };
        let best = (-40..=40).max_by(|x, y| snr(*x).total_cmp(&snr(*y))).unwrap();
        println!("{a}: {:.1} dB at lag {best}", snr(best));
        assert_eq!(best, 0, "{a}");
        assert!(snr(0) > min_db, "{a}: {:.1} dB", snr(0));
        // Padding that was left in would be a run of zeros.
        let zeros = joined[around]
            .split(|sample| *sample != 0.0)
            .map(<[f32]>::len)
            .max()
            .unwrap();
        assert!(zeros <= 8, "{a}: {zeros} zeros in a row");
    }
}
