//! What bindings of containers declare: features that are declared and absent, or present
//! and not declared, and limits that are missing, too low, or at odds.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use cloud_contract::blobstore::{Appended, Body, Container, Expected, NewObject, Site};
use cloud_contract::keyvalue::Version;
use cloud_contract::{
    Description, Descriptor, Error, ErrorKind, FeatureId, Limit, Result, feature, limit,
};

use super::{container, platform};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::mutant::Layer;
use crate::platform::{Door, PlatformFault};

pub(super) const MULTIPART: &[Call] = &[
    Call::Begin,
    Call::PutPart,
    Call::Parts,
    Call::Complete,
    Call::Abort,
];

/// These functions work although the binding does not declare them.
#[derive(Debug)]
struct Undeclared(&'static [Call]);

impl ContainerFault for Undeclared {
    fn behind<'a>(&self, to: &'a Target, call: Call) -> &'a Arc<dyn Container> {
        if self.0.contains(&call) {
            &to.full
        } else {
            &to.container
        }
    }

    fn site<'a>(&self, to: &'a Target) -> &'a Site {
        to.full.site()
    }
}

/// These functions refuse although the binding declares them.
#[derive(Debug)]
struct Overclaimed(&'static [Call], FeatureId);

impl ContainerFault for Overclaimed {
    fn name<'a>(&self, call: Call, name: &'a str) -> Result<Cow<'a, str>> {
        if self.0.contains(&call) {
            Err(Error::unsupported(self.1))
        } else {
            Ok(Cow::Borrowed(name))
        }
    }
}

fn is_unsupported(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unsupported { .. })
}

/// Undeclared functions return ok and do nothing.
#[derive(Debug)]
struct SilentNo;

#[async_trait]
impl ContainerFault for SilentNo {
    async fn delete_if(&self, to: &Target, name: &str, expected: &Version) -> Result<()> {
        let ended = to.container.delete_if(name, expected).await;
        match ended {
            Err(error) if is_unsupported(&error) => Ok(()),
            ended => ended,
        }
    }

    async fn append(
        &self,
        to: &Target,
        name: &str,
        body: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let ended = to.container.append(name, body, at).await;
        match ended {
            Err(error) if is_unsupported(&error) => Ok(Appended {
                version: "0".into(),
                size: 0,
            }),
            ended => ended,
        }
    }

    async fn abort(&self, to: &Target, name: &str, upload: &str) -> Result<()> {
        let ended = to.container.abort(name, upload).await;
        match ended {
            Err(error) if is_unsupported(&error) => Ok(()),
            ended => ended,
        }
    }
}

/// An undeclared function acts all the same, and returns `unsupported`.
#[derive(Debug)]
struct ActsAndRefuses;

#[async_trait]
impl ContainerFault for ActsAndRefuses {
    async fn delete_if(&self, to: &Target, name: &str, expected: &Version) -> Result<()> {
        let ended = to.container.delete_if(name, expected).await;
        if ended.as_ref().is_err_and(is_unsupported) {
            to.driver.delete(name, None).await.ok();
        }
        ended
    }

    async fn rename(
        &self,
        to: &Target,
        name: &str,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let ended = to.container.rename(name, new_name, expected).await;
        if ended.as_ref().is_err_and(is_unsupported) {
            to.full.rename(name, new_name, expected).await.ok();
        }
        ended
    }

    async fn copy_if(
        &self,
        to: &Target,
        name: &str,
        source: Option<&Version>,
        site: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let container = &to.container;
        let ended = container.copy_if(name, source, site, new_name, expected);
        let ended = ended.await;
        if ended.as_ref().is_err_and(is_unsupported) {
            to.full.copy(name, site, new_name).await.ok();
        }
        ended
    }
}

/// A part of the core needs a feature that the binding does not declare.
#[derive(Debug)]
enum NeedsFeature {
    /// A put with a condition.
    Conditions,
    /// A move.
    Moves,
}

impl NeedsFeature {
    /// Refuses where the binding declares no feature.
    async fn check(&self, to: &Target, name: &str) -> Result<()> {
        match to.container.rename(name, name, &Expected::Any).await {
            Err(error) if is_unsupported(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl ContainerFault for NeedsFeature {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        if matches!(self, Self::Conditions) && object.expected != Expected::Any {
            self.check(to, name).await?;
        }
        to.container.put(name, body, object).await
    }

    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        if matches!(self, Self::Moves) {
            self.check(to, name).await?;
        }
        to.container.r#move(name, site, new_name).await
    }
}

/// `unsupported` carries another feature.
#[derive(Debug)]
struct WrongId;

impl ContainerFault for WrongId {
    fn error(&self, _: Call, error: Error) -> Error {
        if is_unsupported(&error) {
            return Error::unsupported(feature::BLOB_CONTAINER);
        }
        error
    }
}

/// Each description after the first is another one.
#[derive(Debug)]
struct Unsteady {
    asked: AtomicUsize,
    change: fn(&mut Description),
}

impl PlatformFault for Unsteady {
    fn describe(&self, to: &Door, capability: &str, name: &str) -> Result<Description> {
        let mut description = to.describe(capability, name)?;
        if self.asked.fetch_add(1, Ordering::Relaxed) > 0 {
            (self.change)(&mut description);
        }
        Ok(description)
    }
}

/// Every description is wrong in the same way.
#[derive(Debug)]
struct Misdescribed(fn(&mut Description));

impl PlatformFault for Misdescribed {
    fn describe(&self, to: &Door, capability: &str, name: &str) -> Result<Description> {
        let mut description = to.describe(capability, name)?;
        (self.0)(&mut description);
        Ok(description)
    }
}

/// A name that is not granted in this capability is described, where that of another is.
#[derive(Debug)]
struct DescribesAny;

impl PlatformFault for DescribesAny {
    fn describe(&self, to: &Door, capability: &str, name: &str) -> Result<Description> {
        let described = to.describe(capability, name);
        if to.grant(name).is_some() {
            return described.or_else(|error| to.describe("blobstore", name).map_err(|_| error));
        }
        described
    }
}

fn forget(description: &mut Description, feature: &str) {
    description.features.retain(|declared| declared != feature);
}

fn state(descriptor: &mut Descriptor, id: &str, value: u64) {
    for limit in &mut descriptor.limits {
        if limit.id == id {
            limit.value = value;
        }
    }
}

macro_rules! limited {
    ($name:literal, $summary:literal, $id:ident, $value:expr) => {
        Mutant::new(
            $name,
            $summary,
            &["TYP-LIMIT-2"],
            Layer::Descriptor(|descriptor| state(descriptor, limit::$id, $value)),
        )
    };
}

macro_rules! undeclared {
    ($name:literal, $feature:literal, $calls:expr) => {
        Mutant::new(
            $name,
            concat!("`", $feature, "` works where it is not declared"),
            &["TYP-FEAT-1"],
            container!(Undeclared($calls)),
        )
    };
}

macro_rules! overclaimed {
    ($name:literal, $feature:literal, $calls:expr, $id:ident) => {
        Mutant::new(
            $name,
            concat!("`", $feature, "` is declared and refused"),
            &["TYP-FEAT-3"],
            container!(Overclaimed($calls, feature::$id)),
        )
    };
}

const WEEK: u64 = 7 * 24 * 60 * 60 * 1_000_000_000;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-limit-hidden",
        "`blob.buffer.max-bytes` is not stated",
        &["TYP-LIMIT-1"],
        Layer::Descriptor(|descriptor| {
            let hidden = limit::BLOB_BUFFER_MAX_BYTES;
            descriptor.limits.retain(|limit| limit.id != hidden);
        }),
    ),
    Mutant::new(
        "blob-limit-part-hidden",
        "`blob.part.max-number` is not stated",
        &["TYP-LIMIT-1"],
        Layer::Descriptor(|descriptor| {
            let hidden = limit::BLOB_PART_MAX_NUMBER;
            descriptor.limits.retain(|limit| limit.id != hidden);
        }),
    ),
    Mutant::new(
        "blob-limit-zero",
        "`blob.residue.max-ns` is zero",
        &["TYP-LIMIT-1"],
        Layer::Descriptor(|descriptor| state(descriptor, limit::BLOB_RESIDUE_MAX_NS, 0)),
    ),
    Mutant::new(
        "blob-limit-twice",
        "`blob.name.max-bytes` is stated twice",
        &["TYP-LIMIT-1"],
        Layer::Descriptor(|descriptor| {
            let (id, value) = (limit::BLOB_NAME_MAX_BYTES, 2048);
            descriptor.limits.push(Limit { id, value });
        }),
    ),
    limited!(
        "blob-limit-low",
        "`blob.metadata.max-bytes` is 512",
        BLOB_METADATA_MAX_BYTES,
        512
    ),
    limited!(
        "blob-limit-name-low",
        "`blob.name.max-bytes` is 511",
        BLOB_NAME_MAX_BYTES,
        511
    ),
    limited!(
        "blob-limit-object-low",
        "`blob.object.max-bytes` is a gigabyte, not a gibibyte",
        BLOB_OBJECT_MAX_BYTES,
        1_000_000_000
    ),
    limited!(
        "blob-limit-delete-low",
        "`blob.delete.max-names` is 999",
        BLOB_DELETE_MAX_NAMES,
        999
    ),
    limited!(
        "blob-limit-buffer-high",
        "`blob.buffer.max-bytes` is above its bound",
        BLOB_BUFFER_MAX_BYTES,
        (64 << 20) + 1
    ),
    limited!(
        "blob-limit-residue-high",
        "`blob.residue.max-ns` is above its bound",
        BLOB_RESIDUE_MAX_NS,
        WEEK + 1
    ),
    limited!(
        "blob-limit-part-high",
        "`blob.part.min-bytes` is above its bound",
        BLOB_PART_MIN_BYTES,
        6 << 20
    ),
    Mutant::new(
        "blob-part-limits-crossed",
        "`blob.part.min-bytes` is more than `blob.part.max-bytes`",
        &["TYP-LIMIT-3"],
        Layer::Descriptor(|descriptor| {
            state(descriptor, limit::BLOB_PART_MIN_BYTES, 5 << 20);
            state(descriptor, limit::BLOB_PART_MAX_BYTES, 4 << 20);
        }),
    ),
    Mutant::new(
        "blob-feature-twice",
        "`blob.append` is declared twice",
        &["TYP-FEAT-4"],
        Layer::Descriptor(|descriptor| descriptor.features.push(feature::BLOB_APPEND)),
    ),
    Mutant::new(
        "blob-describe-unsteady",
        "every description after the first has other limits",
        &["TYP-FEAT-4"],
        platform!(Unsteady {
            asked: AtomicUsize::new(0),
            change: |description| for (_, value) in &mut description.limits {
                *value += 1;
            },
        }),
    ),
    Mutant::new(
        "blob-describe-without-core",
        "a description lacks `blob.container`",
        &["TYP-FEAT-5"],
        platform!(Misdescribed(|description| forget(
            description,
            feature::BLOB_CONTAINER
        ))),
    ),
    Mutant::new(
        "blob-describe-as-store",
        "a container is described as a store",
        &["TYP-DESC-2"],
        platform!(DescribesAny),
    ),
    undeclared!(
        "blob-feature-append-undeclared",
        "blob.append",
        &[Call::Append]
    ),
    undeclared!(
        "blob-feature-multipart-undeclared",
        "blob.multipart",
        MULTIPART
    ),
    undeclared!("blob-feature-abort-undeclared", "abort", &[Call::Abort]),
    undeclared!(
        "blob-feature-rename-undeclared",
        "blob.atomic-move",
        &[Call::Rename]
    ),
    undeclared!(
        "blob-feature-copy-if-undeclared",
        "blob.conditional-copy",
        &[Call::CopyIf]
    ),
    undeclared!(
        "blob-feature-delete-if-undeclared",
        "blob.conditional-delete",
        &[Call::DeleteIf]
    ),
    overclaimed!(
        "blob-feature-append-overclaimed",
        "blob.append",
        &[Call::Append],
        BLOB_APPEND
    ),
    overclaimed!(
        "blob-feature-multipart-overclaimed",
        "blob.multipart",
        MULTIPART,
        BLOB_MULTIPART
    ),
    overclaimed!(
        "blob-feature-rename-overclaimed",
        "blob.atomic-move",
        &[Call::Rename],
        BLOB_ATOMIC_MOVE
    ),
    overclaimed!(
        "blob-feature-copy-if-overclaimed",
        "blob.conditional-copy",
        &[Call::CopyIf],
        BLOB_CONDITIONAL_COPY
    ),
    overclaimed!(
        "blob-feature-delete-if-overclaimed",
        "blob.conditional-delete",
        &[Call::DeleteIf],
        BLOB_CONDITIONAL_DELETE
    ),
    Mutant::new(
        "blob-core-conditions-undeclared",
        "a put with a condition is refused where no feature is declared",
        &["TYP-FEAT-3"],
        container!(NeedsFeature::Conditions),
    ),
    Mutant::new(
        "blob-core-move-undeclared",
        "a move is refused where no feature is declared",
        &["TYP-FEAT-3"],
        container!(NeedsFeature::Moves),
    ),
    Mutant::new(
        "blob-feature-silent",
        "functions of an undeclared feature return ok and do nothing",
        &["TYP-FEAT-1"],
        container!(SilentNo),
    ),
    Mutant::new(
        "blob-feature-wrong-id",
        "`unsupported` carries another feature",
        &["TYP-FEAT-1"],
        container!(WrongId),
    ),
    Mutant::new(
        "blob-feature-acts",
        "functions of an undeclared feature act, and then return `unsupported`",
        &["TYP-FEAT-2", "TYP-ERR-6"],
        container!(ActsAndRefuses),
    ),
];
