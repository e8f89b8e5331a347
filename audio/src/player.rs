//! Plays: one `step` reads commands, decodes, fills the sink and reports.
//!
//! The player owns no thread and no clock. Whoever owns it calls [`Player::step`] until there is nothing to do, and
//! again when the sink has been drained a little. What it reports is what was heard: positions and ends come from
//! the frames that the sink counted, not from what was decoded or from the time.

use std::collections::VecDeque;

use crate::command::{AudioCommand, AudioReport, AudioStatus, Item, SourceAddress};
use crate::decode::{Decoder, OpenOptions};
use crate::mix::Fold;
use crate::resample::StereoResampler;
use crate::sink::Sink;
use crate::source::{Source, SourceError};
use crate::transport::{Effect, Transport};

/// How many frames one step decodes at most, so that commands are heard soon: a third of a second.
const FRAMES_A_STEP: usize = 16_384;

/// Turns addresses into bytes; the host's part.
pub trait Opener {
    /// Opens what is at an address.
    ///
    /// # Errors
    ///
    /// It is not there, may not be read, or is of a kind that this host does not know.
    fn open(&mut self, address: &SourceAddress) -> Result<Box<dyn Source>, SourceError>;
}

impl<F: FnMut(&SourceAddress) -> Result<Box<dyn Source>, SourceError>> Opener for F {
    fn open(&mut self, address: &SourceAddress) -> Result<Box<dyn Source>, SourceError> {
        self(address)
    }
}

/// Whether to call again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepOutcome {
    /// There is more to do at once.
    Busy,
    /// The sink is full, or the player paused: nothing to do until the sink has drained or a command comes.
    Waiting,
    /// Nothing is loaded.
    Idle,
}

/// An item being decoded.
struct Reading {
    decoder: Decoder,
    fold: Fold,
    gain: f32,
}

/// Where in the sink's frames an item is.
struct Span {
    item: Item,
    /// The sink's frame that is the first of the item in the sink.
    start: u64,
    /// How far into the item that frame is, in the sink's frames.
    offset: u64,
    /// One past the item's last frame, once it is known.
    end: Option<u64>,
    duration_ms: u64,
    started: bool,
}

impl Span {
    fn position_ms(&self, played: u64, rate: u32) -> u64 {
        let played = self.end.map_or(played, |end| played.min(end));
        (played.saturating_sub(self.start) + self.offset) * 1000 / u64::from(rate.max(1))
    }
}

/// The player. See the [module](self).
pub struct Player<S> {
    sink: S,
    opener: Box<dyn Opener + Send>,
    commands: VecDeque<AudioCommand>,
    transport: Transport,
    reading: Option<Reading>,
    resampler: Option<StereoResampler>,
    /// The sink's frame at which the resampler's count began.
    resampler_start: u64,
    /// Frames that are ready and do not fit into the sink yet, and how many of them have gone.
    staged: [Vec<f32>; 2],
    staged_gone: usize,
    /// What is in the sink or heard, in order; the last one is the one being read.
    spans: VecDeque<Span>,
    ended: bool,
    asked_for_next: bool,
    /// None makes the next step report, whatever it finds.
    last_state: Option<(AudioStatus, Option<u64>)>,
    last_position: u64,
    last_stats: u64,
    planes: Vec<Vec<f32>>,
    stereo: [Vec<f32>; 2],
}

impl<S: std::fmt::Debug> std::fmt::Debug for Player<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Player")
            .field("sink", &self.sink)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

impl<S: Sink> Player<S> {
    /// A player that has nothing to play.
    pub fn new(sink: S, opener: impl Opener + Send + 'static) -> Self {
        Self {
            sink,
            opener: Box::new(opener),
            commands: VecDeque::new(),
            transport: Transport::default(),
            reading: None,
            resampler: None,
            resampler_start: 0,
            staged: Default::default(),
            staged_gone: 0,
            spans: VecDeque::new(),
            ended: true,
            asked_for_next: false,
            last_state: Some((AudioStatus::Stopped, None)),
            last_position: 0,
            last_stats: 0,
            planes: Vec::new(),
            stereo: Default::default(),
        }
    }

    /// Takes a command; the next step obeys it.
    pub fn command(&mut self, command: AudioCommand) {
        self.commands.push_back(command);
    }

    /// The sink.
    #[must_use]
    pub fn sink(&self) -> &S {
        &self.sink
    }

    /// The sink, to drain or to replace it.
    pub fn sink_mut(&mut self) -> &mut S {
        &mut self.sink
    }

    /// Does a little: obeys all commands, decodes up to a third of a second, and appends what happened to `reports`.
    ///
    /// `now` is any steady time in milliseconds; counts are reported once a second by it.
    pub fn step(&mut self, now: u64, reports: &mut Vec<AudioReport>) -> StepOutcome {
        self.sink.beat();
        while let Some(command) = self.commands.pop_front() {
            self.obey(command, reports);
        }
        let busy = self.fill(reports);
        self.report_heard(reports);
        self.report_state(reports);
        if self.transport.is_playing() && now.saturating_sub(self.last_stats) >= 1000 {
            self.last_stats = now;
            let underruns = self.sink.underruns();
            let buffered = self.buffered() * 1000 / u64::from(self.sink.sample_rate().max(1));
            reports.push(AudioReport::Stats {
                underrun_frames: underruns.frames,
                underrun_events: underruns.events,
                buffered: u32::try_from(buffered).unwrap_or(u32::MAX),
            });
        }
        match (busy, self.transport.is_loaded()) {
            (true, _) => StepOutcome::Busy,
            (false, true) => StepOutcome::Waiting,
            (false, false) => StepOutcome::Idle,
        }
    }

    fn obey(&mut self, command: AudioCommand, reports: &mut Vec<AudioReport>) {
        match self.transport.apply(command) {
            Effect::Begin(item) => {
                self.last_state = None;
                self.silence();
                self.sink.set_playing(self.transport.is_playing());
                self.begin(item, reports);
            }
            Effect::Silence => {
                self.silence();
                self.sink.set_playing(false);
            }
            Effect::Seek(position) => {
                self.last_state = None;
                self.seek(position, reports);
            }
            Effect::NextChanged => self.next_changed(reports),
            Effect::Play(playing) => self.sink.set_playing(playing),
            Effect::Volume(gain) => self.sink.set_gain(gain),
            Effect::None => {}
        }
    }

    /// Drops all that was decoded, heard or not.
    fn silence(&mut self) {
        self.sink.discard();
        self.sink.end();
        self.reading = None;
        self.resampler = None;
        self.clear_staged();
        self.spans.clear();
        self.ended = true;
        self.asked_for_next = false;
    }

    fn clear_staged(&mut self) {
        self.staged.iter_mut().for_each(Vec::clear);
        self.staged_gone = 0;
    }

    /// The sink's frame that the next decoded one will be.
    fn decoded(&self) -> u64 {
        self.sink.written() + (self.staged[0].len() - self.staged_gone) as u64
    }

    fn buffered(&mut self) -> u64 {
        let played = self.sink.played();
        self.sink.written().saturating_sub(played)
    }

    /// Opens an item behind what is there. If that fails, says so and goes on with the next one.
    fn begin(&mut self, item: Item, reports: &mut Vec<AudioReport>) {
        let mut item = item;
        loop {
            match self.open(&item) {
                Ok(()) => return,
                Err(error) => reports.push(AudioReport::Failed { key: item.key, error }),
            }
            match self.transport.take_next() {
                Some(next) => item = next,
                None => {
                    // Something else may follow what could not be played.
                    self.asked_for_next = false;
                    return;
                }
            }
        }
    }

    fn open(&mut self, item: &Item) -> Result<(), String> {
        let source = self
            .opener
            .open(&item.address)
            .map_err(|error| error.to_string())?;
        let mut decoder =
            Decoder::open(source, &OpenOptions::default()).map_err(|error| error.to_string())?;
        let info = decoder.info().clone();
        let rate = info.sample_rate;
        let first = item.start.saturating_mul(u64::from(rate)) / 1000;
        if first > 0 {
            decoder.seek(first).map_err(|error| error.to_string())?;
        }
        if self
            .resampler
            .as_ref()
            .is_none_or(|resampler| resampler.from() != rate)
        {
            if let Some(mut old) = self.resampler.take() {
                old.finish(&mut self.staged);
            }
            let to = self.sink.sample_rate();
            self.resampler = Some(
                StereoResampler::new(rate, to)
                    .ok_or_else(|| format!("{rate} Hz cannot be played at {to} Hz"))?,
            );
            self.resampler_start = self.decoded();
        }
        let Some(resampler) = &self.resampler else {
            return Ok(());
        };
        let start = self.resampler_start + resampler.output_frame(resampler.frames_in());
        self.spans.push_back(Span {
            start,
            offset: resampler.output_frame(first),
            end: None,
            duration_ms: info.frames.unwrap_or(0).saturating_mul(1000) / u64::from(rate),
            started: false,
            item: item.clone(),
        });
        let gain = if item.gain.is_finite() {
            10.0_f32.powf(item.gain.clamp(-60.0, 24.0) / 20.0)
        } else {
            1.0
        };
        self.reading = Some(Reading {
            decoder,
            fold: info.speakers.fold(),
            gain,
        });
        self.ended = false;
        self.asked_for_next = false;
        Ok(())
    }

    /// Goes to a place in the item that is heard.
    fn seek(&mut self, position: u64, reports: &mut Vec<AudioReport>) {
        let played = self.sink.played();
        let Some(heard) = self.heard(played) else { return };
        let mut item = self.spans[heard].item.clone();
        // What was read ahead of another item is read again when its time comes.
        if heard + 1 < self.spans.len()
            && let Some(ahead) = self.spans.get(heard + 1)
        {
            let mut ahead = ahead.item.clone();
            ahead.start = 0;
            self.transport.put_back(ahead);
        }
        let started = self.spans[heard].started;
        item.start = position;
        let original = std::mem::take(&mut self.spans);
        let next = self.transport.next().cloned();
        self.silence();
        match self.open(&item) {
            Ok(()) => {
                if let Some(span) = self.spans.back_mut() {
                    span.started = started;
                }
            }
            Err(error) => {
                drop(original);
                reports.push(AudioReport::Failed { key: item.key, error });
                if let Some(next) = next {
                    let _ = self.transport.take_next();
                    self.begin(next, reports);
                }
            }
        }
    }

    /// What follows is another item now: what was read of the old one goes.
    fn next_changed(&mut self, reports: &mut Vec<AudioReport>) {
        self.asked_for_next = false;
        let played = self.sink.played();
        let Some(heard) = self.heard(played) else { return };
        if heard + 1 < self.spans.len() {
            let next = self.transport.next().cloned();
            let position = self.spans[heard].position_ms(played, self.sink.sample_rate());
            self.spans.truncate(heard + 1);
            self.seek(position, reports);
            if let Some(next) = next {
                self.transport.put_back(next);
            }
        }
    }

    /// The span that is heard, or will be heard first.
    fn heard(&self, played: u64) -> Option<usize> {
        let at = self
            .spans
            .iter()
            .rposition(|span| span.start <= played)
            .unwrap_or(0);
        (!self.spans.is_empty()).then_some(at)
    }

    /// Moves frames from the decoder to the sink. True if there is more to do at once.
    fn fill(&mut self, reports: &mut Vec<AudioReport>) -> bool {
        let mut budget = FRAMES_A_STEP;
        while budget > 0 {
            let ready = self.staged[0].len() - self.staged_gone;
            if ready > 0 {
                let from = self.staged_gone;
                let take = ready.min(budget);
                let written = self.sink.write(
                    &self.staged[0][from..from + take],
                    &self.staged[1][from..from + take],
                );
                self.staged_gone += written;
                budget -= written;
                if self.staged_gone == self.staged[0].len() {
                    self.clear_staged();
                }
                if written < take {
                    return false;
                }
                continue;
            }
            if self.sink.space() == 0 {
                return false;
            }
            if self.reading.is_some() {
                self.decode(reports);
            } else if let Some(next) = self.transport.take_next() {
                self.begin(next, reports);
            } else if !self.ended {
                self.ask_for_next(reports);
                // Another item may follow while sound is left; without one, the filter's rest comes out.
                if self.buffered() > u64::from(self.sink.sample_rate() / 4) {
                    return false;
                }
                if let Some(mut resampler) = self.resampler.take() {
                    resampler.finish(&mut self.staged);
                } else {
                    self.ended = true;
                    self.sink.end();
                }
            } else {
                return false;
            }
        }
        true
    }

    fn ask_for_next(&mut self, reports: &mut Vec<AudioReport>) {
        if !self.asked_for_next
            && let Some(span) = self.spans.back()
        {
            self.asked_for_next = true;
            reports.push(AudioReport::WantsNext { after: span.item.key });
        }
    }

    /// Decodes one block of the item being read.
    fn decode(&mut self, reports: &mut Vec<AudioReport>) {
        let (Some(reading), Some(resampler)) = (&mut self.reading, &mut self.resampler) else {
            return;
        };
        let decoded = reading.decoder.next_block(&mut self.planes);
        if let Ok(frames) = decoded
            && frames > 0
        {
            reading.fold.apply(&self.planes, &mut self.stereo);
            if (reading.gain - 1.0).abs() > f32::EPSILON {
                self.stereo
                    .iter_mut()
                    .flatten()
                    .for_each(|sample| *sample *= reading.gain);
            }
            resampler.push(&self.stereo, &mut self.staged);
            return;
        }
        let end = self.resampler_start + resampler.output_frame(resampler.frames_in());
        self.reading = None;
        if let Some(span) = self.spans.back_mut() {
            span.end = Some(end);
            if let Err(error) = decoded {
                reports.push(AudioReport::Failed {
                    key: span.item.key,
                    error: error.to_string(),
                });
            }
        }
        if self.transport.next().is_none() {
            self.ask_for_next(reports);
        }
    }

    /// Reports items whose first or last frame was heard.
    fn report_heard(&mut self, reports: &mut Vec<AudioReport>) {
        let played = self.sink.played();
        let all_out = self.ended && self.staged[0].is_empty() && played >= self.sink.written();
        while let Some(span) = self.spans.front_mut() {
            // The first frame is heard when one was heard, not when it is due.
            if !span.started && (played > span.start || (all_out && span.end.is_some())) {
                span.started = true;
                let frame =
                    i64::try_from(span.start).unwrap_or(i64::MAX) - i64::try_from(span.offset).unwrap_or(0);
                reports.push(AudioReport::Started {
                    key: span.item.key,
                    duration: span.duration_ms,
                    frame,
                });
            }
            let over = span.end.is_some_and(|end| played >= end) && (self.spans.len() > 1 || all_out);
            if !over {
                break;
            }
            if let Some(span) = self.spans.pop_front() {
                reports.push(AudioReport::Ended { key: span.item.key });
            }
        }
        if self.spans.is_empty() && self.reading.is_none() && self.ended && self.transport.is_loaded() {
            self.transport.finished();
            self.sink.set_playing(false);
        }
    }

    /// Reports the status if it changed, and the position four times a second of sound.
    fn report_state(&mut self, reports: &mut Vec<AudioReport>) {
        let played = self.sink.played();
        let rate = self.sink.sample_rate();
        let heard = self.heard(played).and_then(|at| self.spans.get(at));
        let key = heard.map(|span| span.item.key);
        let position = heard.map_or(0, |span| span.position_ms(played, rate));
        let waits = self.sink.written() <= played && !self.ended;
        let status = match (self.transport.is_loaded(), self.transport.is_playing()) {
            (false, _) => AudioStatus::Stopped,
            (true, false) => AudioStatus::Paused,
            // A sink that is heard at once is never ahead, and never waits.
            (true, true) if waits && self.reading.is_some() && self.sink.space() < usize::MAX => {
                AudioStatus::Buffering
            }
            (true, true) => AudioStatus::Playing,
        };
        if Some((status, key)) != self.last_state || position.abs_diff(self.last_position) >= 250 {
            self.last_state = Some((status, key));
            self.last_position = position;
            reports.push(AudioReport::State {
                status,
                key,
                position,
            });
        }
    }
}
