//! The service's clock, as far as it can be told from here.
//!
//! DynamoDB does not say what time it is but for the `Date` of its answers, in whole
//! seconds. An answer with date D that was asked for at a and came at b says that
//! the service's clock stood between D and D + 1 s at some moment between a and b.
//! Where several answers are put together, what is left is the span that all of them
//! allow: one second at first, much less after some answers.
//!
//! Who sets a deadline counts from the latest time that it may be, who judges one
//! goes by the earliest. So no key ends early, whatever the clocks of hosts show,
//! and it ends late by the two spans at most.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::config::interceptors::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use aws_smithy_types::config_bag::{Storable, StoreReplace};

const SECOND: i64 = 1_000_000_000;
const MILLISECOND: i64 = 1_000_000;
/// How old a `Date` may be when it is sent: servers write it once for several
/// answers.
const DATE_AGE: i64 = SECOND / 5;
/// Clocks of hosts differ in their pace by no more than one part in so many.
const PACE: i64 = 2_000;
/// How wide a span may be before a call that goes by it asks the service first.
pub(crate) const WIDEST: Duration = Duration::from_millis(1_500);
/// By how much the time may go back before it is taken for a clock that was set.
const SET_BACK: i64 = 5_000;
/// By how much the clocks of this host may part before it is taken to have slept.
const ASLEEP: Duration = Duration::from_secs(1);

/// What the service's clock shows, in nanoseconds since 1970, less what `Instant`
/// shows here since the clock was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    low: i64,
    high: i64,
    /// When that was found out.
    at: i64,
}

impl Span {
    /// The same a while later: clocks do not keep their pace.
    fn at(self, now: i64) -> Self {
        let drift = (now - self.at).max(0) / PACE;
        Self {
            low: self.low - drift,
            high: self.high + drift,
            at: now,
        }
    }

    /// What both allow. Where they contradict each other, one of the clocks was set,
    /// and the newer counts.
    fn and(self, newer: Self) -> Self {
        let older = self.at(newer.at);
        let both = Self {
            low: older.low.max(newer.low),
            high: older.high.min(newer.high),
            at: newer.at,
        };
        if both.low <= both.high { both } else { newer }
    }
}

/// An estimate of the service's clock.
#[derive(Debug)]
pub(crate) struct Clock {
    origin: Instant,
    known: Mutex<Option<(Span, SystemTime)>>,
    /// The latest time that a deadline was judged by: it does not go back.
    judged: AtomicI64,
}

/// A moment as it is judged by, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            origin: Instant::now(),
            known: Mutex::new(None),
            judged: AtomicI64::new(0),
        }
    }

    fn here(&self, moment: Instant) -> i64 {
        nanoseconds(moment.saturating_duration_since(self.origin))
    }

    /// Learns from an answer with this date in seconds since 1970.
    fn learn(&self, sent: Instant, received: Instant, date: i64) {
        let (sent, received) = (self.here(sent), self.here(received));
        let Some(date) = date.checked_mul(SECOND) else {
            return;
        };
        let seen = Span {
            low: date - received,
            high: date + SECOND + DATE_AGE - sent,
            at: received,
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let span = known.map_or(seen, |(span, _)| span.and(seen));
        *known = Some((span, SystemTime::now()));
    }

    /// The earliest and the latest that the time may be. Without any answer the
    /// host's clock has to do.
    fn span(&self) -> (i64, i64) {
        let known = *self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.here(Instant::now());
        match known {
            Some((span, _)) => {
                let span = span.at(now);
                (span.low + now, span.high + now)
            }
            None => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH);
                let now = nanoseconds(since.unwrap_or_default());
                (now - SECOND / 2, now + SECOND / 2)
            }
        }
    }

    /// Whether the estimate is too wide to go by, or too old to be trusted.
    pub(crate) fn is_vague(&self) -> bool {
        let known = *self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((span, wall)) = known else {
            return true;
        };
        let now = self.here(Instant::now());
        let passed = Duration::from_nanos(u64::try_from(now - span.at).unwrap_or(0));
        // While a host sleeps, only one of its clocks goes on.
        let wall = match SystemTime::now().duration_since(wall) {
            Ok(passed) => passed,
            Err(_) => Duration::ZERO,
        };
        let span = span.at(now);
        span.high - span.low > nanoseconds(WIDEST) || wall.abs_diff(passed) > ASLEEP
    }

    /// By what a deadline is judged now.
    pub(crate) fn now(&self) -> Moment {
        let now = self.span().0.div_euclid(MILLISECOND);
        let before = self.judged.fetch_max(now, Ordering::AcqRel);
        if before > now + SET_BACK {
            self.judged.store(now, Ordering::Release);
            return Moment(now);
        }
        Moment(now.max(before))
    }

    /// The deadline of a key that is to live for `ttl` from now.
    pub(crate) fn deadline(&self, ttl: Duration) -> Moment {
        let end = self.span().1.saturating_add(nanoseconds(ttl));
        Moment(end.div_euclid(MILLISECOND) + 1)
    }
}

fn nanoseconds(span: Duration) -> i64 {
    i64::try_from(span.as_nanos()).unwrap_or(i64::MAX)
}

/// Lets a clock see every answer.
#[derive(Debug)]
pub(crate) struct Listener(pub(crate) std::sync::Arc<Clock>);

#[derive(Debug)]
struct Sent(Instant);

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

impl Intercept for Listener {
    fn name(&self) -> &'static str {
        "service clock"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        bag.interceptor_state().store_put(Sent(Instant::now()));
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        answer: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = answer
            .response()
            .headers()
            .get("date")
            .and_then(|text| DateTime::from_str(text, DateTimeFormat::HttpDate).ok());
        if let (Some(date), Some(Sent(sent))) = (date, bag.load::<Sent>()) {
            self.0.learn(*sent, Instant::now(), date.secs());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A service whose clock is `ahead` of 1970 when ours starts, asked by answers
    /// that take `trip` each.
    struct Service {
        ahead: i64,
        trip: i64,
    }

    impl Service {
        /// Lets the clock see an answer that was sent so long after its start.
        fn answers(&self, clock: &Clock, sent: i64) {
            let at = |moment| clock.origin + Duration::from_nanos(u64::try_from(moment).unwrap());
            let date = (self.ahead + sent + self.trip / 2).div_euclid(SECOND);
            clock.learn(at(sent), at(sent + self.trip), date);
        }
    }

    fn span(clock: &Clock) -> Span {
        clock.known.lock().unwrap().unwrap().0
    }

    #[test]
    fn the_true_time_is_always_within() {
        let day = 86_400 * SECOND;
        for ahead in [day, 20_000 * day, 20_000 * day + 999_999_999] {
            for trip in [0, 300_000, 40 * MILLISECOND] {
                let (clock, service) = (Clock::new(), Service { ahead, trip });
                let mut width = i64::MAX;
                for round in 0..200 {
                    service.answers(&clock, round * 37 * MILLISECOND);
                    let Span { low, high, .. } = span(&clock);
                    assert!(low <= ahead && ahead <= high, "{round}");
                    width = high - low;
                }
                assert!(width <= DATE_AGE + 2 * trip + 80 * MILLISECOND, "{width}");
            }
        }
    }

    #[test]
    fn one_answer_is_enough_to_go_by() {
        let clock = Clock::new();
        assert!(clock.is_vague());
        let now = Instant::now();
        clock.learn(now, now, 1_000_000_000);
        assert!(!clock.is_vague());
        let judged = clock.now();
        assert!((0..=1_000).contains(&(judged.0 - 1_000_000_000_000)));
        let deadline = clock.deadline(Duration::from_secs(10));
        assert!((11_200..=12_200).contains(&(deadline.0 - 1_000_000_000_000)));
    }

    #[test]
    fn an_old_estimate_grows_vague() {
        let span = Span {
            low: 0,
            high: SECOND,
            at: 0,
        };
        let hour = span.at(3_600 * SECOND);
        assert!(hour.high - hour.low > nanoseconds(WIDEST));
        let minute = span.at(60 * SECOND);
        assert!(minute.high - minute.low < nanoseconds(WIDEST));
    }

    #[test]
    fn a_clock_that_was_set_is_followed() {
        let clock = Clock::new();
        let (early, late) = (
            Service { ahead: 0, trip: 0 },
            Service {
                ahead: 86_400 * SECOND,
                trip: 0,
            },
        );
        early.answers(&clock, 0);
        late.answers(&clock, SECOND);
        assert!(span(&clock).low >= 86_399 * SECOND);
        early.answers(&clock, 2 * SECOND);
        assert!(span(&clock).high <= 2 * SECOND);
    }

    #[test]
    fn time_does_not_go_back_by_a_little() {
        let clock = Clock::new();
        let now = Instant::now();
        clock.learn(now, now, 1_000);
        let first = clock.now();
        clock.judged.store(first.0 + 300, Ordering::Release);
        assert_eq!(clock.now(), Moment(first.0 + 300));
        clock.judged.store(first.0 + 1_000_000, Ordering::Release);
        assert!(clock.now().0 < first.0 + 1_000);
    }
}
