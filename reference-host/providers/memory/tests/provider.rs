//! Scopes, and the provider behind the portable layer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cloud_contract::keyvalue::Store;
use cloud_contract::{Capability, ErrorKind, Grant, Provider, Scope, ScopeId, Settings};

fn scope(id: &str) -> Scope {
    Scope {
        id: ScopeId::new(id).unwrap(),
        names: vec!["one".to_owned(), "two".to_owned()],
    }
}

async fn connect() -> Arc<dyn Provider> {
    (provider_memory::FACTORY.connect)(Settings::default())
        .await
        .unwrap()
}

async fn store(provider: &Arc<dyn Provider>, scope: &Scope, name: &str) -> Arc<dyn Store> {
    let grant = Grant {
        capability: Capability::Keyvalue,
        name: name.to_owned(),
        target: name.to_owned(),
        scope: scope.id.clone(),
        namespace: provider.open(scope).await.unwrap(),
        descriptor: Arc::new(provider.descriptor().clone()),
    };
    provider
        .platform(vec![grant])
        .open_store(name)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_scope_keeps_its_data_until_it_is_closed() {
    let provider = connect().await;
    let (first, second) = (scope("first"), scope("second"));
    let held = store(&provider, &first, "one").await;
    held.set("k", Bytes::from_static(b"v")).await.unwrap();
    let reopened = store(&provider, &first, "one").await;
    assert!(reopened.exists("k").await.unwrap());
    assert!(
        !store(&provider, &first, "two")
            .await
            .exists("k")
            .await
            .unwrap()
    );
    assert!(
        !store(&provider, &second, "one")
            .await
            .exists("k")
            .await
            .unwrap()
    );
    provider.close(&first).await.unwrap();
    provider.close(&first).await.unwrap();
    assert!(!held.exists("k").await.unwrap());
    assert!(
        !store(&provider, &first, "one")
            .await
            .exists("k")
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_scope_holds_its_names_and_no_others() {
    let namespace = connect().await.open(&scope("s")).await.unwrap();
    assert!(namespace.keyvalue("one").await.is_ok());
    for absent in ["One", "one ", "", "three"] {
        let error = namespace.keyvalue(absent).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotFound, "{absent:?}");
    }
}

/// Not a benchmark: an optimised build takes a fraction of this. It only fails
/// when a read of a small value becomes slower by orders of magnitude.
#[tokio::test]
async fn a_small_get_is_cheap() {
    let provider = connect().await;
    let store = store(&provider, &scope("s"), "one").await;
    store.set("key", Bytes::from(vec![7; 100])).await.unwrap();
    let rounds = 100_000;
    let start = Instant::now();
    for _ in 0..rounds {
        assert!(store.get("key").await.unwrap().is_some());
    }
    let each = start.elapsed() / rounds;
    println!("one get: {each:?}");
    assert!(each < Duration::from_micros(50), "{each:?}");
}

#[tokio::test]
async fn the_room_of_a_store_can_be_set() {
    let settings = Settings {
        options: [("store-mib".to_owned(), "32".to_owned())].into(),
        ..Settings::default()
    };
    let provider = (provider_memory::FACTORY.connect)(settings).await.unwrap();
    let scope = scope("s");
    let one = store(&provider, &scope, "one").await;
    let value = Bytes::from(vec![7; 16 << 20]);
    one.set("a", value.clone()).await.unwrap();
    let full = one.set("b", value.clone()).await.unwrap_err();
    assert_eq!(full.kind(), &ErrorKind::Throttled { retry_after: None });
    // Each store has its own.
    let two = store(&provider, &scope, "two").await;
    two.set("b", value).await.unwrap();
}
