//! The service's clock, as far as it can be known from here.
//!
//! The host's own clock is not looked at, but for the first signature: it may be
//! wrong by a day. What counts is the time that the service tells, carried on by
//! the host's monotonic clock. Every observation is an interval in which the
//! service's time must have been; together they narrow it down.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Microseconds since 1970 by the service's clock.
pub(crate) type Moment = i64;

/// How far two clocks can drift apart, in parts of a million: far more than
/// clocks of machines do.
const DRIFT: i64 = 200;
/// An estimate that is wider than this should be made anew.
const WIDE: Duration = Duration::from_millis(200);

/// Bounds of the service's time.
#[derive(Debug)]
pub(crate) struct Clock {
    origin: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    bounds: Option<Bounds>,
    /// The latest moment that has certainly passed. Bounds can turn out wrong;
    /// what was seen to have ended stays ended all the same.
    passed: Moment,
}

/// The service's time less the time since the origin.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    earliest: i64,
    latest: i64,
    made: i64,
}

impl Bounds {
    fn aged(self, now: i64) -> Self {
        let drift = (now - self.made).max(0) * DRIFT / 1_000_000;
        Self {
            earliest: self.earliest - drift,
            latest: self.latest + drift,
            made: now,
        }
    }
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            origin: Instant::now(),
            state: Mutex::default(),
        }
    }

    /// At some moment between `sent` and `received` the service's time was
    /// between `first` and `last`.
    pub(crate) fn observe(&self, sent: Instant, received: Instant, first: Moment, last: Moment) {
        let now = self.elapsed(received);
        let seen = Bounds {
            earliest: first - now,
            latest: last - self.elapsed(sent),
            made: now,
        };
        let mut state = self.state();
        let bounds = match state.bounds.map(|known| known.aged(now)) {
            Some(known) if known.earliest <= seen.latest && seen.earliest <= known.latest => {
                Bounds {
                    earliest: known.earliest.max(seen.earliest),
                    latest: known.latest.min(seen.latest),
                    made: now,
                }
            }
            // One of the clocks was set, or the host slept.
            _ => seen,
        };
        state.bounds = Some(bounds);
    }

    /// About now; none before the first observation.
    pub(crate) fn now(&self) -> Option<Moment> {
        let now = self.elapsed(Instant::now());
        let bounds = self.state().bounds?;
        Some(now + i64::midpoint(bounds.earliest, bounds.latest))
    }

    /// Whether the bounds are too wide to tell times to live by.
    pub(crate) fn is_wide(&self) -> bool {
        let now = self.elapsed(Instant::now());
        self.state().bounds.is_none_or(|bounds| {
            let bounds = bounds.aged(now);
            bounds.latest - bounds.earliest > micros(WIDE)
        })
    }

    /// When a life of `ttl` that begins now is certainly over.
    pub(crate) fn end_of(&self, ttl: Duration) -> Moment {
        let now = self.elapsed(Instant::now());
        let latest = self
            .state()
            .bounds
            .map_or(0, |bounds| bounds.aged(now).latest);
        (now + latest).saturating_add(micros(ttl))
    }

    /// The latest moment that has certainly passed.
    pub(crate) fn passed(&self) -> Moment {
        let now = self.elapsed(Instant::now());
        let mut state = self.state();
        if let Some(bounds) = state.bounds {
            state.passed = state.passed.max(now + bounds.aged(now).earliest);
        }
        state.passed
    }

    fn elapsed(&self, at: Instant) -> i64 {
        micros(at.saturating_duration_since(self.origin))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Up, so that nothing ends early.
pub(crate) fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_nanos().div_ceil(1_000)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;
    const SERVICE: Moment = 1_900_000_000 * SECOND;

    fn near(moment: Moment, expected: Moment) -> bool {
        (moment - expected).abs() < SECOND / 20
    }

    #[test]
    fn observations_narrow_the_bounds() {
        let clock = Clock::new();
        assert!(clock.is_wide() && clock.now().is_none());
        let now = Instant::now();
        clock.observe(now, now, SERVICE, SERVICE + SECOND);
        assert!(clock.is_wide());
        assert!(near(clock.now().unwrap(), SERVICE + SECOND / 2));
        clock.observe(now, now, SERVICE - SECOND / 2, SERVICE + SECOND / 10);
        assert!(!clock.is_wide());
        assert!(near(clock.passed(), SERVICE));
        let end = clock.end_of(Duration::from_secs(9));
        assert!(near(end, SERVICE + SECOND / 10 + 9 * SECOND));
    }

    #[test]
    fn nothing_ends_early_or_comes_back() {
        let clock = Clock::new();
        let now = Instant::now();
        clock.observe(now, now, SERVICE, SERVICE + SECOND);
        let end = clock.end_of(Duration::from_micros(1));
        assert!(end > SERVICE + SECOND);
        assert!(clock.passed() < end);
        let passed = clock.passed();
        // The service's clock is set back.
        clock.observe(now, now, SERVICE - 90 * SECOND, SERVICE - 89 * SECOND);
        assert!(clock.passed() >= passed);
        assert!(clock.now().unwrap() < SERVICE);
        // And forward, far beyond.
        clock.observe(now, now, SERVICE + 90 * SECOND, SERVICE + 91 * SECOND);
        assert!(clock.passed() >= SERVICE + 90 * SECOND);
    }

    #[test]
    fn bounds_grow_with_time() {
        let bounds = Bounds {
            earliest: 0,
            latest: 10,
            made: 0,
        };
        let aged = bounds.aged(10 * SECOND);
        assert_eq!((aged.earliest, aged.latest), (-2_000, 2_010));
    }

    #[test]
    fn spans_are_rounded_up() {
        assert_eq!(micros(Duration::from_nanos(1)), 1);
        assert_eq!(micros(Duration::from_nanos(1_001)), 2);
        assert_eq!(micros(Duration::MAX), i64::MAX);
    }
}
