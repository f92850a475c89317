//! What a session keeps of what it read, until it writes itself.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::blobstore::{Info, Range, Reading};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::container;
use super::whole::Whole;
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::provider::lock;

/// What describes an object is kept beside a digest of its bytes.
#[derive(Debug, Default)]
struct KeptByDigest(Mutex<HashMap<(u64, String, u64), Info>>);

impl KeptByDigest {
    /// What was kept of the object that has this info; the info, if nothing was.
    async fn kept(&self, to: &Target, name: &str, info: Info) -> Result<Info> {
        // Large ones have no digest.
        if info.size > 64 << 10 {
            return Ok(info);
        }
        let Some(whole) = Whole::of(&*to.driver, name).await? else {
            return Ok(info);
        };
        let mut digest = DefaultHasher::new();
        whole.bytes.hash(&mut digest);
        let key = (to.session, name.to_owned(), digest.finish());
        Ok(lock(&self.0).entry(key).or_insert(info).clone())
    }
}

#[async_trait]
impl ContainerFault for KeptByDigest {
    async fn writing(&self, to: &Target, _: Call, _: &str) {
        lock(&self.0).retain(|(session, ..), _| *session != to.session);
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let found = to.container.get(name, range, expected).await?;
        let Some(reading) = found else {
            return Ok(None);
        };
        let info = self.kept(to, name, reading.info).await?;
        Ok(Some(Reading { info, ..reading }))
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        match to.container.head(name).await? {
            Some(info) => self.kept(to, name, info).await.map(Some),
            None => Ok(None),
        }
    }
}

/// A range is fitted to the size that the session knows of.
#[derive(Debug, Default)]
struct FittedToKnown(Mutex<HashMap<(u64, String), u64>>);

impl FittedToKnown {
    fn knows(&self, to: &Target, name: &str, info: &Info) {
        lock(&self.0).insert((to.session, name.to_owned()), info.size);
    }
}

#[async_trait]
impl ContainerFault for FittedToKnown {
    async fn writing(&self, to: &Target, _: Call, _: &str) {
        lock(&self.0).retain(|(session, _), _| *session != to.session);
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        mut range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let known = lock(&self.0).get(&(to.session, name.to_owned())).copied();
        if let Some(size) = known.filter(|_| !range.is_whole()) {
            range.length = Some(range.covers(size).ok_or(ErrorKind::OutOfRange)?);
        }
        let found = to.container.get(name, range, expected).await?;
        if let Some(reading) = &found {
            self.knows(to, name, &reading.info);
        }
        Ok(found)
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        let found = to.container.head(name).await?;
        if let Some(info) = &found {
            self.knows(to, name, info);
        }
        Ok(found)
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-visible-keeps-info",
        "what describes an object is told again for the same bytes, until its session writes",
        &["BLOB-VISIBLE-1"],
        container!(KeptByDigest::default()),
    ),
    Mutant::new(
        "blob-visible-keeps-size",
        "a range ends where the object ended that its session saw last, until it writes",
        &["BLOB-VISIBLE-1"],
        container!(FittedToKnown::default()),
    ),
];
