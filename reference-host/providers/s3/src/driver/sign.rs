//! Links: requests that are signed and not sent.

use std::time::Duration;

use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use bucket_scopes::signature_lifetime;
use cloud_contract::blobstore::{Access, Link};
use cloud_contract::{Error, ErrorKind, Result};

use super::Container;
use crate::error::translate;
use crate::metadata;

impl Container {
    pub(super) async fn sign_request(
        &self,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        let (client, bucket, key) = (
            &self.service.client,
            &self.service.bucket,
            self.keys.key(name),
        );
        let lifetime = PresigningConfig::expires_in(signature_lifetime(lifetime));
        let lifetime = lifetime.map_err(|error| {
            let kind = ErrorKind::Other("a request could not be signed".into());
            Error::with_source(kind, error)
        })?;
        let signed = match access {
            Access::Get => {
                let get = client.get_object().bucket(bucket).key(key);
                get.presigned(lifetime).await.map_err(translate)?
            }
            Access::Put => {
                let put = client.put_object().bucket(bucket).key(key);
                // What a put without options says. A version is not among it: the link
                // can be used twice, and no two writes may have one.
                let (field, content_type) = metadata::general_type();
                let put = put
                    .content_type(&content_type)
                    .metadata(field, &content_type);
                put.presigned(lifetime).await.map_err(translate)?
            }
            Access::Delete => {
                let delete = client.delete_object().bucket(bucket).key(key);
                delete.presigned(lifetime).await.map_err(translate)?
            }
        };
        Ok(link(&signed))
    }
}

fn link(signed: &PresignedRequest) -> Link {
    let headers = signed.headers();
    Link {
        url: signed.uri().to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}
