//! Writing an object: in one request where its bytes fit into one block, else in blocks,
//! which a last request makes the object.
//!
//! Blocks lie with the name of the object until then, and whatever writes the name
//! meanwhile takes them away. That other write overlaps the put: without a condition the
//! two may as well have come the other way round, and the put is done, overwritten. It is
//! told so only where the object shows that there was such a write.

use std::sync::Arc;

use bucket_scopes::Pieces;
use bytes::Bytes;
use cloud_contract::blobstore::{Body, Expected, PutOptions};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use reqwest::Method;

use super::object;
use super::{BLOCK_BYTES, Container};
use crate::block::{self, Id, Kind};
use crate::error::{Failure, NO_SUCH_BLOCK, throttled};
use crate::link::{Ask, Service};
use crate::{metadata, xml};

/// Sends a block. The same may be sent again.
pub(super) async fn stage(
    service: &Service,
    key: &str,
    id: &Id,
    bytes: Bytes,
) -> Result<(), Failure> {
    let ask = Ask::blob(Method::PUT, key)
        .with("comp", "block")
        .with("blockid", id.text())
        .body(bytes);
    service.read(&ask).await.map(drop)
}

/// Makes an object of these blocks.
pub(super) async fn commit(
    service: &Service,
    key: &str,
    blocks: &[(&str, String)],
    fields: Vec<(String, String)>,
    expected: &Expected,
) -> Result<Version, Failure> {
    let ask = Ask::blob(Method::PUT, key)
        .with("comp", "blocklist")
        .fields(fields)
        .body(xml::list(blocks));
    let ask = object::on_condition(ask, expected)?;
    let reply = service.write(&ask).await?;
    Ok(object::version(&reply)?)
}

/// Where blocks are that are no object yet.
pub(super) const NEW: &str = "Uncommitted";

/// What an object is to be, but for its bytes.
struct New {
    key: String,
    fields: Vec<(String, String)>,
    expected: Expected,
}

impl Container {
    pub(super) async fn put_object(
        &self,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let new = New {
            key: self.keys.key(name),
            fields: metadata::written(&options.content_type, &options.metadata),
            expected: options.expected,
        };
        let mut blocks = Pieces::new(body, BLOCK_BYTES);
        let (block, is_last) = blocks.next().await?;
        if is_last {
            let service = Arc::clone(&self.service);
            let put = async move { whole(&service, new, block).await };
            return self.registration.run(put).await;
        }
        // Before much is sent in vain.
        object::check(&self.service, &new.key, &new.expected).await?;
        self.put_blocks(new, block, blocks).await
    }

    async fn put_blocks(&self, new: New, first: Bytes, mut blocks: Pieces) -> Result<Version> {
        let write = block::fresh();
        let mut sent = Vec::new();
        let (mut block, mut is_last) = (first, false);
        loop {
            let kind = if is_last { Kind::Last } else { Kind::Goes };
            let place = u32::try_from(sent.len()).map_err(|_| ErrorKind::OutOfRange)?;
            let id = Id::of(write, place, kind);
            sent.push((NEW, id.text()));
            let (service, key) = (Arc::clone(&self.service), new.key.clone());
            let sending = block.clone();
            let sending = async move { Ok(stage(&service, &key, &id, sending).await?) };
            self.registration.run(sending).await?;
            if is_last {
                break;
            }
            blocks.reuse(block);
            (block, is_last) = blocks.next().await?;
        }
        let service = Arc::clone(&self.service);
        let last = async move { finish(&service, new, sent).await };
        self.registration.run(last).await
    }
}

/// Writes the object in one request.
async fn whole(service: &Service, new: New, bytes: Bytes) -> Result<Version> {
    let New {
        key,
        fields,
        expected,
    } = new;
    let ask = Ask::blob(Method::PUT, &key)
        .field("x-ms-blob-type", "BlockBlob")
        .fields(fields.clone())
        .body(bytes.clone());
    let ask = object::on_condition(ask, &expected)?;
    let failure = match service.write(&ask).await {
        Ok(reply) => return object::version(&reply),
        Err(failure) => failure,
    };
    // An emulator takes a name that has blocks of somebody's for an object. The request
    // that makes an object of blocks it judges by the object alone.
    if expected == Expected::Absent
        && failure.is_stale()
        && object::find(service, &key).await?.is_none()
    {
        let id = Id::of(block::fresh(), 0, Kind::Last);
        let mut blocks = Vec::new();
        if !bytes.is_empty() {
            stage(service, &key, &id, bytes).await?;
            blocks.push((NEW, id.text()));
        }
        return match commit(service, &key, &blocks, fields, &expected).await {
            Err(failure) if failure.code == NO_SUCH_BLOCK => Err(throttled()),
            ended => Ok(ended?),
        };
    }
    Err(object::settled(&expected, failure))
}

/// Makes the object of its blocks. What another write took of them is `throttled`: that
/// write may stand on the state from before, so that nothing may be said to be between.
async fn finish(
    service: &Service,
    new: New,
    blocks: Vec<(&'static str, String)>,
) -> Result<Version> {
    let New {
        key,
        fields,
        expected,
    } = new;
    let failure = match commit(service, &key, &blocks, fields, &expected).await {
        Ok(version) => return Ok(version),
        Err(failure) => failure,
    };
    if failure.code != NO_SUCH_BLOCK {
        return Err(object::settled(&expected, failure));
    }
    object::check(service, &key, &expected).await?;
    Err(throttled())
}
