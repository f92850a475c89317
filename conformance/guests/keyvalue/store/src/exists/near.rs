use conformance_kit::prelude::*;

use crate::support::{each, neighbours};

case! {
    id: "kv.exists.near",
    title: "exists is false for a key that was never written whatever stands near it",
    clauses: ["KV-EXISTS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let key = cx.random_text(6);
    let near = neighbours(&key);
    cx.ok(store.set(&key, b"value").await)?;
    for (near, found) in near.iter().zip(each(&near, |key| store.exists(key)).await) {
        cx.check(
            "KV-EXISTS-1",
            &format!("exists of {} beside {}", near.shown(), key.shown()),
        )
        .returns(found, false)?;
    }
    for written in each(&near, |key| store.set(key, b"")).await {
        cx.ok(written)?;
    }
    cx.ok(store.delete(&key).await)?;
    cx.check(
        "KV-EXISTS-1",
        &format!("exists of {} among keys near it", key.shown()),
    )
    .returns(store.exists(&key).await, false)?;
    for (near, found) in near.iter().zip(each(&near, |key| store.exists(key)).await) {
        cx.check(
            "KV-EXISTS-1",
            &format!("exists of {} with zero bytes", near.shown()),
        )
        .returns(found, true)?;
    }
    Ok(())
}
