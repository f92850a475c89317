use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys, starting};

case! {
    id: "kv.keys.many",
    title: "a stream of more keys than a page holds delivers each once and ends with ok",
    clauses: ["KV-KEYS-1", "KV-KEYS-2", "TYP-PAGE-7"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let page = cx.limit("kv.page.max-keys")?.min(1_000) as usize;
    // One key more than a page in one of the lists, exactly a page in another.
    let mut keys = some_keys(cx, "a/", page);
    keys.push("b/".to_owned());
    fill(cx, &store, &keys).await?;
    for prefix in ["", "a/", "b/"] {
        let (streamed, end) = store.keys(prefix).collect().await;
        cx.check("KV-KEYS-2", "read a long stream to its end")
            .ok(end)?;
        cx.check("KV-KEYS-1", "read a long stream to its end")
            .keys(&streamed, &starting(&keys, prefix))?;
    }
    // The next page begins where the deleted key stood.
    let mut stream = store.keys("a/");
    let mut streamed = Vec::new();
    while streamed.len() < page {
        match stream.next().await {
            Some(key) => streamed.push(key),
            None => break,
        }
    }
    if let Some(last) = streamed.last() {
        cx.ok(store.delete(last).await)?;
    }
    let (rest, end) = stream.collect().await;
    let check = cx.check(
        "TYP-PAGE-7",
        "read on when the last key of a page was deleted",
    );
    check.ok(end)?;
    check.keys(&[streamed, rest].concat(), &keys[..page])
}
