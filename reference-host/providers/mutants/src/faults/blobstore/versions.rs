//! Versions of objects that do not change when they should, change when they should not,
//! or come back.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{
    Body, Container, Content, CopyRequest, Driver, Expected, Info, NewObject, PutOptions, Range,
    Reading, Site,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};
use futures::{StreamExt as _, stream};
use tokio::sync::Mutex;

use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;

/// Versions that this fault issues in place of the driver's. They stay right among
/// themselves: calls take turns, and copies pass through the host.
#[derive(Debug)]
pub(super) struct Issued {
    rule: Rule,
    objects: Mutex<HashMap<String, Known>>,
}

/// What is known of an object.
#[derive(Debug, Clone, Default)]
struct Known {
    writes: u64,
    reads: u64,
    digest: u64,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// A digest of the bytes.
    Digest,
    /// The number of the write, starting anew after a deletion.
    Restarting,
    /// The same, after a deletion with a condition.
    RestartingIf,
    /// The number of the write modulo 64.
    Repeating,
    /// Another one at each read; all are accepted.
    Reads,
    /// 300 bytes long.
    Long,
}

impl Issued {
    pub(super) fn by(rule: Rule) -> Self {
        Self {
            rule,
            objects: Mutex::default(),
        }
    }

    /// The version that stands for a state of the driver.
    fn version(&self, known: &mut Known, version: &Version) -> Version {
        known.reads += 1;
        match self.rule {
            Rule::Digest => format!("{:x}", known.digest).into(),
            Rule::Restarting | Rule::RestartingIf => known.writes.to_string().into(),
            Rule::Repeating => (known.writes % 64).to_string().into(),
            Rule::Reads => format!("{version}.{}", known.reads).into(),
            Rule::Long => format!("{version:0>300}").into(),
        }
    }

    fn show(&self, known: &mut Known, info: &mut Info) {
        info.version = self.version(known, &info.version);
    }

    /// Refuses if the object is in another state than the expected one.
    async fn check(
        &self,
        to: &dyn Driver,
        known: &mut Known,
        name: &str,
        expected: &Expected,
    ) -> Result<()> {
        let found = match expected {
            Expected::Any => return Ok(()),
            Expected::Absent | Expected::Version(_) => to.head(name).await?,
        };
        let is_met = match (expected, &found) {
            (Expected::Absent, None) => true,
            (Expected::Version(version), Some(info)) => match self.rule {
                Rule::Reads => version.split('.').next() == Some(&*info.version),
                _ => *version == self.version(known, &info.version),
            },
            _ => false,
        };
        if is_met {
            Ok(())
        } else {
            Err(ErrorKind::PreconditionFailed.into())
        }
    }

    fn is_expected(version: Option<&Version>) -> Expected {
        version.map_or(Expected::Any, |version| Expected::Version(version.clone()))
    }
}

#[async_trait]
impl DriverFault for Issued {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        // Before it is its turn: a guest may take its time.
        let pieces: Vec<Result<Bytes>> = body.collect().await;
        let mut digest = DefaultHasher::new();
        for piece in pieces.iter().flatten() {
            digest.write(piece);
        }
        let mut objects = self.objects.lock().await;
        let known = objects.entry(name.to_owned()).or_default();
        self.check(to, known, name, &options.expected).await?;
        let options = PutOptions {
            expected: Expected::Any,
            ..options
        };
        let body = Box::pin(stream::iter(pieces));
        let version = to.put(name, body, options).await?;
        known.writes += 1;
        known.digest = digest.finish();
        Ok(self.version(known, &version))
    }

    async fn get(
        &self,
        to: &dyn Driver,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let mut objects = self.objects.lock().await;
        let known = objects.entry(name.to_owned()).or_default();
        let expected = Self::is_expected(expected);
        self.check(to, known, name, &expected).await?;
        let mut found = to.get(name, range, None).await?;
        if let Some(content) = &mut found {
            self.show(known, &mut content.info);
        }
        Ok(found)
    }

    async fn head(&self, to: &dyn Driver, name: &str) -> Result<Option<Info>> {
        let mut objects = self.objects.lock().await;
        let known = objects.entry(name.to_owned()).or_default();
        let mut found = to.head(name).await?;
        if let Some(info) = &mut found {
            self.show(known, info);
        }
        Ok(found)
    }

    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        let mut objects = self.objects.lock().await;
        let known = objects.entry(name.to_owned()).or_default();
        let restarts = match self.rule {
            Rule::Restarting => true,
            Rule::RestartingIf => expected.is_some(),
            _ => false,
        };
        let expected = Self::is_expected(expected);
        self.check(to, known, name, &expected).await?;
        if restarts {
            *known = Known::default();
        }
        to.delete(name, None).await
    }

    async fn delete_many(&self, to: &dyn Driver, names: &[String]) -> Vec<Result<()>> {
        let mut results = Vec::with_capacity(names.len());
        for name in names {
            results.push(self.delete(to, name, None).await);
        }
        results
    }

    async fn copy(&self, _: &dyn Driver, _: CopyRequest<'_>) -> Result<Option<Version>> {
        Ok(None)
    }
}

/// A copy has the version of its source.
#[derive(Debug)]
struct OfSource;

#[async_trait]
impl ContainerFault for OfSource {
    async fn copy(&self, to: &Target, name: &str, site: &Site, new_name: &str) -> Result<Version> {
        let source = to.container.head(name).await?;
        let version = to.container.copy(name, site, new_name).await?;
        Ok(source.map_or(version, |source| source.version))
    }
}

/// What a guest takes for a version is read in some way before it is compared.
#[derive(Debug)]
struct Read(fn(&Version, Option<&Info>) -> Result<Version>);

impl Read {
    async fn version(
        &self,
        container: &dyn Container,
        name: &str,
        version: &Version,
    ) -> Result<Version> {
        let found = container.head(name).await?;
        (self.0)(version, found.as_ref())
    }
}

#[async_trait]
impl ContainerFault for Read {
    async fn put(
        &self,
        to: &Target,
        name: &str,
        body: Body,
        mut object: NewObject,
    ) -> Result<Version> {
        if let Expected::Version(version) = &mut object.expected {
            *version = self.version(&*to.container, name, version).await?;
        }
        to.container.put(name, body, object).await
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let expected = match expected {
            Some(version) => Some(self.version(&*to.container, name, version).await?),
            None => None,
        };
        to.container.get(name, range, expected.as_ref()).await
    }
}

fn as_number(version: &Version, _: Option<&Info>) -> Result<Version> {
    match u64::from_str_radix(version, 16) {
        Ok(_) => Ok(version.clone()),
        Err(_) => Err(Error::invalid("expected: is no version")),
    }
}

fn short(version: &Version, _: Option<&Info>) -> Result<Version> {
    if version.len() <= 256 {
        Ok(version.clone())
    } else {
        Err(Error::invalid("expected: is longer than a version"))
    }
}

fn unquoted(version: &Version, _: Option<&Info>) -> Result<Version> {
    let bare = version.strip_prefix("W/").unwrap_or(version);
    Ok(bare.trim_matches(['"', ' ']).into())
}

/// As numbers are read.
fn unsigned(version: &Version, _: Option<&Info>) -> Result<Version> {
    Ok(version.strip_prefix('+').unwrap_or(version).into())
}

/// What gets into a header field of HTTP between its quotation marks.
fn one_of(version: &Version, found: Option<&Info>) -> Result<Version> {
    let is_its = |info: &&Info| version.split("\", \"").any(|one| *one == *info.version);
    Ok(found
        .filter(is_its)
        .map_or_else(|| version.clone(), |info| info.version.clone()))
}

/// As a header field of HTTP has it.
fn any(version: &Version, found: Option<&Info>) -> Result<Version> {
    Ok(match found {
        Some(info) if version == "*" => info.version.clone(),
        _ => version.clone(),
    })
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-version-digest",
        "the version of an object is a digest of its bytes",
        &["TYP-VER-1"],
        driver!(Issued::by(Rule::Digest)),
    ),
    Mutant::new(
        "blob-version-per-object",
        "versions begin again at 1 when an object is created again",
        &["TYP-VER-1"],
        driver!(Issued::by(Rule::Restarting)),
    ),
    Mutant::new(
        "blob-version-repeats",
        "versions come again after 64 writes",
        &["TYP-VER-1"],
        driver!(Issued::by(Rule::Repeating)),
    ),
    Mutant::new(
        "blob-version-of-source",
        "a copy has the version of its source",
        &["TYP-VER-1"],
        container!(OfSource),
    ),
    Mutant::new(
        "blob-version-reads-count",
        "every `head` gives another version",
        &["TYP-VER-2"],
        driver!(Issued::by(Rule::Reads)),
    ),
    Mutant::new(
        "blob-version-long",
        "versions are 300 bytes long",
        &["TYP-VER-3"],
        driver!(Issued::by(Rule::Long)),
    ),
    Mutant::new(
        "blob-version-parsed",
        "a version that is no number is `invalid-argument`",
        &["TYP-VER-4"],
        container!(Read(as_number)),
    ),
    Mutant::new(
        "blob-version-long-refused",
        "a version of more than 256 bytes is `invalid-argument`",
        &["TYP-VER-4"],
        container!(Read(short)),
    ),
    Mutant::new(
        "blob-version-unquoted",
        "a version in quotation marks is the version without them",
        &["TYP-VER-4"],
        container!(Read(unquoted)),
    ),
    Mutant::new(
        "blob-version-signed",
        "a version behind a plus sign is the version without it",
        &["TYP-VER-4"],
        container!(Read(unsigned)),
    ),
    Mutant::new(
        "blob-version-one-of",
        "a text of several versions in quotation marks is each of them",
        &["TYP-VER-4"],
        container!(Read(one_of)),
    ),
    Mutant::new(
        "blob-version-star",
        "the version `*` is that of any object",
        &["TYP-VER-4"],
        container!(Read(any)),
    ),
];
