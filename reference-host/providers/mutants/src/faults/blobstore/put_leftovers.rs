//! What is left of puts that did not take effect.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_contract::blobstore::{Body, Info, NewObject, Range, Reading};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result, limit};

use super::container;
use super::states::{collected, failed};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::provider::lock;

/// Which puts leave something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Those that the guest gave up.
    GivenUp,
    /// Those that had another number of bytes than their size.
    WrongSize,
    /// Those whose call was dropped.
    Dropped,
}

/// What objects are described by that have their bytes and their version from before.
type Described = Arc<Mutex<HashMap<String, Info>>>;

/// A put over a present object that does not take effect gives it its content type and
/// its metadata, and nothing else.
#[derive(Debug)]
struct Describes {
    which: Which,
    described: Described,
}

impl Describes {
    fn by(which: Which) -> Self {
        Self {
            which,
            described: Described::default(),
        }
    }

    fn shown(&self, name: &str, info: Info) -> Info {
        match lock(&self.described).get(name) {
            Some(left) if left.version == info.version => Info {
                content_type: left.content_type.clone(),
                metadata: left.metadata.clone(),
                ..info
            },
            _ => info,
        }
    }
}

/// A put on its way. What is set when it goes is left.
struct OnItsWay {
    described: Described,
    name: String,
    info: Info,
    leaves: bool,
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        if self.leaves {
            lock(&self.described).insert(self.name.clone(), self.info.clone());
        }
    }
}

#[async_trait]
impl ContainerFault for Describes {
    async fn put(
        &self,
        to: &Target,
        name: &str,
        mut body: Body,
        object: NewObject,
    ) -> Result<Version> {
        let Some(present) = to.driver.head(name).await? else {
            return to.container.put(name, body, object).await;
        };
        let content_type = object.content_type.clone();
        let usual = || "application/octet-stream".to_owned();
        let mut on_its_way = OnItsWay {
            described: Arc::clone(&self.described),
            name: name.to_owned(),
            info: Info {
                content_type: content_type.unwrap_or_else(usual),
                metadata: object.metadata.clone(),
                ..present
            },
            leaves: self.which == Which::Dropped,
        };
        let mut is_wrong = false;
        if let Some(size) = object.size.filter(|_| self.which == Which::WrongSize) {
            let (read, same) = collected(body).await;
            is_wrong = read as u64 != size;
            body = same;
        }
        let ended = to.container.put(name, body, object).await;
        let was_given_up = failed(&ended, &ErrorKind::Cancelled);
        on_its_way.leaves = match self.which {
            Which::GivenUp => was_given_up,
            Which::WrongSize => ended.is_err() && is_wrong && !was_given_up,
            Which::Dropped => false,
        };
        ended
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        let found = to.container.head(name).await?;
        Ok(found.map(|info| self.shown(name, info)))
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let found = to.container.get(name, range, expected).await?;
        Ok(found.map(|reading| Reading {
            info: self.shown(name, reading.info),
            ..reading
        }))
    }
}

/// A put whose size is refused leaves its stream open, unread.
#[derive(Default)]
struct SizeHolds(Mutex<Vec<Body>>);

impl fmt::Debug for SizeHolds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SizeHolds").finish_non_exhaustive()
    }
}

#[async_trait]
impl ContainerFault for SizeHolds {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let most = provider_memory::descriptor().limit(limit::BLOB_OBJECT_MAX_BYTES);
        if let (Some(size), Some(most)) = (object.size, most)
            && size > most
        {
            // The name keeps its turn.
            to.container.head(name).await?;
            lock(&self.0).push(body);
            return Err(Error::too_large(most));
        }
        to.container.put(name, body, object).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-stream-error-describes",
        "a put that is given up replaces content type and metadata of the old object",
        &["BLOB-STREAM-2"],
        container!(Describes::by(Which::GivenUp)),
    ),
    Mutant::new(
        "blob-put-size-describes",
        "a put of another size than announced replaces content type and metadata of the old object",
        &["TYP-ERR-6"],
        container!(Describes::by(Which::WrongSize)),
    ),
    Mutant::new(
        "blob-drop-describes",
        "a put whose call is dropped replaces content type and metadata of the old object",
        &["BLOB-STREAM-3"],
        container!(Describes::by(Which::Dropped)),
    ),
    Mutant::new(
        "blob-size-refusal-keeps-reading",
        "a put whose size is too large leaves its stream open, unread",
        &["BLOB-STREAM-4"],
        container!(SizeHolds::default()),
    ),
];
