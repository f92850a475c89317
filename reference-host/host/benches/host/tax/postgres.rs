//! PostgreSQL by tokio-postgres: one table of bytes by bytes, prepared statements,
//! one connection.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{Bytes, Settings};
use tokio_postgres::{NoTls, Statement};

use super::{KEY, Native, value};
use crate::Fallible;

struct Client {
    connection: tokio_postgres::Client,
    get: Statement,
    set: Statement,
}

pub(super) async fn open(settings: Settings) -> Fallible<Arc<dyn Native>> {
    let endpoint = settings.endpoint.ok_or("no endpoint")?;
    let (connection, driver) = tokio_postgres::connect(&endpoint, NoTls).await?;
    // Its failure is that of the calls that wait for it.
    tokio::spawn(driver);
    connection
        .batch_execute("CREATE TABLE bench (key bytea PRIMARY KEY, value bytea NOT NULL)")
        .await?;
    let client = Client {
        get: connection
            .prepare("SELECT value FROM bench WHERE key = $1")
            .await?,
        set: connection
            .prepare(
                "INSERT INTO bench VALUES ($1, $2) \
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )
            .await?,
        connection,
    };
    client.set(KEY, value()).await?;
    Ok(Arc::new(client))
}

#[async_trait]
impl Native for Client {
    async fn get(&self, key: &str) -> Fallible<usize> {
        let row = self
            .connection
            .query_one(&self.get, &[&key.as_bytes()])
            .await?;
        Ok(row.try_get::<_, &[u8]>(0)?.len())
    }

    async fn set(&self, key: &str, value: Bytes) -> Fallible<()> {
        self.connection
            .execute(&self.set, &[&key.as_bytes(), &&value[..]])
            .await?;
        Ok(())
    }
}
