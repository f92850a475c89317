use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    id: "kv.expiry.min",
    title: "the shortest time to live is accepted and ends the key in time",
    clauses: ["KV-SETEXP-1", "KV-EXPIRY-1", "KV-EXPIRY-2", "KV-REMAINING-1"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let before = cx.now().await;
    let set = expiry::set_expiring(&store, "key", b"value", limits.shortest).await;
    cx.check("KV-SETEXP-1", "set-expiring with the shortest time to live")
        .ok(set)?;
    let span = keyvalue::Span {
        before,
        after: cx.now().await,
        ttl: limits.shortest,
        lateness: limits.lateness,
    };
    cx.watch_end(&span, async || cx.ok(store.exists("key").await))
        .await?;
    cx.check("KV-REMAINING-1", "remaining of the key that ended")
        .none(expiry::remaining(&store, "key").await)
}
