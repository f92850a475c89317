//! What the provider does when its service is killed and comes back.

use cloud_contract::keyvalue::SetOptions;
use cloud_contract::{Bytes, ErrorKind, Scope, ScopeId, Settings};
use tiny_service::{FACTORY, LAUNCHER};

#[tokio::test]
async fn a_killed_server_is_unavailable_and_comes_back_empty() {
    let mut service = (LAUNCHER.launch)(Settings::default()).await.unwrap();
    let provider = (FACTORY.connect)(service.settings()).await.unwrap();
    let scope = Scope {
        id: ScopeId::new("s").unwrap(),
        names: vec!["store".to_owned()],
    };
    let namespace = provider.open(&scope).await.unwrap();
    let store = namespace.keyvalue("store").await.unwrap();
    let value = Bytes::from_static(b"v");
    store
        .set("k", value.clone(), SetOptions::default())
        .await
        .unwrap();
    assert_eq!(store.get("k").await.unwrap(), Some(value));

    service.kill().await.unwrap();
    for _ in 0..3 {
        let error = store.get("k").await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
    }
    service.restart().await.unwrap();
    // It keeps nothing: not even the store is there.
    let error = store.get("k").await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    provider.open(&scope).await.unwrap();
    assert_eq!(store.get("k").await.unwrap(), None);
    assert!(service.stop().await.is_empty());
    assert!(store.get("k").await.is_err());
}
