//! `cloud:blobstore/conditional-copy`.

use super::{Container, Precondition};
use crate::bindings::cloud::blobstore::conditional_copy as wit;
use crate::bindings::cloud::types::errors::Error;

/// `copy-if`.
pub async fn copy_if(
    container: &Container,
    name: &str,
    source: Option<&str>,
    to: &Container,
    new_name: &str,
    expected: Option<Precondition>,
) -> Result<String, Error> {
    wit::copy_if(
        &container.0,
        name.to_owned(),
        source.map(str::to_owned),
        &to.0,
        new_name.to_owned(),
        expected,
    )
    .await
}
