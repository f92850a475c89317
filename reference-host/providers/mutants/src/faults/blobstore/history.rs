//! Faults of earlier states.

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Body, Content, Driver, Info, Item, Listing, PastState, PastStatePage, PutOptions, Range,
    Reading, VersionsRequest,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;

/// All states of an object, the latest first.
pub(super) async fn every_state(to: &dyn Driver, name: &str) -> Result<Vec<PastState>> {
    let all = VersionsRequest {
        name,
        after: None,
        limit: usize::MAX,
    };
    Ok(to.versions(all).await?.states)
}

/// A deletion takes the earlier states along.
#[derive(Debug)]
struct DeleteForgets;

#[async_trait]
impl DriverFault for DeleteForgets {
    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        to.delete(name, expected).await?;
        for state in every_state(to, name).await? {
            to.delete_version(name, &state.version).await?;
        }
        Ok(())
    }
}

/// An overwritten state is not kept.
#[derive(Debug)]
struct OverwriteForgets;

#[async_trait]
impl DriverFault for OverwriteForgets {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let version = to.put(name, body, options).await?;
        for state in every_state(to, name).await? {
            if state.version != version {
                to.delete_version(name, &state.version).await?;
            }
        }
        Ok(version)
    }
}

/// `get` of a deleted object reads the latest earlier state.
#[derive(Debug)]
struct ShowsDeleted;

#[async_trait]
impl DriverFault for ShowsDeleted {
    async fn get(
        &self,
        to: &dyn Driver,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        if let Some(found) = to.get(name, range, expected).await? {
            return Ok(Some(found));
        }
        match every_state(to, name).await?.first() {
            Some(latest) if expected.is_none() => {
                to.get_version(name, &latest.version, range).await
            }
            _ => Ok(None),
        }
    }
}

/// `get-version` reads the present state, whichever is asked for.
#[derive(Debug)]
struct ReadsPresent;

#[async_trait]
impl DriverFault for ReadsPresent {
    async fn get_version(
        &self,
        to: &dyn Driver,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Content>> {
        let found = to.get_version(name, version, range).await?;
        match to.get(name, range, None).await? {
            Some(present) if found.is_some() => Ok(Some(present)),
            _ => Ok(found),
        }
    }
}

/// `get-version` takes an unknown version for the latest.
#[derive(Debug)]
struct UnknownIsLatest;

#[async_trait]
impl DriverFault for UnknownIsLatest {
    async fn get_version(
        &self,
        to: &dyn Driver,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Content>> {
        match to.get_version(name, version, range).await? {
            None => to.get(name, range, None).await,
            found => Ok(found),
        }
    }
}

/// The present state is not listed.
#[derive(Debug)]
struct ListsNoPresent;

#[async_trait]
impl ContainerFault for ListsNoPresent {
    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        let mut page = to.container.versions(name, cursor, size).await?;
        if let Some(present) = to.driver.head(name).await? {
            page.items.retain(|state| state.version != present.version);
        }
        Ok(page)
    }
}

/// All states are listed with something of the present one.
#[derive(Debug)]
struct ListsOne(fn(&mut PastState, &Info));

#[async_trait]
impl ContainerFault for ListsOne {
    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        let mut page = to.container.versions(name, cursor, size).await?;
        if let Some(present) = to.driver.head(name).await? {
            for state in &mut page.items {
                (self.0)(state, &present);
            }
        }
        Ok(page)
    }
}

/// A cursor of a list of states is the number of those before it.
#[derive(Debug)]
struct Numbered {
    /// States are listed as they were written.
    oldest_first: bool,
}

#[async_trait]
impl DriverFault for Numbered {
    async fn versions(
        &self,
        to: &dyn Driver,
        request: VersionsRequest<'_>,
    ) -> Result<PastStatePage> {
        let mut states = every_state(to, request.name).await?;
        if self.oldest_first {
            states.reverse();
        }
        let after = request
            .after
            .and_then(|after| std::str::from_utf8(after).ok()?.parse::<usize>().ok())
            .unwrap_or(0);
        let end = after.saturating_add(request.limit);
        let next = (end < states.len()).then(|| end.to_string().into_bytes());
        let states = states.into_iter().skip(after).take(request.limit).collect();
        Ok(PastStatePage { states, next })
    }
}

/// A page has as many states as asked for, whatever the limit.
#[derive(Debug)]
struct OverLimit;

#[async_trait]
impl ContainerFault for OverLimit {
    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        if cursor.is_some() || size.is_none_or(|size| size <= 1_000) {
            return to.container.versions(name, cursor, size).await;
        }
        Ok(Listing {
            items: every_state(&*to.driver, name).await?,
            cursor: None,
        })
    }
}

/// The states of all objects whose names begin alike are listed.
#[derive(Debug)]
struct ListsAlike;

#[async_trait]
impl ContainerFault for ListsAlike {
    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        let mut page = to.container.versions(name, cursor, size).await?;
        if cursor.is_none() {
            let longer = to.container.list(name, None, None, None).await?;
            for item in longer.items {
                if let Item::Object(object) = item
                    && object.name != name
                {
                    page.items
                        .extend(every_state(&*to.driver, &object.name).await?);
                }
            }
        }
        Ok(page)
    }
}

/// `delete-version` refuses a version that no state has.
#[derive(Debug)]
struct RefusesUnknown;

#[async_trait]
impl DriverFault for RefusesUnknown {
    async fn delete_version(&self, to: &dyn Driver, name: &str, version: &Version) -> Result<()> {
        let states = every_state(to, name).await?;
        if states.iter().any(|state| state.version == *version) {
            to.delete_version(name, version).await
        } else {
            Err(ErrorKind::NotFound.into())
        }
    }
}

/// `delete-version` does nothing.
#[derive(Debug)]
struct RemovesNothing;

#[async_trait]
impl DriverFault for RemovesNothing {
    async fn delete_version(&self, to: &dyn Driver, name: &str, version: &Version) -> Result<()> {
        let present = to.head(name).await?;
        if present.is_some_and(|info| info.version == *version) {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        Ok(())
    }
}

/// `delete-version` removes the older states too.
#[derive(Debug)]
struct RemovesOlder;

#[async_trait]
impl DriverFault for RemovesOlder {
    async fn delete_version(&self, to: &dyn Driver, name: &str, version: &Version) -> Result<()> {
        let states = every_state(to, name).await?;
        let from = states.iter().position(|state| state.version == *version);
        for state in states.iter().skip(from.unwrap_or(states.len())) {
            to.delete_version(name, &state.version).await?;
        }
        Ok(())
    }
}

/// `delete-version` deletes the object with its present version.
#[derive(Debug)]
struct RemovesPresent;

#[async_trait]
impl DriverFault for RemovesPresent {
    async fn delete_version(&self, to: &dyn Driver, name: &str, version: &Version) -> Result<()> {
        match to.delete_version(name, version).await {
            Err(error) if *error.kind() == ErrorKind::PreconditionFailed => {
                to.delete(name, Some(version)).await?;
                to.delete_version(name, version).await
            }
            ended => ended,
        }
    }
}

/// `delete-version` takes the last state of a deleted object for the present one.
#[derive(Debug)]
struct KeepsLast;

#[async_trait]
impl DriverFault for KeepsLast {
    async fn delete_version(&self, to: &dyn Driver, name: &str, version: &Version) -> Result<()> {
        let states = every_state(to, name).await?;
        let is_last = states.first().is_some_and(|last| last.version == *version);
        if is_last && to.head(name).await?.is_none() {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        to.delete_version(name, version).await
    }
}

/// The interface works where the feature is missing.
#[derive(Debug)]
struct Undeclared;

#[async_trait]
impl ContainerFault for Undeclared {
    async fn get_version(
        &self,
        to: &Target,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Reading>> {
        to.full.get_version(name, version, range).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-history-forgets-deleted",
        "a deletion removes the earlier states",
        &["BLOB-HISTORY-1", "BLOB-GETVERSION-1"],
        driver!(DeleteForgets),
    ),
    Mutant::new(
        "blob-history-forgets-overwritten",
        "a put does not keep what was there",
        &["BLOB-HISTORY-1", "BLOB-GETVERSION-1", "BLOB-VERSIONS-1"],
        driver!(OverwriteForgets),
    ),
    Mutant::new(
        "blob-history-shows",
        "get reads the last state of a deleted object",
        &["BLOB-HISTORY-2"],
        driver!(ShowsDeleted),
    ),
    Mutant::new(
        "blob-getversion-present",
        "get-version reads the present state, whichever is asked for",
        &["BLOB-GETVERSION-1"],
        driver!(ReadsPresent),
    ),
    Mutant::new(
        "blob-getversion-unknown",
        "get-version takes an unknown version for the present one",
        &["BLOB-GETVERSION-2"],
        driver!(UnknownIsLatest),
    ),
    Mutant::new(
        "blob-versions-no-present",
        "the present state is not listed",
        &["BLOB-VERSIONS-1"],
        container!(ListsNoPresent),
    ),
    Mutant::new(
        "blob-versions-sizes",
        "all states are listed with the size of the present one",
        &["BLOB-VERSIONS-3"],
        container!(ListsOne(|state, present| state.size = present.size)),
    ),
    Mutant::new(
        "blob-versions-times",
        "all states are listed with the time of the present one",
        &["BLOB-VERSIONS-3"],
        container!(ListsOne(|state, present| state.modified = present.modified)),
    ),
    Mutant::new(
        "blob-versions-oldest-first",
        "the oldest state is listed first",
        &["BLOB-VERSIONS-5"],
        driver!(Numbered { oldest_first: true }),
    ),
    Mutant::new(
        "blob-versions-cursor-index",
        "the place of a cursor is a number of states",
        &["TYP-PAGE-7", "BLOB-VERSIONS-1"],
        driver!(Numbered {
            oldest_first: false
        }),
    ),
    Mutant::new(
        "blob-versions-over-limit",
        "a page has as many states as asked for",
        &["BLOB-VERSIONS-4", "TYP-PAGE-3"],
        container!(OverLimit),
    ),
    Mutant::new(
        "blob-versions-alike",
        "states of objects whose names begin alike are listed too",
        &["BLOB-VERSIONS-2"],
        container!(ListsAlike),
    ),
    Mutant::new(
        "blob-deleteversion-unknown",
        "delete-version of an unknown version is not-found",
        &["BLOB-DELETEVERSION-2"],
        driver!(RefusesUnknown),
    ),
    Mutant::new(
        "blob-deleteversion-nothing",
        "delete-version returns ok and removes nothing",
        &["BLOB-DELETEVERSION-1"],
        driver!(RemovesNothing),
    ),
    Mutant::new(
        "blob-deleteversion-older",
        "delete-version removes the older states too",
        &["BLOB-DELETEVERSION-4"],
        driver!(RemovesOlder),
    ),
    Mutant::new(
        "blob-deleteversion-present",
        "delete-version of the present version deletes the object",
        &["BLOB-DELETEVERSION-3"],
        driver!(RemovesPresent),
    ),
    Mutant::new(
        "blob-deleteversion-of-deleted",
        "delete-version refuses the last state of a deleted object",
        &["BLOB-DELETEVERSION-1"],
        driver!(KeepsLast),
    ),
    Mutant::new(
        "blob-history-undeclared",
        "get-version works where the feature is missing",
        &["TYP-FEAT-1"],
        container!(Undeclared),
    ),
];
