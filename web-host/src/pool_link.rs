//! The library's end of the pool: deals files out to its workers, and finds out which one crashed a worker.

use core::fmt;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use segue_components::report::ArtworkBytes;
use segue_systems::inlet::Inlet;
use segue_systems::scan::work::{ReadAnswer, ReadRequest};
use serde::{Deserialize, Serialize};
use web_sys::MessagePort;

use crate::port;

/// How many files a worker holds at once.
const WINDOW: usize = 8;

/// What a worker of the pool is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PoolRequest {
    /// Read the tags of a file.
    Tags(ReadRequest),
    /// Read the picture in a file, as it stands there.
    Picture(ReadRequest),
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PoolAnswer {
    /// To [`PoolRequest::Tags`].
    Tags(ReadAnswer),
    /// To [`PoolRequest::Picture`]: its ticket, and the picture, if there is one.
    Picture(u64, Result<Option<ArtworkBytes>, String>),
}

/// Takes a picture, or why there is none.
type TakePicture = Box<dyn FnOnce(Result<Option<ArtworkBytes>, String>)>;

/// The workers of the pool.
#[derive(Debug, Clone)]
pub struct PoolLink(Rc<RefCell<Pool>>);

struct Pool {
    answers: Inlet<ReadAnswer>,
    waiting: VecDeque<ReadRequest>,
    workers: Vec<Hand>,
    // Whoever waits for a picture: the ticket, the worker that reads it, and what to call.
    pictures: Vec<(u64, usize, TakePicture)>,
    last_picture: u64,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("waiting", &self.waiting)
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}

/// A worker, and what it holds.
#[derive(Debug, Default)]
struct Hand {
    port: Option<MessagePort>,
    held: Vec<ReadRequest>,
    // What a worker held when it crashed: read one at a time, so that the next crash names the file.
    suspects: VecDeque<ReadRequest>,
}

impl Hand {
    /// Takes back what was held by a worker that crashed. A file that was held alone has done it.
    fn crashed(&mut self) -> Option<ReadRequest> {
        let mut held = std::mem::take(&mut self.held);
        if held.len() == 1 {
            return held.pop();
        }
        for request in held.into_iter().rev() {
            self.suspects.push_front(request);
        }
        None
    }

    /// The next file for this worker, if it is to hold one more.
    fn next(&mut self, waiting: &mut VecDeque<ReadRequest>) -> Option<ReadRequest> {
        if self.port.is_none() {
            None
        } else if !self.suspects.is_empty() {
            self.held.is_empty().then(|| self.suspects.pop_front()).flatten()
        } else if self.held.len() < WINDOW {
            waiting.pop_front()
        } else {
            None
        }
    }
}

impl PoolLink {
    /// A pool without workers.
    #[must_use]
    pub fn new(answers: Inlet<ReadAnswer>) -> Self {
        Self(Rc::new(RefCell::new(Pool {
            answers,
            waiting: VecDeque::new(),
            workers: Vec::new(),
            pictures: Vec::new(),
            last_picture: 0,
        })))
    }

    /// Adds a worker and gives its number.
    pub fn add(&self, worker: MessagePort) -> usize {
        let number = {
            let pool = &mut *self.0.borrow_mut();
            pool.workers.push(Hand::default());
            pool.workers.len() - 1
        };
        self.replace(number, Some(worker));
        number
    }

    /// Goes on with another worker in place of one that crashed, or without it.
    pub fn replace(&self, number: usize, worker: Option<MessagePort>) {
        if let Some(port) = &worker {
            let link = self.clone();
            port::listen(port, move |message| {
                match port::bytes(&message).and_then(|bytes| postcard::from_bytes(&bytes).ok()) {
                    Some(PoolAnswer::Tags(answer)) => link.0.borrow_mut().answer(number, answer),
                    Some(PoolAnswer::Picture(ticket, picture)) => link.take_picture(ticket, picture),
                    None => web_sys::console::error_1(&"a message of the pool that is no answer".into()),
                }
            });
        }
        let lost = {
            let pictures = &mut self.0.borrow_mut().pictures;
            let lost = pictures.extract_if(.., |(_, reader, _)| *reader == number);
            lost.map(|(_, _, take)| take).collect::<Vec<_>>()
        };
        for take in lost {
            take(Err("the reader crashed; please try again".to_owned()));
        }
        let pool = &mut *self.0.borrow_mut();
        let Some(hand) = pool.workers.get_mut(number) else {
            return;
        };
        let guilty = hand.crashed();
        hand.port = worker;
        if hand.port.is_none() {
            let suspects = std::mem::take(&mut hand.suspects);
            pool.waiting.extend(suspects);
        }
        if let Some(request) = guilty {
            pool.answers.send(ReadAnswer {
                ticket: request.ticket,
                result: Err("the reader crashed on this file; please report it".to_owned()),
            });
        }
        pool.deal();
    }

    /// Has a file read.
    pub fn read(&self, request: ReadRequest) {
        let pool = &mut *self.0.borrow_mut();
        pool.waiting.push_back(request);
        pool.deal();
    }
}

impl PoolLink {
    /// Has the picture in a file read at once; the ticket of the request does not matter.
    pub fn picture(
        &self,
        request: ReadRequest,
        take: impl FnOnce(Result<Option<ArtworkBytes>, String>) + 'static,
    ) {
        let pool = &mut *self.0.borrow_mut();
        let ready = pool
            .workers
            .iter()
            .enumerate()
            .filter_map(|(number, hand)| Some((number, hand.port.as_ref()?)));
        let Some((number, port)) = ready.min_by_key(|(number, _)| pool.workers[*number].held.len()) else {
            take(Err("the reader could not be started".to_owned()));
            return;
        };
        pool.last_picture += 1;
        let ticket = pool.last_picture;
        send(port, &PoolRequest::Picture(ReadRequest { ticket, ..request }));
        pool.pictures.push((ticket, number, Box::new(take)));
    }

    fn take_picture(&self, ticket: u64, picture: Result<Option<ArtworkBytes>, String>) {
        let waiting = {
            let pictures = &mut self.0.borrow_mut().pictures;
            let place = pictures.iter().position(|(of, _, _)| *of == ticket);
            place.map(|place| pictures.swap_remove(place))
        };
        if let Some((_, _, take)) = waiting {
            take(picture);
        }
    }
}

fn send(port: &MessagePort, request: &PoolRequest) {
    let bytes = postcard::to_stdvec(request).expect("requests are plain data");
    port::post(port, &bytes);
}

impl Pool {
    fn answer(&mut self, number: usize, answer: ReadAnswer) {
        let Some(hand) = self.workers.get_mut(number) else {
            return;
        };
        let held = hand.held.len();
        hand.held.retain(|request| request.ticket != answer.ticket);
        // What a worker says of a file that it does not hold, it said before it crashed.
        if hand.held.len() < held {
            self.answers.send(answer);
        }
        self.deal();
    }

    fn deal(&mut self) {
        // The one with the least to do first.
        while let Some((hand, request)) = self.next() {
            let hand = &mut self.workers[hand];
            if let Some(port) = &hand.port {
                send(port, &PoolRequest::Tags(request.clone()));
            }
            hand.held.push(request);
        }
        if !self.workers.is_empty() && self.workers.iter().all(|hand| hand.port.is_none()) {
            for request in self.waiting.drain(..) {
                self.answers.send(ReadAnswer {
                    ticket: request.ticket,
                    result: Err("the reader could not be started".to_owned()),
                });
            }
        }
    }

    fn next(&mut self) -> Option<(usize, ReadRequest)> {
        let mut order: Vec<usize> = (0..self.workers.len()).collect();
        order.sort_by_key(|&number| self.workers[number].held.len());
        let waiting = &mut self.waiting;
        let workers = &mut self.workers;
        order
            .into_iter()
            .find_map(|number| Some((number, workers[number].next(waiting)?)))
    }
}
