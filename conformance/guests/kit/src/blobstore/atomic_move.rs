//! `cloud:blobstore/atomic-move`.

use super::{Container, Precondition};
use crate::bindings::cloud::blobstore::atomic_move as wit;
use crate::bindings::cloud::types::errors::Error;

/// `rename`.
pub async fn rename(
    container: &Container,
    name: &str,
    new_name: &str,
    expected: Option<Precondition>,
) -> Result<String, Error> {
    wit::rename(&container.0, name.to_owned(), new_name.to_owned(), expected).await
}
