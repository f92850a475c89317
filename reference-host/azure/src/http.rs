//! The client of HTTP, and the dates of requests.

use std::time::{Duration, Instant, SystemTime};

use azure_core::time::{OffsetDateTime, parse_rfc7231, to_rfc7231};
use cloud_contract::{ClockSample, Error, ErrorKind, Result, ServiceClock};
use reqwest::ClientBuilder;
use reqwest::header::{DATE, HeaderMap};

use crate::Account;

/// An idle connection is given up before the service does: a request on one that
/// the service just closed would fail. Emulators keep theirs for five seconds.
const IDLE_EMULATOR: Duration = Duration::from_secs(3);
const IDLE: Duration = Duration::from_secs(60);
/// The service takes dates that are up to 15 minutes off.
const DATE_OFF_SECONDS: i64 = 5 * 60;
const NANOSECONDS: i64 = 1_000_000_000;

/// A client that sends what it is told, once, and follows nobody.
pub fn client(account: &Account, connect_timeout: Duration) -> ClientBuilder {
    // The first one stays; all ours are the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    let http = reqwest::Client::builder()
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(connect_timeout)
        .tcp_nodelay(true);
    if account.is_encrypted() {
        http.pool_idle_timeout(IDLE)
    } else {
        // An emulator, on this machine or near it.
        http.pool_idle_timeout(IDLE_EMULATOR).no_proxy()
    }
}

/// The dates of requests: the service's time, and the host's until it is known.
#[derive(Debug)]
pub struct Dates {
    /// The service's clock.
    pub clock: ServiceClock,
}

impl Dates {
    /// The date of a request, in seconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        match self.clock.now() {
            Some((earliest, latest)) => earliest.midpoint(latest).div_euclid(NANOSECONDS),
            None => SystemTime::UNIX_EPOCH
                .elapsed()
                .map_or(0, |since| since.as_secs().cast_signed()),
        }
    }

    /// The same as a request has it.
    ///
    /// # Errors
    /// For years that no calendar has.
    pub fn text(date: i64) -> Result<String> {
        let kind = ErrorKind::Other("the service's clock is wrong".into());
        let date = OffsetDateTime::from_unix_timestamp(date)
            .map_err(|error| Error::with_source(kind, error.to_string()))?;
        Ok(to_rfc7231(&date))
    }

    /// A date for a request that was refused; none if its date cannot be the reason.
    #[must_use]
    pub fn again(&self, dated: i64) -> Option<i64> {
        let now = self.now();
        (now.abs_diff(dated) >= DATE_OFF_SECONDS.unsigned_abs()).then_some(now)
    }

    /// The date of an answer is in whole seconds and may be a second old. It does
    /// for signatures, and shows that a finer estimate went wrong.
    pub fn observe(&self, headers: &HeaderMap, sent: Instant, received: Instant) {
        let date = headers.get(DATE).and_then(|date| date.to_str().ok());
        if let Some(date) = date.and_then(|date| parse_rfc7231(date).ok()) {
            let told = (date.unix_timestamp() - 1).saturating_mul(NANOSECONDS);
            self.clock.learn(ClockSample {
                sent,
                received,
                told,
                resolution: Duration::from_secs(3),
            });
        }
    }
}
