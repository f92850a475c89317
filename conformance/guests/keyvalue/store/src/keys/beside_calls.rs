use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys};

case! {
    id: "kv.keys.beside-calls",
    title: "an open stream holds up no call through the same handle, however long it stays unread",
    clauses: ["KV-KEYS-5", "KV-KEYS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "a", 10);
    fill(cx, &store, &keys).await?;
    let mut unread = store.keys("");
    let mut stream = store.keys("a");
    let mut streamed = Vec::new();
    let check = cx.check("KV-KEYS-5", "other calls while a stream is open");
    for round in 0..keys.len() {
        streamed.extend(stream.next().await);
        let value = cx.random_bytes(round * 50);
        check.ok(store.set("b", &value).await)?;
        check.value(store.get("b").await, &value)?;
        check.returns(store.exists(&keys[round]).await, true)?;
        check.keys(&cx.all_keys(&store, "a", Some(6)).await?, &keys)?;
        check.ok(store.delete("b").await)?;
        check.none(store.get("b").await)?;
    }
    let (rest, end) = stream.collect().await;
    cx.check("KV-KEYS-1", "read a stream between other calls")
        .ok(end)?;
    cx.check("KV-KEYS-1", "read a stream between other calls")
        .keys(&[streamed, rest].concat(), &keys)?;
    // `b` came and went: it may be among them.
    let mut late: Vec<String> = Vec::new();
    while let Some(key) = unread.next().await {
        if key != "b" {
            late.push(key);
        }
    }
    cx.check("KV-KEYS-1", "read a stream long after it was opened")
        .keys(&late, &keys)
}
