//! The audio worker: runs the player between the library's commands and the worklet's ring.
//!
//! It is woken by commands and by the ring running low, and does nothing at all while nothing sounds.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect, SharedArrayBuffer};
use segue_audio::command::{AudioCommand, AudioReport, AudioStatus, SourceAddress};
use segue_audio::player::{Player, StepOutcome};
use segue_audio::sink::Sink as _;
use segue_audio::source::{BlockSource, Source, SourceError};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, MessagePort};

use crate::folders::Folders;
use crate::port::{self, Bell};
use crate::shared_ring::{MessageSink, SharedSink, WebSink};
use crate::source::{BlobBytes, UrlBytes};
use crate::{clock, exception};

/// How long to sleep at the most while sound comes out, in milliseconds: positions are told so often.
const NAP: i32 = 250;
/// How many files are kept at hand: the current item, the next one, and what was put back.
const FILES: usize = 4;

/// Files that a command named and that were fetched before the player was told, most recent last.
#[derive(Debug, Default)]
struct Files(Vec<(SourceAddress, Result<Blob, String>)>);

impl Files {
    fn put(&mut self, address: &SourceAddress, file: Result<Blob, String>) {
        self.0.retain(|(known, _)| known != address);
        if self.0.len() == FILES {
            drop(self.0.remove(0));
        }
        self.0.push((address.clone(), file));
    }

    fn open(&self, address: &SourceAddress) -> Result<Box<dyn Source>, SourceError> {
        match address {
            SourceAddress::Url { url, length } => {
                Ok(Box::new(BlockSource::new(UrlBytes::new(url, *length)?)))
            }
            SourceAddress::Handle { .. } => match self.0.iter().find(|(known, _)| known == address) {
                Some((_, Ok(blob))) => Ok(Box::new(BlockSource::new(BlobBytes::new(blob.clone())?))),
                Some((_, Err(message))) => Err(SourceError::Failed {
                    message: message.clone(),
                }),
                None => Err(SourceError::NotFound),
            },
            _ => Err(SourceError::UnsupportedAddress),
        }
    }
}

/// The audio worker.
#[derive(Debug, Clone)]
pub struct AudioWorker(Rc<RefCell<State>>);

#[derive(Debug)]
struct State {
    // Commands wait here until there is an output, and while the file of one is fetched.
    inbox: VecDeque<AudioCommand>,
    player: Option<Player<WebSink>>,
    files: Rc<RefCell<Files>>,
    folders: Folders,
    library: MessagePort,
    // Told where in the current item the ring stands.
    anchor: Function,
    bell: Bell,
    running: bool,
    status: AudioStatus,
}

impl AudioWorker {
    /// Obeys the library behind this port. `anchor` is called with `{key, position, frame, ready}` whenever
    /// the position is known anew: frame `frame` of the ring is heard at `position` milliseconds of the item, and
    /// `ready` frames are decoded and not heard.
    #[must_use]
    pub fn new(library: MessagePort, folders: Folders, anchor: Function) -> Self {
        let state = State {
            inbox: VecDeque::new(),
            player: None,
            files: Rc::default(),
            folders,
            library: library.clone(),
            anchor,
            bell: Bell::default(),
            running: false,
            status: AudioStatus::Stopped,
        };
        let worker = Self(Rc::new(RefCell::new(state)));
        let receiver = worker.clone();
        port::listen(&library, move |message| {
            let command = port::bytes(&message).map(|bytes| postcard::from_bytes(&bytes));
            match command {
                // The page owns the volume: it sets it in the ring at once, and again after a restart.
                Some(Ok(AudioCommand::SetVolume(_))) => {}
                Some(Ok(command)) => receiver.receive(command),
                _ => web_sys::console::error_1(&"a message to the audio worker that is no command".into()),
            }
        });
        worker
    }

    /// Plays into this shared memory from now on.
    ///
    /// # Errors
    /// The memory is no ring.
    pub fn play_into_memory(&self, memory: &SharedArrayBuffer, sample_rate: u32) -> Result<(), String> {
        self.play_into(WebSink::Shared(SharedSink::new(memory, sample_rate)?));
        Ok(())
    }

    /// Plays into the worklet behind this port from now on.
    pub fn play_into_port(&self, worklet: MessagePort, sample_rate: u32) {
        let (sink, heard) = MessageSink::new(worklet.clone(), sample_rate);
        let worker = self.clone();
        port::listen(&worklet, move |message| {
            heard.take(&message);
            worker.0.borrow_mut().bell.ring();
        });
        self.play_into(WebSink::Messages(sink));
    }

    fn play_into(&self, sink: WebSink) {
        {
            let state = &mut *self.0.borrow_mut();
            let files = SendWrapper::new(Rc::clone(&state.files));
            let open = move |address: &SourceAddress| files.borrow().open(address);
            state.player = Some(Player::new(sink, open));
        }
        self.run();
    }

    fn receive(&self, command: AudioCommand) {
        self.0.borrow_mut().inbox.push_back(command);
        self.run();
    }

    fn run(&self) {
        {
            let state = &mut *self.0.borrow_mut();
            state.bell.ring();
            if state.player.is_none() || std::mem::replace(&mut state.running, true) {
                return;
            }
        }
        let worker = self.clone();
        spawn_local(async move {
            worker.play().await;
        });
    }

    async fn play(&self) {
        loop {
            self.take_commands().await;
            let outcome = self.step();
            let next = {
                let state = &mut *self.0.borrow_mut();
                let sounds = matches!(state.status, AudioStatus::Playing | AudioStatus::Buffering);
                match outcome {
                    _ if !state.inbox.is_empty() => continue,
                    // Commands come in between.
                    StepOutcome::Busy => port::timeout(0),
                    StepOutcome::Waiting if sounds => {
                        let drained = state
                            .player
                            .as_ref()
                            .and_then(|player| player.sink().drained(f64::from(NAP)));
                        let drained = drained.unwrap_or_else(|| port::timeout(NAP));
                        Promise::race(&Array::of2(&drained, &state.bell.promise()))
                    }
                    _ => {
                        state.running = false;
                        return;
                    }
                }
            };
            port::wait(next).await;
        }
    }

    /// Hands commands to the player, each after its file was fetched: the player cannot wait.
    async fn take_commands(&self) {
        loop {
            let (command, folders) = {
                let state = &mut *self.0.borrow_mut();
                let Some(command) = state.inbox.pop_front() else {
                    return;
                };
                (command, state.folders.clone())
            };
            let item = match &command {
                AudioCommand::Load { item, .. } | AudioCommand::SetNext(Some(item)) => Some(item),
                _ => None,
            };
            if let Some(address @ SourceAddress::Handle { key, path }) = item.map(|item| &item.address) {
                let file = match folders.file(key, path).await {
                    Ok(file) => file.dyn_into::<Blob>().map_err(|other| exception::text(&other)),
                    Err(thrown) => Err(exception::message(&thrown)),
                };
                self.0.borrow().files.borrow_mut().put(address, file);
            }
            if let Some(player) = &mut self.0.borrow_mut().player {
                player.command(command);
            }
        }
    }

    fn step(&self) -> StepOutcome {
        let state = &mut *self.0.borrow_mut();
        let Some(player) = &mut state.player else {
            return StepOutcome::Idle;
        };
        let mut reports = Vec::new();
        let outcome = player.step(clock::read().now, &mut reports);
        let frame = player.sink().next_heard();
        let sink = player.sink_mut();
        let ready = sink.written().saturating_sub(sink.played());
        for report in reports {
            if let AudioReport::State {
                status,
                key,
                position,
            } = &report
            {
                state.status = *status;
                tell_anchor(&state.anchor, *key, *position, frame, ready);
            }
            match postcard::to_stdvec(&report) {
                Ok(bytes) => port::post(&state.library, &bytes),
                Err(error) => web_sys::console::error_1(&error.to_string().into()),
            }
        }
        outcome
    }
}

#[expect(clippy::cast_precision_loss, reason = "keys and positions are far below 2^53")]
fn tell_anchor(tell: &Function, key: Option<u64>, position: u64, frame: i32, ready: u64) {
    let anchor = Object::new();
    let key = key.map_or(JsValue::NULL, |key| JsValue::from(key as f64));
    let values = [
        ("key", key),
        ("position", JsValue::from(position as f64)),
        ("frame", frame.into()),
        ("ready", JsValue::from(ready as f64)),
    ];
    for (name, value) in values {
        // A fresh object takes any property.
        let _ = Reflect::set(&anchor, &name.into(), &value);
    }
    if let Err(thrown) = tell.call1(&JsValue::NULL, &anchor) {
        web_sys::console::error_1(&exception::text(&thrown).into());
    }
}
