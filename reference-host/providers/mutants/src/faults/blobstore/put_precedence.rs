//! Faults of which error is told where several conditions hold, of `put`, `copy` and
//! `move`.

use async_trait::async_trait;
use cloud_contract::blobstore::{Body, Expected, NewObject, Site};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};

use super::container;
use super::states::{collected, failed, is_in};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};

/// What is told before its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// That the stream has another number of bytes, before the condition.
    Size,
    /// That the condition failed, before the options that are not acceptable.
    Condition,
    /// That the source is absent, before the new name.
    Source,
}

impl Told {
    /// Looks for what a copy or a move has to look for after the new name.
    async fn source(self, to: &Target, name: &str) -> Result<()> {
        if self == Self::Source && to.container.head(name).await?.is_none() {
            return Err(ErrorKind::NotFound.into());
        }
        Ok(())
    }
}

#[async_trait]
impl ContainerFault for Told {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let is_conditional = object.expected != Expected::Any;
        match (self, object.size) {
            (Self::Size, Some(size)) if is_conditional => {
                let (read, body) = collected(body).await;
                let ended = to.container.put(name, body, object).await;
                if failed(&ended, &ErrorKind::PreconditionFailed) && read as u64 != size {
                    return Err(Error::invalid(
                        "size: the stream has another number of bytes",
                    ));
                }
                ended
            }
            (Self::Condition, _) if is_conditional => {
                // The name keeps its turn.
                to.container.head(name).await?;
                if !is_in(&*to.driver, name, &object.expected).await? {
                    return Err(ErrorKind::PreconditionFailed.into());
                }
                to.container.put(name, body, object).await
            }
            _ => to.container.put(name, body, object).await,
        }
    }

    async fn copy(&self, to: &Target, name: &str, site: &Site, new_name: &str) -> Result<Version> {
        self.source(to, name).await?;
        to.container.copy(name, site, new_name).await
    }

    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        self.source(to, name).await?;
        to.container.r#move(name, site, new_name).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-put-size-before-condition",
        "a put whose size is wrong and whose condition fails is told of the size",
        &["BLOB-COND-2"],
        container!(Told::Size),
    ),
    Mutant::new(
        "blob-order-condition-first",
        "a put is told that its condition failed before its options are looked at",
        &["TYP-ERR-8"],
        container!(Told::Condition),
    ),
    Mutant::new(
        "blob-order-copied-first",
        "copy and move look for the object before they look at the new name",
        &["TYP-ERR-8"],
        container!(Told::Source),
    ),
];
