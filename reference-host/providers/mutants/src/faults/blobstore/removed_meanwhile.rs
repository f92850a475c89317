//! Containers that are removed while something is written to them.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::blobstore::{Body, Container, NewObject};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Grant, Result};

use super::platform;
use super::tools::{faulty, other};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::platform::{Door, PlatformFault};

/// What a put does whose container is gone when it ends.
#[derive(Debug, Clone, Copy)]
enum Late {
    /// It creates the container.
    BringsBack,
    /// It tells in words.
    Fails,
}

/// Puts to the container of a grant.
#[derive(Debug)]
struct Puts(Late, Grant);

#[async_trait]
impl ContainerFault for Puts {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let Self(
            late,
            Grant {
                namespace, target, ..
            },
        ) = self;
        let was_there = namespace.blobstore(target).await.is_ok();
        let put = to.container.put(name, body, object).await;
        if !was_there || namespace.blobstore(target).await.is_ok() {
            return put;
        }
        match late {
            Late::BringsBack => {
                namespace.create_container(target).await?;
                put
            }
            Late::Fails => Err(other("the container has changed")),
        }
    }
}

#[async_trait]
impl PlatformFault for Late {
    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        match to.grant(name) {
            Some(grant) => faulty(to, name, Arc::new(Puts(*self, grant.clone()))).await,
            None => to.open_container(name).await,
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-remove-brought-back",
        "a put that is open while its container is removed brings the container back",
        &["BLOB-REMOVE-1"],
        platform!(Late::BringsBack),
    ),
    Mutant::new(
        "blob-remove-fails-open-puts",
        "a put that is open while its container is removed ends in `other`",
        &["BLOB-REMOVE-6"],
        platform!(Late::Fails),
    ),
];
