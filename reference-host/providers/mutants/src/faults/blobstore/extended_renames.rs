//! Faults of renames that cross, that take one object, or that lists lag behind.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Driver, Expected, Item, ItemPage, ListRequest, ObjectItem, RenameRequest,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::driver;
use super::states::{failed, state_of, write};
use crate::Mutant;
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// Long enough for a rename that began at the same time.
const WHILE: Duration = Duration::from_millis(3);

/// A rename takes the lock of the old name and then that of the new one.
#[derive(Debug, Default)]
struct LocksInTurn(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl LocksInTurn {
    fn of(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(lock(&self.0).entry(name.to_owned()).or_default())
    }
}

#[async_trait]
impl DriverFault for LocksInTurn {
    async fn rename(&self, to: &dyn Driver, request: RenameRequest<'_>) -> Result<Version> {
        if request.name == request.new_name {
            return to.rename(request).await;
        }
        let (old, new) = (self.of(request.name), self.of(request.new_name));
        let _old = old.lock().await;
        tokio::time::sleep(WHILE).await;
        let _new = new.lock().await;
        to.rename(request).await
    }
}

/// What a rename does when it has read its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    /// It writes that, and removes it if it is still there.
    Writes,
    /// It takes what is there then, and where that is nothing, writes what it read.
    WritesWhatIsGone,
}

#[async_trait]
impl DriverFault for Read {
    async fn rename(&self, to: &dyn Driver, request: RenameRequest<'_>) -> Result<Version> {
        let RenameRequest { name, new_name, .. } = request;
        let found = state_of(to, name).await?;
        let is_plain = *request.expected == Expected::Any && name != new_name;
        let Some(state) = found.filter(|_| is_plain) else {
            return to.rename(request).await;
        };
        tokio::time::sleep(WHILE).await;
        let info = state.info;
        if *self == Self::WritesWhatIsGone {
            let renamed = to.rename(request).await;
            if !failed(&renamed, &ErrorKind::NotFound) {
                return renamed;
            }
        }
        let (kind, metadata) = (info.content_type, info.metadata);
        let made = write(to, new_name, state.bytes, kind, metadata).await?;
        if *self == Self::Writes {
            // Something else may be there by now.
            to.delete(name, Some(&info.version)).await.ok();
        }
        Ok(made)
    }
}

/// So long a list shows an object under a name that it no longer has.
const LAG: Duration = Duration::from_millis(30);

/// Lists lag behind renames.
#[derive(Debug, Default)]
struct Lingers(Mutex<Vec<(ObjectItem, Instant)>>);

#[async_trait]
impl DriverFault for Lingers {
    async fn rename(&self, to: &dyn Driver, request: RenameRequest<'_>) -> Result<Version> {
        let before = to.head(request.name).await?;
        let renamed = to.rename(request).await?;
        if let Some(info) = before.filter(|_| request.name != request.new_name) {
            let item = ObjectItem {
                name: request.name.to_owned(),
                size: info.size,
                modified: info.modified,
            };
            lock(&self.0).push((item, Instant::now()));
        }
        Ok(renamed)
    }

    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        let mut page = to.list(request).await?;
        if request.after.is_some() || request.delimiter.is_some() || page.next.is_some() {
            return Ok(page);
        }
        let mut late = lock(&self.0);
        late.retain(|(_, renamed)| renamed.elapsed() < LAG);
        for (item, _) in late.iter() {
            let place = page.items.binary_search_by(|other| match other {
                Item::Object(other) => other.name.cmp(&item.name),
                Item::Prefix(prefix) => prefix.cmp(&item.name),
            });
            if item.name.starts_with(request.prefix)
                && let Err(place) = place
            {
                page.items.insert(place, Item::Object(item.clone()));
            }
        }
        Ok(page)
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-rename-crossed-deadlock",
        "`rename` locks the old name and then the new one, and two that cross wait for ever",
        &["TYP-CALL-2", "BLOB-RENAME-1"],
        driver!(LocksInTurn::default()),
    ),
    Mutant::new(
        "blob-rename-crossed-swaps",
        "two renames that cross read both objects before they write either",
        &["BLOB-RENAME-2"],
        driver!(Read::Writes),
    ),
    Mutant::new(
        "blob-rename-source-gone-done",
        "`rename` of an object that went meanwhile writes what it read of it",
        &["BLOB-RENAME-4"],
        driver!(Read::WritesWhatIsGone),
    ),
    Mutant::new(
        "blob-rename-list-lingers",
        "a list shows the old name for some time after a `rename`",
        &["BLOB-RENAME-2"],
        driver!(Lingers::default()),
    ),
];
