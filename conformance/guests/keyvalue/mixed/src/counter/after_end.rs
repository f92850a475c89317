use conformance_kit::prelude::*;
use keyvalue::counters::increment;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.counters.after-end",
    title: "an increment of a key that has ended makes a permanent counter with the value delta",
    clauses: ["KV-INCR-2", "KV-EXPIRY-3", "KV-EXPIRY-1", "KV-EXPIRY-2"],
    requires: ["kv.counters", "kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let mut spans = Vec::new();
    for (key, value) in [
        ("number", &b"41"[..]),
        ("text", b"text"),
        ("full", b"9223372036854775807"),
        ("zero", b"5"),
    ] {
        spans.push((key, cx.expiring(&store, key, value, limits.ttl(40)).await?));
    }
    for (key, span) in &spans {
        cx.watch_end(span, async || cx.ok(store.exists(key).await))
            .await?;
        let delta = if *key == "zero" { 0 } else { 7 };
        cx.check("KV-EXPIRY-3", "increment of a key that has ended")
            .returns(increment(&store, key, delta).await, delta)?;
        let rest = cx.ok(expiry::remaining(&store, key).await)?;
        cx.check("KV-INCR-2", "remaining of the new counter").that(
            matches!(rest, Some(Lifetime::Permanent)),
            "permanent",
            &rest,
        )?;
        cx.check("KV-INCR-2", "get of the new counter")
            .value(store.get(key).await, delta.to_string().as_bytes())?;
    }
    // Neither does a counter that increment made end on its own.
    cx.ok(increment(&store, "fresh", 1).await)?;
    let rest = cx.ok(expiry::remaining(&store, "fresh").await)?;
    cx.check("KV-INCR-2", "remaining of a counter that increment made")
        .that(
            matches!(rest, Some(Lifetime::Permanent)),
            "permanent",
            &rest,
        )
}
