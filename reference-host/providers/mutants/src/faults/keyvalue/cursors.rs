//! Cursors and page sizes.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::keyvalue::{Driver, KeyPage, ListRequest, Page};
use cloud_contract::{Error, ErrorKind, Result};

use super::tools::{every_key, other};
use super::{driver, store};
use crate::Mutant;
use crate::keyvalue::driver::DriverFault;
use crate::keyvalue::store::{StoreFault, Target};
use crate::provider::lock;

/// What happens instead when the portable layer refuses a cursor.
#[derive(Debug)]
struct Refused(fn(cursor: &str) -> Instead);

/// The answer to a cursor that should be refused.
#[derive(Debug)]
enum Instead {
    Refusal,
    FirstPage,
    End,
    Error(ErrorKind),
}

fn is_refusal<T>(result: &Result<T>) -> bool {
    matches!(result, Err(error) if matches!(error.kind(), ErrorKind::InvalidArgument(_)))
}

#[async_trait]
impl StoreFault for Refused {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        let page = to.store.list(prefix, cursor, size).await;
        let Some(cursor) = cursor.filter(|_| size != Some(0) && is_refusal(&page)) else {
            return page;
        };
        match (self.0)(cursor) {
            Instead::Refusal => page,
            Instead::FirstPage => to.store.list(prefix, None, size).await,
            Instead::End => Ok(Page::default()),
            Instead::Error(kind) => Err(kind.into()),
        }
    }
}

/// Whether `cursor` looks like one that was issued by some store.
fn well_formed(cursor: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    cursor.len() > 22 && cursor.bytes().all(sign)
}

/// Where a cursor came from.
#[derive(Debug, Clone)]
struct Issued {
    prefix: String,
    handle: (u64, u64),
    size: Option<u32>,
}

/// Cursors that are judged by what this store issued.
#[derive(Debug)]
struct Memory {
    judge: Judge,
    issued: Mutex<HashMap<String, Issued>>,
    used: Mutex<HashSet<String>>,
}

#[derive(Debug, PartialEq)]
enum Judge {
    /// One of another prefix goes on in its own list.
    OtherPrefix,
    /// One with a changed end counts as the one it was.
    Changed,
    /// Only the handle that got it may use it.
    OwnHandle,
    /// Only the page size that it was issued with may go on with it.
    OwnSize,
    /// A second use ends the list in silence.
    Once,
    /// A second use fails with a text.
    OnceOther,
}

impl Memory {
    fn judging(judge: Judge) -> Self {
        Self {
            judge,
            issued: Mutex::default(),
            used: Mutex::default(),
        }
    }
}

#[async_trait]
impl StoreFault for Memory {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        let mut page = to.store.list(prefix, cursor, size).await;
        let here = (to.session, to.handle);
        if let Some(cursor) = cursor
            && size != Some(0)
        {
            let issued = lock(&self.issued).get(cursor).cloned();
            let again = !lock(&self.used).insert(cursor.to_owned());
            match (&self.judge, &issued) {
                (Judge::OtherPrefix, Some(issued)) if is_refusal(&page) => {
                    page = to.store.list(&issued.prefix, Some(cursor), size).await;
                }
                (Judge::Changed, None) if is_refusal(&page) => {
                    let start = cursor.get(..cursor.len() / 2).unwrap_or_default();
                    let like = |known: &&String| !start.is_empty() && known.starts_with(start);
                    let known = lock(&self.issued).keys().find(like).cloned();
                    if known.is_some() {
                        page = to.store.list(prefix, known.as_deref(), size).await;
                    }
                }
                (Judge::OwnHandle, Some(issued)) if issued.handle != here => {
                    return Err(Error::invalid("cursor: was issued to another handle"));
                }
                (Judge::OwnSize, Some(issued)) if issued.size != size => {
                    return Err(Error::invalid("page-size: differs from the page before"));
                }
                (Judge::Once, Some(_)) if again => return Ok(Page::default()),
                (Judge::OnceOther, Some(_)) if again => return Err(other("the cursor was used")),
                _ => {}
            }
        }
        if let Ok(Page {
            cursor: Some(cursor),
            ..
        }) = &page
        {
            let origin = Issued {
                prefix: prefix.to_owned(),
                handle: here,
                size,
            };
            lock(&self.issued).insert(cursor.clone(), origin);
        }
        page
    }
}

/// The page size of a first page holds for the pages behind it.
#[derive(Debug, Default)]
struct FirstSize(Mutex<HashMap<String, Option<u32>>>);

#[async_trait]
impl StoreFault for FirstSize {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        let first = cursor.and_then(|cursor| lock(&self.0).get(cursor).copied());
        let size = match first {
            Some(first) if size != Some(0) => first,
            _ => size,
        };
        let page = to.store.list(prefix, cursor, size).await?;
        if let Some(cursor) = &page.cursor {
            lock(&self.0).insert(cursor.clone(), size);
        }
        Ok(page)
    }
}

/// What happens instead for a page size of zero or one that is very large.
#[derive(Debug)]
struct Sizes(fn(u32) -> Option<Result<Option<u32>>>);

#[async_trait]
impl StoreFault for Sizes {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        match size.and_then(self.0) {
            Some(changed) => to.store.list(prefix, cursor, changed?).await,
            None => to.store.list(prefix, cursor, size).await,
        }
    }
}

/// A page size of zero gives an empty page.
#[derive(Debug)]
struct ZeroIsEmpty;

#[async_trait]
impl StoreFault for ZeroIsEmpty {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        if size == Some(0) {
            return Ok(Page::default());
        }
        to.store.list(prefix, cursor, size).await
    }
}

/// A page holds whatever was asked for, also more keys than the provider states.
#[derive(Debug)]
struct NoBound;

#[async_trait]
impl StoreFault for NoBound {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        let mut page = to.store.list(prefix, cursor, size).await?;
        let asked = size.map_or(usize::MAX, |size| size as usize);
        while page.keys.len() < asked && page.cursor.is_some() {
            let left = u32::try_from(asked - page.keys.len()).ok();
            let next = to.store.list(prefix, page.cursor.as_deref(), left).await?;
            page.keys.extend(next.keys);
            page.cursor = next.cursor;
        }
        Ok(page)
    }
}

/// Where a list goes on: whether it is a first page, the number of keys asked
/// for, and the page.
#[derive(Debug)]
struct Next(fn(first: bool, limit: usize, page: &mut KeyPage));

#[async_trait]
impl DriverFault for Next {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        let (first, limit) = (request.after.is_none(), request.limit);
        let mut page = to.list(request).await?;
        (self.0)(first, limit, &mut page);
        Ok(page)
    }
}

/// A list that came to its end starts anew, or goes on with nothing.
#[derive(Debug)]
enum Endless {
    Restarts,
    Empty,
}

#[async_trait]
impl DriverFault for Endless {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        let after = request.after.filter(|after| !after.is_empty());
        let mut page = to.list(ListRequest { after, ..request }).await?;
        if page.next.is_none() && request.after.is_some() {
            page.next = Some(match self {
                Self::Restarts => Vec::new(),
                Self::Empty => request.after.unwrap_or_default().to_vec(),
            });
            if let (Self::Empty, Some(last)) = (self, page.keys.last()) {
                page.next = Some(last.as_bytes().to_vec());
            }
        }
        Ok(page)
    }
}

/// A cursor counts keys, so a change before it moves it.
#[derive(Debug)]
struct Offset;

#[async_trait]
impl DriverFault for Offset {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        let skip: usize = request
            .after
            .and_then(|after| std::str::from_utf8(after).ok())
            .and_then(|after| after.parse().ok())
            .unwrap_or(0);
        let keys = every_key(to, request.prefix).await?;
        let rest = keys.get(skip..).unwrap_or_default();
        let page: Vec<String> = rest.iter().take(request.limit).cloned().collect();
        let next = (rest.len() > page.len()).then(|| (skip + page.len()).to_string());
        Ok(KeyPage {
            keys: page,
            next: next.map(String::into_bytes),
        })
    }
}

/// What happens when the key that a cursor stands at was deleted.
#[derive(Debug)]
enum Lost {
    Restarts,
    Ends,
    Fails,
}

#[async_trait]
impl DriverFault for Lost {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        let key = request.after.map(String::from_utf8_lossy);
        match key {
            Some(key) if !to.exists(&key).await? => match self {
                Self::Restarts => {
                    let after = None;
                    to.list(ListRequest { after, ..request }).await
                }
                Self::Ends => Ok(KeyPage::default()),
                Self::Fails => Err(Error::invalid("cursor: is no longer valid")),
            },
            _ => to.list(request).await,
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-cursor-garbage-restarts",
        "a cursor that is none starts the list anew",
        &["TYP-PAGE-6"],
        store!(Refused(|_| Instead::FirstPage)),
    ),
    Mutant::new(
        "kv-cursor-garbage-ends",
        "a cursor that is none ends the list",
        &["TYP-PAGE-6"],
        store!(Refused(|_| Instead::End)),
    ),
    Mutant::new(
        "kv-cursor-garbage-not-found",
        "a cursor that is none is `not-found`",
        &["TYP-PAGE-6"],
        store!(Refused(|_| Instead::Error(ErrorKind::NotFound))),
    ),
    Mutant::new(
        "kv-cursor-garbage-other",
        "a cursor that is none fails with a text",
        &["TYP-PAGE-6", "TYP-ERR-1"],
        store!(Refused(|_| Instead::Error(ErrorKind::Other(
            "bad cursor".into()
        )))),
    ),
    Mutant::new(
        "kv-cursor-empty-restarts",
        "the empty cursor starts the list anew",
        &["TYP-PAGE-6"],
        store!(Refused(|cursor| if cursor.is_empty() {
            Instead::FirstPage
        } else {
            Instead::Refusal
        })),
    ),
    Mutant::new(
        "kv-cursor-foreign-restarts",
        "a cursor of another list, or a changed one, starts the list anew",
        &["TYP-PAGE-6"],
        store!(Refused(|cursor| if well_formed(cursor) {
            Instead::FirstPage
        } else {
            Instead::Refusal
        })),
    ),
    Mutant::new(
        "kv-cursor-other-prefix",
        "a cursor of another prefix goes on in its own list",
        &["TYP-PAGE-6"],
        store!(Memory::judging(Judge::OtherPrefix)),
    ),
    Mutant::new(
        "kv-cursor-changed",
        "a cursor with a changed end is accepted",
        &["TYP-PAGE-6"],
        store!(Memory::judging(Judge::Changed)),
    ),
    Mutant::new(
        "kv-cursor-of-handle",
        "a cursor is bound to the handle that got it",
        &["TYP-PAGE-9"],
        store!(Memory::judging(Judge::OwnHandle)),
    ),
    Mutant::new(
        "kv-cursor-of-size",
        "a cursor goes on only with the page size that it was issued with",
        &["TYP-PAGE-10"],
        store!(Memory::judging(Judge::OwnSize)),
    ),
    Mutant::new(
        "kv-cursor-size-ignored",
        "the page size of the first page holds for all of its list",
        &["TYP-PAGE-10", "TYP-PAGE-2"],
        store!(FirstSize::default()),
    ),
    Mutant::new(
        "kv-cursor-once-ends",
        "a second use of a cursor ends the list in silence",
        &["TYP-PAGE-8"],
        store!(Memory::judging(Judge::Once)),
    ),
    Mutant::new(
        "kv-cursor-once-other",
        "a second use of a cursor fails with a text",
        &["TYP-PAGE-8"],
        store!(Memory::judging(Judge::OnceOther)),
    ),
    Mutant::new(
        "kv-cursor-ends-early",
        "a full page has no cursor though keys are left",
        &["TYP-PAGE-4", "KV-LIST-1"],
        driver!(Next(|_, limit, page| if page.keys.len() == limit {
            page.next = None;
        })),
    ),
    Mutant::new(
        "kv-cursor-ends-on-second-page",
        "a second page has no cursor though keys are left",
        &["TYP-PAGE-4", "KV-LIST-1"],
        driver!(Next(|first, _, page| if !first {
            page.next = None;
        })),
    ),
    Mutant::new(
        "kv-cursor-ends-with-page-of-one",
        "a page of one key has no cursor though keys are left",
        &["TYP-PAGE-4", "KV-LIST-1"],
        driver!(Next(|_, limit, page| if limit == 1 {
            page.next = None;
        })),
    ),
    Mutant::new(
        "kv-cursor-endless",
        "a list that came to its end goes on with empty pages",
        &["TYP-PAGE-5"],
        driver!(Endless::Empty),
    ),
    Mutant::new(
        "kv-cursor-circle",
        "a list of several pages starts anew at its end",
        &["TYP-PAGE-5", "TYP-PAGE-7"],
        driver!(Endless::Restarts),
    ),
    Mutant::new(
        "kv-cursor-counts",
        "a cursor counts keys: changes before it skip or repeat keys",
        &["TYP-PAGE-7"],
        driver!(Offset),
    ),
    Mutant::new(
        "kv-cursor-lost-restarts",
        "a list starts anew when the last key of a page was deleted",
        &["TYP-PAGE-7", "TYP-PAGE-5"],
        driver!(Lost::Restarts),
    ),
    Mutant::new(
        "kv-cursor-lost-ends",
        "a list ends when the last key of a page was deleted",
        &["TYP-PAGE-7"],
        driver!(Lost::Ends),
    ),
    Mutant::new(
        "kv-cursor-lost-fails",
        "a list fails when the last key of a page was deleted",
        &["TYP-PAGE-7"],
        driver!(Lost::Fails),
    ),
    Mutant::new(
        "kv-page-zero-is-default",
        "a page size of zero leaves the number to the provider",
        &["TYP-PAGE-1"],
        store!(Sizes(|size| (size == 0).then_some(Ok(None)))),
    ),
    Mutant::new(
        "kv-page-zero-is-empty",
        "a page size of zero returns an empty page",
        &["TYP-PAGE-1"],
        store!(ZeroIsEmpty),
    ),
    Mutant::new(
        "kv-page-zero-out-of-range",
        "a page size of zero is `out-of-range`",
        &["TYP-PAGE-1"],
        store!(Sizes(
            |size| (size == 0).then(|| Err(ErrorKind::OutOfRange.into()))
        )),
    ),
    Mutant::new(
        "kv-page-refuses-largest",
        "the largest page size is refused",
        &["TYP-PAGE-3"],
        store!(Sizes(
            |size| (size > i32::MAX as u32).then(|| Err(Error::invalid("page-size: does not fit")))
        )),
    ),
    Mutant::new(
        "kv-page-refuses-over-limit",
        "a page size above the provider's own bound is refused",
        &["TYP-PAGE-3"],
        store!(Sizes(
            |size| (size > 1000).then(|| Err(Error::too_large(1000)))
        )),
    ),
    Mutant::new(
        "kv-page-over-max-keys",
        "a page holds more keys than `kv.page.max-keys` when more are asked for",
        &["KV-LIST-8"],
        store!(NoBound),
    ),
];
