//! What the server's clock says now, from what it said before.
//!
//! Only spans are taken from the host's clock, so it may be a day off. The reading is
//! never ahead of the server's clock, so that no key ends early, and behind it by no
//! more than the answer took that it rests on.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A reading that rests on an answer which took longer is bad.
pub(crate) const WIDTH_MAX: Duration = Duration::from_millis(100);
/// After this long a reading is taken anew.
const AGE_MAX: Duration = Duration::from_secs(30);
/// Two clocks differ in pace by no more than this part: 200 millionths.
const DRIFT_PART: u32 = 5_000;
/// A server's clock that was set back by more is believed.
const SET_BACK: u64 = 1_000_000_000;

/// One answer of the server.
#[derive(Debug, Clone, Copy)]
struct Sample {
    /// Nanoseconds since 1970.
    server: u64,
    received: Instant,
    width: Duration,
}

impl Sample {
    /// No later than what the server's clock says at this moment.
    fn at(&self, moment: Instant) -> u64 {
        let passed = moment.saturating_duration_since(self.received);
        let passed = passed - passed / DRIFT_PART;
        let passed = u64::try_from(passed.as_nanos()).unwrap_or(u64::MAX);
        self.server.saturating_add(passed)
    }
}

#[derive(Debug, Default)]
struct Readings {
    sample: Option<Sample>,
    /// What was told last. What has ended does not come back.
    told: u64,
}

/// The clock of one bucket's server.
#[derive(Debug, Default)]
pub(crate) struct Clock(Mutex<Readings>);

impl Clock {
    /// An answer: the server's clock said `server` between the two moments.
    pub(crate) fn observe(&self, asked: Instant, received: Instant, server: u64) {
        let sample = Sample {
            server,
            received,
            width: received.saturating_duration_since(asked),
        };
        let mut readings = self.readings();
        let better = readings.sample.is_none_or(|old| {
            received.saturating_duration_since(old.received) > AGE_MAX
                || sample.at(received) >= old.at(received)
        });
        if better {
            readings.sample = Some(sample);
        }
    }

    /// Whether [`Clock::now`] is as good as it can be without another question.
    pub(crate) fn is_fresh(&self, moment: Instant) -> bool {
        self.readings().sample.is_some_and(|sample| {
            sample.width <= WIDTH_MAX
                && moment.saturating_duration_since(sample.received) <= AGE_MAX
        })
    }

    /// The server's clock in nanoseconds since 1970; none if it was never asked.
    pub(crate) fn now(&self, moment: Instant) -> Option<u64> {
        let mut readings = self.readings();
        let now = readings.sample?.at(moment);
        if now > readings.told || readings.told - now > SET_BACK {
            readings.told = now;
        }
        Some(readings.told)
    }

    fn readings(&self) -> std::sync::MutexGuard<'_, Readings> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn after(start: Instant, milliseconds: u64) -> Instant {
        start + Duration::from_millis(milliseconds)
    }

    #[test]
    fn it_is_never_ahead_and_hardly_behind() {
        let start = Instant::now();
        let clock = Clock::default();
        assert_eq!(clock.now(start), None);
        assert!(!clock.is_fresh(start));
        clock.observe(start, after(start, 10), 50 * SECOND);
        assert!(clock.is_fresh(after(start, 10)));
        let now = clock.now(after(start, 1010)).unwrap();
        assert!(
            now <= 51 * SECOND && now > 51 * SECOND - SECOND / 1000,
            "{now}"
        );
        assert!(!clock.is_fresh(after(start, 40_000)));
    }

    #[test]
    fn the_better_answer_counts() {
        let start = Instant::now();
        let clock = Clock::default();
        clock.observe(start, after(start, 10), 50 * SECOND);
        // A slow answer that knows less.
        clock.observe(
            after(start, 10),
            after(start, 1010),
            50 * SECOND + SECOND / 10,
        );
        let now = clock.now(after(start, 1010)).unwrap();
        assert!(now > 51 * SECOND - SECOND / 1000, "{now}");
        // One that shows that more time has passed.
        clock.observe(after(start, 1010), after(start, 1020), 60 * SECOND);
        assert_eq!(clock.now(after(start, 1020)), Some(60 * SECOND));
    }

    #[test]
    fn it_does_not_go_back_a_little_and_believes_a_lot() {
        let start = Instant::now();
        let clock = Clock::default();
        clock.observe(start, start, 50 * SECOND);
        let first = clock.now(after(start, 100)).unwrap();
        assert_eq!(clock.now(start), Some(first));
        let later = after(start, 60_000);
        assert!(clock.now(later).unwrap() > 109 * SECOND);
        clock.observe(later, later, 20 * SECOND);
        assert_eq!(clock.now(later), Some(20 * SECOND));
    }

    #[test]
    fn a_slow_answer_is_used_but_not_fresh() {
        let start = Instant::now();
        let clock = Clock::default();
        clock.observe(start, after(start, 500), 50 * SECOND);
        assert!(!clock.is_fresh(after(start, 500)));
        assert!(clock.now(after(start, 500)).is_some());
    }
}
