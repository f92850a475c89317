//! `copy`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{
    Body, Content, CopyRequest, Driver, Info, PutOptions, Range, Site,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::states::{State, failed, state_of, write};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::faults::keyvalue::tools::Window;
use crate::provider::lock;

/// What stands under the name of a copy in the same container, after it was made. The
/// other two are what stood there before, and what the source was right before the copy.
#[derive(Debug)]
struct Made(
    fn(copy: State, replaced: Option<&Info>, source: &Info) -> State,
    Window,
);

#[async_trait]
impl DriverFault for Made {
    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let replaced = to.head(request.new_name).await?;
        let source = to.head(request.name).await?;
        self.1.open().await;
        let made = to.copy(request).await?;
        let found = state_of(to, request.new_name).await?;
        let (Some(version), Some(copy), Some(source)) = (&made, found, source) else {
            return Ok(made);
        };
        if copy.info.version != *version {
            // It is in another container.
            return Ok(made);
        }
        let State { bytes, info } = (self.0)(copy, replaced.as_ref(), &source);
        let written = write(
            to,
            request.new_name,
            bytes,
            info.content_type,
            info.metadata,
        );
        written.await.map(Some)
    }
}

/// A copy inside the container is another name of its source.
#[derive(Debug, Default)]
struct Links(Mutex<HashMap<String, String>>);

impl Links {
    fn of(&self, name: &str) -> String {
        let links = lock(&self.0);
        links.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }
}

#[async_trait]
impl DriverFault for Links {
    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let made = to.copy(request).await?;
        let found = to.head(request.new_name).await?;
        if found.is_some_and(|info| Some(info.version) == made) {
            let source = self.of(request.name);
            lock(&self.0).insert(request.new_name.to_owned(), source);
        }
        Ok(made)
    }

    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        lock(&self.0).remove(name);
        to.put(name, body, options).await
    }

    async fn get(
        &self,
        to: &dyn Driver,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        to.get(&self.of(name), range, expected).await
    }
}

/// A copy removes its source.
#[derive(Debug)]
struct Moves;

#[async_trait]
impl DriverFault for Moves {
    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let made = to.copy(request).await?;
        to.delete(request.name, None).await?;
        Ok(made)
    }
}

/// How `copy` and `move` go wrong above the checks.
#[derive(Debug)]
enum Copies {
    /// An absent source is one of no bytes.
    MissingIsEmpty,
    /// The destination is always the container itself.
    StaysHome,
    /// An object that is copied onto itself loses its bytes.
    SelfEmpties,
    /// The name of the source is unescaped on its way.
    Unescapes,
}

#[async_trait]
impl ContainerFault for Copies {
    fn name<'a>(&self, call: Call, name: &'a str) -> Result<Cow<'a, str>> {
        Ok(match (self, call) {
            (Self::Unescapes, Call::Copy) => name.replace("%2F", "/").into(),
            _ => name.into(),
        })
    }

    async fn copy(&self, to: &Target, name: &str, site: &Site, new_name: &str) -> Result<Version> {
        let site = match self {
            Self::StaysHome => to.container.site(),
            _ => site,
        };
        let made = to.container.copy(name, site, new_name).await;
        match self {
            Self::MissingIsEmpty if failed(&made, &ErrorKind::NotFound) => {
                let content_type = "application/octet-stream".to_owned();
                write(&*to.driver, name, Bytes::new(), content_type, Vec::new()).await?;
                let made = to.container.copy(name, site, new_name).await;
                to.driver.delete(name, None).await?;
                made
            }
            Self::SelfEmpties if name == new_name => {
                let (made, found) = (made?, to.driver.head(name).await?);
                match found.filter(|info| info.version == made) {
                    None => Ok(made),
                    Some(info) => {
                        let Info {
                            content_type,
                            metadata,
                            ..
                        } = info;
                        write(&*to.driver, name, Bytes::new(), content_type, metadata).await
                    }
                }
            }
            _ => made,
        }
    }

    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        let site = match self {
            Self::StaysHome => to.container.site(),
            _ => site,
        };
        to.container.r#move(name, site, new_name).await
    }
}

/// What services copy in one request.
const PART: usize = 5 << 20;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-copy-links",
        "a copy shows later writes of its source",
        &["BLOB-COPY-3"],
        driver!(Links::default()),
    ),
    Mutant::new(
        "blob-copy-moves",
        "`copy` removes the source",
        &["BLOB-COPY-2"],
        driver!(Moves),
    ),
    Mutant::new(
        "blob-copy-no-meta",
        "a copy has no metadata",
        &["BLOB-COPY-1"],
        driver!(Made(
            |mut copy, _, _| {
                copy.info.metadata.clear();
                copy
            },
            Window::default()
        )),
    ),
    Mutant::new(
        "blob-copy-trims-meta",
        "values of metadata are trimmed on their way to a copy",
        &["BLOB-COPY-1", "BLOB-MOVE-1"],
        driver!(Made(
            |mut copy, _, _| {
                for (_, value) in &mut copy.info.metadata {
                    *value = value.trim().to_owned();
                }
                copy
            },
            Window::default()
        )),
    ),
    Mutant::new(
        "blob-copy-small-type",
        "a copy has the content type in small letters",
        &["BLOB-COPY-1", "BLOB-MOVE-1"],
        driver!(Made(
            |mut copy, _, _| {
                copy.info.content_type.make_ascii_lowercase();
                copy
            },
            Window::default()
        )),
    ),
    Mutant::new(
        "blob-copy-if-drops-empty",
        "what `copy-if` makes has no metadata whose value is empty",
        &["BLOB-COPY-IF-1"],
        driver!(Made(
            |mut copy, _, _| {
                copy.info.metadata.retain(|(_, value)| !value.is_empty());
                copy
            },
            Window::default()
        )),
    ),
    Mutant::new(
        "blob-copy-same-size-kept",
        "a copy over an object of as many bytes keeps its content type and its metadata",
        &["BLOB-COPY-1", "BLOB-PUT-2"],
        driver!(Made(
            |mut copy, replaced, _| {
                if let Some(old) = replaced.filter(|old| old.size == copy.info.size) {
                    copy.info.content_type.clone_from(&old.content_type);
                    copy.info.metadata.clone_from(&old.metadata);
                }
                copy
            },
            Window::default()
        )),
    ),
    Mutant::new(
        "blob-copy-adds",
        "a copy over an object keeps the metadata that was there",
        &["BLOB-COPY-1", "BLOB-PUT-2"],
        driver!(Made(
            |mut copy, replaced, _| {
                let old = replaced.map_or(&[][..], |info| &info.metadata);
                for entry in old {
                    if !copy.info.metadata.iter().any(|(key, _)| *key == entry.0) {
                        copy.info.metadata.push(entry.clone());
                    }
                }
                copy
            },
            Window::default()
        )),
    ),
    Mutant::new(
        "blob-copy-one-part",
        "a copy has the first 5 MiB alone",
        &["BLOB-COPY-1"],
        driver!(Made(
            |mut copy, _, _| {
                copy.bytes.truncate(PART);
                copy
            },
            Window::default()
        )),
    ),
    Mutant::new(
        "blob-copy-torn",
        "a copy has the metadata of an earlier moment than its bytes",
        &["BLOB-COPY-1", "BLOB-DATA-3"],
        driver!(Made(
            |mut copy, _, source| {
                copy.info.content_type.clone_from(&source.content_type);
                copy.info.metadata.clone_from(&source.metadata);
                copy
            },
            Window::default()
        )),
    ),
    Mutant::new(
        "blob-copy-missing-empty",
        "a copy of an absent object is one of no bytes",
        &["BLOB-COPY-4"],
        container!(Copies::MissingIsEmpty),
    ),
    Mutant::new(
        "blob-copy-stays-home",
        "a copy to another container lands in the one of its source",
        &["BLOB-COPY-5"],
        container!(Copies::StaysHome),
    ),
    Mutant::new(
        "blob-copy-self-empties",
        "an object that is copied onto itself loses its bytes",
        &["BLOB-COPY-6"],
        container!(Copies::SelfEmpties),
    ),
    Mutant::new(
        "blob-copy-unescapes",
        "an escaped slash in the name of a source is taken for one",
        &["BLOB-COPY-1", "BLOB-NAME-2"],
        container!(Copies::Unescapes),
    ),
];
