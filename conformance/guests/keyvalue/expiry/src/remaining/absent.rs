use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    id: "kv.expiry.remaining.absent",
    title: "remaining returns none for a key that was never written, was deleted or has ended",
    clauses: ["KV-REMAINING-1"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let span = cx
        .expiring(&store, "ended", b"value", limits.ttl(30))
        .await?;
    cx.ok(store.set("deleted", b"value").await)?;
    cx.ok(store.delete("deleted").await)?;
    let hour = limits.ttl(3_600_000);
    cx.ok(expiry::set_expiring(&store, "expiring", b"value", hour).await)?;
    cx.ok(expiry::set_expiring(&store, "deleted-too", b"value", hour).await)?;
    cx.ok(store.delete("deleted-too").await)?;
    cx.sleep_past(&span).await;
    for key in [
        "never",
        "deleted",
        "deleted-too",
        "ended",
        "expirin",
        "expiring ",
        "Expiring",
    ] {
        for _ in 0..2 {
            cx.check("KV-REMAINING-1", "remaining of an absent key")
                .none(expiry::remaining(&store, key).await)?;
        }
    }
    Ok(())
}
