//! Faults of `put`: what shows of it and when, what it leaves alone, and its size.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{
    Body, Driver, Expected, Item, Listing, NewObject, ObjectItem, PutOptions,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, Result};
use futures::channel::oneshot;
use futures::{StreamExt as _, stream};

use super::whole::{body, collect};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::faults::keyvalue::tools::Window;
use crate::provider::lock;

/// What happens around a correct put, step by step.
#[derive(Debug)]
enum Around {
    /// The first piece is there as soon as it has come.
    ShowsEarly,
    /// The old object goes before the new one comes.
    AbsentFirst(Window),
    /// A put of `a/b` removes `a`, as if it had been a file in the way.
    ClearsNeighbour,
    /// Returns the version before.
    OldVersion,
}

#[async_trait]
impl DriverFault for Around {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        mut new: Body,
        options: PutOptions,
    ) -> Result<Version> {
        match self {
            Self::ShowsEarly if options.expected == Expected::Any => {
                let Some(first) = new.next().await else {
                    return to.put(name, body(Bytes::new()), options).await;
                };
                let first = first?;
                to.put(name, body(first.clone()), options.clone()).await?;
                let all = stream::iter([Ok(first)]).chain(new);
                to.put(name, Box::pin(all), options).await
            }
            Self::AbsentFirst(window) if options.expected == Expected::Any => {
                to.delete(name, None).await?;
                window.open().await;
                to.put(name, new, options).await
            }
            Self::ShowsEarly | Self::AbsentFirst(_) => to.put(name, new, options).await,
            Self::ClearsNeighbour => {
                let version = to.put(name, new, options).await?;
                for (place, _) in name.match_indices('/') {
                    if let Some(folder) = name.get(..place).filter(|folder| !folder.is_empty()) {
                        to.delete(folder, None).await?;
                    }
                }
                Ok(version)
            }
            Self::OldVersion => {
                let before = to.head(name).await?;
                let version = to.put(name, new, options).await?;
                Ok(before.map_or(version, |before| before.version))
            }
        }
    }
}

/// A name is listed as soon as its put begins.
#[derive(Debug, Default)]
struct ListsEarly(Mutex<HashSet<String>>);

#[async_trait]
impl ContainerFault for ListsEarly {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        lock(&self.0).insert(name.to_owned());
        let ended = to.container.put(name, body, object).await;
        lock(&self.0).remove(name);
        ended
    }

    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing> {
        let mut page = to.container.list(prefix, delimiter, cursor, size).await?;
        if delimiter.is_none() && page.cursor.is_none() {
            let is_listed = |name: &str| {
                let mut items = page.items.iter();
                items.any(|item| matches!(item, Item::Object(object) if object.name == name))
            };
            let begun = lock(&self.0);
            let mut early = begun.iter().filter(|name| name.starts_with(prefix));
            let early = early.find(|name| !is_listed(name)).map(|name| {
                Item::Object(ObjectItem {
                    name: name.clone(),
                    size: 0,
                    modified: 0,
                })
            });
            page.items.extend(early);
        }
        Ok(page)
    }
}

/// What `size` and the number of bytes have to do with each other.
#[derive(Debug, Clone, Copy)]
enum Size {
    /// Whatever is announced is accepted.
    NoLimit(u64),
    /// Above so many bytes a size has to be given.
    Needed(usize),
    /// The two are not compared.
    Ignored,
    /// Bytes beyond it are cut off.
    Cuts,
    /// Fewer bytes are stored.
    ShortIsOk,
    /// A multiple of the page size is taken for one byte more.
    OffByOne(u64),
    /// As many bytes as the limit are too many.
    AtLimit(u64),
}

/// The bytes up to `size`; the first beyond it is `over`, or the end.
fn up_to(new: Body, size: usize, over: Option<fn() -> Error>) -> Body {
    let state = (new, size, false);
    Box::pin(stream::unfold(
        state,
        move |(mut new, left, over_it)| async move {
            if over_it {
                return None;
            }
            match new.next().await? {
                Ok(mut piece) if piece.len() > left => match over {
                    Some(over) => Some((Err(over()), (new, 0, true))),
                    // What is left of the stream is read, and lost.
                    None => {
                        piece.truncate(left);
                        Some((Ok(piece), (new, 0, false)))
                    }
                },
                Ok(piece) => {
                    let left = left - piece.len();
                    Some((Ok(piece), (new, left, false)))
                }
                Err(error) => Some((Err(error), (new, 0, true))),
            }
        },
    ))
}

fn wrong_size() -> Error {
    Error::invalid("size: the stream has another number of bytes")
}

#[async_trait]
impl ContainerFault for Size {
    async fn put(
        &self,
        to: &Target,
        name: &str,
        mut new: Body,
        mut object: NewObject,
    ) -> Result<Version> {
        // More than any object has: sizes beyond it are refused elsewhere.
        let stated = object.size.and_then(|size| usize::try_from(size).ok());
        match (self, object.size, stated) {
            (Self::NoLimit(limit), Some(size), _) if size > *limit => object.size = None,
            (Self::Needed(most), None, _) => {
                new = up_to(new, *most, Some(|| Error::invalid("size: is needed")));
            }
            (Self::Ignored, Some(_), _) => object.size = None,
            (Self::Cuts, Some(_), Some(size)) => new = up_to(new, size, None),
            (Self::ShortIsOk, Some(_), Some(size)) => {
                object.size = None;
                new = up_to(new, size, Some(wrong_size));
            }
            (Self::OffByOne(page), Some(size), _) if size > 0 && size.is_multiple_of(*page) => {
                collect(new).await?;
                return Err(wrong_size());
            }
            (Self::AtLimit(limit), Some(size), _) if size == *limit => {
                return Err(Error::too_large(*limit));
            }
            _ => {}
        }
        to.container.put(name, new, object).await
    }
}

/// A put that waits for another one.
#[derive(Debug)]
struct Waiting {
    number: u64,
    partner: oneshot::Sender<Bytes>,
    bytes: Bytes,
}

/// Two puts that end at the same time swap their bytes.
#[derive(Debug, Default)]
struct MixedUp(Mutex<(u64, Option<Waiting>)>);

impl MixedUp {
    /// The bytes of another put in the place of these, if there is one.
    async fn swapped(&self, bytes: Bytes) -> Bytes {
        let (number, received) = {
            let mut slot = lock(&self.0);
            if let Some(waiting) = slot.1.take() {
                if waiting.partner.send(bytes.clone()).is_ok() {
                    return waiting.bytes;
                }
                return bytes;
            }
            slot.0 += 1;
            let (partner, received) = oneshot::channel();
            let number = slot.0;
            slot.1 = Some(Waiting {
                number,
                partner,
                bytes: bytes.clone(),
            });
            (number, received)
        };
        let mut received = received;
        if let Ok(Ok(other)) = tokio::time::timeout(Duration::from_millis(5), &mut received).await {
            return other;
        }
        {
            let mut slot = lock(&self.0);
            if slot
                .1
                .as_ref()
                .is_some_and(|waiting| waiting.number == number)
            {
                slot.1 = None;
            }
        }
        // Somebody may have come in between.
        received.await.unwrap_or(bytes)
    }
}

#[async_trait]
impl DriverFault for MixedUp {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        new: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let mut bytes = collect(new).await?;
        if !bytes.is_empty() {
            bytes = self.swapped(bytes).await;
        }
        to.put(name, body(bytes), options).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-put-shows-early",
        "an object can be read while its put runs",
        &["BLOB-DATA-4"],
        driver!(Around::ShowsEarly),
    ),
    Mutant::new(
        "blob-put-lists-early",
        "a name is listed as soon as its put begins",
        &["BLOB-DATA-4"],
        container!(ListsEarly::default()),
    ),
    Mutant::new(
        "blob-put-absent-first",
        "a put removes the old object when it begins",
        &["BLOB-DATA-4", "BLOB-PUT-2"],
        driver!(Around::AbsentFirst(Window::default())),
    ),
    Mutant::new(
        "blob-put-clears-neighbour",
        "a put of `a/b` removes `a`",
        &["BLOB-PUT-3"],
        driver!(Around::ClearsNeighbour),
    ),
    Mutant::new(
        "blob-put-version-old",
        "put returns the version before",
        &["BLOB-PUT-7"],
        driver!(Around::OldVersion),
    ),
    Mutant::new(
        "blob-put-no-limit",
        "a declared size over the limit is accepted",
        &["BLOB-DATA-5"],
        container!(Size::NoLimit(1 << 30)),
    ),
    Mutant::new(
        "blob-put-limit-refused",
        "a declared size that is the limit is too large",
        &["BLOB-DATA-5"],
        container!(Size::AtLimit(1 << 30)),
    ),
    Mutant::new(
        "blob-put-needs-size",
        "a put without a size is refused above 4 MiB",
        &["BLOB-PUT-5"],
        container!(Size::Needed(4 << 20)),
    ),
    Mutant::new(
        "blob-put-size-ignored",
        "`size` is not compared",
        &["BLOB-PUT-6"],
        container!(Size::Ignored),
    ),
    Mutant::new(
        "blob-put-size-cuts",
        "bytes beyond `size` are cut off",
        &["BLOB-PUT-6"],
        container!(Size::Cuts),
    ),
    Mutant::new(
        "blob-put-size-short-ok",
        "fewer bytes than `size` are stored",
        &["BLOB-PUT-6"],
        container!(Size::ShortIsOk),
    ),
    Mutant::new(
        "blob-put-size-off-by-one",
        "a size that is right is refused when it is a multiple of 4,096",
        &["BLOB-PUT-6", "BLOB-PUT-1"],
        container!(Size::OffByOne(4_096)),
    ),
    Mutant::new(
        "blob-puts-mixed-up",
        "two puts in flight swap their bytes",
        &["TYP-CALL-2", "BLOB-PUT-1"],
        driver!(MixedUp::default()),
    ),
];
