//! Faults of uploads beside other writes, of their names and others, and of completions
//! that were refused.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::blobstore::{Body, Driver, Expected, Metadata, Part, PutOptions, ReceivedPart};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::states::{failed, state_of, write};
use super::upload_parts::{Notes, lock, sent};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;

/// What a put or a deletion does to uploads besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    /// It takes the parts from those of its name, which stay.
    Clears,
    /// It ends those of all names that begin with its own.
    EndsLonger,
}

#[derive(Debug)]
struct Writes {
    does: Does,
    /// The name that each upload was begun for.
    begun: Notes,
    cleared: Mutex<HashSet<(String, String)>>,
}

impl Writes {
    fn that(does: Does) -> Self {
        Self {
            does,
            begun: Mutex::default(),
            cleared: Mutex::default(),
        }
    }

    async fn wrote(&self, to: &dyn Driver, name: &str) -> Result<()> {
        let begun = lock(&self.begun).clone();
        for (upload, of) in begun {
            match self.does {
                Does::Clears if of == name => {
                    let tags = sent(to, name, &upload).await.into_iter();
                    let tags = tags.map(|sent| (upload.clone(), sent.part.tag));
                    lock(&self.cleared).extend(tags);
                }
                Does::EndsLonger if of != name && of.starts_with(name) => {
                    to.abort(&of, &upload).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn has(&self, upload: &str, part: &Part) -> bool {
        let part = (upload.to_owned(), part.tag.clone());
        !lock(&self.cleared).contains(&part)
    }
}

#[async_trait]
impl DriverFault for Writes {
    async fn begin(
        &self,
        to: &dyn Driver,
        name: &str,
        content_type: String,
        metadata: Metadata,
    ) -> Result<String> {
        let upload = to.begin(name, content_type, metadata).await?;
        lock(&self.begun).insert(upload.clone(), name.to_owned());
        Ok(upload)
    }

    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let written = to.put(name, body, options).await?;
        self.wrote(to, name).await?;
        Ok(written)
    }

    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        to.delete(name, expected).await?;
        self.wrote(to, name).await
    }

    async fn parts(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let mut parts = to.parts(name, upload).await?;
        parts.retain(|received| self.has(upload, &received.part));
        Ok(parts)
    }

    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        if !parts.iter().all(|part| self.has(upload, part)) {
            return Err(ErrorKind::NotFound.into());
        }
        to.complete(name, upload, parts, expected).await
    }
}

/// A completion that was refused for the state of the object forgets what `begin` was told.
#[derive(Debug, Default)]
struct Forgets(Mutex<HashSet<String>>);

#[async_trait]
impl DriverFault for Forgets {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let ended = to.complete(name, upload, parts, expected).await;
        if failed(&ended, &ErrorKind::PreconditionFailed) {
            lock(&self.0).insert(upload.to_owned());
        }
        let version = ended?;
        let is_forgotten = lock(&self.0).remove(upload);
        match state_of(to, name).await? {
            Some(state) if is_forgotten => {
                let usual = "application/octet-stream".to_owned();
                write(to, name, state.bytes, usual, Vec::new()).await
            }
            _ => Ok(version),
        }
    }
}

/// A completion that is refused for a small part throws away what it does not name.
#[derive(Debug, Default)]
struct DropsUnnamed(Mutex<HashSet<(String, String)>>);

#[async_trait]
impl ContainerFault for DropsUnnamed {
    async fn parts(&self, to: &Target, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let mut parts = to.container.parts(name, upload).await?;
        let dropped = lock(&self.0);
        parts.retain(|sent| !dropped.contains(&(upload.to_owned(), sent.part.tag.clone())));
        Ok(parts)
    }

    async fn complete(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        parts: Vec<Part>,
        expected: &Expected,
    ) -> Result<Version> {
        let named = parts.clone();
        let ended = to.container.complete(name, upload, parts, expected).await;
        if failed(&ended, &ErrorKind::OutOfRange) {
            let sent = sent(&*to.driver, name, upload).await.into_iter();
            let unnamed = sent.filter(|sent| !named.contains(&sent.part));
            let tags = unnamed.map(|sent| (upload.to_owned(), sent.part.tag));
            lock(&self.0).extend(tags);
        }
        ended
    }
}

/// The bytes of a part are stored, and then its tag.
#[derive(Debug, Default)]
struct TagLater {
    tags: Mutex<HashMap<(String, u32), String>>,
    sent: AtomicU32,
}

impl TagLater {
    fn tag(&self, upload: &str, part: &Part) -> String {
        let place = (upload.to_owned(), part.number);
        let tag = lock(&self.tags).get(&place).cloned();
        tag.unwrap_or_else(|| part.tag.clone())
    }
}

#[async_trait]
impl DriverFault for TagLater {
    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        body: Body,
    ) -> Result<Part> {
        let part = to.put_part(name, upload, number, size, body).await?;
        // Who stored first need not be the first to go on.
        let wait = 4 * (self.sent.fetch_add(1, Ordering::Relaxed) % 2) + 1;
        tokio::time::sleep(Duration::from_millis(wait.into())).await;
        let place = (upload.to_owned(), number);
        lock(&self.tags).insert(place, part.tag.clone());
        Ok(part)
    }

    async fn parts(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let mut parts = to.parts(name, upload).await?;
        for received in &mut parts {
            received.part.tag = self.tag(upload, &received.part);
        }
        Ok(parts)
    }

    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let sent = sent(to, name, upload).await;
        let real = parts.iter().map(|part| {
            let mut sent = sent.iter().map(|sent| &sent.part);
            let sent =
                sent.find(|sent| sent.number == part.number && self.tag(upload, sent) == part.tag);
            sent.unwrap_or(part).clone()
        });
        let real: Vec<Part> = real.collect();
        to.complete(name, upload, &real, expected).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-upload-half-ended",
        "a put or a deletion takes the parts from the uploads of its name, and leaves these",
        &["BLOB-UPLOAD-5"],
        driver!(Writes::that(Does::Clears)),
    ),
    Mutant::new(
        "blob-upload-ended-by-prefix",
        "a put or a deletion ends the uploads of names that begin with its own",
        &["BLOB-UPLOAD-3"],
        driver!(Writes::that(Does::EndsLonger)),
    ),
    Mutant::new(
        "blob-complete-refused-forgets-description",
        "`complete` that was refused forgets the content type and the metadata of `begin`",
        &["BLOB-COMPLETE-7"],
        driver!(Forgets::default()),
    ),
    Mutant::new(
        "blob-complete-small-drops-unnamed",
        "`complete` that is refused for a small part throws away the parts that it does not name",
        &["BLOB-COMPLETE-7"],
        container!(DropsUnnamed::default()),
    ),
    Mutant::new(
        "blob-part-tag-later",
        "the bytes of a part and its tag are stored in two steps",
        &["BLOB-PARTS-1"],
        driver!(TagLater::default()),
    ),
];
