//! Faults that tell the two names of one container apart, and one of creations that meet.

use std::collections::HashMap;
use std::ptr::from_ref;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{Container, Driver, Expected, Metadata, Part, ReceivedPart, Site};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::platform;
use super::states::{is_in, write};
use super::tools::{clear, faulty};
use super::upload_parts::{Notes, lock};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::platform::{Door, PlatformFault};

/// An upload belongs to the name of the container by which it was begun.
#[derive(Debug, Default)]
struct UploadsOfNames(Arc<Notes>);

/// The uploads of one name of a container.
#[derive(Debug)]
struct UploadsOf {
    name: String,
    begun: Arc<Notes>,
}

impl UploadsOf {
    fn is_own(&self, upload: &str) -> Result<()> {
        match lock(&self.begun).get(upload) {
            Some(name) if *name != self.name => Err(ErrorKind::NotFound.into()),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl ContainerFault for UploadsOf {
    async fn begin(
        &self,
        to: &Target,
        name: &str,
        content_type: Option<String>,
        metadata: Metadata,
    ) -> Result<String> {
        let upload = to.container.begin(name, content_type, metadata).await?;
        lock(&self.begun).insert(upload.clone(), self.name.clone());
        Ok(upload)
    }

    async fn parts(&self, to: &Target, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        self.is_own(upload)?;
        to.container.parts(name, upload).await
    }

    async fn complete(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        parts: Vec<Part>,
        expected: &Expected,
    ) -> Result<Version> {
        self.is_own(upload)?;
        to.container.complete(name, upload, parts, expected).await
    }
}

#[async_trait]
impl PlatformFault for UploadsOfNames {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let uploads = UploadsOf {
            name: name.to_owned(),
            begun: Arc::clone(&self.0),
        };
        faulty(to, name, Arc::new(uploads)).await
    }
}

/// Open containers by where the portable layer keeps what it knows of them.
type Opened = Mutex<HashMap<usize, (String, Arc<dyn Driver>)>>;

/// `copy-if` between two names empties the new object before it reads the old one.
#[derive(Debug, Default)]
struct EmptiesFirst(Arc<Opened>);

#[derive(Debug)]
struct CopiesOf {
    name: String,
    opened: Arc<Opened>,
}

fn place(site: &Site) -> usize {
    from_ref(site).addr()
}

#[async_trait]
impl ContainerFault for CopiesOf {
    async fn copy_if(
        &self,
        to: &Target,
        name: &str,
        source: Option<&Version>,
        site: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let other = lock(&self.opened).get(&place(site)).cloned();
        let other = other.filter(|(other, _)| *other != self.name);
        let source_is = source.map_or(Expected::Any, |source| Expected::Version(source.clone()));
        if let Some((_, target)) = other
            && to.driver.head(name).await?.is_some()
            && is_in(&*to.driver, name, &source_is).await?
            && is_in(&*target, new_name, expected).await?
        {
            let kind = "application/octet-stream".to_owned();
            write(&*target, new_name, Bytes::new(), kind, Vec::new()).await?;
            let copied = to
                .container
                .copy_if(name, None, site, new_name, &Expected::Any);
            return copied.await;
        }
        let copied = to.container.copy_if(name, source, site, new_name, expected);
        copied.await
    }
}

#[async_trait]
impl PlatformFault for EmptiesFirst {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let copies = CopiesOf {
            name: name.to_owned(),
            opened: Arc::clone(&self.0),
        };
        let container = faulty(to, name, Arc::new(copies)).await?;
        if let Some(grant) = to.grant(name) {
            let driver = grant.namespace.blobstore(&grant.target).await?;
            let opened = (name.to_owned(), driver);
            lock(&self.0).insert(place(container.site()), opened);
        }
        Ok(container)
    }
}

/// `create-container` looks for a container, and then makes an empty one, whatever is there.
#[derive(Debug)]
struct Replaces;

/// How often a container was created: those that meet take a different time each.
static CREATED: AtomicU32 = AtomicU32::new(0);

#[async_trait]
impl PlatformFault for Replaces {
    async fn create_container(&self, to: &Door, name: &str) -> Result<()> {
        let Some(grant) = to.grant(name) else {
            return to.create_container(name).await;
        };
        if grant.namespace.blobstore(&grant.target).await.is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let turn = CREATED.fetch_add(1, Ordering::Relaxed) % 4;
        tokio::time::sleep(Duration::from_millis(20) * (turn + 1)).await;
        match to.create_container(name).await {
            Err(error) if *error.kind() == ErrorKind::AlreadyExists => {
                clear(&*grant.namespace.blobstore(&grant.target).await?).await
            }
            created => created,
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-upload-of-binding",
        "an upload is found by the name of the container alone by which it was begun",
        &["BLOB-UPLOAD-3"],
        platform!(UploadsOfNames::default()),
    ),
    Mutant::new(
        "blob-copy-if-empties-by-alias",
        "`copy-if` of an object onto itself by another name of the container empties it",
        &["BLOB-COPY-IF-1"],
        platform!(EmptiesFirst::default()),
    ),
    Mutant::new(
        "blob-create-replaces",
        "of creations of one container that meet the last makes it empty",
        &["BLOB-CREATE-2"],
        platform!(Replaces),
    ),
];
