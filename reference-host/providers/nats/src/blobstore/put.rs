//! Writing an object: its bytes first, and then the one message that makes an object of
//! them.

use cloud_contract::blobstore::{Body, PutOptions};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::chunks::Chunks;
use super::container::Container;
use super::meta::{self, Found, New};
use super::object::{Change, check};
use super::residue::{Doomed, Unsettled, behind, carried, unmarked};
use super::upload::Upload;
use crate::error::Failure;
use crate::stream::NOT_READY_PAUSE;

impl Container {
    pub(super) async fn put_object(
        &self,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let live = self.bucket.live().await?;
        // Before much is sent in vain.
        let found = self.bucket.find(&live, name).await?;
        check(&options.expected, &found)?;
        let mut upload = Upload::new(&self.bucket, live, name);
        let mut chunks = Chunks::new(body, upload.chunk_bytes);
        while let Some(chunk) = chunks.next().await? {
            upload.send(chunk).await?;
        }
        upload.finish().await?;
        carried(complete(upload, name.to_owned(), options, found)).await
    }
}

/// Makes an object of what was sent.
async fn complete(
    mut upload: Upload,
    name: String,
    options: PutOptions,
    mut found: Found,
) -> Result<Version> {
    let (bucket, live) = (upload.bucket.clone(), upload.live.clone());
    let message = meta::written(New {
        bucket: &bucket.name,
        name: &name,
        nuid: &upload.nuid,
        size: upload.size,
        chunks: upload.chunks,
        chunk_bytes: upload.chunk_bytes,
        digest: upload.digest(),
        content_type: &options.content_type,
        metadata: options.metadata,
    })?;
    let change = Change::Written {
        chunk_bytes: Some(upload.chunk_bytes as u64),
    };
    let mut doomed = Doomed::nothing(&bucket);
    loop {
        check(&options.expected, &found)?;
        doomed.mark(&live, found.state.as_ref()).await?;
        let limit = bucket.link.config.call_timeout;
        let sent = bucket.change(&live, &name, found.sequence, &change, message.clone());
        let ended = match tokio::time::timeout(limit, sent).await {
            Ok(ended) => ended,
            Err(_) => Err(Failure::Failed(ErrorKind::Timeout.into())),
        };
        let nuid = &upload.nuid;
        match ended {
            Ok(sequence) => {
                let version = meta::version(sequence, nuid);
                let mark = upload.is_marked.then(|| nuid.clone());
                upload.keep();
                doomed.release().await;
                if let Some(nuid) = mark {
                    behind(async move { unmarked(&bucket, &nuid).await });
                }
                return Ok(version);
            }
            Err(Failure::OtherSequence) => {}
            Err(Failure::Failed(error)) => {
                let unsettled = Unsettled {
                    name,
                    sequence: found.sequence,
                    new: Some(nuid.clone()),
                    old: doomed.unsettled(),
                };
                upload.keep();
                behind(async move { unsettled.settle(&bucket).await });
                return Err(error);
            }
            Err(failure) => return Err(failure.into()),
        }
        let now = bucket.find(&live, &name).await?;
        if now.sequence == found.sequence {
            // A stream that agrees on another write still shows the old message.
            tokio::time::sleep(NOT_READY_PAUSE).await;
        }
        found = now;
    }
}
