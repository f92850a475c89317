use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    id: "kv.expiry.replace",
    title: "set-expiring replaces the whole of a value and leaves the other keys",
    clauses: ["KV-SETEXP-1", "KV-VALUE-3"],
    requires: ["kv.expiry"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    cx.ok(store.set("other", b"other").await)?;
    cx.ok(store.set("key", &cx.random_bytes(300)).await)?;
    for length in [24_576, 1, 0, 256, 5, 4096, 0, 3] {
        let value = cx.random_bytes(length);
        let ttl = limits.accepted(Duration::from_secs(300 + cx.random_below(100)));
        cx.ok(expiry::set_expiring(&store, "key", &value, ttl).await)?;
        cx.check("KV-SETEXP-1", "get after set-expiring")
            .value(store.get("key").await, &value)?;
        cx.check("KV-VALUE-3", "exists after set-expiring")
            .returns(store.exists("key").await, true)?;
        if length == 256 {
            cx.ok(store.delete("key").await)?;
            cx.check("KV-SETEXP-1", "get of an expiring key that was deleted")
                .none(store.get("key").await)?;
            cx.check(
                "KV-SETEXP-1",
                "remaining of an expiring key that was deleted",
            )
            .none(expiry::remaining(&store, "key").await)?;
        }
    }
    cx.check("KV-SETEXP-1", "get of another key")
        .value(store.get("other").await, b"other")?;
    let rest = cx.ok(expiry::remaining(&store, "other").await)?;
    cx.check("KV-SETEXP-1", "remaining of another key").that(
        matches!(rest, Some(expiry::Lifetime::Permanent)),
        "permanent",
        &rest,
    )
}
