//! Faults of what uploads make: objects that go on to be in parts.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{Content, Driver, Expected, Info, Part, Range, Reading, Site};
use cloud_contract::keyvalue::Version;

use super::states::{state_of, write};
use super::upload_parts::lock;
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::blobstore::driver::DriverFault;

/// The version of a completed object is a digest of its bytes.
#[derive(Debug, Default)]
struct Digest(Mutex<HashMap<Version, Version>>);

impl Digest {
    fn show(&self, info: &mut Info) {
        if let Some(shown) = lock(&self.0).get(&info.version) {
            info.version.clone_from(shown);
        }
    }
}

#[async_trait]
impl DriverFault for Digest {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let version = to.complete(name, upload, parts, expected).await?;
        let Some(made) = state_of(to, name).await? else {
            return Ok(version);
        };
        let mut digest = DefaultHasher::new();
        digest.write(&made.bytes);
        let shown = Version::from(format!("{:x}", digest.finish()));
        lock(&self.0).insert(version, shown.clone());
        Ok(shown)
    }

    async fn get(
        &self,
        to: &dyn Driver,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let mut found = to.get(name, range, expected).await?;
        if let Some(content) = &mut found {
            self.show(&mut content.info);
        }
        Ok(found)
    }

    async fn head(&self, to: &dyn Driver, name: &str) -> Result<Option<Info>> {
        let mut found = to.head(name).await?;
        if let Some(info) = &mut found {
            self.show(info);
        }
        Ok(found)
    }
}

/// One function alone does not go on behind a part of a completed object.
#[derive(Debug)]
struct EndsWithPart {
    call: Call,
    /// Where the parts of each state end.
    ends: Mutex<HashMap<Version, Vec<u64>>>,
}

impl EndsWithPart {
    fn of(call: Call) -> Self {
        Self {
            call,
            ends: Mutex::default(),
        }
    }

    /// Where the parts of an object end; none if it was written otherwise.
    async fn ends(&self, to: &Target, name: &str) -> Result<Option<Vec<u64>>> {
        let found = to.driver.head(name).await?;
        Ok(found.and_then(|info| lock(&self.ends).get(&info.version).cloned()))
    }

    /// Leaves of an object in this container the first part alone, if `call` is the one.
    async fn cut(
        &self,
        call: Call,
        to: &Target,
        name: &str,
        ends: Option<Vec<u64>>,
        version: Version,
    ) -> Result<Version> {
        let first = ends.and_then(|ends| ends.first().copied());
        let Some(first) = first.filter(|_| call == self.call) else {
            return Ok(version);
        };
        match state_of(&*to.driver, name).await? {
            Some(state) if state.info.version == version => {
                let first = usize::try_from(first).unwrap_or(usize::MAX);
                let bytes = state.bytes.slice(..first.min(state.bytes.len()));
                let (kind, metadata) = (state.info.content_type, state.info.metadata);
                write(&*to.driver, name, bytes, kind, metadata).await
            }
            // It is in another container.
            _ => Ok(version),
        }
    }
}

#[async_trait]
impl ContainerFault for EndsWithPart {
    async fn complete(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        parts: Vec<Part>,
        expected: &Expected,
    ) -> Result<Version> {
        let sent = to.driver.parts(name, upload).await.unwrap_or_default();
        let mut end = 0;
        let ends = parts.iter().map(|part| {
            let size = sent.iter().find(|sent| sent.part == *part);
            end += size.map_or(0, |sent| sent.size);
            end
        });
        let ends: Vec<u64> = ends.collect();
        let version = to.container.complete(name, upload, parts, expected).await?;
        lock(&self.ends).insert(version.clone(), ends);
        Ok(version)
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        mut range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        if self.call == Call::Get
            && !range.is_whole()
            && let Some(ends) = self.ends(to, name).await?
            && let Some(end) = ends.iter().find(|end| **end > range.offset)
        {
            let most = end - range.offset;
            range.length = Some(range.length.map_or(most, |length| length.min(most)));
        }
        to.container.get(name, range, expected).await
    }

    async fn copy(&self, to: &Target, name: &str, site: &Site, new_name: &str) -> Result<Version> {
        let ends = self.ends(to, name).await?;
        let version = to.container.copy(name, site, new_name).await?;
        self.cut(Call::Copy, to, new_name, ends, version).await
    }

    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        let ends = self.ends(to, name).await?;
        let version = to.container.r#move(name, site, new_name).await?;
        self.cut(Call::Move, to, new_name, ends, version).await
    }

    async fn rename(
        &self,
        to: &Target,
        name: &str,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let ends = self.ends(to, name).await?;
        let version = to.container.rename(name, new_name, expected).await?;
        self.cut(Call::Rename, to, new_name, ends, version).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-complete-version-digest",
        "the version of a completed object is a digest of its bytes",
        &["TYP-VER-1"],
        driver!(Digest::default()),
    ),
    Mutant::new(
        "blob-range-ends-with-part",
        "a range of a completed object ends with the part that it begins in",
        &["BLOB-GET-5"],
        container!(EndsWithPart::of(Call::Get)),
    ),
    Mutant::new(
        "blob-copy-first-part",
        "of a completed object the first part alone is copied",
        &["BLOB-COPY-1"],
        container!(EndsWithPart::of(Call::Copy)),
    ),
    Mutant::new(
        "blob-move-first-part",
        "of a completed object the first part alone is moved",
        &["BLOB-MOVE-1"],
        container!(EndsWithPart::of(Call::Move)),
    ),
    Mutant::new(
        "blob-rename-first-part",
        "of a completed object the first part alone is renamed",
        &["BLOB-RENAME-1"],
        container!(EndsWithPart::of(Call::Rename)),
    ),
];
