//! What the SDK reports, as one of the contract's kinds. The SDK's text goes to the
//! host's log only: it may name keys and places.

use std::borrow::Cow;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use cloud_contract::{Error, ErrorKind};

/// Translates a failure of a request.
pub(crate) fn translate<E>(error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let kind = kind(&error);
    Error::with_source(kind, error)
}

/// A reply of a form that no item of ours has.
pub(crate) fn unexpected_reply() -> Error {
    ErrorKind::Other(Cow::Borrowed("the service answered in an unexpected form")).into()
}

/// The service did not get to some items of a batch.
pub(crate) fn throttled() -> Error {
    ErrorKind::Throttled { retry_after: None }.into()
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
        SdkError::ServiceError(answer) => {
            let code = answer.err().code().unwrap_or_default();
            refusal(code, answer.raw().status().as_u16())
        }
        _ => refused(),
    }
}

fn is_about_credentials(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<CredentialsError>() || error.source().is_some_and(is_about_credentials)
}

/// Error codes of DynamoDB, and those that all services of AWS share.
fn refusal(code: &str, status: u16) -> ErrorKind {
    match code {
        "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "ThrottlingException"
        | "Throttling"
        | "LimitExceededException"
        | "TransactionConflictException"
        | "ReplicatedWriteConflictException" => ErrorKind::Throttled { retry_after: None },
        "AccessDeniedException"
        | "AccessDenied"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "NotAuthorized"
        | "OptInRequired"
        | "RequestExpired"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => ErrorKind::AccessDenied,
        "ResourceNotFoundException" | "TableNotFoundException" => ErrorKind::NotFound,
        "InternalServerError" | "InternalFailure" | "ServiceUnavailable" => ErrorKind::Unavailable,
        _ => match status {
            401 | 403 => ErrorKind::AccessDenied,
            429 => ErrorKind::Throttled { retry_after: None },
            408 | 504 => ErrorKind::Timeout,
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
    use aws_sdk_dynamodb::error::ErrorMetadata;
    use aws_sdk_dynamodb::operation::put_item::PutItemError;

    fn answer(status: u16, code: &str) -> SdkError<PutItemError, HttpResponse> {
        let meta = ErrorMetadata::builder()
            .code(code)
            .message("sesame")
            .build();
        let raw = HttpResponse::new(status.try_into().unwrap(), "sesame".into());
        SdkError::service_error(PutItemError::generic(meta), raw)
    }

    #[test]
    fn refusals_of_the_service_have_kinds() {
        let throttled = ErrorKind::Throttled { retry_after: None };
        for (status, code, kind) in [
            (400, "ThrottlingException", &throttled),
            (400, "ProvisionedThroughputExceededException", &throttled),
            (400, "RequestLimitExceeded", &throttled),
            (429, "", &throttled),
            (400, "UnrecognizedClientException", &ErrorKind::AccessDenied),
            (400, "AccessDeniedException", &ErrorKind::AccessDenied),
            (400, "ExpiredTokenException", &ErrorKind::AccessDenied),
            (403, "New", &ErrorKind::AccessDenied),
            (400, "ResourceNotFoundException", &ErrorKind::NotFound),
            (500, "InternalServerError", &ErrorKind::Unavailable),
            (503, "", &ErrorKind::Unavailable),
            (504, "", &ErrorKind::Timeout),
        ] {
            let error = translate(answer(status, code));
            assert_eq!(error.kind(), kind, "{status} {code}");
        }
    }

    #[test]
    fn text_of_the_service_stays_out_of_ours() {
        for code in ["ValidationException", "sesame"] {
            let error = translate(answer(400, code));
            assert!(matches!(error.kind(), ErrorKind::Other(_)), "{code}");
            assert!(!format!("{error} {error:?}").contains("sesame"));
        }
    }

    #[test]
    fn late_answers_have_a_kind() {
        let late = SdkError::<PutItemError, HttpResponse>::timeout_error("sesame");
        assert_eq!(translate(late).kind(), &ErrorKind::Timeout);
    }
}
