//! Faults of writes over an object that is there, and of copies into another container.

use std::collections::HashMap;
use std::ptr;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{Body, CopyRequest, Driver, Info, PutOptions, Site, Timestamp};
use cloud_contract::keyvalue::Version;

use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// The times that states are told to be from: those of the states before them.
#[derive(Debug, Default)]
struct Times(Mutex<HashMap<Version, Timestamp>>);

impl Times {
    /// The time that an object has as it is told.
    async fn of(&self, to: &dyn Driver, name: &str) -> Result<Option<Timestamp>> {
        Ok(self.told(to.head(name).await?).map(|info| info.modified))
    }

    fn keep(&self, before: Option<Timestamp>, made: &Version) {
        if let Some(before) = before {
            lock(&self.0).insert(made.clone(), before);
        }
    }

    fn told(&self, found: Option<Info>) -> Option<Info> {
        found.map(|mut info| {
            if let Some(time) = lock(&self.0).get(&info.version) {
                info.modified = *time;
            }
            info
        })
    }
}

/// A put over an object leaves the time of what it replaced.
#[derive(Debug, Default)]
struct PutOver(Times);

#[async_trait]
impl DriverFault for PutOver {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let before = self.0.of(to, name).await?;
        let made = to.put(name, body, options).await?;
        self.0.keep(before, &made);
        Ok(made)
    }

    async fn head(&self, to: &dyn Driver, name: &str) -> Result<Option<Info>> {
        Ok(self.0.told(to.head(name).await?))
    }
}

/// A copy over an object, and so a move, leaves the time of what it replaced.
#[derive(Debug, Default)]
struct CopyOver(Times);

#[async_trait]
impl DriverFault for CopyOver {
    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let before = self.0.of(to, request.new_name).await?;
        let made = to.copy(request).await?;
        if let Some(made) = &made {
            self.0.keep(before, made);
        }
        Ok(made)
    }

    async fn head(&self, to: &dyn Driver, name: &str) -> Result<Option<Info>> {
        Ok(self.0.told(to.head(name).await?))
    }
}

/// What makes a copy in another container.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    Copy,
    Move,
}

/// Into another container, the version of the source is returned.
#[derive(Debug)]
struct FarVersion(Way);

impl FarVersion {
    async fn source(
        &self,
        to: &Target,
        way: Way,
        name: &str,
        site: &Site,
    ) -> Result<Option<Version>> {
        if self.0 != way || ptr::eq(site, to.container.site()) {
            return Ok(None);
        }
        Ok(to.driver.head(name).await?.map(|info| info.version))
    }
}

#[async_trait]
impl ContainerFault for FarVersion {
    async fn copy(&self, to: &Target, name: &str, site: &Site, new_name: &str) -> Result<Version> {
        let source = self.source(to, Way::Copy, name, site).await?;
        let made = to.container.copy(name, site, new_name).await?;
        Ok(source.unwrap_or(made))
    }

    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        let source = self.source(to, Way::Move, name, site).await?;
        let made = to.container.r#move(name, site, new_name).await?;
        Ok(source.unwrap_or(made))
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-time-put-over",
        "a put over an object leaves the time of what it replaced",
        &["BLOB-META-8"],
        driver!(PutOver::default()),
    ),
    Mutant::new(
        "blob-time-copy-over",
        "a copy over an object leaves the time of what it replaced",
        &["BLOB-META-8"],
        driver!(CopyOver::default()),
    ),
    Mutant::new(
        "blob-copy-far-version",
        "a copy into another container returns the version of its source",
        &["BLOB-COPY-1"],
        container!(FarVersion(Way::Copy)),
    ),
    Mutant::new(
        "blob-move-far-version",
        "a move into another container returns the version of its source",
        &["BLOB-MOVE-1"],
        container!(FarVersion(Way::Move)),
    ),
];
