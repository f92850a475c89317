//! The state of an object, and conditions on it.
//!
//! The service compares ETags, which are digests of the bytes, and a guest compares
//! versions, which are marks of ours. So a condition on a version is a look at the mark
//! first, and then a comparison of the ETag that was found with it, in the request that
//! writes. What may come between unseen leaves the very same bytes.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::DateTime;
use cloud_contract::blobstore::{Expected, Info, Timestamp};
use cloud_contract::{Error, ErrorKind, Result};

use crate::error::{is_without_place, kind, stale, status, translate, unexpected_reply};
use crate::link::{Service, read};
use crate::{metadata, version};

/// An object that is there.
pub(super) struct Found {
    pub(super) info: Info,
    pub(super) etag: String,
}

/// What an answer says of an object.
pub(super) struct Told<'a> {
    pub(super) size: u64,
    pub(super) etag: Option<&'a str>,
    pub(super) modified: Option<&'a DateTime>,
    pub(super) content_type: Option<&'a str>,
    pub(super) fields: Option<&'a std::collections::HashMap<String, String>>,
}

impl Told<'_> {
    pub(super) fn found(self) -> Result<Found> {
        let etag = self.etag.ok_or_else(unexpected_reply)?;
        let (version, metadata) = metadata::read(self.fields);
        let content_type = metadata::content_type(self.fields).or(self.content_type);
        let seconds = self.modified.map_or(0, DateTime::secs);
        Ok(Found {
            info: Info {
                size: self.size,
                version: version.unwrap_or_else(|| version::foreign(etag, seconds)),
                modified: timestamp(self.modified),
                content_type: content_type.unwrap_or(metadata::GENERAL_TYPE).to_owned(),
                metadata,
            },
            etag: etag.to_owned(),
        })
    }
}

/// Whole seconds: a list can be more exact than a look at one object.
pub(super) fn timestamp(moment: Option<&DateTime>) -> Timestamp {
    let seconds = moment.map_or(0, |moment| moment.secs().max(0));
    seconds.unsigned_abs().saturating_mul(1_000_000_000)
}

/// Looks at an object; none if it is absent.
pub(super) async fn find(service: &Service, key: &str) -> Result<Option<Found>> {
    let request = || {
        let head = service.client.head_object().bucket(&service.bucket);
        head.key(key).send()
    };
    let answer = match read(request).await {
        Ok(answer) => answer,
        Err(error) if kind(&error) == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(translate(error)),
    };
    let told = Told {
        size: size(answer.content_length())?,
        etag: answer.e_tag(),
        modified: answer.last_modified(),
        content_type: answer.content_type(),
        fields: answer.metadata(),
    };
    told.found().map(Some)
}

/// A number of bytes.
pub(super) fn size(told: Option<i64>) -> Result<u64> {
    told.and_then(|size| u64::try_from(size).ok())
        .ok_or_else(unexpected_reply)
}

/// What the service compares in the request that writes.
#[derive(Debug, Clone, Default)]
pub(super) struct Condition {
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
}

/// What is to be compared for an object to be in the expected state.
///
/// # Errors
/// `precondition-failed` if it is seen at once not to be.
pub(super) async fn condition(
    service: &Service,
    key: &str,
    expected: &Expected,
) -> Result<Condition> {
    Ok(match expected {
        Expected::Any => Condition::default(),
        Expected::Absent => Condition {
            if_none_match: Some("*".to_owned()),
            ..Condition::default()
        },
        Expected::Version(version) => match find(service, key).await? {
            Some(found) if found.info.version == *version => Condition {
                if_match: Some(found.etag),
                ..Condition::default()
            },
            _ => return Err(stale()),
        },
    })
}

/// Whether an object is in the expected state right now.
pub(super) async fn check(service: &Service, key: &str, expected: &Expected) -> Result<()> {
    let is_met = match expected {
        Expected::Any => true,
        Expected::Absent => find(service, key).await?.is_none(),
        Expected::Version(_) => return condition(service, key, expected).await.map(drop),
    };
    if is_met { Ok(()) } else { Err(stale()) }
}

/// What a failure of a conditional write means.
pub(super) async fn settle<E>(
    service: &Service,
    key: &str,
    expected: &Expected,
    error: SdkError<E, HttpResponse>,
) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match kind(&error) {
        // An object that is absent has not the version.
        ErrorKind::NotFound
            if matches!(expected, Expected::Version(_)) && !is_without_place(&error) =>
        {
            stale()
        }
        // Another write came between, and the service does not say whether it decided.
        ErrorKind::Throttled { .. } if status(&error) == Some(409) => {
            match check(service, key, expected).await {
                Err(failed) if *failed.kind() == ErrorKind::PreconditionFailed => failed,
                _ => translate(error),
            }
        }
        _ => translate(error),
    }
}
