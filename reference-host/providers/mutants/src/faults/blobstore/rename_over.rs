//! `rename` over an object that is there or onto itself, and one that is dropped.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{
    Body, Content, Driver, Expected, Info, PutOptions, Range, Reading, RenameRequest,
};
use cloud_contract::keyvalue::Version;

use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::faults::keyvalue::tools::Window;
use crate::provider::lock;

/// What is under the new name is removed first.
#[derive(Debug, Default)]
struct Clears(Window);

#[async_trait]
impl DriverFault for Clears {
    async fn rename(&self, to: &dyn Driver, request: RenameRequest<'_>) -> Result<Version> {
        let is_over = *request.expected == Expected::Any
            && to.head(request.name).await?.is_some()
            && to.head(request.new_name).await?.is_some();
        if is_over {
            to.delete(request.new_name, None).await?;
            self.0.open().await;
        }
        to.rename(request).await
    }
}

/// The new name keeps the version of what was there, until it is written otherwise.
#[derive(Debug, Default)]
struct KeepsVersion {
    /// For the real version of such a name, the one that is told.
    told: Mutex<HashMap<String, (Version, Version)>>,
}

impl KeepsVersion {
    fn tell(&self, name: &str, mut info: Info) -> Info {
        if let Some((real, told)) = lock(&self.told).get(name)
            && *real == info.version
        {
            info.version = told.clone();
        }
        info
    }
}

#[async_trait]
impl DriverFault for KeepsVersion {
    async fn rename(&self, to: &dyn Driver, request: RenameRequest<'_>) -> Result<Version> {
        let replaced = self.head(to, request.new_name).await?;
        let made = to.rename(request).await?;
        let Some(replaced) = replaced else {
            return Ok(made);
        };
        let told = replaced.version;
        lock(&self.told).insert(request.new_name.to_owned(), (made, told.clone()));
        Ok(told)
    }

    async fn head(&self, to: &dyn Driver, name: &str) -> Result<Option<Info>> {
        let found = to.head(name).await?;
        Ok(found.map(|info| self.tell(name, info)))
    }

    async fn get(
        &self,
        to: &dyn Driver,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let found = to.get(name, range, expected).await?;
        Ok(found.map(|Content { info, data }| Content {
            info: self.tell(name, info),
            data,
        }))
    }
}

/// A rename over an object returns the version that the old name had.
#[derive(Debug)]
struct TellsOld;

#[async_trait]
impl DriverFault for TellsOld {
    async fn rename(&self, to: &dyn Driver, request: RenameRequest<'_>) -> Result<Version> {
        let old = to.head(request.name).await?;
        let replaced = to.head(request.new_name).await?;
        let made = to.rename(request).await?;
        Ok(match (old, replaced) {
            (Some(old), Some(_)) => old.version,
            _ => made,
        })
    }
}

/// An object that is renamed onto itself tells a later time of modification.
#[derive(Debug, Default)]
struct SelfTouches(Mutex<HashSet<Version>>);

impl SelfTouches {
    fn touched(&self, mut info: Info) -> Info {
        if lock(&self.0).contains(&info.version) {
            // A millisecond, in nanoseconds.
            info.modified += 1_000_000;
        }
        info
    }
}

#[async_trait]
impl ContainerFault for SelfTouches {
    async fn rename(
        &self,
        to: &Target,
        name: &str,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let made = to.container.rename(name, new_name, expected).await?;
        if name == new_name {
            lock(&self.0).insert(made.clone());
        }
        Ok(made)
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        let found = to.container.head(name).await?;
        Ok(found.map(|info| self.touched(info)))
    }

    fn read(&self, _: Call, reading: Reading) -> Reading {
        let Reading { info, data, length } = reading;
        Reading {
            info: self.touched(info),
            data,
            length,
        }
    }
}

/// An object whose rename is dropped is under neither name.
#[derive(Debug, Default)]
struct LostByDrop {
    lost: Mutex<HashSet<String>>,
    window: Window,
}

/// A rename in flight, until its name is taken.
struct Flight<'a>(&'a LostByDrop, Option<&'a str>);

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        if let Some(name) = self.1 {
            lock(&self.0.lost).insert(name.to_owned());
        }
    }
}

impl LostByDrop {
    fn has(&self, name: &str) -> bool {
        lock(&self.lost).contains(name)
    }
}

#[async_trait]
impl DriverFault for LostByDrop {
    async fn rename(&self, to: &dyn Driver, request: RenameRequest<'_>) -> Result<Version> {
        let mut flight = Flight(self, Some(request.name));
        self.window.open().await;
        flight.1 = None;
        drop(flight);
        to.rename(request).await
    }

    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let version = to.put(name, body, options).await?;
        lock(&self.lost).remove(name);
        Ok(version)
    }

    async fn head(&self, to: &dyn Driver, name: &str) -> Result<Option<Info>> {
        let found = to.head(name).await?;
        Ok(found.filter(|_| !self.has(name)))
    }

    async fn get(
        &self,
        to: &dyn Driver,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let found = to.get(name, range, expected).await?;
        Ok(found.filter(|_| !self.has(name)))
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-rename-over-gap",
        "`rename` removes what is under the new name, and then renames",
        &["BLOB-RENAME-2", "BLOB-GET-1"],
        driver!(Clears::default()),
    ),
    Mutant::new(
        "blob-rename-over-keeps-version",
        "an object has the version of the one that it was renamed over",
        &["TYP-VER-1"],
        driver!(KeepsVersion::default()),
    ),
    Mutant::new(
        "blob-rename-over-tells-old",
        "`rename` over an object returns the version that the old name had",
        &["BLOB-RENAME-1"],
        driver!(TellsOld),
    ),
    Mutant::new(
        "blob-rename-self-touches",
        "an object that is renamed onto itself has another time of modification",
        &["BLOB-RENAME-6"],
        container!(SelfTouches::default()),
    ),
    Mutant::new(
        "blob-rename-drop-loses",
        "an object whose rename was dropped is lost",
        &["TYP-CALL-1"],
        driver!(LostByDrop::default()),
    ),
];
