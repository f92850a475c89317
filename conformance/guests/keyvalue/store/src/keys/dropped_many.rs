use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys};

case! {
    /// What a stream holds on to until its end runs out.
    id: "kv.keys.dropped-many",
    title: "hundreds of streams may be given up, one after the other and at a time",
    clauses: ["KV-KEYS-5", "KV-KEYS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "", 5);
    fill(cx, &store, &keys).await?;
    for _ in 0..60 {
        let mut stream = store.keys("");
        let first = stream.next().await;
        cx.check("KV-KEYS-1", "read the first key of a stream")
            .that(first.is_some(), "a key", &first)?;
    }
    let mut streams: Vec<_> = (0..60).map(|_| store.keys("")).collect();
    for first in together(streams.iter_mut().map(|stream| stream.next())).await {
        cx.check("KV-KEYS-1", "read the first keys of many streams")
            .that(first.is_some(), "a key", &first)?;
    }
    drop(streams);
    let check = cx.check("KV-KEYS-5", "go on after many dropped streams");
    let (streamed, end) = store.keys("").collect().await;
    check.ok(end)?;
    check.keys(&streamed, &keys)?;
    check.ok(store.set("key", b"value").await)?;
    check.value(store.get("key").await, b"value")
}
