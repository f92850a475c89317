//! Faults of earlier states that are removed while they are read.

use std::collections::HashSet;
use std::future::ready;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{Range, Reading};
use cloud_contract::keyvalue::Version;
use futures::StreamExt as _;

use super::container;
use super::whole::other;
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::provider::lock;

/// Versions of states that `delete-version` removed.
type Removed = Arc<Mutex<HashSet<Version>>>;

/// The stream of a state ends when the state is removed.
#[derive(Debug)]
struct Ends {
    /// As if it were complete, or else with an error of its own.
    with_ok: bool,
    removed: Removed,
}

impl Ends {
    fn with(ok: bool) -> Self {
        Self {
            with_ok: ok,
            removed: Removed::default(),
        }
    }
}

#[async_trait]
impl ContainerFault for Ends {
    async fn delete_version(&self, to: &Target, name: &str, version: &Version) -> Result<()> {
        to.container.delete_version(name, version).await?;
        lock(&self.removed).insert(version.clone());
        Ok(())
    }

    async fn get_version(
        &self,
        to: &Target,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Reading>> {
        let found = to.container.get_version(name, version, range).await?;
        let (removed, version) = (Arc::clone(&self.removed), version.clone());
        let is_removed = move || lock(&removed).contains(&version);
        Ok(found.map(|reading| Reading {
            data: if self.with_ok {
                Box::pin(reading.data.take_while(move |_| ready(!is_removed())))
            } else {
                Box::pin(reading.data.map(move |piece| {
                    if is_removed() {
                        return Err(other("there is no such state"));
                    }
                    piece
                }))
            },
            ..reading
        }))
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-getversion-removed-short",
        "a get-version of a state that is removed ends early, with ok",
        &["BLOB-GETVERSION-3"],
        container!(Ends::with(true)),
    ),
    Mutant::new(
        "blob-getversion-removed-other",
        "a get-version of a state that is removed ends in an error of its own",
        &["BLOB-GETVERSION-3"],
        container!(Ends::with(false)),
    ),
];
