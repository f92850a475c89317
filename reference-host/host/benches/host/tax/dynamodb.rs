//! DynamoDB by its SDK: one item for each key, consistent reads.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use aws_smithy_http_client::tls;
use cloud_contract::{Bytes, Settings};

use super::{KEY, Native, value};
use crate::Fallible;

const TABLE: &str = "native";

struct Client(aws_sdk_dynamodb::Client);

pub(super) async fn open(settings: Settings) -> Fallible<Arc<dyn Native>> {
    let endpoint = settings.endpoint.ok_or("no endpoint")?;
    let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(provider)
        .build_https();
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("bench", "bench", None, None, "bench"))
        .build();
    let client = aws_sdk_dynamodb::Client::from_conf(config);
    client
        .create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(
            AttributeDefinition::builder()
                .attribute_name("k")
                .attribute_type(ScalarAttributeType::S)
                .build()?,
        )
        .key_schema(
            KeySchemaElement::builder()
                .attribute_name("k")
                .key_type(KeyType::Hash)
                .build()?,
        )
        .send()
        .await?;
    let client = Client(client);
    client.set(KEY, value()).await?;
    Ok(Arc::new(client))
}

#[async_trait]
impl Native for Client {
    async fn get(&self, key: &str) -> Fallible<usize> {
        let answer = self
            .0
            .get_item()
            .table_name(TABLE)
            .key("k", AttributeValue::S(key.to_owned()))
            .consistent_read(true)
            .send()
            .await?;
        let value = answer.item().and_then(|item| item.get("v"));
        Ok(match value {
            Some(AttributeValue::B(bytes)) => bytes.as_ref().len(),
            _ => 0,
        })
    }

    async fn set(&self, key: &str, value: Bytes) -> Fallible<()> {
        self.0
            .put_item()
            .table_name(TABLE)
            .item("k", AttributeValue::S(key.to_owned()))
            .item("v", AttributeValue::B(Blob::new(value.to_vec())))
            .send()
            .await?;
        Ok(())
    }
}
