//! Handles of containers: how many, and what dropping one does.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use async_trait::async_trait;
use cloud_contract::blobstore::{Container, Info, NameStream, Range, Reading};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use futures::{FutureExt as _, StreamExt as _};

use super::tools::{clear, other};
use super::{container, platform};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::platform::{Door, PlatformFault};
use crate::provider::lock;

/// An instance may open so many handles in its life.
#[derive(Debug)]
struct Total {
    most: usize,
    opened: AtomicUsize,
}

#[async_trait]
impl PlatformFault for Total {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let container = to.open_container(name).await?;
        if self.opened.fetch_add(1, Ordering::Relaxed) >= self.most {
            return Err(other("too many handles were opened"));
        }
        Ok(container)
    }
}

/// An instance may hold so many handles at a time.
#[derive(Debug)]
struct AtATime {
    most: usize,
    kind: ErrorKind,
    held: Mutex<Vec<Weak<dyn Container>>>,
}

#[async_trait]
impl PlatformFault for AtATime {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        let container = to.open_container(name).await?;
        let mut held = lock(&self.held);
        held.retain(|handle| handle.strong_count() > 0);
        if held.len() >= self.most {
            return Err(self.kind.clone().into());
        }
        held.push(Arc::downgrade(&container));
        Ok(container)
    }
}

/// Dropping a handle removes every object.
#[derive(Debug)]
struct DropClears;

impl ContainerFault for DropClears {
    fn dropped(&self, to: &Target) {
        // Memory answers at once; if it did not, the fault would only be absent.
        drop(clear(&*to.driver).now_or_never());
    }
}

/// A handle in all instances.
fn place(to: &Target) -> u64 {
    (to.session << 32) + to.handle + 1
}

/// Dropping a handle closes the other handles of its instance.
#[derive(Debug, Default)]
struct DropCloses {
    /// The latest handle that existed when one was dropped.
    closed: AtomicU64,
    newest: AtomicU64,
}

impl DropCloses {
    fn check(&self, to: &Target) -> Result<()> {
        let place = place(to);
        self.newest.fetch_max(place, Ordering::Relaxed);
        if place <= self.closed.load(Ordering::Relaxed) {
            return Err(ErrorKind::Expired.into());
        }
        Ok(())
    }
}

#[async_trait]
impl ContainerFault for DropCloses {
    fn dropped(&self, to: &Target) {
        let newest = self.newest.load(Ordering::Relaxed).max(place(to));
        self.closed.fetch_max(newest, Ordering::Relaxed);
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        self.check(to)?;
        to.container.get(name, range, expected).await
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        self.check(to)?;
        to.container.head(name).await
    }
}

/// Dropping a handle ends the streams that one of its functions returned.
#[derive(Debug)]
struct DropEnds {
    call: Call,
    dropped: Arc<Mutex<HashSet<u64>>>,
}

impl DropEnds {
    fn of(call: Call) -> Self {
        Self {
            call,
            dropped: Arc::default(),
        }
    }

    fn of_handle(&self, to: &Target, call: Call, found: Option<Reading>) -> Option<Reading> {
        if call != self.call {
            return found;
        }
        let (dropped, place) = (Arc::clone(&self.dropped), place(to));
        found.map(|reading| Reading {
            data: Box::pin(reading.data.map(move |piece| {
                if lock(&dropped).contains(&place) {
                    return Err(ErrorKind::Expired.into());
                }
                piece
            })),
            ..reading
        })
    }
}

#[async_trait]
impl ContainerFault for DropEnds {
    fn dropped(&self, to: &Target) {
        lock(&self.dropped).insert(place(to));
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let found = to.container.get(name, range, expected).await?;
        Ok(self.of_handle(to, Call::Get, found))
    }

    async fn get_version(
        &self,
        to: &Target,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Reading>> {
        let found = to.container.get_version(name, version, range).await?;
        Ok(self.of_handle(to, Call::GetVersion, found))
    }
}

/// Dropping a handle ends its streams of names.
#[derive(Debug, Default)]
struct DropEndsNames(Arc<Mutex<HashSet<u64>>>);

impl ContainerFault for DropEndsNames {
    fn dropped(&self, to: &Target) {
        lock(&self.0).insert(place(to));
    }

    fn names(&self, to: &Arc<Target>, prefix: String) -> NameStream {
        let (dropped, place) = (Arc::clone(&self.0), place(to));
        let names = Arc::clone(&to.container).names(prefix);
        Box::pin(names.map(move |page| {
            if lock(&dropped).contains(&place) {
                return Err(ErrorKind::Expired.into());
            }
            page
        }))
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-handles-run-out",
        "an instance opens 256 handles in its life, and no more",
        &["BLOB-HANDLE-4"],
        platform!(Total {
            most: 256,
            opened: AtomicUsize::new(0),
        }),
    ),
    Mutant::new(
        "blob-handles-at-a-time",
        "an instance holds 63 handles at a time, and no more",
        &["BLOB-HANDLE-5"],
        platform!(AtATime {
            most: 63,
            kind: ErrorKind::Throttled { retry_after: None },
            held: Mutex::default(),
        }),
    ),
    Mutant::new(
        "blob-handle-refusal-other",
        "the 65th handle at a time is refused with a text",
        &["BLOB-HANDLE-5"],
        platform!(AtATime {
            most: 64,
            kind: ErrorKind::Other("too many handles are open".into()),
            held: Mutex::default(),
        }),
    ),
    Mutant::new(
        "blob-handle-drop-clears",
        "dropping a handle removes every object",
        &["BLOB-HANDLE-2"],
        container!(DropClears),
    ),
    Mutant::new(
        "blob-handle-drop-closes",
        "dropping a handle closes the others",
        &["BLOB-HANDLE-2"],
        container!(DropCloses::default()),
    ),
    Mutant::new(
        "blob-drop-ends-streams",
        "dropping a handle ends the objects that are read through it",
        &["BLOB-HANDLE-6"],
        container!(DropEnds::of(Call::Get)),
    ),
    Mutant::new(
        "blob-drop-ends-past-states",
        "dropping a handle ends the earlier states that are read through it",
        &["BLOB-HANDLE-6"],
        container!(DropEnds::of(Call::GetVersion)),
    ),
    Mutant::new(
        "blob-drop-ends-names",
        "dropping a handle ends its streams of names",
        &["BLOB-HANDLE-6"],
        container!(DropEndsNames::default()),
    ),
];
