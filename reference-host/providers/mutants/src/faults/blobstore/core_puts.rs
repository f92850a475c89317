//! Puts that are large, and puts of which something shows that did not take effect.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{
    Body, Driver, Expected, Item, Listing, NewObject, PutOptions, Site,
};
use cloud_contract::keyvalue::Version;
use futures::StreamExt as _;

use super::states::collected;
use super::stream::no_more_than;
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

const MEBIBYTE: u64 = 1 << 20;

/// A large put of a known size takes effect when the service has its bytes.
#[derive(Debug)]
struct LargeSizeIsEnough;

#[async_trait]
impl ContainerFault for LargeSizeIsEnough {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let body = match object.size {
            Some(size) if size > 4 * MEBIBYTE => no_more_than(size, body),
            _ => body,
        };
        to.container.put(name, body, object).await
    }
}

/// A large put has neither content type nor metadata.
#[derive(Debug)]
enum Undescribed {
    /// If its size was known.
    Announced,
    /// If it has more parts than a client sends in one go.
    Huge,
}

#[async_trait]
impl DriverFault for Undescribed {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        mut options: PutOptions,
    ) -> Result<Version> {
        let (is_large, body) = match self {
            Self::Announced => (options.size > Some(4 * MEBIBYTE), body),
            Self::Huge => {
                let (read, body) = collected(body).await;
                (read as u64 > 64 * MEBIBYTE, body)
            }
        };
        if is_large {
            options.content_type = "application/octet-stream".to_owned();
            options.metadata.clear();
        }
        to.put(name, body, options).await
    }
}

/// A large put of a known size replaces what it was told to find absent.
#[derive(Debug)]
struct LargeReplaces;

#[async_trait]
impl DriverFault for LargeReplaces {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        mut options: PutOptions,
    ) -> Result<Version> {
        if options.size > Some(2 * MEBIBYTE) && options.expected == Expected::Absent {
            options.expected = Expected::Any;
        }
        to.put(name, body, options).await
    }
}

/// Lists tell the size of the last put that began: as announced, or as far as it came.
#[derive(Debug, Default)]
struct ListedAsBegun(Mutex<HashMap<String, Arc<AtomicU64>>>);

#[async_trait]
impl ContainerFault for ListedAsBegun {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let (announced, size) = (object.size, Arc::<AtomicU64>::default());
        lock(&self.0).insert(name.to_owned(), Arc::clone(&size));
        size.store(announced.unwrap_or(0), Ordering::Relaxed);
        let body = body.inspect(move |piece| {
            if let (None, Ok(piece)) = (announced, piece) {
                size.fetch_add(piece.len() as u64, Ordering::Relaxed);
            }
        });
        let version = to.container.put(name, Box::pin(body), object).await?;
        lock(&self.0).remove(name);
        Ok(version)
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
        let begun = lock(&self.0);
        for item in &mut page.items {
            if let Item::Object(object) = item
                && let Some(size) = begun.get(&object.name)
            {
                object.size = size.load(Ordering::Relaxed);
            }
        }
        Ok(page)
    }

    async fn r#move(&self, to: &Target, name: &str, site: &Site, into: &str) -> Result<Version> {
        lock(&self.0).remove(into);
        to.container.r#move(name, site, into).await
    }

    async fn copy(&self, to: &Target, name: &str, site: &Site, into: &str) -> Result<Version> {
        lock(&self.0).remove(into);
        to.container.copy(name, site, into).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-stream-large-size-is-enough",
        "a put of a known size over 4 MiB takes effect when it has its bytes",
        &["BLOB-STREAM-1", "BLOB-STREAM-2"],
        container!(LargeSizeIsEnough),
    ),
    Mutant::new(
        "blob-put-large-sized-undescribed",
        "a put of a known size over 4 MiB loses its content type and its metadata",
        &["BLOB-PUT-1"],
        driver!(Undescribed::Announced),
    ),
    Mutant::new(
        "blob-put-huge-undescribed",
        "a put of more than 64 MiB loses its content type and its metadata",
        &["BLOB-PUT-1"],
        driver!(Undescribed::Huge),
    ),
    Mutant::new(
        "blob-cond-large-sized-replaces",
        "a put of a known size over 2 MiB that expects no object replaces one",
        &["BLOB-COND-2", "BLOB-COND-3"],
        driver!(LargeReplaces),
    ),
    Mutant::new(
        "blob-list-size-of-begun",
        "lists tell the size of a put that began, whatever became of it",
        &["BLOB-LIST-8"],
        container!(ListedAsBegun::default()),
    ),
];
