//! `open` of containers, and containers that are taken for one another.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::blobstore::{Body, Container, NewObject, Portable, Range, Reading};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Capability, ErrorKind, Grant, Provider as _, Result, Scope};
use provider_memory::MemoryProvider;

use super::platform;
use super::tools::{clear, faulty};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::platform::{Door, PlatformFault};

/// A name that is not granted is `not-found` where there is no such container.
#[derive(Debug)]
struct Reveals;

#[async_trait]
impl PlatformFault for Reveals {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let opened = to.open_container(name).await;
        if to.grant(name).is_none()
            && let Some(first) = to.grants.first()
        {
            first.namespace.blobstore(name).await?;
        }
        opened
    }
}

/// A name that is not granted opens, if its container exists.
#[derive(Debug)]
struct OpensDenied;

#[async_trait]
impl PlatformFault for OpensDenied {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let opened = to.open_container(name).await;
        match to.grants.first() {
            Some(first) if to.grant(name).is_none() => {
                match first.namespace.blobstore(name).await {
                    Ok(driver) => Ok(Arc::new(Portable::new(driver, first))),
                    Err(_) => opened,
                }
            }
            _ => opened,
        }
    }
}

/// `open` of a granted name without a container creates one.
#[derive(Debug)]
enum Creates {
    /// And opens it.
    AtOnce,
    /// Says `not-found`, and opens it the next time.
    Later,
}

#[async_trait]
impl PlatformFault for Creates {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let opened = to.open_container(name).await;
        let absent = matches!(&opened, Err(error) if *error.kind() == ErrorKind::NotFound);
        if let Some(grant) = to.grant(name).filter(|_| absent) {
            grant.namespace.create_container(&grant.target).await?;
        }
        match self {
            Self::AtOnce if absent => to.open_container(name).await,
            _ => opened,
        }
    }
}

/// `open` of a granted name without a container fails with a text.
#[derive(Debug)]
struct AbsentOther;

#[async_trait]
impl PlatformFault for AbsentOther {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        to.open_container(name).await.map_err(|error| {
            if *error.kind() == ErrorKind::NotFound {
                ErrorKind::Other("the bucket does not exist".into()).into()
            } else {
                error
            }
        })
    }
}

/// Refuses some granted names.
#[derive(Debug)]
struct Picky(fn(&str) -> bool);

#[async_trait]
impl PlatformFault for Picky {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let opened = to.open_container(name).await?;
        if (self.0)(name) {
            return Err(ErrorKind::NotFound.into());
        }
        Ok(opened)
    }
}

/// A name that no grant has is taken for one that does, by some rule.
#[derive(Debug)]
struct Alike(fn(asked: &str, granted: &str) -> bool);

#[async_trait]
impl PlatformFault for Alike {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let alike = |grant: &&Grant| (self.0)(name, &grant.name);
        match to.grants.iter().find(alike) {
            Some(grant) if to.grant(name).is_none() => to.open_container(&grant.name).await,
            _ => to.open_container(name).await,
        }
    }
}

/// Names that the service writes in the same way are names of one container.
#[derive(Debug)]
struct SameContainer(fn(&str) -> String);

#[async_trait]
impl PlatformFault for SameContainer {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let opened = to.open_container(name).await?;
        let written = (self.0)(name);
        let mut grants = to.grants.iter();
        match grants.find(|grant| (self.0)(&grant.name) == written) {
            Some(first) => to.open_container(&first.name).await,
            None => Ok(opened),
        }
    }
}

/// An `open` that is refused removes the objects of the first container.
#[derive(Debug)]
struct RefusalClears;

#[async_trait]
impl PlatformFault for RefusalClears {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let opened = to.open_container(name).await;
        if opened.is_err()
            && let Some(first) = to.grants.first()
        {
            let driver = first.namespace.blobstore(&first.target).await?;
            clear(&*driver).await?;
        }
        opened
    }
}

/// Every handle has a container of its own, in a namespace of its own.
#[derive(Debug)]
struct OwnData;

#[async_trait]
impl PlatformFault for OwnData {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let opened = to.open_container(name).await?;
        let is_asked =
            |grant: &&Grant| grant.capability == Capability::Blobstore && grant.name == name;
        let Some(grant) = to.grants.iter().find(is_asked) else {
            return Ok(opened);
        };
        let scope = Scope {
            id: grant.scope.clone(),
            names: vec![grant.target.clone()],
        };
        let namespace = MemoryProvider::new().open(&scope).await?;
        let driver = namespace.blobstore(&grant.target).await?;
        let grant = Grant {
            namespace,
            ..grant.clone()
        };
        Ok(Arc::new(Portable::new(driver, &grant)))
    }
}

/// Names of objects that begin with the name of another container lead there.
#[derive(Debug)]
struct WayAcross;

/// The other containers, by their names.
#[derive(Debug)]
struct Across(HashMap<String, Arc<dyn Container>>);

impl Across {
    /// Where a name leads to, and under which name.
    fn lead<'a>(&'a self, to: &'a Target, name: &'a str) -> (&'a Arc<dyn Container>, &'a str) {
        let path = name.trim_start_matches("../").trim_start_matches('/');
        path.split_once('/')
            .and_then(|(other, rest)| Some((self.0.get(other)?, rest)))
            .unwrap_or((&to.container, name))
    }
}

#[async_trait]
impl ContainerFault for Across {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let (container, name) = self.lead(to, name);
        container.put(name, body, object).await
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let (container, name) = self.lead(to, name);
        container.get(name, range, expected).await
    }
}

#[async_trait]
impl PlatformFault for WayAcross {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let mut others = HashMap::new();
        for grant in &to.grants {
            if let Ok(other) = to.open_container(&grant.name).await {
                others.insert(grant.name.clone(), other);
            }
        }
        faulty(to, name, Arc::new(Across(others))).await
    }
}

/// The first so many bytes of a name.
fn start(name: &str, length: usize) -> String {
    name[..name.floor_char_boundary(length)].to_owned()
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-open-reveals",
        "a name that is not granted is `not-found` where no such container exists",
        &["BLOB-OPEN-1"],
        platform!(Reveals),
    ),
    Mutant::new(
        "blob-open-denied-opens",
        "a name that is not granted opens where such a container exists",
        &["BLOB-OPEN-1"],
        platform!(OpensDenied),
    ),
    Mutant::new(
        "blob-open-absent-opens",
        "a granted name without a container opens, and has one from then on",
        &["BLOB-OPEN-2", "BLOB-OPEN-4"],
        platform!(Creates::AtOnce),
    ),
    Mutant::new(
        "blob-open-absent-creates",
        "`open` of a granted name without a container creates it for the next time",
        &["BLOB-OPEN-4"],
        platform!(Creates::Later),
    ),
    Mutant::new(
        "blob-open-absent-other",
        "`open` of a granted name without a container fails with a text",
        &["BLOB-OPEN-2", "TYP-ERR-1"],
        platform!(AbsentOther),
    ),
    Mutant::new(
        "blob-open-refuses-hyphens",
        "a granted name with two hyphens in a row does not open",
        &["BLOB-OPEN-3"],
        platform!(Picky(|name| name.contains("--"))),
    ),
    Mutant::new(
        "blob-open-refuses-digits",
        "a granted name of digits alone does not open",
        &["BLOB-OPEN-3"],
        platform!(Picky(|name| name.bytes().all(|byte| byte.is_ascii_digit()))),
    ),
    Mutant::new(
        "blob-open-folds-case",
        "names of containers are compared without regard to case",
        &["BLOB-OPEN-5", "TYP-TEXT-1"],
        platform!(Alike(str::eq_ignore_ascii_case)),
    ),
    Mutant::new(
        "blob-open-trims",
        "blanks and slashes around the name of a container do not count",
        &["BLOB-OPEN-5", "TYP-TEXT-1"],
        platform!(Alike(|asked, granted| asked
            .trim_matches(['/', ' ', '\n', '.'])
            == granted)),
    ),
    Mutant::new(
        "blob-open-cuts-names",
        "of the name of a container the first 62 bytes count",
        &["BLOB-OPEN-5"],
        platform!(Alike(
            |asked, granted| granted.len() > 62 && start(asked, 62) == start(granted, 62)
        )),
    ),
    Mutant::new(
        "blob-open-refusal-clears",
        "an `open` that is refused removes the objects of another container",
        &["TYP-ERR-6", "BLOB-HANDLE-2"],
        platform!(RefusalClears),
    ),
    Mutant::new(
        "blob-containers-shared",
        "containers whose names begin alike are one container",
        &["BLOB-HANDLE-3"],
        platform!(SameContainer(|name| start(name, 8))),
    ),
    Mutant::new(
        "blob-containers-cut",
        "containers whose names agree in 62 bytes are one container",
        &["BLOB-HANDLE-3"],
        platform!(SameContainer(|name| start(name, 62))),
    ),
    Mutant::new(
        "blob-containers-without-hyphens",
        "containers whose names differ in hyphens alone are one container",
        &["BLOB-HANDLE-3"],
        platform!(SameContainer(|name| name.replace('-', ""))),
    ),
    Mutant::new(
        "blob-containers-way-across",
        "an object that is named `../other/x` is the object `x` of the container `other`",
        &["BLOB-HANDLE-3", "BLOB-NAME-3"],
        platform!(WayAcross),
    ),
    Mutant::new(
        "blob-handles-apart",
        "each handle has objects of its own",
        &["BLOB-HANDLE-1"],
        platform!(OwnData),
    ),
];
