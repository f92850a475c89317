//! The blob store driver: bytes are collected outside of the lock, and each change is one
//! short critical section over the objects.

use std::fmt;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak,
};

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Appended, Body, Content, CopyRequest, Driver, Expected, Info, ItemPage, ListRequest, Metadata,
    Part, PastStatePage, PutOptions, Range, ReceivedPart, RenameRequest, VersionsRequest,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};

use super::containers::Containers;
use super::objects::{Object, Objects};
use super::pending::{Pending, Reserved};
use super::pieces::Pieces;
use super::uploads::Uploads;
use crate::descriptor::OBJECT_MAX_BYTES;

/// One container. No lock is ever held across an await.
pub struct MemoryContainer {
    objects: RwLock<Objects>,
    uploads: Mutex<Uploads>,
    pending: Arc<Pending>,
    siblings: Weak<Containers>,
}

/// Shows no data.
impl fmt::Debug for MemoryContainer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryContainer").finish_non_exhaustive()
    }
}

impl MemoryContainer {
    pub(super) fn new(room: u64, siblings: Weak<Containers>) -> Self {
        let pending = Arc::default();
        Self {
            objects: RwLock::new(Objects::new(room, Arc::clone(&pending))),
            uploads: Mutex::default(),
            pending,
            siblings,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    pub(super) fn clear(&self) {
        self.write().clear();
        self.uploads().clear();
    }

    /// A poisoned lock is taken all the same: the objects are consistent after each of
    /// their steps.
    fn read(&self) -> RwLockReadGuard<'_, Objects> {
        self.objects.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Objects> {
        self.objects.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn uploads(&self) -> MutexGuard<'_, Uploads> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of `body`, and the room that it takes until an object has it.
    async fn collect(&self, body: Body) -> Result<(Pieces, Reserved)> {
        let mut reserved = Reserved::none(&self.pending);
        let pieces = Pieces::collect(body, |bytes| {
            reserved.add(bytes);
            self.make_room()
        });
        Ok((pieces.await?, reserved))
    }

    fn make_room(&self) -> Result<()> {
        let objects = self.read();
        objects.has_room()?;
        if !objects.is_roomy(0) {
            drop(objects);
            let gone = self.write().make_room(0);
            drop(gone);
        }
        Ok(())
    }

    /// Writes an object if it is in the expected state. So many of its bytes are
    /// `reserved`.
    fn put_pieces(
        &self,
        name: &str,
        pieces: Pieces,
        content_type: String,
        metadata: Metadata,
        expected: &Expected,
        reserved: u64,
    ) -> Result<Version> {
        let mut objects = self.write();
        objects.check(name, expected)?;
        let (version, gone) = objects.put(name, pieces, content_type, metadata, reserved)?;
        drop(objects);
        // Large old bytes are given back outside of the lock.
        drop(gone);
        Ok(version)
    }
}

fn content(object: &Object, range: Range) -> Result<Content> {
    let info = object.info();
    if range.covers(info.size).is_none() {
        return Err(ErrorKind::OutOfRange.into());
    }
    let data = object.pieces.read(range);
    Ok(Content { info, data })
}

#[async_trait]
impl Driver for MemoryContainer {
    async fn put(&self, name: &str, body: Body, options: PutOptions) -> Result<Version> {
        // What cannot happen any more need not be collected.
        self.read().check(name, &options.expected)?;
        let (pieces, reserved) = self.collect(body).await?;
        let PutOptions {
            content_type,
            metadata,
            expected,
            ..
        } = options;
        let reserved_bytes = reserved.bytes();
        self.put_pieces(
            name,
            pieces,
            content_type,
            metadata,
            &expected,
            reserved_bytes,
        )
    }

    async fn get(
        &self,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let objects = self.read();
        let Some(object) = objects.get(name) else {
            return Ok(None);
        };
        if expected.is_some_and(|expected| object.version() != *expected) {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        content(object, range).map(Some)
    }

    async fn head(&self, name: &str) -> Result<Option<Info>> {
        Ok(self.read().get(name).map(Object::info))
    }

    async fn delete(&self, name: &str, expected: Option<&Version>) -> Result<()> {
        let mut objects = self.write();
        if let Some(version) = expected {
            objects.check(name, &Expected::Version(version.clone()))?;
        }
        let gone = objects.remove(name);
        drop(objects);
        drop(gone);
        Ok(())
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<ItemPage> {
        self.read().list(request)
    }

    async fn copy(&self, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let siblings = self.siblings.upgrade().ok_or(ErrorKind::NotFound)?;
        let to = siblings.get(request.to)?;
        // Each container has a lock of its own, and never are two held.
        let found = self.read().get(request.name).cloned();
        let source = found.ok_or(ErrorKind::NotFound)?;
        if request
            .source
            .is_some_and(|version| source.version() != *version)
        {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        let copied = to.put_pieces(
            request.new_name,
            source.pieces,
            source.content_type,
            source.metadata,
            request.expected,
            0,
        );
        copied.map(Some)
    }

    async fn rename(&self, request: RenameRequest<'_>) -> Result<Version> {
        let mut objects = self.write();
        if objects.get(request.name).is_none() {
            return Err(ErrorKind::NotFound.into());
        }
        objects.check(request.new_name, request.expected)?;
        let (version, gone) = objects.rename(request.name, request.new_name)?;
        drop(objects);
        drop(gone);
        Ok(version)
    }

    async fn append(&self, name: &str, body: Body, at: Option<u64>) -> Result<Appended> {
        let (added, reserved) = self.collect(body).await?;
        let mut objects = self.write();
        let (pieces, content_type, metadata) = match objects.get(name) {
            Some(object) => (
                object.pieces.clone(),
                object.content_type.clone(),
                object.metadata.clone(),
            ),
            None => (
                Pieces::default(),
                "application/octet-stream".to_owned(),
                Vec::new(),
            ),
        };
        if at.is_some_and(|at| at != pieces.size()) {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        let pieces = pieces.followed_by(&added);
        let size = pieces.size();
        if size > OBJECT_MAX_BYTES {
            return Err(Error::too_large(OBJECT_MAX_BYTES));
        }
        let (version, gone) =
            objects.put(name, pieces, content_type, metadata, reserved.bytes())?;
        drop(objects);
        drop(gone);
        Ok(Appended { version, size })
    }

    async fn begin(&self, name: &str, content_type: String, metadata: Metadata) -> Result<String> {
        let mark = self.write().mark();
        Ok(self.uploads().begin(mark, name, content_type, metadata))
    }

    async fn put_part(
        &self,
        name: &str,
        upload: &str,
        number: u32,
        _: u64,
        body: Body,
    ) -> Result<Part> {
        self.uploads().of(name, upload)?;
        let (pieces, reserved) = self.collect(body).await?;
        let mark = self.write().mark();
        let mut uploads = self.uploads();
        Ok(uploads
            .of(name, upload)?
            .put(number, mark, pieces, reserved))
    }

    async fn parts(&self, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        Ok(self.uploads().of(name, upload)?.parts())
    }

    async fn complete(
        &self,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let mut uploads = self.uploads();
        let begun = uploads.of(name, upload)?;
        let pieces = begun.join(parts)?;
        if pieces.size() > OBJECT_MAX_BYTES {
            return Err(Error::too_large(OBJECT_MAX_BYTES));
        }
        let (content_type, metadata) = (begun.content_type.clone(), begun.metadata.clone());
        let reserved = begun.reserved();
        let version = self.put_pieces(name, pieces, content_type, metadata, expected, reserved)?;
        uploads.end(name, upload);
        Ok(version)
    }

    async fn abort(&self, name: &str, upload: &str) -> Result<()> {
        self.uploads().end(name, upload);
        Ok(())
    }

    async fn versions(&self, request: VersionsRequest<'_>) -> Result<PastStatePage> {
        self.read().states(request)
    }

    async fn get_version(
        &self,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Content>> {
        let objects = self.read();
        objects
            .state(name, version)
            .map(|state| content(state, range))
            .transpose()
    }

    async fn delete_version(&self, name: &str, version: &Version) -> Result<()> {
        let removed = self.write().remove_state(name, version)?;
        drop(removed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use cloud_contract::Bytes;
    use futures::stream;

    use super::*;

    fn body(bytes: usize) -> Body {
        Box::pin(stream::iter([Ok(Bytes::from(vec![0; bytes]))]))
    }

    fn is_full<T: fmt::Debug>(ended: Result<T>) -> bool {
        matches!(ended.unwrap_err().kind(), ErrorKind::Throttled { .. })
    }

    #[tokio::test]
    async fn parts_take_room_until_their_upload_ends() {
        let container = MemoryContainer::new(10_000, Weak::new());
        let begin = async || container.begin("name", String::new(), Vec::new()).await;
        let send = async |upload: &str, bytes| {
            let sent = container.put_part("name", upload, 1, 0, body(bytes));
            sent.await
        };
        let put = async |bytes| {
            let put = container.put("other", body(bytes), PutOptions::default());
            put.await
        };
        let upload = begin().await.unwrap();
        let parts = [send(&upload, 6_000).await.unwrap()];
        // Both are there for a moment.
        assert!(is_full(send(&upload, 6_000).await));
        assert!(is_full(put(6_000).await));
        let completed = container.complete("name", &upload, &parts, &Expected::Any);
        completed.await.unwrap();
        assert!(is_full(put(6_000).await));

        container.delete("name", None).await.unwrap();
        let upload = begin().await.unwrap();
        send(&upload, 6_000).await.unwrap();
        container.abort("name", &upload).await.unwrap();
        put(6_000).await.unwrap();
        assert!(container.pending.bytes() == 0);
    }
}
