use conformance_kit::prelude::*;

use crate::listing::{NONE, fill, some_keys};

case! {
    /// The plainest use of a stream: to empty a store.
    id: "kv.keys.delete-while-reading",
    title: "deleting each key as it comes from the stream reaches all of them",
    clauses: ["KV-KEYS-1", "TYP-PAGE-7", "KV-SESSION-3"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let page = cx.limit("kv.page.max-keys")?.min(100) as usize;
    let keys = some_keys(cx, "a", page + 25);
    fill(cx, &store, &keys).await?;
    fill(cx, &store, &["A", "b"]).await?;
    let mut stream = store.keys("a");
    let mut streamed = Vec::new();
    while let Some(key) = stream.next().await {
        cx.ok(store.delete(&key).await)?;
        streamed.push(key);
        cx.check("TYP-PAGE-7", "delete the keys of a stream as they come")
            .that(streamed.len() <= keys.len(), "every key once", &streamed)?;
    }
    let check = cx.check("KV-KEYS-1", "delete the keys of a stream as they come");
    check.ok(stream.end().await)?;
    check.keys(&streamed, &keys)?;
    let (left, end) = store.keys("a").collect().await;
    cx.ok(end)?;
    cx.check(
        "KV-SESSION-3",
        "read the stream of a store that was emptied",
    )
    .keys(&left, NONE)?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-SESSION-3", "read a list of what was not deleted")
        .keys(&listed, &["A", "b"])
}
