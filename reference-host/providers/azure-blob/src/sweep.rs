//! Removes what lies under a prefix, and nothing else.

use cloud_contract::Result;
use cloud_contract::blobstore::Expected;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::Method;

use crate::descriptor::PAGE_ITEMS;
use crate::driver::list::page;
use crate::driver::object::on_condition;
use crate::error::unexpected_reply;
use crate::link::{Ask, Service};

/// How many blobs are deleted at a time.
const AT_ONCE: usize = 32;
/// Blocks that are no blob yet are listed, too.
const ALL: Option<&str> = Some("uncommittedblobs");

/// Deletes all blobs but `kept`, whose keys start with `prefix`, and the blocks that lie
/// there without being one.
pub(crate) async fn clear(service: &Service, prefix: &str, kept: Option<&str>) -> Result<()> {
    let mut mark = None;
    loop {
        let found = page(service, prefix, None, mark.as_deref(), PAGE_ITEMS, ALL).await?;
        let keys = found.blobs.iter().map(|blob| blob.key.as_str());
        let keys: Vec<&str> = keys.filter(|key| kept != Some(*key)).collect();
        if keys.iter().any(|key| !key.starts_with(prefix)) {
            return Err(unexpected_reply());
        }
        stream::iter(keys)
            .map(Ok)
            .try_for_each_concurrent(AT_ONCE, async |key| delete(service, key).await)
            .await?;
        mark = found.next;
        if mark.is_none() {
            return Ok(());
        }
    }
}

/// Deletes a blob. Blocks without one go when an empty one takes their place.
async fn delete(service: &Service, key: &str) -> Result<()> {
    let deletion = Ask::blob(Method::DELETE, key).field("x-ms-delete-snapshots", "include");
    match service.write(&deletion).await {
        Ok(_) => return Ok(()),
        Err(failure) if failure.is_absent() => {}
        Err(failure) => return Err(failure.into()),
    }
    let empty = Ask::blob(Method::PUT, key).field("x-ms-blob-type", "BlockBlob");
    match service
        .write(&on_condition(empty, &Expected::Absent)?)
        .await
    {
        Ok(_) => {}
        Err(failure) if failure.is_stale() => {}
        Err(failure) => return Err(failure.into()),
    }
    match service.write(&deletion).await {
        Ok(_) => Ok(()),
        Err(failure) if failure.is_absent() => Ok(()),
        Err(failure) => Err(failure.into()),
    }
}

/// Whether no key of a blob starts with `prefix`.
pub(crate) async fn is_empty(service: &Service, prefix: &str) -> Result<bool> {
    let mut mark = None;
    loop {
        let found = page(service, prefix, None, mark.as_deref(), 1, None).await?;
        mark = found.next;
        if !found.blobs.is_empty() || mark.is_none() {
            return Ok(found.blobs.is_empty());
        }
    }
}
