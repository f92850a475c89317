//! The portable store over a driver that does what a test tells it: what must be
//! refused never reaches the driver, and what a driver does wrong stays harmless.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::keyvalue::{
    BatchError, Conditional, Driver, Expected, KeyPage, ListRequest, Portable, SetOptions, Store,
    SwapError, Version,
};
use cloud_contract::{
    Bindings, Bytes, Capability, Descriptor, Durability, Error, ErrorKind, FeatureId, Grant, Limit,
    Namespace, Platform as _, Result, ScopeId, feature, limit,
};
use futures::StreamExt as _;

/// Notes every call; answers with what is prepared.
#[derive(Debug, Default)]
struct Script {
    calls: Mutex<Vec<String>>,
    pages: Mutex<VecDeque<Result<KeyPage>>>,
    behaviour: Behaviour,
}

#[derive(Debug, Default, Clone, Copy)]
enum Behaviour {
    #[default]
    Answers,
    Stalls,
    Panics,
    LosesBatchItems,
}

impl Script {
    async fn note(&self, call: impl Into<String>) {
        self.calls.lock().unwrap().push(call.into());
        match self.behaviour {
            Behaviour::Stalls => std::future::pending().await,
            Behaviour::Panics => panic!("a fault of the driver"),
            Behaviour::Answers | Behaviour::LosesBatchItems => {}
        }
    }

    fn calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }
}

#[async_trait]
impl Driver for Script {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        self.note(format!("get {key}")).await;
        Ok(None)
    }

    async fn set(
        &self,
        key: &str,
        _value: Bytes,
        _options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        self.note(format!("set {key}")).await;
        Ok(Conditional::Done(None))
    }

    async fn delete(&self, key: &str, _expected: Expected) -> Result<Conditional<()>> {
        self.note(format!("delete {key}")).await;
        Ok(Conditional::Stale(None))
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        self.note(format!("list {:?} {}", request.after, request.limit))
            .await;
        self.pages
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or_else(|| Ok(KeyPage::default()))
    }

    async fn get_many(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        self.note(format!("get-many {}", keys.len())).await;
        let lost = usize::from(matches!(self.behaviour, Behaviour::LosesBatchItems));
        keys[lost..]
            .iter()
            .map(|_| Err(ErrorKind::Unavailable.into()))
            .collect()
    }
}

#[derive(Debug)]
struct Nothing;

impl Namespace for Nothing {}

/// A namespace that misbehaves when a store is opened.
#[async_trait]
impl Namespace for Script {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn Driver>> {
        self.note(format!("open {store}")).await;
        Err(ErrorKind::NotFound.into())
    }
}

const ALL: &[FeatureId] = &[
    feature::KV_STORE,
    feature::KV_CAS,
    feature::KV_COUNTERS,
    feature::KV_BATCH,
    feature::KV_EXPIRY,
];

fn portable(driver: &Arc<Script>, features: &[FeatureId]) -> Arc<Portable> {
    bounded(driver, features, 1_000)
}

/// The same with another limit of values.
fn bounded(driver: &Arc<Script>, features: &[FeatureId], value_bytes: u64) -> Arc<Portable> {
    let grant = grant(Arc::new(Nothing), features, value_bytes);
    let driver: Arc<dyn Driver> = Arc::<Script>::clone(driver);
    Arc::new(Portable::new(driver, &grant))
}

fn grant(namespace: Arc<dyn Namespace>, features: &[FeatureId], value_bytes: u64) -> Grant {
    let limit = |id, value| Limit { id, value };
    let descriptor = Descriptor {
        provider: "script",
        product: "Script".into(),
        product_version: None,
        features: features.to_vec(),
        limits: vec![
            limit(limit::KV_KEY_MAX_BYTES, 512),
            limit(limit::KV_VALUE_MAX_BYTES, value_bytes),
            limit(limit::KV_PAGE_MAX_KEYS, 10),
            limit(limit::KV_BATCH_MAX_ITEMS, 4),
            limit(limit::KV_TTL_MIN_NS, 1_000),
            limit(limit::KV_TTL_MAX_NS, 2_000),
        ],
        durability: Durability::Volatile,
        visibility_bound: Duration::ZERO,
        call_timeout: Duration::from_millis(20),
    };
    Grant {
        capability: Capability::Keyvalue,
        name: "store".into(),
        target: "store".into(),
        scope: ScopeId::new("scope").unwrap(),
        namespace,
        descriptor: Arc::new(descriptor),
    }
}

fn behaving(behaviour: Behaviour) -> Arc<Script> {
    Arc::new(Script {
        behaviour,
        ..Script::default()
    })
}

fn kind<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
    result.unwrap_err().kind().clone()
}

#[tokio::test]
async fn arguments_outside_the_limits_never_reach_the_driver() {
    let driver = behaving(Behaviour::Answers);
    let store = portable(&driver, ALL);
    let too_long = "k".repeat(513);
    let too_big = Bytes::from(vec![0; 1_001]);
    assert!(matches!(
        kind(store.get("").await),
        ErrorKind::InvalidArgument(_)
    ));
    assert_eq!(
        kind(store.get(&too_long).await),
        ErrorKind::TooLarge { limit: 512 }
    );
    assert_eq!(
        kind(store.set("k", too_big.clone()).await),
        ErrorKind::TooLarge { limit: 1_000 }
    );
    // The key comes before the value, the value before the time to live.
    assert_eq!(
        kind(store.set(&too_long, too_big.clone()).await),
        ErrorKind::TooLarge { limit: 512 }
    );
    assert_eq!(
        kind(store.set_expiring("k", too_big, Duration::ZERO).await),
        ErrorKind::TooLarge { limit: 1_000 }
    );
    for (ttl, expected) in [(999, ErrorKind::OutOfRange), (2_001, ErrorKind::OutOfRange)] {
        let ttl = Duration::from_nanos(ttl);
        assert_eq!(
            kind(store.set_expiring("k", Bytes::new(), ttl).await),
            expected
        );
    }
    assert!(matches!(
        kind(store.list("", None, Some(0)).await),
        ErrorKind::InvalidArgument(_)
    ));
    assert!(matches!(
        kind(store.list("", Some("x"), None).await),
        ErrorKind::InvalidArgument(_)
    ));
    assert_eq!(driver.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn undeclared_features_are_refused_before_their_arguments_are_looked_at() {
    let driver = behaving(Behaviour::Answers);
    let store = portable(&driver, &[feature::KV_STORE]);
    let refused = |id: &'static str| Error::unsupported(id);
    assert_eq!(store.current("").await.unwrap_err(), refused("kv.cas"));
    assert_eq!(
        store.increment("", 1).await.unwrap_err(),
        refused("kv.counters")
    );
    assert_eq!(store.remaining("").await.unwrap_err(), refused("kv.expiry"));
    assert_eq!(
        store.set_many(Vec::new()).await.unwrap_err(),
        BatchError::Refused {
            error: refused("kv.batch"),
            indices: Vec::new()
        }
    );
    assert_eq!(
        store
            .swap("", Bytes::new(), Expected::Absent)
            .await
            .unwrap_err(),
        SwapError::Failed(refused("kv.cas"))
    );
    assert_eq!(driver.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn a_batch_names_the_items_that_break_the_first_broken_rule() {
    let driver = behaving(Behaviour::Answers);
    let store = portable(&driver, ALL);
    let entry = |key: &str, size: usize| (key.to_owned(), Bytes::from(vec![0; size]));
    let refused = |entries| {
        let store = Arc::clone(&store);
        async move {
            match store.set_many(entries).await.unwrap_err() {
                BatchError::Refused { error, indices } => (error.kind().clone(), indices),
                other @ BatchError::Partial(_) => panic!("{other:?}"),
            }
        }
    };
    let (error, indices) = refused(vec![
        entry("a", 0),
        entry("a", 0),
        entry("", 0),
        entry("a", 0),
    ])
    .await;
    assert!(matches!(error, ErrorKind::InvalidArgument(_)));
    assert_eq!(indices, [1, 3]);
    let (error, indices) = refused(vec![
        entry("a", 0),
        entry("", 0),
        entry("a", 1_001),
        entry("", 0),
    ])
    .await;
    assert!(matches!(error, ErrorKind::InvalidArgument(_)));
    assert_eq!(indices, [1, 3]);
    let (error, indices) = refused((0..5).map(|n| entry(&n.to_string(), 0)).collect()).await;
    assert_eq!(
        (error, indices),
        (ErrorKind::TooLarge { limit: 4 }, Vec::new())
    );
    assert_eq!(driver.calls(), Vec::<String>::new());
}

/// Where keys and values may be equally long, both rules have the same error.
#[tokio::test]
async fn two_rules_with_one_error_are_not_one_rule() {
    let driver = behaving(Behaviour::Answers);
    let store = bounded(&driver, ALL, 512);
    let entry = |key: usize, value: usize| ("k".repeat(key), Bytes::from(vec![0; value]));
    for (entries, expected) in [
        ([entry(513, 0), entry(1, 513), entry(514, 513)], vec![0, 2]),
        ([entry(1, 513), entry(513, 0), entry(2, 514)], vec![0, 2]),
        ([entry(1, 0), entry(2, 513), entry(513, 513)], vec![1]),
    ] {
        assert_eq!(
            store.set_many(entries.into()).await.unwrap_err(),
            BatchError::Refused {
                error: Error::too_large(512),
                indices: expected
            }
        );
    }
    assert_eq!(driver.calls(), Vec::<String>::new());
}

/// The driver here has no entries, which two features need.
#[tokio::test]
async fn what_a_driver_forgot_is_named_as_the_feature_that_was_asked_for() {
    let store = portable(&behaving(Behaviour::Answers), ALL);
    let refused = |id: &'static str| Error::unsupported(id);
    assert_eq!(
        store.remaining("k").await.unwrap_err(),
        refused("kv.expiry")
    );
    assert_eq!(store.current("k").await.unwrap_err(), refused("kv.cas"));
}

#[tokio::test]
async fn a_batch_whose_items_fail_or_vanish_is_partial() {
    for behaviour in [
        Behaviour::Answers,
        Behaviour::LosesBatchItems,
        Behaviour::Stalls,
    ] {
        let store = portable(&behaving(behaviour), ALL);
        let failed = store
            .get_many(vec!["a".into(), "b".into()])
            .await
            .unwrap_err();
        let BatchError::Partial(failures) = failed else {
            panic!("{failed:?}")
        };
        assert_eq!(
            failures.iter().map(|(index, _)| *index).collect::<Vec<_>>(),
            [0, 1]
        );
    }
}

#[tokio::test]
async fn a_driver_that_stalls_or_panics_ends_the_call_with_an_error() {
    let stalled = portable(&behaving(Behaviour::Stalls), ALL);
    assert_eq!(kind(stalled.get("k").await), ErrorKind::Timeout);
    let broken = portable(&behaving(Behaviour::Panics), ALL);
    assert!(matches!(kind(broken.get("k").await), ErrorKind::Other(_)));
}

#[tokio::test]
async fn a_namespace_that_stalls_or_panics_is_a_store_that_cannot_be_opened() {
    for (behaviour, expected) in [
        (Behaviour::Stalls, ErrorKind::Timeout),
        (
            Behaviour::Panics,
            ErrorKind::Other("the provider failed internally".into()),
        ),
        (Behaviour::Answers, ErrorKind::NotFound),
    ] {
        let namespace = behaving(behaviour);
        let bindings = Bindings::new(vec![grant(namespace, ALL, 1_000)]);
        let opened = bindings.open_store("store").await;
        assert_eq!(kind(opened), expected);
    }
}

#[tokio::test]
async fn an_unconditional_write_that_comes_back_stale_is_an_error() {
    let store = portable(&behaving(Behaviour::Answers), ALL);
    assert!(matches!(kind(store.delete("k").await), ErrorKind::Other(_)));
    let swapped = store.swap("k", Bytes::new(), Expected::Absent).await;
    assert!(
        matches!(swapped, Err(SwapError::Failed(_))),
        "no version was returned"
    );
}

#[tokio::test]
async fn cursors_go_round_and_pages_are_bounded() {
    let driver = behaving(Behaviour::Answers);
    let page = |next: Option<&[u8]>| {
        Ok(KeyPage {
            keys: vec!["k".into()],
            next: next.map(<[u8]>::to_vec),
        })
    };
    driver
        .pages
        .lock()
        .unwrap()
        .extend([page(Some(b"\xff\0")), page(None)]);
    let store = portable(&driver, ALL);
    let first = store.list("p", None, Some(u32::MAX)).await.unwrap();
    let cursor = first.cursor.unwrap();
    assert!(store.list("other", Some(&cursor), None).await.is_err());
    assert_eq!(
        store
            .list("p", Some(&cursor), Some(3))
            .await
            .unwrap()
            .cursor,
        None
    );
    assert_eq!(driver.calls(), ["list None 10", "list Some([255, 0]) 3"]);
}

#[tokio::test]
async fn a_stream_reads_a_page_only_when_it_is_asked_and_ends_with_the_error() {
    let driver = behaving(Behaviour::Answers);
    driver.pages.lock().unwrap().extend([
        Ok(KeyPage {
            keys: vec!["k".into()],
            next: Some(vec![1]),
        }),
        Err(ErrorKind::Unavailable.into()),
    ]);
    let mut keys = portable(&driver, ALL).keys(String::new());
    assert_eq!(driver.calls(), Vec::<String>::new());
    assert_eq!(keys.next().await, Some(Ok(vec!["k".to_owned()])));
    assert_eq!(driver.calls().len(), 1);
    assert_eq!(keys.next().await, Some(Err(ErrorKind::Unavailable.into())));
    assert_eq!(keys.next().await, None);
}

/// What a stream delivers from a driver that answers with these pages, and then
/// with the last one for ever.
async fn walked(pages: Vec<KeyPage>) -> (Vec<String>, Option<ErrorKind>) {
    let driver = behaving(Behaviour::Answers);
    let endless = std::iter::repeat_n(pages.last().unwrap().clone(), 10_000);
    let pages: VecDeque<_> = pages.iter().cloned().chain(endless).map(Ok).collect();
    *driver.pages.lock().unwrap() = pages;
    let mut stream = portable(&driver, ALL).keys(String::new());
    let mut keys = Vec::new();
    let mut end = None;
    while let Some(page) = stream.next().await {
        assert_eq!(end, None, "an error is the last item");
        match page {
            Ok(page) => keys.extend(page),
            Err(error) => end = Some(error.kind().clone()),
        }
    }
    let left = driver.pages.lock().unwrap().len();
    assert!(left > 9_000, "{left} pages left");
    (keys, end)
}

fn page(keys: &[&str], next: Option<&str>) -> KeyPage {
    KeyPage {
        keys: keys.iter().map(|&key| key.to_owned()).collect(),
        next: next.map(|next| next.as_bytes().to_vec()),
    }
}

#[tokio::test]
async fn a_stream_over_a_list_without_an_end_ends_with_an_error() {
    // Empty pages that stay where they are, with and without keys before them.
    for first in [page(&["a"], Some("1")), page(&[], Some("1"))] {
        let (keys, end) = walked(vec![first.clone(), page(&[], Some("2"))]).await;
        assert_eq!(keys, first.keys);
        assert!(matches!(end, Some(ErrorKind::Other(_))), "{end:?}");
    }
    // The same page again and again.
    let (keys, end) = walked(vec![page(&["a"], Some("1"))]).await;
    assert_eq!(keys, ["a", "a"]);
    assert!(matches!(end, Some(ErrorKind::Other(_))), "{end:?}");
    // Empty pages that claim to get on.
    let mut pages: Vec<_> = (0..1_000)
        .map(|number| page(&[], Some(&number.to_string())))
        .collect();
    pages.push(page(&["never read"], None));
    let (keys, end) = walked(pages).await;
    assert_eq!(keys, Vec::<String>::new());
    assert!(matches!(end, Some(ErrorKind::Other(_))), "{end:?}");
}

#[tokio::test]
async fn some_empty_pages_are_no_fault() {
    let mut pages: Vec<_> = (0..5)
        .map(|number| page(&[], Some(&number.to_string())))
        .collect();
    pages.push(page(&["a"], Some("a")));
    pages.push(page(&[], None));
    assert_eq!(walked(pages).await, (vec!["a".to_owned()], None));
}
