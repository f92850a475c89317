use conformance_kit::prelude::*;

use crate::support::{each, neighbours};

case! {
    id: "kv.get.near",
    title: "get of a key that was never written returns none whatever stands near it",
    clauses: ["KV-GET-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let key = cx.random_text(6);
    let near = neighbours(&key);
    cx.ok(store.set(&key, b"value").await)?;
    for (near, value) in near.iter().zip(each(&near, |key| store.get(key)).await) {
        cx.check(
            "KV-GET-2",
            &format!("get of {} beside {}", near.shown(), key.shown()),
        )
        .none(value)?;
    }
    cx.ok(store.delete(&key).await)?;
    for written in each(&near, |key| store.set(key, b"value")).await {
        cx.ok(written)?;
    }
    cx.check(
        "KV-GET-2",
        &format!("get of {} among keys near it", key.shown()),
    )
    .none(store.get(&key).await)
}
