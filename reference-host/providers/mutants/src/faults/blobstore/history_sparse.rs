//! Lists of states with pages of nothing, and with less than there is.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{Listing, PastState};

use super::container;
use super::listing::every_object;
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::provider::lock;

/// How the cursor of an empty page begins; its number follows.
const EMPTY: &str = "empty page ";

/// The number of an empty page that a cursor leads to.
fn empty_page(cursor: &str) -> Option<u32> {
    cursor.strip_prefix(EMPTY)?.parse().ok()
}

/// A page without a state, and the cursor of the next one.
fn nothing(next: Option<u32>) -> Listing<PastState> {
    Listing {
        items: Vec::new(),
        cursor: next.map(|number| format!("{EMPTY}{number}")),
    }
}

/// The marks of deletions stand before the states, and fill pages that are passed on empty.
#[derive(Debug, Default)]
struct Marks(Mutex<HashMap<String, u32>>);

#[async_trait]
impl ContainerFault for Marks {
    async fn delete(&self, to: &Target, name: &str) -> Result<()> {
        to.container.delete(name).await?;
        *lock(&self.0).entry(name.to_owned()).or_default() += 1;
        Ok(())
    }

    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        let marks = lock(&self.0).get(name).copied().unwrap_or(0);
        let pages = size.and_then(|size| marks.checked_div(size)).unwrap_or(0);
        let number = cursor.map_or(Some(0), empty_page);
        match number {
            Some(number) if number < pages => Ok(nothing(Some(number + 1))),
            Some(_) => to.container.versions(name, None, size).await,
            None => to.container.versions(name, cursor, size).await,
        }
    }
}

/// What belongs to longer names stands behind the states, and fills pages that are passed
/// on empty.
#[derive(Debug)]
struct Alike;

#[async_trait]
impl ContainerFault for Alike {
    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        let objects = every_object(&*to.driver).await?;
        let is_longer = |other: &str| other != name && other.starts_with(name);
        let longer = objects.iter().filter(|object| is_longer(&object.name));
        let longer = u32::try_from(longer.count()).unwrap_or(u32::MAX);
        let pages = size.and_then(|size| longer.checked_div(size)).unwrap_or(0);
        if let Some(number) = cursor.and_then(empty_page) {
            return Ok(nothing((number < pages).then_some(number + 1)));
        }
        let mut page = to.container.versions(name, cursor, size).await?;
        if page.cursor.is_none() && pages > 0 {
            page.cursor = nothing(Some(1)).cursor;
        }
        Ok(page)
    }
}

/// A page of as many states as one can have is the last.
#[derive(Debug)]
struct FullIsLast;

#[async_trait]
impl ContainerFault for FullIsLast {
    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        let mut page = to.container.versions(name, cursor, size).await?;
        if page.items.len() >= 1_000 {
            page.cursor = None;
        }
        Ok(page)
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-versions-marks-are-pages",
        "pages of states that hold nothing but deletions are passed on",
        &["TYP-PAGE-5"],
        container!(Marks::default()),
    ),
    Mutant::new(
        "blob-versions-alike-are-pages",
        "pages of states that hold nothing but longer names are passed on",
        &["TYP-PAGE-5"],
        container!(Alike),
    ),
    Mutant::new(
        "blob-versions-full-is-last",
        "a page of states that is full has no cursor",
        &["TYP-PAGE-4"],
        container!(FullIsLast),
    ),
];
