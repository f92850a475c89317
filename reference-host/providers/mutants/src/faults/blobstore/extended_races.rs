//! Faults of extended functions that show beside other writers.

use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Appended, Body, CopyRequest, Driver, Expected, Part, PutOptions, RenameRequest,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use tokio::sync::Mutex;

use super::append::{all, body, options, read};
use super::driver;
use super::states::is_in;
use crate::Mutant;
use crate::blobstore::driver::DriverFault;

/// Long enough for a writer that began at the same time.
const WHILE: Duration = Duration::from_millis(5);

/// A put reads the state that it replaces before, and keeps no other.
#[derive(Debug, Default)]
struct KeepsWhatItRead(Mutex<()>);

#[async_trait]
impl DriverFault for KeepsWhatItRead {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let read = to.head(name).await?.map(|info| info.version);
        tokio::time::sleep(WHILE * 2).await;
        let data = body(all(data).await?);
        let _turn = self.0.lock().await;
        let replaced = to.head(name).await?.map(|info| info.version);
        let written = to.put(name, data, options).await?;
        if let Some(replaced) = replaced
            && read.as_ref() != Some(&replaced)
        {
            to.delete_version(name, &replaced).await?;
        }
        Ok(written)
    }
}

/// An addition reads the object and writes it again, and no other addition comes in between.
#[derive(Debug)]
struct AddsByPut {
    /// Objects of fewer bytes are added to in one step.
    least: u64,
    turn: Mutex<()>,
}

impl AddsByPut {
    fn from(least: u64) -> Self {
        let turn = Mutex::default();
        Self { least, turn }
    }
}

#[async_trait]
impl DriverFault for AddsByPut {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let added = all(data).await?;
        let _turn = self.turn.lock().await;
        let (info, before) = read(to, name).await?;
        if at.is_some() || (before.len() as u64) < self.least {
            return to.append(name, body(added), at).await;
        }
        tokio::time::sleep(WHILE).await;
        let whole = [before, added].concat();
        let size = whole.len() as u64;
        let options = options(info.as_ref());
        let version = to.put(name, body(whole.into()), options).await?;
        Ok(Appended { version, size })
    }
}

/// A conditional call compares and writes while no other call of its own function does.
#[derive(Debug)]
enum Alone {
    Rename(Mutex<()>),
    Copy(Mutex<()>),
    Complete(Mutex<()>),
}

/// Whether the object is as expected, and still was when others may have written.
async fn compared(to: &dyn Driver, name: &str, expected: &Expected) -> Result<()> {
    if !is_in(to, name, expected).await? {
        return Err(ErrorKind::PreconditionFailed.into());
    }
    tokio::time::sleep(WHILE).await;
    Ok(())
}

#[async_trait]
impl DriverFault for Alone {
    async fn rename(&self, to: &dyn Driver, request: RenameRequest<'_>) -> Result<Version> {
        let Self::Rename(turn) = self else {
            return to.rename(request).await;
        };
        if *request.expected == Expected::Any || to.head(request.name).await?.is_none() {
            return to.rename(request).await;
        }
        let _turn = turn.lock().await;
        compared(to, request.new_name, request.expected).await?;
        let expected = &Expected::Any;
        to.rename(RenameRequest {
            expected,
            ..request
        })
        .await
    }

    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let Self::Copy(turn) = self else {
            return to.copy(request).await;
        };
        let is_plain = *request.expected == Expected::Any || request.source.is_some();
        if is_plain || to.head(request.name).await?.is_none() {
            return to.copy(request).await;
        }
        let _turn = turn.lock().await;
        compared(to, request.new_name, request.expected).await?;
        let expected = &Expected::Any;
        to.copy(CopyRequest {
            expected,
            ..request
        })
        .await
    }

    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let Self::Complete(turn) = self else {
            return to.complete(name, upload, parts, expected).await;
        };
        if *expected == Expected::Any || to.parts(name, upload).await.is_err() {
            return to.complete(name, upload, parts, expected).await;
        }
        let _turn = turn.lock().await;
        compared(to, name, expected).await?;
        to.complete(name, upload, parts, &Expected::Any).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-history-overlap-loses",
        "of the states that overlapping puts replace only the one is kept that they read before",
        &["BLOB-HISTORY-1"],
        driver!(KeepsWhatItRead::default()),
    ),
    Mutant::new(
        "blob-append-overwrites-put",
        "`append` reads and writes in two steps, between which no other `append` comes",
        &["BLOB-APPEND-1", "BLOB-SESSION-1"],
        driver!(AddsByPut::from(0)),
    ),
    Mutant::new(
        "blob-append-large-overwrites-put",
        "`append` to more than a MiB reads and writes in two steps, between which no other comes",
        &["BLOB-APPEND-1"],
        driver!(AddsByPut::from(1 << 20)),
    ),
    Mutant::new(
        "blob-rename-alone",
        "`rename` compares and writes in two steps, between which no other `rename` comes",
        &["BLOB-COND-4"],
        driver!(Alone::Rename(Mutex::default())),
    ),
    Mutant::new(
        "blob-copy-if-alone",
        "`copy-if` compares and writes in two steps, between which no other `copy-if` comes",
        &["BLOB-COND-4"],
        driver!(Alone::Copy(Mutex::default())),
    ),
    Mutant::new(
        "blob-complete-alone",
        "`complete` compares and writes in two steps, between which no other `complete` comes",
        &["BLOB-COND-4"],
        driver!(Alone::Complete(Mutex::default())),
    ),
];
