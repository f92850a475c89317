//! Completions that are more than one step: who reads in between sees one, and who drops
//! the call leaves one.

use std::collections::HashSet;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{Driver, Expected, Part, PutOptions};
use cloud_contract::keyvalue::Version;

use super::driver;
use super::states::{body, other, state_of};
use super::upload_parts::lock;
use crate::Mutant;
use crate::blobstore::driver::DriverFault;
use crate::faults::keyvalue::tools::Window;

/// The first half of the bytes is the object for a while.
#[derive(Debug, Default)]
struct Grows(Window);

#[async_trait]
impl DriverFault for Grows {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        to.complete(name, upload, parts, expected).await?;
        let Some(state) = state_of(to, name).await? else {
            return Err(other("the object is gone"));
        };
        let options = || PutOptions {
            content_type: state.info.content_type.clone(),
            metadata: state.info.metadata.clone(),
            ..PutOptions::default()
        };
        let half = state.bytes.slice(..state.bytes.len() / 2);
        to.put(name, body(half), options()).await?;
        // Long enough for a read of all of it.
        for _ in 0..5 {
            self.0.open().await;
        }
        to.put(name, body(state.bytes.clone()), options()).await
    }
}

/// An upload is locked while it is completed, and stays so when the call is dropped.
#[derive(Debug, Default)]
struct StaysLocked {
    locked: Mutex<HashSet<String>>,
    window: Window,
}

#[async_trait]
impl DriverFault for StaysLocked {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let is_free = lock(&self.locked).insert(upload.to_owned());
        if !is_free {
            return Err(other("the upload is being completed"));
        }
        self.window.open().await;
        let made = to.complete(name, upload, parts, expected).await;
        lock(&self.locked).remove(upload);
        made
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-complete-grows",
        "`complete` shows the first half of the object for a while",
        &["BLOB-DATA-4"],
        driver!(Grows::default()),
    ),
    Mutant::new(
        "blob-complete-half-done",
        "a `complete` that is dropped leaves the first half of the object",
        &["TYP-CALL-1"],
        driver!(Grows::default()),
    ),
    Mutant::new(
        "blob-complete-stays-locked",
        "a `complete` that is dropped locks its upload for ever",
        &["TYP-CALL-1"],
        driver!(StaysLocked::default()),
    ),
];
