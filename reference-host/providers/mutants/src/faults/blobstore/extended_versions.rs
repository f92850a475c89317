//! Versions that extended functions compare in some way of their own, and states that are
//! found by their versions alone.

use std::collections::HashSet;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{
    Body, Content, Driver, Expected, Info, PutOptions, Range, Reading, Site,
};
use cloud_contract::keyvalue::Version;

use super::versions::{Issued, Rule};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// How one function reads what it takes for a version. The other is the present one.
#[derive(Debug)]
struct Reads {
    by: Call,
    how: fn(&str, &str) -> Version,
}

impl Reads {
    async fn version(&self, to: &Target, name: &str, version: &Version) -> Result<Version> {
        let found = to.driver.head(name).await?;
        Ok(found.map_or_else(
            || version.clone(),
            |info: Info| (self.how)(version, &info.version),
        ))
    }

    async fn expected(&self, to: &Target, name: &str, expected: &Expected) -> Result<Expected> {
        Ok(match expected {
            Expected::Version(version) => Expected::Version(self.version(to, name, version).await?),
            expected => expected.clone(),
        })
    }
}

#[async_trait]
impl ContainerFault for Reads {
    async fn delete_if(&self, to: &Target, name: &str, expected: &Version) -> Result<()> {
        if self.by != Call::DeleteIf {
            return to.container.delete_if(name, expected).await;
        }
        let expected = self.version(to, name, expected).await?;
        to.container.delete_if(name, &expected).await
    }

    async fn rename(
        &self,
        to: &Target,
        name: &str,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        if self.by != Call::Rename {
            return to.container.rename(name, new_name, expected).await;
        }
        let expected = self.expected(to, new_name, expected).await?;
        to.container.rename(name, new_name, &expected).await
    }

    /// Where both are in one container: of another one it does not know the versions.
    async fn copy_if(
        &self,
        to: &Target,
        name: &str,
        source: Option<&Version>,
        site: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let container = &to.container;
        if self.by != Call::CopyIf {
            return container
                .copy_if(name, source, site, new_name, expected)
                .await;
        }
        let expected = &self.expected(to, new_name, expected).await?;
        container
            .copy_if(name, source, site, new_name, expected)
            .await
    }

    async fn get_version(
        &self,
        to: &Target,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Reading>> {
        if self.by != Call::GetVersion {
            return to.container.get_version(name, version, range).await;
        }
        let version = self.version(to, name, version).await?;
        to.container.get_version(name, &version, range).await
    }
}

/// As a header field of HTTP has it.
fn star(version: &str, present: &str) -> Version {
    if version == "*" { present } else { version }.into()
}

fn unquoted(version: &str, _: &str) -> Version {
    version.trim_matches('"').into()
}

fn one_of(version: &str, present: &str) -> Version {
    let is_its = version.split(", ").any(|one| one == present);
    if is_its { present } else { version }.into()
}

/// As numbers are read.
fn unsigned(version: &str, _: &str) -> Version {
    version.strip_prefix('+').unwrap_or(version).into()
}

/// Which function looks for an earlier state by its version alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Get,
    Delete,
}

#[derive(Debug)]
struct Archive {
    by: By,
    names: Mutex<HashSet<String>>,
}

impl Archive {
    fn of(by: By) -> Self {
        let names = Mutex::default();
        Self { by, names }
    }

    /// The other object of which this is an earlier state.
    async fn owner(
        &self,
        to: &dyn Driver,
        name: &str,
        version: &Version,
    ) -> Result<Option<String>> {
        let names = lock(&self.names).clone();
        for other in names.into_iter().filter(|other| other != name) {
            let present = to.head(&other).await?;
            let is_present = present.is_some_and(|info| info.version == *version);
            let whole = Range::default();
            if !is_present && to.get_version(&other, version, whole).await?.is_some() {
                return Ok(Some(other));
            }
        }
        Ok(None)
    }
}

#[async_trait]
impl DriverFault for Archive {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        lock(&self.names).insert(name.to_owned());
        to.put(name, body, options).await
    }

    async fn get_version(
        &self,
        to: &dyn Driver,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Content>> {
        let found = to.get_version(name, version, range).await?;
        if found.is_some() || self.by != By::Get {
            return Ok(found);
        }
        match self.owner(to, name, version).await? {
            Some(owner) => to.get_version(&owner, version, range).await,
            None => Ok(None),
        }
    }

    async fn delete_version(&self, to: &dyn Driver, name: &str, version: &Version) -> Result<()> {
        to.delete_version(name, version).await?;
        if self.by == By::Delete
            && let Some(owner) = self.owner(to, name, version).await?
        {
            to.delete_version(&owner, version).await?;
        }
        Ok(())
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-rename-star",
        "`rename` takes `*` for the version of any object",
        &["TYP-VER-4"],
        container!(Reads {
            by: Call::Rename,
            how: star
        }),
    ),
    Mutant::new(
        "blob-copy-if-target-star",
        "`copy-if` takes `*` for the version of any new object",
        &["TYP-VER-4"],
        container!(Reads {
            by: Call::CopyIf,
            how: star
        }),
    ),
    Mutant::new(
        "blob-delete-if-unquoted",
        "`delete-if` takes a version in quotation marks for the one without them",
        &["TYP-VER-4", "BLOB-DELETE-IF-2"],
        container!(Reads {
            by: Call::DeleteIf,
            how: unquoted
        }),
    ),
    Mutant::new(
        "blob-delete-if-one-of",
        "`delete-if` takes a list of versions for each of them",
        &["TYP-VER-4", "BLOB-DELETE-IF-2"],
        container!(Reads {
            by: Call::DeleteIf,
            how: one_of
        }),
    ),
    Mutant::new(
        "blob-getversion-signed",
        "`get-version` takes a version behind a plus sign for the one without it",
        &["TYP-VER-4", "BLOB-GETVERSION-2"],
        container!(Reads {
            by: Call::GetVersion,
            how: unsigned
        }),
    ),
    Mutant::new(
        "blob-getversion-archive-by-version",
        "`get-version` finds earlier states of other objects by their versions",
        &["BLOB-GETVERSION-2"],
        driver!(Archive::of(By::Get)),
    ),
    Mutant::new(
        "blob-deleteversion-archive-by-version",
        "`delete-version` removes earlier states of other objects that have the version",
        &["BLOB-DELETEVERSION-4"],
        driver!(Archive::of(By::Delete)),
    ),
    Mutant::new(
        "blob-delete-if-version-restarts",
        "versions begin again at 1 when an object is created after `delete-if`",
        &["TYP-VER-1"],
        driver!(Issued::by(Rule::RestartingIf)),
    ),
];
