//! The script: its names, its log, and the steps that take no time.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_contract::keyvalue::{BatchError, Entry, Expected, Store, SwapError, Version};
use cloud_contract::{Capability, Grant, Platform, Provider, Scope, ScopeId, feature};
use futures::StreamExt as _;

pub(crate) const PRIMARY: &str = "p1234567";
const SECONDARY: &str = "p1234567-0123456789abcdef0123456789abcdef0123456789abcdef012345";
const RESTRICTED: &str = "r12";
const ABSENT: &str = "a1234567";
const DENIED: &str = "d1234567";

pub(crate) fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

pub(crate) struct Script {
    pub(crate) first: Arc<dyn Platform>,
    pub(crate) second: Arc<dyn Platform>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) log: BTreeMap<String, String>,
}

/// A short form of a long answer.
fn short(text: String) -> String {
    if text.len() <= 200 {
        return text;
    }
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{} characters, {:x}", text.len(), hasher.finish())
}

fn value(value: &Bytes) -> String {
    if value.len() > 200 {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        return format!("{} bytes, {:x}", value.len(), hasher.finish());
    }
    value.iter().map(|byte| char::from(*byte)).collect()
}

/// Entries without their versions, which differ from run to run.
fn entry(entry: &Entry) -> String {
    format!(
        "{} permanent {}",
        value(&entry.value),
        entry.remaining.is_none()
    )
}

impl Script {
    pub(crate) async fn open(provider: Arc<dyn Provider>) -> Self {
        let names = [PRIMARY, SECONDARY, RESTRICTED, DENIED];
        let scope = Scope {
            id: ScopeId::new("script").unwrap(),
            names: names.map(str::to_owned).to_vec(),
        };
        let namespace = provider.open(&scope).await.unwrap();
        let grant = |name: &str| Grant {
            capability: Capability::Keyvalue,
            name: name.to_owned(),
            target: name.to_owned(),
            scope: scope.id.clone(),
            namespace: Arc::clone(&namespace),
            descriptor: Arc::new(provider.descriptor().clone()),
        };
        let extended = [
            feature::KV_CAS,
            feature::KV_COUNTERS,
            feature::KV_BATCH,
            feature::KV_EXPIRY,
        ];
        let grants = vec![
            grant(PRIMARY),
            grant(SECONDARY),
            grant(RESTRICTED).withhold(&extended),
            grant(ABSENT),
        ];
        let first = provider.platform(grants.clone());
        let store = first.open_store(PRIMARY).await.unwrap();
        Self {
            second: provider.platform(grants),
            first,
            store,
            log: BTreeMap::new(),
        }
    }

    pub(crate) fn note(&mut self, step: impl Into<String>, answer: impl Debug) {
        self.log.insert(step.into(), short(format!("{answer:?}")));
    }

    /// Writes `key` afresh, in a way that few faults touch.
    pub(crate) async fn put(&mut self, key: &str, text: &str) {
        drop(self.store.delete(key).await);
        drop(self.store.set(key, bytes(text)).await);
    }

    pub(crate) async fn version(&mut self, key: &str) -> Version {
        match self.store.current(key).await {
            Ok(Some(entry)) => entry.version,
            _ => Version::const_new("none"),
        }
    }

    /// Runs the script. With the log of an earlier run it ends after the first
    /// area in which the answers differ.
    pub(crate) async fn run(&mut self, earlier: Option<&BTreeMap<String, String>>) {
        macro_rules! areas {
            ($($area:expr),+ $(,)?) => {
                $(
                    $area;
                    let same = |(step, answer)| earlier.is_none_or(|log| log.get(step) == Some(answer));
                    if !self.log.iter().all(same) {
                        return;
                    }
                )+
            };
        }
        areas!(
            self.describe(),
            self.names().await,
            self.handles().await,
            self.restricted().await,
            self.basic().await,
            self.swaps().await,
            self.counters().await,
            self.batches().await,
            self.keys().await,
            self.lists().await,
            self.cursors().await,
            self.versions().await,
            self.lifetimes().await,
            self.concurrent().await,
            self.arguments().await,
            self.streams().await,
            self.values().await,
        );
    }

    /// Every answer about one key.
    pub(crate) async fn look(&mut self, step: &str, key: &str) {
        let got = self
            .store
            .get(key)
            .await
            .map(|found| found.as_ref().map(value));
        self.note(format!("{step}: get"), got);
        let exists = self.store.exists(key).await;
        self.note(format!("{step}: exists"), exists);
        let current = self.store.current(key).await;
        self.note(
            format!("{step}: current"),
            current.map(|found| found.as_ref().map(entry)),
        );
        let many = self.store.get_many(vec![key.to_owned()]).await;
        let many = many.map(|found| {
            found
                .iter()
                .map(|found| found.as_ref().map(value))
                .collect::<Vec<_>>()
        });
        self.note(format!("{step}: get-many"), many);
        let remaining = self.store.remaining(key).await;
        let remaining =
            remaining.map(|found| found.map(|rest| rest.map(|rest| rest.as_secs() / 60)));
        self.note(format!("{step}: remaining"), remaining);
        let listed = self.all(key).await;
        self.note(format!("{step}: list"), listed);
        let streamed = self.stream(key).await;
        self.note(format!("{step}: keys"), streamed);
    }

    pub(crate) async fn all(&mut self, prefix: &str) -> Result<Vec<String>, String> {
        let page = self.store.list(prefix, None, None).await;
        page.map(|page| page.keys)
            .map_err(|error| error.to_string())
    }

    /// What the stream delivers within a moment.
    pub(crate) async fn stream(&mut self, prefix: &str) -> Vec<Result<Vec<String>, String>> {
        let keys = Arc::clone(&self.store).keys(prefix.to_owned());
        let all = keys
            .map(|page| page.map_err(|error| format!("{error:?}")))
            .collect();
        let moment = Duration::from_millis(500);
        let timeout = |_| vec![Err("still open".to_owned())];
        tokio::time::timeout(moment, all)
            .await
            .unwrap_or_else(timeout)
    }

    pub(crate) fn swapped<T>(result: Result<T, SwapError>) -> String {
        match result {
            Ok(_) => "ok".to_owned(),
            Err(SwapError::Stale(found)) => format!("stale {:?}", found.as_ref().map(entry)),
            Err(SwapError::Failed(error)) => format!("{error:?}"),
        }
    }

    fn describe(&mut self) {
        for (capability, name) in [
            ("keyvalue", PRIMARY),
            ("keyvalue", PRIMARY),
            ("keyvalue", SECONDARY),
            ("keyvalue", RESTRICTED),
            ("keyvalue", ABSENT),
            ("keyvalue", DENIED),
            ("keyvalue", "nowhere"),
            ("KeyValue", PRIMARY),
            ("blobs", PRIMARY),
        ] {
            for turn in 0..2 {
                let told = self.first.describe(capability, name);
                let step = format!("describe {capability} {name} {turn}");
                let error = told.as_ref().err().map(|error| format!("{error:?}"));
                self.note(step.clone() + " error", error);
                if let Ok(told) = told {
                    self.note(step.clone() + " features", told.features);
                    self.note(step + " limits", told.limits);
                }
            }
        }
    }

    async fn names(&mut self) {
        for name in [
            SECONDARY,
            RESTRICTED,
            ABSENT,
            ABSENT,
            DENIED,
            "nowhere",
            "P1234567",
            " p1234567 ",
            "p1234567\0",
            "p123456",
            "p1234568",
            "p\u{200b}1234567",
            "\u{ff50}1234567",
            "",
        ] {
            for turn in 0..2 {
                let opened = self.first.open_store(name).await;
                self.note(format!("open {name:?} {turn}"), opened.err());
            }
        }
        self.put("two/stores", "first").await;
        let refused = self.first.open_store("nowhere").await;
        self.note("refused", refused.err());
        self.look("after a refused open", "two/stores").await;
        if let Ok(other) = self.first.open_store(SECONDARY).await {
            self.note("other store", other.get("two/stores").await);
        }
        if let Ok(same) = self.first.open_store(PRIMARY).await {
            self.note("same store", same.get("two/stores").await);
            self.note("same store missing", same.get("two/later").await);
            self.put("two/later", "now").await;
            self.note("same store later", same.get("two/later").await);
        }
        if let Ok(same) = self.second.open_store(PRIMARY).await {
            self.note("other instance", same.get("two/later").await);
            drop(self.store.delete("two/later").await);
            self.note("other instance deleted", same.get("two/later").await);
        }
        self.look("own", "two/stores").await;
    }

    async fn handles(&mut self) {
        let mut failed = None;
        for _ in 0..300 {
            let opened = self.first.open_store(PRIMARY).await;
            failed = failed.or(opened.err());
        }
        self.note("handles in a row", failed);
        let mut held = Vec::new();
        for _ in 0..80 {
            held.push(self.second.open_store(PRIMARY).await);
        }
        let failed = held
            .iter()
            .find_map(|handle| handle.as_ref().err().cloned());
        self.note("handles at a time", failed);
        drop(held);
        self.look("after handles", "two/stores").await;
        self.store = self
            .first
            .open_store(PRIMARY)
            .await
            .unwrap_or(Arc::clone(&self.store));
    }

    async fn restricted(&mut self) {
        let Ok(store) = self.first.open_store(RESTRICTED).await else {
            return;
        };
        drop(store.set("k", bytes("1")).await);
        for key in ["k", ""] {
            let step = |function: &str| format!("restricted {function} {key:?}");
            self.note(step("current"), store.current(key).await.map(|_| ()));
            let swapped = store.swap(key, bytes("2"), Expected::Absent).await;
            self.note(step("swap"), Self::swapped(swapped));
            let deleted = store.delete_if(key, Version::const_new("x")).await;
            self.note(step("delete-if"), Self::swapped(deleted));
            self.note(step("increment"), store.increment(key, 1).await);
            self.note(step("get-many"), store.get_many(vec![key.into()]).await);
            self.note(
                step("set-many"),
                store.set_many(vec![(key.into(), bytes("9"))]).await,
            );
            self.note(
                step("delete-many"),
                store.delete_many(vec![key.into()]).await,
            );
            let expiring = store
                .set_expiring(key, bytes("3"), Duration::from_secs(9))
                .await;
            self.note(step("set-expiring"), expiring);
            self.note(step("remaining"), store.remaining(key).await);
        }
        self.note("restricted value", store.get("k").await);
    }

    pub(crate) fn batch<T: Debug>(result: Result<T, BatchError>) -> String {
        format!("{result:?}")
    }
}
