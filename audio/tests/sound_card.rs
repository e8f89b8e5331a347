//! The sound card on Linux: ALSA is found when the program runs, plays what the ring holds, and may be missing.
#![cfg(all(feature = "cpal", target_os = "linux"))]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::Command;
use std::{env, fs, thread};

use segue_audio::output::cpal::CpalOutput;
use segue_audio::output::{Output, OutputError};
use segue_audio::ring::{self, ring};

/// Runs the test `name`, one of those that are ignored here, in a process that sees only these settings of ALSA.
#[track_caller]
fn check_with_settings(folder: &Path, settings: &str, name: &str) {
    let path = folder.join("alsa.conf");
    fs::write(&path, settings).unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--ignored"])
        .env("ALSA_CONFIG_PATH", &path)
        // What lies in the folder is found before what is installed.
        .env("LD_LIBRARY_PATH", folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complaint}");
    assert!(said.contains("1 passed"), "{said}");
    assert!(
        !complaint.contains("ALSA"),
        "written past the program: {complaint}"
    );
}

const RATE: u32 = 48_000;
const FRAMES: usize = 24_000;

#[test]
fn alsa_plays_what_the_ring_holds() {
    if !alsa_sys::available() {
        eprintln!("libasound.so.2 is not on this machine: nothing is played");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let heard = folder.path().join("heard");
    let settings = format!(
        r#"pcm.!default {{ type plug slave {{ pcm heard format S16_LE rate {RATE} channels 2 }} }}
        pcm.heard {{ type file format raw file "{}" slave.pcm {{ type null }} }}"#,
        heard.display()
    );
    check_with_settings(folder.path(), &settings, "a_ring_is_played");
    // What was played is half of full scale on the left and a quarter on the right, but for where it fades.
    let bytes = fs::read(heard).unwrap();
    let frames: Vec<[i16; 2]> = bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|&[a, b, c, d]| [i16::from_le_bytes([a, b]), i16::from_le_bytes([c, d])])
        .collect();
    let steady = |frame: &&[i16; 2]| frame[0].abs_diff(16_384) <= 2 && frame[1].abs_diff(8_192) <= 2;
    let count = frames.iter().filter(steady).count();
    assert!(
        (FRAMES - 2_000..=FRAMES).contains(&count),
        "{count} of {}",
        frames.len()
    );
}

#[test]
#[ignore = "run by another test with settings of its own"]
fn a_ring_is_played() {
    let mut writer = ring(FRAMES);
    let output = CpalOutput::open(writer.reader()).unwrap();
    eprintln!("{} Hz", output.sample_rate());
    assert_eq!(writer.write(&vec![0.5; FRAMES], &vec![0.25; FRAMES]), FRAMES);
    writer.end();
    writer.set_state(ring::STATE_PLAYING);
    for _ in 0..50_000_000 {
        if writer.word(ring::READ) == i32::try_from(FRAMES).unwrap() {
            return;
        }
        thread::yield_now();
    }
    panic!("only {} frames were played", writer.word(ring::READ));
}

#[test]
fn a_machine_without_a_sound_card_has_no_device() {
    let folder = tempfile::tempdir().unwrap();
    for settings in ["", "pcm.!default { type hw card 31 }"] {
        check_with_settings(folder.path(), settings, "no_device_is_found");
    }
}

#[test]
fn a_machine_without_alsa_has_no_device() {
    let folder = tempfile::tempdir().unwrap();
    // An empty file is no library, and the search ends with it.
    fs::write(folder.path().join("libasound.so.2"), "").unwrap();
    check_with_settings(folder.path(), "pcm.!default { type null }", "no_device_is_found");
}

#[test]
#[ignore = "run by another test with settings of its own"]
fn no_device_is_found() {
    let writer = ring(FRAMES);
    assert_eq!(
        CpalOutput::open(writer.reader()).unwrap_err(),
        OutputError::NoDevice
    );
}
