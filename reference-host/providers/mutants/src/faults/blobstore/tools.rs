//! What several faults need.

use std::sync::Arc;

use cloud_contract::blobstore::{Container, Driver, Item, ListRequest};
use cloud_contract::{Error, ErrorKind, Result};

use crate::blobstore::container::{ContainerFault, FaultyContainer, Target};
use crate::platform::Door;

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

/// Opens a container with a fault in front that the platform knows of.
pub(super) async fn faulty(
    to: &Door,
    name: &str,
    fault: Arc<dyn ContainerFault>,
) -> Result<Arc<dyn Container>> {
    let container = to.open_container(name).await?;
    let Some(grant) = to.grant(name) else {
        return Ok(container);
    };
    let target = Target {
        full: Arc::clone(&container),
        driver: grant.namespace.blobstore(&grant.target).await?,
        container,
        session: 0,
        handle: 0,
    };
    Ok(Arc::new(FaultyContainer::new(target, fault)))
}
