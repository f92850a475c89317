//! Cursors and page sizes of lists.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::blobstore::{Driver, ItemPage, ListRequest, Listing};
use cloud_contract::{Error, ErrorKind, Result};

use super::listing::{every_object, lines};
use super::states::other;
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

fn empty() -> Listing {
    Listing {
        items: Vec::new(),
        cursor: None,
    }
}

fn is_refusal<T>(result: &Result<T>) -> bool {
    matches!(result, Err(error) if matches!(error.kind(), ErrorKind::InvalidArgument(_)))
}

/// Where a cursor came from.
#[derive(Debug, Clone)]
struct Issued {
    prefix: String,
    delimiter: Option<String>,
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
    /// One of another list goes on there.
    OtherList,
    /// One with the same prefix goes on, whatever the delimiter was.
    OtherDelimiter,
    /// A sign too many at the end does not count.
    LongerEnd,
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
        prefix: &str,
        delimiter: Option<&str>,
        cursor: &str,
        size: Option<u32>,
    ) -> Result<Listing> {
        let page = to
            .container
            .list(prefix, delimiter, Some(cursor), size)
            .await;
        let issued = lock(&self.issued).get(cursor).cloned();
        let again = !lock(&self.used).insert(cursor.to_owned());
        match (&self.judge, issued) {
            (Judge::Anew, _) if is_refusal(&page) => {
                to.container.list(prefix, delimiter, None, size).await
            }
            (Judge::OtherList, Some(issued)) if is_refusal(&page) => {
                let (prefix, delimiter) = (&issued.prefix, issued.delimiter.as_deref());
                to.container
                    .list(prefix, delimiter, Some(cursor), size)
                    .await
            }
            (Judge::OtherDelimiter, Some(issued))
                if is_refusal(&page) && issued.prefix == prefix =>
            {
                let delimiter = issued.delimiter.as_deref();
                to.container
                    .list(prefix, delimiter, Some(cursor), size)
                    .await
            }
            (Judge::LongerEnd, None) if is_refusal(&page) => {
                let mut shorter = cursor.to_owned();
                shorter.pop();
                to.container
                    .list(prefix, delimiter, Some(&shorter), size)
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
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing> {
        let page = match cursor {
            Some(cursor) if size != Some(0) => {
                self.judged(to, prefix, delimiter, cursor, size).await
            }
            _ => to.container.list(prefix, delimiter, cursor, size).await,
        };
        if let Ok(Listing {
            cursor: Some(cursor),
            ..
        }) = &page
        {
            let origin = Issued {
                prefix: prefix.to_owned(),
                delimiter: delimiter.map(str::to_owned),
                handle: (to.session, to.handle),
                size,
            };
            lock(&self.issued).insert(cursor.clone(), origin);
        }
        page
    }
}

/// How page sizes are taken.
#[derive(Debug)]
enum Sizes {
    /// Zero gives an empty page.
    Zero,
    /// One item more.
    PlusOne,
    /// One item, whatever was asked for.
    One,
    /// What does not fit into a signed number is refused.
    Signed,
    /// As many as asked for, also more than the provider states.
    NoBound,
    /// The second page is the last.
    TwoPages,
}

#[async_trait]
impl ContainerFault for Sizes {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing> {
        let asked = match (self, size) {
            (Self::Zero, Some(0)) => return Ok(empty()),
            (_, Some(0)) => size,
            (Self::PlusOne, Some(size)) => Some(size.saturating_add(1)),
            (Self::One, _) => Some(1),
            (Self::Signed, Some(size)) if i32::try_from(size).is_err() => {
                return Err(Error::invalid("page-size: is too large"));
            }
            _ => size,
        };
        let container = &to.container;
        let mut page = container.list(prefix, delimiter, cursor, asked).await?;
        match self {
            Self::TwoPages if cursor.is_some() => page.cursor = None,
            Self::NoBound => {
                let most = size.map_or(0, |size| size as usize);
                while page.items.len() < most && page.cursor.is_some() {
                    let left = u32::try_from(most - page.items.len()).ok();
                    let cursor = page.cursor.as_deref();
                    let next = container.list(prefix, delimiter, cursor, left).await?;
                    page.items.extend(next.items);
                    page.cursor = next.cursor;
                }
            }
            _ => {}
        }
        Ok(page)
    }
}

/// The place of a cursor is a number of items.
#[derive(Debug)]
struct Index;

#[async_trait]
impl DriverFault for Index {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        let after = request.after.map(String::from_utf8_lossy);
        let skip: usize = after.and_then(|text| text.parse().ok()).unwrap_or(0);
        let objects = every_object(to).await?;
        let mut rest = lines(objects, request.prefix, request.delimiter)
            .into_iter()
            .skip(skip);
        let items: Vec<_> = rest.by_ref().take(request.limit).collect();
        let next = (skip + items.len()).to_string().into_bytes();
        Ok(ItemPage {
            next: rest.next().map(|_| next),
            items,
        })
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-list-page-zero",
        "a page size of zero gives an empty page",
        &["TYP-PAGE-1"],
        container!(Sizes::Zero),
    ),
    Mutant::new(
        "blob-list-page-plus-one",
        "a page has one item more than asked for",
        &["TYP-PAGE-2"],
        container!(Sizes::PlusOne),
    ),
    Mutant::new(
        "blob-list-short-pages",
        "pages have one item",
        &["BLOB-LIST-10"],
        container!(Sizes::One),
    ),
    Mutant::new(
        "blob-list-huge-refused",
        "a page size that is no signed number is refused",
        &["TYP-PAGE-3"],
        container!(Sizes::Signed),
    ),
    Mutant::new(
        "blob-list-over-limit",
        "a page has as many items as asked for, whatever the limit",
        &["BLOB-LIST-11"],
        container!(Sizes::NoBound),
    ),
    Mutant::new(
        "blob-list-no-cursor",
        "the second page is the last",
        &["TYP-PAGE-4", "BLOB-LIST-1"],
        container!(Sizes::TwoPages),
    ),
    Mutant::new(
        "blob-cursor-any",
        "a text that is no cursor of the list begins it anew",
        &["TYP-PAGE-6"],
        container!(Memory::judging(Judge::Anew)),
    ),
    Mutant::new(
        "blob-cursor-other-list",
        "a cursor of another list goes on there",
        &["TYP-PAGE-6"],
        container!(Memory::judging(Judge::OtherList)),
    ),
    Mutant::new(
        "blob-cursor-other-delimiter",
        "a cursor belongs to a prefix, whatever the delimiter",
        &["TYP-PAGE-6"],
        container!(Memory::judging(Judge::OtherDelimiter)),
    ),
    Mutant::new(
        "blob-cursor-longer",
        "a sign too many at the end of a cursor does not count",
        &["TYP-PAGE-6"],
        container!(Memory::judging(Judge::LongerEnd)),
    ),
    Mutant::new(
        "blob-cursor-index",
        "the place of a cursor is a number of items",
        &["TYP-PAGE-7"],
        driver!(Index),
    ),
    Mutant::new(
        "blob-cursor-burns",
        "a cursor that is used a second time ends with a text",
        &["TYP-PAGE-8"],
        container!(Memory::judging(Judge::Once)),
    ),
    Mutant::new(
        "blob-cursor-of-handle",
        "a cursor works through its own handle alone",
        &["TYP-PAGE-9"],
        container!(Memory::judging(Judge::OwnHandle)),
    ),
    Mutant::new(
        "blob-cursor-of-size",
        "a cursor needs the page size that it was issued with",
        &["TYP-PAGE-10"],
        container!(Memory::judging(Judge::OwnSize)),
    ),
];
