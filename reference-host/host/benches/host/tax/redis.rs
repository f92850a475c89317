//! Redis by its own client: `GET` and `SET` of plain strings.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{Bytes, Settings};
use redis::AsyncCommands as _;
use redis::aio::MultiplexedConnection;

use super::{KEY, Native, value};
use crate::Fallible;

struct Client(MultiplexedConnection);

pub(super) async fn open(settings: Settings) -> Fallible<Arc<dyn Native>> {
    let endpoint = settings.endpoint.ok_or("no endpoint")?;
    let connection = redis::Client::open(endpoint)?
        .get_multiplexed_async_connection()
        .await?;
    let client = Client(connection);
    client.set(KEY, value()).await?;
    Ok(Arc::new(client))
}

#[async_trait]
impl Native for Client {
    async fn get(&self, key: &str) -> Fallible<usize> {
        let value: Vec<u8> = self.0.clone().get(key).await?;
        Ok(value.len())
    }

    async fn set(&self, key: &str, value: Bytes) -> Fallible<()> {
        Ok(self.0.clone().set(key, &value[..]).await?)
    }
}
