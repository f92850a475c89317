use conformance_kit::prelude::*;

use crate::listing::{clear, fill, some_keys};

case! {
    id: "kv.keys.dropped-unread",
    title: "a stream that is dropped before any read harms no later call",
    clauses: ["KV-KEYS-5"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "a", 12);
    fill(cx, &store, &keys).await?;
    for _ in 0..40 {
        drop(store.keys("a"));
        drop(store.keys(""));
    }
    // The halves one after the other, in both orders.
    let (stream, end) = store.keys("a").split();
    drop(stream);
    drop(end);
    let (stream, end) = store.keys("a").split();
    drop(end);
    drop(stream);
    works(cx, &store, &keys).await
}

async fn works(cx: &Context, store: &Store, keys: &[String]) -> Outcome {
    let check = cx.check("KV-KEYS-5", "go on after dropped streams");
    check.value(store.get(&keys[0]).await, b"value")?;
    check.ok(store.set(&keys[0], b"changed").await)?;
    check.value(store.get(&keys[0]).await, b"changed")?;
    check.keys(&cx.all_keys(store, "", Some(5)).await?, keys)?;
    let (streamed, end) = store.keys("a").collect().await;
    check.ok(end)?;
    check.keys(&streamed, keys)?;
    clear(cx, store, keys).await
}
