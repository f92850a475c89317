//! Faults of earlier states that one function alone has.

use std::future::Future;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{Appended, Body, DeleteManyError, Expected, Part, Site};
use cloud_contract::keyvalue::Version;

use super::container;
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};

/// The state that this overwrites or takes away is not kept.
#[derive(Debug, PartialEq, Eq)]
enum Forgets {
    Copy,
    MoveSource,
    CopyIf,
    RenameSource,
    RenameTarget,
    Append,
    Complete,
    DeleteIf,
    DeleteMany,
}

/// The version of an object, if it is there.
async fn present(to: &Target, name: &str) -> Option<Version> {
    let found = to.driver.head(name).await;
    Some(found.ok()??.version)
}

/// Removes a state; one that is the present one still stays.
async fn forget(to: &Target, name: &str, version: Option<Version>) {
    if let Some(version) = version {
        to.driver.delete_version(name, &version).await.ok();
    }
}

impl Forgets {
    /// Makes a call of `kind`, which writes the object `name` or removes it.
    async fn beside<T>(
        &self,
        kind: &Self,
        to: &Target,
        name: &str,
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        if self != kind {
            return call.await;
        }
        let before = present(to, name).await;
        let ended = call.await?;
        forget(to, name, before).await;
        Ok(ended)
    }
}

#[async_trait]
impl ContainerFault for Forgets {
    async fn copy(&self, to: &Target, name: &str, site: &Site, new_name: &str) -> Result<Version> {
        let copy = to.container.copy(name, site, new_name);
        self.beside(&Self::Copy, to, new_name, copy).await
    }

    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        let moved = to.container.r#move(name, site, new_name);
        self.beside(&Self::MoveSource, to, name, moved).await
    }

    async fn copy_if(
        &self,
        to: &Target,
        name: &str,
        source: Option<&Version>,
        site: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let copy = to.container.copy_if(name, source, site, new_name, expected);
        self.beside(&Self::CopyIf, to, new_name, copy).await
    }

    async fn rename(
        &self,
        to: &Target,
        name: &str,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let renamed = to.container.rename(name, new_name, expected);
        let renamed = self.beside(&Self::RenameSource, to, name, renamed);
        self.beside(&Self::RenameTarget, to, new_name, renamed)
            .await
    }

    async fn append(
        &self,
        to: &Target,
        name: &str,
        body: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let append = to.container.append(name, body, at);
        self.beside(&Self::Append, to, name, append).await
    }

    async fn complete(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        parts: Vec<Part>,
        expected: &Expected,
    ) -> Result<Version> {
        let complete = to.container.complete(name, upload, parts, expected);
        self.beside(&Self::Complete, to, name, complete).await
    }

    async fn delete_if(&self, to: &Target, name: &str, expected: &Version) -> Result<()> {
        let deletion = to.container.delete_if(name, expected);
        self.beside(&Self::DeleteIf, to, name, deletion).await
    }

    async fn delete_many(&self, to: &Target, names: Vec<String>) -> Result<(), DeleteManyError> {
        let mut before = Vec::new();
        if *self == Self::DeleteMany {
            for name in &names {
                before.push((name.clone(), present(to, name).await));
            }
        }
        to.container.delete_many(names).await?;
        for (name, version) in before {
            forget(to, &name, version).await;
        }
        Ok(())
    }
}

/// What each of these faults breaks.
const KEPT: &[&str] = &["BLOB-HISTORY-1", "BLOB-GETVERSION-1"];

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-history-forgets-copy",
        "what a copy overwrites is not kept",
        KEPT,
        container!(Forgets::Copy),
    ),
    Mutant::new(
        "blob-history-forgets-move",
        "what a move takes away is not kept",
        KEPT,
        container!(Forgets::MoveSource),
    ),
    Mutant::new(
        "blob-history-forgets-copy-if",
        "what a conditional copy overwrites is not kept",
        KEPT,
        container!(Forgets::CopyIf),
    ),
    Mutant::new(
        "blob-history-forgets-rename-old",
        "what a rename takes away under the old name is not kept",
        KEPT,
        container!(Forgets::RenameSource),
    ),
    Mutant::new(
        "blob-history-forgets-rename-new",
        "what a rename overwrites under the new name is not kept",
        KEPT,
        container!(Forgets::RenameTarget),
    ),
    Mutant::new(
        "blob-history-forgets-append",
        "an object as it was before an addition is not kept",
        KEPT,
        container!(Forgets::Append),
    ),
    Mutant::new(
        "blob-history-forgets-complete",
        "what a completed upload overwrites is not kept",
        KEPT,
        container!(Forgets::Complete),
    ),
    Mutant::new(
        "blob-history-forgets-delete-if",
        "what a conditional deletion removes is not kept",
        KEPT,
        container!(Forgets::DeleteIf),
    ),
    Mutant::new(
        "blob-history-forgets-delete-many",
        "what a deletion of many removes is not kept",
        KEPT,
        container!(Forgets::DeleteMany),
    ),
];
