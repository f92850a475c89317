use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.expiry.deleted",
    title: "a key that was deleted and set again has nothing of the lifetime it had",
    clauses: ["KV-EXPIRY-6", "KV-REMAINING-2", "KV-REMAINING-3"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let ttl = limits.ttl(40);
    let mut spans = Vec::new();
    for key in ["set", "longer"] {
        spans.push(cx.expiring(&store, key, b"old", ttl).await?);
        cx.ok(store.delete(key).await)?;
    }
    cx.ok(store.set("set", b"new").await)?;
    let longer = cx
        .expiring(&store, "longer", b"new", limits.ttl(3_600_000))
        .await?;
    for span in &spans {
        cx.sleep_past(span).await;
    }
    cx.check("KV-EXPIRY-6", "get after the lifetime of a deleted value")
        .value(store.get("set").await, b"new")?;
    let check = cx.check(
        "KV-REMAINING-2",
        "remaining of a key that was deleted and set",
    );
    let rest = check.some(expiry::remaining(&store, "set").await)?;
    check.that(matches!(rest, Lifetime::Permanent), "permanent", &rest)?;
    let present = cx.check_remaining(&store, "longer", &longer).await?;
    cx.check(
        "KV-EXPIRY-6",
        "look for a key that was set to end once more",
    )
    .that(present, "present", &present)
}
