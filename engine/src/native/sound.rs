//! The player on a thread of its own, with the output that was chosen.
//!
//! The output is opened when something is to be played and not before: a library that only scans needs no
//! sound card. When it fails, the player is dropped with it; the library knows where it was and says so
//! again when the listener plays on.

use std::path::PathBuf;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use segue_audio::command::{AudioCommand, AudioReport, SourceAddress};
#[cfg(feature = "cpal")]
use segue_audio::output::cpal::CpalOutput;
use segue_audio::output::null::NullOutput;
use segue_audio::output::wav::WavOutput;
use segue_audio::output::{Output, OutputError};
use segue_audio::player::{Player, StepOutcome};
use segue_audio::ring::{RingReader, RingWriter, ring};
use segue_audio::sink::RingSink;
use segue_audio::source::{FileSource, Source, SourceError};

use super::clock::NativeClock;
use super::path::unspell;
use crate::library::{Inlet, Service, Waker};

/// Where sound goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SoundOutput {
    /// To the machine's own device.
    Device,
    /// Nowhere, in the time that it would take to hear it.
    Null,
    /// Into a WAV file of 32-bit float samples, as fast as it can be decoded.
    Wav(PathBuf),
}

/// A player without a library, for a program that only wants to hear files.
#[derive(Debug)]
pub struct Sound {
    commands: Option<Sender<AudioCommand>>,
    reports: Receiver<AudioReport>,
    thread: Option<JoinHandle<()>>,
}

impl Sound {
    /// Starts a player on a thread of its own. Dropping this ends it, and waits until a file is written to its
    /// end.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn start(output: SoundOutput) -> std::io::Result<Self> {
        let (service, commands, reports) = Service::new(&Waker::default());
        let serve = move || serve(&service.requests, &service.answers, &output, NativeClock::start());
        let thread = Builder::new().name("segue sound".to_owned()).spawn(serve)?;
        Ok(Self {
            commands: Some(commands),
            reports,
            thread: Some(thread),
        })
    }

    /// Tells the player something.
    pub fn tell(&self, command: AudioCommand) {
        if let Some(commands) = &self.commands {
            // The thread ends after this end of the channel and not before.
            drop(commands.send(command));
        }
    }

    /// The next thing that the player reports, if it does within this time.
    #[must_use]
    pub fn hear(&self, patience: Duration) -> Option<AudioReport> {
        self.reports.recv_timeout(patience).ok()
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so on standard error.
            drop(thread.join());
        }
    }
}

/// Frames in the ring: 1.4 s at 48 kHz, far more than the thread ever sleeps.
const RING: usize = 1 << 16;
/// Frames a second of outputs that have no rate of their own.
const RATE: u32 = 44_100;
/// How long the thread sleeps while the ring is full, in milliseconds: a fraction of what the ring holds.
const NAP: u64 = 20;

struct Deck {
    player: Player<RingSink>,
    output: Box<dyn Output>,
    /// The output takes all that there is at once, so there is no reason to wait for it.
    hurry: bool,
}

/// Serves commands until the library closes its end.
pub(crate) fn serve(
    commands: &Receiver<AudioCommand>,
    reports: &Inlet<AudioReport>,
    output: &SoundOutput,
    clock: NativeClock,
) {
    let mut deck: Option<Deck> = None;
    let mut volume = None;
    let mut nap = None;
    let mut told = Vec::new();
    loop {
        let received = match nap {
            None => commands
                .try_recv()
                .map_err(|error| error == TryRecvError::Disconnected),
            Some(None) => commands.recv().map_err(|_| true),
            Some(Some(nap)) => commands
                .recv_timeout(nap)
                .map_err(|error| error == RecvTimeoutError::Disconnected),
        };
        nap = None;
        match received {
            Err(true) => return,
            Err(false) => {}
            Ok(command) => {
                if matches!(command, AudioCommand::SetVolume(_)) {
                    volume = Some(command.clone());
                }
                if deck.is_none() && matches!(command, AudioCommand::Load { .. }) {
                    match open(output) {
                        Ok(mut opened) => {
                            volume
                                .iter()
                                .for_each(|volume| opened.player.command(volume.clone()));
                            deck = Some(opened);
                        }
                        Err(error) => {
                            reports.send(AudioReport::OutputFailed {
                                error: error.to_string(),
                            });
                        }
                    }
                }
                if let Some(deck) = &mut deck {
                    deck.player.command(command);
                    // More commands may wait, and they belong together.
                    continue;
                }
            }
        }
        let Some(playing) = &mut deck else {
            nap = Some(None);
            continue;
        };
        let now = clock.now().now;
        let outcome = playing.player.step(now, &mut told);
        let polled = playing.output.poll(now);
        told.drain(..).for_each(|report| {
            reports.send(report);
        });
        if let Err(error) = polled {
            reports.send(AudioReport::OutputFailed {
                error: error.to_string(),
            });
            deck = None;
            continue;
        }
        nap = match outcome {
            StepOutcome::Busy => None,
            StepOutcome::Waiting if playing.hurry => Some(Some(Duration::from_millis(1))),
            StepOutcome::Waiting => Some(Some(Duration::from_millis(NAP))),
            StepOutcome::Idle => Some(None),
        };
    }
}

fn open(output: &SoundOutput) -> Result<Deck, OutputError> {
    let writer = ring(RING);
    let reader = writer.reader();
    let hurry = matches!(output, SoundOutput::Wav(_));
    let output: Box<dyn Output> = match output {
        SoundOutput::Device => device(reader)?,
        SoundOutput::Null => Box::new(NullOutput::new(reader, RATE)),
        SoundOutput::Wav(path) => Box::new(WavOutput::create(path, reader, RATE)?),
    };
    Ok(deck(writer, output, hurry))
}

fn deck(writer: RingWriter, output: Box<dyn Output>, hurry: bool) -> Deck {
    let sink = RingSink::new(writer, output.sample_rate());
    Deck {
        player: Player::new(sink, open_source),
        output,
        hurry,
    }
}

#[cfg(feature = "cpal")]
fn device(reader: RingReader) -> Result<Box<dyn Output>, OutputError> {
    Ok(Box::new(CpalOutput::open(reader)?))
}

#[cfg(not(feature = "cpal"))]
fn device(_reader: RingReader) -> Result<Box<dyn Output>, OutputError> {
    Err(OutputError::Refused {
        message: "this build has no sound device: it was made without `cpal`".to_owned(),
    })
}

fn open_source(address: &SourceAddress) -> Result<Box<dyn Source>, SourceError> {
    match address {
        SourceAddress::Path(path) => {
            let path = unspell(path).ok_or(SourceError::UnsupportedAddress)?;
            Ok(Box::new(FileSource::open(path)?))
        }
        _ => Err(SourceError::UnsupportedAddress),
    }
}
