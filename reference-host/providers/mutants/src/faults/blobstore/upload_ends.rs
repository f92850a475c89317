//! Faults of the completion of uploads.

use async_trait::async_trait;
use cloud_contract::blobstore::{Driver, Expected, Metadata, Part, Range, ReceivedPart};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::states::{is_in, state_of};
use super::upload_parts::{Notes, lock, sent};
use super::whole::collect;
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::faults::keyvalue::tools::Window;

/// How a fault changes the parts of a completion. The other argument is what the upload
/// has.
type Change = fn(Vec<Part>, Vec<ReceivedPart>) -> Vec<Part>;

/// An object is put together of other parts than were named.
#[derive(Debug)]
struct OtherParts(Change);

#[async_trait]
impl DriverFault for OtherParts {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let sent = sent(to, name, upload).await;
        let parts = (self.0)(parts.to_vec(), sent);
        to.complete(name, upload, &parts, expected).await
    }
}

/// As they were sent: the tags of memory ascend.
fn by_arrival(mut parts: Vec<Part>, _: Vec<ReceivedPart>) -> Vec<Part> {
    parts.sort_by_key(|part| u64::from_str_radix(&part.tag, 16).unwrap_or(0));
    parts
}

/// By their numbers, written with four digits.
fn by_text(mut parts: Vec<Part>, _: Vec<ReceivedPart>) -> Vec<Part> {
    parts.sort_by_key(|part| format!("{:04}", part.number));
    parts
}

/// Those that were not named, too.
fn all(mut parts: Vec<Part>, sent: Vec<ReceivedPart>) -> Vec<Part> {
    for ReceivedPart { part, .. } in sent {
        if parts.iter().all(|named| named.number != part.number) {
            parts.push(part);
        }
    }
    parts.sort_by_key(|part| part.number);
    parts
}

/// Those of the numbers, whatever their tags.
fn any_tag(parts: Vec<Part>, sent: Vec<ReceivedPart>) -> Vec<Part> {
    let real = parts.into_iter().map(|part| {
        let mut sent = sent.iter().map(|sent| &sent.part);
        let sent = sent.find(|sent| sent.number == part.number);
        sent.cloned().unwrap_or(part)
    });
    real.collect()
}

/// As if those before the last that are too small were large enough.
fn small(parts: Vec<Part>, sent: Vec<ReceivedPart>) -> Vec<Part> {
    let last = parts.last().cloned();
    let is_small = |part: &Part| {
        let mut sent = sent.iter();
        sent.any(|sent| sent.part == *part && sent.size == 0)
    };
    let taken = parts
        .into_iter()
        .filter(|part| Some(part) == last.as_ref() || !is_small(part));
    taken.collect()
}

/// Parts that do not ascend are put in order.
#[derive(Debug)]
struct Sorts;

#[async_trait]
impl ContainerFault for Sorts {
    async fn complete(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        mut parts: Vec<Part>,
        expected: &Expected,
    ) -> Result<Version> {
        parts.sort_by_key(|part| part.number);
        parts.dedup();
        to.container.complete(name, upload, parts, expected).await
    }
}

/// `complete` does not look what is there.
#[derive(Debug)]
struct NoCondition;

#[async_trait]
impl DriverFault for NoCondition {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        _: &Expected,
    ) -> Result<Version> {
        to.complete(name, upload, parts, &Expected::Any).await
    }
}

/// `complete` takes some texts for the version of whatever is there.
#[derive(Debug)]
struct AnyVersion(fn(&str) -> bool);

#[async_trait]
impl DriverFault for AnyVersion {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let present = match expected {
            Expected::Version(text) if (self.0)(text) => to.head(name).await?,
            _ => None,
        };
        let any = present.map(|info| Expected::Version(info.version));
        let expected = any.as_ref().unwrap_or(expected);
        to.complete(name, upload, parts, expected).await
    }
}

/// `complete` compares the bytes of the state that is expected.
#[derive(Debug)]
struct ComparesBytes;

#[async_trait]
impl DriverFault for ComparesBytes {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let mut same = None;
        if let Expected::Version(version) = expected
            && let Some(state) = to.get_version(name, version, Range::default()).await?
            && let Some(present) = state_of(to, name).await?
            && collect(state.data).await? == present.bytes
        {
            same = Some(Expected::Version(present.info.version));
        }
        let expected = same.as_ref().unwrap_or(expected);
        to.complete(name, upload, parts, expected).await
    }
}

/// `complete` compares the object with what is expected, and writes it in another step.
#[derive(Debug, Default)]
struct CompletesLater(Window);

#[async_trait]
impl DriverFault for CompletesLater {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        if *expected == Expected::Any || !is_in(to, name, expected).await? {
            return to.complete(name, upload, parts, expected).await;
        }
        self.0.open().await;
        to.complete(name, upload, parts, &Expected::Any).await
    }
}

/// A `complete` that is refused for such a reason ends the upload.
#[derive(Debug)]
struct Burns(fn(&ErrorKind) -> bool);

#[async_trait]
impl ContainerFault for Burns {
    async fn complete(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        parts: Vec<Part>,
        expected: &Expected,
    ) -> Result<Version> {
        let ended = to.container.complete(name, upload, parts, expected).await;
        if let Err(error) = &ended
            && (self.0)(error.kind())
        {
            to.container.abort(name, upload).await?;
        }
        ended
    }
}

fn is_of_state(error: &ErrorKind) -> bool {
    *error == ErrorKind::PreconditionFailed
}

fn is_of_parts(error: &ErrorKind) -> bool {
    !is_of_state(error)
}

/// A completed object has metadata of the one that was there when it was begun.
#[derive(Debug)]
struct MergesMetadata;

#[async_trait]
impl DriverFault for MergesMetadata {
    async fn begin(
        &self,
        to: &dyn Driver,
        name: &str,
        content_type: String,
        mut metadata: Metadata,
    ) -> Result<String> {
        let before = to.head(name).await?;
        for (key, value) in before.map(|info| info.metadata).unwrap_or_default() {
            if metadata.iter().all(|(other, _)| *other != key) {
                metadata.push((key, value));
            }
        }
        to.begin(name, content_type, metadata).await
    }
}

/// A second `complete` returns a version that is none.
#[derive(Debug, Default)]
struct Again(Notes);

#[async_trait]
impl DriverFault for Again {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let before = lock(&self.0).get(upload).cloned();
        if let Some(version) = before {
            return Ok(Version::from([version.as_str(), "again"].concat()));
        }
        let version = to.complete(name, upload, parts, expected).await?;
        lock(&self.0).insert(upload.to_owned(), version.to_string());
        Ok(version)
    }
}

/// `complete` of an upload whose object was changed meanwhile has an error of its own.
#[derive(Debug, Default)]
struct OverwrittenOther(Notes);

async fn state(to: &dyn Driver, name: &str) -> Result<String> {
    let found = to.head(name).await?;
    Ok(found.map_or_else(String::new, |info| info.version.to_string()))
}

#[async_trait]
impl DriverFault for OverwrittenOther {
    async fn begin(
        &self,
        to: &dyn Driver,
        name: &str,
        content_type: String,
        metadata: Metadata,
    ) -> Result<String> {
        let before = state(to, name).await?;
        let upload = to.begin(name, content_type, metadata).await?;
        lock(&self.0).insert(upload.clone(), before);
        Ok(upload)
    }

    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let now = state(to, name).await?;
        let before = lock(&self.0).get(upload).cloned();
        if before.is_some_and(|before| before != now) {
            return Err(ErrorKind::Other("the list of blocks is invalid".into()).into());
        }
        to.complete(name, upload, parts, expected).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-complete-by-arrival",
        "parts are put together as they arrived",
        &["BLOB-COMPLETE-1"],
        driver!(OtherParts(by_arrival)),
    ),
    Mutant::new(
        "blob-complete-by-text",
        "parts are put together by their numbers as texts of four digits",
        &["BLOB-COMPLETE-1"],
        driver!(OtherParts(by_text)),
    ),
    Mutant::new(
        "blob-complete-all",
        "parts that are not named are in the object too",
        &["BLOB-COMPLETE-2"],
        driver!(OtherParts(all)),
    ),
    Mutant::new(
        "blob-complete-sorts",
        "numbers that do not ascend are sorted",
        &["BLOB-COMPLETE-3"],
        container!(Sorts),
    ),
    Mutant::new(
        "blob-complete-any-tag",
        "the tags of parts are not compared",
        &["BLOB-COMPLETE-4"],
        driver!(OtherParts(any_tag)),
    ),
    Mutant::new(
        "blob-complete-small",
        "small parts before the last are taken",
        &["BLOB-COMPLETE-5"],
        driver!(OtherParts(small)),
    ),
    Mutant::new(
        "blob-complete-no-cond",
        "`complete` ignores the state that is expected",
        &["BLOB-COMPLETE-6"],
        driver!(NoCondition),
    ),
    Mutant::new(
        "blob-complete-star",
        "`complete` takes the version `*` for that of any object",
        &["TYP-VER-4"],
        driver!(AnyVersion(|text| text == "*")),
    ),
    Mutant::new(
        "blob-complete-empty-version",
        "`complete` takes the empty version for no condition on an object",
        &["TYP-VER-4"],
        driver!(AnyVersion(str::is_empty)),
    ),
    Mutant::new(
        "blob-complete-compares-bytes",
        "`complete` compares the bytes of the state that it expects",
        &["BLOB-COND-2"],
        driver!(ComparesBytes),
    ),
    Mutant::new(
        "blob-complete-two-steps",
        "`complete` compares what it expects, and writes in another step",
        &["BLOB-COND-3", "BLOB-COND-4"],
        driver!(CompletesLater::default()),
    ),
    Mutant::new(
        "blob-complete-burns",
        "a `complete` that is refused for its parts ends the upload",
        &["BLOB-COMPLETE-7"],
        container!(Burns(is_of_parts)),
    ),
    Mutant::new(
        "blob-complete-burns-state",
        "a `complete` that finds the object in another state ends the upload",
        &["BLOB-COMPLETE-7"],
        container!(Burns(is_of_state)),
    ),
    Mutant::new(
        "blob-complete-again",
        "a second `complete` returns another version than the first",
        &["BLOB-COMPLETE-8"],
        driver!(Again::default()),
    ),
    Mutant::new(
        "blob-complete-merges-metadata",
        "a completed object has metadata of the one that it replaces",
        &["BLOB-COMPLETE-1", "BLOB-PUT-2"],
        driver!(MergesMetadata),
    ),
    Mutant::new(
        "blob-upload-overwritten-other",
        "`complete` of an upload whose object was changed has an error of its own",
        &["BLOB-UPLOAD-4"],
        driver!(OverwrittenOther::default()),
    ),
];
