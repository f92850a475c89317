use conformance_kit::prelude::*;

case! {
    id: "kv.keys.one",
    title: "the stream of a single key delivers it once and ends with ok",
    clauses: ["KV-KEYS-1", "KV-KEYS-2", "KV-KEY-6"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let random = cx.random_text(300);
    for key in ["a", "\0", "/", "é\n", "\u{10ffff}", &random] {
        cx.ok(store.set(key, b"value").await)?;
        for prefix in ["", key] {
            let mut stream = store.keys(prefix);
            cx.check("KV-KEY-6", "read the first key of a stream")
                .equal(stream.next().await, Some(key.to_owned()))?;
            cx.check("KV-KEYS-1", "read on behind the last key")
                .equal(stream.next().await, None)?;
            cx.check("KV-KEYS-2", "wait for the end of a stream")
                .ok(stream.end().await)?;
        }
        cx.ok(store.delete(key).await)?;
    }
    Ok(())
}
