use conformance_kit::prelude::*;

case! {
    id: "kv.expiry.refresh",
    title: "set-expiring once more starts the time to live anew",
    clauses: ["KV-SETEXP-1", "KV-EXPIRY-1", "KV-EXPIRY-2", "KV-EXPIRY-6", "KV-REMAINING-3"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let ttl = cx.ttl_limits()?.ttl(40);
    let first = cx.expiring(&store, "key", b"first", ttl).await?;
    // Past the half, well before the end.
    cx.sleep(ttl / 2).await;
    let second = cx.expiring(&store, "key", b"second", ttl).await?;
    cx.check_remaining(&store, "key", &second).await?;
    while cx.now().await < first.last() && second.lives(cx.now().await) {}
    let value = store.get("key").await;
    if second.lives(cx.now().await) {
        cx.check("KV-EXPIRY-6", "get after the end of the earlier lifetime")
            .value(value, b"second")?;
    }
    let check = cx.check("KV-SETEXP-1", "get of a key that was set to end once more");
    cx.watch_end(&second, async || match cx.ok(store.get("key").await)? {
        Some(value) => check.bytes(&value, b"second").map(|()| true),
        None => Ok(false),
    })
    .await
}
