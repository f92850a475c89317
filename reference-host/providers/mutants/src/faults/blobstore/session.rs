//! Reads that come too early, and states that mix: by the session that wrote, or by
//! another one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{
    Body, Driver, Expected, Info, Item, Listing, NameStream, NewObject, ObjectItem, PutOptions,
    Range, Reading, Site,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use futures::StreamExt as _;

use super::whole::{Whole, body, collect};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::faults::keyvalue::tools::Window;
use crate::provider::lock;

/// What an object was before its latest write.
type Before = Option<Whole>;

async fn before(to: &Target, name: &str) -> Before {
    Whole::of(&*to.driver, name).await.unwrap_or_default()
}

/// What `get` returns of a state, with the rest of its rules.
fn read_of(before: &Before, range: Range) -> Result<Option<Reading>> {
    let read = before.as_ref().map(|whole| whole.reading(range));
    read.transpose()
}

fn name(item: &Item) -> &str {
    match item {
        Item::Object(object) => &object.name,
        Item::Prefix(prefix) => prefix,
    }
}

/// A page with items of other states; `state` tells of a name whether there is one.
fn of_states(page: &mut Listing, state: impl Fn(&str) -> Option<Before>) {
    page.items.retain_mut(|item| {
        let Item::Object(object) = item else {
            return true;
        };
        match state(&object.name) {
            None => true,
            Some(None) => false,
            Some(Some(whole)) => {
                object.size = whole.info.size;
                true
            }
        }
    });
}

/// One function returns the state before the latest put or deletion, once.
#[derive(Debug)]
struct Stale {
    /// Which function.
    on: Call,
    before: Mutex<HashMap<String, Before>>,
}

impl Stale {
    fn new(on: Call) -> Self {
        Self {
            on,
            before: Mutex::default(),
        }
    }

    /// The state to return in place of the right one, if it is the turn.
    fn turn(&self, call: Call, name: &str) -> Option<Before> {
        if call != self.on {
            return None;
        }
        lock(&self.before).remove(name)
    }

    /// Copies what was there before.
    async fn copy_of(
        &self,
        to: &Target,
        before: Before,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        let Whole { info, bytes } = before.ok_or(ErrorKind::NotFound)?;
        let kept = format!("{name}.kept");
        let object = NewObject {
            content_type: Some(info.content_type),
            metadata: info.metadata,
            ..NewObject::default()
        };
        to.container.put(&kept, body(bytes), object).await?;
        let copied = to.container.copy(&kept, site, new_name).await;
        to.container.delete(&kept).await?;
        copied
    }
}

#[async_trait]
impl ContainerFault for Stale {
    async fn writing(&self, to: &Target, call: Call, name: &str) {
        if matches!(call, Call::Put | Call::Delete | Call::DeleteMany) {
            let before = before(to, name).await;
            lock(&self.before).insert(name.to_owned(), before);
        }
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let found = to.container.get(name, range, expected).await?;
        match self.turn(Call::Get, name) {
            Some(before) => read_of(&before, range),
            None => Ok(found),
        }
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        let info = to.container.head(name).await?;
        let stale = self.turn(Call::Head, name);
        Ok(stale.map_or(info, |before| before.map(|whole| whole.info)))
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
        of_states(&mut page, |name| self.turn(Call::List, name));
        Ok(page)
    }

    fn names(&self, to: &Arc<Target>, prefix: String) -> NameStream {
        let names = Arc::clone(&to.container).names(prefix);
        if self.on != Call::Names {
            return names;
        }
        // The stream outlives this borrow: decide now what it will not deliver.
        let fresh: Vec<String> = lock(&self.before)
            .drain()
            .filter(|(_, before)| before.is_none())
            .map(|(name, _)| name)
            .collect();
        Box::pin(names.map(move |page| {
            page.map(|mut names| {
                names.retain(|name| !fresh.contains(name));
                names
            })
        }))
    }

    async fn copy(&self, to: &Target, name: &str, site: &Site, new_name: &str) -> Result<Version> {
        match self.turn(Call::Copy, name) {
            Some(before) => self.copy_of(to, before, name, site, new_name).await,
            None => to.container.copy(name, site, new_name).await,
        }
    }

    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        let Some(before) = self.turn(Call::Move, name) else {
            return to.container.r#move(name, site, new_name).await;
        };
        let moved = self.copy_of(to, before, name, site, new_name).await?;
        to.container.delete(name).await?;
        Ok(moved)
    }
}

/// Every so many reads of one kind come from the state before the latest put.
#[derive(Debug)]
struct Back {
    every: u64,
    reads: AtomicU64,
    before: Mutex<HashMap<String, Before>>,
}

impl Back {
    fn turn(&self, name: &str) -> Option<Before> {
        let read = self.reads.fetch_add(1, Ordering::Relaxed) + 1;
        let is_turn = read.is_multiple_of(self.every);
        is_turn.then(|| lock(&self.before).get(name).cloned())?
    }
}

#[async_trait]
impl ContainerFault for Back {
    async fn writing(&self, to: &Target, _: Call, name: &str) {
        let before = before(to, name).await;
        lock(&self.before).insert(name.to_owned(), before);
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let found = to.container.get(name, range, expected).await?;
        match self.turn(name) {
            Some(before) => read_of(&before, range),
            None => Ok(found),
        }
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        let info = to.container.head(name).await?;
        let stale = self.turn(name);
        Ok(stale.map_or(info, |before| before.map(|whole| whole.info)))
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
        of_states(&mut page, |name| self.turn(name));
        Ok(page)
    }
}

/// What an object was before its latest write, by which session and when.
#[derive(Debug)]
struct Hidden {
    by: u64,
    at: Instant,
    before: Before,
    is_deletion: bool,
}

/// Other sessions see a write so much later than it began.
#[derive(Debug)]
struct Late {
    by: Duration,
    /// After which writes; all if empty.
    after: &'static [Call],
    writes: Mutex<HashMap<String, Hidden>>,
}

impl Late {
    fn after(after: &'static [Call]) -> Self {
        Self {
            by: Duration::from_millis(500),
            after,
            writes: Mutex::default(),
        }
    }

    /// What a session still sees in the place of the present state.
    fn hidden(&self, to: &Target, name: &str) -> Option<Before> {
        let writes = lock(&self.writes);
        let write = writes.get(name)?;
        self.is_hidden(to, write).then(|| write.before.clone())
    }

    fn is_hidden(&self, to: &Target, write: &Hidden) -> bool {
        write.by != to.session && write.at.elapsed() < self.by
    }

    /// The objects that are gone, and that a session does not miss yet.
    fn still_there(&self, to: &Target, prefix: &str) -> Vec<Item> {
        let writes = lock(&self.writes);
        let hidden = writes.iter().filter(|(name, write)| {
            write.is_deletion && name.starts_with(prefix) && self.is_hidden(to, write)
        });
        let item = |(name, write): (&String, &Hidden)| {
            let info = &write.before.as_ref()?.info;
            Some(Item::Object(ObjectItem {
                name: name.clone(),
                size: info.size,
                modified: info.modified,
            }))
        };
        hidden.filter_map(item).collect()
    }
}

#[async_trait]
impl ContainerFault for Late {
    async fn writing(&self, to: &Target, call: Call, name: &str) {
        if self.after.is_empty() || self.after.contains(&call) {
            let hidden = Hidden {
                by: to.session,
                at: Instant::now(),
                before: before(to, name).await,
                is_deletion: matches!(call, Call::Delete | Call::DeleteMany),
            };
            lock(&self.writes).insert(name.to_owned(), hidden);
        }
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let found = to.container.get(name, range, expected).await?;
        match self.hidden(to, name) {
            Some(before) => read_of(&before, range),
            None => Ok(found),
        }
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        let info = to.container.head(name).await?;
        let hidden = self.hidden(to, name);
        Ok(hidden.map_or(info, |before| before.map(|whole| whole.info)))
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
        of_states(&mut page, |name| self.hidden(to, name));
        if delimiter.is_none() && page.cursor.is_none() {
            let gone = self.still_there(to, prefix);
            let is_new = |item: &Item| !page.items.iter().any(|listed| name(listed) == name(item));
            let gone: Vec<Item> = gone.into_iter().filter(is_new).collect();
            page.items.extend(gone);
        }
        Ok(page)
    }
}

/// A put overwrites its object in place, half by half.
#[derive(Debug, Default)]
struct Torn(Window);

#[async_trait]
impl DriverFault for Torn {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        new: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let bytes = collect(new).await?;
        let old = Whole::of(to, name).await?;
        let Some(old) = old.filter(|_| options.expected == Expected::Any) else {
            return to.put(name, body(bytes), options).await;
        };
        let half = bytes.len() / 2;
        let in_place = |front: &Bytes, back: &Bytes| {
            let front = front.slice(..half.min(front.len()));
            let back = back.slice(half.min(back.len())..);
            body(Bytes::from([front, back].concat()))
        };
        let first = in_place(&bytes, &old.bytes);
        to.put(name, first, options.clone()).await?;
        self.0.open().await;
        let Some(now) = Whole::of(to, name).await? else {
            return to.put(name, body(bytes), options).await;
        };
        let second = in_place(&now.bytes, &bytes);
        let options = PutOptions {
            content_type: now.info.content_type,
            metadata: now.info.metadata,
            ..options
        };
        to.put(name, second, options).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-session-stale-get",
        "the first `get` after a write returns the state before",
        &["BLOB-SESSION-1"],
        container!(Stale::new(Call::Get)),
    ),
    Mutant::new(
        "blob-session-stale-head",
        "the first `head` after a write returns the state before",
        &["BLOB-SESSION-3", "BLOB-HEAD-1"],
        container!(Stale::new(Call::Head)),
    ),
    Mutant::new(
        "blob-session-stale-list",
        "the first `list` after a write shows the state before",
        &["BLOB-SESSION-3"],
        container!(Stale::new(Call::List)),
    ),
    Mutant::new(
        "blob-session-stale-names",
        "the first stream of names after an object was created lacks it",
        &["BLOB-SESSION-3"],
        container!(Stale::new(Call::Names)),
    ),
    Mutant::new(
        "blob-session-stale-copy",
        "the first `copy` after a put copies the state before",
        &["BLOB-SESSION-3"],
        container!(Stale::new(Call::Copy)),
    ),
    Mutant::new(
        "blob-session-stale-move",
        "the first `move` after a put moves the state before",
        &["BLOB-SESSION-3"],
        container!(Stale::new(Call::Move)),
    ),
    Mutant::new(
        "blob-session-back",
        "every fourth read comes from an older copy",
        &["BLOB-SESSION-2", "BLOB-SESSION-3"],
        container!(Back {
            every: 4,
            reads: AtomicU64::new(0),
            before: Mutex::default(),
        }),
    ),
    Mutant::new(
        "blob-visible-late",
        "other sessions see a write half a second later",
        &["BLOB-VISIBLE-1"],
        container!(Late::after(&[])),
    ),
    Mutant::new(
        "blob-visible-late-deletes",
        "other sessions see a deletion half a second later",
        &["BLOB-VISIBLE-1"],
        container!(Late::after(&[Call::Delete, Call::DeleteMany])),
    ),
    Mutant::new(
        "blob-data-torn",
        "a put overwrites its object in place, half by half",
        &["BLOB-DATA-3", "BLOB-PUT-4"],
        driver!(Torn::default()),
    ),
];
