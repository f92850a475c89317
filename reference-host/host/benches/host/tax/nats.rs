//! NATS by async-nats: one bucket.

use std::sync::Arc;

use async_nats::jetstream;
use async_nats::jetstream::kv::{Config, Store};
use async_trait::async_trait;
use cloud_contract::{Bytes, Settings};

use super::{KEY, Native, value};
use crate::Fallible;

struct Client(Store);

pub(super) async fn open(settings: Settings) -> Fallible<Arc<dyn Native>> {
    let endpoint = settings.endpoint.ok_or("no endpoint")?;
    let connection = async_nats::connect(endpoint).await?;
    let bucket = jetstream::new(connection)
        .create_key_value(Config {
            bucket: "native".to_owned(),
            ..Config::default()
        })
        .await?;
    let client = Client(bucket);
    client.set(KEY, value()).await?;
    Ok(Arc::new(client))
}

#[async_trait]
impl Native for Client {
    async fn get(&self, key: &str) -> Fallible<usize> {
        let value = self.0.get(key).await?;
        Ok(value.map_or(0, |value| value.len()))
    }

    async fn set(&self, key: &str, value: Bytes) -> Fallible<()> {
        self.0.put(key, value).await?;
        Ok(())
    }
}
