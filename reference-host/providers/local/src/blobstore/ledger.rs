//! What each call on a container does inside a write transaction.

use cloud_contract::blobstore::{Expected, Metadata};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind};
use redb::{ReadableTable, ReadableTableMetadata};

use super::OBJECT_MAX_BYTES;
use super::append::Merged;
use super::record::{self, Head, Object, Piece};
use super::tables;
use super::writer::Received;
use crate::error::Fault;
use crate::ledger::{Effect, Ledger, Leftover};

/// Bytes that are on the disk, and what is to be an object with them.
pub(crate) struct NewState {
    pub(super) received: Received,
    pub(super) content_type: String,
    pub(super) metadata: Metadata,
}

/// Where a copy or a move goes to.
pub(crate) struct Target {
    pub(super) name: String,
    pub(super) expected: Expected,
}

impl Ledger<'_> {
    /// The number under which the containers of an open scope are.
    pub(crate) fn containers_of(&self, scope: &str) -> Result<Option<u64>, Fault> {
        let number = self.blobstore.scopes.get(scope)?;
        Ok(number.map(|number| number.value()))
    }

    /// Makes containers of these names for a scope that has none.
    pub(crate) fn open_containers<'a>(
        &mut self,
        scope: &str,
        names: impl Iterator<Item = &'a String>,
    ) -> Result<u64, Fault> {
        let number = self.number()?;
        self.blobstore.scopes.insert(scope, number)?;
        self.blobstore.live.insert(number, ())?;
        for name in names {
            self.add_container(number, name)?;
        }
        Ok(number)
    }

    fn add_container(&mut self, scope: u64, name: &str) -> Result<(), Fault> {
        let number = self.number()?;
        let key = record::key(scope, name.as_bytes());
        self.blobstore.containers.insert(key.as_slice(), number)?;
        self.blobstore.live.insert(number, ())?;
        Ok(())
    }

    fn drop_container(&mut self, key: &[u8], number: u64) -> Result<(), Fault> {
        self.blobstore.containers.remove(key)?;
        self.blobstore.live.remove(number)?;
        self.blobstore.trash.insert(number, ())?;
        Ok(())
    }

    /// Ends all containers of a scope.
    pub(crate) fn close_containers(&mut self, scope: &str) -> Result<(), Fault> {
        let Some(number) = self.containers_of(scope)? else {
            return Ok(());
        };
        let first = record::key(number, b"");
        let mut containers = Vec::new();
        for row in self
            .blobstore
            .containers
            .range::<&[u8]>(first.as_slice()..)?
        {
            let (key, container) = row?;
            if !key.value().starts_with(&first) {
                break;
            }
            containers.push((key.value().to_vec(), container.value()));
        }
        for (key, container) in containers {
            self.drop_container(&key, container)?;
        }
        self.blobstore.scopes.remove(scope)?;
        self.blobstore.live.remove(number)?;
        Ok(())
    }

    /// Refuses a handle whose scope was closed or whose container was removed: what it
    /// wrote would never be removed.
    pub(super) fn live_container(&self, number: u64) -> Result<(), Fault> {
        match self.blobstore.live.get(number)? {
            Some(_) => Ok(()),
            None => Err(ErrorKind::NotFound.into()),
        }
    }

    fn container(&self, key: &[u8]) -> Result<Option<u64>, Fault> {
        let number = self.blobstore.containers.get(key)?;
        Ok(number.map(|number| number.value()))
    }

    pub(crate) fn create_container(&mut self, scope: u64, name: &str) -> Result<(), Fault> {
        self.live_container(scope)?;
        let key = record::key(scope, name.as_bytes());
        if self.container(&key)?.is_some() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        self.add_container(scope, name)?;
        self.touch(Effect::Durable);
        Ok(())
    }

    pub(crate) fn delete_container(&mut self, scope: u64, name: &str) -> Result<(), Fault> {
        let key = record::key(scope, name.as_bytes());
        let number = self.container(&key)?.ok_or(ErrorKind::NotFound)?;
        let first = record::key(number, b"");
        if !tables::beginning(&self.blobstore.objects, &first, 1)?.is_empty() {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        self.drop_container(&key, number)?;
        self.touch(Effect::Durable);
        Ok(())
    }

    fn object(&self, key: &[u8]) -> Result<Option<Object>, Fault> {
        tables::object(&self.blobstore.objects, key)
    }

    /// The object under a key, if it is in the expected state.
    fn expected(&self, key: &[u8], expected: &Expected) -> Result<Option<Object>, Fault> {
        let object = self.object(key)?;
        if meets(object.as_ref(), expected) {
            Ok(object)
        } else {
            Err(ErrorKind::PreconditionFailed.into())
        }
    }

    /// Gives an object new bytes in the place of `old` and returns its version.
    fn write_object(
        &mut self,
        key: &[u8],
        (pieces, size): (Vec<Piece>, u64),
        (content_type, metadata): (String, Metadata),
        old: Option<Object>,
    ) -> Result<Version, Fault> {
        let object = Object {
            head: Head {
                version: self.number()?,
                modified: self.clock.now(),
                size,
            },
            content_type,
            metadata,
            pieces,
        };
        // First what is new: what both have stays.
        self.name_files(&object.pieces)?;
        if let Some(old) = old {
            self.unname_files(&old.pieces)?;
        }
        let record = object.encode();
        self.blobstore.objects.insert(key, record.as_slice())?;
        self.touch(Effect::Durable);
        Ok(object.version())
    }

    /// Takes a file that was written for this transaction.
    pub(super) fn take_file(&mut self, received: Received) {
        self.files.new.extend(received.file);
    }

    pub(super) fn name_files(&mut self, pieces: &[Piece]) -> Result<(), Fault> {
        for piece in pieces {
            let named = self.blobstore.files.get(piece.file)?;
            let times = named.map_or(0, |times| times.value()) + 1;
            self.blobstore.files.insert(piece.file, times)?;
        }
        Ok(())
    }

    pub(super) fn unname_files(&mut self, pieces: &[Piece]) -> Result<(), Fault> {
        for piece in pieces {
            let named = self.blobstore.files.get(piece.file)?;
            let times = named.map_or(0, |times| times.value()).saturating_sub(1);
            if times > 0 {
                self.blobstore.files.insert(piece.file, times)?;
            } else {
                self.blobstore.files.remove(piece.file)?;
                self.files.gone.push(piece.file);
            }
        }
        Ok(())
    }

    pub(crate) fn put_object(
        &mut self,
        container: u64,
        name: &str,
        state: NewState,
        expected: &Expected,
    ) -> Result<Version, Fault> {
        self.live_container(container)?;
        let key = record::key(container, name.as_bytes());
        let old = self.expected(&key, expected)?;
        let pieces = state.received.piece().into_iter().collect();
        let bytes = (pieces, state.received.size);
        self.take_file(state.received);
        self.write_object(&key, bytes, (state.content_type, state.metadata), old)
    }

    /// Writes an object out of pieces that are named already.
    pub(super) fn put_pieces(
        &mut self,
        key: &[u8],
        bytes: (Vec<Piece>, u64),
        about: (String, Metadata),
        expected: &Expected,
    ) -> Result<Version, Fault> {
        let old = self.expected(key, expected)?;
        self.write_object(key, bytes, about, old)
    }

    pub(crate) fn delete_object(
        &mut self,
        container: u64,
        name: &str,
        expected: &Expected,
    ) -> Result<(), Fault> {
        self.live_container(container)?;
        let key = record::key(container, name.as_bytes());
        if let Some(old) = self.expected(&key, expected)? {
            self.unname_files(&old.pieces)?;
            self.blobstore.objects.remove(key.as_slice())?;
            self.touch(Effect::Durable);
        }
        Ok(())
    }

    /// Copies an object to a container of the same scope.
    pub(crate) fn copy_object(
        &mut self,
        (container, name): (u64, &str),
        source: Option<&Version>,
        (scope, to): (u64, &str),
        target: &Target,
    ) -> Result<Version, Fault> {
        self.live_container(container)?;
        let object = self.object(&record::key(container, name.as_bytes()))?;
        let object = object.ok_or(ErrorKind::NotFound)?;
        if source.is_some_and(|version| object.version() != *version) {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        let to = self.container(&record::key(scope, to.as_bytes()))?;
        let key = record::key(to.ok_or(ErrorKind::NotFound)?, target.name.as_bytes());
        let bytes = (object.pieces, object.head.size);
        let about = (object.content_type, object.metadata);
        self.put_pieces(&key, bytes, about, &target.expected)
    }

    pub(crate) fn rename_object(
        &mut self,
        container: u64,
        name: &str,
        target: &Target,
    ) -> Result<Version, Fault> {
        self.live_container(container)?;
        let from = record::key(container, name.as_bytes());
        let object = self.object(&from)?.ok_or(ErrorKind::NotFound)?;
        let to = record::key(container, target.name.as_bytes());
        let bytes = (object.pieces.clone(), object.head.size);
        let about = (object.content_type, object.metadata);
        let version = self.put_pieces(&to, bytes, about, &target.expected)?;
        self.unname_files(&object.pieces)?;
        self.blobstore.objects.remove(from.as_slice())?;
        Ok(version)
    }

    /// Adds bytes to an object, and returns its version and size.
    pub(crate) fn append_object(
        &mut self,
        (container, name): (u64, &str),
        received: Received,
        at: Option<u64>,
        merged: Option<Merged>,
    ) -> Result<(Version, u64), Fault> {
        self.live_container(container)?;
        let key = record::key(container, name.as_bytes());
        let old = self.object(&key)?;
        let (mut pieces, before, about) = match &old {
            Some(old) => {
                let about = (old.content_type.clone(), old.metadata.clone());
                (old.pieces.clone(), old.head.size, about)
            }
            None => {
                let content_type = "application/octet-stream".to_owned();
                (Vec::new(), 0, (content_type, Metadata::new()))
            }
        };
        if at.is_some_and(|at| at != before) {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        let size = before.saturating_add(received.size);
        if size > OBJECT_MAX_BYTES {
            return Err(Error::too_large(OBJECT_MAX_BYTES).into());
        }
        match merged.filter(|merged| merged.base == pieces) {
            Some(merged) => {
                pieces.truncate(merged.left);
                pieces.extend(merged.received.piece());
                self.take_file(merged.received);
            }
            None => {
                pieces.extend(received.piece());
                self.take_file(received);
            }
        }
        let version = self.write_object(&key, (pieces, size), about, old)?;
        Ok((version, size))
    }

    /// Removes rows of containers that were removed, about `left`.
    pub(crate) fn reclaim_containers(&mut self, mut left: usize) -> Result<(), Fault> {
        while left > 0 {
            let first = self.blobstore.trash.first()?;
            let Some(container) = first.map(|(container, _)| container.value()) else {
                break;
            };
            let first = record::key(container, b"");
            let objects = tables::beginning(&self.blobstore.objects, &first, left)?;
            let uploads = tables::beginning(&self.blobstore.uploads, &first, left)?;
            if objects.len() < left && uploads.len() < left {
                self.blobstore.trash.remove(container)?;
            }
            // A container without rows counts as one, so that many empty ones are not
            // reclaimed in one step.
            left = left.saturating_sub((objects.len() + uploads.len()).max(1));
            for (key, record) in objects {
                // The files of what does not decode stay: nobody knows them.
                if let Some(object) = Object::decode(&record) {
                    self.unname_files(&object.pieces)?;
                }
                self.blobstore.objects.remove(key.as_slice())?;
            }
            for (key, _) in uploads {
                self.end_upload(&key)?;
            }
            self.touch(Effect::Volatile);
        }
        Ok(())
    }

    /// What is left to reclaim of containers, now and later.
    pub(crate) fn leftover_of_containers(&self) -> Result<Leftover, Fault> {
        let next_deadline = self.next_upload_deadline()?;
        let ended = next_deadline.is_some_and(|deadline| deadline <= self.clock.now());
        Ok(Leftover {
            more: ended || !self.blobstore.trash.is_empty()?,
            next_deadline,
        })
    }
}

/// Whether an object is in the expected state.
pub(super) fn meets(object: Option<&Object>, expected: &Expected) -> bool {
    match (expected, object) {
        (Expected::Any, _) | (Expected::Absent, None) => true,
        (Expected::Absent, Some(_)) | (Expected::Version(_), None) => false,
        (Expected::Version(version), Some(object)) => object.version() == *version,
    }
}
