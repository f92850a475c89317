use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    id: "kv.expiry.max",
    title: "the longest time to live is accepted and told as it is",
    clauses: ["KV-SETEXP-1", "KV-EXPIRY-1", "KV-REMAINING-3"],
    requires: ["kv.expiry"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    for less in [0, 1, 1_000_000, 1_000_000_000] {
        let key = format!("key-{less}");
        let ttl = limits.accepted(limits.longest.saturating_sub(Duration::from_nanos(less)));
        let before = cx.now().await;
        let set = expiry::set_expiring(&store, &key, b"value", ttl).await;
        cx.check("KV-SETEXP-1", "set-expiring with the longest time to live")
            .ok(set)?;
        let after = cx.now().await;
        let lateness = limits.lateness;
        let span = keyvalue::Span {
            before,
            after,
            ttl,
            lateness,
        };
        cx.check_remaining(&store, &key, &span).await?;
        cx.check("KV-EXPIRY-1", "get of a key with a long time to live")
            .value(store.get(&key).await, b"value")?;
    }
    Ok(())
}
