//! What a session read before and reads again, until it writes itself: what others do
//! meanwhile it does not see.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{Info, Listing, Range, Reading};
use cloud_contract::keyvalue::Version;

use super::container;
use super::whole::Whole;
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::provider::lock;

/// What `get` found.
type Found = Option<Whole>;

/// What `get` found is kept, for each session apart.
#[derive(Debug)]
struct Kept {
    /// Of absent objects, or else of those that are there.
    is_of_absent: bool,
    reads: Mutex<HashMap<(u64, String), Found>>,
}

impl Kept {
    fn of(is_of_absent: bool) -> Self {
        Self {
            is_of_absent,
            reads: Mutex::default(),
        }
    }

    fn kept(&self, to: &Target, name: &str) -> Option<Found> {
        let key = (to.session, name.to_owned());
        lock(&self.reads).get(&key).cloned()
    }
}

#[async_trait]
impl ContainerFault for Kept {
    async fn writing(&self, to: &Target, _: Call, _: &str) {
        lock(&self.reads).retain(|(session, _), _| *session != to.session);
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        if expected.is_some() {
            return to.container.get(name, range, expected).await;
        }
        if let Some(kept) = self.kept(to, name) {
            return kept.map(|whole| whole.reading(range)).transpose();
        }
        let found = to.container.get(name, range, None).await?;
        let whole = Whole::of(&*to.driver, name).await?;
        if whole.is_none() == self.is_of_absent {
            lock(&self.reads).insert((to.session, name.to_owned()), whole);
        }
        Ok(found)
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        let info = to.container.head(name).await?;
        // That an object is absent is kept for `get` alone.
        let kept = self.kept(to, name).flatten();
        Ok(kept.map(|whole| whole.info).or(info))
    }
}

/// What a page was asked for by: prefix, delimiter, cursor and size.
type Asked = (String, Option<String>, Option<String>, Option<u32>);

/// Pages are kept, for each session apart.
#[derive(Debug, Default)]
struct KeptPages(Mutex<HashMap<(u64, Asked), Listing>>);

#[async_trait]
impl ContainerFault for KeptPages {
    async fn writing(&self, to: &Target, _: Call, _: &str) {
        lock(&self.0).retain(|(session, _), _| *session != to.session);
    }

    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing> {
        let asked = (
            prefix.to_owned(),
            delimiter.map(str::to_owned),
            cursor.map(str::to_owned),
            size,
        );
        let key = (to.session, asked);
        let kept = lock(&self.0).get(&key).cloned();
        if let Some(page) = kept {
            return Ok(page);
        }
        let page = to.container.list(prefix, delimiter, cursor, size).await?;
        lock(&self.0).insert(key, page.clone());
        Ok(page)
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-visible-keeps-absence",
        "a `get` that found no object finds none again until its session writes",
        &["BLOB-VISIBLE-1"],
        container!(Kept::of(true)),
    ),
    Mutant::new(
        "blob-visible-keeps-objects",
        "what `get` read of an object is read again until its session writes",
        &["BLOB-VISIBLE-1"],
        container!(Kept::of(false)),
    ),
    Mutant::new(
        "blob-visible-keeps-pages",
        "a page of a list is returned again until its session writes",
        &["BLOB-VISIBLE-1"],
        container!(KeptPages::default()),
    ),
];
