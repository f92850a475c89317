//! The object store of NATS by its client, with messages of its usual size, which is the
//! provider's as well.

use std::sync::Arc;

use async_nats::jetstream;
use async_nats::jetstream::object_store::{Config, ObjectStore};
use async_nats::jetstream::stream::Stream;
use async_trait::async_trait;
use cloud_contract::Settings;
use futures::TryStreamExt as _;
use tokio::io::{AsyncReadExt as _, repeat};

use super::{Native, OBJECT, PIECE};
use crate::Fallible;

struct Client {
    bucket: ObjectStore,
    /// What the bucket is made of.
    stream: Stream,
}

pub(super) async fn open(settings: Settings) -> Fallible<Arc<dyn Native>> {
    let endpoint = settings.endpoint.ok_or("no endpoint")?;
    let connection = async_nats::connect(endpoint).await?;
    let context = jetstream::new(connection);
    let config = Config {
        bucket: "native".to_owned(),
        ..Config::default()
    };
    let bucket = context.create_object_store(config).await?;
    let stream = context.get_stream("OBJ_native").await?;
    Ok(Arc::new(Client { bucket, stream }))
}

#[async_trait]
impl Native for Client {
    async fn put(&self, bytes: u64) -> Fallible<()> {
        // It wants a reader, of whose length nothing is said.
        let mut reader = repeat(b'v').take(bytes);
        self.bucket.put(OBJECT, &mut reader).await?;
        Ok(())
    }

    async fn get(&self) -> Fallible<u64> {
        let mut object = self.bucket.get(OBJECT).await?;
        let mut buffer = vec![0; PIECE];
        let mut sum = 0;
        loop {
            let read = object.read(&mut buffer).await?;
            if read == 0 {
                return Ok(sum);
            }
            sum += read as u64;
        }
    }

    /// Each get leaves a consumer, which the server forgets half a minute later. It refuses
    /// the next one where a stream has a thousand.
    async fn tidy(&self) -> Fallible<()> {
        let names: Vec<String> = self.stream.consumer_names().try_collect().await?;
        for name in names {
            self.stream.delete_consumer(&name).await?;
        }
        Ok(())
    }
}
