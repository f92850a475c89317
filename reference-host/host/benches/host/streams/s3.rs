//! S3 by its SDK: what fits into one part in one request, more as an upload of parts of the
//! size that the provider sends, one after the other. Digests of the SDK's own are off, as
//! the provider has them.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use aws_smithy_http_client::tls;
use cloud_contract::Settings;

use super::{Filled, Native, OBJECT};
use crate::Fallible;

const BUCKET: &str = "native";
const PART_BYTES: u64 = 8 << 20;

struct Client {
    client: aws_sdk_s3::Client,
    /// The bytes of every part.
    part: Filled,
}

pub(super) async fn open(settings: Settings) -> Fallible<Arc<dyn Native>> {
    let endpoint = settings.endpoint.ok_or("no endpoint")?;
    let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(provider)
        .build_https();
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(
            "cloudwit", "cloudwit", None, None, "bench",
        ))
        .force_path_style(true)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .build();
    let client = aws_sdk_s3::Client::from_conf(config);
    client.create_bucket().bucket(BUCKET).send().await?;
    let part = Filled::new(PART_BYTES);
    Ok(Arc::new(Client { client, part }))
}

#[async_trait]
impl Native for Client {
    async fn put(&self, bytes: u64) -> Fallible<()> {
        let client = &self.client;
        if bytes <= PART_BYTES {
            let put = client.put_object().bucket(BUCKET).key(OBJECT);
            put.body(self.part.first(bytes).into()).send().await?;
            return Ok(());
        }
        let create = client.create_multipart_upload().bucket(BUCKET).key(OBJECT);
        let upload = create.send().await?.upload_id.ok_or("no upload")?;
        let mut parts = Vec::new();
        let mut left = bytes;
        for number in 1.. {
            let length = left.min(PART_BYTES);
            if length == 0 {
                break;
            }
            let send = client.upload_part().bucket(BUCKET).key(OBJECT);
            let send = send.upload_id(&upload).part_number(number);
            let sent = send.body(self.part.first(length).into()).send().await?;
            let part = CompletedPart::builder().part_number(number);
            parts.push(part.set_e_tag(sent.e_tag).build());
            left -= length;
        }
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts));
        let complete = client.complete_multipart_upload().bucket(BUCKET);
        let complete = complete.key(OBJECT).upload_id(upload);
        complete.multipart_upload(parts.build()).send().await?;
        Ok(())
    }

    async fn get(&self) -> Fallible<u64> {
        let get = self.client.get_object().bucket(BUCKET).key(OBJECT);
        let mut body = get.send().await?.body;
        let mut sum = 0;
        while let Some(piece) = body.try_next().await? {
            sum += piece.len() as u64;
        }
        Ok(sum)
    }
}
