//! What each call on an upload does inside a write transaction.

use cloud_contract::blobstore::{self, Expected, Metadata};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind};
use redb::ReadableTable;

use super::files::random;
use super::record::{self, Part, Upload};
use super::writer::Received;
use super::{MAX_IDLE_NS, OBJECT_MAX_BYTES, PART_MIN_BYTES, tables};
use crate::error::Fault;
use crate::ledger::{Effect, Ledger};

/// An upload is kept so much longer than is promised: a call that comes within this time
/// after another one need not write down that it came.
const MARGIN_NS: u64 = MAX_IDLE_NS / 24;

/// Whether the end of an upload has to be put off for a call at `now`.
pub(super) fn is_stale(upload: &Upload, now: u64) -> bool {
    upload.deadline.saturating_sub(now) < MAX_IDLE_NS
}

impl Ledger<'_> {
    pub(crate) fn begin_upload(
        &mut self,
        container: u64,
        name: String,
        content_type: String,
        metadata: Metadata,
    ) -> Result<String, Fault> {
        self.live_container(container)?;
        let id = record::upload_id(self.number()?, random());
        let key = record::upload(container, &id).ok_or(ErrorKind::NotFound)?;
        let upload = Upload {
            deadline: 0,
            name,
            content_type,
            metadata,
        };
        self.keep_upload(&key, upload)?;
        Ok(id)
    }

    /// Puts off the end of an upload.
    fn keep_upload(&mut self, key: &[u8], mut upload: Upload) -> Result<(), Fault> {
        let old = deadline(upload.deadline, key);
        self.blobstore.deadlines.remove(old.as_slice())?;
        let now = self.clock.now();
        upload.deadline = now.saturating_add(MAX_IDLE_NS + MARGIN_NS);
        let new = deadline(upload.deadline, key);
        self.blobstore.deadlines.insert(new.as_slice(), ())?;
        let record = upload.encode();
        self.blobstore.uploads.insert(key, record.as_slice())?;
        self.touch(Effect::Durable);
        Ok(())
    }

    /// The key of an upload of this name, and the upload.
    fn upload(
        &self,
        container: u64,
        name: &str,
        id: &str,
    ) -> Result<Option<(Vec<u8>, Upload)>, Fault> {
        let Some(key) = record::upload(container, id) else {
            return Ok(None);
        };
        let now = self.clock.now();
        let upload = tables::upload(&self.blobstore.uploads, &key, name, now)?;
        Ok(upload.map(|upload| (key, upload)))
    }

    /// Puts off the end of an upload that a call has named.
    pub(crate) fn touch_upload(
        &mut self,
        container: u64,
        name: &str,
        id: &str,
    ) -> Result<(), Fault> {
        if let Some((key, upload)) = self.upload(container, name, id)? {
            self.keep_upload(&key, upload)?;
        }
        Ok(())
    }

    pub(crate) fn put_part(
        &mut self,
        container: u64,
        (name, id): (&str, &str),
        number: u32,
        received: Received,
    ) -> Result<blobstore::Part, Fault> {
        self.live_container(container)?;
        let found = self.upload(container, name, id)?;
        let (upload_key, upload) = found.ok_or(ErrorKind::NotFound)?;
        let key = record::part(&upload_key, number);
        let part = Part {
            mark: self.number()?,
            piece: received.piece(),
        };
        self.name_files(part.piece.as_slice())?;
        let record = part.encode();
        let old = self
            .blobstore
            .parts
            .insert(key.as_slice(), record.as_slice())?;
        let old = old.and_then(|old| Part::decode(old.value()));
        if let Some(old) = old {
            self.unname_files(old.piece.as_slice())?;
        }
        self.take_file(received);
        self.keep_upload(&upload_key, upload)?;
        Ok(blobstore::Part {
            number,
            tag: part.tag(),
        })
    }

    pub(crate) fn complete_upload(
        &mut self,
        container: u64,
        (name, id): (&str, &str),
        parts: &[blobstore::Part],
        expected: &Expected,
    ) -> Result<Version, Fault> {
        self.live_container(container)?;
        let found = self.upload(container, name, id)?;
        let (upload_key, upload) = found.ok_or(ErrorKind::NotFound)?;
        let mut found = Vec::with_capacity(parts.len());
        for part in parts {
            let key = record::part(&upload_key, part.number);
            let record = self.blobstore.parts.get(key.as_slice())?;
            let sent = record.and_then(|record| Part::decode(record.value()));
            let sent = sent.filter(|sent| sent.tag() == part.tag);
            found.push(sent.ok_or(ErrorKind::NotFound)?);
        }
        let mut all_but_last = found.iter().rev().skip(1);
        if all_but_last.any(|part| part.size() < PART_MIN_BYTES) {
            return Err(ErrorKind::OutOfRange.into());
        }
        let size = found.iter().map(Part::size).fold(0, u64::saturating_add);
        if size > OBJECT_MAX_BYTES {
            return Err(Error::too_large(OBJECT_MAX_BYTES).into());
        }
        let pieces = found.iter().filter_map(|part| part.piece).collect();
        let key = record::key(container, name.as_bytes());
        let about = (upload.content_type, upload.metadata);
        let version = self.put_pieces(&key, (pieces, size), about, expected)?;
        self.end_upload(&upload_key)?;
        Ok(version)
    }

    pub(crate) fn abort_upload(
        &mut self,
        container: u64,
        name: &str,
        id: &str,
    ) -> Result<(), Fault> {
        self.live_container(container)?;
        if let Some((key, _)) = self.upload(container, name, id)? {
            self.end_upload(&key)?;
            self.touch(Effect::Durable);
        }
        Ok(())
    }

    /// Removes an upload with its parts.
    pub(super) fn end_upload(&mut self, key: &[u8]) -> Result<(), Fault> {
        for (part, record) in tables::beginning(&self.blobstore.parts, key, usize::MAX)? {
            if let Some(part) = Part::decode(&record) {
                self.unname_files(part.piece.as_slice())?;
            }
            self.blobstore.parts.remove(part.as_slice())?;
        }
        let upload = self.blobstore.uploads.remove(key)?;
        let upload = upload.and_then(|upload| Upload::decode(upload.value()));
        if let Some(upload) = upload {
            let deadline = deadline(upload.deadline, key);
            self.blobstore.deadlines.remove(deadline.as_slice())?;
        }
        Ok(())
    }

    /// When the next upload ends by itself.
    pub(super) fn next_upload_deadline(&self) -> Result<Option<u64>, Fault> {
        let first = self.blobstore.deadlines.first()?;
        Ok(first.and_then(|(first, _)| split(first.value()).map(|(deadline, _)| deadline)))
    }

    /// Ends uploads that nobody has named for long enough, at most `left`, and returns
    /// how many of these it left.
    pub(crate) fn reclaim_uploads(&mut self, mut left: usize) -> Result<usize, Fault> {
        let end = self.clock.now().saturating_add(1).to_be_bytes();
        let mut ended = Vec::new();
        let rows = self.blobstore.deadlines.range::<&[u8]>(..end.as_slice())?;
        for row in rows.take(left) {
            ended.push(row?.0.value().to_vec());
        }
        for row in ended {
            if let Some((_, key)) = split(&row) {
                self.end_upload(key)?;
            }
            // Also where the upload said otherwise, or it would be looked at for ever.
            self.blobstore.deadlines.remove(row.as_slice())?;
            // Not volatile: the files of the parts are gone after this transaction.
            self.touch(Effect::Durable);
            left -= 1;
        }
        Ok(left)
    }
}

fn deadline(deadline: u64, upload: &[u8]) -> Vec<u8> {
    record::expiry(deadline, upload)
}

fn split(row: &[u8]) -> Option<(u64, &[u8])> {
    record::split_expiry(row)
}
