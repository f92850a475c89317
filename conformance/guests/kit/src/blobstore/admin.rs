//! `cloud:blobstore/admin`.

use crate::bindings::cloud::blobstore::admin as wit;
use crate::bindings::cloud::types::errors::Error;

/// `create-container`.
pub async fn create(name: &str) -> Result<(), Error> {
    wit::create_container(name.to_owned()).await
}

/// `delete-container`.
pub async fn delete(name: &str) -> Result<(), Error> {
    wit::delete_container(name.to_owned()).await
}
