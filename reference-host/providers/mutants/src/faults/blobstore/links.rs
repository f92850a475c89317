//! Links, which memory has none of: their form, and faults of it.

use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::blobstore::{Access, Driver, Link, NewObject};
use cloud_contract::{ErrorKind, Result};
use futures::stream;

use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;

/// Makes links of the right form, which lead nowhere: enough for what a guest can see.
#[derive(Debug)]
pub(crate) struct Signing;

#[async_trait]
impl DriverFault for Signing {
    async fn sign(&self, _: &dyn Driver, name: &str, _: Access, _: Duration) -> Result<Link> {
        let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        Ok(Link {
            url: format!("https://links.invalid/{name}"),
            headers: Vec::new(),
        })
    }
}

/// A link needs an object.
#[derive(Debug)]
struct Asks;

#[async_trait]
impl DriverFault for Asks {
    async fn sign(
        &self,
        to: &dyn Driver,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        match to.head(name).await? {
            Some(_) => to.sign(name, access, lifetime).await,
            None => Err(ErrorKind::NotFound.into()),
        }
    }
}

/// A link to an object that is absent makes one.
#[derive(Debug)]
struct Creates;

#[async_trait]
impl ContainerFault for Creates {
    async fn sign(
        &self,
        to: &Target,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        let link = to.container.sign(name, access, lifetime).await?;
        if to.container.head(name).await?.is_none() {
            let empty = Box::pin(stream::empty());
            to.container.put(name, empty, NewObject::default()).await?;
        }
        Ok(link)
    }
}

/// Lifetimes outside of the bounds are taken for the nearest one inside.
#[derive(Debug)]
struct Bends(fn(Duration) -> Duration);

#[async_trait]
impl ContainerFault for Bends {
    async fn sign(
        &self,
        to: &Target,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        to.container.sign(name, access, (self.0)(lifetime)).await
    }
}

/// The interface works where the feature is missing.
#[derive(Debug)]
struct Undeclared;

#[async_trait]
impl ContainerFault for Undeclared {
    async fn sign(
        &self,
        to: &Target,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        to.driver.sign(name, access, lifetime).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-link-asks",
        "a link to an absent object is not-found",
        &["BLOB-LINK-5"],
        driver!(Asks),
    ),
    Mutant::new(
        "blob-link-creates",
        "a link to an absent object makes an empty one",
        &["BLOB-LINK-5"],
        container!(Creates),
    ),
    Mutant::new(
        "blob-link-zero",
        "a lifetime of zero is taken for the shortest",
        &["BLOB-LINK-3"],
        container!(Bends(|lifetime| lifetime.max(Duration::from_nanos(1)))),
    ),
    Mutant::new(
        "blob-link-no-limit",
        "a lifetime over the limit is taken for the longest",
        &["BLOB-LINK-4"],
        container!(Bends(|lifetime| lifetime.min(crate::provider::LINK_MAX))),
    ),
    Mutant::new(
        "blob-link-undeclared",
        "links are made where the feature is missing",
        &["TYP-FEAT-1"],
        container!(Undeclared),
    ),
];
