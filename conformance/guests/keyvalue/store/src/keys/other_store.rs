use conformance_kit::prelude::*;

use crate::listing::{NONE, fill, some_keys};

case! {
    id: "kv.keys.other-store",
    title: "a stream delivers the keys of its own store, also beside a stream of another",
    clauses: ["KV-HANDLE-3", "KV-KEYS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let (store, second) = (cx.store().await?, cx.second_store().await?);
    let third = cx.restricted_store().await?;
    let shared = some_keys(cx, "a/", 5);
    let keys = [shared.clone(), some_keys(cx, "a/", 6)].concat();
    let others = [shared, some_keys(cx, "a/", 7)].concat();
    fill(cx, &store, &keys).await?;
    fill(cx, &second, &others).await?;
    for prefix in ["", "a/"] {
        let (own, other) = both(store.keys(prefix).collect(), second.keys(prefix).collect()).await;
        for ((streamed, end), expected) in [(own, &keys), (other, &others)] {
            let check = cx.check("KV-KEYS-1", "read the streams of two stores at a time");
            check.ok(end)?;
            check.keys(&streamed, expected)?;
        }
        let (streamed, end) = third.keys(prefix).collect().await;
        cx.ok(end)?;
        cx.check("KV-HANDLE-3", "read the stream of an empty store")
            .keys(&streamed, NONE)?;
    }
    Ok(())
}
