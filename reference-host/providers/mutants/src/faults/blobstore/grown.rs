//! Objects that grew: what becomes of them when they are copied, replaced or deleted.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{
    Appended, Body, Content, CopyRequest, Driver, Info, PutOptions, Range, RenameRequest,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use futures::{StreamExt as _, stream};

use super::states::{State, body, state_of, write};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// Which function takes the first piece of an object that grew for all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Copy,
    Rename,
}

/// What was added lies beside the first piece, and does not come along.
#[derive(Debug)]
struct FirstPiece {
    by: By,
    /// How many bytes each object had before it grew.
    sizes: Mutex<HashMap<String, usize>>,
}

impl FirstPiece {
    fn by(by: By) -> Self {
        Self {
            by,
            sizes: Mutex::default(),
        }
    }

    /// Cuts what was made of the object `name`, if it is in this container.
    async fn cut(&self, to: &dyn Driver, name: &str, made: Version, of: &str) -> Result<Version> {
        let size = lock(&self.sizes).get(of).copied();
        let (Some(size), Some(State { mut bytes, info })) = (size, state_of(to, name).await?)
        else {
            return Ok(made);
        };
        if info.version != made {
            return Ok(made);
        }
        bytes.truncate(size);
        write(to, name, bytes, info.content_type, info.metadata).await
    }
}

#[async_trait]
impl DriverFault for FirstPiece {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let before = to.head(name).await?.map(|info| info.size);
        let appended = to.append(name, data, at).await?;
        let first = before.unwrap_or(appended.size) as usize;
        lock(&self.sizes).entry(name.to_owned()).or_insert(first);
        Ok(appended)
    }

    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let version = to.put(name, body, options).await?;
        lock(&self.sizes).remove(name);
        Ok(version)
    }

    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        to.delete(name, expected).await?;
        lock(&self.sizes).remove(name);
        Ok(())
    }

    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let Some(made) = to.copy(request).await? else {
            return Ok(None);
        };
        if self.by != By::Copy {
            return Ok(Some(made));
        }
        let CopyRequest { name, new_name, .. } = request;
        self.cut(to, new_name, made, name).await.map(Some)
    }

    async fn rename(&self, to: &dyn Driver, request: RenameRequest<'_>) -> Result<Version> {
        let made = to.rename(request).await?;
        if self.by != By::Rename {
            return Ok(made);
        }
        let RenameRequest { name, new_name, .. } = request;
        self.cut(to, new_name, made, name).await
    }
}

/// What was added stays beside an object that is put anew, and comes back with the next
/// addition.
#[derive(Debug, Default)]
struct TailStays {
    /// How many bytes each object had before it grew.
    sizes: Mutex<HashMap<String, usize>>,
    /// What was added to an object that was put anew since.
    tails: Mutex<HashMap<String, Bytes>>,
}

#[async_trait]
impl DriverFault for TailStays {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let tail = lock(&self.tails).remove(name).unwrap_or_default();
        let data = stream::iter([Ok(tail)]).chain(data);
        let before = to.head(name).await?.map_or(0, |info| info.size as usize);
        let appended = to.append(name, Box::pin(data), at).await?;
        lock(&self.sizes).entry(name.to_owned()).or_insert(before);
        Ok(appended)
    }

    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let before = state_of(to, name).await?;
        let version = to.put(name, body, options).await?;
        let size = lock(&self.sizes).remove(name);
        if let (Some(before), Some(size)) = (before, size) {
            let tail = before.bytes.slice(size.min(before.bytes.len())..);
            lock(&self.tails).insert(name.to_owned(), tail);
        }
        Ok(version)
    }
}

/// The version of an addition is its number in the life of the object.
#[derive(Debug, Default)]
struct CountsAnew(Mutex<HashMap<String, Life>>);

/// What there is of an object.
#[derive(Debug, Default)]
struct Life {
    additions: u64,
    /// The version of the driver that stands for the last of them.
    last: Option<Version>,
}

impl CountsAnew {
    fn told(&self, name: &str, mut info: Info) -> Info {
        let lives = lock(&self.0);
        if let Some(life) = lives.get(name)
            && life.last.as_ref() == Some(&info.version)
        {
            info.version = format!("addition {}", life.additions).into();
        }
        info
    }
}

#[async_trait]
impl DriverFault for CountsAnew {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let appended = to.append(name, data, at).await?;
        let mut lives = lock(&self.0);
        let life = lives.entry(name.to_owned()).or_default();
        life.additions += 1;
        life.last = Some(appended.version);
        Ok(Appended {
            version: format!("addition {}", life.additions).into(),
            size: appended.size,
        })
    }

    async fn head(&self, to: &dyn Driver, name: &str) -> Result<Option<Info>> {
        let found = to.head(name).await?;
        Ok(found.map(|info| self.told(name, info)))
    }

    async fn get(
        &self,
        to: &dyn Driver,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let found = to.get(name, range, expected).await?;
        Ok(found.map(|Content { info, data }| Content {
            info: self.told(name, info),
            data,
        }))
    }

    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        to.delete(name, expected).await?;
        lock(&self.0).remove(name);
        Ok(())
    }
}

/// An object that grows is written anew, with what its header fields made of its content
/// type and metadata.
#[derive(Debug)]
struct Describes(fn(&mut Info));

#[async_trait]
impl DriverFault for Describes {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let appended = to.append(name, data, at).await?;
        let Some(State { bytes, mut info }) = state_of(to, name).await? else {
            return Ok(appended);
        };
        let before = (info.content_type.clone(), info.metadata.clone());
        (self.0)(&mut info);
        if before == (info.content_type.clone(), info.metadata.clone()) {
            return Ok(appended);
        }
        let options = PutOptions {
            content_type: info.content_type,
            metadata: info.metadata,
            ..PutOptions::default()
        };
        let version = to.put(name, body(bytes), options).await?;
        Ok(Appended {
            version,
            ..appended
        })
    }
}

/// Where additions are not offered, a name that is too long is told first.
#[derive(Debug)]
struct LongNameFirst;

#[async_trait]
impl ContainerFault for LongNameFirst {
    async fn append(
        &self,
        to: &Target,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        match to.container.head(name).await {
            Err(error) if matches!(error.kind(), ErrorKind::TooLarge { .. }) => Err(error),
            _ => to.container.append(name, data, at).await,
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-copy-first-piece",
        "a copy of an object that grew has the bytes from before",
        &["BLOB-COPY-1", "BLOB-MOVE-1"],
        driver!(FirstPiece::by(By::Copy)),
    ),
    Mutant::new(
        "blob-copy-if-first-piece",
        "what `copy-if` makes of an object that grew has the bytes from before",
        &["BLOB-COPY-IF-1"],
        driver!(FirstPiece::by(By::Copy)),
    ),
    Mutant::new(
        "blob-rename-first-piece",
        "an object that grew has the bytes from before when it is renamed",
        &["BLOB-RENAME-1"],
        driver!(FirstPiece::by(By::Rename)),
    ),
    Mutant::new(
        "blob-append-tail-stays",
        "what was added to an object comes back when it is put anew and grows again",
        &["BLOB-PUT-2", "BLOB-APPEND-1"],
        driver!(TailStays::default()),
    ),
    Mutant::new(
        "blob-append-version-restarts",
        "the versions of additions count anew after a deletion",
        &["TYP-VER-1"],
        driver!(CountsAnew::default()),
    ),
    Mutant::new(
        "blob-append-trims-meta",
        "values of metadata are trimmed when their object grows",
        &["BLOB-APPEND-2"],
        driver!(Describes(|info| {
            for (_, value) in &mut info.metadata {
                *value = value.trim().to_owned();
            }
        })),
    ),
    Mutant::new(
        "blob-append-small-type",
        "the content type is in small letters when its object has grown",
        &["BLOB-APPEND-2"],
        driver!(Describes(|info| info.content_type.make_ascii_lowercase())),
    ),
    Mutant::new(
        "blob-append-long-name-first",
        "where `append` is not offered, a name that is too long is refused as such",
        &["TYP-FEAT-1"],
        container!(LongNameFirst),
    ),
];
