//! Uploads that are not complete yet, as plain data.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use cloud_contract::blobstore::{Metadata, Part, ReceivedPart};
use cloud_contract::{ErrorKind, Result};

use super::pending::Reserved;
use super::pieces::Pieces;

/// How long an upload is kept that nobody touches.
pub(crate) const MAX_IDLE: Duration = Duration::from_hours(24);
/// The smallest part but for the last, in bytes.
pub(crate) const PART_MIN_BYTES: u64 = 1;

/// An upload of one name.
#[derive(Debug)]
pub(super) struct Upload {
    name: String,
    pub(super) content_type: String,
    pub(super) metadata: Metadata,
    parts: BTreeMap<u32, (String, Pieces, Reserved)>,
    touched: Instant,
}

/// The uploads of one container, by their ids.
#[derive(Debug, Default)]
pub(super) struct Uploads(HashMap<String, Upload>);

impl Uploads {
    /// Begins one. `mark` was never given before.
    pub(super) fn begin(
        &mut self,
        mark: u64,
        name: &str,
        content_type: String,
        metadata: Metadata,
    ) -> String {
        self.0
            .retain(|_, upload| upload.touched.elapsed() < MAX_IDLE);
        let id = format!("{mark:016x}{:016x}", RandomState::new().hash_one(mark));
        let upload = Upload {
            name: name.to_owned(),
            content_type,
            metadata,
            parts: BTreeMap::new(),
            touched: Instant::now(),
        };
        self.0.insert(id.clone(), upload);
        id
    }

    /// An upload of this name.
    pub(super) fn of(&mut self, name: &str, id: &str) -> Result<&mut Upload> {
        let upload = self.0.get_mut(id).filter(|upload| upload.name == name);
        let upload = upload.ok_or(ErrorKind::NotFound)?;
        upload.touched = Instant::now();
        Ok(upload)
    }

    /// Ends an upload of this name; what is another's stays.
    pub(super) fn end(&mut self, name: &str, id: &str) {
        if self.of(name, id).is_ok() {
            self.0.remove(id);
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Upload {
    pub(super) fn put(
        &mut self,
        number: u32,
        mark: u64,
        pieces: Pieces,
        reserved: Reserved,
    ) -> Part {
        let tag = format!("{mark:x}");
        self.parts.insert(number, (tag.clone(), pieces, reserved));
        Part { number, tag }
    }

    /// What its parts take of the room.
    pub(super) fn reserved(&self) -> u64 {
        self.parts
            .values()
            .map(|(_, _, reserved)| reserved.bytes())
            .sum()
    }

    pub(super) fn parts(&self) -> Vec<ReceivedPart> {
        let parts = self
            .parts
            .iter()
            .map(|(&number, (tag, pieces, _))| ReceivedPart {
                part: Part {
                    number,
                    tag: tag.clone(),
                },
                size: pieces.size(),
            });
        parts.collect()
    }

    /// The bytes of these parts, one behind the other.
    pub(super) fn join(&self, parts: &[Part]) -> Result<Pieces> {
        let mut found = Vec::with_capacity(parts.len());
        for part in parts {
            match self.parts.get(&part.number) {
                Some((tag, pieces, _)) if *tag == part.tag => found.push(pieces),
                _ => return Err(ErrorKind::NotFound.into()),
            }
        }
        let all_but_last = found.iter().rev().skip(1);
        if all_but_last
            .clone()
            .any(|pieces| pieces.size() < PART_MIN_BYTES)
        {
            return Err(ErrorKind::OutOfRange.into());
        }
        Ok(Pieces::concat(found))
    }
}
