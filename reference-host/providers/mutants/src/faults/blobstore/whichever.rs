//! Objects that one function wrote, told of or treated otherwise than those that others
//! wrote.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Appended, Body, Expected, Info, Item, Listing, Part, Site, Timestamp,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::container;
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::provider::lock;

/// What is wrong with such an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// Nothing can be added to it.
    Closed,
    /// Lists tell that it has no bytes.
    Listed,
    /// `head` tells an older time.
    Time,
}

/// What one function writes is wrong in one thing, until it is written anew.
#[derive(Debug)]
struct WrittenBy {
    call: Call,
    wrong: Wrong,
    /// The version of each name that it wrote, and an older time.
    written: Mutex<HashMap<String, (Version, Timestamp)>>,
}

impl WrittenBy {
    fn of(call: Call, wrong: Wrong) -> Self {
        Self {
            call,
            wrong,
            written: Mutex::default(),
        }
    }

    fn note(&self, call: Call, name: &str, version: &Version, older: Timestamp) {
        if call == self.call {
            lock(&self.written).insert(name.to_owned(), (version.clone(), older));
        }
    }

    /// The older time, if the object is one of those that are wrong in this.
    async fn older(&self, to: &Target, name: &str, wrong: Wrong) -> Result<Option<Timestamp>> {
        let noted = lock(&self.written).get(name).cloned();
        let Some((version, older)) = noted.filter(|_| wrong == self.wrong) else {
            return Ok(None);
        };
        let present = to.container.head(name).await?;
        Ok(present.and_then(|info| (info.version == version).then_some(older)))
    }
}

/// The time of modification of what is there; zero if nothing is.
async fn time_of(to: &Target, name: &str) -> Timestamp {
    let found = to.container.head(name).await.ok().flatten();
    found.map_or(0, |info| info.modified)
}

#[async_trait]
impl ContainerFault for WrittenBy {
    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        let mut found = to.container.head(name).await?;
        if let Some(info) = &mut found
            && let Some(older) = self.older(to, name, Wrong::Time).await?
        {
            info.modified = older;
        }
        Ok(found)
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
        for item in &mut page.items {
            if let Item::Object(object) = item
                && self.older(to, &object.name, Wrong::Listed).await?.is_some()
            {
                object.size = 0;
            }
        }
        Ok(page)
    }

    async fn r#move(&self, to: &Target, name: &str, site: &Site, into: &str) -> Result<Version> {
        let version = to.container.r#move(name, site, into).await?;
        self.note(Call::Move, into, &version, 0);
        Ok(version)
    }

    async fn copy_if(
        &self,
        to: &Target,
        name: &str,
        source: Option<&Version>,
        site: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let older = time_of(to, name).await;
        let copied = to.container.copy_if(name, source, site, new_name, expected);
        let version = copied.await?;
        self.note(Call::CopyIf, new_name, &version, older);
        Ok(version)
    }

    async fn rename(
        &self,
        to: &Target,
        name: &str,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let version = to.container.rename(name, new_name, expected).await?;
        self.note(Call::Rename, new_name, &version, 0);
        Ok(version)
    }

    async fn append(
        &self,
        to: &Target,
        name: &str,
        body: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        if self.older(to, name, Wrong::Closed).await?.is_some() {
            return Err(ErrorKind::WrongType.into());
        }
        let older = time_of(to, name).await;
        let appended = to.container.append(name, body, at).await?;
        self.note(Call::Append, name, &appended.version, older);
        Ok(appended)
    }

    async fn complete(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        parts: Vec<Part>,
        expected: &Expected,
    ) -> Result<Version> {
        let older = time_of(to, name).await;
        let version = to.container.complete(name, upload, parts, expected).await?;
        self.note(Call::Complete, name, &version, older);
        Ok(version)
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-append-moved-refused",
        "an object that `move` wrote cannot be added to",
        &["BLOB-APPEND-1"],
        container!(WrittenBy::of(Call::Move, Wrong::Closed)),
    ),
    Mutant::new(
        "blob-append-renamed-refused",
        "an object that `rename` brought to its name cannot be added to",
        &["BLOB-APPEND-1"],
        container!(WrittenBy::of(Call::Rename, Wrong::Closed)),
    ),
    Mutant::new(
        "blob-append-completed-refused",
        "an object out of parts cannot be added to",
        &["BLOB-APPEND-1"],
        container!(WrittenBy::of(Call::Complete, Wrong::Closed)),
    ),
    Mutant::new(
        "blob-append-time-of-before",
        "`append` leaves the time of modification",
        &["BLOB-META-8"],
        container!(WrittenBy::of(Call::Append, Wrong::Time)),
    ),
    Mutant::new(
        "blob-complete-time-of-before",
        "`complete` leaves the time of modification",
        &["BLOB-META-8"],
        container!(WrittenBy::of(Call::Complete, Wrong::Time)),
    ),
    Mutant::new(
        "blob-copy-if-time-of-source",
        "what `copy-if` writes tells the time of its source",
        &["BLOB-META-8"],
        container!(WrittenBy::of(Call::CopyIf, Wrong::Time)),
    ),
    Mutant::new(
        "blob-rename-no-time",
        "a renamed object tells no time of modification",
        &["BLOB-META-8"],
        container!(WrittenBy::of(Call::Rename, Wrong::Time)),
    ),
    Mutant::new(
        "blob-list-append-size",
        "lists tell that an object has no bytes that was added to",
        &["BLOB-LIST-8"],
        container!(WrittenBy::of(Call::Append, Wrong::Listed)),
    ),
    Mutant::new(
        "blob-list-complete-size",
        "lists tell that an object out of parts has no bytes",
        &["BLOB-LIST-8"],
        container!(WrittenBy::of(Call::Complete, Wrong::Listed)),
    ),
    Mutant::new(
        "blob-list-copy-if-size",
        "lists tell that what `copy-if` wrote has no bytes",
        &["BLOB-LIST-8"],
        container!(WrittenBy::of(Call::CopyIf, Wrong::Listed)),
    ),
    Mutant::new(
        "blob-list-rename-size",
        "lists tell that a renamed object has no bytes",
        &["BLOB-LIST-8"],
        container!(WrittenBy::of(Call::Rename, Wrong::Listed)),
    ),
];
