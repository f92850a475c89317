use conformance_kit::prelude::*;

case! {
    id: "kv.keys.all",
    title: "the stream of keys delivers every key with the prefix once and ends with ok",
    clauses: ["KV-KEYS-1", "KV-KEYS-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..30).map(|number| format!("a/{number}")).collect();
    for key in &keys {
        cx.ok(store.set(key, b"value").await)?;
    }
    cx.ok(store.set("b/0", b"value").await)?;
    let check = cx.check("KV-KEYS-2", "read a stream of keys to its end");
    let read = store.keys("a/").collect();
    let Some((streamed, end)) = cx.within(cx.patience(), read).await else {
        return Err(check.failed("an end", "none in time"));
    };
    check.ok(end)?;
    cx.check("KV-KEYS-1", "read a stream of keys to its end")
        .keys(&streamed, &keys)
}
