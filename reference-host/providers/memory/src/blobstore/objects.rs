//! The objects of one container, as plain data. Knows nothing of locks or calls.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Bound;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use cloud_contract::blobstore::{
    Expected, Info, Item, ItemPage, ListRequest, Metadata, ObjectItem, PastState, PastStatePage,
    Timestamp, VersionsRequest,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};
use compact_str::format_compact;

use super::past::Past;
use super::pending::Pending;
use super::pieces::Pieces;

/// What an object takes beside its texts and bytes. An estimate on the high side.
const OBJECT_BYTES: u64 = 512;

/// One state of one object.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) pieces: Pieces,
    pub(super) content_type: String,
    pub(super) metadata: Metadata,
    /// What its version says: later states have greater ones.
    pub(super) mark: u64,
    modified: Timestamp,
}

impl Object {
    pub(super) fn past_state(&self) -> PastState {
        PastState {
            version: self.version(),
            size: self.pieces.size(),
            modified: self.modified,
        }
    }

    pub(super) fn version(&self) -> Version {
        format_compact!("{:x}", self.mark)
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

    pub(super) fn space(&self, name: &[u8]) -> u64 {
        let entry =
            |(key, value): &(String, String)| 2 * size_of::<String>() + key.len() + value.len();
        let metadata = self.metadata.iter().map(entry).sum::<usize>();
        let texts = name.len() + self.content_type.len() + metadata;
        self.pieces.space() + texts as u64 + OBJECT_BYTES
    }
}

/// The objects of one container, in the order of their names.
#[derive(Debug)]
pub(super) struct Objects {
    objects: BTreeMap<Vec<u8>, Object>,
    past: Past,
    marks: u64,
    used: u64,
    room: u64,
    /// Of the same room, what no object has yet.
    pending: Arc<Pending>,
}

impl Objects {
    /// None yet, and room for `room` bytes. Versions start anywhere, so that one that a
    /// guest kept from an earlier container does not match by accident.
    pub(super) fn new(room: u64, pending: Arc<Pending>) -> Self {
        Self {
            objects: BTreeMap::new(),
            past: Past::default(),
            marks: RandomState::new().hash_one(()) >> 1,
            used: 0,
            room,
            pending,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.objects.clear();
        self.past.clear();
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

    /// Writes an object, and returns its version and what had to make room for it. So many
    /// of the bytes are `reserved`.
    pub(super) fn put(
        &mut self,
        name: &str,
        pieces: Pieces,
        content_type: String,
        metadata: Metadata,
        reserved: u64,
    ) -> Result<(Version, Vec<Object>)> {
        let object = Object {
            pieces,
            content_type,
            metadata,
            mark: self.mark(),
            modified: now(),
        };
        let version = object.version();
        let name = name.as_bytes();
        let before = self
            .objects
            .get(name)
            .map_or(0, |object| object.space(name));
        let used = self.used - before + object.space(name);
        if used + self.pending.bytes().saturating_sub(reserved) > self.room {
            return Err(full());
        }
        self.used = used;
        if let Some(before) = self.objects.insert(name.to_vec(), object) {
            self.past.keep(name, before);
        }
        Ok((version, self.make_room(reserved)))
    }

    /// Earlier states give way to what is there, and to what comes. So many bytes of the
    /// latter are `reserved` for what is there.
    pub(super) fn make_room(&mut self, reserved: u64) -> Vec<Object> {
        let mut gone = Vec::new();
        while !self.is_roomy(reserved) {
            match self.past.forget_one() {
                Some(state) => gone.push(state),
                None => break,
            }
        }
        gone
    }

    /// Whether no earlier state has to give way.
    pub(super) fn is_roomy(&self, reserved: u64) -> bool {
        let pending = self.pending.bytes().saturating_sub(reserved);
        self.used + self.past.used() + pending <= self.room
    }

    /// Refuses what has no room, before all of it is there.
    pub(super) fn has_room(&self) -> Result<()> {
        if self.used + self.pending.bytes() > self.room {
            Err(full())
        } else {
            Ok(())
        }
    }

    /// Gives an object another name, in the place of what is there, and returns its new
    /// version and what had to make room.
    pub(super) fn rename(&mut self, name: &str, new_name: &str) -> Result<(Version, Vec<Object>)> {
        let object = self.get(name).cloned().ok_or(ErrorKind::NotFound)?;
        let replaced = self.get(new_name);
        let given_back = object.space(name.as_bytes())
            + replaced.map_or(0, |object| object.space(new_name.as_bytes()));
        if self.used - given_back + object.space(new_name.as_bytes()) > self.room {
            return Err(full());
        }
        let mut gone = self.remove(name);
        let (version, more) = self.put(
            new_name,
            object.pieces,
            object.content_type,
            object.metadata,
            // Looked at above: what was removed has to find its place.
            u64::MAX,
        )?;
        gone.extend(more);
        Ok((version, gone))
    }

    /// Removes an object, and returns what had to make room for what it was.
    pub(super) fn remove(&mut self, name: &str) -> Vec<Object> {
        let name = name.as_bytes();
        let Some(object) = self.objects.remove(name) else {
            return Vec::new();
        };
        self.used -= object.space(name);
        self.past.keep(name, object);
        self.make_room(0)
    }

    /// A state of an object, the present one or an earlier one.
    pub(super) fn state(&self, name: &str, version: &Version) -> Option<&Object> {
        self.get(name)
            .filter(|object| object.version() == *version)
            .or_else(|| self.past.get(name, version))
    }

    /// The states of an object, the latest first. A cursor is the version of the last.
    pub(super) fn states(&self, request: VersionsRequest<'_>) -> Result<PastStatePage> {
        let unknown = || Error::invalid("cursor: not issued for this list");
        let below = match request.after {
            None => u64::MAX,
            Some(bytes) => {
                let text = std::str::from_utf8(bytes).map_err(|_| unknown())?;
                u64::from_str_radix(text, 16).map_err(|_| unknown())?
            }
        };
        let past = self.past.of(request.name).iter().rev();
        let mut left = self
            .get(request.name)
            .into_iter()
            .chain(past)
            .filter(|state| state.mark < below);
        let states: Vec<PastState> = left
            .by_ref()
            .take(request.limit)
            .map(Object::past_state)
            .collect();
        let last = states.last().map(|last| last.version.as_bytes().to_vec());
        Ok(PastStatePage {
            next: last.filter(|_| left.next().is_some()),
            states,
        })
    }

    /// Removes an earlier state of an object.
    ///
    /// # Errors
    /// `precondition-failed` for the present one.
    pub(super) fn remove_state(&mut self, name: &str, version: &Version) -> Result<Option<Object>> {
        let present = self.get(name).map(Object::version);
        if present.as_ref() == Some(version) {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        Ok(self.past.remove(name, version))
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
