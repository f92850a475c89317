//! What a provider implements for one container.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::Body;
use crate::keyvalue::Version;
use crate::{Error, Result, feature};

/// A moment: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
pub type Timestamp = u64;

/// Keys and values of an object's metadata, each key once.
pub type Metadata = Vec<(String, String)>;

/// What there is to know about one state of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// The number of its bytes.
    pub size: u64,
    /// Its version.
    pub version: Version,
    /// When it was written.
    pub modified: Timestamp,
    /// Its content type.
    pub content_type: String,
    /// Its metadata, in any order.
    pub metadata: Metadata,
}

/// An object that is being read.
pub struct Content {
    /// About the whole object, whatever part of it is read.
    pub info: Info,
    /// The bytes that were asked for. They end early only with an error.
    pub data: Body,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

/// The bytes from `offset` on, `length` of them, or all where it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// How many bytes to leave out.
    pub offset: u64,
    /// How many bytes to deliver at most.
    pub length: Option<u64>,
}

impl Range {
    /// Whether it asks for the whole of any object.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }

    /// How many bytes of an object of `size` bytes it covers; none if its offset is
    /// behind the end.
    #[must_use]
    pub fn covers(&self, size: u64) -> Option<u64> {
        let rest = size.checked_sub(self.offset)?;
        Some(self.length.map_or(rest, |length| length.min(rest)))
    }
}

/// The state that an object must be in for a write to happen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Expected {
    /// Any: the write is unconditional.
    #[default]
    Any,
    /// The object is absent.
    Absent,
    /// The object is present with this version. It may be any text: one that the
    /// driver never issued simply does not match.
    Version(Version),
}

impl Expected {
    /// Whether an object is in this state, whose version is `present` if it is there.
    #[must_use]
    pub fn is_met_by(&self, present: Option<&Version>) -> bool {
        match self {
            Self::Any => true,
            Self::Absent => present.is_none(),
            Self::Version(version) => present == Some(version),
        }
    }
}

/// How to write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PutOptions {
    /// The content type; never empty.
    pub content_type: String,
    /// The metadata, within the rules of the specification.
    pub metadata: Metadata,
    /// How many bytes come, where the guest knows it. The body is checked against it
    /// before the driver sees its end.
    pub size: Option<u64>,
    /// Only if the object is in this state.
    pub expected: Expected,
}

/// What to list.
#[derive(Debug, Clone, Copy)]
pub struct ListRequest<'a> {
    /// Only names that start with these bytes; empty for all.
    pub prefix: &'a str,
    /// Where to divide names behind the prefix; never empty.
    pub delimiter: Option<&'a str>,
    /// Where to go on: what [`ItemPage::next`] said, byte for byte. The portable
    /// layer has checked that it belongs to this container, prefix and delimiter.
    pub after: Option<&'a [u8]>,
    /// The most items to return, between 1 and `blob.page.max-items`.
    pub limit: usize,
}

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectItem {
    /// Its name.
    pub name: String,
    /// The number of its bytes.
    pub size: u64,
    /// When it was written.
    pub modified: Timestamp,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// An object.
    Object(ObjectItem),
    /// All objects whose names start with this text, which ends in the delimiter.
    Prefix(String),
}

/// Some items.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemPage {
    /// At most as many as the request's limit, each once.
    pub items: Vec<Item>,
    /// Where the list goes on; none if it ends here. The bytes are the driver's.
    pub next: Option<Vec<u8>>,
}

/// A copy inside one service, from this container.
#[derive(Debug, Clone, Copy)]
pub struct CopyRequest<'a> {
    /// The object to copy.
    pub name: &'a str,
    /// Only if the source has this version (feature `blob.conditional-copy`).
    pub source: Option<&'a Version>,
    /// The container of this namespace to copy to; it can be the driver's own.
    pub to: &'a str,
    /// The name of the copy.
    pub new_name: &'a str,
    /// Only if the new object is in this state (feature `blob.conditional-copy`).
    pub expected: &'a Expected,
}

/// A change of a name (feature `blob.atomic-move`).
#[derive(Debug, Clone, Copy)]
pub struct RenameRequest<'a> {
    /// The object.
    pub name: &'a str,
    /// Its new name, another than the old one.
    pub new_name: &'a str,
    /// Only if the new name is in this state.
    pub expected: &'a Expected,
}

/// A part that was sent (feature `blob.multipart`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its place in the object.
    pub number: u32,
    /// A mark of what was sent under the number.
    pub tag: String,
}

/// A part that an upload has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedPart {
    /// The part.
    pub part: Part,
    /// The number of its bytes.
    pub size: u64,
}

/// What a link is for (feature `blob.links`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Read the object.
    Get,
    /// Write the object.
    Put,
    /// Remove the object.
    Delete,
}

/// A request that anybody can make. Its debug text does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// Where to send it; a secret.
    pub url: String,
    /// The header fields to send with it.
    pub headers: Vec<(String, String)>,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

/// Which states of an object to list (feature `blob.history`).
#[derive(Debug, Clone, Copy)]
pub struct VersionsRequest<'a> {
    /// The object.
    pub name: &'a str,
    /// Where to go on, as in [`ListRequest::after`].
    pub after: Option<&'a [u8]>,
    /// The most states to return, between 1 and `blob.page.max-items`.
    pub limit: usize,
}

/// A state of an object, the present one or an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastState {
    /// The version of that state.
    pub version: Version,
    /// The number of its bytes.
    pub size: u64,
    /// When it was written.
    pub modified: Timestamp,
}

/// Some states of an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PastStatePage {
    /// The states, each once.
    pub states: Vec<PastState>,
    /// Where the list goes on; none if it ends here.
    pub next: Option<Vec<u8>>,
}

/// An object right after something was added to it (feature `blob.append`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Its version.
    pub version: Version,
    /// The number of its bytes.
    pub size: u64,
}

/// One container of a service.
///
/// Arguments are valid when they arrive: names, content types and metadata within
/// the rules, features declared. A driver is called from many tasks at once. A caller
/// may drop a call that is in flight; the object must then be either as it was or as
/// the call would leave it, and what was sent of it is let go.
///
/// A [`Body`] that a driver is given is the guest's: only its end says that the write
/// is to take effect. After an error in it nothing takes effect, and the driver returns
/// an error, whichever it likes: the guest is told the body's. Read it as fast as the
/// service takes it and no faster: it waits for the guest.
///
/// Error text never holds a secret, an endpoint, a path or a guest's value; put
/// causes into [`Error::with_source`].
#[async_trait]
pub trait Driver: Send + Sync + fmt::Debug {
    /// Writes an object and returns its version.
    ///
    /// # Errors
    /// `precondition-failed` if it is not in the state that the options expect.
    async fn put(&self, name: &str, body: Body, options: PutOptions) -> Result<Version>;

    /// Reads an object, none if it is absent. The range has a length greater than zero.
    ///
    /// # Errors
    /// `out-of-range` if the object has no byte in the range; `precondition-failed` if
    /// a version is expected that it does not have.
    async fn get(
        &self,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>>;

    /// What there is to know about an object, none if it is absent.
    async fn head(&self, name: &str) -> Result<Option<Info>>;

    /// Removes an object: always, or only with the expected version (feature
    /// `blob.conditional-delete`).
    ///
    /// # Errors
    /// `precondition-failed` if a version is expected that it does not have.
    async fn delete(&self, name: &str, expected: Option<&Version>) -> Result<()>;

    /// Removes objects, one result for each in their order. The default removes them
    /// one by one.
    async fn delete_many(&self, names: &[String]) -> Vec<Result<()>> {
        let mut results = Vec::with_capacity(names.len());
        for name in names {
            results.push(self.delete(name, None).await);
        }
        results
    }

    /// Lists objects under the rules of `cloud:types/pages`.
    async fn list(&self, request: ListRequest<'_>) -> Result<ItemPage>;

    /// Copies an object inside the service and returns the version of the copy; none
    /// if the service cannot do it by itself, and the bytes have to pass through the
    /// host. Never called for an object and itself.
    ///
    /// # Errors
    /// `not-found` without a source; `precondition-failed`.
    async fn copy(&self, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let _ = request;
        Ok(None)
    }

    /// Gives an object another name in one step (feature `blob.atomic-move`).
    ///
    /// # Errors
    /// `not-found`, `precondition-failed`.
    async fn rename(&self, request: RenameRequest<'_>) -> Result<Version> {
        let _ = request;
        Err(Error::unsupported(feature::BLOB_ATOMIC_MOVE))
    }

    /// Adds to the end of an object (feature `blob.append`).
    ///
    /// # Errors
    /// `precondition-failed` if it has not the `at` bytes that are expected.
    async fn append(&self, name: &str, body: Body, at: Option<u64>) -> Result<Appended> {
        let _ = (name, body, at);
        Err(Error::unsupported(feature::BLOB_APPEND))
    }

    /// Begins an upload and returns its id (feature `blob.multipart`).
    async fn begin(&self, name: &str, content_type: String, metadata: Metadata) -> Result<String> {
        let _ = (name, content_type, metadata);
        Err(Error::unsupported(feature::BLOB_MULTIPART))
    }

    /// Sends a part of so many bytes (feature `blob.multipart`).
    ///
    /// # Errors
    /// `not-found` if there is no such upload of this name.
    async fn put_part(
        &self,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        body: Body,
    ) -> Result<Part> {
        let _ = (name, upload, number, size, body);
        Err(Error::unsupported(feature::BLOB_MULTIPART))
    }

    /// The parts of an upload by ascending numbers (feature `blob.multipart`).
    ///
    /// # Errors
    /// `not-found` if there is no such upload of this name.
    async fn parts(&self, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let _ = (name, upload);
        Err(Error::unsupported(feature::BLOB_MULTIPART))
    }

    /// Writes the object out of parts, whose numbers ascend (feature `blob.multipart`).
    ///
    /// # Errors
    /// `not-found` if there is no such upload or part, `out-of-range` for a part that
    /// is too small, `precondition-failed`.
    async fn complete(
        &self,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let _ = (name, upload, parts, expected);
        Err(Error::unsupported(feature::BLOB_MULTIPART))
    }

    /// Ends an upload; ok if there is none (feature `blob.multipart`).
    async fn abort(&self, name: &str, upload: &str) -> Result<()> {
        let _ = (name, upload);
        Err(Error::unsupported(feature::BLOB_MULTIPART))
    }

    /// Makes a link (feature `blob.links`).
    async fn sign(&self, name: &str, access: Access, lifetime: Duration) -> Result<Link> {
        let _ = (name, access, lifetime);
        Err(Error::unsupported(feature::BLOB_LINKS))
    }

    /// Lists the states of an object (feature `blob.history`).
    async fn versions(&self, request: VersionsRequest<'_>) -> Result<PastStatePage> {
        let _ = request;
        Err(Error::unsupported(feature::BLOB_HISTORY))
    }

    /// Reads a state of an object, none if it is not kept (feature `blob.history`).
    /// The range has a length greater than zero.
    ///
    /// # Errors
    /// `out-of-range` if the state has no byte in the range.
    async fn get_version(
        &self,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Content>> {
        let _ = (name, version, range);
        Err(Error::unsupported(feature::BLOB_HISTORY))
    }

    /// Removes a state of an object; ok if it is not kept (feature `blob.history`).
    ///
    /// # Errors
    /// `precondition-failed` for the present state.
    async fn delete_version(&self, name: &str, version: &Version) -> Result<()> {
        let _ = (name, version);
        Err(Error::unsupported(feature::BLOB_HISTORY))
    }
}
