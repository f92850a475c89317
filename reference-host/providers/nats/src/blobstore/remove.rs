//! Removing an object: a message that says so takes the place of its own, and then its
//! bytes go.

use std::collections::HashSet;
use std::sync::Arc;

use cloud_contract::blobstore::Expected;
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use futures::{StreamExt as _, stream};

use super::bucket::Bucket;
use super::container::Container;
use super::meta;
use super::object::{Change, check};
use super::residue::{Doomed, Unsettled, behind, carried};
use crate::error::Failure;
use crate::stream::NOT_READY_PAUSE;

/// How many objects are removed at a time.
const AT_ONCE: usize = 32;

impl Container {
    pub(super) async fn delete_object(&self, name: &str, expected: Option<&Version>) -> Result<()> {
        self.bucket.stream.check_open()?;
        let bucket = Arc::clone(&self.bucket);
        let expected = expected.map_or(Expected::Any, |version| Expected::Version(version.clone()));
        carried(remove(bucket, name.to_owned(), expected)).await
    }

    pub(super) async fn delete_objects(&self, names: &[String]) -> Vec<Result<()>> {
        let absent = match self.absent(names).await {
            Ok(absent) => absent,
            Err(error) => return names.iter().map(|_| Err(error.clone())).collect(),
        };
        let absent = &absent;
        stream::iter(0..names.len())
            .map(|place| async move {
                let name = names[place].as_str();
                if absent.contains(name) {
                    return Ok(());
                }
                self.delete_object(name, None).await
            })
            .buffered(AT_ONCE)
            .collect()
            .await
    }

    /// Those of the names that have no object: many are looked at together.
    async fn absent(&self, names: &[String]) -> Result<HashSet<String>> {
        let live = self.bucket.live().await?;
        let mut sorted = names.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let mut rest = sorted.as_slice();
        let mut absent = HashSet::new();
        while !rest.is_empty() {
            let (some, others) = rest.split_at(self.bucket.window(rest, rest.len()));
            rest = others;
            let all = self.bucket.look_at(&live, some).await?;
            let none = some
                .iter()
                .zip(all)
                .filter(|(_, found)| found.state.is_none());
            absent.extend(none.map(|(name, _)| name.clone()));
        }
        Ok(absent)
    }
}

async fn remove(bucket: Arc<Bucket>, name: String, expected: Expected) -> Result<()> {
    let live = bucket.live().await?;
    let mut doomed = Doomed::nothing(&bucket);
    let mut seen = None;
    loop {
        let found = bucket.find(&live, &name).await?;
        check(&expected, &found)?;
        let Some(state) = found.state else {
            return Ok(());
        };
        if seen.replace(found.sequence) == Some(found.sequence) {
            // A stream that agrees on another write still shows the old message.
            tokio::time::sleep(NOT_READY_PAUSE).await;
        }
        let message = meta::deletion(&bucket.name, &name, &state.nuid)?;
        doomed.mark(&live, Some(&state)).await?;
        let limit = bucket.link.config.call_timeout;
        let sent = bucket.change(&live, &name, found.sequence, &Change::Deleted, message);
        let ended = match tokio::time::timeout(limit, sent).await {
            Ok(ended) => ended,
            Err(_) => Err(Failure::Failed(ErrorKind::Timeout.into())),
        };
        match ended {
            Ok(_) => {
                doomed.release().await;
                return Ok(());
            }
            Err(Failure::OtherSequence) => {}
            Err(Failure::Failed(error)) => {
                let unsettled = Unsettled {
                    name,
                    sequence: found.sequence,
                    new: None,
                    old: doomed.unsettled(),
                };
                behind(async move { unsettled.settle(&bucket).await });
                return Err(error);
            }
            Err(failure) => return Err(failure.into()),
        }
    }
}
