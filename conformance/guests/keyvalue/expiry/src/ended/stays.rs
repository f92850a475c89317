use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    id: "kv.expiry.stays-ended",
    title: "a key that ended does not come back",
    clauses: ["KV-EXPIRY-1", "KV-EXPIRY-2", "KV-EXPIRY-3"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let span = cx.expiring(&store, "key", b"value", limits.ttl(30)).await?;
    cx.watch_end(&span, async || cx.ok(store.exists("key").await))
        .await?;
    let end =
        cx.now().await + Duration::from_millis(60).max(limits.lateness.min(Duration::from_secs(1)));
    let check = cx.check("KV-EXPIRY-3", "read a key that has ended");
    while cx.now().await < end {
        check.none(store.get("key").await)?;
        check.returns(store.exists("key").await, false)?;
        check.none(expiry::remaining(&store, "key").await)?;
        check.keys::<&str>(&cx.all_keys(&store, "", None).await?, &[])?;
    }
    cx.ok(store.delete("key").await)?;
    check.none(store.get("key").await)
}
