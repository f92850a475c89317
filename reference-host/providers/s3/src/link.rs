//! The connection: the SDK's client, and how a request is tried. Knows what may be
//! sent twice; must not know what an object means.

use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    ProvideCredentials as _, RequestChecksumCalculation, ResponseChecksumValidation,
    StalledStreamProtectionConfig,
};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use aws_smithy_http_client::tls::{Provider as Tls, rustls_provider::CryptoMode};
use bucket_scopes::Looks;
use cloud_contract::{Error, ErrorKind, Result};

use crate::config::Config;
use crate::error::kind;
use crate::server::Server;

/// Shorter than any service keeps a connection that is not used: one that is being
/// closed as a request leaves would make the end of a write unknown.
const IDLE: Duration = Duration::from_secs(4);
/// How often a request is sent at most, and the first pause in between.
const ATTEMPTS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(20);
/// A host whose calendar is further off than this many seconds signs what the service
/// refuses.
const SIGNED_OFF: u64 = 4 * 60;

/// A bucket, and how to reach it.
pub(crate) struct Service {
    pub(crate) client: Client,
    pub(crate) bucket: String,
    pub(crate) region: String,
    pub(crate) server: Server,
    pub(crate) call_timeout: Duration,
    /// How old the mark of a put is whose host is gone.
    pub(crate) abandoned_after: Duration,
    pub(crate) looks: Looks,
    /// Whether what is signed now stays good as long as it says: credentials with an end
    /// take what they signed along.
    pub(crate) signs_for_days: bool,
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
        // A guest may pause as it reads, and the portable layer watches the service.
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
    let of_service = std::env::var("AWS_ENDPOINT_URL_S3").ok();
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
        let bucket = config.bucket.take().unwrap_or_default();
        let (call_timeout, server) = (config.call_timeout, config.server);
        let abandoned_after = config.abandoned_after;
        let found = find(config).await?;
        let keys = &found.credentials;
        let signs_for_days = keys.session_token().is_none() && keys.expiry().is_none();
        let region = found.config.region().map(ToString::to_string);
        let settings = aws_sdk_s3::config::Builder::from(&found.config)
            // Servers of others have one name for all buckets.
            .force_path_style(!found.address.is_empty())
            // The signature of a request is a digest of its body already.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Ok(Self {
            client: Client::from_conf(settings),
            bucket,
            region: region.unwrap_or_default(),
            server,
            call_timeout,
            abandoned_after,
            looks: Looks::default(),
            signs_for_days,
        })
    }
}

/// Sends a request that changes nothing, or that does the same however often it is sent,
/// again where it fails by chance.
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

/// The date of an answer, in seconds since 1970.
pub(crate) fn date_of(answer: &HttpResponse) -> Option<i64> {
    let text = answer.headers().get("date")?;
    let date = DateTime::from_str(text, DateTimeFormat::HttpDate).ok()?;
    Some(date.secs())
}

/// Waits between two attempts, twice as long each time, and each caller for another
/// while, so that they do not all come back at once.
pub(crate) async fn pause(number: u32) {
    let longest = PAUSE * 2_u32.pow(number.min(6));
    let drawn = (RandomState::new().hash_one(number) % 64) as u32;
    tokio::time::sleep(longest / 2 + longest * drawn / 128).await;
}

#[cfg(test)]
mod tests {
    use super::*;

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
