//! `cloud:blobstore/conditional-delete`.

use super::Container;
use crate::bindings::cloud::blobstore::conditional_delete as wit;
use crate::bindings::cloud::types::errors::Error;

/// `delete-if`.
pub async fn delete_if(container: &Container, name: &str, version: &str) -> Result<(), Error> {
    wit::delete_if(&container.0, name.to_owned(), version.to_owned()).await
}
