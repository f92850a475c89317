//! `delete` and `delete-many`.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use cloud_contract::blobstore::{DeleteManyError, Driver};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};

use super::listing::every_object;
use super::states::{state_of, write};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::faults::keyvalue::tools::Window;

/// How one `delete` without a condition goes wrong.
#[derive(Debug)]
enum Deletion {
    /// Nothing happens.
    Nothing,
    /// An absent object is `not-found`.
    MissingFails,
    /// The objects behind `name/` go too.
    Folder,
    /// The object loses half of its bytes first.
    Truncates(Window),
}

#[async_trait]
impl DriverFault for Deletion {
    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        if expected.is_some() {
            return to.delete(name, expected).await;
        }
        match self {
            Self::Nothing => return Ok(()),
            Self::MissingFails => {
                to.head(name).await?.ok_or(ErrorKind::NotFound)?;
            }
            Self::Folder => {
                let folder = [name, "/"].concat();
                for object in every_object(to).await? {
                    if object.name.starts_with(&folder) {
                        to.delete(&object.name, None).await?;
                    }
                }
            }
            Self::Truncates(window) => {
                if let Some(state) = state_of(to, name).await? {
                    let half = state.bytes.slice(..state.bytes.len() / 2);
                    let info = state.info;
                    write(to, name, half, info.content_type, info.metadata).await?;
                    window.open().await;
                }
            }
        }
        to.delete(name, None).await
    }
}

/// Absent names are failures.
#[derive(Debug)]
struct MissingFails;

#[async_trait]
impl DriverFault for MissingFails {
    async fn delete_many(&self, to: &dyn Driver, names: &[String]) -> Vec<Result<()>> {
        let mut results = Vec::with_capacity(names.len());
        for name in names {
            results.push(match to.head(name).await {
                Ok(None) => Err(ErrorKind::NotFound.into()),
                Ok(Some(_)) => to.delete(name, None).await,
                Err(error) => Err(error),
            });
        }
        results
    }
}

/// Of calls that meet each other one leaves its last name, and says nothing.
#[derive(Debug, Default)]
struct Silent {
    running: AtomicU32,
    window: Window,
}

#[async_trait]
impl DriverFault for Silent {
    async fn delete_many(&self, to: &dyn Driver, names: &[String]) -> Vec<Result<()>> {
        let before = self.running.fetch_add(1, Ordering::SeqCst);
        self.window.open().await;
        let count = names.len().saturating_sub(usize::from(before > 0));
        let mut results = to.delete_many(names.get(..count).unwrap_or(names)).await;
        results.resize_with(names.len(), || Ok(()));
        self.running.fetch_sub(1, Ordering::SeqCst);
        results
    }
}

type Ended = Result<(), DeleteManyError>;

fn refusal(text: &'static str, indices: Vec<u32>) -> Ended {
    Err(DeleteManyError::Refused {
        error: Error::invalid(text),
        indices,
    })
}

/// How `delete-many` goes wrong above the checks.
#[derive(Debug)]
enum Many {
    /// Names behind the hundredth are left.
    First100,
    /// A name that stands there twice is refused.
    RepeatsRefused,
    /// No names are refused.
    EmptyFails,
    /// Any number of names is taken, in several calls.
    NoLimit,
    /// Names in front of a bad one are deleted before that is refused.
    AsItGoes,
    /// The first bad name is told, and no other.
    OnePlace,
    /// Bad names of both kinds are told.
    AllPlaces,
    /// An escaped slash in a name is one.
    Decodes,
}

#[async_trait]
impl ContainerFault for Many {
    async fn delete_many(&self, to: &Target, mut names: Vec<String>) -> Ended {
        let places = |bad: &dyn Fn(usize, &String) -> bool| -> Vec<u32> {
            let all = names.iter().enumerate();
            let bad = all.filter(|(place, name)| bad(*place, name));
            bad.filter_map(|(place, _)| u32::try_from(place).ok())
                .collect()
        };
        match self {
            Self::First100 => names.truncate(100),
            Self::RepeatsRefused => {
                let different: HashSet<&String> = names.iter().collect();
                if different.len() < names.len() && names.len() <= 1_000 {
                    let repeats = places(&|place, name| names[..place].contains(name));
                    return refusal("names: one stands there twice", repeats);
                }
            }
            Self::EmptyFails if names.is_empty() => {
                return refusal("names: there is none", Vec::new());
            }
            Self::NoLimit => {
                for some in names.chunks(1_000) {
                    to.container.delete_many(some.to_vec()).await?;
                }
                return Ok(());
            }
            Self::Decodes => {
                for name in &mut names {
                    *name = name.replace("%2F", "/");
                }
            }
            Self::EmptyFails | Self::AsItGoes | Self::OnePlace | Self::AllPlaces => {}
        }
        let ended = to.container.delete_many(names.clone()).await;
        let Err(DeleteManyError::Refused { error, mut indices }) = ended else {
            return ended;
        };
        let first = indices.first().copied();
        match self {
            Self::AsItGoes => {
                let before = first.map_or(0, |first| first as usize);
                for name in &names[..before] {
                    to.driver.delete(name, None).await.ok();
                }
            }
            Self::OnePlace => indices.truncate(1),
            Self::AllPlaces if first.is_some() => {
                let all = names.iter().enumerate();
                let bad = all.filter(|(_, name)| name.is_empty() || name.len() > 1_024);
                indices = bad
                    .filter_map(|(place, _)| u32::try_from(place).ok())
                    .collect();
            }
            _ => {}
        }
        Err(DeleteManyError::Refused { error, indices })
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-delete-nothing",
        "`delete` does nothing",
        &["BLOB-DELETE-1"],
        driver!(Deletion::Nothing),
    ),
    Mutant::new(
        "blob-delete-missing-fails",
        "`delete` of an absent object is `not-found`",
        &["BLOB-DELETE-2"],
        driver!(Deletion::MissingFails),
    ),
    Mutant::new(
        "blob-delete-folder",
        "`delete` of `a` removes `a/b` too",
        &["BLOB-DELETE-3"],
        driver!(Deletion::Folder),
    ),
    Mutant::new(
        "blob-delete-truncates-first",
        "`delete` removes half of the bytes first, and leaves it at that when it is dropped",
        &["TYP-CALL-1"],
        driver!(Deletion::Truncates(Window::default())),
    ),
    Mutant::new(
        "blob-deletemany-missing-fails",
        "an absent name of `delete-many` is a failure",
        &["BLOB-DELETEMANY-1"],
        driver!(MissingFails),
    ),
    Mutant::new(
        "blob-deletemany-silent",
        "of calls of `delete-many` that meet, one leaves a name and returns ok",
        &["BLOB-DELETEMANY-6", "BLOB-DELETEMANY-7"],
        driver!(Silent::default()),
    ),
    Mutant::new(
        "blob-deletemany-first-100",
        "`delete-many` leaves the names behind the hundredth",
        &["BLOB-DELETEMANY-1", "BLOB-DELETEMANY-2"],
        container!(Many::First100),
    ),
    Mutant::new(
        "blob-deletemany-repeats-refused",
        "`delete-many` refuses a name that stands there twice",
        &["BLOB-DELETEMANY-1"],
        container!(Many::RepeatsRefused),
    ),
    Mutant::new(
        "blob-deletemany-empty-fails",
        "`delete-many` refuses no names at all",
        &["BLOB-DELETEMANY-2"],
        container!(Many::EmptyFails),
    ),
    Mutant::new(
        "blob-deletemany-no-limit",
        "`delete-many` takes any number of names",
        &["BLOB-DELETEMANY-3"],
        container!(Many::NoLimit),
    ),
    Mutant::new(
        "blob-deletemany-as-it-goes",
        "`delete-many` deletes the names in front of one that it refuses",
        &["BLOB-DELETEMANY-4", "BLOB-DELETEMANY-5"],
        container!(Many::AsItGoes),
    ),
    Mutant::new(
        "blob-deletemany-one-place",
        "`delete-many` tells the first of several bad names",
        &["BLOB-DELETEMANY-4"],
        container!(Many::OnePlace),
    ),
    Mutant::new(
        "blob-deletemany-all-places",
        "`delete-many` tells bad names of another kind than the first as well",
        &["BLOB-DELETEMANY-4"],
        container!(Many::AllPlaces),
    ),
    Mutant::new(
        "blob-deletemany-decodes",
        "`delete-many` takes an escaped slash in a name for one",
        &["BLOB-DELETEMANY-1", "BLOB-NAME-2"],
        container!(Many::Decodes),
    ),
];
