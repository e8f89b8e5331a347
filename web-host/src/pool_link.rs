//! The library's end of the pool: deals files out to its workers, and finds out which one crashed a worker.

use core::fmt;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use segue_systems::inlet::Inlet;
use segue_systems::scan::work::{ReadAnswer, ReadRequest};
use segue_systems::sort;
use web_sys::MessagePort;

use crate::port;

/// How many files a worker holds at once.
const WINDOW: usize = 8;

/// The workers of the pool.
#[derive(Debug, Clone)]
pub struct PoolLink(Rc<RefCell<Pool>>);

struct Pool {
    answers: Inlet<ReadAnswer>,
    waiting: VecDeque<ReadRequest>,
    workers: Vec<Hand>,
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
                    Some(answer) => link.0.borrow_mut().answer(number, answer),
                    None => web_sys::console::error_1(&"a message of the pool that is no answer".into()),
                }
            });
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

fn send(port: &MessagePort, request: &ReadRequest) {
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
                send(port, &request);
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
        sort::by_key(&mut order, |&number| self.workers[number].held.len());
        let waiting = &mut self.waiting;
        let workers = &mut self.workers;
        order
            .into_iter()
            .find_map(|number| Some((number, workers[number].next(waiting)?)))
    }
}
