//! What only the service itself can show: the size of an item, what is left behind,
//! and how it dies.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use cloud_contract::keyvalue::{Conditional, Driver, Expected, SetOptions};
use cloud_contract::{Bytes, ErrorKind, limit};
use support::{Server, TABLE, connect, create, remove, scope, store};
use tokio::task::JoinSet;

/// The items of the table, counted past the provider.
async fn items(endpoint: &str) -> i32 {
    let keys = Credentials::new("test", "test", None, None, "test");
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new("us-east-1"))
        .credentials_provider(keys)
        .endpoint_url(endpoint)
        .load()
        .await;
    let client = aws_sdk_dynamodb::Client::new(&config);
    let found = client.scan().table_name(TABLE).send().await.unwrap();
    found.count()
}

async fn set(driver: &Arc<dyn Driver>, key: &str, size: usize) -> cloud_contract::Result<()> {
    let value = Bytes::from(vec![0xff; size]);
    let done = driver.set(key, value, SetOptions::default()).await?;
    assert!(matches!(done, Conditional::Done(_)));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_residue_and_death() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let endpoint = server.endpoint();
    server.create().await;
    // Making it again is no error.
    create(&endpoint, TABLE).await.unwrap();
    let provider = connect(&endpoint, &[]).await.unwrap();

    // The declared limit is that of the largest item: with the longest names, a
    // permanent key has room for the two numbers of one that ends, and no more.
    let largest = provider.descriptor().limit(limit::KV_VALUE_MAX_BYTES);
    let largest = usize::try_from(largest.unwrap()).unwrap();
    let name = "n".repeat(192);
    let longest = scope(&"s".repeat(63), &[&name]);
    let namespace = provider.open(&longest).await.unwrap();
    let driver = namespace.keyvalue(&name).await.unwrap();
    let key = "k".repeat(1_024);
    set(&driver, &key, largest + 2 * (1 + 21)).await.unwrap();
    set(&driver, &key, largest + 2 * (1 + 21) + 1)
        .await
        .unwrap_err();
    let options = SetOptions {
        expected: Expected::Any,
        ttl: Some(Duration::from_secs(60)),
    };
    let value = Bytes::from(vec![0xff; largest]);
    driver.set(&key, value, options).await.unwrap();

    // Closing leaves nothing, calls included whose caller is gone.
    let other = store(&provider).await;
    set(&other, "k", 1).await.unwrap();
    for number in 0..60 {
        let key = format!("{number}");
        let call = other.set(&key, Bytes::new(), SetOptions::default());
        assert!(futures::poll!(call).is_pending());
    }
    assert!(items(&endpoint).await > 2);
    provider.close(&longest).await.unwrap();
    provider.close(&scope("test", &[])).await.unwrap();
    provider.close(&scope("test", &[])).await.unwrap();
    assert_eq!(items(&endpoint).await, 0);
    let late = other.set("k", Bytes::new(), SetOptions::default()).await;
    assert_eq!(late.unwrap_err().kind(), &ErrorKind::NotFound);

    // A table that is gone, and one that was never there.
    let driver = store(&provider).await;
    remove(&endpoint, TABLE).await.unwrap();
    let error = remove(&endpoint, TABLE).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    let gone = driver.get("k").await.unwrap_err();
    assert_eq!(gone.kind(), &ErrorKind::NotFound);
    let absent = connect(&endpoint, &[]).await.unwrap_err();
    assert!(matches!(absent.kind(), ErrorKind::InvalidArgument(_)));

    // Killed in the middle of traffic.
    create(&endpoint, TABLE).await.unwrap();
    let driver = store(&provider).await;
    let mut tasks = JoinSet::new();
    for task in 0..16 {
        let driver = Arc::clone(&driver);
        tasks.spawn(async move {
            loop {
                let begun = Instant::now();
                if let Err(error) = driver.increment(&format!("c{task}"), 1).await {
                    return (error, begun.elapsed());
                }
            }
        });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.kill();
    for (error, took) in tasks.join_all().await {
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        assert!(took < Duration::from_secs(4), "{took:?}");
    }
    let begun = Instant::now();
    let many: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    for error in [
        driver.get("k").await.unwrap_err(),
        driver.delete("k", Expected::Any).await.unwrap_err(),
        driver.get_many(&many).await.remove(99).unwrap_err(),
        driver.delete_many(&many).await.remove(99).unwrap_err(),
        provider.open(&scope("s", &[])).await.unwrap_err(),
        provider.close(&scope("s", &[])).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        assert!(!format!("{error:?}").contains("127.0.0.1"));
    }
    assert!(begun.elapsed() < Duration::from_secs(4));
}
