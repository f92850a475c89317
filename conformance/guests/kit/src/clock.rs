//! Time, as the harness delivers it: one reading for each read.

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use crate::suite::Readings;

/// The stream, which one future at a time can read, in the order in which they
/// asked.
pub(crate) struct Clock {
    readings: Cell<Option<Readings>>,
    next_ticket: Cell<u64>,
    queue: RefCell<Vec<(u64, Option<Waker>)>>,
}

/// A place in the queue. Gives back the stream and the place also when the future
/// that awaits a reading is dropped.
struct Turn<'a> {
    clock: &'a Clock,
    ticket: u64,
    readings: Option<Readings>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(readings) = self.readings.take() {
            self.clock.readings.set(Some(readings));
        }
        let mut queue = self.clock.queue.borrow_mut();
        queue.retain(|(ticket, _)| *ticket != self.ticket);
        if let Some(waker) = queue.first_mut().and_then(|(_, waker)| waker.take()) {
            waker.wake();
        }
    }
}

impl Clock {
    pub(crate) fn new(readings: Readings) -> Self {
        Self {
            readings: Cell::new(Some(readings)),
            next_ticket: Cell::new(0),
            queue: RefCell::new(Vec::new()),
        }
    }

    /// The time since a moment that the harness chose.
    ///
    /// # Panics
    ///
    /// If the harness ended the stream, which is a fault of the harness.
    pub(crate) async fn now(&self) -> Duration {
        let ticket = self.next_ticket.get();
        self.next_ticket.set(ticket + 1);
        self.queue.borrow_mut().push((ticket, None));
        let mut turn = Turn {
            clock: self,
            ticket,
            readings: None,
        };
        turn.readings = poll_fn(|context| self.poll_turn(ticket, context)).await;
        let reading = match &mut turn.readings {
            Some(readings) => readings.next().await,
            None => None,
        };
        match reading {
            Some(nanoseconds) => Duration::from_nanos(nanoseconds),
            None => panic!("the harness ended its clock"),
        }
    }

    /// Hands out the stream to the first in the queue.
    fn poll_turn(&self, ticket: u64, context: &mut Context<'_>) -> Poll<Option<Readings>> {
        let mut queue = self.queue.borrow_mut();
        match queue.iter().position(|(waiting, _)| *waiting == ticket) {
            Some(0) | None => Poll::Ready(self.readings.take()),
            Some(place) => {
                queue[place].1 = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
