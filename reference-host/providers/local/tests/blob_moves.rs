//! Moves and copies between containers of which nothing says whether they are one.

mod support;

use std::sync::Arc;

use cloud_contract::blobstore::{Container, Driver, Portable};
use cloud_contract::{Bytes, Capability, FeatureId, Grant, Provider, feature};
use provider_tests::blob::{bytes, put, read};
use provider_tests::scope;
use support::connect;

const WITHOUT: [&[FeatureId]; 2] = [&[], &[feature::BLOB_CONDITIONAL_DELETE]];

/// The container `data` of scope `one` as a host grants it, less some features.
async fn grant(provider: &Arc<dyn Provider>, without: &[FeatureId]) -> (Portable, Arc<dyn Driver>) {
    let scope = scope("one", &["data"]);
    let grant = Grant {
        capability: Capability::Blobstore,
        name: "mine".into(),
        target: "data".into(),
        namespace: provider.open(&scope).await.unwrap(),
        scope: scope.id,
        descriptor: Arc::new(provider.descriptor().without(without)),
    };
    let driver = grant.namespace.blobstore("data").await.unwrap();
    (Portable::new(Arc::clone(&driver), &grant), driver)
}

#[tokio::test]
async fn versions_of_two_services_may_be_equal() {
    for without in WITHOUT {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let here = connect(folders[0].path()).await.unwrap();
        let there = connect(folders[1].path()).await.unwrap();
        let (from, written) = grant(&here, without).await;
        let (to, copies) = grant(&there, without).await;
        let sent = bytes(300_000, 1);
        let version = put(&written, "object", sent.clone()).await;

        let copied = from.copy("object", to.site(), "copy").await.unwrap();
        assert_eq!(version, copied, "the first write of each folder");
        assert_eq!(read(&copies, "copy").await.unwrap().unwrap(), sent);

        let folder = tempfile::tempdir().unwrap();
        let third = connect(folder.path()).await.unwrap();
        let (third, kept) = grant(&third, without).await;
        let moved = from.r#move("object", third.site(), "object").await.unwrap();
        assert_eq!(version, moved);
        assert_eq!(from.head("object").await.unwrap(), None);
        assert_eq!(read(&kept, "object").await.unwrap().unwrap(), sent);
    }
}

#[tokio::test]
async fn one_container_under_two_grants_keeps_its_object() {
    for without in WITHOUT {
        let folder = tempfile::tempdir().unwrap();
        let provider = connect(folder.path()).await.unwrap();
        let (one, driver) = grant(&provider, without).await;
        let (same, _) = grant(&provider, without).await;
        put(&driver, "object", Bytes::from_static(b"bytes")).await;
        let made = one.r#move("object", same.site(), "object").await.unwrap();
        assert_eq!(one.head("object").await.unwrap().unwrap().version, made);
        one.r#move("object", same.site(), "other").await.unwrap();
        assert_eq!(one.head("object").await.unwrap(), None);
        assert_eq!(read(&driver, "other").await.unwrap().unwrap(), "bytes");
    }
}
