//! The connection: the SDK's client, and how a request is tried. Knows what may be
//! sent twice; must not know what an item means.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{ProvideCredentials as _, StalledStreamProtectionConfig};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::tls::{Provider as Tls, rustls_provider::CryptoMode};
use cloud_contract::{Error, ErrorKind, Result};

use crate::clock::{Clock, Listener, date_of};
use crate::config::Config;
use crate::error::{kind, translate};
use crate::record;

/// Shorter than any service keeps a connection that is not used: one that is being
/// closed as a request leaves would make the end of a write unknown.
const IDLE: Duration = Duration::from_secs(15);
/// How often a request is sent at most, and the first pause in between.
const ATTEMPTS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(20);
/// A host whose calendar is further off than this many seconds signs what the service
/// refuses.
const SIGNED_OFF: u64 = 4 * 60;
/// The key that is asked for to learn the time; there is no such scope.
const NOBODY: &str = "-";

/// A table, and how to reach it.
pub(crate) struct Service {
    pub(crate) client: Client,
    pub(crate) clock: Arc<Clock>,
    pub(crate) table: String,
    pub(crate) call_timeout: Duration,
    /// The service is AWS itself, as far as the settings tell.
    pub(crate) is_aws: bool,
}

/// Shows nothing: the client holds credentials.
impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

/// What settings and environment say about the service.
pub(crate) struct Found {
    pub(crate) config: SdkConfig,
    pub(crate) credentials: Credentials,
    /// The address that is asked; empty for AWS itself.
    pub(crate) address: String,
}

/// Reads the environment. Asks for credentials, and not for the service.
///
/// # Errors
/// `invalid-argument` without a region, `access-denied` without credentials.
pub(crate) async fn find(config: Config) -> Result<Found> {
    let http = aws_smithy_http_client::Builder::new()
        .pool_idle_timeout(IDLE)
        .tls_provider(Tls::Rustls(CryptoMode::Ring))
        .build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(config.connect_timeout)
        .operation_timeout(config.call_timeout)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        // The SDK does not know which of our requests may be sent twice.
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        // Answers are short, and a request has a time limit as a whole.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Some(region) = config.region {
        loader = loader.region(Region::new(region));
    }
    if let Some(profile) = config.profile {
        loader = loader.profile_name(profile);
    }
    let is_given = config.endpoint.is_some();
    if let Some(endpoint) = config.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    if let Some(keys) = config.keys {
        let keys = Credentials::new(keys.id, keys.secret, keys.token, None, "settings");
        loader = loader.credentials_provider(keys);
    }
    let found = loader.load().await;
    if found.region().is_none() {
        return Err(Error::invalid(
            "region: is not set, nor found in the environment or the profile",
        ));
    }
    let Some(credentials) = found.credentials_provider() else {
        return Err(ErrorKind::AccessDenied.into());
    };
    let credentials = credentials
        .provide_credentials()
        .await
        .map_err(|error| Error::with_source(ErrorKind::AccessDenied, error))?;
    let of_service = std::env::var("AWS_ENDPOINT_URL_DYNAMODB").ok();
    let address = if is_given { None } else { of_service };
    let address = address.or_else(|| found.endpoint_url().map(str::to_owned));
    Ok(Found {
        config: found,
        credentials,
        address: address.unwrap_or_default(),
    })
}

impl Service {
    /// Makes the client. Asks for credentials, and not yet for the service.
    ///
    /// # Errors
    /// As [`find`].
    pub(crate) async fn new(mut config: Config) -> Result<Self> {
        let table = config.table.take().unwrap_or_default();
        let call_timeout = config.call_timeout;
        let found = find(config).await?;
        let clock = Arc::new(Clock::new());
        let settings = aws_sdk_dynamodb::config::Builder::from(&found.config)
            .interceptor(Listener(Arc::clone(&clock)))
            .build();
        Ok(Self {
            client: Client::from_conf(settings),
            clock,
            table,
            call_timeout,
            is_aws: found.address.is_empty() || is_aws(&found.address),
        })
    }

    /// Makes the estimate of the service's clock good enough to go by.
    pub(crate) async fn sync(&self) -> Result<()> {
        if self.clock.is_vague() {
            let asked = || {
                let request = self.client.get_item().table_name(&self.table);
                request.set_key(Some(record::key(NOBODY, b"-"))).send()
            };
            read(asked).await.map_err(translate)?;
        }
        Ok(())
    }
}

/// Sends a request that changes nothing, again where it fails by chance.
pub(crate) async fn read<T, E, F>(
    request: impl Fn() -> F + Send,
) -> Result<T, SdkError<E, HttpResponse>>
where
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    E: ProvideErrorMetadata + Send + Sync,
    T: Send,
{
    attempt(request, |error| {
        matches!(
            kind(error),
            ErrorKind::Throttled { .. } | ErrorKind::Unavailable
        )
    })
    .await
}

/// Sends a write, again only where the service said that it did not carry it out.
pub(crate) async fn write<T, E, F>(
    request: impl Fn() -> F + Send,
) -> Result<T, SdkError<E, HttpResponse>>
where
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    E: ProvideErrorMetadata + Send + Sync,
    T: Send,
{
    attempt(request, |error| {
        matches!(kind(error), ErrorKind::Throttled { .. })
    })
    .await
}

async fn attempt<T, E, F>(
    request: impl Fn() -> F + Send,
    again: impl Fn(&SdkError<E, HttpResponse>) -> bool + Send,
) -> Result<T, SdkError<E, HttpResponse>>
where
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    E: ProvideErrorMetadata + Send + Sync,
    T: Send,
{
    for number in 1..ATTEMPTS {
        match request().await {
            // Once: the SDK has learnt the difference, and signs with it from now on.
            Err(error) if number == 1 && was_dated_wrong(&error) => {}
            Err(error) if again(&error) => pause(number).await,
            done => return done,
        }
    }
    request().await
}

/// Whether the service refused a request, and did nothing, because the calendar of this
/// host is wrong.
fn was_dated_wrong<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let SdkError::ServiceError(answer) = error else {
        return false;
    };
    let here = SystemTime::now().duration_since(UNIX_EPOCH);
    let here = here.map_or(0, |since| since.as_secs().cast_signed());
    kind(error) == ErrorKind::AccessDenied
        && date_of(answer.raw()).is_some_and(|date| date.abs_diff(here) > SIGNED_OFF)
}

/// Waits between two attempts, twice as long each time, and each caller for another
/// while, so that they do not all come back at once.
pub(crate) async fn pause(number: u32) {
    let longest = PAUSE * 2_u32.pow(number.min(6));
    let version = record::fresh_version();
    let drawn = version.bytes().rev().take(2).map(u32::from).sum::<u32>() % 64;
    tokio::time::sleep(longest / 2 + longest * drawn / 128).await;
}

/// Whether a URL leads to AWS and not to an emulator of it.
fn is_aws(url: &str) -> bool {
    let host = url.split("://").nth(1).unwrap_or_default();
    let host = host.split(['/', ':']).next().unwrap_or_default();
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"]
        .iter()
        .any(|domain| host.ends_with(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emulators_are_told_from_aws() {
        for url in [
            "https://dynamodb.eu-west-1.amazonaws.com",
            "https://dynamodb.cn-north-1.amazonaws.com.cn/",
            "https://dynamodb.eu-west-1.api.aws:443",
        ] {
            assert!(is_aws(url), "{url}");
        }
        for url in [
            "http://127.0.0.1:8000",
            "http://amazonaws.com.example:1",
            "http://localhost/x.amazonaws.com",
        ] {
            assert!(!is_aws(url), "{url}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_and_are_bounded() {
        for number in [1, 2, 6, 60] {
            let begun = tokio::time::Instant::now();
            pause(number).await;
            let took = begun.elapsed();
            let longest = PAUSE * 2_u32.pow(number.min(6));
            assert!(took >= longest / 2 && took <= longest + Duration::from_millis(2));
        }
    }
}
