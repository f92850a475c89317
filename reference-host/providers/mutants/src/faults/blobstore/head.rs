//! `head` that tells something else than `get`.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{Body, Driver, Info, PutOptions};
use cloud_contract::keyvalue::Version;

use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// `head` tells the size of the state before.
#[derive(Debug, Default)]
struct StaleSize(Mutex<HashMap<String, u64>>);

#[async_trait]
impl DriverFault for StaleSize {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let before = to.head(name).await?;
        let version = to.put(name, body, options).await?;
        if let Some(before) = before {
            lock(&self.0).insert(name.to_owned(), before.size);
        }
        Ok(version)
    }

    async fn head(&self, to: &dyn Driver, name: &str) -> Result<Option<Info>> {
        let mut found = to.head(name).await?;
        if let Some(info) = &mut found
            && let Some(size) = lock(&self.0).get(name)
        {
            info.size = *size;
        }
        Ok(found)
    }
}

/// `head` finds objects for a while after they were deleted: the last that it saw.
#[derive(Debug, Default)]
struct Remembers(Mutex<HashMap<String, Info>>);

#[async_trait]
impl ContainerFault for Remembers {
    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        let found = to.container.head(name).await?;
        let mut seen = lock(&self.0);
        match found {
            Some(info) => {
                seen.insert(name.to_owned(), info.clone());
                Ok(Some(info))
            }
            None => Ok(seen.remove(name)),
        }
    }
}

/// `head` of an object that is present or not tells something else.
#[derive(Debug)]
struct Told(fn(Option<Info>) -> Option<Info>);

#[async_trait]
impl ContainerFault for Told {
    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        to.container.head(name).await.map(self.0)
    }
}

fn of_absent(found: Option<Info>) -> Option<Info> {
    found.or_else(|| {
        Some(Info {
            size: 0,
            version: "0".into(),
            modified: 0,
            content_type: "application/octet-stream".to_owned(),
            metadata: Vec::new(),
        })
    })
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-head-stale-size",
        "`head` tells the size of the state before",
        &["BLOB-HEAD-1", "BLOB-HEAD-2"],
        driver!(StaleSize::default()),
    ),
    Mutant::new(
        "blob-head-of-absent",
        "`head` of an absent object tells of an empty one",
        &["BLOB-HEAD-1"],
        container!(Told(of_absent)),
    ),
    Mutant::new(
        "blob-head-of-deleted",
        "`head` finds a deleted object once more",
        &["BLOB-HEAD-1", "BLOB-SESSION-3"],
        container!(Remembers::default()),
    ),
    Mutant::new(
        "blob-head-misses-empty",
        "`head` finds no object of zero bytes",
        &["BLOB-HEAD-1"],
        container!(Told(|found| found.filter(|info| info.size > 0))),
    ),
    Mutant::new(
        "blob-head-without-metadata",
        "`head` tells no metadata",
        &["BLOB-HEAD-1"],
        container!(Told(|found| found.map(|info| Info {
            metadata: Vec::new(),
            ..info
        }))),
    ),
    Mutant::new(
        "blob-head-rounds-size",
        "`head` tells the size in whole kibibytes",
        &["BLOB-HEAD-2"],
        container!(Told(|found| found.map(|info| Info {
            size: info.size.next_multiple_of(1024),
            ..info
        }))),
    ),
];
