//! The clock of the service, as far as it can be told from here.
//!
//! etcd has no clock in its protocol, and the clocks of hosts may be wrong by a day. But
//! the HTTP server of a member dates its answers, in whole seconds. Each answer says
//! between which two bounds the member's clock is; those of several answers together
//! are closer. The host's own calendar is never looked at, only its stopwatch.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How fast two clocks may drift apart.
const DRIFT: f64 = 0.000_5;
/// How long bounds are used before another answer is asked for.
const FRESH: Duration = Duration::from_secs(10);

/// Bounds of the service's clock, in milliseconds since 1970, at `base`.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    low: i64,
    high: i64,
    /// When they were narrowed last.
    taken: Instant,
}

/// The clock of one member.
#[derive(Debug)]
pub(crate) struct Clock {
    base: Instant,
    bounds: Mutex<Bounds>,
}

/// When a question was sent, when the answer came, and its date in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) sent: Instant,
    pub(crate) received: Instant,
    pub(crate) date: i64,
}

fn milliseconds(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX / 4)
}

impl Clock {
    pub(crate) fn new(sample: Sample) -> Self {
        let base = sample.sent;
        Self {
            base,
            bounds: Mutex::new(bounds(base, sample)),
        }
    }

    /// The earliest and the latest that it can be.
    pub(crate) fn now(&self) -> (i64, i64) {
        let bounds = *self.bounds.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = milliseconds(self.base.elapsed());
        (bounds.low + passed, bounds.high + passed)
    }

    /// Whether another answer should be asked for.
    pub(crate) fn is_stale(&self) -> bool {
        let bounds = self.bounds.lock().unwrap_or_else(PoisonError::into_inner);
        bounds.taken.elapsed() > FRESH
    }

    /// Takes another answer into account. The earliest never goes back: what has ended
    /// stays ended.
    pub(crate) fn learn(&self, sample: Sample) {
        let new = bounds(self.base, sample);
        let mut known = self.bounds.lock().unwrap_or_else(PoisonError::into_inner);
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a small part of a span of time"
        )]
        let drift = 1 + (milliseconds(known.taken.elapsed()) as f64 * DRIFT) as i64;
        let low = new.low.max(known.low - drift);
        let high = new.high.min(known.high + drift);
        // Where they do not meet, the clock was set.
        let (low, high) = if low <= high {
            (low, high)
        } else {
            (new.low, new.high)
        };
        known.low = low.max(known.low - drift);
        known.high = high.max(known.low);
        known.taken = new.taken;
    }
}

/// What a sample says: its date was cut off to whole seconds at some moment between
/// question and answer.
fn bounds(base: Instant, sample: Sample) -> Bounds {
    let at = |moment: Instant| milliseconds(moment.saturating_duration_since(base));
    Bounds {
        low: sample.date * 1_000 - at(sample.received) - 1,
        high: sample.date * 1_000 + 1_000 - at(sample.sent),
        taken: sample.received,
    }
}

/// Reads `Sun, 22 Nov 2026 05:30:00 GMT`, in seconds since 1970.
pub(crate) fn parse_date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut words = text.trim().split(' ').skip(1);
    let day: i64 = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = 1 + i64::try_from(MONTHS.iter().position(|name| *name == month)?).ok()?;
    let year: i64 = words.next()?.parse().ok()?;
    let mut time = words.next()?.split(':').map(str::parse::<i64>);
    let (hour, minute, second) = (time.next()?.ok()?, time.next()?.ok()?, time.next()?.ok()?);
    if words.next() != Some("GMT") || !(1970..=9999).contains(&year) {
        return None;
    }
    // Years that begin with March end with the leap day.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    const UNTIL_1970: i64 = 719_468;
    Some(((days - UNTIL_1970) * 24 + hour) * 3_600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 22 Nov 2026 05:30:00 GMT", 1_795_325_400),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
        ] {
            assert_eq!(parse_date(text), Some(seconds), "{text}");
        }
        for text in [
            "",
            "now",
            "Sun, 22 Nov 2026 05:30:00 CET",
            "Sun, 22 Foo 2026 05:30:00 GMT",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    /// A sample at this many milliseconds of a member whose clock is `offset` ahead.
    fn sample(base: Instant, at: u64, trip: u64, offset: i64) -> Sample {
        let sent = base + Duration::from_millis(at);
        let clock = i64::try_from(at + trip / 2).unwrap() + offset;
        Sample {
            sent,
            received: sent + Duration::from_millis(trip),
            date: clock.div_euclid(1_000),
        }
    }

    #[test]
    fn samples_narrow_the_bounds_and_the_truth_stays_between() {
        let base = Instant::now();
        let offset = 1_700_000_000_123;
        let clock = Clock::new(sample(base, 0, 4, offset));
        for at in [300, 650, 870, 880, 1_200, 1_876] {
            clock.learn(sample(base, at, 4, offset));
            let bounds = *clock.bounds.lock().unwrap();
            assert!(
                (bounds.low..=bounds.high).contains(&offset),
                "{bounds:?} {at}"
            );
        }
        let bounds = *clock.bounds.lock().unwrap();
        assert!(bounds.high - bounds.low < 50, "{bounds:?}");
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_bring_back_what_has_ended() {
        let base = Instant::now();
        let clock = Clock::new(sample(base, 0, 4, 1_700_000_000_000));
        let (before, _) = clock.now();
        clock.learn(sample(base, 100, 4, 1_699_999_000_000));
        let (after, latest) = clock.now();
        assert!(after >= before - 2);
        assert!(latest >= after);
        // Forward it goes at once.
        clock.learn(sample(base, 200, 4, 1_700_000_900_000));
        assert!(clock.now().0 >= 1_700_000_899_000);
    }
}
