//! Copies whose bytes pass through the host, over a driver whose source is written to
//! while it is read; and puts that a driver refuses before it looks at their condition.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Body, Container as _, Content, Driver, Expected, Info, ItemPage, ListRequest, NewObject,
    Portable, PutOptions, Range,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{
    Bytes, Capability, Descriptor, Durability, Error, ErrorKind, Grant, Namespace, Result, ScopeId,
    feature,
};
use futures::{StreamExt as _, stream};

/// An object whose first reads end in `expired` half way.
#[derive(Debug, Default)]
struct Changing {
    expires: AtomicU32,
    written: AtomicU32,
}

fn info() -> Info {
    Info {
        size: 4,
        version: "1".into(),
        modified: 0,
        content_type: "text/plain".into(),
        metadata: Vec::new(),
    }
}

#[async_trait]
impl Driver for Changing {
    async fn put(&self, _: &str, mut body: Body, _: PutOptions) -> Result<Version> {
        while let Some(piece) = body.next().await {
            piece?;
        }
        self.written.fetch_add(1, Ordering::Relaxed);
        Ok("2".into())
    }

    async fn get(&self, _: &str, _: Range, _: Option<&Version>) -> Result<Option<Content>> {
        let left = self.expires.load(Ordering::Relaxed);
        let piece = |text: &'static str| Ok(Bytes::from_static(text.as_bytes()));
        let pieces = if left > 0 {
            self.expires.store(left - 1, Ordering::Relaxed);
            [piece("by"), Err(ErrorKind::Expired.into())]
        } else {
            [piece("by"), piece("te")]
        };
        Ok(Some(Content {
            info: info(),
            data: Box::pin(stream::iter(pieces)),
        }))
    }

    async fn head(&self, name: &str) -> Result<Option<Info>> {
        Ok((name == "object").then(info))
    }

    async fn delete(&self, _: &str, _: Option<&Version>) -> Result<()> {
        Ok(())
    }

    async fn list(&self, _: ListRequest<'_>) -> Result<ItemPage> {
        Err(Error::unsupported(feature::BLOB_CONTAINER))
    }
}

#[derive(Debug)]
struct Nothing;

impl Namespace for Nothing {}

fn portable(driver: &Arc<Changing>) -> Portable {
    let descriptor = Descriptor {
        provider: "changing",
        product: "Changing".into(),
        product_version: None,
        features: vec![feature::BLOB_CONTAINER],
        limits: Vec::new(),
        durability: Durability::Volatile,
        visibility_bound: Duration::ZERO,
        call_timeout: Duration::from_secs(60),
    };
    let grant = Grant {
        capability: Capability::Blobstore,
        name: "container".into(),
        target: "container".into(),
        scope: ScopeId::new("scope").unwrap(),
        namespace: Arc::new(Nothing),
        descriptor: Arc::new(descriptor),
    };
    let driver: Arc<dyn Driver> = Arc::<Changing>::clone(driver);
    Portable::new(driver, &grant)
}

#[tokio::test]
async fn a_copy_begins_again_when_its_source_changes_and_not_for_ever() {
    for (expires, copied) in [(0, true), (1, true), (7, true), (8, false), (100, false)] {
        let driver = Arc::new(Changing {
            expires: expires.into(),
            ..Changing::default()
        });
        let container = portable(&driver);
        let made = container.copy("object", container.site(), "copy").await;
        if copied {
            assert_eq!(made.unwrap(), "2", "{expires}");
        } else {
            let error = made.unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::Throttled { .. }),
                "{error:?}"
            );
        }
        // Of what was not read to its end nothing is written.
        let written = driver.written.load(Ordering::Relaxed);
        assert_eq!(written, u32::from(copied), "{expires}");
    }
}

#[tokio::test]
async fn a_condition_that_failed_is_told_before_a_wrong_size() {
    let container = portable(&Arc::default());
    let put = async |name: &str, expected: Expected| {
        let body: Body = Box::pin(stream::iter([Ok(Bytes::from_static(b"byte"))]));
        let object = NewObject {
            size: Some(9),
            expected,
            ..NewObject::default()
        };
        let error = container.put(name, body, object).await.unwrap_err();
        error.kind().clone()
    };
    for (name, expected) in [
        ("object", Expected::Absent),
        ("object", Expected::Version("2".into())),
        ("another", Expected::Version("1".into())),
    ] {
        assert_eq!(put(name, expected).await, ErrorKind::PreconditionFailed);
    }
    for (name, expected) in [
        ("object", Expected::Any),
        ("object", Expected::Version("1".into())),
        ("another", Expected::Absent),
    ] {
        assert!(matches!(
            put(name, expected).await,
            ErrorKind::InvalidArgument(_)
        ));
    }
}
