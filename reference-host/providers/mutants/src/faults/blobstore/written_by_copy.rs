//! Faults of `copy` and `move` as writes of the new object.

use std::collections::{HashMap, HashSet};
use std::ptr;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{
    Body, CopyRequest, Driver, Expected, Info, NewObject, PutOptions, Range, Reading, Site,
};
use cloud_contract::keyvalue::Version;

use super::states::{collected, is_in};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::faults::keyvalue::tools::Window;
use crate::provider::lock;

/// Whether a copy lands in the container that it comes from, through one handle.
fn is_here(to: &Target, site: &Site) -> bool {
    ptr::eq(site, to.container.site())
}

/// What stands under the new name goes before the copy comes.
#[derive(Debug, Default)]
struct AbsentFirst(Window);

impl AbsentFirst {
    async fn clear(&self, to: &Target, name: &str, site: &Site, new_name: &str) -> Result<()> {
        if is_here(to, site)
            && name != new_name
            && to.container.head(name).await?.is_some()
            && to.driver.head(new_name).await?.is_some()
        {
            to.driver.delete(new_name, None).await?;
            self.0.open().await;
        }
        Ok(())
    }
}

#[async_trait]
impl ContainerFault for AbsentFirst {
    async fn copy(&self, to: &Target, name: &str, site: &Site, new_name: &str) -> Result<Version> {
        self.clear(to, name, site, new_name).await?;
        to.container.copy(name, site, new_name).await
    }

    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        self.clear(to, name, site, new_name).await?;
        to.container.r#move(name, site, new_name).await
    }
}

/// The versions of an object as they are shown.
#[derive(Debug, Default)]
struct Lives {
    /// The first that it ever had.
    first: Option<Version>,
    /// The one that is shown as the first once more.
    again: Option<Version>,
}

/// An object that a copy or a move creates again has the first version that there was
/// under its name.
#[derive(Debug, Default)]
struct Restarts(Mutex<HashMap<String, Lives>>);

impl Restarts {
    fn shown(&self, name: &str, version: Version) -> Version {
        match lock(&self.0).get(name) {
            Some(Lives {
                first: Some(first),
                again: Some(again),
            }) if *again == version => first.clone(),
            _ => version,
        }
    }

    /// The one that stands behind what was shown.
    fn meant(&self, name: &str, version: &Version) -> Version {
        match lock(&self.0).get(name) {
            Some(Lives {
                first: Some(first),
                again: Some(again),
            }) if first == version => again.clone(),
            _ => version.clone(),
        }
    }

    fn told(&self, name: &str, info: Info) -> Info {
        Info {
            version: self.shown(name, info.version),
            ..info
        }
    }

    /// What a copy or a move made is shown as.
    fn made(&self, new_name: &str, was_there: bool, made: Version) -> Version {
        {
            let mut objects = lock(&self.0);
            let lives = objects.entry(new_name.to_owned()).or_default();
            if lives.first.is_some() && !was_there {
                lives.again = Some(made.clone());
            } else if lives.first.is_none() {
                lives.first = Some(made.clone());
            }
        }
        self.shown(new_name, made)
    }
}

#[async_trait]
impl ContainerFault for Restarts {
    async fn put(
        &self,
        to: &Target,
        name: &str,
        body: Body,
        mut object: NewObject,
    ) -> Result<Version> {
        if let Expected::Version(version) = &mut object.expected {
            *version = self.meant(name, version);
        }
        let version = to.container.put(name, body, object).await?;
        let mut objects = lock(&self.0);
        let lives = objects.entry(name.to_owned()).or_default();
        lives.first.get_or_insert_with(|| version.clone());
        Ok(version)
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let expected = expected.map(|version| self.meant(name, version));
        let found = to.container.get(name, range, expected.as_ref()).await?;
        Ok(found.map(|reading| Reading {
            info: self.told(name, reading.info),
            ..reading
        }))
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        let found = to.container.head(name).await?;
        Ok(found.map(|info| self.told(name, info)))
    }

    async fn copy(&self, to: &Target, name: &str, site: &Site, new_name: &str) -> Result<Version> {
        let was_there = to.driver.head(new_name).await?.is_some();
        let version = to.container.copy(name, site, new_name).await?;
        if !is_here(to, site) {
            return Ok(version);
        }
        Ok(self.made(new_name, was_there, version))
    }

    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        let was_there = to.driver.head(new_name).await?.is_some();
        let version = to.container.r#move(name, site, new_name).await?;
        if !is_here(to, site) {
            return Ok(version);
        }
        Ok(self.made(new_name, was_there, version))
    }
}

/// A put that expects a version does not see that another object was copied over its own
/// while it was written.
#[derive(Debug, Default)]
struct Unseen(Mutex<HashSet<Version>>);

#[async_trait]
impl DriverFault for Unseen {
    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let made = to.copy(request).await?;
        lock(&self.0).extend(made.clone());
        Ok(made)
    }

    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        if !matches!(options.expected, Expected::Version(_)) {
            return to.put(name, body, options).await;
        }
        let was_met = is_in(to, name, &options.expected).await?;
        let (_, body) = collected(body).await;
        let now = to.head(name).await?;
        let is_copy = now.is_some_and(|info| lock(&self.0).contains(&info.version));
        let expected = if was_met && is_copy {
            Expected::Any
        } else {
            options.expected
        };
        let options = PutOptions {
            expected,
            ..options
        };
        to.put(name, body, options).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-copy-absent-first",
        "a copy or a move removes what is under the new name before it writes",
        &["BLOB-DATA-4", "BLOB-COPY-1"],
        container!(AbsentFirst::default()),
    ),
    Mutant::new(
        "blob-version-copy-restarts",
        "an object that a copy or a move creates again has its first version again",
        &["TYP-VER-1"],
        container!(Restarts::default()),
    ),
    Mutant::new(
        "blob-cond-copy-unseen",
        "a put that expects a version does not see a copy over the object meanwhile",
        &["BLOB-COND-3"],
        driver!(Unseen::default()),
    ),
];
