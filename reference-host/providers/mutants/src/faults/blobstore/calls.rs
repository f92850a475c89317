//! Calls in flight that disturb one another, or that disturb later ones when they are
//! dropped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Body, DeleteManyError, Info, Listing, NewObject, Range, Reading, Site,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};

use super::container;
use super::tools::other;
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::provider::lock;

/// How long a call is in flight at least: long enough for another to begin beside it.
const WHILE: Duration = Duration::from_millis(1);

/// Two gets in flight through one handle swap their bytes.
#[derive(Debug, Default)]
struct MixedUp(Mutex<Vec<(u64, String)>>);

/// A get that is in flight, until it is dropped.
struct Running<'a> {
    all: &'a Mutex<Vec<(u64, String)>>,
    own: (u64, String),
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut all = lock(self.all);
        if let Some(place) = all.iter().position(|running| *running == self.own) {
            all.remove(place);
        }
    }
}

#[async_trait]
impl ContainerFault for MixedUp {
    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let own = ((to.session << 32) + to.handle, name.to_owned());
        lock(&self.0).push(own.clone());
        let running = Running { all: &self.0, own };
        tokio::time::sleep(WHILE).await;
        let beside = lock(&self.0)
            .iter()
            .find(|(handle, other)| *handle == running.own.0 && other != name)
            .map(|(_, other)| other.clone());
        let found = to.container.get(name, range, expected).await?;
        let Some(beside) = beside.filter(|_| found.is_some() && expected.is_none()) else {
            return Ok(found);
        };
        let swapped = to.container.get(&beside, range, None).await;
        Ok(swapped.ok().flatten().or(found))
    }
}

/// So many calls at a time, and the next is refused for good.
#[derive(Debug)]
struct AtATime {
    most: usize,
    running: Mutex<usize>,
}

struct Counted<'a>(&'a Mutex<usize>);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        *lock(self.0) -= 1;
    }
}

#[async_trait]
impl ContainerFault for AtATime {
    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        let running = {
            let mut running = lock(&self.running);
            if *running >= self.most {
                return Err(other("too many calls at a time"));
            }
            *running += 1;
            Counted(&self.running)
        };
        tokio::time::sleep(WHILE).await;
        let found = to.container.head(name).await;
        drop(running);
        found
    }
}

/// A call that fails makes the one that began after it fail as well.
#[derive(Debug, Default)]
struct FailsTogether(Mutex<Option<Error>>);

#[async_trait]
impl ContainerFault for FailsTogether {
    async fn copy(&self, to: &Target, name: &str, site: &Site, new_name: &str) -> Result<Version> {
        if let Some(error) = lock(&self.0).take() {
            return Err(error);
        }
        let copied = to.container.copy(name, site, new_name).await;
        if let Err(error) = &copied
            && *error.kind() == ErrorKind::NotFound
        {
            *lock(&self.0) = Some(error.clone());
        }
        copied
    }
}

/// A call that is dropped in flight leaves the container locked: a call of which function.
#[derive(Debug)]
struct Stuck {
    of: Call,
    locked: Arc<AtomicBool>,
}

/// Locks the container unless the call came to its end.
struct InFlight(Arc<AtomicBool>, bool);

impl Drop for InFlight {
    fn drop(&mut self) {
        if !self.1 {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

impl Stuck {
    fn by(of: Call) -> Self {
        Self {
            of,
            locked: Arc::default(),
        }
    }

    /// Refuses the call of a locked container; otherwise it is in flight for a while, if it
    /// is one of those that lock.
    async fn pass<T>(&self, call: Call, work: impl Future<Output = Result<T>> + Send) -> Result<T> {
        if self.locked.load(Ordering::Relaxed) {
            return Err(other("the container is locked by a call that never ended"));
        }
        if call != self.of {
            return work.await;
        }
        let mut held = InFlight(Arc::clone(&self.locked), false);
        tokio::time::sleep(WHILE).await;
        let ended = work.await;
        held.1 = true;
        ended
    }
}

#[async_trait]
impl ContainerFault for Stuck {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let put = to.container.put(name, body, object);
        self.pass(Call::Put, put).await
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let get = to.container.get(name, range, expected);
        self.pass(Call::Get, get).await
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        self.pass(Call::Head, to.container.head(name)).await
    }

    async fn delete(&self, to: &Target, name: &str) -> Result<()> {
        self.pass(Call::Delete, to.container.delete(name)).await
    }

    async fn delete_many(&self, to: &Target, names: Vec<String>) -> Result<(), DeleteManyError> {
        let deletion = async { Ok(to.container.delete_many(names).await) };
        let ended = self.pass(Call::DeleteMany, deletion).await;
        ended.map_err(|error| DeleteManyError::Refused {
            error,
            indices: Vec::new(),
        })?
    }

    async fn copy(&self, to: &Target, name: &str, site: &Site, new_name: &str) -> Result<Version> {
        let copy = to.container.copy(name, site, new_name);
        self.pass(Call::Copy, copy).await
    }

    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        let moved = to.container.r#move(name, site, new_name);
        self.pass(Call::Move, moved).await
    }

    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing> {
        let list = to.container.list(prefix, delimiter, cursor, size);
        self.pass(Call::List, list).await
    }
}

macro_rules! stuck {
    ($name:literal, $function:literal, $call:ident) => {
        Mutant::new(
            $name,
            concat!(
                "a `",
                $function,
                "` that is dropped in flight locks the container"
            ),
            &["TYP-CALL-1"],
            container!(Stuck::by(Call::$call)),
        )
    };
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-calls-mixed-up",
        "two gets in flight swap their bytes",
        &["TYP-CALL-2"],
        container!(MixedUp::default()),
    ),
    Mutant::new(
        "blob-calls-few",
        "of 64 heads in flight the last is refused",
        &["TYP-CALL-2"],
        container!(AtATime {
            most: 63,
            running: Mutex::default(),
        }),
    ),
    Mutant::new(
        "blob-calls-fail-together",
        "a copy that fails makes the next one fail",
        &["TYP-CALL-2"],
        container!(FailsTogether::default()),
    ),
    stuck!("blob-calls-drop-breaks", "get", Get),
    stuck!("blob-calls-dropped-head", "head", Head),
    stuck!("blob-calls-dropped-list", "list", List),
    stuck!("blob-calls-dropped-delete", "delete", Delete),
    stuck!("blob-calls-dropped-delete-many", "delete-many", DeleteMany),
    stuck!("blob-calls-dropped-copy", "copy", Copy),
    stuck!("blob-calls-dropped-move", "move", Move),
    stuck!("blob-calls-dropped-put", "put", Put),
];
