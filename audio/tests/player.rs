//! The player from commands to frames: joins, seeks, pauses, failures, through sinks without a device.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{data, decode_all};
use segue_audio::command::{AudioCommand, AudioReport, AudioStatus, Item, SourceAddress};
use segue_audio::decode::OpenOptions;
use segue_audio::output::{Output, null::NullOutput, wav::WavOutput};
use segue_audio::player::{Player, StepOutcome};
use segue_audio::ring::{self, ring};
use segue_audio::sink::{OfflineSink, RingSink, Sink};
use segue_audio::source::{FileSource, Source, SourceError};

const A: usize = 30_011;
const B: usize = 20_022;

fn open(address: &SourceAddress) -> Result<Box<dyn Source>, SourceError> {
    match address {
        SourceAddress::Path(path) => Ok(Box::new(FileSource::open(path)?)),
        _ => Err(SourceError::UnsupportedAddress),
    }
}

fn item(key: u64, name: &str) -> Item {
    Item {
        key,
        address: SourceAddress::Path(data(name).to_str().unwrap().into()),
        start: 0,
        gain: 0.0,
    }
}

fn load(key: u64, name: &str) -> AudioCommand {
    AudioCommand::Load {
        item: item(key, name),
        play: true,
    }
}

fn left(name: &str) -> Vec<f32> {
    decode_all(&data(name), &OpenOptions::default())
        .unwrap()
        .1
        .swap_remove(0)
}

/// Runs until nothing is left to do and gives back all that was reported.
fn run<S: Sink>(player: &mut Player<S>) -> Vec<AudioReport> {
    let mut reports = Vec::new();
    for _ in 0..10_000 {
        if player.step(0, &mut reports) != StepOutcome::Busy {
            return reports;
        }
    }
    panic!("the player is never done: {reports:?}");
}

fn marks(reports: &[AudioReport]) -> Vec<String> {
    reports
        .iter()
        .filter_map(|report| match report {
            AudioReport::Started { key, frame, .. } => Some(format!("started {key} at {frame}")),
            AudioReport::Ended { key } => Some(format!("ended {key}")),
            AudioReport::WantsNext { after } => Some(format!("wants after {after}")),
            AudioReport::Failed { key, error } => Some(format!("failed {key}: {error}")),
            _ => None,
        })
        .collect()
}

/// A player into a ring that `play` drains, as a sound card would.
struct Device {
    player: Player<RingSink>,
    output: NullOutput,
    reports: Vec<AudioReport>,
}

impl Device {
    fn new(rate: u32) -> Self {
        let writer = ring(ring::CAPACITY);
        let output = NullOutput::new(writer.reader(), rate);
        Self {
            player: Player::new(RingSink::new(writer, rate), open),
            output,
            reports: Vec::new(),
        }
    }

    fn command(&mut self, command: AudioCommand) {
        self.player.command(command);
        self.settle();
    }

    fn settle(&mut self) {
        while self.player.step(0, &mut self.reports) == StepOutcome::Busy {}
    }

    fn play(&mut self, frames: u64) {
        for _ in 0..frames / 512 {
            self.output.advance(512);
            self.settle();
        }
        self.output.advance(frames % 512);
        self.settle();
    }

    fn state(&self) -> (AudioStatus, Option<u64>, u64) {
        let state = self.reports.iter().rev().find_map(|report| match report {
            AudioReport::State {
                status,
                key,
                position,
            } => Some((*status, *key, *position)),
            _ => None,
        });
        state.unwrap()
    }
}

#[test]
fn two_tracks_join_without_a_frame_between() {
    for (a, b) in [
        ("a.flac", "b.flac"),
        ("a-cbr.mp3", "b-cbr.mp3"),
        ("a.m4a", "b.m4a"),
        ("a.ogg", "b.ogg"),
    ] {
        let mut player = Player::new(OfflineSink::new(44_100), open);
        player.command(load(1, a));
        player.command(AudioCommand::SetNext(Some(item(2, b))));
        let reports = run(&mut player);
        let joined = [left(a), left(b)].concat();
        assert!(player.sink().planes[0] == joined, "{a}: not the two halves");
        let expected = [
            "started 1 at 0",
            "ended 1",
            "started 2 at 30011",
            "wants after 2",
            "ended 2",
        ];
        let mut marks = marks(&reports);
        marks.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(marks, expected, "{a}");
    }
}

#[test]
fn tracks_join_in_one_resampler() {
    let mut player = Player::new(OfflineSink::new(48_000), open);
    player.command(load(1, "a.flac"));
    player.command(AudioCommand::SetNext(Some(item(2, "b.flac"))));
    run(&mut player);
    let whole = player.sink().planes[0].clone();
    assert_eq!(whole.len(), ((A + B) * 480 + 220) / 441);
    // A seam would be a step: the sweep has none.
    let joint = A * 480 / 441;
    let steepest = |range: std::ops::Range<usize>| {
        whole[range]
            .windows(3)
            .map(|w| (w[2] - 2.0 * w[1] + w[0]).abs())
            .fold(0.0, f32::max)
    };
    assert!(
        steepest(joint - 50..joint + 50) < 1.5 * steepest(joint - 2000..joint - 100),
        "a seam at the join"
    );
}

#[test]
fn position_and_ends_come_from_what_was_heard() {
    let mut device = Device::new(44_100);
    device.command(load(7, "a.flac"));
    device.command(AudioCommand::SetNext(Some(item(8, "b.flac"))));
    // All is decoded, nothing is heard.
    assert!(
        !marks(&device.reports)
            .iter()
            .any(|mark| mark.starts_with("started"))
    );
    device.play(22_050);
    assert_eq!(
        marks(&device.reports),
        ["wants after 7", "wants after 8", "started 7 at 0"]
    );
    let (status, key, position) = device.state();
    assert_eq!((status, key), (AudioStatus::Playing, Some(7)));
    // The first report after a quarter of a second, which a block of 512 frames passed.
    assert!((250..=262).contains(&position), "{position}");
    device.play(7_960);
    assert!(!marks(&device.reports).contains(&"ended 7".to_owned()));
    device.play(2);
    assert!(marks(&device.reports).contains(&"ended 7".to_owned()));
    assert!(marks(&device.reports).contains(&"started 8 at 30011".to_owned()));
    device.play(B as u64);
    assert_eq!(device.state().0, AudioStatus::Stopped);
    assert_eq!(device.player.sink_mut().underruns().events, 0);
}

#[test]
fn a_seek_is_heard_at_once_and_exactly() {
    let mut device = Device::new(44_100);
    device.command(load(1, "a.flac"));
    device.play(5000);
    device.command(AudioCommand::Seek(400));
    let original = left("a.flac");
    let from = 44_100 * 400 / 1000;
    // The first call after it already plays the new place, fading in.
    let mut reader = device.player.sink().writer().reader();
    let (mut l, mut r) = (vec![0.0; 2000], vec![0.0; 2000]);
    reader.read_planar(&mut l, &mut r);
    let settled = ring::DEFAULT_RAMP as usize + 1;
    assert_eq!(l[settled..], original[from + settled..from + 2000]);
    device.settle();
    device.play(4000);
    assert!(
        (400 + 6000 * 1000 / 44_100_u64).abs_diff(device.state().2) <= 250,
        "{:?}",
        device.state()
    );
    assert_eq!(
        marks(&device.reports)
            .iter()
            .filter(|mark| mark.starts_with("started"))
            .count(),
        1
    );
}

#[test]
fn seeking_back_from_the_ring_of_the_next_track_keeps_the_next_track() {
    let mut device = Device::new(44_100);
    device.command(load(1, "a.flac"));
    device.command(AudioCommand::SetNext(Some(item(2, "b.flac"))));
    device.play(20_000);
    device.command(AudioCommand::Seek(0));
    device.play((A + B) as u64 + 512);
    let marks = marks(&device.reports);
    assert!(
        marks.contains(&"ended 1".to_owned()) && marks.contains(&"ended 2".to_owned()),
        "{marks:?}"
    );
    assert_eq!(device.state().0, AudioStatus::Stopped);
}

#[test]
fn a_pause_stops_the_clock_and_nothing_is_lost() {
    let mut device = Device::new(44_100);
    device.command(load(1, "a.flac"));
    device.play(10_000);
    device.command(AudioCommand::Pause);
    device.play(20_000);
    let paused = device.state();
    assert_eq!((paused.0, paused.1), (AudioStatus::Paused, Some(1)));
    device.play(20_000);
    assert_eq!(device.state(), paused);
    device.command(AudioCommand::Play);
    device.play(A as u64);
    assert_eq!(device.state().0, AudioStatus::Stopped);
    assert_eq!(device.player.sink_mut().played(), A as u64);
}

#[test]
fn a_next_track_that_changes_late_is_not_heard() {
    let mut device = Device::new(44_100);
    device.command(load(1, "a.flac"));
    device.command(AudioCommand::SetNext(Some(item(2, "a.ogg"))));
    device.play(15_000);
    device.command(AudioCommand::SetNext(Some(item(3, "b.flac"))));
    device.play((A + B) as u64);
    let marks = marks(&device.reports);
    assert!(
        !marks.iter().any(|mark| mark.starts_with("started 2")),
        "{marks:?}"
    );
    assert!(marks.contains(&"ended 3".to_owned()), "{marks:?}");
}

#[test]
fn what_cannot_be_played_is_named_and_passed_over() {
    let mut player = Player::new(OfflineSink::new(44_100), open);
    player.command(load(1, "make.sh"));
    player.command(AudioCommand::SetNext(Some(item(2, "missing.flac"))));
    let reports = run(&mut player);
    assert_eq!(
        marks(&reports),
        ["failed 1: not an audio file", "failed 2: the file is not there"]
    );
    player.command(load(3, "missing.flac"));
    let reports = run(&mut player);
    assert_eq!(marks(&reports), ["failed 3: the file is not there"]);
    assert!(
        matches!(
            reports.last(),
            Some(AudioReport::State {
                status: AudioStatus::Stopped,
                ..
            })
        ),
        "{reports:?}"
    );
}

#[test]
fn gain_start_and_volume_are_applied() {
    let mut player = Player::new(OfflineSink::new(44_100), open);
    player.command(AudioCommand::SetVolume(500));
    let mut half = item(1, "a.flac");
    (half.gain, half.start) = (-20.0, 500);
    player.command(AudioCommand::Load {
        item: half,
        play: true,
    });
    run(&mut player);
    let original = left("a.flac");
    let heard = &player.sink().planes[0];
    assert_eq!(heard.len(), A - 22_050);
    assert!(
        heard
            .iter()
            .zip(&original[22_050..])
            .all(|(a, b)| (a - b * 0.05).abs() < 1e-6)
    );
}

#[test]
fn the_wav_output_writes_every_frame_once() {
    let writer = ring(1 << 12);
    let mut file = std::io::Cursor::new(Vec::new());
    let mut output = WavOutput::new(&mut file, writer.reader(), 44_100).unwrap();
    let mut player = Player::new(RingSink::new(writer, 44_100), open);
    player.command(load(1, "a.flac"));
    let mut reports = Vec::new();
    while player.step(0, &mut reports) != StepOutcome::Idle {
        output.poll(0).unwrap();
    }
    drop(output);
    let wav = segue_audio::source::MemorySource::new(file.into_inner());
    let (_, planes) = common::decode_source(Box::new(wav), &OpenOptions::default()).unwrap();
    let original = left("a.flac");
    assert_eq!(planes[0].len(), original.len());
    // It fades in over the first frames, and is the same from there on.
    let settled = ring::DEFAULT_RAMP as usize + 1;
    assert_eq!(planes[0][settled..], original[settled..]);
}

#[test]
fn commands_and_reports_survive_postcard() {
    let commands = [
        load(1, "a.flac"),
        AudioCommand::SetNext(None),
        AudioCommand::Seek(5),
    ];
    let bytes = postcard::to_allocvec(&commands).unwrap();
    assert_eq!(
        postcard::from_bytes::<[AudioCommand; 3]>(&bytes).unwrap(),
        commands
    );
}
