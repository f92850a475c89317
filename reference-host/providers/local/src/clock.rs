//! The time by which keys end.
//!
//! Lifetimes must survive a restart, so they are stored as absolute wall-clock
//! time. A wall clock can be set back, and then a key that was seen to end must
//! not come back: the clock never returns less than it returned before. While
//! the wall clock catches up, lifetimes are late instead.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Wall-clock time that never runs backwards within a process.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    latest: AtomicU64,
}

impl Clock {
    /// Nanoseconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        // A clock before 1970 reads as 1970, one after 2554 as the end of time.
        let reading = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| {
                u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
            });
        self.at_least(reading)
    }

    fn at_least(&self, reading: u64) -> u64 {
        self.latest
            .fetch_max(reading, Ordering::SeqCst)
            .max(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_does_not_run_backwards() {
        let clock = Clock::default();
        assert_eq!(clock.at_least(5), 5);
        assert_eq!(clock.at_least(3), 5);
        assert_eq!(clock.at_least(6), 6);
        assert!(clock.now() > 6);
    }
}
