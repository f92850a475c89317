//! Lists with keys too many or too few, on a page or over all pages.

use std::collections::BTreeSet;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::keyvalue::{Conditional, Driver, Expected, KeyPage, ListRequest, Page};

use super::tools::{every_key, page_of};
use super::{driver, store};
use crate::Mutant;
use crate::keyvalue::driver::DriverFault;
use crate::keyvalue::store::{StoreFault, Target};
use crate::provider::lock;

/// Which keys are listed: prefix and key to yes or no.
#[derive(Debug)]
struct Select(fn(&str, &str) -> bool);

#[async_trait]
impl DriverFault for Select {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        let mut keys = every_key(to, "").await?;
        keys.retain(|key| (self.0)(request.prefix, key));
        Ok(page_of(keys, request, Ord::cmp))
    }
}

/// What happens to all keys of a list before it is cut into pages.
#[derive(Debug)]
struct Whole(fn(&str, &mut Vec<String>));

#[async_trait]
impl DriverFault for Whole {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        let mut keys = every_key(to, request.prefix).await?;
        (self.0)(request.prefix, &mut keys);
        Ok(page_of(keys, request, Ord::cmp))
    }
}

/// What happens to one page: whether it is a first page, the number of keys asked
/// for, and the page.
#[derive(Debug)]
struct OnPage(fn(first: bool, limit: usize, page: &mut KeyPage));

#[async_trait]
impl DriverFault for OnPage {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        let (first, limit) = (request.after.is_none(), request.limit);
        let mut page = to.list(request).await?;
        (self.0)(first, limit, &mut page);
        Ok(page)
    }
}

/// Another number of keys than what was asked for: whether it is a first page
/// and the number asked for.
#[derive(Debug)]
struct Size(fn(first: bool, asked: u32) -> u32);

#[async_trait]
impl StoreFault for Size {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        // Zero is refused as ever.
        let size = size.map(|asked| match asked {
            0 => 0,
            asked => (self.0)(cursor.is_none(), asked),
        });
        to.store.list(prefix, cursor, size).await
    }
}

/// The key at the edge of two pages is skipped, or stands on both.
#[derive(Debug)]
enum Edge {
    Skipped,
    Repeated,
}

#[async_trait]
impl DriverFault for Edge {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        let Some(after) = request.after else {
            return to.list(request).await;
        };
        match self {
            Self::Skipped => {
                let limit = request.limit.saturating_add(1);
                let mut page = to.list(ListRequest { limit, ..request }).await?;
                if !page.keys.is_empty() {
                    page.keys.remove(0);
                }
                Ok(page)
            }
            Self::Repeated => {
                let mut page = to.list(request).await?;
                page.keys
                    .insert(0, String::from_utf8_lossy(after).into_owned());
                // Still no more than asked for, and on to the next page all the same.
                if page.keys.len() > request.limit && request.limit > 1 {
                    page.keys.pop();
                    page.next = page.keys.last().map(|last| last.as_bytes().to_vec());
                } else {
                    page.keys.truncate(request.limit.max(2));
                }
                Ok(page)
            }
        }
    }
}

/// Deleted keys stay in lists.
#[derive(Debug, Default)]
struct Tombstones(Mutex<BTreeSet<String>>);

#[async_trait]
impl DriverFault for Tombstones {
    async fn delete(
        &self,
        to: &dyn Driver,
        key: &str,
        expected: Expected,
    ) -> Result<Conditional<()>> {
        if to.exists(key).await? {
            lock(&self.0).insert(key.to_owned());
        }
        to.delete(key, expected).await
    }

    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        let mut keys: BTreeSet<String> = every_key(to, request.prefix).await?.into_iter().collect();
        let dead = lock(&self.0).clone();
        keys.extend(
            dead.into_iter()
                .filter(|key| key.starts_with(request.prefix)),
        );
        Ok(page_of(keys.into_iter().collect(), request, Ord::cmp))
    }
}

/// `delete-many` alone leaves its keys in lists.
#[derive(Debug, Default)]
struct BatchTombstones(Tombstones);

#[async_trait]
impl DriverFault for BatchTombstones {
    async fn delete_many(&self, to: &dyn Driver, keys: &[String]) -> Vec<Result<()>> {
        let mut results = Vec::with_capacity(keys.len());
        for key in keys {
            let deleted = self.0.delete(to, key, Expected::Any).await;
            results.push(deleted.map(drop));
        }
        results
    }

    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        self.0.list(to, request).await
    }
}

fn like(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => true,
        Some('%' | '*') => true,
        Some(sign) => {
            let mut signs = text.chars();
            signs
                .next()
                .is_some_and(|first| matches!(sign, '_' | '?') || sign == first)
                && like(&pattern[sign.len_utf8()..], signs.as_str())
        }
    }
}

fn in_folder(prefix: &str, key: &str) -> bool {
    key.strip_prefix(prefix).is_some_and(|rest| {
        prefix.is_empty() || prefix.ends_with('/') || rest.is_empty() || rest.starts_with('/')
    })
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-list-folds-case",
        "the prefix is compared without regard to case",
        &["KV-LIST-1", "KV-LIST-2", "TYP-TEXT-1"],
        driver!(Select(|prefix, key| key
            .to_lowercase()
            .starts_with(&prefix.to_lowercase()))),
    ),
    Mutant::new(
        "kv-list-substring",
        "the prefix matches anywhere in a key",
        &["KV-LIST-1", "KV-LIST-2"],
        driver!(Select(|prefix, key| key.contains(prefix))),
    ),
    Mutant::new(
        "kv-list-folder",
        "the prefix ends at a slash or at the end of a key",
        &["KV-LIST-1", "KV-LIST-2", "KV-KEY-3"],
        driver!(Select(in_folder)),
    ),
    Mutant::new(
        "kv-list-one-level",
        "keys with a slash behind the prefix are left out",
        &["KV-LIST-1", "KV-KEY-3"],
        driver!(Select(|prefix, key| {
            key.strip_prefix(prefix)
                .is_some_and(|rest| !rest.contains('/'))
        })),
    ),
    Mutant::new(
        "kv-list-pattern",
        "`%`, `_`, `*` and `?` in a prefix match other characters",
        &["KV-LIST-2", "KV-KEY-3", "KV-LIST-1"],
        driver!(Select(like)),
    ),
    Mutant::new(
        "kv-list-without-itself",
        "a key that is the prefix itself is left out",
        &["KV-LIST-1", "KV-LIST-2"],
        driver!(Select(|prefix, key| {
            key.starts_with(prefix) && (prefix.is_empty() || key.len() > prefix.len())
        })),
    ),
    Mutant::new(
        "kv-list-trims-prefix",
        "spaces around the prefix are lost",
        &["KV-LIST-2", "TYP-TEXT-1"],
        driver!(Select(|prefix, key| key.starts_with(prefix.trim()))),
    ),
    Mutant::new(
        "kv-list-all-is-none",
        "the empty prefix matches nothing",
        &["KV-LIST-2", "KV-LIST-1"],
        driver!(Select(
            |prefix, key| !prefix.is_empty() && key.starts_with(prefix)
        )),
    ),
    Mutant::new(
        "kv-list-hides-dots",
        "keys that start with a dot are left out",
        &["KV-LIST-1", "KV-KEY-3"],
        driver!(Select(
            |prefix, key| key.starts_with(prefix) && !key.starts_with('.')
        )),
    ),
    Mutant::new(
        "kv-list-hides-controls",
        "keys with control characters are left out",
        &["KV-LIST-1", "KV-KEY-1"],
        driver!(Select(|prefix, key| {
            key.starts_with(prefix) && !key.contains(char::is_control)
        })),
    ),
    Mutant::new(
        "kv-list-hides-long",
        "keys of more than 255 bytes are left out",
        &["KV-LIST-1", "KV-KEY-1"],
        driver!(Select(
            |prefix, key| key.starts_with(prefix) && key.len() <= 255
        )),
    ),
    Mutant::new(
        "kv-list-misses-last",
        "the last key of a list is left out",
        &["KV-LIST-1"],
        driver!(Whole(|_, keys| drop(keys.pop()))),
    ),
    Mutant::new(
        "kv-list-misses-first",
        "the first key of a list of several is left out",
        &["KV-LIST-1"],
        driver!(Whole(|_, keys| if keys.len() > 1 {
            keys.remove(0);
        })),
    ),
    Mutant::new(
        "kv-list-stops-at-ten",
        "a list ends after ten keys",
        &["KV-LIST-1", "TYP-PAGE-4"],
        driver!(Whole(|_, keys| keys.truncate(10))),
    ),
    Mutant::new(
        "kv-list-stops-at-1000",
        "a list ends after a thousand keys",
        &["KV-LIST-1", "TYP-PAGE-4"],
        driver!(Whole(|_, keys| keys.truncate(1000))),
    ),
    Mutant::new(
        "kv-list-marks-folder",
        "a list of no keys returns its prefix as a key",
        &["KV-LIST-3", "KV-LIST-1"],
        driver!(Whole(|prefix, keys| if keys.is_empty() {
            keys.push(format!("{prefix}."));
        })),
    ),
    Mutant::new(
        "kv-list-skips-page-edge",
        "the first key of every later page is left out",
        &["KV-LIST-1", "TYP-PAGE-7"],
        driver!(Edge::Skipped),
    ),
    Mutant::new(
        "kv-list-repeats-page-edge",
        "the last key of a page stands on the next page too",
        &["TYP-PAGE-7", "KV-LIST-1"],
        driver!(Edge::Repeated),
    ),
    Mutant::new(
        "kv-list-misses-on-second-page",
        "the last key of a later page of several is left out",
        &["KV-LIST-1", "TYP-PAGE-7"],
        driver!(OnPage(|first, _, page| if !first && page.keys.len() > 1 {
            page.keys.pop();
        })),
    ),
    Mutant::new(
        "kv-list-twice-on-page",
        "the first key of a first page of several stands there twice",
        &["TYP-PAGE-7", "KV-LIST-1"],
        driver!(OnPage(|first, limit, page| {
            if first && (2..limit).contains(&page.keys.len()) {
                page.keys.push(page.keys[0].clone());
            }
        })),
    ),
    Mutant::new(
        "kv-list-keeps-deleted",
        "deleted keys stay in lists",
        &["KV-LIST-1", "KV-DELETE-1", "KV-SESSION-3"],
        driver!(Tombstones::default()),
    ),
    Mutant::new(
        "kv-list-keeps-batch-deleted",
        "keys that `delete-many` removed stay in lists",
        &["KV-LIST-1", "KV-DELETEMANY-1"],
        driver!(BatchTombstones::default()),
    ),
    Mutant::new(
        "kv-page-one-too-many",
        "a page holds one key more than asked for",
        &["TYP-PAGE-2"],
        store!(Size(|_, asked| asked.saturating_add(1))),
    ),
    Mutant::new(
        "kv-page-ignores-size",
        "a page holds as many keys as it can",
        &["TYP-PAGE-2"],
        store!(Size(|_, _| u32::MAX)),
    ),
    Mutant::new(
        "kv-page-ignores-size-later",
        "a later page holds as many keys as it can",
        &["TYP-PAGE-2"],
        store!(Size(|first, asked| if first { asked } else { u32::MAX })),
    ),
    Mutant::new(
        "kv-page-half-full",
        "pages are half full while keys are left",
        &["KV-LIST-7"],
        store!(Size(|_, asked| asked.div_ceil(2))),
    ),
    Mutant::new(
        "kv-page-of-one",
        "a later page holds one key, whatever was asked for",
        &["KV-LIST-7"],
        store!(Size(|first, asked| if first { asked } else { 1 })),
    ),
];
