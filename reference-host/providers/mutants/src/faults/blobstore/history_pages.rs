//! Cursors and page sizes of lists of states.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::blobstore::{Listing, PastState};
use cloud_contract::{Error, ErrorKind, Result};

use super::container;
use super::states::other;
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::provider::lock;

/// How page sizes are taken.
#[derive(Debug)]
enum Sizes {
    /// Zero gives an empty page.
    Zero,
    /// One state more.
    PlusOne,
    /// What does not fit into a signed number is refused.
    Signed,
    /// The second page is the last.
    TwoPages,
    /// Every page has a cursor.
    Endless,
}

#[async_trait]
impl ContainerFault for Sizes {
    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        let asked = match (self, size) {
            (Self::Zero, Some(0)) => {
                return Ok(Listing {
                    items: Vec::new(),
                    cursor: None,
                });
            }
            (_, Some(0)) => size,
            (Self::PlusOne, Some(size)) => Some(size.saturating_add(1)),
            (Self::Signed, Some(size)) if i32::try_from(size).is_err() => {
                return Err(Error::invalid("page-size: is too large"));
            }
            _ => size,
        };
        let mut page = to.container.versions(name, cursor, asked).await?;
        match self {
            Self::TwoPages if cursor.is_some() => page.cursor = None,
            // What comes behind the last page is that page again.
            Self::Endless => page.cursor = page.cursor.or(cursor.map(str::to_owned)),
            _ => {}
        }
        Ok(page)
    }
}

/// Where a cursor came from.
#[derive(Debug, Clone)]
struct Issued {
    name: String,
    handle: (u64, u64),
    size: Option<u32>,
}

/// Cursors that are judged by what this container issued.
#[derive(Debug)]
struct Memory {
    judge: Judge,
    issued: Mutex<HashMap<String, Issued>>,
    used: Mutex<HashSet<String>>,
}

#[derive(Debug)]
enum Judge {
    /// One that is refused begins the list anew.
    Anew,
    /// One of another object goes on there.
    OtherObject,
    /// Only the handle that got it may use it.
    OwnHandle,
    /// Only the page size that it was issued with may go on with it.
    OwnSize,
    /// A second use fails with a text.
    Once,
}

impl Memory {
    fn judging(judge: Judge) -> Self {
        Self {
            judge,
            issued: Mutex::default(),
            used: Mutex::default(),
        }
    }

    /// The page behind a cursor in the place of that of the correct container.
    async fn judged(
        &self,
        to: &Target,
        name: &str,
        cursor: &str,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        let page = to.container.versions(name, Some(cursor), size).await;
        let issued = lock(&self.issued).get(cursor).cloned();
        let is_refused = page
            .as_ref()
            .is_err_and(|error| matches!(error.kind(), ErrorKind::InvalidArgument(_)));
        let again = !is_refused && !lock(&self.used).insert(cursor.to_owned());
        match (&self.judge, issued) {
            (Judge::Anew, _) if is_refused => to.container.versions(name, None, size).await,
            (Judge::OtherObject, Some(issued)) if is_refused => {
                to.container
                    .versions(&issued.name, Some(cursor), size)
                    .await
            }
            (Judge::OwnHandle, Some(issued)) if issued.handle != (to.session, to.handle) => {
                Err(Error::invalid("cursor: was issued to another handle"))
            }
            (Judge::OwnSize, Some(issued)) if issued.size != size => {
                Err(Error::invalid("page-size: differs from the page before"))
            }
            (Judge::Once, Some(_)) if again => Err(other("the cursor was used")),
            _ => page,
        }
    }
}

#[async_trait]
impl ContainerFault for Memory {
    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        let page = match cursor {
            Some(cursor) if size != Some(0) => self.judged(to, name, cursor, size).await?,
            _ => to.container.versions(name, cursor, size).await?,
        };
        if let Some(cursor) = &page.cursor {
            let origin = Issued {
                name: name.to_owned(),
                handle: (to.session, to.handle),
                size,
            };
            lock(&self.issued).insert(cursor.clone(), origin);
        }
        Ok(page)
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-versions-page-zero",
        "a page of states of size zero is empty",
        &["TYP-PAGE-1"],
        container!(Sizes::Zero),
    ),
    Mutant::new(
        "blob-versions-page-plus-one",
        "a page has one state more than asked for",
        &["TYP-PAGE-2"],
        container!(Sizes::PlusOne),
    ),
    Mutant::new(
        "blob-versions-huge-refused",
        "a page size of states that is no signed number is refused",
        &["TYP-PAGE-3"],
        container!(Sizes::Signed),
    ),
    Mutant::new(
        "blob-versions-no-cursor",
        "the second page of states is the last",
        &["TYP-PAGE-4", "BLOB-VERSIONS-1"],
        container!(Sizes::TwoPages),
    ),
    Mutant::new(
        "blob-versions-endless",
        "the last of several pages of states leads to itself",
        &["TYP-PAGE-5"],
        container!(Sizes::Endless),
    ),
    Mutant::new(
        "blob-versions-cursor-any",
        "a text that is no cursor begins the list of states",
        &["TYP-PAGE-6"],
        container!(Memory::judging(Judge::Anew)),
    ),
    Mutant::new(
        "blob-versions-cursor-other-object",
        "a cursor of another object goes on with the states of that one",
        &["TYP-PAGE-6"],
        container!(Memory::judging(Judge::OtherObject)),
    ),
    Mutant::new(
        "blob-versions-cursor-of-handle",
        "a cursor of states works through its own handle alone",
        &["TYP-PAGE-9"],
        container!(Memory::judging(Judge::OwnHandle)),
    ),
    Mutant::new(
        "blob-versions-cursor-of-size",
        "a cursor of states needs the page size that it was issued with",
        &["TYP-PAGE-10"],
        container!(Memory::judging(Judge::OwnSize)),
    ),
    Mutant::new(
        "blob-versions-cursor-burns",
        "a cursor of states that is used a second time ends with a text",
        &["TYP-PAGE-8"],
        container!(Memory::judging(Judge::Once)),
    ),
];
