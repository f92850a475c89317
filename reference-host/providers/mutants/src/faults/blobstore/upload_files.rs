//! Parts of uploads that lie in files of their own, and what goes wrong with these: what an
//! upload tells of its parts is right, and what is put together is what the files have.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use cloud_contract::blobstore::{Body, Driver, Expected, Part};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use futures::{StreamExt as _, stream};

use super::driver;
use super::states::{body, failed, state_of, write};
use super::upload_parts::{Notes, lock, pieces};
use crate::Mutant;
use crate::blobstore::driver::DriverFault;

/// What goes wrong with the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A shorter part is written over a longer one of its number, whose end stays.
    KeepsTail,
    /// A part that is given up after this many bytes has taken the place of an earlier one.
    GivenUpSpoils(usize),
    /// So has one of another size than was said.
    WrongSizeSpoils,
    /// A completion puts the parts together in the file of the first one, and looks at the
    /// object after that.
    JoinsInPlace,
    /// Parts of one number that are sent at the same time go to one file.
    Shared,
}

/// An upload and the number of a part.
type Key = (String, u32);

/// A file that is being written.
type Open = Mutex<Vec<u8>>;

#[derive(Debug)]
struct Files {
    way: Way,
    files: Mutex<HashMap<Key, Bytes>>,
    open: Mutex<HashMap<Key, Weak<Open>>>,
}

impl Files {
    fn of(way: Way) -> Self {
        Self {
            way,
            files: Mutex::default(),
            open: Mutex::default(),
        }
    }

    /// The file of whoever sends this part now; a new one if nobody does.
    fn open(&self, key: &Key) -> Arc<Open> {
        let mut open = lock(&self.open);
        let shared = open.get(key).and_then(Weak::upgrade).unwrap_or_default();
        open.insert(key.clone(), Arc::downgrade(&shared));
        shared
    }

    /// What is left of a part that failed.
    fn give_up(&self, key: Key, came: Vec<u8>, error: &ErrorKind) {
        let spoils = match self.way {
            Way::GivenUpSpoils(least) => came.len() >= least && *error == ErrorKind::Cancelled,
            Way::WrongSizeSpoils => matches!(error, ErrorKind::InvalidArgument(_)),
            Way::KeepsTail | Way::JoinsInPlace | Way::Shared => false,
        };
        if spoils {
            lock(&self.files).insert(key, came.into());
        }
    }

    fn keep(&self, key: Key, came: Vec<u8>, open: &Open) {
        let mut files = lock(&self.files);
        let mut file = match self.way {
            Way::Shared => lock(open).clone(),
            _ => came,
        };
        if self.way == Way::KeepsTail
            && let Some(tail) = files.get(&key).and_then(|old| old.get(file.len()..))
        {
            file.extend_from_slice(tail);
        }
        files.insert(key, file.into());
    }

    /// What the files of these parts have; none if one of them has none.
    fn joined(&self, upload: &str, parts: &[Part]) -> Option<Bytes> {
        let files = lock(&self.files);
        let mut joined = BytesMut::new();
        for part in parts {
            joined.extend_from_slice(files.get(&(upload.to_owned(), part.number))?);
        }
        Some(joined.freeze())
    }
}

#[async_trait]
impl DriverFault for Files {
    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        mut data: Body,
    ) -> Result<Part> {
        to.parts(name, upload).await?;
        let key = (upload.to_owned(), number);
        let open = self.open(&key);
        let mut came = Vec::new();
        while let Some(piece) = data.next().await {
            match piece {
                Ok(piece) => {
                    lock(&open).extend_from_slice(&piece);
                    came.extend_from_slice(&piece);
                }
                Err(error) => {
                    self.give_up(key, came, error.kind());
                    return Err(error);
                }
            }
        }
        let data = body(Bytes::copy_from_slice(&came));
        let part = to.put_part(name, upload, number, size, data).await?;
        self.keep(key, came, &open);
        Ok(part)
    }

    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let made = to.complete(name, upload, parts, expected).await;
        let joined = self.joined(upload, parts);
        if self.way == Way::JoinsInPlace
            && failed(&made, &ErrorKind::PreconditionFailed)
            && let (Some(first), Some(joined)) = (parts.first(), &joined)
        {
            let key = (upload.to_owned(), first.number);
            lock(&self.files).insert(key, joined.clone());
        }
        let version = made?;
        let (Some(joined), Some(state)) = (joined, state_of(to, name).await?) else {
            return Ok(version);
        };
        if state.info.version != version || state.bytes == joined {
            return Ok(version);
        }
        let (content_type, metadata) = (state.info.content_type, state.info.metadata);
        write(to, name, joined, content_type, metadata).await
    }
}

/// `abort` of an upload that was completed removes its parts all the same. Of several the
/// object is made, one alone has become it.
#[derive(Debug, Default)]
struct AbortTakesParts(Notes);

#[async_trait]
impl DriverFault for AbortTakesParts {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let version = to.complete(name, upload, parts, expected).await?;
        if parts.len() > 1 {
            lock(&self.0).insert(upload.to_owned(), version.to_string());
        }
        Ok(version)
    }

    async fn abort(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<()> {
        to.abort(name, upload).await?;
        let made = lock(&self.0).remove(upload);
        let present = to.head(name).await?;
        if let (Some(made), Some(info)) = (made, present)
            && made == info.version.as_str()
        {
            write(to, name, Bytes::new(), info.content_type, info.metadata).await?;
        }
        Ok(())
    }
}

/// What one request carries of a part.
const BLOCK: usize = 8 << 20;

/// The first two blocks of a part change places: they are sent at the same time.
#[derive(Debug)]
struct BlocksSwap;

#[async_trait]
impl DriverFault for BlocksSwap {
    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        to.parts(name, upload).await?;
        let all: Vec<u8> = pieces(data).await?.concat();
        let all = Bytes::from(all);
        let first = all.slice(..BLOCK.min(all.len()));
        let second = all.slice(first.len()..(2 * BLOCK).min(all.len()));
        let rest = all.slice(first.len() + second.len()..);
        let data = stream::iter([second, first, rest].map(Ok));
        to.put_part(name, upload, number, size, Box::pin(data))
            .await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-part-keeps-tail",
        "a part that takes the place of a longer one has the end of that one too",
        &["BLOB-PART-1"],
        driver!(Files::of(Way::KeepsTail)),
    ),
    Mutant::new(
        "blob-part-given-up-spoils",
        "a part that is given up after half a MiB has spoilt the earlier one of its number",
        &["BLOB-STREAM-2"],
        driver!(Files::of(Way::GivenUpSpoils(512 << 10))),
    ),
    Mutant::new(
        "blob-part-wrong-size-spoils",
        "a part that is refused for its size has spoilt the earlier one of its number",
        &["TYP-ERR-6"],
        driver!(Files::of(Way::WrongSizeSpoils)),
    ),
    Mutant::new(
        "blob-part-shared-file",
        "parts of one number that are sent at the same time are mixed",
        &["BLOB-PART-1"],
        driver!(Files::of(Way::Shared)),
    ),
    Mutant::new(
        "blob-part-blocks-swap",
        "of a part of more than 8 MiB the first two blocks change places",
        &["BLOB-PART-1"],
        driver!(BlocksSwap),
    ),
    Mutant::new(
        "blob-complete-joins-in-place",
        "a `complete` that finds the object in another state has put the parts together already",
        &["BLOB-COMPLETE-7"],
        driver!(Files::of(Way::JoinsInPlace)),
    ),
    Mutant::new(
        "blob-abort-takes-parts",
        "`abort` of an upload that was completed takes the parts out of the object",
        &["BLOB-ABORT-1"],
        driver!(AbortTakesParts::default()),
    ),
];
