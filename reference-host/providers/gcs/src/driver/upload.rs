//! Writing an object: in one request where its bytes fit into one piece, else by a
//! resumable upload.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use bucket_scopes::Pieces;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::blobstore::Body;
use futures::future::BoxFuture;
use serde_json::json;

use super::session::Session;
use super::{Container, PIECE_BYTES};
use crate::link::{Request, Service};
use crate::object::{FIELDS, Kind, Object};

/// What is to be written, but for its bytes.
#[derive(Debug, Clone)]
pub(crate) struct New {
    pub(crate) key: String,
    pub(crate) kind: Kind,
    /// The generation that is expected: zero for an absent object, none for any.
    pub(crate) condition: Option<u64>,
}

impl New {
    /// The description that goes before the bytes.
    pub(super) fn resource(&self) -> serde_json::Value {
        json!({
            "name": self.key,
            "contentType": self.kind.content_type,
            "metadata": self.kind.fields,
        })
    }

    /// A request that begins to write it.
    pub(super) fn request(&self, service: &Service, kind: &str) -> Request {
        Request::post(format!("/upload/storage/v1/b/{}/o", service.bucket))
            .with("uploadType", kind)
            .with("fields", FIELDS)
            .with_some("ifGenerationMatch", self.condition)
    }
}

/// What follows a write, also where its caller is gone by then: an object that nobody
/// waits for any more must not be left behind.
pub(super) type After = Box<dyn FnOnce(Object) -> BoxFuture<'static, Result<Object>> + Send>;

/// Nothing does.
pub(super) fn nothing() -> After {
    Box::new(|made| Box::pin(async { Ok(made) }))
}

/// Writes an object in one request.
pub(crate) async fn whole(service: &Service, new: &New, bytes: Bytes) -> Result<Object> {
    let boundary = boundary();
    let head = format!(
        "--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{}\r\n\
         --{boundary}\r\nContent-Type: {}\r\n\r\n",
        new.resource(),
        new.kind.content_type,
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let mut body = Vec::with_capacity(head.len() + bytes.len() + tail.len());
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(&bytes);
    body.extend_from_slice(tail.as_bytes());
    drop(bytes);
    let content_type = format!("multipart/related; boundary={boundary}");
    let request = new.request(service, "multipart");
    let request = request.body(&content_type, body.into());
    let answer = service.write(&request).await?;
    answer.json()
}

/// A line that the bytes do not have: nobody can know it before.
fn boundary() -> String {
    let (one, other) = (RandomState::new(), RandomState::new());
    format!("{:016x}{:016x}", one.hash_one(0), other.hash_one(1))
}

impl Container {
    /// Writes an object out of a stream.
    pub(super) async fn upload(&self, new: New, body: Body, after: After) -> Result<Object> {
        let mut pieces = Pieces::new(body, PIECE_BYTES);
        let (mut piece, mut is_last) = pieces.next().await?;
        let service = Arc::clone(&self.service);
        if is_last {
            let written = async move { after(whole(&service, &new, piece).await?).await };
            return self.registration.run(written).await;
        }
        // Before much is sent in vain.
        service.check(&new.key, new.condition).await?;
        let mut session = Session::begin(&service, &self.registration, new).await?;
        while !is_last {
            session.send(piece.clone()).await?;
            pieces.reuse(piece);
            (piece, is_last) = pieces.next().await?;
        }
        session.complete(&self.registration, piece, after).await
    }
}
