//! States that are listed or read although the object never had them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{
    Body, Container, Listing, Metadata, NewObject, PastState, Range, Reading,
};
use cloud_contract::keyvalue::Version;

use super::tools::faulty;
use super::whole::Whole;
use super::{container, platform};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::platform::{Door, PlatformFault};
use crate::provider::lock;

/// What is listed as a state of no bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// A put that failed.
    Failed,
    /// A put that is in flight.
    Open,
    /// An upload that was begun.
    Upload,
}

/// Writes that never took effect are listed among the states of their objects.
#[derive(Debug)]
struct Ghosts {
    shown: Shown,
    /// How many there are of each name.
    of: Mutex<HashMap<String, usize>>,
}

impl Ghosts {
    fn of(shown: Shown) -> Self {
        Self {
            shown,
            of: Mutex::default(),
        }
    }

    fn appears(&self, shown: Shown, name: &str) {
        if shown == self.shown {
            *lock(&self.of).entry(name.to_owned()).or_default() += 1;
        }
    }
}

/// One that goes with the call, however that ends.
struct Passing<'a>(&'a Ghosts, &'a str);

impl Drop for Passing<'_> {
    fn drop(&mut self) {
        if self.0.shown == Shown::Open
            && let Some(count) = lock(&self.0.of).get_mut(self.1)
        {
            *count = count.saturating_sub(1);
        }
    }
}

#[async_trait]
impl ContainerFault for Ghosts {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        self.appears(Shown::Open, name);
        let passing = Passing(self, name);
        let written = to.container.put(name, body, object).await;
        drop(passing);
        if written.is_err() {
            self.appears(Shown::Failed, name);
        }
        written
    }

    async fn begin(
        &self,
        to: &Target,
        name: &str,
        content_type: Option<String>,
        metadata: Metadata,
    ) -> Result<String> {
        let upload = to.container.begin(name, content_type, metadata).await?;
        self.appears(Shown::Upload, name);
        Ok(upload)
    }

    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        let mut page = to.container.versions(name, cursor, size).await?;
        let count = lock(&self.of).get(name).copied().unwrap_or(0);
        if page.cursor.is_none() {
            page.items.extend((0..count).map(|number| PastState {
                version: format!("ghost-{number}").into(),
                size: 0,
                modified: 0,
            }));
        }
        Ok(page)
    }
}

/// `get-version` finds what an instance wrote under the name, in whichever container.
#[derive(Debug, Default)]
struct ByName(Arc<Written>);

/// States by the names of their objects and their versions.
type Written = Mutex<HashMap<(String, Version), Whole>>;

/// Reads what was written through any container.
#[derive(Debug)]
struct Anywhere(Arc<Written>);

#[async_trait]
impl ContainerFault for Anywhere {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let version = to.container.put(name, body, object).await?;
        if let Some(state) = Whole::of(&*to.driver, name).await? {
            let of = (name.to_owned(), state.info.version.clone());
            lock(&self.0).insert(of, state);
        }
        Ok(version)
    }

    async fn get_version(
        &self,
        to: &Target,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Reading>> {
        let found = to.container.get_version(name, version, range).await?;
        if found.is_some() {
            return Ok(found);
        }
        let written = lock(&self.0)
            .get(&(name.to_owned(), version.clone()))
            .cloned();
        written.map(|state| state.reading(range)).transpose()
    }
}

#[async_trait]
impl PlatformFault for ByName {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        faulty(to, name, Arc::new(Anywhere(Arc::clone(&self.0)))).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-versions-failed-put",
        "a put that failed is listed as a state",
        &["TYP-ERR-6", "BLOB-STREAM-2"],
        container!(Ghosts::of(Shown::Failed)),
    ),
    Mutant::new(
        "blob-versions-open-put",
        "a put is listed as a state before it has taken effect",
        &["BLOB-DATA-4"],
        container!(Ghosts::of(Shown::Open)),
    ),
    Mutant::new(
        "blob-versions-upload",
        "an upload that was begun is listed as a state",
        &["BLOB-UPLOAD-1"],
        container!(Ghosts::of(Shown::Upload)),
    ),
    Mutant::new(
        "blob-getversion-other-container",
        "get-version reads states of an object of the same name in another container",
        &["BLOB-HANDLE-3", "BLOB-GETVERSION-2"],
        platform!(ByName::default()),
    ),
];
