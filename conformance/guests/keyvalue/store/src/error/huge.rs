use conformance_kit::prelude::*;

use crate::support::filled;

case! {
    id: "kv.error.huge",
    title: "arguments of any size are answered, never with a trap",
    clauses: ["TYP-ERR-3", "KV-KEY-5", "KV-LIST-5"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limit = cx.limit("kv.key.max-bytes")?;
    for (character, size) in [('x', 70_000), ('\0', 70_000), ('\u{1f600}', 1 << 20)] {
        if size as u64 <= limit {
            cx.note(format!("a key of {size} bytes is allowed"));
            continue;
        }
        let huge = filled(character, size);
        let refusal = Kind::TooLarge(limit);
        cx.check("KV-KEY-5", "get of a huge key")
            .fails(store.get(&huge).await, refusal)?;
        cx.check("KV-KEY-5", "exists of a huge key")
            .fails(store.exists(&huge).await, refusal)?;
        cx.check("KV-KEY-5", "delete of a huge key")
            .fails(store.delete(&huge).await, refusal)?;
        cx.check("KV-KEY-5", "set of a huge key")
            .fails(store.set(&huge, huge.as_bytes()).await, refusal)?;
        cx.check("KV-LIST-5", "list of a huge prefix")
            .fails(store.list(&huge, None, None).await, refusal)?;
        cx.check("TYP-ERR-3", "list with a huge cursor").fails(
            store.list("", Some(&huge), None).await,
            Kind::InvalidArgument,
        )?;
        let (keys, end) = store.keys(&huge).collect().await;
        cx.check("KV-LIST-5", "keys of a huge prefix")
            .fails(end, refusal)?;
        cx.check("KV-LIST-5", "keys of a huge prefix")
            .keys::<&str>(&keys, &[])?;
    }
    cx.check("TYP-ERR-3", "use the store after huge arguments")
        .ok(store.set("key", b"value").await)?;
    cx.check("TYP-ERR-3", "use the store after huge arguments")
        .value(store.get("key").await, b"value")
}
