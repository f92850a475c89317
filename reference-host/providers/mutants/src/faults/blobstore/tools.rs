//! What several faults need.

use cloud_contract::blobstore::{Driver, Item, ListRequest};
use cloud_contract::{Error, ErrorKind, Result};

/// An error without a case of its own.
pub(super) fn other(text: &'static str) -> Error {
    ErrorKind::Other(text.into()).into()
}

/// Removes every object of a container.
pub(super) async fn clear(driver: &dyn Driver) -> Result<()> {
    let all = ListRequest {
        prefix: "",
        delimiter: None,
        after: None,
        limit: usize::MAX,
    };
    for item in driver.list(all).await?.items {
        if let Item::Object(object) = item {
            driver.delete(&object.name, None).await?;
        }
    }
    Ok(())
}
