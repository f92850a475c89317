use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    id: "kv.expiry.not-sliding",
    title: "reading a key does not lengthen its life",
    clauses: ["KV-EXPIRY-1", "KV-EXPIRY-2", "KV-REMAINING-3"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let other = cx.store().await?;
    let span = cx
        .expiring(&store, "key", b"value", cx.ttl_limits()?.ttl(50))
        .await?;
    let mut round = 0_u32;
    cx.watch_end(&span, async || {
        round += 1;
        match round % 6 {
            0 => Ok(cx.ok(store.get("key").await)?.is_some()),
            1 => cx.ok(other.exists("key").await),
            2 => Ok(!cx.all_keys(&store, "key", None).await?.is_empty()),
            3 => Ok(cx.ok(expiry::remaining(&other, "key").await)?.is_some()),
            4 => Ok(cx.ok(other.get("key").await)?.is_some()),
            _ => cx.check_remaining(&store, "key", &span).await,
        }
    })
    .await
}
