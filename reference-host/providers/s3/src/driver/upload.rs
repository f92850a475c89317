//! An upload in parts that belongs to one put: it is completed, or given up with all its
//! parts, however the put ends.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use cloud_contract::blobstore::Expected;
use cloud_contract::{Error, ErrorKind, Result};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::object::{self, Condition};
use crate::error::{translate, unexpected_reply};
use crate::link::{Service, pause, read, write};
use crate::sweep;
use crate::under_way::UnderWay;
use bucket_scopes::{GIVEN_UP, OnItsWay, Registration};

/// What an object is to be, but for its bytes.
pub(super) struct Begun {
    pub(super) key: String,
    pub(super) content_type: String,
    pub(super) fields: HashMap<String, String>,
}

/// Begins an upload and returns its id.
pub(super) async fn begin(service: &Service, new: &Begun) -> Result<String> {
    let request = || {
        let create = service.client.create_multipart_upload();
        create
            .bucket(&service.bucket)
            .key(&new.key)
            .content_type(&new.content_type)
            .set_metadata(Some(new.fields.clone()))
            .send()
    };
    let answer = write(request).await.map_err(translate)?;
    answer.upload_id.ok_or_else(unexpected_reply)
}

/// Sends a part and returns its ETag. The same bytes may be sent again.
pub(super) async fn send(
    service: &Service,
    key: &str,
    id: &str,
    number: i32,
    bytes: Bytes,
) -> Result<String> {
    let request = || {
        let part = service.client.upload_part().bucket(&service.bucket);
        let part = part.key(key).upload_id(id).part_number(number);
        part.body(ByteStream::from(bytes.clone())).send()
    };
    let answer = read(request).await.map_err(translate)?;
    answer.e_tag.ok_or_else(unexpected_reply)
}

/// Makes the object out of these parts.
pub(super) async fn complete(
    service: &Service,
    key: &str,
    id: &str,
    parts: Vec<CompletedPart>,
    condition: Condition,
    expected: &Expected,
) -> Result<()> {
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts));
    let request = service.client.complete_multipart_upload();
    let request = request
        .bucket(&service.bucket)
        .key(key)
        .upload_id(id)
        .set_if_match(condition.if_match)
        .set_if_none_match(condition.if_none_match)
        .multipart_upload(parts.build());
    // Once: whom another write came between, the service lets begin anew.
    match request.send().await {
        Ok(_) => Ok(()),
        Err(error) => Err(object::settle(service, key, expected, error).await),
    }
}

/// An upload that is under way. Dropping it gives it up.
pub(super) struct Upload {
    service: Arc<Service>,
    key: String,
    id: String,
    parts: Vec<CompletedPart>,
    /// The part that is being sent. It has to be over before the upload can be ended, or
    /// it might be kept all the same.
    sending: Option<JoinHandle<Result<String>>>,
    /// What remains of this upload if the host ends now.
    under_way: Option<UnderWay>,
    /// Who closes the scope waits for this upload to be gone.
    on_its_way: Option<OnItsWay>,
    is_complete: bool,
}

impl Upload {
    pub(super) async fn begin(
        service: &Arc<Service>,
        registration: &Registration,
        new: Begun,
        mark: String,
    ) -> Result<Self> {
        let on_its_way = registration.begin()?;
        let service = Arc::clone(service);
        let begun = async move {
            let id = begin(&service, &new).await?;
            // A caller that is gone drops it.
            let mut begun = Self {
                service,
                key: new.key,
                id,
                parts: Vec::new(),
                sending: None,
                under_way: None,
                on_its_way: Some(on_its_way),
                is_complete: false,
            };
            let under_way = UnderWay::new(&begun.service, mark, &begun.key, &begun.id);
            // A mark whose writing failed may be there all the same.
            let under_way = begun.under_way.insert(under_way);
            under_way.write(&begun.service).await?;
            Ok(begun)
        };
        registration.run(begun).await
    }

    /// Sends the next part.
    pub(super) async fn send(&mut self, bytes: Bytes) -> Result<()> {
        let number = i32::try_from(self.parts.len() + 1).unwrap_or(i32::MAX);
        let (service, key, id) = (Arc::clone(&self.service), self.key.clone(), self.id.clone());
        let sending = async move { send(&service, &key, &id, number, bytes).await };
        let ended = self.sending.insert(tokio::spawn(sending)).await;
        self.sending = None;
        let etag = match ended {
            Ok(sent) => sent?,
            Err(ended) => return Err(Error::with_source(ErrorKind::Cancelled, ended)),
        };
        let part = CompletedPart::builder().part_number(number).e_tag(etag);
        self.parts.push(part.build());
        Ok(())
    }

    /// Makes the object.
    pub(super) async fn complete(
        self,
        registration: &Registration,
        condition: Condition,
        expected: Expected,
    ) -> Result<()> {
        let completing = async move {
            // All of it: what fails, or is dropped, is given up.
            let mut upload = self;
            let parts = std::mem::take(&mut upload.parts);
            let Self {
                service, key, id, ..
            } = &upload;
            complete(service, key, id, parts, condition, &expected).await?;
            upload.is_complete = true;
            Ok(())
        };
        registration.run(completing).await
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // Without a runtime the host is about to end.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let service = Arc::clone(&self.service);
        let (key, id) = (std::mem::take(&mut self.key), std::mem::take(&mut self.id));
        let (sending, on_its_way) = (self.sending.take(), self.on_its_way.take());
        let (is_complete, under_way) = (self.is_complete, self.under_way.take());
        runtime.spawn(async move {
            if let Some(sending) = sending {
                let _ = sending.await;
            }
            let ended = async {
                let mut number = 1;
                while !is_complete && sweep::abort(&service, &key, &id).await.is_err() {
                    pause(number).await;
                    number += 1;
                }
                // Only now: it is all that tells of an upload that is not over.
                while let Some(under_way) = &under_way
                    && under_way.end(&service).await.is_err()
                {
                    pause(number).await;
                    number += 1;
                }
            };
            // What is left then goes when its mark is old.
            let _ = tokio::time::timeout(GIVEN_UP, ended).await;
            drop(on_its_way);
        });
    }
}
