//! The objects of one container, as plain data. Knows nothing of locks or calls.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Bound;
use std::time::{SystemTime, UNIX_EPOCH};

use cloud_contract::blobstore::{
    Expected, Info, Item, ItemPage, ListRequest, Metadata, ObjectItem, Timestamp,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};
use compact_str::format_compact;

use super::pieces::Pieces;

/// What an object takes beside its name and bytes. An estimate on the high side.
const OBJECT_BYTES: u64 = 512;

/// One state of one object.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) pieces: Pieces,
    pub(super) content_type: String,
    pub(super) metadata: Metadata,
    version: u64,
    modified: Timestamp,
}

impl Object {
    pub(super) fn version(&self) -> Version {
        format_compact!("{:x}", self.version)
    }

    pub(super) fn info(&self) -> Info {
        Info {
            size: self.pieces.size(),
            version: self.version(),
            modified: self.modified,
            content_type: self.content_type.clone(),
            metadata: self.metadata.clone(),
        }
    }

    fn space(&self, name: &[u8]) -> u64 {
        self.pieces.size() + name.len() as u64 + OBJECT_BYTES
    }
}

/// The objects of one container, in the order of their names.
#[derive(Debug)]
pub(super) struct Objects {
    objects: BTreeMap<Vec<u8>, Object>,
    marks: u64,
    used: u64,
    room: u64,
}

impl Objects {
    /// None yet, and room for `room` bytes. Versions start anywhere, so that one that a
    /// guest kept from an earlier container does not match by accident.
    pub(super) fn new(room: u64) -> Self {
        Self {
            objects: BTreeMap::new(),
            marks: RandomState::new().hash_one(()) >> 1,
            used: 0,
            room,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.objects.clear();
        self.used = 0;
    }

    /// A number that was not given before.
    pub(super) fn mark(&mut self) -> u64 {
        self.marks += 1;
        self.marks
    }

    pub(super) fn get(&self, name: &str) -> Option<&Object> {
        self.objects.get(name.as_bytes())
    }

    /// Refuses if an object is in another state than the expected one.
    pub(super) fn check(&self, name: &str, expected: &Expected) -> Result<()> {
        let is_met = match (expected, self.get(name)) {
            (Expected::Any, _) | (Expected::Absent, None) => true,
            (Expected::Version(version), Some(object)) => object.version() == *version,
            _ => false,
        };
        if is_met {
            Ok(())
        } else {
            Err(ErrorKind::PreconditionFailed.into())
        }
    }

    /// Writes an object, and returns its version and what was there before.
    pub(super) fn put(
        &mut self,
        name: &str,
        pieces: Pieces,
        content_type: String,
        metadata: Metadata,
    ) -> Result<(Version, Option<Object>)> {
        let object = Object {
            pieces,
            content_type,
            metadata,
            version: self.mark(),
            modified: now(),
        };
        let version = object.version();
        let name = name.as_bytes();
        let before = self
            .objects
            .get(name)
            .map_or(0, |object| object.space(name));
        let used = self.used - before + object.space(name);
        if used > self.room {
            return Err(full());
        }
        self.used = used;
        Ok((version, self.objects.insert(name.to_vec(), object)))
    }

    /// Refuses a state that has no room, before all of it is there.
    pub(super) fn has_room(&self, size: u64) -> Result<()> {
        if size > self.room {
            Err(full())
        } else {
            Ok(())
        }
    }

    /// Gives an object another name, in the place of what is there, and returns its new
    /// version. Needs no room: the bytes are there already.
    pub(super) fn rename(
        &mut self,
        name: &str,
        new_name: &str,
    ) -> Result<(Version, Option<Object>)> {
        let mut object = self.remove(name).ok_or(ErrorKind::NotFound)?;
        let before = self.remove(new_name);
        object.version = self.mark();
        object.modified = now();
        self.used += object.space(new_name.as_bytes());
        let version = object.version();
        self.objects.insert(new_name.as_bytes().to_vec(), object);
        Ok((version, before))
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<Object> {
        let name = name.as_bytes();
        let object = self.objects.remove(name)?;
        self.used -= object.space(name);
        Some(object)
    }

    /// A cursor is what the last item was, and its text.
    pub(super) fn list(&self, request: ListRequest<'_>) -> Result<ItemPage> {
        let prefix = request.prefix.as_bytes();
        let mut from = match request.after {
            None => Bound::Included(prefix.to_vec()),
            Some([b'o', name @ ..]) => Bound::Excluded(name.to_vec()),
            Some([b'p', text @ ..]) => behind(text),
            Some(_) => return Err(Error::invalid("cursor: not issued for this list")),
        };
        let mut items = Vec::new();
        let mut next = None;
        while let Some((name, object)) = self
            .objects
            .range::<[u8], _>((from.as_ref().map(Vec::as_slice), Bound::Unbounded))
            .next()
            .filter(|(name, _)| name.starts_with(prefix))
        {
            if items.len() == request.limit {
                return Ok(ItemPage { items, next });
            }
            let divided = request.delimiter.and_then(|delimiter| {
                let rest = name.get(prefix.len()..)?;
                let end = find(rest, delimiter.as_bytes())? + delimiter.len();
                name.get(..prefix.len() + end)
            });
            if let Some(text) = divided {
                items.push(Item::Prefix(String::from_utf8_lossy(text).into_owned()));
                next = Some([b"p", text].concat());
                from = behind(text);
            } else {
                items.push(Item::Object(ObjectItem {
                    name: String::from_utf8_lossy(name).into_owned(),
                    size: object.pieces.size(),
                    modified: object.modified,
                }));
                next = Some([b"o", name.as_slice()].concat());
                from = Bound::Excluded(name.clone());
            }
        }
        Ok(ItemPage { items, next: None })
    }
}

/// A quota, and nothing happened.
fn full() -> Error {
    ErrorKind::Throttled { retry_after: None }.into()
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}

/// The place behind all names that start with `text`.
fn behind(text: &[u8]) -> Bound<Vec<u8>> {
    let mut end = text.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            break;
        }
    }
    Bound::Included(end)
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
