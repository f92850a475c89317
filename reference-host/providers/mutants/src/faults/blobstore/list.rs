//! Lists with items too many, too few or wrong.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{Driver, Item, ItemPage, ListRequest, ObjectItem};
use cloud_contract::keyvalue::Version;

use super::driver;
use super::listing::{every_object, lines, page_of};
use crate::Mutant;
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// Which list is made of all objects, by prefix and delimiter.
#[derive(Debug)]
pub(super) struct Lines(
    pub(super) fn(objects: Vec<ObjectItem>, prefix: &str, delimiter: Option<&str>) -> Vec<Item>,
);

#[async_trait]
impl DriverFault for Lines {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        let objects = every_object(to).await?;
        let items = (self.0)(objects, request.prefix, request.delimiter);
        Ok(page_of(items, request))
    }
}

/// Objects that `matches` says, by name and prefix.
fn selected(
    mut objects: Vec<ObjectItem>,
    prefix: &str,
    delimiter: Option<&str>,
    matches: fn(&str, &str) -> bool,
) -> Vec<Item> {
    objects.retain(|object| matches(&object.name, prefix));
    super::listing::divided(objects, |name| {
        let rest = name.get(prefix.len()..)?;
        let delimiter = delimiter?;
        Some(prefix.len() + rest.find(delimiter)? + delimiter.len())
    })
}

fn in_folder(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|rest| {
        prefix.is_empty() || prefix.ends_with('/') || rest.is_empty() || rest.starts_with('/')
    })
}

fn in_any_case(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn by_pattern(name: &str, prefix: &str) -> bool {
    match prefix.split_once('*') {
        Some((start, _)) => name.starts_with(start),
        None => name.starts_with(prefix),
    }
}

/// What happens to a page.
#[derive(Debug)]
struct OnPage(fn(page: &mut ItemPage));

#[async_trait]
impl DriverFault for OnPage {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        let mut page = to.list(request).await?;
        (self.0)(&mut page);
        Ok(page)
    }
}

/// What lists tell of an object.
fn tells(page: &mut ItemPage, change: fn(&mut ObjectItem)) {
    for item in &mut page.items {
        if let Item::Object(object) = item {
            change(object);
        }
    }
}

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_nanos() as u64)
}

/// Deleted objects stay in lists.
#[derive(Debug, Default)]
struct Ghosts(Mutex<BTreeMap<String, ObjectItem>>);

impl Ghosts {
    async fn remember(&self, to: &dyn Driver, name: &str) -> Result<()> {
        if let Some(info) = to.head(name).await? {
            let object = ObjectItem {
                name: name.to_owned(),
                size: info.size,
                modified: info.modified,
            };
            lock(&self.0).insert(name.to_owned(), object);
        }
        Ok(())
    }
}

#[async_trait]
impl DriverFault for Ghosts {
    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        self.remember(to, name).await?;
        to.delete(name, expected).await
    }

    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        let mut objects = lock(&self.0).clone();
        for object in every_object(to).await? {
            objects.insert(object.name.clone(), object);
        }
        let objects = objects.into_values().collect();
        Ok(page_of(
            lines(objects, request.prefix, request.delimiter),
            request,
        ))
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-list-misses-last",
        "the last item of a page of several is lost where others follow",
        &["BLOB-LIST-1"],
        driver!(OnPage(|page| {
            if page.items.len() > 1 && page.next.is_some() {
                page.items.pop();
            }
        })),
    ),
    Mutant::new(
        "blob-list-ghost",
        "deleted objects stay in lists",
        &["BLOB-LIST-1", "BLOB-LIST-4", "BLOB-DELETE-1"],
        driver!(Ghosts::default()),
    ),
    Mutant::new(
        "blob-list-prefix-folder",
        "the prefix `a` matches `a` and what is behind `a/` alone",
        &["BLOB-LIST-2", "BLOB-LIST-1"],
        driver!(Lines(|objects, prefix, delimiter| selected(
            objects, prefix, delimiter, in_folder
        ))),
    ),
    Mutant::new(
        "blob-list-prefix-fold",
        "the prefix is compared without regard to case",
        &["BLOB-LIST-2"],
        driver!(Lines(|objects, prefix, delimiter| selected(
            objects,
            prefix,
            delimiter,
            in_any_case
        ))),
    ),
    Mutant::new(
        "blob-list-prefix-pattern",
        "`*` in a prefix matches anything",
        &["BLOB-LIST-2"],
        driver!(Lines(|objects, prefix, delimiter| selected(
            objects, prefix, delimiter, by_pattern
        ))),
    ),
    Mutant::new(
        "blob-list-empty-item",
        "a list without a matching object has an item without a name",
        &["BLOB-LIST-3"],
        driver!(Lines(|objects, prefix, delimiter| {
            let mut items = lines(objects, prefix, delimiter);
            if items.is_empty() {
                items.push(Item::Object(ObjectItem {
                    name: String::new(),
                    size: 0,
                    modified: 0,
                }));
            }
            items
        })),
    ),
    Mutant::new(
        "blob-list-size-zero",
        "lists tell a size of 0",
        &["BLOB-LIST-8"],
        driver!(OnPage(|page| tells(page, |object| object.size = 0))),
    ),
    Mutant::new(
        "blob-list-time-of-list",
        "lists tell the time of the list",
        &["BLOB-LIST-8"],
        driver!(OnPage(|page| tells(page, |object| object.modified = now()))),
    ),
    Mutant::new(
        "blob-list-unordered",
        "a page comes from its end",
        &["BLOB-LIST-9", "BLOB-NAMES-1"],
        driver!(OnPage(|page| page.items.reverse())),
    ),
    Mutant::new(
        "blob-list-prefixes-last",
        "prefixes stand behind the objects of a page",
        &["BLOB-LIST-9"],
        driver!(OnPage(|page| page
            .items
            .sort_by_key(|item| matches!(item, Item::Prefix(_))))),
    ),
    Mutant::new(
        "blob-list-endless",
        "a page behind which nothing is left leads on all the same",
        &["TYP-PAGE-5"],
        driver!(OnPage(|page| if page.next.is_none() {
            // Behind every name there can be.
            page.next = Some("o\u{10ffff}\u{10ffff}".into());
        })),
    ),
];
