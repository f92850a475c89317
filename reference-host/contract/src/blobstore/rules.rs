//! The checks that come before a driver is asked: features, names, metadata, pages,
//! sizes and parts.

use std::collections::HashSet;
use std::time::Duration;

use super::container::DeleteManyError;
use super::driver::{Metadata, Part};
use crate::{Descriptor, Error, ErrorKind, FeatureId, Result, limit};

/// What an object is that was written without a content type.
const NO_CONTENT_TYPE: &str = "application/octet-stream";
const CONTENT_TYPE_BYTES: usize = 255;
const METADATA_KEY_BYTES: usize = 64;

/// A portable floor is also the limit where a descriptor states none.
const FLOOR_NAME_BYTES: u64 = 512;
const FLOOR_OBJECT_BYTES: u64 = 1 << 30;
const FLOOR_METADATA_BYTES: u64 = 1024;
const FLOOR_DELETE_NAMES: u64 = 1_000;
const FLOOR_PART_BYTES: u64 = 64 << 20;
const FLOOR_PART_NUMBER: u64 = 10_000;
const FLOOR_LINK_NS: u64 = 3_600_000_000_000;
/// The page size when the guest leaves it open.
const DEFAULT_PAGE: u64 = 1_000;

/// The declarations of one binding, resolved once at `open`.
#[derive(Debug)]
pub(super) struct Rules {
    features: Vec<FeatureId>,
    name_bytes: u64,
    pub(super) object_bytes: u64,
    metadata_bytes: u64,
    page_items: u64,
    delete_names: u64,
    part_bytes: u64,
    part_number: u64,
    link_ns: u64,
}

impl Rules {
    pub(super) fn new(descriptor: &Descriptor) -> Self {
        let limit = |id, floor| descriptor.limit(id).unwrap_or(floor);
        Self {
            features: descriptor.features.clone(),
            name_bytes: limit(limit::BLOB_NAME_MAX_BYTES, FLOOR_NAME_BYTES),
            object_bytes: limit(limit::BLOB_OBJECT_MAX_BYTES, FLOOR_OBJECT_BYTES),
            metadata_bytes: limit(limit::BLOB_METADATA_MAX_BYTES, FLOOR_METADATA_BYTES),
            page_items: limit(limit::BLOB_PAGE_MAX_ITEMS, DEFAULT_PAGE).max(1),
            delete_names: limit(limit::BLOB_DELETE_MAX_NAMES, FLOOR_DELETE_NAMES),
            part_bytes: limit(limit::BLOB_PART_MAX_BYTES, FLOOR_PART_BYTES),
            part_number: limit(limit::BLOB_PART_MAX_NUMBER, FLOOR_PART_NUMBER),
            link_ns: limit(limit::BLOB_LINK_MAX_NS, FLOOR_LINK_NS),
        }
    }

    pub(super) fn declared(&self, feature: FeatureId) -> Result<()> {
        if self.features.contains(&feature) {
            Ok(())
        } else {
            Err(Error::unsupported(feature))
        }
    }

    pub(super) fn name(&self, name: &str) -> Result<()> {
        if name.is_empty() {
            return Err(Error::invalid("name: must not be empty"));
        }
        within(name.len() as u64, self.name_bytes)
    }

    pub(super) fn list(&self, prefix: &str, delimiter: Option<&str>) -> Result<()> {
        within(prefix.len() as u64, self.name_bytes)?;
        if delimiter == Some("") {
            return Err(Error::invalid("delimiter: must not be empty"));
        }
        within(delimiter.map_or(0, str::len) as u64, self.name_bytes)
    }

    /// The number of items to ask the driver for.
    pub(super) fn page(&self, asked: Option<u32>) -> Result<usize> {
        let items = match asked {
            Some(0) => return Err(Error::invalid("page-size: must be greater than zero")),
            Some(items) => u64::from(items),
            None => DEFAULT_PAGE,
        };
        Ok(usize::try_from(items.min(self.page_items)).unwrap_or(usize::MAX))
    }

    /// The content type that an object is to have.
    pub(super) fn content_type(&self, given: Option<String>) -> Result<String> {
        let Some(text) = given else {
            return Ok(NO_CONTENT_TYPE.to_owned());
        };
        let is_printable = text.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
        let has_edges = text.starts_with(' ') || text.ends_with(' ');
        if (1..=CONTENT_TYPE_BYTES).contains(&text.len()) && is_printable && !has_edges {
            Ok(text)
        } else {
            Err(Error::invalid(
                "content-type: must have 1 to 255 characters out of U+0020 to U+007E, and no \
                 space at its ends",
            ))
        }
    }

    pub(super) fn metadata(&self, metadata: &Metadata) -> Result<()> {
        let mut seen = HashSet::with_capacity(metadata.len());
        let mut bytes = 0_u64;
        for (key, value) in metadata {
            if !is_metadata_key(key) {
                return Err(Error::invalid(
                    "metadata: a key must have a letter a-z and up to 63 more characters out of \
                     a-z, 0-9 and -",
                ));
            }
            if !seen.insert(key.as_str()) {
                return Err(Error::invalid("metadata: a key stands there twice"));
            }
            bytes = bytes.saturating_add((key.len() + value.len()) as u64);
        }
        within(bytes, self.metadata_bytes)
    }

    /// A size that a guest announced.
    pub(super) fn object(&self, size: Option<u64>) -> Result<()> {
        within(size.unwrap_or(0), self.object_bytes)
    }

    /// Checks all names; the first that breaks a rule decides, and all places that
    /// break the same rule are named.
    pub(super) fn names(&self, names: &[String]) -> Result<(), DeleteManyError> {
        let refused = |error, indices| Err(DeleteManyError::Refused { error, indices });
        if let Err(error) = within(names.len() as u64, self.delete_names) {
            return refused(error, Vec::new());
        }
        let Some((first, error)) = names
            .iter()
            .find_map(|name| Some((name, self.name(name).err()?)))
        else {
            return Ok(());
        };
        let breaks_the_same =
            |name: &str| self.name(name).is_err() && name.is_empty() == first.is_empty();
        let indices = (0_u32..)
            .zip(names)
            .filter(|(_, name)| breaks_the_same(name))
            .map(|(index, _)| index);
        refused(error, indices.collect())
    }

    pub(super) fn part(&self, number: u32, size: u64) -> Result<()> {
        if number == 0 || u64::from(number) > self.part_number {
            return Err(ErrorKind::OutOfRange.into());
        }
        within(size, self.part_bytes)
    }

    pub(super) fn parts(&self, parts: &[Part]) -> Result<()> {
        let ascend = parts
            .windows(2)
            .all(|pair| matches!(pair, [one, next] if one.number < next.number));
        if parts.is_empty() {
            Err(Error::invalid("parts: there is none"))
        } else if ascend {
            Ok(())
        } else {
            Err(Error::invalid("parts: their numbers must ascend"))
        }
    }

    pub(super) fn lifetime(&self, lifetime: Duration) -> Result<()> {
        let nanoseconds = u64::try_from(lifetime.as_nanos()).unwrap_or(u64::MAX);
        if nanoseconds == 0 {
            Err(Error::invalid("lifetime: must be greater than zero"))
        } else if nanoseconds > self.link_ns {
            Err(ErrorKind::OutOfRange.into())
        } else {
            Ok(())
        }
    }
}

fn within(size: u64, limit: u64) -> Result<()> {
    if size > limit {
        Err(Error::too_large(limit))
    } else {
        Ok(())
    }
}

fn is_metadata_key(key: &str) -> bool {
    let rest = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    key.len() <= METADATA_KEY_BYTES
        && key
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase())
        && key.as_bytes().iter().all(rest)
}
