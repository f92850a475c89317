//! `cloud:blobstore/links`.

use core::time::Duration;

use super::Container;
use crate::bindings::cloud::blobstore::links as wit;
use crate::bindings::cloud::types::errors::Error;

pub use wit::{Access, Link};

/// All that a link can be for.
pub const ACCESSES: [Access; 3] = [Access::Get, Access::Put, Access::Delete];

/// `sign`.
pub async fn sign(
    container: &Container,
    name: &str,
    access: Access,
    lifetime: Duration,
) -> Result<Link, Error> {
    let lifetime = u64::try_from(lifetime.as_nanos()).unwrap_or(u64::MAX);
    wit::sign(&container.0, name.to_owned(), access, lifetime).await
}
