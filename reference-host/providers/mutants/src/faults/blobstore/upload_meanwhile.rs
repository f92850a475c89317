//! Faults of uploads whose object others write, move or read meanwhile.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{
    Content, CopyRequest, Driver, Expected, Metadata, Part, Range, ReceivedPart, Site,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use futures::StreamExt as _;

use super::states::{is_in, other, state_of};
use super::upload_parts::{Notes, lock, sent};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;

/// An upload goes along with its object when that gets another name.
#[derive(Debug, Default)]
struct GoesAlong {
    /// The name that each upload was begun for.
    begun: Notes,
    /// The name that its object got since.
    moved: Notes,
}

impl GoesAlong {
    fn moves(&self, name: &str, new_name: &str) {
        if name == new_name {
            return;
        }
        let begun = lock(&self.begun);
        let of_name = begun.iter().filter(|(_, of)| *of == name);
        let moved = of_name.map(|(upload, _)| (upload.clone(), new_name.to_owned()));
        lock(&self.moved).extend(moved);
    }

    /// The name that an upload is known by to the container.
    fn real(&self, name: &str, upload: &str) -> Result<String> {
        let moved = lock(&self.moved).get(upload).cloned();
        match moved {
            None => Ok(name.to_owned()),
            Some(moved) if moved == name => {
                let begun = lock(&self.begun).get(upload).cloned();
                Ok(begun.unwrap_or(moved))
            }
            Some(_) => Err(ErrorKind::NotFound.into()),
        }
    }
}

#[async_trait]
impl ContainerFault for GoesAlong {
    async fn begin(
        &self,
        to: &Target,
        name: &str,
        content_type: Option<String>,
        metadata: Metadata,
    ) -> Result<String> {
        let upload = to.container.begin(name, content_type, metadata).await?;
        lock(&self.begun).insert(upload.clone(), name.to_owned());
        Ok(upload)
    }

    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        let made = to.container.r#move(name, site, new_name).await?;
        self.moves(name, new_name);
        Ok(made)
    }

    async fn rename(
        &self,
        to: &Target,
        name: &str,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let made = to.container.rename(name, new_name, expected).await?;
        self.moves(name, new_name);
        Ok(made)
    }

    async fn parts(&self, to: &Target, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let name = self.real(name, upload)?;
        to.container.parts(&name, upload).await
    }

    async fn complete(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        parts: Vec<Part>,
        expected: &Expected,
    ) -> Result<Version> {
        // Under the new name nobody asks for it.
        if lock(&self.moved).contains_key(upload) {
            return Err(ErrorKind::NotFound.into());
        }
        to.container.complete(name, upload, parts, expected).await
    }
}

/// Which function breaks the uploads of the names that it writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    DeleteMany,
    Copy,
}

/// An upload whose object was written by one function has an error of its own.
#[derive(Debug)]
struct BrokenBy {
    by: By,
    /// The name that each upload was begun for.
    begun: Notes,
    broken: Mutex<HashSet<String>>,
}

impl BrokenBy {
    fn new(by: By) -> Self {
        Self {
            by,
            begun: Mutex::default(),
            broken: Mutex::default(),
        }
    }

    fn writes(&self, by: By, name: &str) {
        if by != self.by {
            return;
        }
        let begun = lock(&self.begun);
        let of_name = begun.iter().filter(|(_, of)| *of == name);
        lock(&self.broken).extend(of_name.map(|(upload, _)| upload.clone()));
    }
}

#[async_trait]
impl DriverFault for BrokenBy {
    async fn begin(
        &self,
        to: &dyn Driver,
        name: &str,
        content_type: String,
        metadata: Metadata,
    ) -> Result<String> {
        let upload = to.begin(name, content_type, metadata).await?;
        lock(&self.begun).insert(upload.clone(), name.to_owned());
        Ok(upload)
    }

    async fn delete_many(&self, to: &dyn Driver, names: &[String]) -> Vec<Result<()>> {
        for name in names {
            self.writes(By::DeleteMany, name);
        }
        to.delete_many(names).await
    }

    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let made = to.copy(request).await?;
        self.writes(By::Copy, request.new_name);
        Ok(made)
    }

    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        if lock(&self.broken).contains(upload) {
            return Err(other("the list of blocks is invalid"));
        }
        to.complete(name, upload, parts, expected).await
    }
}

/// A conditional `complete` of more than a MiB compares, takes its time and writes whatever
/// is there then.
#[derive(Debug)]
struct ComparesBeforeLarge;

/// So long it takes at most: it is done as soon as another write has come.
const STEPS: u32 = 500;

#[async_trait]
impl DriverFault for ComparesBeforeLarge {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let sent = sent(to, name, upload).await;
        let named = sent.iter().filter(|sent| parts.contains(&sent.part));
        let size: u64 = named.map(|sent| sent.size).sum();
        let is_large = size > 1 << 20;
        if !is_large || *expected == Expected::Any || !is_in(to, name, expected).await? {
            return to.complete(name, upload, parts, expected).await;
        }
        for _ in 0..STEPS {
            if !is_in(to, name, expected).await? {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        to.complete(name, upload, parts, &Expected::Any).await
    }
}

/// `complete` writes over the bytes that others are reading.
#[derive(Debug, Default)]
struct OverWhatIsRead {
    /// How often each object was completed, and its bytes after that.
    completed: Arc<Mutex<HashMap<String, (u64, Bytes)>>>,
}

#[async_trait]
impl DriverFault for OverWhatIsRead {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let version = to.complete(name, upload, parts, expected).await?;
        if let Some(state) = state_of(to, name).await? {
            let mut completed = lock(&self.completed);
            let (count, bytes) = completed.entry(name.to_owned()).or_default();
            *count += 1;
            *bytes = state.bytes;
        }
        Ok(version)
    }

    async fn get(
        &self,
        to: &dyn Driver,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let before = lock(&self.completed)
            .get(name)
            .map_or(0, |(count, _)| *count);
        let Some(Content { info, data }) = to.get(name, range, expected).await? else {
            return Ok(None);
        };
        let (completed, name) = (Arc::clone(&self.completed), name.to_owned());
        let mut end = range.offset as usize;
        let data = data.map(move |piece: Result<Bytes>| -> Result<Bytes> {
            let piece = piece?;
            let begin = end;
            end += piece.len();
            let now = lock(&completed).get(&name).cloned();
            let Some((_, new)) = now.filter(|(count, _)| *count != before) else {
                return Ok(piece);
            };
            let new = new.slice(begin.min(new.len())..end.min(new.len()));
            let rest = piece.slice(new.len()..);
            Ok([new, rest].concat().into())
        });
        let data = Box::pin(data);
        Ok(Some(Content { info, data }))
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-upload-goes-along",
        "an upload goes along when its object is moved or renamed",
        &["BLOB-UPLOAD-5"],
        container!(GoesAlong::default()),
    ),
    Mutant::new(
        "blob-upload-broken-by-delete-many",
        "`complete` of an upload whose object was in a `delete-many` has an error of its own",
        &["BLOB-UPLOAD-4"],
        driver!(BrokenBy::new(By::DeleteMany)),
    ),
    Mutant::new(
        "blob-upload-broken-by-copy",
        "`complete` of an upload whose object was copied over has an error of its own",
        &["BLOB-UPLOAD-4"],
        driver!(BrokenBy::new(By::Copy)),
    ),
    Mutant::new(
        "blob-complete-large-two-steps",
        "`complete` of more than a MiB compares what it expects, and writes in another step",
        &["BLOB-COND-3"],
        driver!(ComparesBeforeLarge),
    ),
    Mutant::new(
        "blob-complete-over-read",
        "`complete` writes over the bytes that a get is delivering",
        &["BLOB-GET-11"],
        driver!(OverWhatIsRead::default()),
    ),
];
