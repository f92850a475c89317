//! Time, as the harness delivers it: one reading for each read.

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::task::{Poll, Waker};
use core::time::Duration;

use crate::suite::Readings;

/// The stream, which one future at a time can read.
pub(crate) struct Clock {
    readings: Cell<Option<Readings>>,
    waiting: RefCell<Vec<Waker>>,
}

/// Holds the stream while one reading is awaited, and gives it back also when
/// the future that awaits it is dropped.
struct Turn<'a> {
    clock: &'a Clock,
    readings: Option<Readings>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.clock.readings.set(self.readings.take());
        for waker in self.clock.waiting.borrow_mut().drain(..) {
            waker.wake();
        }
    }
}

impl Clock {
    pub(crate) fn new(readings: Readings) -> Self {
        Self {
            readings: Cell::new(Some(readings)),
            waiting: RefCell::new(Vec::new()),
        }
    }

    /// The time since a moment that the harness chose.
    ///
    /// # Panics
    ///
    /// If the harness ended the stream, which is a fault of the harness.
    pub(crate) async fn now(&self) -> Duration {
        let readings = poll_fn(|context| match self.readings.take() {
            Some(readings) => Poll::Ready(readings),
            None => {
                self.waiting.borrow_mut().push(context.waker().clone());
                Poll::Pending
            }
        })
        .await;
        let mut turn = Turn {
            clock: self,
            readings: Some(readings),
        };
        let reading = match &mut turn.readings {
            Some(readings) => readings.next().await,
            None => None,
        };
        match reading {
            Some(nanoseconds) => Duration::from_nanos(nanoseconds),
            None => panic!("the harness ended its clock"),
        }
    }
}
