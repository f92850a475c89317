use conformance_kit::prelude::*;

case! {
    id: "kv.expiry.lengthen",
    title: "a longer time to live takes the place of a shorter one",
    clauses: ["KV-SETEXP-1", "KV-EXPIRY-1", "KV-EXPIRY-2", "KV-EXPIRY-6", "KV-REMAINING-3"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let short = limits.ttl(30);
    let first = cx.expiring(&store, "key", b"value", short).await?;
    let day = cx.expiring(&store, "day", b"value", short).await?;
    let second = cx
        .expiring(&store, "key", b"value", limits.accepted(short * 3))
        .await?;
    let days = cx
        .expiring(&store, "day", b"value", limits.ttl(86_400_000))
        .await?;
    cx.check_remaining(&store, "key", &second).await?;
    cx.sleep_past(&first).await;
    cx.sleep_past(&day).await;
    let present = cx.check_remaining(&store, "day", &days).await?;
    cx.check("KV-EXPIRY-6", "look for a key that got a day more")
        .that(present, "present", &present)?;
    cx.check("KV-SETEXP-1", "get of a key that got a day more")
        .value(store.get("day").await, b"value")?;
    cx.watch_end(&second, async || cx.ok(store.exists("key").await))
        .await
}
