//! Places in lists that are lost, and steps of a service that show in pages.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::blobstore::{Driver, Item, ItemPage, ListRequest, Listing};
use cloud_contract::{Error, Result};

use super::listing::lines;
use super::tools::other;
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// A list ends where the object is gone behind which it would go on.
#[derive(Debug)]
struct EndsWhereGone;

#[async_trait]
impl DriverFault for EndsWhereGone {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        // What memory says of an object that stood last.
        if let Some([b'o', name @ ..]) = request.after {
            let name = String::from_utf8_lossy(name).into_owned();
            if to.head(&name).await?.is_none() {
                return Ok(ItemPage::default());
            }
        }
        to.list(request).await
    }
}

/// So many signs of a place does the service take.
const PLACE: usize = 4_096;

/// A place is written as text, in which a control character takes six signs.
#[derive(Debug)]
struct Escapes;

#[async_trait]
impl DriverFault for Escapes {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        let signs = |byte: &u8| if byte.is_ascii_control() { 6_usize } else { 1 };
        let place = request.after.unwrap_or_default();
        if place.iter().map(signs).sum::<usize>() > PLACE {
            return Err(other("the service refused the request"));
        }
        to.list(request).await
    }
}

/// So many cursors are kept.
const CURSORS: usize = 100;

/// The cursors that were issued last are known, and no others.
#[derive(Debug, Default)]
struct LatestCursors(Mutex<VecDeque<String>>);

#[async_trait]
impl ContainerFault for LatestCursors {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing> {
        let page = to.container.list(prefix, delimiter, cursor, size).await?;
        let mut latest = lock(&self.0);
        if cursor.is_some_and(|cursor| !latest.iter().any(|kept| kept == cursor)) {
            return Err(Error::invalid("cursor: is not known any more"));
        }
        if let Some(cursor) = &page.cursor {
            latest.push_back(cursor.clone());
            if latest.len() > CURSORS {
                latest.pop_front();
            }
        }
        Ok(page)
    }
}

/// So many objects does a service read in one step.
const STEP: usize = 1_000;

/// A page that may be as long as a step is made of one, whatever is left of it.
#[derive(Debug)]
enum Steps {
    /// Without the prefix that came before: a divided page can be empty.
    Empty,
    /// With the prefix that came before.
    Repeats,
    /// Without the names that start otherwise: a page can be empty.
    Filters,
}

#[async_trait]
impl DriverFault for Steps {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        let filters = matches!(self, Self::Filters);
        if request.limit < STEP || request.delimiter.is_some() == filters {
            return to.list(request).await;
        }
        let step = ListRequest {
            prefix: if filters { "" } else { request.prefix },
            delimiter: None,
            limit: STEP,
            ..request
        };
        let step = to.list(step).await?;
        let objects = step.items.into_iter().filter_map(|item| match item {
            Item::Object(object) => Some(object),
            Item::Prefix(_) => None,
        });
        let mut items = lines(objects.collect(), request.prefix, request.delimiter);
        if let (Self::Empty, Some([b'o', name @ ..])) = (self, request.after) {
            let came = |item: &Item| matches!(item, Item::Prefix(text) if name.starts_with(text.as_bytes()));
            items.retain(|item| !came(item));
        }
        Ok(ItemPage {
            items,
            next: step.next,
        })
    }
}

/// Prefixes do not count where a page is as long as it may be.
#[derive(Debug)]
struct CountsObjects;

#[async_trait]
impl ContainerFault for CountsObjects {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing> {
        let container = &to.container;
        let mut page = container.list(prefix, delimiter, cursor, size).await?;
        let is_long = size.is_none_or(|size| size as usize >= STEP);
        let is_prefix = |item: &Item| matches!(item, Item::Prefix(_));
        while is_long && page.cursor.is_some() && page.items.iter().all(is_prefix) {
            let cursor = page.cursor.as_deref();
            let next = container.list(prefix, delimiter, cursor, size).await?;
            page.items.extend(next.items);
            page.cursor = next.cursor;
        }
        Ok(page)
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-cursor-ends-where-gone",
        "a list ends where the object is gone behind which it would go on",
        &["TYP-PAGE-7"],
        driver!(EndsWhereGone),
    ),
    Mutant::new(
        "blob-cursor-escapes",
        "a list does not go on behind a long name of control characters",
        &["TYP-PAGE-4"],
        driver!(Escapes),
    ),
    Mutant::new(
        "blob-cursor-latest",
        "of the cursors that were issued the last hundred are known",
        &["TYP-PAGE-9"],
        container!(LatestCursors::default()),
    ),
    Mutant::new(
        "blob-list-empty-steps",
        "a divided list has an empty page for each thousand objects of a prefix",
        &["TYP-PAGE-5"],
        driver!(Steps::Empty),
    ),
    Mutant::new(
        "blob-list-repeats-steps",
        "a prefix comes once for each thousand of its objects",
        &["BLOB-LIST-4"],
        driver!(Steps::Repeats),
    ),
    Mutant::new(
        "blob-list-filters-steps",
        "a list has an empty page for each thousand objects that it does not have",
        &["TYP-PAGE-5"],
        driver!(Steps::Filters),
    ),
    Mutant::new(
        "blob-list-counts-objects",
        "prefixes do not count for the most items of a page",
        &["BLOB-LIST-11"],
        container!(CountsObjects),
    ),
];
