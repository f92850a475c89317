//! Writing an object: its bytes first, and then the one message that makes an object of
//! them.

use cloud_contract::blobstore::{Body, PutOptions};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};
use futures::future::join;

use super::bucket::Bucket;
use super::chunks::Chunks;
use super::container::Container;
use super::meta::{self, Found, New};
use super::object::{Change, check};
use super::residue::{Doomed, Unsettled, behind, carried, unmarked};
use super::upload::Upload;
use crate::error::Failure;
use crate::link::Live;
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
        // In this order over the connection, and both under way at a time.
        let sent = join(sent, upload.is_there());
        let (ended, is_there) = match tokio::time::timeout(limit, sent).await {
            Ok(ended) => ended,
            Err(_) => (Err(Failure::Failed(ErrorKind::Timeout.into())), true),
        };
        let nuid = &upload.nuid;
        match ended {
            Ok(sequence) if !is_there => {
                return Err(undo(&bucket, &live, &name, nuid, sequence).await);
            }
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
            // From now on it would look as if it were: the question is a message.
            Err(Failure::OtherSequence) if !is_there => return Err(ErrorKind::NotFound.into()),
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

/// Takes back an object whose container went and came again while its bytes were sent:
/// they went with it. Returns what the write ends with.
async fn undo(bucket: &Bucket, live: &Live, name: &str, nuid: &str, sequence: u64) -> Error {
    let message = match meta::deletion(&bucket.name, name, nuid) {
        Ok(message) => message,
        Err(error) => return error,
    };
    let undone = bucket.change(live, name, sequence, &Change::Deleted, message);
    match undone.await {
        // Somebody else wrote it since.
        Ok(_) | Err(Failure::OtherSequence) => ErrorKind::NotFound.into(),
        Err(failure) => failure.into(),
    }
}
