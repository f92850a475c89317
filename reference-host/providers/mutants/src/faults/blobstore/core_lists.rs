//! Lists that have folders, that leave out what looks like one, or that count bytes; and
//! `delete-many`, which does.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Body, DeleteManyError, Driver, Item, ItemPage, ListRequest, Listing, NewObject, Site,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};

use super::listing::every_object;
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// An object without a byte whose name ends in a slash is a folder, and not listed.
#[derive(Debug)]
struct HidesMarkers;

#[async_trait]
impl DriverFault for HidesMarkers {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        let mut page = to.list(request).await?;
        page.items.retain(|item| match item {
            Item::Object(object) => object.size > 0 || !object.name.ends_with('/'),
            Item::Prefix(_) => true,
        });
        Ok(page)
    }
}

/// A list divided at `/` has folders without an object.
#[derive(Debug)]
struct Folders {
    /// The call that leaves them.
    left_by: Call,
    /// The names that they were made for.
    names: Mutex<BTreeSet<String>>,
}

impl Folders {
    fn left_by(left_by: Call) -> Self {
        Self {
            left_by,
            names: Mutex::default(),
        }
    }

    /// The folders that a name lies in stay.
    fn leaves(&self, call: Call, name: &str) {
        if call == self.left_by {
            lock(&self.names).insert(name.to_owned());
        }
    }

    /// The folders behind `prefix`, each once.
    fn behind(&self, prefix: &str) -> BTreeSet<String> {
        let names = lock(&self.names);
        let folder = |name: &String| {
            let end = name.strip_prefix(prefix)?.find('/')? + 1;
            name.get(..prefix.len() + end).map(str::to_owned)
        };
        names.iter().filter_map(folder).collect()
    }
}

#[async_trait]
impl ContainerFault for Folders {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        self.leaves(Call::Put, name);
        let version = to.container.put(name, body, object).await?;
        if self.left_by == Call::Put {
            lock(&self.names).remove(name);
        }
        Ok(version)
    }

    async fn r#move(&self, to: &Target, name: &str, site: &Site, into: &str) -> Result<Version> {
        let version = to.container.r#move(name, site, into).await?;
        self.leaves(Call::Move, name);
        Ok(version)
    }

    async fn delete_many(&self, to: &Target, names: Vec<String>) -> Result<(), DeleteManyError> {
        to.container.delete_many(names.clone()).await?;
        for name in &names {
            self.leaves(Call::DeleteMany, name);
        }
        Ok(())
    }

    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing> {
        let mut page = to.container.list(prefix, delimiter, cursor, size).await?;
        if delimiter == Some("/") && page.cursor.is_none() {
            let objects = every_object(&*to.driver).await?;
            let mut folders = self.behind(prefix);
            // The others are in the list already.
            folders.retain(|folder| !objects.iter().any(|object| object.name.starts_with(folder)));
            page.items.extend(folders.into_iter().map(Item::Prefix));
        }
        Ok(page)
    }
}

/// What a service takes, or tells, in one text.
const TEXT: usize = 512 << 10;

/// A page is cut where its names are too long together, and is the last.
#[derive(Debug)]
struct CutAtBytes;

#[async_trait]
impl DriverFault for CutAtBytes {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        let mut page = to.list(request).await?;
        let mut bytes = 0;
        let fit = page.items.iter().take_while(|item| {
            bytes += match item {
                Item::Object(object) => object.name.len(),
                Item::Prefix(prefix) => prefix.len(),
            };
            bytes <= TEXT
        });
        let fit = fit.count();
        if fit < page.items.len() {
            page.items.truncate(fit);
            page.next = None;
        }
        Ok(page)
    }
}

/// Names that are too long together are not deleted.
#[derive(Debug)]
struct ManyAreLong;

#[async_trait]
impl ContainerFault for ManyAreLong {
    async fn delete_many(&self, to: &Target, names: Vec<String>) -> Result<(), DeleteManyError> {
        if names.iter().map(String::len).sum::<usize>() > TEXT {
            return Err(DeleteManyError::Refused {
                error: Error::too_large(TEXT as u64),
                indices: Vec::new(),
            });
        }
        to.container.delete_many(names).await
    }
}

/// A cursor belongs to the text that prefix and delimiter are together.
#[derive(Debug, Default)]
struct OfOneText(Mutex<HashMap<String, (String, String)>>);

#[async_trait]
impl ContainerFault for OfOneText {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing> {
        let mut page = to.container.list(prefix, delimiter, cursor, size).await;
        let is_refused = page
            .as_ref()
            .is_err_and(|error| matches!(error.kind(), ErrorKind::InvalidArgument(_)));
        let issued = cursor.and_then(|cursor| lock(&self.0).get(cursor).cloned());
        if let (true, Some(delimiter), Some((first, second))) = (is_refused, delimiter, issued)
            && [prefix, delimiter].concat() == [first.as_str(), &second].concat()
        {
            let list = to.container.list(&first, Some(&second), cursor, size);
            page = list.await;
        }
        let page = page?;
        if let (Some(delimiter), Some(cursor)) = (delimiter, &page.cursor) {
            let of = (prefix.to_owned(), delimiter.to_owned());
            lock(&self.0).insert(cursor.clone(), of);
        }
        Ok(page)
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-list-hides-markers",
        "lists leave out objects of zero bytes whose names end in a slash",
        &["BLOB-DATA-2", "BLOB-LIST-1"],
        driver!(HidesMarkers),
    ),
    Mutant::new(
        "blob-list-folder-of-put",
        "a list divided at `/` has the folders of puts that run or that failed",
        &["BLOB-LIST-1", "BLOB-DATA-4"],
        container!(Folders::left_by(Call::Put)),
    ),
    Mutant::new(
        "blob-list-folder-of-move",
        "a list divided at `/` has the folders that a move emptied",
        &["BLOB-LIST-1"],
        container!(Folders::left_by(Call::Move)),
    ),
    Mutant::new(
        "blob-list-folder-of-delete-many",
        "a list divided at `/` has the folders that delete-many emptied",
        &["BLOB-LIST-1"],
        container!(Folders::left_by(Call::DeleteMany)),
    ),
    Mutant::new(
        "blob-list-cut-at-bytes",
        "a list ends where a page has more than 512 KiB of names",
        &["BLOB-LIST-1", "BLOB-NAMES-1"],
        driver!(CutAtBytes),
    ),
    Mutant::new(
        "blob-delete-many-long",
        "delete-many refuses names of more than 512 KiB together",
        &["BLOB-DELETEMANY-2"],
        container!(ManyAreLong),
    ),
    Mutant::new(
        "blob-list-cursor-of-one-text",
        "a cursor goes on where prefix and delimiter are together the same text",
        &["TYP-PAGE-6"],
        container!(OfOneText::default()),
    ),
];
