//! Faults of earlier states that come from what a state was made of, or what it grew from.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Appended, Body, CopyRequest, Driver, Expected, Info, Listing, PastState, PutOptions, Range,
    Reading, Site,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::history::every_state;
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// Where a range may begin is judged by the size of the present state.
#[derive(Debug)]
struct RangeOfPresent;

#[async_trait]
impl ContainerFault for RangeOfPresent {
    async fn get_version(
        &self,
        to: &Target,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Reading>> {
        let found = to.container.get_version(name, version, range).await?;
        let present = to.driver.head(name).await?;
        if found.is_some() && present.is_some_and(|info| range.offset > info.size) {
            return Err(ErrorKind::OutOfRange.into());
        }
        Ok(found)
    }
}

/// What this makes in its own container lists the earlier states of its source too.
#[derive(Debug)]
struct Along {
    by: Call,
    /// By the name of what was made.
    brought: Mutex<HashMap<String, Vec<PastState>>>,
}

impl Along {
    fn by(by: Call) -> Self {
        Self {
            by,
            brought: Mutex::default(),
        }
    }

    /// The earlier states of a source that is there, if `by` brings them along.
    async fn earlier(
        &self,
        by: Call,
        to: &Target,
        name: &str,
        is_here: bool,
    ) -> Result<Vec<PastState>> {
        if by != self.by || !is_here {
            return Ok(Vec::new());
        }
        let states = every_state(&*to.driver, name).await?;
        Ok(states.into_iter().skip(1).collect())
    }

    fn bring(&self, new_name: &str, states: Vec<PastState>) {
        let mut brought = lock(&self.brought);
        let list = brought.entry(new_name.to_owned()).or_default();
        for state in states {
            if !list.contains(&state) {
                list.push(state);
            }
        }
    }
}

/// Whether a copy stays in the container of its source.
fn is_here(to: &Target, site: &Site) -> bool {
    std::ptr::eq(site, to.container.site())
}

#[async_trait]
impl ContainerFault for Along {
    async fn copy(&self, to: &Target, name: &str, site: &Site, new_name: &str) -> Result<Version> {
        let is_here = is_here(to, site);
        let earlier = self.earlier(Call::Copy, to, name, is_here).await?;
        let made = to.container.copy(name, site, new_name).await?;
        self.bring(new_name, earlier);
        Ok(made)
    }

    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        let is_here = is_here(to, site);
        let earlier = self.earlier(Call::Move, to, name, is_here).await?;
        let made = to.container.r#move(name, site, new_name).await?;
        self.bring(new_name, earlier);
        Ok(made)
    }

    async fn copy_if(
        &self,
        to: &Target,
        name: &str,
        source: Option<&Version>,
        site: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let is_here = is_here(to, site);
        let earlier = self.earlier(Call::CopyIf, to, name, is_here).await?;
        let copy = to.container.copy_if(name, source, site, new_name, expected);
        let made = copy.await?;
        self.bring(new_name, earlier);
        Ok(made)
    }

    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        let mut page = to.container.versions(name, cursor, size).await?;
        if page.cursor.is_none() {
            let brought = lock(&self.brought).get(name).cloned();
            page.items.extend(brought.unwrap_or_default());
        }
        Ok(page)
    }
}

/// What writes over an object that grew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Put,
    Copy,
}

/// A state that an addition made is not kept when this overwrites it.
#[derive(Debug)]
struct ForgetsGrown {
    over: Over,
    grown: Mutex<HashSet<Version>>,
}

impl ForgetsGrown {
    fn with(over: Over) -> Self {
        Self {
            over,
            grown: Mutex::default(),
        }
    }

    async fn forget(&self, over: Over, to: &dyn Driver, name: &str, before: Option<Info>) {
        let Some(before) = before.filter(|_| over == self.over) else {
            return;
        };
        let is_grown = lock(&self.grown).contains(&before.version);
        if is_grown {
            // What is still the present one stays.
            to.delete_version(name, &before.version).await.ok();
        }
    }
}

#[async_trait]
impl DriverFault for ForgetsGrown {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let appended = to.append(name, data, at).await?;
        lock(&self.grown).insert(appended.version.clone());
        Ok(appended)
    }

    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let before = to.head(name).await?;
        let made = to.put(name, body, options).await?;
        self.forget(Over::Put, to, name, before).await;
        Ok(made)
    }

    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let new_name = request.new_name;
        let before = to.head(new_name).await?;
        let made = to.copy(request).await?;
        self.forget(Over::Copy, to, new_name, before).await;
        Ok(made)
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-getversion-range-of-present",
        "get-version refuses a range that begins behind the end of the present state",
        &["BLOB-GETVERSION-1"],
        container!(RangeOfPresent),
    ),
    Mutant::new(
        "blob-history-along-copy",
        "a copy lists the earlier states of its source",
        &["BLOB-VERSIONS-2"],
        container!(Along::by(Call::Copy)),
    ),
    Mutant::new(
        "blob-history-along-move",
        "what was moved lists the earlier states of its old name",
        &["BLOB-VERSIONS-2"],
        container!(Along::by(Call::Move)),
    ),
    Mutant::new(
        "blob-history-along-copy-if",
        "a conditional copy lists the earlier states of its source",
        &["BLOB-VERSIONS-2"],
        container!(Along::by(Call::CopyIf)),
    ),
    Mutant::new(
        "blob-history-forgets-grown-put",
        "an object that grew is not kept when a put overwrites it",
        &["BLOB-HISTORY-1", "BLOB-GETVERSION-1"],
        driver!(ForgetsGrown::with(Over::Put)),
    ),
    Mutant::new(
        "blob-history-forgets-grown-copy",
        "an object that grew is not kept when a copy overwrites it",
        &["BLOB-HISTORY-1", "BLOB-GETVERSION-1"],
        driver!(ForgetsGrown::with(Over::Copy)),
    ),
];
