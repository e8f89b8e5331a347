//! The ends of channels that the outside holds: whatever is sent in also wakes whoever runs the ticks.

use core::fmt;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, unbounded};

/// Wakes whoever runs the ticks.
#[derive(Clone)]
pub struct Waker(Arc<dyn Fn() + Send + Sync>);

impl Waker {
    /// Wakes by calling this, which must not block.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(wake))
    }

    /// Asks for a tick.
    pub fn wake(&self) {
        (self.0)();
    }
}

impl Default for Waker {
    /// Wakes nobody: for ticks that are run by hand.
    fn default() -> Self {
        Self::new(|| {})
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waker")
    }
}

/// The sending end of a channel into the library.
#[derive(Debug)]
pub struct Inlet<T> {
    sender: Sender<T>,
    waker: Waker,
}

impl<T> Clone for Inlet<T> {
    fn clone(&self) -> Self {
        Self {
            sender: self.sender.clone(),
            waker: self.waker.clone(),
        }
    }
}

impl<T> Inlet<T> {
    /// A channel into the library, and the end that stays inside.
    #[must_use]
    pub fn new(waker: &Waker) -> (Self, Receiver<T>) {
        let (sender, receiver) = unbounded();
        (
            Self {
                sender,
                waker: waker.clone(),
            },
            receiver,
        )
    }

    /// Sends a message and asks for a tick. `false` if the library is gone.
    pub fn send(&self, message: T) -> bool {
        let sent = self.sender.send(message).is_ok();
        self.waker.wake();
        sent
    }
}

/// One thing that is done outside: requests out, answers in.
#[derive(Debug)]
pub struct Service<Q, A> {
    /// What the library asks.
    pub requests: Receiver<Q>,
    /// Where the answers go.
    pub answers: Inlet<A>,
}

impl<Q, A> Service<Q, A> {
    /// The service, and the two ends that the library keeps.
    #[must_use]
    pub fn new(waker: &Waker) -> (Self, Sender<Q>, Receiver<A>) {
        let (ask, requests) = unbounded();
        let (answers, receive) = Inlet::new(waker);
        (Self { requests, answers }, ask, receive)
    }
}
