//! The service's clock: the contract's, fed with the `Date` of every answer, and in
//! the milliseconds of our items.
//!
//! DynamoDB does not say what time it is but for that date, in whole seconds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::config::interceptors::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use cloud_contract::{ClockSample, ErrorKind, Result, ServiceClock};

const MILLISECOND: i64 = 1_000_000;
/// What a date stands for: a second, and how old it may be when it is sent, since
/// servers write it once for several answers.
const RESOLUTION: Duration = Duration::from_millis(1_200);
/// How far apart the bounds may be before a call that goes by them asks the service
/// first, and how old.
pub(crate) const WIDEST: Duration = Duration::from_millis(1_500);
const OLDEST: Duration = Duration::from_secs(300);

/// A moment as it is judged by, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

/// An estimate of the service's clock.
#[derive(Debug)]
pub(crate) struct Clock(ServiceClock);

impl Clock {
    pub(crate) fn new() -> Self {
        Self(ServiceClock::new(WIDEST, OLDEST))
    }

    /// Learns from an answer with this date in seconds since 1970.
    fn learn(&self, sent: Instant, received: Instant, date: i64) {
        if let Some(told) = date.checked_mul(1_000 * MILLISECOND) {
            self.0.learn(ClockSample {
                sent,
                received,
                told,
                resolution: RESOLUTION,
            });
        }
    }

    /// Whether a call that goes by the estimate must ask the service first.
    pub(crate) fn is_vague(&self) -> bool {
        self.0.needs_sample()
    }

    /// By what a deadline is judged now.
    pub(crate) fn now(&self) -> Moment {
        Moment(self.0.passed().div_euclid(MILLISECOND))
    }

    /// The deadline of a key that is to live for `ttl` from now.
    ///
    /// # Errors
    /// `unavailable` where the service did not tell its time.
    pub(crate) fn deadline(&self, ttl: Duration) -> Result<Moment> {
        let end = self.0.end_of(ttl).ok_or(ErrorKind::Unavailable)?;
        Ok(Moment(end.div_euclid(MILLISECOND) + 1))
    }
}

/// The date of an answer, in seconds since 1970.
pub(crate) fn date_of(answer: &HttpResponse) -> Option<i64> {
    let text = answer.headers().get("date")?;
    let date = DateTime::from_str(text, DateTimeFormat::HttpDate).ok()?;
    Some(date.secs())
}

/// Lets a clock see every answer.
#[derive(Debug)]
pub(crate) struct Listener(pub(crate) Arc<Clock>);

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
        let date = date_of(answer.response());
        if let (Some(date), Some(Sent(sent))) = (date, bag.load::<Sent>()) {
            self.0.learn(*sent, Instant::now(), date);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_answer_is_enough_to_go_by() {
        let clock = Clock::new();
        assert!(clock.is_vague() && clock.deadline(Duration::ZERO).is_err());
        let now = Instant::now();
        clock.learn(now, now, 1_000_000_000);
        assert!(!clock.is_vague());
        let judged = clock.now();
        // How long this takes adds to both.
        assert!((0..=60_000).contains(&(judged.0 - 1_000_000_000_000)));
        let deadline = clock.deadline(Duration::from_secs(10)).unwrap();
        assert!((11_200..=71_200).contains(&(deadline.0 - 1_000_000_000_000)));
    }
}
