//! The clock of the service, as far as its answers told it. The clock of the host
//! is never asked for the time of day.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// Microseconds since 1970, by the clock of the service.
pub(crate) type Moment = i64;

/// The times that answers bore.
#[derive(Debug)]
pub(crate) struct Clock {
    origin: Instant,
    latest: AtomicI64,
    /// The last time seen, less what had passed here since `origin`.
    offset: AtomicI64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            origin: Instant::now(),
            latest: AtomicI64::new(0),
            offset: AtomicI64::new(0),
        }
    }

    /// Notes the time of an answer.
    pub(crate) fn saw(&self, moment: Moment) {
        if moment > self.latest.fetch_max(moment, Ordering::AcqRel) {
            self.offset
                .store(moment.saturating_sub(self.passed()), Ordering::Release);
        }
    }

    /// The latest time seen. The service is past it, so what ended before it has
    /// ended; and it never goes back, so what was seen to be absent stays absent.
    pub(crate) fn latest(&self) -> Moment {
        self.latest.load(Ordering::Acquire)
    }

    /// About the present, by as much as an answer took and the pace of two clocks
    /// differs.
    pub(crate) fn about_now(&self) -> Moment {
        self.offset
            .load(Ordering::Acquire)
            .saturating_add(self.passed())
    }

    fn passed(&self) -> i64 {
        i64::try_from(self.origin.elapsed().as_micros()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_does_not_go_back() {
        let clock = Clock::new();
        clock.saw(5_000_000);
        clock.saw(4_000_000);
        assert_eq!(clock.latest(), 5_000_000);
        assert!((5_000_000..6_000_000).contains(&clock.about_now()));
    }
}
