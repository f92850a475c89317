//! The clock of a case: a stream of the harness's monotonic time, one reading
//! for each read, so that a guest can wait and measure without an import.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use reference_host::wasmtime::StoreContextMut;
use reference_host::wasmtime::component::{Destination, StreamProducer, StreamResult};
use tokio::time::{Sleep, sleep};

/// A guest that reads in a loop waits this long each time.
const GRAIN: Duration = Duration::from_millis(1);

/// Delivers nanoseconds since `start`.
pub(crate) struct Clock {
    start: Instant,
    wait: Option<Pin<Box<Sleep>>>,
}

impl Clock {
    pub(crate) fn new(start: Instant) -> Self {
        Self { start, wait: None }
    }
}

impl<D> StreamProducer<D> for Clock {
    type Item = u64;
    type Buffer = Option<u64>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'a, D>,
        mut destination: Destination<'a, u64, Option<u64>>,
        finish: bool,
    ) -> Poll<reference_host::wasmtime::Result<StreamResult>> {
        if destination.remaining(&mut store) == Some(0) {
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        if finish {
            self.wait = None;
            return Poll::Ready(Ok(StreamResult::Cancelled));
        }
        let wait = self.wait.get_or_insert_with(|| Box::pin(sleep(GRAIN)));
        ready!(wait.as_mut().poll(context));
        self.wait = None;
        let now = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        destination.set_buffer(Some(now));
        Poll::Ready(Ok(StreamResult::Completed))
    }
}
