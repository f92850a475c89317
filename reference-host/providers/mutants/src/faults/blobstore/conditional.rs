//! `delete-if` and `copy-if`.

use std::collections::HashSet;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::blobstore::{Body, CopyRequest, Driver, Expected, PutOptions, Site};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};

use super::listing::every_object;
use super::states::{failed, is_in};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::faults::keyvalue::tools::Window;
use crate::provider::lock;

/// How `delete-if` goes wrong.
#[derive(Debug)]
enum DeleteIf {
    /// Any version will do.
    Ignores,
    /// The object stays.
    Keeps,
    /// An absent object is gone already.
    MissingOk,
    /// The objects behind `name/` go too.
    Folder,
    /// A version that is none of ours is invalid.
    Parses,
}

#[async_trait]
impl ContainerFault for DeleteIf {
    async fn delete_if(&self, to: &Target, name: &str, expected: &Version) -> Result<()> {
        let driver = &*to.driver;
        let holds = is_in(driver, name, &Expected::Version(expected.clone())).await?;
        let is_there = driver.head(name).await?.is_some();
        if matches!(self, Self::Keeps) && holds {
            return Ok(());
        }
        let ended = to.container.delete_if(name, expected).await;
        if !failed(&ended, &ErrorKind::PreconditionFailed) {
            if matches!(self, Self::Folder) && ended.is_ok() {
                let folder = [name, "/"].concat();
                for object in every_object(driver).await? {
                    if object.name.starts_with(&folder) {
                        driver.delete(&object.name, None).await?;
                    }
                }
            }
            return ended;
        }
        match self {
            Self::Ignores if is_there => driver.delete(name, None).await,
            Self::MissingOk if !is_there => Ok(()),
            Self::Parses if u64::from_str_radix(expected, 16).is_err() => {
                Err(Error::invalid("expected: is malformed"))
            }
            _ => ended,
        }
    }
}

/// The comparison and the change of `delete-if` are two steps.
#[derive(Debug, Default)]
struct DeletesLater(Window);

#[async_trait]
impl DriverFault for DeletesLater {
    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        if let Some(expected) = expected {
            if !is_in(to, name, &Expected::Version(expected.clone())).await? {
                return Err(ErrorKind::PreconditionFailed.into());
            }
            self.0.open().await;
        }
        to.delete(name, None).await
    }
}

/// A `delete-if` that was dropped takes effect behind the next write.
#[derive(Debug, Default)]
struct Belated {
    dropped: Mutex<HashSet<String>>,
    window: Window,
}

/// A `delete-if` in flight, until its name is taken.
struct Flight<'a>(&'a Belated, Option<&'a str>);

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        if let Some(name) = self.1 {
            lock(&self.0.dropped).insert(name.to_owned());
        }
    }
}

#[async_trait]
impl DriverFault for Belated {
    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        if expected.is_some() {
            let mut flight = Flight(self, Some(name));
            self.window.open().await;
            flight.1 = None;
        }
        to.delete(name, expected).await
    }

    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let written = to.put(name, body, options).await;
        if lock(&self.dropped).remove(name) {
            to.delete(name, None).await?;
        }
        written
    }
}

/// How `copy-if` goes wrong.
#[derive(Debug)]
enum CopyIf {
    /// Any version of the source will do.
    SourceIgnored,
    /// The version of the source is compared, and then whatever is there is copied.
    SourceFirst(Window),
    /// Any state of the new object will do.
    TargetIgnored,
    /// A version of the source never holds.
    Never,
    /// An absent source is a condition that failed.
    Missing,
    /// A copy of an object onto itself is one without conditions.
    SelfOk,
    /// An object of the same name in another container is taken for itself.
    SameName,
    /// The binding of the source has to declare it too.
    SourceDeclares,
}

#[async_trait]
impl ContainerFault for CopyIf {
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
        let any = &Expected::Any;
        match self {
            Self::SourceIgnored => {
                container
                    .copy_if(name, None, site, new_name, expected)
                    .await
            }
            Self::SourceFirst(window) => {
                if let Some(version) = source
                    && !is_in(&*to.driver, name, &Expected::Version(version.clone())).await?
                {
                    return container
                        .copy_if(name, source, site, new_name, expected)
                        .await;
                }
                window.open().await;
                container
                    .copy_if(name, None, site, new_name, expected)
                    .await
            }
            Self::TargetIgnored => container.copy_if(name, source, site, new_name, any).await,
            Self::SameName if name == new_name => {
                let site = container.site();
                container
                    .copy_if(name, source, site, new_name, expected)
                    .await
            }
            Self::SourceDeclares => {
                // Onto itself it changes nothing.
                let itself = container.copy_if(name, None, container.site(), name, any);
                let ended = itself.await;
                if is_unsupported(&ended) {
                    return ended;
                }
                container
                    .copy_if(name, source, site, new_name, expected)
                    .await
            }
            Self::SameName => {
                container
                    .copy_if(name, source, site, new_name, expected)
                    .await
            }
            Self::Never | Self::Missing | Self::SelfOk => {
                let ended = container
                    .copy_if(name, source, site, new_name, expected)
                    .await;
                let is_conditional = source.is_some() || expected != any;
                match self {
                    Self::Never if ended.is_ok() && source.is_some() => {
                        Err(ErrorKind::PreconditionFailed.into())
                    }
                    Self::Missing if failed(&ended, &ErrorKind::NotFound) && is_conditional => {
                        Err(ErrorKind::PreconditionFailed.into())
                    }
                    Self::SelfOk
                        if name == new_name && failed(&ended, &ErrorKind::PreconditionFailed) =>
                    {
                        match to.driver.head(name).await? {
                            Some(info) => Ok(info.version),
                            None => ended,
                        }
                    }
                    _ => ended,
                }
            }
        }
    }
}

/// `copy-if` looks at the new object, and writes it in another step.
#[derive(Debug, Default)]
struct CopiesLater {
    window: Window,
    /// Only where a version is expected.
    of_versions: bool,
}

#[async_trait]
impl DriverFault for CopiesLater {
    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let is_met = is_in(to, request.new_name, request.expected).await?;
        let is_looked_at = match request.expected {
            Expected::Any => false,
            Expected::Absent => !self.of_versions,
            Expected::Version(_) => true,
        };
        if !is_looked_at || !is_met {
            return to.copy(request).await;
        }
        self.window.open().await;
        let expected = &Expected::Any;
        to.copy(CopyRequest {
            expected,
            ..request
        })
        .await
    }
}

/// What becomes of functions that the binding does not declare.
#[derive(Debug)]
enum Undeclared {
    /// They act, and are refused then.
    Act,
    /// They return ok, and do nothing.
    Silent,
}

fn is_unsupported<T>(ended: &Result<T>) -> bool {
    matches!(ended, Err(error) if matches!(error.kind(), ErrorKind::Unsupported { .. }))
}

#[async_trait]
impl ContainerFault for Undeclared {
    async fn delete_if(&self, to: &Target, name: &str, expected: &Version) -> Result<()> {
        let ended = to.container.delete_if(name, expected).await;
        match self {
            _ if !is_unsupported(&ended) => ended,
            Self::Act => {
                to.full.delete_if(name, expected).await.ok();
                ended
            }
            Self::Silent => Ok(()),
        }
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
        let ended = to.container.copy_if(name, source, site, new_name, expected);
        let ended = ended.await;
        match self {
            _ if !is_unsupported(&ended) => ended,
            Self::Act => {
                to.full.copy(name, site, new_name).await.ok();
                ended
            }
            Self::Silent => Ok("0".into()),
        }
    }

    async fn rename(
        &self,
        to: &Target,
        name: &str,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let ended = to.container.rename(name, new_name, expected).await;
        match self {
            _ if !is_unsupported(&ended) => ended,
            Self::Act => {
                to.full.rename(name, new_name, expected).await.ok();
                ended
            }
            Self::Silent => Ok("0".into()),
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-delete-if-ignores",
        "`delete-if` removes the object whatever its version is",
        &["BLOB-DELETE-IF-2"],
        container!(DeleteIf::Ignores),
    ),
    Mutant::new(
        "blob-delete-if-keeps",
        "`delete-if` returns ok and leaves the object",
        &["BLOB-DELETE-IF-1"],
        container!(DeleteIf::Keeps),
    ),
    Mutant::new(
        "blob-delete-if-missing-ok",
        "`delete-if` of an absent object returns ok",
        &["BLOB-DELETE-IF-2"],
        container!(DeleteIf::MissingOk),
    ),
    Mutant::new(
        "blob-delete-if-folder",
        "`delete-if` of `a` removes `a/b` too",
        &["BLOB-DELETE-IF-1", "BLOB-DELETE-3"],
        container!(DeleteIf::Folder),
    ),
    Mutant::new(
        "blob-delete-if-parses",
        "`delete-if` refuses a version that it never issued with `invalid-argument`",
        &["TYP-VER-4"],
        container!(DeleteIf::Parses),
    ),
    Mutant::new(
        "blob-delete-if-two-steps",
        "`delete-if` removes what was written after its comparison",
        &["BLOB-COND-3", "BLOB-COND-4"],
        driver!(DeletesLater::default()),
    ),
    Mutant::new(
        "blob-delete-if-belated",
        "a `delete-if` that was dropped removes what is written next",
        &["BLOB-COND-3", "TYP-CALL-1"],
        driver!(Belated::default()),
    ),
    Mutant::new(
        "blob-copy-if-source-ignored",
        "`copy-if` ignores the version of the source",
        &["BLOB-COPY-IF-2", "BLOB-COPY-IF-3"],
        container!(CopyIf::SourceIgnored),
    ),
    Mutant::new(
        "blob-copy-if-source-first",
        "`copy-if` compares the source, and copies what is there then",
        &["BLOB-COPY-IF-2"],
        container!(CopyIf::SourceFirst(Window::default())),
    ),
    Mutant::new(
        "blob-copy-if-target-ignored",
        "`copy-if` ignores the state of the new object",
        &["BLOB-COPY-IF-4"],
        container!(CopyIf::TargetIgnored),
    ),
    Mutant::new(
        "blob-copy-if-never",
        "`copy-if` by a version of the source fails always",
        &["BLOB-COPY-IF-1"],
        container!(CopyIf::Never),
    ),
    Mutant::new(
        "blob-copy-if-missing",
        "`copy-if` of an absent source is `precondition-failed`",
        &["BLOB-COPY-IF-5"],
        container!(CopyIf::Missing),
    ),
    Mutant::new(
        "blob-copy-if-self-ok",
        "`copy-if` of an object onto itself returns ok whatever is expected",
        &["BLOB-COPY-IF-3", "BLOB-COPY-IF-4"],
        container!(CopyIf::SelfOk),
    ),
    Mutant::new(
        "blob-copy-if-two-steps",
        "`copy-if` compares the new object, and writes it in another step",
        &["BLOB-COND-3", "BLOB-COND-4"],
        driver!(CopiesLater::default()),
    ),
    Mutant::new(
        "blob-copy-if-version-first",
        "`copy-if` compares the version of the new object, and writes it in another step",
        &["BLOB-COND-3", "BLOB-COND-4"],
        driver!(CopiesLater {
            of_versions: true,
            ..CopiesLater::default()
        }),
    ),
    Mutant::new(
        "blob-copy-if-same-name",
        "`copy-if` to the same name in another container copies nothing",
        &["BLOB-COPY-IF-1"],
        container!(CopyIf::SameName),
    ),
    Mutant::new(
        "blob-copy-if-source-declares",
        "`copy-if` from a binding without the feature is refused",
        &["BLOB-COPY-IF-1", "TYP-FEAT-3"],
        container!(CopyIf::SourceDeclares),
    ),
    Mutant::new(
        "blob-conditional-acts",
        "`delete-if`, `copy-if` and `rename` act where they are not declared",
        &["TYP-FEAT-2"],
        container!(Undeclared::Act),
    ),
    Mutant::new(
        "blob-conditional-silent",
        "`delete-if`, `copy-if` and `rename` return ok where they are not declared",
        &["TYP-FEAT-1"],
        container!(Undeclared::Silent),
    ),
];
