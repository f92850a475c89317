//! `rename`.

use async_trait::async_trait;
use cloud_contract::blobstore::{Driver, Expected, RenameRequest};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::states::{failed, is_in, state_of, write};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::faults::keyvalue::tools::Window;

/// How a `rename` of the driver goes wrong.
#[derive(Debug)]
enum Steps {
    /// The new object is there before the old one goes.
    CopyThenDelete(Window),
    /// The old object goes before the new one is there.
    DeleteThenWrite(Window),
    /// What is there is read, and whatever is there then is removed.
    Loses(Window),
    /// The state of the new name is compared first.
    ComparesFirst(Window),
    /// The metadata is lost.
    NoMetadata,
    /// Values of metadata are trimmed.
    TrimsMetadata,
    /// The version of the new name is compared first; that it is absent is not.
    ComparesVersionFirst(Window),
}

#[async_trait]
impl DriverFault for Steps {
    async fn rename(&self, to: &dyn Driver, request: RenameRequest<'_>) -> Result<Version> {
        let RenameRequest {
            name,
            new_name,
            expected,
        } = request;
        let found = state_of(to, name).await?;
        let Some(state) = found.filter(|_| *expected == Expected::Any) else {
            let window = match (self, expected) {
                (Self::ComparesFirst(window), _)
                | (Self::ComparesVersionFirst(window), Expected::Version(_)) => Some(window),
                _ => None,
            };
            if let Some(window) = window
                && is_in(to, new_name, expected).await?
            {
                window.open().await;
                let expected = &Expected::Any;
                return to
                    .rename(RenameRequest {
                        expected,
                        ..request
                    })
                    .await;
            }
            return to.rename(request).await;
        };
        let (content_type, metadata) = (state.info.content_type, state.info.metadata);
        match self {
            Self::CopyThenDelete(window) => {
                let made = write(to, new_name, state.bytes, content_type, metadata).await?;
                window.open().await;
                to.delete(name, None).await?;
                Ok(made)
            }
            Self::DeleteThenWrite(window) => {
                to.delete(name, None).await?;
                window.open().await;
                write(to, new_name, state.bytes, content_type, metadata).await
            }
            Self::Loses(window) => {
                window.open().await;
                let made = write(to, new_name, state.bytes, content_type, metadata).await?;
                to.delete(name, None).await?;
                Ok(made)
            }
            Self::ComparesFirst(_) | Self::ComparesVersionFirst(_) => to.rename(request).await,
            Self::TrimsMetadata => {
                to.rename(request).await?;
                let trimmed = metadata.into_iter();
                let trimmed = trimmed.map(|(key, value)| (key, value.trim().to_owned()));
                write(to, new_name, state.bytes, content_type, trimmed.collect()).await
            }
            Self::NoMetadata => {
                to.rename(request).await?;
                write(to, new_name, state.bytes, content_type, Vec::new()).await
            }
        }
    }
}

/// How `rename` goes wrong above the checks.
#[derive(Debug)]
enum Rename {
    /// An absent object is renamed already.
    MissingOk,
    /// Any state of the new name will do.
    Overwrites,
    /// An object that is renamed onto itself goes.
    SelfDeletes,
    /// An object that is renamed onto itself is written anew.
    SelfWrites,
}

#[async_trait]
impl ContainerFault for Rename {
    async fn rename(
        &self,
        to: &Target,
        name: &str,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let expected = match self {
            Self::Overwrites => &Expected::Any,
            _ => expected,
        };
        let made = to.container.rename(name, new_name, expected).await;
        match self {
            Self::MissingOk if failed(&made, &ErrorKind::NotFound) => Ok("0".into()),
            Self::SelfDeletes if name == new_name => {
                let made = made?;
                to.driver.delete(name, None).await?;
                Ok(made)
            }
            Self::SelfWrites if name == new_name => {
                let made = made?;
                match state_of(&*to.driver, name).await? {
                    None => Ok(made),
                    Some(state) => {
                        let (kind, metadata) = (state.info.content_type, state.info.metadata);
                        write(&*to.driver, name, state.bytes, kind, metadata).await
                    }
                }
            }
            _ => made,
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-rename-two-steps",
        "`rename` writes the new object, and then removes the old one",
        &["BLOB-RENAME-2"],
        driver!(Steps::CopyThenDelete(Window::default())),
    ),
    Mutant::new(
        "blob-rename-gap",
        "`rename` removes the old object, and then writes the new one",
        &["BLOB-RENAME-2"],
        driver!(Steps::DeleteThenWrite(Window::default())),
    ),
    Mutant::new(
        "blob-rename-loses",
        "`rename` removes what was written under the old name meanwhile",
        &["BLOB-RENAME-3"],
        driver!(Steps::Loses(Window::default())),
    ),
    Mutant::new(
        "blob-rename-compares-first",
        "`rename` compares the state of the new name, and renames in another step",
        &["BLOB-COND-4", "BLOB-RENAME-5"],
        driver!(Steps::ComparesFirst(Window::default())),
    ),
    Mutant::new(
        "blob-rename-no-meta",
        "`rename` loses the metadata",
        &["BLOB-RENAME-1"],
        driver!(Steps::NoMetadata),
    ),
    Mutant::new(
        "blob-rename-missing-ok",
        "`rename` of an absent object returns ok",
        &["BLOB-RENAME-4"],
        container!(Rename::MissingOk),
    ),
    Mutant::new(
        "blob-rename-overwrites",
        "`rename` ignores the expected state of the new name",
        &["BLOB-RENAME-5"],
        container!(Rename::Overwrites),
    ),
    Mutant::new(
        "blob-rename-self-deletes",
        "an object that is renamed onto itself goes",
        &["BLOB-RENAME-6"],
        container!(Rename::SelfDeletes),
    ),
    Mutant::new(
        "blob-rename-self-writes",
        "an object that is renamed onto itself has another version",
        &["BLOB-RENAME-6"],
        container!(Rename::SelfWrites),
    ),
    Mutant::new(
        "blob-rename-trims-meta",
        "values of metadata are trimmed when their object is renamed",
        &["BLOB-RENAME-1"],
        driver!(Steps::TrimsMetadata),
    ),
    Mutant::new(
        "blob-rename-version-first",
        "`rename` compares the version of the new name, and writes it in another step",
        &["BLOB-COND-3", "BLOB-COND-4"],
        driver!(Steps::ComparesVersionFirst(Window::default())),
    ),
];
