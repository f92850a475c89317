//! Faults of additions that decide before their stream has ended.

use async_trait::async_trait;
use cloud_contract::blobstore::{Appended, Body, Driver};
use cloud_contract::{ErrorKind, Result};

use super::append::{all, body, options, read};
use super::driver;
use crate::Mutant;
use crate::blobstore::driver::DriverFault;

/// What an addition settles at its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Early {
    /// Whether the place is right.
    Place,
    /// Which bytes it adds to.
    Bytes,
    /// Which content type and metadata the object then has.
    Description,
}

#[async_trait]
impl DriverFault for Early {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let (info, before) = read(to, name).await?;
        if at.is_some_and(|at| at != before.len() as u64) {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        let added = all(data).await?;
        if *self == Self::Place {
            return to.append(name, body(added), None).await;
        }
        let (now, present) = read(to, name).await?;
        if at.is_some_and(|at| at != present.len() as u64) {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        let (first, described) = match self {
            Self::Bytes => (before, now),
            _ => (present, info),
        };
        let whole = [first, added].concat();
        let size = whole.len() as u64;
        let options = options(described.as_ref());
        let version = to.put(name, body(whole.into()), options).await?;
        Ok(Appended { version, size })
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-append-at-first",
        "`append` compares the place before it reads its stream",
        &["BLOB-COND-3"],
        driver!(Early::Place),
    ),
    Mutant::new(
        "blob-append-to-what-was",
        "`append` adds to the bytes that there were when it began",
        &["BLOB-APPEND-1"],
        driver!(Early::Bytes),
    ),
    Mutant::new(
        "blob-append-describes-early",
        "`append` keeps the content type and the metadata that there were when it began",
        &["BLOB-APPEND-2", "BLOB-APPEND-3"],
        driver!(Early::Description),
    ),
];
