//! Containers that are created and removed.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_contract::blobstore::{Container, Expected, Metadata, Part, Portable, ReceivedPart};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Grant, Provider as _, Result, Scope, feature};
use provider_memory::MemoryProvider;

use super::platform;
use super::tools::{clear, faulty, other};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::platform::{Door, PlatformFault};
use crate::provider::lock;

/// `create-container` is wrong.
#[derive(Debug)]
enum Creates {
    /// It creates names that are not granted.
    Denied,
    /// It tells by `already-exists` which names that are not granted exist.
    Tells,
    /// It returns ok and creates nothing.
    Nothing,
    /// It empties a container that exists.
    Empties,
    /// It returns ok for a container that exists.
    Again,
}

#[async_trait]
impl PlatformFault for Creates {
    async fn create_container(&self, to: &Door, name: &str) -> Result<()> {
        let granted = to.grant(name);
        let hidden = to.grants.first().map(|first| &first.namespace);
        match (self, granted, hidden) {
            (Self::Denied, None, Some(hidden)) => return hidden.create_container(name).await,
            (Self::Tells, None, Some(hidden)) if hidden.blobstore(name).await.is_ok() => {
                return Err(ErrorKind::AlreadyExists.into());
            }
            (Self::Nothing, Some(grant), _) => {
                let found = grant.namespace.blobstore(&grant.target).await;
                return found.map_or(Ok(()), |_| Err(ErrorKind::AlreadyExists.into()));
            }
            _ => {}
        }
        let created = to.create_container(name).await;
        let exists = matches!(&created, Err(error) if *error.kind() == ErrorKind::AlreadyExists);
        match (self, granted) {
            (Self::Empties, Some(grant)) if exists => {
                clear(&*grant.namespace.blobstore(&grant.target).await?).await?;
            }
            (Self::Again, _) if exists => return Ok(()),
            _ => {}
        }
        created
    }
}

/// What an instance creates is there for it alone.
#[derive(Debug, Default)]
struct Private(Mutex<HashMap<String, Grant>>);

impl Private {
    fn created(&self, name: &str) -> Option<Grant> {
        lock(&self.0).get(name).cloned()
    }
}

#[async_trait]
impl PlatformFault for Private {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        match self.created(name) {
            Some(grant) => {
                let driver = grant.namespace.blobstore(&grant.target).await?;
                Ok(Arc::new(Portable::new(driver, &grant)))
            }
            None => to.open_container(name).await,
        }
    }

    async fn create_container(&self, to: &Door, name: &str) -> Result<()> {
        let Some(grant) = to.grant(name).filter(|_| self.created(name).is_none()) else {
            return to.create_container(name).await;
        };
        if grant.namespace.blobstore(&grant.target).await.is_ok() {
            return to.create_container(name).await;
        }
        let own = Scope {
            id: grant.scope.clone(),
            names: vec![grant.target.clone()],
        };
        let own = Grant {
            namespace: MemoryProvider::new().open(&own).await?,
            ..grant.clone()
        };
        lock(&self.0).insert(name.to_owned(), own);
        Ok(())
    }

    async fn delete_container(&self, to: &Door, name: &str) -> Result<()> {
        match self.created(name) {
            Some(grant) => {
                grant.namespace.delete_container(&grant.target).await?;
                lock(&self.0).remove(name);
                Ok(())
            }
            None => to.delete_container(name).await,
        }
    }
}

/// A name is used up when its container was removed.
#[derive(Debug, Default)]
struct UsedUp(Mutex<HashSet<String>>);

#[async_trait]
impl PlatformFault for UsedUp {
    async fn create_container(&self, to: &Door, name: &str) -> Result<()> {
        if lock(&self.0).contains(name) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        to.create_container(name).await
    }

    async fn delete_container(&self, to: &Door, name: &str) -> Result<()> {
        to.delete_container(name).await?;
        lock(&self.0).insert(name.to_owned());
        Ok(())
    }
}

/// `delete-container` is wrong.
#[derive(Debug)]
enum Removes {
    /// It removes names that are not granted.
    Denied,
    /// It tells by `not-found` which names that are not granted exist.
    Tells,
    /// It returns ok and removes nothing.
    Nothing,
    /// It removes a container with objects.
    Full,
    /// It refuses a container with objects, and empties it.
    Empties,
    /// It returns ok for an absent container.
    Missing,
    /// It also removes containers whose names begin with that of the container.
    Prefix,
    /// It also removes containers whose names differ in hyphens alone.
    Alike,
}

#[async_trait]
impl PlatformFault for Removes {
    async fn delete_container(&self, to: &Door, name: &str) -> Result<()> {
        let granted = to.grant(name);
        let hidden = to.grants.first().map(|first| &first.namespace);
        match (self, granted, hidden) {
            (Self::Denied, None, Some(hidden)) if hidden.blobstore(name).await.is_ok() => {
                return hidden.delete_container(name).await;
            }
            (Self::Tells, None, Some(hidden)) => {
                hidden.blobstore(name).await?;
            }
            (Self::Full, Some(grant), _) => {
                if let Ok(driver) = grant.namespace.blobstore(&grant.target).await {
                    clear(&*driver).await?;
                }
            }
            _ => {}
        }
        let removed = to.delete_container(name).await;
        let failed = removed.as_ref().err().map(Error::kind);
        match (self, failed, granted) {
            (Self::Nothing, None, Some(grant)) => {
                grant.namespace.create_container(&grant.target).await?;
            }
            (Self::Empties, Some(ErrorKind::PreconditionFailed), Some(grant)) => {
                clear(&*grant.namespace.blobstore(&grant.target).await?).await?;
            }
            (Self::Missing, Some(ErrorKind::NotFound), _) => return Ok(()),
            (Self::Prefix | Self::Alike, None, _) => {
                let plain = |name: &str| name.replace('-', "");
                for grant in &to.grants {
                    let is_alike = match self {
                        Self::Prefix => grant.name.starts_with(name),
                        _ => plain(&grant.name) == plain(name),
                    };
                    if is_alike {
                        grant.namespace.delete_container(&grant.target).await.ok();
                    }
                }
            }
            _ => {}
        }
        removed
    }
}

/// A handle of a removed container gives `other`.
#[derive(Debug, Default)]
struct BreaksHandles(Mutex<HashMap<String, Arc<AtomicBool>>>);

/// Refuses everything once its container was removed.
#[derive(Debug)]
struct Broken(Arc<AtomicBool>);

impl ContainerFault for Broken {
    fn name<'a>(&self, _: Call, name: &'a str) -> Result<Cow<'a, str>> {
        if self.0.load(Ordering::Relaxed) {
            return Err(other("the handle is stale"));
        }
        Ok(Cow::Borrowed(name))
    }
}

#[async_trait]
impl PlatformFault for BreaksHandles {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let removed = Arc::clone(lock(&self.0).entry(name.to_owned()).or_default());
        faulty(to, name, Arc::new(Broken(removed))).await
    }

    async fn delete_container(&self, to: &Door, name: &str) -> Result<()> {
        to.delete_container(name).await?;
        if let Some(removed) = lock(&self.0).remove(name) {
            removed.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// A container in which an upload was begun cannot be removed.
#[derive(Debug, Default)]
struct UploadsHold(Mutex<HashMap<String, Arc<AtomicBool>>>);

/// Tells when an upload was begun.
#[derive(Debug)]
struct Begun(Arc<AtomicBool>);

#[async_trait]
impl ContainerFault for Begun {
    async fn begin(
        &self,
        to: &Target,
        name: &str,
        content_type: Option<String>,
        metadata: Metadata,
    ) -> Result<String> {
        self.0.store(true, Ordering::Relaxed);
        to.container.begin(name, content_type, metadata).await
    }
}

#[async_trait]
impl PlatformFault for UploadsHold {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let begun = Arc::clone(lock(&self.0).entry(name.to_owned()).or_default());
        faulty(to, name, Arc::new(Begun(begun))).await
    }

    async fn delete_container(&self, to: &Door, name: &str) -> Result<()> {
        let begun = lock(&self.0).get(name).cloned();
        if begun.is_some_and(|begun| begun.load(Ordering::Relaxed)) {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        to.delete_container(name).await
    }
}

/// An upload is there also when its container was removed, and another one created.
#[derive(Debug, Default)]
struct UploadsStay(Mutex<HashMap<String, Arc<Uploads>>>);

/// Names and ids of uploads.
type Uploads = Mutex<HashSet<(String, String)>>;

/// Has without parts every upload that was begun under the name and did not end.
#[derive(Debug)]
struct Stays(Arc<Uploads>);

#[async_trait]
impl ContainerFault for Stays {
    async fn begin(
        &self,
        to: &Target,
        name: &str,
        content_type: Option<String>,
        metadata: Metadata,
    ) -> Result<String> {
        let upload = to.container.begin(name, content_type, metadata).await?;
        lock(&self.0).insert((name.to_owned(), upload.clone()));
        Ok(upload)
    }

    async fn parts(&self, to: &Target, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let parts = to.container.parts(name, upload).await;
        let is_gone = parts.as_ref().is_err_and(not_found);
        let stays = lock(&self.0).contains(&(name.to_owned(), upload.to_owned()));
        if is_gone && stays {
            return Ok(Vec::new());
        }
        parts
    }

    async fn complete(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        parts: Vec<Part>,
        expected: &Expected,
    ) -> Result<Version> {
        let version = to.container.complete(name, upload, parts, expected).await?;
        lock(&self.0).remove(&(name.to_owned(), upload.to_owned()));
        Ok(version)
    }

    async fn abort(&self, to: &Target, name: &str, upload: &str) -> Result<()> {
        lock(&self.0).remove(&(name.to_owned(), upload.to_owned()));
        to.container.abort(name, upload).await
    }
}

fn not_found(error: &Error) -> bool {
    *error.kind() == ErrorKind::NotFound
}

#[async_trait]
impl PlatformFault for UploadsStay {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let uploads = Arc::clone(lock(&self.0).entry(name.to_owned()).or_default());
        faulty(to, name, Arc::new(Stays(uploads))).await
    }
}

/// What happens where the feature is not declared.
#[derive(Debug)]
enum Undeclared {
    /// The functions return ok and do nothing.
    Silent,
    /// They act, and return `unsupported`.
    Acts,
    /// They act and return what came of it.
    Works,
}

impl Undeclared {
    /// What a refused call ends in, of which `act` is the effect.
    async fn end(
        &self,
        refused: Result<()>,
        act: impl Future<Output = Result<()>> + Send,
    ) -> Result<()> {
        let unsupported = |error: &Error| matches!(error.kind(), ErrorKind::Unsupported { .. });
        if !refused.as_ref().is_err_and(unsupported) {
            return refused;
        }
        match self {
            Self::Silent => Ok(()),
            Self::Works => act.await,
            Self::Acts => {
                act.await.ok();
                refused
            }
        }
    }
}

#[async_trait]
impl PlatformFault for Undeclared {
    async fn create_container(&self, to: &Door, name: &str) -> Result<()> {
        let refused = to.create_container(name).await;
        let act = async {
            let grant = to.grant(name).ok_or(ErrorKind::AccessDenied)?;
            grant.namespace.create_container(&grant.target).await
        };
        self.end(refused, act).await
    }

    async fn delete_container(&self, to: &Door, name: &str) -> Result<()> {
        let refused = to.delete_container(name).await;
        let act = async {
            let grant = to.grant(name).ok_or(ErrorKind::AccessDenied)?;
            grant.namespace.delete_container(&grant.target).await
        };
        self.end(refused, act).await
    }
}

/// The feature is declared, and refused.
#[derive(Debug)]
struct Overclaimed;

#[async_trait]
impl PlatformFault for Overclaimed {
    async fn delete_container(&self, to: &Door, name: &str) -> Result<()> {
        if to.grant(name).is_some() {
            return Err(Error::unsupported(feature::BLOB_ADMIN));
        }
        to.delete_container(name).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-admin-denied-creates",
        "a name that is not granted can be created",
        &["BLOB-ADMIN-1"],
        platform!(Creates::Denied),
    ),
    Mutant::new(
        "blob-admin-create-tells",
        "a name that is not granted is `already-exists` where such a container exists",
        &["BLOB-ADMIN-1"],
        platform!(Creates::Tells),
    ),
    Mutant::new(
        "blob-create-nothing",
        "`create-container` returns ok and creates nothing",
        &["BLOB-CREATE-1"],
        platform!(Creates::Nothing),
    ),
    Mutant::new(
        "blob-create-private",
        "a container is there for the instance alone that created it",
        &["BLOB-CREATE-1"],
        platform!(Private::default()),
    ),
    Mutant::new(
        "blob-create-used-up",
        "a name whose container was removed cannot be created again",
        &["BLOB-CREATE-1"],
        platform!(UsedUp::default()),
    ),
    Mutant::new(
        "blob-create-empties",
        "creating a container that exists empties it",
        &["BLOB-CREATE-2"],
        platform!(Creates::Empties),
    ),
    Mutant::new(
        "blob-create-again",
        "creating a container that exists is ok",
        &["BLOB-CREATE-2"],
        platform!(Creates::Again),
    ),
    Mutant::new(
        "blob-admin-denied-removes",
        "a container that is not granted can be removed",
        &["BLOB-ADMIN-1"],
        platform!(Removes::Denied),
    ),
    Mutant::new(
        "blob-admin-remove-tells",
        "removing a name that is not granted is `not-found` where no such container exists",
        &["BLOB-ADMIN-1"],
        platform!(Removes::Tells),
    ),
    Mutant::new(
        "blob-remove-stays",
        "a removed container can still be opened",
        &["BLOB-REMOVE-1"],
        platform!(Removes::Nothing),
    ),
    Mutant::new(
        "blob-remove-uploads-hold",
        "a container in which an upload was begun cannot be removed",
        &["BLOB-REMOVE-1"],
        platform!(UploadsHold::default()),
    ),
    Mutant::new(
        "blob-remove-uploads-stay",
        "an upload is there again when its container was removed and created again",
        &["BLOB-UPLOAD-5"],
        platform!(UploadsStay::default()),
    ),
    Mutant::new(
        "blob-remove-full",
        "a container with objects is removed",
        &["BLOB-REMOVE-2"],
        platform!(Removes::Full),
    ),
    Mutant::new(
        "blob-remove-empties",
        "removing a container with objects is refused, and empties it",
        &["BLOB-REMOVE-2"],
        platform!(Removes::Empties),
    ),
    Mutant::new(
        "blob-remove-missing-ok",
        "removing an absent container is ok",
        &["BLOB-REMOVE-3"],
        platform!(Removes::Missing),
    ),
    Mutant::new(
        "blob-remove-prefix",
        "removing `a-b` removes `a-b-c`",
        &["BLOB-REMOVE-4"],
        platform!(Removes::Prefix),
    ),
    Mutant::new(
        "blob-remove-alike",
        "removing `a-b` removes `ab`",
        &["BLOB-REMOVE-4"],
        platform!(Removes::Alike),
    ),
    Mutant::new(
        "blob-remove-breaks-handles",
        "a handle of a removed container gives `other`",
        &["BLOB-REMOVE-6"],
        platform!(BreaksHandles::default()),
    ),
    Mutant::new(
        "blob-admin-silent",
        "functions of an undeclared `admin` return ok and do nothing",
        &["TYP-FEAT-1"],
        platform!(Undeclared::Silent),
    ),
    Mutant::new(
        "blob-admin-undeclared",
        "functions of an undeclared `admin` work",
        &["TYP-FEAT-1", "TYP-FEAT-2"],
        platform!(Undeclared::Works),
    ),
    Mutant::new(
        "blob-admin-acts",
        "functions of an undeclared `admin` act, and then return `unsupported`",
        &["TYP-FEAT-2"],
        platform!(Undeclared::Acts),
    ),
    Mutant::new(
        "blob-admin-overclaimed",
        "`blob.admin` is declared, and `delete-container` refused",
        &["TYP-FEAT-3"],
        platform!(Overclaimed),
    ),
];
