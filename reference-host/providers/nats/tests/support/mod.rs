//! The server of a test, and questions to it past the provider.

use provider_nats::FACTORY;
use provider_tests::Subject;

pub(crate) const NATS: Subject = Subject {
    secrets: &["KV_", "cw_"],
    left: |settings| {
        let endpoint = settings.endpoint.unwrap();
        Box::pin(async move { streams(&endpoint).await })
    },
    ..Subject::of(&FACTORY)
};

/// How many streams there are.
async fn streams(endpoint: &str) -> u64 {
    let client = async_nats::connect(endpoint).await.unwrap();
    let reply = client.request("$JS.API.STREAM.NAMES", "".into()).await;
    let reply: serde_json::Value = serde_json::from_slice(&reply.unwrap().payload).unwrap();
    reply["total"].as_u64().unwrap()
}
