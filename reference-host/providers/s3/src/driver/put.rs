//! Writing an object: in one request where its bytes fit into one part, else by an upload.

use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;
use bucket_scopes::Pieces;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::blobstore::{Body, Expected, PutOptions};
use cloud_contract::keyvalue::Version;
use futures::future::try_join;

use super::object::{self, Condition};
use super::upload::{Begun, Upload};
use super::{Container, PART_BYTES};
use crate::link::write;
use crate::{metadata, version};

impl Container {
    pub(super) async fn put_object(
        &self,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let key = self.keys.key(name);
        let expected = options.expected;
        let condition = object::condition(&self.service, &key, &expected).await?;
        let version = version::fresh();
        let mark = format!("{}{version}", self.keys.puts());
        let new = Begun {
            key,
            fields: metadata::written(&options.metadata, &version, &options.content_type),
            content_type: options.content_type,
        };
        let mut parts = Pieces::new(body, PART_BYTES);
        let (mut part, mut is_last) = parts.next().await?;
        if is_last {
            self.put_whole(new, part, condition, expected).await?;
            return Ok(version);
        }
        // Before much is sent in vain.
        object::check(&self.service, &new.key, &expected).await?;
        let mut upload = Upload::begin(&self.service, &self.registration, new, mark).await?;
        while !is_last {
            // The next part comes while this one is on its way.
            let sent = part.clone();
            ((), (part, is_last)) = try_join(upload.send(part), parts.next()).await?;
            parts.reuse(sent);
        }
        upload.send(part).await?;
        upload
            .complete(&self.registration, condition, expected)
            .await?;
        Ok(version)
    }

    async fn put_whole(
        &self,
        new: Begun,
        bytes: Bytes,
        condition: Condition,
        expected: Expected,
    ) -> Result<()> {
        let service = Arc::clone(&self.service);
        let put = async move {
            let request = || {
                let put = service.client.put_object().bucket(&service.bucket);
                put.key(&new.key)
                    .content_type(&new.content_type)
                    .set_metadata(Some(new.fields.clone()))
                    .set_if_match(condition.if_match.clone())
                    .set_if_none_match(condition.if_none_match.clone())
                    .body(ByteStream::from(bytes.clone()))
                    .send()
            };
            match write(request).await {
                Ok(_) => Ok(()),
                Err(error) => Err(object::settle(&service, &new.key, &expected, error).await),
            }
        };
        self.registration.run(put).await
    }
}
