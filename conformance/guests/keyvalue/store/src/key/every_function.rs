use conformance_kit::prelude::*;

case! {
    /// One key at a time, so that a function that alone handles its key in
    /// another way than the rest has nothing to hide behind.
    id: "kv.key.every-function",
    title: "every function takes a key as the same bytes",
    clauses: ["KV-KEY-2", "KV-KEY-6", "TYP-TEXT-1"],
}

const KEYS: [&str; 14] = [
    "K e Y",
    " key ",
    "key\0",
    "\0",
    "é",
    "e\u{301}",
    "a/../b",
    "%2F+",
    "*",
    "\\",
    "\u{1f600}",
    "\r\n",
    "\u{feff}key",
    "007",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for key in KEYS {
        let text = |function: &str| format!("{function} of {}", key.shown());
        cx.ok(store.set(key, key.as_bytes()).await)?;
        cx.check("TYP-TEXT-1", &text("get"))
            .value(store.get(key).await, key.as_bytes())?;
        cx.check("TYP-TEXT-1", &text("exists"))
            .returns(store.exists(key).await, true)?;
        let listed = cx.all_keys(&store, key, None).await?;
        cx.check("KV-KEY-6", &text("list")).keys(&listed, &[key])?;
        let (streamed, end) = store.keys(key).collect().await;
        cx.ok(end)?;
        cx.check("KV-KEY-6", &text("keys"))
            .keys(&streamed, &[key])?;
        cx.ok(store.delete(key).await)?;
        cx.check("KV-KEY-2", &text("get after delete"))
            .none(store.get(key).await)?;
        cx.check("KV-KEY-2", &text("exists after delete"))
            .returns(store.exists(key).await, false)?;
        let listed = cx.all_keys(&store, "", None).await?;
        cx.check("KV-KEY-2", &text("list after delete"))
            .keys::<&str>(&listed, &[])?;
    }
    Ok(())
}
