//! Links: how they are made, and what the service makes of them.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::blobstore::{Access, Driver, Link, NewObject};
use cloud_contract::{ErrorKind, Result};
use futures::stream;

use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::links::{Slip, with_slip};
use crate::provider::lock;

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

/// The service slips with links for this access, or with all.
#[derive(Debug)]
struct Slips(Option<Access>, Slip);

#[async_trait]
impl DriverFault for Slips {
    async fn sign(
        &self,
        to: &dyn Driver,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        let link = to.sign(name, access, lifetime).await?;
        if self.0.is_none_or(|only| only == access) {
            return Ok(with_slip(link, self.1));
        }
        Ok(link)
    }
}

/// The link is made to another name.
#[derive(Debug)]
struct ToAnother(fn(&str) -> String);

#[async_trait]
impl DriverFault for ToAnother {
    async fn sign(
        &self,
        to: &dyn Driver,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        let other = (self.0)(name);
        let name = if other.is_empty() { name } else { &other };
        to.sign(name, access, lifetime).await
    }
}

/// The link is made for another access.
#[derive(Debug)]
struct ForAnother(fn(Access) -> Access);

#[async_trait]
impl DriverFault for ForAnother {
    async fn sign(
        &self,
        to: &dyn Driver,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        to.sign(name, (self.0)(access), lifetime).await
    }
}

/// The link lasts for another time.
#[derive(Debug)]
struct LastsFor(fn(Duration) -> Duration);

#[async_trait]
impl DriverFault for LastsFor {
    async fn sign(
        &self,
        to: &dyn Driver,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        to.sign(name, access, (self.0)(lifetime)).await
    }
}

/// The URL is not the one that was made.
#[derive(Debug)]
struct Written(fn(String) -> String);

#[async_trait]
impl DriverFault for Written {
    async fn sign(
        &self,
        to: &dyn Driver,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        let link = to.sign(name, access, lifetime).await?;
        Ok(Link {
            url: (self.0)(link.url),
            ..link
        })
    }
}

/// One link is made for a name, and given to all who ask for one.
#[derive(Debug, Default)]
struct OneForAll(Mutex<HashMap<String, Link>>);

#[async_trait]
impl DriverFault for OneForAll {
    async fn sign(
        &self,
        to: &dyn Driver,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        let link = to.sign(name, access, lifetime).await?;
        Ok(lock(&self.0).entry(name.to_owned()).or_insert(link).clone())
    }
}

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(60 * 60);

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
    Mutant::new(
        "blob-link-dead",
        "links lead where nobody listens",
        &["BLOB-LINK-1"],
        driver!(Written(|_| "http://127.0.0.1:1/".to_owned())),
    ),
    Mutant::new(
        "blob-link-no-secret",
        "links lack what makes them good",
        &["BLOB-LINK-1"],
        driver!(Written(|url| url
            .split('?')
            .next()
            .unwrap_or_default()
            .to_owned())),
    ),
    Mutant::new(
        "blob-link-no-url",
        "links are no URLs",
        &["BLOB-LINK-1"],
        driver!(Written(|_| "http://".to_owned())),
    ),
    Mutant::new(
        "blob-link-for-reading",
        "links are for reading, whatever for they are made",
        &["BLOB-LINK-1"],
        driver!(ForAnother(|_| Access::Get)),
    ),
    Mutant::new(
        "blob-link-writes-for-delete",
        "links to remove an object are for writing it",
        &["BLOB-LINK-1"],
        driver!(ForAnother(|access| match access {
            Access::Delete => Access::Put,
            other => other,
        })),
    ),
    Mutant::new(
        "blob-link-one-for-all",
        "the first link to a name is given to all who ask for one",
        &["BLOB-LINK-1"],
        driver!(OneForAll::default()),
    ),
    Mutant::new(
        "blob-link-folds-case",
        "links to names that differ in case lead to one object",
        &["BLOB-LINK-1"],
        driver!(ToAnother(str::to_lowercase)),
    ),
    Mutant::new(
        "blob-link-one-slash",
        "links take several slashes for one",
        &["BLOB-LINK-1"],
        driver!(ToAnother(|name| name.replace("//", "/"))),
    ),
    Mutant::new(
        "blob-link-no-last-slash",
        "links leave out a slash at the end of a name",
        &["BLOB-LINK-1"],
        driver!(ToAnother(|name| name.trim_end_matches('/').to_owned())),
    ),
    Mutant::new(
        "blob-link-no-first-slash",
        "links leave out a slash at the beginning of a name",
        &["BLOB-LINK-1"],
        driver!(ToAnother(|name| name.trim_start_matches('/').to_owned())),
    ),
    Mutant::new(
        "blob-link-decodes",
        "links decode names that are not encoded",
        &["BLOB-LINK-1"],
        driver!(ToAnother(|name| name
            .replace("%2F", "/")
            .replace("%20", " "))),
    ),
    Mutant::new(
        "blob-link-plus",
        "links take a plus for a space",
        &["BLOB-LINK-1"],
        driver!(ToAnother(|name| name.replace('+', " "))),
    ),
    Mutant::new(
        "blob-link-cut-at-question",
        "links end names at a question mark",
        &["BLOB-LINK-1"],
        driver!(ToAnother(|name| name
            .split('?')
            .next()
            .unwrap_or_default()
            .to_owned())),
    ),
    Mutant::new(
        "blob-link-cut-at-hash",
        "links end names at a number sign",
        &["BLOB-LINK-1"],
        driver!(ToAnother(|name| name
            .split('#')
            .next()
            .unwrap_or_default()
            .to_owned())),
    ),
    Mutant::new(
        "blob-link-resolves-dots",
        "links resolve `..` in names",
        &["BLOB-LINK-1"],
        driver!(ToAnother(|name| name.replace("a/../", ""))),
    ),
    Mutant::new(
        "blob-link-trims",
        "links trim names",
        &["BLOB-LINK-1"],
        driver!(ToAnother(|name| name.trim().to_owned())),
    ),
    Mutant::new(
        "blob-link-composes",
        "links take composed and decomposed letters for one",
        &["BLOB-LINK-1"],
        driver!(ToAnother(|name| name.replace("e\u{301}", "\u{e9}"))),
    ),
    Mutant::new(
        "blob-link-backslash",
        "links take a backslash for a slash",
        &["BLOB-LINK-1"],
        driver!(ToAnother(|name| name.replace('\\', "/"))),
    ),
    Mutant::new(
        "blob-link-file-name",
        "links leave out what is before the last slash of a name",
        &["BLOB-LINK-1"],
        driver!(ToAnother(|name| name
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned())),
    ),
    Mutant::new(
        "blob-link-ends-at-once",
        "links have ended when they are made",
        &["BLOB-LINK-1"],
        driver!(LastsFor(|_| Duration::ZERO)),
    ),
    Mutant::new(
        "blob-link-ends-a-second-early",
        "links end a second before their time",
        &["BLOB-LINK-1"],
        driver!(LastsFor(|lifetime| lifetime.saturating_sub(SECOND))),
    ),
    Mutant::new(
        "blob-link-ends-at-half",
        "links end when half of their time has passed",
        &["BLOB-LINK-1"],
        driver!(LastsFor(|lifetime| lifetime / 2)),
    ),
    Mutant::new(
        "blob-link-whole-seconds",
        "links last for whole seconds, rounded down",
        &["BLOB-LINK-1"],
        driver!(LastsFor(|lifetime| Duration::from_secs(lifetime.as_secs()))),
    ),
    Mutant::new(
        "blob-link-longest-at-once",
        "links of the longest lifetime have ended when they are made",
        &["BLOB-LINK-1"],
        driver!(LastsFor(|lifetime| {
            if lifetime == crate::provider::LINK_MAX {
                Duration::ZERO
            } else {
                lifetime
            }
        })),
    ),
    Mutant::new(
        "blob-link-writes-nothing",
        "the service says of writes by links that they are done, and does nothing",
        &["BLOB-LINK-1"],
        driver!(Slips(Some(Access::Put), Slip::Nothing)),
    ),
    Mutant::new(
        "blob-link-reads-nothing",
        "the service answers to reads by links with nothing",
        &["BLOB-LINK-1"],
        driver!(Slips(Some(Access::Get), Slip::Nothing)),
    ),
    Mutant::new(
        "blob-link-removes-nothing",
        "the service says of deletions by links that they are done, and does nothing",
        &["BLOB-LINK-1"],
        driver!(Slips(Some(Access::Delete), Slip::Nothing)),
    ),
    Mutant::new(
        "blob-link-appends",
        "a link to write an object adds to it",
        &["BLOB-LINK-1"],
        driver!(Slips(Some(Access::Put), Slip::Appends)),
    ),
    Mutant::new(
        "blob-link-keeps-description",
        "a link to write an object leaves its content type and metadata",
        &["BLOB-LINK-1"],
        driver!(Slips(Some(Access::Put), Slip::KeepsDescription)),
    ),
    Mutant::new(
        "blob-link-only-new",
        "a link to write an object does not write over one",
        &["BLOB-LINK-1"],
        driver!(Slips(Some(Access::Put), Slip::OnlyNew)),
    ),
    Mutant::new(
        "blob-link-only-present",
        "a link to write an object makes none",
        &["BLOB-LINK-1"],
        driver!(Slips(Some(Access::Put), Slip::OnlyPresent)),
    ),
    Mutant::new(
        "blob-link-loses-last-byte",
        "a link loses the last byte of what it writes",
        &["BLOB-LINK-1"],
        driver!(Slips(Some(Access::Put), Slip::LosesLastByte)),
    ),
    Mutant::new(
        "blob-link-empties",
        "a link to remove an object makes it empty",
        &["BLOB-LINK-1"],
        driver!(Slips(Some(Access::Delete), Slip::Empties)),
    ),
    Mutant::new(
        "blob-link-read-once",
        "what is read by a link is removed",
        &["BLOB-LINK-1"],
        driver!(Slips(Some(Access::Get), Slip::RemovesWhatIsRead)),
    ),
    Mutant::new(
        "blob-link-any-method",
        "a link is good for every method",
        &["BLOB-LINK-2"],
        driver!(Slips(None, Slip::AnyMethod)),
    ),
    Mutant::new(
        "blob-link-read-any-method",
        "a link to read an object is good for every method",
        &["BLOB-LINK-2"],
        driver!(Slips(Some(Access::Get), Slip::AnyMethod)),
    ),
    Mutant::new(
        "blob-link-write-any-method",
        "a link to write an object is good for every method",
        &["BLOB-LINK-2"],
        driver!(Slips(Some(Access::Put), Slip::AnyMethod)),
    ),
    Mutant::new(
        "blob-link-delete-any-method",
        "a link to remove an object is good for every method",
        &["BLOB-LINK-2"],
        driver!(Slips(Some(Access::Delete), Slip::AnyMethod)),
    ),
    Mutant::new(
        "blob-link-any-name",
        "a link is good for every object of the container",
        &["BLOB-LINK-2"],
        driver!(Slips(None, Slip::AnyName)),
    ),
    Mutant::new(
        "blob-link-write-any-name",
        "a link to write an object is good for every object of the container",
        &["BLOB-LINK-2"],
        driver!(Slips(Some(Access::Put), Slip::AnyName)),
    ),
    Mutant::new(
        "blob-link-any-end",
        "a link is good for every name that begins with its own",
        &["BLOB-LINK-2"],
        driver!(Slips(None, Slip::AnyEnd)),
    ),
    Mutant::new(
        "blob-link-any-container",
        "a link is good for the same name in every container",
        &["BLOB-LINK-2"],
        driver!(Slips(None, Slip::AnyContainer)),
    ),
    Mutant::new(
        "blob-link-never-ends",
        "links do not end",
        &["BLOB-LINK-2"],
        driver!(Slips(None, Slip::AnyTime)),
    ),
    Mutant::new(
        "blob-link-write-never-ends",
        "links to write an object do not end",
        &["BLOB-LINK-2"],
        driver!(Slips(Some(Access::Put), Slip::AnyTime)),
    ),
    Mutant::new(
        "blob-link-delete-never-ends",
        "links to remove an object do not end",
        &["BLOB-LINK-2"],
        driver!(Slips(Some(Access::Delete), Slip::AnyTime)),
    ),
    Mutant::new(
        "blob-link-an-hour",
        "links of less than an hour last for one",
        &["BLOB-LINK-2"],
        driver!(LastsFor(|lifetime| lifetime.max(HOUR))),
    ),
];
