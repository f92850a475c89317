//! The state of an object, and conditions on it.
//!
//! The service gives every write an ETag of its own and compares it in the request that
//! writes: it is the version.

use azure_core::time::parse_rfc7231;
use cloud_contract::blobstore::{Expected, Info, Timestamp};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, Result};
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, LAST_MODIFIED};

use crate::error::{Failure, stale, unexpected_reply};
use crate::link::{Ask, Reply, Service};
use crate::metadata;

/// The longest ETag of ours, without its quotes.
const ETAG_BYTES: usize = 100;

/// The version that an answer tells.
pub(crate) fn version(reply: &Reply) -> Result<Version> {
    let etag = reply.header(ETAG.as_str()).ok_or_else(unexpected_reply)?;
    let text = etag.trim_matches('"');
    if is_etag(text) {
        Ok(Version::from(text))
    } else {
        Err(unexpected_reply())
    }
}

fn is_etag(text: &str) -> bool {
    (1..=ETAG_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// What is to be compared for an object to have this version.
///
/// # Errors
/// `precondition-failed` for one that no object has.
pub(super) fn etag(version: &Version) -> Result<String> {
    if is_etag(version) {
        Ok(format!("\"{version}\""))
    } else {
        Err(stale())
    }
}

/// What an answer says of an object.
pub(super) fn info(reply: &Reply) -> Result<Info> {
    let whole = reply
        .header(CONTENT_RANGE.as_str())
        .and_then(|range| range.rsplit('/').next());
    let size = whole.or_else(|| reply.header(CONTENT_LENGTH.as_str()));
    let size = size.and_then(|size| size.parse().ok());
    let modified = reply.header(LAST_MODIFIED.as_str()).unwrap_or_default();
    let content_type = reply.header(CONTENT_TYPE.as_str());
    Ok(Info {
        size: size.ok_or_else(unexpected_reply)?,
        version: version(reply)?,
        modified: timestamp(modified)?,
        content_type: content_type.unwrap_or(metadata::GENERAL_TYPE).to_owned(),
        metadata: metadata::read(&reply.headers),
    })
}

/// A moment as headers and lists have it.
pub(super) fn timestamp(text: &str) -> Result<Timestamp> {
    let date = parse_rfc7231(text).map_err(|_| unexpected_reply())?;
    let seconds = u64::try_from(date.unix_timestamp()).unwrap_or(0);
    Ok(seconds.saturating_mul(1_000_000_000))
}

/// Looks at an object; none if it is absent.
pub(crate) async fn find(service: &Service, key: &str) -> Result<Option<Info>> {
    match service.read(&Ask::blob(Method::HEAD, key)).await {
        Ok(reply) => info(&reply).map(Some),
        Err(failure) if failure.is_absent() => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// The same request on the condition that the object is in the expected state.
///
/// # Errors
/// `precondition-failed` for a version that no object has.
pub(crate) fn on_condition(ask: Ask, expected: &Expected) -> Result<Ask> {
    Ok(match expected {
        Expected::Any => ask,
        Expected::Absent => ask.field("if-none-match", "*"),
        Expected::Version(version) => ask.field("if-match", etag(version)?),
    })
}

/// Whether an object is in the expected state right now.
pub(super) async fn check(service: &Service, key: &str, expected: &Expected) -> Result<()> {
    if *expected == Expected::Any {
        return Ok(());
    }
    let found = find(service, key).await?.map(|found| found.version);
    let is_met = match expected {
        Expected::Any => true,
        Expected::Absent => found.is_none(),
        Expected::Version(version) => found.as_ref() == Some(version),
    };
    if is_met { Ok(()) } else { Err(stale()) }
}

/// What a failure of a conditional write means.
pub(super) fn settled(expected: &Expected, failure: Failure) -> Error {
    match expected {
        // An object that is absent has not the version.
        Expected::Version(_) if failure.is_absent() => stale(),
        _ => failure.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_an_etag_is_compared() {
        assert_eq!(etag(&"0x8D1".into()).unwrap(), "\"0x8D1\"");
        for other in ["", "*", "\"", "0x8D1\n", "0x8-1", &"x".repeat(101)] {
            assert!(etag(&other.into()).is_err(), "{other:?}");
        }
    }

    #[test]
    fn moments_are_read() {
        let moment = timestamp("Wed, 09 Sep 2009 09:20:02 GMT").unwrap();
        assert_eq!(moment, 1_252_488_002_000_000_000);
        assert!(timestamp("").is_err());
    }
}
