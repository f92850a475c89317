//! The server of a test, and questions to it past the provider.

use async_nats::jetstream::object_store::ObjectStore;
use provider_nats::FACTORY;
use provider_tests::Subject;
use serde_json::{Value, json};

pub(crate) const NATS: Subject = Subject {
    secrets: &["KV_", "OBJ_", "cw_"],
    left: |settings| {
        let endpoint = settings.endpoint.unwrap();
        Box::pin(async move { left(&endpoint).await })
    },
    ..Subject::of(&FACTORY)
};

/// How many streams there are, and messages with bytes of objects.
async fn left(endpoint: &str) -> u64 {
    let client = async_nats::connect(endpoint).await.unwrap();
    let ask = async |subject: String, question: Value| -> Value {
        let reply = client.request(subject, question.to_string().into()).await;
        serde_json::from_slice(&reply.unwrap().payload).unwrap()
    };
    let streams = ask("$JS.API.STREAM.NAMES".to_owned(), json!({})).await;
    let mut left = streams["total"].as_u64().unwrap();
    for stream in streams["streams"].as_array().into_iter().flatten() {
        let subject = format!("$JS.API.STREAM.INFO.{}", stream.as_str().unwrap());
        let info = ask(subject, json!({ "subjects_filter": "$O.*.C.>" })).await;
        let subjects = info["state"]["subjects"].as_object();
        let messages = subjects
            .into_iter()
            .flatten()
            .map(|(_, count)| count.as_u64());
        left += messages.map(Option::unwrap).sum::<u64>();
    }
    left
}

/// The container `data` of a scope as another client sees it.
#[allow(dead_code, reason = "not every test needs it")]
pub(crate) async fn theirs(endpoint: &str, scope: &str) -> ObjectStore {
    let client = async_nats::connect(endpoint).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    let bucket = format!("cw_{scope}_data");
    jetstream.get_object_store(bucket).await.unwrap()
}
