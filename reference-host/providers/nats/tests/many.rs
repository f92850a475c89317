//! More names than the service tells over one connection: it cuts one off on which more
//! than 64 MiB wait.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::Client;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use cloud_contract::blobstore::{Item, ListRequest};
use cloud_contract::{ErrorKind, keyvalue};
use provider_tests::blob::container;
use provider_tests::{scope, set, store};
use serde_json::{Value, json};
use support::NATS;

/// So many subjects of 2.7 KiB are more than 64 MiB,
const MANY: usize = 25_000;
/// and so many of 3 KiB.
const MANY_KEYS: usize = 22_500;
const LIMIT: usize = 1_000;
const PAUSE: Duration = Duration::from_millis(20);

fn name(number: usize) -> String {
    format!("{number:05}/{}", "n".repeat(2_042))
}

/// A key that takes three bytes for each of its own.
fn key(number: usize) -> String {
    format!("{number:05}{}", "=".repeat(1_019))
}

async fn client(endpoint: &str) -> Client {
    async_nats::connect(endpoint).await.unwrap()
}

/// Waits until a stream has so many messages.
async fn until(client: &Client, stream: &str, messages: u64) {
    loop {
        let subject = format!("$JS.API.STREAM.INFO.{stream}");
        let reply = client.request(subject, "".into()).await.unwrap();
        let info: Value = serde_json::from_slice(&reply.payload).unwrap();
        if info["state"]["messages"].as_u64().unwrap() >= messages {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Does something while others use the connection that all share.
async fn beside<T>(done: impl Future<Output = T>, mut other: impl AsyncFnMut()) -> T {
    let over = AtomicBool::new(false);
    let others = async {
        while !over.load(Ordering::Acquire) {
            other().await;
            tokio::time::sleep(PAUSE).await;
        }
    };
    let done = async {
        let done = done.await;
        over.store(true, Ordering::Release);
        done
    };
    tokio::join!(done, others).0
}

#[test]
fn objects_with_long_names_are_listed() {
    NATS.on_server(async |server| {
        let provider = server.provider().await;
        let namespace = provider.open(&scope("many", &["data"])).await.unwrap();
        let driver = namespace.blobstore("data").await.unwrap();
        let client = client(server.endpoint()).await;
        for number in 0..MANY {
            let name = name(number * 7_919 % MANY);
            let subject = format!("$O.cw_many_data.M.{}", URL_SAFE.encode(&name));
            let object = json!({ "name": name, "bucket": "cw_many_data", "nuid": "n",
                "size": 0, "chunks": 0, "mtime": "2026-11-22T05:02:30Z" });
            let payload = object.to_string().into();
            client.publish(subject, payload).await.unwrap();
        }
        until(&client, "OBJ_cw_many_data", MANY as u64).await;

        let other = container(&provider, "other").await;
        for first in [0, LIMIT, MANY - LIMIT / 2] {
            // As a page before it would have said.
            let after = (first > 0).then(|| [b"o", name(first - 1).as_bytes()].concat());
            let request = ListRequest {
                prefix: "",
                delimiter: None,
                after: after.as_deref(),
                limit: LIMIT,
            };
            let page = beside(driver.list(request), async || {
                other.head("k").await.unwrap();
            });
            let page = page.await.unwrap();
            let end = MANY.min(first + LIMIT);
            assert_eq!(page.items.len(), end - first);
            for (number, item) in (first..end).zip(&page.items) {
                assert!(matches!(item, Item::Object(object) if object.name == name(number)));
            }
            assert_eq!(page.next.is_some(), end < MANY);
        }
        let request = ListRequest {
            prefix: "0000",
            delimiter: Some("/"),
            after: None,
            limit: LIMIT,
        };
        let prefixes = driver.list(request).await.unwrap();
        assert_eq!(prefixes.items.len(), 10);
        let kept = namespace.delete_container("data").await.unwrap_err();
        assert_eq!(kept.kind(), &ErrorKind::PreconditionFailed);
        provider.close(&scope("many", &[])).await.unwrap();
    });
}

#[test]
fn long_keys_are_listed() {
    NATS.on_server(async |server| {
        let provider = server.provider().await;
        let driver = store(&provider, "many").await;
        let client = client(server.endpoint()).await;
        let stream = "KV_cw_many_data";
        for number in 0..MANY_KEYS {
            let key = key(number * 7_919 % MANY_KEYS).replace('=', "=3D");
            let subject = format!("$KV.cw_many_data.{key}");
            client.publish(subject, "v".into()).await.unwrap();
        }
        until(&client, stream, MANY_KEYS as u64).await;
        let other: Arc<dyn keyvalue::Driver> = store(&provider, "other").await;
        let request = keyvalue::ListRequest {
            prefix: "1",
            after: Some(b"12"),
            limit: LIMIT,
        };
        let page = beside(driver.list(request), async || set(&other, "k", "v").await);
        let page = page.await.unwrap();
        assert_eq!(page.keys.len(), LIMIT);
        for (number, found) in (12_000..).zip(&page.keys) {
            assert!(*found == key(number));
        }
        assert!(page.next.is_some());
        provider.close(&scope("many", &[])).await.unwrap();
    });
}
