//! `segue play FILE…`: files are heard as they are, without a library.

use std::collections::VecDeque;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::ProgressBar;
use segue::Output;
use segue::audio::command::{AudioCommand, AudioReport, Item, SourceAddress};
use segue::audio::tags::{self, ReadOptions};
use segue::native::path::spell;
use segue::native::sound::Sound;
use serde_json::json;

use super::play::{GLANCE, bar, report};
use super::{Failure, Outcome, show_duration};

/// Plays files one after the other, without a gap. Ends with 1 if none of them could be played.
pub(super) fn run(files: &[PathBuf], output: Output, volume: u16, json: bool) -> Outcome {
    let sound = Sound::start(output)?;
    let bar = bar(json);
    let mut waiting: VecDeque<Item> = VecDeque::new();
    for (key, file) in (0..).zip(files) {
        let path = spell(&std::path::absolute(file)?);
        waiting.push_back(Item {
            key,
            address: SourceAddress::Path(path),
            start: 0,
            gain: 0.0,
        });
    }
    let file = |key: u64| {
        usize::try_from(key)
            .ok()
            .and_then(|index| files.get(index))
            .map(PathBuf::as_path)
    };
    let mut current = waiting.pop_front();
    let mut next = None;
    let mut played = false;
    let mut last_error = None;
    sound.tell(AudioCommand::SetVolume(volume * 10));
    if let Some(item) = current.clone() {
        sound.tell(AudioCommand::Load { item, play: true });
    }
    while let Some(playing) = current.clone() {
        if next.is_none() {
            next = waiting.pop_front();
            sound.tell(AudioCommand::SetNext(next.clone()));
        }
        match sound.hear(GLANCE) {
            Some(AudioReport::Started { key, duration, .. }) => {
                played = true;
                if next.as_ref().is_some_and(|next| next.key == key) {
                    current = next.take();
                }
                if let Some(file) = file(key) {
                    announce(file, duration, &bar, json)?;
                }
            }
            Some(AudioReport::State { position, .. }) => bar.set_position(position),
            Some(AudioReport::Ended { key }) if key == playing.key && next.is_none() => current = None,
            Some(AudioReport::Failed { key, error }) => {
                let name = file(key)
                    .map(|file| file.display().to_string())
                    .unwrap_or_default();
                let event = json!({ "event": "failed", "path": name, "error": error });
                report(&bar, json, &event, &format!("{name}: {error}"))?;
                last_error = Some(format!("{name}: {error}"));
                if key == playing.key {
                    current = next.take();
                    if let Some(item) = current.clone() {
                        sound.tell(AudioCommand::Load { item, play: true });
                    }
                } else {
                    next = None;
                }
            }
            Some(AudioReport::OutputFailed { error }) => return Err(Failure(error)),
            _ => {}
        }
    }
    bar.finish_and_clear();
    match (played, last_error) {
        (false, Some(error)) => Err(Failure(error)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn announce(file: &Path, duration: u64, bar: &ProgressBar, json: bool) -> Result<(), Failure> {
    let name = file.to_string_lossy();
    let read = File::open(file).ok();
    let tags = read
        .and_then(|mut read| tags::read(&mut read, &name, &ReadOptions::default()).ok())
        .unwrap_or_default();
    bar.set_length(duration);
    let event = json!({
        "event": "started",
        "path": name,
        "title": tags.title,
        "artist": tags.artist,
        "durationMs": duration,
    });
    let title = tags.title.unwrap_or_else(|| name.into_owned());
    let artist = tags
        .artist
        .map(|artist| format!("{artist} – "))
        .unwrap_or_default();
    report(
        bar,
        json,
        &event,
        &format!("{artist}{title}  {}", show_duration(duration)),
    )
}
