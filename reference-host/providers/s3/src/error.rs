//! What the SDK reports, as one of the contract's kinds. The SDK's text goes to the
//! host's log only: it may name keys and places.

use std::borrow::Cow;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use cloud_contract::{Error, ErrorKind};

/// Translates a failure of a request.
pub(crate) fn translate<E>(error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let kind = kind(&error);
    Error::with_source(kind, error)
}

/// A reply of a form that none to our requests has.
pub(crate) fn unexpected_reply() -> Error {
    ErrorKind::Other(Cow::Borrowed("the service answered in an unexpected form")).into()
}

/// Too much at a time, and nothing happened.
pub(crate) fn throttled() -> Error {
    ErrorKind::Throttled { retry_after: None }.into()
}

/// The state is another one than expected.
pub(crate) fn stale() -> Error {
    ErrorKind::PreconditionFailed.into()
}

/// Whether the service says that the bucket is not there, or the upload: not the object.
pub(crate) fn is_without_place<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(code(error), "NoSuchBucket" | "NoSuchUpload" | "InvalidPart")
}

/// The status of an answer; none where there was no answer.
pub(crate) fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|answer| answer.status().as_u16())
}

/// What the service calls a failure; empty where it does not say.
pub(crate) fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> &str {
    match error {
        SdkError::ServiceError(answer) => answer.err().code().unwrap_or_default(),
        _ => "",
    }
}

/// What a guest sees of a failure.
pub(crate) fn kind<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> ErrorKind {
    match error {
        SdkError::TimeoutError(_) => ErrorKind::Timeout,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => ErrorKind::Timeout,
        // Credentials that ran out, and that could not be had again.
        SdkError::DispatchFailure(failure)
            if failure
                .as_connector_error()
                .is_some_and(|error| is_about_credentials(error)) =>
        {
            ErrorKind::AccessDenied
        }
        SdkError::DispatchFailure(_) => ErrorKind::Unavailable,
        // An answer that broke off, or that nobody can read.
        SdkError::ResponseError(_) => ErrorKind::Unavailable,
        SdkError::ServiceError(answer) => refusal(code(error), answer.raw().status().as_u16()),
        _ => refused(),
    }
}

fn is_about_credentials(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<CredentialsError>() || error.source().is_some_and(is_about_credentials)
}

/// Error codes of S3, and those that all services of AWS share. Answers to `HEAD` have
/// none.
fn refusal(code: &str, status: u16) -> ErrorKind {
    match code {
        "ConditionalRequestConflict"
        | "OperationAborted"
        | "RequestLimitExceeded"
        | "SlowDown"
        | "Throttling"
        | "ThrottlingException"
        | "TooManyRequests" => ErrorKind::Throttled { retry_after: None },
        "AccessDenied"
        | "AccountProblem"
        | "AllAccessDisabled"
        | "AuthorizationHeaderMalformed"
        | "ExpiredToken"
        | "InvalidAccessKeyId"
        | "InvalidToken"
        | "RequestTimeTooSkewed"
        | "SignatureDoesNotMatch" => ErrorKind::AccessDenied,
        "NoSuchBucket" | "NoSuchKey" | "NoSuchUpload" | "NotFound" | "InvalidPart" => {
            ErrorKind::NotFound
        }
        "PreconditionFailed" => ErrorKind::PreconditionFailed,
        "InvalidRange" | "EntityTooSmall" => ErrorKind::OutOfRange,
        "RequestTimeout" => ErrorKind::Timeout,
        _ => match status {
            401 | 403 => ErrorKind::AccessDenied,
            404 => ErrorKind::NotFound,
            408 | 504 => ErrorKind::Timeout,
            412 => ErrorKind::PreconditionFailed,
            416 => ErrorKind::OutOfRange,
            429 => ErrorKind::Throttled { retry_after: None },
            // What it did before it gave up is not known.
            500.. => ErrorKind::Unavailable,
            _ => refused(),
        },
    }
}

fn refused() -> ErrorKind {
    ErrorKind::Other(Cow::Borrowed("the service refused a request"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::error::ErrorMetadata;
    use aws_sdk_s3::operation::put_object::PutObjectError;

    fn answer(status: u16, code: &str) -> SdkError<PutObjectError, HttpResponse> {
        let meta = ErrorMetadata::builder()
            .code(code)
            .message("sesame")
            .build();
        let raw = HttpResponse::new(status.try_into().unwrap(), "sesame".into());
        SdkError::service_error(PutObjectError::generic(meta), raw)
    }

    #[test]
    fn refusals_of_the_service_have_kinds() {
        let throttled = ErrorKind::Throttled { retry_after: None };
        for (status, code, kind) in [
            (503, "SlowDown", &throttled),
            (409, "ConditionalRequestConflict", &throttled),
            (429, "", &throttled),
            (403, "SignatureDoesNotMatch", &ErrorKind::AccessDenied),
            (400, "ExpiredToken", &ErrorKind::AccessDenied),
            (403, "", &ErrorKind::AccessDenied),
            (404, "NoSuchBucket", &ErrorKind::NotFound),
            (404, "", &ErrorKind::NotFound),
            (412, "PreconditionFailed", &ErrorKind::PreconditionFailed),
            (412, "", &ErrorKind::PreconditionFailed),
            (416, "InvalidRange", &ErrorKind::OutOfRange),
            (400, "RequestTimeout", &ErrorKind::Timeout),
            (500, "InternalError", &ErrorKind::Unavailable),
            (503, "ServiceUnavailable", &ErrorKind::Unavailable),
        ] {
            let error = translate(answer(status, code));
            assert_eq!(error.kind(), kind, "{status} {code}");
        }
    }

    #[test]
    fn text_of_the_service_stays_out_of_ours() {
        for code in ["InvalidRequest", "sesame"] {
            let error = translate(answer(400, code));
            assert!(matches!(error.kind(), ErrorKind::Other(_)));
            let text = format!("{error} {error:?}");
            assert!(!text.contains("sesame"), "{text}");
        }
    }
}
