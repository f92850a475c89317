//! `cloud:blobstore/links`.

use core::time::Duration;

use super::Container;
use crate::bindings::cloud::blobstore::links as wit;
use crate::bindings::cloud::types::errors::Error;
use crate::context::Context;
use crate::requests::{Reply, send};

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

/// The method of a request for `access`.
pub fn method(access: Access) -> &'static str {
    match access {
        Access::Get => "GET",
        Access::Put => "PUT",
        Access::Delete => "DELETE",
    }
}

/// Sends the request of a link for `access`, with `bytes` if it is to write them. Who sends
/// it is another session: what was written before and by it may take a while to be seen.
pub async fn follow(cx: &Context, link: &Link, access: Access, bytes: &[u8]) -> Reply {
    cx.sleep(cx.visibility_bound()).await;
    let bytes = if access == Access::Put { bytes } else { &[] };
    let reply = send(method(access), &link.url, &link.headers, bytes).await;
    cx.sleep(cx.visibility_bound()).await;
    reply
}
