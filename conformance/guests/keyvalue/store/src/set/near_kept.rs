use conformance_kit::prelude::*;

use crate::support::{each, neighbours};

case! {
    id: "kv.set.near-kept",
    title: "setting any of the keys near a key leaves it as it was",
    clauses: ["KV-SET-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let key = cx.random_text(5);
    let value = cx.random_bytes(200);
    cx.ok(store.set(&key, &value).await)?;
    for near in neighbours(&key) {
        cx.ok(store.set(&near, near.as_bytes()).await)?;
        let message = format!("get of {} after set of {}", key.shown(), near.shown());
        cx.check("KV-SET-3", &message)
            .value(store.get(&key).await, &value)?;
    }
    let near = neighbours(&key);
    for (near, read) in near.iter().zip(each(&near, |key| store.get(key)).await) {
        cx.check(
            "KV-SET-3",
            &format!("get of {} after all sets", near.shown()),
        )
        .value(read, near.as_bytes())?;
    }
    Ok(())
}
