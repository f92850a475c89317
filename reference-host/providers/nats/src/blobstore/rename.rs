//! Giving an object another name: two messages that the stream takes in one step, one
//! with its bytes under the new name and one that it is gone under the old.

use std::sync::Arc;

use cloud_contract::blobstore::{Expected, RenameRequest};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::bucket::Bucket;
use super::container::Container;
use super::meta;
use super::object::{Change, Half, check};
use super::residue::{Doomed, Unsettled, behind, carried};
use crate::error::Failure;
use crate::stream::NOT_READY_PAUSE;

impl Container {
    pub(super) async fn rename_object(&self, request: RenameRequest<'_>) -> Result<Version> {
        self.bucket.stream.check_open()?;
        let bucket = Arc::clone(&self.bucket);
        let names = [request.name, request.new_name].map(str::to_owned);
        carried(rename(bucket, names, request.expected.clone())).await
    }
}

async fn rename(
    bucket: Arc<Bucket>,
    [name, new_name]: [String; 2],
    expected: Expected,
) -> Result<Version> {
    let live = bucket.live().await?;
    let mut doomed = Doomed::nothing(&bucket);
    let mut seen = None;
    loop {
        let found = bucket.find(&live, &name).await?;
        let state = found.state.ok_or(ErrorKind::NotFound)?;
        let replaced = bucket.find(&live, &new_name).await?;
        check(&expected, &replaced)?;
        let now = (found.sequence, replaced.sequence);
        if seen.replace(now) == Some(now) {
            // A stream that agrees on another write still shows the old messages.
            tokio::time::sleep(NOT_READY_PAUSE).await;
        }
        let halves = [
            Half {
                name: &new_name,
                sequence: replaced.sequence,
                change: Change::Written {
                    chunk_bytes: state.chunk_bytes,
                },
                payload: meta::renamed(&state.message, &new_name)?,
            },
            Half {
                name: &name,
                sequence: found.sequence,
                change: Change::Deleted,
                // Without bytes that another client would remove: they have a new name.
                payload: meta::deletion(&bucket.name, &name, "")?,
            },
        ];
        doomed.mark(&live, replaced.state.as_ref()).await?;
        let limit = bucket.link.config.call_timeout;
        let sent = bucket.change_both(&live, halves);
        let ended = match tokio::time::timeout(limit, sent).await {
            Ok(ended) => ended,
            Err(_) => Err(Failure::Failed(ErrorKind::Timeout.into())),
        };
        match ended {
            Ok(sequence) => {
                doomed.release().await;
                return Ok(meta::version(sequence.saturating_sub(1), &state.nuid));
            }
            Err(Failure::OtherSequence) => {}
            Err(Failure::Failed(error)) => {
                let unsettled = Unsettled {
                    name: new_name,
                    sequence: replaced.sequence,
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
