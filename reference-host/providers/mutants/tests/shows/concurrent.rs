//! The steps with several calls at a time. They note what must hold, so that
//! memory answers the same each time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_contract::keyvalue::{Expected, Store, SwapError};
use futures::future::join_all;

use crate::script::{Script, bytes};

fn uniform(value: &Bytes) -> bool {
    value.iter().all(|byte| *byte == value[0])
}

impl Script {
    pub(crate) async fn concurrent(&mut self) {
        let store = Arc::clone(&self.store);
        let sums = join_all((0..8).map(|_| add(Arc::clone(&store)))).await;
        let distinct: BTreeSet<i64> = sums.into_iter().flatten().collect();
        self.note("sums", distinct.len());
        let total = store.get("c/n").await;
        self.note("total", total);

        let create = |number: u32| {
            let store = Arc::clone(&store);
            async move {
                store
                    .swap("c/k", bytes(&number.to_string()), Expected::Absent)
                    .await
            }
        };
        let won = join_all((0..8).map(create)).await;
        self.note("creators", won.iter().filter(|won| won.is_ok()).count());
        let now = self.version("c/k").await;
        let swap = |number: u32| {
            let (store, now) = (Arc::clone(&store), now.clone());
            async move {
                store
                    .swap("c/k", bytes(&number.to_string()), Expected::Version(now))
                    .await
            }
        };
        let won = join_all((0..8).map(swap)).await;
        self.note("swappers", won.iter().filter(|won| won.is_ok()).count());
        let now = self.version("c/k").await;
        let delete = |_| {
            let (store, now) = (Arc::clone(&store), now.clone());
            async move { store.delete_if("c/k", now).await }
        };
        let won: Vec<Result<(), SwapError>> = join_all((0..4).map(delete)).await;
        self.note("deleters", won.iter().filter(|won| won.is_ok()).count());

        let value = |letter: u8| Bytes::from(vec![letter; 4096]);
        drop(store.set("c/v", value(b'a')).await);
        let write = async {
            for turn in 0..20 {
                drop(store.set("c/v", value(b'a' + turn)).await);
                tokio::time::sleep(Duration::from_micros(500)).await;
            }
        };
        let read = async {
            let mut torn = 0;
            let mut absent = 0;
            for _ in 0..40 {
                tokio::task::yield_now().await;
                tokio::time::sleep(Duration::from_micros(300)).await;
                match store.get("c/v").await {
                    Ok(Some(value)) => torn += usize::from(!uniform(&value)),
                    _ => absent += 1,
                }
            }
            (torn > 0, absent > 0)
        };
        let ((), seen) = tokio::join!(write, read);
        self.note("torn, absent", seen);
        let write = async {
            for turn in 0..20 {
                let entry = ("c/v".to_owned(), value(b'a' + turn));
                drop(store.set_many(vec![entry]).await);
                tokio::time::sleep(Duration::from_micros(500)).await;
            }
        };
        let read = async {
            let mut torn = 0;
            for _ in 0..40 {
                tokio::time::sleep(Duration::from_micros(300)).await;
                if let Ok(Some(value)) = store.get("c/v").await {
                    torn += usize::from(!uniform(&value));
                }
            }
            torn > 0
        };
        let ((), seen) = tokio::join!(write, read);
        self.note("torn by a batch", seen);
        let both = tokio::join!(store.set("c/v", value(b'x')), store.set("c/v", value(b'y')));
        self.note("two writers", both);
        let end = store
            .get("c/v")
            .await
            .map(|end| end.is_none_or(|end| uniform(&end)));
        self.note("two writers end", end);

        let many = join_all((0..64).map(|number| {
            let store = Arc::clone(&store);
            async move {
                let key = format!("c/m{number}");
                let set = store.set(&key, bytes(&key)).await;
                (set, key)
            }
        }))
        .await;
        self.note(
            "64 writes",
            many.iter().filter(|(set, _)| set.is_ok()).count(),
        );
        let got = join_all(many.iter().map(|(_, key)| store.get(key))).await;
        self.note("64 reads", got);
        self.dropped().await;
    }

    /// Calls that are dropped in flight, if they can be caught in flight at all.
    async fn dropped(&mut self) {
        let store = Arc::clone(&self.store);
        drop(store.set("c/d", bytes("old value")).await);
        {
            let mut call = store.set("c/d", bytes("new value"));
            drop(futures::poll!(&mut call));
        }
        let now = store.get("c/d").await;
        let whole = now.map(|now| now.is_some_and(|now| now == "old value" || now == "new value"));
        self.note("after a dropped call", whole);
        let list = vec!["c/d".to_owned()];
        let entries = vec![("c/e".to_owned(), bytes("1"))];
        macro_rules! dropped {
            ($($name:literal: $call:expr),+ $(,)?) => {$(
                {
                    let mut call = $call;
                    drop(futures::poll!(&mut call));
                }
                let set = store.set("c/d", bytes("later")).await;
                self.note(concat!("set after a dropped ", $name), set);
            )+};
        }
        dropped!(
            "set": store.set("c/e", bytes("1")),
            "get": store.get("c/e"),
            "delete": store.delete("c/e"),
            "exists": store.exists("c/e"),
            "list": store.list("", None, None),
            "swap": store.swap("c/e", bytes("1"), Expected::Absent),
            "increment": store.increment("c/f", 100),
            "get-many": store.get_many(list),
            "set-many": store.set_many(entries),
            "set-expiring": store.set_expiring("c/e", bytes("1"), Duration::from_secs(60)),
        );
        let sum = store.increment("c/f", 1).await;
        self.note(
            "after a dropped increment",
            sum.map(|sum| matches!(sum, 1 | 101)),
        );
    }
}

async fn add(store: Arc<dyn Store>) -> Vec<i64> {
    let mut sums = Vec::new();
    for _ in 0..10 {
        if let Ok(sum) = store.increment("c/n", 1).await {
            sums.push(sum);
        }
    }
    sums
}
