use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys};

case! {
    id: "kv.keys.handle-dropped",
    title: "a stream delivers all its keys when the handle of its store is dropped meanwhile",
    clauses: ["KV-KEYS-5", "KV-KEYS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    // More than a page, the rest of which has to be read without the handle.
    let page = cx.limit("kv.page.max-keys")?.min(1_000) as usize;
    let keys = some_keys(cx, "a", page + 20);
    fill(cx, &store, &keys).await?;
    for taken in [0, page / 2, keys.len()] {
        let handle = cx.store().await?;
        let mut stream = handle.keys("a");
        let mut streamed = Vec::new();
        for _ in 0..taken {
            streamed.extend(stream.next().await);
        }
        drop(handle);
        let (rest, end) = stream.collect().await;
        let check = cx.check("KV-KEYS-5", "read on after the handle was dropped");
        check.ok(end)?;
        cx.check("KV-KEYS-1", "read on after the handle was dropped")
            .keys(&[streamed, rest].concat(), &keys)?;
        check.value(store.get(&keys[0]).await, b"value")?;
        check.keys(&cx.all_keys(&store, "", None).await?, &keys)?;
    }
    Ok(())
}
